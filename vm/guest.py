# SPDX-License-Identifier: GPL-2.0
"""A guest as its starter sees it: a process with channels, a time limit and an outcome.

Owns waiting for a guest, ending it with all that it started, and the command line that the starters
share. Knows nothing of what the process is: that is uml.py's and virtme.py's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from flavours import FLAVOURS
from progress import CACHE, Failure, host_path

TAIL = 20
# How a kernel says that it makes nothing of an argument. The first is told quietly: user-mode Linux shows it.
UNKNOWN = re.compile(r'Unknown kernel command line parameters "(.*)", will be')
UNSET = re.compile(r"Failed to set sysctl parameter '([^']*)'")
# How many processors a kernel runs on: where it was given more than it can have, x86 warns, and user-mode
# Linux says only what it started.
PROCESSORS = re.compile(r"CPU limit of (\d+) reached|smp: Brought up \d+ nodes?, (\d+) CPU")
CHUNK = 1 << 16


class Death(Failure):
    """A guest that gave no exit status, with all that its kernel said."""

    def __init__(self, words: str, console: str) -> None:
        super().__init__(words)
        self.console = console

    def __reduce__(self) -> tuple[type[Death], tuple[str, str]]:
        return Death, (str(self), self.console)


@dataclass
class Channel:
    """What has come out of one file descriptor of a guest."""

    sink: BinaryIO | None = None  # where it is copied to as it comes
    data: bytearray = field(default_factory=bytearray)
    first: float | None = None  # when the first byte came

    def take(self, chunk: bytes) -> None:
        """Keep a piece, and pass it on."""
        if self.first is None:
            self.first = time.monotonic()
        self.data += chunk
        if self.sink is not None:
            self.sink.write(chunk)
            self.sink.flush()

    def text(self) -> str:
        """All of it, with a terminal's line ends as a file has them."""
        return self.data.decode(errors="replace").replace("\r", "")


@dataclass(frozen=True)
class Outcome:
    """How a command in a guest ended."""

    status: int
    output: str
    console: str
    boot: float | None  # seconds from the start to the command's first output
    seconds: float


class Guest:
    """A process in a session of its own: at the end of `with` nothing of it is left, whatever happened."""

    def __init__(
        self, argv: Sequence[str | Path], *, sink: BinaryIO | None = None, **options: object
    ) -> None:
        self.output = Channel(sink)
        self.console = Channel()
        self.start = time.monotonic()
        try:
            self.process = subprocess.Popen(
                [str(arg) for arg in argv],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                **options,  # type: ignore[call-overload]
            )
        except OSError as error:
            raise Failure(f"{argv[0]} cannot be started: {error.strerror}") from error

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def follow(self, limit: float, more: Mapping[int, Channel] | None = None) -> bool:
        """Read all channels until the process ends; return whether it did within the limit.

        Not until the channels end: a child may hold one open for longer than the guest lives.
        """
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        channels = {
            self.process.stdout.fileno(): self.output,
            self.process.stderr.fileno(): self.console,
            **(more or {}),
        }
        ended = os.pidfd_open(self.process.pid)
        try:
            in_time = _read_until(ended, channels, self.start + limit)
        finally:
            os.close(ended)
        for fd, channel in channels.items():
            while _read(fd, channel):
                pass
        return in_time

    def outcome(self, status: int) -> Outcome:
        """What there is to say when it has ended as it should."""
        first = self.output.first
        return Outcome(
            status,
            self.output.text(),
            self.console.text(),
            None if first is None else first - self.start,
            time.monotonic() - self.start,
        )

    def death(self, limit: float, in_time: bool) -> Death:
        """What to raise when it gave no exit status: shows the last words, says what they mean."""
        text = self.console.text()
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        for line in lines[-TAIL:]:
            print(f"  {line}", file=sys.stderr)
        above = "the console's last lines are above" if lines else "its console stayed empty"
        if panic := re.search(r"Kernel panic - not syncing: (.*)", text):
            words = f"the guest's kernel panicked: {panic[1].strip()}"
        elif in_time:
            words = "the guest ended before its command did"
        else:
            words = f"the guest was ended after its limit of {limit:g} s"
        return Death(f"{words} ({above})", text)


