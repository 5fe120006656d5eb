// SPDX-License-Identifier: GPL-2.0
/*
 * What the texts of a namespace look like, whatever they say: names here are of letters and digits,
 * so that all else is the kernel's.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "storm.h"

#define DELETED " (deleted)"

/* "/", or "/.." any number of times and then "/name" any number of times. */
static bool is_path_of(const char *path, size_t len)
{
	const char *end = path + len;
	bool down = false;

	if (len == 1)
		return *path == '/';
	while (path < end) {
		const char *name = path + 1;

		if (*path != '/')
			return false;
		for (path = name; path < end && *path != '/'; path++) {
			if (*path != '.' && !isalnum(*path))
				return false;
		}
		if (path - name == 2 && !strncmp(name, "..", 2)) {
			if (down)
				return false;
		} else {
			if (path == name || memchr(name, '.', path - name))
				return false;
			down = true;
		}
	}
	return len > 0;
}

bool is_path(const char *path)
{
	size_t len = strlen(path), tail = strlen(DELETED);

	if (len > tail && !strcmp(path + len - tail, DELETED))
		len -= tail;
	return is_path_of(path, len);
}

/* "ID:LABEL:PATH": ids go down, and v2 comes last, as 0 without a label. */
static bool is_cgroup_line(char *line, long *last)
{
	char *label = strchr(line, ':'), *path = label ? strchr(label + 1, ':') : NULL;
	char *end;
	long id;

	if (!path)
		return false;
	id = strtol(line, &end, 10);
	if (end != label || id >= *last || !id != (path == label + 1))
		return false;
	*last = id;
	return (id == 0 || !strncmp(label + 1, "name=", 5)) && is_path(path + 1);
}

/* Take the next line out of a text; null if there is none that ends. */
static char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return line;
}

bool is_cgroup_file(const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;
	long last = 1 << 30;
	bool good = copy;

	while (good && (line = next_line(&rest)))
		good = is_cgroup_line(line, &last);
	good = good && !*rest && last == 0;
	free(copy);
	return good;
}

/* The root of a mount of cgroups is a path; of what else there is only the end is looked at. */
static bool is_mount(char *line)
{
	char *type = strstr(line, " - "), *root = line, *end;

	if (!type)
		return false;
	if (strncmp(type, " - cgroup", 9))
		return true;
	for (int i = 0; i < 3 && root; i++) {
		root = strchr(root, ' ');
		root = root ? root + 1 : NULL;
	}
	end = root ? strchr(root, ' ') : NULL;
	return end && end < type && is_path_of(root, end - root);
}

bool is_mountinfo(const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;
	bool good = copy;

	while (good && (line = next_line(&rest)))
		good = is_mount(line);
	good = good && !*rest;
	free(copy);
	return good;
}
