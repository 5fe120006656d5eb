# SPDX-License-Identifier: GPL-2.0
"""What is checked of one runtime: prints each check as KTAP, with what was seen, so that two kernels can be compared.

Owns that format; scripts/runtimes.py reads it. Knows nothing of runtimes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

Lines = str | Sequence[str]


class Broken(Exception):
    """The runtime's checks cannot go on: says why in one line."""


class Suite:
    """The checks of one runtime, in their order."""

    def __init__(self, name: str) -> None:
        self.count = 0
        self.failed = 0
        self.asked: set[str] = set()
        self.names: dict[str, str] = {}
        _say("KTAP version 1")
        _say(f"# runtime: {name}")

    def version(self, text: str) -> None:
        """Which version of the runtime this is."""
        _say(f"# version: {text}")

    def absent(self, what: str, why: str) -> None:
        """A check that cannot be asked of this runtime, and why not."""
        _say(f"# absent: {what}: {why}")

    def rename(self, word: str, name: str) -> None:
        """From now on show `word`, which is another one in each run, as `name`."""
        self.names[word] = name

    def check(self, name: str, seen: Lines, wanted: Lines) -> bool:
        """One check: lines as they are to be, neither more nor fewer. Return whether they are."""
        if name in self.asked:
            raise Broken(f"asked twice: {name}")
        self.asked.add(name)
        saw = self._shown(seen)
        good = saw == self._shown(wanted)
        self.count += 1
        self.failed += not good
        _say(f"# saw: {json.dumps(saw)}")
        if not good:
            _say(f"# wanted: {json.dumps(self._shown(wanted))}")
        _say(f"{'ok' if good else 'not ok'} {self.count} {name}")
        return good

    def _shown(self, lines: Lines) -> list[str]:
        found = lines.splitlines() if isinstance(lines, str) else list(lines)
        for word, name in self.names.items():
            found = [re.sub(rf"\b{word}\b", name, line) for line in found]
        return found

    def finish(self) -> bool:
        """The plan comes last, when it is known; return whether all is good."""
        _say(f"1..{self.count}")
        return self.count > 0 and self.failed == 0


def _say(line: str) -> None:
    print(f"    {line}", flush=True)
