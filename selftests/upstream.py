# SPDX-License-Identifier: GPL-2.0
"""Runs upstream's selftest programs in a guest, and prints what each said: one line of JSON a program.

    upstream.py INSTALLED FILE

INSTALLED is where kselftest installed the programs; FILE names one a line, as SUITE/PROGRAM or as a whole
path. Before the first the guest is given what the programs ask for beside a kernel: swap, a disk, a
/mnt that can be written. After each nothing of it is left: no task, no cgroup.

Owns the guest while programs run. What they print is scripts/upstream_cases.py's to read.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

LIMIT = 300.0
# kselftest's status for a program that took longer.
TIMEOUT = 124
CGROUP = Path("/sys/fs/cgroup")
# As systemd mounts it, and with huge pages counted as memory, which a test asks for.
OPTIONS = "nsdelegate,memory_recursiveprot,memory_hugetlb_accounting"
DISK = Path("/run/disk")
CPUSET = Path("/mnt/cpuset")
PROCESSORS = Path("/sys/devices/system/cpu")
OOM = Path("/proc/self/oom_score_adj")

# Idle processors cost nothing, but programs that start a task for each take that much longer under
# emulation: more than two are online only for the programs that want them.
CPUS = {"test_cpu": 4, "test_cpuset_prs.sh": 8}
USUAL_CPUS = 2
# These ask for version 1 of the cpuset controller.
CPUSET_V1 = ("test_cpuset_v1_base.sh", "test_cpuset_v1_hp.sh")
# This one goes through all process ids of a new namespace, in which there are four million, until one
# comes again; or gives up. The least that a namespace may have is enough.
RECYCLES = "pidfd_test"
PID_MAX = 1100
# How long, how often: shorter than these programs do without being told.
ENVIRONMENT = {"DURATION": "2"}
ARGUMENTS = {"pidfd_poll_test": ["2000"]}


def command(*argv: str | Path) -> None:
    """Run a quick command that must succeed."""
    subprocess.run([str(arg) for arg in argv], check=True)


def prepare(installed: Path) -> Path:
    """What the programs find in a distribution, or tell the user to set up; returns where they are."""
    command("mount", "-o", f"remount,{OPTIONS}", CGROUP)
    command("mount", "-t", "debugfs", "debugfs", "/sys/kernel/debug")
    command("mkswap", "-q", ram_disk("3G"))
    command("swapon", "/dev/zram0")
    Path("/sys/module/zswap/parameters/enabled").write_text("Y")
    command("mkfs.ext4", "-q", ram_disk("1G"))
    DISK.mkdir()
    command("mount", "/dev/zram1", DISK)
    shutil.copytree(installed, DISK / "installed")
    change_root()
    command("mount", "-t", "tmpfs", "tmpfs", "/mnt")
    CPUSET.mkdir()
    return Path("/installed")


def ram_disk(size: str) -> str:
    """A block device in memory that takes no more of it than is written, and that no cgroup is charged for."""
    control = Path("/sys/class/zram-control/hot_add")
    first = Path("/sys/block/zram0/disksize")
    number = 0 if first.read_text().strip() == "0" else int(control.read_text())
    Path(f"/sys/block/zram{number}/disksize").write_text(size)
    return f"/dev/zram{number}"


def change_root() -> None:
    """Make the disk the root directory, with all else where it was.

    Programs make files where they are, and look for many that are not there: the guest's own root
    directory is read-only, and the emulator is asked for each.
    """
    for entry in Path("/").iterdir():
        there = DISK / entry.name
        if entry.is_symlink():
            there.symlink_to(entry.readlink())
        elif entry.is_dir() and not there.exists():
            there.mkdir()
            if entry.name not in ("run", "mnt"):
                command("mount", "--rbind", entry, there)
    os.chdir(DISK)
    command("pivot_root", ".", "mnt")
    os.chdir("/")
    command("umount", "--lazy", "/mnt")


def bring_online(wanted: int) -> None:
    """Have as many processors as that, the first ones, if the guest has them."""
    # The first one has no such file: it cannot be taken away.
    for file in PROCESSORS.glob("cpu[0-9]*/online"):
        state = "1" if int(file.parent.name.removeprefix("cpu")) < wanted else "0"
        if file.read_text().strip() != state:
            file.write_text(state)


@contextlib.contextmanager
def surroundings(program: str) -> Iterator[None]:
    """What this program wants of the guest that others do not."""
    bring_online(CPUS.get(program, USUAL_CPUS))
    if program not in CPUSET_V1:
        yield
        return
    command("mount", "-t", "cgroup", "-o", "cpuset", "cgroup", CPUSET)
    try:
        yield
    finally:
        command("umount", CPUSET)


def keep_ids_few(process: subprocess.Popen[bytes]) -> None:
    """Set the limit of ids in the first process id namespace that the program makes."""
    ours = os.stat("/proc/self/ns/pid").st_ino
    while process.poll() is None:
        time.sleep(0.1)
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            for child in children.split():
                if os.stat(f"/proc/{child}/ns/pid").st_ino != ours:
                    write = f"echo {PID_MAX} >/proc/sys/kernel/pid_max"
                    command("nsenter", f"--pid=/proc/{child}/ns/pid", "sh", "-c", write)
                    return


def run(program: Path) -> dict[str, object]:
    """Run one program from its own directory, as kselftest's runner does."""
    start = time.monotonic()
    with subprocess.Popen(
        [f"./{program.name}", *ARGUMENTS.get(program.name, [])],
        cwd=program.parent,
        env={**os.environ, **ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: OOM.write_text("0"),
    ) as process:
        if program.name == RECYCLES:
            threading.Thread(target=keep_ids_few, args=[process], daemon=True).start()
        try:
            output, _ = process.communicate(timeout=LIMIT)
            status = process.returncode
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            tidy()
            output, _ = process.communicate()
            status = TIMEOUT
    seconds = round(time.monotonic() - start, 1)
    return {"status": status, "seconds": seconds, "output": output.decode(errors="replace")}


def tidy() -> None:
    """Leave no task, no cgroup and no controller switched on to the next program."""
    cgroups = [path for path in CGROUP.rglob("*") if path.is_dir()]
    for cgroup in cgroups:
        if cgroup.parent == CGROUP:
            with contextlib.suppress(OSError):
                (cgroup / "cgroup.kill").write_text("1")
    for cgroup in reversed(cgroups):
        remove(cgroup)
    control = CGROUP / "cgroup.subtree_control"
    if names := control.read_text().split():
        control.write_text(" ".join(f"-{name}" for name in names))


def remove(cgroup: Path) -> None:
    """Remove a cgroup, whose tasks may need a moment to be gone."""
    for _ in range(50):
        try:
            cgroup.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return


def say(**words: object) -> None:
    """One line for the host."""
    print(json.dumps(words), flush=True)


def main() -> int:
    installed, names = Path(sys.argv[1]), Path(sys.argv[2]).read_text().split()
    home = prepare(installed)
    # A program that takes all memory is to be killed for it, not who started it.
    OOM.write_text("-1000")
    for name in names:
        program = Path(name) if name.startswith("/") else home / name
        say(begin=name)
        with surroundings(program.name):
            found = run(program)
            tidy()
        say(end=name, **found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
