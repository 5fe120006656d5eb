# SPDX-License-Identifier: GPL-2.0
"""CRIU: takes a task in a cgroup namespace apart and puts it together again, with its cgroup."""

from __future__ import annotations

import os
from pathlib import Path

import container
import rig
from suite import Suite

PATH = "/criu/job"
MANAGE = ("--manage-cgroups=full", "--shell-job", "--verbosity=1")


def check(suite: Suite) -> None:
    """All of it."""
    suite.version(rig.command("criu", "--version").split()[1])
    suite.absent("limits after restore", "CRIU sets none of a v2 cgroup; they are set by hand")
    suite.absent("nested", "CRIU refuses a cgroup namespace in another")
    directory = rig.cgroup(PATH)
    status, _ = rig.attempt("criu", "check")
    suite.check("criu check", str(status), "0")
    where = rig.RUN / "criu"
    images = where / "images"
    images.mkdir(parents=True)
    os.mkfifo(where / "pipe")
    start = (
        *("bash", "-c", f'echo 0 >{directory}/cgroup.procs; exec "$@"', "start"),
        *("unshare", "--cgroup", "busybox", "sh", rig.PROBE),
        *("report", where / "pipe", where / "report"),
    )
    with rig.background(*start, ready=where / "report", output=where / "log") as process:
        pid = process.pid
        _sights(suite, "before", pid, where)
        rig.command("criu", "dump", "--tree", str(pid), "--images-dir", images, *MANAGE)
        process.wait()
    suite.check("the task is gone", str(Path(f"/proc/{pid}").exists()), "False")
    directory.rmdir()
    restore = ("--restore-detached", "--images-dir", images)
    rig.command("criu", "restore", *restore, *MANAGE)
    _sights(suite, "after", pid, where)
    rig.write(directory / "pids.max", str(container.TASKS))
    rig.write(directory / "memory.max", str(container.MEMORY))
    enter = ("nsenter", "--target", str(pid), "--cgroup", "--join-cgroup")
    box = container.Container(PATH, pid, enter, probe=str(rig.PROBE))
    container.tasks_limited(suite, box, others=1)
    container.memory_limited(suite, box)


def _sights(suite: Suite, when: str, pid: int, where: Path) -> None:
    """What the task sees, and is seen as."""
    report = where / "report"
    report.write_text("")
    (where / "pipe").write_text("say it\n")
    rig.wait_for("the task's report", lambda: report.read_text().count("\n") == 2)
    seen = rig.read(report).splitlines()
    suite.check(f"{when}: its own cgroup, from inside", seen[:1], ["0::/"])
    suite.check(f"{when}: a task outside", seen[1:], ["0::/../.."])
    suite.check(f"{when}: its cgroup, from the host", rig.read(f"/proc/{pid}/cgroup"), f"0::{PATH}")
    other = os.readlink(f"/proc/{pid}/ns/cgroup") != os.readlink("/proc/self/ns/cgroup")
    suite.check(f"{when}: its namespace is another than the host's", str(other), "True")
