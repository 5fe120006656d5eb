// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdlib.h>

#include "../task.h"
#include "crowd.h"
#include "tree.h"

#define FAN 1000
#define HELD_BY_TASKS 1000
#define HELD_BY_MOUNTS 1000
#define SAMPLES 200
#define STACK 16384
#define HOLDERS "/tmp/holders"

int crowd_init(struct crowd *c)
{
	const int map = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

	c->tops = c->cgroups / FAN ?: 1;
	c->fds = calloc(c->namespaces, sizeof(*c->fds));
	c->tasks = calloc(c->namespaces, sizeof(*c->tasks));
	c->inodes = calloc(c->namespaces, sizeof(*c->inodes));
	c->stacks = mmap(NULL, HELD_BY_TASKS * STACK, PROT_READ | PROT_WRITE, map, -1, 0);
	if (!c->fds || !c->tasks || !c->inodes || c->stacks == MAP_FAILED)
		return -ENOMEM;
	c->root = open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->root < 0 || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mkdir(HOLDERS, 0700) ||
	    /* Else each move of a task waits for a grace period. */
	    mount(NULL, "/sys/fs/cgroup", NULL, MS_REMOUNT, "favordynmods"))
		return -errno;
	c->home = open_namespace(0, "cgroup");
	return c->home < 0 ? c->home : 0;
}

/* The name of a cgroup at level 2. Namespaces are rooted in the first of them, each in its own. */
static const char *leaf(const struct crowd *c, long number)
{
	static char name[64];

	snprintf(name, sizeof(name), "t%ld/l%ld", number % c->tops, number / c->tops);
	return name;
}

int make_all(const struct crowd *c)
{
	char name[64];

	for (long i = 0; i < c->tops; i++) {
		snprintf(name, sizeof(name), "t%ld", i);
		if (mkdirat(c->root, name, 0755))
			return -errno;
	}
	for (long i = 0; i < c->cgroups - c->tops; i++) {
		if (mkdirat(c->root, leaf(c, i), 0755))
			return -errno;
	}
	return 0;
}

static int rest(void *unused)
{
	(void)unused;
	idle();
	return 0;
}

/* A task that shares our memory: it costs the kernel a task, and a machine below it nothing. */
static int hold_by_task(struct crowd *c, long number)
{
	char *stack = c->stacks + (number + 1) * STACK;

	c->tasks[number] = clone(rest, stack, CLONE_VM | CLONE_NEWCGROUP | SIGCHLD, NULL);
	if (c->tasks[number] < 0)
		return -errno;
	c->inodes[number] = namespace_of(c->tasks[number], "cgroup");
	/* It keeps the namespace, and must not keep the cgroup. */
	return join(c->root, ".", c->tasks[number]);
}

static const char *holder(long number)
{
	static char path[64];

	snprintf(path, sizeof(path), HOLDERS "/%ld", number);
	return path;
}

static int hold_by_mount(struct crowd *c, long number)
{
	int fd = open(holder(number), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	c->inodes[number] = namespace_of(0, "cgroup");
	return error_of(mount("/proc/self/ns/cgroup", holder(number), NULL, MS_BIND, NULL));
}

static int hold_by_fd(struct crowd *c, long number)
{
	c->fds[number] = open_namespace(0, "cgroup");
	if (c->fds[number] < 0)
		return c->fds[number];
	c->inodes[number] = inode_of(c->fds[number]);
	return 0;
}

static int hold(struct crowd *c, long number)
{
	int err = join(c->root, leaf(c, number), 0);

	c->fds[number] = -1;
	c->tasks[number] = 0;
	if (err)
		return err;
	if (number < HELD_BY_TASKS)
		return hold_by_task(c, number);
	if (unshare(CLONE_NEWCGROUP))
		return -errno;
	if (number < HELD_BY_TASKS + HELD_BY_MOUNTS)
		return hold_by_mount(c, number);
	return hold_by_fd(c, number);
}

/* Home again: the cgroup and the namespace that this process had at first. */
static int go_home(const struct crowd *c)
{
	int err = error_of(setns(c->home, CLONE_NEWCGROUP));

	return err ? err : join(c->root, ".", 0);
}

int hold_all(struct crowd *c)
{
	int err = 0;

	for (long i = 0; !err && i < c->namespaces; i++)
		err = hold(c, i);
	return err ? err : go_home(c);
}

static int by_number(const void *a, const void *b)
{
	__u64 left = *(const __u64 *)a, right = *(const __u64 *)b;

	return left < right ? -1 : left > right;
}

bool all_differ(const struct crowd *c)
{
	qsort(c->inodes, c->namespaces, sizeof(*c->inodes), by_number);
	for (long i = 1; i < c->namespaces; i++) {
		if (c->inodes[i] == c->inodes[i - 1])
			return false;
	}
	return c->inodes[0] != 0;
}

static int enter(const struct crowd *c, long number)
{
	int err;

	if (c->tasks[number])
		return enter_namespace_of(c->tasks[number]);
	if (c->fds[number] < 0) {
		int fd = open(holder(number), O_RDONLY | O_CLOEXEC);

		err = fd < 0 ? -errno : error_of(setns(fd, CLONE_NEWCGROUP));
		close(fd);
		return err;
	}
	return error_of(setns(c->fds[number], CLONE_NEWCGROUP));
}

/* Whether a namespace shows its own root as "/", and another's from there. */
static bool shows(const struct crowd *c, long number)
{
	/* By turns one beside it, and one below another cgroup. */
	long other = (number + (number % 2 ? c->tops : 1)) % c->namespaces;
	char wanted[128];

	if (enter(c, number) || join(c->root, leaf(c, number), 0) || strcmp(own_path(""), "/"))
		return false;
	if (other % c->tops == number % c->tops)
		snprintf(wanted, sizeof(wanted), "/../l%ld", other / c->tops);
	else
		snprintf(wanted, sizeof(wanted), "/../../%s", leaf(c, other));
	return !join(c->root, leaf(c, other), 0) && !strcmp(own_path(""), wanted);
}

bool samples_show(const struct crowd *c)
{
	long step = c->namespaces / SAMPLES | 1;
	bool good = true;

	for (long i = 0; good && i < c->namespaces; i += step) {
		good = shows(c, i);
		if (!good)
			printf("# namespace %ld shows %s\n", i, own_path(""));
	}
	return !go_home(c) && good;
}

bool removed_show(const struct crowd *c)
{
	bool good = !enter(c, c->namespaces - 1) && !strcmp(own_path(""), "/../..");

	return !go_home(c) && good;
}

int release_all(struct crowd *c)
{
	for (long i = 0; i < c->namespaces; i++) {
		if (c->tasks[i])
			end(c->tasks[i]);
		else if (c->fds[i] >= 0)
			close(c->fds[i]);
		else if (umount2(holder(i), 0) || unlink(holder(i)))
			return -errno;
	}
	return 0;
}
