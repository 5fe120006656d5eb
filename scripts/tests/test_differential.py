# SPDX-License-Identifier: GPL-2.0
"""Differential runs, as far as they need no guest: programs, rules, shrinking, the verdict."""

from __future__ import annotations

import hashlib
import unittest
from pathlib import Path
from unittest import mock

import diff
from differential import generator, guests, names, operations, rules, shrinker, transcript
from differential.guests import Run
from differential.operations import Program, Step
from progress import Failure

PROJECT = Path(__file__).resolve().parent.parent.parent
EXECUTOR = PROJECT / "selftests/differential"
LONG = "/" + "/".join(["n" * 250] * 20)
CLEAN = "baseline cgroups=0 dying=0 hierarchies=0 mounts=0 namespaces=0 charge=0"


class Operations(unittest.TestCase):
    def test_the_executor_has_the_same_list(self) -> None:
        listed = operations.listed((EXECUTOR / "operations.c").read_text())
        self.assertEqual(operations.OPERANDS, listed)

    def test_the_executor_has_room_for_the_same_numbers(self) -> None:
        text = (EXECUTOR / "world.h").read_text()
        for name in ("TASKS", "DIRS", "FILES", "POINTS"):
            self.assertIn(f"#define MAX_{name} {getattr(operations, name)}\n", text)

    def test_every_operation_is_made(self) -> None:
        self.assertEqual(set(operations.OPERANDS), set(generator.MAKERS))
        self.assertEqual(set(operations.OPERANDS), set(generator.WEIGHTS))

    def test_a_line_of_a_program(self) -> None:
        step = Step(3, "mkdir", (0, 1, b"a b\\%"))
        self.assertEqual("3 mkdir 0 1 a%20b%5C%25", str(step))
        self.assertEqual("3 limit -", str(Step(3, "limit", (b"",))))
        self.assertEqual("3 limit %2D", str(Step(3, "limit", (b"-",))))

    def test_wrong_operands(self) -> None:
        for operands in ((), (0, 1), (0, 1, 2), (b"a", 0, 1)):
            with self.assertRaises(ValueError):
                Step(0, "mkdir", operands)


class Generator(unittest.TestCase):
    def test_a_seed_is_one_program(self) -> None:
        self.assertEqual(generator.program(7, 300), generator.program(7, 300))
        self.assertNotEqual(generator.program(7, 300).steps, generator.program(8, 300).steps)

    def test_a_seed_is_the_same_program_for_ever(self) -> None:
        text = "".join(generator.program(seed, 500).text() for seed in range(1, 6))
        self.assertEqual(FOREVER, hashlib.sha256(text.encode()).hexdigest())

    def test_as_many_operations_as_asked_for(self) -> None:
        for count in (1, 10, 500):
            self.assertEqual(count, len(generator.program(1, count).steps))

    def test_numbers_are_ones_that_the_executor_has(self) -> None:
        room = {"t": operations.TASKS, "d": operations.DIRS, "f": operations.FILES}
        room["m"] = operations.POINTS
        for seed in range(20):
            for step in generator.program(seed, 500).steps:
                letters = operations.OPERANDS[step.kind].lower()
                for letter, operand in zip(letters, step.operands, strict=True):
                    if letter in room and not (step.kind == "clone" and letter == "d"):
                        self.assertIn(operand, range(room[letter]), str(step))

    def test_names_have_every_length(self) -> None:
        random = generator.Choices(1).random
        for length in range(1, names.LONGEST + 1):
            self.assertEqual(length, len(names.of_length(random, length)))


