# SPDX-License-Identifier: GPL-2.0
"""Container runtimes as distributions ship them, on mainline's C and on Rust: the same checks, the same answers.

Runs inside the toolbox, started by `toolbox.sh --runtimes`. Owns the comparison and the table. What is asked of
a runtime is selftests/runtimes/'s.
"""

from __future__ import annotations

import io
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import kernel
import progress
import results
import virtme
from progress import Failure
from results import Result, Score, Table

GUIDE = Path(__file__).resolve().parent.parent / "selftests" / "runtimes" / "run.py"
FLAVOURS = {"C": "full-c", "Rust": "full"}
# Both guests run at once, emulated, on what may be two busy processors.
LIMIT = 1800.0
MEMORY = "2G"
WHOLE = "ends, and leaves nothing behind"
# A guest's line within a runtime, or the runtime's own.
LINE = re.compile(
    r"(?:    )?(?:# (?P<key>[a-z]+): (?P<value>.*)|(?P<verdict>(?:not )?ok) \d+ (?P<name>.*))"
)


@dataclass(frozen=True)
class Check:
    """One check on one kernel: whether it passed, what was seen, and what should have been if it did not."""

    passed: bool
    saw: str
    wanted: str = ""


@dataclass
class Report:
    """What one runtime did on one kernel."""

    version: str = "?"
    seconds: float = 0.0
    checks: dict[str, Check] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def parse(text: str) -> dict[str, Report]:
    """The reports in a guest's output, by runtime."""
    reports: dict[str, Report] = {}
    report = Report()
    saw = wanted = ""
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if not match:
            continue
        value = match["value"]
        if match["key"] == "runtime":
            report = reports[value] = Report()
        elif match["key"] == "version":
            report.version = value
        elif match["key"] == "seconds":
            report.seconds = float(value)
        elif match["key"] == "absent":
            report.absent.append(value)
        elif match["key"] == "saw":
            saw, wanted = _words(value), ""
        elif match["key"] == "wanted":
            wanted = _words(value)
        elif line.startswith("    "):
            report.checks[match["name"]] = Check(match["verdict"] == "ok", saw, wanted)
            saw = wanted = ""
        else:
            # Fails beside its checks if something of the runtime stayed behind.
            report.checks[WHOLE] = Check(match["verdict"] == "ok", match["verdict"], "ok")
    return reports


def _words(value: str) -> str:
    """Lines that were seen, as one line. A list that was cut off is shown as it is."""
    try:
        return " | ".join(json.loads(value)) or "nothing"
    except ValueError:
        return value


def compare(reports: Mapping[str, Report | None]) -> Iterator[Result]:
    """One runtime's results: each check must pass on every kernel, and see the same on all."""
    found = {which: report.checks if report else {} for which, report in reports.items()}
    names = dict.fromkeys(name for checks in found.values() for name in checks)
    for name in names:
        why = list(_faults({which: checks.get(name) for which, checks in found.items()}))
        yield Result(name, "failed" if why else "passed", "; ".join(why))
    if not names:
        yield Result("is tried", "failed", "on no kernel")
    absent = [report.absent if report else [] for report in reports.values()]
    if any(other != absent[0] for other in absent):
        yield Result("the same can be asked", "failed", str(absent))


def _faults(checks: Mapping[str, Check | None]) -> Iterator[str]:
    for which, check in checks.items():
        if check is None:
            yield f"{which}: not asked"
        elif not check.passed:
            yield f"{which}: wanted {_short(check.wanted)}, saw {_short(check.saw)}"
    saw = {which: check.saw for which, check in checks.items() if check is not None}
    if len(set(saw.values())) > 1:
        yield "different: " + ", ".join(
            f"{which} saw {_short(words)}" for which, words in saw.items()
        )


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:200]}[...]{text[-80:]}"


