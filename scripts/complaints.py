# SPDX-License-Identifier: GPL-2.0
"""What a kernel complained of: whole reports, out of its console, and which are known not to be ours.

Owns where a report begins and ends, and the format of selftests/debug.known. Knows nothing of guests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import results
from progress import Failure

STAMP = re.compile(r"^\[ *[\d.]+\](?:\[ *[TC]\d+\])?(?: |$)")
# Lines that begin a report, or end one.
RULE = re.compile(r"={20,}|-+\[ cut here \]-+|---\[ end trace .*")
RACE = re.compile(r"BUG: KCSAN: data-race in (\S+)(?: / (\S+))?")
FRAME = re.compile(r"([\w.]+)\+0x[\da-f]+/0x[\da-f]+")
# What is below this in a trace is what an interrupt came upon, and has no part in it.
INTERRUPTED = ("asm_sysvec_", "asm_common_interrupt", "asm_exc_")
# The C that is there for the Rust core alone.
HELPER = re.compile(r"(?:rust_helper_)?cgroup_ns_")
ELSEWHERE = (
    "neither access is in the code of cgroups or kernfs, and the Rust core is not in the trace"
)
KINDS = ("race", "fail")


@dataclass(frozen=True)
class Report:
    """One complaint: its first line that says what it is, and all of its lines."""

    title: str
    lines: tuple[str, ...]

    def race(self) -> tuple[str, ...]:
        """The functions that race, in alphabetical order; none if this is no data race."""
        match = RACE.match(self.title)
        return tuple(sorted(plain(name) for name in match.groups() if name)) if match else ()

    def frames(self) -> set[str]:
        """The functions in its traces, which blank lines part."""
        found: set[str] = set()
        interrupted = False
        for line in self.lines:
            match = FRAME.search(line)
            interrupted = bool(line) and interrupted
            if match and not interrupted:
                found.add(plain(match[1]))
                interrupted = match[1].startswith(INTERRUPTED)
        return found


def plain(name: str) -> str:
    """A function's name without what compilers append to it."""
    return name.partition(".")[0]


def reports(console: str) -> Iterator[Report]:
    """All reports of a console, each with what was printed until the next one."""
    lines: list[str] = []
    title = ""
    for raw in console.splitlines():
        line = STAMP.sub("", raw.rstrip())
        alarm = bool(results.alarms(line))
        if RULE.fullmatch(line) or (alarm and title):
            if title:
                yield Report(title, tuple(lines))
            lines, title = [], ""
        if alarm:
            title = line
        lines.append(line)
        if not title and not RULE.fullmatch(line):
            # What a report of one rule has between rule and title is a line or two.
            lines = lines[-3:]
    if title:
        yield Report(title, tuple(lines))


class Known:
    """Which reports are none of ours: data races of mainline's own.

    A race is shown and does not count if nothing of it is in `nearby`, the functions of cgroups and
    kernfs; one that is there counts, unless debug.known has the reason why it should not. Where the Rust
    core, whose functions are `ours`, is in a trace, it counts always.
    """

    def __init__(self, text: str, ours: Iterable[str], nearby: Iterable[str]) -> None:
        self.ours = set(map(plain, ours))
        self.nearby = set(map(plain, nearby))
        self.lines: list[tuple[str, str, str]] = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            words = line.split(maxsplit=2)
            if len(words) < 3 or words[0] not in KINDS:
                raise Failure(
                    f"debug.known, line {number}: not KIND PATTERN REASON, "
                    f"of which KIND is {' or '.join(KINDS)}"
                )
            self.lines.append((words[0], words[1], words[2].strip()))

    def _reason(self, kind: str, name: str) -> str:
        found = (
            why for one, pattern, why in self.lines if one == kind and fnmatchcase(name, pattern)
        )
        return next(found, "")

    def case(self, name: str) -> str:
        """Why KERNEL/SUITE/PROGRAM:CASE, a case of upstream's selftests, fails; empty if it is not known to."""
        return self._reason("fail", name)

    def report(self, report: Report) -> str:
        """Why a report does not count; empty if it does."""
        functions = report.race()
        all_names = report.frames() | set(functions)
        if not functions or any(name in self.ours or HELPER.match(name) for name in all_names):
            return ""
        return self._reason("race", "/".join(functions)) or (
            "" if self.nearby & set(functions) else ELSEWHERE
        )
