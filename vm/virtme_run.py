# SPDX-License-Identifier: GPL-2.0
"""virtme-run with this project's guest init (init/virtme-init); all else, arguments too, is virtme-run's.

There is no option for it: virtme-ng names the init last on the kernel's command line. To be started with
python's -I, for virtme.py beside this file has the name of virtme-ng's package.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from virtme import resources
from virtme.commands import run

# What virtme-run itself returns for a guest that gave no status; here for one that never was, too.
LOST = 255


def main() -> int:
    tools = Path(__file__).resolve().parent / "init"
    resources.find_guest_tools = lambda: str(tools)
    # Needed for modules only, of which there are none; it would read the image as text to find it.
    run.get_kernel_version = lambda *_: "none"
    try:
        return run.main()
    except (Exception, SystemExit):
        traceback.print_exc()
        return LOST


if __name__ == "__main__":
    sys.exit(main())
