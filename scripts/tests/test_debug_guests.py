# SPDX-License-Identifier: GPL-2.0
"""What is made of a guest's words: silence must not pass for success."""

from __future__ import annotations

import unittest

import debug_guests
from differential.guests import Batch, Run
from upstream_cases import Case
from upstream_cases import Run as Upstream

CLEAN = "baseline cgroups=0 dying=0 hierarchies=0 mounts=0 namespaces=0 charge=0"


class Words(unittest.TestCase):
    def test_results_that_did_not_come_fail(self) -> None:
        outcomes = [result.outcome for result in debug_guests._ktap("1..2\nok 1 a\n", 0)]
        self.assertEqual(outcomes, ["passed", "failed"])
        self.assertEqual([result.outcome for result in debug_guests._ktap("", 0)], ["failed"])

    def test_a_program_must_do_what_it_does_on_c(self) -> None:
        wanted = Run(["0 mkdir ok", CLEAN], True)
        batch = Batch({"7": wanted}, [])
        for run, outcome in (
            (wanted, "passed"),
            (Run(["0 mkdir EPERM", CLEAN], True), "failed"),
            (Run(["0 mkdir ok"], False), "failed"),
        ):
            self.assertEqual(debug_guests.compared("7", batch, {"7": run}).outcome, outcome)
        self.assertEqual(debug_guests.compared("7", batch, {}).outcome, "failed")

    def test_what_the_races_did_is_found(self) -> None:
        line = "    # race: reads of cgroup     5607 ok, 535 ENOENT, 46 ESRCH\n# race: unshare   9 ok\n"
        self.assertEqual(
            debug_guests.COUNT.findall(line),
            [("reads of cgroup", "5607", "535 ENOENT, 46 ESRCH"), ("unshare", "9", "")],
        )

    def test_a_case_of_upstreams_that_fails_is_named(self) -> None:
        cases = {"1": Case("a", "passed"), "2": Case("b", "failed"), "3": Case("c", "skipped")}
        self.assertEqual(debug_guests._failed(Upstream("debug", "x/y", cases)), {"b"})

    def test_one_that_may_fail_is_not_run_again_for_that(self) -> None:
        run = Upstream("debug", "x/y", {"1": Case("b", "failed"), "2": Case("c", "failed")})
        self.assertTrue(debug_guests._puzzles(run, {"x/y:b": "by chance"}.get))
        self.assertFalse(debug_guests._puzzles(run, lambda case: f"{case} may"))
        self.assertFalse(debug_guests._puzzles(Upstream("debug", "x/y", {}), lambda _case: ""))


if __name__ == "__main__":
    unittest.main()
