/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all tasks of the fuzzer share: a few numbers, and what is counted. What their operations
 * work on is the world's pool, which they share, too.
 */
#ifndef CGNS_FUZZ_H
#define CGNS_FUZZ_H

#include "../differential/operations.h"

/* So few of each that tasks get into each other's way. */
#define TASKS 24
#define DIRS 24
#define FILES 16
#define POINTS_USED 4
/* Errors are counted by number, after what succeeded; the last place is for VOID. */
#define OUTCOMES 136
#define MAX_KINDS 64

struct fuzz {
	__u64 seed; /* of the round */
	__u32 tasks; /* how many were begun in it */
	bool stop; /* no operation is begun any more */
	bool broken; /* a text was not well formed */
	__u64 counts[MAX_KINDS][OUTCOMES];
};

extern struct fuzz *fuzz;

/* An operation, how often it is done among all, and what its numbers and strings may be. */
struct kind {
	struct operation op;
	int weight;
	const char *const *words; /* for an operand s that is no name */
	const long *numbers; /* for an operand x; the first says how many there are */
};

extern const struct kind kinds[];

/* A generator of random numbers: splitmix64. */
static inline __u64 next_random(__u64 *state)
{
	__u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline long below(__u64 *state, long limit)
{
	return next_random(state) % limit;
}

/* Choose the next operation and its operands; returns its index in the table. */
int choose(struct world *w, __u64 *random);

/* What is wrong with a text of /proc/PID/cgroup or /proc/PID/mountinfo; null if nothing is. */
const char *wrong_cgroups(const char *text);
const char *wrong_mounts(const char *text);

/* Operations that are not the differential executor's. */
int op_lines(struct world *w);
int op_table(struct world *w);
int op_pthread(struct world *w);
int op_branch(struct world *w);
int op_prune(struct world *w);
int op_shrink(struct world *w);

/* Coverage of the kernel's instrumented code, which lies between these addresses. */
int coverage_init(unsigned long begin, unsigned long end);
void coverage_enable(int number);
void coverage_collect(int number);
void coverage_print(void);
/* The first descriptor that is not coverage's or older. */
int first_descriptor(void);

#endif /* CGNS_FUZZ_H */
