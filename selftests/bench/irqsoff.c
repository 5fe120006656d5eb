// SPDX-License-Identifier: GPL-2.0
/*
 * The longest stretch with interrupts off within one read, as the kernel's irqsoff tracer sees it.
 *
 * What is not the read's, ticks above all, comes in some rounds and not in others: the least of
 * many rounds is without it. What any read has, one of /proc/PID/comm shows.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing"
#define DEPTH 1500
#define ROUNDS 31

static int tracing, tracing_on;

/* The clock that a tracer has unless told counts only jiffies in user-mode Linux. */
static void start_tracer(void)
{
	if (mount("tracing", TRACING, "tracefs", 0, NULL))
		err(1, "mount tracefs");
	tracing = open(TRACING, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tracing < 0)
		err(1, "open " TRACING);
	put(tracing, "tracing_on", "0");
	put(tracing, "trace_clock", "mono");
	/* Times as numbers of nanoseconds. */
	put(tracing, "trace_options", "raw");
	put(tracing, "current_tracer", "irqsoff");
	tracing_on = openat(tracing, "tracing_on", O_WRONLY | O_CLOEXEC);
	if (tracing_on < 0)
		err(1, "open tracing_on");
}

static void trace(bool on)
{
	if (pwrite(tracing_on, on ? "1" : "0", 1, 0) != 1)
		err(1, "write to tracing_on");
}

/* Forgets what was the longest stretch, and its events. */
static void forget(void)
{
	int fd = openat(tracing, "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		err(1, "truncate trace");
	close(fd);
	put(tracing, "tracing_max_latency", "0");
}

/* The longest stretch since then, in ns: from its first event to its last. */
static double longest(void)
{
	int fd = openat(tracing, "trace", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	u64 first = 0, last = 0, time;
	char line[256];

	if (!file)
		err(1, "open trace");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d %*d %llu", &time) != 1)
			continue;
		first = first ?: time;
		last = time;
	}
	fclose(file);
	if (last <= first)
		errx(1, "the tracer saw no stretch with interrupts off");
	return last - first;
}

static void in_read(pid_t pid, const char *name, const char *variant, int depth)
{
	static char text[1 << 16];
	double stretch[ROUNDS];
	char file[32];
	int fd;

	snprintf(file, sizeof(file), "/proc/%d/%s", pid, name);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "open %s", file);
	for (int i = 0; i < ROUNDS; i++) {
		forget();
		/* What waits for this processor, here and on the host, runs before. */
		usleep(1000);
		trace(true);
		if (pread(fd, text, sizeof(text), 0) <= 0)
			err(1, "read of %s", file);
		trace(false);
		stretch[i] = longest();
	}
	close(fd);
	print_samples("irqsoff", variant, depth, stretch, ROUNDS);
}

static void move_below(const char *top, pid_t pid)
{
	int dir = descend(top, DEPTH);
	char word[16];

	snprintf(word, sizeof(word), "%d", pid);
	put(dir, "cgroup.procs", word);
	close(dir);
}

/*
 * What is deep in the hierarchy is a task that sleeps: to switch to one there takes the scheduler
 * long, with interrupts off, for it counts pressure at all levels.
 */
static void irqsoff(void)
{
	char tops[V1][32];
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid)
		for (;;)
			pause();
	start_tracer();
	in_read(pid, "comm", "comm", 0);
	move_below(CGROUPS, pid);
	in_read(pid, "cgroup", "other", DEPTH);
	mount_v1(tops);
	for (int i = 0; i < V1; i++)
		move_below(tops[i], pid);
	in_read(pid, "cgroup", "other,v1", DEPTH);
	stop(pid);
}

const struct row irqsoff_row = { "irqsoff", irqsoff };
