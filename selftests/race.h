/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the workers of race_test.c do to each other, and what they look at meanwhile.
 *
 * Owns the operations, all of which may be refused at any time. Include after shown.h.
 */
#ifndef CGNS_RACE_H
#define CGNS_RACE_H

#include <stdlib.h>

#include "race_world.h"

static inline int pick(struct worker *me, int below)
{
	return rand_r(&me->seed) % below;
}

/* Any worker, this one included; or what some worker cloned last. */
static inline pid_t anybody(struct worker *me)
{
	int i = pick(me, WORKERS + 1);

	return __atomic_load_n(i < WORKERS ? &me->w->workers[i] : &me->w->child, __ATOMIC_RELAXED);
}

static inline int any_home(struct worker *me)
{
	return me->w->homes[pick(me, 2)][pick(me, HOMES)];
}

static inline const char *name_of(int passing)
{
	static char name[16];

	snprintf(name, sizeof(name), "passing%d", passing);
	return name;
}

/* Through one descriptor, again and again: between two reads there is little else. */
static inline int read_cgroup(struct worker *me)
{
	char path[64];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", anybody(me));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (int i = 0; i < OFTEN && !err; i++) {
		err = read_all(fd, me->text);
		if (!err)
			check_cgroup(me);
	}
	close(fd);
	return err;
}

static inline int read_cpuset(struct worker *me)
{
	int err = read_proc(anybody(me), "cpuset", me->text);
	char *rest = me->text;

	if (!err) {
		strsep(&rest, "\n");
		need(me, rest && is_path(me->w, me->text), "cpuset", me->text);
	}
	return err;
}

/* The roots of cgroup mounts; of one that was removed this is said behind its path. */
static inline int read_mountinfo(struct worker *me)
{
	int err = read_proc(anybody(me), "mountinfo", me->text);
	char *line, *rest = me->text, root[4096], *end;

	while (!err && (line = strsep(&rest, "\n")) && *line) {
		if (!strstr(line, " - cgroup"))
			continue;
		if (sscanf(line, "%*d %*d %*s %4095s", root) != 1)
			root[0] = '\0';
		end = strstr(root, "//deleted");
		if (end)
			*end = '\0';
		need(me, is_path(me->w, root), "mountinfo", line);
	}
	return err;
}

static inline int attach(struct worker *me)
{
	return join(any_home(me), anybody(me));
}

/* Into a cgroup that may be renamed, or removed, meanwhile. */
static inline int attach_below(struct worker *me)
{
	const char *name = pick(me, 2) ? renamed[pick(me, 2)] : name_of(pick(me, PASSING));
	int dir = openat(any_home(me), name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (dir < 0)
		return -errno;
	err = join(dir, anybody(me));
	close(dir);
	return err;
}

static inline int make(struct worker *me)
{
	return error_of(mkdirat(any_home(me), name_of(pick(me, PASSING)), 0755));
}

static inline int take_away(struct worker *me)
{
	return error_of(unlinkat(any_home(me), name_of(pick(me, PASSING)), AT_REMOVEDIR));
}

static inline int rename_often(struct worker *me)
{
	int home = me->w->homes[1][pick(me, HOMES)], err = 0;

	for (int i = 0; i < OFTEN; i++)
		err = error_of(renameat(home, renamed[i % 2], home, renamed[!(i % 2)]));
	return err;
}

static inline int unshare_one(struct worker *me)
{
	(void)me;
	return error_of(unshare(CLONE_NEWCGROUP));
}

static inline int enter(struct worker *me)
{
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", anybody(me));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = error_of(setns(fd, CLONE_NEWCGROUP));
	close(fd);
	return err;
}

/* A child with a namespace of its own, born where its maker is or in a home; it looks, and goes. */
static inline int clone_one(struct worker *me)
{
	bool into = pick(me, 2);
	__u64 flags = CLONE_NEWCGROUP | (into ? CLONE_INTO_CGROUP : 0);
	pid_t pid = clone3_fork(flags, me->w->homes[0][pick(me, HOMES)]);

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		__atomic_store_n(&me->w->child, getpid(), __ATOMIC_RELAXED);
		read_cgroup(me);
		_exit(0);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -ECHILD;
}

/* Mount v2 or v1 as the namespace shows it, look, and unmount. */
static inline int mount_one(struct worker *me)
{
	const struct kind *kind = pick(me, 2) ? me->w->v2.kind : me->w->v1.kind;
	int err = error_of(mount("race", me->point, kind->fstype, 0, kind->options));

	if (!err) {
		read_mountinfo(me);
		err = error_of(umount2(me->point, MNT_DETACH));
	}
	return err;
}

/* A hierarchy that comes, and goes with its last mount: made by who is in no namespace. */
static inline int mount_passing(struct worker *me)
{
	int err = error_of(setns(me->w->initial, CLONE_NEWCGROUP));

	if (!err)
		err = error_of(mount("race", me->point, "cgroup", 0, "none,name=passing"));

	if (!err)
		err = error_of(umount2(me->point, MNT_DETACH));
	return err;
}

/* The weights are percents. */
static const struct operation {
	const char *name;
	int (*run)(struct worker *me);
	int weight;
} operations[] = {
	{ "reads of cgroup", read_cgroup, 26 },	{ "read cpuset", read_cpuset, 6 },
	{ "read mountinfo", read_mountinfo, 6 }, { "attach", attach, 10 },
	{ "attach below", attach_below, 10 },	{ "mkdir", make, 5 },
	{ "rmdir", take_away, 5 },		{ "renames", rename_often, 8 },
	{ "unshare", unshare_one, 6 },		{ "setns", enter, 6 },
	{ "clone", clone_one, 4 },		{ "mount", mount_one, 4 },
	{ "hierarchy", mount_passing, 4 },
};

#define OPERATIONS ARRAY_SIZE(operations)

static inline void do_one(struct worker *me)
{
	int i, at = pick(me, 100), err;

	for (i = 0; at >= operations[i].weight; i++)
		at -= operations[i].weight;
	err = -operations[i].run(me);
	if (err < 0 || err >= ERRORS)
		err = EINVAL;
	__atomic_fetch_add(&me->w->counts[i][err], 1, __ATOMIC_RELAXED);
}

#endif /* CGNS_RACE_H */
