# SPDX-License-Identifier: GPL-2.0
"""Operations on mounts."""

from __future__ import annotations

from differential import words
from differential.choices import Choices, makes
from differential.operations import POINTS
from differential.state import Task


def _what(c: Choices, point: int) -> tuple[bytes, bytes]:
    """A file system type and its options; remembers what will be mounted."""
    kind = c.random.random()
    if kind < 0.4:
        c.state.points[point] = "2"
        options = b"nsdelegate" if c.delegated and c.chance(0.8) else c.one(words.V2_OPTIONS)
        return b"cgroup2", options
    if kind < 0.85:
        options = c.one(c.pool)
        c.state.points[point] = options.decode()
        return b"cgroup", options
    return c.one((b"cgroup", b"cgroup", b"cgroup2")), c.one(words.REFUSED_OPTIONS)


def delegate(c: Choices) -> None:
    """Namespaces are boundaries from here on, mostly."""
    c.delegated = True
    c.state.points[0] = "2"
    c.add(c.state.tasks[0], "mount", 0, b"cgroup2", b"nsdelegate")


@makes("mount")
def _mount(c: Choices, task: Task) -> None:
    point = c.random.randrange(POINTS)
    c.add(task, "mount", point, *_what(c, point))


@makes("fsmount")
def _fsmount(c: Choices, task: Task) -> None:
    point = c.random.randrange(POINTS)
    c.add(task, "fsmount", point, *_what(c, point))


@makes("remount")
def _remount(c: Choices, task: Task) -> None:
    v2 = [point for point, kind in c.state.points.items() if kind == "2"]
    point = c.one(v2) if v2 and c.chance(0.8) else c.point()
    options = b"nsdelegate" if c.delegated and c.chance(0.8) else c.one(words.REMOUNT_OPTIONS)
    c.add(task, "remount", point, options)


@makes("bind")
def _bind(c: Choices, task: Task) -> None:
    item, point = c.dir(), c.random.randrange(POINTS)
    c.state.points[point] = item.hierarchy
    c.add(task, "bind", item.number, point)


@makes("umount")
def _umount(c: Choices, task: Task) -> None:
    point, flags = c.point(), c.one(words.UMOUNT_FLAGS)
    if flags in (0, 2):
        c.state.points.pop(point, None)
    c.add(task, "umount", point, flags)


@makes("root")
def _root(c: Choices, task: Task) -> None:
    point = c.point()
    if c.may_add_dir():
        hierarchy = c.state.points.get(point)
        number = c.state.new_dir(hierarchy or "2", None, 0, hierarchy is not None)
        c.add(task, "root", point, number)


@makes("statmount")
def _statmount(c: Choices, task: Task) -> None:
    c.add(task, "statmount", c.point())
