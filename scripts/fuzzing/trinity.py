# SPDX-License-Identifier: GPL-2.0
"""trinity in a guest: as root and in a user namespace, at a hierarchy and at /proc in turn."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass
from pathlib import Path

from results import Table

from fuzzing import guests

SCRIPT = Path(__file__).resolve().parent.parent.parent / "selftests/fuzz/trinity.sh"
WHO = ("root", "user")
VICTIMS = ("tree", "proc")
# trinity counts down so long before it dares to run as root.
COUNTDOWN = 10
RAN = re.compile(r"^\[main\] Ran (\d+) syscalls\. Successes: (\d+)\s+Failures: (\d+)", re.M)
LEFT = re.compile(r"^left: \w+ [1-9].*$", re.M)
STOPPED = "Bailing main loop because ctrl-c"


@dataclass(frozen=True)
class Outcome:
    """What came of one run; `wrong` is empty if all is well."""

    name: str
    seed: int
    calls: int
    succeeded: int
    wrong: str


def run(image: Path, seconds: float, seed: int) -> list[Outcome]:
    """Run it in all ways, for so long in all."""
    ways = list(itertools.product(WHO, VICTIMS))
    each = max(5, round(seconds / len(ways)) - COUNTDOWN)
    return [_run(image, who, victims, each, seed + i) for i, (who, victims) in enumerate(ways)]


def _run(image: Path, who: str, victims: str, seconds: int, seed: int) -> Outcome:
    argv = ["bash", str(SCRIPT), who, victims, str(seed), str(seconds + COUNTDOWN)]
    boot = guests.boot(image, argv, seconds + COUNTDOWN)
    ran = RAN.search(boot.output)
    wrong = boot.wrong
    if not wrong and (left := LEFT.search(boot.output)):
        wrong = left[0]
    if not wrong and not (ran and STOPPED in boot.output):
        wrong = "trinity did not run to its end"
    if wrong:
        lines = [*boot.output.splitlines()[-40:], *boot.report]
        print(f"# trinity, {who}, {victims}, seed {seed}: {wrong}")
        print(*(f"# {line}" for line in lines), sep=os.linesep)
    calls, succeeded = (int(ran[1]), int(ran[2])) if ran else (0, 0)
    return Outcome(f"{who}, {victims}", seed, calls, succeeded, wrong)


def table(outcomes: list[Outcome]) -> Table:
    """For the report: a row a run."""
    rows = tuple((o.name, str(o.seed), f"{o.calls:,}", f"{o.succeeded:,}") for o in outcomes)
    title = f"trinity: {sum(o.calls for o in outcomes):,} system calls"
    return Table(title, ("run", "seed", "calls", "succeeded"), rows)
