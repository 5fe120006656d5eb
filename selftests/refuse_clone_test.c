// SPDX-License-Identifier: GPL-2.0
/*
 * What clone(2) and clone3(2) refuse together with CLONE_NEWCGROUP, and that they then do none of
 * it (row A1 of the contract). The errors are those of clone(2). Where a child may be cloned into
 * is refuse_into_test.c's.
 */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "harness.h"
#include "refuse.h"

#define THREAD (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
/* One more than what a pid namespace may be below others. */
#define TOO_MANY 33

/* A child that should not be there must not go on with the test. */
static int refused_or_gone(pid_t pid)
{
	if (pid == 0)
		_exit(0);
	return error_of(pid);
}

FIXTURE(clone)
{
	struct trial trial;
};

FIXTURE_VARIANT(clone)
{
	int err;
	unsigned long flags; /* beside CLONE_NEWCGROUP */
	void *parent_tid; /* where clone(2) puts the pid or the pidfd */
	int (*become)(void); /* with one namespace left, if nothing is said */
	int afterwards;
};

static int with_no_process_left(void)
{
	struct rlimit none = { 0, 0 };
	int err = as_nobody_with_one_left();

	return err ? err : error_of(setrlimit(RLIMIT_NPROC, &none));
}

static int as_nobody_without_sys_admin(void)
{
	int err = as_nobody_with_one_left();

	return err ? err : without_sys_admin();
}

static int somewhere;

FIXTURE_VARIANT_ADD(clone, newns_and_fs) REFUSED(EINVAL, .flags = CLONE_NEWNS | CLONE_FS);
FIXTURE_VARIANT_ADD(clone, newuser_and_fs) REFUSED(EINVAL, .flags = CLONE_NEWUSER | CLONE_FS);
FIXTURE_VARIANT_ADD(clone, newipc_and_sysvsem)
	REFUSED(EINVAL, .flags = CLONE_NEWIPC | CLONE_SYSVSEM);
FIXTURE_VARIANT_ADD(clone, thread_without_sighand) REFUSED(EINVAL, .flags = CLONE_THREAD);
FIXTURE_VARIANT_ADD(clone, sighand_without_vm) REFUSED(EINVAL, .flags = CLONE_SIGHAND);
FIXTURE_VARIANT_ADD(clone, thread_and_newuser) REFUSED(EINVAL, .flags = THREAD | CLONE_NEWUSER);
FIXTURE_VARIANT_ADD(clone, thread_and_newpid) REFUSED(EINVAL, .flags = THREAD | CLONE_NEWPID);
FIXTURE_VARIANT_ADD(clone, pidfd_and_parent_settid)
	REFUSED(EINVAL, .flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .parent_tid = &somewhere);
FIXTURE_VARIANT_ADD(clone, pidfd_and_detached)
	REFUSED(EINVAL, .flags = CLONE_PIDFD | CLONE_DETACHED, .parent_tid = &somewhere);
FIXTURE_VARIANT_ADD(clone, pidfd_to_nowhere) REFUSED(EFAULT, .flags = CLONE_PIDFD);
FIXTURE_VARIANT_ADD(clone, parent_by_the_first_of_a_pid_namespace)
	REFUSED(EINVAL, .flags = CLONE_PARENT, .become = as_init_of_pids);
FIXTURE_VARIANT_ADD(clone, no_process_left) REFUSED(EAGAIN, .become = with_no_process_left);
FIXTURE_VARIANT_ADD(clone, newuts_without_the_capability)
	REFUSED(EPERM, .flags = CLONE_NEWUTS, .become = as_nobody_without_sys_admin,
		.afterwards = -EPERM);

FIXTURE_SETUP(clone)
{
}

FIXTURE_TEARDOWN(clone)
{
}

static int call_clone(const void *input)
{
	FIXTURE_VARIANT(clone) const *variant = input;
	unsigned long flags = CLONE_NEWCGROUP | variant->flags;

	if (!(flags & CLONE_THREAD))
		flags |= SIGCHLD;
	return refused_or_gone(syscall(SYS_clone, flags, NULL, variant->parent_tid, NULL, 0));
}

