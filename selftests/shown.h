/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc says of cgroups: paths of tasks, roots of mounts.
 *
 * Owns reading and picking out; what is to be there is the tests' to say. Nothing here asserts.
 */
#ifndef CGNS_SHOWN_H
#define CGNS_SHOWN_H

#include "hierarchy.h"

/* Longer than what any test makes the kernel print. */
#define TEXT_SIZE 262144

/* All of what is open, from its beginning, in `text`; 0, or the error that reading it gives. */
static inline int read_all(int fd, char text[static TEXT_SIZE])
{
	ssize_t got;
	size_t len = 0;

	while ((got = pread(fd, text + len, TEXT_SIZE - 1 - len, len)) > 0)
		len += got;
	text[len] = '\0';
	return error_of(got);
}

/* The same for a file of /proc/PID. */
static inline int read_proc(pid_t pid, const char *file, char text[static TEXT_SIZE])
{
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = read_all(fd, text);
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
 * The path in the hierarchy that a file /proc/PID/cgroup shows; or the words of the error. The
 * result is valid until the next call.
 */
static inline const char *path_in(const struct hierarchy *h, int fd)
{
	static char text[TEXT_SIZE];
	int err = fd < 0 ? fd : read_all(fd, text);
	const char *path;

	if (err)
		return strerror(-err);
	path = cgroup_line(text, h->kind->label);
	return path ? path : "no such hierarchy";
}

/* The same for a task, as this one sees it. */
static inline const char *path_of(const struct hierarchy *h, pid_t pid)
{
	const char *shown;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	shown = path_in(h, fd < 0 ? -errno : fd);
	close(fd);
	return shown;
}

/* "/cgns.PID" and what follows: a path as the initial namespace shows it. */
static inline const char *below_base(const struct hierarchy *h, const char *rest)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s%s", h->base, rest);
	return path;
}

/* The root field in a task's mountinfo of what is mounted at `where`; or the error's words. */
static inline const char *mount_root_of(pid_t pid, const char *where)
{
	static char text[TEXT_SIZE];
	static char root[TEXT_SIZE];
	static char point[TEXT_SIZE];
	static char last[TEXT_SIZE];
	int err = read_proc(pid, "mountinfo", text);
	char *line, *save;

	if (err)
		return strerror(-err);
	snprintf(last, sizeof(last), "no such mount");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%*d %*d %*s %262143s %262143s", root, point) == 2 &&
		    !strcmp(point, where))
			memcpy(last, root, sizeof(last));
	}
	return last;
}

/* The same for this task. */
static inline const char *mount_root(const char *where)
{
	return mount_root_of(getpid(), where);
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

#endif /* CGNS_SHOWN_H */
