// SPDX-License-Identifier: GPL-2.0
/*
 * Entering a cgroup namespace (row A9 of the contract): by a file or a pidfd, with what
 * capabilities, and that the cgroup stays what it is.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "tree.h"

/* A task in the namespace to be entered, whose root is b/x. */
static pid_t target_in(struct __test_metadata *_metadata, struct hierarchy *h, int dir,
		       __u64 flags)
{
	pid_t pid;

	ASSERT_EQ(0, join(dir, 0));
	pid = clone_idle(h, CLONE_NEWCGROUP | flags, 0);
	ASSERT_LT(0, pid);
	return pid;
}

static int open_pidfd(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

static const char *procs_of(int dir)
{
	static char text[256];
	int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[got < 0 ? 0 : got] = '\0';
	close(fd);
	return text;
}

/* The test is in a/x and has entered the namespace with the root b/x. */
static void expect_entered(struct __test_metadata *_metadata, const struct hierarchy *h, pid_t task,
			   int dir)
{
	char self[16];

	EXPECT_EQ(namespace_of(task, "cgroup"), namespace_of(0, "cgroup"));
	EXPECT_STREQ("/", path_of(h, task));
	EXPECT_STREQ("/../../a/x", path_of(h, getpid()));
	snprintf(self, sizeof(self), "%d\n", getpid());
	EXPECT_STREQ(self, procs_of(dir));
}

TEST_F(tree, A9_by_file)
{
	pid_t task = target_in(_metadata, &self->h, self->bx, 0);
	int fd = open_namespace(task, "cgroup");

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	expect_entered(_metadata, &self->h, task, self->ax);
}

TEST_F(tree, A9_by_file_of_any_type)
{
	pid_t task = target_in(_metadata, &self->h, self->bx, 0);
	int fd = open_namespace(task, "cgroup");

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, setns(fd, 0));
	expect_entered(_metadata, &self->h, task, self->ax);
}

TEST_F(tree, A9_by_pidfd)
{
	pid_t task = target_in(_metadata, &self->h, self->bx, 0);
	int fd = open_pidfd(task);

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	expect_entered(_metadata, &self->h, task, self->ax);
}

TEST_F(tree, A9_by_pidfd_with_other_namespaces)
{
	pid_t task = target_in(_metadata, &self->h, self->bx, CLONE_NEWUTS | CLONE_NEWIPC);
	int fd = open_pidfd(task);

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, setns(fd, CLONE_NEWUTS | CLONE_NEWCGROUP));
	expect_entered(_metadata, &self->h, task, self->ax);
	EXPECT_EQ(namespace_of(task, "uts"), namespace_of(0, "uts"));
	EXPECT_NE(namespace_of(task, "ipc"), namespace_of(0, "ipc"));
}

TEST_F(tree, A9_and_back)
{
	int own = open_namespace(0, "cgroup");
	pid_t task = target_in(_metadata, &self->h, self->bx, 0);

	ASSERT_EQ(0, enter_namespace_of(task));
	ASSERT_EQ(0, setns(own, CLONE_NEWCGROUP));
	EXPECT_STREQ(below_base(&self->h, "/b/x"), path_of(&self->h, task));
}

TEST_F(tree, A9_joining_ones_own)
{
	__u64 before;

	unshare_in(_metadata, self->ax);
	before = namespace_of(0, "cgroup");
	EXPECT_EQ(0, setns(open_namespace(0, "cgroup"), CLONE_NEWCGROUP));
	EXPECT_EQ(0, setns(open_pidfd(getpid()), CLONE_NEWCGROUP));
	EXPECT_EQ(before, namespace_of(0, "cgroup"));
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

static int own_as_nobody(void *arg)
{
	int err = become_user(NOBODY);

	(void)arg;
	return err ? err : error_of(setns(open_namespace(0, "cgroup"), CLONE_NEWCGROUP));
}

TEST(A9_own_needs_the_capability_too)
{
	EXPECT_EQ(-EPERM, in_child(own_as_nobody, NULL));
}

TEST(A9_wrong_file_or_type)
{
	int cgroup = open_namespace(0, "cgroup");
	int uts = open_namespace(0, "uts");
	int pidfd = open_pidfd(getpid());
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	__u64 before = namespace_of(0, "cgroup");
	struct {
		int fd;
		int type;
		int err;
	} calls[] = {
		{ uts, CLONE_NEWCGROUP, -EINVAL },
		{ cgroup, CLONE_NEWUTS, -EINVAL },
		{ cgroup, CLONE_NEWCGROUP | CLONE_NEWUTS, -EINVAL },
		{ cgroup, -1, -EINVAL },
		{ pidfd, 0, -EINVAL },
		{ pidfd, CLONE_NEWCGROUP | CLONE_FS, -EINVAL },
		{ null, CLONE_NEWCGROUP, -EINVAL },
		{ null, 0, -EINVAL },
		{ -1, CLONE_NEWCGROUP, -EBADF },
	};

	ASSERT_EQ(0, unshare(CLONE_NEWUTS));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		EXPECT_EQ(calls[i].err, error_of(setns(calls[i].fd, calls[i].type))) {
			TH_LOG("call %zu", i);
		}
	}
	EXPECT_EQ(before, namespace_of(0, "cgroup"));
}

