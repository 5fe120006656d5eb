// SPDX-License-Identifier: GPL-2.0
/*
 * Two processors at once: readers beside each other, a reader beside a writer. Nothing is printed
 * where there is one processor.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_once(int fd)
{
	static char text[1 << 13];

	if (pread(fd, text, sizeof(text), 0) <= 0)
		err(1, "read of /proc/self/cgroup");
}

static int open_cgroup_at(int depth)
{
	int dir = descend(CGROUPS, depth), fd;

	enter(dir);
	close(dir);
	fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "open /proc/self/cgroup");
	return fd;
}

/* Reads a file of its own: readers of one open file wait for each other in any kernel. */
static void read_for_ever(void *unused)
{
	int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);

	(void)unused;
	if (fd < 0)
		err(1, "open /proc/self/cgroup");
	for (;;)
		read_once(fd);
}

static void read_again(void *arg, unsigned int count)
{
	while (count--)
		read_once(*(int *)arg);
}

/* One reader's time a read, alone and with another on the other processor. */
static void readers(int depth)
{
	int fd = open_cgroup_at(depth);
	pid_t other;

	measure("contended", "reader", depth, read_again, &fd);
	other = start_on(1, read_for_ever, NULL);
	measure("contended", "reader,two", depth, read_again, &fd);
	stop(other);
	close(fd);
}

static void fork_again(void *arg, unsigned int count)
{
	(void)arg;
	while (count--) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid)
			_exit(0);
		if (waitpid(pid, NULL, 0) != pid)
			err(1, "waitpid");
	}
}

/* What a writer takes, alone and beside a reader of a path of 1,000 levels. */
static void writers(void)
{
	static const struct {
		const char *name;
		work_fn work;
	} kinds[] = {
		{ "attach", attach_again },
		{ "unshare", unshare_again },
		{ "fork", fork_again },
	};
	int dirs[2], procs[2];
	char name[32];
	pid_t reader;

	/* The reader stays where the path is long. */
	close(open_cgroup_at(DEEPEST));
	reader = start_on(1, read_for_ever, NULL);
	kill(reader, SIGSTOP);
	for (int i = 0; i < 2; i++) {
		dirs[i] = descend(CGROUPS, i + 1);
		procs[i] = openat(dirs[i], "cgroup.procs", O_WRONLY | O_CLOEXEC);
		if (procs[i] < 0)
			err(1, "open cgroup.procs");
	}
	enter(dirs[0]);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		measure("contended", kinds[i].name, 0, kinds[i].work, procs);
		snprintf(name, sizeof(name), "%s,reader", kinds[i].name);
		kill(reader, SIGCONT);
		measure("contended", name, 0, kinds[i].work, procs);
		kill(reader, SIGSTOP);
	}
	stop(reader);
}

static void contended(void)
{
	if (!bind_to(1))
		return;
	bind_to(0);
	readers(5);
	readers(100);
	readers(DEEPEST);
	writers();
}

const struct row contended_row = { "contended", contended };
