// SPDX-License-Identifier: GPL-2.0
/*
 * What the files of a cgroup refuse a writer in a cgroup namespace, whatever the boundary says
 * (rows A10 and A11 of the contract), and which cgroups cannot be made, renamed or removed. The
 * errors are those of cgroups(7), Documentation/admin-guide/cgroup-v2.rst and
 * kernel/cgroup/cgroup.c. The boundary is delegate_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "refuse.h"

/* A pid that no task has: pids end below it. */
#define NO_PID "4194304"
/* Neither cgroups nor kernfs know a limit of names: that of paths is what ends them. */
#define PATH_LIMIT 4096

/*
 * The namespace's root is a; below it are a/x and a/x/y, and a/d/t, which is threaded. a/x gives
 * its children controllers, and the test's own task is in a/task.
 */
FIXTURE(cgroup)
{
	struct hierarchy h;
	int home;
	int a, ax;
	struct trial trial;
};

/* A call that names a file of the namespace's root, or below. */
struct call {
	int dir;
	const char *name;
	const char *text; /* to write, or a second name */
	int flags;
	int (*make)(const struct call *call);
};

FIXTURE_VARIANT(cgroup)
{
	int err;
	const char *name; /* from the namespace's root */
	const char *text;
	int (*make)(const struct call *call); /* a write, if nothing is said */
	int flags; /* of open(2): write-only, if nothing is said */
	int (*become)(void);
	int afterwards;
};

static int a_write(const struct call *call)
{
	int fd = openat(call->dir, call->name, (call->flags ?: O_WRONLY) | O_CLOEXEC);
	int err = error_of(fd);

	if (err)
		return err;
	err = error_of(write(fd, call->text, strlen(call->text)));
	close(fd);
	return err;
}

static int a_read(const struct call *call)
{
	char byte;
	int fd = openat(call->dir, call->name, (call->flags ?: O_RDONLY) | O_CLOEXEC);
	int err = error_of(fd);

	if (err)
		return err;
	err = error_of(read(fd, call->text ? NULL : &byte, 1));
	close(fd);
	return err;
}

static int a_long_write(const struct call *call)
{
	static char text[131072];
	int fd = openat(call->dir, call->name, O_WRONLY | O_CLOEXEC);
	int err = error_of(fd);

	if (err)
		return err;
	memset(text, '1', sizeof(text));
	err = error_of(write(fd, text, sizeof(text)));
	close(fd);
	return err;
}

static int a_mkdir(const struct call *call)
{
	return error_of(mkdirat(call->dir, call->name, 0755));
}

static int a_mkdir_of_a_long_name(const struct call *call)
{
	char name[PATH_LIMIT + 1];

	memset(name, 'n', PATH_LIMIT);
	name[PATH_LIMIT] = '\0';
	return error_of(mkdirat(call->dir, name, 0755));
}

static int a_rmdir(const struct call *call)
{
	return error_of(unlinkat(call->dir, call->name, AT_REMOVEDIR));
}

static int an_unlink(const struct call *call)
{
	return error_of(unlinkat(call->dir, call->name, 0));
}

static int a_rename(const struct call *call)
{
	return error_of(renameat(call->dir, call->name, call->dir, call->text));
}

static int a_file(const struct call *call)
{
	return error_of(mknodat(call->dir, call->name, S_IFREG | 0600, 0));
}

static int a_fifo(const struct call *call)
{
	return error_of(mkfifoat(call->dir, call->name, 0600));
}

static int a_link(const struct call *call)
{
	return error_of(symlinkat("x", call->dir, call->name));
}

/* Tasks and who may move them. */
FIXTURE_VARIANT_ADD(cgroup, procs_word) REFUSED(EINVAL, "x/y/cgroup.procs", "all");
FIXTURE_VARIANT_ADD(cgroup, procs_space) REFUSED(EINVAL, "x/y/cgroup.procs", " ");
FIXTURE_VARIANT_ADD(cgroup, procs_two_pids) REFUSED(EINVAL, "x/y/cgroup.procs", "0 0");
FIXTURE_VARIANT_ADD(cgroup, procs_pid_and_more) REFUSED(EINVAL, "x/y/cgroup.procs", "0x");
FIXTURE_VARIANT_ADD(cgroup, procs_beyond_an_int) REFUSED(EINVAL, "x/y/cgroup.procs", "4294967296");
FIXTURE_VARIANT_ADD(cgroup, procs_kernel_thread) REFUSED(EINVAL, "x/y/cgroup.procs", "2");
FIXTURE_VARIANT_ADD(cgroup, procs_no_such_pid) REFUSED(ESRCH, "x/y/cgroup.procs", NO_PID);
FIXTURE_VARIANT_ADD(cgroup, procs_pid_of_another_pid_namespace)
	REFUSED(ESRCH, "x/y/cgroup.procs", NULL, .become = as_init_of_pids);
