// SPDX-License-Identifier: GPL-2.0
/*
 * The root of a cgroup mount in /proc/PID/mountinfo and statmount(2): relative to the reader's root
 * (row A8 of the contract), and the whole of it (row A5).
 */
#define _GNU_SOURCE
#include <linux/mount.h>

#include "harness.h"
#include "tree.h"

#ifndef SYS_statmount
#define SYS_statmount 457
#endif

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

/* What statmount(2) calls the root of the mount at `where`; or the error's words. */
static const char *stat_root(const char *where, size_t size)
{
	static union {
		struct statmount head;
		char bytes[TEXT_SIZE];
	} buffer;
	struct mnt_id_req req = { .size = MNT_ID_REQ_SIZE_VER0, .param = STATMOUNT_MNT_ROOT };
	struct statx stx;

	if (statx(AT_FDCWD, where, 0, STATX_MNT_ID_UNIQUE, &stx))
		return strerror(errno);
	req.mnt_id = stx.stx_mnt_id;
	if (syscall(SYS_statmount, &req, &buffer, size, 0))
		return strerror(errno);
	if (!(buffer.head.mask & STATMOUNT_MNT_ROOT))
		return "no root";
	return buffer.head.str + buffer.head.mnt_root;
}

/* In both it is the same, as long as it has nothing to be escaped. */
static void expect_root(struct __test_metadata *_metadata, const char *root, const char *where)
{
	EXPECT_STREQ(root, mount_root(where));
	EXPECT_STREQ(root, stat_root(where, TEXT_SIZE));
}

TEST_F(tree, A8_whole_hierarchy_seen_from_below)
{
	expect_root(_metadata, "/", self->h.mount);
	unshare_in(_metadata, self->ax);
	expect_root(_metadata, "/../../..", self->h.mount);
}

TEST_F(tree, A8_readers_own_root)
{
	char where[] = PLACE;

	bind_cgroup(_metadata, self->ax, where);
	unshare_in(_metadata, self->ax);
	expect_root(_metadata, "/", where);
	unbind(where);
}

TEST_F(tree, A8_below_the_root)
{
	char where[] = PLACE;

	bind_cgroup(_metadata, self->axy, where);
	expect_root(_metadata, below_base(&self->h, "/a/x/y"), where);
	unshare_in(_metadata, self->a);
	expect_root(_metadata, "/x/y", where);
	unbind(where);
}

TEST_F(tree, A8_up_and_down_to_a_cousin)
{
	char where[] = PLACE;

	bind_cgroup(_metadata, self->bx, where);
	unshare_in(_metadata, self->ax);
	expect_root(_metadata, "/../../b/x", where);
	unbind(where);
}

TEST_F(tree, A8_new_mount_shows_the_root)
{
	char where[] = PLACE;

	ASSERT_NE(NULL, mkdtemp(where));
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, mount("cgns", where, variant->kind.fstype, 0, variant->kind.options));
	expect_root(_metadata, "/", where);
	unbind(where);
}

TEST_F(tree, A8_what_breaks_a_line_is_escaped_in_mountinfo)
{
	int dir = make_cgroup(_metadata, &self->h, self->a, "a b\tc\\d");
	char where[] = PLACE;

	bind_cgroup(_metadata, dir, where);
	unshare_in(_metadata, self->a);
	EXPECT_STREQ("/a\\040b\\011c\\134d", mount_root(where));
	EXPECT_STREQ("/a b\tc\\d", stat_root(where, TEXT_SIZE));
	unbind(where);
}

/* Whose mounts they are is the task's; how they are called is the reader's. */
TEST_F(tree, A8_readers_namespace_decides)
{
	static char text[TEXT_SIZE];
	char where[] = PLACE;
	char shown[128];
	pid_t child;

	bind_cgroup(_metadata, self->axy, where);
	ASSERT_EQ(0, join(self->axy, 0));
	child = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, child);
	snprintf(shown, sizeof(shown), " /y %s ", where);
	ASSERT_EQ(0, read_proc(child, "mountinfo", text));
	EXPECT_EQ(NULL, strstr(text, shown));
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, read_proc(child, "mountinfo", text));
	EXPECT_NE(NULL, strstr(text, shown));
	unbind(where);
}

TEST_F(tree, A8_removed_cgroup)
{
	int dir = make_cgroup(_metadata, &self->h, self->a, "gone");
	char where[] = PLACE;

	bind_cgroup(_metadata, dir, where);
	unshare_in(_metadata, self->ax);
	expect_root(_metadata, "/../gone", where);
	/* Unlike a file's, its root is not called deleted. */
	ASSERT_EQ(0, remove_patiently(self->a, "gone"));
	expect_root(_metadata, "/../gone", where);
	unbind(where);
}

TEST_F(tree, A8_buffer_too_small)
{
	/* Before the root there is an empty string, for what has none. */
	size_t size = sizeof(struct statmount) + 1 + sizeof("/../../..");

	unshare_in(_metadata, self->ax);
	EXPECT_STREQ(strerror(EOVERFLOW), stat_root(self->h.mount, size - 1));
	EXPECT_STREQ("/../../..", stat_root(self->h.mount, size));
}

/* One byte longer than a page, a little more, and far more. */
static const size_t lengths[] = { LONGEST, LONGEST + 1, 5020, 100 << 10 };

TEST_F(tree, A5_long_root_is_whole)
{
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		int dir = make_long(_metadata, &self->h, lengths[i]);
		char where[] = PLACE;

		bind_cgroup(_metadata, dir, where);
		EXPECT_EQ(0, strcmp(self->h.path, mount_root(where))) {
			TH_LOG("mountinfo, %zu bytes: %s", lengths[i], brief(mount_root(where)));
		}
		EXPECT_EQ(0, strcmp(self->h.path, stat_root(where, TEXT_SIZE))) {
			TH_LOG("statmount, %zu bytes", lengths[i]);
		}
		unbind(where);
	}
}

TEST_HARNESS_MAIN