class Rules(unittest.TestCase):
    def same(self, c: str, rust: str) -> bool:
        return rules.same_line(c, rust)

    def test_a_path_of_a_page(self) -> None:
        cut = LONG[:4095]
        self.assertTrue(self.same(f"1 cgroup ok p!0:={cut}", f"1 cgroup ok p!0:={LONG}"))
        self.assertFalse(self.same(f"1 cgroup ok p!0:={cut[:-1]}", f"1 cgroup ok p!0:={LONG}"))
        self.assertFalse(self.same(f"1 cgroup ok p!0:={LONG}", f"1 cgroup ok p!0:={cut}"))
        self.assertFalse(self.same(f"2 cgroup ok p!0:={cut}", f"1 cgroup ok p!0:={LONG}"))
        self.assertFalse(self.same(f"1 cgroup ok p!h0:={cut}", f"1 cgroup ok p!0:={LONG}"))

    def test_what_fits_must_be_the_same(self) -> None:
        self.assertFalse(self.same("1 cgroup ok p!0:=/a", "1 cgroup ok p!0:=/b"))
        fits, longer = LONG[:4095], LONG[:4096]
        self.assertFalse(self.same(f"1 cgroup ok p!0:={fits[:-1]}x", f"1 cgroup ok p!0:={fits}"))
        self.assertTrue(self.same(f"1 cgroup ok p!0:={fits}", f"1 cgroup ok p!0:={longer}"))

    def test_a_dead_cgroup(self) -> None:
        cut, dead = LONG[:4095], "\\040(deleted)"
        rust = f"1 cgroup ok p!0:={LONG}{dead}"
        self.assertTrue(self.same(f"1 cgroup ok p!0:={cut}{dead}", rust))
        self.assertFalse(self.same(f"1 cgroup ok p!0:={cut}", rust))

    def test_an_escape_counts_as_one_byte(self) -> None:
        whole = "/" + "\\040" * 4200
        self.assertTrue(
            self.same("1 cgroup ok p!0:=/" + "\\040" * 4094, f"1 cgroup ok p!0:={whole}")
        )
        # mountinfo's own escapes, in those of the transcript.
        blank = "\\134040"
        whole = f"1 mounts ok r!/m=/{blank * 4200}"
        self.assertTrue(self.same(f"1 mounts ok r!/m=/{blank * 4094}", whole))
        self.assertFalse(self.same(f"1 mounts ok r!/m=/{blank * 1023}", whole))

    def test_so_many_steps_upwards(self) -> None:
        fits, more = "/.." * 1365, "/.." * 1366
        for up in (fits, more):
            self.assertTrue(self.same(f"1 cgroup ok p!0:={up}", f"1 cgroup ok p!0:={up}"))
        self.assertTrue(self.same(f"1 cgroup ok p!0:={fits}", f"1 cgroup ok p!0:={fits}/a"))
        self.assertTrue(self.same("1 cgroup ENAMETOOLONG", f"1 cgroup ok p!0:={more}"))
        self.assertFalse(self.same("1 cgroup ENAMETOOLONG", f"1 cgroup ok p!0:={fits}/a"))
        self.assertFalse(self.same("1 cgroup ERANGE", f"1 cgroup ok p!0:={more}"))
        # A name that begins so is no step upwards.
        name = "/..n" * 1200
        self.assertTrue(self.same(f"1 cgroup ok p!0:={name[:4095]}", f"1 cgroup ok p!0:={name}"))

    def test_a_table_that_ends_early(self) -> None:
        rust = f"1 mounts ok r!/a=/ r!/b={'/..' * 1400} r!/c=/"
        self.assertTrue(self.same("1 mounts ERANGE r!/a=/", rust))
        self.assertFalse(self.same("1 mounts ERANGE", rust))
        self.assertFalse(self.same("1 mounts ERANGE r!/a=/ r!/c=/", rust))

    def test_a_mount_that_cannot_be_shown(self) -> None:
        rust = f"1 statmount ok type=cgroup2 s!root={'/..' * 1400}"
        self.assertTrue(self.same("1 statmount ERANGE", rust))
        self.assertFalse(self.same("1 statmount ERANGE type=cgroup2", rust))
        rust = f"1 statmount ok type=cgroup2 s!root={LONG}"
        self.assertTrue(self.same(f"1 statmount ok type=cgroup2 s!root={LONG[:4095]}", rust))

    def test_cpuset(self) -> None:
        rust = f"1 cpuset ENAMETOOLONG p!0:={LONG}"
        cut = LONG[:4095]
        self.assertTrue(self.same(f"1 cpuset ok c!cpuset={cut} p!0:={cut}", rust))
        self.assertFalse(self.same(f"1 cpuset ok c!cpuset={LONG} p!0:={cut}", rust))
        self.assertFalse(self.same(f"1 cpuset ok c!cpuset=/ p!0:={cut}", rust))
        self.assertFalse(self.same(f"1 cpuset EPERM p!0:={cut}", rust))
        short = f"1 cpuset ok c!cpuset=/a p!0:={LONG}"
        self.assertTrue(self.same(f"1 cpuset ok c!cpuset=/a p!0:={cut}", short))
        self.assertFalse(self.same(f"1 cpuset ok c!cpuset=/b p!0:={cut}", short))

    def test_the_cpuset_of_a_task_that_has_exited(self) -> None:
        cut = LONG[:4095]
        rust = "1 cpuset ENAMETOOLONG p!h0:cpuset=/ p!0:=/"
        self.assertTrue(self.same(f"1 cpuset ok c!cpuset={cut} p!h0:cpuset=/ p!0:=/", rust))
        self.assertFalse(self.same(f"1 cpuset ok c!cpuset={LONG} p!h0:cpuset=/ p!0:=/", rust))
        self.assertFalse(self.same(f"1 cpuset ok c!cpuset={cut[:-1]} p!h0:cpuset=/ p!0:=/", rust))
        rust = "1 cpuset ENAMETOOLONG p!h0:cpuset=/a p!0:=/"
        self.assertFalse(self.same(f"1 cpuset ok c!cpuset={cut} p!h0:cpuset=/a p!0:=/", rust))

    def test_the_first_difference(self) -> None:
        c = ["0 cgroup ok p!0:=" + LONG[:4095], "1 link ok is=n0", "2 link ok is=n1"]
        rust = ["0 cgroup ok p!0:=" + LONG, "1 link ok is=n1", "2 link ok is=n2"]
        found, applied = rules.compare(c, rust)
        self.assertEqual((1, 1), (found.index if found else None, applied))
        self.assertEqual((None, 1), rules.compare(c[:1], rust[:1]))

    def test_a_transcript_that_ends_early(self) -> None:
        found, _ = rules.compare(["0 link ok", "1 link ok"], ["0 link ok"])
        self.assertEqual(rules.Difference(1, "1 link ok", ""), found)


