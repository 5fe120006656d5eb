# SPDX-License-Identifier: GPL-2.0
"""What runs on a debug kernel, each in a guest of its own: which instruments it has, our kselftests, random
programs, upstream's selftests, the storm of the stress.

Owns the command lines and what they print. Whether it is good enough is debug.py's to say.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import accel
import diff
import progress
import results
import stress
import stress_record
import upstream
import upstream_guests
import virtme
from differential import generator, transcript
from differential.guests import BUILD, PATIENCE, PATIENCE_EACH, Batch, Guests, Kernels, Run
from flavours import CONFIG_DIR
from guest import Death, Outcome
from progress import Failure
from results import Result
from upstream_cases import Run as Upstream

# Why a case of upstream's may fail, SUITE/PROGRAM:CASE; empty if that is not known.
Excuse = Callable[[str], str]
SELFTESTS = Path(__file__).resolve().parent.parent / "selftests"
LEAKS = SELFTESTS / "leaks.sh"
MEMORY = "2G"
# How much longer than on user-mode Linux a random program may take: emulated, and every access checked.
SLOWER = 40
LIMIT = 2000.0
# A controller that user-mode Linux has not: the list of controllers is among what programs read.
REFERENCES_CONTROLLERS = ("cgroup_disable=hugetlb",)
# Programs of upstream's that KASAN's kernel does not run, and KCSAN's does.
_LONG = "more than its five minutes on an emulated processor with KASAN"
_CHILDREN = "forks for over three minutes, in one cgroup and one namespace"
_WAKING = (
    "hundreds of its tasks wake each millisecond: five minutes were once too few for it with KASAN"
)
HEAVY = {
    "debug": {
        "cgroup/test_freezer": _WAKING,
        "cgroup/test_kmem": _LONG,
        "cgroup/test_zswap": _LONG,
        "pidfd/pidfd_poll_test": _CHILDREN,
        "pidfd/pidfd_test": _CHILDREN,
    }
}
COUNT = re.compile(r"# race: (\w[\w ]*?) +(\d+) ok(?:, (.*))?")


@dataclass
class Finding:
    """What came out of a guest."""

    results: list[Result]
    console: str
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    figures: list[tuple[str, ...]] = field(default_factory=list)
    output: str = ""  # all that was printed, for the log


@dataclass(frozen=True)
class Job:
    """A guest to come."""

    kernel: str
    what: str
    run: Callable[[], Finding]

    def __call__(self) -> Finding:
        """Run it. A guest that dies is one failure, and the others go on."""
        start = time.monotonic()
        try:
            found = self.run()
        except Failure as failure:
            console = failure.console if isinstance(failure, Death) else ""
            name = f"{self.what} runs to its end"
            found = Finding([Result(name, "failed", str(failure))], console)
        found.seconds = time.monotonic() - start
        log = progress.log_path(f"debug {self.kernel} {self.what}")
        log.write_text(f"{found.output}\n{found.console}\n")
        took = progress.hms(found.seconds)
        where = progress.host_path(log)
        progress.say(f"debug, {self.kernel}, {self.what}: {took} (log: {where})")
        return found


def _boot(
    image: Path,
    argv: Sequence[str | Path],
    cpus: int,
    limit: float = LIMIT,
    kernel_args: Sequence[str] = (),
) -> Outcome:
    command = [str(arg) for arg in argv]
    args = (*stress.KERNEL_ARGS, *kernel_args)
    return virtme.boot(image, command, cpus=cpus, memory=MEMORY, limit=limit, kernel_args=args)


def _ktap(text: str, depth: int) -> list[Result]:
    """The results; one more, which failed, if some did not come."""
    found = list(results.ktap(text, depth=depth))
    if not results.ktap_is_whole(text, depth=depth):
        tail = text.strip().splitlines()[-1:] or ["nothing was printed"]
        found.append(Result("all announced results came", "failed", f"the last line: {tail[0]}"))
    return found


def instruments(image: Path, kernel: str, fragment: str) -> Finding:
    """Whether the kernel has what it was built for. What it was provoked to complain of is no complaint."""
    file = CONFIG_DIR / f"{fragment}.config"
    outcome = _boot(image, ["python3", SELFTESTS / "instruments.py", file, kernel], 1)
    return Finding(_ktap(outcome.output, 0), "", output=outcome.output)


def selftests(image: Path, programs: Sequence[str], cpus: int, seconds: int, seed: int) -> Finding:
    """Our kselftests, or some of them; how long the races go on."""
    environment = [f"RACE_SECONDS={seconds}", f"RACE_SEED={seed}"]
    outcome = _boot(image, [LEAKS, "env", *environment, *programs], cpus)
    figures = [
        (name, count, refused or "") for name, count, refused in COUNT.findall(outcome.output)
    ]
    return Finding(
        _ktap(outcome.output, 1),
        outcome.console,
        notes=[f"race: seed={seed}, {seconds} seconds"],
        figures=figures,
        output=outcome.output,
    )


def storm(image: Path, seconds: int, seed: int) -> Finding:
    """Tasks that do all of it at once while processors go and come.

    How much memory the kernel has afterwards says nothing here: KASAN keeps what was freed.
    """
    expected = stress.expected()
    outcome = _boot(image, [LEAKS, stress.BUILD / "storm", seed, seconds, "plug"], stress.CPUS)
    record = stress_record.parse(outcome.output)
    found = _ktap(outcome.output, 0)
    for name, wrong in (
        ("nothing is left behind", stress_record.left_behind(record)),
        ("every error is one that may come", expected.unexpected(record)),
    ):
        found.append(Result(name, "failed" if wrong else "passed", "; ".join(wrong)))
    rows = stress_record.call_rows(record)
    figures = [(call, count, errors) for call, count, _, errors in rows]
    return Finding(
        found,
        outcome.console,
        notes=[f"storm: seed={seed}, {seconds} seconds"],
        figures=figures,
        output=outcome.output,
    )


def differential(image: Path, reference: Path, seeds: range, operations: int) -> Finding:
    """Random programs, whose transcripts must be those of mainline's C in user-mode Linux."""
    programs = [generator.program(seed, operations) for seed in seeds]
    with Guests(Kernels(c=reference, rust=reference), at_once=1) as guests:
        expected = guests.start("c", programs).result()
        executor = guests.executor
    with tempfile.NamedTemporaryFile("w", dir=BUILD, prefix="programs-", encoding="ascii") as file:
        file.writelines(program.text() for program in programs)
        file.flush()
        limit = SLOWER * (PATIENCE + PATIENCE_EACH * len(programs))
        command = [LEAKS, "sh", "-c", f"exec {executor} <{file.name}"]
        outcome = _boot(image, command, 1, limit, REFERENCES_CONTROLLERS)
    runs = {name: Run(lines, whole) for name, lines, whole in transcript.programs(outcome.output)}
    return Finding(
        [compared(program.name, expected, runs) for program in programs],
        outcome.console,
        notes=[f"diff: seeds {seeds.start} to {seeds.stop - 1}, {operations} operations each"],
        output=outcome.output,
    )


