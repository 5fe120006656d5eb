# SPDX-License-Identifier: GPL-2.0
"""The comparison of two kernels by upstream's selftests: no difference and no skip is overlooked."""

from __future__ import annotations

import contextlib
import io
import unittest
from pathlib import Path
from unittest import mock

import upstream
import upstream_cases
from progress import Failure
from results import Score
from upstream_cases import Case, Compared, Expected, Run

TAP = """\
TAP version 13
1..5
# of the program itself: ok 9 no result
ok 1 plain
not ok 2 - dashed # and a remark
ok 3 # SKIP named where the reason is
ok 4 suite.last # SKIP no such device
ok 5 suite.tried # XFAIL not supported
# Totals: pass:1 fail:1 xfail:1 xpass:0 skip:2 error:0
"""
GOOD = "1..1\nok 1 a\n"
BAD = "1..1\nnot ok 1 a\n"
SKIPPED = "1..1\nok 1 a # SKIP none here\n"


def outcomes(output: str, status: int = 0) -> dict[str, str]:
    return {case.name: case.outcome for case in upstream_cases.read(output, status).values()}


class Reading(unittest.TestCase):
    def test_every_form_of_a_result(self) -> None:
        self.assertEqual(
            outcomes(TAP, 1),
            {
                "plain": "passed",
                "dashed # and a remark": "failed",
                "named where the reason is": "skipped",
                "suite.last": "skipped",
                "suite.tried": "skipped",
            },
        )

    def test_a_program_without_results_is_one_case(self) -> None:
        for status, outcome in ((0, "passed"), (4, "skipped"), (1, "failed"), (-6, "failed")):
            self.assertEqual(outcomes("some words\n", status), {"as a whole": outcome})
        self.assertEqual(
            outcomes("1..0 # SKIP zswap isn't configured\n", 4)["as a whole"], "skipped"
        )

    def test_an_end_that_no_result_explains_is_a_failed_case(self) -> None:
        for status in (1, 124, -11):
            self.assertEqual(outcomes(GOOD, status)["its exit status"], "failed")
        self.assertNotIn("its exit status", outcomes(BAD, 1))
        self.assertEqual(outcomes(BAD, -9)["its exit status"], "failed")

    def test_results_that_did_not_come_are_a_failed_case(self) -> None:
        self.assertEqual(outcomes("1..3\nok 1 a\nok 2 b\n")["its plan is kept"], "failed")
        self.assertEqual(outcomes("1..3\n", 1), {"as a whole": "failed"})
        # More than announced is no loss: some programs announce nothing.
        self.assertEqual(outcomes("ok 1 a\n"), {"a": "passed"})

    def test_of_many_times_the_worst_counts(self) -> None:
        for texts in ((GOOD, BAD, GOOD), (BAD, SKIPPED), (SKIPPED, BAD)):
            self.assertEqual(outcomes("".join(texts), 1), {"a": "failed"})
        self.assertEqual(outcomes(GOOD + SKIPPED), {"a": "skipped"})


class Listing(unittest.TestCase):
    def test_a_line_without_kind_or_reason_is_refused(self) -> None:
        for text in ("skip cgroup/a:*\n", "never cgroup/a:* why\n", "skip a b\nskip a c\n"):
            with self.assertRaisesRegex(Failure, r"line [12]"):
                Expected(text)

    def test_a_line_that_stands_for_nothing_is_told(self) -> None:
        text = "# why\n\nskip s/p:a none\nfail s/p:a it is so\nvaries s/p:b it is\nvaries s/q:* it is\n"
        expected = Expected(text)
        case = compared(["skipped"], ["skipped"])
        self.assertEqual(list(expected.unseen([case])), ["fail s/p:a", "varies s/p:b"])
        self.assertEqual(expected.reason("skip", "s/p:a"), "none")
        self.assertEqual(expected.reason("skip", "s/p:b"), "")

    def test_ours_can_be_read(self) -> None:
        self.assertTrue(Expected(upstream.EXPECTED.read_text()).lines)


