/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The line of a transcript that belongs to a step: its result, and fields KEY=VALUE.
 *
 * Owns its form, and the names of what differs from run to run.
 */
#ifndef CGNS_TRANSCRIPT_H
#define CGNS_TRANSCRIPT_H

#include "world.h"

/* Add a field; in key and value whatever would break the line becomes an octal escape. */
void say(struct world *w, const char *key, const char *value);
void say_number(struct world *w, const char *key, long value);

/* The same for a field that the comparer has a rule for, which `rule` names. */
void say_ruled(struct world *w, char rule, const char *key, const char *value);

/* What a number is called: a letter and which of its kind it is in this program. */
const char *stable_name(struct stable *table, char letter, __u64 key);

/* Which task has this pid, or "?". */
const char *task_name(const struct world *w, pid_t pid);

/* Print the line, and begin the next. */
void end_line(struct world *w);

#endif /* CGNS_TRANSCRIPT_H */
