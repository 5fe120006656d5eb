# SPDX-License-Identifier: GPL-2.0
"""toolbox.sh where it refuses, and the room that it asks for: before anything is begun."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
# Its functions with a disk of so many KiB, and a cache in which nothing was made yet.
CHECK = """
PROGRAM=toolbox.sh here=$1 cache=$2 kdir=
. "$here/common.sh"; . "$here/bootstrap.sh"
df() { printf 'Avail\\n%d\\n' "$room"; }
room=$3; shift 3
check_disk "$@"
"""


def run(*argv: str | Path, cache: str = "/nonexistent") -> subprocess.CompletedProcess[str]:
    """Run a command to which no setting of the caller's comes through."""
    return subprocess.run(
        argv,
        env={"PATH": os.environ["PATH"], "CACHE": cache},
        capture_output=True,
        text=True,
        check=False,
    )


class Refusals(unittest.TestCase):
    def refused(self, *options: str, words: str) -> None:
        """One line that has the words, another status than 0, and no cache begun."""
        with tempfile.TemporaryDirectory() as directory:
            cache = Path(directory, "cache")
            done = run("bash", SCRIPTS / "toolbox.sh", *options, cache=str(cache))
            self.assertEqual(done.returncode, 1)
            self.assertEqual((done.stdout, done.stderr), ("", f"toolbox.sh: {words}\n"))
            self.assertFalse(cache.exists())

    def test_runtimes_without_a_command(self) -> None:
        self.refused("--runtimes", words="no command given")
        self.refused("--tty", "--runtimes", words="no command given")

    def test_an_option_that_is_none(self) -> None:
        self.refused("--runtime", "true", words="--runtime: no such option")
        self.refused("--runtimes", "--now", "true", words="--now: no such option")

    def test_deletion_takes_no_other_option(self) -> None:
        self.refused("--runtimes", "--clean", words="--clean stands alone")
        self.refused("--distclean", "--runtimes", words="--distclean stands alone")


class Room(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.cache = Path(directory.name)
        (self.cache / "build").mkdir()

    def check(self, gib: float, *roots: str) -> str:
        """What is said about a disk with so much room; nothing if it will do."""
        free = str(round(gib * (1 << 20)))
        done = run("bash", "-c", CHECK, "check", SCRIPTS, self.cache, free, *roots)
        self.assertEqual(done.returncode, 1 if done.stderr else 0)
        return done.stderr

    def made(self, name: str) -> None:
        """As if a root file system were there."""
        script = '. "$1/bootstrap.sh"; here=$1 cache=$2; mkdir "$(root_of "$3")"'
        self.assertEqual(run("bash", "-c", script, "made", SCRIPTS, self.cache, name).returncode, 0)

    def test_the_second_root_needs_room_of_its_own(self) -> None:
        self.assertEqual(self.check(7, "toolbox"), "")
        said = self.check(7, "toolbox", "runtimes")
        self.assertEqual(len(said.splitlines()), 1)
        self.assertIn("needs 7.5 GiB of free disk space and has 7.0 GiB", said)

    def test_what_is_there_needs_none(self) -> None:
        self.made("toolbox")
        self.assertEqual(self.check(5, "toolbox", "runtimes"), "")
        self.made("runtimes")
        self.assertEqual(self.check(4.2, "toolbox", "runtimes"), "")
        self.assertIn("needs 4.1 GiB", self.check(1, "toolbox", "runtimes"))


if __name__ == "__main__":
    unittest.main()
