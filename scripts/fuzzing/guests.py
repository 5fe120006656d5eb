# SPDX-License-Identifier: GPL-2.0
"""The guest that a fuzzer runs in: user-mode Linux that dies of the first complaint.

Owns what is told of a guest that did. Knows nothing of what runs in it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import results
import uml
from guest import Death

CPUS = 2
# KASAN takes an eighth of it, and keeps what is freed for a while.
MEMORY = "2G"
KERNEL_ARGS = ("panic_on_warn=1", "oops=panic", "hung_task_panic=1")
# What comes before is not the fuzzer's: 7.3's lockdep finds fault with itself while user-mode Linux boots
# (is_dynamic_key() is called with no task to count for), and is off from there on.
BOOTED = " as init process"
# What mount(2) says of an old flag, once: no fault, for all its WARNING.
OLD_FLAG = "WARNING: The mand mount option has been deprecated"
# Seconds for the boot, and for all to go that a fuzzer has left.
PATIENCE = 300.0
# Lines of a report that are shown.
REPORT = 120


@dataclass(frozen=True)
class Boot:
    """What a program in a guest printed, and what is wrong: nothing if all is well."""

    output: str
    wrong: str
    report: list[str]


def boot(image: Path, argv: Sequence[str], seconds: float) -> Boot:
    """Boot, run a program that takes so long, switch off."""
    sink = io.BytesIO()
    try:
        outcome = uml.boot(
            image,
            argv,
            cpus=CPUS,
            memory=MEMORY,
            limit=seconds + PATIENCE,
            kernel_args=KERNEL_ARGS,
            sink=sink,
        )
        console, wrong = outcome.console, ""
        if outcome.status:
            wrong = f"the fuzzer ended with status {outcome.status}"
    except Death as death:
        console, wrong = death.console, str(death)
    console = (console.partition(BOOTED)[2] or console).replace(OLD_FLAG, "")
    alarms = results.alarms(console)
    lines = console.splitlines()
    first = next((i for i, line in enumerate(lines) if results.ALARM.search(line)), len(lines))
    text = sink.getvalue().decode(errors="replace").replace("\r", "")
    return Boot(text, wrong or next(iter(alarms), ""), lines[first : first + REPORT])
