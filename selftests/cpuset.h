/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cpuset controller, which is on v1 or on v2, and changes sides late.
 *
 * Owns getting it for v2. Nothing here asserts. Include after harness.h.
 */
#ifndef CGNS_CPUSET_H
#define CGNS_CPUSET_H

#include "hierarchy.h"

/*
 * Give a v2 cgroup's children cpusets of their own. An earlier test's v1 hierarchy may still have
 * the controller: it stays when its cgroups are not all gone by the time it is unmounted, until it
 * is mounted and unmounted once more.
 */
static inline int enable_cpuset(const struct hierarchy *h, int dir)
{
	int err = write_in(dir, "cgroup.subtree_control", "+cpuset");

	for (int i = 0; err == -ENOENT && i < 500; i++) {
		/* Not every time: that would take the controller away again. */
		if (i % 50 == 0 && !mount("cgns", h->mount, "cgroup", 0, "cpuset"))
			umount2(h->mount, 0);
		usleep(10000);
		err = write_in(dir, "cgroup.subtree_control", "+cpuset");
	}
	return err;
}

#endif /* CGNS_CPUSET_H */
