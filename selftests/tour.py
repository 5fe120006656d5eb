# SPDX-License-Identifier: GPL-2.0
"""The tour: cgroup namespaces at work, as a session that is compared with the contract line by line.

Runs in a guest, as root, and leaves the guest's cgroups changed. Owns what is shown and what is to be
seen; how is session.py's. Exits 0 only if every line was as it should be.
"""

from __future__ import annotations

import os
import re
import sys

from session import Broken, Session, Shell

CGROUP = "/sys/fs/cgroup"
JOBS = f"{CGROUP}/batchjobs"
MEMORY = "/run/cgroup-memory"
# include/linux/proc_ns.h: PROC_CGROUP_INIT_INO
INITIAL = "cgroup:[4026531835]"
NUMBER = re.compile(r"(?P<number>\d+)")


def mountinfo(root: str, where: str, fstype: str) -> re.Pattern[str]:
    """A line of mountinfo with this root field."""
    return re.compile(rf"\d+ \d+ \d+:\d+ {re.escape(root)} {re.escape(where)} \S.* - {fstype} .*")


def kernel(t: Session, host: Shell) -> None:
    t.heading("The kernel, and that the Rust core is in it")
    t.run(host, "uname -sr", re.compile(r"Linux 7\.[23]\..*"))
    t.run(host, "zcat /proc/config.gz | grep CGROUP_NS_RUST=", "CONFIG_CGROUP_NS_RUST=y")


def outside(t: Session, host: Shell, job: Shell) -> None:
    t.heading("A batch job, in the namespace that all tasks start in: it sees its whole path")
    t.run(host, f"mkdir -p {JOBS}/c_job_id1")
    t.run(job, f"echo $$ > {JOBS}/c_job_id1/cgroup.procs")
    t.run(job, "cat /proc/self/cgroup", "0::/batchjobs/c_job_id1")
    t.run(job, "readlink /proc/self/ns/cgroup", INITIAL)


def inside(t: Session, job: Shell) -> str:
    t.heading("unshare -C: a namespace of its own, with this cgroup as its root")
    unshare(t, job)
    other = re.compile(rf"(?!{re.escape(INITIAL)})cgroup:\[\d+\]")
    t.run(job, "readlink /proc/self/ns/cgroup", other)
    t.run(job, "cat /proc/self/cgroup", "0::/")
    pid = t.run(job, "echo $$", NUMBER)["number"]

    t.heading("The root stays where it is when its creator moves on")
    t.run(job, f"mkdir {JOBS}/c_job_id1/sub_cgrp_1")
    t.run(job, f"echo $$ > {JOBS}/c_job_id1/sub_cgrp_1/cgroup.procs")
    t.run(job, "cat /proc/self/cgroup", "0::/sub_cgrp_1")
    return pid


def unshare(t: Session, job: Shell) -> None:
    """The job's shell starts another one that has namespaces of its own, and reads on in there."""
    t.run(job, "unshare -Cm bash")
    job.name = "container"


def leave(t: Session, job: Shell) -> None:
    """Back to the shell that started it."""
    t.run(job, "exit")
    job.name = "job"


def both_ways(t: Session, host: Shell, job: Shell, pid: str) -> None:
    t.heading("The same task from outside, and the outside from within: the reader's root counts")
    t.run(host, f"cat /proc/{pid}/cgroup", "0::/batchjobs/c_job_id1/sub_cgrp_1")
    t.run(host, "readlink /proc/self/ns/cgroup", INITIAL)
    t.run(job, "cat /proc/1/cgroup", "0::/../..")

    t.heading("A sibling")
    t.run(host, f"mkdir {JOBS}/c_job_id2")
    sibling = t.run(host, "sleep 1000 & echo $!", NUMBER)["number"]
    t.run(host, f"echo {sibling} > {JOBS}/c_job_id2/cgroup.procs")
    t.run(job, f"cat /proc/{sibling}/cgroup", "0::/../c_job_id2")

    t.heading("Nobody is pinned: a task may be moved over the boundary, and says so")
    t.run(host, f"echo {pid} > {JOBS}/c_job_id2/cgroup.procs")
    t.run(job, "cat /proc/self/cgroup", "0::/../c_job_id2")
    t.run(host, f"echo {pid} > {JOBS}/c_job_id1/sub_cgrp_1/cgroup.procs")
    t.run(job, "cat /proc/self/cgroup", "0::/sub_cgrp_1")


