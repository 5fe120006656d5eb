# SPDX-License-Identifier: GPL-2.0
"""Upstream's selftests on mainline's C and on the Rust core: a case on which they differ fails.

Each program runs twice on each kernel, the two kernels at the same time. Programs with a case on which
they seem to differ run again, on a machine that does nothing else; upstream_cases.py has the rule.

A case that is skipped must be listed in selftests/upstream.expected, with the reason. One that fails on
both kernels is shown, and is no failure here.

Owns which suites there are, how they are built, and the tables.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import accel
import kernel
import progress
import source
import upstream_cases
import upstream_guests
from progress import Failure
from results import Result, Score, Table
from upstream_cases import Compared, Expected, Run

SUITES = ("cgroup", "namespaces", "clone3", "filesystems/nsfs", "mount_setattr", "pidfd", "proc")
# What upstream's Makefiles leave out, and what runs as it is.
MORE = ("cgroup/test_cpuset_v1_base.sh",)
# What an emulated processor takes too long for: how long.
SLOW = {"cgroup/test_cpuset_prs.sh": "well over ten minutes"}
EXPECTED = Path(__file__).resolve().parent.parent / "selftests/upstream.expected"
FLAVOURS = {"C": "full-c", "Rust": "full"}
# Seconds after which the harness ends a case; its own 30 are not enough for an emulated processor with
# KASAN and lockdep.
PATIENCE = 180
HARNESS = "kselftest_harness.h"
ROUNDS = 2
AGAIN = 3


@dataclass(frozen=True)
class Programs:
    """The programs as they were built: where they are, and their names in the order of the suites."""

    installed: Path
    names: tuple[str, ...]


def suite(program: str) -> str:
    """The suite of SUITE/PROGRAM."""
    return program.rpartition("/")[0]


def build() -> Programs:
    """Build the suites from the untouched source but for the harness's patience, beside the kernels."""
    tree = source.find()
    work = progress.CACHE / "build" / tree.id / "upstream"
    installed = work / "installed"
    jobs = os.environ.get("JOBS") or str(len(os.sched_getaffinity(0)))
    make = ["make", f"-j{jobs}", f"O={work}", "LLVM=", "ARCH=x86_64"]
    progress.run("upstream, headers", [*make, "-C", tree.path, "headers"])
    selftests = tree.path / "tools/testing/selftests"
    install = [*make, "-C", selftests, "install", f"TARGETS={' '.join(SUITES)}"]
    install += [f"KHDR_INCLUDES=-isystem {work}/usr/include", f"INSTALL_PATH={installed}"]
    # Without this, a suite that does not build is left out without a word.
    install.append("FORCE_TARGETS=1")
    with _patient(selftests / HARNESS, work / HARNESS):
        progress.run("upstream, build", install)
    listed = (installed / "kselftest-list.txt").read_text().split()
    names = [line.replace(":", "/") for line in listed]
    for name in MORE:
        if (selftests / name).is_file():
            (installed / name).write_bytes((selftests / name).read_bytes())
            (installed / name).chmod(0o755)
            names.append(name)
    return Programs(installed, tuple(sorted(names, key=lambda name: SUITES.index(suite(name)))))


@contextlib.contextmanager
def _patient(harness: Path, ours: Path) -> Iterator[None]:
    """For as long as this lasts, put a harness that gives a case more time where the kernel's own is."""
    text, count = re.subn(
        r"(?m)^(#define TEST_TIMEOUT_DEFAULT) \d+$", rf"\1 {PATIENCE}", harness.read_text()
    )
    if count != 1:
        raise Failure(f"{progress.host_path(harness)} does not say how long a case may take")
    # One that was written anew would have all programs built anew.
    if not ours.is_file() or ours.read_text() != text:
        ours.write_text(text)
    kernel.quick("mount", "--bind", "-o", "ro", ours, harness)
    try:
        yield
    finally:
        kernel.quick("umount", harness)


