# SPDX-License-Identifier: GPL-2.0
"""What the executor prints: a line an operation, `NUMBER KIND RESULT KEY=VALUE...`.

Owns taking it apart. A field that a rule is for has the rule's letter and `!` before its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ESCAPE = re.compile(rb"\\([0-7]{3})")
# The result of a step whose operands stood for nothing: no call was made.
VOID = "void"
SPECIAL = b" \t\n\\"


def unescape(text: str) -> bytes:
    """The bytes of a word, in which a backslash begins an octal number: a field's, or mountinfo's."""
    return ESCAPE.sub(lambda match: bytes([int(match[1], 8)]), text.encode("latin-1"))


def escape_mountinfo(text: bytes) -> bytes:
    """A field of mountinfo as the kernel prints it."""
    return b"".join(b"\\%03o" % byte if byte in SPECIAL else bytes([byte]) for byte in text)


@dataclass(frozen=True)
class Field:
    """One thing that was read."""

    rule: str  # its letter, or nothing
    key: str
    value: bytes


@dataclass(frozen=True)
class Line:
    """What came of one operation."""

    number: str
    kind: str
    result: str
    fields: tuple[Field, ...]


def parse(line: str) -> Line:
    """Take a line apart."""
    number, kind, result, *words = line.split(" ")
    return Line(number, kind, result, tuple(map(_field, words)))


def _field(word: str) -> Field:
    key, _, value = word.partition("=")
    rule, mark, rest = key.partition("!")
    if not mark:
        rule, rest = "", key
    return Field(rule, rest, unescape(value))


def programs(text: str) -> Iterator[tuple[str, list[str], bool]]:
    """Each program's name and lines, and whether its transcript comes to its end."""
    name: str | None = None
    lines: list[str] = []
    for line in text.splitlines():
        first, _, rest = line.partition(" ")
        if first == "program":
            if name is not None:
                yield name, lines, False
            name, lines = rest, []
        elif first == "end" and rest == name:
            yield name, lines, True
            name = None
        elif name is not None:
            lines.append(line)
    if name is not None:
        yield name, lines, False
