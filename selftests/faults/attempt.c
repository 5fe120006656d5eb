// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>

#include "../task.h"
#include "attempt.h"

/* What an operation changes if it succeeds, and must not if it fails. */
struct state {
	__u64 cgroup_ns, user_ns, mount_ns, time_ns;
	long cgroups;
	int mounts, fd;
	char path[TEXT_SIZE];
};

static struct state before, after;

static ssize_t read_all(const char *path, char text[TEXT_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = 0, got = 1;

	while (fd >= 0 && got > 0 && len < TEXT_SIZE - 1) {
		got = read(fd, text + len, TEXT_SIZE - 1 - len);
		len += got > 0 ? got : 0;
	}
	text[len] = '\0';
	close(fd);
	return fd < 0 || got < 0 ? -errno : len;
}

static void look(struct world *w, struct state *state)
{
	static char text[TEXT_SIZE];
	int stat_fd = openat(w->base, "cgroup.stat", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(stat_fd, text, TEXT_SIZE - 1);

	close(stat_fd);
	text[len > 0 ? len : 0] = '\0';
	state->cgroups = strstr(text, "nr_descendants ") ? atol(text + 15) : -1;
	state->cgroup_ns = namespace_of(0, "cgroup");
	state->user_ns = namespace_of(0, "user");
	state->mount_ns = namespace_of(0, "mnt");
	state->time_ns = namespace_of(0, "time_for_children");
	read_all("/proc/thread-self/mountinfo", text);
	state->mounts = 0;
	for (const char *c = text; *c; c++)
		state->mounts += *c == '\n';
	read_all("/proc/thread-self/cgroup", state->path);
	state->fd = dup(0);
	close(state->fd);
}

/* What differs, or NULL. */
static const char *changed(void)
{
	if (before.cgroup_ns != after.cgroup_ns)
		return "cgroup namespace";
	if (before.user_ns != after.user_ns)
		return "user namespace";
	if (before.mount_ns != after.mount_ns || before.mounts != after.mounts)
		return "mounts";
	if (before.time_ns != after.time_ns)
		return "time namespace";
	if (before.cgroups != after.cgroups)
		return "number of cgroups";
	if (before.fd != after.fd)
		return "file descriptors";
	return strcmp(before.path, after.path) ? "cgroup" : NULL;
}

static void complain(struct attempt *a, const char *format, ...)
{
	va_list list;

	if (a->complaint[0])
		return;
	va_start(list, format);
	vsnprintf(a->complaint, sizeof(a->complaint), format, list);
	va_end(list);
}

static bool is_allowed(const struct operation *op, int kind, int err)
{
	const int *more = kind == COPY ? op->copy : op->memory;

	if (err == (kind == COPY ? -EFAULT : -ENOMEM))
		return true;
	for (int i = 0; i < MAX_ERRORS && more[i]; i++) {
		if (err == -more[i])
			return true;
	}
	return false;
}

/*
 * How many cgroup namespaces can still be made is how many are not charged: all that the limit
 * allows, but for the one that this task may be in.
 */
static void count_charges(struct attempt *a)
{
	bool holds = namespace_of(0, "cgroup") != before.cgroup_ns;
	int err = error_of(unshare(CLONE_NEWCGROUP));

	if (holds && err != -ENOSPC)
		complain(a, "one namespace is not charged: %s", strerror(-err));
	if (!holds && err)
		complain(a, "one namespace too many is charged: %s", strerror(-err));
	if (!holds && unshare(CLONE_NEWCGROUP) != -1)
		complain(a, "the limit does not hold");
}

static int begin(struct world *w, const struct operation *op)
{
	int err = fault_volunteer();
	char name[32];

	/* The kernel keeps 15 bytes of it. */
	snprintf(name, sizeof(name), TASKS "%s", op->name);
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!err && op->needs & MOUNTS) {
		/* The current directory is the only one that comes along. */
		err = error_of(fchdir(w->home));
		err = err ? err : error_of(unshare(CLONE_NEWNS));
		err = err ? err : error_of(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	}
	if (!err && op->needs & LIMITED)
		err = limited_user_namespace("1");
	if (!err && op->prepare)
		err = op->prepare(w);
	return err;
}

static void judge_failure(struct world *w, const struct operation *op, struct attempt *a)
{
	const char *what;
	int err;

	if (a->outcome.kind == NONE)
		complain(a, "fails with no fault: %s", strerror(-a->error));
	else if (!is_allowed(op, a->outcome.kind, a->error))
		complain(a, "%s instead of %s", strerror(-a->error),
			 strerror(a->outcome.kind == COPY ? EFAULT : ENOMEM));
	look(w, &after);
	what = changed();
	/* What is done many times has been done some times. */
	if (what && !op->most)
		complain(a, "it failed, and changed: %s", what);
	err = op->act(w);
	if (err)
		complain(a, "fails after the fault is over: %s", strerror(-err));
}

static void run(struct world *w, const struct operation *op, const struct fault *fault,
		struct attempt *a)
{
	int err = begin(w, op);

	if (err) {
		complain(a, "cannot be prepared: %s", strerror(-err));
		return;
	}
	look(w, &before);
	fault_arm(fault);
	a->error = op->act(w);
	a->outcome = fault_disarm(fault);
	if (a->error)
		judge_failure(w, op, a);
	if (a->complaint[0])
		return;
	err = op->verify(w);
	if (err)
		complain(a, "succeeds, and has not done it: %s", strerror(-err));
	if (op->needs & LIMITED)
		count_charges(a);
}

void attempt(struct world *w, const struct operation *op, const struct fault *fault,
	     struct attempt *shared)
{
	pid_t pid;
	int status;

	memset(shared, 0, sizeof(*shared));
	fault_set(fault);
	pid = fork();
	if (pid == 0) {
		run(w, op, fault, shared);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		complain(shared, "the task ended with status %x", pid < 0 ? -1 : status);
}
