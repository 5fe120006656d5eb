/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cgroup hierarchy under test, and tasks in it.
 *
 * Owns how a test gets a hierarchy of its own to work in, moves tasks about, and reads what
 * /proc says of them. Include after kselftest_harness.h: the helpers assert.
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

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

#define MAX_TASKS 4
#define MAX_DIRS 96
/* The longest path that mainline's fixed buffer holds beside the NUL. */
#define LONGEST 4095
/* Longer than what any test makes the kernel print. */
#define TEXT_SIZE 65536

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
	int ndirs;
	pid_t tasks[MAX_TASKS];
	int ntasks;
};

/* Write a pid to the cgroup.procs of the directory: "0" is the writer itself. */
static inline int join(int dir, pid_t pid)
{
	char word[16];
	int fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	int len = snprintf(word, sizeof(word), "%d", pid);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, word, len) != len)
		err = -errno;
	close(fd);
	return err;
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

/* Make cgroups below the test's own until the path of the last is `len` bytes long. */
static inline int make_long(struct __test_metadata *_metadata, struct hierarchy *h, size_t len)
{
	size_t left = len - strlen(h->base);
	int dir = h->base_fd;
	char name[256];

	while (left) {
		/* A level takes two bytes at least: never leave one. */
		size_t size = left > 256 ? (left == 257 ? 254 : 255) : left - 1;

		memset(name, 'n', size);
		name[size] = '\0';
		dir = make_cgroup(_metadata, h, dir, name);
		left -= size + 1;
	}
	return dir;
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
	ASSERT_EQ(0, mount("cgns", h->mount, kind->fstype, 0, kind->options)) {
		TH_LOG("mount -t %s -o %s: %s", kind->fstype, kind->options, strerror(errno));
	}
	h->root_fd = open_dir(AT_FDCWD, h->mount);
	ASSERT_LE(0, h->root_fd);
	ASSERT_EQ(0, join(h->root_fd, 0));
	snprintf(h->base, sizeof(h->base), "/cgns.%d", getpid());
	h->base_fd = make_cgroup(_metadata, h, h->root_fd, h->base + 1);
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
		unlinkat(h->dirs[h->ndirs], h->names[h->ndirs], AT_REMOVEDIR);
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
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	h->tasks[h->ntasks++] = pid;
	ASSERT_EQ(0, join(dir, pid));
	return pid;
}

/* Give this task a cgroup namespace whose root is `dir`. */
static inline void unshare_in(struct __test_metadata *_metadata, int dir)
{
	ASSERT_EQ(0, join(dir, 0));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
}

/* All of a file of /proc/PID in `text`; 0, or the error that reading it gives. */
static inline int read_proc(pid_t pid, const char *file, char text[static TEXT_SIZE])
{
	char path[64];
	ssize_t got;
	size_t len = 0;
	int err = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((got = read(fd, text + len, TEXT_SIZE - 1 - len)) > 0)
		len += got;
	if (got < 0)
		err = -errno;
	text[len] = '\0';
	close(fd);
	return err;
}

/* The line of `text` that has `key` between its first two colons; what follows is cut off. */
static inline char *cgroup_line(char *text, const char *key)
{
	char *line, *next;

	for (line = text; line && *line; line = next) {
		char *label = strchr(line, ':');
		size_t len = strlen(key);

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (label && !strncmp(label + 1, key, len) && label[1 + len] == ':')
			return label + 1 + len + 1;
	}
	return NULL;
}

/*
 * The path of a task in the hierarchy, as this task sees it; or the words of the error. The
 * result is valid until the next call.
 */
static inline const char *path_of(const struct hierarchy *h, pid_t pid)
{
	static char text[TEXT_SIZE];
	int err = read_proc(pid, "cgroup", text);
	const char *path;

	if (err)
		return strerror(-err);
	path = cgroup_line(text, h->kind->label);
	return path ? path : "no such hierarchy";
}

/* The root field in this task's mountinfo of what is mounted at `where`; or the error's words. */
static inline const char *mount_root(const char *where)
{
	static char text[TEXT_SIZE];
	static char root[TEXT_SIZE];
	static char point[TEXT_SIZE];
	const char *last = "no such mount";
	int err = read_proc(getpid(), "mountinfo", text);
	char *line, *save;

	if (err)
		return strerror(-err);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%*d %*d %*s %65535s %65535s", root, point) == 2 &&
		    !strcmp(point, where))
			last = root;
	}
	return last;
}

/* What a failed test can print of a text that may be long: its size stands for it. */
static inline const char *brief(const char *text)
{
	static char size[32];

	if (strlen(text) < 256)
		return text;
	snprintf(size, sizeof(size), "%zu bytes", strlen(text));
	return size;
}

#endif /* CGNS_HIERARCHY_H */
