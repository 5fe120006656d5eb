# SPDX-License-Identifier: GPL-2.0
"""Plants the faults of mutants/ one by one, and wants a test to notice each.

    mutate.py [NAME]     all faults, or one

Each fault goes into a copy of the overlay, never into the working tree. The kernel that has it runs
KUnit and the selftests in user-mode Linux until the first of them fails, or the kernel itself does.
Then, for what only the right moment brings out, the host's tests, which choose the moment.

A fault's `old` text stands exactly once in its file. It changes what callers see; one that only
costs time, or that no input can reach, does not belong in a table.

Owns the copy, the verdicts and their table. Knows nothing of what the faults are.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

import crate
import kernel
import kselftests
import progress
import results
import uml
from guest import Outcome
from progress import Failure

PROJECT = Path(__file__).resolve().parent.parent
TABLES = PROJECT / "scripts/mutants"
REPORT = PROJECT / "build/mutate.json"
COPY = Path("/tmp/mutant")
OVERLAY = ("docs", "rust", "scripts")
FLAVOUR = "mutant"
TARGET = progress.CACHE / "build" / "host-tests-mutant"
# Tests that are slow in a sound kernel measure it; in a faulty one they only cost time.
KUNIT = ("kunit.filter_glob=cgroup_ns*", "kunit.filter=speed>slow")
# A guest that takes this much longer than a sound one does not come to an end.
PATIENCE = 3.0
LEAST = 30.0


@dataclass(frozen=True)
class Fault:
    """A text in a file of rust/ and what takes its place."""

    name: str
    file: str
    old: str
    new: str

    def plant(self, rust: Path) -> None:
        """Put the fault into a copy. Raises Failure unless there is exactly one place for it."""
        path = rust / self.file
        if not path.is_file():
            raise Failure(f"{self.name}: there is no rust/{self.file}")
        text = path.read_text()
        if (count := text.count(self.old)) != 1:
            raise Failure(
                f"{self.name}: its text stands {count} times in rust/{self.file}, not once"
            )
        path.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True)
class Verdict:
    """What came of a fault: `caught_by` is empty if it survived."""

    name: str
    file: str
    caught_by: str
    seconds: float


def faults(tables: Path = TABLES) -> list[Fault]:
    """The tables, checked: every fault has a name of its own and changes something."""
    found: list[Fault] = []
    for table in sorted(tables.glob("*.toml")):
        try:
            found += [Fault(**row) for row in tomllib.loads(table.read_text())["fault"]]
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise Failure(f"{table.name}: {error}") from error
    names = [fault.name for fault in found]
    for fault in found:
        if names.count(fault.name) > 1:
            raise Failure(f"{tables.name}: two faults are called {fault.name}")
        if fault.old == fault.new:
            raise Failure(f"{tables.name}: {fault.name} changes nothing")
    return found


def chosen(name: str | None) -> list[Fault]:
    """All faults, or the one of that name."""
    found = faults()
    if name is None:
        return found
    one = [fault for fault in found if fault.name == name]
    if not one:
        raise Failure(f"no fault is called {name}; there are {', '.join(f.name for f in found)}")
    return one


def lay_out(fault: Fault | None, project: Path = PROJECT, copy: Path = COPY) -> None:
    """Make the copy afresh, with the fault in it if there is one."""
    shutil.rmtree(copy, ignore_errors=True)
    for part in OVERLAY:
        # With new times: cargo takes a file that is as old as the sound one for unchanged.
        shutil.copytree(
            project / part,
            copy / part,
            ignore=shutil.ignore_patterns("target"),
            copy_function=shutil.copy,
        )
    shutil.copy(project / "Kconfig.snippet", copy)
    if fault is not None:
        fault.plant(copy / "rust")


def noticed(kind: str, text: str, outcome: Outcome) -> str:
    """What in a guest's words tells of a fault; nothing if all is well."""
    for result in results.ktap(text, depth=1):
        if result.outcome == "failed":
            return f"{kind} {result.name}"
    if alarms := results.alarms(outcome.console):
        return f"{kind}, console: {alarms[0]}"
    if not results.ktap_is_whole(text, depth=1):
        return f"{kind}: results are missing"
    return f"{kind}: status {outcome.status}" if outcome.status else ""


def test(image: Path, programs: list[str], limit: float) -> str:
    """Run all tests until one notices a fault; say which."""
    last_words = io.StringIO()  # of a guest that dies: what it died of is in the failure
    for kind in ("kunit", "selftest"):
        try:
            with contextlib.redirect_stderr(last_words):
                if kind == "kunit":
                    outcome = uml.boot(image, ["true"], kunit=True, kernel_args=KUNIT, limit=limit)
                    text = outcome.console
                else:
                    outcome = uml.boot(image, programs, limit=limit)
                    text = outcome.output
        except Failure as failure:
            return f"{kind}: {str(failure).partition(' (')[0]}"
        if found := noticed(kind, text, outcome):
            return found
    return ""


def host(limit: float) -> str:
    """Run the host's tests of the pure logic; say which notices a fault, if one does."""
    command = crate.cargo("test", "--no-fail-fast", target=TARGET)
    try:
        done = subprocess.run(
            command, cwd=COPY / "rust", capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return f"host: no end within {limit:g} s"
    failed = (row.name for row in results.cargo(done.stdout) if row.outcome == "failed")
    return f"host {next(failed, 'status')}" if done.returncode else ""


def sound(programs: list[str]) -> float:
    """That nothing is noticed where no fault is; returns the time limit for guests with one."""
    lay_out(None)
    image = kernel.build(FLAVOUR, project=COPY)
    start = time.monotonic()
    if found := test(image, programs, uml.LIMIT) or host(uml.LIMIT):
        raise Failure(f"the tests fail without a fault: {found}")
    return float(round(max(LEAST, PATIENCE * (time.monotonic() - start))))


def judge(fault: Fault, programs: list[str], limit: float) -> Verdict:
    """Plant one fault, build, test."""
    start = time.monotonic()
    lay_out(fault)
    try:
        image = kernel.build(FLAVOUR, project=COPY)
    except Failure as failure:
        raise Failure(f"{fault.name} does not compile: {failure}") from failure
    caught_by = test(image, programs, limit) or host(limit)
    return Verdict(fault.name, fault.file, caught_by, round(time.monotonic() - start, 1))


def main() -> int:
    wanted = chosen(sys.argv[1] if len(sys.argv) > 1 else None)
    for fault in wanted:  # before the first of many minutes
        lay_out(fault)
    programs = kselftests.command()
    limit = sound(programs)
    verdicts: list[Verdict] = []
    for fault in wanted:
        verdict = judge(fault, programs, limit)
        verdicts.append(verdict)
        caught = verdict.caught_by or "SURVIVED"
        print(f"{verdict.name:<44} {verdict.seconds:>5.0f} s  {caught}", flush=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=2) + "\n")
    survived = sum(not verdict.caught_by for verdict in verdicts)
    print(f"{len(verdicts)} faults: {len(verdicts) - survived} caught, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    progress.main(main)
