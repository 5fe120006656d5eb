# SPDX-License-Identifier: GPL-2.0
"""What is asked of every container, however it was made: what it sees, what is seen of it, what it may use.

Owns the questions and their answers. How a container is started and entered is its runtime's.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import rig
from suite import Suite

PROBE = ("busybox", "sh", "/probe.sh")
# Limits that are set where a runtime can set them: above what the runtime itself needs in there.
TASKS = 16
MEMORY = 48 << 20
MORE_TASKS = 40
LITTLE = 4 << 20
MUCH = 256 << 20
UNSHARE = ("/usr/bin/unshare", "--cgroup", "--mount")
NO_FORK = "can't fork: Resource temporarily unavailable"


@dataclass(frozen=True)
class Container:
    """One that runs, as its runtime made it."""

    path: str  # its cgroup, as the host names it
    pid: int  # its first process, as the host numbers it
    enter: tuple[str, ...]  # what runs a command in it
    own: str = "/"  # the cgroup of such a command, as the container names it
    first: str = "/"  # the cgroup of its first process, as the container names it
    # Roots and mount points of cgroup2, as the container reads them.
    mounts: tuple[str, ...] = ("/ /sys/fs/cgroup",)
    probe: str = "/probe.sh"  # where the container has it

    def command(self, *words: str) -> tuple[str, ...]:
        """What runs the probe in it."""
        return (*self.enter, "busybox", "sh", self.probe, *words)

    def ask(self, *words: str) -> dict[str, list[str]]:
        """Run the probe in it."""
        return rig.sections(rig.command(*self.command(*words)))


def files(path: str) -> list[str]:
    """The names in a cgroup, as the host sees them."""
    return sorted(entry.name for entry in Path(rig.CGROUP, path.strip("/")).iterdir())


def outside(path: str, *, starter: str) -> list[str]:
    """How one whose root is `path` sees the host's first task and the starter of its runtime."""
    up = "/.." * path.count("/")
    common = os.path.commonpath([path, starter])
    away = "/.." * (path.count("/") - common.rstrip("/").count("/"))
    return [f"0::{up}", f"0::{away}/{os.path.relpath(starter, common)}"]


def sights(suite: Suite, container: Container, *, starter: str, seen: dict[str, list[str]]) -> None:
    """What a container with a cgroup namespace of its own sees: `seen` is what the probe printed there."""
    suite.check("its own cgroup, from inside", seen["own"], [f"0::{container.own}"])
    suite.check("its first process, from inside", seen["first"], [f"0::{container.first}"])
    suite.check("roots of its mounts, from inside", seen["mounts"], container.mounts)
    suite.check("its cgroup directory is its own", seen["files"], files(container.path))
    inside = "cgroup.type" in seen["files"] and "cgroup.events" in seen["files"]
    suite.check("that directory is no hierarchy's root", str(inside), "True")
    if container.first == "/":
        suite.check("its first process is listed there", seen["tasks"], ["1"])
    suite.check("tasks outside", seen["outside"], outside(container.path, starter=starter))


def seen_from_host(suite: Suite, container: Container, seen: dict[str, list[str]]) -> None:
    """What the host sees of a container."""
    process = f"/proc/{container.pid}"
    own = container.path + container.first.rstrip("/")
    suite.check("its first process, from the host", rig.read(f"{process}/cgroup"), f"0::{own}")
    roots = re.findall(
        r"^\S+ \S+ \S+ (\S+ /sys/fs/cgroup) .* - cgroup2 ",
        rig.read(f"{process}/mountinfo"),
        re.MULTILINE,
    )
    suite.check("root of its mount, from the host", roots, [f"{container.path} /sys/fs/cgroup"])
    link = os.readlink(f"{process}/ns/cgroup")
    # Numbers of namespaces are other ones in each run.
    number = re.sub(r"\D", "", link)
    suite.rename(number, "NAMESPACE")
    other = link != os.readlink("/proc/self/ns/cgroup")
    suite.check("its namespace is another than the host's", str(other), "True")
    suite.check("a command in it has the same namespace", str(seen["namespace"] == [link]), "True")
    target = ("--target", str(container.pid))
    said = rig.command("nsenter", "--cgroup", *target, "cat", f"{process}/cgroup")
    suite.check("its first process, from its namespace alone", said, f"0::{container.first}")
    listed = rig.command("lsns", "-n", "-t", "cgroup", "-o", "NS", "-p", str(container.pid))
    suite.check("lsns lists its namespace", listed.split(), [number])


