/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an operation's attempts must leave as it was, all together.
 */
#ifndef CGNS_BALANCE_H
#define CGNS_BALANCE_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_CACHES 256

struct balance {
	long references; /* on the css_set that the calling task is in, alone: must be one */
	long namespaces; /* cgroup namespaces that are in use */
	long cgroups, dying;
	int count;
	struct cache {
		char name[40];
		long objects;
	} caches[MAX_CACHES];
};

/* What is there now. */
void balance_take(struct balance *balance);

/*
 * Wait until no more is there than before; what is left after all, in `words`. Of slab caches only
 * those count which `words` named before, if it did: the kernel's own threads come and go.
 */
enum verdict { BACK, OBJECTS, STATE } balance_compare(const struct balance *before, char *words,
						      size_t size);

/* Whether this user is charged for `namespaces` cgroup namespaces, and no user namespace. */
bool charges_are(int namespaces, char *words, size_t size);

/* Whether no removed cgroup is held by anything any more. */
bool nothing_dies(char *words, size_t size);

#endif /* CGNS_BALANCE_H */
