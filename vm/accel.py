# SPDX-License-Identifier: GPL-2.0
"""Whether KVM carries a guest on this machine: asked once by booting one, then remembered.

A /dev/kvm that opens and answers may still be unable to run a stock kernel: under some hypervisors a
nested guest hangs before its first word. So the only question that counts is whether one boots.

Owns /cache/accel and the meaning of ACCEL.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from pathlib import Path

from guest import Guest, need_kernel
from progress import CACHE, Failure

DEVICE = Path("/dev/kvm")
DMI = Path("/sys/class/dmi/id")
MEMORY_FILE = CACHE / "accel"
# KVM that works has the guest's whole boot behind it in less than two seconds.
LIMIT = 10.0
# The last word of a kernel that has come up and has nothing to run.
ALIVE = re.compile(r"VFS: Unable to mount root fs|No working init found")


def choose(kernel: Path) -> str:
    """kvm or tcg, as ACCEL says or else as a boot of this kernel shows; tcg with a line that says why."""
    wish = os.environ.get("ACCEL", "")
    if wish not in ("", "kvm", "tcg"):
        raise Failure(f"ACCEL={wish}: say kvm or tcg, or leave it out")
    usable = os.access(DEVICE, os.R_OK | os.W_OK)
    if wish == "kvm" and not usable:
        raise Failure(f"ACCEL=kvm, but {DEVICE} {_state()}")
    if wish:
        return wish
    if not usable:
        return _emulate(f"{DEVICE} {_state()}")
    if carries(kernel):
        return "kvm"
    return _emulate("KVM carries no guest on this machine")


def _emulate(why: str) -> str:
    print(f"{why}: emulating the processor (TCG), slower", file=sys.stderr, flush=True)
    return "tcg"


def _state() -> str:
    return "cannot be opened" if DEVICE.exists() else "does not exist"


def carries(kernel: Path) -> bool:
    """The remembered verdict of this machine and its kernel, or a new one."""
    key = machine()
    verdicts = _remembered()
    if key in verdicts:
        return verdicts[key]
    verdict = probe(kernel)
    if verdict is not None:
        _remember(verdicts | {key: verdict})
    return bool(verdict)


def machine() -> str:
    """What a verdict holds for: processor, board and host kernel. The machine's own id is not to be seen here."""
    cpu = re.findall(r"^(?:model name|flags)\s*:.*$", Path("/proc/cpuinfo").read_text(), re.M)
    board = [_first_line(DMI / name) for name in ("sys_vendor", "product_name")]
    words = "\n".join([*cpu[:2], *board, platform.release(), platform.version()])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _first_line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _remembered() -> dict[str, bool]:
    try:
        found = json.loads(MEMORY_FILE.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(verdicts: dict[str, bool]) -> None:
    partial = MEMORY_FILE.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(verdicts, indent=1) + "\n")
    partial.rename(MEMORY_FILE)


def probe(kernel: Path) -> bool | None:
    """Boot the kernel under KVM with nothing to run, until it says so or the limit is reached.

    None where the kernel is what fails: that says nothing of KVM.
    """
    need_kernel(kernel)
    command = "qemu-system-x86_64 -machine q35,accel=kvm -cpu host -smp 2 -m 256M -nodefaults"
    command += " -no-user-config -display none -no-reboot -serial stdio"
    boot = ["-kernel", str(kernel), "-append", "console=ttyS0 panic=-1"]
    with Guest([*command.split(), *boot]) as guest:
        guest.follow(LIMIT)
        words = guest.output.text()
    if ALIVE.search(words):
        return True
    return None if "Kernel panic" in words else False
