// SPDX-License-Identifier: GPL-2.0
/*
 * More hierarchies than anybody mounts (row A4 of the contract): each has its line in
 * /proc/PID/cgroup, with the path in it.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "shown.h"

#define MANY 40

FIXTURE(many)
{
	char where[32];
	int mounted;
};

static int top_of(const char *where)
{
	return open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Each is mounted over the one before; the task is in a cgroup of each. */
FIXTURE_SETUP(many)
{
	char options[32];

	snprintf(self->where, sizeof(self->where), "/tmp/cgns.many.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->where));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	for (; self->mounted < MANY; self->mounted++) {
		int top, own;

		snprintf(options, sizeof(options), "none,name=many%d", self->mounted);
		ASSERT_EQ(0, mount("cgns", self->where, "cgroup", 0, options));
		top = top_of(self->where);
		ASSERT_EQ(0, mkdirat(top, "own", 0755));
		own = open_dir(top, "own");
		ASSERT_EQ(0, join(own, 0));
		close(own);
		close(top);
	}
}

FIXTURE_TEARDOWN(many)
{
	while (self->mounted--) {
		int top = top_of(self->where);

		join(top, 0);
		unlinkat(top, "own", AT_REMOVEDIR);
		close(top);
		umount2(self->where, MNT_DETACH);
	}
	rmdir(self->where);
}

/* How many lines end in a text. */
static int lines_that_end_in(const char *end)
{
	static char text[TEXT_SIZE];
	char *line, *save;
	int count = 0;

	if (read_proc(getpid(), "cgroup", text))
		return -1;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *label = strchr(line, ':');

		count += label && !strcmp(label, end);
	}
	return count;
}

TEST_F(many, A4_every_hierarchy_has_its_line)
{
	char line[64];

	for (int i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), ":name=many%d:/own", i);
		EXPECT_EQ(1, lines_that_end_in(line));
	}
}

TEST_F(many, A4_every_root_is_the_namespaces)
{
	char line[64];

	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	for (int i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), ":name=many%d:/", i);
		EXPECT_EQ(1, lines_that_end_in(line));
	}
}

TEST_HARNESS_MAIN
