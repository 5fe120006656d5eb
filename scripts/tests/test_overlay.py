# SPDX-License-Identifier: GPL-2.0
"""overlay.sh on the parts of a real kernel tree that it looks at."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import source

OVERLAY = Path(__file__).resolve().parents[1] / "overlay.sh"
HOOKS = sorted((OVERLAY.parent / "hooks").glob("*.patch"))


def parts() -> set[str]:
    """The files of a kernel tree that the overlay looks at or changes."""
    hooks = "".join(hook.read_text() for hook in HOOKS)
    touched = re.findall(r"^--- a/(\S+)$", hooks, re.MULTILINE)
    return {"Kbuild", "Makefile", "kernel/cgroup/cgroup.c", *touched}


def copy_parts(tree: Path) -> None:
    """Make a tree of those files."""
    for file in parts():
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source.find().path / file, tree / file)


def overlay(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    """Run overlay.sh."""
    command = ["bash", str(OVERLAY), *(str(arg) for arg in argv)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Overlay(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tree = self.directory / "a tree"
        self.pristine = self.directory / "pristine"
        copy_parts(self.pristine)
        shutil.copytree(self.pristine, self.tree)

    def same(self, tree: Path, other: Path) -> None:
        diff = subprocess.run(
            ["diff", "-r", tree, other], capture_output=True, text=True, check=False
        )
        self.assertEqual(diff.stdout + diff.stderr, "")

    def refused(self, *argv: str | Path, words: str) -> None:
        """One line that has the words, another status than 0, and nothing done to the tree."""
        before = self.directory / "before"
        shutil.copytree(self.tree, before)
        done = overlay(*argv)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertRegex(done.stderr, words)
        self.same(self.tree, before)

    def test_apply_and_unapply_leave_no_trace(self) -> None:
        self.assertEqual(overlay("apply", self.tree).returncode, 0)
        self.assertTrue((self.tree / "kernel/cgroup/ns/cgroup_ns.rs").exists())
        self.assertIn("CGROUP_NS_RUST", (self.tree / "fs/kernfs/dir.c").read_text())
        self.assertTrue(
            (self.tree / "Documentation/admin-guide/cgroup-namespaces-rust.rst").exists()
        )
        self.assertEqual(overlay("unapply", self.tree).returncode, 0)
        self.same(self.tree, self.pristine)

    def test_a_tree_that_another_repository_ignores(self) -> None:
        subprocess.run(["git", "init", "-q", self.directory], check=True)
        (self.directory / ".gitignore").write_text("*\n")
        self.assertEqual(overlay("apply", self.tree).returncode, 0)
        self.assertIn("CGROUP_NS_RUST", (self.tree / "fs/kernfs/dir.c").read_text())

    def test_a_layer_over_the_tree_is_an_applied_tree(self) -> None:
        layer = self.directory / "layer"
        self.assertEqual(overlay("layer", self.tree, layer).returncode, 0)
        self.same(self.tree, self.pristine)
        shutil.copytree(layer, self.tree, dirs_exist_ok=True)
        self.assertEqual(overlay("apply", self.pristine).returncode, 0)
        shutil.rmtree(self.pristine / "kernel/cgroup/ns/.overlay")
        self.same(self.tree, self.pristine)

    def test_refuses_a_directory_that_is_missing(self) -> None:
        self.refused("apply", self.directory / "nowhere", words="nowhere: no such directory")

    def test_refuses_a_tree_that_is_no_kernel(self) -> None:
        (self.tree / "kernel/cgroup/cgroup.c").unlink()
        self.refused("apply", self.tree, words="is not a kernel tree")

    def test_refuses_a_version_and_names_the_supported(self) -> None:
        makefile = self.tree / "Makefile"
        makefile.write_text(makefile.read_text().replace("VERSION = 7\n", "VERSION = 6\n", 1))
        self.refused("apply", self.tree, words=r"is Linux 6\.\d+; supported are 7\.2 and 7\.3")

    def test_refuses_a_tree_in_which_a_hook_does_not_apply(self) -> None:
        file = self.tree / "fs/kernfs/dir.c"
        file.write_text(
            file.read_text().replace("EXPORT_SYMBOL_GPL(kernfs_path_from_node);", "/* gone */")
        )
        self.refused("apply", self.tree, words=r"fs/kernfs/dir\.c .*hunk of line \d+")

    def test_refuses_a_tree_that_is_overlaid_already(self) -> None:
        overlay("apply", self.tree)
        self.refused("apply", self.tree, words="carries the overlay already")

    def test_refuses_to_take_off_what_is_not_there(self) -> None:
        self.refused("unapply", self.tree, words="does not carry the overlay")

    def test_refuses_to_lose_a_change_to_our_files(self) -> None:
        overlay("apply", self.tree)
        file = self.tree / "kernel/cgroup/ns/path.rs"
        file.write_text(file.read_text() + "// mine\n")
        self.refused("unapply", self.tree, words=r"path\.rs was changed")

    def test_refuses_to_lose_a_change_around_a_hook(self) -> None:
        overlay("apply", self.tree)
        file = self.tree / "init/Kconfig"
        file.write_text(file.read_text().replace('source "kernel/cgroup/ns/Kconfig"\n', ""))
        self.refused("unapply", self.tree, words=r"init/Kconfig .*hunk")


if __name__ == "__main__":
    unittest.main()
