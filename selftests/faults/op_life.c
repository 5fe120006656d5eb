// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a namespace: clone(2), clone3(2), unshare(2), setns(2).
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "../task.h"
#include "operation.h"

/* Namespaces that one task holds at once, so that numbers and slabs run out. */
#define HELD 1024

static int remember(struct world *w)
{
	w->number = namespace_of(0, "cgroup");
	return w->number ? 0 : -ENOENT;
}

static int is_new(struct world *w)
{
	__u64 now = namespace_of(0, "cgroup");

	return now && now != w->number ? 0 : -ESTALE;
}

static int act_unshare(struct world *w)
{
	(void)w;
	return error_of(unshare(CLONE_NEWCGROUP));
}

/* What is made after the cgroup namespace fails, too, and then that is given back. */
static int act_unshare_time(struct world *w)
{
	(void)w;
	return error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWTIME));
}

static int act_unshare_all(struct world *w)
{
	(void)w;
	return error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS |
				CLONE_NEWIPC | CLONE_NEWPID));
}

/* The core is the first to count something in the new user namespace. */
static int act_unshare_user(struct world *w)
{
	(void)w;
	return error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWUSER));
}

/* Many at once; those that came before the fault go at the end, with the attempt. */
static int act_hold(struct world *w)
{
	int err = 0;

	(void)w;
	for (int i = 0; !err && i < HELD; i++) {
		err = error_of(unshare(CLONE_NEWCGROUP));
		if (!err)
			err = open_namespace(0, "cgroup");
		err = err > 0 ? 0 : err;
	}
	return err;
}

/* Whether the child is at the root of a namespace that is not its parent's. */
static int inspect(const struct world *w)
{
	char line[64] = {};
	int fd = open("/proc/thread-self/cgroup", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pread(fd, line, sizeof(line) - 1, 0) < 0 || strncmp(line, "0::/\n", 5))
		return 1;
	return is_new((struct world *)w) ? 1 : 0;
}

static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return status ? -ESTALE : 0;
}

static int after_clone(struct world *w, pid_t pid)
{
	if (pid == 0) {
		fault_disown();
		_exit(w->fds[1] ? inspect(w) : 0);
	}
	/* What the child has to say is for verify(). */
	w->fds[0] = pid;
	return pid < 0 ? -errno : 0;
}

static int prepare_clone(struct world *w)
{
	w->fds[1] = 1;
	return remember(w);
}

static int act_clone(struct world *w)
{
	return after_clone(w, syscall(SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0));
}

static int act_clone3(struct world *w)
{
	return after_clone(w, clone3_fork(CLONE_NEWCGROUP, 0));
}

static int act_clone_into(struct world *w)
{
	return after_clone(w, clone3_fork(CLONE_NEWCGROUP | CLONE_INTO_CGROUP, w->below));
}

/* With nsdelegate, the core is asked whether the child may be there. */
static int act_clone_into_delegated(struct world *w)
{
	w->fds[1] = 0;
	return after_clone(w, clone3_fork(CLONE_INTO_CGROUP, w->below));
}

static int verify_clone(struct world *w)
{
	return wait_for(w->fds[0]);
}

static int act_setns(struct world *w)
{
	return error_of(setns(w->other_ns, CLONE_NEWCGROUP));
}

static int act_setns_pidfd(struct world *w)
{
	return error_of(setns(w->pidfd, CLONE_NEWCGROUP));
}

static int verify_setns(struct world *w)
{
	return namespace_of(0, "cgroup") == inode_of(w->other_ns) ? 0 : -ESTALE;
}

/*
 * unshare(2), clone(2), setns(2): ENOMEM, "cannot allocate sufficient memory". Where there is no
 * memory to count a user's namespaces, inc_ucount() does not tell that from a limit: ENOSPC.
 */
const struct operation life_operations[] = {
	{ "unshare", 0, remember, act_unshare, is_new, "copy_cgroup_ns" },
	{ "unshare-limited", LIMITED, remember, act_unshare, is_new, "copy_cgroup_ns" },
	{ "unshare-nested", INSIDE, remember, act_unshare, is_new, "copy_cgroup_ns" },
	{ "unshare-time", 0, remember, act_unshare_time, is_new, "copy_cgroup_ns" },
	{ "unshare-all", 0, remember, act_unshare_all, is_new, "copy_cgroup_ns",
	  .memory = { ENOSPC } },
	{ "unshare-user", 0, remember, act_unshare_user, is_new, "copy_cgroup_ns",
	  .memory = { ENOSPC } },
	{ "clone", 0, prepare_clone, act_clone, verify_clone, "copy_cgroup_ns" },
	{ "clone3", 0, prepare_clone, act_clone3, verify_clone, "copy_cgroup_ns" },
	{ "clone3-limited", LIMITED, prepare_clone, act_clone3, verify_clone, "copy_cgroup_ns" },
	{ "clone3-into", 0, prepare_clone, act_clone_into, verify_clone, "copy_cgroup_ns" },
	{ "clone3-into-delegated", INSIDE | DELEGATED, prepare_clone, act_clone_into_delegated,
	  verify_clone, "cgroup_procs_write_permission" },
	{ "setns", 0, remember, act_setns, verify_setns, "cgroupns_install" },
	{ "setns-pidfd", 0, remember, act_setns_pidfd, verify_setns, "cgroupns_install" },
	{ "unshare-many", 0, remember, act_hold, is_new, "copy_cgroup_ns", .most = 4 },
	{ "unshare-inode", 0, remember, act_hold, is_new, "proc_alloc_inum",
	  .exact = true, .most = 4 },
	{}
};