def _read_until(ended: int, channels: Mapping[int, Channel], deadline: float) -> bool:
    """Read what comes until `ended` is readable; False if the deadline came first."""
    with selectors.DefaultSelector() as selector:
        selector.register(ended, selectors.EVENT_READ)
        for fd in channels:
            os.set_blocking(fd, False)
            selector.register(fd, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            ready = {key.fd for key, _ in selector.select(left)}
            for fd in ready - {ended}:
                if not _read(fd, channels[fd]):
                    selector.unregister(fd)
            if ended in ready:
                return True
    return False


def _read(fd: int, channel: Channel) -> bool:
    """Take what is there; False if nothing is, or nothing will be."""
    try:
        chunk = os.read(fd, CHUNK)
    except BlockingIOError:
        return False
    if chunk:
        channel.take(chunk)
    return bool(chunk)


def script(argv: Sequence[str]) -> str:
    """The command as the guest's shell runs it: from this directory, for this type of terminal."""
    term = shlex.quote(os.environ.get("TERM", "dumb"))
    return (
        f"export HOME=/root LANG=C.UTF-8 TERM={term}\n"
        f"cd {shlex.quote(os.getcwd())} && exec {shlex.join(argv)}\n"
    )


def need_kernel(kernel: Path) -> None:
    """Refuse a kernel that is not there, before anything is started."""
    if not kernel.is_file():
        raise Failure(f"no kernel at {host_path(kernel)}: build it first")


def arguments(name: str, flavour: str) -> argparse.ArgumentParser:
    """What the starters' command lines have in common."""
    parser = argparse.ArgumentParser(prog=name, description="Run a command in a guest.")
    parser.add_argument("--flavour", choices=sorted(FLAVOURS), default=flavour)
    parser.add_argument("--kernel", type=Path, help="an image; without it the flavour's")
    parser.add_argument("--cpus", type=int, default=2)
    parser.add_argument("--memory", default="1G")
    parser.add_argument("--limit", type=float, help="seconds after which the guest is ended")
    parser.add_argument("--console", action="store_true", help="print the kernel's console, too")
    parser.add_argument("--time", action="store_true", help="print how long the boot took")
    parser.add_argument("argv", nargs="*", metavar="CMD", help="what to run, after --")
    return parser


def chosen_kernel(options: argparse.Namespace) -> Path:
    """The image that was named, or the one that scripts/kernel.py makes of the flavour."""
    if options.kernel is not None:
        return options.kernel
    # Only now: starting a named image needs nothing of what builds them.
    import kernel
    import source

    flavour = FLAVOURS[options.flavour]
    if "CGNS_KDIR" not in os.environ and not any(CACHE.glob("linux-[0-9]*")):
        raise Failure(f"no kernel {flavour.name} built yet: build one first")
    return kernel.Build(flavour, source.find(), untouched=False).directory / flavour.image


def report(options: argparse.Namespace, outcome: Outcome) -> int:
    """The end of a starter's command line."""
    if options.console:
        print(outcome.console, end="", file=sys.stderr)
    if options.time:
        boot = "no output" if outcome.boot is None else f"first output after {outcome.boot:.2f} s"
        print(f"{boot}, {outcome.seconds:.2f} s in all", file=sys.stderr)
    return outcome.status


def need_arguments_taken(console: str, wanted: Sequence[str]) -> None:
    """Refuse what came of a kernel that was told to do something and does not know how."""
    unknown = " ".join(UNKNOWN.findall(console)).split()
    unset = [word.removeprefix("kernel.") for word in UNSET.findall(console)]
    for argument in wanted:
        if argument.removeprefix("sysctl.").removeprefix("kernel.") in (*unknown, *unset):
            raise Failure(
                f"the guest's kernel makes nothing of {argument}: look at its configuration"
            )


def need_processors_taken(console: str, wanted: int) -> None:
    """Refuse what came of a kernel that runs on fewer processors than it was given."""
    said = PROCESSORS.search(console)
    taken = int(said[1] or said[2]) if said else wanted
    if taken < wanted:
        raise Failure(
            f"the guest's kernel takes {taken} processors and was given {wanted}:"
            " ask for fewer, or raise its CONFIG_NR_CPUS"
        )


def need_command(options: argparse.Namespace) -> None:
    """A starter without a command has nothing to do."""
    if not options.argv:
        raise Failure("no command given: name it after --")


@contextlib.contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe that is closed in the end."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)
