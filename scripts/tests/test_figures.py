# SPDX-License-Identifier: GPL-2.0
"""The figures on small sources: a limit that does not count is none."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import figures

RUST = """\
// unsafe in a comment
/* unsafe /* in a nested */ unsafe one */
fn f<'a>(x: &'a str) -> char {
    let s = "unsafe \\" // in a string";
    let r = r#"unsafe " in a raw one"#;

    let c = '"'; unsafe { g() } // the only one
}
"""


class Figures(unittest.TestCase):
    def setUp(self) -> None:
        self.project = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.put("rust/cgroup_ns.rs", "mod abi;\n")

    def put(self, name: str, text: str) -> None:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def row(self, what: str) -> figures.Figure:
        rows = [row for row in figures.table(self.project) if row.what.startswith(what)]
        self.assertEqual(len(rows), 1)
        return rows[0]

    def test_code_is_neither_comment_nor_string(self) -> None:
        code = figures.code(RUST)
        self.assertEqual(len(code.splitlines()), len(RUST.splitlines()))
        self.assertEqual(len(figures.UNSAFE.findall(code)), 1)
        self.put("rust/logic/a.rs", RUST)
        self.assertEqual(self.row("logic: lines").value, 5)

    def test_unsafe_outside_abi_is_named_by_line(self) -> None:
        self.put("rust/abi/entry.rs", RUST)
        self.assertTrue(self.row("unsafe outside").kept)
        self.put("rust/path.rs", RUST)
        self.put("rust/tests/path.rs", RUST)
        row = self.row("unsafe outside")
        self.assertFalse(row.kept)
        self.assertEqual((row.value, "rust/path.rs:7" in row.what), (1, True))

    def test_layers_are_told_apart(self) -> None:
        self.put("rust/abi.rs", "mod entry;\n")
        self.put("rust/abi/entry.rs", RUST)
        self.put("rust/logic.rs", "\n// nothing\npub mod path;\n")
        values = {layer: self.row(f"{layer}: lines").value for layer in ("logic", "safe", "abi")}
        self.assertEqual(values, {"logic": 1, "safe": 1, "abi": 6})
        self.assertEqual(self.row("abi: unsafe blocks").value, 1)

    def test_shims_have_a_limit_and_tests_are_none(self) -> None:
        self.put("rust/helpers.c", "int x;\n" * figures.SHIM_LINES + "/* no\n * code */\n")
        self.put("rust/kunit/test.c", "int x;\n" * 200)
        self.assertTrue(self.row("C shims").kept)
        self.put("rust/cgroup_ns.h", "int x;\n")
        self.assertFalse(self.row("C shims").kept)

    def test_hooks_count_what_they_add_and_take(self) -> None:
        patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n context\n-old\n+new\n+\n"
        self.put("scripts/hooks/x.patch", patch)
        self.assertEqual(self.row("hooks").value, 3)
        self.put("scripts/hooks/y.patch", patch + "+new\n" * figures.HOOK_LINES)
        self.assertFalse(self.row("hooks").kept)

    def test_a_long_file_is_named_but_for_the_licence(self) -> None:
        self.put("COPYING", "x\n" * 400)
        self.put("build/made", "x\n" * 400)
        self.put("docs/plot.svg", "x\n" * 400)
        self.put("docs/short", "x\n" * figures.FILE_LINES)
        self.assertTrue(self.row("files").kept)
        self.put("docs/long", "x\n" * 301)
        self.assertIn("docs/long: 301 lines", self.row("files").what)


if __name__ == "__main__":
    unittest.main()
