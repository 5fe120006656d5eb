// SPDX-License-Identifier: GPL-2.0
/*
 * What a text may look like that the kernel shows of a task, whatever happens at the same time.
 *
 *   /proc/PID/cgroup   ID:CONTROLLERS:PATH, the line of v2 once, which is "0::PATH"
 *   PATH               "/", or "/.." any number of times, then "/NAME" any number of times, which
 *                      " (deleted)" may follow
 *   mountinfo          the fourth field is a PATH in which blanks and backslashes are octal
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>

#include "fuzz.h"

/* One component of a path is here, up to `len` bytes; `down` once the path goes no more up. */
static const char *wrong_component(const char *name, size_t len, bool *down)
{
	if (!len)
		return "an empty name";
	if (len == 1 && name[0] == '.')
		return "a name that is a dot";
	if (len == 2 && name[0] == '.' && name[1] == '.')
		return *down ? "a way up after a way down" : NULL;
	*down = true;
	return len > 255 + strlen(" (deleted)") ? "a name that is too long" : NULL;
}

static const char *wrong_path(const char *path, size_t len)
{
	const char *wrong = NULL, *end = path + len;
	bool down = false;

	if (!len || *path != '/')
		return "a path that does not begin with a slash";
	if (len == 1 || !strncmp(path, "/ (deleted)", len))
		return NULL;
	while (path < end && !wrong) {
		const char *name = path + 1;

		path = memchr(name, '/', end - name);
		if (!path)
			path = end;
		wrong = wrong_component(name, path - name, &down);
	}
	return wrong;
}

/* ID:CONTROLLERS: and what it is the line of: the start of the path, or null. */
static const char *path_of(const char *line, const char *end, bool *v2)
{
	const char *at = line;

	while (at < end && isdigit((unsigned char)*at))
		at++;
	if (at == line || at == end || *at != ':')
		return NULL;
	*v2 = !strncmp(line, "0::", 3);
	at = memchr(at + 1, ':', end - at - 1);
	return at ? at + 1 : NULL;
}

const char *wrong_cgroups(const char *text)
{
	const char *wrong = NULL;
	int unified = 0;

	while (*text && !wrong) {
		const char *end = strchr(text, '\n');
		const char *path;
		bool v2 = false;

		if (!end)
			return "a line without an end";
		path = path_of(text, end, &v2);
		wrong = path ? wrong_path(path, end - path) : "no ID:CONTROLLERS:";
		unified += v2;
		text = end + 1;
	}
	if (wrong)
		return wrong;
	return unified == 1 ? NULL : "not one line of v2";
}

static const char *wrong_root(const char *line, const char *end)
{
	const char *root = line;

	for (int i = 0; i < 3 && root; i++) {
		root = memchr(root, ' ', end - root);
		root = root ? root + 1 : NULL;
	}
	if (!root)
		return "fewer than four fields";
	end = memchr(root, ' ', end - root);
	if (!end)
		return "nothing after the root";
	for (const char *at = root; at < end; at++) {
		/* Four bytes here are one in the name. */
		if (*at == '\\' && strncmp(at, "\\040", 4) && strncmp(at, "\\011", 4) &&
		    strncmp(at, "\\012", 4) && strncmp(at, "\\134", 4))
			return "a backslash that escapes nothing";
	}
	return *root == '/' ? NULL : "a root that does not begin with a slash";
}

/* Only of mounts of cgroups: the fields of others are not ours. */
const char *wrong_mounts(const char *text)
{
	const char *wrong = NULL;

	while (*text && !wrong) {
		const char *end = strchr(text, '\n');
		const char *type = strstr(text, " - cgroup");

		if (!end)
			return "a line without an end";
		if (type && type < end)
			wrong = wrong_root(text, end);
		text = end + 1;
	}
	return wrong;
}
