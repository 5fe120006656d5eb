// SPDX-License-Identifier: GPL-2.0
/*
 * Measures what cgroup namespaces cost, a line a row: bench [-d DEPTH]... [ROW...]
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 7
#define BATCH_NS 1000000

int depths[] = { 1, 2, 3, 5, 8, 12, 20, 50, 100, 500, DEEPEST };
int ndepths = ARRAY_SIZE(depths);

/* The last has to be asked for: it needs a kernel with that tracer. */
static const struct row *const rows[] = {
	&proc_row, &unshare_row, &setns_row, &mount_row, &attach_row,
	&mountinfo_row, &contended_row, &memory_row, &irqsoff_row,
};

#define ANYWHERE (ARRAY_SIZE(rows) - 1)

u64 now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void print_samples(const char *row, const char *variant, int size, double *samples, int count)
{
	qsort(samples, count, sizeof(samples[0]), compare);
	printf("bench %s %s %d %.1f %.1f\n", row, variant, size, samples[count / 2], samples[0]);
	fflush(stdout);
}

void measure(const char *row, const char *variant, int size, work_fn work, void *arg)
{
	double batch[BATCHES];
	unsigned int count = 1;
	u64 start, took;

	/* The first calls warm caches up, and tell how many make a batch. */
	for (;; count *= 2) {
		start = now_ns();
		work(arg, count);
		took = now_ns() - start;
		if (took >= BATCH_NS)
			break;
	}
	for (int i = 0; i < BATCHES; i++) {
		start = now_ns();
		work(arg, count);
		batch[i] = (double)(now_ns() - start) / count;
	}
	print_samples(row, variant, size, batch, BATCHES);
}

int descend(const char *top, int depth)
{
	int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;
	char name[32];

	if (dir < 0)
		err(1, "open %s", top);
	/* Names as service managers give them, and short ones once they would not fit any more. */
	for (int i = 1; i <= depth; i++) {
		snprintf(name, sizeof(name), i > 20 ? "n" : "machine-%02d.slice-x", i);
		if (mkdirat(dir, name, 0755) && errno != EEXIST)
			err(1, "mkdir at depth %d", i);
		next = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (next < 0)
			err(1, "open at depth %d", i);
		close(dir);
		dir = next;
	}
	return dir;
}

void put(int directory, const char *file, const char *word)
{
	int fd = openat(directory, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) < 0)
		err(1, "write %s to %s", word, file);
	close(fd);
}

void enter(int directory)
{
	put(directory, "cgroup.procs", "0");
}

void in_child(void (*function)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		function(arg);
		exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "a child ended with status %#x", status);
}

bool bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

static pid_t fork_on(int cpu, void (*function)(void *arg), void *arg)
{
	pid_t pid;

	bind_to(cpu);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		function(arg);
		_exit(0);
	}
	return pid;
}

/*
 * In user-mode Linux a process stays near the processor that forked it, so one that is already
 * there forks it, and is gone.
 */
pid_t start_on(int cpu, void (*function)(void *arg), void *arg)
{
	int pipe_ends[2];
	pid_t pid, helper;

	if (pipe(pipe_ends) || prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(1, "a child of a child");
	helper = fork();
	if (helper < 0)
		err(1, "fork");
	if (!helper) {
		pid = fork_on(cpu, function, arg);
		_exit(write(pipe_ends[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	close(pipe_ends[1]);
	if (read(pipe_ends[0], &pid, sizeof(pid)) != sizeof(pid))
		err(1, "read from a child");
	close(pipe_ends[0]);
	waitpid(helper, NULL, 0);
	return pid;
}

void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static const struct row *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i]->name, name))
			return rows[i];
	errx(1, "no row is called %s", name);
}

static void run(void *row)
{
	((const struct row *)row)->run();
}

/* Reads the options: depths in place of all. Returns where the names of rows begin. */
static int options(int argc, char **argv)
{
	int option, given = 0;

	while ((option = getopt(argc, argv, "d:")) == 'd') {
		int depth = atoi(optarg);

		if (depth < 1 || depth > DEEPEST || given == (int)ARRAY_SIZE(depths))
			errx(1, "-d %s: some depths of 1 to %d", optarg, DEEPEST);
		depths[given++] = depth;
	}
	if (option != -1)
		errx(1, "usage: bench [-d DEPTH]... [ROW...]");
	ndepths = given ?: ndepths;
	return optind;
}

int main(int argc, char **argv)
{
	int first = options(argc, argv);

	for (int i = first; i < argc; i++)
		find(argv[i]);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(1, "mounts of its own");
	bind_to(0);
	if (first == argc)
		for (size_t i = 0; i < ANYWHERE; i++)
			in_child(run, (void *)rows[i]);
	for (int i = first; i < argc; i++)
		in_child(run, (void *)find(argv[i]));
	return 0;
}
