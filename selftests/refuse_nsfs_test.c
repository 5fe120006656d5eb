// SPDX-License-Identifier: GPL-2.0
/*
 * What a cgroup namespace as a file refuses (row A12 of the contract): opening, reading, ioctl(2)
 * and its limit. The errors are those of ioctl_nsfs(2), open_by_handle_at(2), namespaces(7)
 * and fs/nsfs.c. nsfs_test.c and list_test.c have the rest.
 */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "harness.h"
#include "refuse.h"

/* Newer than the headers of the C library may be: include/uapi/linux/{nsfs,pidfd}.h */
#define GET_MNTNS_ID _IOR(NSIO, 5, __u64)
#define GET_PID_IN_PIDNS _IOR(NSIO, 8, int)
#define MNT_GET_INFO _IOR(NSIO, 10, __u64[2])
#define MNT_GET_NEXT _IOR(NSIO, 11, __u64[2])
#define GET_ID _IOR(NSIO, 13, __u64)
#define PIDFD_GET_CGROUP _IO(0xFF, 1)

FIXTURE(nsfs)
{
	struct trial trial;
	pid_t pid; /* a task in a cgroup namespace of its own */
};

/* What is done to the file of that task's namespace, or to what is like it. */
struct call {
	pid_t pid;
	int fd; /* the namespace */
	int pidfd;
	unsigned long number;
	void *where;
	const char *text;
	int (*make)(const struct call *call);
};

FIXTURE_VARIANT(nsfs)
{
	int err;
	int (*make)(const struct call *call);
	unsigned long number;
	void *where;
	const char *text;
	int (*become)(void);
	int afterwards;
};

static int an_ioctl(const struct call *call)
{
	return error_of(ioctl(call->fd, call->number, call->where));
}

static int an_ioctl_of_the_pidfd(const struct call *call)
{
	return error_of(ioctl(call->pidfd, call->number, call->where));
}

static int an_open(const struct call *call)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", call->pid, call->text);
	return error_of(open(path, call->number | O_CLOEXEC, 0600));
}

static int an_unlink(const struct call *call)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", call->pid);
	return error_of(unlink(path));
}

static int a_read(const struct call *call)
{
	char byte;

	return error_of(read(call->fd, &byte, 1));
}

static int a_write(const struct call *call)
{
	return error_of(write(call->fd, "0", 1));
}

static int a_mapping(const struct call *call)
{
	void *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, call->fd, 0);

	return memory == MAP_FAILED ? -errno : 0;
}

static int a_limit(const struct call *call)
{
	return limit_cgroup_namespaces(call->text);
}

FIXTURE_VARIANT_ADD(nsfs, ioctl_of_a_pidfd)
	REFUSED(ENOTTY, an_ioctl, PIDFD_GET_CGROUP);
FIXTURE_VARIANT_ADD(nsfs, ioctl_of_the_owner_of_a_pidfd)
	REFUSED(ENOTTY, an_ioctl_of_the_pidfd, NS_GET_USERNS);
FIXTURE_VARIANT_ADD(nsfs, ioctl_id_to_nowhere) REFUSED(EFAULT, an_ioctl, GET_ID);
FIXTURE_VARIANT_ADD(nsfs, ioctl_id_of_a_mount_namespace) REFUSED(EINVAL, an_ioctl, GET_MNTNS_ID);
FIXTURE_VARIANT_ADD(nsfs, ioctl_pid_of_a_pid_namespace)
	REFUSED(EINVAL, an_ioctl, GET_PID_IN_PIDNS);