class Transcripts(unittest.TestCase):
    def test_programs(self) -> None:
        text = "program 1\n0 link ok\nend 1\nnoise\nprogram 2\n0 exit ok\n"
        found = list(transcript.programs(text))
        self.assertEqual([("1", ["0 link ok"], True), ("2", ["0 exit ok"], False)], found)

    def test_two_that_end_badly(self) -> None:
        good = Run(["0 link ok", CLEAN], True)
        leaky = Run(["0 link ok", CLEAN.replace("dying=0", "dying=1")], True)
        dead = Run(["0 link ok", "the guest's kernel panicked"], False)
        self.assertEqual((None, 0), diff.judge(good, good))
        for run in (leaky, dead):
            self.assertIsNotNone(diff.judge(run, run)[0])
            self.assertIsNotNone(diff.judge(good, run)[0])


class Batches(unittest.TestCase):
    """Guests that die: what comes of the programs after the one that they die of."""

    def batch(self, deadly: set[str]) -> dict[str, Run]:
        def boot(_image: Path, _executor: Path, left: list[Program]) -> guests.Boot:
            self.boots += 1
            text = ""
            for program in left:
                text += f"program {program.name}\n0 link ok\n"
                if program.name in deadly:
                    return guests.Boot(text, "panicked", [])
                text += f"{CLEAN}\nend {program.name}\n"
            return guests.Boot(text, "status 0", ["WARNING: once"])

        self.boots = 0
        programs = [Program(str(number), ()) for number in range(6)]
        with mock.patch.object(guests, "_boot", boot):
            batch = guests._batch(Path("image"), Path("executor"), programs)
            self.alarms = batch.alarms
            return batch.runs

    def test_all_is_well(self) -> None:
        runs = self.batch(set())
        self.assertEqual((1, 6), (self.boots, sum(run.whole for run in runs.values())))

    def test_the_next_ones_get_another_guest(self) -> None:
        runs = self.batch({"2"})
        self.assertEqual((2, 5), (self.boots, sum(run.whole for run in runs.values())))
        self.assertEqual(Run(["0 link ok", "panicked"], False), runs["2"])

    def test_what_a_kernel_complains_of_is_kept(self) -> None:
        self.batch({"2"})
        self.assertEqual(["WARNING: once"], self.alarms)

    def test_not_for_ever(self) -> None:
        runs = self.batch({"1", "2", "3"})
        self.assertEqual(2, self.boots)
        self.assertEqual(["0", "1", "2"], [name for name, run in runs.items() if run.ran])

    def test_a_guest_that_does_not_begin(self) -> None:
        with mock.patch.object(guests, "_boot", lambda *_: guests.Boot("", "no kernel", [])):
            runs = guests._batch(Path(), Path(), [Program("1", ()), Program("2", ())]).runs
        self.assertEqual([["no kernel"]] * 2, [run.lines for run in runs.values()])


