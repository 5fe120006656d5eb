# SPDX-License-Identifier: GPL-2.0
"""How a part of the test run comes to its results: from a command, from a checker, from a guest.

Owns what counts as one result and what is shown of a failure. The parts themselves are test.py's.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import results
from objects import Mismatch
from progress import Failure
from results import Result, Score

PROJECT = Path(__file__).resolve().parent.parent
# What a failure needs to be seen again.
SEED = re.compile(r"\w+: seed=\d+")


def output(argv: Iterable[str | Path], cwd: Path = PROJECT) -> tuple[int, str]:
    """Exit status and output, errors included, of a quick command."""
    command = [str(arg) for arg in argv]
    done = subprocess.run(
        command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout


def say_all(text: str) -> None:
    """A failed command's own words, below which its verdict stands."""
    for line in text.rstrip().splitlines():
        print(f"# {line}")


class Checks:
    """Adds results to a score."""

    def __init__(self, parts: int) -> None:
        self.score = Score(parts)

    def verdict(self, group: str, name: str, passed: bool, why: str = "") -> None:
        """Add one result."""
        self.score.add(group, Result(name, "passed" if passed else "failed", why))

    def command(
        self, group: str, name: str, argv: Iterable[str | Path], cwd: Path = PROJECT
    ) -> None:
        """A command that succeeds without a word, or fails."""
        status, text = output(argv, cwd)
        if status:
            say_all(text)
        self.verdict(group, name, status == 0, f"status {status}")

    def run(self, part: str, test: Callable[[], None]) -> None:
        """Run one part; what stops it is one failed test, and the other parts go on."""
        self.score.begin(part)
        try:
            test()
        except (Failure, Mismatch, subprocess.CalledProcessError) as failure:
            self.verdict(part, "runs to its end", False, str(failure))
        self.score.end()

    def content(self, checker: str, words: str) -> None:
        """A checker that has nothing to say is content."""
        say_all(words)
        self.verdict("lint", checker, not words, "its words are above")

    def guest(self, group: str, text: str, console: str) -> None:
        """Add what a guest printed. A result that is missing fails, and so does a kernel that complains."""
        for line in SEED.findall(text):
            print(f"# {group}: {line}")
        self.score.add_all(group, results.ktap(text, depth=1))
        if not results.ktap_is_whole(text, depth=1):
            say_all(text[-4000:])
            self.verdict(group, "all announced results came", False)
        alarms = results.alarms(console)
        say_all("\n".join(alarms))
        self.verdict(group, "the kernel has no complaint", not alarms, alarms[0] if alarms else "")
