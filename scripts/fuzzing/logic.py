# SPDX-License-Identifier: GPL-2.0
"""cargo fuzz on the pure logic: each target of rust/fuzz/ compares it with a model.

Owns cargo-fuzz, which comes from crates.io as its crates do, and the corpus, which grows from run to
run in the cache. rustc is Debian's: it ships no sanitizer's runtime, and safe code needs none.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import progress
from progress import CACHE, Failure
from results import Table

RUST = Path(__file__).resolve().parent.parent.parent / "rust"
# The last one whose own lock file Debian's rustc can build.
VERSION = "0.13.1"
HOME = CACHE / "cargo"
TOOL = HOME / f"cargo-fuzz-{VERSION}"
# The host's own cargo configuration: a registry's mirror is named there.
HOST_CONFIG = Path("/run/cargo.toml")
COPY = Path("/tmp/fuzz-logic")
TARGET = CACHE / "build" / "fuzz-logic"
CORPUS = CACHE / "fuzz-corpus"
UNREACHED = re.compile(
    r"^.*(?:failed to download|failed to get|failed to fetch|spurious network).*$", re.M
)
EXECUTIONS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)$", re.M)
EDGES = re.compile(r"^#\d+\s.*\bcov: (\d+)", re.M)
# Seconds that a target may need beside the time that it is given.
PATIENCE = 120
TAIL = 40


@dataclass(frozen=True)
class Outcome:
    """What came of one target. `words` is empty unless it found something."""

    target: str
    executions: int
    edges: int
    corpus: int
    words: str


def targets() -> list[str]:
    """The names of all targets."""
    return sorted(path.stem for path in RUST.glob("fuzz/targets/*.rs"))


def _cargo(phase: str, *arguments: str, cwd: Path) -> None:
    """A cargo that may need the network."""
    env = {
        "CARGO_HOME": str(HOME),
        # cargo-fuzz asks for flags that only a nightly rustc takes without this.
        "RUSTC_BOOTSTRAP": "1",
        "PATH": f"{TOOL}/bin:{os.environ['PATH']}",
    }
    try:
        progress.run(phase, ["cargo", *arguments], env=env, cwd=cwd, tail=False)
    except Failure as failure:
        log = progress.log_path(phase).read_text(errors="replace")
        if UNREACHED.search(log):
            raise Failure(
                f"crates.io does not answer, and cargo fuzz comes from there: {failure}"
            ) from failure
        print(log[-4000:])
        raise


def build() -> Path:
    """Build all targets in a copy, since cargo writes beside its manifest; return where they are."""
    HOME.mkdir(exist_ok=True)
    config = HOME / "config.toml"
    if HOST_CONFIG.exists():
        shutil.copy(HOST_CONFIG, config)
    else:
        config.unlink(missing_ok=True)
    if not (TOOL / "bin/cargo-fuzz").exists():
        install = ("install", "--locked", "--root", str(TOOL), f"cargo-fuzz@{VERSION}")
        _cargo("cargo-fuzz", *install, cwd=Path("/tmp"))
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(RUST, COPY, ignore=shutil.ignore_patterns("target"))
    options = ("--sanitizer", "none", "--fuzz-dir", "fuzz", "--target-dir", str(TARGET))
    _cargo("fuzz targets, build", "fuzz", "build", *options, cwd=COPY)
    return TARGET / "x86_64-unknown-linux-gnu/release"


def run(programs: Path, target: str, seconds: float, seed: int) -> Outcome:
    """Run one target for so long, on from the corpus that there is."""
    corpus = CORPUS / target
    corpus.mkdir(parents=True, exist_ok=True)
    argv = [
        *(str(programs / target), f"-seed={seed}", f"-max_total_time={round(seconds)}"),
        *("-print_final_stats=1", "-timeout=60", f"-artifact_prefix={COPY}/{target}-", str(corpus)),
    ]
    done = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=seconds + PATIENCE,
    )
    executions = EXECUTIONS.search(done.stderr)
    edges = EDGES.findall(done.stderr)
    return Outcome(
        target,
        int(executions[1]) if executions else 0,
        int(edges[-1]) if edges else 0,
        len(list(corpus.iterdir())),
        done.stderr[-4000:] if done.returncode else "",
    )


def run_all(seconds: float, seed: int) -> list[Outcome]:
    """Build, and run all targets one after the other, for so long in all."""
    programs = build()
    names = targets()
    return [run(programs, name, seconds / len(names), seed) for name in names]


def table(outcomes: list[Outcome]) -> Table:
    """For the report: a row a target."""
    rows = tuple(
        (o.target, f"{o.executions:,}", str(o.edges), str(o.corpus), "1" if o.words else "0")
        for o in outcomes
    )
    title = f"Pure logic: {sum(o.executions for o in outcomes):,} executions"
    return Table(title, ("target", "executions", "edges", "corpus", "crashes"), rows)
