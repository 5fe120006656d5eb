/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroup2's mount option nsdelegate, which is the whole system's.
 *
 * Owns asking for it and setting it. Nothing here asserts. Include after harness.h.
 */
#ifndef CGNS_NSDELEGATE_H
#define CGNS_NSDELEGATE_H

#include "shown.h"

/* Any mount of v2 tells it. */
static inline bool nsdelegate_is_set(void)
{
	static char text[TEXT_SIZE];

	return !read_proc(getpid(), "mountinfo", text) && strstr(text, ",nsdelegate");
}

/* From the initial cgroup namespace; other options go back to their defaults. */
static inline int set_nsdelegate(const struct hierarchy *h, bool on)
{
	return error_of(mount(NULL, h->mount, NULL, MS_REMOUNT, on ? "nsdelegate" : NULL));
}

#endif /* CGNS_NSDELEGATE_H */
