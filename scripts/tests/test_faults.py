# SPDX-License-Identifier: GPL-2.0
"""What is read of fault injection, and what is compared: a difference that is overlooked is a bug kept."""

from __future__ import annotations

import unittest

import faults

TEXT = """\
# row setns task slab 3 1 0.50 ENOMEM=2
# row setns task page 1 1 0.50
# row setns task copy 0 0 0.50
ok 1 setns.task
# row setns callers slab 0 0 0.10
ok 2 setns.callers
1..2
"""


class Figures(unittest.TestCase):
    def test_rows_of_one_method_are_one_tally(self) -> None:
        tally = faults.tallies(TEXT)["setns", "task"]
        self.assertEqual(tally.counts(), "3 + 1 + 0")
        self.assertEqual(tally.outcomes(), "ENOMEM 2, done 2")
        self.assertEqual(tally.seconds, 0.5)

    def test_the_table_sums_up_and_has_both_kernels_in_a_row(self) -> None:
        found = faults.tallies(TEXT)
        table = faults.table(found, found)
        self.assertIn("8 faults", table.title)
        (row,) = table.rows
        side = ("3 + 1 + 0", "ENOMEM 2, done 2", "0 + 0 + 0", "0.6")
        self.assertEqual(row, ("setns", *side, *side))


class Differences(unittest.TestCase):
    def test_the_same_errors_are_no_difference_however_many(self) -> None:
        more = TEXT.replace("ENOMEM=2", "ENOMEM=9")
        self.assertEqual(faults.differing(faults.tallies(TEXT), faults.tallies(more)), {})

    def test_another_error_is_one(self) -> None:
        other = TEXT.replace("ENOMEM=2", "ENOMEM=1 ENOSPC=1")
        found = faults.differing(faults.tallies(TEXT), faults.tallies(other))
        self.assertEqual(found, {"setns": "C ENOMEM 2, done 2; Rust ENOMEM 1, ENOSPC 1, done 2"})

    def test_where_nothing_is_done_by_task_callers_count(self) -> None:
        c, rust = faults.tallies(TEXT), faults.tallies(TEXT)
        for side in (c, rust):
            del side["setns", "task"]
        rust["setns", "callers"].errors["EIO"] = 1
        self.assertEqual(faults.differing(c, rust), {"setns": "C ; Rust EIO 1"})

    def test_an_operation_that_did_not_run_is_one(self) -> None:
        self.assertEqual(
            faults.differing({}, faults.tallies(TEXT)), {"setns": "ran on one kernel only"}
        )


if __name__ == "__main__":
    unittest.main()
