// SPDX-License-Identifier: GPL-2.0
/*
 * Making a cgroup namespace (row A1 of the contract): the three calls, who may, and how many.
 */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "harness.h"
#include "task.h"

#define LIMIT_NET "/proc/sys/user/max_net_namespaces"

/* Go on as the child that was cloned; the parent ends as the child does. */
static int follow(pid_t pid)
{
	int status;

	if (pid <= 0)
		return error_of(pid);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		_exit(ECHILD);
	_exit(WEXITSTATUS(status));
}

/* Each returns 0 in what is in the new namespaces, or the error. */
static int by_unshare(__u64 flags)
{
	return error_of(unshare(flags));
}

static int by_clone(__u64 flags)
{
	return follow(syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
}

static int by_clone3(__u64 flags)
{
	return follow(clone3_fork(flags, 0));
}

/* One of the three calls, and what its child is to do with it. */
struct call {
	int (*make)(__u64 flags);
	__u64 number; /* whatever the child needs: a mask, a limit */
};

FIXTURE(create)
{
	struct call call;
};

FIXTURE_VARIANT(create)
{
	int (*make)(__u64 flags);
};

FIXTURE_VARIANT_ADD(create, unshare)
{
	.make = by_unshare,
};

FIXTURE_VARIANT_ADD(create, clone)
{
	.make = by_clone,
};

FIXTURE_VARIANT_ADD(create, clone3)
{
	.make = by_clone3,
};

FIXTURE_SETUP(create)
{
	self->call.make = variant->make;
}

FIXTURE_TEARDOWN(create)
{
}

/* 0 if the flags give another cgroup namespace, EEXIST if one stays in the old. */
static int changes_with(const struct call *call, __u64 flags)
{
	__u64 before = namespace_of(0, "cgroup");
	int err = call->make(flags);

	if (err)
		return err;
	return namespace_of(0, "cgroup") == before ? -EEXIST : 0;
}

static int plain(void *call)
{
	return changes_with(call, CLONE_NEWCGROUP);
}

TEST_F(create, A1_gives_a_namespace_of_its_own)
{
	__u64 before = namespace_of(0, "cgroup");

	ASSERT_NE(0, before);
	EXPECT_EQ(0, in_child(plain, &self->call));
	EXPECT_EQ(before, namespace_of(0, "cgroup"));
}

static int other_type(void *call)
{
	return changes_with(call, CLONE_NEWUTS);
}

TEST_F(create, A1_other_namespaces_leave_it_as_it_is)
{
	EXPECT_EQ(-EEXIST, in_child(other_type, &self->call));
}

static int as_nobody(void *call)
{
	int err = become_user(NOBODY);

	return err ? err : plain(call);
}

TEST_F(create, A1_unprivileged_user_may_not)
{
	EXPECT_EQ(-EPERM, in_child(as_nobody, &self->call));
}

static int with_capabilities(void *arg)
{
	const struct call *call = arg;
	int err = limit_capabilities(call->number);

	return err ? err : plain(arg);
}

TEST_F(create, A1_needs_cap_sys_admin)
{
	self->call.number = ~(1ULL << CAP_SYS_ADMIN);
	EXPECT_EQ(-EPERM, in_child(with_capabilities, &self->call));
	self->call.number = 1ULL << CAP_SYS_ADMIN;
	EXPECT_EQ(0, in_child(with_capabilities, &self->call));
}

/* 0 if the task's cgroup namespace is owned by its user namespace. */
static int owned_by_own_user_namespace(void)
{
	int fd = open_namespace(0, "cgroup");
	int owner = fd < 0 ? -1 : ioctl(fd, NS_GET_USERNS);

	if (owner < 0)
		return -errno;
	return inode_of(owner) == namespace_of(0, "user") ? 0 : -EXDEV;
}

static int nobody_with_user_namespace(void *arg)
{
	const struct call *call = arg;
	int err = become_user(NOBODY);

	err = err ? err : changes_with(call, CLONE_NEWUSER | CLONE_NEWCGROUP);
	return err ? err : owned_by_own_user_namespace();
}

TEST_F(create, A1_anybody_may_with_a_new_user_namespace)
{
	EXPECT_EQ(0, in_child(nobody_with_user_namespace, &self->call));
}

static int nobody_in_user_namespace(void *arg)
{
	const struct call *call = arg;
	int err = become_user(NOBODY);

	err = err ? err : new_user_namespace(0);
	err = err ? err : changes_with(call, CLONE_NEWCGROUP);
	return err ? err : owned_by_own_user_namespace();
}

TEST_F(create, A1_root_of_a_user_namespace_may)
{
	EXPECT_EQ(0, in_child(nobody_in_user_namespace, &self->call));
}

static int root_below_capabilities(void *arg)
{
	int err = new_user_namespace(0);

	return err ? err : with_capabilities(arg);
}

TEST_F(create, A1_needs_cap_sys_admin_in_the_user_namespace)
{
	self->call.number = ~(1ULL << CAP_SYS_ADMIN);
	EXPECT_EQ(-EPERM, in_child(root_below_capabilities, &self->call));
}

static int none_allowed(void *call)
{
	int err = limited_user_namespace("0");

	return err ? err : plain(call);
}

TEST_F(create, A1_limit_is_enospc)
{
	EXPECT_EQ(-ENOSPC, in_child(none_allowed, &self->call));
}

static int one_then_another(void *call)
{
	int err = limited_user_namespace("1");

	err = err ? err : plain(call);
	/* The first one is there until the second is: there would be two. */
	return err ? err : plain(call) == -ENOSPC ? 0 : -EINVAL;
}

TEST_F(create, A1_all_that_live_count)
{
	EXPECT_EQ(0, in_child(one_then_another, &self->call));
}

static int one_after_another(void *call)
{
	int err = limited_user_namespace("1");

	err = err ? err : in_child(plain, call);
	return err ? err : plain(call);
}

TEST_F(create, A1_given_back_when_it_dies)
{
	EXPECT_EQ(0, in_child(one_after_another, &self->call));
}

static int none_allowed_above(void *call)
{
	int err = limited_user_namespace("0");

	err = err ? err : new_user_namespace(0);
	return err ? err : plain(call);
}

TEST_F(create, A1_limit_of_the_user_namespace_above_counts)
{
	EXPECT_EQ(-ENOSPC, in_child(none_allowed_above, &self->call));
}

/* The network namespace is made after that of cgroups. */
static int failing_later(void *arg)
{
	const struct call *call = arg;
	int err = limited_user_namespace("1");

	err = err ? err : write_text(LIMIT_NET, "0");
	if (err || call->make(CLONE_NEWCGROUP | CLONE_NEWNET) != -ENOSPC)
		return err ? err : -EINVAL;
	return plain(arg);
}

TEST_F(create, A1_given_back_when_a_later_namespace_fails)
{
	EXPECT_EQ(0, in_child(failing_later, &self->call));
}

TEST_HARNESS_MAIN
