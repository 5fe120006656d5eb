/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results as KTAP has them, from whichever task.
 */
#ifndef CGNS_SCORE_H
#define CGNS_SCORE_H

#include <stdbool.h>

/* 0, or a negative error number. */
int score_begin(void);

/* A result; a complaint that is not empty makes it a failure. */
void say(const char *op, const char *what, const char *complaint);

/* The plan; whether all is well. */
bool score_end(void);

#endif /* CGNS_SCORE_H */
