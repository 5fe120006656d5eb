// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "baseline.h"
#include "operations.h"
#include "settle.h"
#include "tasks.h"

#define LIMIT_FILE "/proc/sys/user/max_cgroup_namespaces"
/* Milliseconds for cgroups to go, level after level. */
#define LONGEST_END 60000
/* For tasks to leave their cgroups, which they do a moment after they were reaped. */
#define LONGEST_LEAVING 10000
#define ATTEMPTS 200
/* A name of a cgroup may be nearly as long as a path may be. */
#define PATH_SIZE 4096

static char limit[32];
static int mounts;

static int count_mounts(void)
{
	FILE *in = fopen("/proc/self/mountinfo", "re");
	int count = 0, c;

	while (in && (c = fgetc(in)) != EOF)
		count += c == '\n';
	if (in)
		fclose(in);
	return count;
}

int baseline_init(void)
{
	const struct rlimit files = { 8192, 8192 };
	FILE *in = fopen(LIMIT_FILE, "re");

	if (!in || !fgets(limit, sizeof(limit), in))
		return -ENOENT;
	fclose(in);
	if (setrlimit(RLIMIT_NOFILE, &files) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1) || mkdir(POINTS, 0755))
		return -errno;
	for (int i = 0; i < MAX_POINTS; i++) {
		if (mkdir(point_path(i), 0755))
			return -errno;
	}
	mounts = count_mounts();
	return 0;
}

int baseline_begin(struct world *w)
{
	pid_t pid;

	memset(&w->step, 0, sizeof(w->step));
	memset(w->actors, 0, MAX_TASKS * sizeof(w->actors[0]));
	w->namespaces.count = 0;
	w->hierarchies.count = 0;
	w->said = 0;
	w->deepest = 0;
	w->cgroups_leave = false;
	w->unmounted = false;
	w->done = 0;
	for (int i = 0; i < MAX_DIRS; i++)
		w->dirs[i].fd = -1;
	for (int i = 0; i < MAX_FILES; i++)
		w->files[i] = -1;
	if (keep_dir(w, 0, open(CGROUP2, O_PATH | O_DIRECTORY | O_CLOEXEC), -1, ""))
		return -errno;
	w->said = 0;
	pid = clone3_fork(CLONE_FILES, 0);
	if (pid < 0)
		return -errno;
	if (pid == 0)
		act(w, 0);
	enlist(w, 0, pid, 0, false);
	return 0;
}

/* The name of a cgroup in an open directory; false if there is none. */
static bool first_child(int dir, char name[PATH_SIZE])
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool found = false;

	while (!found && list && (entry = readdir(list))) {
		found = entry->d_type == DT_DIR && entry->d_name[0] &&
			strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
		if (found)
			snprintf(name, PATH_SIZE, "%s", entry->d_name);
	}
	if (list)
		closedir(list);
	return found;
}

/* A number that was written at random may be init's: its cgroup could not be removed. */
static void send_init_home(const char *path)
{
	char home[64];

	snprintf(home, sizeof(home), "%s/cgroup.procs", path);
	write_text(home, "1");
}

/*
 * Remove all cgroups below `path`, however deep they are: with one descriptor at a time. A task
 * that was reaped may not have left its cgroup yet, where there is more than one processor.
 */
