# SPDX-License-Identifier: GPL-2.0
"""Long steps: their log, their one live line, and what is said when they fail.

Owns how a wait looks. Knows nothing of what is waited for.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NoReturn

CACHE = Path("/cache")
HEARTBEAT = 60.0
REDRAW = 0.2
GRACE = 5.0
TAIL = 20
ERROR = re.compile(r"\berror(\[\w+\])?: |\*\*\* ")
ERRORS = 5


class Failure(Exception):
    """Something the user must know: its text is one line."""


def host_path(path: Path) -> str:
    """The name that the host has for a path of the toolbox."""
    for inside, variable in (
        ("/cache", "CGNS_CACHE"),
        ("/kdir", "CGNS_KDIR"),
        ("/project", "CGNS_PROJECT"),
    ):
        if path.is_relative_to(inside) and variable in os.environ:
            return str(Path(os.environ[variable]) / path.relative_to(inside))
    return str(path)


def log_path(phase: str) -> Path:
    """Where the output of a phase goes."""
    return CACHE / "log" / (re.sub(r"[^A-Za-z0-9.+-]+", "-", phase) + ".log")


def hms(seconds: float) -> str:
    """A time as people say it."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def say(text: str, end: str = "\n") -> bool:
    """To the user, who may have closed the terminal: then False."""
    try:
        print(text, end=end, file=sys.stderr, flush=True)
    except OSError:
        return False
    return True


class Line:
    """The live line of a phase on a terminal; without one, a heartbeat a minute."""

    def __init__(self, phase: str, total: int | None, exact: bool) -> None:
        self.phase = phase
        self.total = total
        self.exact = exact
        self.done = 0
        self.counts = False
        self.live = sys.stderr.isatty()
        self.start = time.monotonic()
        self.shown = self.start - (REDRAW if self.live else 0)

    def _text(self) -> str:
        parts = [hms(time.monotonic() - self.start)]
        if self.counts and self.total and (not self.exact or self.done <= self.total):
            mark = "" if self.exact else "~"
            parts.insert(0, f"{self.done}/{mark}{max(self.total, self.done)}")
        elif self.counts:
            parts.insert(0, str(self.done))
        return f"{self.phase}: {', '.join(parts)}"

    def tick(self) -> None:
        """Show where the phase stands, if it is time to."""
        now = time.monotonic()
        if now - self.shown < (REDRAW if self.live else HEARTBEAT):
            return
        self.shown = now
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            if not say(f"\r\033[K{self._text()[:width]}", end=""):
                raise KeyboardInterrupt(signal.SIGHUP)  # nobody else tells: make keeps it to itself
        else:
            say(self._text())

    def clear(self) -> None:
        """Make room for a line that stays."""
        if self.live:
            say("\r\033[K", end="")

    def finish(self, log: Path) -> None:
        """The line that stays."""
        self.clear()
        took = hms(time.monotonic() - self.start)
        say(f"{self.phase}: done in {took} (log: {host_path(log)})")


def run(
    phase: str,
    argv: Sequence[str | Path],
    *,
    count: re.Pattern[str] | None = None,
    total: int | None = None,
    exact: bool = False,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    tail: bool = True,
) -> int:
    """Run a long step with all its output in the phase's log; return how many lines matched `count`.

    `total` is how many are expected; it is shown with a ~ unless `exact`. Raises Failure, by default after
    printing the log's last lines.
    """
    log = log_path(phase)
    log.parent.mkdir(parents=True, exist_ok=True)
    line = Line(phase, total, exact)
    line.counts = count is not None
    with log.open("wb") as out:
        status = _follow(argv, out, line, count, env, cwd)
    if status:
        _fail(phase, status, log, TAIL if tail else 0)
    line.finish(log)
    return line.done


def _follow(
    argv: Sequence[str | Path],
    out: BinaryIO,
    line: Line,
    count: re.Pattern[str] | None,
    env: Mapping[str, str] | None,
    cwd: Path | None,
) -> int:
    """Run argv until it ends: copy its output to the log, count, keep the line alive."""
    verbose = os.environ.get("V", "0") not in ("", "0")
    process = subprocess.Popen(
        [str(arg) for arg in argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=None if env is None else {**os.environ, **env},
        cwd=cwd,
        process_group=0,
    )
    assert process.stdout is not None
    try:
        for chunk in _chunks(process.stdout.fileno(), line):
            out.write(chunk)
            out.flush()
            if verbose:
                line.clear()
                say(chunk.decode(errors="replace"), end="")
            if count is not None:
                text = chunk.decode(errors="replace")
                line.done += sum(1 for row in text.splitlines() if count.search(row))
        return process.wait()
    finally:
        line.clear()
        process.stdout.close()
        if process.poll() is None:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a child with its whole group. make is asked first: it deletes the targets that it has half made."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE)


def _chunks(fd: int, line: Line) -> Iterator[bytes]:
    """Whole lines as they come; in between, the line is kept alive."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(fd, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=REDRAW):
                data = os.read(fd, 1 << 16)
                if not data:
                    break
                whole, newline, rest = (rest + data).rpartition(b"\n")
                if newline:
                    yield whole + newline
            line.tick()
    if rest:
        yield rest


def _fail(phase: str, status: int, log: Path, rows: int) -> NoReturn:
    lines = log.read_text(errors="replace").splitlines()
    cut = max(0, len(lines) - rows)
    if rows:
        # With many jobs at once, the error that stops a build is often long past.
        errors = [row for row in lines[:cut] if ERROR.search(row)]
        say("\n".join([*errors[:ERRORS], *lines[cut:]]))
    how = f"ended with status {status}" if status > 0 else f"was killed by signal {-status}"
    above = "; its last lines are above" if rows else ""
    raise Failure(f"{phase} {how}{above} (log: {host_path(log)})")


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """SIGTERM and SIGHUP leave by the same way as Ctrl-C, so that whoever holds half a file drops it."""

    handled = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def interrupt(number: int, _frame: object) -> NoReturn:
        for other in handled:  # tidying up is not to be interrupted
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    old = {number: signal.signal(number, interrupt) for number in handled}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def main(program: Callable[[], int]) -> NoReturn:
    """Run a program: a Failure becomes one line and status 1, an interrupt one word and its status."""
    name = Path(sys.argv[0]).name
    try:
        with signals_raise():
            status = program()
    except Failure as failure:
        say(f"{name}: {failure}")
        status = 1
    except KeyboardInterrupt as interrupt:
        number = interrupt.args[0] if interrupt.args else signal.SIGINT
        say(f"{name}: {'interrupted' if number == signal.SIGINT else 'terminated'}")
        status = 128 + number
    sys.exit(status)
