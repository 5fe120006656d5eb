// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>

#include "../task.h"
#include "score.h"

static struct score {
	int results, failures;
} *score;

int score_begin(void)
{
	score = shared_memory(sizeof(*score));
	return score ? 0 : -ENOMEM;
}

void say(const char *op, const char *what, const char *complaint)
{
	bool failed = complaint[0];

	score->failures += failed;
	printf("%s %d %s.%s%s%s\n", failed ? "not ok" : "ok", ++score->results, op, what,
	       failed ? " # " : "", complaint);
	fflush(stdout);
}

bool score_end(void)
{
	printf("1..%d\n", score->results);
	return score->results && !score->failures;
}
