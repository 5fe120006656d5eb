# SPDX-License-Identifier: GPL-2.0
"""A seed becomes a program: the same seed the same one, for ever.

Owns how often each operation comes, and how its operands are chosen: mostly so that it can succeed,
often enough so that it is refused. Every choice is taken from one stream of random numbers, and in an
order that nothing else has a part in; a change to this file makes other programs of all seeds.
"""

from __future__ import annotations

from differential import kinds
from differential.choices import MAKERS, Choices
from differential.kinds.mounts import delegate
from differential.kinds.proc import look_around
from differential.kinds.tree import dig
from differential.operations import Program

# How often each operation comes, in a program that does all kinds of things.
WEIGHTS = {
    "mkdir": 60,
    "lookup": 6,
    "chain": 0,
    "rmdir": 24,
    "rename": 8,
    "list": 4,
    "stat": 6,
    "chown": 8,
    "forget": 3,
    "get": 14,
    "put": 34,
    "attach": 70,
    "open": 22,
    "read": 8,
    "write": 16,
    "move": 22,
    "close": 4,
    "handle": 6,
    "clone": 24,
    "thread": 7,
    "exit": 9,
    "reap": 7,
    "become": 3,
    "disarm": 2,
    "maps": 4,
    "unshare": 26,
    "nsopen": 14,
    "pidfd": 6,
    "setns": 20,
    "nsinfo": 8,
    "nshandle": 5,
    "link": 20,
    "listns": 5,
    "limit": 2,
    "mount": 8,
    "fsmount": 4,
    "remount": 5,
    "bind": 4,
    "umount": 4,
    "root": 8,
    "statmount": 8,
    "cgroup": 70,
    "cpuset": 10,
    "mounts": 14,
}

# Themes that a program may have: what comes more often than usual, and how many programs have it.
THEMES: tuple[tuple[float, dict[str, int]], ...] = (
    (0.2, {"chain": 16, "mkdir": 80, "mounts": 30, "statmount": 16}),
    (0.35, {"mount": 20, "fsmount": 8, "root": 12, "rename": 24, "umount": 8}),
    (0.30, {"unshare": 40, "maps": 20, "setns": 30, "nsinfo": 20}),
    (0.20, {"thread": 20, "exit": 14, "reap": 12}),
    (0.25, {"put": 70, "write": 40, "open": 40, "remount": 12}),
)
# Of all programs: some in which namespaces are boundaries.
DELEGATED = 0.4
# Of all programs: some in which a path goes up so far that mainline refuses it.
ABYSS = 0.01
# Of all steps: some in which every task looks at every other.
LOOK_AROUND = 0.006

assert kinds  # what is imported for its makers


def program(seed: int, operations: int) -> Program:
    """The program of a seed, with so many operations."""
    c = Choices(seed)
    weights = dict(WEIGHTS)
    for chance, theme in THEMES:
        if c.chance(chance):
            weights |= theme
    if c.chance(DELEGATED):
        delegate(c)
    if c.chance(ABYSS):
        dig(c)
    while len(c.made) < operations:
        if c.chance(LOOK_AROUND):
            look_around(c)
        kind = c.random.choices(list(weights), list(weights.values()))[0]
        MAKERS[kind](c, c.actor())
    return Program(str(seed), tuple(c.made[:operations]))
