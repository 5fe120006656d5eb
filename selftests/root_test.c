// SPDX-License-Identifier: GPL-2.0
/*
 * Where a cgroup namespace has its root (row A2 of the contract), and that it stays there (row A3).
 */
#define _GNU_SOURCE
#include "harness.h"
#include "tree.h"

TEST_F(tree, A2_unshare_roots_at_own_cgroup)
{
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

TEST_F(tree, A2_clone_roots_at_childs_cgroup)
{
	pid_t child;

	ASSERT_EQ(0, join(self->ax, 0));
	child = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, child);
	/* Where the child is by now does not count. */
	ASSERT_EQ(0, join(self->b, child));
	ASSERT_EQ(0, enter_namespace_of(child));
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
	EXPECT_STREQ("/../../b", path_of(&self->h, child));
}

TEST_F(tree, A2_clone_into_cgroup_roots_there)
{
	pid_t child;

	ASSERT_EQ(0, join(self->a, 0));
	child = clone_idle(&self->h, CLONE_NEWCGROUP | CLONE_INTO_CGROUP, self->bx);
	if (!variant->kind.v2) {
		EXPECT_EQ(-EBADF, child);
		return;
	}
	ASSERT_LT(0, child);
	EXPECT_STREQ(below_base(&self->h, "/b/x"), path_of(&self->h, child));
	ASSERT_EQ(0, enter_namespace_of(child));
	EXPECT_STREQ("/", path_of(&self->h, child));
	EXPECT_STREQ("/../../a", path_of(&self->h, getpid()));
}

TEST_F(tree, A2_namespace_made_in_a_namespace)
{
	unshare_in(_metadata, self->a);
	unshare_in(_metadata, self->axy);
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
	ASSERT_EQ(0, join(self->a, 0));
	EXPECT_STREQ("/../..", path_of(&self->h, getpid()));
}

/* A task in a user and a cgroup namespace of its own, made together. */
TEST_F(tree, A2_made_with_a_user_namespace)
{
	pid_t child;

	ASSERT_EQ(0, join(self->ax, 0));
	child = clone_idle(&self->h, CLONE_NEWUSER | CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, child);
	ASSERT_EQ(0, enter_namespace_of(child));
	EXPECT_STREQ("/", path_of(&self->h, child));
	ASSERT_EQ(0, join(self->b, 0));
	EXPECT_STREQ("/../../b", path_of(&self->h, getpid()));
}

static const struct kind kinds[] = {
	{ "cgroup2", NULL, "", true },
	{ "cgroup", "freezer", "freezer", false },
	{ "cgroup", "none,name=cgns", "name=cgns", false },
};

static const char *const names[] = { "one", "two", "three" };

/* All the hierarchies at once, with this task in a cgroup that has another name in each. */
FIXTURE(all)
{
	struct hierarchy h[ARRAY_SIZE(kinds)];
	int dirs[ARRAY_SIZE(kinds)];
};

FIXTURE_SETUP(all)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct hierarchy *h = &self->h[i];

		hierarchy_enter(_metadata, h, &kinds[i]);
		self->dirs[i] = make_cgroup(_metadata, h, h->base_fd, names[i]);
		ASSERT_EQ(0, join(self->dirs[i], 0));
	}
}

FIXTURE_TEARDOWN(all)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		hierarchy_leave(&self->h[i]);
}

TEST_F(all, A2_root_in_every_hierarchy)
{
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_STREQ("/", path_of(&self->h[i], getpid()));
		ASSERT_EQ(0, join(self->h[i].base_fd, 0));
		EXPECT_STREQ("/..", path_of(&self->h[i], getpid()));
	}
}

