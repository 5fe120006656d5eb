// SPDX-License-Identifier: GPL-2.0
/*
 * What root in a cgroup namespace can see of outside (rows A4, A8, A11, A12 and A13 of the
 * contract): paths, ids, numbers, events. What comes of it is in docs/isolation.md.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

#include "harness.h"
#include "cpuset.h"
#include "isolate.h"
#include "listns.h"

/* include/uapi/linux/pidfd.h: the first version of struct pidfd_info */
struct pidfd_info {
	__u64 mask;
	__u64 cgroup;
	__u32 more[12];
};

#define GET_INFO _IOWR(0xFF, 11, struct pidfd_info)

static int read_path(struct attack *attack)
{
	learn(attack, path_of(attack->h, attack->outside));
	return 0;
}

/* The names of cgroups beside are seen: mainline never hid them. */
TEST_F(isolate, A4_path_of_a_task_outside)
{
	EXPECT_EQ(0, try_to(self->attack, read_path));
	EXPECT_STREQ("/../../b", self->attack->text);
}

static int read_mount(struct attack *attack)
{
	learn(attack, mount_root(attack->h->mount));
	return 0;
}

TEST_F(isolate, A8_root_of_a_mount_from_outside)
{
	EXPECT_EQ(0, try_to(self->attack, read_mount));
	EXPECT_STREQ("/../../..", self->attack->text);
}

static int read_mount_of_outside(struct attack *attack)
{
	learn(attack, mount_root_of(attack->outside, attack->h->mount));
	return 0;
}

/* Which mounts a task has is for all to see, and what of cgroups they show as well. */
TEST_F(isolate, A8_mounts_of_a_task_outside)
{
	EXPECT_EQ(0, try_to(self->attack, read_mount_of_outside));
	EXPECT_STREQ("/../../..", self->attack->text);
}

static int read_cpuset(struct attack *attack)
{
	static char text[TEXT_SIZE];
	int err = read_proc(attack->outside, "cpuset", text);

	text[strcspn(text, "\n")] = '\0';
	learn(attack, text);
	return err;
}

TEST_F(isolate, A13_cpuset_of_a_task_outside)
{
	ASSERT_EQ(0, enable_cpuset(&self->h, self->h.root_fd));
	ASSERT_EQ(0, enable_cpuset(&self->h, self->h.base_fd));
	EXPECT_EQ(0, try_to(self->attack, read_cpuset));
	EXPECT_STREQ("/../../b", self->attack->text);
}

/* A child in a pid namespace of its own, with a /proc of its own in place of the old one. */
static int with_own_pids(int (*look)(struct attack *attack), struct attack *attack)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(mount("proc", "/proc", "proc", 0, NULL) ? EXFULL : -look(attack));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

static int look_for_outside(struct attack *attack)
{
	static char text[TEXT_SIZE];

	return read_proc(attack->outside, "cgroup", text);
}

static int look_for_outside_with_own_pids(struct attack *attack)
{
	return with_own_pids(look_for_outside, attack);
}

TEST_F(isolate, A4_no_path_of_a_task_outside_with_own_pids)
{
	EXPECT_EQ(-ENOENT, try_to(self->attack, look_for_outside_with_own_pids));
}

static int list_tasks(struct attack *attack)
{
	int fd = openat(attack->inside, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, attack->text, sizeof(attack->text) - 1);

	return error_of(got);
}

static int list_tasks_with_own_pids(struct attack *attack)
{
	return with_own_pids(list_tasks, attack);
}

/* Tasks in the own cgroup that are in no namespace of it are listed, by pid if it has one here. */
TEST_F(isolate, A10_tasks_beside)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d\n", self->attack->beside);
	ASSERT_EQ(0, try_to(self->attack, list_tasks));
	EXPECT_NE(NULL, strstr(self->attack->text, pid));
	memset(self->attack->text, 0, sizeof(self->attack->text));
	ASSERT_EQ(0, try_to(self->attack, list_tasks_with_own_pids));
	EXPECT_EQ(NULL, strstr(self->attack->text, pid));
	EXPECT_NE(NULL, strstr(self->attack->text, "0\n0\n1\n"));
}

