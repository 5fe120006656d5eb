# SPDX-License-Identifier: GPL-2.0
"""Hard ground: where kernels usually break. Runs inside the toolbox; `make test-hard` is the way to it.

    hard.py               all parts, under an hour with a warm cache
    hard.py PART...       some of them

Owns the order and the list. What a part does is its own module's.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

import debug
import faults
import fuzz
import kernel
import progress
import report
import span
import stress
from checks import Checks
from progress import Failure
from results import Score
from span import Span

Run = Callable[[Score, Span], None]
PARTS: dict[str, Run] = {
    "debug": debug.run,
    "faults": faults.run,
    "fuzz": fuzz.run,
    "stress": stress.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="hard.py", description="Run the tests on hard ground.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    names = parser.parse_args().parts or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        raise Failure(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    long = span.wanted(os.environ)
    report.begin()
    checks = Checks(len(names))
    for name in names:
        checks.run(name, lambda part=PARTS[name]: part(checks.score, long))
    compiler = "clang" if kernel.with_llvm() else "gcc"
    facts = {"kernel": kernel.source.find().id, "compiler": compiler}
    return report.finish(checks.score, "make test-hard", facts)


if __name__ == "__main__":
    progress.main(main)
