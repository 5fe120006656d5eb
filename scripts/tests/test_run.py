# SPDX-License-Identifier: GPL-2.0
"""The runner of selftests, where it turns results round: a test that must fail, and does not, is lost otherwise."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / "selftests" / "run.py"
PROGRAM = """\
#!/bin/sh
echo 'TAP version 13'
echo '1..4'
echo '#  RUN           tree.v2.A4_good ...'
echo 'ok 1 tree.v2.A4_good'
echo 'not ok 2 tree.v2.A5_long'
echo 'not ok 3 tree.v1.A5_long'
echo 'ok 4 tree.v1.A6_none # SKIP no such thing'
exit 1
"""


class Runner(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        program = self.directory / "some_test"
        program.write_text(PROGRAM)
        program.chmod(0o755)

    def run_with(self, listed: str | None, *programs: str) -> tuple[int, list[str]]:
        options = []
        if listed is not None:
            file = self.directory / "listed"
            file.write_text(listed)
            options = ["--mainline", str(file)]
        done = subprocess.run(
            [sys.executable, RUN, *options, self.directory, *programs],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    def test_without_a_list_a_failure_is_one(self) -> None:
        status, lines = self.run_with(None)
        self.assertEqual(status, 1)
        self.assertIn("    not ok 2 tree.v2.A5_long", lines)
        self.assertIn("not ok 1 some_test", lines)
        self.assertIn("1..1", lines)

    def test_what_is_listed_must_fail(self) -> None:
        status, lines = self.run_with("# why\n\ntree.*.A5_long  it is cut\n")
        self.assertEqual(status, 0, lines)
        self.assertIn("    ok 2 tree.v2.A5_long # mainline: it is cut", lines)
        self.assertIn("    ok 3 tree.v1.A5_long # mainline: it is cut", lines)
        self.assertIn("    ok 1 tree.v2.A4_good", lines)
        self.assertIn("    ok 4 tree.v1.A6_none # SKIP no such thing", lines)
        self.assertIn("ok 1 some_test", lines)
        self.assertIn("1..2", lines)

    def test_an_unexpected_pass_is_a_failure(self) -> None:
        status, lines = self.run_with("tree.*.A5_long it is cut\ntree.v2.A4_good it is not\n")
        self.assertEqual(status, 1)
        self.assertIn("    not ok 1 tree.v2.A4_good # passes, and mainline should fail it", lines)
        self.assertIn("not ok 1 some_test", lines)

    def test_what_is_not_listed_still_has_to_pass(self) -> None:
        status, lines = self.run_with("tree.v2.A5_long it is cut\n")
        self.assertEqual(status, 1)
        self.assertIn("    not ok 3 tree.v1.A5_long", lines)

    def test_a_pattern_that_stands_for_nothing_is_a_failure(self) -> None:
        listed = "tree.*.A5_long it is cut\ntree.*.A5_gone it was\n"
        status, lines = self.run_with(listed)
        self.assertEqual(status, 1)
        self.assertIn("    not ok 2 tree.*.A5_gone stands for 0 tests", lines)
        self.assertIn("not ok 2 differences", lines)
        # Some programs alone cannot tell.
        status, lines = self.run_with(listed, "some_test")
        self.assertEqual(status, 0, lines)

    def test_a_list_that_says_nothing_is_refused(self) -> None:
        for listed in ("tree.*.A5_long\n", "a_test why\na_test why\n"):
            status, lines = self.run_with(listed)
            self.assertEqual(status, 2)
            self.assertEqual(len(lines), 1, lines)
        done = subprocess.run(
            [sys.executable, RUN, "--mainline", "/nowhere", self.directory],
            text=True,
            capture_output=True,
            check=False,
        )
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "run.py: /nowhere: No such file or directory\n")


if __name__ == "__main__":
    unittest.main()
