/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a run, in memory that the executor shares with all tasks of a program.
 *
 * Tasks also share their table of descriptors: what one opens, any other can use, whatever
 * namespaces and credentials it has. One task runs at a time, so nothing here needs a lock.
 */
#ifndef CGNS_WORLD_H
#define CGNS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../task.h"

#define MAX_TASKS 64
#define MAX_DIRS 640
#define MAX_FILES 64
#define MAX_POINTS 16
#define MAX_ARGS 4
#define MAX_STABLE 512
/* A line of a program, and one of a transcript. */
#define LINE_SIZE 65536
#define TEXT_SIZE (4 << 20)
/* Where a program may mount things, a directory for each number. */
#define POINTS "/tmp/differential"

/* The result of a step that had nothing to work on: a number stood for no task, no file. */
#define VOID (-10000)

struct world;

struct operation {
	const char *name;
	const char *operands; /* see operations.c */
	int (*run)(struct world *w);
};

/* One line of a program, taken apart. */
struct step {
	int number;
	int task; /* that is to do it */
	const struct operation *op;
	long num[MAX_ARGS];
	const char *str[MAX_ARGS];
	char line[LINE_SIZE];
};

struct actor {
	pid_t pid; /* 0: there never was such a task */
	int process; /* number of the task that leads its process */
	int pidfd; /* of the thread */
	bool gone;
	bool own_mounts; /* it left the executor's mount namespace */
	__u32 go; /* futex: set to let it run */
};

struct dir {
	int fd; /* O_PATH; -1 if it is not open */
	int parent; /* number of its parent; -1 if it has none here */
	int level; /* below where the way to it began */
	dev_t dev;
	ino_t ino;
	char name[512];
};

/*
 * What numbers stand for, in memory that all tasks share; a world says where it is. The fuzzer has
 * a world for each of its tasks, and this once.
 */
struct pool {
	struct actor actors[MAX_TASKS];
	struct dir dirs[MAX_DIRS];
	int files[MAX_FILES];
	bool lists_pids[MAX_FILES]; /* what such a file reads is pids */
};

/* Numbers that differ from run to run: what they are called instead is their index. */
struct stable {
	__u64 key[MAX_STABLE];
	int count;
};

struct world {
	struct step step;
	struct actor *actors; /* these four: see struct pool */
	struct dir *dirs;
	int *files;
	bool *lists_pids;
	struct stable namespaces;
	struct stable hierarchies;
	__u32 done; /* futex: the task has done its step */
	int result; /* of the step: 0, a number, or a negative errno */
	/* What was removed or let go of since all of that was over: see settle.c */
	bool cgroups_leave;
	bool unmounted; /* something was, once */
	int deepest; /* level of a cgroup that was removed from a hierarchy of v1 */
	size_t said; /* bytes of the line */
	char line[TEXT_SIZE]; /* of the transcript */
	char text[TEXT_SIZE]; /* what was read */
};

static inline void use_pool(struct world *w, struct pool *pool)
{
	w->actors = pool->actors;
	w->dirs = pool->dirs;
	w->files = pool->files;
	w->lists_pids = pool->lists_pids;
}

/* The directory, or the descriptor, of a number; -1 if there is none. */
static inline int dir_fd(const struct world *w, long number)
{
	return number >= 0 && number < MAX_DIRS ? w->dirs[number].fd : -1;
}

static inline int file_fd(const struct world *w, long number)
{
	return number >= 0 && number < MAX_FILES ? w->files[number] : -1;
}

/* Put a descriptor where another was, and return that: whoever got it may close it. */
static inline int swap_fd(int *place, int fd)
{
	return __atomic_exchange_n(place, fd, __ATOMIC_SEQ_CST);
}

/* The pid of a task; 0 if there is none. */
static inline pid_t pid_of(const struct world *w, long number)
{
	return number >= 0 && number < MAX_TASKS ? w->actors[number].pid : 0;
}

#endif /* CGNS_WORLD_H */
