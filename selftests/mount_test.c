// SPDX-License-Identifier: GPL-2.0
/*
 * Mounting a hierarchy from inside a cgroup namespace (row A7 of the contract): which cgroup is the
 * mount's root, and what is refused.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "tree.h"

/* A place to mount at, and what is mounted there: what a child needs, and what it found. */
struct place {
	const struct kind *kind;
	char where[32];
	int own_mount_namespace;
	__u64 inode; /* of the mount's root */
	char below[64]; /* names of the cgroups directly below it */
};

static struct place *new_place(struct __test_metadata *_metadata, const struct kind *kind)
{
	struct place *place = shared_memory(sizeof(*place));

	ASSERT_NE(NULL, place);
	place->kind = kind;
	snprintf(place->where, sizeof(place->where), "/tmp/cgns.new.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(place->where));
	return place;
}

/* The mount of a child went with the child; a mount of the test's own goes here. */
static void remove_place(struct place *place)
{
	umount2(place->where, MNT_DETACH);
	rmdir(place->where);
}

/* Mount, and look at the root of what is mounted: 0, or the error of mount(2). */
static int mount_and_look(struct place *place)
{
	int fd, err;

	err = error_of(mount("cgns", place->where, place->kind->fstype, 0, place->kind->options));
	if (err)
		return err;
	fd = open_dir(AT_FDCWD, place->where);
	if (fd < 0)
		return -errno;
	place->inode = inode_of(fd);
	if (!faccessat(fd, "x", F_OK, 0))
		strcat(place->below, "x ");
	if (!faccessat(fd, "y", F_OK, 0))
		strcat(place->below, "y ");
	close(fd);
	return 0;
}

TEST_F(tree, A7_initial_namespace_mounts_the_whole)
{
	struct place *place = new_place(_metadata, &variant->kind);

	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(0, mount_and_look(place));
	EXPECT_EQ(inode_of(self->h.root_fd), place->inode);
	remove_place(place);
}

TEST_F(tree, A7_root_is_that_of_the_namespace)
{
	struct place *place = new_place(_metadata, &variant->kind);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, mount_and_look(place));
	EXPECT_EQ(inode_of(self->ax), place->inode);
	EXPECT_STREQ("y ", place->below);
	remove_place(place);
}

TEST_F(tree, A7_where_the_mounter_is_does_not_count)
{
	struct place *place = new_place(_metadata, &variant->kind);

	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, join(self->b, 0));
	EXPECT_EQ(0, mount_and_look(place));
	EXPECT_EQ(inode_of(self->ax), place->inode);
	remove_place(place);
}

TEST_F(tree, A7_earlier_mounts_stay)
{
	__u64 before = inode_of(self->h.root_fd);
	int fd;

	unshare_in(_metadata, self->ax);
	fd = open_dir(AT_FDCWD, self->h.mount);
	EXPECT_EQ(before, inode_of(fd));
	close(fd);
}

/* What mount(2) does with its options. */
static int set_options(int fs, const char *options)
{
	char words[64] = "";
	char *word, *save, *value;
	int err = 0;

	if (options)
		snprintf(words, sizeof(words), "%s", options);
	for (word = strtok_r(words, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		if (fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, word, value, 0))
			err = -errno;
	}
	return err;
}

/* The namespace is that of the first step, not that of the last. */
TEST_F(tree, A7_namespace_is_that_of_fsopen)
{
	int fs = fsopen(variant->kind.fstype, FSOPEN_CLOEXEC);
	int fd;

	ASSERT_LE(0, fs);
	ASSERT_EQ(0, set_options(fs, variant->kind.options));
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(inode_of(self->h.root_fd), inode_of(fd));
	close(fs);
	close(fd);
}

TEST_F(tree, A7_removed_root_is_not_mounted)
{
	struct place *place = new_place(_metadata, &variant->kind);
	int root = make_cgroup(_metadata, &self->h, self->a, "root");

	unshare_in(_metadata, root);
	ASSERT_EQ(0, join(self->b, 0));
	ASSERT_EQ(0, remove_patiently(self->a, "root"));
	EXPECT_EQ(-ENOENT, mount_and_look(place));
	remove_place(place);
}

