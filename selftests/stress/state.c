// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <glob.h>
#include <linux/membarrier.h>
#include <kselftest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "../task.h"
#include "../listns.h"
#include "state.h"

#define LIMIT_FILE "/proc/sys/user/max_%s_namespaces"
#define LIMIT "1000000"
/* Milliseconds between looks, which themselves take long where they are emulated; and at most. */
#define LOOK 250
#define MOST 600000
/* Without a change: more than the five seconds for which kvfree_rcu() collects what it frees. */
#define ENOUGH 6000
/* KiB: less than this is no change. */
#define UNREST 64
#define IDS 1024

static void sleep_for(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long value_of(const char *file, const char *key)
{
	FILE *in = fopen(file, "re");
	size_t len = strlen(key);
	long value = -1;
	char line[256];

	while (in && value < 0 && fgets(line, sizeof(line), in)) {
		if (!strncmp(line, key, len) && strchr(" :\t", line[len]))
			value = atol(line + len + 1);
	}
	if (in)
		fclose(in);
	return value;
}

long count_listed(void)
{
	struct request request = { .size = sizeof(request), .type = CLONE_NEWCGROUP };
	__u64 ids[IDS];
	long got, count = 0;

	do {
		got = listns(&request, ids, IDS, 0);
		if (got < 0)
			return -errno;
		count += got;
		if (got)
			request.after = ids[got - 1];
	} while (got == IDS);
	return count;
}

static const struct {
	const char *kind;
	int flag;
} kinds[] = {
	{ "cgroup", CLONE_NEWCGROUP },
	{ "user", CLONE_NEWUSER },
	{ "mnt", CLONE_NEWNS },
	{ "ipc", CLONE_NEWIPC },
};

static int make_namespace(void *flag)
{
	return error_of(unshare(*(int *)flag));
}

static int limit(const char *kind, const char *most)
{
	char path[64];

	snprintf(path, sizeof(path), LIMIT_FILE, kind);
	return write_text(path, most);
}

/* Whether one more may be made where so many may be. The one that is made goes again, later. */
static bool may_have(const char *kind, int flag, long most)
{
	char word[24];
	int err;

	snprintf(word, sizeof(word), "%ld", most);
	err = limit(kind, word);
	if (!err) {
		err = in_child(make_namespace, &flag);
		sleep_for(err ? 0 : 50);
	}
	return !err;
}

long count_charged(const char *kind)
{
	long low = 0, high = 1;
	int flag = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		flag |= strcmp(kind, kinds[i].kind) ? 0 : kinds[i].flag;
	while (high < (1 << 24) && !may_have(kind, flag, high)) {
		low = high;
		high *= 2;
	}
	while (high - low > 1) {
		long middle = (low + high) / 2;

		if (may_have(kind, flag, middle))
			high = middle;
		else
			low = middle;
	}
	limit(kind, LIMIT);
	return low;
}

/* Let slab caches give back what they keep for the next time. */
static void shrink_slabs(void)
{
	glob_t found;

	if (!glob("/sys/kernel/slab/*/shrink", 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			write_text(found.gl_pathv[i], "1");
		globfree(&found);
	}
}

/* KiB of all objects in slabs: what caches keep beside them is a matter of chance. */
static long objects_in_use(void)
{
	FILE *in = fopen("/proc/slabinfo", "re");
	unsigned long active, size, sum = 0;
	char line[512];

	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%*s %lu %*u %lu", &active, &size) == 2)
			sum += active * size;
	}
	if (in)
		fclose(in);
	return sum / 1024;
}

/* KiB that only the kernel itself can use. */
static long kernel_memory(void)
{
	return value_of("/proc/meminfo", "SUnreclaim") + value_of("/proc/meminfo", "Percpu");
}

void settle(void)
{
	const long begun = milliseconds();
	long memory = kernel_memory(), dying = -1, quiet_since = begun, at = begun;

	/* Quiet is what is as it was when it became quiet: some things go slowly, one by one. */
	for (; at - begun < MOST && at - quiet_since < ENOUGH; at = milliseconds()) {
		long now, left;

		sleep_for(LOOK);
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		/* What goes one by one leaves holes in slabs, which keep their pages. */
		shrink_slabs();
		/* 4: without a word on the console. */
		write_text("/proc/sys/vm/drop_caches", "7");
		now = kernel_memory();
		left = value_of(CGROUP2 "/cgroup.stat", "nr_dying_descendants");
		if (labs(now - memory) > UNREST || left != dying) {
			memory = now;
			dying = left;
			quiet_since = milliseconds();
		}
	}
	/* The first round frees some by RCU, and the second gives back what they were in. */
	for (int i = 0; i < 2; i++) {
		shrink_slabs();
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		sleep_for(LOOK);
	}
	shrink_slabs();
}

static long count_lines(const char *file)
{
	FILE *in = fopen(file, "re");
	int c;
	long count = 0;

	while (in && (c = fgetc(in)) != EOF)
		count += c == '\n';
	if (in)
		fclose(in);
	return count;
}

void print_state(const char *when)
{
	static const char *const keys[] = {
		"MemAvailable", "Slab", "SUnreclaim", "Percpu", "KernelStack", NULL
	};

	printf("# state when=%s", when);
	for (int i = 0; keys[i]; i++)
		printf(" %s=%ld", keys[i], value_of("/proc/meminfo", keys[i]));
	printf(" objects=%ld", objects_in_use());
	printf(" cgroups=%ld", value_of(CGROUP2 "/cgroup.stat", "nr_descendants"));
	printf(" dying=%ld", value_of(CGROUP2 "/cgroup.stat", "nr_dying_descendants"));
	printf(" listed=%ld", count_listed());
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		printf(" %s_namespaces=%ld", kinds[i].kind, count_charged(kinds[i].kind));
	printf(" hierarchies=%ld", count_lines("/proc/self/cgroup"));
	printf(" mounts=%ld\n", count_lines("/proc/self/mountinfo"));
	fflush(stdout);
}

void print_time(const char *what, long count)
{
	static struct timespec last;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (what) {
		double seconds = now.tv_sec - last.tv_sec + (now.tv_nsec - last.tv_nsec) / 1e9;

		printf("# time what=%s count=%ld seconds=%.2f\n", what, count, seconds);
		fflush(stdout);
	}
	last = now;
}

int lift_limits(void)
{
	const struct rlimit files = { 1 << 20, 1 << 20 };
	int err = setrlimit(RLIMIT_NOFILE, &files) ? -errno : 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(kinds); i++)
		err = limit(kinds[i].kind, LIMIT);
	return err;
}
