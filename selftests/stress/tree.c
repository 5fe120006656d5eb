// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <stdbool.h>

#include "../task.h"
#include "tree.h"

/* Hundredths of a second for a task that has ended to leave its cgroup. */
#define PATIENCE 500

int join(int dir, const char *path, int pid)
{
	char file[300], word[16];

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	snprintf(word, sizeof(word), "%d", pid);
	return write_in(dir, file, word);
}

/*
 * Remove what can be removed in an open directory; how many that were. `name` is a cgroup that is
 * still there, or empty.
 */
static int sweep(int dir, char name[static NAME_MAX + 1])
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int removed = 0;

	name[0] = '\0';
	while (list && (entry = readdir(list))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		if (!unlinkat(dir, entry->d_name, AT_REMOVEDIR))
			removed++;
		else
			snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
	}
	if (list)
		closedir(list);
	return removed;
}

int remove_below(const char *path)
{
	int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int level = 0, waited = 0, next;
	char name[NAME_MAX + 1];

	while (dir >= 0 && level >= 0) {
		int removed = sweep(dir, name);

		/* Neither a cgroup nor a task that can be seen: one is on its way out. */
		if (!name[0] && !removed && level) {
			if (waited++ == PATIENCE)
				break;
			usleep(10000);
		}
		level += name[0] ? 1 : -1;
		next = openat(dir, name[0] ? name : "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(dir);
		dir = next;
	}
	if (dir < 0)
		return -errno;
	close(dir);
	return level < 0 ? 0 : -EBUSY;
}

long read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len < size - 1 && (got = read(fd, text + len, size - 1 - len)) > 0)
		len += got;
	got = got < 0 ? -errno : (ssize_t)len;
	text[len] = '\0';
	close(fd);
	return got;
}

const char *own_path(const char *label)
{
	static char text[TEXT_SIZE];
	long got = read_file("/proc/self/cgroup", text, sizeof(text));
	size_t len = strlen(label);
	char *line, *next;

	if (got < 0)
		return strerror(-got);
	for (line = text; line; line = next) {
		char *mark = strchr(line, ':');

		next = strchr(line, '\n');
		if (!next)
			break;
		*next++ = '\0';
		if (mark && !strncmp(mark + 1, label, len) && mark[1 + len] == ':')
			return mark + 1 + len + 1;
	}
	return "no such hierarchy";
}
