/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks that do all that this interface has, at once and to each other, until they die and others
 * take their place. Nothing is asked of the order; what is asked is that every error is one that
 * may come, that what is read is well formed, and that nothing is left.
 *
 * Owns the memory that they share. Each counts in a slot of its own, so nothing here needs a lock.
 */
#ifndef CGNS_STORM_H
#define CGNS_STORM_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define BASE "/sys/fs/cgroup/storm"
/* A directory for each slot to mount at, and one for the hierarchy of v1. */
#define POINTS "/tmp/storm"
#define V1 POINTS "/v1"

#define TASKS 64
/* The last of them are moved by nobody but themselves, and so know what they must read. */
#define WITNESSES 8
#define FIRST_WITNESS (TASKS - WITNESSES)
/* What presses on memory, and what takes processors away. */
#define SLOTS (TASKS + 2)
#define GROUPS 8
#define LEAVES 8
#define MOST_ERRORS 134
#define SAMPLE 400

enum call {
	UNSHARE_CGROUP,
	UNSHARE_MOUNTS,
	UNSHARE_USER,
	CLONE,
	OPEN_NS,
	LINK_NS,
	OWNER_OF_NS,
	SETNS_NSFS,
	PIDFD_OPEN,
	SETNS_PIDFD,
	SETNS_PIDFD_MOUNTS,
	LISTNS,
	ATTACH_SELF,
	ATTACH_OTHER,
	ATTACH_V1,
	OPEN_PROCS,
	WRITE_LATER,
	READ_OWN,
	READ_OTHER,
	READ_MOUNTINFO,
	READ_CPUSET,
	MKDIR,
	RMDIR,
	MOUNT_V2,
	MOUNT_V1,
	UMOUNT,
	KILL,
	EXIT,
	REMOUNT,
	EAT,
	UNPLUG,
	PLUG,
	CALLS
};

struct slot {
	pid_t pid; /* who works here; 0 for nobody */
	__u64 counts[CALLS][MOST_ERRORS];
	__u64 malformed[CALLS];
	char sample[SAMPLE]; /* the first that was */
};

struct storm {
	struct slot slots[SLOTS];
	__u64 seed;
	int base; /* descriptor of BASE */
	int v1; /* of V1, or -1 */
	bool stop;
};

struct worker {
	struct storm *storm;
	struct slot *slot;
	int number;
	__u64 random;
	int later; /* a cgroup.procs that was opened before; -1 for none */
};

/* Count a result: 0 or more, or a negative error number. Returns it. */
int tally(struct worker *w, enum call which, int result);

/* Count a result that cannot be. */
void malformed(struct worker *w, enum call which, const char *text);

/* Print all counts. */
void print_tallies(const struct storm *s);
bool any_malformed(const struct storm *s);

/* A number below `most`. */
unsigned int pick(struct worker *w, unsigned int most);

/* Somebody's pid, which may be gone by now; witnesses are nobody's to move. */
pid_t somebody(struct worker *w, bool witnesses);

/* The name of a cgroup below BASE, which may not be there. */
const char *any_leaf(struct worker *w);

/* What a task does until it dies; does not return. */
void work(struct worker *w);
void bear_witness(struct worker *w);
void press_memory(struct worker *w);
void plug_processors(struct worker *w);

/*
 * Take every processor but the first, which never goes, away once and bring it back. One that went
 * in the midst of giving back what it keeps charged in advance can keep removed cgroups until it
 * goes again: a fault of mainline's memory controller, docs/mainline-findings.md. Call it when all
 * tasks are gone.
 */
void empty_stocks(void);

/* The calls, by file. */
void call_unshare(struct worker *w);
void call_unshare_user(struct worker *w);
void call_clone(struct worker *w);
void call_nsfs(struct worker *w);
void call_pidfd(struct worker *w);
void call_listns(struct worker *w);
void call_attach(struct worker *w);
void call_attach_other(struct worker *w);
void call_later(struct worker *w);
void call_kill(struct worker *w);
void call_exit(struct worker *w);
void call_read_own(struct worker *w);
void call_read_other(struct worker *w);
void call_mountinfo(struct worker *w);
void call_cpuset(struct worker *w);
void call_mkdir(struct worker *w);
void call_rmdir(struct worker *w);
void call_mount(struct worker *w);
void call_umount(struct worker *w);

/* Whether a text is as /proc/PID/cgroup, mountinfo and cpuset are. */
bool is_cgroup_file(const char *text);
bool is_mountinfo(const char *text);
bool is_path(const char *path);

#endif /* CGNS_STORM_H */
