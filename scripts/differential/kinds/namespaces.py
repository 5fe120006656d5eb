# SPDX-License-Identifier: GPL-2.0
"""Operations on namespaces."""

from __future__ import annotations

from differential import words
from differential.choices import Choices, makes
from differential.kinds.tasks import map_user
from differential.state import Task

# What there are mostly descriptors of.
OPENED = ("ns cgroup", "ns user", "ns mnt")


@makes("unshare")
def _unshare(c: Choices, task: Task) -> None:
    flags = c.one(words.UNSHARE)
    if flags & words.NEWUSER and task.number == 0:
        flags = words.NEWCGROUP
    c.add(task, "unshare", flags)
    if flags & words.NEWCGROUP:
        task.root = task.place["2"]
    if flags & words.NEWUSER:
        task.initial = task.mapped = False
        if c.chance(0.8):
            map_user(c, task)


@makes("nsopen")
def _nsopen(c: Choices, task: Task) -> None:
    whose, kind = c.task(), c.one(words.NAMESPACES)
    c.add(task, "nsopen", whose, kind, c.slot(f"ns {kind.decode()}"))


@makes("pidfd")
def _pidfd(c: Choices, task: Task) -> None:
    c.add(task, "pidfd", c.task(), c.slot("pidfd"))


@makes("setns")
def _setns(c: Choices, task: Task) -> None:
    if c.chance(0.3):
        if not c.has_file(task, "pidfd", "pidfd"):
            return
        slot, flags = c.file("pidfd"), c.one(words.SETNS_PIDFD)
    elif not c.has_file(task, "nsopen", *OPENED):
        return
    else:
        slot = c.file(*OPENED)
        flags = c.one(words.SETNS)
    kind = c.state.files.get(slot, "")
    if task.number == 0 and (kind == "ns user" or (kind == "pidfd" and flags & words.NEWUSER)):
        return
    c.add(task, "setns", slot, flags)


@makes("nsinfo")
def _nsinfo(c: Choices, task: Task) -> None:
    if c.has_file(task, "nsopen", *OPENED):
        c.add(task, "nsinfo", c.file(*OPENED))


@makes("nshandle")
def _nshandle(c: Choices, task: Task) -> None:
    if c.has_file(task, "nsopen", *OPENED):
        c.add(task, "nshandle", c.file(*OPENED), c.slot("ns cgroup"))


@makes("link")
def _link(c: Choices, task: Task) -> None:
    c.add(task, "link", c.task(), c.one(words.NAMESPACES))


@makes("listns")
def _listns(c: Choices, task: Task) -> None:
    c.add(task, "listns")


@makes("limit")
def _limit(c: Choices, task: Task) -> None:
    c.add(task, "limit", c.one(words.LIMITS))
