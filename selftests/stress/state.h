/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kernel has at one time: memory, cgroups, namespaces, mounts.
 *
 * Owns how that is asked for, and how long what is on its way is waited for. What may have changed
 * between two states is the reader's to say.
 */
#ifndef CGNS_STATE_H
#define CGNS_STATE_H

#include <stdbool.h>

#define CGROUP2 "/sys/fs/cgroup"

/* The number behind a key in a file whose lines are "KEY NUMBER"; -1 if there is none. */
long value_of(const char *file, const char *key);

/* How many cgroup namespaces listns(2) tells of, the initial one included; or the error. */
long count_listed(void);

/*
 * How many namespaces of a kind are charged to this user: what /proc/sys/user/max_KIND_namespaces
 * must exceed for one more. The namespaces of a kernel that leaks them are in no list; this counts
 * them.
 */
long count_charged(const char *kind);

/* Milliseconds by the monotonic clock. */
long milliseconds(void);

/* Wait until the kernel has done what it does later: what it frees, and what it gives back. */
void settle(void);

/* Print a line that tells of the state. */
void print_state(const char *when);

/* Print how long something took, since the last call. */
void print_time(const char *what, long count);

/* Let this user have as many files and namespaces as there is memory for. */
int lift_limits(void);

#endif /* CGNS_STATE_H */
