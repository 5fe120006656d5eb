// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to cgroup.procs between two leaves, by how far their common ancestor is up.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

void attach_again(void *procs_files, unsigned int count)
{
	const int *procs = procs_files;

	while (count--)
		if (pwrite(procs[count % 2], "0", 1, 0) != 1)
			err(1, "write to cgroup.procs");
}

static int procs_of(const char *top, int depth)
{
	int dir = descend(top, depth);
	int fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "open cgroup.procs");
	close(dir);
	return fd;
}

static void between_leaves(const char *variant)
{
	static const int distances[] = { 1, 5, 20, 100, 300 };
	static const char *const tops[] = { CGROUPS "/left", CGROUPS "/right" };

	for (size_t i = 0; i < ARRAY_SIZE(distances); i++) {
		int procs[2];

		for (int side = 0; side < 2; side++)
			procs[side] = procs_of(tops[side], distances[i] - 1);
		measure("attach", variant, distances[i], attach_again, procs);
		for (int side = 0; side < 2; side++)
			close(procs[side]);
	}
}

static void set_options(const char *options)
{
	if (mount("none", CGROUPS, NULL, MS_REMOUNT, options))
		err(1, "mount -o remount, options \"%s\"", options);
}

static void attach(void)
{
	mkdir(CGROUPS "/left", 0755);
	mkdir(CGROUPS "/right", 0755);
	between_leaves("plain");
	set_options("nsdelegate");
	between_leaves("nsdelegate");
	set_options("");
}

const struct row attach_row = { "attach", attach };
