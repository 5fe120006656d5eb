// SPDX-License-Identifier: GPL-2.0
/*
 * All operations, how often each is done, and the words that are good and bad for it. Kinds of
 * operands are those of ../differential/operations.c, and n, a string that names a cgroup.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#define NUMBERS(...) \
	((const long[]){ sizeof((const long[]){ __VA_ARGS__ }) / sizeof(long), __VA_ARGS__ })

#define NEWCG CLONE_NEWCGROUP

/* Files of both versions: which a directory has is for the kernel to say. */
static const char *const procs[] = { "cgroup.procs", "cgroup.procs", "cgroup.procs",
				     "cgroup.threads", "tasks", NULL };
static const char *const files[] = { "cgroup.procs", "cgroup.procs", "cgroup.threads", "tasks",
				     "cgroup.events", "cgroup.stat", "cgroup.controllers",
				     "cgroup.subtree_control", "cgroup.type", "cgroup.freeze",
				     "cgroup.kill", "cgroup.max.depth", "pids.max", "pids.current",
				     "cpu.stat", "cpuset.cpus", "memory.max", "io.stat",
				     "release_agent", "notify_on_release", "nosuch", NULL };
/* A file, and after an equals sign what is written to it. */
static const char *const contents[] = { "cgroup.subtree_control=+pids",
				     "cgroup.subtree_control=+pids",
				     "cgroup.subtree_control=+cpu +memory",
				     "cgroup.subtree_control=+cpuset",
				     "cgroup.subtree_control=-pids",
				     "cgroup.subtree_control=-cpu -cpuset -memory",
				     "cgroup.subtree_control=+nosuch",
				     "cgroup.type=threaded",
				     "cgroup.type=domain",
				     "cgroup.max.depth=6",
				     "cgroup.max.depth=max",
				     "cgroup.max.descendants=12",
				     "cgroup.freeze=1",
				     "cgroup.freeze=0",
				     "cgroup.freeze=0",
				     "cgroup.kill=1",
				     "cgroup.kill=0",
				     "cgroup.procs=rubbish",
				     "cgroup.procs=-1",
				     "pids.max=3",
				     "pids.max=max",
				     "memory.max=max",
				     "cpu.weight=50",
				     "cpuset.cpus=0",
				     "notify_on_release=1",
				     "release_agent=/nonexistent",
				     "nosuch=1",
				     NULL };
static const char *const texts[] = { "+pids", "-pids", "threaded", "max", "max", "0", "1", "",
				     "-1", "rubbish", "99999999", NULL };
static const char *const namespaces[] = { "cgroup", "cgroup", "cgroup", "cgroup", "user", "mnt",
					  "uts", "nosuch", NULL };
/* A file system, and after an equals sign its options. */
static const char *const mounts[] = { "cgroup2=",
				      "cgroup2=",
				      "cgroup2=",
				      "cgroup2=",
				      "cgroup2=nsdelegate",
				      "cgroup2=nsdelegate,memory_recursiveprot",
				      "cgroup2=rubbish",
				      "cgroup=none,name=one",
				      "cgroup=none,name=one",
				      "cgroup=none,name=two",
				      "cgroup=none,name=two,xattr",
				      "cgroup=misc",
				      "cgroup=none",
				      "cgroup=all",
				      "nosuch=",
				      NULL };
static const char *const remounts[] = { "", "nsdelegate", "nsdelegate", "memory_localevents",
					"rubbish", NULL };
static const char *const limits[] = { "max", "1000", "1000", "1000", "8", "0", NULL };

