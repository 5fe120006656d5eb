# SPDX-License-Identifier: GPL-2.0
"""What a kernel says of what it was given, in the words of one that was booted so."""

from __future__ import annotations

import unittest

import guest
from progress import Failure

CONSOLE = """\
Kernel command line: mem=2G hung_task_panic=1 oops=panic no_such=1
Unknown kernel command line parameters "no_such=1 CGNS_JOB=/tmp/uml", will be passed to user space.
Failed to set sysctl parameter 'kernel.hung_task_panic=1': parameter not found
"""


class Arguments(unittest.TestCase):
    def refused(self, argument: str) -> None:
        with self.assertRaises(Failure) as caught:
            guest.need_arguments_taken(CONSOLE, ["oops=panic", argument])
        self.assertIn(f"makes nothing of {argument}: ", str(caught.exception))

    def test_one_that_no_kernel_knows(self) -> None:
        self.refused("no_such=1")

    def test_a_sysctl_that_this_kernel_lacks(self) -> None:
        self.refused("hung_task_panic=1")
        self.refused("sysctl.kernel.hung_task_panic=1")

    def test_what_was_taken_or_is_init_s(self) -> None:
        guest.need_arguments_taken(CONSOLE, ["oops=panic"])
        guest.need_arguments_taken("", ["no_such=1", "hung_task_panic=1"])


class Processors(unittest.TestCase):
    UML = "[    0.070000] smp: Brought up 1 node, 2 CPUs\n"

    def test_more_than_the_kernel_takes(self) -> None:
        x86 = "[    0.000000] CPU topo: CPU limit of 2 reached. Ignoring further CPUs\n"
        for console in (x86, self.UML):
            with self.subTest(console), self.assertRaises(Failure) as caught:
                guest.need_processors_taken(console, 4)
            self.assertIn("takes 2 processors and was given 4: ", str(caught.exception))

    def test_as_many_as_it_takes(self) -> None:
        guest.need_processors_taken("[    0.000000] CPU topo: Max. logical dies: 1\n", 4)
        guest.need_processors_taken(self.UML, 2)


if __name__ == "__main__":
    unittest.main()
