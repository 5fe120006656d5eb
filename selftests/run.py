# SPDX-License-Identifier: GPL-2.0
"""Runs selftest programs in a guest, one after another, and prints KTAP with a verdict as its last line.

    run.py [--mainline FILE] [--limit S] DIRECTORY [PROGRAM...]

With --mainline the kernel under test is mainline's C: what FILE lists must fail, and is reported as
passed with the reason; where it passes, that is a failure.

Owns the order of the programs and the sum of their results. What a test is, is the programs' own.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

LIMIT = 240.0
RESULT = re.compile(r"(?P<not>not )?ok (?P<number>\d+) (?P<name>.*?)(?P<skip> # SKIP.*)?")
# What the harness says of a test before and after, beside its result.
CHATTER = re.compile(r"#\s+(RUN|OK|SKIP)\s")


def programs(directory: Path, names: list[str]) -> list[Path]:
    """The programs that were asked for: all of them, if none was named."""
    if not names:
        names = sorted(path.name for path in directory.glob("*_test"))
    return [directory / name for name in names]


def lines_of(program: Path, limit: float) -> Iterator[str]:
    """What a program prints, and a last line if it did not end as it should."""
    with subprocess.Popen(
        [program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        watchdog = threading.Timer(limit, process.kill)
        watchdog.start()
        assert process.stdout is not None
        yield from (line.rstrip("\n") for line in process.stdout)
        status = process.wait()
        watchdog.cancel()
    # 0 and 1 are the harness's own verdicts, which its lines give, too.
    if status not in (0, 1):
        yield f"not ok 0 {program.name} ended with status {status} (-9 after {limit:g} s)"


class Differences:
    """The tests that must fail: patterns of names, each with its reason, in the order of the file."""

    def __init__(self, text: str) -> None:
        self.reasons: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            pattern, *reason = line.split(maxsplit=1)
            if not reason or pattern in self.reasons:
                what = "the pattern stands there twice" if reason else "no reason"
                raise ValueError(f"line {number}: {what}")
            self.reasons[pattern] = reason[0].strip()
        self.used: Counter[str] = Counter()

    def judge(self, line: str) -> str:
        """A result as it counts: of a test that must fail, the opposite."""
        result = RESULT.fullmatch(line)
        if not result or result["skip"]:
            return line
        name = result["name"]
        pattern = next((one for one in self.reasons if fnmatchcase(name, one)), None)
        if pattern is None:
            return line
        self.used[pattern] += 1
        if result["not"]:
            return f"ok {result['number']} {name} # mainline: {self.reasons[pattern]}"
        return f"not ok {result['number']} {name} # passes, and mainline should fail it"

    def check(self, number: int) -> bool:
        """Print a test that each pattern stands for a test; return whether it does."""
        print(f"    1..{len(self.reasons)}")
        for index, pattern in enumerate(self.reasons, 1):
            count = self.used[pattern]
            word = "ok" if count else "not ok"
            print(f"    {word} {index} {pattern} stands for {count} tests")
        good = all(self.used[pattern] for pattern in self.reasons)
        print(f"{'ok' if good else 'not ok'} {number} differences", flush=True)
        return good


def run(number: int, program: Path, limit: float, differences: Differences) -> Counter[str]:
    """Run one program as one test of ours; count its tests."""
    count: Counter[str] = Counter()
    for raw in lines_of(program, limit):
        line = differences.judge(raw)
        if result := RESULT.fullmatch(line):
            kind = "failed" if result["not"] else "skipped" if result["skip"] else "passed"
            count[kind] += 1
        if not CHATTER.match(line):
            print(f"    {line}")
    good = count["failed"] == 0 and count.total() > 0
    print(f"{'ok' if good else 'not ok'} {number} {program.name}", flush=True)
    count["bad programs"] += not good
    return count


def fail(words: str) -> int:
    """A wish that cannot be granted."""
    print(f"run.py: {words}", file=sys.stderr)
    return 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py", description="Run selftest programs.")
    parser.add_argument("--mainline", type=Path, metavar="FILE", help="what mainline's C fails")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for each program")
    parser.add_argument("directory", type=Path)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    options = parser.parse_args()
    found = programs(options.directory, options.programs)
    missing = [path for path in found if not path.is_file()]
    if missing or not found:
        what = missing[0] if missing else f"no program in {options.directory}"
        return fail(f"{what}: build the selftests first")
    try:
        differences = Differences(options.mainline.read_text() if options.mainline else "")
    except (OSError, ValueError) as error:
        return fail(f"{options.mainline}: {getattr(error, 'strerror', None) or error}")

    # A pattern that stands for nothing is known only when all programs ran.
    complete = bool(options.mainline) and not options.programs
    print("KTAP version 1", f"1..{len(found) + complete}", sep="\n")
    count: Counter[str] = Counter()
    for number, program in enumerate(found, 1):
        count += run(number, program, options.limit, differences)
    good = not complete or differences.check(len(found) + 1)
    expected = f", {differences.used.total()} of them as mainline does" if options.mainline else ""
    print(
        f"# selftests: {count['passed']} passed{expected}, {count['failed']} failed, "
        f"{count['skipped']} skipped in {len(found)} programs"
    )
    return 1 if count["bad programs"] or not good else 0


if __name__ == "__main__":
    sys.exit(main())