/* Of a removed root only the name is left to go by. */
TEST_F(tree, A7_removed_root_whose_name_another_has)
{
	struct place *place = new_place(_metadata, &variant->kind);
	int root = make_cgroup(_metadata, &self->h, self->a, "root");

	unshare_in(_metadata, root);
	ASSERT_EQ(0, join(self->b, 0));
	ASSERT_EQ(0, remove_patiently(self->a, "root"));
	root = make_cgroup(_metadata, &self->h, self->a, "root");
	EXPECT_EQ(0, mount_and_look(place));
	EXPECT_EQ(inode_of(root), place->inode);
	remove_place(place);
}

TEST_F(tree, A7_deep_root)
{
	struct place *place = new_place(_metadata, &variant->kind);
	int dir = self->axy;

	for (int i = 0; i < 100; i++)
		dir = make_cgroup(_metadata, &self->h, dir, i % 2 ? "x" : "y");
	unshare_in(_metadata, dir);
	EXPECT_EQ(0, mount_and_look(place));
	EXPECT_EQ(inode_of(dir), place->inode);
	remove_place(place);
}

TEST_F(tree, A7_root_with_a_long_path)
{
	struct place *place = new_place(_metadata, &variant->kind);
	int dir = make_long(_metadata, &self->h, 20000);

	unshare_in(_metadata, dir);
	EXPECT_EQ(0, mount_and_look(place));
	EXPECT_EQ(inode_of(dir), place->inode);
	remove_place(place);
}

static int mount_in_user_namespace(void *arg)
{
	int err = new_user_namespace(CLONE_NEWCGROUP | CLONE_NEWNS);

	return err ? err : mount_and_look(arg);
}

TEST_F(tree, A7_root_of_a_user_namespace_may)
{
	struct place *place = new_place(_metadata, &variant->kind);

	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(0, in_child(mount_in_user_namespace, place));
	EXPECT_EQ(inode_of(self->ax), place->inode);
	remove_place(place);
}

/* The cgroup namespace is still one of somebody else's. */
static int mount_without_own(void *arg)
{
	int err = new_user_namespace(CLONE_NEWNS);

	return err ? err : mount_and_look(arg);
}

TEST_F(tree, A7_not_in_a_cgroup_namespace_of_others)
{
	struct place *place = new_place(_metadata, &variant->kind);

	EXPECT_EQ(-EPERM, in_child(mount_without_own, place));
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(-EPERM, in_child(mount_without_own, place));
	remove_place(place);
}

/* Hierarchies that are not there yet. */
FIXTURE(absent)
{
	struct place *place;
};

FIXTURE_VARIANT(absent)
{
	struct kind kind;
};

FIXTURE_VARIANT_ADD(absent, v1)
{
	.kind = { "cgroup", "net_prio", "net_prio", false },
};

FIXTURE_VARIANT_ADD(absent, v1_named)
{
	.kind = { "cgroup", "none,name=cgns.absent", "name=cgns.absent", false },
};

FIXTURE_SETUP(absent)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	self->place = new_place(_metadata, &variant->kind);
}

FIXTURE_TEARDOWN(absent)
{
	remove_place(self->place);
}

TEST_F(absent, A7_only_the_initial_namespace_makes_a_hierarchy)
{
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	EXPECT_EQ(-EPERM, mount_and_look(self->place));
}

TEST_F(absent, A7_no_user_namespace_makes_a_hierarchy)
{
	EXPECT_EQ(-EPERM, in_child(mount_in_user_namespace, self->place));
	EXPECT_EQ(-EPERM, in_child(mount_without_own, self->place));
}

TEST_F(absent, A7_initial_namespace_makes_it)
{
	EXPECT_EQ(0, mount_and_look(self->place));
}

TEST_HARNESS_MAIN
