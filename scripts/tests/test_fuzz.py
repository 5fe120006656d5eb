# SPDX-License-Identifier: GPL-2.0
"""What is read of fuzzers, and what is made of it."""

from __future__ import annotations

import re
import unittest
from pathlib import Path
from unittest import mock

import fuzz
from fuzzing import calls, coverage, logic, trinity
from fuzzing.guests import Boot
from progress import Failure

PROJECT = Path(__file__).resolve().parent.parent.parent
BASELINE = "baseline cgroups=0 dying=0 hierarchies=0 mounts=0 namespaces=0 charge=0\n"
WHOLE = f"""round 1 77
{BASELINE}count mkdir 0 3
count mkdir 17 1
killed 2, signalled 1
pc 60001000
round 2 78
{BASELINE}count mkdir 0 5
count mkdir 17 2
count mkdir 135 4
killed 4, signalled 6
pc 60001010
"""
OBJDUMP = """
0000000060001000 <one>:
60001000:      \tpushq\t%rbp
60001001:      \tcallq\t0x60009000 <__sanitizer_cov_trace_pc>
60001006:      \tretq

0000000060001010 <two>:
60001010:      \tcallq\t0x60009000 <__sanitizer_cov_trace_pc>

0000000060001015 <three>:
60001015:      \tcallq\t0x60009100 <other>
"""
SYMBOLS = """/src/rust/core/option.rs:10:5
/src/kernel/cgroup/ns/path.rs:7:9
/src/kernel/cgroup/ns/abi/entry.rs:3:1

/src/kernel/cgroup/ns/path.rs:8:1

"""


class Calls(unittest.TestCase):
    def test_counts_are_sums_of_a_boot(self) -> None:
        tally = calls.Tally()
        for _ in range(2):
            tally.add(WHOLE)
        self.assertEqual(tally.counts["mkdir"], {0: 10, 17: 4, calls.VOID: 8})
        self.assertEqual((tally.rounds, tally.clean), (4, 4))
        self.assertEqual((tally.killed, tally.signalled), (8, 12))
        self.assertEqual(tally.reached, {0x60001000, 0x60001010})
        self.assertEqual(tally.total(), 14)

    def test_what_is_left_is_not_clean(self) -> None:
        tally = calls.Tally()
        tally.add(WHOLE.replace("namespaces=0", "namespaces=1", 1))
        self.assertEqual((tally.rounds, tally.clean), (2, 1))

    def test_one_sided(self) -> None:
        tally = calls.Tally()
        tally.add("count mkdir 17 1\ncount stat 0 1\ncount listns 0 1\ncount exit 1 1\n")
        self.assertEqual(tally.one_sided(), ["mkdir", "stat"])

    def test_void_is_what_the_fuzzer_calls_it(self) -> None:
        header = (PROJECT / "selftests/fuzz/fuzz.h").read_text()
        outcomes = re.search(r"#define OUTCOMES (\d+)", header)
        assert outcomes is not None
        self.assertEqual(calls.VOID, int(outcomes[1]) - 1)

    def test_a_boot_that_fails_is_told_of_with_its_seeds(self) -> None:
        text = "round 1 5\nbaseline cgroups=3 dying=0 hierarchies=0\n"
        place = mock.Mock(begin=1, end=2)
        dead = Boot(text, "the fuzzer ended with status 1", ["a report"])
        with mock.patch("fuzzing.guests.boot", return_value=dead), mock.patch("builtins.print"):
            tally = calls.run(Path("image"), Path("fuzz"), place, 100, 9)
        self.assertEqual(len(tally.failures), calls.MOST_FAILURES)
        self.assertEqual(
            tally.failures[0],
            "seed 9, round 1 of seed 5: baseline cgroups=3 dying=0 hierarchies=0",
        )


class Coverage(unittest.TestCase):
    def setUp(self) -> None:
        answers = [mock.Mock(stdout=OBJDUMP), mock.Mock(stdout=SYMBOLS)]
        with mock.patch("subprocess.run", side_effect=answers):
            self.map = coverage.Map(Path("vmlinux"))

    def test_a_place_is_where_the_call_returns_to(self) -> None:
        self.assertEqual(sorted(self.map.places), [0x60001006, 0x60001015])
        self.assertEqual((self.map.begin, self.map.end), (0x60001006, 0x60001016))

    def test_lines_are_ours_alone(self) -> None:
        self.assertEqual(self.map.lines([0x60001006]), {("path.rs", 7), ("abi/entry.rs", 3)})

    def test_the_table(self) -> None:
        table = self.map.table({0x60001006, 0x1})
        self.assertEqual(table.title, "Coverage: 2 of 3 lines, 1 of 2 branch points")
        rows = (("abi/entry.rs", "1", "1", "0", "0"), ("path.rs", "1", "2", "1", "2"))
        self.assertEqual(table.rows, rows)

    def test_what_was_never_reached(self) -> None:
        self.assertEqual(self.map.missed(set()), ["abi/entry.rs: 3", "path.rs: 7-8"])


class Trinity(unittest.TestCase):
    def outcome(self, output: str, wrong: str = "") -> trinity.Outcome:
        boot = Boot(output, wrong, [])
        with mock.patch("fuzzing.guests.boot", return_value=boot), mock.patch("builtins.print"):
            return trinity._run(Path("image"), "root", "tree", 1, 5)

    RAN = "[main] Ran 12 syscalls. Successes: 5  Failures: 7\n"
    END = f"[main] {trinity.STOPPED}.\n"

    def test_a_run_to_its_end(self) -> None:
        outcome = self.outcome(self.END + self.RAN + "left: nr_descendants 0\n")
        self.assertEqual((outcome.calls, outcome.succeeded, outcome.wrong), (12, 5, ""))

    def test_what_is_wrong(self) -> None:
        self.assertTrue(self.outcome(self.RAN).wrong)
        self.assertTrue(self.outcome(self.END).wrong)
        self.assertTrue(self.outcome(self.END + self.RAN, "a panic").wrong)
        left = self.outcome(self.END + self.RAN + "left: nr_dying_descendants 2\n")
        self.assertEqual(left.wrong, "left: nr_dying_descendants 2")


class Wishes(unittest.TestCase):
    def test_seeds(self) -> None:
        self.assertEqual(fuzz.wanted_seed({"SEED": "7"}), 7)
        self.assertGreater(fuzz.wanted_seed({}), 0)
        for text in ("0", "x", "-1", "1234567890"):
            with self.assertRaises(Failure):
                fuzz.wanted_seed({"SEED": text})

    def test_every_target_is_a_program_of_the_package(self) -> None:
        manifest = (PROJECT / "rust/fuzz/Cargo.toml").read_text()
        self.assertEqual(logic.targets(), re.findall(r'path = "targets/(\w+)\.rs"', manifest))


if __name__ == "__main__":
    unittest.main()
