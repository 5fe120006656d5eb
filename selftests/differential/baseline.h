/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state in which every program begins: one task, the root of v2 as directory 0, and nothing
 * left of the program before.
 */
#ifndef CGNS_BASELINE_H
#define CGNS_BASELINE_H

#include "world.h"

/* Once: mounts of the executor's own, and what there is before any program. */
int baseline_init(void);

/* Let a program begin. */
int baseline_begin(struct world *w);

/* Undo what a program has done, and print what is left of it; true if that is nothing. */
bool baseline_restore(struct world *w);

#endif /* CGNS_BASELINE_H */
