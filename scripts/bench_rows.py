# SPDX-License-Identifier: GPL-2.0
"""Samples of a benchmark made into rows: medians, the ratio with its interval, the aim beside it.

Owns the statistics and the aims. Knows nothing of how samples come about.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from results import Table

COLUMNS = ("row", "variant", "size", "C", "Rust", "C/Rust", "95 %", "aim")
DRAWS = 1000


class Key(NamedTuple):
    """What is measured: the row, its variant, and how large the thing is: a depth, or 0."""

    row: str
    variant: str
    size: int


# The samples of a view: those of C and those of Rust, by row.
Samples = dict[Key, tuple[list[float], list[float]]]


@dataclass(frozen=True)
class Row:
    """A row of a view."""

    key: Key
    c: tuple[float, ...]
    rust: tuple[float, ...]
    ratio: float
    low: float
    high: float
    aim: float | None
    limit: int | None

    def cells(self) -> tuple[str, ...]:
        """The row as a table has it."""
        return (
            self.key.row,
            self.key.variant,
            str(self.key.size or ""),
            number(median(self.c)),
            number(median(self.rust)),
            f"{self.ratio:.2f}",
            f"{self.low:.2f} to {self.high:.2f}" if len(self.c) > 1 else "",
            self.verdict(),
        )

    def verdict(self) -> str:
        """The aim, and whether it was missed, at the two digits that a ratio is shown with."""
        if self.limit is not None:
            missed = median(self.rust) >= self.limit
            return f"Rust below {self.limit:,}{' missed' if missed else ''}"
        if self.aim is None:
            return ""
        return f"{self.aim:g}{' missed' if round(self.ratio, 2) < self.aim else ''}"

    def as_data(self) -> dict[str, object]:
        """The row as JSON has it, with every sample."""
        return {
            **self.key._asdict(),
            "c": self.c,
            "rust": self.rust,
            "ratio": round(self.ratio, 4),
            "interval": [round(self.low, 4), round(self.high, 4)],
            "aim": self.aim,
            "limit": self.limit,
        }


# What each row is, for the page that is kept.
LEGEND = {
    "path": "kernfs_path_from_node() to a node of that depth, from the root, from half way, from a sibling",
    "floor": "in C's column what nothing can do without for a path from the root: to follow the pointers, "
    "and to copy names of known length",
    "proc": "a read of /proc/PID/cgroup, a task's own or another's; v1: with eight v1 hierarchies",
    "unshare": "a namespace that comes and goes; +exit, clone3: with the task, into: in another cgroup; "
    "two: while the other processor does the same",
    "setns": "two namespaces entered in turn, by file or by pidfd",
    "mount": "fsopen() to fsmount() of cgroup2 in a namespace whose root has that depth",
    "attach": "a write to cgroup.procs between leaves whose common ancestor is so many levels up",
    "mountinfo": "a read of it with 100 mounts of a cgroup of that depth",
    "contended": "a reader beside another; a writer alone and beside a reader of 1,000 levels",
    "irqsoff": "the longest stretch with interrupts off in one read, by the kernel's irqsoff tracer, whose own "
    "cost is in it; of 31 reads the one with the shortest, so that ticks are not; comm: of /proc/PID/comm, "
    "which is what any read has; other: of /proc/PID/cgroup of a task at that depth; v1: with eight v1 "
    "hierarchies",
    "memory": "bytes: slab a namespace, and code",
}

# What a ratio is to reach, by view and row; a size of None stands for every one that is not named.
AIMS: dict[tuple[str, str, str | None, int | None], float] = {
    ("path", "path", "root", 1): 2.5,
    ("path", "path", "root", 5): 3.3,
    ("path", "path", "root", 100): 10,
    ("path", "path", "root", 1000): 250,
    ("path", "path", None, None): 2,
    ("count", "proc", "self", 1): 1.15,
    ("count", "proc", "self", 5): 1.3,
    ("time", "proc", "self", 1000): 20,
    ("time", "proc", None, None): 1,
    ("count", "proc", None, None): 1,
    ("time", "mount", None, 1): 1,
    ("time", "mount", None, 1000): 4,
    ("count", "mount", None, 1): 1,
    ("count", "mount", None, 1000): 4,
    ("time", "unshare", None, None): 1,
    ("count", "unshare", None, None): 1,
    ("two", "unshare", "unshare,two", 0): 1.2,
    ("time", "setns", None, None): 1,
    ("count", "setns", None, None): 1,
    ("time", "attach", None, 1): 1,
    ("count", "attach", None, 1): 1,
    ("time", "mountinfo", None, None): 1,
    ("count", "mountinfo", None, None): 1,
    ("time", "memory", "slab", None): 1,
    ("count", "memory", "slab", None): 1,
    # Rust takes at most one and a half times C's code.
    ("count", "memory", "text", None): 0.67,
}

# What Rust is to stay below, by view, row and variant, in the unit of the view.
LIMITS = {
    ("irqsoff", "irqsoff", "other"): 10_000,
    ("irqsoff", "irqsoff", "other,v1"): 10_000,
}


def aim(view: str, key: Key) -> float | None:
    """The aim of a row: that of the narrowest description that fits."""
    view = {"inline": "count"}.get(view, view)
    for variant, size in (
        (key.variant, key.size),
        (None, key.size),
        (key.variant, None),
        (None, None),
    ):
        if (found := AIMS.get((view, key.row, variant, size))) is not None:
            return found
    return None


def rows(view: str, samples: Samples) -> list[Row]:
    """All rows of a view, in the order in which they were measured."""
    return [row(view, key, c, rust) for key, (c, rust) in samples.items()]


def row(view: str, key: Key, c: list[float], rust: list[float]) -> Row:
    """One row: ratio of the medians, and between which ratios 95 of 100 drawn again fall."""
    ratio = median(c) / median(rust)
    draw = random.Random(repr(key))
    drawn = sorted(
        median(draw.choices(c, k=len(c))) / median(draw.choices(rust, k=len(rust)))
        for _ in range(DRAWS)
    )
    low, high = drawn[DRAWS // 40], drawn[-1 - DRAWS // 40]
    limit = LIMITS.get((view, key.row, key.variant))
    return Row(key, tuple(c), tuple(rust), ratio, low, high, aim(view, key), limit)


def beside(rows: list[Row]) -> list[Table]:
    """What a row says only beside another: whether readers wait, and what they do to a writer."""
    found = {(row.key.variant, row.key.size): row for row in rows if row.key.row == "contended"}
    readers, writers = [], []
    for (variant, size), two in found.items():
        base, _, company = variant.partition(",")
        one = found.get((base, size))
        if one is None or not company:
            continue
        slower = [median(getattr(two, side)) / median(getattr(one, side)) for side in ("c", "rust")]
        if company == "two":
            readers.append((str(size), *(f"{2 / factor:.2f}" for factor in slower)))
        else:
            writers.append((base, *(f"{factor:.2f}" for factor in slower)))
    tables = []
    if readers:
        title = "reads by two readers on two processors, over those by one; 2 is all there is"
        tables.append(Table(title, ("depth", "C", "Rust"), tuple(readers)))
    if writers:
        title = "time of a writer beside a reader of 1,000 levels, over its time alone"
        tables.append(Table(title, ("writer", "C", "Rust"), tuple(writers)))
    return tables


def markdown(table: Table) -> Iterator[str]:
    """A table as Markdown has it."""
    yield f"## {table.title}"
    yield ""
    for row in (table.columns, ("---",) * len(table.columns), *table.rows):
        yield f"| {' | '.join(row)} |"


def legend() -> Iterator[str]:
    """What the rows are, as a list in Markdown."""
    yield from (f"- **{row}**: {words}." for row, words in LEGEND.items())


def number(value: float) -> str:
    """A number to read: three digits or more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
