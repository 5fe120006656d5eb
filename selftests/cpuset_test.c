// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/cpuset, the other file that prints the path of a task's cgroup (row A13 of the
 * contract). Its buffer of one page is what row A6 speaks of: a path that does not fit is an error.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "cpuset.h"
#include "shown.h"

FIXTURE(cpuset)
{
	struct hierarchy h;
	int home; /* the cgroup namespace that the test began in */
	int a, ax, b; /* cgroups below the test's own: a/x, b */
};

FIXTURE_VARIANT(cpuset)
{
	struct kind kind;
};

FIXTURE_VARIANT_ADD(cpuset, v2)
{
	.kind = { "cgroup2", NULL, "", true },
};

FIXTURE_VARIANT_ADD(cpuset, v1)
{
	.kind = { "cgroup", "cpuset", "cpuset", false },
};

/* Give all cgroups that were made a cpuset of their own. */
static void enable(struct __test_metadata *_metadata, struct hierarchy *h)
{
	for (int i = 0; h->kind->v2 && i < h->ndirs; i++)
		ASSERT_EQ(0, enable_cpuset(h, h->dirs[i]));
}

/* A v1 cpuset takes no tasks while it is empty: give it all, and its children what it has. */
static int fill(const struct hierarchy *h, int dir)
{
	static const char *const names[] = { "cpuset.cpus", "cpuset.mems" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char text[256];
		int fd = openat(h->root_fd, names[i], O_RDONLY | O_CLOEXEC);
		ssize_t got = read(fd, text, sizeof(text) - 1);

		close(fd);
		if (got <= 0)
			return -EIO;
		text[got] = '\0';
		if (write_in(dir, names[i], text))
			return -EIO;
	}
	return write_in(dir, "cgroup.clone_children", "1");
}

FIXTURE_SETUP(cpuset)
{
	struct hierarchy *h = &self->h;

	self->home = open_namespace(0, "cgroup");
	hierarchy_enter(_metadata, h, &variant->kind);
	if (!variant->kind.v2)
		ASSERT_EQ(0, fill(h, h->base_fd));
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	self->b = make_cgroup(_metadata, h, h->base_fd, "b");
	enable(_metadata, h);
}

FIXTURE_TEARDOWN(cpuset)
{
	struct hierarchy *h = &self->h;
	int root = dup(h->root_fd);

	hierarchy_leave(h);
	if (variant->kind.v2)
		write_in(root, "cgroup.subtree_control", "-cpuset");
	close(root);
}

/* What the file of a task shows, without its line's end; or the error's words. */
static const char *cpuset_of(pid_t pid)
{
	static char text[TEXT_SIZE];
	int err = read_proc(pid, "cpuset", text);

	if (err)
		return strerror(-err);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

TEST_F(cpuset, A13_cpuset_from_the_initial_namespace)
{
	pid_t task = spawn_in(_metadata, &self->h, self->ax);

	EXPECT_STREQ(below_base(&self->h, "/a/x"), cpuset_of(task));
	EXPECT_STREQ("/", cpuset_of(getpid()));
}

TEST_F(cpuset, A13_cpuset_from_the_readers_root)
{
	pid_t inside = spawn_in(_metadata, &self->h, self->ax);
	pid_t outside = spawn_in(_metadata, &self->h, self->b);
	int root = make_cgroup(_metadata, &self->h, self->h.base_fd, "root");

	unshare_in(_metadata, root);
	EXPECT_STREQ("/../a/x", cpuset_of(inside));
	EXPECT_STREQ("/../b", cpuset_of(outside));
	ASSERT_EQ(0, setns(self->home, CLONE_NEWCGROUP));
	unshare_in(_metadata, self->ax);
	EXPECT_STREQ("/", cpuset_of(inside));
	EXPECT_STREQ("/../../b", cpuset_of(outside));
}

TEST_F(cpuset, A13_cpuset_of_the_readers_own)
{
	unshare_in(_metadata, self->b);
	EXPECT_STREQ("/", cpuset_of(getpid()));
	ASSERT_EQ(0, join(self->ax, 0));
	EXPECT_STREQ("/../a/x", cpuset_of(getpid()));
}

/* The longest path that fits, and one byte more. */
TEST_F(cpuset, A6_cpuset_that_fits)
{
	int dir = make_long(_metadata, &self->h, LONGEST);

	enable(_metadata, &self->h);
	EXPECT_EQ(0, strcmp(self->h.path, cpuset_of(spawn_in(_metadata, &self->h, dir))));
}

TEST_F(cpuset, A6_cpuset_that_is_too_long)
{
	int dir = make_long(_metadata, &self->h, LONGEST + 1);
	pid_t task;

	enable(_metadata, &self->h);
	task = spawn_in(_metadata, &self->h, dir);
	EXPECT_STREQ(strerror(ENAMETOOLONG), brief(cpuset_of(task)));
	/* What does not fit from one root does from another. */
	unshare_in(_metadata, dir);
	EXPECT_STREQ("/", cpuset_of(task));
}

TEST_HARNESS_MAIN
