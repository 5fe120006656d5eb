# SPDX-License-Identifier: GPL-2.0
"""What is written to files, given to mount(2) and passed as flags: good words and bad ones.

Left out is what would make a program's transcript depend on time: the memory controller, whose dead
cgroups stay for as long as something in memory belongs to them; freezing and killing, after which a
task does not answer.
"""

from __future__ import annotations

NEWNS = 0x00020000
NEWCGROUP = 0x02000000
NEWUTS = 0x04000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
THREAD = 0x00010000
# A user who may do nothing special.
NOBODY = 1000

# Sets of flags for unshare(2) and clone3(2): the last ones are refused.
UNSHARE = (
    *((NEWCGROUP,) * 8),
    *((NEWUSER,) * 4),
    *((NEWCGROUP | NEWUSER,) * 3),
    *((NEWNS,) * 2),
    NEWCGROUP | NEWNS,
    NEWCGROUP | NEWUSER | NEWNS,
    NEWUTS | NEWCGROUP,
    NEWCGROUP | 0x8,
)
CLONE = (
    *((0,) * 8),
    *((NEWCGROUP,) * 6),
    NEWUSER,
    NEWCGROUP | NEWUSER,
    NEWNS,
    NEWUTS | NEWCGROUP,
    THREAD,
)
# What a descriptor is said to be when a namespace is entered by it.
SETNS = (0, 0, NEWCGROUP, NEWCGROUP, NEWCGROUP, NEWUSER, NEWNS, NEWUTS, NEWPID)
SETNS_PIDFD = (*((NEWCGROUP,) * 6), NEWCGROUP | NEWUSER, NEWUSER, NEWNS, 0, NEWCGROUP | NEWNS)
NAMESPACES = (*((b"cgroup",) * 8), b"user", b"user", b"mnt", b"uts", b"nosuch")

OPEN_FLAGS = (1, 1, 1, 2, 2, 0)
UMOUNT_FLAGS = (0, 0, 2, 2, 4, 8, 64)

V2_PROCS = (*((b"cgroup.procs",) * 7), b"cgroup.threads", b"cgroup.threads", b"tasks")
V1_PROCS = (*((b"cgroup.procs",) * 5), *((b"tasks",) * 4), b"cgroup.threads")
PROCS = frozenset((*V2_PROCS, *V1_PROCS))

# A file and what is written to it.
V2_WRITES = (
    *((b"cgroup.subtree_control", b"+pids"),) * 4,
    (b"cgroup.subtree_control", b"+cpu"),
    (b"cgroup.subtree_control", b"+cpuset"),
    (b"cgroup.subtree_control", b"+pids +cpuset"),
    (b"cgroup.subtree_control", b"-pids"),
    (b"cgroup.subtree_control", b"-cpu -cpuset"),
    (b"cgroup.subtree_control", b"+nosuch"),
    (b"cgroup.subtree_control", b""),
    *((b"cgroup.type", b"threaded"),) * 3,
    (b"cgroup.type", b"domain"),
    *((b"cgroup.max.depth", b"max"),) * 2,
    (b"cgroup.max.depth", b"6"),
    (b"cgroup.max.depth", b"-1"),
    *((b"cgroup.max.descendants", b"max"),) * 2,
    (b"cgroup.max.descendants", b"12"),
    (b"cgroup.freeze", b"0"),
    (b"cgroup.freeze", b"2"),
    (b"cgroup.kill", b"0"),
    (b"cgroup.procs", b"rubbish"),
    (b"cgroup.procs", b"-1"),
    (b"cgroup.controllers", b"+pids"),
    (b"pids.max", b"max"),
    (b"pids.max", b"2"),
    (b"pids.max", b"2"),
    (b"cpu.weight", b"50"),
    (b"cpu.weight", b"0"),
    (b"cpuset.cpus", b"0"),
    (b"cpuset.cpus", b"7"),
    (b"nosuch", b"1"),
)
V1_WRITES = (
    *((b"notify_on_release", b"1"),) * 2,
    (b"notify_on_release", b"x"),
    (b"release_agent", b"/nonexistent"),
    (b"cgroup.clone_children", b"1"),
    (b"freezer.state", b"THAWED"),
    (b"pids.max", b"2"),
    (b"pids.max", b"max"),
    (b"cpu.shares", b"512"),
    (b"cpuset.cpus", b"0"),
    (b"cpuset.mems", b"0"),
    (b"net_cls.classid", b"1"),
    (b"cgroup.procs", b"rubbish"),
    (b"nosuch", b"1"),
)
# What is written to whatever a descriptor is of. No number that is a pid of somebody else, or that
# freezes or kills.
WRITES = (
    b"+pids",
    b"+pids",
    b"-pids",
    b"+cpuset",
    b"threaded",
    b"domain",
    b"max",
    b"max",
    b"max",
    b"0",
    b"",
    b"-1",
    b"rubbish",
    b"99999999",
)
V2_READS = (
    b"cgroup.procs",
    b"cgroup.procs",
    b"cgroup.threads",
    b"cgroup.controllers",
    b"cgroup.subtree_control",
    b"cgroup.type",
    b"cgroup.events",
    b"cgroup.max.depth",
    b"cgroup.max.descendants",
    b"pids.max",
    b"pids.current",
    b"cpuset.cpus.effective",
    b"nosuch",
)
V1_READS = (
    b"cgroup.procs",
    b"tasks",
    b"tasks",
    b"notify_on_release",
    b"cgroup.clone_children",
    b"freezer.state",
    b"pids.max",
    b"cpuset.cpus",
    b"nosuch",
)

# v1's hierarchies that can be had, as mount options.
HIERARCHIES = (
    b"freezer",
    b"pids",
    b"devices",
    b"cpu,cpuacct",
    b"cpuset",
    b"net_cls,net_prio",
    b"rdma",
    b"freezer,name=both",
    b"none,name=one",
    b"none,name=two",
    b"none,name=with.dot_and-dash",
)
REFUSED_OPTIONS = (
    b"",
    b"nosuch",
    b"none",
    b"all,none",
    b"freezer,none",
    b"none,name=",
    b"none,name=a/b",
    b"none,name=a b",
    b"none,name=" + b"n" * 80,
    b"none,name=one,name=two",
    b"name=unheard",
    b"pids,cpuset,cpu",
)
V2_OPTIONS = (b"", b"", b"", b"nsdelegate", b"nsdelegate", b"memory_recursiveprot", b"nosuch")
REMOUNT_OPTIONS = (
    *((b"nsdelegate",) * 4),
    b"",
    b"",
    b"favordynmods",
    b"nosuch",
    b"name=other",
)
LIMITS = (b"0", b"3", b"1000000", b"1000000", b"-1", b"x")
