# SPDX-License-Identifier: GPL-2.0
"""Debian packages of other suites than the toolbox's, from the toolbox's own mirror.

Owns apt's settings and what is said when the mirror does not answer. Knows nothing of what is in a
package.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import progress
from progress import Failure


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


def update(apt: Apt) -> bool:
    """Bring the suite's index. One that cannot be had is no failure yet: another suite may do."""
    try:
        progress.run(f"index of {apt.suite}", apt.command("update"), tail=False)
    except Failure:
        return False
    return True


def fetch(apt: Apt, package: str) -> Path:
    """Download a package that the suite has; return the file."""
    try:
        progress.run(
            f"download {package}", apt.command("download", package), cwd=apt.state, tail=False
        )
    except Failure:
        raise unreachable(f"download {package}") from None
    return next(apt.state.glob(f"{package}_*.deb"))


def unreachable(phase: str) -> Failure:
    """What to raise when a phase of apt failed: says what its log says."""
    log = progress.log_path(phase)
    why = re.search(r"^E: Failed to fetch (.*)", log.read_text(errors="replace"), re.MULTILINE)
    return Failure(
        f"the package mirror does not answer ({why[1] if why else 'apt failed'}); "
        f"check the network and the host's apt (log: {progress.host_path(log)})"
    )
