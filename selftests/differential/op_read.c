// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that read what /proc shows of a task. Fields with a rule: p is a path of
 * /proc/PID/cgroup, r the root field of mountinfo as it is printed there, c what /proc/PID/cpuset
 * holds.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "operations.h"

static ssize_t read_path(struct world *w, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read_text(w, fd);
	close(fd);
	return len;
}

/* ID:CONTROLLERS:PATH. The number of a hierarchy is another one each time that it is mounted. */
static int say_line(struct world *w, char *line)
{
	char *label = strchr(line, ':');
	char *path = label ? strchr(label + 1, ':') : NULL;
	char key[512];
	long id;

	if (!path)
		return -EPROTO;
	*path++ = '\0';
	id = atol(line);
	snprintf(key, sizeof(key), "%s%s",
		 id ? stable_name(&w->hierarchies, 'h', id) : "0", label);
	say_ruled(w, 'p', key, path);
	return 0;
}

static int say_cgroups(struct world *w, long task)
{
	ssize_t len = read_path(w, proc_path(w, task, "cgroup"));
	char *line, *next;
	int err = 0;

	if (len < 0)
		return len;
	for (line = w->text; *line && !err; line = next) {
		next = strchr(line, '\n');
		if (!next)
			return -EPROTO;
		*next++ = '\0';
		err = say_line(w, line);
	}
	return err;
}

int op_cgroup(struct world *w)
{
	return say_cgroups(w, w->step.num[0]);
}

/* With the cgroups beside it: they have the whole path where this file refuses. */
int op_cpuset(struct world *w)
{
	ssize_t len = read_path(w, proc_path(w, w->step.num[0], "cpuset"));

	if (len > 0) {
		w->text[len - 1] = '\0';
		say_ruled(w, 'c', "cpuset", w->text);
	}
	if (len >= 0 || len == -ENAMETOOLONG)
		say_cgroups(w, w->step.num[0]);
	return len < 0 ? len : 0;
}

/* ID PARENT DEV ROOT POINT OPTIONS... - TYPE SOURCE OPTIONS: all but the first three stay. */
static void say_mount(struct world *w, char *line)
{
	char *root = line, *rest;
	const char *type = strstr(line, " - cgroup");

	if (!type)
		return;
	for (int i = 0; i < 3; i++)
		root = strchr(root, ' ') + 1;
	rest = strchr(root, ' ');
	*rest++ = '\0';
	say_ruled(w, 'r', rest, root);
}

/* Lines may come before the one that cannot be shown. */
int op_mounts(struct world *w)
{
	ssize_t len;
	char *line, *save;

	w->text[0] = '\0';
	len = read_path(w, proc_path(w, w->step.num[0], "mountinfo"));
	for (line = strtok_r(w->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		say_mount(w, line);
	return len < 0 ? len : 0;
}
