# SPDX-License-Identifier: GPL-2.0
"""Debug kernels: what breaks in silence elsewhere is reported there. Two guests run at a time.

    debug   KASAN, UBSAN, kmemleak, lockdep, debug objects, Rust's own checks
    kcsan   the data-race detector
    cfi     indirect calls are checked
    gcc     the kernel of make test, by the other compiler

Each kernel is asked first whether it has its instruments. A report on the console is a failure and is
shown whole; where selftests/debug.known has the reason why it is none of ours, it is only shown.

Owns what runs where, and the verdict. How it is run lies in debug_guests.py.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import accel
import complaints
import debug_guests
import diff
import kernel
import kselftests
import objects
import stress
import upstream
from checks import say_all
from complaints import Known
from debug_guests import Finding, Job
from differential.guests import build_executor
from results import Result, Score, Table
from span import Span
from upstream_cases import Expected

KNOWN = Path(__file__).resolve().parent.parent / "selftests/debug.known"
OBJECT = "kernel/cgroup/ns/cgroup_ns.o"
# Whose races count, whoever they are with.
NEARBY = ("kernel/cgroup", "fs/kernfs")
# The flavour of each, and whether clang builds it: KASAN of Rust and CFI are clang's.
KERNELS = {"debug": ("debug", True), "kcsan": ("kcsan", True)}
KERNELS |= {"cfi": ("cfi", True), "gcc": ("x86", False)}
# Those on which all runs; on the others our kselftests alone do.
INSTRUMENTED = ("debug", "kcsan")
FRAGMENTS = {"gcc": "rust"}
# What the compiled Rust core shows of what was asked for: a symbol.
SIGNS = {
    "debug": {
        "KASAN checks the Rust core": r"__asan_report_load",
        "the Rust core checks its arithmetic": r"panic_const_\w+_overflow",
        "the Rust core checks what it asserts": r"panic_misaligned_pointer_dereference|panic_nounwind",
    },
    "cfi": {"the Rust core says the types of its functions": r"__cfi_proc_cgroup_show"},
}
AT_ONCE = 2
# Seconds of races, here and in make test-all; and for a program of kselftests, which are emulated.
RACE, RACE_SHORT = 60, 30
RACE_LEAST = 2
STORM = 30
PATIENCE = 600
PROGRAMS = 6
OPERATIONS = 300


def run(score: Score, span: Span) -> None:
    """All kernels; in the short form the one that sees most, and of our kselftests the races alone."""
    names = ["debug"] if span.short else list(KERNELS)
    images = {name: kernel.build(KERNELS[name][0], clang=KERNELS[name][1]) for name in names}
    accel.choose(images["debug"])
    known = _known(images.values())
    excuse = partial(_excuse, known, Expected(upstream.EXPECTED.read_text()))
    verdict = Verdict(score, known, excuse)
    for name, image in images.items():
        verdict.object(name, objects.symbols(image.parent / OBJECT))
    jobs = list(_jobs(images, span, excuse))
    done = list(zip(jobs, _run(jobs), strict=True))
    for name in names:
        for job, found in done:
            if job.kernel == name:
                verdict.add(job, found)
    verdict.show()


def _known(images: Iterable[Path]) -> Known:
    """Which reports do not count, for kernels with these functions."""
    ours: set[str] = set()
    nearby: set[str] = set()
    for image in images:
        ours |= objects.functions(image.parent / OBJECT)
        for directory in NEARBY:
            for path in (image.parent / directory).glob("*.o"):
                nearby |= objects.functions(path)
    return Known(KNOWN.read_text(), ours, nearby)


def _excuse(known: Known, expected: Expected, kernel_name: str, case: str) -> str:
    """Why a case of upstream's fails on that kernel, or by chance; empty if that is not known."""
    return known.case(f"{kernel_name}/{case}") or expected.reason("varies", case)