class Shrinker(unittest.TestCase):
    def shrink(self, count: int, needed: set[int]) -> list[int]:
        def still(candidates: list[list[int]]) -> list[bool]:
            self.batches += 1
            return [needed <= set(candidate) for candidate in candidates]

        self.batches = 0
        return shrinker.shrink(list(range(count)), still)

    def test_only_what_is_needed_is_left(self) -> None:
        for needed in ({0}, {499}, {3, 250, 251, 498}, set(range(0, 500, 50))):
            self.assertEqual(sorted(needed), self.shrink(500, needed))
            self.assertLess(self.batches, shrinker.MOST_ROUNDS)

    def test_an_order_is_kept(self) -> None:
        def still(candidates: list[list[str]]) -> list[bool]:
            return ["ab" in "".join(candidate) for candidate in candidates]

        self.assertEqual(["a", "b"], shrinker.shrink(list("xxaxbyab"), still))

    def test_one_of_two_is_needed(self) -> None:
        def still(candidates: list[list[int]]) -> list[bool]:
            return [bool({7, 90} & set(candidate)) for candidate in candidates]

        self.assertEqual(1, len(shrinker.shrink(list(range(100)), still)))

    def test_what_cannot_be_shrunk_stays(self) -> None:
        self.assertEqual(list(range(5)), self.shrink(5, set(range(5))))


class Tally(unittest.TestCase):
    def test_an_operation_that_is_never_refused(self) -> None:
        tally = diff.Tally()
        for kind in operations.OPERANDS:
            tally.add([f"0 {kind} ok", f"1 {kind} EPERM"], 0)
        self.assertEqual([], tally.one_sided())
        tally.counts["mkdir"].clear()
        tally.add(["0 mkdir ok", "1 mkdir void"], 0)
        self.assertEqual(["mkdir"], tally.one_sided())


class Wishes(unittest.TestCase):
    def test_good_ones(self) -> None:
        self.assertEqual((range(1, 201), 500), diff.wanted({}))
        self.assertEqual((range(1, 8), 500), diff.wanted({"SEEDS": "7"}))
        self.assertEqual((range(9, 10), 50), diff.wanted({"SEED": "9", "OPERATIONS": "50"}))
        self.assertEqual((range(9, 12), 500), diff.wanted({"SEED": "9", "SEEDS": "3"}))

    def test_bad_ones(self) -> None:
        for value in ("0", "-1", "x", "1.5", "9999999999", "\u0661"):
            with self.assertRaises(Failure):
                diff.wanted({"SEEDS": value})

    def test_a_difference_can_be_repeated(self) -> None:
        program = generator.program(3, 50)
        self.assertEqual(Program("3", program.steps), program)


# Of programs 1 to 5: changed on purpose when the generator is.
FOREVER = "e9c7501e4459bcc178133e4cb2668f5b735889a7fdc6a635f03193ef0e5d8fb5"

if __name__ == "__main__":
    unittest.main()
