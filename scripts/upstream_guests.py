# SPDX-License-Identifier: GPL-2.0
"""Runs upstream's selftest programs in guests: one a kernel, all kernels at the same time.

Owns the guests and what came out of them. What the programs are is upstream.py's to know, what their
output means upstream_cases.py's, and what is done in the guest selftests/upstream.py's.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import progress
import results
import upstream_cases
from upstream_cases import Run

PROJECT = Path(__file__).resolve().parent.parent
STARTER = PROJECT / "vm/virtme.py"
INSIDE = PROJECT / "selftests/upstream.py"
# Eight are what one program asks for that is too slow for an emulator; another asks for four.
CPUS = {"kvm": 8, "tcg": 4}
MEMORY = "2G"
LIMIT = 2400
# Seconds until the first program begins: ten, on a machine that has nothing else to do. A wrapper comes with
# kernels that check all they do, which takes longer beside another such guest.
BOOT, BOOT_WRAPPED = 180, 720
POLL = 0.2


@dataclass
class Guest:
    """A kernel that runs programs, as far as it came."""

    kernel: str  # C or Rust
    process: subprocess.Popen[bytes]
    output: Path
    console: Path
    boot: float = BOOT  # seconds until its first program begins, at most
    start: float = field(default_factory=time.monotonic)
    runs: list[Run] = field(default_factory=list)
    running: str = ""  # the program that began and did not end

    def ended(self) -> int:
        """How many programs ended so far."""
        return self.output.read_bytes().count(b'{"end": ')

    def stuck(self) -> bool:
        """Whether it has had time enough to begin, and did not."""
        late = time.monotonic() - self.start > self.boot
        return late and not self.output.stat().st_size and self.process.poll() is None

    def collect(self) -> None:
        """Read what came."""
        for line in self.output.read_text(errors="replace").splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            self.running = said.get("begin", "")
            if name := said.get("end"):
                cases = upstream_cases.read(said["output"], said["status"])
                self.runs.append(Run(self.kernel, name, cases))

    def complaints(self) -> set[str]:
        """What the kernel complained of, without times, addresses and ids."""
        console = self.console.read_text(errors="replace")
        return {re.sub(r"^\[ *[\d.]+\] |\d+", "", line) for line in results.alarms(console)}

    def death(self) -> str:
        """Why it did not come to its end; empty if it did."""
        if self.process.returncode == 0:
            return ""
        rows = self.console.read_text(errors="replace").splitlines()
        words = [row.strip() for row in rows if row.strip()] or ["it said nothing"]
        where = f"in {self.running}" if self.running else f"after {len(self.runs)} programs"
        return f"{where}: {words[-1]} (log: {progress.host_path(self.console)})"


def run(
    phase: str,
    images: dict[str, Path],
    installed: Path,
    programs: Sequence[str],
    cpus: int,
    wrapper: Sequence[str | Path] = (),
) -> list[Guest]:
    """Run the programs, one after another, on each of the kernels; return the guests as they ended.

    `wrapper` is a command that is given the one which runs them.

    A guest in which no program began is started once more: while the guest looks for devices, QEMU itself
    dies now and then of an assertion of its own, or spins.
    """
    guests = _follow(phase, images, installed, programs, cpus, wrapper)
    for place, guest in enumerate(guests):
        if guest.death() and not guest.runs and not guest.running:
            progress.say(f"{phase}, {guest.kernel}: {guest.death()}: started again")
            guests[place : place + 1] = _follow(
                phase, {guest.kernel: images[guest.kernel]}, installed, programs, cpus, wrapper
            )
    return guests


def _follow(
    phase: str,
    images: dict[str, Path],
    installed: Path,
    programs: Sequence[str],
    cpus: int,
    wrapper: Sequence[str | Path],
) -> list[Guest]:
    guests: list[Guest] = []
    line = progress.Line(phase, len(images) * len(programs), True)
    line.counts = True
    try:
        for kernel, image in images.items():
            name = f"{phase}, {kernel}"
            guests.append(_start(name, kernel, image, installed, programs, cpus, wrapper))
        while any(guest.process.poll() is None for guest in guests):
            time.sleep(POLL)
            for guest in guests:
                if guest.stuck():
                    guest.process.terminate()
            line.done = sum(guest.ended() for guest in guests)
            line.tick()
    finally:
        # The starter ends its guest when it is told to end; after that there is nobody to tell.
        for guest in guests:
            guest.process.terminate()
            guest.process.wait()
    line.finish(guests[0].output)
    for guest in guests:
        guest.collect()
    return guests


def _start(
    name: str,
    kernel: str,
    image: Path,
    installed: Path,
    programs: Sequence[str],
    cpus: int,
    wrapper: Sequence[str | Path],
) -> Guest:
    output = progress.log_path(name)
    output.parent.mkdir(parents=True, exist_ok=True)
    console, listing = output.with_suffix(".console.log"), output.with_suffix(".list")
    listing.write_text("\n".join(programs) + "\n")
    argv = [sys.executable, STARTER, "--kernel", image, "--cpus", cpus, "--memory", MEMORY]
    argv += ["--limit", LIMIT, "--console", "--", *wrapper, "python3", INSIDE, installed, listing]
    with output.open("wb") as out, console.open("wb") as err:
        process = subprocess.Popen(
            [str(arg) for arg in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
    return Guest(kernel, process, output, console, BOOT_WRAPPED if wrapper else BOOT)
