# SPDX-License-Identifier: GPL-2.0
"""Runs selftest programs in a guest, one after another, and prints KTAP with a verdict as its last line.

    run.py DIRECTORY [PROGRAM...]

Owns the order of the programs and the sum of their results. What a test is, is the programs' own.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

LIMIT = 240.0
RESULT = re.compile(r"(?P<not>not )?ok \d+ .*?(?P<skip># SKIP.*)?")
# What the harness says of a test before and after, beside its result.
CHATTER = re.compile(r"#\s+(RUN|OK|SKIP)\s")


def programs(directory: Path, names: list[str]) -> list[Path]:
    """The programs that were asked for: all of them, if none was named."""
    if not names:
        names = sorted(path.name for path in directory.glob("*_test"))
    return [directory / name for name in names]


def lines_of(program: Path) -> Iterator[str]:
    """What a program prints, and a last line if it did not end as it should."""
    with subprocess.Popen(
        [program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        watchdog = threading.Timer(LIMIT, process.kill)
        watchdog.start()
        assert process.stdout is not None
        yield from (line.rstrip("\n") for line in process.stdout)
        status = process.wait()
        watchdog.cancel()
    # 0 and 1 are the harness's own verdicts, which its lines give, too.
    if status not in (0, 1):
        yield f"not ok 0 {program.name} ended with status {status} (-9 after {LIMIT:g} s)"


def run(number: int, program: Path) -> Counter[str]:
    """Run one program as one test of ours; count its tests."""
    count: Counter[str] = Counter()
    for line in lines_of(program):
        if result := RESULT.fullmatch(line):
            kind = "failed" if result["not"] else "skipped" if result["skip"] else "passed"
            count[kind] += 1
        if not CHATTER.match(line):
            print(f"    {line}")
    good = count["failed"] == 0 and count.total() > 0
    print(f"{'ok' if good else 'not ok'} {number} {program.name}", flush=True)
    count["bad programs"] += not good
    return count


def main() -> int:
    if len(sys.argv) < 2:
        print("run.py: say where the programs are: run.py DIRECTORY [PROGRAM...]", file=sys.stderr)
        return 2
    found = programs(Path(sys.argv[1]), sys.argv[2:])
    missing = [path for path in found if not path.is_file()]
    if missing or not found:
        what = missing[0] if missing else f"no program in {sys.argv[1]}"
        print(f"run.py: {what}: build the selftests first", file=sys.stderr)
        return 2
    print("KTAP version 1", f"1..{len(found)}", sep="\n")
    count: Counter[str] = Counter()
    for number, program in enumerate(found, 1):
        count += run(number, program)
    print(
        f"# selftests: {count['passed']} passed, {count['failed']} failed, "
        f"{count['skipped']} skipped in {len(found)} programs"
    )
    return 1 if count["bad programs"] else 0


if __name__ == "__main__":
    sys.exit(main())
