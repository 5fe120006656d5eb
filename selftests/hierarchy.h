/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cgroup hierarchy under test, and tasks in it.
 *
 * Owns how a test gets a hierarchy of its own to work in, and moves tasks about in it. Include
 * after harness.h: the helpers assert.
 */
#ifndef CGNS_HIERARCHY_H
#define CGNS_HIERARCHY_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "task.h"

#define MAX_TASKS 4
#define MAX_DIRS 512
/* The longest path that a buffer of one page holds beside the NUL. */
#define LONGEST 4095
#define PATH_SIZE 131072

/* What a hierarchy is, to mount(2) and in the lines of /proc/PID/cgroup. */
struct kind {
	const char *fstype;
	const char *options;
	const char *label; /* between the colons */
	bool v2;
};

/* One mounted hierarchy with a cgroup of this test's own, below which all happens. */
struct hierarchy {
	const struct kind *kind;
	char mount[64]; /* where it is mounted */
	char base[32]; /* the test's cgroup, as seen from the initial namespace: "/name" */
	int root_fd;
	int base_fd;
	int dirs[MAX_DIRS]; /* parents and names of what was made, for the way back */
	char names[MAX_DIRS][256];
	char path[PATH_SIZE]; /* of what make_long() made last */
	int ndirs;
	pid_t tasks[MAX_TASKS];
	int ntasks;
};

/* Write a pid to the cgroup.procs of the directory: "0" is the writer itself. */
static inline int join(int dir, pid_t pid)
{
	char word[16];

	snprintf(word, sizeof(word), "%d", pid);
	return write_in(dir, "cgroup.procs", word);
}

static inline int open_dir(int parent, const char *name)
{
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Make a cgroup below another; its descriptor stays open until the end. */
static inline int make_cgroup(struct __test_metadata *_metadata, struct hierarchy *h, int parent,
			      const char *name)
{
	int fd;

	ASSERT_LT(h->ndirs, MAX_DIRS);
	ASSERT_EQ(0, mkdirat(parent, name, 0755)) {
		TH_LOG("mkdir %s: %s", name, strerror(errno));
	}
	fd = open_dir(parent, name);
	ASSERT_LE(0, fd);
	h->dirs[h->ndirs] = parent;
	snprintf(h->names[h->ndirs], sizeof(h->names[0]), "%s", name);
	h->ndirs++;
	return fd;
}

/*
 * Make cgroups below the test's own until the path of the last is `len` bytes long. No two have the
 * same name, so that a level which is left out is seen.
 */
static inline int make_long(struct __test_metadata *_metadata, struct hierarchy *h, size_t len)
{
	size_t left = len - strlen(h->base);
	int dir = h->base_fd;
	char name[256];

	snprintf(h->path, sizeof(h->path), "%s", h->base);
	while (left) {
		/* A level takes two bytes at least: never leave one. */
		size_t size = left > 256 ? (left == 257 ? 254 : 255) : left - 1;

		memset(name, 'n', size);
		name[size] = '\0';
		if (size > 3)
			name[snprintf(name, size, "%d", h->ndirs)] = 'n';
		dir = make_cgroup(_metadata, h, dir, name);
		h->path[len - left] = '/';
		memcpy(h->path + len - left + 1, name, size + 1);
		left -= size + 1;
	}
	return dir;
}

/*
 * A controller is busy for as long as v2 has cgroups with it that were removed: those go when
 * nobody looks at them any more, and nothing tells when that is.
 */
static inline int mount_patiently(const char *where, const struct kind *kind)
{
	int err = mount("cgns", where, kind->fstype, 0, kind->options);

	for (int i = 0; err && errno == EBUSY && i < 500; i++) {
		usleep(10000);
		err = mount("cgns", where, kind->fstype, 0, kind->options);
	}
	return err;
}

/*
 * Mount the hierarchy where nobody else sees it, and make the test's cgroup in it. The mount goes
 * with the test's process, the cgroups with hierarchy_leave().
 */
static inline void hierarchy_enter(struct __test_metadata *_metadata, struct hierarchy *h,
				   const struct kind *kind)
{
	memset(h, 0, sizeof(*h));
	h->kind = kind;
	snprintf(h->mount, sizeof(h->mount), "/tmp/cgns.XXXXXX");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_NE(NULL, mkdtemp(h->mount));
	ASSERT_EQ(0, mount_patiently(h->mount, kind)) {
		TH_LOG("mount -t %s, %s: %s", kind->fstype, kind->label, strerror(errno));
	}
	h->root_fd = open_dir(AT_FDCWD, h->mount);
	ASSERT_LE(0, h->root_fd);
	ASSERT_EQ(0, join(h->root_fd, 0));
	snprintf(h->base, sizeof(h->base), "/cgns.%d", getpid());
	h->base_fd = make_cgroup(_metadata, h, h->root_fd, h->base + 1);
}

/* A task that has ended still holds its cgroup for a moment: nothing tells when that is over. */
static inline int remove_patiently(int parent, const char *name)
{
	int err = error_of(unlinkat(parent, name, AT_REMOVEDIR));

	for (int i = 0; err == -EBUSY && i < 100; i++) {
		usleep(10000);
		err = error_of(unlinkat(parent, name, AT_REMOVEDIR));
	}
	return err;
}

/* End the tasks, go back to the hierarchy's root, remove what was made. Never asserts. */
static inline void hierarchy_leave(struct hierarchy *h)
{
	for (int i = 0; i < h->ntasks; i++) {
		kill(h->tasks[i], SIGKILL);
		waitpid(h->tasks[i], NULL, 0);
	}
	join(h->root_fd, 0);
	while (h->ndirs-- > 0)
		remove_patiently(h->dirs[h->ndirs], h->names[h->ndirs]);
	umount2(h->mount, MNT_DETACH);
	rmdir(h->mount);
}

/* A task that does nothing but be in a cgroup. */
static inline pid_t spawn_in(struct __test_metadata *_metadata, struct hierarchy *h, int dir)
{
	pid_t pid;

	ASSERT_LT(h->ntasks, MAX_TASKS);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		idle();
	h->tasks[h->ntasks++] = pid;
	ASSERT_EQ(0, join(dir, pid));
	return pid;
}

/* clone3() a task that only waits, until the hierarchy is left; its pid, or the error. */
static inline pid_t clone_idle(struct hierarchy *h, __u64 flags, int cgroup)
{
	pid_t pid = clone3_fork(flags, cgroup);

	if (pid < 0)
		return -errno;
	if (pid == 0)
		idle();
	h->tasks[h->ntasks++] = pid;
	return pid;
}

/* Give this task a cgroup namespace whose root is `dir`. */
static inline void unshare_in(struct __test_metadata *_metadata, int dir)
{
	ASSERT_EQ(0, join(dir, 0));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
}

#endif /* CGNS_HIERARCHY_H */