TEST(A9_pidfd_of_a_task_that_is_gone)
{
	pid_t child = clone3_fork(CLONE_NEWCGROUP, 0);
	int fd;

	ASSERT_LE(0, child);
	if (child == 0)
		idle();
	fd = open_pidfd(child);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, child, &(siginfo_t){}, WEXITED | WNOWAIT));
	/* A zombie has no namespaces any more. */
	EXPECT_EQ(-ESRCH, error_of(setns(fd, CLONE_NEWCGROUP)));
	end(child);
	EXPECT_EQ(-ESRCH, error_of(setns(fd, CLONE_NEWCGROUP)));
}

/* Entering a task's namespaces: what a child needs to know. */
struct entry {
	pid_t task;
	int file; /* of its cgroup namespace */
	int pidfd;
	int type;
};

static struct entry entry_to(pid_t task)
{
	struct entry entry = { .task = task, .type = CLONE_NEWCGROUP };

	entry.file = open_namespace(task, "cgroup");
	entry.pidfd = open_pidfd(task);
	return entry;
}

static int by_file_from_user_namespace(void *arg)
{
	const struct entry *entry = arg;
	int err = new_user_namespace(0);

	return err ? err : error_of(setns(entry->file, entry->type));
}

static int by_pidfd_from_user_namespace(void *arg)
{
	const struct entry *entry = arg;
	int err = new_user_namespace(0);

	return err ? err : error_of(setns(entry->pidfd, entry->type));
}

/* Root where it comes from, nobody where the namespace belongs. */
TEST_F(tree, A9_needs_the_capability_over_the_namespace)
{
	struct entry entry = entry_to(target_in(_metadata, &self->h, self->bx, 0));

	EXPECT_EQ(-EPERM, in_child(by_file_from_user_namespace, &entry));
	EXPECT_EQ(-EPERM, in_child(by_pidfd_from_user_namespace, &entry));
}

static int idle_in_own_user_namespace(int ready)
{
	char byte = 0;
	int err = become_user(NOBODY);

	err = err ? err : new_user_namespace(CLONE_NEWCGROUP);
	if (err || write(ready, &byte, 1) != 1)
		return err;
	idle();
	return 0;
}

static pid_t nobodys_target(struct __test_metadata *_metadata, struct hierarchy *h)
{
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(-idle_in_own_user_namespace(ready[1]));
	close(ready[1]);
	h->tasks[h->ntasks++] = pid;
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	return pid;
}

static int by_file_as_owner(void *arg)
{
	const struct entry *entry = arg;
	int err = become_user(NOBODY);

	return err ? err : error_of(setns(entry->file, entry->type));
}

static int by_pidfd_as_owner(void *arg)
{
	const struct entry *entry = arg;
	int err = become_user(NOBODY);

	return err ? err : error_of(setns(entry->pidfd, entry->type));
}

static int as_root(void *arg)
{
	const struct entry *entry = arg;

	return error_of(setns(entry->file, entry->type));
}

TEST_F(tree, A9_needs_the_capability_where_one_is)
{
	struct entry entry = entry_to(nobodys_target(_metadata, &self->h));

	EXPECT_EQ(-EPERM, in_child(by_file_as_owner, &entry));
	EXPECT_EQ(-EPERM, in_child(by_pidfd_as_owner, &entry));
	EXPECT_EQ(0, in_child(as_root, &entry));
	/* With the user namespace it comes into one where it may. */
	entry.type |= CLONE_NEWUSER;
	EXPECT_EQ(0, in_child(by_pidfd_as_owner, &entry));
}

TEST_HARNESS_MAIN
