// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's way from rmdir() to the end of a cgroup: a callback of RCU, work that takes it
 * offline, work that releases it (only then it is no child of its parent any more), another
 * callback, work that frees it and lets go of the parent, which may then take the same way. There
 * is one queue for each, in order, on the one processor that a guest has. So a cgroup that is
 * removed later, and waited for, comes through behind everything that was on its way; each time one
 * level goes. v1 does not tell how many are on their way: as many levels are waited for as there
 * may be.
 *
 * What is held by a namespace, a zombie or a file stays, and that is no matter of time.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

#include "settle.h"

#define SENTINEL CGROUP2 "/sentinel"
/* Microseconds. One level takes two ticks of a hundred a second; looking more often costs time. */
#define LONGEST_WAIT 5000000
#define STEP 5000

static void pause_for(long microseconds)
{
	const struct timespec time = { .tv_nsec = microseconds * 1000 };

	nanosleep(&time, NULL);
}

long sum_of(const char *file, const char *key)
{
	FILE *in = fopen(file, "re");
	char line[256];
	long sum = 0;

	if (!in)
		return -1;
	while (fgets(line, sizeof(line), in)) {
		char *blank = strchr(line, ' ');

		if (blank && !strncmp(line, key, strlen(key)))
			sum += atol(blank);
	}
	fclose(in);
	return sum;
}

static void wait_until(const char *stat, long dying)
{
	for (int waited = 0; waited < LONGEST_WAIT; waited += STEP) {
		pause_for(STEP);
		if (sum_of(stat, "nr_dying") <= dying)
			break;
	}
}

static void one_level(void)
{
	mkdir(SENTINEL "/one", 0700);
	rmdir(SENTINEL "/one");
	wait_until(SENTINEL "/cgroup.stat", 0);
}

/* A program may have limited how many cgroups there are, and how deep: not for this. */
static const char *const limits[2] = {
	CGROUP2 "/cgroup.max.depth",
	CGROUP2 "/cgroup.max.descendants",
};

void lift_limits(void)
{
	for (int i = 0; i < 2; i++)
		write_text(limits[i], "max");
}

void settle(int levels)
{
	char old[2][32] = {};
	long left, others;

	for (int i = 0; i < 2; i++) {
		FILE *in = fopen(limits[i], "re");

		if (in && !fgets(old[i], sizeof(old[i]), in))
			old[i][0] = '\0';
		if (in)
			fclose(in);
	}
	lift_limits();
	mkdir(SENTINEL, 0700);
	for (int i = 0; i < levels + 2; i++)
		one_level();
	/* v2 tells how many there still are. */
	left = sum_of(CGROUP2 "/cgroup.stat", "nr_dying_subsys");
	for (int idle = 0; idle < 3 && left; idle++) {
		long before = left;

		one_level();
		left = sum_of(CGROUP2 "/cgroup.stat", "nr_dying_subsys");
		if (left != before)
			idle = -1;
	}
	/* The sentinel has the controllers that v2 shares out: it must not be in the way itself. */
	others = sum_of(CGROUP2 "/cgroup.stat", "nr_dying");
	rmdir(SENTINEL);
	wait_until(CGROUP2 "/cgroup.stat", others);
	for (int i = 0; i < 2; i++)
		write_text(limits[i], old[i]);
}

const char *hierarchy(int number)
{
	FILE *in = fopen("/proc/self/cgroup", "re");
	static char line[512];
	char *found = NULL;

	while (!found && in && fgets(line, sizeof(line), in)) {
		char *label = strchr(line, ':');
		char *end = label ? strchr(label + 1, ':') : NULL;

		if (!end || atol(line) == 0 || number-- > 0)
			continue;
		*end = '\0';
		found = label + 1;
	}
	if (in)
		fclose(in);
	return found;
}

const char *any_hierarchy(void)
{
	return hierarchy(0);
}

static bool is_one_of(const struct step *s, const char *const *names)
{
	for (; *names; names++) {
		if (!strcmp(s->op->name, *names))
			return true;
	}
	return false;
}

/* Whether the step may be the end of a mount: unmounting, or leaving a mount namespace. */
static bool drops_mount(const struct world *w)
{
	static const char *const always[] = { "umount", NULL };
	static const char *const after_umount[] = { "close", "forget", NULL };
	static const char *const leaving[] = { "unshare", "setns", NULL };
	static const char *const ending[] = { "exit", NULL };
	const struct step *s = &w->step;
	long flags;

	if (is_one_of(s, always) || (w->unmounted && is_one_of(s, after_umount)))
		return true;
	if (!w->actors[s->task].own_mounts)
		return false;
	flags = is_one_of(s, leaving) ? s->num[strlen(s->op->operands) - 1] : 0;
	/* setns() may be left to find out what it gets. */
	return is_one_of(s, ending) || flags & CLONE_NEWNS || (!flags && is_one_of(s, leaving));
}

/* Whether the step mounts a hierarchy of v1. */
static bool binds(const struct world *w)
{
	static const char *const names[] = { "mount", "fsmount", NULL };

	return is_one_of(&w->step, names) && !strcmp(w->step.str[1], "cgroup");
}

/* Whether the step may let go of a cgroup that was removed, now or before. */
static bool drops_cgroup(const struct world *w)
{
	static const char *const names[] = { "rmdir",  "exit",	 "reap",   "setns", "unshare",
					     "close",  "forget", "umount", "put",   "write",
					     "attach", "move",	 NULL };

	return is_one_of(&w->step, names);
}

/*
 * A hierarchy without a mount goes if it has no cgroups any more, else it stays. A controller that
 * v2 has cgroups with cannot be bound to another hierarchy, and neither can one of a hierarchy that
 * is on its way. That a cgroup of v2 is on its way shows only some time after it was removed.
 */
void settle_before(struct world *w)
{
	bool v1_leaves = w->deepest && drops_mount(w) && any_hierarchy();
	bool wanted = w->cgroups_leave && (binds(w) || v1_leaves);

	if (!wanted && binds(w))
		wanted = sum_of(CGROUP2 "/cgroup.stat", "nr_dying_subsys") > 0;
	if (!wanted)
		return;
	settle(w->deepest);
	w->cgroups_leave = false;
}

void settle_after(struct world *w)
{
	if (w->result < 0) {
		/* What is refused last, when it is put in its place, was a mount already. */
		if (binds(w) && any_hierarchy())
			settle(w->deepest);
		return;
	}
	if (drops_mount(w)) {
		w->unmounted = true;
		if (any_hierarchy())
			settle(w->deepest);
	}
	if (drops_cgroup(w))
		w->cgroups_leave = true;
}
