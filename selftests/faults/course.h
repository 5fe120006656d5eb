/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All faults of an operation, one after another, each with an attempt of its own.
 *
 * Owns the order of the faults, when there is no other, and the figures.
 */
#ifndef CGNS_COURSE_H
#define CGNS_COURSE_H

#include "attempt.h"

/* More than any operation asks for; who asks for more has no end. */
#define MOST 20000
#define MAX_ERRNO 4096

/* What faults of one kind came to. */
struct tally {
	int failed, succeeded;
	int errors[MAX_ERRNO];
};

struct course {
	struct world *world;
	const struct operation *op;
	struct attempt *attempt;
	struct tally tallies[KINDS];
	char complaint[256];
	bool quiet; /* it has been told of already */
};

/* The first that the task asks for, the second, and so on, until there is none left to fail. */
void by_task(struct course *c);

/* The same for what the core asks for, or has others ask for. */
void by_callers(struct course *c);

#endif /* CGNS_COURSE_H */
