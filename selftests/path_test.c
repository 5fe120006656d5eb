// SPDX-License-Identifier: GPL-2.0
/*
 * The path of a task's cgroup in /proc/PID/cgroup, as the reader's namespace shows it (row A4 of
 * the contract): one test a clause. Long paths are long_path_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "tree.h"

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
	task = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, task);
	/* To itself the task is at its root; to this reader it is not. */
	EXPECT_STREQ(below_base(&self->h, "/a/x"), path_of(&self->h, task));
	unshare_in(_metadata, self->b);
	EXPECT_STREQ("/../a/x", path_of(&self->h, task));
}

TEST_F(tree, A4_reader_is_who_reads_not_who_opened)
{
	pid_t task = spawn_in(_metadata, &self->h, self->axy);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", task);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_STREQ(below_base(&self->h, "/a/x/y"), path_in(&self->h, fd));
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/y", path_in(&self->h, fd));
}

/* What a child of the test saw. */
struct sight {
	const struct hierarchy *h;
	pid_t task;
	char path[128];
};

static int look_from_user_namespace(void *arg)
{
	struct sight *sight = arg;
	int err = new_user_namespace(CLONE_NEWCGROUP);

	snprintf(sight->path, sizeof(sight->path), "%s", path_of(sight->h, sight->task));
	return err;
}

TEST_F(tree, A4_reader_in_a_user_namespace)
{
	struct sight *sight = shared_memory(sizeof(*sight));

	ASSERT_NE(NULL, sight);
	sight->h = &self->h;
	sight->task = spawn_in(_metadata, &self->h, self->bx);
	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(0, in_child(look_from_user_namespace, sight));
	EXPECT_STREQ("/../../b/x", sight->path);
}

/* End a task, but leave it on the process table. */
static void make_zombie(struct __test_metadata *_metadata, pid_t task)
{
	siginfo_t info;

	ASSERT_EQ(0, kill(task, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, task, &info, WEXITED | WNOWAIT));
}

TEST_F(tree, A4_zombie)
{
	pid_t task = spawn_in(_metadata, &self->h, self->ax);

	unshare_in(_metadata, self->b);
	make_zombie(_metadata, task);
	/* A zombie is where it was on v2, at the hierarchy's root on v1. */
	EXPECT_STREQ(variant->kind.v2 ? "/../a/x" : "/", path_of(&self->h, task));
}

TEST_F(tree, A4_dead_cgroup)
{
	int dead = make_cgroup(_metadata, &self->h, self->a, "dead");
	pid_t task = spawn_in(_metadata, &self->h, dead);

	unshare_in(_metadata, self->b);
	make_zombie(_metadata, task);
	ASSERT_EQ(0, remove_patiently(self->a, "dead"));
	EXPECT_STREQ(variant->kind.v2 ? "/../a/dead (deleted)" : "/", path_of(&self->h, task));
}

TEST_F(tree, A4_dead_root)
{
	int dead = make_cgroup(_metadata, &self->h, self->a, "dead");
	pid_t task = spawn_in(_metadata, &self->h, dead);

	unshare_in(_metadata, dead);
	ASSERT_EQ(0, join(self->b, 0));
	make_zombie(_metadata, task);
	ASSERT_EQ(0, remove_patiently(self->a, "dead"));
	EXPECT_STREQ(variant->kind.v2 ? "/ (deleted)" : "/", path_of(&self->h, task));
	EXPECT_STREQ("/../../b", path_of(&self->h, getpid()));
}

TEST_F(tree, A4_task_that_is_gone)
{
	pid_t task = spawn_in(_metadata, &self->h, self->ax);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", task);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	end(task);
	EXPECT_STREQ(strerror(ESRCH), path_in(&self->h, fd));
}

TEST_HARNESS_MAIN
