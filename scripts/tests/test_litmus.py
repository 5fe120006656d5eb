# SPDX-License-Identifier: GPL-2.0
"""The reader of herd7's verdicts: one that takes everything for Never would prove nothing."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import debs
import litmus
from progress import Failure


def words(verdict: str) -> str:
    """What herd7 prints."""
    return f"Test a Allowed\nStates 2\nObservation a {verdict} 1 2\nTime a 0.00\n"


class Verdicts(unittest.TestCase):
    def test_a_verdict_is_compared_with_the_stated_one(self) -> None:
        for wanted, found, outcome in (
            ("Never", "Never", "passed"),
            ("Never", "Sometimes", "failed"),
            ("Sometimes", "Never", "failed"),
            ("Sometimes", "Always", "failed"),
        ):
            result = litmus.judge("a", wanted, words(found), "")
            self.assertEqual(result.outcome, outcome, (wanted, found))

    def test_a_test_that_herd7_does_not_understand_fails(self) -> None:
        complaint = 'Warning: File "a.litmus", line 1: unexpected lock'
        self.assertEqual(litmus.judge("a", "Never", "", complaint).why, complaint)
        self.assertEqual(litmus.judge("a", "Never", "", "").outcome, "failed")

    def test_a_test_must_state_its_verdict(self) -> None:
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        test = directory / "a.litmus"
        test.write_text("C a\n(*\n * Result: Sometimes\n *)\n")
        self.assertEqual(litmus.expected(test), "Sometimes")
        test.write_text("C a\n")
        self.assertRaisesRegex(Failure, "a.litmus states no result", litmus.expected, test)

    def test_every_promise_has_a_twin_that_breaks_it(self) -> None:
        tests = {path.stem: litmus.expected(path) for path in litmus.TESTS.glob("*.litmus")}
        promises = [name for name, verdict in tests.items() if verdict == "Never"]
        self.assertTrue(promises)
        for name in promises:
            twins = [
                twin for twin in tests if twin.startswith(f"{name}-") and tests[twin] != "Never"
            ]
            self.assertTrue(twins, name)
            self.assertIn(f"`{name}`", (litmus.TESTS / "README.md").read_text())


class Bringing(unittest.TestCase):
    def test_what_cannot_be_had_leaves_nothing_behind(self) -> None:
        cache = Path(self.enterContext(tempfile.TemporaryDirectory()))
        refused = mock.patch.object(debs, "update", return_value=False)
        silent = mock.patch.object(debs, "unreachable", return_value=Failure("no mirror"))
        with mock.patch.object(litmus, "CACHE", cache), refused, silent:
            self.assertRaisesRegex(Failure, "no mirror", litmus.herd)
        self.assertEqual(list(cache.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
