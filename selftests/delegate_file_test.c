// SPDX-License-Identifier: GPL-2.0
/*
 * What the files of a namespace's root refuse to those inside (row A11 of the contract), and that
 * nsdelegate, which makes them do so, is the initial namespace's to set.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "boundary.h"

/* What a file that is not delegated gives at the root. */
#define REFUSED (variant->set ? -EPERM : 0)

/* Files, and something to write that changes nothing. */
static const struct {
	const char *name;
	const char *text;
	bool delegated;
} files[] = {
	{ "cgroup.max.depth", "max", false },
	{ "cgroup.max.descendants", "max", false },
	{ "cgroup.freeze", "0", false },
	{ "pids.max", "max", false },
	{ "memory.max", "max", false },
	{ "memory.oom.group", "0", true },
	{ "cgroup.procs", "0", true },
	{ "cgroup.threads", "0", true },
	{ "cgroup.subtree_control", "-pids", true },
};

#define CONTROLLERS "+pids +memory"

/* Give a/x some controllers, so that it has files of theirs. */
static void enable(struct __test_metadata *_metadata, struct hierarchy *h, int a)
{
	ASSERT_EQ(0, write_in(h->root_fd, "cgroup.subtree_control", CONTROLLERS));
	ASSERT_EQ(0, write_in(h->base_fd, "cgroup.subtree_control", CONTROLLERS));
	ASSERT_EQ(0, write_in(a, "cgroup.subtree_control", CONTROLLERS));
}

TEST_F(boundary, A11_files_at_the_root)
{
	enable(_metadata, &self->h, self->a);
	unshare_in(_metadata, self->ax);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(files[i].delegated ? 0 : REFUSED,
			  write_in(self->ax, files[i].name, files[i].text)) {
			TH_LOG("%s", files[i].name);
		}
	}
}

TEST_F(boundary, A11_files_below_the_root)
{
	enable(_metadata, &self->h, self->a);
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, join(self->axy, 0));
	ASSERT_EQ(0, write_in(self->ax, "cgroup.subtree_control", CONTROLLERS));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(0, write_in(self->axy, files[i].name, files[i].text)) {
			TH_LOG("%s", files[i].name);
		}
	}
}

/* Who gets at a directory above the root is a matter of mounts and of permissions. */
TEST_F(boundary, A11_files_above_the_root)
{
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, write_in(self->a, "cgroup.max.depth", "max"));
	EXPECT_EQ(0, write_in(self->b, "cgroup.max.depth", "max"));
}

TEST_F(boundary, A11_files_in_the_initial_namespace)
{
	enable(_metadata, &self->h, self->a);
	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_LT(0, clone_idle(&self->h, CLONE_NEWCGROUP, 0));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(0, write_in(self->ax, files[i].name, files[i].text)) {
			TH_LOG("%s", files[i].name);
		}
	}
}

/* The initial namespace's root is nobody's limit but its own. */
TEST_F(boundary, A11_files_at_the_root_of_all)
{
	ASSERT_EQ(0, join(self->h.root_fd, 0));
	EXPECT_EQ(0, write_in(self->h.root_fd, "cgroup.max.depth", "max"));
	EXPECT_EQ(0, write_in(self->h.root_fd, "cgroup.max.descendants", "max"));
}

TEST_F(boundary, A11_files_from_a_namespace_below)
{
	unshare_in(_metadata, self->axy);
	EXPECT_EQ(REFUSED, write_in(self->axy, "cgroup.max.depth", "max"));
	EXPECT_EQ(0, write_in(self->ax, "cgroup.max.depth", "max"));
}

TEST_F(boundary, A11_file_opened_before_unshare)
{
	int fd = openat(self->ax, "cgroup.max.depth", O_WRONLY | O_CLOEXEC);

	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, error_of(write(fd, "max", 3)));
	close(fd);
}

static int other_cgroup_namespace(void)
{
	return error_of(unshare(CLONE_NEWCGROUP));
}

TEST_F(boundary, A11_file_sent_over_a_socket)
{
	int fd;

	ASSERT_EQ(0, join(self->ax, 0));
	fd = opened_elsewhere(self->ax, "cgroup.max.depth", other_cgroup_namespace);
	ASSERT_LE(0, fd);
	EXPECT_EQ(REFUSED, error_of(write(fd, "max", 3)));
	/* Writing nothing is not refused. */
	EXPECT_EQ(0, error_of(write(fd, "", 0)));
	close(fd);
}

TEST_F(boundary, A11_files_can_be_read)
{
	char text[16] = "";
	int fd;

	unshare_in(_metadata, self->ax);
	fd = openat(self->ax, "cgroup.max.depth", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(4, read(fd, text, sizeof(text) - 1));
	EXPECT_STREQ("max\n", text);
	close(fd);
}

/* Root in a user namespace, to which the cgroup was given. */
static int write_as_nobody(void *arg)
{
	int err = become_user(NOBODY);

	err = err ? err : new_user_namespace(CLONE_NEWCGROUP);
	return err ? err : write_in(*(int *)arg, "cgroup.max.depth", "max");
}

TEST_F(boundary, A11_files_from_a_user_namespace)
{
	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_EQ(-EACCES, in_child(write_as_nobody, &self->ax));
	ASSERT_EQ(0, fchownat(self->ax, "cgroup.max.depth", NOBODY, NOBODY, 0));
	EXPECT_EQ(REFUSED, in_child(write_as_nobody, &self->ax));
}

TEST_F(boundary, A11_files_of_v1)
{
	static const struct kind kind = { "cgroup", "none,name=cgns", "name=cgns", false };
	struct hierarchy v1;

	hierarchy_enter(_metadata, &v1, &kind);
	unshare_in(_metadata, v1.base_fd);
	EXPECT_EQ(0, write_in(v1.base_fd, "notify_on_release", "0"));
	hierarchy_leave(&v1);
}

/* From inside the option is taken without a word, and without an effect. */
TEST_F(boundary, A11_option_is_the_initial_namespaces)
{
	const char *other = variant->set ? NULL : "nsdelegate";
	char where[] = "/tmp/cgns.new.XXXXXX";

	ASSERT_NE(NULL, mkdtemp(where));
	unshare_in(_metadata, self->ax);
	EXPECT_EQ(0, error_of(mount(NULL, self->h.mount, NULL, MS_REMOUNT, other)));
	EXPECT_EQ(variant->set, nsdelegate_is_set());
	EXPECT_EQ(0, error_of(mount("cgns", where, "cgroup2", 0, other)));
	EXPECT_EQ(variant->set, nsdelegate_is_set());
	umount2(where, 0);
	rmdir(where);
	ASSERT_EQ(0, setns(self->home, CLONE_NEWCGROUP));
	EXPECT_EQ(0, set_nsdelegate(&self->h, !variant->set));
	EXPECT_EQ(!variant->set, nsdelegate_is_set());
}

TEST_HARNESS_MAIN
