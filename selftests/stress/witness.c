// SPDX-License-Identifier: GPL-2.0
/*
 * Witnesses: tasks that nobody else moves, so that they know what they must read amid all the
 * others: where they are, from whichever namespace they are in.
 */
#define _GNU_SOURCE
#include "../task.h"
#include "storm.h"
#include "tree.h"

#define PLACES 4
#define ROOTS 6

/* Below the witness's own cgroup, which is made before it begins. */
static const char *const places[PLACES] = { "", "/x", "/x/y", "/z" };

struct view {
	int at; /* the place where it is */
	int root; /* the place in which its namespace is rooted; -1 for the initial one */
	int fds[ROOTS]; /* namespaces that it can come back to */
	int roots[ROOTS];
};

static void path_of(const struct worker *w, int place, char path[static 64])
{
	snprintf(path, 64, "/storm/w%d%s", w->number, place < 0 ? "" : places[place]);
}

/* The way from one path to another, which is another one; neither is "/". */
static void way(const char *from, const char *to, char *out)
{
	size_t common = 0, i = 0;

	for (; from[i] && from[i] == to[i]; i++)
		common = from[i] == '/' ? i : common;
	if ((!from[i] && (!to[i] || to[i] == '/')) || (!to[i] && from[i] == '/'))
		common = i;
	for (const char *up = from + common; *up; up++)
		out += *up == '/' ? sprintf(out, "/..") : 0;
	sprintf(out, "%s", to + common);
}

static void check(struct worker *w, const struct view *v)
{
	char at[64], root[64], wanted[128] = {}, said[SAMPLE];
	const char *shown = own_path("");

	path_of(w, v->at, at);
	path_of(w, v->root, root);
	if (v->root < 0)
		snprintf(wanted, sizeof(wanted), "%s", at);
	else if (v->root == v->at)
		snprintf(wanted, sizeof(wanted), "/");
	else
		way(root, at, wanted);
	tally(w, READ_OWN, 0);
	if (strcmp(shown, wanted)) {
		snprintf(said, sizeof(said), "witness reads %.100s, wanted %s", shown, wanted);
		malformed(w, READ_OWN, said);
	}
}

static void move(struct worker *w, struct view *v)
{
	int place = pick(w, PLACES);
	char path[64];

	path_of(w, place, path);
	if (!tally(w, ATTACH_SELF, join(w->storm->base, path + strlen("/storm/"), 0)))
		v->at = place;
}

/* A new namespace; it takes the place of one that was kept. */
static void renew(struct worker *w, struct view *v)
{
	int i = pick(w, ROOTS);

	if (tally(w, UNSHARE_CGROUP, error_of(unshare(CLONE_NEWCGROUP))))
		return;
	v->root = v->at;
	if (v->fds[i] >= 0)
		close(v->fds[i]);
	v->fds[i] = open_namespace(0, "cgroup");
	v->roots[i] = v->at;
}

static void come_back(struct worker *w, struct view *v)
{
	int i = pick(w, ROOTS);

	if (v->fds[i] >= 0 && !tally(w, SETNS_NSFS, error_of(setns(v->fds[i], CLONE_NEWCGROUP))))
		v->root = v->roots[i];
}

void bear_witness(struct worker *w)
{
	struct view v = { .root = -1 };
	char path[64];

	memset(v.fds, -1, sizeof(v.fds));
	path_of(w, 0, path);
	if (tally(w, ATTACH_SELF, join(w->storm->base, path + strlen("/storm/"), 0)))
		malformed(w, ATTACH_SELF, "a witness cannot enter its own cgroup");
	while (!w->storm->stop) {
		switch (pick(w, 4)) {
		case 0:
			move(w, &v);
			break;
		case 1:
			renew(w, &v);
			break;
		case 2:
			come_back(w, &v);
			break;
		default:
			check(w, &v);
		}
		if (!pick(w, 2000))
			call_exit(w);
	}
	_exit(0);
}
