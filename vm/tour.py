# SPDX-License-Identifier: GPL-2.0
"""Takes the tour: boots the kernel with the Rust core under virtme-ng and shows cgroup namespaces at work.

    tour.py [--flavour F | --kernel IMAGE]

Owns only that the kernel is there and the guest starts. What is shown and judged is selftests/tour.py's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import virtme
from flavours import FLAVOURS
from progress import main

GUIDE = Path(__file__).resolve().parent.parent / "selftests" / "tour.py"


def program() -> int:
    parser = argparse.ArgumentParser(prog="tour.py", description="Take the tour in a guest.")
    parser.add_argument("--flavour", choices=sorted(FLAVOURS), default="x86")
    parser.add_argument("--kernel", type=Path, help="an image; without it the flavour is built")
    options = parser.parse_args()
    kernel = options.kernel
    if kernel is None:
        from kernel import build

        kernel = build(options.flavour)
    colour = ["--colour"] if sys.stdout.isatty() else []
    guide = ["python3", "-ES", str(GUIDE), *colour]
    return virtme.boot(kernel, guide, sink=sys.stdout.buffer).status


if __name__ == "__main__":
    main(program)
