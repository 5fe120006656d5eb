// SPDX-License-Identifier: GPL-2.0
/*
 * That a namespace, its mounts and what looks at them keep no cgroup longer than they live: a
 * cgroup that is removed then goes for good. What is kept by mistake lingers, and v2 counts it
 * (rows A2, A4 and A7 of the contract).
 */
#define _GNU_SOURCE
#include "harness.h"
#include "shown.h"

/* Hundredths of a second that a removed cgroup has to go. */
#define PATIENCE 1000

FIXTURE(linger)
{
	struct hierarchy h;
	int dirs[2]; /* the first is removed, the other stays */
};

FIXTURE_SETUP(linger)
{
	static const struct kind v2 = { "cgroup2", NULL, "", true };

	hierarchy_enter(_metadata, &self->h, &v2);
	self->dirs[0] = make_cgroup(_metadata, &self->h, self->h.base_fd, "dir");
	self->dirs[1] = make_cgroup(_metadata, &self->h, self->h.base_fd, "other");
}

FIXTURE_TEARDOWN(linger)
{
	hierarchy_leave(&self->h);
}

/* Whether all removed cgroups below the test's own are gone, or go in time. */
static bool all_go(const struct hierarchy *h)
{
	static char text[TEXT_SIZE];

	for (int i = 0; i < PATIENCE; i++) {
		int fd = openat(h->base_fd, "cgroup.stat", O_RDONLY | O_CLOEXEC);
		int err = read_all(fd, text);

		close(fd);
		if (err)
			return false;
		if (strstr(text, "nr_dying_descendants 0\n"))
			return true;
		usleep(10000);
	}
	return false;
}

/* Let a child work with the two cgroups, and remove the first after it. */
static int work_and_remove(const struct hierarchy *h, int *dirs, int (*work)(void *arg))
{
	int err = in_child(work, dirs);

	return err ? err : remove_patiently(h->base_fd, "dir");
}

static int enter(int dir)
{
	int err = join(dir, 0);

	return err ? err : error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWNS));
}

static int only_enter(void *arg)
{
	return enter(*(int *)arg);
}

TEST_F(linger, A2_namespace_keeps_nothing)
{
	ASSERT_EQ(0, work_and_remove(&self->h, self->dirs, only_enter));
	EXPECT_TRUE(all_go(&self->h));
}

static int enter_and_mount(void *arg)
{
	char where[] = "/tmp/cgns.new.XXXXXX";
	int err = enter(*(int *)arg);

	if (!err && !mkdtemp(where))
		err = -errno;
	if (!err)
		err = error_of(mount("cgns", where, "cgroup2", 0, NULL));
	if (!err)
		err = error_of(umount2(where, 0));
	rmdir(where);
	return err;
}

TEST_F(linger, A7_mount_keeps_nothing)
{
	ASSERT_EQ(0, work_and_remove(&self->h, self->dirs, enter_and_mount));
	EXPECT_TRUE(all_go(&self->h));
}

static int enter_and_read(void *arg)
{
	static char text[TEXT_SIZE];
	int err = enter(*(int *)arg);

	if (!err)
		err = read_proc(getpid(), "cgroup", text);
	if (!err)
		err = read_proc(getpid(), "mountinfo", text);
	return err;
}

TEST_F(linger, A4_reading_keeps_nothing)
{
	ASSERT_EQ(0, work_and_remove(&self->h, self->dirs, enter_and_read));
	EXPECT_TRUE(all_go(&self->h));
}

static int clone_into(int dir)
{
	pid_t pid = clone3_fork(CLONE_NEWCGROUP | CLONE_INTO_CGROUP, dir);

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(0);
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

static int clone_into_it(void *arg)
{
	return clone_into(*(int *)arg);
}

TEST_F(linger, A2_clone_keeps_nothing_of_where_it_began)
{
	ASSERT_EQ(0, work_and_remove(&self->h, self->dirs, clone_into_it));
	EXPECT_TRUE(all_go(&self->h));
}

static int clone_out_of_it(void *arg)
{
	const int *dirs = arg;
	int err = join(dirs[0], 0);

	return err ? err : clone_into(dirs[1]);
}

TEST_F(linger, A2_clone_keeps_nothing_of_its_creator)
{
	ASSERT_EQ(0, work_and_remove(&self->h, self->dirs, clone_out_of_it));
	EXPECT_TRUE(all_go(&self->h));
}

TEST_HARNESS_MAIN
