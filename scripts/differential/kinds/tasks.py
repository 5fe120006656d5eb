# SPDX-License-Identifier: GPL-2.0
"""Operations on tasks: how they begin and end, and who they are.

The first task lives to the end and keeps what it may do: without it programs would soon do nothing.
"""

from __future__ import annotations

from differential import words
from differential.choices import Choices, makes
from differential.state import Task


@makes("clone")
def _clone(c: Choices, task: Task) -> None:
    if not c.may_add_task():
        return
    flags = c.one(words.CLONE)
    into = c.dir(v2=True) if c.chance(0.6) else None
    child = c.state.new_task(None, task)
    if flags & words.NEWUSER:
        child.initial = child.mapped = False
    if into is not None and into.exists:
        child.place["2"] = into.number
    if flags & words.NEWCGROUP:
        child.root = child.place["2"]
    # Refused, as far as one can tell: nobody waits for it.
    child.alive = not flags & words.THREAD
    c.add(task, "clone", child.number, flags, -1 if into is None else into.number)


@makes("thread")
def _thread(c: Choices, task: Task) -> None:
    if c.may_add_task():
        child = c.state.new_task(task.process, task)
        c.add(task, "thread", child.number)


@makes("exit")
def _exit(c: Choices, task: Task) -> None:
    if task.process == 0 and (task.number == 0 or c.chance(0.9)):
        return
    whole = task.process != 0 and c.chance(0.5)
    for other in c.state.tasks:
        if other is task or (whole and other.process == task.process):
            other.alive = False
    c.add(task, "exit", int(whole))


@makes("reap")
def _reap(c: Choices, task: Task) -> None:
    ended = c.state.ended()
    c.add(task, "reap", c.one(ended).number if ended and c.chance(0.8) else c.task())


@makes("become")
def _become(c: Choices, task: Task) -> None:
    uid = c.one((words.NOBODY, words.NOBODY, 0, 7))
    if task.number:
        if task.privileged:
            task.uid = uid
            task.owner = uid if task.initial else task.owner
        c.add(task, "become", uid)


@makes("disarm")
def _disarm(c: Choices, task: Task) -> None:
    if task.number:
        c.add(task, "disarm")


@makes("maps")
def _maps(c: Choices, task: Task) -> None:
    strangers = [other for other in c.state.alive() if not other.mapped]
    who = c.one(strangers) if strangers and c.chance(0.8) else task
    if who.number:
        map_user(c, who)


def map_user(c: Choices, task: Task) -> None:
    """Make it root of the user namespace that it is in."""
    task.mapped = True
    c.add(task, "maps", task.uid)
    task.uid = 0
