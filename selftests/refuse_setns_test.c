// SPDX-License-Identifier: GPL-2.0
/*
 * What setns(2) refuses where a cgroup namespace is asked for (row A9 of the contract): files that
 * are none, types that clash, and others that fail beside it, when all is to stay as it was. The
 * errors are those of setns(2). setns_test.c has the rest.
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "harness.h"
#include "refuse.h"

#define OWN "/proc/self/ns/"
#define ALL_OF_NSPROXY (CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET)

FIXTURE(file)
{
	struct trial trial;
};

FIXTURE_VARIANT(file)
{
	int err;
	const char *path; /* a socket, if there is none */
	int flags; /* of open(2) */
	int type;
	bool closed;
};

FIXTURE_VARIANT_ADD(file, closed)
	REFUSED(EBADF, .path = OWN "cgroup", .type = CLONE_NEWCGROUP, .closed = true);
FIXTURE_VARIANT_ADD(file, only_its_path)
	REFUSED(EBADF, .path = OWN "cgroup", .flags = O_PATH, .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, link_itself)
	REFUSED(EBADF, .path = OWN "cgroup", .flags = O_PATH | O_NOFOLLOW, .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, directory) REFUSED(EINVAL, .path = OWN, .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, directory_of_a_process)
	REFUSED(EINVAL, .path = "/proc/self", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, paths_of_cgroups)
	REFUSED(EINVAL, .path = "/proc/self/cgroup", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, socket) REFUSED(EINVAL, .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, mnt) REFUSED(EINVAL, .path = OWN "mnt", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, ipc) REFUSED(EINVAL, .path = OWN "ipc", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, net) REFUSED(EINVAL, .path = OWN "net", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, pid) REFUSED(EINVAL, .path = OWN "pid", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, user) REFUSED(EINVAL, .path = OWN "user", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, time) REFUSED(EINVAL, .path = OWN "time", .type = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(file, cgroup_as_newns)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWNS);
FIXTURE_VARIANT_ADD(file, cgroup_as_newipc)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWIPC);
FIXTURE_VARIANT_ADD(file, cgroup_as_newuser)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWUSER);
FIXTURE_VARIANT_ADD(file, cgroup_as_newpid)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWPID);
FIXTURE_VARIANT_ADD(file, cgroup_as_newnet)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWNET);
FIXTURE_VARIANT_ADD(file, cgroup_as_newtime)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWTIME);
FIXTURE_VARIANT_ADD(file, cgroup_and_a_bit_more)
	REFUSED(EINVAL, .path = OWN "cgroup", .type = CLONE_NEWCGROUP | CLONE_PTRACE);

FIXTURE_SETUP(file)
{
}

FIXTURE_TEARDOWN(file)
{
}

/* A descriptor and a type: what setns(2) takes. */
struct call {
	int fd;
	int type;
};

static int call_setns(const void *input)
{
	const struct call *call = input;

	return error_of(setns(call->fd, call->type));
}

TEST_F(file, A9_refused)
{
	struct call call = { .type = variant->type };

	call.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (variant->path)
		call.fd = open(variant->path, variant->flags | O_CLOEXEC);
	ASSERT_LE(0, call.fd);
	if (variant->closed)
		ASSERT_EQ(0, close(call.fd));
	self->trial.input = &call;
	self->trial.attempt = call_setns;
	expect_refusal(_metadata, &self->trial, variant->err, 0);
}

/* A task whose namespaces are asked for, by its pidfd. */
FIXTURE(pidfd)
{
	struct trial trial;
	pid_t target;
	int fd;
};

FIXTURE_VARIANT(pidfd)
{
	int err;
	int type;
	int (*target)(void); /* what the task becomes before it has namespaces of its own */
	int flags; /* which */
	bool by_file; /* the file of its cgroup namespace, in place of the pidfd */
	int (*become)(void);
	int afterwards;
};

static int in_user_namespace(void)
{
	return new_user_namespace(0);
}