def table(reports: Mapping[str, Mapping[str, Report]]) -> Table:
    """Runtime by runtime, on each kernel."""
    names = dict.fromkeys(name for found in reports.values() for name in found)
    rows = []
    for name in names:
        both = [found.get(name, Report()) for found in reports.values()]
        faults = any(result.outcome == "failed" for result in compare(of_one(reports, name)))
        absent = dict.fromkeys(words for report in both for words in report.absent)
        rows.append(
            (
                name,
                " / ".join(dict.fromkeys(report.version for report in both)),
                *(_count(report) for report in both),
                "no" if faults else "yes",
                " / ".join(f"{report.seconds:.0f}" for report in both),
                "; ".join(absent) or "-",
            )
        )
    kernels = tuple(f"checks passed on {which}" for which in reports)
    columns = ("runtime", "version", *kernels, "same", "seconds", "not asked, and why")
    return Table("container runtimes, on C and on Rust", columns, tuple(rows))


def of_one(reports: Mapping[str, Mapping[str, Report]], name: str) -> dict[str, Report | None]:
    """One runtime's reports, by kernel."""
    return {which: found.get(name) for which, found in reports.items()}


def _count(report: Report) -> str:
    passed = sum(check.passed for check in report.checks.values())
    return f"{passed} of {len(report.checks)}"


class Boot(threading.Thread):
    """A guest that tries the runtimes. A daemon, so that an interrupt does not wait for it."""

    def __init__(self, image: Path, root: Path) -> None:
        super().__init__(daemon=True)
        self.image = image
        self.root = root
        self.command = [
            "env",
            "PYTHONPYCACHEPREFIX=/tmp/pycache",
            "python3",
            "-ES",
            str(GUIDE),
        ]
        self.output = io.BytesIO()
        self.console = ""
        self.failure = ""

    def run(self) -> None:
        """Boot and run; what comes out before a failure counts, too."""
        try:
            outcome = virtme.boot(
                self.image,
                self.command,
                memory=MEMORY,
                limit=LIMIT,
                root=self.root,
                sink=self.output,
            )
            self.console = outcome.console
        except Failure as failure:
            self.failure = str(failure)

    def text(self) -> str:
        """What it printed."""
        return self.output.getvalue().decode(errors="replace").replace("\r", "")


def root() -> Path:
    """Where the guest's root file system is."""
    if "CGNS_RUNTIMES" not in os.environ:
        raise Failure("no root file system with runtimes in it is there: say make test-runtimes")
    return Path(os.environ["CGNS_RUNTIMES"])


def run(score: Score) -> None:
    """Try the runtimes on both kernels."""
    guest_root = root()
    images = {which: kernel.build(flavour) for which, flavour in FLAVOURS.items()}
    boots = {which: Boot(image, guest_root) for which, image in images.items()}
    for boot in boots.values():
        boot.start()
    for which, boot in boots.items():
        boot.join()
        _guest(score, which, boot)
    reports = {which: parse(boot.text()) for which, boot in boots.items()}
    for name in dict.fromkeys(name for found in reports.values() for name in found):
        score.add_all(f"runtimes, {name}", compare(of_one(reports, name)))
    score.show(table(reports))


def _guest(score: Score, which: str, boot: Boot) -> None:
    """What is to be said of a guest as a whole."""
    progress.log_path(f"runtimes {which}").write_text(f"{boot.text()}\n{boot.console}")
    whole = all(results.ktap_is_whole(boot.text(), depth=depth) for depth in (0, 1))
    why = boot.failure or ("" if whole else "announced results are missing")
    log = progress.host_path(progress.log_path(f"runtimes {which}"))
    score.add(
        "runtimes",
        Result(f"all is tried on {which}", "failed" if why else "passed", f"{why} (log: {log})"),
    )
    alarms = results.alarms(boot.console)
    score.add(
        "runtimes",
        Result(f"{which} has no complaint", "failed" if alarms else "passed", " ".join(alarms[:1])),
    )
