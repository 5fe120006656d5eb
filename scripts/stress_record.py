# SPDX-License-Identifier: GPL-2.0
"""What the stress programs print, and what is wrong with it: errors that may not come, what was left behind.

Owns the meaning of their lines, and how much memory may be lost. Knows nothing of guests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# What must be as it was, to the last one.
COUNTS = {
    "cgroups": "cgroups",
    "dying": "dying cgroups",
    "listed": "cgroup namespaces, listed",
    "cgroup_namespaces": "cgroup namespaces, charged",
    "user_namespaces": "user namespaces, charged",
    "mnt_namespaces": "mount namespaces, charged",
    "ipc_namespaces": "IPC namespaces, charged",
    "hierarchies": "hierarchies",
    "mounts": "mounts",
}
# KiB by which chance explains a growth since a state after which the kernel has done all of it once.
# Objects in slabs: what caches keep was given back, but for what still waits for RCU; one object lost in
# each hundredth unshare(2) of ten minutes is more. Per-processor memory goes back by chunks, and a chunk
# stays while any of it is used. Of all memory, what is counted as free is out of date by a batch of pages
# for each processor.
MOST_GROWTH = {"objects": 128, "Percpu": 768, "MemAvailable": 12288}
MEMORY = ("MemAvailable", "Slab", "objects", "Percpu", "KernelStack")
# stress-ng's own words.
METRIC = re.compile(r"stress-ng: metrc: \[\d+\] (\S+) +(\d+) +([\d.]+)(?: +[\d.]+){5} +\d+$", re.M)
PASSED = re.compile(r"stress-ng: info: +\[\d+\] passed: \d+: (.*)$", re.M)


@dataclass(frozen=True)
class State:
    """What a kernel had at one time."""

    when: str
    values: dict[str, int]


@dataclass
class Record:
    """All that one program printed beside its results."""

    states: list[State] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    times: list[tuple[str, int, float]] = field(default_factory=list)

    def state(self, when: str) -> State | None:
        """The state of that name."""
        return next((state for state in self.states if state.when == when), None)


def parse(text: str) -> Record:
    """Take a program's lines apart."""
    record = Record()
    for line in text.splitlines():
        kind, *words = line.removeprefix("# ").split()
        pairs = dict(word.split("=", 1) for word in words if "=" in word)
        if not line.startswith("# ") or len(pairs) != len(words) or not pairs:
            continue
        if kind == "state":
            when = pairs.pop("when")
            record.states.append(State(when, {key: int(word) for key, word in pairs.items()}))
        elif kind == "count":
            call = pairs.pop("call")
            record.counts[call] = {key: int(word) for key, word in pairs.items()}
        elif kind == "time":
            record.times.append((pairs["what"], int(pairs["count"]), float(pairs["seconds"])))
    return record


# What is wrong with a record that has no such states.
MISSING = "the state before or after was not printed"


def left_behind(record: Record) -> list[str]:
    """What there is more of, or less, at the end."""
    first, last = record.state("before"), record.state("after")
    if not (first and last):
        return [MISSING]
    return [
        f"{name}: {first.values[key]} before, {last.values[key]} after"
        for key, name in COUNTS.items()
        if first.values[key] != last.values[key]
    ]


def grown(record: Record, when: str, slack: int = 0) -> list[str]:
    """What has grown by more than chance explains since a state after which all was done once."""
    warm, last = record.state(when), record.state("after")
    if not (warm and last):
        return [MISSING]
    found = []
    for key, chance in MOST_GROWTH.items():
        most = chance + slack
        growth = last.values[key] - warm.values[key]
        growth = -growth if key == "MemAvailable" else growth
        if growth > most:
            found.append(f"{key}: {growth:,} KiB lost since '{when}', at most {most:,}")
    return found


class Expected:
    """The errors that may come, of which call, and why: lines "CALL ERROR reason"."""

    def __init__(self, text: str) -> None:
        self.reasons: dict[tuple[str, str], str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            call, error, *reason = [*line.split(maxsplit=2), "", ""][:3]
            if not reason[0] or (call, error) in self.reasons:
                what = "stands there twice" if reason[0] else "gives no reason"
                raise ValueError(f"line {number} {what}")
            self.reasons[call, error] = reason[0]

    def unexpected(self, record: Record) -> list[str]:
        """Errors that came and may not."""
        return [
            f"{call} {error}, {count:,} times"
            for call, counts in record.counts.items()
            for error, count in counts.items()
            if error != "ok" and (call, error) not in self.reasons
        ]


def never(record: Record, idle: tuple[str, ...]) -> list[str]:
    """Calls that never succeeded, but for those that this run has no use for."""
    return [
        call for call, counts in record.counts.items() if not counts.get("ok") and call not in idle
    ]


CALL_COLUMNS = ("call", "succeeded", "refused", "by error")


def call_rows(record: Record) -> list[tuple[str, ...]]:
    """A row a call that was made, and one for all: how often it succeeded and was refused, by which error."""
    total: dict[str, int] = {}
    for counts in record.counts.values():
        for key, count in counts.items():
            total[key] = total.get(key, 0) + count
    rows = [
        _call_row(call, counts) for call, counts in record.counts.items() if any(counts.values())
    ]
    return [*rows, _call_row("all", total)]


def _call_row(call: str, counts: dict[str, int]) -> tuple[str, ...]:
    errors = sorted(
        ((count, error) for error, count in counts.items() if error != "ok"), reverse=True
    )
    refused = sum(count for count, _ in errors)
    words = ", ".join(f"{error} {count:,}" for count, error in errors)
    return call, f"{counts.get('ok', 0):,}", f"{refused:,}", words


def state_rows(guest: str, record: Record) -> Iterator[tuple[str, ...]]:
    """A guest's states, for the table of all."""
    for state in record.states:
        numbers = (state.values[key] for key in (*MEMORY, "cgroups", "dying", "cgroup_namespaces"))
        yield (guest, state.when.replace("-", " "), *(f"{number:,}" for number in numbers))


STATE_COLUMNS = ("guest", "when", *MEMORY, "cgroups", "dying", "namespaces")


def time_rows(guest: str, record: Record) -> Iterator[tuple[str, ...]]:
    """How long things took, for the table of all."""
    for what, count, seconds in record.times:
        rate = f"{count / seconds:,.0f}" if seconds and count > 1 else ""
        yield guest, what.replace("-", " "), f"{count:,}", f"{seconds:.2f}", rate


TIME_COLUMNS = ("guest", "what", "how many", "seconds", "a second")


def stressors(text: str) -> dict[str, tuple[int, float]]:
    """What stress-ng's stressors did, if stress-ng passed them: bogus operations and seconds."""
    passed = {name for words in PASSED.findall(text) for name in re.findall(r"(\S+) \(", words)}
    return {
        name: (int(count), float(seconds))
        for name, count, seconds in METRIC.findall(text)
        if name in passed
    }
