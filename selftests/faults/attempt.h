/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One attempt at an operation, with one fault, by a task of its own.
 *
 * Owns what must hold after it, as far as that task can tell.
 */
#ifndef CGNS_ATTEMPT_H
#define CGNS_ATTEMPT_H

#include "operation.h"

/* How the names of the tasks begin. */
#define TASKS "fault:"

struct attempt {
	int error; /* what the operation came to */
	struct outcome outcome;
	char complaint[160]; /* empty if all is as it should be */
};

/* `shared` is memory that children share. */
void attempt(struct world *w, const struct operation *op, const struct fault *fault,
	     struct attempt *shared);

#endif /* CGNS_ATTEMPT_H */
