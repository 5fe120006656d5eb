# SPDX-License-Identifier: GPL-2.0
"""What a generator remembers: which tasks, cgroups, descriptors and mounts a program should have by now.

This is no model of the kernel. It takes for granted that what may well succeed did so; where it is
wrong, programs have some operations more that are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Task:
    """A task of the program."""

    number: int
    process: int
    place: dict[str, int] = field(default_factory=dict)  # hierarchy: directory
    alive: bool = True
    initial: bool = True  # in the user namespace that all begin in
    uid: int = 0  # as it is called in its user namespace
    owner: int = 0  # as the initial one calls it
    mapped: bool = True
    root: int = 0  # directory of v2 that its cgroup namespace has as root

    @property
    def privileged(self) -> bool:
        """Whether it is somebody's root."""
        return self.uid == 0 and self.mapped


@dataclass
class Dir:
    """A cgroup that a number stands for."""

    number: int
    hierarchy: str  # "2", or what v1's mount was given as options
    parent: int | None
    length: int  # bytes of its path
    exists: bool = True
    name: bytes = b""

    @property
    def is_v2(self) -> bool:
        """Whether it belongs to the default hierarchy."""
        return self.hierarchy == "2"


@dataclass
class State:
    """All of it."""

    tasks: list[Task] = field(default_factory=list)
    dirs: list[Dir] = field(default_factory=list)
    files: dict[int, str] = field(default_factory=dict)  # what a descriptor is of
    points: dict[int, str] = field(default_factory=dict)  # hierarchies that are mounted
    next_task: int = 0
    next_dir: int = 0

    def alive(self) -> list[Task]:
        """The tasks that can do something."""
        return [task for task in self.tasks if task.alive]

    def ended(self) -> list[Task]:
        """The tasks that cannot."""
        return [task for task in self.tasks if not task.alive]

    def existing(self, *, v2: bool | None = None) -> list[Dir]:
        """The cgroups that are there; only those of v2, or only those of v1."""
        return [item for item in self.dirs if item.exists and v2 in (None, item.is_v2)]

    def is_busy(self, item: Dir) -> bool:
        """Whether a cgroup has tasks or children."""
        if any(other.exists and other.parent == item.number for other in self.dirs):
            return True
        return any(item.number in task.place.values() for task in self.alive())

    def is_taken(self, parent: Dir, name: bytes) -> bool:
        """Whether a cgroup has a child of this name."""
        return any(
            item.exists and item.parent == parent.number and item.name == name for item in self.dirs
        )

    def new_task(self, process: int | None, like: Task | None) -> Task:
        """Count one more task: of this process, or one of its own."""
        number, self.next_task = self.next_task, self.next_task + 1
        task = Task(number, number if process is None else process)
        if like is not None:
            task.place = dict(like.place)
            task.initial, task.uid, task.mapped = like.initial, like.uid, like.mapped
            task.root, task.owner = like.root, like.owner
        self.tasks.append(task)
        return task

    def new_dir(self, hierarchy: str, parent: int | None, length: int, exists: bool = True) -> int:
        """Count one more directory; return its number."""
        number, self.next_dir = self.next_dir, self.next_dir + 1
        self.dirs.append(Dir(number, hierarchy, parent, length, exists))
        return number
