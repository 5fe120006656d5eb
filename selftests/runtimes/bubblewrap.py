# SPDX-License-Identifier: GPL-2.0
"""bubblewrap: a container for one command, in the cgroup of whoever starts it. It sets no limits, and respects them."""

from __future__ import annotations

import os

import container
import rig
from container import Container
from suite import Suite

PATH = "/bubblewrap/job"


def wrap(root: str, *more: str) -> tuple[str, ...]:
    """The command line, up to the command."""
    return (
        *("bwrap", "--unshare-cgroup", "--unshare-pid", "--as-pid-1", "--die-with-parent"),
        *("--bind", root, "/", "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"),
        *("--cap-add", "ALL", *more),
    )


def check(suite: Suite) -> None:
    """All of it."""
    suite.version(rig.command("bwrap", "--version").split()[-1])
    suite.absent("limits set by the runtime", "bwrap has no option for any; they are set around it")
    root = rig.tree("bubblewrap")
    directory = rig.cgroup(PATH)
    rig.write(directory / "pids.max", str(container.TASKS))
    rig.write(directory / "memory.max", str(container.MEMORY))
    more = ("--bind", str(directory), str(rig.CGROUP), "--ro-bind", "/proc", "/hostproc")
    start = ("bash", "-c", f'echo 0 >{directory}/cgroup.procs; exec "$@"', "start")
    words = (*start, *wrap(str(root), *more), *container.PROBE, "hold")
    log = rig.RUN / "bubblewrap.log"
    with rig.background(*words, ready=root / "tmp/ready", output=log):
        pid = rig.first_process(PATH)
        enter = ("nsenter", "--target", str(pid), "--all", "--root", "--wd", "--join-cgroup")
        box = Container(PATH, pid, enter)
        seen = box.ask("sights", "1", str(os.getpid()))
        container.sights(suite, box, starter=f"/bubblewrap/{rig.STARTER}", seen=seen)
        container.seen_from_host(suite, box, seen)
        container.tasks_limited(suite, box, others=3)  # bwrap and nsenter, too
        container.memory_limited(suite, box)
        container.nested(
            suite, box, ("bwrap", "--unshare-cgroup", "--bind", "/", "/", "--cap-add", "ALL")
        )
