// SPDX-License-Identifier: GPL-2.0
/*
 * Which limits that outside has set root in a cgroup namespace can take away (rows A1, A7 and A11
 * of the contract). What comes of it is in docs/isolation.md.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "isolate.h"

#define LIMIT "10\n"

/* What the limit of a cgroup's tasks is. */
static const char *limit_of(int dir)
{
	static char text[TEXT_SIZE];
	int fd = openat(dir, "pids.max", O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? -errno : read_all(fd, text);

	close(fd);
	return err ? strerror(-err) : text;
}

static int raise_at_root(struct attack *attack)
{
	return write_in(attack->inside, "pids.max", "max");
}

TEST_F(isolate, A11_limit_at_the_root)
{
	ASSERT_EQ(0, write_in(self->attack->ax, "pids.max", LIMIT));
	EXPECT_EQ(BY_WHO(-EACCES, AT_ROOT, AT_ROOT), try_to(self->attack, raise_at_root));
	EXPECT_STREQ(BY_WHO(LIMIT, variant->set ? LIMIT : "max\n", variant->set ? LIMIT : "max\n"),
		     limit_of(self->attack->ax));
}

static int raise_outside(struct attack *attack)
{
	return write_in(attack->b, "pids.max", "max");
}

static int raise_above(struct attack *attack)
{
	return write_in(attack->a, "pids.max", "max");
}

/* It is the root alone whose files are refused: whoever reaches those outside writes to them. */
TEST_F(isolate, A11_limit_outside)
{
	ASSERT_EQ(0, write_in(self->attack->b, "pids.max", LIMIT));
	ASSERT_EQ(0, write_in(self->attack->a, "pids.max", LIMIT));
	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, raise_outside));
	EXPECT_STREQ(BY_WHO(LIMIT, "max\n", "max\n"), limit_of(self->attack->b));
	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, raise_above));
	EXPECT_STREQ(BY_WHO(LIMIT, "max\n", "max\n"), limit_of(self->attack->a));
}

static int raise_from_below(struct attack *attack)
{
	int dir = open_dir(attack->inside, "y");
	int err = join(dir, 0);

	err = err ? err : error_of(unshare(CLONE_NEWCGROUP));
	return err ? err : raise_at_root(attack);
}

/*
 * A second namespace, with its root one level down, turns the first one's root into what is
 * outside: nsdelegate no longer keeps its limits. Nothing but the own mount is needed for it.
 */
TEST_F(isolate, A11_limit_at_the_root_from_a_namespace_below)
{
	ASSERT_EQ(0, write_in(self->attack->ax, "pids.max", LIMIT));
	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, raise_from_below));
	EXPECT_STREQ(BY_WHO(LIMIT, "max\n", "max\n"), limit_of(self->attack->ax));
}

static int take_file(struct attack *attack)
{
	int err = error_of(fchmodat(attack->inside, "pids.max", 0666, 0));

	return err ? err : raise_at_root(attack);
}

TEST_F(isolate, A11_mode_of_a_limit)
{
	EXPECT_EQ(BY_WHO(-EPERM, AT_ROOT, AT_ROOT), try_to(self->attack, take_file));
}

static int use_inherited_limit(struct attack *attack)
{
	return error_of(write(attack->fd, "max", 3));
}

/* As with cgroup.procs, a file from outside counts as outside. */
TEST_F(isolate, A11_limit_by_an_inherited_file)
{
	ASSERT_EQ(0, write_in(self->attack->ax, "pids.max", LIMIT));
	self->attack->fd = openat(self->attack->ax, "pids.max", O_WRONLY | O_CLOEXEC);
	EXPECT_EQ(0, try_to(self->attack, use_inherited_limit));
	EXPECT_STREQ("max\n", limit_of(self->attack->ax));
}

static int make_two(struct attack *attack)
{
	if (mkdirat(attack->inside, "one", 0755))
		return -errno;
	return error_of(mkdirat(attack->inside, "two", 0755));
}

static int raise_and_make_two(struct attack *attack)
{
	int err = write_in(attack->inside, "cgroup.max.descendants", "max");

	return err ? err : make_two(attack);
}

static void remove_two(const struct attack *attack)
{
	unlinkat(attack->ax, "one", AT_REMOVEDIR);
	unlinkat(attack->ax, "two", AT_REMOVEDIR);
}

/* y is there; one more may be made. */
TEST_F(isolate, A11_number_of_cgroups_below)
{
	ASSERT_EQ(0, write_in(self->attack->ax, "cgroup.max.descendants", "2"));
	EXPECT_EQ(-EAGAIN, try_to(self->attack, make_two));
	remove_two(self->attack);
	EXPECT_EQ(BY_WHO(-EACCES, AT_ROOT, AT_ROOT), try_to(self->attack, raise_and_make_two));
	remove_two(self->attack);
}

/* Root in a user namespace that has its one cgroup namespace, by a limit that is set above. */
static int raise_own_limit(void *arg)
{
	int err = limited_user_namespace("1");

	(void)arg;
	err = err ? err : new_user_namespace(CLONE_NEWCGROUP);
	err = err ? err : limit_cgroup_namespaces("1000");
	return err ? -EXFULL : error_of(unshare(CLONE_NEWCGROUP));
}

TEST(A1_number_of_namespaces)
{
	EXPECT_EQ(-ENOSPC, in_child(raise_own_limit, NULL));
}

/* Leave by a file from outside, have the root removed, and one of its name made. */
static int renew_root(struct attack *attack)
{
	int err = error_of(write(attack->fd, "0", 1));

	err = err ? err : remove_patiently(attack->ax, "y");
	err = err ? err : remove_patiently(attack->a, "x");
	err = err ? err : error_of(mkdirat(attack->a, "x", 0755));
	err = err ? err : error_of(umount2(attack->place, MNT_DETACH));
	err = err ? err : error_of(mount("cgns", attack->place, "cgroup2", 0, NULL));
	if (err)
		return err;
	attack->inside = open_dir(AT_FDCWD, attack->place);
	attack->number = inode_of(attack->inside);
	return raise_at_root(attack);
}

/*
 * A root that was removed is mounted by its name: when another cgroup has that, it is this one that
 * the namespace gets, and its files are not those of a root.
 */
TEST_F(isolate, A7_root_that_was_made_again)
{
	struct stat st = {};

	self->attack->fd = openat(self->attack->b, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	end(self->attack->beside);
	EXPECT_EQ(BY_WHO(-EACCES, 0, 0), try_to(self->attack, renew_root));
	ASSERT_EQ(0, fstatat(self->attack->a, "x", &st, 0));
	EXPECT_EQ(BY_WHO(0, st.st_ino, st.st_ino), self->attack->number);
	EXPECT_NE(self->attack->number, inode_of(self->attack->ax));
}

TEST_HARNESS_MAIN
