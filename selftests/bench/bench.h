/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measuring: an operation is repeated until its time can be told, and what it took is printed.
 *
 * Owns the clock, the form of a line, and the chain of cgroups that rows work in. A program that
 * meets anything it did not expect says so and ends: a number from it would mean nothing.
 */
#ifndef CGNS_BENCH_H
#define CGNS_BENCH_H

#include <stdbool.h>
#include <sys/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define DEEPEST 1000
#define CGROUPS "/sys/fs/cgroup"
#define V1 8

typedef unsigned long long u64;

/* What is measured: does the operation `count` times. */
typedef void (*work_fn)(void *arg, unsigned int count);

/* A group of rows that can be asked for by name. */
struct row {
	const char *name;
	void (*run)(void);
};

extern const struct row proc_row, contended_row, unshare_row, setns_row, mount_row, attach_row,
	mountinfo_row, memory_row, irqsoff_row;

/* The depths that rows go through, and how many there are. */
extern int depths[];
extern int ndepths;

/* Nanoseconds of CLOCK_MONOTONIC: under QEMU's icount, instructions. */
u64 now_ns(void);

/* Prints `bench ROW VARIANT SIZE MEDIAN LEAST` of so many samples, and sorts them. */
void print_samples(const char *row, const char *variant, int size, double *samples, int count);

/* Prints what an operation takes, in ns: the median of some batches, and the least of them. */
void measure(const char *row, const char *variant, int size, work_fn work, void *arg);

/*
 * Puts the calling process into a chain of cgroups below the root of a hierarchy, which is mounted
 * at `top`, and returns an open directory: `depth` levels down. What is missing is made.
 */
int descend(const char *top, int depth);

/* Mounts so many v1 hierarchies, and says where. */
void mount_v1(char tops[][32]);

/* Moves the calling process, or with a thread id that task, to the cgroup of an open directory. */
void enter(int directory);

/* Writes a word to a file below a directory; ends the program if that fails. */
void put(int directory, const char *file, const char *word);

/* Runs a function in a child and waits: what it does to namespaces and cgroups ends with it. */
void in_child(void (*function)(void *arg), void *arg);

/* What several rows measure: unshare(2); a write to each of two files cgroup.procs in turn. */
void unshare_again(void *unused, unsigned int count);
void attach_again(void *procs_files, unsigned int count);

/* Starts a process that runs a function on a processor, for ever or until it is stopped. */
pid_t start_on(int cpu, void (*function)(void *arg), void *arg);
void stop(pid_t pid);

/* Binds the calling thread to a processor; false where there is none of that number. */
bool bind_to(int cpu);

#endif /* CGNS_BENCH_H */
