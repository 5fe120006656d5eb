# SPDX-License-Identifier: GPL-2.0
"""Stress: very many, very deep, all at once, for long; with processors and memory coming and going.

    SEED=x          of the tasks' choices

Owns which guests there are, what each runs and for how long. What the programs print, and what is wrong
with it, is stress_record.py's.
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import checks
import kernel
import progress
import results
import source
import stress_record
import uml
import virtme
from progress import Failure
from results import Result, Score, Table
from span import Span
from stress_record import Expected, Record

SOURCES = Path(__file__).resolve().parent.parent / "selftests/stress"
BUILD = progress.CACHE / "build" / "stress"
EXPECTED = SOURCES / "errors.expected"
# Seconds beside those that a program is told to take: boots, waiting, a machine with other work.
PATIENCE = 1800.0
# A guest has more processors than the machine: one that the host does not run for a while is no stall.
KERNEL_ARGS = ("rcupdate.rcu_cpu_stall_timeout=60",)
SEED = 1
# Of a guest with a storm.
CPUS = 4
# Lines of a console that are shown where the kernel complains.
REPORT = 40
# stress-ng's, as many of each at once. unshare ends by itself after a round of 32 tasks.
STRESSORS = {
    **dict.fromkeys(("cgroup", "clone", "procfs", "bind-mount", "umount", "statmount"), 2),
    "unshare": 16,
}
# KiB of what is done for the first time: for stress-ng there is one state before and one after. C has kept
# 336 of them.
SLACK = 512
# Calls that are made only where processors can be taken away.
PLUGGING = ("plug", "unplug")


@dataclass(frozen=True)
class Guest:
    """A guest with one command, and which of the states that it prints are to be compared."""

    name: str
    flavour: str
    command: tuple[str, ...]
    cpus: int = 2
    memory: str = "1G"
    seconds: float = 0.0  # that the command is told to take
    warm: str = "before"
    stressors: tuple[str, ...] = ()
    slack: int = 0  # KiB that it may have more than before, beside what chance explains


def guests(span: Span, seed: int) -> list[list[Guest]]:
    """The lanes: what is in one runs beside what is in the others. Much of all that is waiting."""

    def program(name: str, *options: object) -> tuple[str, ...]:
        return (str(BUILD / name), *map(str, options))

    def storm(seconds: float, *options: str) -> tuple[str, ...]:
        return program("storm", seed, round(seconds), *options)

    long, short = span.seconds(600, 30), span.seconds(60, 30)
    many = (10_000, 2_000) if span.short else (100_000, 20_000)
    each = 2 if span.short else 8
    depth = "96M" if span.short else "512M"
    return [
        [Guest("64 tasks", "uml", storm(long), CPUS, "1G", long, "after-a-tenth")],
        # The levels of a tree are released one by one, each some milliseconds after the one below it.
        [Guest("deep", "uml", program("deep"), memory=depth)],
        [Guest("stress-ng", "uml", _stress_ng(each), stressors=tuple(STRESSORS), slack=SLACK)],
        [
            Guest("many", "uml", program("many", *many), memory="2G", warm="after-one"),
            Guest("64 tasks, x86", "x86", storm(short, "plug"), CPUS, "2G", short, "after-a-tenth"),
        ],
    ]


def _stress_ng(seconds: int) -> tuple[str, ...]:
    """All stressors, one after another, and the state before and after."""
    lines = [f"{BUILD}/settled before"]
    for name, workers in STRESSORS.items():
        command = f"stress-ng --{name} {workers} --timeout {seconds} --metrics --pathological"
        lines.append(f"{command} --temp-path /tmp")
    lines.append(f"{BUILD}/settled after")
    return ("sh", "-c", "set -e; " + "; ".join(lines))


class Run(threading.Thread):
    """Guests, one after another. A daemon, so that an interrupt does not wait for it."""

    def __init__(self, lane: list[Guest], images: dict[str, Path]) -> None:
        super().__init__(daemon=True)
        self.lane = lane
        self.images = images
        self.ends: dict[str, End] = {}

    def run(self) -> None:
        """Boot and run; what comes out before a failure counts, too."""
        for guest in self.lane:
            begun = time.monotonic()
            self.ends[guest.name] = end = boot(guest, self.images[guest.flavour])
            took = progress.hms(time.monotonic() - begun)
            log = progress.log_path(f"stress {guest.name}")
            log.write_text(f"{end.text}\n{end.console or end.why}\n")
            progress.say(f"stress, {guest.name}: {took} (log: {progress.host_path(log)})")


@dataclass(frozen=True)
class End:
    """What came out of a guest, and why it came to no end, if so: then its console was shown."""

    text: str
    console: str | None = None
    why: str = ""


def boot(guest: Guest, image: Path) -> End:
    """Run one guest."""
    output = io.BytesIO()
    start = uml.boot if guest.flavour.startswith("uml") else virtme.boot
    limit = PATIENCE + 2 * guest.seconds
    console, why = None, ""
    try:
        outcome = start(
            image,
            guest.command,
            cpus=guest.cpus,
            memory=guest.memory,
            limit=limit,
            kernel_args=KERNEL_ARGS,
            sink=output,
        )
        console = outcome.console
        if outcome.status:
            why = f"status {outcome.status}"
    except Failure as failure:
        why = str(failure)
    return End(output.getvalue().decode(errors="replace").replace("\r", ""), console, why)


def reports(console: str) -> str:
    """What a kernel said where it complained."""
    lines = console.splitlines()
    at = [number for number, line in enumerate(lines) if results.ALARM.search(line)]
    wanted = {line for number in at[:3] for line in range(number, number + REPORT)}
    return "\n".join(line for number, line in enumerate(lines) if number in wanted)


class Verdict:
    """Adds what guests come to to a score."""

    def __init__(self, score: Score, expected: Expected) -> None:
        self.score = score
        self.expected = expected
        self.states: list[tuple[str, ...]] = []
        self.times: list[tuple[str, ...]] = []

    def add(self, guest: Guest, end: End) -> None:
        """One guest."""
        group = f"stress, {guest.name}"
        record = stress_record.parse(end.text)
        for line in checks.SEED.findall(end.text):
            print(f"# {group}: {line}")
        self.score.add_all(group, results.ktap(end.text, depth=0))
        whole = bool(guest.stressors) or results.ktap_is_whole(end.text, depth=0)
        why = end.why or ("" if whole else "announced results are missing")
        if why:
            checks.say_all("\n".join(end.text.splitlines()[-REPORT:]))
        self._result(group, "runs to its end", [why] if why else [])
        if end.console is not None:
            checks.say_all(reports(end.console))
            alarms = results.alarms(end.console)
            self._result(group, "the kernel has no complaint", alarms[:1])
        self._result(group, "nothing is left behind", stress_record.left_behind(record))
        lost = stress_record.grown(record, guest.warm, guest.slack)
        self._result(group, "no memory is lost", lost)
        if record.counts:
            self._calls(group, guest, record)
        if guest.stressors:
            self._stressors(group, guest, end.text)
        self.states += stress_record.state_rows(guest.name, record)
        self.times += stress_record.time_rows(guest.name, record)

    def _result(self, group: str, name: str, why: list[str]) -> None:
        self.score.add(group, Result(name, "failed" if why else "passed", "; ".join(why)))

    def _calls(self, group: str, guest: Guest, record: Record) -> None:
        unexpected = self.expected.unexpected(record)
        self._result(group, "every error is one that may come", unexpected)
        idle = PLUGGING if "plug" not in guest.command else ()
        self._result(group, "every call succeeds at times", stress_record.never(record, idle))
        rows = tuple(stress_record.call_rows(record))
        self.score.show(Table(f"{group}: calls", stress_record.CALL_COLUMNS, rows))

    def _stressors(self, group: str, guest: Guest, text: str) -> None:
        did = stress_record.stressors(text)
        rows = []
        for name in guest.stressors:
            count, seconds = did.get(name, (0, 0.0))
            self._result(group, f"stress-ng's {name}", [] if count else ["did not pass"])
            rows.append((name, str(STRESSORS[name]), f"{count:,}", f"{seconds:.1f}"))
        columns = ("stressor", "workers", "bogus operations", "seconds")
        self.score.show(Table(f"{group}", columns, tuple(rows)))

    def finish(self) -> None:
        """Show what all have in common."""
        title = "stress: states, memory in KiB"
        self.score.show(Table(title, stress_record.STATE_COLUMNS, tuple(self.states)))
        title = "stress: how long it took, guests beside each other"
        self.score.show(Table(title, stress_record.TIME_COLUMNS, tuple(self.times)))


def wanted_seed(environment: Mapping[str, str]) -> int:
    """The seed of the tasks' choices: the environment's, or always the same."""
    text = environment.get("SEED") or str(SEED)
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) == 0:
        raise Failure(f"SEED={text}: say a number from 1 to 999999999, or leave it out")
    return int(text)


def build() -> None:
    """Build the programs."""
    where = [f"KSRC={source.find().path}", f"O={BUILD}"]
    progress.run("stress, build", ["make", "-C", SOURCES, *where])


def expected() -> Expected:
    """The errors that may come."""
    return Expected(EXPECTED.read_text())


def run(score: Score, span: Span) -> None:
    """Run all lanes."""
    verdict = Verdict(score, expected())
    lanes = guests(span, wanted_seed(os.environ))
    build()
    images = {guest.flavour: kernel.build(guest.flavour) for lane in lanes for guest in lane}
    runs = [Run(lane, images) for lane in lanes]
    for lane in runs:
        lane.start()
    for lane in runs:
        lane.join()
    for lane in runs:
        for guest in lane.lane:
            verdict.add(guest, lane.ends[guest.name])
    verdict.finish()
