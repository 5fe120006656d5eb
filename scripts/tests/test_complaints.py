# SPDX-License-Identifier: GPL-2.0
"""Reports of a kernel: one that is cut, lost or excused by a line about another would hide a fault."""

from __future__ import annotations

import unittest

import complaints
from complaints import Known
from progress import Failure

RULE = "=" * 66
CONSOLE = f"""\
[    0.500000] Freeing unused kernel image memory
[    1.000000] {RULE}
[    1.000001] BUG: KCSAN: data-race in tick_do_update / next_timer
[    1.000002]
[    1.000003] write to 0xffff of 8 bytes by task 7 on cpu 0:
[    1.000004]  tick_do_update+0x10/0x20
[    1.000005] {RULE}
[    1.500000] random: crng init done
[    2.000000] ------------[ cut here ]------------
[    2.000001] ODEBUG: free active (active state 0) object: 0xffff
[    2.000002] WARNING: lib/debugobjects.c:615 at debug_print_object+0x1/0x2, CPU#1: sh/12
[    2.000003] Call Trace:
[    2.000004] ---[ end trace 0000000000000000 ]---
[    3.000000] BUG: sleeping function called from invalid context at mm/slab.h:1
[    3.000001] in_atomic(): 1, irqs_disabled(): 0
[    3.000002] BUG: scheduling while atomic: sh/12/0x2
[    3.000003] unreferenced object 0xffff (size 96):
[    3.000004]   backtrace:
"""


class Reports(unittest.TestCase):
    def test_each_report_is_found_and_whole(self) -> None:
        found = list(complaints.reports(CONSOLE))
        self.assertEqual(
            [report.title.partition(" at ")[0] for report in found],
            [
                "BUG: KCSAN: data-race in tick_do_update / next_timer",
                "WARNING: lib/debugobjects.c:615",
                "BUG: sleeping function called from invalid context",
                "BUG: scheduling while atomic: sh/12/0x2",
                "unreferenced object 0xffff (size 96):",
            ],
        )
        self.assertIn(" tick_do_update+0x10/0x20", found[0].lines)
        self.assertIn("", found[0].lines)
        self.assertIn("ODEBUG: free active (active state 0) object: 0xffff", found[1].lines)
        self.assertIn("in_atomic(): 1, irqs_disabled(): 0", found[2].lines)
        self.assertIn("  backtrace:", found[4].lines)

    def test_a_sound_console_has_none(self) -> None:
        sound = [line for line in CONSOLE.splitlines() if "random:" in line or "Freeing" in line]
        self.assertEqual(list(complaints.reports("\n".join(sound))), [])

    def test_functions_of_a_race_are_sorted(self) -> None:
        race, warning, *_ = complaints.reports(CONSOLE)
        self.assertEqual(race.race(), ("next_timer", "tick_do_update"))
        self.assertEqual(warning.race(), ())


class KnownReports(unittest.TestCase):
    def known(self, text: str) -> Known:
        return Known(text, ["proc_cgroup_show"], ["cgroup_migrate", "next_timer.cold"])

    def race(self, functions: str, *frames: str) -> complaints.Report:
        trace = "".join(f"\n {frame}+0x1/0x20" for frame in frames)
        console = f"{RULE}\nBUG: KCSAN: data-race in {functions}{trace}\n{RULE}\n"
        return next(complaints.reports(console))

    def test_a_race_that_is_listed_has_its_reason(self) -> None:
        known = self.known("race next_*/tick_* the clock\nfail debug/cgroup/test_x:y it is slow\n")
        self.assertEqual(known.report(self.race("tick_do_update / next_timer")), "the clock")
        self.assertEqual(known.report(self.race("tock / next_timer.isra.0")), "")
        self.assertEqual(known.case("debug/cgroup/test_x:y"), "it is slow")
        self.assertEqual(known.case("kcsan/cgroup/test_x:y"), "")
        self.assertEqual(known.case("debug/cgroup/test_x:z"), "")

    def test_a_race_elsewhere_does_not_count_and_one_in_cgroups_does(self) -> None:
        known = self.known("")
        self.assertEqual(known.report(self.race("a / b", "c")), complaints.ELSEWHERE)
        self.assertEqual(known.report(self.race("a / cgroup_migrate")), "")
        self.assertEqual(known.report(self.race("cgroup_migrate.isra.0")), "")

    def test_one_of_ours_is_never_excused(self) -> None:
        known = self.known("race * all\n")
        self.assertEqual(known.report(self.race("a / cgroup_migrate")), "all")
        for name in (
            "proc_cgroup_show",
            "rust_helper_cgroup_ns_css_set_put",
            "cgroup_ns_may_write",
        ):
            self.assertEqual(known.report(self.race(f"{name} / b")), "")
            self.assertEqual(known.report(self.race(name)), "")
            self.assertEqual(known.report(self.race("a / b", name)), "")

    def test_what_an_interrupt_came_upon_has_no_part_in_a_race(self) -> None:
        known = self.known("")
        trace = ("tick", "asm_sysvec_apic_timer_interrupt", "proc_cgroup_show")
        self.assertEqual(known.report(self.race("a / b", *trace)), complaints.ELSEWHERE)
        self.assertEqual(known.report(self.race("a / b", *reversed(trace))), "")

    def test_what_is_no_race_is_never_excused(self) -> None:
        _, warning, *_ = complaints.reports(CONSOLE)
        self.assertEqual(self.known("race * all\n").report(warning), "")

    def test_a_line_without_a_reason_is_refused(self) -> None:
        for line in ("race a/b", "rave a/b why"):
            with self.assertRaises(Failure):
                self.known(line)


if __name__ == "__main__":
    unittest.main()