FIXTURE_VARIANT_ADD(nsfs, ioctl_mounts) REFUSED(EINVAL, an_ioctl, MNT_GET_INFO);
FIXTURE_VARIANT_ADD(nsfs, ioctl_next_mounts) REFUSED(EINVAL, an_ioctl, MNT_GET_NEXT);
FIXTURE_VARIANT_ADD(nsfs, ioctl_next_mounts_by_nobody)
	REFUSED(EPERM, an_ioctl, MNT_GET_NEXT, .become = as_nobody, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(nsfs, ioctl_of_the_other_direction)
	REFUSED(ENOTTY, an_ioctl, _IOW(NSIO, 13, __u64));
FIXTURE_VARIANT_ADD(nsfs, pidfd_with_an_argument)
	REFUSED(EINVAL, an_ioctl_of_the_pidfd, PIDFD_GET_CGROUP, (void *)1);
FIXTURE_VARIANT_ADD(nsfs, pidfd_by_nobody)
	REFUSED(EACCES, an_ioctl_of_the_pidfd, PIDFD_GET_CGROUP, .become = as_nobody,
		.afterwards = -EPERM);
FIXTURE_VARIANT_ADD(nsfs, open_as_a_directory)
	REFUSED(ENOTDIR, an_open, O_DIRECTORY, .text = "ns/cgroup");
FIXTURE_VARIANT_ADD(nsfs, open_a_new_one)
	REFUSED(EEXIST, an_open, O_CREAT | O_EXCL, .text = "ns/cgroup");
FIXTURE_VARIANT_ADD(nsfs, open_the_link) REFUSED(ELOOP, an_open, O_NOFOLLOW, .text = "ns/cgroup");
FIXTURE_VARIANT_ADD(nsfs, open_another_name) REFUSED(ENOENT, an_open, .text = "ns/cgroups");
FIXTURE_VARIANT_ADD(nsfs, open_below_it) REFUSED(ENOTDIR, an_open, .text = "ns/cgroup/x");
FIXTURE_VARIANT_ADD(nsfs, open_the_paths_below_it) REFUSED(ENOTDIR, an_open, .text = "cgroup/x");
FIXTURE_VARIANT_ADD(nsfs, open_to_write_by_nobody)
	REFUSED(EACCES, an_open, O_WRONLY, .text = "cgroup", .become = as_nobody,
		.afterwards = -EPERM);
FIXTURE_VARIANT_ADD(nsfs, unlink) REFUSED(EPERM, an_unlink);
FIXTURE_VARIANT_ADD(nsfs, read) REFUSED(EINVAL, a_read);
FIXTURE_VARIANT_ADD(nsfs, write) REFUSED(EBADF, a_write);
FIXTURE_VARIANT_ADD(nsfs, map) REFUSED(ENODEV, a_mapping);
FIXTURE_VARIANT_ADD(nsfs, limit_below_none) REFUSED(EINVAL, a_limit, .text = "-1");
FIXTURE_VARIANT_ADD(nsfs, limit_beyond_an_int) REFUSED(EINVAL, a_limit, .text = "2147483648");
FIXTURE_VARIANT_ADD(nsfs, limit_word) REFUSED(EINVAL, a_limit, .text = "many");
FIXTURE_VARIANT_ADD(nsfs, limit_by_nobody)
	REFUSED(EACCES, a_limit, .text = "1", .become = as_nobody, .afterwards = -EPERM);

FIXTURE_SETUP(nsfs)
{
	self->pid = clone3_fork(CLONE_NEWCGROUP, 0);
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		idle();
}

FIXTURE_TEARDOWN(nsfs)
{
	end(self->pid);
}

static int make_call(const void *input)
{
	const struct call *call = input;

	return call->make(call);
}

TEST_F(nsfs, A12_refused)
{
	struct call call = {
		.pid = self->pid,
		.fd = open_namespace(self->pid, "cgroup"),
		.pidfd = syscall(SYS_pidfd_open, self->pid, 0),
		.number = variant->number,
		.where = variant->where,
		.text = variant->text,
		.make = variant->make,
	};

	ASSERT_LE(0, call.fd);
	ASSERT_LE(0, call.pidfd);
	self->trial.input = &call;
	self->trial.become = variant->become;
	self->trial.attempt = make_call;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
