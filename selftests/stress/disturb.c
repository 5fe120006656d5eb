// SPDX-License-Identifier: GPL-2.0
/*
 * What goes on beside the tasks: memory that runs out in a namespace, processors that come and go.
 */
#define _GNU_SOURCE
#include "../task.h"
#include "state.h"
#include "storm.h"
#include "tree.h"

#define LIMIT_BYTES (24L << 20)
/* More than there is to be had, and much less than the machine has. */
#define WANTED_BYTES (96L << 20)
#define CGROUP "pressure"
#define CPU "/sys/devices/system/cpu/cpu%d/online"

static void eat(void)
{
	const int map = MAP_PRIVATE | MAP_ANONYMOUS;
	char *memory = mmap(NULL, WANTED_BYTES, PROT_READ | PROT_WRITE, map, -1, 0);

	if (memory != MAP_FAILED)
		memset(memory, 1, WANTED_BYTES);
}

/* In a child, which must not come back: 0 if it ate all and lived. */
static int starve(const struct worker *w)
{
	char point[32];
	int err = join(w->storm->base, CGROUP, 0);

	snprintf(point, sizeof(point), POINTS "/%d", w->number);
	err = err ?: error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWNS));
	err = err ?: error_of(mount("cgns", point, "cgroup2", 0, NULL));
	if (err)
		return err;
	if (strcmp(own_path(""), "/"))
		return -EBADMSG;
	eat();
	return 0;
}

static long kills(void)
{
	return value_of(BASE "/" CGROUP "/memory.events", "oom_kill");
}

/* The limit must be what ends it: the kernel counts that, too. */
static void eat_once(struct worker *w)
{
	long before = kills();
	pid_t pid = fork();
	int status, err;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(-starve(w));
	}
	err = error_of(pid) ?: error_of(waitpid(pid, &status, 0));
	if (!err && WIFEXITED(status))
		err = -WEXITSTATUS(status) ?: -ENOTRECOVERABLE;
	if (!err && kills() <= before)
		err = -ENOMSG;
	tally(w, EAT, err);
}

void press_memory(struct worker *w)
{
	/* Once at least, on whatever machine. */
	do {
		eat_once(w);
		sleep(1);
	} while (!w->storm->stop);
	_exit(0);
}

void empty_stocks(void)
{
	int most = sysconf(_SC_NPROCESSORS_CONF);
	char path[64];

	for (int cpu = 1; cpu < most; cpu++) {
		snprintf(path, sizeof(path), CPU, cpu);
		write_text(path, "0");
		write_text(path, "1");
	}
}

/* All but the first come and go, in any order. */
void plug_processors(struct worker *w)
{
	int most = sysconf(_SC_NPROCESSORS_CONF);
	char path[64];

	for (int cpu = 0; !w->storm->stop; usleep(50000)) {
		bool off = pick(w, 2);

		cpu = 1 + pick(w, most - 1);
		snprintf(path, sizeof(path), CPU, cpu);
		tally(w, off ? UNPLUG : PLUG, write_text(path, off ? "0" : "1"));
	}
	_exit(0);
}
