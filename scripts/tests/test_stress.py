# SPDX-License-Identifier: GPL-2.0
"""What stress leaves behind, and errors that nobody asked for: none is overlooked."""

from __future__ import annotations

import contextlib
import io
import re
import unittest
from collections.abc import Sequence
from unittest import mock

import progress
import stress
import stress_record
from progress import Failure
from results import Score
from span import SHORT, Span
from stress_record import Expected, Record

COUNTS = "cgroups=0 dying=0 listed=1 cgroup_namespaces=0 user_namespaces=0 mnt_namespaces=1 "
COUNTS += "ipc_namespaces=0 hierarchies=1 mounts=11"
MEMORY = "MemAvailable=1000000 Slab=5000 SUnreclaim=4000 Percpu=500 KernelStack=900 objects=3000"
RESULTS = "TAP version 13\n1..1\nok 1 all cgroups can be removed\n"
CALLS = "# count call=mkdir ok=5 EEXIST=2\n# count call=plug ok=0\n# count call=unplug ok=0\n"
EXPECTED = "# a comment\nmkdir  EEXIST  it is there\n"
STRESS_NG = """\
stress-ng: metrc: [49] stressor       bogo ops real time  usr time  sys time   bogo ops/s     bogo ops/s CPU used per       RSS Max
stress-ng: metrc: [49]                           (secs)    (secs)    (secs)   (real time) (usr+sys time) instance (%)          (KB)
stress-ng: metrc: [49] cgroup               38      5.30      0.00     10.81         7.17           3.52       101.98          3204
stress-ng: metrc: [49] bind-mount          616      5.05      0.00      7.00       121.93          88.00        69.28          3500
stress-ng: metrc: [49] clone                18      5.40      0.01     10.64         3.33           1.69        98.54        133744
stress-ng: metrc: [49] miscellaneous metrics:
stress-ng: metrc: [49] clone              94322.84 microsecs per clone (harmonic mean of 2 instances)
stress-ng: info:  [49] skipped: 2: umount (2)
stress-ng: info:  [49] passed: 4: cgroup (2) bind-mount (2)
stress-ng: info:  [49] failed: 2: clone (2)
"""


def state(when: str, **changes: int) -> str:
    """The line of a state, of which some values are others."""
    line = f"# state when={when} {MEMORY} {COUNTS}\n"
    for key, value in changes.items():
        line = re.sub(rf"\b{key}=\d+", f"{key}={value}", line)
    return line


def verdict(text: str, console: str = "", why: str = "") -> list[str]:
    """The names of what fails of a guest with this output."""
    guest = stress.Guest("tasks", "uml", ("storm",), warm="warm")
    with contextlib.redirect_stdout(io.StringIO()):
        score = Score(1)
        score.begin("stress")
        found = stress.Verdict(score, Expected(EXPECTED))
        found.add(guest, stress.End(text, console, why))
        found.finish()
    all_results = score.suites["stress, tasks"].results
    return [result.name for result in all_results if result.outcome == "failed"]


def output(*, calls: str = CALLS, last: str = state("after")) -> str:
    return RESULTS + state("before") + state("warm") + last + calls


class Verdicts(unittest.TestCase):
    def test_a_sound_run_passes(self) -> None:
        self.assertEqual(verdict(output()), [])

    def test_whatever_is_left_fails(self) -> None:
        for key in stress_record.COUNTS:
            with self.subTest(key):
                last = state("after", **{key: 20})
                self.assertEqual(verdict(output(last=last)), ["nothing is left behind"])

    def test_memory_that_is_lost_fails(self) -> None:
        for change in ({"objects": 3129}, {"Percpu": 1269}, {"MemAvailable": 987000}):
            with self.subTest(change):
                last = state("after", **change)
                self.assertEqual(verdict(output(last=last)), ["no memory is lost"])
        last = state("after", objects=3128, Percpu=1268, MemAvailable=2000000)
        self.assertEqual(verdict(output(last=last)), [])

    def test_a_state_that_was_not_printed_fails(self) -> None:
        missing = ["nothing is left behind", "no memory is lost"]
        self.assertEqual(verdict(output(last="")), missing)

    def test_an_error_that_is_not_listed_fails(self) -> None:
        calls = CALLS.replace("EEXIST=2", "EEXIST=2 ENOMEM=1")
        self.assertEqual(verdict(output(calls=calls)), ["every error is one that may come"])

    def test_a_call_that_never_succeeds_fails(self) -> None:
        calls = CALLS.replace("ok=5", "ok=0")
        self.assertEqual(verdict(output(calls=calls)), ["every call succeeds at times"])

    def test_complaints_deaths_and_missing_results_fail(self) -> None:
        self.assertEqual(verdict(output(), "BUG: x\n"), ["the kernel has no complaint"])
        self.assertEqual(verdict(output(), why="status 1"), ["runs to its end"])
        self.assertEqual(verdict(output().replace("1..1", "1..2")), ["runs to its end"])

    def test_a_report_is_shown_from_where_it_begins(self) -> None:
        console = "one\nBUG: two\nthree\n" + "more\n" * 100
        shown = stress.reports(console).splitlines()
        self.assertEqual((shown[0], len(shown)), ("BUG: two", stress.REPORT))


class Errors(unittest.TestCase):
    def test_a_list_with_a_mistake_is_refused(self) -> None:
        for text in ("mkdir EEXIST\n", "mkdir\n", EXPECTED * 2):
            with self.subTest(text), self.assertRaises(ValueError):
                Expected(text)

    def test_the_list_that_is_used_is_sound(self) -> None:
        expected = Expected(stress.EXPECTED.read_text())
        names = (stress.SOURCES / "tally.c").read_text()
        for call, error in expected.reasons:
            self.assertIn(f'"{call}"', names)
            self.assertRegex(error, "^E[A-Z]+$")

    def test_lines_that_are_no_records_are_passed_over(self) -> None:
        record = stress_record.parse("# storm: seed=7\n# 5.100000 pages\nok 1 state when=x\n")
        self.assertEqual(record, Record())


class StressNg(unittest.TestCase):
    def test_only_what_passed_counts(self) -> None:
        wanted = {"cgroup": (38, 5.3), "bind-mount": (616, 5.05)}
        self.assertEqual(stress_record.stressors(STRESS_NG), wanted)


class Plan(unittest.TestCase):
    def commands(self, span: Span) -> Sequence[str]:
        return [" ".join(guest.command) for lane in stress.guests(span, 3) for guest in lane]

    def test_lengths_are_the_forms_or_the_users(self) -> None:
        for span, seconds in ((SHORT, 30), (Span(False), 600), (Span(False, 2), 120)):
            self.assertIn(f"{stress.BUILD}/storm 3 {seconds}", self.commands(span))

    def test_bad_seeds_are_refused(self) -> None:
        for text in ("x", "0", "-1", "1234567890", "²"):
            with self.subTest(text), self.assertRaises(Failure):
                stress.wanted_seed({"SEED": text})
        self.assertEqual(stress.wanted_seed({"SEED": "7"}), 7)

    def test_a_guest_that_dies_is_a_failure_with_its_words(self) -> None:
        def boot(*_args: object, sink: io.BytesIO, **_options: object) -> None:
            sink.write(b"half\r\n")
            raise Failure("it died")

        guest = stress.Guest("x", "uml", ("true",))
        with mock.patch("uml.boot", boot):
            end = stress.boot(guest, progress.CACHE)
        self.assertEqual(end, stress.End("half\n", None, "it died"))


if __name__ == "__main__":
    unittest.main()