const struct kind kinds[] = {
	{ { "mkdir", "dDn", op_mkdir }, 60 },
	{ { "lookup", "dDn", op_lookup }, 20 },
	{ { "chain", "dDxx", op_branch }, 6, NULL, NUMBERS(1, 2, 3, 8, 20, 60, 200, 255) },
	{ { "rmdir", "d", op_rmdir }, 40 },
	{ { "prune", "d", op_prune }, 40 },
	{ { "rename", "ddn", op_rename }, 10 },
	{ { "list", "d", op_list }, 10 },
	{ { "stat", "d", op_stat }, 10 },
	{ { "shrink", "d", op_shrink }, 20 },
	{ { "chown", "dx", op_chown }, 10, NULL, NUMBERS(0, NOBODY, NOBODY) },
	{ { "forget", "d", op_forget }, 60 },
	{ { "get", "ds", op_get }, 30, files },
	{ { "put", "dss", op_put }, 50, contents },
	{ { "attach", "dst", op_attach }, 100, procs },
	{ { "open", "dsFx", op_open }, 50, files, NUMBERS(O_WRONLY, O_WRONLY, O_RDWR, O_RDONLY) },
	{ { "read", "f", op_read }, 40 },
	{ { "write", "fs", op_write }, 30, texts },
	{ { "move", "ft", op_move }, 40 },
	{ { "close", "f", op_close }, 20 },
	{ { "handle", "dF", op_handle }, 20 },
	{ { "clone", "Txd", op_clone }, 60, NULL,
	  NUMBERS(0, 0, 0, NEWCG, NEWCG, NEWCG, CLONE_NEWUSER, NEWCG | CLONE_NEWUSER, CLONE_NEWNS,
		  NEWCG | CLONE_NEWNS, NEWCG | CLONE_NEWUTS, CLONE_THREAD, NEWCG | CLONE_FS) },
	{ { "thread", "T", op_pthread }, 10 },
	{ { "exit", "x", op_exit }, 8, NULL, NUMBERS(0, 1, 1, 1) },
	{ { "reap", "t", op_reap }, 20 },
	{ { "become", "x", op_become }, 6, NULL, NUMBERS(NOBODY) },
	{ { "disarm", "", op_disarm }, 4 },
	{ { "maps", "x", op_maps }, 10, NULL, NUMBERS(0, 0, NOBODY) },
	{ { "unshare", "x", op_unshare }, 100, NULL,
	  NUMBERS(NEWCG, NEWCG, NEWCG, NEWCG, NEWCG, NEWCG, CLONE_NEWUSER, CLONE_NEWUSER | NEWCG,
		  CLONE_NEWNS, NEWCG | CLONE_NEWNS, NEWCG | CLONE_NEWUSER | CLONE_NEWNS,
		  NEWCG | CLONE_NEWUTS, NEWCG | 0x8) },
	{ { "nsopen", "tsF", op_nsopen }, 60, namespaces },
	{ { "pidfd", "tF", op_pidfd }, 40 },
	{ { "setns", "fx", op_setns }, 100, NULL,
	  NUMBERS(NEWCG, NEWCG, NEWCG, NEWCG, 0, 0, CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWUTS,
		  NEWCG | CLONE_NEWUSER, NEWCG | CLONE_NEWNS, CLONE_NEWPID) },
	{ { "nsinfo", "f", op_nsinfo }, 20 },
	{ { "nshandle", "fF", op_nshandle }, 20 },
	{ { "link", "ts", op_link }, 20, namespaces },
	{ { "listns", "", op_listns }, 10 },
	{ { "limit", "s", op_limit }, 4, limits },
	{ { "mount", "mss", op_mount }, 40, mounts },
	{ { "fsmount", "mss", op_fsmount }, 20, mounts },
	{ { "remount", "ms", op_remount }, 10, remounts },
	{ { "bind", "dm", op_bind }, 10 },
	{ { "umount", "mx", op_umount }, 60, NULL, NUMBERS(0, 0, 2, 2, 4, 8, 64) },
	{ { "root", "mD", op_root }, 20 },
	{ { "statmount", "m", op_statmount }, 20 },
	{ { "cgroup", "t", op_lines }, 150 },
	{ { "cpuset", "t", op_cpuset }, 40 },
	{ { "mounts", "t", op_table }, 30 },
	{ { NULL } }
};
