// SPDX-License-Identifier: GPL-2.0
/*
 * What files refuse when another task than who opened them uses them, after they came over a socket
 * (rows A7, A9, A10 and A11 of the contract). Some ask who uses them, some who opened them; what
 * the boundary makes of files is delegate_test.c's and delegate_file_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "refuse.h"
#include "passing.h"

/* A cgroup, and a task in it that has a cgroup namespace of its own. */
struct place {
	int dir;
	pid_t task;
};

FIXTURE(passed)
{
	struct hierarchy h;
	struct trial trial;
	struct place place;
};

/* What is passed, as root opens it, and what is then done with it. */
typedef int open_it(const struct place *place);
typedef int use_it(int fd);

FIXTURE_VARIANT(passed)
{
	int err;
	open_it *open;
	use_it *use;
	int (*become)(void);
	int afterwards;
};

static int in_user_namespace(void)
{
	return new_user_namespace(CLONE_NEWNS);
}

static int a_namespace(const struct place *place)
{
	return open_namespace(place->task, "cgroup");
}

static int a_pidfd(const struct place *place)
{
	return syscall(SYS_pidfd_open, place->task, 0);
}

/* The task is gone, and the file stays. */
static int paths_of_a_dead_task(const struct place *place)
{
	char path[64];
	pid_t pid = fork();
	int fd;

	if (pid == 0)
		idle();
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	end(pid);
	(void)place;
	return fd;
}

static int a_context(const struct place *place)
{
	(void)place;
	return fsopen("cgroup2", FSOPEN_CLOEXEC);
}

static int a_cgroup(const struct place *place)
{
	return dup(place->dir);
}

static int a_cgroup_without_rights(const struct place *place)
{
	return openat(place->dir, ".", O_PATH | O_CLOEXEC);
}

static int procs_to_read(const struct place *place)
{
	return openat(place->dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
}

static int procs_of_a_removed_cgroup(const struct place *place)
{
	int dir, fd = -1;

	if (mkdirat(place->dir, "gone", 0755))
		return -1;
	dir = open_dir(place->dir, "gone");
	fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	close(dir);
	return unlinkat(place->dir, "gone", AT_REMOVEDIR) ? -1 : fd;
}

static int the_limit(const struct place *place)
{
	(void)place;
	return open("/proc/sys/user/max_cgroup_namespaces", O_RDWR | O_CLOEXEC);
}

static int set_cgroup_namespace(int fd)
{
	return error_of(setns(fd, CLONE_NEWCGROUP));
}

static int create(int fd)
{
	return error_of(fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

static int clone_into(int fd)
{
	pid_t pid = clone3_fork(CLONE_INTO_CGROUP, fd);

	if (pid == 0)
		_exit(0);
	return error_of(pid);
}

static int make_one_below(int fd)
{
	return error_of(mkdirat(fd, "below", 0755));
}

static int join_it(int fd)
{
	return join(fd, 0);
}

static int write_it(int fd)
{
	return error_of(write(fd, "0", 1));
}

static int read_it(int fd)
{
	char byte;

	return error_of(read(fd, &byte, 1));
}

#define BY_NOBODY .become = as_nobody, .afterwards = -EPERM
#define WITHOUT_CAPABILITY .become = without_sys_admin, .afterwards = -EPERM
#define IN_USER_NAMESPACE .become = in_user_namespace

FIXTURE_VARIANT_ADD(passed, namespace_to_nobody)
	REFUSED(EPERM, a_namespace, set_cgroup_namespace, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, namespace_to_a_user_namespace)
	REFUSED(EPERM, a_namespace, set_cgroup_namespace, IN_USER_NAMESPACE);
FIXTURE_VARIANT_ADD(passed, namespace_to_who_has_not_the_capability)
	REFUSED(EPERM, a_namespace, set_cgroup_namespace, WITHOUT_CAPABILITY);
FIXTURE_VARIANT_ADD(passed, pidfd_to_nobody)
	REFUSED(EPERM, a_pidfd, set_cgroup_namespace, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, pidfd_to_a_user_namespace)
	REFUSED(EPERM, a_pidfd, set_cgroup_namespace, IN_USER_NAMESPACE);
FIXTURE_VARIANT_ADD(passed, context_to_nobody) REFUSED(EPERM, a_context, create, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, context_to_a_user_namespace)
	REFUSED(EPERM, a_context, create, IN_USER_NAMESPACE);
FIXTURE_VARIANT_ADD(passed, cgroup_to_clone_into)
	REFUSED(EACCES, a_cgroup, clone_into, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, cgroup_to_make_one_below)
	REFUSED(EACCES, a_cgroup, make_one_below, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, cgroup_to_join) REFUSED(EACCES, a_cgroup, join_it, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, cgroup_to_clone_into_by_its_path)
	REFUSED(EACCES, a_cgroup_without_rights, clone_into, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, procs_to_write_what_is_to_read)
	REFUSED(EBADF, procs_to_read, write_it);
FIXTURE_VARIANT_ADD(passed, procs_of_a_removed_cgroup)
	REFUSED(ENODEV, procs_of_a_removed_cgroup, write_it);
FIXTURE_VARIANT_ADD(passed, limit_to_nobody) REFUSED(EPERM, the_limit, write_it, BY_NOBODY);
FIXTURE_VARIANT_ADD(passed, paths_of_a_dead_task)
	REFUSED(ESRCH, paths_of_a_dead_task, read_it);

FIXTURE_SETUP(passed)
{
	static const struct kind v2 = { "cgroup2", NULL, "", true };

	hierarchy_enter(_metadata, &self->h, &v2);
	self->place.dir = make_cgroup(_metadata, &self->h, self->h.base_fd, "place");
	self->place.task = clone_idle(&self->h, CLONE_NEWCGROUP | CLONE_INTO_CGROUP,
				      self->place.dir);
	ASSERT_LT(0, self->place.task);
}

FIXTURE_TEARDOWN(passed)
{
	hierarchy_leave(&self->h);
}

/* Who uses it gets it after becoming who that is: it has been nowhere else. */
struct delivery {
	int socket;
	use_it *use;
};

static int receive_and_use(const void *input)
{
	const struct delivery *delivery = input;
	int fd = receive_fd(delivery->socket);
	int err = fd < 0 ? fd : delivery->use(fd);

	if (fd >= 0)
		close(fd);
	return err;
}

TEST_F(passed, A9_refused)
{
	struct delivery delivery = { .use = variant->use };
	int ends[2];
	int fd = variant->open(&self->place);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	ASSERT_EQ(0, send_fd(ends[1], fd));
	ASSERT_EQ(0, close(fd));
	delivery.socket = ends[0];
	self->trial.input = &delivery;
	self->trial.become = variant->become;
	self->trial.attempt = receive_and_use;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
