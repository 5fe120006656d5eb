// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>

#include "../task.h"
#include "world.h"

#define BASE "faults"
#define V1_POINT "/tmp/faults-v1"
#define V1_NAME "name=faults"
#define V1_OPTIONS "none," V1_NAME
#define LEVELS 34
/* Milliseconds. */
#define PATIENCE 5000
#define STEP 20
#define AGAIN 500

static int make(int parent, const char *name)
{
	int fd;

	if (mkdirat(parent, name, 0755))
		return -errno;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int join(int dir)
{
	return write_in(dir, "cgroup.procs", "0");
}

/* A cgroup that is so far below; no other name is that long. */
static int make_deep(int dir)
{
	char name[256] = {};

	memset(name, 'n', 255);
	dir = dup(dir);
	for (int i = 0; i < LEVELS && dir >= 0; i++) {
		int next = make(dir, name);

		close(dir);
		dir = next;
	}
	return dir;
}

/* BASE with home and below in a hierarchy; this task enters base. */
static int make_cgroups(int root, unsigned int needs, int *base, int *home)
{
	int below;

	*base = make(root, BASE);
	if (*base < 0)
		return *base;
	*home = needs & DEEP ? make_deep(*base) : make(*base, "home");
	if (*home < 0)
		return *home;
	below = make(*home, "below");
	close(below);
	return below < 0 ? below : join(*base);
}

static int mount_v1(void)
{
	if (mkdir(V1_POINT, 0755) && errno != EEXIST)
		return -errno;
	return error_of(mount("faults", V1_POINT, "cgroup", 0, V1_OPTIONS));
}

/* A task in a cgroup and a namespace of its own. */
static int start_other(struct world *w, int root)
{
	int dir = make(root, BASE "-other"), ready[2];
	char byte;
	pid_t pid;

	if (dir < 0)
		return dir;
	if (pipe(ready))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		if (join(dir) || unshare(CLONE_NEWCGROUP) || write(ready[1], "", 1) != 1)
			_exit(1);
		idle();
	}
	w->other = pid;
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		return -ECHILD;
	close(ready[0]);
	close(dir);
	w->other_ns = open_namespace(w->other, "cgroup");
	w->pidfd = syscall(SYS_pidfd_open, w->other, 0);
	return w->other_ns < 0 || w->pidfd < 0 ? -ENOENT : 0;
}

static int delegate(unsigned int needs)
{
	return error_of(mount(NULL, CGROUP2, NULL, MS_REMOUNT,
			      needs & DELEGATED ? "nsdelegate" : NULL));
}

int world_enter(struct world *w, unsigned int needs)
{
	int root = open(CGROUP2, O_RDONLY | O_DIRECTORY | O_CLOEXEC), v1_base = -1;
	int err = root < 0 ? -errno : delegate(needs);

	w->v1 = -1;
	w->other = 0;
	if (mkdir(MOUNT_POINT, 0755) && errno != EEXIST)
		return -errno;
	err = err ? err : start_other(w, root);
	err = err ? err : make_cgroups(root, needs, &w->base, &w->home);
	close(root);
	if (!err && needs & V1) {
		err = mount_v1();
		root = open(V1_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = err ? err : make_cgroups(root, needs, &v1_base, &w->v1);
		close(root);
	}
	if (!err && needs & INSIDE)
		err = error_of(unshare(CLONE_NEWCGROUP));
	err = err ? err : join(w->home);
	if (!err && needs & V1)
		err = join(w->v1);
	w->below = openat(w->home, "below", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w->home_inode = inode_of(w->home);
	w->v1_inode = inode_of(w->v1);
	if (!err && needs & UNMOUNTED) {
		close(v1_base);
		close(w->v1);
		err = error_of(umount2(V1_POINT, 0));
	}
	return err;
}

/* Remove a cgroup with all below it: tasks that have ended may hold it for a moment. */
static int remove_all(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!list)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (entry = readdir(list))) {
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			err = remove_all(fd, entry->d_name);
	}
	closedir(list);
	for (int i = 0; !err; i++) {
		if (!unlinkat(parent, name, AT_REMOVEDIR))
			break;
		if (errno != EBUSY || i == PATIENCE)
			err = -errno;
		usleep(1000);
	}
	return err;
}

static bool is_there(const char *hierarchy)
{
	FILE *in = fopen("/proc/self/cgroup", "re");
	bool found = false;
	char line[256];

	while (in && !found && fgets(line, sizeof(line), in))
		found = strstr(line, hierarchy);
	if (in)
		fclose(in);
	return found;
}

/*
 * A hierarchy goes with its last mount, or stays if cgroups of it are on their way out; then it
 * goes with the next last one. One whose super block is held goes with none.
 */
static int remove_v1(void)
{
	int err = error_of(umount2(V1_POINT, 0));

	for (int waited = STEP; !err && is_there(V1_NAME); waited += STEP) {
		if (waited > PATIENCE)
			return -EBUSY;
		usleep(STEP * 1000);
		if (waited % AGAIN)
			continue;
		err = mount_v1();
		err = err ? err : error_of(umount2(V1_POINT, 0));
	}
	return err;
}

int world_remove(unsigned int needs)
{
	int root = open(CGROUP2, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = remove_all(root, BASE);

	err = err ? err : remove_all(root, BASE "-other");
	close(root);
	if (needs & UNMOUNTED)
		err = err ? err : mount_v1();
	if (needs & V1) {
		root = open(V1_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = err ? err : remove_all(root, BASE);
		close(root);
		err = err ? err : remove_v1();
	}
	return err ? err : delegate(0);
}
