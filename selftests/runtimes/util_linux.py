# SPDX-License-Identifier: GPL-2.0
"""util-linux: unshare makes a container, nsenter enters it, lsns lists it. Limits are set by hand around it."""

from __future__ import annotations

import os

import container
import rig
from container import Container
from suite import Suite

PATH = "/util-linux/job"
# What other runtimes do before they start anything.
MOUNT = 'mount -t sysfs s /sys && mount -t cgroup2 c /sys/fs/cgroup && exec "$@"'


def check(suite: Suite) -> None:
    """All of it."""
    suite.version(rig.command("unshare", "--version").split()[-1])
    root = rig.tree("util-linux", whole=True)
    directory = rig.cgroup(PATH)
    rig.write(directory / "pids.max", str(container.TASKS))
    rig.write(directory / "memory.max", str(container.MEMORY))
    start = (
        *("bash", "-c", f'echo 0 >{directory}/cgroup.procs; exec "$@"', "start"),
        *("unshare", "--cgroup", "--mount", "--pid", "--fork", "--kill-child"),
        *(f"--root={root}", "--mount-proc"),
        *("busybox", "sh", "-c", MOUNT),
        *("mounts", *container.PROBE, "hold"),
    )
    with rig.background(*start, ready=root / "tmp/ready", output=rig.RUN / "util-linux.log"):
        _check(suite, rig.first_process(PATH))


def _check(suite: Suite, pid: int) -> None:
    starter = f"/util-linux/{rig.STARTER}"
    enter = ("nsenter", "--target", str(pid), "--all", "--root", "--wd")
    box = Container(PATH, pid, (*enter, "--join-cgroup"))
    seen = box.ask("sights", "1", str(os.getpid()))
    container.sights(suite, box, starter=starter, seen=seen)
    container.seen_from_host(suite, box, seen)
    # Without joining the cgroup, nsenter changes what a task sees, and not where it is.
    _, away = container.outside(PATH, starter=starter)
    seen = rig.sections(rig.command(*enter, *container.PROBE, "sights"))
    suite.check("nsenter leaves the cgroup alone", seen["own"], [away])
    # unshare and nsenter stay outside of the container, in the same cgroup.
    container.tasks_limited(suite, box, others=3)
    container.memory_limited(suite, box)
    container.nested(suite, box)
