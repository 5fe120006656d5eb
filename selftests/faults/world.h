/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets up what an operation works on, and takes it away.
 */
#ifndef CGNS_WORLD_H
#define CGNS_WORLD_H

#include "operation.h"

/* For the task whose children are to make the attempts: it enters its cgroups and namespace. */
int world_enter(struct world *w, unsigned int needs);

/* For that task's parent, when the task is gone. */
int world_remove(unsigned int needs);

#endif /* CGNS_WORLD_H */
