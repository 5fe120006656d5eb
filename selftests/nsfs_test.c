// SPDX-License-Identifier: GPL-2.0
/*
 * A cgroup namespace as a file (row A12 of the contract): the link in /proc, what ioctl(2) says of
 * it, its file handle. Lists of namespaces are list_test.c's.
 */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "harness.h"
#include "task.h"

/* Newer than the headers of the C library may be. */
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, __u64)
#endif

/* include/uapi/linux/nsfs.h: CGROUP_NS_INIT_ID */
#define INITIAL_ID 5

FIXTURE(child)
{
	pid_t pid; /* a task in a cgroup namespace of its own */
	int fd; /* that namespace */
};

FIXTURE_SETUP(child)
{
	self->pid = clone3_fork(CLONE_NEWCGROUP, 0);
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		idle();
	self->fd = open_namespace(self->pid, "cgroup");
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(child)
{
	end(self->pid);
	close(self->fd);
}

/* Where a task's link points, or the error's words. */
static const char *link_of(pid_t pid)
{
	static char text[64];
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", pid);
	len = readlink(path, text, sizeof(text) - 1);
	if (len < 0)
		return strerror(errno);
	text[len] = '\0';
	return text;
}

TEST_F(child, A12_link_names_the_inode)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "cgroup:[%llu]", inode_of(self->fd));
	EXPECT_STREQ(expected, link_of(self->pid));
	EXPECT_STRNE(expected, link_of(getpid()));
	EXPECT_STREQ("cgroup:[4026531835]", link_of(1));
	EXPECT_EQ(INITIAL_INODE, namespace_of(1, "cgroup"));
}

TEST_F(child, A12_one_namespace_is_one_file)
{
	struct stat theirs, ours, others;

	ASSERT_EQ(0, fstat(self->fd, &theirs));
	ASSERT_EQ(0, fstat(open_namespace(0, "uts"), &others));
	ASSERT_EQ(0, setns(self->fd, CLONE_NEWCGROUP));
	ASSERT_EQ(0, fstat(open_namespace(0, "cgroup"), &ours));
	EXPECT_EQ(theirs.st_ino, ours.st_ino);
	EXPECT_EQ(theirs.st_dev, ours.st_dev);
	EXPECT_EQ(others.st_dev, ours.st_dev);
	EXPECT_NE(others.st_ino, ours.st_ino);
	EXPECT_EQ(S_IFREG | 0444, ours.st_mode);
}

TEST_F(child, A12_file_outlives_the_task)
{
	__u64 inode = inode_of(self->fd);

	end(self->pid);
	EXPECT_EQ(-ENOENT, open_namespace(self->pid, "cgroup"));
	EXPECT_EQ(inode, inode_of(self->fd));
	EXPECT_EQ(0, setns(self->fd, CLONE_NEWCGROUP));
	EXPECT_EQ(inode, namespace_of(0, "cgroup"));
}

