# SPDX-License-Identifier: GPL-2.0
"""What is made of the samples of a benchmark, and what counts as none."""

from __future__ import annotations

import unittest

import bench
import bench_rows
from bench import Cost
from bench_rows import Key
from progress import Failure
from results import Table


class Output(unittest.TestCase):
    """The lines of the program."""

    def test_lines_and_others(self) -> None:
        output = "a word\nbench proc self 5 12.5 11.0\nbench setns nsfs 0 900.0 899.0\n"
        self.assertEqual(
            bench.costs(output),
            {Key("proc", "self", 5): Cost(12.5, 11), Key("setns", "nsfs", 0): Cost(900, 899)},
        )

    def test_a_program_that_stops_is_no_result(self) -> None:
        output = "bench proc self 5 12.5 11.0\nbench: open /proc/self/cgroup: No such file\n"
        with self.assertRaisesRegex(Failure, "to its end: bench: open /proc/self/cgroup"):
            bench.costs(output)

    def test_no_line_is_no_result(self) -> None:
        with self.assertRaisesRegex(Failure, "to its end: nothing here"):
            bench.costs("nothing here\n")


class Rows(unittest.TestCase):
    """Medians, ratios, intervals and aims."""

    def row(self, view: str, key: Key, c: list[float], rust: list[float]) -> bench_rows.Row:
        (row,) = bench_rows.rows(view, {key: (c, rust)})
        return row

    def test_the_ratio_is_that_of_the_medians(self) -> None:
        row = self.row("time", Key("proc", "self", 5), [20, 30, 1000], [10, 9, 11])
        self.assertEqual(row.ratio, 3)

    def test_the_interval_holds_the_ratio_and_narrows(self) -> None:
        key = Key("proc", "self", 5)
        wide = self.row("time", key, [20.0, 30, 40] * 2, [10.0, 11, 9] * 2)
        narrow = self.row("time", key, [20.0, 30, 40] * 40, [10.0, 11, 9] * 40)
        self.assertLessEqual(wide.low, wide.ratio)
        self.assertGreaterEqual(wide.high, wide.ratio)
        self.assertLess(wide.low, wide.high)
        self.assertLess(narrow.high - narrow.low, wide.high - wide.low)

    def test_the_same_samples_make_the_same_interval(self) -> None:
        rows = [self.row("time", Key("a", "b", 0), [2, 3, 5], [1, 2, 2]) for _ in range(2)]
        self.assertEqual(rows[0], rows[1])

    def test_the_narrowest_aim_counts(self) -> None:
        aims = [bench_rows.aim("path", Key("path", "root", size)) for size in (1, 2, 1000)]
        self.assertEqual(aims, [2.5, 2, 250])
        self.assertEqual(bench_rows.aim("path", Key("path", "middle", 1000)), 2)
        self.assertIsNone(bench_rows.aim("path", Key("nothing", "root", 1)))

    def test_an_aim_is_missed_or_not(self) -> None:
        key = Key("setns", "nsfs", 0)
        self.assertEqual(self.row("time", key, [99.6], [100]).verdict(), "1")
        self.assertEqual(self.row("time", key, [99.4], [100]).verdict(), "1 missed")

    def test_a_limit_is_missed_or_not(self) -> None:
        key = Key("irqsoff", "other", 1500)
        for rust, verdict in ((9999, "Rust below 10,000"), (1e4, "Rust below 10,000 missed")):
            self.assertEqual(self.row("irqsoff", key, [1e7], [rust]).verdict(), verdict)

    def test_a_limit_is_that_of_its_variant(self) -> None:
        self.assertEqual(self.row("irqsoff", Key("irqsoff", "comm", 0), [1], [1e4]).verdict(), "")

    def test_readers_and_writers_beside_each_other(self) -> None:
        samples = {
            Key("contended", "reader", 5): ([100.0], [10.0]),
            Key("contended", "reader,two", 5): ([200.0], [10.0]),
            Key("contended", "fork", 0): ([50.0], [50.0]),
            Key("contended", "fork,reader", 0): ([75.0], [50.0]),
        }
        readers, writers = bench_rows.beside(bench_rows.rows("two", samples))
        self.assertEqual(readers.rows, (("5", "1.00", "2.00"),))
        self.assertEqual(writers.rows, (("fork", "1.50", "1.00"),))

    def test_the_page_says_what_each_row_is(self) -> None:
        rows = {row for _, row, *_ in bench_rows.AIMS} | {row for _, row, _ in bench_rows.LIMITS}
        self.assertLessEqual(rows, set(bench_rows.LEGEND))
        self.assertEqual(len(list(bench_rows.legend())), len(bench_rows.LEGEND))

    def test_markdown(self) -> None:
        text = list(bench_rows.markdown(Table("T", ("a", "b"), (("1", "2"),))))
        self.assertEqual(text, ["## T", "", "| a | b |", "| --- | --- |", "| 1 | 2 |"])


if __name__ == "__main__":
    unittest.main()
