# SPDX-License-Identifier: GPL-2.0
"""When two transcripts are the same: line by line, but for what rows A5 and A6 of the contract say.

Mainline writes a path into a buffer of one page. What does not fit is cut without a word, in the
middle of a name if need be; only if the steps upwards at the beginning do not fit is there an error.
From the whole path, which the Rust side shows, follows what mainline must make of it; where the Rust
side refuses instead (/proc/PID/cpuset), the whole path stands beside it. Nothing else may differ.

Owns these rules. Source: kernfs_path_from_node_locked() in fs/kernfs/dir.c, and its callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from differential.transcript import Field, Line, escape_mountinfo, parse, unescape

# What the buffer holds beside the NUL.
ROOM = 4095
UP = b"/.."
DELETED = b" (deleted)"
TOO_LONG = "ENAMETOOLONG"
OUT_OF_RANGE = "ERANGE"


@dataclass(frozen=True)
class Difference:
    """The first line in which two transcripts are not the same."""

    index: int
    c: str
    rust: str


def in_mainline(whole: bytes) -> bytes | None:
    """What mainline makes of a path; nothing if it returns an error."""
    ups = 0
    while whole.startswith(UP, len(UP) * ups) and whole[len(UP) * (ups + 1) :][:1] in (b"", b"/"):
        ups += 1
    return None if len(UP) * ups > ROOM else whole[:ROOM]


def _proc_cgroup(whole: bytes) -> bytes | None:
    """A path as a line of /proc/PID/cgroup: what is said of a dead cgroup comes after the path."""
    path = whole.removesuffix(DELETED)
    cut = in_mainline(path)
    return None if cut is None else cut + whole[len(path) :]


def _mountinfo(whole: bytes) -> bytes | None:
    """The root field of mountinfo, which is cut before it is escaped."""
    cut = in_mainline(unescape(whole.decode("latin-1")))
    return None if cut is None else escape_mountinfo(cut)


FORMS = {"p": _proc_cgroup, "r": _mountinfo, "s": in_mainline}
# What a call that prints such a field returns if mainline cannot print the path.
ERRORS = {"cgroup": TOO_LONG, "mounts": OUT_OF_RANGE, "statmount": OUT_OF_RANGE}


def line_in_mainline(rust: Line) -> Line:
    """The line that mainline must have where the Rust side has this one."""
    fields: list[Field] = []
    for field in rust.fields:
        form = FORMS.get(field.rule)
        value = field.value if form is None else form(field.value)
        if value is None:
            # Of a table the lines before have come; all else is read as a whole.
            before = tuple(fields) if field.rule == "r" else ()
            return Line(rust.number, rust.kind, ERRORS[rust.kind], before)
        fields.append(Field(field.rule, field.key, value))
    return Line(rust.number, rust.kind, rust.result, tuple(fields))


def _same_cpuset(c: Line, rust: Line) -> bool:
    """/proc/PID/cpuset is refused where mainline cuts it: its cgroup's path, or that of one above.

    Of a task that has exited /proc/PID/cgroup says that it is in the root of v1, but its cpuset is still the
    one it was in: then only how much mainline shows can be told.
    """
    paths = [field.value.removesuffix(DELETED) for field in rust.fields if field.rule == "p"]
    beside = [_proc_cgroup(field.value) for field in rust.fields if field.rule == "p"]
    shown = [field.value for field in c.fields if field.rule == "c"]
    if rust.result == TOO_LONG and c.result == "ok":
        cut = [path[:ROOM] for path in paths if len(path) > ROOM]
        exited = any(field.key.startswith("h") and field.value == b"/" for field in rust.fields)
        full = exited and [len(path) for path in shown] == [ROOM]
        if not full and shown not in [[path] for path in cut]:
            return False
    elif (c.result, shown) != (
        rust.result,
        [field.value for field in rust.fields if field.rule == "c"],
    ):
        return False
    others = [field.value for field in c.fields if field.rule == "p"]
    return others == ([] if None in beside else beside)


def same_line(c: str, rust: str) -> bool:
    """Whether mainline may print `c` where the Rust side prints `rust`."""
    if c == rust:
        return True
    if len(rust) <= ROOM and len(c) <= ROOM:
        return False
    left, right = parse(c), parse(rust)
    if right.kind == "cpuset":
        return (left.number, left.kind) == (right.number, right.kind) and _same_cpuset(left, right)
    return left == line_in_mainline(right)


def compare(c: list[str], rust: list[str]) -> tuple[Difference | None, int]:
    """The first difference, if there is one; and to how many lines the rules were applied."""
    applied = 0
    for index, (left, right) in enumerate(zip_longest(c, rust, fillvalue="")):
        if left == right:
            continue
        if not left or not right or not same_line(left, right):
            return Difference(index, left, right), applied
        applied += 1
    return None, applied
