// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of what the kernel prints of cgroups race with writers of all that it is printed from
 * (rows A2 to A9 of the contract): tasks are moved, cgroups made, renamed and removed, namespaces
 * made, entered and left, children born into them, hierarchies mounted. Nobody waits for anybody.
 *
 * Any call may be refused; what is read must be whole lines with names that there are; and nothing
 * may be left when all is over. What a race does to memory and locks is for the kernel to find:
 * the test is worth the more, the longer it runs and the more the kernel checks.
 *
 *   RACE_SECONDS=n   how long (2)
 *   RACE_SEED=x      of what each worker does; which meets which, the scheduler decides (random)
 */
#define _GNU_SOURCE
#include <time.h>

#include "harness.h"
#include "listns.h"
#include "shown.h"
#include "race.h"

#define ENOUGH 100

static const struct kind v2 = { "cgroup2", NULL, "", true };
static const struct kind v1 = { "cgroup", "none,name=race", "name=race", false };

static long number_from(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? atol(text) : otherwise;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

FIXTURE(race)
{
	struct world *w;
	long namespaces; /* how many there were before */
	double end;
	unsigned int seed;
};

FIXTURE_SETUP(race)
{
	struct hierarchy *h;
	char name[16];

	self->seed = number_from("RACE_SEED", (time(NULL) ^ getpid() << 16) & 0xffffff);
	self->w = shared_memory(sizeof(*self->w));
	ASSERT_NE(NULL, self->w);
	self->w->initial = open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->w->initial);
	self->namespaces = count_cgroup_namespaces();
	hierarchy_enter(_metadata, &self->w->v2, &v2);
	hierarchy_enter(_metadata, &self->w->v1, &v1);
	for (int i = 0; i < 2; i++) {
		h = i ? &self->w->v1 : &self->w->v2;
		for (int k = 0; k < HOMES; k++) {
			snprintf(name, sizeof(name), "home%d", k);
			self->w->homes[i][k] = make_cgroup(_metadata, h, h->base_fd, name);
			make_cgroup(_metadata, h, self->w->homes[i][k], renamed[0]);
		}
	}
}

/* What the fixture made goes by its list; before it, what workers left or gave another name. */
static void leave(struct hierarchy *h, const int homes[HOMES])
{
	for (int k = 0; k < HOMES; k++) {
		for (int i = 0; i < PASSING; i++)
			unlinkat(homes[k], name_of(i), AT_REMOVEDIR);
		unlinkat(homes[k], renamed[1], AT_REMOVEDIR);
	}
	hierarchy_leave(h);
}

FIXTURE_TEARDOWN(race)
{
	leave(&self->w->v2, self->w->homes[0]);
	leave(&self->w->v1, self->w->homes[1]);
}

/*
 * All of a worker: mounts of its own, and one thing after another until the time is over; but
 * enough of each kind to have succeeded once, on the slowest kernel.
 */
static int work(struct world *w, unsigned int seed, double end)
{
	struct worker *me = calloc(1, sizeof(*me));
	int err;

	if (!me)
		return -ENOMEM;
	me->w = w;
	me->seed = seed;
	snprintf(me->point, sizeof(me->point), "/tmp/cgns.race.XXXXXX");
	if (!mkdtemp(me->point))
		return -errno;
	err = error_of(unshare(CLONE_NEWNS));
	for (int i = 0; !err && (i < ENOUGH || now() < end); i++)
		do_one(me);
	rmdir(me->point);
	return err;
}

static void print_counts(const struct world *w)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		printf("# race: %-15s %8lu ok", operations[i].name, w->counts[i][0]);
		for (int err = 1; err < ERRORS; err++) {
			if (w->counts[i][err])
				printf(", %lu %s", w->counts[i][err], strerrorname_np(err));
		}
		puts("");
	}
}

/* How many cgroups of v2 there are below the test's, those that were removed included. */
static long left(const struct hierarchy *h)
{
	char text[4096] = "", *line;
	long sum = 0, number;
	int fd = openat(h->base_fd, "cgroup.stat", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		sum = -errno;
	close(fd);
	for (line = text; line && sum >= 0; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "nr_descendants %ld", &number) == 1 ||
		    sscanf(line, "nr_dying_descendants %ld", &number) == 1)
			sum += number;
	}
	return sum;
}

/* Namespaces and removed cgroups go when nobody looks at them any more: a while. */
static bool goes_back(const struct world *w, long namespaces)
{
	for (int i = 0; i < 600; i++) {
		if (count_cgroup_namespaces() == namespaces && left(&w->v2) == 2 * HOMES)
			return true;
		usleep(50000);
	}
	return false;
}

TEST_F_TIMEOUT(race, A4_what_is_read_is_whole, 3600)
{
	struct world *w = self->w;
	double end = now() + number_from("RACE_SECONDS", 2);
	int status;

	printf("# race: seed=%u\n", self->seed);
	fflush(stdout);
	for (int i = 0; i < WORKERS; i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(-work(w, self->seed + i, end));
		}
		/* Not the child's to write, too: it would be nobody. */
		w->workers[i] = pid;
	}
	for (int i = 0; i < WORKERS; i++) {
		ASSERT_EQ(w->workers[i], waitpid(w->workers[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	print_counts(w);
	EXPECT_STREQ("", w->wrong);
	for (size_t i = 0; i < OPERATIONS; i++) {
		EXPECT_LT(0, w->counts[i][0]) {
			TH_LOG("never done: %s", operations[i].name);
		}
	}
	for (int k = 0; k < HOMES; k++) {
		for (int i = 0; i < PASSING; i++)
			remove_patiently(w->homes[0][k], name_of(i));
	}
	EXPECT_TRUE(goes_back(w, self->namespaces));
}

TEST_HARNESS_MAIN
