// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces that come, go and are entered: unshare, clone3, setns; and what one takes.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <err.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY 4000

struct clone {
	u64 flags;
	int cgroup;
};

void unshare_again(void *unused, unsigned int count)
{
	(void)unused;
	while (count--)
		if (unshare(CLONE_NEWCGROUP))
			err(1, "unshare");
}

/* A child that unshares, or is cloned into a namespace or a cgroup, and ends. */
static void child_again(void *arg, unsigned int count)
{
	const struct clone *clone = arg;

	while (count--) {
		struct clone_args args = {
			.flags = clone->flags,
			.exit_signal = SIGCHLD,
			.cgroup = clone->cgroup,
		};
		pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

		if (pid < 0)
			err(1, "clone3");
		if (!pid)
			_exit(clone->flags ? 0 : unshare(CLONE_NEWCGROUP));
		if (waitpid(pid, NULL, 0) != pid)
			err(1, "waitpid");
	}
}

static void measure_all(const char *suffix)
{
	int leaf = descend(CGROUPS, 3);
	struct clone plain = { 0 };
	struct clone newcgroup = { CLONE_NEWCGROUP, 0 };
	struct clone into = { CLONE_INTO_CGROUP, leaf };
	struct clone both = { CLONE_NEWCGROUP | CLONE_INTO_CGROUP, leaf };
	char name[32];

	snprintf(name, sizeof(name), "unshare%s", suffix);
	measure("unshare", name, 0, unshare_again, NULL);
	snprintf(name, sizeof(name), "unshare+exit%s", suffix);
	measure("unshare", name, 0, child_again, &plain);
	snprintf(name, sizeof(name), "clone3%s", suffix);
	measure("unshare", name, 0, child_again, &newcgroup);
	snprintf(name, sizeof(name), "clone3-into%s", suffix);
	measure("unshare", name, 0, child_again, &into);
	snprintf(name, sizeof(name), "clone3-both%s", suffix);
	measure("unshare", name, 0, child_again, &both);
	close(leaf);
}

static void come_and_go(void *unused)
{
	struct clone newcgroup = { CLONE_NEWCGROUP, 0 };

	for (;;) {
		unshare_again(unused, 64);
		child_again(&newcgroup, 4);
	}
}

/* What one processor takes, and what each of two does while the other does the same. */
static void life(void)
{
	pid_t other;

	measure_all("");
	if (!bind_to(1))
		return;
	bind_to(0);
	other = start_on(1, come_and_go, NULL);
	measure_all(",two");
	stop(other);
}

static void setns_again(void *arg, unsigned int count)
{
	const int *fds = arg;

	while (count--)
		if (setns(fds[count % 2], CLONE_NEWCGROUP))
			err(1, "setns");
}

/* Turn and turn about between two namespaces: one's own would be no change. */
static void setns_row_run(void)
{
	int files[2], pids[2];

	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		char name[32];

		if (!pid) {
			if (unshare(CLONE_NEWCGROUP))
				err(1, "unshare");
			kill(getpid(), SIGSTOP);
			_exit(0);
		}
		waitpid(pid, NULL, WUNTRACED);
		snprintf(name, sizeof(name), "/proc/%d/ns/cgroup", pid);
		files[i] = open(name, O_RDONLY | O_CLOEXEC);
		pids[i] = syscall(SYS_pidfd_open, pid, 0);
		if (files[i] < 0 || pids[i] < 0)
			err(1, "open %s", name);
	}
	measure("setns", "nsfs", 0, setns_again, files);
	measure("setns", "pidfd", 0, setns_again, pids);
	for (int i = 0; i < 2; i++)
		syscall(SYS_pidfd_send_signal, pids[i], SIGKILL, NULL, 0);
}

static double slab_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	double kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %lf kB", &kib) == 1)
			break;
	if (!file || kib < 0)
		err(1, "no Slab in /proc/meminfo");
	fclose(file);
	return kib * 1024;
}

/* Slab per namespace, of many that an open file keeps each: the file's own part is in it. */
static void memory(void)
{
	static int fds[MANY];
	struct rlimit files = { MANY + 64, MANY + 64 };
	int limits = open("/proc/sys/user", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	double before, each;

	put(limits, "max_cgroup_namespaces", "100000");
	if (setrlimit(RLIMIT_NOFILE, &files))
		err(1, "setrlimit");
	before = slab_bytes();
	for (int i = 0; i < MANY; i++) {
		if (unshare(CLONE_NEWCGROUP))
			err(1, "unshare");
		fds[i] = open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC);
		if (fds[i] < 0)
			err(1, "open /proc/self/ns/cgroup");
	}
	each = (slab_bytes() - before) / MANY;
	print_samples("memory", "slab", 0, &each, 1);
}

const struct row unshare_row = { "unshare", life };
const struct row setns_row = { "setns", setns_row_run };
const struct row memory_row = { "memory", memory };
