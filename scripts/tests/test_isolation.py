# SPDX-License-Identifier: GPL-2.0
"""docs/isolation.md and the selftests speak of the same attempts."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
TABLE = PROJECT / "docs/isolation.md"
SELFTESTS = PROJECT / "selftests"
TEST = re.compile(r"^TEST(?:_F\(\w+, |\()(\w+)\)", re.MULTILINE)


def tests(pattern: str) -> set[str]:
    """The names of the tests in these files."""
    files = SELFTESTS.glob(pattern)
    return {name for path in files for name in TEST.findall(path.read_text())}


def rows() -> list[list[str]]:
    """The cells of the tables, without their heads."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "tried" and set(row[0]) != {"-"}]


class Isolation(unittest.TestCase):
    def named(self) -> set[str]:
        """The tests that the table names."""
        return {name for row in rows() for name in re.findall(r"`(\w+)`", row[-1])}

    def test_each_row_names_tests_that_are_there(self) -> None:
        self.assertGreater(len(rows()), 50)
        for row in rows():
            self.assertEqual(len(row), 5, row)
            self.assertRegex(row[-1], r"^`\w+`(, `\w+`)*$")
        self.assertEqual(self.named() - tests("*_test.c"), set())

    def test_each_attempt_is_in_the_table(self) -> None:
        attempts = tests("isolate_*_test.c")
        self.assertGreater(len(attempts), 40)
        self.assertEqual(attempts - self.named(), set())


if __name__ == "__main__":
    unittest.main()
