// SPDX-License-Identifier: GPL-2.0
/*
 * A task that never asks for a cgroup namespace (row A14 of the contract) sees what there was
 * before there were any.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "tree.h"

/* A task in a namespace of its own, so that there is one which is not to be felt. */
static pid_t somebody(struct __test_metadata *_metadata, struct hierarchy *h, int dir)
{
	pid_t pid;

	ASSERT_EQ(0, join(dir, 0));
	pid = clone_idle(h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, pid);
	return pid;
}

TEST_F(tree, A14_is_in_the_initial_namespace)
{
	EXPECT_EQ(INITIAL_INODE, namespace_of(0, "cgroup"));
	EXPECT_EQ(INITIAL_INODE, namespace_of(1, "cgroup"));
	EXPECT_EQ(INITIAL_INODE, namespace_of(spawn_in(_metadata, &self->h, self->ax), "cgroup"));
	EXPECT_NE(INITIAL_INODE, namespace_of(somebody(_metadata, &self->h, self->b), "cgroup"));
	EXPECT_EQ(INITIAL_INODE, namespace_of(0, "cgroup"));
}

TEST_F(tree, A14_paths_are_from_the_top)
{
	pid_t other = somebody(_metadata, &self->h, self->bx);

	ASSERT_EQ(0, join(self->axy, 0));
	EXPECT_STREQ(below_base(&self->h, "/a/x/y"), path_of(&self->h, getpid()));
	EXPECT_STREQ(below_base(&self->h, "/b/x"), path_of(&self->h, other));
	ASSERT_EQ(0, join(self->h.root_fd, 0));
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

/* All of the file as it is: a line for each hierarchy, made of three fields. */
TEST_F(tree, A14_lines_are_as_they_were)
{
	static char text[TEXT_SIZE];
	char *line, *save;
	int lines = 0, own = 0;
	char expected[128];

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, read_proc(getpid(), "cgroup", text));
	ASSERT_EQ('\n', text[strlen(text) - 1]);
	snprintf(expected, sizeof(expected), ":%s:%s/a/x", variant->kind.label, self->h.base);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *end;
		long id = strtol(line, &end, 10);

		lines++;
		EXPECT_NE(line, end);
		EXPECT_EQ(!strncmp(end, "::", 2), id == 0);
		if (!strcmp(end, expected))
			own++;
		else
			EXPECT_EQ('/', strrchr(end, ':')[1]);
	}
	EXPECT_EQ(1, own);
	EXPECT_LE(variant->kind.v2 ? 1 : 2, lines);
}

TEST_F(tree, A14_mounts_show_the_whole)
{
	char where[] = "/tmp/cgns.new.XXXXXX";
	int fd;

	somebody(_metadata, &self->h, self->bx);
	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_NE(NULL, mkdtemp(where));
	ASSERT_EQ(0, mount("cgns", where, variant->kind.fstype, 0, variant->kind.options));
	fd = open_dir(AT_FDCWD, where);
	EXPECT_EQ(inode_of(self->h.root_fd), inode_of(fd));
	close(fd);
	EXPECT_STREQ("/", mount_root(where));
	EXPECT_STREQ("/", mount_root(self->h.mount));
	umount2(where, 0);
	rmdir(where);
}

TEST_F(tree, A14_moves_anybody_anywhere)
{
	pid_t other = somebody(_metadata, &self->h, self->bx);

	EXPECT_EQ(0, join(self->a, other));
	EXPECT_EQ(0, join(self->bxy, other));
	EXPECT_EQ(0, join(self->h.root_fd, other));
	EXPECT_EQ(0, join(self->axy, 0));
}

/* What fork(), a thread, exec and the other namespaces leave alone. */
static int other_namespaces(void *arg)
{
	int err = error_of(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
				   CLONE_NEWNET | CLONE_NEWPID));

	(void)arg;
	if (err)
		return err;
	return namespace_of(0, "cgroup") == INITIAL_INODE ? 0 : -EXDEV;
}

static int after_exec(void *arg)
{
	(void)arg;
	execl("/bin/sh", "sh", "-c",
	      "[ \"$(readlink /proc/$$/ns/cgroup)\" = 'cgroup:[4026531835]' ]", NULL);
	return -errno;
}

TEST(A14_stays_there)
{
	EXPECT_EQ(0, in_child(other_namespaces, NULL));
	EXPECT_EQ(0, in_child(after_exec, NULL));
}

TEST_HARNESS_MAIN
