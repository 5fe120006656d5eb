# SPDX-License-Identifier: GPL-2.0
"""C against Rust, in one run: time in user-mode Linux, instructions on x86-64 by QEMU's icount.

    bench.py [VIEW...]      path, time, two, irqsoff, count, inline; without one, all

Kernels take turns, boot by boot, and a boot gives one sample of each row: what disturbs one disturbs
the other. Instructions repeat but for timer interrupts: of these the least of several batches counts.

Owns the order of the boots and the files of build/bench/. What a row is belongs to selftests/bench/ and
rust/kunit/path_bench.c, what is made of the samples to bench_rows.py.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bench_rows
import kernel
import objects
import progress
import uml
import virtme
from bench_rows import Key, Samples
from progress import Failure
from results import Table

PROJECT = Path(__file__).resolve().parent.parent
REPORT = PROJECT / "build/bench"
KEPT = PROJECT / "docs/benchmark/README.md"
PROGRAM = progress.CACHE / "build/bench/bench"
# Boots of each kernel. An icount boot repeats the one before; two show that it does.
BOOTS = {"path": 9, "time": 16, "irqsoff": 9, "count": 2}
LIMIT = 400.0
LINE = re.compile(r"^bench (\S+) (\S+) (\d+) ([\d.]+) ([\d.]+)$", re.MULTILINE)
PATH = re.compile(r"bench what=(\w+) depth=(\d+) c_ps=(\d+) rust_ps=(\d+)")
# Where C's code goes that the option takes away, and where Rust's is.
HOOKED = (
    "kernel/cgroup/cgroup.o",
    "kernel/cgroup/namespace.o",
    "fs/kernfs/dir.o",
    "fs/kernfs/mount.o",
)
OURS = "kernel/cgroup/ns/cgroup_ns.o"
KUNIT = ("kunit.filter_glob=cgroup_ns_path_bench.*",)


@dataclass(frozen=True)
class Cost:
    """What an operation took: the median of some batches, and the least."""

    median: float
    least: float


@functools.cache
def program() -> str:
    """Build what runs in the guests; return its path there."""
    command = ["make", "-C", PROJECT / "selftests/bench", f"O={PROGRAM.parent}"]
    progress.run("benchmark, build", command)
    return str(PROGRAM)


def costs(output: str) -> dict[Key, Cost]:
    """What the program printed.

    Raises Failure if it stopped before its end, which it says.
    """
    found = {
        Key(row, variant, int(size)): Cost(float(median), float(least))
        for row, variant, size, median, least in LINE.findall(output)
    }
    if not found or "bench: " in output:
        words = output.strip().splitlines()[-1:]
        raise Failure(f"the benchmark did not run to its end: {''.join(words)}")
    return found


def instructions(image: Path, *arguments: str) -> dict[Key, Cost]:
    """What the program measures on one processor whose clock counts instructions."""
    argv = [program(), *arguments]
    return costs(virtme.boot(image, argv, cpus=1, count=True, limit=LIMIT).output)


def growth(image: Path) -> float:
    """How much more a read of /proc/self/cgroup takes at depth 1,000 than at 100, in instructions."""
    found = instructions(image, "-d", "100", "-d", "1000", "proc")
    return found[Key("proc", "self", 1000)].least / found[Key("proc", "self", 100)].least


def path() -> Samples:
    """kernfs_path_from_node(), both in one kernel, which measures them in turn.

    Rows called floor have in C's place what nothing can do without.
    """
    image = kernel.build("uml")
    samples: Samples = defaultdict(lambda: ([], []))
    for _ in range(BOOTS["path"]):
        console = uml.boot(image, ["true"], kunit=True, kernel_args=KUNIT, limit=LIMIT).console
        rows = PATH.findall(console)
        if not rows or "not ok" in console:
            print(console)
            raise Failure("the benchmark did not run to its end; the console is above")
        for what, depth, *both in rows:
            key = Key("floor" if what == "floor" else "path", what, int(depth))
            for side, picoseconds in zip(samples[key], both, strict=True):
                side.append(int(picoseconds) / 1000)
    return samples


def times(image: Path, cpus: int, *rows: str) -> dict[Key, Cost]:
    """What the program measures in user-mode Linux, at native speed."""
    argv = [program(), *rows]
    return costs(uml.boot(image, argv, cpus=cpus, pinned=True, limit=LIMIT).output)


def on_uml(cpus: int, *rows: str) -> Samples:
    """The program in user-mode Linux: the medians."""

    def boot(image: Path) -> dict[Key, float]:
        return {key: cost.median for key, cost in times(image, cpus, *rows).items()}

    return in_turn(("uml-c", "uml"), BOOTS["time"], boot)


def irqsoff() -> Samples:
    """The tracer's longest stretch in a read, in kernels that have that tracer: the least of many reads."""

    def boot(image: Path) -> dict[Key, float]:
        return {key: cost.least for key, cost in times(image, 1, "irqsoff").items()}

    return in_turn(("uml-irqsoff-c", "uml-irqsoff"), BOOTS["irqsoff"], boot)


