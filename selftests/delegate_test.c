// SPDX-License-Identifier: GPL-2.0
/*
 * A cgroup namespace as a boundary for moving tasks (row A11 of the contract): with nsdelegate both
 * ends of a move have to be below the root of the namespace that the file was opened in. What the
 * other files of a root refuse is delegate_file_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "boundary.h"

/* What a move over the boundary gives. */
#define OVER (variant->set ? -ENOENT : 0)

/*
 * The test can start itself as a program that only writes to a descriptor it was given, so that a
 * file comes through exec.
 */
__attribute__((constructor)) static void write_and_exit(void)
{
	const char *fd = getenv("CGNS_WRITE_TO");

	if (fd)
		_exit(-error_of(write(atoi(fd), "0", 1)));
}

TEST_F(boundary, A11_out_of_the_root)
{
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(OVER, join(self->b, 0));
	EXPECT_EQ(OVER, join(self->a, 0));
	EXPECT_EQ(OVER, join(self->h.root_fd, 0));
}

TEST_F(boundary, A11_somebody_else_in)
{
	pid_t task = spawn_in(_metadata, &self->h, self->b);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(OVER, join(self->axy, task));
}

TEST_F(boundary, A11_from_outside_to_outside)
{
	pid_t task = spawn_in(_metadata, &self->h, self->b);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(OVER, join(self->a, task));
}

TEST_F(boundary, A11_below_the_root)
{
	pid_t task = spawn_in(_metadata, &self->h, self->ax);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, join(self->axy, task));
	EXPECT_EQ(0, join(self->axy, 0));
	EXPECT_EQ(0, join(self->ax, 0));
}

TEST_F(boundary, A11_initial_namespace_is_none)
{
	pid_t task;

	ASSERT_EQ(0, join(self->ax, 0));
	task = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, task);
	EXPECT_EQ(0, join(self->b, task));
	EXPECT_EQ(0, join(self->axy, task));
	EXPECT_EQ(0, join(self->b, 0));
}

TEST_F(boundary, A11_one_thread)
{
	unshare_in(_metadata, self->ax);
	/* The boundary is looked at before the domain. */
	EXPECT_EQ(variant->set ? -ENOENT : -EOPNOTSUPP, write_in(self->b, "cgroup.threads", "0"));
	EXPECT_EQ(0, write_in(self->ax, "cgroup.threads", "0"));
}

TEST_F(boundary, A11_opened_before_unshare)
{
	int fd = openat(self->b, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, error_of(write(fd, "0", 1)));
	close(fd);
}

static int write_from_home(int fd, int home)
{
	if (setns(home, CLONE_NEWCGROUP))
		return -errno;
	return error_of(write(fd, "0", 1));
}

