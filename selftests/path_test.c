// SPDX-License-Identifier: GPL-2.0
/*
 * Where a cgroup namespace has its root (row A2 of the contract), and the path of a task's cgroup
 * as seen from there (row A4): one test a clause, read as user space reads it.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "tree.h"

/* "/cgns.PID" and what follows: a path as the initial namespace shows it. */
static const char *below_base(const struct hierarchy *h, const char *rest)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s%s", h->base, rest);
	return path;
}

/* clone3() a task that only waits, until the hierarchy is left; its pid, or the error. */
static pid_t try_clone_idle(struct hierarchy *h, uint64_t flags, int cgroup)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD, .cgroup = cgroup };
	pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	h->tasks[h->ntasks++] = pid;
	return pid;
}

static pid_t clone_idle(struct __test_metadata *_metadata, struct hierarchy *h, uint64_t flags,
			int cgroup)
{
	pid_t pid = try_clone_idle(h, flags, cgroup);

	ASSERT_LT(0, pid);
	return pid;
}

/* Enter the cgroup namespace of another task. */
static void enter_namespace_of(struct __test_metadata *_metadata, pid_t pid)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/ns/cgroup", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	close(fd);
}

TEST_F(tree, A2_unshare_roots_at_own_cgroup)
{
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

TEST_F(tree, A2_clone_roots_at_childs_cgroup)
{
	pid_t child;

	ASSERT_EQ(0, join(self->ax, 0));
	child = clone_idle(_metadata, &self->h, CLONE_NEWCGROUP, 0);
	/* Where the child is by now does not count. */
	ASSERT_EQ(0, join(self->b, child));
	enter_namespace_of(_metadata, child);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
	EXPECT_STREQ("/../../b", path_of(&self->h, child));
}

TEST_F(tree, A2_clone_into_cgroup_roots_there)
{
	pid_t child;

	ASSERT_EQ(0, join(self->a, 0));
	if (!variant->kind.v2) {
		child = try_clone_idle(&self->h, CLONE_NEWCGROUP | CLONE_INTO_CGROUP, self->bx);
		EXPECT_EQ(-EBADF, child);
		return;
	}
	child = clone_idle(_metadata, &self->h, CLONE_NEWCGROUP | CLONE_INTO_CGROUP, self->bx);
	EXPECT_STREQ(below_base(&self->h, "/b/x"), path_of(&self->h, child));
	enter_namespace_of(_metadata, child);
	EXPECT_STREQ("/", path_of(&self->h, child));
	EXPECT_STREQ("/../../a", path_of(&self->h, getpid()));
}

TEST_F(tree, A4_initial_namespace_sees_whole_path)
{
	pid_t task = spawn_in(_metadata, &self->h, self->axy);

	EXPECT_STREQ(below_base(&self->h, "/a/x/y"), path_of(&self->h, task));
}

TEST_F(tree, A4_root_of_the_hierarchy_is_slash)
{
	pid_t task = spawn_in(_metadata, &self->h, self->h.root_fd);

	EXPECT_STREQ("/", path_of(&self->h, task));
}

TEST_F(tree, A4_below_the_root)
{
	unshare_in(_metadata, self->a);
	ASSERT_EQ(0, join(self->axy, 0));
	EXPECT_STREQ("/x/y", path_of(&self->h, getpid()));
}

TEST_F(tree, A4_parent_of_the_root)
{
	pid_t task = spawn_in(_metadata, &self->h, self->a);

	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/..", path_of(&self->h, task));
}

TEST_F(tree, A4_hierarchys_root_once_per_level)
{
	pid_t task = spawn_in(_metadata, &self->h, self->h.root_fd);

	unshare_in(_metadata, self->axy);
	EXPECT_STREQ("/../../../..", path_of(&self->h, task));
}

TEST_F(tree, A4_sibling)
{
	pid_t task = spawn_in(_metadata, &self->h, self->b);

	unshare_in(_metadata, self->a);
	EXPECT_STREQ("/../b", path_of(&self->h, task));
}

TEST_F(tree, A4_up_and_down_to_a_cousin)
{
	pid_t task = spawn_in(_metadata, &self->h, self->bxy);

	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/../../b/x/y", path_of(&self->h, task));
}

TEST_F(tree, A4_same_names_are_not_the_same_cgroup)
{
	pid_t task = spawn_in(_metadata, &self->h, self->bx);

	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/../../b/x", path_of(&self->h, task));
}

TEST_F(tree, A4_name_that_begins_like_the_root)
{
	int ab = make_cgroup(_metadata, &self->h, self->h.base_fd, "ab");
	pid_t task = spawn_in(_metadata, &self->h, ab);

	unshare_in(_metadata, self->a);
	EXPECT_STREQ("/../ab", path_of(&self->h, task));
}

TEST_F(tree, A4_readers_namespace_decides)
{
	pid_t task;

	ASSERT_EQ(0, join(self->ax, 0));
	task = clone_idle(_metadata, &self->h, CLONE_NEWCGROUP, 0);
	/* To itself the task is at its root; to this reader it is not. */
	EXPECT_STREQ(below_base(&self->h, "/a/x"), path_of(&self->h, task));
	unshare_in(_metadata, self->b);
	EXPECT_STREQ("/../a/x", path_of(&self->h, task));
}

TEST_F(tree, A4_dead_cgroup)
{
	int dead = make_cgroup(_metadata, &self->h, self->a, "dead");
	pid_t task = spawn_in(_metadata, &self->h, dead);
	bool v2 = variant->kind.v2;
	siginfo_t info;

	unshare_in(_metadata, self->b);
	ASSERT_EQ(0, kill(task, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, task, &info, WEXITED | WNOWAIT));
	/* A zombie is where it was on v2, at the hierarchy's root on v1. */
	EXPECT_STREQ(v2 ? "/../a/dead" : "/", path_of(&self->h, task));
	ASSERT_EQ(0, unlinkat(self->a, "dead", AT_REMOVEDIR));
	EXPECT_STREQ(v2 ? "/../a/dead (deleted)" : "/", path_of(&self->h, task));
}

TEST(A2_root_in_every_hierarchy)
{
	static const struct kind kinds[] = {
		{ "cgroup2", NULL, "", true },
		{ "cgroup", "freezer", "freezer", false },
		{ "cgroup", "none,name=cgns", "name=cgns", false },
	};
	static const char *const names[] = { "one", "two", "three" };
	struct hierarchy h[ARRAY_SIZE(kinds)];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		hierarchy_enter(_metadata, &h[i], &kinds[i]);
		ASSERT_EQ(0, join(make_cgroup(_metadata, &h[i], h[i].base_fd, names[i]), 0));
	}
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_STREQ("/", path_of(&h[i], getpid()));
		ASSERT_EQ(0, join(h[i].base_fd, 0));
		EXPECT_STREQ("/..", path_of(&h[i], getpid()));
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		hierarchy_leave(&h[i]);
}

TEST_HARNESS_MAIN
