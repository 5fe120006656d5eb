// SPDX-License-Identifier: GPL-2.0
/*
 * What unshare(2) refuses together with CLONE_NEWCGROUP, and that it then does none of it (row A1
 * of the contract). The errors are those of unshare(2), namespaces(7) and user_namespaces(7). Who
 * may not unshare a cgroup namespace alone is create_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "refuse.h"

/* User namespaces nest this deep below the first. */
#define DEEPEST 33

FIXTURE(unshare)
{
	struct trial trial;
};

FIXTURE_VARIANT(unshare)
{
	int err;
	unsigned long flags; /* beside CLONE_NEWCGROUP */
	int (*become)(void); /* with one namespace left, if nothing is said */
	int afterwards;
};

static int with_one_left_and_a_thread(void)
{
	int err = with_one_left();

	return err ? err : with_a_thread();
}

/* A limit of none in a user namespace of its own. */
static int with_none_left_of(const char *type)
{
	char path[64];
	int err = with_one_left();

	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", type);
	return err ? err : write_text(path, "0");
}

static int with_no_user(void)
{
	return with_none_left_of("user");
}

static int with_no_mnt(void)
{
	return with_none_left_of("mnt");
}

static int with_no_uts(void)
{
	return with_none_left_of("uts");
}

static int with_no_ipc(void)
{
	return with_none_left_of("ipc");
}

static int with_no_pid(void)
{
	return with_none_left_of("pid");
}

static int with_no_time(void)
{
	return with_none_left_of("time");
}

/* The root of all files is seen through another mount, so that /proc is there, too. */
static int in_chroot(void)
{
	int err = with_one_left();

	err = err ? err : error_of(unshare(CLONE_NEWNS));
	err = err ? err : error_of(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	err = err ? err : error_of(mount("/", "/mnt", NULL, MS_BIND | MS_REC, NULL));
	return err ? err : error_of(chroot("/mnt"));
}

static int without_a_user_id(void)
{
	return error_of(unshare(CLONE_NEWUSER));
}

static int in_deepest_user_namespace(void)
{
	int err = 0;

	for (int i = 1; !err && i < DEEPEST; i++)
		err = new_user_namespace(0);
	return err ? err : with_one_left();
}

/* What is only permitted does not count. */
static int with_sys_admin_put_down(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	return error_of(syscall(SYS_capset, &head, data));
}

FIXTURE_VARIANT_ADD(unshare, with_a_signal) REFUSED(EINVAL, .flags = SIGCHLD);
FIXTURE_VARIANT_ADD(unshare, with_ptrace) REFUSED(EINVAL, .flags = CLONE_PTRACE);
FIXTURE_VARIANT_ADD(unshare, with_parent) REFUSED(EINVAL, .flags = CLONE_PARENT);
FIXTURE_VARIANT_ADD(unshare, with_vfork) REFUSED(EINVAL, .flags = CLONE_VFORK);
FIXTURE_VARIANT_ADD(unshare, with_pidfd) REFUSED(EINVAL, .flags = CLONE_PIDFD);
FIXTURE_VARIANT_ADD(unshare, with_io) REFUSED(EINVAL, .flags = CLONE_IO);
FIXTURE_VARIANT_ADD(unshare, with_settls) REFUSED(EINVAL, .flags = CLONE_SETTLS);
FIXTURE_VARIANT_ADD(unshare, with_into_cgroup) REFUSED(EINVAL, .flags = CLONE_INTO_CGROUP);
FIXTURE_VARIANT_ADD(unshare, with_clear_sighand) REFUSED(EINVAL, .flags = CLONE_CLEAR_SIGHAND);
FIXTURE_VARIANT_ADD(unshare, with_the_highest_bit) REFUSED(EINVAL, .flags = 1UL << 63);
FIXTURE_VARIANT_ADD(unshare, with_every_bit) REFUSED(EINVAL, .flags = ~0UL);
FIXTURE_VARIANT_ADD(unshare, with_thread_of_two)
	REFUSED(EINVAL, .flags = CLONE_THREAD, .become = with_one_left_and_a_thread);
FIXTURE_VARIANT_ADD(unshare, with_sighand_of_two)
	REFUSED(EINVAL, .flags = CLONE_SIGHAND, .become = with_one_left_and_a_thread);
FIXTURE_VARIANT_ADD(unshare, with_vm_of_two)
	REFUSED(EINVAL, .flags = CLONE_VM, .become = with_one_left_and_a_thread);
FIXTURE_VARIANT_ADD(unshare, with_newuser_of_two)
	REFUSED(EINVAL, .flags = CLONE_NEWUSER, .become = with_one_left_and_a_thread);
FIXTURE_VARIANT_ADD(unshare, with_newuser_over_its_limit)
	REFUSED(ENOSPC, .flags = CLONE_NEWUSER, .become = with_no_user);
FIXTURE_VARIANT_ADD(unshare, with_newns_over_its_limit)
	REFUSED(ENOSPC, .flags = CLONE_NEWNS, .become = with_no_mnt);
FIXTURE_VARIANT_ADD(unshare, with_newuts_over_its_limit)
	REFUSED(ENOSPC, .flags = CLONE_NEWUTS, .become = with_no_uts);
FIXTURE_VARIANT_ADD(unshare, with_newipc_over_its_limit)
	REFUSED(ENOSPC, .flags = CLONE_NEWIPC, .become = with_no_ipc);
FIXTURE_VARIANT_ADD(unshare, with_newpid_over_its_limit)
	REFUSED(ENOSPC, .flags = CLONE_NEWPID, .become = with_no_pid);
FIXTURE_VARIANT_ADD(unshare, with_newtime_over_its_limit)
	REFUSED(ENOSPC, .flags = CLONE_NEWTIME, .become = with_no_time);
FIXTURE_VARIANT_ADD(unshare, with_newuser_too_deep)
	REFUSED(ENOSPC, .flags = CLONE_NEWUSER, .become = in_deepest_user_namespace);
FIXTURE_VARIANT_ADD(unshare, with_newuser_in_chroot)
	REFUSED(EPERM, .flags = CLONE_NEWUSER, .become = in_chroot);
FIXTURE_VARIANT_ADD(unshare, with_newuser_and_no_user_id)
	REFUSED(EPERM, .flags = CLONE_NEWUSER, .become = without_a_user_id);
FIXTURE_VARIANT_ADD(unshare, with_newuts_by_nobody)
	REFUSED(EPERM, .flags = CLONE_NEWUTS, .become = as_nobody, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(unshare, with_newns_without_the_capability)
	REFUSED(EPERM, .flags = CLONE_NEWNS, .become = without_sys_admin, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(unshare, with_the_capability_put_down)
	REFUSED(EPERM, .become = with_sys_admin_put_down, .afterwards = -EPERM);

FIXTURE_SETUP(unshare)
{
}

FIXTURE_TEARDOWN(unshare)
{
}

static int attempt(const void *input)
{
	FIXTURE_VARIANT(unshare) const *variant = input;

	return error_of(syscall(SYS_unshare, CLONE_NEWCGROUP | variant->flags));
}

TEST_F(unshare, A1_refused)
{
	self->trial.input = variant;
	self->trial.become = variant->become ?: with_one_left;
	self->trial.attempt = attempt;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
