# SPDX-License-Identifier: GPL-2.0
"""Our own fuzzer of the interface: selftests/fuzz/, many boots after one another.

Owns building it and reading what it prints.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import progress
from results import Table

from fuzzing import guests
from fuzzing.coverage import Map

SOURCES = Path(__file__).resolve().parent.parent.parent / "selftests/fuzz"
BUILD = progress.CACHE / "build" / "fuzz"
# Seconds that one boot is fuzzed: a report of a kernel that was up for long says less.
BOOT = 600.0
# Boots that may fail: then it is enough.
MOST_FAILURES = 3
ROUND = re.compile(r"^round (\d+) (\d+)$", re.M)
CLEAN = re.compile(
    r"^baseline cgroups=0 dying=0 hierarchies=0 mounts=0 namespaces=0 charge=0$", re.M
)
COUNT = re.compile(r"^count (\w+) (\d+) (\d+)$", re.M)
KILLED = re.compile(r"^killed (\d+), signalled (\d+)$", re.M)
PC = re.compile(r"^pc ([0-9a-f]+)$", re.M)
BROKEN = re.compile(r"^(?:broken|stuck): .*$|^baseline .*=-?[1-9].*$", re.M)
# What the fuzzer counts under the number after the last error's: nothing was there to work on.
VOID = 135
# Operations from which on none should be one-sided.
ENOUGH = 150_000
# Which cannot be refused, and which have no success to count: they do not return.
NEVER_REFUSED = {"thread", "listns", "list", "forget", "close", "disarm", "root"}
NEVER_SUCCEED = {"exit"}


@dataclass
class Tally:
    """What all boots came to."""

    counts: dict[str, Counter[int]] = field(default_factory=dict)
    rounds: int = 0
    clean: int = 0
    killed: int = 0
    signalled: int = 0
    reached: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add what one boot printed. Counts are sums, of which the last ones are whole."""
        latest = {(kind, int(error)): int(n) for kind, error, n in COUNT.findall(text)}
        for (kind, error), number in latest.items():
            self.counts.setdefault(kind, Counter())[error] += number
        self.rounds += len(ROUND.findall(text))
        self.clean += len(CLEAN.findall(text))
        if ends := KILLED.findall(text):
            self.killed += int(ends[-1][0])
            self.signalled += int(ends[-1][1])
        self.reached |= {int(pc, 16) for pc in PC.findall(text)}

    def total(self) -> int:
        """Operations that were done."""
        return sum(counts.total() - counts[VOID] for counts in self.counts.values())

    def one_sided(self) -> list[str]:
        """Operations that never succeeded, or were never refused though they can be."""
        found = []
        for kind, counts in self.counts.items():
            refused = counts.total() - counts[0] - counts[VOID]
            if not (counts[0] or kind in NEVER_SUCCEED) or not (refused or kind in NEVER_REFUSED):
                found.append(kind)
        return found

    def table(self) -> Table:
        """For the report: a row an operation."""
        rows = [_row(kind, counts) for kind, counts in self.counts.items()]
        total: Counter[int] = Counter()
        for counts in self.counts.values():
            total += counts
        title = (
            f"System calls: {self.total():,} operations in {self.rounds:,} rounds, "
            f"{self.killed:,} tasks killed, {self.signalled:,} signalled"
        )
        columns = ("operation", "succeeded", "refused", "void", "by error")
        return Table(title, columns, (*rows, _row("all", total)))


def _row(kind: str, counts: Counter[int]) -> tuple[str, ...]:
    refused = {error: n for error, n in counts.items() if error not in (0, VOID)}
    names = [
        f"{errno.errorcode.get(error, error)} {n:,}"
        for error, n in sorted(refused.items(), key=lambda pair: -pair[1])
    ]
    sums = (counts[0], sum(refused.values()), counts[VOID])
    return kind, *(f"{n:,}" for n in sums), ", ".join(names)


def build() -> Path:
    """Build what runs in the guests."""
    progress.run("fuzz, build", ["make", "-C", SOURCES, f"O={BUILD}"])
    return BUILD / "fuzz"


def run(image: Path, program: Path, where: Map, seconds: float, seed: int) -> Tally:
    """Fuzz for so long, with seeds from this one on."""
    tally = Tally()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 1 and len(tally.failures) < MOST_FAILURES:
        length = min(left, BOOT)
        words = [str(seed), str(round(length)), f"{where.begin:x}", f"{where.end:x}"]
        boot = guests.boot(image, [str(program), *words], length)
        tally.add(boot.output)
        if boot.wrong:
            broken = BROKEN.search(boot.output)
            what = broken[0] if broken else boot.wrong
            last = (ROUND.findall(boot.output) or [("0", "none")])[-1]
            tally.failures.append(f"seed {seed}, round {last[0]} of seed {last[1]}: {what}")
            print(f"# {tally.failures[-1]}", *(f"# {line}" for line in boot.report), sep=os.linesep)
        seed += 1
    return tally
