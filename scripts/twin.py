# SPDX-License-Identifier: GPL-2.0
"""A build directory that begins as a copy of another, whose configuration is nearly the same.

kbuild notes for each object which symbols it depends on, so that make redoes only what depends on
those that differ. Knows nothing of flavours.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from progress import Failure

# kernel.py's note of what a configuration was made from: the copy needs a new one.
STAMP = ".fragments"


def copy(model: Path, directory: Path) -> None:
    """Make `directory`, which is not there, a copy of `model`. Raises Failure, and leaves nothing behind."""
    partial = directory.with_name(f"{directory.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    # cp keeps times to the nanosecond, links, and shares blocks where the file system can.
    argv = ["cp", "-a", "--reflink=auto", str(model), str(partial)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise Failure(done.stderr.strip().splitlines()[-1])
    (partial / STAMP).unlink(missing_ok=True)
    rename_in_commands(partial, model, directory)
    partial.rename(directory)


def rename_in_commands(tree: Path, old: Path, new: Path) -> None:
    """Put the new name where a recorded command names the old directory.

    A command that differs from the recorded one is run again: objtool's are among them, and with
    objtool goes every object.
    """
    for file in tree.rglob("*.cmd"):
        text = file.read_text()
        if f"{old}/" in text:
            file.write_text(text.replace(f"{old}/", f"{new}/"))
