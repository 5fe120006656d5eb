# SPDX-License-Identifier: GPL-2.0
"""What upstream's selftest programs say, as cases, and whether two kernels say the same.

A program prints TAP, or nothing but its exit status. A case has one outcome a run: passed, failed,
skipped. The kernels agree on a case when every run of both had the same outcome. Else the program is
run again, alone, and the case

- differs, if no outcome was seen on both kernels, or one was seen twice and more on Rust and never on C;
- varies, if not: chance decides, with C as well, or it was not seen again.

One that upstream.expected says to vary differs only if no outcome was seen on both.

Owns these rules and the format of that file. Knows nothing of how programs are run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from progress import Failure

PLAN = re.compile(r"1\.\.(\d+)(?: # SKIP ?(.*))?")
RESULT = re.compile(r"(not )?ok (\d+)(?: -)?(?: (.*?))??(?: ?# (SKIP|XFAIL|TODO)\b ?(.*))?")
# kselftest's exit status for "cannot be tested here".
SKIP = 4
# The worse wins, where a program asks the same thing many times.
WORSE = ("passed", "skipped", "failed")
KINDS = ("skip", "fail", "varies")
OUTCOME = {"skip": "skipped", "fail": "failed"}


@dataclass(frozen=True)
class Case:
    """One thing that a program asked, and what came of it in one run."""

    name: str
    outcome: str


def read(output: str, status: int) -> dict[str, Case]:
    """What a program's output and exit status say, by the number of the case.

    A program that gives no case is one itself. If it ends by a signal, after its time, with a failure
    that no case explains or with fewer cases than it announced, then this is a failed case, too.
    """
    found: dict[str, Case] = {}
    planned = 0
    for line in output.splitlines():
        if plan := PLAN.fullmatch(line):
            planned = int(plan[1])
        elif result := RESULT.fullmatch(line):
            case = _case(result)
            before = found.get(result[2], case)
            found[result[2]] = max(before, case, key=lambda one: WORSE.index(one.outcome))
    if not found:
        outcome = {0: "passed", SKIP: "skipped"}.get(status, "failed")
        return {"": Case("as a whole", outcome)}
    failed = any(case.outcome == "failed" for case in found.values())
    if status not in (0, 1, SKIP) or (status and not failed):
        found["status"] = Case("its exit status", "failed")
    if len(found.keys() - {"status"}) < planned:
        found["plan"] = Case("its plan is kept", "failed")
    return found


def _case(result: re.Match[str]) -> Case:
    """A result line's; one that is skipped may have its name where others have the reason."""
    failed, _number, name, word, why = result.groups()
    # XFAIL: the harness of some suites says so of what it does not try.
    outcome = "skipped" if word else "failed" if failed else "passed"
    return Case((name or why or "").strip(), outcome)


class Expected:
    """What upstream.expected lists: kind and pattern of a case, and the reason."""

    def __init__(self, text: str) -> None:
        self.lines: list[tuple[str, str, str]] = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            words = line.split(maxsplit=2)
            if len(words) < 3 or words[0] not in KINDS:
                raise Failure(
                    f"upstream.expected, line {number}: not KIND PATTERN REASON, "
                    f"of which KIND is {', '.join(KINDS)}"
                )
            if any(words[:2] == [kind, pattern] for kind, pattern, _ in self.lines):
                raise Failure(f"upstream.expected, line {number}: the pattern stands there twice")
            self.lines.append((words[0], words[1], words[2].strip()))

    def reason(self, kind: str, name: str) -> str:
        """Why this case is of that kind; empty if it is not listed."""
        return next(
            (why for one, pattern, why in self.lines if one == kind and fnmatchcase(name, pattern)),
            "",
        )

    def unseen(self, cases: Iterable[Compared]) -> Iterator[str]:
        """The lines that are true of no case. Those about programs that did not run say nothing."""
        cases = list(cases)
        programs = {case.program for case in cases}
        for kind, pattern, _ in self.lines:
            ran = any(fnmatchcase(program, pattern.partition(":")[0]) for program in programs)
            if ran and not any(
                case.was(kind) and fnmatchcase(case.name, pattern) for case in cases
            ):
                yield f"{kind} {pattern}"


@dataclass
class Compared:
    """A case on both kernels: its outcomes over all runs."""

    name: str  # SUITE/PROGRAM:CASE
    program: str
    outcomes: dict[str, Counter[str]] = field(
        default_factory=lambda: {"C": Counter(), "Rust": Counter()}
    )

    def verdict(self, expected: Expected) -> str:
        """An outcome that all runs had, or varies, or differs."""
        c, rust = self.outcomes["C"], self.outcomes["Rust"]
        if c.keys() == rust.keys() and len(c) == 1:
            return next(iter(c))
        odd = [count for outcome, count in rust.items() if outcome not in c]
        if not c.keys() & rust.keys():
            return "differs"
        if expected.reason("varies", self.name) or max(odd, default=0) < 2:
            return "varies"
        return "differs"

    def open(self, expected: Expected) -> bool:
        """Whether more runs could say more: where Rust alone did something that is not listed."""
        odd = self.outcomes["Rust"].keys() - self.outcomes["C"].keys()
        if self.verdict(expected) == "differs":
            return True
        return bool(odd) and not expected.reason("varies", self.name)

    def was(self, kind: str) -> bool:
        """Whether a line of that kind is true of it. What varies need not have done so this time."""
        seen = self.outcomes["C"].keys() | self.outcomes["Rust"].keys()
        return kind == "varies" or OUTCOME[kind] in seen

    def steady(self, kernel: str) -> str:
        """The outcome that it had in all runs of a kernel; empty if there were several."""
        seen = list(self.outcomes[kernel])
        return seen[0] if len(seen) == 1 else ""

    def shown(self, kernel: str) -> str:
        """Its outcomes on a kernel, in words."""
        return ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes[kernel].items())


@dataclass(frozen=True)
class Run:
    """One program, run once on one kernel."""

    kernel: str  # C or Rust
    program: str
    cases: dict[str, Case]


def compare(runs: list[Run]) -> list[Compared]:
    """All cases of all programs that ended on both kernels, in the order in which they came.

    A case that a run did not have is missing there, which is an outcome as well.
    """
    kernels = {
        kernel: {run.program for run in runs if run.kernel == kernel} for kernel in ("C", "Rust")
    }
    found: dict[tuple[str, str], Compared] = {}
    for run in runs:
        if run.program not in kernels["C"] & kernels["Rust"]:
            continue
        for key, case in run.cases.items():
            name = f"{run.program}:{case.name}"
            found.setdefault((run.program, key), Compared(name, run.program))
    for run in runs:
        for (program, key), compared in found.items():
            if program == run.program:
                outcome = run.cases[key].outcome if key in run.cases else "missing"
                compared.outcomes[run.kernel][outcome] += 1
    return sorted(found.values(), key=lambda case: _place(runs, case.program))


def _place(runs: list[Run], program: str) -> int:
    return next(place for place, run in enumerate(runs) if run.program == program)
