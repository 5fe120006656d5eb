# SPDX-License-Identifier: GPL-2.0
"""The comparison of runtimes on two kernels: a difference that it overlooks would be hidden for ever."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import runtimes

GUEST = Path(__file__).resolve().parents[2] / "selftests" / "runtimes"
sys.path.append(str(GUEST))

import rig  # noqa: E402
import run  # noqa: E402
from suite import Broken, Suite  # noqa: E402


def printed(action: object) -> str:
    """What a suite prints when `action` asks something of it."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        suite = Suite("crun")
        suite.version("1.21")
        action(suite)  # type: ignore[operator]
        good = suite.finish()
        print("    # seconds: 3.4")
        print(f"{'ok' if good else 'not ok'} 1 crun")
    return out.getvalue()


def asked(own: str = "0::/", limit: str = "8") -> str:
    """The output of a suite with two checks, as they may come out."""

    def action(suite: Suite) -> None:
        suite.check("own", own, "0::/")
        suite.check("limit", [limit], ["8"])

    return printed(action)


def outcomes(c: str, rust: str) -> dict[str, tuple[str, str]]:
    """How the checks of crun compare, by name."""
    reports = {"C": runtimes.parse(c), "Rust": runtimes.parse(rust)}
    found = runtimes.compare(runtimes.of_one(reports, "crun"))
    return {result.name: (result.outcome, result.why) for result in found}


class Comparison(unittest.TestCase):
    def test_what_is_the_same_and_right_passes(self) -> None:
        found = outcomes(asked(), asked())
        names = ("own", "limit", runtimes.WHOLE)
        self.assertEqual(found, dict.fromkeys(names, ("passed", "")))

    def test_a_failure_on_one_kernel_fails(self) -> None:
        for c, rust, which in (
            (asked(limit="9"), asked(), "C"),
            (asked(), asked(limit="9"), "Rust"),
        ):
            outcome, why = outcomes(c, rust)["limit"]
            self.assertEqual(outcome, "failed")
            self.assertIn(f"{which}: wanted 8, saw 9", why)
            self.assertIn("different: ", why)

    def test_the_same_failure_on_both_fails(self) -> None:
        outcome, why = outcomes(asked(own="0::/x"), asked(own="0::/x"))["own"]
        self.assertEqual(outcome, "failed")
        self.assertIn("C: wanted 0::/, saw 0::/x; Rust: wanted 0::/, saw 0::/x", why)
        self.assertNotIn("different", why)

    def test_two_passes_that_saw_different_things_fail(self) -> None:
        def passes(saw: str) -> str:
            return printed(lambda suite: suite.check("files", saw, saw))

        outcome, why = outcomes(passes("a\nb"), passes("a\nc"))["files"]
        self.assertEqual(outcome, "failed")
        self.assertEqual(why, "different: C saw a | b, Rust saw a | c")

    def test_what_is_asked_on_one_kernel_only_fails(self) -> None:
        cut = asked().partition('    # saw: ["8"]')[0]
        self.assertEqual(outcomes(asked(), cut)["limit"], ("failed", "Rust: not asked"))
        self.assertEqual(outcomes(cut, asked())["limit"], ("failed", "C: not asked"))
        self.assertEqual({one for one, _ in outcomes(asked(), "").values()}, {"failed"})

    def test_a_runtime_that_leaves_something_behind_fails(self) -> None:
        left = asked().replace("\nok 1 crun", "\nnot ok 1 crun")
        outcome, why = outcomes(asked(), left)[runtimes.WHOLE]
        self.assertEqual(outcome, "failed")
        self.assertIn("Rust: wanted ok, saw not ok", why)

    def test_a_runtime_of_which_nothing_is_asked_fails(self) -> None:
        self.assertEqual(outcomes("", ""), {"is tried": ("failed", "on no kernel")})
        nothing = printed(lambda suite: None)
        self.assertEqual(outcomes(nothing, nothing)[runtimes.WHOLE][0], "failed")

    def test_what_cannot_be_asked_must_be_the_same(self) -> None:
        def absent(suite: Suite) -> None:
            suite.check("own", "x", "x")
            suite.absent("limits", "none")

        found = outcomes(printed(absent), printed(lambda suite: suite.check("own", "x", "x")))
        self.assertEqual(found["the same can be asked"][0], "failed")

    def test_what_differs_in_each_run_is_not_compared(self) -> None:
        def numbered(number: str) -> str:
            def action(suite: Suite) -> None:
                suite.rename(number, "ID")
                suite.check("own", f"0::/pod-{number}", f"0::/pod-{number}")

            return printed(action)

        self.assertEqual(outcomes(numbered("12ab"), numbered("34cd"))["own"], ("passed", ""))


class Output(unittest.TestCase):
    def test_the_table(self) -> None:
        reports = {"C": runtimes.parse(asked()), "Rust": runtimes.parse(asked(limit="9"))}
        row = runtimes.table(reports).rows[0]
        self.assertEqual(row, ("crun", "1.21", "3 of 3", "1 of 3", "no", "3 / 3", "-"))

    def test_a_check_is_asked_once(self) -> None:
        def twice(suite: Suite) -> None:
            suite.check("own", "", "")
            suite.check("own", "", "")

        with self.assertRaises(Broken):
            printed(twice)

    def test_without_the_root_file_system_one_line_says_so(self) -> None:
        with (
            mock.patch.dict(os.environ),
            self.assertRaisesRegex(runtimes.Failure, "make test-runtimes"),
        ):
            os.environ.pop("CGNS_RUNTIMES", None)
            runtimes.root()


class Guest(unittest.TestCase):
    def test_a_runtime_that_hangs_is_a_failure(self) -> None:
        out, end = os.pipe()
        self.addCleanup(os.close, out)
        self.addCleanup(os.close, end)
        os.write(end, b"    ok 1 own\n    ok 2 fir")
        said = io.TextIOWrapper(io.BytesIO(), write_through=True)
        with contextlib.redirect_stdout(said):
            self.assertFalse(run.follow(out, 0.2))
        text = said.buffer.getvalue().decode()  # type: ignore[attr-defined]
        self.assertTrue(text.endswith("\n    not ok 3 ends within its limit of 0.2 s\n    1..3\n"))

    def test_a_command_that_hangs_or_fails_breaks_off(self) -> None:
        with self.assertRaisesRegex(Broken, "no end in 0.2 s: sleep 60"):
            rig.command("sleep", "60", limit=0.2)
        with self.assertRaisesRegex(Broken, "status 3: sh -c echo why; exit 3: why"):
            rig.command("sh", "-c", "echo why; exit 3")

    def test_a_part_that_is_missing_is_empty(self) -> None:
        seen = rig.sections("before\n== own\n0::/\n== files\na\nb\n")
        self.assertEqual((seen["own"], seen["files"], seen["mounts"]), (["0::/"], ["a", "b"], []))

    def refused(self, *argv: str, words: str) -> None:
        done = subprocess.run(
            [sys.executable, GUEST / "run.py", *argv], capture_output=True, text=True, check=False
        )
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, rf"\Arun\.py: {words}[^\n]*\n\Z")

    def test_it_is_refused_where_it_would_do_harm(self) -> None:
        self.refused(words="this is no guest")

    def test_a_runtime_that_there_is_not(self) -> None:
        self.refused("docker", words="docker: no such runtime; there are util-linux, runc")


if __name__ == "__main__":
    unittest.main()
