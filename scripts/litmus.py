# SPDX-License-Identifier: GPL-2.0
"""The litmus tests of docs/litmus by herd7, under the memory model of the kernel's source.

    litmus.py [FILE...]     print the verdict on each; without a name on all

Owns herd7, which it brings into the cache, and what its words mean.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import debs
import progress
import source
from progress import CACHE, Failure
from results import Result

TESTS = Path(__file__).resolve().parent.parent / "docs" / "litmus"
# herd7 is no part of the toolbox's suite, and wants a newer C library than that has.
SUITE = "sid"
# What is taken of which package, of which the first names the version.
PARTS = {
    "herdtools7": ("./usr/bin/herd7", "./usr/share/herdtools7/herd"),
    "libc6": ("./usr/lib/x86_64-linux-gnu",),
}
LIMIT = 30.0
EXPECTED = re.compile(r"^ \* Result: (Never|Sometimes|Always)$", re.MULTILINE)
OBSERVED = re.compile(r"^Observation \S+ (Never|Sometimes|Always) ", re.MULTILINE)


def herd() -> list[str]:
    """The command that starts herd7, brought here if need be. Raises Failure if it cannot be had."""
    home = next(CACHE.glob("herd7-*[0-9]"), None) or _bring()
    libraries = home / "usr/lib/x86_64-linux-gnu"
    return [
        *(str(libraries / "ld-linux-x86-64.so.2"), "--library-path"),
        f"{libraries}:/usr/lib/x86_64-linux-gnu",
        *(str(home / "usr/bin/herd7"), "-set-libdir", str(home / "usr/share/herdtools7/herd")),
    ]


def _bring() -> Path:
    """herd7 and its C library into a directory that carries the version; whole, or not at all."""
    partial = CACHE / "herd7.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        apt = debs.Apt(partial, SUITE)
        if not debs.update(apt):
            raise debs.unreachable(f"index of {SUITE}")
        tree = partial / "tree"
        tree.mkdir()
        versions: list[str] = []
        for package, parts in PARTS.items():
            file = debs.fetch(apt, package)
            _unpack(file, tree, parts)
            versions.append(file.name.split("_")[1])
        return tree.rename(CACHE / f"herd7-{versions[0]}")
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unpack(package: Path, tree: Path, parts: tuple[str, ...]) -> None:
    pipeline = 'set -o pipefail; dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" "${@:3}"'
    phase = f"unpack {package.name.partition('_')[0]}"
    progress.run(phase, ["bash", "-c", pipeline, "unpack", package, tree, *parts])


def expected(test: Path) -> str:
    """The verdict that a test states."""
    match = EXPECTED.search(test.read_text())
    if not match:
        raise Failure(f'{test.name} states no result: a line " * Result: Never" (or Sometimes)')
    return match[1]


def verdict(test: Path, command: list[str]) -> Result:
    """Let herd7 judge one test, and compare with what the test states."""
    wanted = expected(test)
    model = source.find().path / "tools/memory-model"
    try:
        done = subprocess.run(
            [*command, "-conf", "linux-kernel.cfg", str(test)],
            cwd=model,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(test.stem, "failed", f"no verdict within {LIMIT:g} s")
    return judge(test.stem, wanted, done.stdout, done.stderr)


def judge(name: str, wanted: str, text: str, complaint: str) -> Result:
    """What herd7's words mean for a test that wants a verdict."""
    found = OBSERVED.search(text)
    if not found or complaint:
        words = (complaint or text).strip().splitlines() or ["no word from herd7"]
        return Result(name, "failed", words[0])
    if found[1] != wanted:
        return Result(name, "failed", f"{found[1]}, and not {wanted}")
    return Result(name, "passed")


def main() -> int:
    command = herd()
    files = [Path(name) for name in sys.argv[1:]] or sorted(TESTS.glob("*.litmus"))
    verdicts = [verdict(file.resolve(), command) for file in files]
    for file, result in zip(files, verdicts, strict=True):
        print(f"{result.name:<32} {result.why or expected(file)}")
    return 0 if all(result.outcome == "passed" for result in verdicts) else 1


if __name__ == "__main__":
    progress.main(main)
