# SPDX-License-Identifier: GPL-2.0
"""The object checks on small objects, made to differ."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

import objects

CODE = "int f(int x) { return x + %s; }\n"


class Objects(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def build(self, side: str, source: str, name: str = "f") -> Path:
        """Compile to <side>/d/<name>.o; return the side."""
        out = self.directory / side / "d" / f"{name}.o"
        out.parent.mkdir(parents=True, exist_ok=True)
        command = ["clang", "-O2", "-w", "-x", "c", "-c", "-", "-o", str(out)]
        subprocess.run(command, input=source, text=True, check=True)
        return self.directory / side

    def test_the_same_code_is_the_same(self) -> None:
        a, b = self.build("a", CODE % 1), self.build("b", CODE % 1)
        self.assertEqual(objects.same(a, b, ("d",)), 1)

    def test_other_code_is_found(self) -> None:
        a, b = self.build("a", CODE % 1), self.build("b", CODE % 2)
        with self.assertRaisesRegex(objects.Mismatch, r"d/f\.o disassembles"):
            objects.same(a, b, ("d",))

    def test_other_data_is_found(self) -> None:
        a, b = self.build("a", 'char s[] = "one";'), self.build("b", 'char s[] = "two";')
        with self.assertRaisesRegex(objects.Mismatch, r"d/f\.o differs"):
            objects.same(a, b, ("d",))

    def test_line_numbers_of_warnings_are_not_looked_at(self) -> None:
        code = 'short n __attribute__((section("%s"))) = %d;'
        for section, same in (("__bug_table", True), (".data.other", False)):
            a, b = self.build("a", code % (section, 1)), self.build("b", code % (section, 2))
            if same:
                self.assertEqual(objects.same(a, b, ("d",)), 1)
            else:
                self.assertRaises(objects.Mismatch, objects.same, a, b, ("d",))

    def test_line_numbers_of_initcalls_are_not_looked_at(self) -> None:
        code = "int __initcall__kmod_%s__846_%d_f6 = 1;"
        a, b = self.build("a", code % ("x", 998)), self.build("b", code % ("x", 1002))
        self.assertEqual(objects.same(a, b, ("d",)), 1)
        self.build("b", code % ("y", 998))
        self.assertRaises(objects.Mismatch, objects.same, a, b, ("d",))

    def test_an_object_more_is_found(self) -> None:
        a, b = self.build("a", CODE % 1), self.build("b", CODE % 1)
        self.build("b", CODE % 1, "g")
        with self.assertRaisesRegex(objects.Mismatch, r"d/g\.o is built on one side only"):
            objects.same(a, b, ("d",))

    def test_nothing_built_is_no_proof(self) -> None:
        with self.assertRaisesRegex(objects.Mismatch, "nothing"):
            objects.same(self.directory, self.directory, ("d",))

    def rust(self, body: str) -> Path:
        """Compile a function f() of a slice and an index."""
        signature = '#![no_std]\n#[no_mangle]\npub extern "C" fn f(a: &[u8], i: usize) -> u8'
        source, out = self.directory / "f.rs", self.directory / "f.o"
        source.write_text(f"{signature} {{ {body} }}\n")
        command = ["rustc", "-O", "-Awarnings", "--crate-type=lib", "--emit=obj", "-o", out, source]
        subprocess.run(command, check=True)
        return out

    def test_a_panic_is_seen(self) -> None:
        self.assertTrue(objects.panic_references(self.rust("a[i]")))
        self.assertEqual(objects.panic_references(self.rust("*a.get(i).unwrap_or(&0)")), [])

    def test_functions_are_found_and_nothing_else(self) -> None:
        code = "int data; int g(void); __attribute__((used)) static int s(void) { return g(); }"
        out = self.build("a", f"{code} int f(void) {{ return data; }}") / "d" / "f.o"
        self.assertEqual(objects.functions(out), {"f", "s"})


if __name__ == "__main__":
    unittest.main()
