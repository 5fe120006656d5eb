// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <linux/futex.h>
#include <poll.h>
#include <time.h>

#include "tasks.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* Nothing that a program does takes nearly as long, in milliseconds. */
#define PATIENCE 30000
#define SLICE 500

static void post(__u32 *word)
{
	__atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/*
 * Wait for the word, and clear it; false when the time is over. Who waits for good does not return
 * from a call meanwhile: threads here have one errno, and it is that of the one that runs.
 */
static bool await(__u32 *word, const struct timespec *most)
{
	while (!__atomic_load_n(word, __ATOMIC_SEQ_CST)) {
		if (syscall(SYS_futex, word, FUTEX_WAIT, 0, most, NULL, 0) && errno == ETIMEDOUT)
			return false;
	}
	__atomic_store_n(word, 0, __ATOMIC_SEQ_CST);
	return true;
}

void act(struct world *w, int number)
{
	for (;;) {
		await(&w->actors[number].go, NULL);
		w->result = w->step.op->run(w);
		post(&w->done);
	}
}

void enlist(struct world *w, int number, pid_t pid, int process, bool own_mounts)
{
	struct actor *actor = &w->actors[number];

	actor->pid = pid;
	actor->process = process;
	actor->own_mounts = own_mounts;
	actor->pidfd = syscall(SYS_pidfd_open, pid, PIDFD_THREAD);
}

static bool is_zombie(pid_t pid)
{
	char path[64], text[256] = "";
	const char *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	state = strrchr(text, ')');
	return state && state[1] && (state[2] == 'Z' || state[2] == 'X');
}

/* The pidfd of a leader whose threads live on says nothing. */
static bool has_ended(const struct actor *actor, int milliseconds)
{
	struct pollfd fd = { .fd = actor->pidfd, .events = POLLIN };

	for (int waited = 0; waited <= milliseconds; waited++) {
		if (poll(&fd, 1, !!milliseconds) > 0 || is_zombie(actor->pid))
			return true;
	}
	return false;
}

/*
 * A task tells of its end shortly before it leaves its cgroups for good. On one processor it runs
 * on to there as soon as everybody else waits.
 */
static void let_go(void)
{
	const struct timespec moment = { .tv_nsec = 1000 };

	for (int i = 0; i < 3; i++)
		nanosleep(&moment, NULL);
}

/* The task, or with `group` all of its process, is going to end. */
static bool see_end(struct world *w, int number, bool group)
{
	bool all = true;

	for (int i = 0; i < MAX_TASKS; i++) {
		struct actor *actor = &w->actors[i];

		if (!actor->pid || actor->gone ||
		    !(group ? actor->process == w->actors[number].process : i == number))
			continue;
		actor->gone = has_ended(actor, PATIENCE);
		all = all && actor->gone;
	}
	let_go();
	w->result = 0;
	return all;
}

bool perform(struct world *w)
{
	const struct timespec slice = { .tv_nsec = SLICE * 1000000L };
	struct actor *actor = &w->actors[w->step.task];

	if (!actor->pid || actor->gone) {
		w->result = VOID;
		return true;
	}
	post(&actor->go);
	if (!strcmp(w->step.op->name, "exit"))
		return see_end(w, w->step.task, w->step.num[0]);
	for (int waited = 0; waited < PATIENCE; waited += SLICE) {
		if (await(&w->done, &slice))
			return true;
		if (has_ended(actor, 0))
			return false;
	}
	return false;
}

void end_all(struct world *w)
{
	for (int i = 0; i < MAX_TASKS; i++) {
		struct actor *actor = &w->actors[i];

		if (!actor->pid)
			continue;
		kill(actor->pid, SIGKILL);
		if (actor->pidfd >= 0)
			close(actor->pidfd);
	}
	/* Orphans come to the executor: it is their reaper. */
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
	let_go();
	memset(w->actors, 0, MAX_TASKS * sizeof(w->actors[0]));
}
