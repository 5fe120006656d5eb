# SPDX-License-Identifier: GPL-2.0
"""What clippy, rustdoc and sparse say of our files as the kernel compiles them.

Each checker gets the command line that kbuild left beside the object, so that it sees the
configuration, the crates and the headers that the object was made with, and nothing is built
twice. That is what CLIPPY=1, rustdoc and C=2 do, for our files only.

Owns those command lines and which messages count. Knows nothing of how the objects were built.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from progress import Failure

HOME = "kernel/cgroup/ns"
CRATE = f"{HOME}/cgroup_ns.o"
HELPERS = "rust/helpers/helpers.c"
INCLUDE = re.compile(r'^\+?#include "(?:\S*/)?(\S+\.c)"$', re.MULTILINE)
ASSIGNMENT = re.compile(r"(\w+)=(.*)", re.DOTALL)
MESSAGE = re.compile(r"([^\s:]+):(\d+):(\d+): (.*)")
HOOKED = re.compile(r"^\+\+\+ b/(\S+\.c)$", re.MULTILINE)
# As the kernel's Makefile has them in CHECKFLAGS. The last two stand for what sparse 0.6.4
# does not know: C23's operator, and that the length of a literal is a constant.
SPARSE = (
    *("sparse", "-fmax-warnings=unlimited"),
    *("-D__linux__", "-Dlinux", "-D__STDC__", "-Dunix", "-D__unix__", "-Wbitwise"),
    *("-Wno-return-void", "-Wno-unknown-attribute", "-D__x86_64__", "--arch=x86_64", "-m64"),
    *("-D__typeof_unqual__=__typeof__", "-D_Static_assert(...)="),
)


@dataclass(frozen=True)
class Command:
    """A compiler's command line as kbuild left it."""

    environment: dict[str, str]
    compiler: str
    arguments: list[str]  # without the source
    source: str


def saved(build: Path, target: str) -> Command:
    """How `target`, a name in a build directory, was compiled. Raises Failure if it was not."""
    file = build / target
    file = file.parent / f".{file.name}.cmd"
    if not file.exists():
        raise Failure(f"{target} was not built in {build.name}: nothing to check")
    return parse(file.read_text())


def parse(text: str) -> Command:
    """Read a .cmd file: the first of the commands in its first line."""
    lexer = shlex.shlex(
        text.splitlines()[0].partition(" := ")[2], posix=True, punctuation_chars=";"
    )
    lexer.whitespace_split = True
    lexer.commenters = ""
    words = list(lexer)
    if ";" in words:
        del words[words.index(";") :]
    environment: dict[str, str] = {}
    while words and (match := ASSIGNMENT.fullmatch(words[0])):
        environment[match[1]] = match[2]
        del words[0]
    if words[0].endswith("ccache"):
        del words[0]
    return Command(environment, words[0], words[1:-1], words[-1])


def without(arguments: Iterable[str], *options: str) -> list[str]:
    """The arguments without these options: one that ends in = is one word, others take the next along."""
    left: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in options:
            next(words, None)
        elif not any(option.endswith("=") and word.startswith(option) for option in options):
            left.append(word)
    return left


def _run(argv: Sequence[str], build: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        argv,
        cwd=build,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def clippy(build: Path, src: Path) -> str:
    """What clippy says of our crate; nothing if it is content."""
    command = saved(build, CRATE)
    arguments = without(command.arguments, "--emit=", "--out-dir")
    environment = command.environment | {"CLIPPY_CONF_DIR": str(src), "RUSTC_BOOTSTRAP": "1"}
    with tempfile.TemporaryDirectory() as out:
        argv = ["clippy-driver", *arguments, "-Dwarnings", "--emit=metadata", "--out-dir", out]
        status, text = _run([*argv, command.source], build, environment)
    return text or (f"clippy ended with status {status}" if status else "")


def rustdoc(build: Path) -> str:
    """What rustdoc says of our crate's documentation, that of private items included."""
    command = saved(build, CRATE)
    arguments = without(command.arguments, "--emit=", "--out-dir", "--crate-type")
    with tempfile.TemporaryDirectory() as out:
        argv = ["rustdoc", *arguments, "-Dwarnings", "--document-private-items"]
        argv += ["--crate-name", "cgroup_ns", "-o", out, command.source]
        status, text = _run(argv, build, command.environment | {"RUSTC_BOOTSTRAP": "1"})
    return text or (f"rustdoc ended with status {status}" if status else "")


def sparse(build: Path, src: Path, pristine: Path, hooks: str) -> list[str]:
    """What sparse says of our C files, and of C files with `hooks` that it says not of `pristine`'s."""
    said: list[str] = []
    files = sorted((src / HOME).rglob("*.c"))
    # Part of another file, and looked at there, as our helpers are.
    parts = INCLUDE.findall("\n".join([hooks, *(file.read_text() for file in files)]))
    for file in files:
        if file.name not in parts:
            said += ours(_sparse(build, str(file.relative_to(src)), file), src)
    for name in sorted(set(HOOKED.findall(hooks))):
        said += added(
            _sparse(build, name, src / name), _sparse(build, name, pristine / name), src, pristine
        )
    return said


def _sparse(build: Path, name: str, file: Path) -> str:
    """Sparse's words on `file`, looked at as the C file `name` was compiled."""
    command = saved(build, f"{name.removesuffix('.c')}.o")
    arguments = without(command.arguments, "-o")
    arguments.remove("-c")
    # Of inline functions that nothing calls, as all helpers are then, it would say nothing.
    arguments += ["-D__BINDGEN__", "-Wno-decl"] if name == HELPERS else []
    # Beside what it looks for, sparse looks into the file's own directory: so the pristine one's.
    status, text = _run([*SPARSE, *arguments, str(file)], build, {})
    if status:
        raise Failure(f"sparse ended with status {status} on {name}: {text.strip()[-200:]}")
    return text


def ours(text: str, src: Path) -> list[str]:
    """The messages about files of ours."""
    rows = text.splitlines()
    return [row for row in rows if MESSAGE.match(row) and row.startswith(f"{src / HOME}/")]


def added(text: str, before: str, src: Path, pristine: Path) -> list[str]:
    """The messages that a file's pristine form did not give, wherever in the file they were."""
    known = Counter(_placeless(row, pristine) for row in before.splitlines() if MESSAGE.match(row))
    new: list[str] = []
    for row in text.splitlines():
        if not MESSAGE.match(row):
            continue
        key = _placeless(row, src)
        if known[key]:
            known[key] -= 1
        else:
            new.append(row)
    return new


def _placeless(row: str, tree: Path) -> str:
    """A message without the tree, line and column that it names."""
    match = MESSAGE.match(row)
    assert match
    return f"{match[1].removeprefix(f'{tree}/')}: {match[4]}"
