// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "../task.h"
#include "storm.h"

void call_mkdir(struct worker *w)
{
	tally(w, MKDIR, error_of(mkdirat(w->storm->base, any_leaf(w), 0755)));
}

void call_rmdir(struct worker *w)
{
	tally(w, RMDIR, error_of(unlinkat(w->storm->base, any_leaf(w), AT_REMOVEDIR)));
}

static const char *point(const struct worker *w)
{
	static char path[32];

	snprintf(path, sizeof(path), POINTS "/%d", w->number);
	return path;
}

/* One hierarchy of v1 stays; the other comes and goes with its mounts. */
void call_mount(struct worker *w)
{
	const char *name = pick(w, 2) ? "none,name=storm" : "none,name=fleeting";

	if (w->storm->v1 < 0 || pick(w, 3))
		tally(w, MOUNT_V2, error_of(mount("cgns", point(w), "cgroup2", 0, NULL)));
	else
		tally(w, MOUNT_V1, error_of(mount("cgns", point(w), "cgroup", 0, name)));
}

void call_umount(struct worker *w)
{
	tally(w, UMOUNT, error_of(umount2(point(w), pick(w, 2) ? MNT_DETACH : 0)));
}
