// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include <kselftest.h>

#include "../task.h"
#include "../listns.h"
#include "storm.h"
#include "tree.h"

#define MOST_IDS 256

void call_unshare(struct worker *w)
{
	if (pick(w, 4))
		tally(w, UNSHARE_CGROUP, error_of(unshare(CLONE_NEWCGROUP)));
	else
		tally(w, UNSHARE_MOUNTS, error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWNS)));
}

/* From here on a task may do less: its namespaces are few, or it is nobody. */
void call_unshare_user(struct worker *w)
{
	if (pick(w, 3) == 0)
		become_user(NOBODY);
	else if (!tally(w, UNSHARE_USER, new_user_namespace(CLONE_NEWCGROUP | CLONE_NEWNS)))
		limit_cgroup_namespaces("3");
}

/* Nobody knows the child, so nobody moves it: it must be at the root of its namespace. */
void call_clone(struct worker *w)
{
	int fd = openat(w->storm->base, any_leaf(w), O_PATH | O_DIRECTORY | O_CLOEXEC), status;
	pid_t pid = fd < 0 ? -1 : clone3_fork(CLONE_NEWCGROUP | CLONE_INTO_CGROUP, fd);

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(strcmp(own_path(""), "/") ? 1 : 0);
	}
	tally(w, CLONE, error_of(pid));
	if (fd >= 0)
		close(fd);
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status && !WIFSIGNALED(status))
		malformed(w, CLONE, "the child's own path is not the root");
}

static int open_ns(struct worker *w)
{
	return tally(w, OPEN_NS, open_namespace(somebody(w, true), "cgroup"));
}

static void read_link(struct worker *w)
{
	char path[64], text[64] = {};
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", somebody(w, true));
	got = readlink(path, text, sizeof(text) - 1);
	tally(w, LINK_NS, error_of(got));
	if (got >= 0 && (strncmp(text, "cgroup:[", 8) || text[got - 1] != ']' ||
			 text[8 + strspn(text + 8, "0123456789")] != ']'))
		malformed(w, LINK_NS, text);
}

void call_nsfs(struct worker *w)
{
	int fd, owner;

	if (pick(w, 4) == 0) {
		read_link(w);
		return;
	}
	fd = open_ns(w);
	if (fd < 0)
		return;
	if (pick(w, 4) == 0) {
		owner = ioctl(fd, NS_GET_USERNS);
		tally(w, OWNER_OF_NS, error_of(owner));
		if (owner >= 0)
			close(owner);
	} else {
		tally(w, SETNS_NSFS, error_of(setns(fd, CLONE_NEWCGROUP)));
	}
	close(fd);
}

void call_pidfd(struct worker *w)
{
	int fd = syscall(SYS_pidfd_open, somebody(w, true), 0);

	if (tally(w, PIDFD_OPEN, error_of(fd)) < 0)
		return;
	if (pick(w, 4))
		tally(w, SETNS_PIDFD, error_of(setns(fd, CLONE_NEWCGROUP)));
	else
		tally(w, SETNS_PIDFD_MOUNTS, error_of(setns(fd, CLONE_NEWCGROUP | CLONE_NEWNS)));
	close(fd);
}

/* Ids come in order, each once. */
void call_listns(struct worker *w)
{
	struct request request = { .size = sizeof(request), .type = CLONE_NEWCGROUP };
	__u64 ids[MOST_IDS];
	long got = listns(&request, ids, MOST_IDS, 0);

	tally(w, LISTNS, error_of(got));
	for (long i = 1; i < got; i++) {
		if (ids[i] <= ids[i - 1])
			malformed(w, LISTNS, "ids are not in order");
	}
}
