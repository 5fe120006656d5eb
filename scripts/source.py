# SPDX-License-Identifier: GPL-2.0
"""The kernel's source: Debian's, unpacked once into the cache, or the user's own tree.

Owns where a tree comes from and what it is called. Never writes into a tree that is complete.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import progress
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


class Apt:
    """An apt of its own: the toolbox's mirror with one more suite, all state in a directory that goes away."""

    def __init__(self, state: Path, suite: str) -> None:
        self.state = state / f"apt-{suite}"
        self.suite = suite
        for directory in ("lists/partial", "archives/partial"):
            (self.state / directory).mkdir(parents=True)
        (self.state / "sources.list").write_text(self._sources())
        self.options = [
            f"Dir::State={self.state}",
            f"Dir::State::Lists={self.state}/lists",
            f"Dir::Cache={self.state}",
            f"Dir::Etc::SourceList={self.state}/sources.list",
            "Dir::Etc::SourceParts=/dev/null",
            "Dir::State::Status=/var/lib/dpkg/status",
            "APT::Sandbox::User=root",
            "Acquire::Languages=none",
            "APT::Update::Error-Mode=any",
        ]

    def _sources(self) -> str:
        """The toolbox's first line, for the suite."""
        for line in Path("/etc/apt/sources.list").read_text().splitlines():
            if line.startswith("deb "):
                return re.sub(r"(?<= )trixie(?= )", self.suite, line) + "\n"
        raise Failure("the toolbox names no package mirror; make distclean, then try again")

    def command(self, *arguments: str) -> list[str]:
        """An apt-get of this suite alone."""
        return ["apt-get", *(f"-o{option}" for option in self.options), *arguments]

    def has(self, package: str) -> bool:
        """Whether the suite has the package."""
        show = ["apt-cache", *(f"-o{option}" for option in self.options), "show", "--", package]
        return subprocess.run(show, capture_output=True, check=False).returncode == 0


def _download(state: Path) -> Path:
    """The package of the best version, from the first suite that has it."""
    apts: list[Apt] = []
    for suite in SUITES:
        apt = Apt(state, suite)
        if not _update(apt) and suite == SUITES[0]:
            raise _unreachable(f"index of {suite}")
        apts.append(apt)
        if apt.has(f"linux-source-{VERSIONS[0]}"):
            break
    for version in VERSIONS:
        for apt in apts:
            if apt.has(f"linux-source-{version}"):
                return _fetch(apt, f"linux-source-{version}")
    raise Failure(
        f"no linux-source-{' nor linux-source-'.join(VERSIONS)} in {' or '.join(SUITES)}; try KDIR=<tree>"
    )


def _update(apt: Apt) -> bool:
    """Bring the suite's index. One that cannot be had is no failure yet: another suite may do."""
    try:
        progress.run(f"index of {apt.suite}", apt.command("update"), tail=False)
    except Failure:
        return False
    return True


def _fetch(apt: Apt, package: str) -> Path:
    try:
        progress.run(
            f"download {package}", apt.command("download", package), cwd=apt.state, tail=False
        )
    except Failure:
        raise _unreachable(f"download {package}") from None
    return next(apt.state.glob(f"{package}_*.deb"))


def _unreachable(phase: str) -> Failure:
    log = progress.log_path(phase)
    why = re.search(r"^E: Failed to fetch (.*)", log.read_text(errors="replace"), re.MULTILINE)
    return Failure(
        f"the package mirror does not answer ({why[1] if why else 'apt failed'}); "
        f"check the network and the host's apt (log: {progress.host_path(log)})"
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