FIXTURE_VARIANT_ADD(cgroup, procs_more_than_a_page)
	REFUSED(E2BIG, "x/y/cgroup.procs", .make = a_long_write);
FIXTURE_VARIANT_ADD(cgroup, procs_opened_to_read)
	REFUSED(EBADF, "x/y/cgroup.procs", "0", .flags = O_CREAT);
FIXTURE_VARIANT_ADD(cgroup, procs_above_controllers) REFUSED(EBUSY, "x/cgroup.procs", "0");
FIXTURE_VARIANT_ADD(cgroup, procs_below_threads)
	REFUSED(EOPNOTSUPP, "d/t/invalid/cgroup.procs", "0");
FIXTURE_VARIANT_ADD(cgroup, threads_below_threads)
	REFUSED(EOPNOTSUPP, "d/t/invalid/cgroup.threads", "0");
FIXTURE_VARIANT_ADD(cgroup, threads_of_another_domain)
	REFUSED(EOPNOTSUPP, "x/y/cgroup.threads", "0");
FIXTURE_VARIANT_ADD(cgroup, threads_word) REFUSED(EINVAL, "x/y/cgroup.threads", "all");
FIXTURE_VARIANT_ADD(cgroup, procs_of_threads_read)
	REFUSED(EOPNOTSUPP, "d/t/cgroup.procs", NULL, .make = a_read);
FIXTURE_VARIANT_ADD(cgroup, procs_read_to_nowhere)
	REFUSED(EFAULT, "task/cgroup.procs", "nowhere", .make = a_read);
FIXTURE_VARIANT_ADD(cgroup, procs_by_nobody)
	REFUSED(EACCES, "x/y/cgroup.procs", "0", .become = as_nobody, .afterwards = -EPERM);

/* The other files. */
FIXTURE_VARIANT_ADD(cgroup, file_that_is_not_written)
	REFUSED(EINVAL, "x/cgroup.controllers", "pids");
FIXTURE_VARIANT_ADD(cgroup, file_that_is_not_read)
	REFUSED(EINVAL, "x/cgroup.kill", NULL, .make = a_read);
FIXTURE_VARIANT_ADD(cgroup, file_of_a_controller_off) REFUSED(ENOENT, "x/y/misc.max", "max");
FIXTURE_VARIANT_ADD(cgroup, controller_unknown)
	REFUSED(EINVAL, "x/y/cgroup.subtree_control", "+none");
FIXTURE_VARIANT_ADD(cgroup, controller_without_a_sign)
	REFUSED(EINVAL, "x/y/cgroup.subtree_control", "pids");
FIXTURE_VARIANT_ADD(cgroup, controller_not_given_from_above)
	REFUSED(ENOENT, "x/y/cgroup.subtree_control", "+misc");
FIXTURE_VARIANT_ADD(cgroup, controller_that_children_give)
	REFUSED(EBUSY, "cgroup.subtree_control", "-pids");
FIXTURE_VARIANT_ADD(cgroup, controller_where_tasks_are)
	REFUSED(EBUSY, "task/cgroup.subtree_control", "+memory");
FIXTURE_VARIANT_ADD(cgroup, type_back_to_domain) REFUSED(EINVAL, "x/y/cgroup.type", "domain");
FIXTURE_VARIANT_ADD(cgroup, type_above_controllers)
	REFUSED(EOPNOTSUPP, "x/cgroup.type", "threaded");
FIXTURE_VARIANT_ADD(cgroup, depth_below_none) REFUSED(ERANGE, "x/cgroup.max.depth", "-1");
FIXTURE_VARIANT_ADD(cgroup, descendants_word) REFUSED(EINVAL, "x/cgroup.max.descendants", "many");
FIXTURE_VARIANT_ADD(cgroup, freeze_twice) REFUSED(ERANGE, "x/cgroup.freeze", "2");
FIXTURE_VARIANT_ADD(cgroup, kill_nobody) REFUSED(ERANGE, "x/cgroup.kill", "0");
FIXTURE_VARIANT_ADD(cgroup, kill_threads) REFUSED(EOPNOTSUPP, "d/t/cgroup.kill", "1");
FIXTURE_VARIANT_ADD(cgroup, pids_below_none) REFUSED(EINVAL, "x/y/pids.max", "-1");

/* Cgroups that cannot be made, renamed or removed. */
FIXTURE_VARIANT_ADD(cgroup, mkdir_name_as_long_as_a_path_may_not_be)
	REFUSED(ENAMETOOLONG, .make = a_mkdir_of_a_long_name);
