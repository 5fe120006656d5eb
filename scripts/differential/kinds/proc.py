# SPDX-License-Identifier: GPL-2.0
"""What /proc shows of a task."""

from __future__ import annotations

from differential.choices import Choices, makes
from differential.state import Task


@makes("cgroup")
def _cgroup(c: Choices, task: Task) -> None:
    c.add(task, "cgroup", c.task())


@makes("cpuset")
def _cpuset(c: Choices, task: Task) -> None:
    c.add(task, "cpuset", c.task())


@makes("mounts")
def _mounts(c: Choices, task: Task) -> None:
    c.add(task, "mounts", task.number if c.chance(0.7) else c.task())


def look_around(c: Choices) -> None:
    """Every task looks at every other."""
    alive = c.state.alive()
    seen = alive + c.state.ended()[-2:]
    for reader in alive:
        for task in seen:
            c.add(reader, "cgroup", task.number)
            c.add(reader, "link", task.number, b"cgroup")
