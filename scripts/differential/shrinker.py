# SPDX-License-Identifier: GPL-2.0
"""A difference becomes a short program: delta debugging, many candidates a boot.

Owns which candidates are tried. What a difference is, is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
# Says of each candidate whether the difference is still there.
Test = Callable[[list[list[T]]], list[bool]]
MOST_ROUNDS = 60


def shrink(steps: Sequence[T], test: Test[T], rounds: int = MOST_ROUNDS) -> list[T]:
    """The shortest sequence that was found in which `test` still holds; it holds for `steps`.

    A round leaves out each part of the sequence in turn, all in one batch; then, in a second batch, all
    the parts at once that were not missed, and halves of these.
    """
    kept = list(steps)
    size = max(1, len(kept) // 8)
    while rounds > 0 and len(kept) > 1:
        parts = [range(at, min(at + size, len(kept))) for at in range(0, len(kept), size)]
        held = test([_without(kept, [part]) for part in parts])
        spare = [part for part, holds in zip(parts, held, strict=True) if holds]
        rounds -= 1
        if spare:
            kept, more = _leave_out(kept, spare, test)
            rounds -= more
        elif size == 1:
            break
        if not spare or size > len(kept) // 2:
            size = max(1, size // 2)
    return kept


def _leave_out(kept: list[T], spare: list[range], test: Test[T]) -> tuple[list[T], int]:
    """Leave out as many of the parts as can be at once; and how many batches that took."""
    if len(spare) == 1:
        return _without(kept, spare), 0
    groups = [spare]
    while len(groups[-1]) > 2:
        groups.append(groups[-1][: len(groups[-1]) // 2])
    candidates = [_without(kept, group) for group in groups]
    for candidate, holds in zip(candidates, test(candidates), strict=True):
        if holds:
            return candidate, 1
    return _without(kept, spare[:1]), 1


def _without(steps: Sequence[T], parts: Sequence[range]) -> list[T]:
    gone = {index for part in parts for index in part}
    return [step for index, step in enumerate(steps) if index not in gone]
