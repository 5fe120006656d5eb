/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the workers of race_test.c have in common, and what may be read of it at any time.
 *
 * Owns the names that there are: whatever else a path shows, is wrong. Include after shown.h.
 */
#ifndef CGNS_RACE_WORLD_H
#define CGNS_RACE_WORLD_H

#define WORKERS 8
#define HOMES 4
#define ERRORS 134
/* What races for nanoseconds is done so often at a time. */
#define OFTEN 32
/* Cgroups that come and go in a home, by number. */
#define PASSING 3

/* One that is renamed has either name, and never a part of both. */
static const char *const renamed[2] = { "now", "then-and-longer-than-it-was-before" };

struct world {
	struct hierarchy v2, v1;
	int homes[2][HOMES]; /* directories, of v2 and v1 */
	int initial; /* the namespace that all begin in */
	pid_t workers[WORKERS];
	pid_t child; /* of any worker: one that is cloned and goes */
	unsigned long counts[16][ERRORS]; /* by operation and error */
	char wrong[256]; /* what was read that cannot be */
};

struct worker {
	struct world *w;
	unsigned int seed;
	char point[64]; /* where it mounts things */
	char text[TEXT_SIZE];
};

/* Whether a part of a path is a name that there is, or was. */
static inline bool is_name(const struct world *w, const char *part)
{
	unsigned int number;
	char end;

	if (!strcmp(part, w->v2.base + 1) || !strcmp(part, "..") || !strcmp(part, renamed[0]) ||
	    !strcmp(part, renamed[1]))
		return true;
	if (sscanf(part, "home%u%c", &number, &end) == 1)
		return number < HOMES;
	return sscanf(part, "passing%u%c", &number, &end) == 1 && number < PASSING;
}

/* Whether a path has only such names, from its first slash on. */
static inline bool is_path(const struct world *w, const char *path)
{
	static const char deleted[] = " (deleted)";
	char copy[4096], *part, *rest = copy + 1;
	size_t len = strlen(path);

	if (len >= sizeof(deleted) && !strcmp(path + len - strlen(deleted), deleted))
		len -= strlen(deleted);
	if (*path != '/' || len >= sizeof(copy))
		return false;
	memcpy(copy, path, len);
	copy[len] = '\0';
	if (len == 1)
		return true;
	while ((part = strsep(&rest, "/"))) {
		if (!is_name(w, part))
			return false;
	}
	return true;
}

/* Note what was read, if it is not as it must be. */
static inline void need(struct worker *me, bool good, const char *file, const char *line)
{
	if (!good)
		snprintf(me->w->wrong, sizeof(me->w->wrong), "%s: %.200s", file, line);
}

/* Lines `NUMBER:LABEL:PATH`, each with its end, of which the last is that of v2. */
static inline void check_cgroup(struct worker *me)
{
	char *line, *rest = me->text, *path;
	bool v2 = false;

	need(me, *rest, "cgroup", "nothing");
	while (*rest) {
		line = strsep(&rest, "\n");
		path = strchr(line, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		need(me, rest && path && is_path(me->w, path + 1), "cgroup", line);
		if (!rest)
			break;
		v2 = !strncmp(line, "0::", 3);
	}
	need(me, v2, "cgroup", "no line of v2 at the end");
}

#endif /* CGNS_RACE_WORLD_H */
