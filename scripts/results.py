# SPDX-License-Identifier: GPL-2.0
"""What came of the tests: reads the formats that test runners print, prints one, keeps the score.

Owns the score and its last line. Knows nothing of what is tested.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# "ok 1 name" and "not ok 2 - name # SKIP why", indented below its suite or not, after a time stamp or not.
KTAP = re.compile(
    r"^(?:\[ *[\d.]+\] )?( *)(ok|not ok) \d+ (?:- )?(.*?)(?: # (SKIP|TODO)\b ?(.*))?$"
)
CARGO = re.compile(r"^test (\S+) \.\.\. (ok|FAILED|ignored)")
UNITTEST = re.compile(r"^(\w+) \(([\w.]+)\) \.\.\. (ok|FAIL|ERROR|skipped (.*))$")

# What a kernel says on its console when something went wrong that no test may have asked about.
ALARM = re.compile(
    r"\b(?:WARNING:|BUG:|Oops|Kernel panic|KASAN:|UBSAN:|unreferenced object|general protection)|"
    r"rcu: .*(?:stall|Voluntary)|possible .* detected"
)


@dataclass(frozen=True)
class Result:
    """One test: `outcome` is passed, failed or skipped."""

    name: str
    outcome: str
    why: str = ""


def ktap(text: str, *, depth: int) -> Iterator[Result]:
    """The results that are indented by `depth` levels; others sum these up, or are parts of them."""
    for line in text.splitlines():
        match = KTAP.match(line.rstrip())
        if not match or len(match[1]) != 4 * depth:
            continue
        outcome = "passed" if match[2] == "ok" else "failed"
        yield Result(match[3], "skipped" if match[4] == "SKIP" else outcome, match[5] or "")


def ktap_is_whole(text: str, *, depth: int) -> bool:
    """Whether as many results came as each plan of that depth announced."""
    plans = re.findall(rf"^(?:\[ *[\d.]+\] )?{' ' * 4 * depth}1\.\.(\d+)$", text, re.MULTILINE)
    return bool(plans) and sum(map(int, plans)) == len(list(ktap(text, depth=depth)))


def alarms(console: str) -> list[str]:
    """The lines of a console that no sound kernel prints."""
    return [line.strip() for line in console.splitlines() if ALARM.search(line)]


def cargo(text: str) -> Iterator[Result]:
    """The results that `cargo test` printed."""
    for line in text.splitlines():
        if match := CARGO.match(line):
            yield Result(match[1], {"ok": "passed", "ignored": "skipped"}.get(match[2], "failed"))


def unittest(text: str) -> Iterator[Result]:
    """The results that `python3 -m unittest -v` printed."""
    for line in text.splitlines():
        if match := UNITTEST.match(line):
            outcome = {"ok": "passed", "FAIL": "failed", "ERROR": "failed"}.get(match[3], "skipped")
            yield Result(match[1], outcome, match[4] or "")


@dataclass(frozen=True)
class Table:
    """What a suite has to show beside its results: every row has a cell a column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self) -> Iterator[str]:
        """The table as text, in columns."""
        cells = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        yield self.title
        for row in cells:
            padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join(padded).rstrip()


class Score:
    """Prints results as they come, and the sum of them."""

    def __init__(self) -> None:
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.tables: list[Table] = []

    def add(self, group: str, result: Result) -> None:
        """Print one result and count it."""
        self.counts[result.outcome] += 1
        word = "not ok" if result.outcome == "failed" else "ok"
        mark = " # SKIP" if result.outcome == "skipped" else ""
        why = f"{mark} {result.why}".rstrip() if result.outcome != "passed" else ""
        print(f"{word} {sum(self.counts.values())} {group}: {result.name}{why}", flush=True)

    def add_all(self, group: str, results: Iterable[Result]) -> int:
        """Add many; return how many there were."""
        count = 0
        for result in results:
            self.add(group, result)
            count += 1
        return count

    def show(self, table: Table) -> None:
        """Print a table, and keep it for the report."""
        self.tables.append(table)
        for line in table.lines():
            print(f"# {line}".rstrip(), flush=True)

    def finish(self) -> int:
        """Print the sum; return the exit status: a run of no tests is no success."""
        sys.stderr.flush()
        print(", ".join(f"{count} {outcome}" for outcome, count in self.counts.items()))
        return 0 if self.counts["passed"] and not self.counts["failed"] else 1
