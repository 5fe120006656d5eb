// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "course.h"
#include "score.h"
#include "symbols.h"

/* Bytes: no object of a slab is smaller, and sizes are multiples of it. */
#define GRAIN 8
#define BACK_BY 3

/* Keep the first one. */
static void complaint_of(struct course *c, const struct fault *fault)
{
	const struct attempt *a = c->attempt;

	if (!a->complaint[0] || c->complaint[0])
		return;
	snprintf(c->complaint, sizeof(c->complaint), "%s %s %d: %s",
		 a->outcome.kind == NONE ? "no fault" : kind_names[a->outcome.kind],
		 fault->nth ? "number" : "after", fault->nth ? (int)fault->nth : fault->space,
		 a->complaint);
}

static void count(struct course *c, const struct fault *fault)
{
	const struct attempt *a = c->attempt;
	struct tally *tally;

	complaint_of(c, fault);
	if (a->outcome.kind == NONE)
		return;
	tally = &c->tallies[a->outcome.kind];
	tally->failed++;
	tally->succeeded += !a->error;
	tally->errors[-a->error]++;
}

static void show(const struct course *c, const char *method, double seconds)
{
	for (int i = 0; i < KINDS; i++) {
		const struct tally *tally = &c->tallies[i];

		printf("# row %s %s %s %d %d %.2f", c->op->name, method, kind_names[i],
		       tally->failed, tally->succeeded, seconds);
		for (int err = 1; err < MAX_ERRNO; err++) {
			if (tally->errors[err])
				printf(" %s=%d", strerrorname_np(err), tally->errors[err]);
		}
		putchar('\n');
	}
}

static void tell(const struct course *c, const char *method, double seconds)
{
	if (c->quiet && !c->complaint[0])
		return;
	show(c, method, seconds);
	say(c->op->name, method, c->complaint);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void clear(struct course *c)
{
	memset(c->tallies, 0, sizeof(c->tallies));
	c->complaint[0] = '\0';
}

void by_task(struct course *c)
{
	struct fault fault = { .nth = 1, .callers = ANYWHERE };
	double start = now();
	bool back = false;
	int pages = 0;

	clear(c);
	while (fault.nth < MOST && !c->complaint[0]) {
		attempt(c->world, c->op, &fault, c->attempt);
		count(c, &fault);
		/* What came and went before may have put the last ones further on: once more. */
		if (c->attempt->outcome.kind == NONE && fault.nth > BACK_BY && !back) {
			back = true;
			fault.nth -= BACK_BY;
			continue;
		}
		if (c->attempt->outcome.kind == NONE)
			break;
		/*
		 * A slab that has to grow asks for a page now and not the next time: then another
		 * one is in its place, which is not to be left out.
		 */
		pages = c->attempt->outcome.kind == PAGE ? pages + 1 : 0;
		if (pages % 3 == 0)
			fault.nth++;
	}
	if (fault.nth == MOST)
		snprintf(c->complaint, sizeof(c->complaint), "it has no end");
	if (fault.nth == 1 && !c->complaint[0])
		snprintf(c->complaint, sizeof(c->complaint), "nothing failed");
	tell(c, "task", now() - start);
}

/* Where the core's part is: all of the crate, or the function that mainline has it in. */
static bool find_core(const struct operation *op, struct range *callers)
{
	if (!op->exact && find_crate(callers))
		return true;
	return find_function(op->core, callers);
}

/* Whether what fails there is what fails at `before`. */
static bool fails_at(struct course *c, struct fault *fault, int space, int before)
{
	struct fault other = *fault;

	other.space = space;
	attempt(c->world, c->op, &other, c->attempt);
	complaint_of(c, &other);
	return c->attempt->outcome.kind != NONE && c->attempt->outcome.before == before;
}

/* The least space that is enough for what fails at `before`: then the next one fails, if any. */
static int space_beyond(struct course *c, struct fault *fault, int before)
{
	int grain = fault->kind == SLAB ? GRAIN : 1;
	int low = fault->space, high = low + grain;

	for (int step = grain; !c->complaint[0] && fails_at(c, fault, high, before); step *= 2) {
		low = high;
		high += 2 * step;
	}
	while (high - low > grain && !c->complaint[0]) {
		int middle = low + (high - low) / 2 / grain * grain;

		if (fails_at(c, fault, middle, before))
			low = middle;
		else
			high = middle;
	}
	return high;
}

void by_callers(struct course *c)
{
	const struct operation *op = c->op;
	struct fault fault = { .lasting = op->most };
	double start = now();

	clear(c);
	if (!op->core || !find_core(op, &fault.callers))
		return;
	for (fault.kind = 0; fault.kind < KINDS; fault.kind++) {
		fault.space = 0;
		for (int i = 0; i < (op->most ?: MOST) && !c->complaint[0]; i++) {
			attempt(c->world, op, &fault, c->attempt);
			count(c, &fault);
			if (c->attempt->outcome.kind == NONE)
				break;
			fault.space = space_beyond(c, &fault, c->attempt->outcome.before);
		}
	}
	tell(c, "callers", now() - start);
}