TEST_F(child, A12_zombie_has_none)
{
	siginfo_t info;

	ASSERT_EQ(0, kill(self->pid, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, self->pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(-ENOENT, open_namespace(self->pid, "cgroup"));
	EXPECT_STREQ(strerror(ENOENT), link_of(self->pid));
}

static int open_as_nobody(void *arg)
{
	const pid_t *pid = arg;
	int err = become_user(NOBODY);

	err = err ? err : open_namespace(*pid, "cgroup");
	return err < 0 ? err : 0;
}

static int read_as_nobody(void *arg)
{
	const pid_t *pid = arg;
	char path[64];
	char text[64];
	int err = become_user(NOBODY);

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", *pid);
	return err ? err : error_of(readlink(path, text, sizeof(text)));
}

TEST_F(child, A12_link_is_for_who_may_trace)
{
	EXPECT_EQ(-EACCES, in_child(open_as_nobody, &self->pid));
	EXPECT_EQ(-EACCES, in_child(read_as_nobody, &self->pid));
}

TEST_F(child, A12_ioctl_type)
{
	EXPECT_EQ(CLONE_NEWCGROUP, ioctl(self->fd, NS_GET_NSTYPE));
}

TEST_F(child, A12_ioctl_user_namespace)
{
	int owner = ioctl(self->fd, NS_GET_USERNS);

	ASSERT_LE(0, owner);
	EXPECT_EQ(namespace_of(0, "user"), inode_of(owner));
	EXPECT_EQ(CLONE_NEWUSER, ioctl(owner, NS_GET_NSTYPE));
	close(owner);
}

/* 0 if the new namespace's owner is the new user namespace. */
static int owner_of_both(void *arg)
{
	int err = new_user_namespace(CLONE_NEWCGROUP);
	int fd = err ? err : open_namespace(0, "cgroup");

	(void)arg;
	if (fd < 0)
		return fd;
	fd = ioctl(fd, NS_GET_USERNS);
	if (fd < 0)
		return -errno;
	return inode_of(fd) == namespace_of(0, "user") ? 0 : -EXDEV;
}

static int owner_from_user_namespace(void *arg)
{
	int err = new_user_namespace(0);

	return err ? err : error_of(ioctl(*(int *)arg, NS_GET_USERNS));
}

TEST_F(child, A12_ioctl_user_namespace_of_ones_own)
{
	EXPECT_EQ(0, in_child(owner_of_both, NULL));
}

/* An owner that is above the caller's user namespace is none of its business. */
TEST_F(child, A12_ioctl_user_namespace_above)
{
	EXPECT_EQ(-EPERM, in_child(owner_from_user_namespace, &self->fd));
}

TEST_F(child, A12_ioctl_that_is_for_other_types)
{
	__u64 id;
	uid_t uid;

	EXPECT_EQ(-EINVAL, error_of(ioctl(self->fd, NS_GET_PARENT)));
	EXPECT_EQ(-EINVAL, error_of(ioctl(self->fd, NS_GET_OWNER_UID, &uid)));
	EXPECT_EQ(-EINVAL, error_of(ioctl(self->fd, _IOR(NSIO, 5, __u64), &id)));
	EXPECT_EQ(-EINVAL, error_of(ioctl(self->fd, _IOR(NSIO, 6, int), getpid())));
	EXPECT_EQ(-ENOTTY, error_of(ioctl(self->fd, _IO(NSIO, 0x7f))));
}

TEST_F(child, A12_ioctl_id)
{
	__u64 first = 0, second = 0, initial = 0;
	int other;

	ASSERT_EQ(0, ioctl(self->fd, NS_GET_ID, &first));
	ASSERT_EQ(0, ioctl(open_namespace(1, "cgroup"), NS_GET_ID, &initial));
	EXPECT_EQ(INITIAL_ID, initial);
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	other = open_namespace(0, "cgroup");
	ASSERT_EQ(0, ioctl(other, NS_GET_ID, &second));
	/* They count upwards, and none comes twice. */
	EXPECT_LT(INITIAL_ID, first);
	EXPECT_LT(first, second);
}

/* A file handle, and what to open it beside. */
struct handle {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
	int beside;
};

static int get_handle(struct handle *handle, int fd)
{
	int mount;

	handle->head.handle_bytes = MAX_HANDLE_SZ;
	handle->beside = open_namespace(0, "uts");
	return error_of(name_to_handle_at(fd, "", &handle->head, &mount, AT_EMPTY_PATH));
}

static int open_handle(struct handle *handle)
{
	int fd = open_by_handle_at(handle->beside, &handle->head, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int open_handle_as_nobody(void *arg)
{
	int err = become_user(NOBODY);

	err = err ? err : open_handle(arg);
	return err < 0 ? err : 0;
}

TEST_F(child, A12_handle)
{
	struct handle handle;
	__u64 inode = inode_of(self->fd);
	int fd;

	ASSERT_EQ(0, get_handle(&handle, self->fd));
	close(self->fd);
	fd = open_handle(&handle);
	ASSERT_LE(0, fd);
	EXPECT_EQ(inode, inode_of(fd));
	EXPECT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	self->fd = fd;
}

TEST_F(child, A12_handle_of_a_namespace_that_is_gone)
{
	struct handle handle;

	ASSERT_EQ(0, get_handle(&handle, self->fd));
	end(self->pid);
	close(self->fd);
	EXPECT_EQ(-ESTALE, open_handle(&handle));
}

/* Without privilege it is one's own namespace only. */
TEST_F(child, A12_handle_is_for_who_sees_all_or_is_in_it)
{
	struct handle handle;

	ASSERT_EQ(0, get_handle(&handle, self->fd));
	EXPECT_EQ(-ESTALE, in_child(open_handle_as_nobody, &handle));
	ASSERT_EQ(0, setns(self->fd, CLONE_NEWCGROUP));
	EXPECT_EQ(0, in_child(open_handle_as_nobody, &handle));
}

TEST_HARNESS_MAIN
