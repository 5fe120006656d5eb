/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tasks of a program: each waits until it is told to do the world's step, and does it.
 *
 * Owns handing over to a task and back, and their ends.
 */
#ifndef CGNS_TASKS_H
#define CGNS_TASKS_H

#include "world.h"

/* Be the task of this number, which was just made: never returns. */
void act(struct world *w, int number);

/* Write down a task that was just made, before it is told anything. */
void enlist(struct world *w, int number, pid_t pid, int process, bool own_mounts);

/* Let the step's task do it; false if there is no end of it. Fills w->result. */
bool perform(struct world *w);

/* End all tasks, reap them, and forget them. */
void end_all(struct world *w);

#endif /* CGNS_TASKS_H */
