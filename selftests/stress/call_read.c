// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "../task.h"
#include "storm.h"
#include "tree.h"

static char text[1 << 18];

/* Read a file of a task; what comes must have this shape. */
static void read_of(struct worker *w, enum call which, pid_t pid, const char *file,
		    bool (*shape)(const char *text))
{
	char path[64];
	long got;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	got = read_file(path, text, sizeof(text));
	tally(w, which, got);
	if (got >= 0 && !shape(text))
		malformed(w, which, text);
}

void call_read_own(struct worker *w)
{
	read_of(w, READ_OWN, getpid(), "cgroup", is_cgroup_file);
}

void call_read_other(struct worker *w)
{
	read_of(w, READ_OTHER, somebody(w, true), "cgroup", is_cgroup_file);
}

void call_mountinfo(struct worker *w)
{
	read_of(w, READ_MOUNTINFO, somebody(w, true), "mountinfo", is_mountinfo);
}

/* The controller is on at the root alone: from anywhere, the way is up. */
static bool is_cpuset(const char *line)
{
	if (!strcmp(line, "/\n"))
		return true;
	while (!strncmp(line, "/..", 3))
		line += 3;
	return !strcmp(line, "\n");
}

void call_cpuset(struct worker *w)
{
	read_of(w, READ_CPUSET, somebody(w, true), "cpuset", is_cpuset);
}
