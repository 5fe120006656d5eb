# SPDX-License-Identifier: GPL-2.0
"""The report of a test run, for a CI system and for a person: JSON, JUnit XML, one HTML page.

Owns build/report/ and the three forms. What stands in them is the score's.

    report.json   {"run": {...}, "suites": [{"name", "seconds", "passed", "failed", "skipped",
                  "results": [{"name", "outcome", "why"}]}], "tables": [{"title", "columns", "rows"}]}
    junit.xml     a testsuite a suite, a testcase a result
    index.html    the same to read, nothing beside it needed
"""

from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from progress import host_path, say
from results import OUTCOMES, Result, Score, Suite, Table

PROJECT = Path(__file__).resolve().parent.parent
DIRECTORY = PROJECT / "build/report"
PAGE = Path(__file__).resolve().with_name("report.html")
NUMBER = re.compile(r"-?[\d.,]*")
# What XML 1.0 cannot hold, however it is written.
CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def begin() -> None:
    """Delete the report of the run before: one that is interrupted must not leave it as its own."""
    shutil.rmtree(DIRECTORY, ignore_errors=True)


def finish(score: Score, command: str, facts: dict[str, str]) -> int:
    """Print the sums, write the report; return the exit status.

    `command` is how a user starts this run, `facts` what else there is to say of it: on what, with what.
    """
    took = f"{time.monotonic() - score.start:.1f}"
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    run = {"command": command, **facts, **revision(), "ended": when, "seconds": took}
    write(score, run, DIRECTORY)
    status = score.finish()
    say(f"report: {host_path(DIRECTORY)}")
    return status


def revision() -> dict[str, str]:
    """Which commit was tested, where that is known, and whether files differed from it."""
    git = ["git", "-c", f"safe.directory={PROJECT}", "-C", str(PROJECT)]
    done = subprocess.run(
        [*git, "describe", "--always", "--dirty", "--abbrev=12"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {"revision": done.stdout.strip()} if done.returncode == 0 else {}


def write(score: Score, run: dict[str, str], directory: Path) -> None:
    """Write all three forms."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.json").write_text(json.dumps(as_data(score, run), indent=1) + "\n")
    (directory / "junit.xml").write_bytes(junit(score, run))
    (directory / "index.html").write_text(html(score, run))


def as_data(score: Score, run: dict[str, str]) -> dict[str, object]:
    """Everything, as JSON has it."""
    suites = [
        {
            "name": suite.name,
            "seconds": round(suite.seconds, 3),
            **{outcome: suite.count(outcome) for outcome in OUTCOMES},
            "results": [asdict(result) for result in suite.results],
        }
        for suite in score.suites.values()
    ]
    return {"run": run, "suites": suites, "tables": [asdict(table) for table in score.tables]}


def junit(score: Score, run: dict[str, str]) -> bytes:
    """The form that CI systems know; tables have no place in it."""
    root = ElementTree.Element("testsuites", {"name": run["command"], "time": run["seconds"]})
    for suite in score.suites.values():
        counts = {
            "tests": str(len(suite.results)),
            "failures": str(suite.count("failed")),
            "errors": "0",
            "skipped": str(suite.count("skipped")),
            "time": f"{suite.seconds:.3f}",
        }
        node = ElementTree.SubElement(root, "testsuite", {"name": clean(suite.name), **counts})
        for result in suite.results:
            names = {"classname": clean(suite.name), "name": clean(result.name)}
            case = ElementTree.SubElement(node, "testcase", names)
            if result.outcome != "passed":
                kind = "failure" if result.outcome == "failed" else "skipped"
                ElementTree.SubElement(case, kind, {"message": clean(result.why)})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def html(score: Score, run: dict[str, str]) -> str:
    """The page: the sums, the tables, and every result below its suite."""
    verdict = "passed" if score.good() else "failed"
    counts = ", ".join(f"{score.count(outcome)} {outcome}" for outcome in OUTCOMES)
    return string.Template(PAGE.read_text()).substitute(
        title=escape(f"{run['command']}: {counts}"),
        verdict=verdict,
        counts=counts,
        run="".join(f"<dt>{escape(key)}<dd>{escape(value)}\n" for key, value in run.items()),
        sums=table(score.sums()),
        tables="".join(table(each) for each in score.tables),
        suites="".join(details(suite) for suite in score.suites.values()),
    )


def table(one: Table) -> str:
    """A table; a column of numbers stands to the right."""
    columns = zip(*one.rows, strict=True) if one.rows else [()] * len(one.columns)
    numbers = [all(map(NUMBER.fullmatch, column)) for column in columns]
    head = cells("th", one.columns, numbers)
    rows = "".join(cells("td", row, numbers, one.columns) for row in one.rows)
    return f"<h2>{escape(one.title)}</h2>\n<div><table>\n{head}{rows}</table></div>\n"


def cells(tag: str, row: Sequence[str], numbers: list[bool], columns: Sequence[str] = ()) -> str:
    """A row. A count of failures is an alarm, unless it is none."""
    text = "<tr>"
    for index, word in enumerate(row):
        alarm = index < len(columns) and columns[index] == "failed" and word != "0"
        kinds = [*(["number"] if numbers[index] else []), *(["failed"] if alarm else [])]
        kind = f' class="{" ".join(kinds)}"' if kinds else ""
        text += f"<{tag}{kind}>{escape(word)}"
    return text + "\n"


def details(suite: Suite) -> str:
    """A suite's results: folded away if all is well."""
    state = " open" if suite.count("failed") else ""
    counts = ", ".join(
        f"{suite.count(outcome)} {outcome}" for outcome in OUTCOMES if suite.count(outcome)
    )
    rows = "".join(item(result) for result in suite.results)
    head = f"<summary><b>{escape(suite.name)}</b> {counts}</summary>"
    return f"<details{state}>{head}<ul>\n{rows}</ul></details>\n"


def item(result: Result) -> str:
    """A result in its suite."""
    why = f" <i>{escape(result.why)}</i>" if result.why else ""
    return f'<li class="{result.outcome}">{escape(result.name)}{why}\n'
