# SPDX-License-Identifier: GPL-2.0
"""Fault injection: each allocation and each copy of the calls that the core serves fails once.

The same program runs on mainline's C and on the Rust core, in user-mode Linux. By task: the first one
that a call asks for, the second, and so on, whoever asks. By callers: only what the core asks for, or
has others ask for, wherever it begins to fail.

Owns what is compared between the kernels, and the table. What is called, and what must hold after a
fault, is selftests/faults/'s.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import kernel
import progress
import results
import uml
from guest import Outcome
from progress import Failure
from results import Result, Score, Table
from span import Span

PROGRAMS = Path(__file__).resolve().parent.parent / "selftests/faults"
BUILD = progress.CACHE / "build" / "faults"
FLAVOURS = {"C": "faults-c", "Rust": "faults"}
KINDS = ("slab", "page", "copy")
# Slabs that are checked keep no free objects for each processor: all that is counted is in use. What
# is freed is poisoned. With frame pointers user-mode Linux has to run processes by ptrace.
ARGUMENTS = ("slab_debug=FZP", "cgroup_debug", "seccomp=off")
LIMIT = 1200.0
# The short form: one of each sort, and what goes through the core.
SHORT = (
    "unshare-limited",
    "unshare-time",
    "clone3-into",
    "setns",
    "cgroup-deep",
    "mountinfo-deep",
    "mount-v1-unmounted",
    "fsmount-v2",
    "attach-delegated",
    "nsfs-ioctl",
)
# Where the kernels may differ in what fails and how, and why; the rest must be the same.
DIFFERENCES: dict[str, str] = {}


@dataclass
class Tally:
    """What the faults of one operation came to, by one method."""

    failed: Counter[str] = field(default_factory=Counter)  # by kind
    succeeded: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, words: list[str]) -> None:
        """One row: KIND FAILED SUCCEEDED SECONDS ERROR=COUNT..."""
        kind, failed, succeeded, seconds, *errors = words
        self.failed[kind] = int(failed)
        self.succeeded += int(succeeded)
        self.seconds = float(seconds)
        for word in errors:
            name, _, count = word.partition("=")
            self.errors[name] += int(count)

    def counts(self) -> str:
        """How many failed, by kind."""
        return " + ".join(str(self.failed[kind]) for kind in KINDS)

    def outcomes(self) -> str:
        """What the calls came to."""
        words = [f"{name} {count}" for name, count in sorted(self.errors.items())]
        return ", ".join([*words, *([f"done {self.succeeded}"] if self.succeeded else [])])


Tallies = dict[tuple[str, str], Tally]


def tallies(text: str) -> Tallies:
    """The figures that the program printed, by operation and method."""
    found: Tallies = {}
    for line in text.splitlines():
        if line.startswith("# row "):
            operation, method, *words = line.split()[2:]
            found.setdefault((operation, method), Tally()).add(words)
    return found


def differing(c: Tallies, rust: Tallies) -> dict[str, str]:
    """Operations that fail in other ways on one kernel than on the other, and how.

    By task, for what the core asks for is its own affair; where there is no such course, by callers.
    """
    found: dict[str, str] = {}
    for operation in sorted({operation for operation, _ in c.keys() | rust.keys()}):
        keys = [(operation, method) for method in ("task", "callers")]
        key = next(key for key in keys if key in c or key in rust)
        if key not in c or key not in rust:
            found[operation] = "ran on one kernel only"
        elif set(c[key].errors) != set(rust[key].errors):
            found[operation] = f"C {c[key].outcomes()}; Rust {rust[key].outcomes()}"
    return found


def table(c: Tallies, rust: Tallies) -> Table:
    """For each operation what failed, and what it came to; in the core: by callers."""
    figures = ("failed", "came to", "in the core", "s")
    columns = ["operation", *(f"{name}: {word}" for name in ("Rust", "C") for word in figures)]
    rows = [
        (operation, *_figures(rust, operation), *_figures(c, operation))
        for operation in dict.fromkeys(operation for operation, _ in rust)
    ]
    every = [tally for tallies in (c, rust) for tally in tallies.values()]
    total = sum(tally.failed.total() for tally in every)
    title = f"{total:,} faults, each of one allocation or copy: {' + '.join(KINDS)}"
    return Table(title, tuple(columns), tuple(rows))


def _figures(side: Tallies, operation: str) -> tuple[str, ...]:
    """One kernel's part of a row."""
    task, core = (side.get((operation, method)) for method in ("task", "callers"))
    seconds = sum(tally.seconds for tally in (task, core) if tally)
    return (
        task.counts() if task else "-",
        task.outcomes() if task else "-",
        core.counts() if core else "-",
        f"{seconds:.1f}",
    )


def run(score: Score, span: Span) -> None:
    """Run the program on both kernels at the same time, and compare."""
    progress.run("faults, build", ["make", "-C", PROGRAMS, f"O={BUILD}"])
    images = [kernel.build(flavour) for flavour in FLAVOURS.values()]
    chosen = SHORT if span.short else ()
    with ThreadPoolExecutor(len(images)) as pool:
        outcomes = list(pool.map(lambda image: boot(image, chosen), images))
    c, rust = (
        judge(score, name, outcome) for name, outcome in zip(FLAVOURS, outcomes, strict=True)
    )
    compare(score, c, rust)
    score.show(table(c, rust))


def boot(image: Path, chosen: tuple[str, ...]) -> Outcome:
    """Run the program on one kernel."""
    argv = [str(BUILD / "faults"), *chosen]
    return uml.boot(image, argv, cpus=1, memory="512M", kernel_args=ARGUMENTS, limit=LIMIT)


def judge(score: Score, name: str, outcome: Outcome) -> Tallies:
    """Add one kernel's results; return its figures."""
    group = f"faults, {name}"
    score.add_all(group, results.ktap(outcome.output, depth=0))
    for line in outcome.output.splitlines():
        if line.startswith("# ") and not line.startswith("# row "):
            print(line)
    if not results.ktap_is_whole(outcome.output, depth=0):
        raise Failure(f"{group}: the program did not come to its end (status {outcome.status})")
    alarms = results.alarms(outcome.console)
    for line in alarms:
        print(f"# {line}")
    why = alarms[0] if alarms else ""
    score.add(group, Result("no complaint", "failed" if alarms else "passed", why))
    return tallies(outcome.output)


def compare(score: Score, c: Tallies, rust: Tallies) -> None:
    """Add a result for each operation: whether it fails as on C, or as is listed."""
    different = differing(c, rust)
    for operation in dict.fromkeys(operation for operation, _ in rust):
        listed = operation in DIFFERENCES
        why = different.get(operation, "")
        if listed:
            why = "" if why else "listed as different, and not so"
        name = f"{operation} fails as {'is listed' if listed else 'on C'}"
        score.add("faults", Result(name, "failed" if why else "passed", why))
