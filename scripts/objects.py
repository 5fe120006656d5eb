# SPDX-License-Identifier: GPL-2.0
"""What compiled objects show: that two builds are the same, and that no panic can be reached.

Owns the reading of object files. Knows nothing of how they were built.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# WARN_ON() notes the number of its line there, and a hook moves lines.
LINE_NUMBERS = "__bug_table"
# The name of an initcall's symbol ends in the number of its line: symbols are compared by llvm-nm.
SYMBOLS = (".symtab", ".strtab")
INITCALL = re.compile(r"(__initcall__kmod_\w+?__\d+_)\d+(?=_)")
BLOCK = re.compile(
    r"^(?:Contents of section|RELOCATION RECORDS FOR) \[?([^]:]+)\]?:$", re.MULTILINE
)
PANIC = re.compile(r"core9panicking|core::panicking|rust_begin_unwind")


class Mismatch(Exception):
    """Objects are not what they must be: says which, and how."""


def _run(*argv: str | Path) -> str:
    command = [str(arg) for arg in argv]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _disassembly(path: Path) -> list[str]:
    """Code with its relocations; without the first line, which names the file."""
    text = _run("llvm-objdump", "-d", "-r", "--no-show-raw-insn", path)
    return [line for line in text.splitlines() if "file format" not in line]


def _contents(path: Path) -> list[str]:
    """Every section with its relocations, and the symbols, but for line numbers."""
    _, *blocks = BLOCK.split(INITCALL.sub(r"\1", _run("llvm-objdump", "-s", "-r", path)))
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    sections = [name + text for name, text in pairs if name not in (LINE_NUMBERS, *SYMBOLS)]
    return [*sections, INITCALL.sub(r"\1", _run("llvm-nm", "--print-size", path))]


def same(ours: Path, theirs: Path, directories: tuple[str, ...]) -> int:
    """How many objects of `directories` the two build directories share, all of them the same.

    Compares disassemblies, then everything else that the objects hold but line numbers. Raises
    Mismatch when an object differs or stands on one side only.
    """
    count = 0
    for directory in directories:
        names = {path.name for build in (ours, theirs) for path in (build / directory).glob("*.o")}
        for name in sorted(names - {"built-in.a"}):
            pair = ours / directory / name, theirs / directory / name
            for path in pair:
                if not path.exists():
                    raise Mismatch(f"{directory}/{name} is built on one side only")
            if pair[0].read_bytes() == pair[1].read_bytes():
                count += 1
                continue
            if _disassembly(pair[0]) != _disassembly(pair[1]):
                raise Mismatch(f"{directory}/{name} disassembles differently")
            if _contents(pair[0]) != _contents(pair[1]):
                raise Mismatch(f"{directory}/{name} differs in its data")
            count += 1
    if not count:
        raise Mismatch(f"nothing was built in {', '.join(directories)}")
    return count


def symbols(path: Path) -> list[str]:
    """The names of all that an object defines or refers to."""
    return [line.split()[-1] for line in _run("llvm-nm", path).splitlines()]


def panic_references(path: Path) -> list[str]:
    """The symbols of panics that an object refers to."""
    return [name for name in symbols(path) if PANIC.search(name)]


def function_sizes(path: Path) -> dict[str, int]:
    """How many bytes of code each function of an object has."""
    lines = [line.split() for line in _run("llvm-nm", "--print-size", path).splitlines()]
    return {line[3]: int(line[1], 16) for line in lines if len(line) == 4 and line[2] in "Tt"}


def functions(path: Path) -> set[str]:
    """The names of the functions that an object has, global ones and others."""
    return set(function_sizes(path))
