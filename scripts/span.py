# SPDX-License-Identifier: GPL-2.0
"""For how long what has no end of its own goes on: fuzzers, stress.

Owns the two lengths and the user's own. Knows nothing of what goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from progress import Failure


@dataclass(frozen=True)
class Span:
    """The form of a run: `short` is make test-all's, in which a part picks what says most a second."""

    short: bool
    minutes: float | None = None  # what the user asked for

    def seconds(self, long: float, short: float) -> float:
        """How long something goes on that takes `long` seconds in make test-hard."""
        if self.minutes is not None:
            return self.minutes * 60
        return short if self.short else long


SHORT = Span(short=True)


def wanted(environment: Mapping[str, str]) -> Span:
    """The long form, as the environment's MINUTES wants it."""
    text = environment.get("MINUTES", "")
    if not text:
        return Span(short=False)
    if not (text.isascii() and text.isdigit()) or len(text) > 4 or int(text) == 0:
        raise Failure(f"MINUTES={text}: say a number from 1 to 9999, or leave it out")
    return Span(short=False, minutes=int(text))
