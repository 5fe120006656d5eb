// SPDX-License-Identifier: GPL-2.0
/*
 * How often each call is made, and by whom on whom.
 */
#define _GNU_SOURCE
#include "../task.h"
#include "storm.h"

/* Reads are cheap, and races need many. */
static const struct {
	int weight;
	void (*make)(struct worker *w);
} calls[] = {
	{ 30, call_unshare },
	{ 1, call_unshare_user },
	{ 8, call_clone },
	{ 30, call_nsfs },
	{ 20, call_pidfd },
	{ 4, call_listns },
	{ 40, call_attach },
	{ 20, call_attach_other },
	{ 20, call_later },
	{ 3, call_kill },
	{ 2, call_exit },
	{ 40, call_read_own },
	{ 60, call_read_other },
	{ 10, call_mountinfo },
	{ 10, call_cpuset },
	{ 10, call_mkdir },
	{ 10, call_rmdir },
	{ 6, call_mount },
	{ 8, call_umount },
};

#define COUNT ((int)(sizeof(calls) / sizeof(*calls)))

/* splitmix64 */
static __u64 next(__u64 *state)
{
	__u64 z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

unsigned int pick(struct worker *w, unsigned int most)
{
	return next(&w->random) % most;
}

pid_t somebody(struct worker *w, bool witnesses)
{
	return w->storm->slots[pick(w, witnesses ? TASKS : FIRST_WITNESS)].pid ?: getpid();
}

const char *any_leaf(struct worker *w)
{
	static char name[16];

	snprintf(name, sizeof(name), "g%u/l%u", pick(w, GROUPS), pick(w, LEAVES));
	return name;
}

void work(struct worker *w)
{
	int all = 0;

	for (int i = 0; i < COUNT; i++)
		all += calls[i].weight;
	while (!w->storm->stop) {
		int left = pick(w, all), i = 0;

		while (left >= calls[i].weight)
			left -= calls[i++].weight;
		calls[i].make(w);
	}
	_exit(0);
}
