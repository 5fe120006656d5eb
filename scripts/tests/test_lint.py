# SPDX-License-Identifier: GPL-2.0
"""The linters' driver: the command lines it makes, and which messages it lets pass."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import lint
from progress import Failure

CMD = (
    "savedcmd_a/b.o := OBJTREE=/o RUST_MODFILE=a/b rustc -Zx='y z' --emit=obj=a/b.o --out-dir a/ "
    "/src/a/b.rs ;llvm-link x; objtool a/b.o\n\nsource_a/b.o := /src/a/b.rs\n"
)
SRC, PRISTINE = Path("/src"), Path("/linux")


class Commands(unittest.TestCase):
    def test_the_compiler_is_found_among_what_else_was_run(self) -> None:
        command = lint.parse(CMD)
        self.assertEqual(command.environment, {"OBJTREE": "/o", "RUST_MODFILE": "a/b"})
        self.assertEqual(command.compiler, "rustc")
        self.assertEqual(command.arguments, ["-Zx=y z", "--emit=obj=a/b.o", "--out-dir", "a/"])
        self.assertEqual(command.source, "/src/a/b.rs")

    def test_a_compiler_cache_is_no_compiler(self) -> None:
        command = lint.parse("savedcmd_x.o := ccache clang -DX='\"a#b\"' -c -o x.o x.c  \n")
        self.assertEqual((command.compiler, command.arguments[0]), ("clang", '-DX="a#b"'))

    def test_options_go_with_their_values(self) -> None:
        arguments = ["-a", "--emit=x", "--out-dir", "d", "-b"]
        self.assertEqual(lint.without(arguments, "--emit=", "--out-dir"), ["-a", "-b"])

    def test_what_was_not_built_is_not_passed_over(self) -> None:
        with tempfile.TemporaryDirectory() as build, self.assertRaisesRegex(Failure, "not built"):
            lint.saved(Path(build), "a/b.o")


class Messages(unittest.TestCase):
    def test_only_messages_about_our_files_count(self) -> None:
        text = (
            "/src/kernel/cgroup/ns/a.c: note: in included file:\n"
            "/src/include/linux/x.h:1:2: warning: theirs\n"
            "/src/kernel/cgroup/ns/a.c:3:4: warning: ours\n"
        )
        self.assertEqual(lint.ours(text, SRC), ["/src/kernel/cgroup/ns/a.c:3:4: warning: ours"])

    def test_a_message_that_only_moved_is_not_new(self) -> None:
        before = "/linux/fs/a.c:10:1: warning: old\n"
        self.assertEqual(lint.added("/src/fs/a.c:12:1: warning: old\n", before, SRC, PRISTINE), [])

    def test_a_second_message_of_the_same_words_is_new(self) -> None:
        before = "/linux/fs/a.c:10:1: warning: old\n"
        after = "/src/fs/a.c:12:1: warning: old\n/src/fs/a.c:20:1: warning: old\n"
        new = lint.added(after, before, SRC, PRISTINE)
        self.assertEqual(new, ["/src/fs/a.c:20:1: warning: old"])

    def test_a_message_about_what_we_include_is_new(self) -> None:
        after = "/src/kernel/cgroup/ns/helpers.c:2:1: warning: bad\n"
        self.assertEqual(len(lint.added(after, "", SRC, PRISTINE)), 1)


if __name__ == "__main__":
    unittest.main()
