// SPDX-License-Identifier: GPL-2.0
/*
 * Which tasks root in a cgroup namespace can move over its root, or end (rows A10 and A11 of the
 * contract). What comes of it is in docs/isolation.md.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "isolate.h"

static int leave(struct attack *attack)
{
	return join(attack->b, 0);
}

static int leave_to_the_top(struct attack *attack)
{
	return join(attack->h->root_fd, 0);
}

TEST_F(isolate, A11_leave)
{
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, leave));
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, leave_to_the_top));
}

/* A cgroup beside that was given to the same user: the files of their common parent count, too. */
TEST_F(isolate, A11_leave_to_what_is_the_same_users)
{
	if (variant->who == ROOTLESS)
		ASSERT_EQ(0, delegate(self->attack->b, NOBODY));
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, leave));
}

static int drag_in(struct attack *attack)
{
	return join(attack->axy, attack->outside);
}

TEST_F(isolate, A11_drag_in)
{
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, drag_in));
}

static int drag_about(struct attack *attack)
{
	return join(attack->h->root_fd, attack->outside);
}

TEST_F(isolate, A11_drag_about_outside)
{
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, drag_about));
}

static int throw_out(struct attack *attack)
{
	return join(attack->b, attack->beside);
}

static int move_down(struct attack *attack)
{
	return join(attack->axy, attack->beside);
}

/* A task in the own cgroup, of outside's namespace and of its user. */
TEST_F(isolate, A11_task_beside)
{
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, throw_out));
	EXPECT_EQ(0, try_to(self->attack, move_down));
	EXPECT_STREQ(below_base(&self->h, "/a/x/y"), path_of(&self->h, self->attack->beside));
}

static int move_down_by_own_mount(struct attack *attack)
{
	int dir = open_dir(attack->inside, "y");

	return join(dir, 0);
}

TEST_F(isolate, A11_stay_inside)
{
	EXPECT_EQ(0, try_to(self->attack, move_down_by_own_mount));
}

static int write_inherited(struct attack *attack)
{
	return error_of(write(attack->fd, "0", 1));
}

static int drag_by_inherited(struct attack *attack)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", attack->outside);
	return error_of(write(attack->fd, pid, strlen(pid)));
}

/* A file that was opened outside counts as outside: it is the way out of every namespace. */
TEST_F(isolate, A11_leave_by_an_inherited_file)
{
	self->attack->fd = openat(self->h.root_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, self->attack->fd);
	EXPECT_EQ(0, try_to(self->attack, write_inherited));
	EXPECT_EQ(0, try_to(self->attack, drag_by_inherited));
	EXPECT_STREQ("/", path_of(&self->h, self->attack->outside));
}

static int clone_into(struct attack *attack)
{
	int status;
	pid_t pid = clone3_fork(CLONE_INTO_CGROUP, attack->fd);

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(0);
	return waitpid(pid, &status, 0) == pid ? -WEXITSTATUS(status) : -ECHILD;
}

/* A directory from outside is only a name: other than for a file, it is who clones that counts. */
TEST_F(isolate, A11_clone_into_an_inherited_directory)
{
	self->attack->fd = self->attack->b;
	EXPECT_EQ(BY_WHO(-EACCES, OVER, OVER), try_to(self->attack, clone_into));
	self->attack->fd = self->attack->axy;
	EXPECT_EQ(0, try_to(self->attack, clone_into));
}

static int kill_below(struct attack *attack)
{
	return write_in(attack->axy, "cgroup.kill", "1");
}

static int kill_root(struct attack *attack)
{
	return write_in(attack->ax, "cgroup.kill", "1");
}

static int kill_outside(struct attack *attack)
{
	return write_in(attack->b, "cgroup.kill", "1");
}

/* Whether a task ends: who is not to end gets a tenth of a second, who is gets ten. */
static bool ends(pid_t pid, bool wanted)
{
	for (int i = 0; i < (wanted ? 1000 : 10); i++) {
		siginfo_t info = {};

		if (!waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid)
			return true;
		usleep(10000);
	}
	return false;
}

/* Whoever is in a cgroup below the root ends with it, whatever namespaces it is in. */
TEST_F(isolate, A11_kill_below_the_root)
{
	const bool killed = variant->who != ROOTLESS;

	ASSERT_EQ(0, join(self->attack->axy, self->attack->beside));
	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, kill_below));
	EXPECT_EQ(killed, ends(self->attack->beside, killed));
}

/* With it ends who asks for it, so that nothing comes back. */
TEST_F(isolate, A11_kill_at_the_root)
{
	const int killed = variant->set ? -EPERM : -ECHILD;

	EXPECT_EQ(BY_WHO(-EACCES, killed, killed), try_to(self->attack, kill_root));
}

/* Only for moves does the boundary look up from the root. */
TEST_F(isolate, A11_kill_outside)
{
	const bool killed = variant->who != ROOTLESS;

	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, kill_outside));
	EXPECT_EQ(killed, ends(self->attack->outside, killed));
}

/* v1 knows no boundary: who may write a file may move. */
TEST_F(isolate, A10_leave_on_v1)
{
	static const struct kind kind = { "cgroup", "none,name=cgns", "name=cgns", false };
	struct hierarchy v1;

	hierarchy_enter(_metadata, &v1, &kind);
	self->attack->b = v1.root_fd;
	ASSERT_EQ(0, join(v1.base_fd, 0));
	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, leave));
	ASSERT_EQ(0, join(v1.root_fd, 0));
	hierarchy_leave(&v1);
}

TEST_HARNESS_MAIN
