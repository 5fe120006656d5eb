# SPDX-License-Identifier: GPL-2.0
"""Asks the kernel of a guest whether it watches what it is to watch, and prints KTAP.

    instruments.py FRAGMENT KERNEL

FRAGMENT is the configuration that asks for it: each line must be in /proc/config.gz. What each
instrument says of itself is looked for, and LKDTM provokes faults that must be reported. Afterwards the
kernel is of no more use.

Owns what a sign of each instrument is. What it finds later is for scripts/debug.py to judge.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

DEBUG = Path("/sys/kernel/debug")
SLABS = Path("/sys/kernel/slab")
CRASH = DEBUG / "provoke-crash/DIRECT"
# How long a report may take to be written, in seconds.
PATIENCE = 20.0

# What the log of the boot says, and what files say, by kernel.
BOOT = {
    "debug": {
        "KASAN": r"KernelAddressSanitizer initialized \(generic\)",
        "kmemleak": r"kmemleak: Kernel memory leak detector initialized",
        "lockdep's self-test": r"Good, all +\d+ testcases passed!",
        "debug objects' self-test": r"ODEBUG: selftest passed",
    },
    "kcsan": {
        "KCSAN": r"kcsan: enabled early",
        "KCSAN's self-test": r"kcsan: selftest: (\d+)/\1 tests passed",
    },
}
FILES = {
    "debug": {
        "lockdep": (Path("/proc/lockdep_stats"), r"debug_locks: +1\b"),
        "lockdep's classes": (Path("/proc/lockdep"), r"css_set_lock"),
        "debug objects": (DEBUG / "debug_objects/stats", r"pool_used +: *[1-9]"),
        "page poisoning": (Path("/proc/cmdline"), r"\bpage_poison=on\b"),
        "kmemleak sees no stale pointers": (SLABS / "kmalloc-256/sheaf_capacity", r"^0$"),
    },
    "kcsan": {
        "KCSAN is on": (DEBUG / "kcsan", r"enabled: 1"),
        "KCSAN sets watchpoints": (DEBUG / "kcsan", r"setup_watchpoints: [1-9]"),
    },
    "gcc": {"gcc": (Path("/proc/version"), r"\bgcc\b")},
}
# What is provoked, and how it must be reported. The one that leaves a lock held is the first, for lockdep
# says no more after any other report.
FAULTS = {
    "debug": {
        "SPINLOCKUP": {
            "lockdep": r"WARNING: lock held when returning to user space",
            "sleep in atomic context": r"BUG: (?:sleeping function called|scheduling while atomic)",
        },
        "READ_AFTER_FREE": {"KASAN, freed memory": r"BUG: KASAN: slab-use-after-free"},
        "SLAB_LINEAR_OVERFLOW": {"KASAN, slab": r"BUG: KASAN: slab-out-of-bounds"},
        "VMALLOC_LINEAR_OVERFLOW": {"KASAN, vmalloc": r"BUG: KASAN: vmalloc-out-of-bounds"},
        "READ_BUDDY_AFTER_FREE": {"page poisoning": r"Memory correctly poisoned"},
        "ARRAY_BOUNDS": {"UBSAN": r"UBSAN: array-index-out-of-bounds"},
        "CORRUPT_LIST_ADD": {"lists": r"list_add corruption"},
    },
    "cfi": {"CFI_FORWARD_PROTO": {"CFI": r"CFI failure at lkdtm_"}},
}


def log() -> str:
    """What the kernel has said since this was called last."""
    return subprocess.run(
        ["dmesg", "--read-clear", "--notime"], check=True, capture_output=True, text=True
    ).stdout


def missing_symbols(fragment: Path) -> list[str]:
    """Lines of the fragment that the kernel was not built with."""
    config = gzip.decompress(Path("/proc/config.gz").read_bytes()).decode().splitlines()
    wanted = [line for line in fragment.read_text().splitlines() if re.match(r"(# )?CONFIG_", line)]
    names = {line.partition("=")[0] for line in config}
    return [
        line
        for line in wanted
        if line not in config
        # A symbol that is off may also not be there at all.
        and (not line.startswith("# ") or line.split()[1] in names)
    ]


def provoke(fault: str, reports: Iterable[str]) -> str:
    """Provoke a fault in a task that may die of it; what the kernel says until all reports are there."""
    subprocess.run(["sh", "-c", f"echo {fault} >{CRASH}"], check=False, capture_output=True)
    said = ""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not all(re.search(report, said) for report in reports):
        time.sleep(0.2)
        said += log()
    return said


def results(fragment: Path, kernel: str) -> Iterator[tuple[str, bool, str]]:
    """Each question: its name, whether the answer is yes, what is missing if not."""
    missing = missing_symbols(fragment)
    yield f"{fragment.name} is in /proc/config.gz", not missing, ", ".join(missing)
    boot = log()
    for name, sign in BOOT.get(kernel, {}).items():
        yield f"{name}, at boot", bool(re.search(sign, boot)), sign
    for name, (file, sign) in FILES.get(kernel, {}).items():
        text = file.read_text() if file.exists() else ""
        yield f"{name}, {file}", bool(re.search(sign, text)), sign
    for fault, reports in FAULTS.get(kernel, {}).items():
        said = provoke(fault, reports.values())
        for name, report in reports.items():
            yield f"{name}: {fault} is reported", bool(re.search(report, said)), report


def main() -> int:
    fragment, kernel = Path(sys.argv[1]), sys.argv[2]
    subprocess.run(["mount", "-t", "debugfs", "debugfs", DEBUG], check=True)
    count = 1 + len(BOOT.get(kernel, ())) + len(FILES.get(kernel, ()))
    count += sum(map(len, FAULTS.get(kernel, {}).values()))
    print(f"1..{count}", flush=True)
    good = True
    for number, (name, passed, why) in enumerate(results(fragment, kernel), 1):
        print(f"{'ok' if passed else 'not ok'} {number} {name}", flush=True)
        if not passed:
            print(f"# missing: {why}")
        good &= passed
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