def compared(name: str, expected: Batch, runs: dict[str, Run]) -> Result:
    """A program's result: that its transcript is the one wanted."""
    title = f"program {name} does what it does on C"
    if name not in runs:
        return Result(title, "failed", "it did not begin")
    difference, _ = diff.judge(expected.runs[name], runs[name])
    if difference is None:
        return Result(title, "passed")
    why = f"line {difference.index}: C {difference.c[:200]!r}; here {difference.rust[:200]!r}"
    return Result(title, "failed", why)


def upstreams(image: Path, kernel: str, programs: upstream.Programs, excuse: Excuse) -> Finding:
    """Upstream's selftests, once; programs with a case that fails without an excuse run twice more."""
    cpus = upstream_guests.CPUS[accel.choose(image)]
    heavy = HEAVY.get(kernel, {})
    names = [name for name in programs.names if name not in upstream.SLOW.keys() | heavy.keys()]

    def go(phase: str, wanted: Sequence[str]) -> upstream_guests.Guest:
        where = {kernel: image}
        return upstream_guests.run(phase, where, programs.installed, wanted, cpus, [LEAKS])[0]

    first = go(f"debug, upstream on {kernel}", names)
    failing = [run.program for run in first.runs if _puzzles(run, excuse)]
    guests = [first]
    if failing:
        guests.append(go(f"debug, upstream again on {kernel}", failing * 2))
    found = [
        Result(f"upstream's programs end, {number}", "failed", guest.death())
        for number, guest in enumerate(guests, 1)
        if guest.death()
    ]
    found += [Result(name, "skipped", why) for name, why in heavy.items()]
    runs = [run for guest in guests for run in guest.runs]
    for name in names:
        own = [_failed(run) for run in runs if run.program == name]
        always = set.intersection(*own) if own else {"never ended"}
        found += [
            Result(f"{name}:{case}", "failed", f"in {len(own)} runs") for case in sorted(always)
        ]
        if not always:
            found.append(Result(name, "passed"))
    console = "".join(guest.console.read_text(errors="replace") for guest in guests)
    return Finding(found, console, notes=[f"{len(failing)} of {len(names)} programs ran again"])


def _failed(run: Upstream) -> set[str]:
    """The cases of a run that failed."""
    return {case.name for case in run.cases.values() if case.outcome == "failed"}


def _puzzles(run: Upstream, excuse: Excuse) -> bool:
    """Whether a case failed of which it is not known why it may."""
    return any(not excuse(f"{run.program}:{case}") for case in _failed(run))
