// SPDX-License-Identifier: GPL-2.0
/*
 * All operations that a program can be made of, each with its operands. The generator has the same
 * list in scripts/differential/operations.py, and a test that both agree.
 *
 * An operand is a number: d a cgroup's directory, t a task, f a descriptor, m a mount point, x a
 * number as such; a capital letter is one that is made here. Or it is s, a string.
 */
#define _GNU_SOURCE
#include "operations.h"

const struct operation operations[] = {
	/* The tree of cgroups */
	{ "mkdir", "dDs", op_mkdir },
	{ "lookup", "dDs", op_lookup },
	{ "chain", "dDxx", op_chain },
	{ "rmdir", "d", op_rmdir },
	{ "rename", "dds", op_rename },
	{ "list", "d", op_list },
	{ "stat", "d", op_stat },
	{ "chown", "dx", op_chown },
	{ "forget", "d", op_forget },
	/* Files of a cgroup, and descriptors */
	{ "get", "ds", op_get },
	{ "put", "dss", op_put },
	{ "attach", "dst", op_attach },
	{ "open", "dsFx", op_open },
	{ "read", "f", op_read },
	{ "write", "fs", op_write },
	{ "move", "ft", op_move },
	{ "close", "f", op_close },
	{ "handle", "dF", op_handle },
	/* Tasks and who they are */
	{ "clone", "Txd", op_clone },
	{ "thread", "T", op_thread },
	{ "exit", "x", op_exit },
	{ "reap", "t", op_reap },
	{ "become", "x", op_become },
	{ "disarm", "", op_disarm },
	{ "maps", "x", op_maps },
	/* Namespaces */
	{ "unshare", "x", op_unshare },
	{ "nsopen", "tsF", op_nsopen },
	{ "pidfd", "tF", op_pidfd },
	{ "setns", "fx", op_setns },
	{ "nsinfo", "f", op_nsinfo },
	{ "nshandle", "fF", op_nshandle },
	{ "link", "ts", op_link },
	{ "listns", "", op_listns },
	{ "limit", "s", op_limit },
	/* Mounts */
	{ "mount", "mss", op_mount },
	{ "fsmount", "mss", op_fsmount },
	{ "remount", "ms", op_remount },
	{ "bind", "dm", op_bind },
	{ "umount", "mx", op_umount },
	{ "root", "mD", op_root },
	{ "statmount", "m", op_statmount },
	/* What /proc shows of a task */
	{ "cgroup", "t", op_cgroup },
	{ "cpuset", "t", op_cpuset },
	{ "mounts", "t", op_mounts },
	{ NULL }
};
