# SPDX-License-Identifier: GPL-2.0
"""How much there is of what: lines per layer, unsafe code, shims, hooks; and the limits they keep.

    figures.py      print the table; status 1 if a limit is passed

Owns the limits. Reads sources and hook patches; an object's size where one is built.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import progress

PROJECT = Path(__file__).resolve().parent.parent
OBJECT = "kernel/cgroup/ns/cgroup_ns.o"
FILE_LINES = 300
SHIM_LINES = 150
HOOK_LINES = 200
# The licence is not ours to shorten; the rest is made, not written.
NOT_OURS = {"COPYING", ".git", "build", "target", "Cargo.lock", "__pycache__", ".ruff_cache"}
# A comment, a string or a character, whichever begins first. Rust's block comments nest: see below.
TOKEN = re.compile(
    r"""
    //[^\n]* | /\*                                  # a line's comment, a block's beginning
    | "(?:[^"\\]|\\.)*"                             # "text"
    | \bb?c?r(?P<hash>\#*)".*?"(?P=hash)            # r#"raw text"#
    | '(?:[^'\\]|\\.[^']*)'                         # 'c', which no lifetime looks like
    """,
    re.DOTALL | re.VERBOSE,
)
UNSAFE = re.compile(r"\bunsafe\b")
UNSAFE_BLOCK = re.compile(r"\bunsafe\s*\{")


@dataclass(frozen=True)
class Figure:
    """One row of the table; with a limit, one that must not be passed."""

    what: str
    value: int | str
    limit: int | None = None

    @property
    def kept(self) -> bool:
        """Whether the limit is kept, if there is one."""
        return self.limit is None or (isinstance(self.value, int) and self.value <= self.limit)


def code(text: str) -> str:
    """Rust or C without comments, and with empty strings; every line stays where it is."""
    out: list[str] = []
    place = 0
    while match := TOKEN.search(text, place):
        out.append(text[place : match.start()])
        place = match.end()
        if match[0] == "/*":
            place = _comment_end(text, place)
        gap = text[match.start() : place]
        out.append("" if gap[0] == "/" else '""')
        out.append("\n" * gap.count("\n"))
    return "".join([*out, text[place:]])


def _comment_end(text: str, place: int) -> int:
    """Where the block comment ends whose inside begins at `place`."""
    depth = 1
    for match in re.compile(r"/\*|\*/").finditer(text, place):
        depth += 1 if match[0] == "/*" else -1
        if not depth:
            return match.end()
    return len(text)


def lines(files: Iterable[Path]) -> int:
    """Lines of code: neither blank nor comment."""
    return sum(bool(line.strip()) for file in files for line in code(file.read_text()).splitlines())


def layers(rust: Path) -> dict[str, list[Path]]:
    """The Rust files that the kernel compiles, by layer."""
    found: dict[str, list[Path]] = {"logic": [], "safe": [], "abi": []}
    for file in sorted(rust.rglob("*.rs")):
        top = file.relative_to(rust).parts[0]
        if top in ("host", "tests", "target"):
            continue
        layer = top.removesuffix(".rs")
        found[layer if layer in found else "safe"].append(file)
    return found


def stray_unsafe(rust: Path) -> Iterator[str]:
    """Where the word unsafe stands outside of abi/, as file:line."""
    for files in layers(rust).values():
        for file in files:
            if file.relative_to(rust).parts[0] == "abi":
                continue
            for number, line in enumerate(code(file.read_text()).splitlines(), 1):
                if UNSAFE.search(line):
                    yield f"{file.relative_to(rust.parent)}:{number}"


def hook_lines(patches: Iterable[Path]) -> int:
    """Lines that patches add or take away."""
    changed = re.compile(r"^(?:\+(?!\+\+ )|-(?!-- ))", re.MULTILINE)
    return sum(len(changed.findall(patch.read_text())) for patch in patches)


def long_files(project: Path) -> Iterator[str]:
    """Files that are longer than a file may be. A drawing is not written by hand."""
    for path in sorted(project.rglob("*")):
        if NOT_OURS & set(path.relative_to(project).parts) or not path.is_file():
            continue
        if path.suffix == ".svg":
            continue
        count = len(path.read_bytes().splitlines())
        if count > FILE_LINES:
            yield f"{path.relative_to(project)}: {count} lines"


def text_size() -> Figure | None:
    """Bytes of code in the newest of our objects that are built, and in which kernel that is."""
    built = (progress.CACHE / "build").glob(f"*/*/{OBJECT}")
    newest = max(built, key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        return None
    words = subprocess.run(["llvm-size", newest], check=True, capture_output=True, text=True)
    flavour = newest.relative_to(progress.CACHE / "build").parts[1]
    return Figure(f"text of cgroup_ns.o, {flavour}, bytes", int(words.stdout.split()[6]))


def table(project: Path = PROJECT) -> list[Figure]:
    """All figures of the sources."""
    rust = project / "rust"
    rows: list[Figure] = []
    for layer, files in layers(rust).items():
        blocks = sum(len(UNSAFE_BLOCK.findall(code(file.read_text()))) for file in files)
        rows.append(Figure(f"{layer}: lines of Rust", lines(files)))
        rows.append(Figure(f"{layer}: unsafe blocks", blocks))
    strays = list(stray_unsafe(rust))
    rows.append(Figure(f"unsafe outside abi/{_named(strays)}", len(strays), 0))
    shims = lines([*rust.glob("*.c"), *rust.glob("*.h")])
    rows.append(Figure("C shims: lines", shims, SHIM_LINES))
    hooks = hook_lines((project / "scripts/hooks").glob("*.patch"))
    rows.append(Figure("hooks: lines changed", hooks, HOOK_LINES))
    long = list(long_files(project))
    rows.append(Figure(f"files of more than {FILE_LINES} lines{_named(long)}", len(long), 0))
    return rows


def _named(found: list[str]) -> str:
    return f" ({', '.join(found)})" if found else ""


def main() -> int:
    rows = table()
    if size := text_size():
        rows.append(size)
    for row in rows:
        limit = "" if row.limit is None else f"  at most {row.limit}"
        mark = "" if row.kept else "  <-- too much"
        print(f"{row.what:<40} {row.value:>6}{limit}{mark}")
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
