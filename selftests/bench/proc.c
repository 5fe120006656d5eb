// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of /proc/PID/cgroup by depth, with the default hierarchy alone and with eight of v1.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_again(void *arg, unsigned int count)
{
	static char text[1 << 16];
	int fd = *(int *)arg;

	while (count--)
		if (pread(fd, text, sizeof(text), 0) <= 0)
			err(1, "read of a cgroup file");
}

static void read_by_depth(const char *self, const char *other, char (*tops)[32], int ntops)
{
	char name[32];
	int fd, dir;
	pid_t pid;

	for (int i = 0; i < ndepths; i++) {
		for (int top = 0; top < ntops; top++) {
			dir = descend(tops[top], depths[i]);
			enter(dir);
			close(dir);
		}
		fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err(1, "open /proc/self/cgroup");
		measure("proc", self, depths[i], read_again, &fd);
		close(fd);

		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			pause();
			_exit(0);
		}
		snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err(1, "open %s", name);
		measure("proc", other, depths[i], read_again, &fd);
		close(fd);
		kill(pid, SIGKILL);
	}
}

void mount_v1(char tops[][32])
{
	char options[32];

	if (mount("tmpfs", "/mnt", "tmpfs", 0, NULL))
		err(1, "mount tmpfs");
	for (int i = 0; i < V1; i++) {
		snprintf(tops[i], sizeof(tops[i]), "/mnt/v1-%d", i);
		snprintf(options, sizeof(options), "none,name=bench%d", i);
		if (mkdir(tops[i], 0755) || mount("bench", tops[i], "cgroup", 0, options))
			err(1, "mount %s", options);
	}
}

static void proc(void)
{
	char tops[V1 + 1][32] = { CGROUPS };

	signal(SIGCHLD, SIG_IGN);
	read_by_depth("self", "other", tops, 1);

	mount_v1(tops + 1);
	read_by_depth("self,v1", "other,v1", tops, V1 + 1);
}

const struct row proc_row = { "proc", proc };
