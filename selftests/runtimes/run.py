# SPDX-License-Identifier: GPL-2.0
"""Tries container runtimes in a guest, one after another, and prints KTAP.

    run.py [NAME...]

Owns the list, and the time that each has. What is asked of a runtime is its own module's.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import re
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable

import bubblewrap
import criu
import lxc
import nspawn
import oci
import podman
import rig
import util_linux
from suite import Broken, Suite

# A podman takes 15 s, emulated on a processor of its own; where others work there, too, ten times that.
LIMIT = 400.0

RUNTIMES: dict[str, Callable[[Suite], None]] = {
    "util-linux": util_linux.check,
    "runc": functools.partial(oci.check, "runc"),
    "crun": functools.partial(oci.check, "crun"),
    "podman": podman.rootful,
    "podman-rootless": podman.rootless,
    "LXC": lxc.check,
    "bubblewrap": bubblewrap.check,
    "systemd-nspawn": nspawn.check,
    "CRIU": criu.check,
}


def child(name: str) -> int:
    """The checks of one runtime, in a process of its own."""
    suite = Suite(name)
    try:
        rig.join(f"/{name.lower()}/{rig.STARTER}")
        RUNTIMES[name](suite)
    except (Broken, OSError, KeyError, ValueError, IndexError) as error:
        if not isinstance(error, Broken):
            traceback.print_exc(file=sys.stdout)
        suite.check("runs to its end", str(error).splitlines()[:1], [])
    return 0 if suite.finish() else 1


def follow(out: int, limit: float) -> bool:
    """Pass on what a child prints until it ends; False if the limit is reached before."""
    deadline = time.monotonic() + limit
    text = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([out], [], [], left)[0]:
            continue
        chunk = os.read(out, 1 << 16)
        if not chunk:
            return True
        text += chunk
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    number = len(re.findall(rb"^    (?:not )?ok ", text, re.MULTILINE)) + 1
    begun = "" if text.endswith(b"\n") else "\n"
    print(f"{begun}    not ok {number} ends within its limit of {limit:g} s")
    print(f"    1..{number}", flush=True)
    return False


def one(number: int, name: str, limit: float) -> bool:
    """Try one runtime; return whether all is good. Nothing of it is left, whatever happened."""
    start = time.monotonic()
    out, end = os.pipe()
    pid = os.fork()
    if not pid:
        os.setsid()
        os.dup2(end, 1)
        os.dup2(end, 2)
        os.close(out)
        os.close(end)
        status = 1
        try:
            status = child(name)
        finally:
            sys.stdout.flush()
            os._exit(status)
    os.close(end)
    follow(out, limit)
    os.close(out)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    good = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    try:
        rig.clear()
    except Broken as error:
        print(f"    # {error}")
        good = False
    print(f"    # seconds: {time.monotonic() - start:.1f}")
    print(f"{'ok' if good else 'not ok'} {number} {name}", flush=True)
    return good


def fail(words: str) -> int:
    """A wish that cannot be granted."""
    print(f"run.py: {words}", file=sys.stderr)
    return 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py", description="Try container runtimes.")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds that each has")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in RUNTIMES]
    if unknown:
        return fail(f"{unknown[0]}: no such runtime; there are {', '.join(RUNTIMES)}")
    if not rig.in_guest():
        return fail("this is no guest, and here it would end other people's tasks")
    names = options.names or list(RUNTIMES)
    rig.prepare()
    print("KTAP version 1", f"1..{len(names)}", sep="\n", flush=True)
    good = [one(number, name, options.limit) for number, name in enumerate(names, 1)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
