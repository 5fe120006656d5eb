# SPDX-License-Identifier: GPL-2.0
"""C against Rust in one boot of user-mode Linux: kernfs_path_from_node(), by depth.

Owns the table. The measuring is KUnit's suite cgroup_ns_path_bench (rust/kunit/path_bench.c).
"""

from __future__ import annotations

import re

import kernel
import progress
import uml
from progress import Failure

ROW = re.compile(r"bench what=(\w+) depth=(\d+) c_ps=(\d+) rust_ps=(\d+)")


def main() -> int:
    image = kernel.build("uml")
    outcome = uml.boot(
        image, ["true"], kunit=True, kernel_args=["kunit.filter_glob=cgroup_ns_path_bench.*"]
    )
    rows = ROW.findall(outcome.console)
    if not rows or "not ok" in outcome.console:
        print(outcome.console)
        raise Failure("the benchmark did not run to its end; the console is above")

    print("kernfs_path_from_node(), user-mode Linux, best of 15 rounds, ns a call")
    print(f"{'from':<8} {'depth':>5} {'C':>12} {'Rust':>10} {'C/Rust':>7}")
    for what, depth, c, rust in rows:
        print(
            f"{what:<8} {depth:>5} {int(c) / 1000:>12,.1f} {int(rust) / 1000:>10,.1f} {int(c) / int(rust):>7.2f}"
        )
    return 0


if __name__ == "__main__":
    progress.main(main)
