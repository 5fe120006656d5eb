# SPDX-License-Identifier: GPL-2.0
"""Choosing operands: mostly such that an operation can succeed, often enough such that it cannot.

Owns the stream of random numbers and the list of steps made so far. The makers in differential.kinds
say what each operation does with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from differential import names, words
from differential.operations import DIRS, FILES, POINTS, TASKS, Step
from differential.state import Dir, State, Task

MOST_TASKS = 9

T = TypeVar("T")


class Choices:
    """A program in the making."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.state = State()
        self.made: list[Step] = []
        self.delegated = False  # namespaces are meant to be boundaries
        self.pool = self.random.sample(words.HIERARCHIES, 3)
        self.state.new_dir("2", None, 0)
        self.state.new_task(None, None).place["2"] = 0

    def add(self, task: Task, kind: str, *operands: int | bytes) -> None:
        """Append a step."""
        self.made.append(Step(task.number, kind, operands))

    def chance(self, chance: float) -> bool:
        """True so often, of 1."""
        return self.random.random() < chance

    def one(self, items: Sequence[T]) -> T:
        """One of them, each as often as any other."""
        return self.random.choice(items)

    def actor(self) -> Task:
        """Who is to do it: often the first task, which may do everything."""
        alive = self.state.alive()
        return alive[0] if self.chance(0.3) else self.one(alive)

    def task(self) -> int:
        """Whom to do it to: at times one that has ended, or that never was."""
        ended = self.state.ended()
        if ended and self.chance(0.06):
            return self.one(ended).number
        if self.chance(0.01):
            return TASKS - 1
        return self.one(self.state.alive()).number

    def may_add_task(self) -> bool:
        """Whether there is room for one more task."""
        return self.state.next_task < TASKS - 1 and len(self.state.alive()) < MOST_TASKS

    def may_add_dir(self) -> bool:
        """Whether there is room for one more directory."""
        return self.state.next_dir < DIRS

    def dir(self, *, v2: bool | None = None) -> Dir:
        """A cgroup: mostly one that is there, and often one that came late and so is deep."""
        if self.chance(0.04):
            return self.one(self.state.dirs)
        existing = self.state.existing(v2=v2) or self.state.existing()
        return self.one(existing[-6:]) if self.chance(0.4) else self.one(existing)

    def dir_for(self, task: Task) -> Dir:
        """A cgroup to do something to: often the root of the task's namespace, or where it is."""
        if self.chance(0.3):
            return self.state.dirs[self.one((task.root, task.place.get("2", 0)))]
        return self.dir()

    def name(self, parent: Dir) -> bytes:
        """A name for a cgroup below another."""
        if self.chance(0.08):
            return names.refused(self.random)
        # A path of a page, one byte more, one byte less.
        left = self.one((4094, 4095, 4096, 4097)) - parent.length - 1
        if 4 < left <= names.LONGEST and self.chance(0.7):
            return names.of_length(self.random, left)
        return names.good(self.random)

    def slot(self, kind: str) -> int:
        """A number for a descriptor that will be of this kind."""
        number = self.random.randrange(FILES)
        self.state.files[number] = kind
        return number

    def file(self, *kinds: str) -> int:
        """A descriptor, mostly of one of these kinds."""
        fitting = [number for number, kind in self.state.files.items() if kind in kinds]
        if fitting and not self.chance(0.08):
            return self.one(fitting)
        return self.one(list(self.state.files) or [0])

    def has_file(self, task: Task, other: str, *kinds: str) -> bool:
        """Whether there is a descriptor of one of these kinds; else there mostly is one step of another
        kind, which makes one."""
        if any(kind in kinds for kind in self.state.files.values()) or self.chance(0.05):
            return True
        MAKERS[other](self, task)
        return False

    def point(self) -> int:
        """A mount point: mostly one that something is mounted at."""
        mounted = list(self.state.points)
        if mounted and not self.chance(0.1):
            return self.one(mounted)
        return self.random.randrange(POINTS)

    def of_version(self, item: Dir, v2: Sequence[T], v1: Sequence[T]) -> T:
        """One of what is right for a cgroup of its version: at times of the other."""
        return self.one(v2 if item.is_v2 != self.chance(0.04) else v1)

    def go(self, task: Task, item: Dir, who: int | None = None) -> None:
        """Move a task: the one that does it, if nothing is said."""
        number = task.number if who is None else who
        name = self.of_version(item, words.V2_PROCS, words.V1_PROCS)
        self.add(task, "attach", item.number, name, number)
        if item.exists and number < len(self.state.tasks):
            self.state.tasks[number].place[item.hierarchy] = item.number


Maker = Callable[[Choices, Task], None]
# A maker appends a step of its kind, by a given task, or finds that there is no room for one.
MAKERS: dict[str, Maker] = {}


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Make a function the maker of a kind of operation."""

    def register(maker: Maker) -> Maker:
        MAKERS[kind] = maker
        return maker

    return register