static int read_link(struct attack *attack)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", attack->outside);
	return error_of(readlink(path, attack->text, sizeof(attack->text)));
}

TEST_F(isolate, A12_namespace_of_a_task_outside)
{
	EXPECT_EQ(BY_WHO(-EACCES, -EACCES, 0), try_to(self->attack, read_link));
}

static int count_them(struct attack *attack)
{
	long count = count_cgroup_namespaces();

	attack->number = count;
	return count < 0 ? count : 0;
}

/* Its own alone; or all, with the initial one and that of the task outside. */
TEST_F(isolate, A12_namespaces_that_are_listed)
{
	EXPECT_EQ(0, try_to(self->attack, count_them));
	EXPECT_LE(BY_WHO(1, 1, 3), self->attack->number);
	EXPECT_GE(BY_WHO(1, 1, 256), self->attack->number);
}

static int ask_pidfd(struct attack *attack)
{
	struct pidfd_info info = {};
	int fd = syscall(SYS_pidfd_open, attack->outside, 0);

	if (fd < 0 || ioctl(fd, GET_INFO, &info))
		return -errno;
	attack->number = info.cgroup;
	return 0;
}

/* A pidfd tells the id of any task's cgroup to anybody, whatever the own root is. */
TEST_F(isolate, A13_id_of_a_cgroup_outside)
{
	EXPECT_EQ(0, try_to(self->attack, ask_pidfd));
	EXPECT_EQ(inode_of(self->attack->b), self->attack->number);
}

static int ask_inherited_pidfd(struct attack *attack)
{
	struct pidfd_info info = {};

	return error_of(ioctl(attack->fd, GET_INFO, &info));
}

static int ask_inherited_pidfd_with_own_pids(struct attack *attack)
{
	return with_own_pids(ask_inherited_pidfd, attack);
}

TEST_F(isolate, A13_no_id_of_a_cgroup_outside_with_own_pids)
{
	self->attack->fd = syscall(SYS_pidfd_open, self->attack->outside, 0);
	ASSERT_LE(0, self->attack->fd);
	EXPECT_EQ(-EREMOTE, try_to(self->attack, ask_inherited_pidfd_with_own_pids));
}

static int count_cgroups(struct attack *attack)
{
	static char text[TEXT_SIZE];
	unsigned long long count = 0;
	int err = read_proc(getpid(), "../cgroups", text);
	char *line = strstr(text, "\npids");

	if (line && sscanf(line, "\npids %*u %llu", &count) == 1)
		attack->number = count;
	return err;
}

/* More than the two that are inside. */
TEST_F(isolate, A13_number_of_cgroups_outside)
{
	EXPECT_EQ(0, try_to(self->attack, count_cgroups));
	EXPECT_LE(6, self->attack->number);
}

/* Who is told when the watches are set: the socket that the attacker inherits. */
static int watch(struct attack *attack)
{
	struct pollfd polls[2] = { { .events = POLLPRI }, { .events = POLLIN } };
	char path[64];
	char byte;

	polls[0].fd = openat(attack->b, "cgroup.events", O_RDONLY | O_CLOEXEC);
	polls[1].fd = inotify_init1(IN_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/cgroup.events", attack->b);
	if (polls[0].fd < 0 || inotify_add_watch(polls[1].fd, path, IN_MODIFY) < 0 ||
	    pread(polls[0].fd, &byte, 1, 0) != 1 || write(attack->fd, &byte, 1) != 1)
		return -errno;
	for (int i = 0; i < 2; i++) {
		if (poll(&polls[i], 1, 10000) != 1)
			return -ETIMEDOUT;
	}
	return 0;
}

/* By a directory from outside it can wait for the last task there to leave. */
TEST_F(isolate, A11_events_outside)
{
	int ends[2];
	char byte;
	pid_t mover;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	mover = fork();
	ASSERT_LE(0, mover);
	if (mover == 0)
		_exit(read(ends[0], &byte, 1) != 1 ||
		      join(self->h.root_fd, self->attack->outside));
	self->attack->fd = ends[1];
	EXPECT_EQ(0, try_to(self->attack, watch));
	end(mover);
}

TEST_HARNESS_MAIN