FIXTURE_VARIANT_ADD(cgroup, mkdir_name_with_a_newline)
	REFUSED(EINVAL, "two\nlines", NULL, .make = a_mkdir);
FIXTURE_VARIANT_ADD(cgroup, mkdir_name_of_a_file)
	REFUSED(EEXIST, "cgroup.procs", NULL, .make = a_mkdir);
FIXTURE_VARIANT_ADD(cgroup, mkdir_name_of_a_cgroup) REFUSED(EEXIST, "x", NULL, .make = a_mkdir);
FIXTURE_VARIANT_ADD(cgroup, mkdir_too_deep) REFUSED(EAGAIN, "shallow/z", NULL, .make = a_mkdir);
FIXTURE_VARIANT_ADD(cgroup, mkdir_too_many) REFUSED(EAGAIN, "few/z", NULL, .make = a_mkdir);
FIXTURE_VARIANT_ADD(cgroup, mkdir_by_nobody)
	REFUSED(EACCES, "z", NULL, .make = a_mkdir, .become = as_nobody, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(cgroup, rmdir_with_children) REFUSED(EBUSY, "x", NULL, .make = a_rmdir);
FIXTURE_VARIANT_ADD(cgroup, rmdir_with_tasks) REFUSED(EBUSY, "task", NULL, .make = a_rmdir);
FIXTURE_VARIANT_ADD(cgroup, rmdir_of_the_namespaces_root)
	REFUSED(EBUSY, "../a", NULL, .make = a_rmdir);
FIXTURE_VARIANT_ADD(cgroup, unlink_of_a_file) REFUSED(EPERM, "cgroup.procs", .make = an_unlink);
FIXTURE_VARIANT_ADD(cgroup, rename_out_of_the_root)
	REFUSED(EPERM, "x", "../x", .make = a_rename);
FIXTURE_VARIANT_ADD(cgroup, file) REFUSED(EACCES, "file", NULL, .make = a_file);
FIXTURE_VARIANT_ADD(cgroup, fifo) REFUSED(EPERM, "fifo", NULL, .make = a_fifo);
FIXTURE_VARIANT_ADD(cgroup, symlink) REFUSED(EPERM, "link", NULL, .make = a_link);

FIXTURE_SETUP(cgroup)
{
	static const struct kind v2 = { "cgroup2", NULL, "", true };
	struct hierarchy *h = &self->h;
	int d, t, task, few, shallow;

	self->home = open_namespace(0, "cgroup");
	hierarchy_enter(_metadata, h, &v2);
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	make_cgroup(_metadata, h, self->ax, "y");
	d = make_cgroup(_metadata, h, self->a, "d");
	t = make_cgroup(_metadata, h, d, "t");
	make_cgroup(_metadata, h, t, "invalid");
	task = make_cgroup(_metadata, h, self->a, "task");
	few = make_cgroup(_metadata, h, self->a, "few");
	shallow = make_cgroup(_metadata, h, self->a, "shallow");
	ASSERT_EQ(0, write_in(few, "cgroup.max.descendants", "0"));
	ASSERT_EQ(0, write_in(shallow, "cgroup.max.depth", "0"));
	unshare_in(_metadata, self->a);
	ASSERT_EQ(0, join(task, 0));
	ASSERT_EQ(0, write_in(h->root_fd, "cgroup.subtree_control", "+pids +memory"));
	ASSERT_EQ(0, write_in(h->base_fd, "cgroup.subtree_control", "+pids +memory"));
	ASSERT_EQ(0, write_in(t, "cgroup.type", "threaded"));
	ASSERT_EQ(0, write_in(self->a, "cgroup.subtree_control", "+pids +memory"));
	ASSERT_EQ(0, write_in(self->ax, "cgroup.subtree_control", "+pids +memory"));
}

FIXTURE_TEARDOWN(cgroup)
{
	int root = dup(self->h.root_fd);

	setns(self->home, CLONE_NEWCGROUP);
	hierarchy_leave(&self->h);
	write_in(root, "cgroup.subtree_control", "-pids -memory");
	close(root);
}

static int make_call(const void *input)
{
	const struct call *call = input;

	return call->make(call);
}

TEST_F(cgroup, A11_refused)
{
	char pid[16];
	struct call call = {
		.dir = self->a,
		.name = variant->name,
		.text = variant->text,
		.flags = variant->flags,
		.make = variant->make ?: a_write,
	};

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (!call.text && call.make == a_write)
		call.text = pid;
	self->trial.input = &call;
	self->trial.become = variant->become;
	self->trial.attempt = make_call;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
