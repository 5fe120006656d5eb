// SPDX-License-Identifier: GPL-2.0
/*
 * What the newer calls refuse when a hierarchy is mounted or its options are set (row A7 of the
 * contract): fsopen(2), fsconfig(2), fsmount(2), fspick(2). The errors are those of these calls in
 * fs/fsopen.c and of cgroups' own options; mount(2) is refuse_mount_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "refuse.h"

/* include/uapi/linux/mount.h: FSCONFIG_CMD_CREATE_EXCL */
#define CREATE_EXCL 8

/* A context, and one call with it. */
struct call {
	int fs;
	unsigned int command;
	const char *key;
	const void *value;
	int aux;
	unsigned int flags;
	const char *name; /* of a type, or of a place */
	int (*make)(const struct call *call);
};

FIXTURE(context)
{
	struct hierarchy h;
	struct trial trial;
};

FIXTURE_VARIANT(context)
{
	int err;
	struct call call; /* fsconfig(2), if nothing is said */
	const char *type; /* of the context: v2, if nothing is said */
	bool picked; /* it is of the mount that is there */
	bool created; /* it has a mount to be */
	bool closed;
	int (*become)(void);
	int afterwards;
};

static int in_user_namespace(void)
{
	return new_user_namespace(CLONE_NEWCGROUP | CLONE_NEWNS);
}

static int call_fsconfig(const struct call *call)
{
	return error_of(fsconfig(call->fs, call->command, call->key, call->value, call->aux));
}

static int call_fsopen(const struct call *call)
{
	return error_of(fsopen(call->name, FSOPEN_CLOEXEC | call->flags));
}

static int call_fsmount(const struct call *call)
{
	return error_of(fsmount(call->fs, FSMOUNT_CLOEXEC | call->flags, call->aux));
}

static int call_fspick(const struct call *call)
{
	return error_of(fspick(call->fs, call->name, FSPICK_CLOEXEC | call->flags));
}