def _jobs(
    images: Mapping[str, Path], span: Span, excuse: Callable[[str, str], str]
) -> Iterator[Job]:
    """The guests, those that take longest first."""
    seeds, _ = diff.wanted(dict(os.environ))
    seed = seeds.start if os.environ.get("SEED") else random.randrange(1, 1000000)
    race = round(span.seconds(RACE, RACE_SHORT))
    if not span.short:
        programs = upstream.build()
        for name in INSTRUMENTED:
            run = partial(
                debug_guests.upstreams, images[name], name, programs, partial(excuse, name)
            )
            yield Job(name, "upstream's selftests", run)
    ours = kselftests.command("--limit", str(PATIENCE + race))
    for name, image in images.items():
        if not span.short:
            # One processor: others would mostly be waited for, and here they are emulated.
            run = partial(debug_guests.selftests, image, ours, 1, RACE_LEAST, seed)
            yield Job(name, "our kselftests", run)
        if name in INSTRUMENTED:
            races = [*ours, "race_test"]
            run = partial(debug_guests.selftests, image, races, 2, race, seed)
            yield Job(name, "races", run)
    if not span.short:
        build_executor()
        reference = kernel.build("uml-c")
        own = range(seed, seed + PROGRAMS)
        for name in INSTRUMENTED:
            run = partial(debug_guests.differential, images[name], reference, own, OPERATIONS)
            yield Job(name, "random programs", run)
        stress.build()
        for name in INSTRUMENTED:
            run = partial(debug_guests.storm, images[name], STORM, seed)
            yield Job(name, "storm", run)
    for name, image in images.items():
        run = partial(debug_guests.instruments, image, name, FRAGMENTS.get(name, name))
        yield Job(name, "instruments", run)


def _run(jobs: list[Job]) -> list[Finding]:
    pool = ProcessPoolExecutor(AT_ONCE)
    try:
        return list(pool.map(Job.__call__, jobs))
    except BaseException:
        # Whoever was told to end does not wait for guests: they end with the toolbox.
        for worker in multiprocessing.active_children():
            worker.kill()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class Verdict:
    """Adds to the score what came out of the guests, and keeps what the tables show."""

    def __init__(self, score: Score, known: Known, excuse: Callable[[str, str], str]) -> None:
        self.score = score
        self.known = known
        self.excuse = excuse
        self.rows: list[tuple[str, ...]] = []
        self.figures: list[tuple[str, ...]] = []

    def _add(self, kernel_name: str, result: Result) -> None:
        self.score.add(f"debug, {kernel_name}", result)

    def object(self, kernel_name: str, symbols: list[str]) -> None:
        """What the compiled Rust core shows of what was asked for."""
        for name, sign in SIGNS.get(kernel_name, {}).items():
            passed = any(re.search(sign, symbol) for symbol in symbols)
            self._add(kernel_name, Result(name, "passed" if passed else "failed", f"no {sign}"))

    def add(self, job: Job, found: Finding) -> None:
        """All that came out of a guest."""
        say_all("\n".join(f"{job.kernel}, {note}" for note in found.notes))
        judged = [self._judged(job.kernel, result) for result in found.results]
        for result in judged:
            self._add(job.kernel, result)
        complained, known = self._reports(found.console)
        why = "; ".join(complained)
        name = f"{job.what}: the kernel has no complaint"
        self._add(job.kernel, Result(name, "failed" if complained else "passed", why))
        outcomes = [result.outcome for result in judged]
        counts = [outcomes.count(word) for word in ("passed", "failed", "skipped")]
        figures = [*counts, len(complained), known]
        took = f"{found.seconds:.0f} s"
        self.rows.append((job.kernel, job.what, *map(str, figures), took))
        self.figures += [(job.kernel, job.what, *row) for row in found.figures]

    def _judged(self, kernel_name: str, result: Result) -> Result:
        """A case of upstream's that has an excuse to fail is skipped."""
        why = self.excuse(kernel_name, result.name)
        return Result(result.name, "skipped", why) if result.outcome == "failed" and why else result

    def _reports(self, console: str) -> tuple[list[str], int]:
        """Show all reports; the titles of those that count, and how many do not."""
        complained: list[str] = []
        known = 0
        for report in complaints.reports(console):
            say_all("\n".join(report.lines))
            if why := self.known.report(report):
                say_all(f"known: {why}")
                known += 1
            else:
                complained.append(report.title)
        return complained, known

    def show(self) -> None:
        """The tables."""
        columns = ("kernel", "what", "passed", "failed", "skipped", "reports", "known", "time")
        self.score.show(Table("debug kernels", columns, tuple(self.rows)))
        columns = ("kernel", "what", "operation", "succeeded", "refused")
        self.score.show(Table("debug kernels: operations", columns, tuple(self.figures)))
