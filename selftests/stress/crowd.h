/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many cgroups, and namespaces that are rooted in them. A namespace is held in one of three ways:
 * by a descriptor, by a task, by a bind mount.
 *
 * Owns which is rooted where, and what holds it. Errors are negative error numbers.
 */
#ifndef CGNS_CROWD_H
#define CGNS_CROWD_H

#include <stdbool.h>
#include <sys/types.h>
#include <linux/types.h>

struct crowd {
	long cgroups, namespaces;
	long tops; /* cgroups at level 1; the others are spread among them, at level 2 */
	int root; /* descriptor of the hierarchy's root */
	int home; /* of the initial namespace */
	int *fds; /* of namespaces; -1 if another thing holds it */
	pid_t *tasks;
	__u64 *inodes;
	char *stacks;
};

/* Memory for so many, and a place for the mounts. */
int crowd_init(struct crowd *c);

int make_all(const struct crowd *c);
int hold_all(struct crowd *c);
int release_all(struct crowd *c);

/* Whether no two namespaces are one. */
bool all_differ(const struct crowd *c);

/* Whether a sample of the namespaces show their own root as "/", and others from there. */
bool samples_show(const struct crowd *c);

/* Whether they still show the way out, when all cgroups were removed. */
bool removed_show(const struct crowd *c);

#endif /* CGNS_CROWD_H */
