# SPDX-License-Identifier: GPL-2.0
"""The plots of a benchmark: the samples of build/bench/ as SVG and PNG beside them.

With KEEP set, the SVGs go to docs/benchmark/ as well. Runs where matplotlib is, which is not the toolbox:
knows nothing of the project but those files.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from statistics import median

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

PROJECT = Path(__file__).resolve().parent.parent
SAMPLES = PROJECT / "build/bench"
KEPT = PROJECT / "docs/benchmark"
C, RUST = "#57606a", "#c4441c"
STYLE = {
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e8ec",
    "svg.hashsalt": "cgroup-ns",  # the same file from the same samples
    "figure.dpi": 130,
}
# The same file from the same samples, whenever.
SVG = {"Date": None, "Rights": "SPDX-License-Identifier: GPL-2.0"}
# A row that grows with the depth: what is drawn, and above which words.
GROWTH = (
    ("path", "path", "root", "kernfs_path_from_node(), from the root"),
    ("path", "path", "sibling", "kernfs_path_from_node(), from a sibling"),
    ("time", "proc", "self", "read of /proc/self/cgroup"),
    ("time", "proc", "self,v1", "the same with eight v1 hierarchies"),
    ("time", "mount", "fsmount", "mount of cgroup2 in a namespace"),
    ("time", "mountinfo", "read", "mountinfo with 100 cgroup mounts"),
)


def growth(axes: Axes, rows: list[dict], words: str) -> None:
    """One panel: time over depth, both axes by powers of ten."""
    sizes = [row["size"] for row in rows]
    for key, label, colour in (("c", "C", C), ("rust", "Rust", RUST)):
        axes.loglog(
            sizes, [median(row[key]) for row in rows], "o-", ms=3, color=colour, label=label
        )
        axes.fill_between(
            sizes,
            [min(row[key]) for row in rows],
            [max(row[key]) for row in rows],
            alpha=0.15,
            color=colour,
            lw=0,
        )
    axes.set_title(words, fontsize=9, loc="left")
    axes.set_xlabel("depth", fontsize=8)
    axes.set_ylabel("ns", fontsize=8)
    axes.tick_params(labelsize=8)


def depth_plot(views: dict[str, list[dict]]) -> pyplot.Figure | None:
    """All rows that grow with the depth."""
    panels = []
    for view, row, variant, words in GROWTH:
        rows = [
            one for one in views.get(view, []) if (one["row"], one["variant"]) == (row, variant)
        ]
        if rows:
            panels.append((rows, words))
    if not panels:
        return None
    figure, grid = pyplot.subplots(
        (len(panels) + 1) // 2, 2, figsize=(9, 3 * ((len(panels) + 1) // 2)), squeeze=False
    )
    for axes, panel in zip(grid.flat, panels, strict=False):
        growth(axes, *panel)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    grid.flat[0].legend(frameon=False, fontsize=9)
    figure.tight_layout()
    return figure


def readers_plot(views: dict[str, list[dict]]) -> pyplot.Figure | None:
    """Reads in a second of one reader and of two, by the depth of the path."""
    rows = {
        (row["variant"], row["size"]): row
        for row in views.get("two", [])
        if row["row"] == "contended"
    }
    depths = sorted(size for variant, size in rows if variant == "reader,two")
    if not depths:
        return None
    figure, grid = pyplot.subplots(1, len(depths), figsize=(3 * len(depths), 2.8), squeeze=False)
    for axes, depth in zip(grid.flat, depths, strict=True):
        for key, label, colour in (("c", "C", C), ("rust", "Rust", RUST)):
            one, two = (
                1e9 / median(rows[variant, depth][key]) for variant in ("reader", "reader,two")
            )
            axes.plot((1, 2), (one, 2 * two), "o-", ms=4, color=colour, label=label)
        axes.set_title(f"depth {depth}", fontsize=9, loc="left")
        axes.set_xticks((1, 2))
        axes.set_ylim(bottom=0)
        axes.set_xlabel("readers", fontsize=8)
        axes.tick_params(labelsize=8)
    grid.flat[0].set_ylabel("reads of /proc/PID/cgroup a second", fontsize=8)
    grid.flat[0].legend(frameon=False, fontsize=9)
    figure.tight_layout()
    return figure


def main() -> int:
    files = SAMPLES.glob("*.json")
    views = {file.stem: json.loads(file.read_text())["rows"] for file in files}
    pyplot.rcParams.update(STYLE)
    for name, figure in (("depth", depth_plot(views)), ("readers", readers_plot(views))):
        if figure is None:
            continue
        for suffix in ("svg", "png"):
            path = SAMPLES / f"{name}.{suffix}"
            figure.savefig(path, metadata=SVG if suffix == "svg" else None)
            print(f"plot: {path.relative_to(PROJECT)}")
        if os.environ.get("KEEP"):
            shutil.copy(SAMPLES / f"{name}.svg", KEPT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
