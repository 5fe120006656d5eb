/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An operation whose allocations and copies are to fail, one after another, and what it works on.
 *
 * Each attempt is made by a task of its own, a child of one that was set up once.
 */
#ifndef CGNS_OPERATION_H
#define CGNS_OPERATION_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

#define CGROUP2 "/sys/fs/cgroup"
#define TEXT_SIZE 65536
#define MAX_ERRORS 4
/* Where attempts mount something. */
#define MOUNT_POINT "/tmp/faults"

struct world {
	int base; /* the parent of home, or of the way there */
	int home; /* the operation's own cgroup, in which the attempts begin */
	int below; /* a cgroup below it */
	int v1; /* home in a hierarchy of v1; -1 without */
	__u64 home_inode, v1_inode;
	int other_ns; /* a namespace that another task is in */
	pid_t other;
	int pidfd; /* of that task */
	int fds[4]; /* of an attempt */
	__u64 number; /* of an attempt */
	char wanted[TEXT_SIZE]; /* what is to be read */
	char text[TEXT_SIZE]; /* what was */
};

/* What an operation needs to be there. */
enum need {
	DEEP = 1, /* home is so deep that its path is longer than two pages */
	V1 = 2, /* a named hierarchy */
	DELEGATED = 4, /* cgroup2 with nsdelegate */
	LIMITED = 8, /* a user namespace that may have one cgroup namespace more, and no two */
	INSIDE = 16, /* the attempts are in a cgroup namespace whose root is above home */
	MOUNTS = 32, /* a mount namespace of their own */
	UNMOUNTED = 64, /* the hierarchy of v1 is mounted nowhere: no dentry of it is in a cache */
};

struct operation {
	const char *name;
	unsigned int needs;
	int (*prepare)(struct world *w); /* before the fault: 0, or a negative error number */
	int (*act)(struct world *w); /* meanwhile */
	int (*verify)(struct world *w); /* after it succeeded */
	const char *core; /* the function in which mainline has the core's part */
	int memory[MAX_ERRORS]; /* what lack of memory may be called, beside ENOMEM */
	int copy[MAX_ERRORS]; /* what a bad address may be called, beside EFAULT */
	bool exact; /* on either kernel: allocations of `core`, and no others */
	/*
	 * It does the same many times, until something is used up: by callers only, so many places
	 * are enough, and what is tried again in another way fails again.
	 */
	int most;
};

extern const struct operation life_operations[], read_operations[], mount_operations[],
	tree_operations[], nsfs_operations[];

#endif /* CGNS_OPERATION_H */
