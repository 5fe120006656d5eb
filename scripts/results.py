# SPDX-License-Identifier: GPL-2.0
"""What came of the tests: reads the formats that test runners print, prints one, keeps the score.

Owns the score and its last line. Knows nothing of what is tested.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from progress import hms

OUTCOMES = ("passed", "failed", "skipped")

# "ok 1 name" and "not ok 2 - name # SKIP why", indented below its suite or not, after a time stamp or not.
KTAP = re.compile(
    r"^(?:\[ *[\d.]+\] )?( *)(ok|not ok) \d+ (?:- )?(.*?)(?: # (SKIP|TODO)\b ?(.*))?$"
)
CARGO = re.compile(r"^test (\S+) \.\.\. (ok|FAILED|ignored)")
UNITTEST = re.compile(r"^(\w+) \(([\w.]+)\) \.\.\. (ok|FAIL|ERROR|skipped (.*))$")

# What a kernel says on its console when something went wrong that no test may have asked about.
ALARM = re.compile(
    r"\b(?:WARNING:|BUG:|Oops|Kernel panic|KASAN:|UBSAN:|unreferenced object|general protection)|"
    r"rcu: .*(?:stall|Voluntary)|possible .* detected|"
    r"\bBUG \S+ \(|CFI failure|INFO: task .* blocked|memory corruption|kmemleak: .*disabled"
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


@dataclass
class Suite:
    """Results that belong together, and how long they took: builds and boots before them included."""

    name: str
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: str) -> int:
        """How many results are passed, failed or skipped."""
        return sum(result.outcome == outcome for result in self.results)

    def row(self) -> tuple[str, ...]:
        """The suite in the table of all."""
        return (self.name, *(str(self.count(outcome)) for outcome in OUTCOMES), hms(self.seconds))


@dataclass
class Level:
    """What is being printed: a part, or a suite of it."""

    name: str
    count: int = 0
    good: bool = True


class Score:
    """Prints results as they come, as KTAP, and keeps them for a report.

    A test of the first level is a part of the run; below it stand its results, or those of its suites.
    """

    def __init__(self, parts: int) -> None:
        self.suites: dict[str, Suite] = {}
        self.tables: list[Table] = []
        self.start = self.last = time.monotonic()
        self.open: list[Level] = []
        self._open("")
        print(f"1..{parts}", flush=True)

    def begin(self, part: str) -> None:
        """Begin a part of the run."""
        self._open(part)

    def end(self) -> None:
        """End it: a part without a result fails."""
        if len(self.open) == 2 and self.open[-1].count == 0:
            self.add(self.open[-1].name, Result("has results", "failed", "it has none"))
        while len(self.open) > 1:
            self._close()

    def _open(self, name: str) -> None:
        """Begin a level of results below what is open."""
        indent = "    " * len(self.open)
        print(
            f"{indent}KTAP version 1", *([f"{indent}# Subtest: {name}"] if name else []), sep="\n"
        )
        self.open.append(Level(name))

    def _close(self) -> None:
        """End a level: it is a result of the one above."""
        level = self.open.pop()
        self._line(level.name, "passed" if level.good else "failed", "")

    def _line(self, name: str, outcome: str, why: str) -> None:
        """Print one result where it belongs."""
        level = self.open[-1]
        level.count += 1
        level.good &= outcome != "failed"
        word = "not ok" if outcome == "failed" else "ok"
        mark = " # SKIP" if outcome == "skipped" else ""
        why = f"{mark} {why}".rstrip() if outcome != "passed" else ""
        print(f"{'    ' * (len(self.open) - 1)}{word} {level.count} {name}{why}", flush=True)

    def add(self, group: str, result: Result) -> None:
        """Print one result of a suite and count it. A suite ends where another begins."""
        now = time.monotonic()
        suite = self.suites.setdefault(group, Suite(group))
        suite.results.append(result)
        suite.seconds += now - self.last
        self.last = now
        if group != self.open[-1].name:
            if len(self.open) > 2:
                self._close()
            if group != self.open[-1].name:
                self._open(group)
        self._line(result.name, result.outcome, result.why)

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

    def sums(self) -> Table:
        """All suites in one table."""
        rows = tuple(suite.row() for suite in self.suites.values())
        return Table("Results", ("suite", *OUTCOMES, "time"), rows)

    def count(self, outcome: str) -> int:
        """How many results there are in all that passed, failed or were skipped."""
        return sum(suite.count(outcome) for suite in self.suites.values())

    def good(self) -> bool:
        """Whether all is well: a run of no tests is no success."""
        return self.count("passed") > 0 and self.count("failed") == 0

    def finish(self) -> int:
        """Print the table of all suites and the sum; return the exit status."""
        sys.stderr.flush()
        for line in self.sums().lines():
            print(f"# {line}")
        print(", ".join(f"{self.count(outcome)} {outcome}" for outcome in OUTCOMES), flush=True)
        return 0 if self.good() else 1