def mount_v2(t: Session, job: Shell) -> None:
    t.heading("cgroup2 as it was mounted before the namespace, and mounted anew within it")
    show = f"grep ' {CGROUP} ' /proc/self/mountinfo"
    t.run(job, show, mountinfo("/../..", CGROUP, "cgroup2"))
    t.run(job, f"umount {CGROUP}")
    t.run(job, f"mount -t cgroup2 cgroup2 {CGROUP}")
    t.run(job, show, mountinfo("/", CGROUP, "cgroup2"))
    t.run(job, f"ls -d {CGROUP}/*/", f"{CGROUP}/sub_cgrp_1/")
    leave(t, job)


def mount_v1(t: Session, host: Shell, job: Shell) -> None:
    t.heading("The same for a v1 hierarchy")
    mount = f"mount -t cgroup -o memory cgroup {MEMORY}"
    show = f"grep ' {MEMORY} ' /proc/self/mountinfo"
    t.run(host, f"mkdir {MEMORY}")
    t.run(host, mount)
    t.run(host, f"mkdir -p {MEMORY}/docker/container1")
    t.run(job, f"echo $$ > {MEMORY}/docker/container1/cgroup.procs")
    line = re.compile(r"(?P<number>\d+):memory:/docker/container1")
    own = t.run(job, "cat /proc/self/cgroup", line, "0::/batchjobs/c_job_id1")["number"]
    unshare(t, job)
    t.run(job, "cat /proc/self/cgroup", f"{own}:memory:/", "0::/")
    t.run(job, "cat /proc/1/cgroup", f"{own}:memory:/../..", "0::/../..")
    t.run(job, show, mountinfo("/../..", MEMORY, "cgroup"))
    t.run(job, f"umount {MEMORY}")
    t.run(job, mount)
    t.run(job, show, mountinfo("/", MEMORY, "cgroup"))
    t.run(job, f"find {MEMORY} -type d", MEMORY)
    leave(t, job)


def long_path(t: Session, host: Shell) -> None:
    t.heading("A path of more than 4,096 bytes: whole, where mainline cuts it without a word")
    t.run(host, f"cd {JOBS}")
    t.run(host, "name=$(printf %0250d 0)")
    t.run(host, "for i in {1..20}; do mkdir $name && cd $name; done")
    length = len("/batchjobs") + 20 * len("/" + 250 * "0")
    t.run(host, f"echo $((${{#PWD}} - {len(CGROUP)})) bytes", f"{length} bytes")
    t.run(
        host,
        "(echo $BASHPID > cgroup.procs; path=$(sed -n s/^0:://p /proc/self/cgroup); echo ${#path} bytes)",
        f"{length} bytes",
    )
    t.run(
        host,
        "(echo $BASHPID > cgroup.procs; unshare -C grep 0:: /proc/self/cgroup)",
        "0::/",
    )


def main() -> int:
    if os.geteuid() != 0 or not os.path.ismount(CGROUP):
        print(f"tour.py: runs in a guest, as root with cgroup2 at {CGROUP}", file=sys.stderr)
        return 2
    t = Session(colour="--colour" in sys.argv[1:])
    host, job = Shell("host"), Shell("job")
    try:
        kernel(t, host)
        outside(t, host, job)
        pid = inside(t, job)
        both_ways(t, host, job, pid)
        mount_v2(t, job)
        mount_v1(t, host, job)
        long_path(t, host)
        return t.verdict()
    except Broken as broken:
        print(f"tour.py: {broken}", file=sys.stderr)
        return 2
    finally:
        host.close()
        job.close()


if __name__ == "__main__":
    sys.exit(main())
