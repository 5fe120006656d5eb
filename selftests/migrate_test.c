// SPDX-License-Identifier: GPL-2.0
/*
 * Moving tasks where no boundary is set (row A10 of the contract): a namespace's root pins nobody.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "harness.h"
#include "tree.h"

TEST_F(tree, A10_out_of_the_root)
{
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, join(self->b, 0));
	EXPECT_STREQ("/../../b", path_of(&self->h, getpid()));
	EXPECT_EQ(0, join(self->h.root_fd, 0));
	EXPECT_EQ(0, join(self->axy, 0));
	EXPECT_STREQ("/y", path_of(&self->h, getpid()));
}

TEST_F(tree, A10_somebody_else_in)
{
	pid_t task = spawn_in(_metadata, &self->h, self->b);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, join(self->axy, task));
	EXPECT_STREQ("/y", path_of(&self->h, task));
}

TEST_F(tree, A10_from_outside_to_outside)
{
	pid_t task = spawn_in(_metadata, &self->h, self->b);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, join(self->bx, task));
	EXPECT_STREQ("/../../b/x", path_of(&self->h, task));
}

TEST_F(tree, A10_by_somebody_outside)
{
	__u64 namespace;
	pid_t task;

	ASSERT_EQ(0, join(self->ax, 0));
	task = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, task);
	namespace = namespace_of(task, "cgroup");
	EXPECT_EQ(0, join(self->b, task));
	EXPECT_STREQ(below_base(&self->h, "/b"), path_of(&self->h, task));
	EXPECT_EQ(namespace, namespace_of(task, "cgroup"));
}

/* Moving a task in a user namespace, by a task there: what it needs to know. */
struct move {
	int dir;
	pid_t task;
};

static int move_as_root(void *arg)
{
	const struct move *move = arg;
	int err = new_user_namespace(CLONE_NEWCGROUP);

	return err ? err : join(move->dir, move->task);
}

TEST_F(tree, A10_from_a_user_namespace)
{
	struct move move = { .dir = self->b };

	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(0, in_child(move_as_root, &move));
}

static int move_as_nobody(void *arg)
{
	int err = become_user(NOBODY);

	return err ? err : move_as_root(arg);
}

TEST_F(tree, A10_needs_the_permission)
{
	struct move move = { .dir = self->bx };

	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(-EACCES, in_child(move_as_nobody, &move));
	/* With the file alone: v2 also asks for that of the common ancestor. */
	ASSERT_EQ(0, fchownat(self->bx, "cgroup.procs", NOBODY, NOBODY, 0));
	EXPECT_EQ(variant->kind.v2 ? -EACCES : 0, in_child(move_as_nobody, &move));
	ASSERT_EQ(0, fchownat(self->h.base_fd, "cgroup.procs", NOBODY, NOBODY, 0));
	EXPECT_EQ(0, in_child(move_as_nobody, &move));
	/* A task of another user: to v1 that is what counts. */
	move.task = spawn_in(_metadata, &self->h, self->ax);
	EXPECT_EQ(variant->kind.v2 ? 0 : -EACCES, in_child(move_as_nobody, &move));
}

TEST_F(tree, A10_no_such_task)
{
	pid_t task = spawn_in(_metadata, &self->h, self->ax);

	end(task);
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(-ESRCH, join(self->b, task));
	EXPECT_EQ(-EINVAL, join(self->b, -1));
}

TEST_F(tree, A10_no_such_cgroup)
{
	int dir = make_cgroup(_metadata, &self->h, self->b, "gone");
	int fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, remove_patiently(self->b, "gone"));
	EXPECT_EQ(-ENODEV, error_of(write(fd, "0", 1)));
	EXPECT_EQ(-ENOENT, join(dir, 0));
	close(fd);
}

/* One thread of the test goes elsewhere alone, by v1's file or by v2's. */
struct mover {
	int dir;
	bool v2;
	int err;
};

static void *move_thread(void *arg)
{
	struct mover *mover = arg;
	int fd = openat(mover->dir, mover->v2 ? "cgroup.threads" : "tasks", O_WRONLY | O_CLOEXEC);

	mover->err = error_of(write(fd, "0", 1));
	close(fd);
	return NULL;
}

TEST_F(tree, A10_one_thread)
{
	struct mover mover = { .dir = self->b, .v2 = variant->kind.v2 };
	pthread_t thread;

	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, pthread_create(&thread, NULL, move_thread, &mover));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	/* On v2 the threads of a process stay in one domain; a root is none. */
	EXPECT_EQ(mover.v2 ? -EOPNOTSUPP : 0, mover.err);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

static int clone_out(void *arg)
{
	const struct move *move = arg;
	int status;
	pid_t pid = clone3_fork(CLONE_INTO_CGROUP, move->dir);

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(0);
	return waitpid(pid, &status, 0) == pid && !status ? 0 : -ECHILD;
}

TEST_F(tree, A10_clone_into_cgroup_outside)
{
	struct move move = { .dir = self->b };

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(variant->kind.v2 ? 0 : -EBADF, clone_out(&move));
}

static int nobody_clones_out(void *arg)
{
	int err = become_user(NOBODY);

	err = err ? err : new_user_namespace(CLONE_NEWCGROUP);
	return err ? err : clone_out(arg);
}

TEST_F(tree, A10_clone_into_cgroup_needs_the_permission)
{
	struct move move = { .dir = self->b };

	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(variant->kind.v2 ? -EACCES : -EBADF, in_child(nobody_clones_out, &move));
}

TEST_HARNESS_MAIN
