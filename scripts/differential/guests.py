# SPDX-License-Identifier: GPL-2.0
"""Programs on both kernels: many a boot, several guests at a time.

Owns building the executor, starting guests and what a guest that dies means. A guest has one processor:
the executor's waiting is exact only there.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import progress
import results
import uml
from progress import Failure

from differential import transcript
from differential.operations import Program

SOURCES = Path(__file__).resolve().parent.parent.parent / "selftests/differential"
BUILD = progress.CACHE / "build" / "differential"
# Seconds that a guest may take, and a program in it. At a program's end cgroups go level by level, 1,400 of
# them in 40 s, and the machine may have other work.
PATIENCE = 240.0
PATIENCE_EACH = 10.0
# A kernel that complains dies of it: so the program that it complains of is known.
KERNEL_ARGS = ("panic_on_warn=1", "oops=panic")
# Guests of one batch that may die: then its other programs are not run.
MOST_DEATHS = 2
NOT_RUN = "not run: too many guests died before"
# Guests wait most of the time: so many a processor keep it busy.
AT_ONCE = 8
# From here on a batch is split among guests.
SPLIT = 6
SIDES = ("c", "rust")


@dataclass(frozen=True)
class Kernels:
    """The images to compare."""

    c: Path
    rust: Path


@dataclass(frozen=True)
class Run:
    """What a program did on one kernel: its transcript, whose last line tells of its end if it had none."""

    lines: list[str]
    whole: bool

    @property
    def ran(self) -> bool:
        """Whether it was begun."""
        return self.lines != [NOT_RUN]


@dataclass(frozen=True)
class Batch:
    """What programs did on one kernel, and what the kernel complained of meanwhile."""

    runs: dict[str, Run]
    alarms: list[str]


def build_executor() -> Path:
    """Build what runs in the guests."""
    progress.run("differential, build", ["make", "-C", SOURCES, f"O={BUILD}"])
    return BUILD / "differential"


class Guests:
    """Runs batches of programs, as many guests at a time as asked for."""

    def __init__(self, kernels: Kernels, at_once: int | None = None) -> None:
        self.images = {"c": kernels.c, "rust": kernels.rust}
        self.executor = build_executor()
        processors = sorted(os.sched_getaffinity(0))
        self.workers = at_once or AT_ONCE * len(processors)
        turn = multiprocessing.Value("i", 0)
        self.pool = ProcessPoolExecutor(
            self.workers, initializer=_stay, initargs=(turn, processors)
        )

    def __enter__(self) -> Guests:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_exception: object) -> None:
        self.pool.shutdown(wait=kind is None, cancel_futures=True)
        if kind is not None:
            # Whoever was told to end does not wait for guests: they end with the toolbox.
            for worker in multiprocessing.active_children():
                worker.kill()

    def start(self, side: str, programs: Sequence[Program]) -> Future[Batch]:
        """Begin a batch on one kernel."""
        return self.pool.submit(_batch, self.images[side], self.executor, list(programs))

    def both(self, programs: Sequence[Program]) -> Iterator[tuple[Program, Run, Run]]:
        """A batch on both kernels: each program with what it did on C and on Rust."""
        middle = len(programs) // 2 if len(programs) >= SPLIT else 0
        halves = [half for half in (programs[:middle], programs[middle:]) if half]
        started = [[self.start(side, half) for side in SIDES] for half in halves]
        for half, (c, rust) in zip(halves, started, strict=True):
            yield from paired(half, c.result(), rust.result())


def paired(
    programs: Sequence[Program], c: Batch, rust: Batch
) -> Iterator[tuple[Program, Run, Run]]:
    """Programs with what they did on both kernels."""
    for program in programs:
        yield program, c.runs[program.name], rust.runs[program.name]


def _stay(turn: Synchronized[int], processors: list[int]) -> None:
    """Keep a worker, and the guests that it starts, on one processor; the next worker on the next.

    A guest's system call goes to another process and back: across processors it takes longer.
    """
    with turn.get_lock():
        number = turn.value
        turn.value += 1
    os.sched_setaffinity(0, {processors[number % len(processors)]})


def _batch(image: Path, executor: Path, programs: list[Program]) -> Batch:
    """Run programs in as few boots as it takes: after one that ends a guest comes another guest."""
    runs: dict[str, Run] = {}
    alarms: list[str] = []
    deaths = 0
    while left := [program for program in programs if program.name not in runs]:
        if deaths == MOST_DEATHS:
            runs |= {program.name: Run([NOT_RUN], False) for program in left}
            break
        boot = _boot(image, executor, left)
        alarms += boot.alarms
        for name, lines, whole in transcript.programs(boot.text):
            runs[name] = Run(lines if whole else [*lines, boot.end], whole)
            deaths += not whole
        if left[0].name not in runs:
            # It did not even begin, and would not the next time.
            runs[left[0].name] = Run([boot.end], False)
            deaths += 1
    return Batch(runs, alarms)


@dataclass(frozen=True)
class Boot:
    """The transcripts that came out of a guest, how it ended, what its kernel complained of."""

    text: str
    end: str
    alarms: list[str]


def _boot(image: Path, executor: Path, programs: list[Program]) -> Boot:
    """One boot."""
    output = io.BytesIO()
    alarms: list[str] = []
    with tempfile.NamedTemporaryFile("w", dir=BUILD, prefix="programs-", encoding="ascii") as file:
        file.writelines(program.text() for program in programs)
        file.flush()
        command = ["sh", "-c", f"exec {executor} <{file.name}"]
        limit = PATIENCE + PATIENCE_EACH * len(programs)
        try:
            # Its last words are the failure's; there may be many such guests.
            with contextlib.redirect_stderr(io.StringIO()):
                outcome = uml.boot(
                    image, command, cpus=1, limit=limit, kernel_args=KERNEL_ARGS, sink=output
                )
            end = f"the guest ended with status {outcome.status}"
            alarms = results.alarms(outcome.console)
        except Failure as failure:
            end = str(failure).partition(" (")[0]
    return Boot(output.getvalue().decode("latin-1").replace("\r", ""), end, alarms)
