// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts of cgroup2 in a namespace by the depth of its root, and a mountinfo with many of them.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOUNTS 100

static void mount_again(void *arg, unsigned int count)
{
	(void)arg;
	while (count--) {
		int context = syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC), mount;

		if (context < 0)
			err(1, "fsopen");
		if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
			err(1, "fsconfig");
		mount = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
		if (mount < 0)
			err(1, "fsmount");
		close(mount);
		close(context);
	}
}

static void mount_at(void *depth)
{
	int dir = descend(CGROUPS, *(const int *)depth);

	enter(dir);
	if (unshare(CLONE_NEWCGROUP))
		err(1, "unshare");
	measure("mount", "fsmount", *(const int *)depth, mount_again, NULL);
}

static void mounts(void)
{
	static const int roots[] = { 1, 10, 100, 300, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		in_child(mount_at, (void *)&roots[i]);
}

static void read_again(void *arg, unsigned int count)
{
	static char text[1 << 16];
	int fd = *(int *)arg;

	while (count--) {
		ssize_t len;

		if (lseek(fd, 0, SEEK_SET))
			err(1, "lseek");
		do {
			len = read(fd, text, sizeof(text));
		} while (len > 0);
		if (len < 0)
			err(1, "read of mountinfo");
	}
}

static void read_many(void)
{
	static const int roots[] = { 1, 5, 20 };
	char name[32];
	int dir, fd;

	if (mount("tmpfs", "/mnt", "tmpfs", 0, NULL))
		err(1, "mount tmpfs");
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		dir = descend(CGROUPS, roots[i]);
		enter(dir);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", dir);
		for (int j = 0; j < MOUNTS; j++) {
			char target[32];

			snprintf(target, sizeof(target), "/mnt/%d", j);
			if (i == 0 && mkdir(target, 0755))
				err(1, "mkdir %s", target);
			if (mount(name, target, NULL, MS_BIND, NULL))
				err(1, "bind %s", target);
		}
		fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err(1, "open /proc/self/mountinfo");
		measure("mountinfo", "read", roots[i], read_again, &fd);
		close(fd);
		for (int j = 0; j < MOUNTS; j++) {
			snprintf(name, sizeof(name), "/mnt/%d", j);
			if (umount2(name, MNT_DETACH))
				err(1, "umount %s", name);
		}
		close(dir);
	}
}

const struct row mount_row = { "mount", mounts };
const struct row mountinfo_row = { "mountinfo", read_many };
