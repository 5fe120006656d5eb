// SPDX-License-Identifier: GPL-2.0
/*
 * Paths at and beyond the size of a page in /proc/PID/cgroup: whole, however long (row A5 of the
 * contract).
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"
#include "tree.h"

TEST_F(tree, A5_longest_that_fits_is_whole)
{
	pid_t task = spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, LONGEST));
	const char *path = path_of(&self->h, task);

	EXPECT_STREQ("4095 bytes", brief(path));
	EXPECT_EQ(0, strncmp(path, self->h.base, strlen(self->h.base)));
}

TEST_F(tree, A5_one_byte_more_is_whole)
{
	pid_t task = spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, LONGEST + 1));

	EXPECT_STREQ("4096 bytes", brief(path_of(&self->h, task)));
}

TEST_F(tree, A5_much_longer_is_whole)
{
	pid_t task = spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, 5010));

	EXPECT_STREQ("5010 bytes", brief(path_of(&self->h, task)));
}

TEST_F(tree, A5_only_what_is_shown_counts)
{
	int deep = make_long(_metadata, &self->h, 5010);
	int below = make_cgroup(_metadata, &self->h, deep, "below");

	unshare_in(_metadata, deep);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
	ASSERT_EQ(0, join(below, 0));
	EXPECT_STREQ("/below", path_of(&self->h, getpid()));
}

TEST_F(tree, A5_steps_upwards_count)
{
	pid_t task = spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, 4000));
	int dir = self->a;

	EXPECT_STREQ("4000 bytes", brief(path_of(&self->h, task)));
	for (int i = 0; i < 50; i++)
		dir = make_cgroup(_metadata, &self->h, dir, "d");
	unshare_in(_metadata, dir);
	EXPECT_LT(LONGEST, strlen(path_of(&self->h, task)));
}

TEST_F(tree, A5_other_tasks_are_not_concerned)
{
	spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, 5010));
	ASSERT_EQ(0, join(self->b, 0));
	unshare_in(_metadata, self->b);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

TEST_HARNESS_MAIN
