/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for what the kernel does after a call has returned: removed cgroups and unmounted
 * hierarchies go later, and what can be seen of that would depend on when one looks.
 */
#ifndef CGNS_SETTLE_H
#define CGNS_SETTLE_H

#include "world.h"

#define CGROUP2 "/sys/fs/cgroup"

/* Before and after a step: wait, if the step could see the difference. */
void settle_before(struct world *w);
void settle_after(struct world *w);

/* Wait for all that is on its way, `levels` deep. */
void settle(int levels);

/* Let v2 have as many cgroups as it can. */
void lift_limits(void);

/* A hierarchy of v1, counted from 0: the part of its line between the colons, or null. */
const char *hierarchy(int number);

/* The first one. */
const char *any_hierarchy(void);

/* A file whose lines are "KEY NUMBER": the sum for all keys that begin so; -1 without the file. */
long sum_of(const char *file, const char *key);

#endif /* CGNS_SETTLE_H */
