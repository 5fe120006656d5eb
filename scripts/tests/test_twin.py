# SPDX-License-Identifier: GPL-2.0
"""Copies of build directories: one that is not quite a copy is built again, or not where it should be."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import twin
from progress import Failure


class Copies(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.model = Path(scratch.name) / "uml"
        self.copy = Path(scratch.name) / "uml-c"
        (self.model / "tools").mkdir(parents=True)
        (self.model / "vmlinux").write_text(f"{self.model}/vmlinux")
        (self.model / twin.STAMP).write_text("made of this")
        command = f"gcc -I{self.model}/include -I{self.model}-untouched/include x.c"
        (self.model / "tools/.x.o.cmd").write_text(command)

    def test_files_keep_their_times(self) -> None:
        twin.copy(self.model, self.copy)
        old, new = (path / "vmlinux" for path in (self.model, self.copy))
        self.assertEqual(new.stat().st_mtime_ns, old.stat().st_mtime_ns)
        self.assertEqual(new.read_text(), old.read_text())

    def test_commands_name_the_copy_and_nothing_else_changes(self) -> None:
        twin.copy(self.model, self.copy)
        command = f"gcc -I{self.copy}/include -I{self.model}-untouched/include x.c"
        self.assertEqual((self.copy / "tools/.x.o.cmd").read_text(), command)

    def test_the_configuration_is_to_be_made_anew(self) -> None:
        twin.copy(self.model, self.copy)
        self.assertFalse((self.copy / twin.STAMP).exists())
        self.assertTrue((self.model / twin.STAMP).exists())

    def test_what_cannot_be_copied_leaves_nothing(self) -> None:
        with self.assertRaisesRegex(Failure, "No such file"):
            twin.copy(self.model / "missing", self.copy)
        self.assertEqual(list(self.model.parent.iterdir()), [self.model])


if __name__ == "__main__":
    unittest.main()
