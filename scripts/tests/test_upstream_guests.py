# SPDX-License-Identifier: GPL-2.0
"""The guests that run upstream's selftests: what is read of them, and which are started again."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import upstream_guests


class Guests(unittest.TestCase):
    """What is read of a guest, and which is started again."""

    def guest(self, output: str, console: str, status: int) -> upstream_guests.Guest:
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (directory / "out").write_text(output)
        (directory / "console").write_text(console)
        process = mock.Mock(returncode=status)
        found = upstream_guests.Guest("C", process, directory / "out", directory / "console")
        found.collect()
        return found

    def starts(self, *guests: upstream_guests.Guest) -> int:
        follow = mock.Mock(side_effect=[[guest] for guest in guests])
        with (
            mock.patch.object(upstream_guests, "_follow", follow),
            mock.patch.object(upstream_guests.progress, "say"),
        ):
            upstream_guests.run("a round", {"C": Path("vmlinux")}, Path("installed"), ["s/p"], 4)
        return follow.call_count

    def test_a_program_that_did_not_end_is_named(self) -> None:
        end = json.dumps({"end": "s/p", "status": 0, "output": "1..1\nok 1 a\n"})
        guest = self.guest(f'{end}\n{{"begin": "s/q"}}\n{{"end": "s', "words\nlast words\n\n", 1)
        self.assertEqual([run.program for run in guest.runs], ["s/p"])
        self.assertTrue(guest.death().startswith("in s/q: last words (log: "), guest.death())
        self.assertEqual(self.guest(f"{end}\n", "", 0).death(), "")

    def test_a_complaint_is_the_same_at_another_time(self) -> None:
        consoles = ("[   12.5] WARNING: CPU: 1 PID: 77\n", "[    3.7] WARNING: CPU: 0 PID: 9\n")
        one, other = (self.guest("", console, 0).complaints() for console in consoles)
        self.assertEqual(len(one), 1)
        self.assertEqual(one, other)

    def test_a_guest_that_is_late_and_silent_is_stuck(self) -> None:
        for output, since, status, stuck in (
            ("", 0, None, False),
            ("", 999, None, True),
            ("words", 999, None, False),
            ("", 999, 1, False),
        ):
            guest = self.guest(output, "", 0)
            guest.process.poll.return_value = status
            guest.start -= since
            self.assertEqual(guest.stuck(), stuck)

    def test_a_wrapper_may_take_its_time(self) -> None:
        out = Path(self.enterContext(tempfile.TemporaryDirectory())) / "out"
        guests = []
        for wrapper in ((), ("wrapper",)):
            with (
                mock.patch.object(upstream_guests.progress, "log_path", return_value=out),
                mock.patch.object(upstream_guests.subprocess, "Popen") as popen,
            ):
                popen.return_value.poll.return_value = None
                guests.append(
                    upstream_guests._start("n", "C", Path("k"), Path("i"), ["s/p"], 4, wrapper)
                )
            guests[-1].start -= upstream_guests.BOOT + 1
        self.assertEqual([guest.stuck() for guest in guests], [True, False])

    def test_only_a_guest_that_began_nothing_is_started_again(self) -> None:
        dead = self.guest("", "an assertion\n", 1)
        self.assertEqual(self.starts(dead, dead), 2)
        self.assertEqual(self.starts(self.guest('{"begin": "s/p"}\n', "panic\n", 1)), 1)
        self.assertEqual(self.starts(self.guest("", "", 0)), 1)


if __name__ == "__main__":
    unittest.main()
