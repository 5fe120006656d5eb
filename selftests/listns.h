/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listns(2), which is newer than the headers of the C library may be.
 *
 * Owns the call and what it takes. Nothing here asserts. Include after harness.h.
 */
#ifndef CGNS_LISTNS_H
#define CGNS_LISTNS_H

#include <errno.h>
#include <linux/types.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_listns
#define SYS_listns 470
#endif

/* include/uapi/linux/nsfs.h: struct ns_id_req */
struct request {
	__u32 size;
	__u32 spare;
	__u64 after; /* list what has a greater id than this */
	__u32 type;
	__u32 spare2;
	__u64 owner; /* a user namespace, 0 for any */
};

/* How many ids came, or -1. */
static inline long listns(const void *request, __u64 *ids, size_t most, unsigned int flags)
{
	return syscall(SYS_listns, request, ids, most, flags);
}

/* How many cgroup namespaces there are that this task may list, or the error. */
static inline long count_cgroup_namespaces(void)
{
	struct request request = { .size = sizeof(request), .type = CLONE_NEWCGROUP };
	__u64 ids[256];
	long got = listns(&request, ids, ARRAY_SIZE(ids), 0);

	return got < 0 ? -errno : got;
}

#endif /* CGNS_LISTNS_H */
