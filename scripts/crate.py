# SPDX-License-Identifier: GPL-2.0
"""The host's test package of the pure logic: how cargo is called in the toolbox."""

from __future__ import annotations

from pathlib import Path

import progress

TARGET = progress.CACHE / "build" / "host-tests"
# The Debian packages' own crates: nothing is fetched.
REGISTRY = (
    *("--offline", "--config", 'source.crates-io.replace-with="debian"'),
    *("--config", 'source.debian.directory="/usr/share/cargo/registry"'),
)


def cargo(verb: str, *arguments: str, target: Path = TARGET) -> list[str]:
    """A cargo command, to be run in a copy of rust/: cargo writes beside its manifest.

    Each copy needs a `target` of its own: cargo goes by times, and takes one copy for the other.
    """
    return ["cargo", verb, *REGISTRY, "--target-dir", str(target), *arguments]
