# SPDX-License-Identifier: GPL-2.0
"""What a program is made of: operations, and how a program is written.

The executor has the same list, in selftests/differential/operations.c, which says what the letters
of the operands mean; a test compares both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

OPERANDS = {
    # The tree of cgroups
    "mkdir": "dDs",
    "lookup": "dDs",
    "chain": "dDxx",
    "rmdir": "d",
    "rename": "dds",
    "list": "d",
    "stat": "d",
    "chown": "dx",
    "forget": "d",
    # Files of a cgroup, and descriptors
    "get": "ds",
    "put": "dss",
    "attach": "dst",
    "open": "dsFx",
    "read": "f",
    "write": "fs",
    "move": "ft",
    "close": "f",
    "handle": "dF",
    # Tasks and who they are
    "clone": "Txd",
    "thread": "T",
    "exit": "x",
    "reap": "t",
    "become": "x",
    "disarm": "",
    "maps": "x",
    # Namespaces
    "unshare": "x",
    "nsopen": "tsF",
    "pidfd": "tF",
    "setns": "fx",
    "nsinfo": "f",
    "nshandle": "fF",
    "link": "ts",
    "listns": "",
    "limit": "s",
    # Mounts
    "mount": "mss",
    "fsmount": "mss",
    "remount": "ms",
    "bind": "dm",
    "umount": "mx",
    "root": "mD",
    "statmount": "m",
    # What /proc shows of a task
    "cgroup": "t",
    "cpuset": "t",
    "mounts": "t",
}

# What no kernel refuses to anybody: closing, ending, dropping, asking for what one may see. A list of
# a removed cgroup is refused, but the C library calls that an empty one.
NEVER_REFUSED = frozenset(("list", "forget", "close", "exit", "disarm", "listns", "root"))

# Numbers that the executor has room for.
TASKS = 64
DIRS = 640
FILES = 64
POINTS = 16

ENTRY = re.compile(r'^\t\{ "(\w+)", "(\w*)", op_\1 \},$', re.MULTILINE)


def listed(text: str) -> dict[str, str]:
    """The operations that the executor's list has, with their operands."""
    return dict(ENTRY.findall(text))


@dataclass(frozen=True)
class Step:
    """One operation of a task: its operands are numbers and byte strings."""

    task: int
    kind: str
    operands: tuple[int | bytes, ...]

    def __post_init__(self) -> None:
        wanted = OPERANDS[self.kind]
        strings = tuple(isinstance(operand, bytes) for operand in self.operands)
        if strings != tuple(letter == "s" for letter in wanted):
            raise ValueError(f"{self.kind} takes {wanted!r}, not {self.operands}")

    def __str__(self) -> str:
        words = [str(self.task), self.kind]
        for operand in self.operands:
            words.append(_quoted(operand) if isinstance(operand, bytes) else str(operand))
        return " ".join(words)


def _quoted(text: bytes) -> str:
    if text == b"-":
        return "%2D"
    return quote_from_bytes(text, safe="+/,=") or "-"


@dataclass(frozen=True)
class Program:
    """Steps under a name: that of a program that was generated is its seed."""

    name: str
    steps: tuple[Step, ...]

    def text(self) -> str:
        """As the executor reads it."""
        return "\n".join([f"program {self.name}", *map(str, self.steps), "end", ""])