def in_the_hosts_namespace(
    suite: Suite, path: str, starter: str, seen: dict[str, list[str]]
) -> None:
    """What a container sees that has no cgroup namespace of its own."""
    suite.check("in the host's: its own cgroup", seen["own"], [f"0::{path}"])
    suite.check("in the host's: root of its mount", seen["mounts"], ["/ /sys/fs/cgroup"])
    suite.check("in the host's: cgroups beside it", seen["files"], files("/"))
    suite.check("in the host's: tasks outside", seen["outside"], ["0::/", f"0::{starter}"])
    same = seen["namespace"] == [os.readlink("/proc/self/ns/cgroup")]
    suite.check("in the host's: the namespace is the host's", str(same), "True")


def nested_in_its_like(suite: Suite, seen: dict[str, list[str]]) -> None:
    """What the probe printed in a container that has another of the same runtime in it, and in that one."""
    suite.check("nested: the outer one's cgroup", seen["outer"], ["0::/init"])
    suite.check("nested: the inner one's cgroup", seen["own"], ["0::/"])
    suite.check("nested: root of the inner one's mount", seen["mounts"], ["/ /sys/fs/cgroup"])
    suite.check("nested: pids.max of the inner one", seen["limit"], [str(TASKS)])
    said = forks("\n".join(seen["forks"]))
    suite.check("nested: a task beyond it is refused", said, refused(TASKS - 1))


def tasks_limited(suite: Suite, container: Container, *, others: int) -> None:
    """Too many tasks: `others` are there before the probe's shell."""
    directory = rig.CGROUP / container.path.strip("/")
    suite.check("pids.max is set", rig.read(directory / "pids.max"), str(TASKS))
    before = events(directory / "pids.events")["max"]
    _, text = rig.attempt(*container.command("forks", str(MORE_TASKS)))
    suite.check("a task beyond pids.max is refused", forks(text), refused(TASKS - others - 1))
    after = events(directory / "pids.events")["max"]
    suite.check("the refusal is counted", str(int(after) - int(before)), "1")


def forks(text: str) -> list[str]:
    """What the probe said of its forks, without the place where the shell says it."""
    return [re.sub(r"^.*(?=can't fork)", "", line) for line in text.splitlines()]


def refused(count: int) -> list[str]:
    """What the probe says when so many tasks could be started and no more."""
    return [*(f"forked {number}" for number in range(1, count + 1)), NO_FORK]


def memory_limited(suite: Suite, container: Container) -> None:
    """Too much memory."""
    directory = rig.CGROUP / container.path.strip("/")
    suite.check("memory.max is set", rig.read(directory / "memory.max"), str(MEMORY))
    before = events(directory / "memory.events")["oom_kill"]
    said = container.ask("allocate", str(LITTLE), str(MUCH))
    memory_tried(suite, said)
    after = events(directory / "memory.events")["oom_kill"]
    suite.check("the kill is counted", str(int(after) - int(before)), "1")


def memory_tried(suite: Suite, said: dict[str, list[str]]) -> None:
    """What the probe said of its allocations, before the shell's own words."""
    little, much = said[str(LITTLE)], said[str(MUCH)]
    suite.check("memory within memory.max is there", little, [str(LITTLE), "status 0"])
    suite.check("memory beyond memory.max kills", much[-1:], ["status 137"])


def events(file: Path) -> dict[str, str]:
    """The counters of a cgroup."""
    return dict(line.split() for line in rig.read(file).splitlines())


def nested(suite: Suite, container: Container, maker: tuple[str, ...] = UNSHARE) -> None:
    """A cgroup namespace made in the container, in a cgroup that was made in it."""
    nested_seen(suite, container, container.ask("nested", *maker))
    own = container.path + container.own.rstrip("/")
    there = (rig.CGROUP / own.strip("/") / "inner").is_dir()
    suite.check("nested: its cgroup, from the host", str(there), "True")


def nested_seen(suite: Suite, container: Container, seen: dict[str, list[str]]) -> None:
    """What the probe printed of a cgroup namespace made in the container."""
    suite.check(
        "nested: its cgroup, from the container",
        seen["own"],
        [f"0::{container.own.rstrip('/')}/inner"],
    )
    suite.check("nested: its cgroup, from inside", seen["inner"], ["0::/"])
    up = "/.." * (container.own.rstrip("/").count("/") + 1)
    above = [f"{up}{root.rstrip('/')} {where}" for root, where in map(str.split, container.mounts)]
    suite.check("nested: roots of its mounts", seen["inner mounts"], [*above, "/ /tmp"])
