# SPDX-License-Identifier: GPL-2.0
"""Runtimes with the command line and the bundles of the Open Container Initiative: runc and crun.

Three containers: an ordinary one with limits; one without a cgroup namespace of its own; one that may do
everything, and has a container of the same runtime in it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import container
import rig
from container import Container
from suite import Suite

# What a runtime needs to make a container inside of a container.
PRIVILEGES = (
    *("CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE", "CAP_NET_ADMIN"),
    *("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_MKNOD", "CAP_KILL"),
    *("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETFCAP", "CAP_BPF"),
)
Config = dict[str, Any]


class Runtime:
    """runc or crun, with a directory and a cgroup of its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.program = (name, "--root", str(rig.RUN / f"{name}.state"))
        self.path = f"/{name}"
        self.starter = f"{self.path}/{rig.STARTER}"

    def bundle(self, box: str, *words: str) -> tuple[Path, Config]:
        """A new bundle: its directory, and what the runtime itself proposes, made to run the probe."""
        where = rig.RUN / self.name / box
        where.mkdir(parents=True)
        rig.command(self.name, "spec", cwd=where)
        config: Config = json.loads((where / "config.json").read_text())
        config["root"] = {"path": str(rig.tree(f"{self.name}/{box}/root")), "readonly": False}
        config["process"] |= {"terminal": False, "args": [*container.PROBE, *words]}
        config["linux"]["cgroupsPath"] = f"{self.path}/{box}"
        config["linux"]["resources"] |= {
            "pids": {"limit": container.TASKS},
            "memory": {"limit": container.MEMORY},
        }
        config["mounts"] += [bind("/usr", "/usr"), bind("/proc", "/hostproc")]
        return where, config

    def start(self, box: str, where: Path, config: Config, *options: str, status: int = 0) -> str:
        """Run the bundle."""
        (where / "config.json").write_text(json.dumps(config))
        run = (*self.program, "run", *options, "--bundle", where, box)
        return rig.command(*run, status=status)


def bind(source: str, destination: str) -> Config:
    """A directory of the host's, read-only."""
    options = ["rbind", "ro"]
    return {"source": source, "destination": destination, "type": "none", "options": options}


def check(name: str, suite: Suite) -> None:
    """All of it."""
    said = rig.command(name, "--version")
    suite.version(re.sub(r"\+.*", "", said.split()[2]))
    runtime = Runtime(name)
    _ordinary(suite, runtime)
    _in_the_hosts_namespace(suite, runtime)
    _nested(suite, runtime)


def _ordinary(suite: Suite, runtime: Runtime) -> None:
    where, config = runtime.bundle("box", "hold")
    runtime.start("box", where, config, "--detach")
    pid = json.loads(rig.command(*runtime.program, "state", "box"))["pid"]
    box = Container(f"{runtime.path}/box", pid, (*runtime.program, "exec", "box"))
    seen = box.ask("sights", "1", str(os.getpid()))
    container.sights(suite, box, starter=runtime.starter, seen=seen)
    container.seen_from_host(suite, box, seen)
    container.tasks_limited(suite, box, others=1)
    container.memory_limited(suite, box)
    _, said = rig.attempt(*box.enter, "/usr/bin/unshare", "--cgroup", "true")
    refusal = ["unshare: unshare failed: Operation not permitted"]
    suite.check("without privileges, no cgroup namespace is made in it", said, refusal)
    rig.command(*runtime.program, "delete", "--force", "box")
    gone = not (rig.CGROUP / runtime.name / "box").exists()
    suite.check("its cgroup goes with it", str(gone), "True")


def _in_the_hosts_namespace(suite: Suite, runtime: Runtime) -> None:
    where, config = runtime.bundle("host", "sights", "1", str(os.getpid()))
    spaces = config["linux"]["namespaces"]
    config["linux"]["namespaces"] = [space for space in spaces if space["type"] != "cgroup"]
    seen = rig.sections(runtime.start("host", where, config))
    container.in_the_hosts_namespace(suite, f"{runtime.path}/host", runtime.starter, seen)


def _nested(suite: Suite, runtime: Runtime) -> None:
    start = (runtime.name, "--root", "/tmp/state", "run", "--bundle", "/bundle", "inner")
    where, config = runtime.bundle("outer", "outer", *start)
    privileged(config)
    for limit in ("pids", "memory"):
        del config["linux"]["resources"][limit]
    root = Path(config["root"]["path"])

    # The bundle that the container finds in it.
    inner = json.loads(json.dumps(config))
    (root / "bundle").rmdir()
    rig.tree(f"{runtime.name}/outer/root/bundle/root")
    inner["root"]["path"] = "/bundle/root"
    inner["process"]["args"] = [*container.PROBE, "inside"]
    inner["linux"]["cgroupsPath"] = "/inner"
    inner["linux"]["resources"]["pids"] = {"limit": container.TASKS}
    (root / "bundle/config.json").write_text(json.dumps(inner))

    seen = rig.sections(runtime.start("outer", where, config, status=2))
    container.nested_in_its_like(suite, seen)


def privileged(config: Config) -> None:
    """Let a container do what another runtime in it needs."""
    for kind in ("bounding", "effective", "permitted"):
        config["process"]["capabilities"][kind] = list(PRIVILEGES)
    config["linux"] |= {"maskedPaths": [], "readonlyPaths": []}
    for mount in config["mounts"]:
        if mount["type"] in ("cgroup", "sysfs"):
            mount["options"].remove("ro")
