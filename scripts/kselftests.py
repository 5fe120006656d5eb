# SPDX-License-Identifier: GPL-2.0
"""The selftests: built in the toolbox, run in a guest."""

from __future__ import annotations

from pathlib import Path

import progress
import source

PROGRAMS = Path(__file__).resolve().parent.parent / "selftests"
BUILD = progress.CACHE / "build" / "selftests"


def command(*options: str) -> list[str]:
    """Build the selftests; return what runs all of them in a guest, with options of run.py."""
    where = [f"KSRC={source.find().path}", f"O={BUILD}"]
    progress.run("selftests, build", ["make", "-C", PROGRAMS, *where])
    return ["python3", str(PROGRAMS / "run.py"), *options, str(BUILD)]
