# SPDX-License-Identifier: GPL-2.0
"""Differential runs: the same random programs on mainline's C and on Rust must give the same transcripts.

    SEEDS=n         so many programs (200; with SEED one), a seed each
    SEED=x          the first seed (1)
    OPERATIONS=n    operations of each (500)

Owns the verdict and what is shown of it. What a program is and when two transcripts are the same lies
in differential/, what runs it in selftests/differential/.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from itertools import islice

import kernel
import progress
from differential import generator, rules, shrinker, transcript
from differential.guests import SIDES, Batch, Guests, Kernels, Run, paired
from differential.operations import NEVER_REFUSED, OPERANDS, Program, Step
from differential.rules import Difference
from progress import Failure
from results import Result, Score, Table

SEEDS = 200
OPERATIONS = 500
# Programs a boot, which costs about as much as one of them: at least, and of many seeds at most.
BATCH = 10
LARGEST_BATCH = 40
# Differences that are shrunk and shown; what many seeds find is mostly one fault.
SHOWN = 2
# More of them end the run.
MOST_DIFFERENT = 12
# Seconds that a difference is shrunk for.
SHRINKING = 300.0
# With fewer programs than this, some operations may not have come in all ways.
ENOUGH = 100
WIDTH = 160


class Tally:
    """What all operations came to."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {kind: Counter() for kind in OPERANDS}
        self.programs = 0
        self.ruled = 0

    def add(self, lines: list[str], ruled: int) -> None:
        """Count a transcript."""
        self.programs += 1
        self.ruled += ruled
        for line in lines:
            words = line.split(" ", 3)
            if len(words) > 2 and words[1] in self.counts:
                self.counts[words[1]][words[2]] += 1

    def one_sided(self) -> list[str]:
        """Kinds of operations that never succeeded, or were never refused though they can be."""
        found: list[str] = []
        for kind, counts in self.counts.items():
            refused = counts.total() - counts["ok"] - counts[transcript.VOID]
            if not counts["ok"] or not (refused or kind in NEVER_REFUSED):
                found.append(kind)
        return found

    def table(self) -> Table:
        """For the report: a row a kind of operation."""
        rows = tuple(self._row(kind, counts) for kind, counts in self.counts.items())
        total: Counter[str] = Counter()
        for counts in self.counts.values():
            total += counts
        title = (
            f"{total.total():,} operations in {self.programs:,} programs; rules A5 and A6 applied to "
            f"{self.ruled:,} lines"
        )
        columns = ("operation", "succeeded", "refused", "void", "by error")
        return Table(title, columns, (*rows, self._row("all", total)))

    def _row(self, kind: str, counts: Counter[str]) -> tuple[str, ...]:
        void = counts[transcript.VOID]
        refused = counts.total() - counts["ok"] - void
        errors = [
            f"{error} {count:,}"
            for error, count in counts.most_common()
            if error not in ("ok", transcript.VOID)
        ]
        return kind, f"{counts['ok']:,}", f"{refused:,}", f"{void:,}", ", ".join(errors)


def judge(c: Run, rust: Run) -> tuple[Difference | None, int]:
    """The first difference of two runs, if there is one; to how many lines a rule was applied.

    A run that has no end, or leaves something behind, is one on whichever kernel it happens.
    """
    difference, ruled = rules.compare(c.lines, rust.lines)
    if difference is None and not (c.whole and rust.whole):
        difference = Difference(len(c.lines) - 1, c.lines[-1], rust.lines[-1])
    if difference is None and set(c.lines[-1].split(" ")[1:]) - CLEAN:
        difference = Difference(len(c.lines) - 1, c.lines[-1], rust.lines[-1])
    return difference, ruled


CLEAN = {
    f"{what}=0" for what in ("cgroups", "dying", "hierarchies", "mounts", "namespaces", "charge")
}


def shrink(guests: Guests, program: Program, difference: Difference) -> list[Step]:
    """A short program that shows a difference, too."""

    def still(candidates: list[list[Step]]) -> list[bool]:
        if time.monotonic() > end:
            return [False] * len(candidates)
        named = [Program(f"try-{i}", tuple(steps)) for i, steps in enumerate(candidates)]
        return [
            c.ran and rust.ran and judge(c, rust)[0] is not None
            for _, c, rust in guests.both(named)
        ]

    end = time.monotonic() + SHRINKING
    steps = list(program.steps)
    head = steps[: difference.index + 1]
    return shrinker.shrink(head if still([head])[0] else steps, still)


