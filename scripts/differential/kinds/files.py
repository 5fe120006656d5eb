# SPDX-License-Identifier: GPL-2.0
"""Operations on a cgroup's files, and on descriptors."""

from __future__ import annotations

from differential import words
from differential.choices import Choices, makes
from differential.state import Task


@makes("get")
def _get(c: Choices, task: Task) -> None:
    item = c.dir()
    c.add(task, "get", item.number, c.of_version(item, words.V2_READS, words.V1_READS))


@makes("put")
def _put(c: Choices, task: Task) -> None:
    item = c.dir_for(task)
    c.add(task, "put", item.number, *c.of_version(item, words.V2_WRITES, words.V1_WRITES))


@makes("attach")
def _attach(c: Choices, task: Task) -> None:
    item = c.dir_for(task)
    c.go(task, item, task.number if c.chance(0.3) else c.task())


@makes("open")
def _open(c: Choices, task: Task) -> None:
    item = c.dir_for(task)
    if c.chance(0.5):
        name = c.of_version(item, words.V2_PROCS, words.V1_PROCS)
    else:
        name = c.of_version(item, words.V2_WRITES, words.V1_WRITES)[0]
    slot = c.slot("procs" if name in words.PROCS else "file")
    c.add(task, "open", item.number, name, slot, c.one(words.OPEN_FLAGS))


@makes("read")
def _read(c: Choices, task: Task) -> None:
    if c.has_file(task, "open", "procs", "file"):
        c.add(task, "read", c.file("procs", "file"))


@makes("write")
def _write(c: Choices, task: Task) -> None:
    if c.has_file(task, "open", "file"):
        c.add(task, "write", c.file("file"), c.one(words.WRITES))


@makes("move")
def _move(c: Choices, task: Task) -> None:
    if c.has_file(task, "open", "procs"):
        c.add(task, "move", c.file("procs"), c.task())


@makes("close")
def _close(c: Choices, task: Task) -> None:
    number = c.file()
    c.state.files.pop(number, None)
    c.add(task, "close", number)


@makes("handle")
def _handle(c: Choices, task: Task) -> None:
    c.add(task, "handle", c.dir().number, c.slot("dir"))
