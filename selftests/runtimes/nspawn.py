# SPDX-License-Identifier: GPL-2.0
"""systemd-nspawn: boots systemd in a container, whose services are what is asked. Limits are systemd's, in the
container: it shares out the cgroup that it was given.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import container
import rig
from container import Container
from suite import Suite

PATH = "/systemd-nspawn/box"
UNIT = """\
[Unit]
DefaultDependencies=no
{after}
[Service]
Type={type}
ExecStart=/bin/busybox sh /probe.sh {words}
StandardOutput=file:/root/{name}
StandardError=file:/root/{name}
"""
TARGET = "[Unit]\nDefaultDependencies=no\nWants={wants}\n"


def services() -> dict[str, tuple[str, str]]:
    """By name: what each runs, and more lines of its unit."""
    limits = f"TasksMax={container.TASKS}\nMemoryMax={container.MEMORY}\nOOMPolicy=continue\n"
    return {
        "sights": (f"sights 1 {os.getpid()}", ""),
        "forks": (f"counted forks {container.MORE_TASKS}", limits),
        "memory": (f"counted allocate {container.LITTLE} {container.MUCH}", limits),
        "nested": (f"nested {' '.join(container.UNSHARE)}", "Delegate=yes\n"),
    }


def install(root: Path) -> None:
    """Put the units in the container: one after another, then one that stays."""
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    shutil.copy("/usr/lib/os-release", root / "etc")
    after = ""
    for name, (words, more) in services().items():
        unit = UNIT.format(name=name, words=words, type="oneshot", after=after)
        (units / f"{name}.service").write_text(unit + more)
        after = f"After={name}.service"
    hold = UNIT.format(name="hold", words="hold /root/ready", type="exec", after=after)
    (units / "hold.service").write_text(hold)
    wants = " ".join(f"{name}.service" for name in [*services(), "hold"])
    (units / "check.target").write_text(TARGET.format(wants=wants))


def check(suite: Suite) -> None:
    """All of it."""
    suite.version(rig.command("systemd-nspawn", "--version").split()[1])
    root = rig.tree("systemd-nspawn")
    install(root)
    directory = rig.cgroup(PATH)
    start = (
        *("bash", "-c", f'echo 0 >{directory}/cgroup.procs; exec "$@"', "start"),
        *("systemd-nspawn", "--quiet", f"--directory={root}", "--boot"),
        *("--register=no", "--keep-unit", "--console=pipe", "--link-journal=no"),
        *("--resolv-conf=off", "--timezone=off", "--bind-ro=/usr", "--bind-ro=/proc:/hostproc"),
        *("systemd.unit=check.target", "systemd.firstboot=off", "systemd.show_status=no"),
    )
    log = rig.RUN / "systemd-nspawn.log"
    with rig.background(*start, ready=root / "root/ready", output=log) as process:
        said = {name: rig.sections(rig.read(root / "root" / name)) for name in services()}
        _sights(suite, said["sights"])
        _limits(suite, said)
        nested = Container(f"{PATH}/payload", 0, (), own="/system.slice/nested.service")
        container.nested_seen(suite, nested, said["nested"])
        process.send_signal(signal.SIGTERM)
        start_time = time.monotonic()
        while process.poll() is None and time.monotonic() - start_time < rig.LIMIT:
            time.sleep(0.1)
        suite.check("it shuts down when it is told to", str(process.poll()), "0")


def _sights(suite: Suite, seen: dict[str, list[str]]) -> None:
    pid = rig.first_process(f"{PATH}/payload")
    box = Container(
        f"{PATH}/payload", pid, (), own="/system.slice/sights.service", first="/init.scope"
    )
    container.sights(suite, box, starter=f"/systemd-nspawn/{rig.STARTER}", seen=seen)
    container.seen_from_host(suite, box, seen)
    path = rig.CGROUP / PATH.strip("/") / "payload/system.slice/hold.service/cgroup.procs"
    suite.check(
        "a service, from the host",
        rig.read(f"/proc/{rig.read(path)}/cgroup"),
        f"0::{PATH}/payload/system.slice/hold.service",
    )


def _limits(suite: Suite, said: dict[str, dict[str, list[str]]]) -> None:
    limits = [str(container.TASKS), str(container.MEMORY)]
    for name in ("forks", "memory"):
        suite.check(f"limits of the service {name}", said[name]["limits"], limits)
    tried = container.forks("\n".join(said["forks"]["tried"]))
    suite.check("a task beyond pids.max is refused", tried, container.refused(container.TASKS - 2))
    suite.check("the refusal is counted", said["forks"]["hits"], ["max 1", "max 0", "oom_kill 0"])
    container.memory_tried(suite, said["memory"])
    suite.check("the kill is counted", said["memory"]["hits"][-1:], ["oom_kill 1"])
