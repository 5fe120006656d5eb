# SPDX-License-Identifier: GPL-2.0
"""Runs a command in user-mode Linux: the kernel as a process, on the toolbox's own files.

    uml.py [--flavour F] [--cpus N] [--memory SIZE] [--limit S] [--console] [--kunit] [--time]
           -- CMD ARG...

Owns the kernel's command line and the serial lines that carry output and status. What the guest does
before the command is init/uml-init's.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import guest
from guest import Channel, Guest, Outcome
from progress import main

INIT = Path(__file__).resolve().parent / "init" / "uml-init"
LIMIT = 300.0


def boot(
    kernel: Path,
    argv: Sequence[str],
    *,
    cpus: int = 2,
    memory: str = "1G",
    limit: float = LIMIT,
    kunit: bool = False,
    kernel_args: Sequence[str] = (),
    pinned: bool = False,
    sink: BinaryIO | None = None,
) -> Outcome:
    """Boot, run argv, switch off. `sink` gets the command's output as it comes.

    With `kunit` the kernel runs its own tests before; their results are in the outcome's console,
    and kernel_args may choose among them (kunit.filter_glob=).
    With `pinned` each processor of the guest stays on one of the host, and so do the processes that
    are forked on it: else a system call costs 8 us or 45, by where the host puts the two sides of it.
    """
    guest.need_kernel(kernel)
    with tempfile.TemporaryDirectory(prefix="uml-") as job, guest.pipe() as (status_in, status_out):
        Path(job, "run").write_text(guest.script(argv))
        command = [*_command(kernel, cpus, memory, job, status_out), *kernel_args]
        if not kunit:
            command.append("kunit.enable=0")
        with Guest(command, sink=sink, pass_fds=[status_out]) as machine:
            if pinned:
                threading.Thread(target=_pin, args=(machine.process.pid, cpus), daemon=True).start()
            status = Channel()
            in_time = machine.follow(limit, {status_in: status})
            word = status.text().strip()
            if not word.isdigit():
                raise machine.death(limit, in_time)
            guest.need_arguments_taken(machine.console.text(), kernel_args)
            guest.need_processors_taken(machine.console.text(), cpus)
            return machine.outcome(int(word))


def _pin(pid: int, cpus: int) -> None:
    """Give each processor of a guest, which are its threads, one of the host's."""
    ours = sorted(os.sched_getaffinity(0))
    with contextlib.suppress(OSError):
        os.sched_setaffinity(pid, ours[:1])
        while len(threads := os.listdir(f"/proc/{pid}/task")) < cpus:
            time.sleep(0.01)
        for i, thread in enumerate(sorted(map(int, threads))[:cpus]):
            os.sched_setaffinity(thread, [ours[i % len(ours)]])


def _command(kernel: Path, cpus: int, memory: str, job: str, status: int) -> list[str]:
    """How the kernel is started. It makes a directory of its own in uml_dir."""
    return [
        str(kernel),
        *(f"ncpus={cpus}", f"mem={memory}", "seccomp=on"),
        *("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"),
        *(f"init={INIT}", f"CGNS_JOB={job}", f"uml_dir={job}/"),
        # The console goes to stderr, the command's output to stdout, its status to the pipe.
        *("con0=null,fd:2", "con=null", "ssl0=null,fd:1", f"ssl1=null,fd:{status}", "ssl=null"),
        # A panic ends the process instead of waiting for somebody to look.
        *("panic=-1", "noreboot"),
    ]


def program() -> int:
    parser = guest.arguments("uml.py", "uml")
    parser.add_argument("--kunit", action="store_true", help="run the kernel's own tests at boot")
    options = parser.parse_args()
    guest.need_command(options)
    outcome = boot(
        guest.chosen_kernel(options),
        options.argv,
        cpus=options.cpus,
        memory=options.memory,
        limit=options.limit or LIMIT,
        kunit=options.kunit,
        sink=sys.stdout.buffer,
    )
    return guest.report(options, outcome)


if __name__ == "__main__":
    main(program)
