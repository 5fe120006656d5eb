// SPDX-License-Identifier: GPL-2.0
/*
 * Where clone3(2) refuses to put a child that gets a cgroup namespace (rows A1 and A2 of the
 * contract): CLONE_INTO_CGROUP with what is no cgroup of v2, or none that takes tasks. That it is
 * the boundary that refuses is delegate_test.c's.
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "harness.h"
#include "refuse.h"

FIXTURE(into)
{
	struct hierarchy h;
	struct trial trial;
};

/* Makes what is no place for a child, and returns its descriptor. */
typedef int make(struct __test_metadata *_metadata, struct hierarchy *h);

FIXTURE_VARIANT(into)
{
	int err;
	make *make;
	__u64 flags; /* beside CLONE_NEWCGROUP and CLONE_INTO_CGROUP */
	size_t size; /* of the arguments: all, if nothing is said */
	__u64 beyond; /* added to the descriptor */
	int (*become)(void); /* with one namespace left, if nothing is said */
	int afterwards;
};

static int a_cgroup(struct __test_metadata *_metadata, struct hierarchy *h)
{
	return make_cgroup(_metadata, h, h->base_fd, "place");
}

static int closed(struct __test_metadata *_metadata, struct hierarchy *h)
{
	int fd = dup(h->base_fd);

	ASSERT_EQ(0, close(fd));
	return fd;
}

static int device(struct __test_metadata *_metadata, struct hierarchy *h)
{
	(void)_metadata;
	(void)h;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int other_directory(struct __test_metadata *_metadata, struct hierarchy *h)
{
	(void)_metadata;
	(void)h;
	return open("/proc/self", O_PATH | O_CLOEXEC);
}

static int namespace(struct __test_metadata *_metadata, struct hierarchy *h)
{
	(void)_metadata;
	(void)h;
	return open_namespace(0, "cgroup");
}

static int pidfd(struct __test_metadata *_metadata, struct hierarchy *h)
{
	(void)_metadata;
	(void)h;
	return syscall(SYS_pidfd_open, getpid(), 0);
}

static int unix_socket(struct __test_metadata *_metadata, struct hierarchy *h)
{
	(void)_metadata;
	(void)h;
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int file_of_a_cgroup(struct __test_metadata *_metadata, struct hierarchy *h)
{
	(void)_metadata;
	return openat(h->base_fd, "cgroup.procs", O_RDWR | O_CLOEXEC);
}

static int removed(struct __test_metadata *_metadata, struct hierarchy *h)
{
	int fd = a_cgroup(_metadata, h);

	ASSERT_EQ(0, remove_patiently(h->base_fd, "place"));
	return fd;
}

/* The controllers go all the way down to it. */
static int with_controllers(struct __test_metadata *_metadata, struct hierarchy *h)
{
	ASSERT_EQ(0, write_in(h->root_fd, "cgroup.subtree_control", "+pids +memory"));
	ASSERT_EQ(0, write_in(h->base_fd, "cgroup.subtree_control", "+pids +memory"));
	return a_cgroup(_metadata, h);
}

/* Other than pids, this one wants its tasks in the leaves alone. */
static int with_memory_below(struct __test_metadata *_metadata, struct hierarchy *h)
{
	int fd = with_controllers(_metadata, h);

	ASSERT_EQ(0, write_in(fd, "cgroup.subtree_control", "+memory"));
	return fd;
}

static int full(struct __test_metadata *_metadata, struct hierarchy *h)
{
	int fd = with_controllers(_metadata, h);

	ASSERT_EQ(0, write_in(fd, "pids.max", "0"));
	return fd;
}

/* What is below a threaded cgroup is not valid until it is made threaded itself. */
static int invalid(struct __test_metadata *_metadata, struct hierarchy *h)
{
	int fd = a_cgroup(_metadata, h);
	int child = make_cgroup(_metadata, h, fd, "child");

	ASSERT_EQ(0, write_in(fd, "cgroup.type", "threaded"));
	return child;
}

FIXTURE_VARIANT_ADD(into, closed) REFUSED(EBADF, .make = closed);
FIXTURE_VARIANT_ADD(into, device) REFUSED(EBADF, .make = device);
FIXTURE_VARIANT_ADD(into, directory_of_another_file_system)
	REFUSED(EBADF, .make = other_directory);
FIXTURE_VARIANT_ADD(into, namespace) REFUSED(EBADF, .make = namespace);
FIXTURE_VARIANT_ADD(into, pidfd) REFUSED(EBADF, .make = pidfd);
FIXTURE_VARIANT_ADD(into, socket) REFUSED(EBADF, .make = unix_socket);
FIXTURE_VARIANT_ADD(into, file_of_a_cgroup) REFUSED(EBADF, .make = file_of_a_cgroup);
FIXTURE_VARIANT_ADD(into, removed) REFUSED(ENOENT, .make = removed);
FIXTURE_VARIANT_ADD(into, controllers_below) REFUSED(EBUSY, .make = with_memory_below);
FIXTURE_VARIANT_ADD(into, full) REFUSED(EAGAIN, .make = full);
FIXTURE_VARIANT_ADD(into, below_threads) REFUSED(EOPNOTSUPP, .make = invalid);
FIXTURE_VARIANT_ADD(into, other_domain_by_a_thread)
	REFUSED(EOPNOTSUPP, .make = a_cgroup, .flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD);
FIXTURE_VARIANT_ADD(into, somebody_elses)
	REFUSED(EACCES, .make = a_cgroup, .become = as_nobody_with_one_left);
FIXTURE_VARIANT_ADD(into, with_flags_that_clash)
	REFUSED(EINVAL, .make = a_cgroup, .flags = CLONE_NEWUSER | CLONE_FS);
FIXTURE_VARIANT_ADD(into, number_beyond_an_int)
	REFUSED(EINVAL, .make = a_cgroup, .beyond = 1ULL << 32);
FIXTURE_VARIANT_ADD(into, arguments_that_end_before)
	REFUSED(EINVAL, .make = a_cgroup, .size = CLONE_ARGS_SIZE_VER1);
FIXTURE_VARIANT_ADD(into, without_the_capability)
	REFUSED(EPERM, .make = a_cgroup, .become = without_sys_admin, .afterwards = -EPERM);

FIXTURE_SETUP(into)
{
	static const struct kind v2 = { "cgroup2", NULL, "", true };

	hierarchy_enter(_metadata, &self->h, &v2);
}

FIXTURE_TEARDOWN(into)
{
	int root = dup(self->h.root_fd);

	hierarchy_leave(&self->h);
	write_in(root, "cgroup.subtree_control", "-pids -memory");
	close(root);
}

/* What the child is told. */
struct call {
	struct clone_args args;
	size_t size;
};

static int call_clone3(const void *input)
{
	const struct call *call = input;
	pid_t pid = syscall(SYS_clone3, &call->args, call->size);

	if (pid == 0)
		_exit(0);
	return error_of(pid);
}

TEST_F(into, A2_refused)
{
	int fd = variant->make(_metadata, &self->h);
	struct call call = {
		.args = {
			.flags = variant->flags | CLONE_NEWCGROUP | CLONE_INTO_CGROUP,
			.exit_signal = variant->flags & CLONE_THREAD ? 0 : SIGCHLD,
			.cgroup = fd + variant->beyond,
		},
		.size = variant->size ?: sizeof(call.args),
	};

	ASSERT_LE(0, fd);
	self->trial.input = &call;
	self->trial.become = variant->become ?: with_one_left;
	self->trial.attempt = call_clone3;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
