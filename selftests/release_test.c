// SPDX-License-Identifier: GPL-2.0
/*
 * v1's release agent (row A13 of the contract): it is told the path from the initial namespace's
 * root, whoever left the cgroup empty, and only the initial user namespace may say what it is.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "shown.h"

/*
 * The agent is a copy of this program: started by the kernel under that name, all that it does is
 * to write its argument to the pipe beside it.
 */
#define AGENT "/agent"
#define PIPE "/pipe"

__attribute__((constructor)) static void be_the_agent(int argc, char **argv)
{
	char *name = argc == 2 ? strrchr(argv[0], '/') : NULL;
	char path[64];
	int fd;

	if (!name || strcmp(name, AGENT))
		return;
	snprintf(path, sizeof(path), "%.*s" PIPE, (int)(name - argv[0]), argv[0]);
	fd = open(path, O_WRONLY);
	_exit(fd < 0 || write(fd, argv[1], strlen(argv[1])) < 0);
}

FIXTURE(release)
{
	struct hierarchy h;
	int home; /* the cgroup namespace that the test began in */
	int a, ax, b; /* cgroups below the test's own: a/x, b */
	char place[32]; /* of the agent and its pipe */
	int agent; /* the file that names the agent */
};

FIXTURE_VARIANT(release)
{
	struct kind kind;
};

FIXTURE_VARIANT_ADD(release, v1)
{
	.kind = { "cgroup", "freezer", "freezer", false },
};

FIXTURE_VARIANT_ADD(release, v1_named)
{
	.kind = { "cgroup", "none,name=cgns", "name=cgns", false },
};

/* A path beside the agent. */
static const char *beside(const char *place, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s%s", place, name);
	return path;
}

static int copy_self(const char *to)
{
	char block[65536];
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	ssize_t got;

	while ((got = read(in, block, sizeof(block))) > 0) {
		if (write(out, block, got) != got)
			got = -1;
	}
	close(in);
	close(out);
	return error_of(got);
}

FIXTURE_SETUP(release)
{
	struct hierarchy *h = &self->h;
	const char *agent;

	self->home = open_namespace(0, "cgroup");
	/* Made before the mounts become the test's own: the kernel looks for it in its own. */
	snprintf(self->place, sizeof(self->place), "/tmp/cgns.agent.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->place));
	ASSERT_EQ(0, mkfifo(beside(self->place, PIPE), 0600));
	ASSERT_EQ(0, copy_self(beside(self->place, AGENT)));
	hierarchy_enter(_metadata, h, &variant->kind);
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	self->b = make_cgroup(_metadata, h, h->base_fd, "b");
	ASSERT_EQ(0, write_in(self->ax, "notify_on_release", "1"));
	self->agent = openat(h->root_fd, "release_agent", O_RDWR | O_CLOEXEC);
	agent = beside(self->place, AGENT);
	ASSERT_EQ(strlen(agent), write(self->agent, agent, strlen(agent)));
}

FIXTURE_TEARDOWN(release)
{
	/* An empty line is no agent. */
	if (write(self->agent, "\n", 1) != 1)
		TH_LOG("the release agent stays");
	setns(self->home, CLONE_NEWCGROUP);
	hierarchy_leave(&self->h);
	unlink(beside(self->place, AGENT));
	unlink(beside(self->place, PIPE));
	rmdir(self->place);
}

/* What the agent is told: waits until one is. */
static const char *told(const char *place)
{
	static char path[PATH_SIZE];
	int fd = open(beside(place, PIPE), O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, path, sizeof(path) - 1);

	if (got < 0)
		return strerror(errno);
	path[got] = '\0';
	close(fd);
	return path;
}

TEST_F(release, A13_agent_of_the_initial_namespace)
{
	pid_t task = spawn_in(_metadata, &self->h, self->ax);

	ASSERT_EQ(0, join(self->b, task));
	EXPECT_STREQ(below_base(&self->h, "/a/x"), told(self->place));
}

TEST_F(release, A13_agent_when_left_from_inside)
{
	unshare_in(_metadata, self->ax);
	ASSERT_EQ(0, join(self->b, 0));
	EXPECT_STREQ(below_base(&self->h, "/a/x"), told(self->place));
}

TEST_F(release, A13_agent_when_the_last_task_ends)
{
	pid_t task;

	ASSERT_EQ(0, join(self->ax, 0));
	task = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, task);
	ASSERT_EQ(0, join(self->b, 0));
	end(task);
	EXPECT_STREQ(below_base(&self->h, "/a/x"), told(self->place));
}

TEST_F(release, A13_agent_is_named_from_inside)
{
	const char *agent = beside(self->place, AGENT);

	unshare_in(_metadata, self->b);
	EXPECT_EQ(0, write_in(self->h.root_fd, "release_agent", agent));
}

static int name_as_root_below(void *arg)
{
	const struct hierarchy *h = arg;
	int err = new_user_namespace(CLONE_NEWCGROUP);

	return err ? err : write_in(h->root_fd, "release_agent", "/bin/false");
}

static int name_without_capability(void *arg)
{
	const struct hierarchy *h = arg;
	int err = limit_capabilities(~(1ULL << CAP_SYS_ADMIN));

	return err ? err : write_in(h->root_fd, "release_agent", "/bin/false");
}

/* A cgroup namespace of a user namespace below, and the initial one without the capability. */
TEST_F(release, A13_agent_is_the_initial_user_namespaces)
{
	char text[64] = "";

	EXPECT_EQ(-EPERM, in_child(name_as_root_below, &self->h));
	EXPECT_EQ(-EPERM, in_child(name_without_capability, &self->h));
	ASSERT_LT(0, pread(self->agent, text, sizeof(text) - 1, 0));
	text[strcspn(text, "\n")] = '\0';
	EXPECT_STREQ(beside(self->place, AGENT), text);
}

TEST_HARNESS_MAIN
