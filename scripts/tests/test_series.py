# SPDX-License-Identifier: GPL-2.0
"""series.sh on a git tree of the files that the overlay touches."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import source
import test_overlay

PROJECT = Path(__file__).resolve().parents[2]
# Lines of MAINTAINERS are left to who sends the series.
CHECKPATCH = (
    "--strict",
    "--no-tree",
    "--terse",
    "-q",
    "--no-summary",
    "--ignore",
    "FILE_PATH_CHANGES",
)


def run(*argv: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command that may fail."""
    command = [str(arg) for arg in argv]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


class Series(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tree = self.directory / "a tree"
        self.out = self.directory / "out"
        test_overlay.copy_parts(self.tree)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "A Tester")
        self.git("config", "user.email", "tester@example.org")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "base")

    def git(self, *argv: str | Path) -> None:
        """git in the tree; it must succeed."""
        done = run("git", "-C", self.tree, *argv)
        self.assertEqual(done.returncode, 0, done.stderr)

    def series(self, tree: Path | None = None, project: Path = PROJECT) -> str:
        """Write the series; return what is said. The tree, its repository included, stays as it was."""
        tree = tree or self.tree
        before = self.directory / "before"
        shutil.copytree(self.tree, before)
        done = run("bash", project / "scripts/series.sh", tree, self.out)
        self.assertEqual(run("diff", "-r", before, self.tree).stdout, "")
        shutil.rmtree(before)
        self.status = done.returncode
        return done.stderr

    def refused(self, words: str, **options: Path) -> None:
        """One line that has the words, and no series."""
        existed = self.out.exists()
        said = self.series(**options)
        self.assertEqual(self.status, 1, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertRegex(said, words)
        self.assertEqual(self.out.exists(), existed)

    def test_git_am_makes_an_applied_tree(self) -> None:
        self.series()
        self.assertEqual(self.status, 0)
        patches = sorted(self.out.glob("*.patch"))
        layer = self.directory / "layer"
        test_overlay.overlay("layer", self.tree, layer)
        self.git("am", "-q", *patches[1:])
        shutil.rmtree(self.tree / ".git")
        applied = self.directory / "applied"
        test_overlay.copy_parts(applied)
        shutil.copytree(layer, applied, dirs_exist_ok=True)
        self.assertEqual(run("diff", "-r", self.tree, applied).stdout, "")

    def test_checkpatch_is_content_with_every_patch(self) -> None:
        self.series()
        checkpatch = source.find().path / "scripts/checkpatch.pl"
        patches = sorted(self.out.glob("*.patch"))[1:]
        self.assertTrue(patches)
        done = run(checkpatch, *CHECKPATCH, *patches)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_every_patch_is_signed_by_who_uses_the_tree(self) -> None:
        self.series()
        for patch in sorted(self.out.glob("*.patch"))[1:]:
            self.assertIn("\nSigned-off-by: A Tester <tester@example.org>\n", patch.read_text())

    def changed_project(self) -> Path:
        """A copy of the project, to change its table."""
        project = self.directory / "project"
        for part in ("docs", "rust", "scripts"):
            shutil.copytree(PROJECT / part, project / part)
        shutil.copy(PROJECT / "Kconfig.snippet", project)
        return project

    def test_refuses_a_file_that_is_in_no_patch(self) -> None:
        project = self.changed_project()
        (project / "rust/stray.txt").write_text("x\n")
        self.refused(r"kernel/cgroup/ns/stray\.txt is in no patch", project=project)

    def test_refuses_a_file_that_is_in_two_patches(self) -> None:
        project = self.changed_project()
        (project / "docs/series/99-more.txt").write_text("Files: init/*\n\nmore: add\n")
        self.refused(r"init/Kconfig is in two patches .*06-option\.txt and 99", project=project)

    def test_refuses_a_patch_of_nothing(self) -> None:
        project = self.changed_project()
        (project / "docs/series/99-more.txt").write_text("Files: nothing/*\n\nmore: add\n")
        self.refused(r"99-more\.txt takes no file", project=project)

    def test_refuses_a_directory_that_is_missing(self) -> None:
        self.refused("nowhere: no such directory", tree=self.directory / "nowhere")

    def test_refuses_a_tree_without_git(self) -> None:
        plain = self.directory / "plain"
        test_overlay.copy_parts(plain)
        self.refused("is not a git tree", tree=plain)

    def test_refuses_a_tree_with_changes(self) -> None:
        (self.tree / "Makefile").write_text("changed\n")
        self.refused("changes that are not committed")

    def test_refuses_a_version(self) -> None:
        makefile = self.tree / "Makefile"
        makefile.write_text(makefile.read_text().replace("VERSION = 7\n", "VERSION = 6\n", 1))
        self.git("commit", "-q", "-a", "-m", "older")
        self.refused(r"is Linux 6\.\d+; supported are 7\.2 and 7\.3")

    def test_refuses_a_tree_that_is_overlaid(self) -> None:
        test_overlay.overlay("apply", self.tree)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "ours")
        self.refused("carries the overlay already; take it off first$")

    def test_refuses_a_directory_that_is_not_empty(self) -> None:
        self.out.mkdir()
        (self.out / "mine").touch()
        self.refused("out is not empty")


if __name__ == "__main__":
    unittest.main()
