# SPDX-License-Identifier: GPL-2.0
"""The planting of faults, and that no test's failure is overlooked."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import mutate
from guest import Outcome
from mutate import Fault
from progress import Failure

KTAP = "KTAP version 1\n1..1\n    KTAP version 1\n    1..2\n    ok 1 a\n    {} 2 b\nok 1 suite\n"


def outcome(console: str = "", status: int = 0) -> Outcome:
    return Outcome(status, "", console, None, 1.0)


class Table(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def refused(self, words: str, text: str) -> None:
        (self.directory / "a.toml").write_text(text)
        self.assertRaisesRegex(Failure, words, mutate.faults, self.directory)

    def test_every_fault_of_ours_has_its_place(self) -> None:
        copy = self.directory / "copy"
        for fault in mutate.faults():
            mutate.lay_out(fault, copy=copy)
            theirs = (mutate.PROJECT / "rust" / fault.file).read_text()
            self.assertNotEqual((copy / "rust" / fault.file).read_text(), theirs, fault.name)

    def test_a_fault_that_is_gone_is_seen_to_be_gone(self) -> None:
        copy = self.directory / "copy"
        fault = mutate.faults()[0]
        mutate.lay_out(fault, copy=copy)
        planted = (copy / "rust" / fault.file).stat().st_mtime_ns
        mutate.lay_out(None, copy=copy)
        self.assertGreater((copy / "rust" / fault.file).stat().st_mtime_ns, planted)

    def test_refuses_a_table_that_does_not_hold_together(self) -> None:
        fault = '[[fault]]\nname = "a"\nfile = "x.rs"\nold = "b"\nnew = "{}"\n'
        self.refused("two faults are called a", fault.format("c") * 2)
        self.refused("a changes nothing", fault.format("b"))
        self.refused("a.toml", fault.format("c") + 'odd = "d"\n')
        self.refused("a.toml", "[[fault")

    def test_a_fault_needs_exactly_one_place(self) -> None:
        (self.directory / "x.rs").write_text("one two two\n")
        Fault("a", "x.rs", "one", "1").plant(self.directory)
        self.assertEqual((self.directory / "x.rs").read_text(), "1 two two\n")
        for fault in (Fault("b", "x.rs", "two", "2"), Fault("c", "x.rs", "three", "3")):
            self.assertRaisesRegex(Failure, r"stands [02] times", fault.plant, self.directory)
        with self.assertRaisesRegex(Failure, r"no rust/y\.rs"):
            Fault("d", "y.rs", "a", "b").plant(self.directory)

    def test_a_name_that_no_fault_has(self) -> None:
        self.assertRaisesRegex(Failure, "no fault is called nonesuch", mutate.chosen, "nonesuch")


class Notice(unittest.TestCase):
    def test_nothing_is_noticed_where_all_is_well(self) -> None:
        self.assertEqual(mutate.noticed("kunit", KTAP.format("ok"), outcome()), "")

    def test_the_first_test_that_fails_is_named(self) -> None:
        text = KTAP.format("not ok")
        self.assertEqual(mutate.noticed("kunit", text, outcome(status=1)), "kunit b")

    def test_a_complaint_of_the_kernel_counts(self) -> None:
        found = mutate.noticed("kunit", KTAP.format("ok"), outcome("BUG: sleeping function\n"))
        self.assertIn("console: BUG: sleeping function", found)

    def test_results_that_did_not_come_count(self) -> None:
        text = KTAP.format("ok").partition("    ok 2")[0]
        self.assertIn("missing", mutate.noticed("selftest", text, outcome()))

    def test_a_guest_that_dies_or_hangs_has_noticed(self) -> None:
        death = Failure("the guest was ended after its limit of 30 s (its console stayed empty)")
        with mock.patch.object(mutate.uml, "boot", side_effect=death):
            found = mutate.test(Path("vmlinux"), ["true"], 30.0)
        self.assertEqual(found, "kunit: the guest was ended after its limit of 30 s")


if __name__ == "__main__":
    unittest.main()