TEST_F(boundary, A11_opened_before_setns)
{
	int fd;

	unshare_in(_metadata, self->ax);
	fd = openat(self->b, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	EXPECT_EQ(OVER, write_from_home(fd, self->home));
	close(fd);
}

/* A descriptor for a child: in the initial namespace it writes, or starts what writes. */
struct inherited {
	int fd;
	int home;
};

static int write_inherited(void *arg)
{
	const struct inherited *inherited = arg;

	return write_from_home(inherited->fd, inherited->home);
}

static int write_after_exec(void *arg)
{
	const struct inherited *inherited = arg;
	char number[32];
	char *const environment[] = { number, NULL };
	char *const arguments[] = { "write", NULL };

	snprintf(number, sizeof(number), "CGNS_WRITE_TO=%d", inherited->fd);
	if (setns(inherited->home, CLONE_NEWCGROUP))
		return -errno;
	return error_of(execve("/proc/self/exe", arguments, environment));
}

TEST_F(boundary, A11_opened_before_fork_and_exec)
{
	struct inherited inherited = { .home = self->home };

	unshare_in(_metadata, self->ax);
	inherited.fd = openat(self->b, "cgroup.procs", O_WRONLY);
	EXPECT_EQ(OVER, in_child(write_inherited, &inherited));
	EXPECT_EQ(OVER, in_child(write_after_exec, &inherited));
	ASSERT_EQ(0, setns(self->home, CLONE_NEWCGROUP));
	close(inherited.fd);
	/* The same, opened in the initial namespace and written from another. */
	inherited.fd = openat(self->b, "cgroup.procs", O_WRONLY);
	unshare_in(_metadata, self->ax);
	inherited.home = open_namespace(0, "cgroup");
	EXPECT_EQ(0, in_child(write_inherited, &inherited));
	EXPECT_EQ(0, in_child(write_after_exec, &inherited));
}

static int other_cgroup_namespace(void)
{
	return error_of(unshare(CLONE_NEWCGROUP));
}

TEST_F(boundary, A11_sent_over_a_socket)
{
	int fd;

	ASSERT_EQ(0, join(self->ax, 0));
	fd = opened_elsewhere(self->b, "cgroup.procs", other_cgroup_namespace);
	ASSERT_LE(0, fd);
	EXPECT_EQ(OVER, error_of(write(fd, "0", 1)));
	close(fd);
}

static int nobody(void)
{
	return become_user(NOBODY);
}

static int nobody_with_namespaces(void)
{
	int err = become_user(NOBODY);

	return err ? err : new_user_namespace(CLONE_NEWCGROUP);
}

TEST_F(boundary, A11_credentials_are_the_openers)
{
	int fd;

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, fchownat(self->b, "cgroup.procs", NOBODY, NOBODY, 0));
	/* Written by root, but opened by who may not write at the common ancestor. */
	fd = opened_elsewhere(self->b, "cgroup.procs", nobody);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EACCES, error_of(write(fd, "0", 1)));
	close(fd);
	/* That is looked at before the boundary. */
	fd = opened_elsewhere(self->b, "cgroup.procs", nobody_with_namespaces);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EACCES, error_of(write(fd, "0", 1)));
	close(fd);
	ASSERT_EQ(0, fchownat(self->h.base_fd, "cgroup.procs", NOBODY, NOBODY, 0));
	fd = opened_elsewhere(self->b, "cgroup.procs", nobody_with_namespaces);
	ASSERT_LE(0, fd);
	EXPECT_EQ(OVER, error_of(write(fd, "0", 1)));
	close(fd);
}

/* clone3() into a cgroup: 0, or the error. */
static int clone_into(struct hierarchy *h, int dir, __u64 flags)
{
	pid_t pid = clone_idle(h, flags | CLONE_INTO_CGROUP, dir);

	if (pid < 0)
		return pid;
	end(pid);
	h->ntasks--;
	return 0;
}

/* There it is the namespace of the caller that counts: nothing but a directory is opened. */
TEST_F(boundary, A11_clone_into_cgroup)
{
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(OVER, clone_into(&self->h, self->b, 0));
	EXPECT_EQ(OVER, clone_into(&self->h, self->a, 0));
	EXPECT_EQ(OVER, clone_into(&self->h, self->b, CLONE_NEWCGROUP));
	EXPECT_EQ(0, clone_into(&self->h, self->axy, 0));
	EXPECT_EQ(0, clone_into(&self->h, self->ax, CLONE_NEWCGROUP));
}

TEST_F(boundary, A11_clone_into_cgroup_from_outside)
{
	int fd = openat(self->b, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	unshare_in(_metadata, self->ax);
	ASSERT_EQ(1, write(fd, "0", 1));
	EXPECT_EQ(OVER, clone_into(&self->h, self->axy, 0));
	EXPECT_EQ(OVER, clone_into(&self->h, self->b, 0));
	close(fd);
}

TEST_F(boundary, A11_v1_has_no_boundary)
{
	static const struct kind kind = { "cgroup", "none,name=cgns", "name=cgns", false };
	struct hierarchy v1;

	hierarchy_enter(_metadata, &v1, &kind);
	unshare_in(_metadata, v1.base_fd);
	EXPECT_EQ(0, join(v1.root_fd, 0));
	EXPECT_STREQ("/..", path_of(&v1, getpid()));
	hierarchy_leave(&v1);
}

TEST_HARNESS_MAIN
