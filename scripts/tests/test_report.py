# SPDX-License-Identifier: GPL-2.0
"""The reports, as their readers read them: JSON, JUnit XML, and KTAP by the kernel's own parser."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import report
import source
from results import Result, Score, Table

NASTY = 'a <b> & "c" \x1b[1m \N{SNOWMAN} $counts'
RUN = {"command": "make test", "kernel": "7.3.4 & more", "seconds": "1.5"}


def score() -> tuple[Score, str]:
    """Three parts with every outcome, one of two suites, one of a suite that was there; and what was printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        made = Score(3)
        made.begin("first")
        made.add("first", Result("good", "passed"))
        made.end()
        made.begin("others")
        made.add("others, a", Result("bad", "failed", NASTY))
        made.add("others, a", Result("gone", "skipped", "no such thing"))
        made.show(Table("Speed", ("what", "C"), (("a", "1"), (NASTY, "22"))))
        made.add("others, b", Result("fine", "passed"))
        made.end()
        made.begin("again")
        made.add("first", Result("again", "passed"))
        made.end()
        made.finish()
    return made, printed.getvalue()


class Page(HTMLParser):
    """Text and tags of a page; every tag that needs an end has to have one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Reports(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = Path(scratch.name) / "report"
        self.score, self.printed = score()
        report.write(self.score, RUN, self.directory)

    def test_json_holds_every_result_and_table(self) -> None:
        data = json.loads((self.directory / "report.json").read_text())
        self.assertEqual(data["run"], RUN)
        self.assertEqual(
            [suite["name"] for suite in data["suites"]], ["first", "others, a", "others, b"]
        )
        counts = [(suite["passed"], suite["failed"], suite["skipped"]) for suite in data["suites"]]
        self.assertEqual(counts, [(2, 0, 0), (0, 1, 1), (1, 0, 0)])
        bad = {"name": "bad", "outcome": "failed", "why": NASTY}
        self.assertEqual(data["suites"][1]["results"][0], bad)
        self.assertEqual(data["tables"][0]["rows"], [["a", "1"], [NASTY, "22"]])

    def test_junit_counts_and_names_what_failed(self) -> None:
        root = ElementTree.parse(self.directory / "junit.xml").getroot()
        suites = {suite.get("name"): suite for suite in root}
        others = suites["others, a"]
        counts = [others.get(what) for what in ("tests", "failures", "skipped")]
        self.assertEqual(counts, ["2", "1", "1"])
        self.assertEqual(len(root.findall(".//testcase")), 5)
        message = others.find("testcase[@name='bad']/failure").get("message")
        self.assertEqual(message, NASTY.replace("\x1b", "\N{REPLACEMENT CHARACTER}"))
        self.assertIsNone(suites["first"].find(".//failure"))

    def test_page_needs_nothing_beside_it_and_shows_all(self) -> None:
        page = Page((self.directory / "index.html").read_text())
        text = "".join(page.texts)
        for word in ("3 passed, 1 failed, 1 skipped", NASTY, "Speed", "no such thing", "& more"):
            self.assertIn(word, text)
        self.assertEqual([tag for tag, attrs in page.tags if {"src", "href"} & set(attrs)], [])
        folded = [attrs for tag, attrs in page.tags if tag == "details"]
        self.assertEqual(folded, [{}, {"open": None}, {}])

    def test_the_kernels_parser_reads_what_is_printed(self) -> None:
        file = self.directory / "printed"
        file.write_text(self.printed)
        tool = source.find().path / "tools/testing/kunit/kunit.py"
        done = subprocess.run(
            [sys.executable, tool, "parse", "--json", file],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertIn("Ran 5 tests: passed: 3, failed: 1, skipped: 1", done.stdout)
        self.assertNotIn("[ERROR]", done.stdout)

    def test_the_last_line_is_the_sum(self) -> None:
        lines = self.printed.splitlines()
        self.assertEqual(lines[-1], "3 passed, 1 failed, 1 skipped")
        self.assertIn("# others, a  0       1       1        0 s", lines)


if __name__ == "__main__":
    unittest.main()