/* Of v2 only is a cgroup given; in the others the child is where its parent is. */
TEST_F(all, A2_clone_into_cgroup_in_every_hierarchy)
{
	int into = make_cgroup(_metadata, &self->h[0], self->h[0].base_fd, "into");
	pid_t child = clone_idle(&self->h[0], CLONE_NEWCGROUP | CLONE_INTO_CGROUP, into);

	ASSERT_LT(0, child);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		ASSERT_EQ(0, join(self->h[i].base_fd, child));
	ASSERT_EQ(0, enter_namespace_of(child));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		EXPECT_STREQ("/..", path_of(&self->h[i], child));
	EXPECT_STREQ("/../one", path_of(&self->h[0], getpid()));
	EXPECT_STREQ("/", path_of(&self->h[1], getpid()));
	EXPECT_STREQ("/", path_of(&self->h[2], getpid()));
}

TEST_F(tree, A2_hierarchy_that_is_mounted_later)
{
	static const struct kind later = { "cgroup", "none,name=cgns.later", "name=cgns.later" };
	struct hierarchy *h = &self->h;
	struct hierarchy new;
	pid_t child;

	ASSERT_EQ(0, join(self->ax, 0));
	child = clone_idle(h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, child);
	hierarchy_enter(_metadata, &new, &later);
	EXPECT_EQ(0, join(new.base_fd, child));
	EXPECT_EQ(0, enter_namespace_of(child));
	EXPECT_STREQ(new.base, path_of(&new, child));
	EXPECT_STREQ("/", path_of(h, child));
	EXPECT_EQ(0, join(new.root_fd, child));
	hierarchy_leave(&new);
}

TEST_F(tree, A3_root_stays_when_its_maker_moves)
{
	struct {
		int dir;
		const char *path;
	} places[] = {
		{ self->axy, "/y" },
		{ self->a, "/.." },
		{ self->b, "/../../b" },
		{ self->h.root_fd, "/../../.." },
		{ self->ax, "/" },
	};

	unshare_in(_metadata, self->ax);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		ASSERT_EQ(0, join(places[i].dir, 0));
		EXPECT_STREQ(places[i].path, path_of(&self->h, getpid()));
	}
}

TEST_F(tree, A3_root_stays_when_its_maker_ends)
{
	pid_t child;
	int fd;

	ASSERT_EQ(0, join(self->ax, 0));
	child = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, child);
	ASSERT_EQ(0, join(self->bx, child));
	fd = open_namespace(child, "cgroup");
	ASSERT_LE(0, fd);
	end(child);
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

TEST_F(tree, A3_root_stays_when_it_is_removed)
{
	int root = make_cgroup(_metadata, &self->h, self->a, "root");
	pid_t task = spawn_in(_metadata, &self->h, self->a);

	unshare_in(_metadata, root);
	ASSERT_EQ(0, join(self->b, 0));
	ASSERT_EQ(0, remove_patiently(self->a, "root"));
	EXPECT_STREQ("/../../b", path_of(&self->h, getpid()));
	EXPECT_STREQ("/..", path_of(&self->h, task));
	/* One that gets its name is another. */
	root = make_cgroup(_metadata, &self->h, self->a, "root");
	ASSERT_EQ(0, join(root, 0));
	EXPECT_STREQ("/../root", path_of(&self->h, getpid()));
}

TEST_F(tree, A3_root_stays_when_it_is_renamed)
{
	bool v2 = variant->kind.v2;
	pid_t task = spawn_in(_metadata, &self->h, self->axy);

	unshare_in(_metadata, self->ax);
	/* v2 has no renaming. */
	EXPECT_EQ(v2 ? -EPERM : 0, error_of(renameat(self->a, "x", self->a, "z")));
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
	EXPECT_STREQ("/y", path_of(&self->h, task));
	unshare_in(_metadata, self->b);
	EXPECT_STREQ(v2 ? "/../a/x/y" : "/../a/z/y", path_of(&self->h, task));
	EXPECT_EQ(v2 ? -ENOENT : 0, error_of(renameat(self->a, "z", self->a, "x")));
}

TEST_HARNESS_MAIN