#define SET(how, word, ...) \
	.call = { .command = FSCONFIG_SET_##how, .key = (word), ##__VA_ARGS__ }
#define CREATE .call = { .command = FSCONFIG_CMD_CREATE }
#define RECONFIGURE .call = { .command = FSCONFIG_CMD_RECONFIGURE }
#define BY_NOBODY .become = as_nobody, .afterwards = -EPERM

FIXTURE_VARIANT_ADD(context, closed) REFUSED(EBADF, SET(FLAG, "nsdelegate"), .closed = true);
FIXTURE_VARIANT_ADD(context, command_unknown) REFUSED(EOPNOTSUPP, .call.command = 99);
FIXTURE_VARIANT_ADD(context, flag_unknown) REFUSED(EINVAL, SET(FLAG, "nodelegate"));
FIXTURE_VARIANT_ADD(context, flag_of_v1) REFUSED(EINVAL, SET(FLAG, "none"));
FIXTURE_VARIANT_ADD(context, flag_of_v2) REFUSED(EINVAL, SET(FLAG, "nsdelegate"), "cgroup");
FIXTURE_VARIANT_ADD(context, flag_without_a_key) REFUSED(EINVAL, SET(FLAG, NULL));
FIXTURE_VARIANT_ADD(context, flag_with_a_value)
	REFUSED(EINVAL, SET(FLAG, "nsdelegate", .value = "1"));
FIXTURE_VARIANT_ADD(context, flag_with_a_number)
	REFUSED(EINVAL, SET(FLAG, "nsdelegate", .aux = 1));
FIXTURE_VARIANT_ADD(context, flag_as_a_string)
	REFUSED(EINVAL, SET(STRING, "nsdelegate", .value = "1"));
FIXTURE_VARIANT_ADD(context, flag_as_bytes)
	REFUSED(EINVAL, SET(BINARY, "nsdelegate", .value = "1", .aux = 1));
FIXTURE_VARIANT_ADD(context, flag_as_a_file)
	REFUSED(EINVAL, SET(FD, "nsdelegate"));
FIXTURE_VARIANT_ADD(context, name_of_v1) REFUSED(EINVAL, SET(STRING, "name", .value = "cgns"));
FIXTURE_VARIANT_ADD(context, name_that_is_empty)
	REFUSED(EINVAL, SET(STRING, "name", .value = ""), "cgroup");
FIXTURE_VARIANT_ADD(context, name_without_a_value) REFUSED(EINVAL, SET(FLAG, "name"), "cgroup");
FIXTURE_VARIANT_ADD(context, key_from_nowhere) REFUSED(EFAULT, SET(FLAG, (char *)1));
FIXTURE_VARIANT_ADD(context, source_twice)
	REFUSED(EINVAL, SET(STRING, "source", .value = "cgns"), "cgroup");
FIXTURE_VARIANT_ADD(context, flag_when_created)
	REFUSED(EBUSY, SET(FLAG, "nsdelegate"), .created = true);
FIXTURE_VARIANT_ADD(context, create_with_a_key)
	REFUSED(EINVAL, .call = { .command = FSCONFIG_CMD_CREATE, .key = "nsdelegate" });
FIXTURE_VARIANT_ADD(context, create_twice) REFUSED(EBUSY, CREATE, .created = true);
FIXTURE_VARIANT_ADD(context, create_what_is_there)
	REFUSED(EBUSY, .call.command = CREATE_EXCL);
FIXTURE_VARIANT_ADD(context, create_by_nobody) REFUSED(EPERM, CREATE, BY_NOBODY);
FIXTURE_VARIANT_ADD(context, create_in_a_user_namespace)
	REFUSED(EPERM, CREATE, .become = in_user_namespace);
FIXTURE_VARIANT_ADD(context, create_what_was_picked) REFUSED(EBUSY, CREATE, .picked = true);
FIXTURE_VARIANT_ADD(context, reconfigure_what_was_not_picked) REFUSED(EBUSY, RECONFIGURE);
FIXTURE_VARIANT_ADD(context, reconfigure_by_nobody)
	REFUSED(EPERM, RECONFIGURE, .picked = true, BY_NOBODY);
FIXTURE_VARIANT_ADD(context, reconfigure_in_a_user_namespace)
	REFUSED(EPERM, RECONFIGURE, .picked = true, .become = in_user_namespace);
FIXTURE_VARIANT_ADD(context, open_no_such_type)
	REFUSED(ENODEV, .call = { .make = call_fsopen, .name = "cgroup3" });
FIXTURE_VARIANT_ADD(context, open_with_unknown_flags)
	REFUSED(EINVAL, .call = { .make = call_fsopen, .name = "cgroup2", .flags = 1U << 31 });
FIXTURE_VARIANT_ADD(context, open_by_nobody)
	REFUSED(EPERM, .call = { .make = call_fsopen, .name = "cgroup2" }, BY_NOBODY);
FIXTURE_VARIANT_ADD(context, mount_what_was_not_created)
	REFUSED(EINVAL, .call.make = call_fsmount);
FIXTURE_VARIANT_ADD(context, mount_with_unknown_flags)
	REFUSED(EINVAL, .call = { .make = call_fsmount, .flags = 1U << 31 }, .created = true);
FIXTURE_VARIANT_ADD(context, mount_with_unknown_attributes)
	REFUSED(EINVAL, .call = { .make = call_fsmount, .aux = 1 << 30 }, .created = true);
FIXTURE_VARIANT_ADD(context, mount_by_nobody)
	REFUSED(EPERM, .call.make = call_fsmount, .created = true, BY_NOBODY);
FIXTURE_VARIANT_ADD(context, pick_what_is_no_mount)
	REFUSED(EINVAL, .call = { .make = call_fspick, .name = "/proc/self" });
FIXTURE_VARIANT_ADD(context, pick_with_unknown_flags)
	REFUSED(EINVAL, .call = { .make = call_fspick, .name = "/proc", .flags = 1U << 31 });

FIXTURE_SETUP(context)
{
	static const struct kind v2 = { "cgroup2", NULL, "", true };

	hierarchy_enter(_metadata, &self->h, &v2);
}

FIXTURE_TEARDOWN(context)
{
	hierarchy_leave(&self->h);
}

static int make_call(const void *input)
{
	const struct call *call = input;

	return call->make(call);
}

TEST_F(context, A7_refused)
{
	struct call call = variant->call;

	call.make = call.make ?: call_fsconfig;
	if (variant->picked)
		call.fs = fspick(AT_FDCWD, self->h.mount, FSPICK_CLOEXEC);
	else
		call.fs = fsopen(variant->type ?: "cgroup2", FSOPEN_CLOEXEC);
	ASSERT_LE(0, call.fs);
	if (call.key && call.key != (char *)1 && !strcmp(call.key, "source"))
		ASSERT_EQ(0, fsconfig(call.fs, FSCONFIG_SET_STRING, "source", "cgns", 0));
	if (variant->created)
		ASSERT_EQ(0, fsconfig(call.fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	if (variant->closed)
		ASSERT_EQ(0, close(call.fs));
	self->trial.input = &call;
	self->trial.become = variant->become;
	self->trial.attempt = make_call;
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
}

TEST_HARNESS_MAIN