static void remove_below(const char *path)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int level = 0, failures = 0, next;
	char name[PATH_SIZE];

	while (dir >= 0 && failures < ATTEMPTS) {
		if (!first_child(dir, name)) {
			if (level-- == 0)
				break;
			next = openat(dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		} else if (!unlinkat(dir, name, AT_REMOVEDIR)) {
			continue;
		} else {
			next = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
			level++;
			/* A way down and up again that removes nothing. */
			if (next >= 0 && !first_child(next, name)) {
				failures++;
				send_init_home(path);
				nanosleep(&moment, NULL);
			}
		}
		close(dir);
		dir = next;
	}
	if (dir >= 0)
		close(dir);
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/*
 * Hierarchies of v1 that have cgroups outlive their mounts: mount them again, and empty them. One
 * goes with the first mount that ends when the last removed cgroup has ended, and how many of those
 * there are, below one another, v1 does not tell: a chain of hundreds takes many seconds, so all
 * are emptied before one is waited for.
 */
static void end_hierarchies(struct world *w)
{
	double end = seconds() + LONGEST_END / 1000.0;

	while (any_hierarchy() && seconds() < end) {
		const char *label;

		settle(w->deepest);
		for (int i = 0; i < MAX_POINTS && (label = hierarchy(i)); i++) {
			char options[600];

			snprintf(options, sizeof(options), "%s%s",
				 strncmp(label, "name=", 5) ? "" : "none,", label);
			if (mount("cgns", point_path(i), "cgroup", 0, options))
				printf("%s cannot be mounted again: %s\n", label, strerror(errno));
			else
				remove_below(point_path(i));
		}
		settle(w->deepest);
		for (int i = 0; i < MAX_POINTS; i++)
			umount2(point_path(i), MNT_DETACH);
		settle(w->deepest);
	}
}

static void put_back(struct world *w)
{
	FILE *in;
	char word[64], off[72];

	delegate(w->dirs[0].fd, 0);
	for (int i = 0; i < MAX_DIRS; i++) {
		if (w->dirs[i].fd >= 0)
			close(w->dirs[i].fd);
	}
	for (int i = 0; i < MAX_FILES; i++) {
		if (w->files[i] >= 0)
			close(w->files[i]);
	}
	/* From the root of a mount a task may have gone up, and removed what is empty there. */
	mkdir(POINTS, 0755);
	for (int i = 0; i < MAX_POINTS; i++) {
		while (!umount2(point_path(i), MNT_DETACH))
			;
		mkdir(point_path(i), 0755);
	}
	write_text(LIMIT_FILE, limit);
	mount(NULL, CGROUP2, NULL, MS_REMOUNT, NULL);
	lift_limits();
	remove_below(CGROUP2);
	end_hierarchies(w);
	in = fopen(CGROUP2 "/cgroup.subtree_control", "re");
	while (in && fscanf(in, "%63s", word) == 1) {
		snprintf(off, sizeof(off), "-%s", word);
		write_text(CGROUP2 "/cgroup.subtree_control", off);
	}
	if (in)
		fclose(in);
}

static int make_namespace(void *arg)
{
	(void)arg;
	return error_of(unshare(CLONE_NEWCGROUP));
}

/*
 * Whether a cgroup namespace may be made if one is allowed: the answer of unshare(2). Asked twice:
 * the first one's charge may be the one that is not given back.
 */
static int charge(void)
{
	int err = write_text(LIMIT_FILE, "1");

	for (int i = 0; !err && i < 2; i++)
		err = in_child(make_namespace, NULL);
	write_text(LIMIT_FILE, limit);
	return err;
}

static long count_namespaces(void)
{
	struct {
		__u32 size, spare;
		__u64 ns_id;
		__u32 ns_type, spare2;
		__u64 user_ns_id;
	} request = { .size = sizeof(request), .ns_type = CLONE_NEWCGROUP };
	__u64 ids[MAX_STABLE];

	return syscall(470, &request, ids, MAX_STABLE, 0);
}

bool baseline_restore(struct world *w)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	long cgroups, dying, hierarchies, others, namespaces;
	int charged;

	end_all(w);
	put_back(w);
	for (int waited = 0; waited < LONGEST_END; waited += 10) {
		if (waited < LONGEST_LEAVING && sum_of(CGROUP2 "/cgroup.stat", "nr_descendants"))
			remove_below(CGROUP2);
		else if (!sum_of(CGROUP2 "/cgroup.stat", "nr_dying"))
			break;
		nanosleep(&moment, NULL);
	}
	cgroups = sum_of(CGROUP2 "/cgroup.stat", "nr_descendants");
	dying = sum_of(CGROUP2 "/cgroup.stat", "nr_dying");
	hierarchies = !!any_hierarchy();
	others = count_mounts() - mounts;
	namespaces = count_namespaces() - 1;
	charged = charge();
	printf("baseline cgroups=%ld dying=%ld hierarchies=%ld", cgroups, dying, hierarchies);
	printf(" mounts=%ld namespaces=%ld charge=%d\n", others, namespaces, charged);
	return !(cgroups || dying || hierarchies || others || namespaces || charged);
}
