# SPDX-License-Identifier: GPL-2.0
"""Which lines of ours, and which branches, the kernel says were run.

The compiler puts a call before each basic block, with critical edges split; only our object has them.
A call that was reached counts for all lines that it stands for: what was inlined there is among them.

Owns the reading of an image. Knows nothing of what made the kernel run.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from progress import Failure
from results import Table

# A call, and the address of the instruction after it: that is what is noted.
CALL = re.compile(
    r"^\s*([0-9a-f]+):.*<__sanitizer_cov_trace_pc>\n(?:.*>:\n|\n)*\s*([0-9a-f]+):", re.M
)
OURS = re.compile(r"kernel/cgroup/ns/(\S+\.rs):(\d+)")


@dataclass(frozen=True)
class Place:
    """A call in the image: its lines are of our files, the innermost first."""

    address: int
    lines: tuple[tuple[str, int], ...]


class Map:
    """All places of an image, by the address that is noted when they are run."""

    def __init__(self, image: Path) -> None:
        self.places = _places(image)
        if not self.places:
            raise Failure(f"{image} has no instrumented code")
        self.begin = min(self.places)
        self.end = max(self.places) + 1

    def lines(self, reached: Iterable[int]) -> set[tuple[str, int]]:
        """The lines of these places."""
        places = (self.places[at] for at in reached if at in self.places)
        return {line for place in places for line in place.lines}

    def table(self, reached: set[int]) -> Table:
        """For the report: a row a file."""
        whole, there = self.lines(self.places), self.lines(reached)
        rows = [self._row(name, reached, whole, there) for name in sorted({n for n, _ in whole})]
        hit = len(reached & self.places.keys())
        title = f"Coverage: {len(there)} of {len(whole)} lines, {hit} of {len(self.places)} branch points"
        return Table(title, ("file", "lines", "of", "branch points", "of"), tuple(rows))

    def _row(
        self, name: str, reached: set[int], whole: set[tuple[str, int]], there: set[tuple[str, int]]
    ) -> tuple[str, ...]:
        # A place belongs to the file of its innermost line of ours.
        own = {at for at, place in self.places.items() if place.lines and place.lines[0][0] == name}
        count = (sum(line[0] == name for line in lines) for lines in (there, whole))
        return (name, *map(str, count), str(len(own & reached)), str(len(own)))

    def missed(self, reached: set[int]) -> list[str]:
        """The lines that were never run: a text a file."""
        left = sorted(self.lines(self.places) - self.lines(reached))
        names = sorted({name for name, _ in left})
        return [f"{name}: {_ranges([n for f, n in left if f == name])}" for name in names]


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, with neighbours drawn together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _places(image: Path) -> dict[int, Place]:
    argv = ["llvm-objdump", "-d", "--no-show-raw-insn", str(image)]
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    calls = {int(after, 16): int(call, 16) for call, after in CALL.findall(text)}
    argv = ["llvm-symbolizer", f"--obj={image}", "--functions=none"]
    asked = "".join(f"{call:#x}\n" for call in calls.values())
    answer = subprocess.run(argv, input=asked, capture_output=True, text=True, check=True).stdout
    blocks = [block.splitlines() for block in answer.rstrip("\n").split("\n\n")]
    found = {}
    for (after, _), block in zip(calls.items(), blocks, strict=True):
        lines = [(m[1], int(m[2])) for line in block if (m := OURS.search(line))]
        found[after] = Place(after, tuple(line for line in lines if line[1]))
    return found