class Comparison:
    """All runs so far, and what they come to."""

    def __init__(self, score: Score, expected: Expected, programs: Programs, cpus: int) -> None:
        self.score = score
        self.expected = expected
        self.installed = programs.installed
        self.cpus = cpus
        self.runs: list[Run] = []
        self.complaints: dict[str, set[str]] = {name: set() for name in FLAVOURS}

    def run(self, phase: str, images: dict[str, Path], programs: Sequence[str]) -> None:
        """Run the programs on the kernels. A guest that does not come to its end is one failure."""
        for guest in upstream_guests.run(phase, images, self.installed, programs, self.cpus):
            self.runs += guest.runs
            self.complaints[guest.kernel] |= guest.complaints()
            if why := guest.death():
                self.score.add("upstream", Result(f"{phase}, {guest.kernel}", "failed", why))

    def open(self) -> list[str]:
        """The programs of which more runs could say more."""
        cases = upstream_cases.compare(self.runs)
        found = {case.program: None for case in cases if case.open(self.expected)}
        return list(found)

    def finish(self, wanted: Iterable[str]) -> None:
        """Add all results, and show the tables."""
        cases = upstream_cases.compare(self.runs)
        for case in cases:
            self.score.add(f"upstream, {suite(case.program)}", self.result(case))
        for name in wanted:
            ended = {run.kernel for run in self.runs if run.program == name}
            for missing in sorted(FLAVOURS.keys() - ended):
                result = Result(name, "failed", f"never ended on {missing}")
                self.score.add(f"upstream, {suite(name)}", result)
        ours = self.complaints["Rust"] - self.complaints["C"]
        why = "; ".join(sorted(ours))
        result = Result(
            "the Rust core's kernel complains of nothing that C's does not",
            "failed" if ours else "passed",
            why,
        )
        self.score.add("upstream", result)
        for table in self.tables(cases):
            if table.rows:
                self.score.show(table)

    def result(self, case: Compared) -> Result:
        """What a case comes to: passed where the kernels agree."""
        verdict = case.verdict(self.expected)
        if verdict == "differs":
            why = f"differs: C {case.shown('C')}; Rust {case.shown('Rust')}"
            return Result(case.name, "failed", why)
        why = self.expected.reason("skip", case.name)
        if verdict == "skipped" and why:
            return Result(case.name, "skipped", why)
        if case.was("skip") and not (why or self.expected.reason("varies", case.name)):
            where = f"C {case.shown('C')}; Rust {case.shown('Rust')}"
            return Result(
                case.name, "failed", f"no reason is listed for its being skipped: {where}"
            )
        return Result(case.name, "passed")

    def tables(self, cases: list[Compared]) -> Iterator[Table]:
        """The suites; then, case by case, what is not simply passed on both kernels."""
        columns = ("suite", "programs", "cases", "C: pass", "fail", "skip", "vary")
        columns += ("Rust: pass", "fail", "skip", "vary", "differ")
        rows = [self.row(name, cases) for name in SUITES]
        yield Table("upstream's selftests", columns, tuple(row for row in rows if row[2] != "0"))
        verdicts = {case.name: case.verdict(self.expected) for case in cases}

        def listing(verdict: str, kind: str) -> tuple[tuple[str, ...], ...]:
            return tuple(
                (case.name, case.shown("C"), case.shown("Rust"), self.reason(kind, case))
                for case in cases
                if verdicts[case.name] == verdict
            )

        columns = ("case", "C", "Rust", "why")
        yield Table("differ", columns, listing("differs", "varies"))
        yield Table("vary", columns, listing("varies", "varies"))
        yield Table("fail on both", columns, listing("failed", "fail"))
        yield Table("skipped on both", columns, listing("skipped", "skip"))
        unseen = tuple((line,) for line in self.expected.unseen(cases))
        yield Table("listed in upstream.expected, and not so", ("line",), unseen)

    def reason(self, kind: str, case: Compared) -> str:
        """The reason that is listed."""
        return self.expected.reason(kind, case.name) or "none is listed"

    def row(self, name: str, cases: list[Compared]) -> tuple[str, ...]:
        """A suite's numbers. What is not the same in all runs of a kernel varies there."""
        own = [case for case in cases if suite(case.program) == name]
        counts: list[int] = []
        for kernel_name in FLAVOURS:
            steady = [case.steady(kernel_name) for case in own]
            counts += [steady.count(word) for word in ("passed", "failed", "skipped", "")]
        counts.append([case.verdict(self.expected) for case in own].count("differs"))
        head = [len({case.program for case in own}), len(own)]
        return (name, *(str(count) for count in [*head, *counts]))


def run(score: Score) -> None:
    """Build, run and compare."""
    try:
        expected = Expected(EXPECTED.read_text())
    except OSError as error:
        raise Failure(f"{EXPECTED.name}: {error.strerror}") from error
    programs = build()
    images = {name: kernel.build(flavour) for name, flavour in FLAVOURS.items()}
    names = list(programs.names)
    how = accel.choose(images["C"])
    if how == "tcg":
        for name in [name for name in names if name in SLOW]:
            names.remove(name)
            why = f"takes {SLOW[name]} without KVM"
            score.add(f"upstream, {suite(name)}", Result(f"{name}:as a whole", "skipped", why))
    comparison = Comparison(score, expected, programs, upstream_guests.CPUS[how])
    for number in range(1, ROUNDS + 1):
        comparison.run(f"upstream, round {number}", images, names)
    if again := comparison.open():
        for name, image in images.items():
            comparison.run(f"upstream, again on {name}", {name: image}, again * AGAIN)
    comparison.finish(names)
