# SPDX-License-Identifier: GPL-2.0
"""A terminal session that checks itself: shells that live on from command to command, and a verdict.

Owns how a session is printed, compared and summed up. What is to be seen is the caller's to say.
Imports little: under emulation that is most of the time from start to first line.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from collections import defaultdict
from itertools import zip_longest

LIMIT = 60.0
MARK = "cgns-end-of-output"
WIDTH = 100
BOLD, RED, PLAIN = "\033[1m", "\033[31m", "\033[0m"

# A line that is to be seen: as it stands, or as a pattern whose named groups are remembered.
Line = str | re.Pattern[str]


class Broken(Exception):
    """The session cannot go on."""


class Shell:
    """A bash that reads its commands from us. Its name is its prompt."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def ask(self, command: str) -> tuple[list[str], int]:
        """Run a command in it; return what it printed and its status.

        A command may itself be a shell: that one then reads on, and says with what status it began.
        """
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{command}\nprintf '\\n{MARK} %d\\n' $?\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise Broken(f"the shell [{self.name}] is gone") from error
        text, _, status = self._until_mark(command).rpartition(f"\n{MARK} ")
        return text.splitlines(), int(status)

    def _until_mark(self, command: str) -> str:
        assert self.process.stdout is not None
        fd = self.process.stdout.fileno()
        deadline = time.monotonic() + LIMIT
        data = b""
        while not re.search(rf"\n{MARK} \d+\n\Z".encode(), data):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                raise Broken(f"no answer in {LIMIT:g} s to: {command}")
            chunk = os.read(fd, 1 << 16)
            if not chunk:
                raise Broken(f"the shell [{self.name}] ended in: {command}")
            data += chunk
        return data.decode(errors="replace")

    def close(self) -> None:
        """End it and all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Session:
    """Prints a session and keeps count of what was not as it should be."""

    def __init__(self, colour: bool = False) -> None:
        self.colour = colour
        self.checked = 0
        self.wrong: list[tuple[str, str, str]] = []

    def heading(self, text: str) -> None:
        """A new part of the session."""
        print(f"\n{BOLD if self.colour else ''}{text}{PLAIN if self.colour else ''}", flush=True)

    def run(
        self, shell: Shell, command: str, *expected: Line, status: int = 0
    ) -> defaultdict[str, str]:
        """Run and show a command, compare its output line by line, return what patterns caught.

        Of a command that answers wrongly the first line that is wrong is noted.
        """
        where = f"[{shell.name}]# {command}"
        print(where, flush=True)
        lines, ended = shell.ask(command)
        print("".join(f"{short(line)}\n" for line in lines), end="", flush=True)
        self.checked += len(expected)
        caught: defaultdict[str, str] = defaultdict(lambda: "?")
        for seen, wanted in zip_longest(lines, expected):
            match = _match(seen, wanted)
            if match is None:
                self._note(where, _words(wanted), "nothing" if seen is None else short(seen))
                return caught
            caught.update(match)
        if ended != status:
            self._note(where, f"exit status {status}", f"exit status {ended}")
        return caught

    def _note(self, where: str, wanted: str, seen: str) -> None:
        self.wrong.append((where, wanted, seen))
        red, plain = (RED, PLAIN) if self.colour else ("", "")
        print(f"{red}  ^ wrong: expected {wanted}{plain}", flush=True)

    def verdict(self) -> int:
        """The last words, and what to exit with."""
        self.heading("Verdict")
        if not self.wrong:
            print(f"{self.checked} lines checked, each as the contract says.")
            return 0
        print(f"{self.checked} lines checked, {len(self.wrong)} wrong:")
        for where, wanted, seen in self.wrong:
            print(f"  {where}", f"    expected {wanted}", f"    saw      {seen}", sep="\n")
        return 1


def short(text: str) -> str:
    """A line that fits a screen: of a long one, its ends and its length."""
    if len(text) <= 2 * WIDTH:
        return text
    return f"{text[:40]}[...]{text[-10:]} ({len(text)} bytes)"


def _match(seen: str | None, wanted: Line | None) -> dict[str, str] | None:
    """What a line's pattern caught, if the line is as wanted."""
    if seen is None or wanted is None:
        return None
    if isinstance(wanted, str):
        return {} if seen == wanted else None
    match = wanted.fullmatch(seen)
    return match.groupdict() if match else None


def _words(wanted: Line | None) -> str:
    """An expectation as people read it."""
    if wanted is None:
        return "nothing"
    return f"`{wanted}`" if isinstance(wanted, str) else f"/{wanted.pattern}/"
