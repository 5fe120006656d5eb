// SPDX-License-Identifier: GPL-2.0
/*
 * The id of a v2 cgroup, as user space hands it in (row A13 of the contract): it is known only to
 * who has the cgroup at or below the own root. The shrinkers' debug files take one.
 */
#define _GNU_SOURCE
#include <dirent.h>

#include "harness.h"
#include "shown.h"

FIXTURE(id)
{
	struct hierarchy h;
	int a, ax, axy, b; /* cgroups below the test's own: a/x/y, b */
	char debug[32]; /* where debugfs is */
	int scan; /* the file that takes an id */
};

/* The file of some file system's shrinker, which goes by cgroups. */
static int open_shrinker(const char *debug)
{
	char path[512];
	struct dirent *entry;
	int fd = -ENOENT;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/shrinker", debug);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (fd < 0 && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "sb-tmpfs", 8))
			continue;
		snprintf(path, sizeof(path), "%s/shrinker/%s/scan", debug, entry->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	closedir(dir);
	return fd;
}

FIXTURE_SETUP(id)
{
	static const struct kind kind = { "cgroup2", NULL, "", true };
	struct hierarchy *h = &self->h;

	hierarchy_enter(_metadata, h, &kind);
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	self->axy = make_cgroup(_metadata, h, self->ax, "y");
	self->b = make_cgroup(_metadata, h, h->base_fd, "b");
	snprintf(self->debug, sizeof(self->debug), "/tmp/cgns.debug.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->debug));
	self->scan = -ENOENT;
	if (!mount("cgns", self->debug, "debugfs", 0, NULL))
		self->scan = open_shrinker(self->debug);
	if (self->scan == -ENOENT)
		SKIP(return, "needs CONFIG_SHRINKER_DEBUG");
	ASSERT_LE(0, self->scan);
}

FIXTURE_TEARDOWN(id)
{
	umount2(self->debug, MNT_DETACH);
	rmdir(self->debug);
	hierarchy_leave(&self->h);
}

/* Whether an id is known: 0, or the error. The shrinker then drops one object at most. */
static int use(int scan, __u64 id)
{
	char text[64];

	snprintf(text, sizeof(text), "%llu 0 1\n", id);
	return error_of(write(scan, text, strlen(text)));
}

TEST_F(id, A13_id_from_the_initial_namespace)
{
	EXPECT_EQ(0, use(self->scan, inode_of(self->h.root_fd)));
	EXPECT_EQ(0, use(self->scan, inode_of(self->axy)));
	EXPECT_EQ(0, use(self->scan, inode_of(self->b)));
}

TEST_F(id, A13_id_at_and_below_the_root)
{
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, use(self->scan, inode_of(self->ax)));
	EXPECT_EQ(0, use(self->scan, inode_of(self->axy)));
}

TEST_F(id, A13_id_outside_the_root)
{
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(-ENOENT, use(self->scan, inode_of(self->h.root_fd)));
	EXPECT_EQ(-ENOENT, use(self->scan, inode_of(self->h.base_fd)));
	EXPECT_EQ(-ENOENT, use(self->scan, inode_of(self->a)));
	EXPECT_EQ(-ENOENT, use(self->scan, inode_of(self->b)));
}

/* It is the root that counts, not where the task is. */
TEST_F(id, A13_id_after_moving_away)
{
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, join(self->b, 0));
	EXPECT_EQ(-ENOENT, use(self->scan, inode_of(self->b)));
	EXPECT_EQ(0, use(self->scan, inode_of(self->ax)));
}

TEST_F(id, A13_id_from_a_namespace_joined)
{
	pid_t task;

	ASSERT_EQ(0, join(self->b, 0));
	task = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, task);
	EXPECT_EQ(0, use(self->scan, inode_of(self->ax)));
	ASSERT_EQ(0, enter_namespace_of(task));
	EXPECT_EQ(-ENOENT, use(self->scan, inode_of(self->ax)));
	EXPECT_EQ(0, use(self->scan, inode_of(self->b)));
}

TEST_F(id, A13_id_of_nothing)
{
	int dir = make_cgroup(_metadata, &self->h, self->ax, "gone");
	__u64 id = inode_of(dir);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, use(self->scan, id));
	ASSERT_EQ(0, remove_patiently(self->ax, "gone"));
	EXPECT_EQ(-ENOENT, use(self->scan, id));
	EXPECT_EQ(-ENOENT, use(self->scan, ~0ULL));
}

TEST_HARNESS_MAIN