def show(guests: Guests, program: Program, difference: Difference, command: str) -> None:
    """Print a difference: a short program, both transcripts, how to see it again."""
    print(f"# seed {program.name}: transcripts differ at line {difference.index}; shrinking")
    steps = shrink(guests, program, difference)
    short = Program(program.name, tuple(steps))
    _, c, rust = next(guests.both([short]))
    found = judge(c, rust)[0]
    if found is None:
        print("#   the short program shows it only at times; this is what the long one did")
        found = difference
    print(f"#   a program of {len(steps)} operations:")
    for step in steps:
        print(f"#     {_brief(str(step))}")
    print(f"#   transcripts differ at line {found.index}:")
    for line in c.lines[max(0, found.index - 2) : found.index]:
        print(f"#     both  {_brief(line)}")
    start = next(
        (i for i, (a, b) in enumerate(zip(found.c, found.rust, strict=False)) if a != b), 0
    )
    start = max(0, start - WIDTH // 2)
    print(f"#     C     {_brief(found.c, start)}")
    print(f"#     Rust  {_brief(found.rust, start)}")
    print(f"#   again: {command}", flush=True)


def _brief(line: str, start: int = 0) -> str:
    """A line of which not much is left if it is long: what there is from `start` on."""
    head = "..." if start else ""
    text = line[start : start + WIDTH]
    return f"{head}{text}..." if len(line) > start + WIDTH else head + text


class Differ:
    """A run over seeds: at any time some batches are under way."""

    def __init__(self, score: Score, guests: Guests, operations: int) -> None:
        self.score = score
        self.guests = guests
        self.operations = operations
        self.tally = Tally()
        self.different: list[tuple[Program, Difference]] = []
        self.alarms: list[str] = []
        self.told = time.monotonic()

    def run(self, seeds: Sequence[int]) -> None:
        """Run all, keeping the guests busy without having all programs in memory."""
        size = min(max(BATCH, len(seeds) // self.guests.workers), LARGEST_BATCH)
        batches = iter(range(0, len(seeds), size))
        # Twice what is under way: one slow guest does not keep the others waiting.
        ahead = self.guests.workers
        waiting = [self._start(seeds[at : at + size]) for at in islice(batches, ahead)]
        while waiting and len(self.different) < MOST_DIFFERENT:
            programs, futures = waiting.pop(0)
            self._finish(programs, futures)
            waiting += [self._start(seeds[at : at + size]) for at in islice(batches, 1)]
        for _, futures in waiting:
            for future in futures:
                future.cancel()

    def _start(self, seeds: Sequence[int]) -> tuple[list[Program], list[Future[Batch]]]:
        programs = [generator.program(seed, self.operations) for seed in seeds]
        return programs, [self.guests.start(side, programs) for side in SIDES]

    def _finish(self, programs: list[Program], futures: list[Future[Batch]]) -> None:
        c, rust = (future.result() for future in futures)
        for side, batch in zip(SIDES, (c, rust), strict=True):
            where = f"{side}, seeds {programs[0].name} to {programs[-1].name}"
            self.alarms += [f"{where}: {alarm}" for alarm in batch.alarms]
        for program, on_c, on_rust in paired(programs, c, rust):
            difference, ruled = judge(on_c, on_rust)
            self.tally.add(on_rust.lines, ruled)
            if difference is not None:
                self.different.append((program, difference))
                progress.say(f"diff: seed {program.name} differs at line {difference.index}")
                progress.say(f"diff:   C     {_brief(difference.c)}")
                progress.say(f"diff:   Rust  {_brief(difference.rust)}")
        if time.monotonic() - self.told > progress.HEARTBEAT:
            self.told = time.monotonic()
            progress.say(f"diff: {self.tally.programs} seeds, {len(self.different)} differ")

    def repeat(self, seeds: Sequence[int]) -> None:
        """The same programs twice on one kernel: only what does not depend on time can be compared."""
        programs = [generator.program(seed, self.operations) for seed in seeds]
        first, again = (self.guests.start("c", programs) for _ in range(2))
        runs = again.result().runs
        differ = [name for name, run in first.result().runs.items() if run != runs[name]]
        self._add("a program does the same again", not differ, f"not so: seeds {', '.join(differ)}")

    def verdict(self) -> None:
        """Show the differences, and add the results."""
        for program, difference in self.different[:SHOWN]:
            again = f"make diff SEED={program.name}"
            if self.operations != OPERATIONS:
                again += f" OPERATIONS={self.operations}"
            show(self.guests, program, difference, again)
        names = ", ".join(program.name for program, _ in self.different[:MOST_DIFFERENT])
        name = f"{self.tally.programs} seeds of {self.operations} operations are the same on C and Rust"
        self._add(name, not self.different, f"seeds {names}")
        for alarm in self.alarms:
            print(f"# {alarm}")
        self._add("no kernel has a complaint", not self.alarms, f"{len(self.alarms)} lines, above")
        if self.tally.programs >= ENOUGH:
            missing = ", ".join(self.tally.one_sided())
            name = "every kind of operation succeeds and is refused"
            self._add(name, not missing, f"not so: {missing}")
            name = "paths that mainline cuts are whole"
            self._add(name, self.tally.ruled > 0, "no program had one")
        self.score.show(self.tally.table())

    def _add(self, name: str, passed: bool, why: str) -> None:
        self.score.add("diff", Result(name, "passed" if passed else "failed", why))


def run(
    score: Score, seeds: Sequence[int] = range(1, SEEDS + 1), operations: int = OPERATIONS
) -> None:
    """Compare both kernels on programs of these seeds, each of so many operations."""
    kernels = Kernels(c=kernel.build("uml-c"), rust=kernel.build("uml"))
    with Guests(kernels) as guests:
        differ = Differ(score, guests, operations)
        differ.repeat(seeds[:BATCH])
        differ.run(seeds)
        differ.verdict()


def wanted(environment: dict[str, str]) -> tuple[Sequence[int], int]:
    """The seeds and the number of operations that the environment asks for."""
    values = dict(_numbers(environment))
    first = values.get("SEED", 1)
    count = values.get("SEEDS", 1 if "SEED" in values else SEEDS)
    return range(first, first + count), values.get("OPERATIONS", OPERATIONS)


def _numbers(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    for name in ("SEEDS", "SEED", "OPERATIONS"):
        text = environment.get(name, "")
        if not text:
            continue
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) == 0:
            raise Failure(f"{name}={text}: say a number from 1 to 999999999, or leave it out")
        yield name, int(text)
