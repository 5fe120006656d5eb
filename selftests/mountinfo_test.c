// SPDX-License-Identifier: GPL-2.0
/*
 * The root field of /proc/PID/mountinfo for cgroup mounts: relative to the reader's root (row A8
 * of the contract), and never cut (row A6).
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"
#include "tree.h"

#define PLACE "/tmp/cgns.bind.XXXXXX"

/* Bind a cgroup of the hierarchy to a new place, made of the template `where`. */
static void bind_cgroup(struct __test_metadata *_metadata, int dir, char *where)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", dir);
	ASSERT_NE(NULL, mkdtemp(where));
	ASSERT_EQ(0, mount(name, where, NULL, MS_BIND, NULL));
}

/* The mount goes with the test's process; its place does not. */
static void unbind(const char *where)
{
	umount2(where, MNT_DETACH);
	rmdir(where);
}

TEST_F(tree, A8_whole_hierarchy_seen_from_below)
{
	EXPECT_STREQ("/", mount_root(self->h.mount));
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/../../..", mount_root(self->h.mount));
}

TEST_F(tree, A8_readers_own_root)
{
	char where[] = PLACE;

	bind_cgroup(_metadata, self->ax, where);
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/", mount_root(where));
	unbind(where);
}

TEST_F(tree, A8_below_the_root)
{
	char where[] = PLACE;
	char whole[64];

	bind_cgroup(_metadata, self->axy, where);
	snprintf(whole, sizeof(whole), "%s/a/x/y", self->h.base);
	EXPECT_STREQ(whole, mount_root(where));
	unshare_in(_metadata, self->a);
	EXPECT_STREQ("/x/y", mount_root(where));
	unbind(where);
}

TEST_F(tree, A8_up_and_down_to_a_cousin)
{
	char where[] = PLACE;

	bind_cgroup(_metadata, self->bx, where);
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/../../b/x", mount_root(where));
	unbind(where);
}

TEST_F(tree, A8_new_mount_shows_the_root)
{
	char where[] = PLACE;

	ASSERT_NE(NULL, mkdtemp(where));
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, mount("cgns", where, variant->kind.fstype, 0, variant->kind.options));
	EXPECT_STREQ("/", mount_root(where));
	unbind(where);
}

TEST_F(tree, A8_space_is_escaped)
{
	int dir = make_cgroup(_metadata, &self->h, self->a, "with space");
	char where[] = PLACE;

	bind_cgroup(_metadata, dir, where);
	unshare_in(_metadata, self->a);
	EXPECT_STREQ("/with\\040space", mount_root(where));
	unbind(where);
}

TEST_F(tree, A6_longer_than_the_buffer_is_refused)
{
	int dir = make_long(_metadata, &self->h, LONGEST + 1);
	char where[] = PLACE;

	bind_cgroup(_metadata, dir, where);
	EXPECT_STREQ("5010 bytes", brief(mount_root(where)));
	unbind(where);
}

TEST_HARNESS_MAIN
