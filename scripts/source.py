# SPDX-License-Identifier: GPL-2.0
"""The kernel's source: Debian's, unpacked once into the cache, or the user's own tree.

Owns where a tree comes from and what it is called. Never writes into a tree that is complete.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import debs
import progress
from debs import Apt
from progress import CACHE, Failure

# The best first.
VERSIONS = ("7.3", "7.2")
# Where the packages are: the second is asked only for what the first does not have.
SUITES = ("trixie-backports", "sid")
KDIR = Path("/kdir")
UNPACK_STEPS = 86  # checkpoints of 2,000 records


@dataclass(frozen=True)
class Source:
    """A kernel tree that is not to be written to."""

    id: str  # names its build directories
    path: Path


def find() -> Source:
    """The user's tree if one was named, else Debian's, brought here if need be."""
    if "CGNS_KDIR" in os.environ:
        own = hashlib.sha256(os.fsencode(os.environ["CGNS_KDIR"])).hexdigest()
        return Source(f"kdir-{own[:12]}", KDIR)
    path = _unpacked() or _bring()
    return Source(path.name, path)


def _unpacked() -> Path | None:
    """The best tree that the cache has."""
    for version in VERSIONS:
        trees = CACHE.glob(f"linux-{version}.*")
        whole = [tree for tree in trees if re.fullmatch(r"linux-[\d.]+", tree.name)]
        if whole:
            return max(whole, key=lambda tree: int(tree.name.rpartition(".")[2]))
    return None


def _bring() -> Path:
    for stale in CACHE.glob("linux.partial*"):
        shutil.rmtree(stale)
    partial = CACHE / "linux.partial"
    try:
        partial.mkdir()
        package = _download(partial)
        tree = partial / "tree"
        _unpack(package, tree)
        whole = CACHE / f"linux-{_release(tree)}"
        tree.rename(whole)
        return whole
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _download(state: Path) -> Path:
    """The package of the best version, from the first suite that has it."""
    apts: list[Apt] = []
    for suite in SUITES:
        apt = Apt(state, suite)
        if not debs.update(apt) and suite == SUITES[0]:
            raise debs.unreachable(f"index of {suite}")
        apts.append(apt)
        if apt.has(f"linux-source-{VERSIONS[0]}"):
            break
    for version in VERSIONS:
        for apt in apts:
            if apt.has(f"linux-source-{version}"):
                return debs.fetch(apt, f"linux-source-{version}")
    raise Failure(
        f"no linux-source-{' nor linux-source-'.join(VERSIONS)} in {' or '.join(SUITES)}; try KDIR=<tree>"
    )


def _unpack(package: Path, tree: Path) -> None:
    """The tarball in the package, straight into the tree."""
    tree.mkdir()
    pipeline = (
        'set -o pipefail; dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards "./usr/src/*.tar.xz" | '
        'xz -dc -T0 | tar -x -C "$2" --strip-components=1 --checkpoint=2000 --checkpoint-action=echo=%u'
    )
    progress.run(
        "unpack linux",
        ["bash", "-c", pipeline, "unpack", package, tree],
        count=re.compile(r"^tar: \d+$"),
        total=UNPACK_STEPS,
    )


def _release(tree: Path) -> str:
    """VERSION.PATCHLEVEL.SUBLEVEL of a tree."""
    makefile = (tree / "Makefile").read_text()
    names = ("VERSION", "PATCHLEVEL", "SUBLEVEL")
    found = [re.search(rf"^{name} = (\d+)$", makefile, re.MULTILINE) for name in names]
    return ".".join(match[1] for match in found if match)
