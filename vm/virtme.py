# SPDX-License-Identifier: GPL-2.0
"""Runs a command in an x86-64 guest under virtme-ng, on the toolbox's own files; or gives a shell in one.

    virtme.py [--flavour F] [--cpus N] [--memory SIZE] [--limit S] [--console] [--time] -- CMD ARG...
    virtme.py --shell

Owns virtme-ng's command line. Whether KVM carries the guest is accel.py's to say, what the guest does
before the command init/virtme-init's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import accel
import guest
from guest import Guest, Outcome
from progress import Failure, main

LAUNCHER = Path(__file__).resolve().with_name("virtme_run.py")
LIMIT = 600.0
# A processor that gives random numbers: without, the first program to want one waits for seconds.
EMULATED = ("--disable-kvm", "--qemu-opt=-cpu", "--qemu-opt=qemu64,+rdrand")
COUNTED = ("--qemu-opt=-icount", "--qemu-opt=shift=0,sleep=off")
# The guest may keep what it has read: nobody writes to its root file system meanwhile.
FILES = "rootflags=version=9p2000.L,trans=virtio,access=any,cache=loose"
# virtme-run's status for a guest that gave none, unless the guest switched itself off.
LOST = 255
OFF = "reboot: Power down"


def boot(
    kernel: Path,
    argv: Sequence[str],
    *,
    cpus: int = 2,
    memory: str = "1G",
    limit: float = LIMIT,
    kernel_args: Sequence[str] = (),
    root: Path = Path("/"),
    count: bool = False,
    sink: BinaryIO | None = None,
) -> Outcome:
    """Boot, run argv, switch off. `sink` gets the command's output as it comes.

    `root` is the directory that the guest has as its root file system: the toolbox itself, or another
    that has /project, busybox and empty directories for what the guest mounts.
    With `count` the guest is emulated, and a nanosecond of its clocks is an instruction: what it measures
    repeats exactly, on any machine.
    """
    guest.need_kernel(kernel)
    how = "tcg" if count else accel.choose(kernel)
    with tempfile.TemporaryDirectory(prefix="virtme-") as scratch:
        # Of all that a kernel says, only warnings: each character costs under emulation.
        command = _command(kernel, how, cpus, memory, [FILES, "loglevel=5", *kernel_args])
        command += ["--root", str(root)]
        command += ["--show-boot-console", "--script-sh", guest.script(argv)]
        command += COUNTED if count else []
        with Guest(command, sink=sink, env={**os.environ, "TMPDIR": scratch}) as machine:
            in_time = machine.follow(limit)
            status = machine.process.poll()
            if status is None or (status == LOST and OFF not in machine.console.text()):
                raise machine.death(limit, in_time)
            guest.need_arguments_taken(machine.console.text(), kernel_args)
            guest.need_processors_taken(machine.console.text(), cpus)
            return machine.outcome(status)


def _command(
    kernel: Path, how: str, cpus: int, memory: str, kernel_args: Sequence[str]
) -> list[str]:
    """virtme-ng's lower half; the upper one only looks for kernels."""
    return [
        *(sys.executable, "-I", str(LAUNCHER), "--kimg", str(kernel), "--mods", "none"),
        *("--cpus", str(cpus), "--memory", memory),
        # One kind of machine for KVM and TCG, and no daemon that could stay behind.
        *("--disable-microvm", "--force-9p"),
        *(EMULATED if how == "tcg" else []),
        *(f"--kopt={arg}" for arg in kernel_args),
    ]


def shell(kernel: Path, *, cpus: int, memory: str) -> int:
    """A shell in a guest, on this terminal, until it is left."""
    guest.need_kernel(kernel)
    if not sys.stdin.isatty():
        raise Failure("a shell needs a terminal")
    how = accel.choose(kernel)
    print("a shell in the guest: Ctrl-D leaves it, Ctrl-a x ends the guest", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="virtme-") as scratch:
        return subprocess.run(
            [
                *_command(kernel, how, cpus, memory, [FILES, "panic=-1"]),
                *("--pwd", "--qemu-opts=-no-reboot"),
            ],
            env={**os.environ, "TMPDIR": scratch},
            check=False,
        ).returncode


def program() -> int:
    parser = guest.arguments("virtme.py", "x86")
    parser.add_argument("--count", action="store_true", help="clocks count instructions")
    parser.add_argument("--shell", action="store_true", help="a shell instead of a command")
    options = parser.parse_args()
    if not options.shell:
        guest.need_command(options)
    kernel = guest.chosen_kernel(options)
    if options.shell:
        return shell(kernel, cpus=options.cpus, memory=options.memory)
    try:
        outcome = boot(
            kernel,
            options.argv,
            cpus=options.cpus,
            memory=options.memory,
            limit=options.limit or LIMIT,
            count=options.count,
            sink=sys.stdout.buffer,
        )
    except guest.Death as death:
        if options.console:
            print(death.console, end="", file=sys.stderr)
        raise
    return guest.report(options, outcome)


if __name__ == "__main__":
    main(program)