static int in_cgroup_namespace_of_nobody(void)
{
	int err = become_user(NOBODY);

	return err ? err : new_user_namespace(CLONE_NEWCGROUP);
}

/* The uts namespace is joined before that of cgroups, those of net and time after it. */
FIXTURE_VARIANT_ADD(pidfd, no_type) REFUSED(EINVAL, .flags = CLONE_NEWCGROUP);
FIXTURE_VARIANT_ADD(pidfd, with_vfork)
	REFUSED(EINVAL, .flags = CLONE_NEWCGROUP, .type = CLONE_NEWCGROUP | CLONE_VFORK);
FIXTURE_VARIANT_ADD(pidfd, with_own_user_namespace)
	REFUSED(EINVAL, .flags = CLONE_NEWCGROUP, .type = CLONE_NEWCGROUP | CLONE_NEWUSER);
FIXTURE_VARIANT_ADD(pidfd, with_newtime_of_two_threads)
	REFUSED(EUSERS, .flags = CLONE_NEWCGROUP | CLONE_NEWUTS,
		.type = CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWTIME, .become = with_a_thread);
FIXTURE_VARIANT_ADD(pidfd, with_newpid_of_an_ancestor)
	REFUSED(EINVAL, .flags = CLONE_NEWCGROUP, .type = CLONE_NEWCGROUP | CLONE_NEWPID,
		.become = as_init_of_pids);
FIXTURE_VARIANT_ADD(pidfd, with_newnet_of_another_owner)
	REFUSED(EPERM, .target = in_cgroup_namespace_of_nobody,
		.type = CLONE_NEWUSER | CLONE_NEWCGROUP | CLONE_NEWNET, .become = as_nobody,
		.afterwards = -EPERM);
FIXTURE_VARIANT_ADD(pidfd, of_root_by_nobody)
	REFUSED(EPERM, .flags = CLONE_NEWCGROUP, .type = CLONE_NEWCGROUP, .become = as_nobody,
		.afterwards = -EPERM);
FIXTURE_VARIANT_ADD(pidfd, without_the_capability)
	REFUSED(EPERM, .flags = CLONE_NEWCGROUP, .type = CLONE_NEWCGROUP,
		.become = without_sys_admin, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(pidfd, of_the_initial_namespaces)
	REFUSED(EPERM, .type = ALL_OF_NSPROXY, .become = in_user_namespace);
FIXTURE_VARIANT_ADD(pidfd, of_a_user_namespace_beside)
	REFUSED(EPERM, .target = in_user_namespace, .flags = CLONE_NEWCGROUP,
		.type = CLONE_NEWCGROUP, .become = in_user_namespace);
FIXTURE_VARIANT_ADD(pidfd, file_of_a_user_namespace_beside)
	REFUSED(EPERM, .target = in_user_namespace, .flags = CLONE_NEWCGROUP, .by_file = true,
		.type = CLONE_NEWCGROUP, .become = in_user_namespace);
FIXTURE_VARIANT_ADD(pidfd, file_without_the_capability)
	REFUSED(EPERM, .flags = CLONE_NEWCGROUP, .by_file = true, .type = CLONE_NEWCGROUP,
		.become = without_sys_admin, .afterwards = -EPERM);

FIXTURE_SETUP(pidfd)
{
	int ready[2];
	char byte = 0;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	self->target = fork();
	ASSERT_LE(0, self->target);
	if (self->target == 0) {
		int err = variant->target ? variant->target() : 0;

		if (err || unshare(variant->flags) || write(ready[1], &byte, 1) != 1)
			_exit(1);
		idle();
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	close(ready[0]);
	if (variant->by_file)
		self->fd = open_namespace(self->target, "cgroup");
	else
		self->fd = syscall(SYS_pidfd_open, self->target, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(pidfd)
{
	end(self->target);
}

TEST_F(pidfd, A9_refused)
{
	struct call call = { .fd = self->fd, .type = variant->type };

	self->trial.input = &call;
	self->trial.become = variant->become;
	self->trial.attempt = call_setns;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
