// SPDX-License-Identifier: GPL-2.0
/*
 * The tasks, which run all at the same time: each does one operation after another until it is
 * killed, or has done enough. Others take their numbers then.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

#include "../differential/tasks.h"
#include "fuzz.h"

/* Operations of a task's life, at most. */
#define LIFE 600
/* Milliseconds in which all tasks are gone that were killed. */
#define LONGEST_DEATH 60000

static void count(int kind, int result)
{
	int place = result == VOID ? OUTCOMES - 1 : result < 0 ? -result : 0;

	if (place >= OUTCOMES)
		place = OUTCOMES - 1;
	__atomic_fetch_add(&fuzz->counts[kind][place], 1, __ATOMIC_RELAXED);
}

/* Nobody else takes the number of a child that its parent knows to be gone. */
static void reap(struct world *w)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0) {
		for (int i = 0; i < TASKS; i++) {
			if (w->actors[i].pid == pid)
				w->actors[i].pid = 0;
		}
	}
}

/* Mostly one is root in a user namespace that one has made. */
static void follow_up(struct world *w, __u64 *random)
{
	struct step *s = &w->step;

	if (w->result || strcmp(s->op->name, "unshare") || !(s->num[0] & CLONE_NEWUSER) ||
	    !below(random, 4))
		return;
	op_maps(w);
}

void act(struct world *w, int number)
{
	__u32 order = __atomic_fetch_add(&fuzz->tasks, 1, __ATOMIC_RELAXED);
	__u64 random = fuzz->seed + order * 0x100000001ULL;
	long life = 1 + below(&random, LIFE);

	coverage_enable(number);
	w->step.task = number;
	for (w->step.number = 0; w->step.number < life && !fuzz->stop; w->step.number++) {
		int kind = choose(w, &random);

		w->result = w->step.op->run(w);
		count(kind, w->result);
		follow_up(w, &random);
		coverage_collect(number);
		w->said = 0;
		reap(w);
	}
	_exit(0);
}

void enlist(struct world *w, int number, pid_t pid, int process, bool own_mounts)
{
	struct actor *actor = &w->actors[number];

	actor->process = process;
	actor->own_mounts = own_mounts;
	actor->pidfd = -1;
	actor->pid = pid;
}

/* A task that was killed before its parent could give it a number is known as a child. */
static void kill_children(void)
{
	char path[64];
	FILE *in;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", gettid());
	in = fopen(path, "re");
	while (in && fscanf(in, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (in)
		fclose(in);
}

/* Some of what tasks opened has no number: they were killed before that. */
static void close_others(const struct world *w)
{
	unsigned int kept = w->dirs[0].fd;

	if (kept > (unsigned int)first_descriptor())
		close_range(first_descriptor(), kept - 1, 0);
	close_range(kept + 1, ~0U, 0);
	for (int i = 1; i < MAX_DIRS; i++)
		w->dirs[i].fd = -1;
	for (int i = 0; i < MAX_FILES; i++)
		w->files[i] = -1;
}

void end_all(struct world *w)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	int waited = 0;

	fuzz->stop = true;
	for (;;) {
		pid_t pid;

		kill_children();
		pid = waitpid(-1, NULL, WNOHANG | __WALL);
		if (pid < 0)
			break;
		if (pid > 0)
			continue;
		if (waited++ == LONGEST_DEATH) {
			/* Nothing can be undone where a task waits for ever in the kernel. */
			puts("stuck: a task that was killed does not go");
			fflush(stdout);
			exit(2);
		}
		nanosleep(&moment, NULL);
	}
	for (int i = 0; i < TASKS; i++)
		coverage_collect(i);
	memset(w->actors, 0, MAX_TASKS * sizeof(w->actors[0]));
	close_others(w);
}