TEST_F(clone, A1_refused)
{
	self->trial.input = variant;
	self->trial.become = variant->become ?: with_one_left;
	self->trial.attempt = call_clone;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

FIXTURE(clone3)
{
	struct trial trial;
};

FIXTURE_VARIANT(clone3)
{
	int err;
	struct clone_args args; /* CLONE_NEWCGROUP is added */
	size_t size; /* all, if nothing is said */
	bool nowhere; /* no arguments at all */
	int (*become)(void); /* with one namespace left, if nothing is said */
	int afterwards;
};

static int as_root(void)
{
	return 0;
}

/* Pids that cannot be had: one that is taken, none, too many. */
static pid_t first = 1, none, many[TOO_MANY];

#define PIDS(pid, number) .args = { .set_tid = (uintptr_t)(pid), .set_tid_size = (number) }

FIXTURE_VARIANT_ADD(clone3, arguments_from_nowhere) REFUSED(EFAULT, .nowhere = true);
FIXTURE_VARIANT_ADD(clone3, size_of_nothing) REFUSED(EINVAL, .size = 1);
FIXTURE_VARIANT_ADD(clone3, size_of_less_than_the_first_version)
	REFUSED(EINVAL, .size = CLONE_ARGS_SIZE_VER0 - 8);
FIXTURE_VARIANT_ADD(clone3, size_of_more_than_a_page) REFUSED(E2BIG, .size = 65537);
FIXTURE_VARIANT_ADD(clone3, unknown_word_at_the_end)
	REFUSED(E2BIG, .size = sizeof(struct clone_args) + 8);
FIXTURE_VARIANT_ADD(clone3, unknown_flag) REFUSED(EINVAL, .args.flags = 1ULL << 63);
FIXTURE_VARIANT_ADD(clone3, signal_among_the_flags) REFUSED(EINVAL, .args.flags = SIGCHLD);
FIXTURE_VARIANT_ADD(clone3, detached) REFUSED(EINVAL, .args.flags = CLONE_DETACHED);
FIXTURE_VARIANT_ADD(clone3, no_such_signal) REFUSED(EINVAL, .args.exit_signal = 65);
FIXTURE_VARIANT_ADD(clone3, signal_beyond_its_bits) REFUSED(EINVAL, .args.exit_signal = 256);
FIXTURE_VARIANT_ADD(clone3, thread_with_a_signal)
	REFUSED(EINVAL, .args = { .flags = THREAD, .exit_signal = SIGCHLD });
FIXTURE_VARIANT_ADD(clone3, parent_with_a_signal)
	REFUSED(EINVAL, .args = { .flags = CLONE_PARENT, .exit_signal = SIGCHLD });
FIXTURE_VARIANT_ADD(clone3, sighand_and_clear_sighand)
	REFUSED(EINVAL, .args.flags = CLONE_VM | CLONE_SIGHAND | CLONE_CLEAR_SIGHAND);
FIXTURE_VARIANT_ADD(clone3, stack_without_a_size) REFUSED(EINVAL, .args.stack = 4096);
FIXTURE_VARIANT_ADD(clone3, size_without_a_stack) REFUSED(EINVAL, .args.stack_size = 4096);
FIXTURE_VARIANT_ADD(clone3, pids_from_nowhere) REFUSED(EINVAL, PIDS(NULL, 1));
FIXTURE_VARIANT_ADD(clone3, pids_but_no_number) REFUSED(EINVAL, PIDS(&first, 0));
FIXTURE_VARIANT_ADD(clone3, pids_of_more_namespaces_than_can_be)
	REFUSED(EINVAL, PIDS(many, TOO_MANY));
FIXTURE_VARIANT_ADD(clone3, pids_of_more_namespaces_than_there_are)
	REFUSED(EINVAL, PIDS(many, 2));
FIXTURE_VARIANT_ADD(clone3, pid_of_zero) REFUSED(EINVAL, PIDS(&none, 1));
FIXTURE_VARIANT_ADD(clone3, pid_without_the_capability) REFUSED(EPERM, PIDS(many, 1));

/* The pid is looked for after the namespaces are made. */
FIXTURE_VARIANT_ADD(clone3, pid_that_is_taken)
	REFUSED(EEXIST, PIDS(&first, 1), .become = as_root);

FIXTURE_SETUP(clone3)
{
	/* Of nobody, as far as that matters. */
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = 32000;
}

FIXTURE_TEARDOWN(clone3)
{
}

/* What the kernel copies: the arguments, and after them what it does not know. */
static __u64 words[16384];

static int call_clone3(const void *input)
{
	FIXTURE_VARIANT(clone3) const *variant = input;
	struct clone_args args = variant->args;
	size_t size = variant->size ?: sizeof(args);

	args.flags |= CLONE_NEWCGROUP;
	memset(words, 1, sizeof(words));
	memcpy(words, &args, sizeof(args));
	return refused_or_gone(syscall(SYS_clone3, variant->nowhere ? NULL : words, size));
}

TEST_F(clone3, A1_refused)
{
	self->trial.input = variant;
	self->trial.become = variant->become ?: with_one_left;
	self->trial.attempt = call_clone3;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