def compared(c: list[str], rust: list[str]) -> Compared:
    case = Compared("s/p:a", "s/p")
    case.outcomes["C"].update(c)
    case.outcomes["Rust"].update(rust)
    return case


class Verdict(unittest.TestCase):
    def verdict(self, c: str, rust: str, listed: str = "") -> tuple[str, bool]:
        """Outcomes by their letters: p, f, s or m for missing."""
        words = {"p": "passed", "f": "failed", "s": "skipped", "m": "missing"}
        case = compared([words[one] for one in c], [words[one] for one in rust])
        expected = Expected(listed)
        return case.verdict(expected), case.open(expected)

    def test_the_same_in_all_runs_agrees(self) -> None:
        for letter, word in (("p", "passed"), ("f", "failed"), ("s", "skipped")):
            self.assertEqual(self.verdict(letter * 2, letter * 2), (word, False))

    def test_nothing_in_common_differs(self) -> None:
        for c, rust in (("pp", "ff"), ("ff", "pp"), ("pp", "mm"), ("pp", "ss"), ("ps", "ff")):
            self.assertEqual(self.verdict(c, rust), ("differs", True))
            self.assertEqual(self.verdict(c, rust, "varies s/p:a timing\n"), ("differs", True))

    def test_what_c_does_too_varies(self) -> None:
        for c, rust in (("pf", "pf"), ("pf", "pp"), ("pf", "ff"), ("pff", "fff")):
            self.assertEqual(self.verdict(c, rust), ("varies", False))

    def test_what_rust_alone_did_once_is_asked_again(self) -> None:
        self.assertEqual(self.verdict("pp", "pf"), ("varies", True))
        self.assertEqual(self.verdict("pp", "pf", "varies s/p:a timing\n"), ("varies", False))

    def test_what_rust_alone_did_twice_differs(self) -> None:
        self.assertEqual(self.verdict("ppppp", "ppfpf"), ("differs", True))
        self.assertEqual(self.verdict("ppppp", "ppfpf", "varies s/p:a timing\n"), ("varies", False))

    def test_a_case_that_a_run_does_not_have_is_missing(self) -> None:
        case = {"1": Case("a", "passed")}
        runs = [Run("C", "s/p", case), Run("Rust", "s/p", {}), Run("C", "s/q", case)]
        found = upstream_cases.compare(runs)
        self.assertEqual([one.name for one in found], ["s/p:a"])
        self.assertEqual(found[0].shown("Rust"), "1 missing")


COMPLAINTS: dict[str, list[str]] = {}


class FakeGuest:
    """A guest that has run, with what its programs said."""

    def __init__(self, kernel: str, programs: list[str], said: str, death: str) -> None:
        self.kernel = kernel
        cases = upstream_cases.read(said, int("not ok" in said))
        self.runs = [] if death else [Run(kernel, name, cases) for name in programs]
        self.why = death

    def complaints(self) -> set[str]:
        return set(COMPLAINTS.get(self.kernel, []))

    def death(self) -> str:
        return self.why


