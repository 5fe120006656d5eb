// SPDX-License-Identifier: GPL-2.0
/*
 * What counts as a cgroup namespace against user.max_cgroup_namespaces (row A1 of the contract):
 * for how long, and for whom. That the limit holds at all is create_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "task.h"

static int one_more(void *arg)
{
	(void)arg;
	return error_of(unshare(CLONE_NEWCGROUP));
}

/* A child that has a namespace of its own once this returns; its pid, or the error. */
static pid_t clone_idle(void)
{
	pid_t pid = clone3_fork(CLONE_NEWCGROUP, 0);

	if (pid == 0)
		idle();
	return pid < 0 ? -errno : pid;
}

static int held_by_a_file(void *arg)
{
	int err = limited_user_namespace("1");
	pid_t pid = err ? err : clone_idle();
	int fd;

	if (pid < 0)
		return pid;
	fd = open_namespace(pid, "cgroup");
	end(pid);
	if (fd < 0)
		return fd;
	if (in_child(one_more, arg) != -ENOSPC)
		return -EINVAL;
	close(fd);
	return in_child(one_more, arg);
}

TEST(A1_counts_while_a_file_is_open_on_it)
{
	EXPECT_EQ(0, in_child(held_by_a_file, NULL));
}

static int held_by_a_mount(void *arg)
{
	char place[] = "/tmp/cgns.ns.XXXXXX";
	int err = limited_user_namespace("1");
	int file = err ? -1 : mkstemp(place);
	pid_t pid;

	if (file < 0 || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return err ? err : -errno;
	pid = clone_idle();
	if (pid > 0) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", pid);
		err = error_of(mount(path, place, NULL, MS_BIND, NULL));
		end(pid);
	}
	if (!err && in_child(one_more, arg) != -ENOSPC)
		err = -EINVAL;
	umount2(place, 0);
	unlink(place);
	return err ? err : in_child(one_more, arg);
}

TEST(A1_counts_while_it_is_mounted)
{
	EXPECT_EQ(0, in_child(held_by_a_mount, NULL));
}

static int given_back_by_setns(void *arg)
{
	int err = limited_user_namespace("2");
	int first;

	err = err ? err : one_more(arg);
	first = err ? err : open_namespace(0, "cgroup");
	if (first < 0)
		return first;
	err = one_more(arg);
	if (err || one_more(arg) != -ENOSPC)
		return err ? err : -EINVAL;
	err = error_of(setns(first, CLONE_NEWCGROUP));
	return err ? err : one_more(arg);
}

TEST(A1_given_back_when_its_last_task_goes_elsewhere)
{
	EXPECT_EQ(0, in_child(given_back_by_setns, NULL));
}

/* The child's pid is chosen after its namespaces: a pid namespace begins with 1, not with 2. */
static int failing_pid(void *arg)
{
	pid_t wish = 2;
	struct clone_args args = {
		.flags = CLONE_NEWCGROUP | CLONE_NEWPID,
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&wish,
		.set_tid_size = 1,
	};
	int err = limited_user_namespace("1");

	if (err)
		return err;
	if (syscall(SYS_clone3, &args, sizeof(args)) != -1)
		return -EEXIST;
	return errno == EINVAL ? one_more(arg) : -errno;
}

TEST(A1_given_back_when_the_child_gets_no_pid)
{
	EXPECT_EQ(0, in_child(failing_pid, NULL));
}

static int refused_by_capability(void *arg)
{
	int err = limited_user_namespace("1");

	if (err || limit_capabilities(~(1ULL << CAP_SYS_ADMIN)))
		return err ? err : -errno;
	if (one_more(arg) != -EPERM)
		return -EEXIST;
	return new_user_namespace(CLONE_NEWCGROUP);
}

TEST(A1_not_counted_when_refused)
{
	EXPECT_EQ(0, in_child(refused_by_capability, NULL));
}

static int lowered_below(void *arg)
{
	int err = limited_user_namespace("2");

	err = err ? err : one_more(arg);
	err = err ? err : limit_cgroup_namespaces("0");
	if (err || one_more(arg) != -ENOSPC)
		return err ? err : -EEXIST;
	return limit_cgroup_namespaces("2") ?: one_more(arg);
}

TEST(A1_limit_does_not_touch_what_lives)
{
	EXPECT_EQ(0, in_child(lowered_below, NULL));
}

/* One of two users of a user namespace with a limit of one. */
static int as_second_user(void *arg)
{
	int err = error_of(setresuid(1, 1, 1));

	/* That took the capabilities away; a user namespace gives others, and counts above, too. */
	err = err ? err : error_of(prctl(PR_SET_DUMPABLE, 1));
	err = err ? err : new_user_namespace(0);
	return err ? err : one_more(arg);
}

struct two_users {
	int mapped[2];
	int ready[2];
};

static int each_its_own(void *arg)
{
	struct two_users *users = arg;
	char byte = 0;
	int err = error_of(unshare(CLONE_NEWUSER));

	if (err || write(users->ready[1], &byte, 1) != 1 || read(users->mapped[0], &byte, 1) != 1)
		return err ? err : -EPIPE;
	err = limit_cgroup_namespaces("1");
	err = err ? err : one_more(arg);
	if (err || in_child(one_more, arg) != -ENOSPC)
		return err ? err : -EEXIST;
	return in_child(as_second_user, arg);
}

TEST(A1_counts_for_each_user)
{
	struct two_users users;
	char path[64];
	char byte = 0;
	int status;
	pid_t pid;

	ASSERT_EQ(0, pipe(users.mapped));
	ASSERT_EQ(0, pipe(users.ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(-each_its_own(&users));
	ASSERT_EQ(1, read(users.ready[0], &byte, 1));
	/* Two users can be mapped only from outside. */
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	EXPECT_EQ(0, write_text(path, "0 0 2"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	EXPECT_EQ(0, write_text(path, "0 0 1"));
	ASSERT_EQ(1, write(users.mapped[1], &byte, 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
