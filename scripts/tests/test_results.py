# SPDX-License-Identifier: GPL-2.0
"""The readers of other programs' results: one that overlooks a failure would hide it for ever."""

from __future__ import annotations

import contextlib
import io
import unittest

import results
from results import Result, Score

CONSOLE = """\
[    0.500000] KTAP version 1
[    0.500000] 1..1
[    0.500000]     KTAP version 1
[    0.500000]     # Subtest: cgroup_ns_path
[    0.500000]     1..3
[    0.560000]     ok 1 null_nodes
[    0.580000]     # random_trees: seed=1
[    0.800000]     not ok 2 random_trees
[    0.840000]     ok 3 removed_nodes # SKIP no memory
[    0.840000] not ok 1 cgroup_ns_path
"""


class Readers(unittest.TestCase):
    def test_ktap_tells_passed_failed_and_skipped(self) -> None:
        self.assertEqual(
            list(results.ktap(CONSOLE, depth=1)),
            [
                Result("null_nodes", "passed"),
                Result("random_trees", "failed"),
                Result("removed_nodes", "skipped", "no memory"),
            ],
        )

    def test_ktap_that_breaks_off_is_not_whole(self) -> None:
        self.assertTrue(results.ktap_is_whole(CONSOLE, depth=1))
        self.assertFalse(results.ktap_is_whole(CONSOLE.partition("[    0.84")[0], depth=1))
        self.assertFalse(results.ktap_is_whole("", depth=1))

    def test_a_kernel_that_complains_is_heard(self) -> None:
        warning = "[    1.0] WARNING: CPU: 0 PID: 1 at fs/kernfs/dir.c:147 kernfs_path_from_node"
        self.assertEqual(results.alarms(f"{CONSOLE}{warning}\n"), [warning])
        self.assertEqual(results.alarms(CONSOLE), [])

    def test_cargo(self) -> None:
        text = "test a ... ok\ntest b ... FAILED\ntest c ... ignored\ntest result: FAILED.\n"
        outcomes = [result.outcome for result in results.cargo(text)]
        self.assertEqual(outcomes, ["passed", "failed", "skipped"])

    def test_unittest(self) -> None:
        text = "test_a (m.C.test_a) ... ok\ntest_b (m.C.test_b) ... FAIL\ntest_c (m.C.test_c) ... ERROR\n"
        outcomes = [result.outcome for result in results.unittest(text)]
        self.assertEqual(outcomes, ["passed", "failed", "failed"])


class Verdict(unittest.TestCase):
    def status(self, *outcomes: str) -> int:
        with contextlib.redirect_stdout(io.StringIO()):
            score = Score(1)
            score.begin("part")
            for outcome in outcomes:
                score.add("group", Result("name", outcome))
            score.end()
            return score.finish()

    def test_one_failure_fails_the_run(self) -> None:
        self.assertEqual(self.status("passed", "failed", "passed"), 1)
        self.assertEqual(self.status("passed", "skipped"), 0)

    def test_no_test_at_all_fails_the_run(self) -> None:
        self.assertEqual(self.status(), 1)
        self.assertEqual(self.status("skipped"), 1)

    def test_a_part_without_a_result_fails_the_run(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            score = Score(2)
            score.begin("some")
            score.add("some", Result("name", "passed"))
            score.end()
            score.begin("none")
            score.end()
            self.assertEqual(score.finish(), 1)
        self.assertIn("not ok 2 none", printed.getvalue().splitlines())


if __name__ == "__main__":
    unittest.main()
