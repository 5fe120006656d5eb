// SPDX-License-Identifier: GPL-2.0
/*
 * Runs programs of operations on cgroups and namespaces, one after another, and prints what came of
 * each operation:
 *
 *   differential <FILE
 *
 * A program is a line "program NAME", operations one a line (see program.c), and a line "end". The
 * transcript has the same first and last line, a line for each operation, and before the last one
 * what is left when all is undone. Where that is something, or where a task does not come back,
 * there is no next program.
 *
 * The same program gives the same transcript, on any sound kernel with one processor.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "baseline.h"
#include "operations.h"
#include "settle.h"
#include "tasks.h"

static char *next_line(struct world *w)
{
	return fgets(w->step.line, sizeof(w->step.line), stdin);
}

/* Run one step; false if that was the end of it all. */
static bool run_step(struct world *w)
{
	const char *wrong = parse_step(&w->step);

	if (wrong) {
		fprintf(stderr, "differential: operation %d: %s\n", w->step.number, wrong);
		return false;
	}
	settle_before(w);
	if (!perform(w)) {
		/* Nothing can be undone where a task waits for ever in the kernel. */
		printf("%d %s stuck\n", w->step.number, w->step.op->name);
		exit(2);
	}
	settle_after(w);
	end_line(w);
	return true;
}

static bool run_program(struct world *w, const char *name)
{
	bool good = true;
	int err = baseline_begin(w);

	if (err) {
		fprintf(stderr, "differential: no program can begin: %s\n", strerror(-err));
		return false;
	}
	printf("program %s\n", name);
	while (good && next_line(w) && strcmp(w->step.line, "end\n")) {
		good = run_step(w);
		w->step.number++;
	}
	good = baseline_restore(w) && good;
	printf("end %s\n", name);
	fflush(stdout);
	return good;
}

int main(void)
{
	struct world *w = shared_memory(sizeof(*w));
	struct pool *pool = shared_memory(sizeof(*pool));
	char name[64];
	int err;

	if (!w || !pool)
		return 1;
	use_pool(w, pool);
	err = baseline_init();
	if (err) {
		fprintf(stderr, "differential: %s\n", strerror(-err));
		return 1;
	}
	while (next_line(w)) {
		if (sscanf(w->step.line, "program %63s", name) != 1) {
			fputs("differential: no line \"program NAME\"\n", stderr);
			return 1;
		}
		if (!run_program(w, name))
			return 1;
	}
	return 0;
}
