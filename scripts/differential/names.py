# SPDX-License-Identifier: GPL-2.0
"""Names of cgroups: short ones that collide, strange ones, ones of every length, refused ones.

Owns which kinds there are and how often each is tried.
"""

from __future__ import annotations

from random import Random

# The longest that file systems usually take.
LONGEST = 255
SHORT = (b"a", b"b", b"c", b"d", b"x", b"y")
# What breaks a line or a field of /proc, looks as if it were escaped, or as if it were something else.
STRANGE = (
    b" ",
    b"\t",
    b"\\",
    b"a b",
    b"a\tb",
    b"a\\b",
    b"\\040",
    b"\\",
    b"\\\\ \\",
    b" lead",
    b"trail ",
    b"...",
    b"..a",
    b".hidden",
    b"a:b",
    b"0::",
    b"a=b,c",
    b"#",
    b"-",
    b"%41",
    b"\x01\x7f",
    b"\xc3\xa4",
    b"\xff\xfe",
    b"(deleted)",
)
REFUSED = (
    b"",
    b".",
    b"..",
    b"/",
    b"a/b",
    b"../a",
    b"\n",
    b"a\nb",
    b"cgroup.procs",
    b"cgroup.controllers",
    b"tasks",
    b"notify_on_release",
    b"n" * 4096,
)
# Longer than a file system's names are; cgroups take them.
LONGER = (256, 290)
ALPHABET = b"abcdefghijklmnopqrstuvwxyz0123456789 \t\\._-"


def of_length(random: Random, length: int) -> bytes:
    """A name of so many bytes, which is none that means something already."""
    return b"n" + bytes(random.choice(ALPHABET) for _ in range(length - 1))


def good(random: Random) -> bytes:
    """A name that is accepted, unless there is one like it."""
    kind = random.random()
    if kind < 0.6:
        return random.choice(SHORT)
    if kind < 0.8:
        return random.choice(STRANGE)
    if kind < 0.9:
        return b"n%d" % random.randrange(1000)
    if kind < 0.91:
        return of_length(random, random.choice(LONGER))
    return of_length(random, random.randint(1, LONGEST))


def refused(random: Random) -> bytes:
    """A name that is not."""
    return random.choice(REFUSED)