def on_x86(rust: str, *rows: str) -> Samples:
    """The same on x86-64, where a nanosecond is an instruction: the least. `rust` is a flavour."""

    def boot(image: Path) -> dict[Key, float]:
        return {key: cost.least for key, cost in instructions(image, *rows).items()}

    samples = in_turn(("x86-c", rust), BOOTS["count"], boot)
    if not rows:
        samples[Key("memory", "text", 0)] = text("x86-c", rust)
    return samples


def text(c: str, rust: str) -> tuple[list[float], list[float]]:
    """Bytes of code: what the hooks take away, and what takes its place, with the helpers of it."""
    builds = [kernel.build(flavour).parent for flavour in (c, rust)]
    in_c, left = (
        sum(sum(objects.function_sizes(build / file).values()) for file in HOOKED)
        for build in builds
    )
    ours = sum(objects.function_sizes(builds[1] / OURS).values())
    helpers = objects.function_sizes(builds[1] / "vmlinux").items()
    ours += sum(size for name, size in helpers if name.startswith("rust_helper_cgroup_ns_"))
    return [float(in_c - left)], [float(ours)]


def in_turn(
    flavours: tuple[str, str], boots: int, boot: Callable[[Path], dict[Key, float]]
) -> Samples:
    """Boot C and Rust in turn."""
    images = [kernel.build(flavour) for flavour in flavours]
    samples: Samples = defaultdict(lambda: ([], []))
    for _ in range(boots):
        for side, image in enumerate(images):
            for key, cost in boot(image).items():
                samples[key][side].append(cost)
    return samples


@dataclass(frozen=True)
class View:
    """A way of measuring."""

    title: str
    unit: str
    measure: Callable[[], Samples]


VIEWS = {
    "path": View("kernfs_path_from_node(), user-mode Linux", "ns", path),
    "time": View("system calls, user-mode Linux, one processor", "ns", lambda: on_uml(1)),
    "two": View(
        "system calls, user-mode Linux, two processors",
        "ns",
        lambda: on_uml(2, "unshare", "contended"),
    ),
    "irqsoff": View(
        "longest stretch with interrupts off in one read, user-mode Linux, by the irqsoff tracer",
        "ns",
        irqsoff,
    ),
    "count": View("system calls, x86-64, one processor", "instructions", lambda: on_x86("x86")),
    "inline": View(
        "those where calls from Rust to C count, with CONFIG_RUST_INLINE_HELPERS=y",
        "instructions",
        lambda: on_x86("x86-inline", "unshare", "setns", "mount", "attach"),
    ),
}


def measure(name: str) -> list[Table]:
    """Measure a view; write its samples to build/bench/, return what there is to read of it."""
    view = VIEWS[name]
    rows = bench_rows.rows(name, view.measure())
    data = {"title": view.title, "unit": view.unit, "rows": [row.as_data() for row in rows]}
    (REPORT / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")
    title = f"{view.title}: {view.unit}, median and 95 % interval"
    cells = tuple(row.cells() for row in rows)
    return [Table(title, bench_rows.COLUMNS, cells), *bench_rows.beside(rows)]


def keep(tables: Sequence[Table]) -> None:
    """Write what the README shows."""
    words = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    lines = [
        "<!-- SPDX-License-Identifier: GPL-2.0 -->",
        "# C against Rust",
        "",
        "Written by `make bench KEEP=1`"
        + (f", on {os.cpu_count()} processors of {words[1]}." if words else ".")
        + " A ratio above 1 means that Rust takes less.",
        "",
        *bench_rows.legend(),
        "",
        "![over the depth](depth.svg)",
        "",
        "![over the readers](readers.svg)",
    ]
    for table in tables:
        lines += ["", *bench_rows.markdown(table)]
    KEPT.write_text("\n".join(lines) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.py", description="Measure C against Rust.")
    parser.add_argument("views", nargs="*", metavar="VIEW", help=", ".join(VIEWS))
    views = parser.parse_args().views
    for name in views:
        if name not in VIEWS:
            raise Failure(f"there is no view {name}; there are {', '.join(VIEWS)}")
    if os.environ.get("KEEP") and views:
        raise Failure("KEEP=1 keeps a whole run; leave out ONLY=")
    REPORT.mkdir(parents=True, exist_ok=True)
    tables = []
    for name in views or VIEWS:
        for table in measure(name):
            print("\n".join(table.lines()), end="\n\n", flush=True)
            tables.append(table)
    if os.environ.get("KEEP"):
        keep(tables)
    print(f"all samples: {progress.host_path(REPORT)}")
    return 0


if __name__ == "__main__":
    progress.main(main)
