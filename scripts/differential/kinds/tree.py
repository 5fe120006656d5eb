# SPDX-License-Identifier: GPL-2.0
"""Operations on the tree of cgroups."""

from __future__ import annotations

from differential import names, words
from differential.choices import Choices, makes
from differential.state import Dir, Task

# How many cgroups a chain has, and how long their names are.
CHAINS = ((4, 255), (15, 255), (16, 255), (20, 250), (12, 2), (60, 60))
# No path grows longer than this and one chain.
LONG_ENOUGH = 12000
# Levels of "/.." that just fit into a page: one more does not.
ABYSS = 1365


@makes("mkdir")
def _mkdir(c: Choices, task: Task) -> None:
    parent = c.dir_for(task) if c.chance(0.3) else c.dir()
    name = c.name(parent)
    if not c.may_add_dir():
        return
    good = parent.exists and task.owner == 0
    good = good and name not in names.REFUSED and not c.state.is_taken(parent, name)
    length = parent.length + 1 + len(name)
    number = c.state.new_dir(parent.hierarchy, parent.number, length, good)
    c.state.dirs[number].name = name
    c.add(task, "mkdir", parent.number, number, name)


@makes("lookup")
def _lookup(c: Choices, task: Task) -> None:
    parent = c.dir()
    if not c.may_add_dir():
        return
    up = c.chance(0.2)
    name = b".." if up else names.good(c.random)
    length = parent.length + (0 if up else 1 + len(name))
    number = c.state.new_dir(parent.hierarchy, parent.number, length, up)
    c.add(task, "lookup", parent.number, number, name)


@makes("chain")
def _chain(c: Choices, task: Task) -> None:
    parent = c.dir()
    if c.may_add_dir() and parent.length < LONG_ENOUGH:
        add_chain(c, task, parent, *c.one(CHAINS))


def add_chain(c: Choices, task: Task, parent: Dir, count: int, size: int) -> Dir:
    """A chain, and the task in it: it would be a waste if nobody went there."""
    length = parent.length + count * (size + 1)
    good = parent.exists and task.owner == 0
    number = c.state.new_dir(parent.hierarchy, None, length, good)
    c.add(task, "chain", parent.number, number, count, size)
    c.go(task, c.state.dirs[number])
    return c.state.dirs[number]


def dig(c: Choices) -> None:
    """Namespaces so deep that the way up alone is as long as mainline's buffer, and longer."""
    first, top = c.state.tasks[0], c.state.dirs[0]
    bottom = add_chain(c, first, top, ABYSS, 1)
    below = c.state.new_dir(bottom.hierarchy, bottom.number, bottom.length + 2)
    c.add(first, "mkdir", bottom.number, below, b"a")
    others = [c.state.new_task(None, first) for _ in range(2)]
    for other, place in zip(others, (bottom.number, below), strict=True):
        other.place["2"] = other.root = place
        c.add(first, "clone", other.number, words.NEWCGROUP, place)
    c.go(first, top)
    for other in others:
        c.add(other, "cgroup", first.number)
        c.add(other, "mounts", other.number)
        c.add(other, "mount", 2, b"cgroup2", b"")
        c.add(other, "mounts", other.number)
        c.add(other, "statmount", 2)
    _dig_cpuset(c, first)


def _dig_cpuset(c: Choices, first: Task) -> None:
    """The same length of path in the one hierarchy whose path a buffer of fixed size is filled with."""
    top = c.state.new_dir("cpuset", None, 0)
    c.state.points[1] = "cpuset"
    c.add(first, "mount", 1, b"cgroup", b"cpuset")
    c.add(first, "root", 1, top)
    # Else nobody could go there: a new cgroup has no processors.
    c.add(first, "put", top, b"cgroup.clone_children", b"1")
    bottom = add_chain(c, first, c.state.dirs[top], 20, 250)
    c.add(first, "attach", bottom.number, b"cgroup.procs", first.number)
    for reader in c.state.tasks:
        c.add(reader, "cpuset", first.number)
        c.add(reader, "cgroup", first.number)
        c.add(reader, "mounts", reader.number)


@makes("rmdir")
def _rmdir(c: Choices, task: Task) -> None:
    empty = [item for item in c.state.existing() if not c.state.is_busy(item)]
    item = c.one(empty) if empty and c.chance(0.7) else c.dir()
    if item.number and not c.state.is_busy(item):
        item.exists = False
    c.add(task, "rmdir", item.number)


@makes("rename")
def _rename(c: Choices, task: Task) -> None:
    item = c.dir(v2=c.chance(0.15))
    parent = item.parent
    if parent is None or c.chance(0.1):
        parent = c.dir().number
    c.add(task, "rename", item.number, parent, c.name(c.state.dirs[parent]))


@makes("list")
def _list(c: Choices, task: Task) -> None:
    c.add(task, "list", c.dir().number)


@makes("stat")
def _stat(c: Choices, task: Task) -> None:
    c.add(task, "stat", c.dir().number)


@makes("chown")
def _chown(c: Choices, task: Task) -> None:
    c.add(task, "chown", c.dir().number, c.one((0, words.NOBODY, words.NOBODY)))


@makes("forget")
def _forget(c: Choices, task: Task) -> None:
    item = c.dir()
    if item.number:
        item.exists = False
    c.add(task, "forget", item.number)