class Whole(unittest.TestCase):
    """A comparison from the guests' output to the exit status."""

    def setUp(self) -> None:
        self.boots: list[tuple[str, list[str]]] = []

    def compare(
        self, c: list[str], rust: list[str], listed: str = "", death: str = "", accel: str = "tcg"
    ) -> tuple[int, str]:
        """What each boot of each kernel says; the last one again if there are more."""
        said = {"C": c, "Rust": rust}
        rounds = {"C": 0, "Rust": 0}

        def boot(
            _phase: str, images: dict[str, Path], _installed: Path, programs: list[str], _cpus: int
        ) -> list[FakeGuest]:
            guests = []
            for kernel in images:
                self.boots.append((kernel, list(programs)))
                text = said[kernel][min(rounds[kernel], len(said[kernel]) - 1)]
                rounds[kernel] += 1
                why = death if kernel == "Rust" else ""
                guests.append(FakeGuest(kernel, list(programs), text, why))
            return guests

        programs = upstream.Programs(Path("/nowhere"), ("cgroup/slow", "proc/p"))
        words = io.StringIO()
        with (
            mock.patch.object(upstream, "build", return_value=programs),
            mock.patch.object(upstream, "EXPECTED") as file,
            mock.patch.object(upstream.kernel, "build", side_effect=Path),
            mock.patch.object(upstream.accel, "choose", return_value=accel),
            mock.patch.object(upstream, "SLOW", {"cgroup/slow": "an hour"}),
            mock.patch.object(upstream.upstream_guests, "run", side_effect=boot),
            contextlib.redirect_stdout(words),
        ):
            file.read_text.return_value = listed
            score = Score(1)
            score.begin("upstream")
            upstream.run(score)
            status = score.finish()
        return status, words.getvalue()

    def test_two_rounds_are_enough_where_all_agree(self) -> None:
        status, text = self.compare([GOOD], [GOOD])
        self.assertEqual(status, 0, text)
        self.assertEqual(self.boots, [("C", ["proc/p"]), ("Rust", ["proc/p"])] * 2)
        self.assertRegex(text, r"# proc +1 +1 +1 +0 +0 +0 +1 +0 +0 +0 +0\n")

    def test_a_difference_is_looked_at_again_and_fails(self) -> None:
        status, text = self.compare([GOOD], [BAD])
        self.assertEqual(status, 1)
        self.assertEqual(self.boots[4:], [("C", ["proc/p"] * 3), ("Rust", ["proc/p"] * 3)])
        self.assertIn("not ok 1 proc/p:a differs: C 5 passed; Rust 5 failed", text)
        self.assertRegex(text, r"# proc +1 +1 +1 +0 +0 +0 +0 +1 +0 +0 +1\n")

    def test_one_that_both_fail_is_shown(self) -> None:
        status, text = self.compare([BAD], [BAD], "fail proc/p:a it is so\n")
        self.assertEqual(status, 0)
        self.assertRegex(text, r"# fail on both\n.*\n# proc/p:a +2 failed +2 failed +it is so\n")

    def test_what_varies_is_shown(self) -> None:
        status, text = self.compare([GOOD, BAD], [BAD, GOOD])
        self.assertEqual(status, 0)
        self.assertRegex(text, r"# vary\n.*\n# proc/p:a .*none is listed\n")

    def test_a_skip_needs_its_reason(self) -> None:
        status, text = self.compare([SKIPPED], [SKIPPED])
        self.assertEqual(status, 1)
        self.assertIn("no reason is listed", text)
        _, text = self.compare([SKIPPED], [SKIPPED], "skip proc/* none here\n")
        self.assertIn("ok 1 proc/p:a # SKIP none here\n", text)
        # One that only sometimes is skipped as well.
        status, text = self.compare([SKIPPED, GOOD], [SKIPPED, GOOD])
        self.assertEqual(status, 1)
        status, text = self.compare([SKIPPED, GOOD], [SKIPPED, GOOD], "varies proc/* a race\n")
        self.assertEqual(status, 0)

    def test_what_the_rust_kernel_alone_complains_of_fails(self) -> None:
        for kernels, status in ((("C", "Rust"), 0), (("C",), 0), (("Rust",), 1)):
            with mock.patch.dict(COMPLAINTS, {key: ["WARNING: a"] for key in kernels}):
                found, text = self.compare([GOOD], [GOOD])
            self.assertEqual(found, status, text)

    def test_what_is_slow_waits_for_kvm(self) -> None:
        _, text = self.compare([GOOD], [GOOD])
        self.assertIn("cgroup/slow:as a whole # SKIP takes an hour without KVM", text)
        self.boots.clear()
        self.compare([GOOD], [GOOD], accel="kvm")
        self.assertEqual(self.boots[0], ("C", ["cgroup/slow", "proc/p"]))

    def test_a_guest_that_dies_fails(self) -> None:
        status, text = self.compare([GOOD], [GOOD], death="in proc/p: it hung")
        self.assertEqual(status, 1)
        self.assertIn("round 1, Rust in proc/p: it hung\n", text)
        self.assertIn("proc/p never ended on Rust\n", text)


if __name__ == "__main__":
    unittest.main()
