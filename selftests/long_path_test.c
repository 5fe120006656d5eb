// SPDX-License-Identifier: GPL-2.0
/*
 * Paths of a page and more (row A5 of the contract): /proc/PID/cgroup shows the whole of them.
 * What has a buffer of one page and keeps it is row A6, and cpuset_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "tree.h"

/* What is shown of a task in a cgroup whose path is so long, against what was made. */
static void expect_whole(struct __test_metadata *_metadata, struct hierarchy *h, size_t len)
{
	pid_t task = spawn_in(_metadata, h, make_long(_metadata, h, len));
	const char *path = path_of(h, task);

	EXPECT_EQ(len, strlen(path));
	EXPECT_EQ(0, strcmp(h->path, path));
}

TEST_F(tree, A5_one_page_with_its_nul)
{
	expect_whole(_metadata, &self->h, LONGEST);
}

TEST_F(tree, A5_one_byte_more)
{
	expect_whole(_metadata, &self->h, LONGEST + 1);
}

/* Hundreds of cgroups: half a minute is too short where a debug kernel is emulated. */
TEST_F_TIMEOUT(tree, A5_hundred_kilobytes, 300)
{
	expect_whole(_metadata, &self->h, 100 << 10);
}

TEST_F(tree, A5_twenty_names_of_250_bytes)
{
	struct hierarchy *h = &self->h;
	int dir = h->base_fd;
	char expected[6000];
	char name[251];
	size_t len;

	len = snprintf(expected, sizeof(expected), "%s", h->base);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%0250d", i);
		len += snprintf(expected + len, sizeof(expected) - len, "/%s", name);
		dir = make_cgroup(_metadata, h, dir, name);
	}
	ASSERT_EQ(strlen(h->base) + 5020, len);
	EXPECT_EQ(0, strcmp(expected, path_of(h, spawn_in(_metadata, h, dir))));
}

TEST_F(tree, A5_steps_upwards_count)
{
	pid_t task = spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, 4000));
	size_t base = strlen(self->h.base);
	char expected[5000] = "";
	int dir = self->a;

	for (int i = 0; i < 50; i++)
		dir = make_cgroup(_metadata, &self->h, dir, "d");
	unshare_in(_metadata, dir);
	for (int i = 0; i < 51; i++)
		strcat(expected, "/..");
	strcat(expected, self->h.path + base);
	EXPECT_LT(LONGEST, strlen(expected));
	EXPECT_EQ(0, strcmp(expected, path_of(&self->h, task)));
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

/* The lines of the other hierarchies come before and after it. */
TEST_F(tree, A5_other_lines_are_there)
{
	static const struct kind others[] = {
		{ "cgroup2", NULL, "", true },
		{ "cgroup", "none,name=cgns.other", "name=cgns.other", false },
	};
	pid_t task = spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, 5010));

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct hierarchy other;

		if (!strcmp(others[i].label, variant->kind.label))
			continue;
		hierarchy_enter(_metadata, &other, &others[i]);
		EXPECT_EQ(0, join(other.base_fd, task));
		EXPECT_STREQ(other.base, path_of(&other, task));
		EXPECT_EQ(0, strcmp(self->h.path, path_of(&self->h, task)));
		EXPECT_EQ(0, join(other.root_fd, task));
		hierarchy_leave(&other);
	}
}

TEST_F(tree, A5_dead_cgroup)
{
	int deep = make_long(_metadata, &self->h, 5010);
	int dir = make_cgroup(_metadata, &self->h, deep, "dead");
	pid_t task = spawn_in(_metadata, &self->h, dir);
	siginfo_t info;

	ASSERT_EQ(0, kill(task, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, task, &info, WEXITED | WNOWAIT));
	ASSERT_EQ(0, remove_patiently(deep, "dead"));
	strcat(self->h.path, "/dead (deleted)");
	EXPECT_EQ(0, strcmp(variant->kind.v2 ? self->h.path : "/", path_of(&self->h, task)));
}

TEST_F(tree, A5_other_tasks_are_not_concerned)
{
	spawn_in(_metadata, &self->h, make_long(_metadata, &self->h, 5010));
	unshare_in(_metadata, self->b);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

TEST_HARNESS_MAIN
