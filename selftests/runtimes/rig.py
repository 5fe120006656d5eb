# SPDX-License-Identifier: GPL-2.0
"""The guest around a runtime: what can be written in it, cgroups, trees for containers, commands with a time limit.

Knows nothing of any runtime.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from suite import Broken

CGROUP = Path("/sys/fs/cgroup")
PROBE = Path(__file__).resolve().with_name("probe.sh")
RUN = Path("/run/runtimes")
CONTROLLERS = "+cpu +memory +pids"
LIMIT = 120.0
# As a runtime is started: in a cgroup of its user's, beside that of the container.
STARTER = "starter"
USER = 1000


def in_guest() -> bool:
    """Whether this is a guest of ours: nowhere else may cgroups be emptied and /etc be covered."""
    return "virtme.exec=" in Path("/proc/cmdline").read_text()


def prepare() -> None:
    """Make the guest one that a distribution's user would know; once a boot."""
    for directory in ("etc", "var"):
        upper, work = RUN / f"{directory}.upper", RUN / f"{directory}.work"
        upper.mkdir(parents=True)
        work.mkdir()
        options = f"lowerdir=/{directory},upperdir={upper},workdir={work}"
        command("mount", "-t", "overlay", "-o", options, "overlay", f"/{directory}")
    command("mount", "--make-rshared", "/")
    for file, line in {
        "passwd": f"user:x:{USER}:{USER}::/home/user:/bin/sh",
        "group": f"user:x:{USER}:",
        "subuid": "user:100000:65536",
        "subgid": "user:100000:65536",
    }.items():
        with Path("/etc", file).open("a") as out:
            out.write(f"{line}\n")
    write(CGROUP / "cgroup.subtree_control", CONTROLLERS)


def write(file: Path, text: str) -> None:
    """Write a line into a file of the kernel's, or break off."""
    try:
        file.write_text(f"{text}\n")
    except OSError as error:
        raise Broken(f"{text} into {file}: {error.strerror}") from error


def cgroup(path: str, controllers: str = CONTROLLERS) -> Path:
    """Make a cgroup, /a/b, whose parents hand out the controllers."""
    where = CGROUP
    for name in path.strip("/").split("/"):
        if where != CGROUP:
            write(where / "cgroup.subtree_control", controllers)
        where /= name
        where.mkdir(exist_ok=True)
    return where


def join(path: str) -> None:
    """Move this process, and what it starts, into a cgroup that may be yet to be made."""
    write(cgroup(path) / "cgroup.procs", str(os.getpid()))


def tree(where: str, *, whole: bool = False) -> Path:
    """Make a container's root: directories and the probe; with `whole` what no runtime will mount in it, too."""
    root = RUN / where
    for name in ("usr", "proc", "sys", "dev", "tmp", "etc", "run", "root", "hostproc", "bundle"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    shutil.copy(PROBE, root / "probe.sh")
    if whole:
        command("mount", "--bind", root, root)
        for name, there in {"usr": "usr", "dev": "dev", "proc": "hostproc"}.items():
            command("mount", "--rbind", f"/{name}", root / there)
    return root


def attempt(*argv: str | Path, limit: float = LIMIT, **options: object) -> tuple[int, str]:
    """Run a command; return its status and what it printed."""
    # Not a pipe: a container that stays would keep it open.
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        with subprocess.Popen(
            [str(arg) for arg in argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        ) as process:
            try:
                status = process.wait(timeout=limit)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise Broken(f"no end in {limit:g} s: {_words(argv)}") from None
        out.seek(0)
        return status, out.read()


def command(*argv: str | Path, limit: float = LIMIT, status: int = 0, **options: object) -> str:
    """Run a command that ends with that status; return what it printed."""
    ended, output = attempt(*argv, limit=limit, **options)
    if ended != status:
        last = (output.strip().splitlines() or ["nothing said"])[-1]
        raise Broken(f"status {ended}: {_words(argv)}: {last}")
    return output


def _words(argv: Sequence[str | Path]) -> str:
    text = " ".join(str(arg) for arg in argv)
    return text if len(text) < 120 else f"{text[:117]}..."


@contextlib.contextmanager
def background(*argv: str | Path, ready: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that stays while the caller looks, once `ready` is there; then it is ended with its session."""
    with (
        output.open("wb") as out,
        subprocess.Popen(
            [str(arg) for arg in argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            wait_for(f"{ready.name}, by {_words(argv)}", lambda: _is_ready(process, ready, output))
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _is_ready(process: subprocess.Popen[bytes], ready: Path, output: Path) -> bool:
    if process.poll() is not None:
        last = output.read_text(errors="replace").strip().splitlines()[-1:]
        raise Broken(f"ended with status {process.returncode} at its start: {last}")
    return ready.exists()


def wait_for(what: str, test: Callable[[], object], limit: float = LIMIT) -> None:
    """Wait until the test is true."""
    deadline = time.monotonic() + limit
    while not test():
        if time.monotonic() > deadline:
            raise Broken(f"not in {limit:g} s: {what}")
        time.sleep(0.05)


def first_process(path: str) -> int:
    """The first process of a PID namespace next below ours, in a cgroup or below it."""
    for procs in sorted((CGROUP / path.strip("/")).glob("**/cgroup.procs")):
        for pid in procs.read_text().split():
            with contextlib.suppress(OSError):
                numbers = re.search(r"^NSpid:\t(.*)$", read(f"/proc/{pid}/status"), re.MULTILINE)
                if numbers and numbers[1].split()[1:] == ["1"]:
                    return int(pid)
    raise Broken(f"no container has its first process in {path}")


def read(file: str | Path) -> str:
    """A file's text without its last newline."""
    return Path(file).read_text().rstrip("\n")


def sections(text: str) -> dict[str, list[str]]:
    """What the probe printed, by the headings of its parts; a part that did not come is empty."""
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in text.splitlines():
        if line.startswith("== "):
            name = line[3:]
        else:
            found[name].append(line)
    return found


def clear() -> None:
    """End every task that is in a cgroup below the root, and remove the cgroups."""
    for top in CGROUP.iterdir():
        if top.is_dir():
            write(top / "cgroup.kill", "1")
    wait_for("all cgroups gone", _all_gone, 10.0)


def _all_gone() -> bool:
    for directory in sorted(CGROUP.glob("**/"), reverse=True):
        if directory != CGROUP:
            with contextlib.suppress(OSError):
                directory.rmdir()
    return not any(path.is_dir() for path in CGROUP.iterdir())
