// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations on cgroups, namespaces and mounts by tasks that run at the same time, share
 * all that they work on, and are signalled, stopped and killed at random moments:
 *
 *   fuzz SEED SECONDS BEGIN END
 *
 * BEGIN and END are addresses, in hexadecimal, between which the kernel's instrumented code lies.
 * Each round of some seconds has a seed of its own, and ends with nothing left of it. Printed are
 * lines of these kinds:
 *
 *   round N SEED           begins
 *   baseline WHAT=N...     what is left after it: see ../differential/baseline.c
 *   count OPERATION ERRNO N
 *                          how often this came of that operation, in all rounds; 0 is success
 *   killed N, signalled N  tasks, in all rounds
 *   pc ADDRESS             instrumented code that was reached for the first time
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

#include "../differential/baseline.h"
#include "../differential/settle.h"
#include "../differential/tasks.h"
#include "fuzz.h"

#define ROUND_SECONDS 15
/* Tasks that there always are; others clone themselves. */
#define STEADY 8
/* Cgroups of v2 that there may be at a time. */
#define MOST_CGROUPS "400"

struct fuzz *fuzz;
static struct world world;
static long killed, signalled;

static void ignore(int number)
{
	(void)number;
}

/* A number whose task is gone is free again, whoever reaped it. */
static void free_numbers(struct world *w)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
	for (int i = 0; i < TASKS; i++) {
		pid_t pid = w->actors[i].pid;

		if (pid && kill(pid, 0) && errno == ESRCH)
			w->actors[i].pid = 0;
	}
}

static void spawn(struct world *w)
{
	for (int i = 0; i < STEADY; i++) {
		pid_t pid;

		if (w->actors[i].pid)
			continue;
		pid = clone3_fork(CLONE_FILES, 0);
		if (pid == 0)
			act(w, i);
		if (pid > 0)
			enlist(w, i, pid, i, false);
	}
}

static void disturb(struct world *w, __u64 *random)
{
	static const int signals[8] = { SIGKILL, SIGKILL, SIGTERM, SIGSTOP,
					SIGCONT, SIGCONT, SIGUSR1, SIGUSR1 };
	int number = signals[below(random, 8)];
	pid_t pid = w->actors[below(random, TASKS)].pid;

	if (!pid || kill(pid, number))
		return;
	if (number == SIGKILL || number == SIGTERM)
		killed++;
	else
		signalled++;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void print_counts(void)
{
	for (int kind = 0; kinds[kind].op.name; kind++) {
		for (int place = 0; place < OUTCOMES; place++) {
			if (fuzz->counts[kind][place])
				printf("count %s %d %llu\n", kinds[kind].op.name, place,
				       fuzz->counts[kind][place]);
		}
	}
	printf("killed %ld, signalled %ld\n", killed, signalled);
	coverage_print();
	fflush(stdout);
}

static bool run_round(struct world *w, __u64 seed, double end)
{
	__u64 random = seed;

	fuzz->seed = next_random(&random);
	fuzz->tasks = 0;
	fuzz->stop = false;
	if (baseline_begin(w))
		return false;
	write_text(CGROUP2 "/cgroup.max.descendants", MOST_CGROUPS);
	while (now() < end && !fuzz->broken) {
		const struct timespec pause = { .tv_nsec = below(&random, 4000000) };

		free_numbers(w);
		spawn(w);
		nanosleep(&pause, NULL);
		disturb(w, &random);
	}
	/* How deep v1 is it does not tell. What is deeper takes another turn. */
	w->deepest = 8;
	return baseline_restore(w) && !fuzz->broken;
}

int main(int argc, char **argv)
{
	struct world *w = &world;
	struct pool *pool = shared_memory(sizeof(*pool));
	__u64 random;
	double end;
	int err;

	fuzz = shared_memory(sizeof(*fuzz));
	if (argc != 5 || !pool || !fuzz)
		return 1;
	use_pool(w, pool);
	signal(SIGUSR1, ignore);
	err = coverage_init(strtoul(argv[3], NULL, 16), strtoul(argv[4], NULL, 16));
	if (!err)
		err = baseline_init();
	if (err) {
		fprintf(stderr, "fuzz: %s\n", strerror(-err));
		return 1;
	}
	random = strtoull(argv[1], NULL, 10);
	end = now() + strtod(argv[2], NULL);
	for (int round = 1; now() < end; round++) {
		__u64 seed = next_random(&random);
		double until = now() + ROUND_SECONDS;
		bool good;

		printf("round %d %llu\n", round, seed);
		fflush(stdout);
		good = run_round(w, seed, until < end ? until : end);
		print_counts();
		if (!good)
			return 1;
	}
	return 0;
}
