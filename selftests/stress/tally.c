// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "storm.h"

static const char *const names[CALLS] = {
	[UNSHARE_CGROUP] = "unshare-cgroup",
	[UNSHARE_MOUNTS] = "unshare-cgroup-mounts",
	[UNSHARE_USER] = "unshare-user",
	[CLONE] = "clone-into",
	[OPEN_NS] = "open-ns",
	[LINK_NS] = "readlink-ns",
	[OWNER_OF_NS] = "ioctl-owner",
	[SETNS_NSFS] = "setns-nsfs",
	[PIDFD_OPEN] = "pidfd-open",
	[SETNS_PIDFD] = "setns-pidfd",
	[SETNS_PIDFD_MOUNTS] = "setns-pidfd-mounts",
	[LISTNS] = "listns",
	[ATTACH_SELF] = "attach-self",
	[ATTACH_OTHER] = "attach-other",
	[ATTACH_V1] = "attach-v1",
	[OPEN_PROCS] = "open-procs",
	[WRITE_LATER] = "write-later",
	[READ_OWN] = "read-own",
	[READ_OTHER] = "read-other",
	[READ_MOUNTINFO] = "read-mountinfo",
	[READ_CPUSET] = "read-cpuset",
	[MKDIR] = "mkdir",
	[RMDIR] = "rmdir",
	[MOUNT_V2] = "mount-v2",
	[MOUNT_V1] = "mount-v1",
	[UMOUNT] = "umount",
	[KILL] = "kill",
	[EXIT] = "exit",
	[REMOUNT] = "remount",
	[EAT] = "eat",
	[UNPLUG] = "unplug",
	[PLUG] = "plug",
};

int tally(struct worker *w, enum call which, int result)
{
	int error = result < 0 ? -result : 0;

	w->slot->counts[which][error < MOST_ERRORS ? error : MOST_ERRORS - 1]++;
	return result;
}

void malformed(struct worker *w, enum call which, const char *text)
{
	w->slot->malformed[which]++;
	if (!w->slot->sample[0])
		snprintf(w->slot->sample, SAMPLE, "%s: %s", names[which], text);
}

static __u64 sum(const struct storm *s, enum call which, int error)
{
	__u64 all = 0;

	for (int i = 0; i < SLOTS; i++)
		all += s->slots[i].counts[which][error];
	return all;
}

void print_tallies(const struct storm *s)
{
	for (int call = 0; call < CALLS; call++) {
		printf("# count call=%s ok=%llu", names[call], sum(s, call, 0));
		for (int error = 1; error < MOST_ERRORS; error++) {
			if (sum(s, call, error))
				printf(" %s=%llu", strerrorname_np(error), sum(s, call, error));
		}
		printf("\n");
	}
	for (int i = 0; i < SLOTS; i++) {
		if (s->slots[i].sample[0])
			printf("# malformed, seen by slot %d: %s\n", i, s->slots[i].sample);
	}
	fflush(stdout);
}

bool any_malformed(const struct storm *s)
{
	for (int i = 0; i < SLOTS; i++) {
		for (int call = 0; call < CALLS; call++) {
			if (s->slots[i].malformed[call])
				return true;
		}
	}
	return false;
}
