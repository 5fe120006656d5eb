// SPDX-License-Identifier: GPL-2.0
/*
 * What mounting a hierarchy refuses (row A7 of the contract): options of the other version, names
 * at their limits, who may not; by mount(2), by fsconfig(2), and to a mount that is there. The
 * errors are those of mount(2) and fsconfig(2), and of kernel/cgroup/cgroup-v1.c. Which hierarchies
 * may be made is mount_test.c's.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "refuse.h"

#define V1 "cgroup"
#define V2 "cgroup2"
/* A hierarchy may have a name of 63 bytes. */
#define SHORT "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define LONG SHORT "n"

/* Where the case happens: a hierarchy of v1 with a name, and one of v2, in two places. */
FIXTURE(mount)
{
	struct hierarchy v1, v2;
	struct trial trial;
	char where[32];
};

FIXTURE_VARIANT(mount)
{
	int err;
	const char *type;
	const char *options;
	bool again; /* to the mount that is there, where it is */
	const char *where; /* if it is none of these places */
	int (*become)(void);
	int afterwards;
};

static int in_own_cgroup_namespace(void)
{
	return error_of(unshare(CLONE_NEWCGROUP));
}

/* The mounts are still those of others. */
static int without_own_mounts(void)
{
	return new_user_namespace(CLONE_NEWCGROUP);
}

static int with_own_mounts(void)
{
	return new_user_namespace(CLONE_NEWCGROUP | CLONE_NEWNS);
}

/* Options of the other version, and none at all. */
FIXTURE_VARIANT_ADD(mount, v2_no_such_option) REFUSED(EINVAL, V2, "nodelegate");
FIXTURE_VARIANT_ADD(mount, v2_flag_with_a_value) REFUSED(EINVAL, V2, "nsdelegate=1");
FIXTURE_VARIANT_ADD(mount, v2_name) REFUSED(EINVAL, V2, "name=cgns");
FIXTURE_VARIANT_ADD(mount, v2_none) REFUSED(EINVAL, V2, "none");
FIXTURE_VARIANT_ADD(mount, v2_controller) REFUSED(EINVAL, V2, "pids");
FIXTURE_VARIANT_ADD(mount, v2_release_agent) REFUSED(EINVAL, V2, "release_agent=/bin/false");
FIXTURE_VARIANT_ADD(mount, v2_good_and_bad) REFUSED(EINVAL, V2, "nsdelegate,xattr");
FIXTURE_VARIANT_ADD(mount, v1_nsdelegate) REFUSED(EINVAL, V1, "none,name=cgns.no,nsdelegate");
FIXTURE_VARIANT_ADD(mount, v1_memory_recursiveprot)
	REFUSED(EINVAL, V1, "none,name=cgns.no,memory_recursiveprot");
FIXTURE_VARIANT_ADD(mount, v1_no_such_controller) REFUSED(EINVAL, V1, "freezr");
FIXTURE_VARIANT_ADD(mount, v1_none_and_no_name) REFUSED(EINVAL, V1, "none");
FIXTURE_VARIANT_ADD(mount, v1_none_and_a_controller) REFUSED(EINVAL, V1, "none,net_prio");
FIXTURE_VARIANT_ADD(mount, v1_all_and_a_controller) REFUSED(EINVAL, V1, "all,net_prio");
FIXTURE_VARIANT_ADD(mount, v1_noprefix_without_cpuset) REFUSED(EINVAL, V1, "noprefix,net_prio");
FIXTURE_VARIANT_ADD(mount, v1_empty_name) REFUSED(EINVAL, V1, "none,name=");
FIXTURE_VARIANT_ADD(mount, v1_name_of_64_bytes) REFUSED(EINVAL, V1, "none,name=" LONG);
FIXTURE_VARIANT_ADD(mount, v1_name_with_a_slash) REFUSED(EINVAL, V1, "none,name=cgns/no");
FIXTURE_VARIANT_ADD(mount, v1_name_with_a_colon) REFUSED(EINVAL, V1, "none,name=cgns:no");
FIXTURE_VARIANT_ADD(mount, v1_name_with_a_newline) REFUSED(EINVAL, V1, "none,name=cgns\nno");
FIXTURE_VARIANT_ADD(mount, v1_two_names) REFUSED(EINVAL, V1, "none,name=cgns.no,name=cgns.nor");
FIXTURE_VARIANT_ADD(mount, v1_two_release_agents)
	REFUSED(EINVAL, V1, "none,name=cgns.no,release_agent=/bin/false,release_agent=/bin/true");
FIXTURE_VARIANT_ADD(mount, v1_unknown_name_alone) REFUSED(EINVAL, V1, "name=cgns.no");
FIXTURE_VARIANT_ADD(mount, v1_name_with_other_controllers)
	REFUSED(EBUSY, V1, "net_prio,name=cgns");
FIXTURE_VARIANT_ADD(mount, no_such_version) REFUSED(ENODEV, "cgroup3", NULL);

/* Who may not, and where it cannot be. */
FIXTURE_VARIANT_ADD(mount, v2_by_nobody)
	REFUSED(EPERM, V2, NULL, .become = as_nobody, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(mount, v2_without_the_capability)
	REFUSED(EPERM, V2, NULL, .become = without_sys_admin, .afterwards = -EPERM);
FIXTURE_VARIANT_ADD(mount, v2_without_own_mounts)
	REFUSED(EPERM, V2, NULL, .become = without_own_mounts);
FIXTURE_VARIANT_ADD(mount, v1_without_own_mounts)
	REFUSED(EPERM, V1, "none,name=cgns", .become = without_own_mounts);
FIXTURE_VARIANT_ADD(mount, v1_new_with_own_mounts)
	REFUSED(EPERM, V1, "none,name=cgns.no", .become = with_own_mounts);
FIXTURE_VARIANT_ADD(mount, v1_new_inside)
	REFUSED(EPERM, V1, "none,name=cgns.no", .become = in_own_cgroup_namespace);
FIXTURE_VARIANT_ADD(mount, v1_release_agent_with_own_mounts)
	REFUSED(EINVAL, V1, "none,name=cgns,release_agent=/bin/false", .become = with_own_mounts);
FIXTURE_VARIANT_ADD(mount, v2_option_of_v1_inside)
	REFUSED(EINVAL, V2, "name=cgns", .become = in_own_cgroup_namespace);
FIXTURE_VARIANT_ADD(mount, v2_nowhere) REFUSED(ENOENT, V2, NULL, .where = "/tmp/cgns.nowhere");
FIXTURE_VARIANT_ADD(mount, v2_on_a_file) REFUSED(ENOTDIR, V2, NULL, .where = "/proc/cgroups");

/* A mount that is there: its options. */
FIXTURE_VARIANT_ADD(mount, v2_again_no_such_option)
	REFUSED(EINVAL, V2, "nodelegate", .again = true);
FIXTURE_VARIANT_ADD(mount, v2_again_option_of_v1) REFUSED(EINVAL, V2, "none", .again = true);
FIXTURE_VARIANT_ADD(mount, v1_again_option_of_v2)
	REFUSED(EINVAL, V1, "none,name=cgns,nsdelegate", .again = true);
FIXTURE_VARIANT_ADD(mount, v1_again_other_name)
	REFUSED(EINVAL, V1, "none,name=cgns.no", .again = true);
FIXTURE_VARIANT_ADD(mount, v1_again_other_flags)
	REFUSED(EINVAL, V1, "none,name=cgns,xattr", .again = true);
FIXTURE_VARIANT_ADD(mount, v1_again_other_controllers)
	REFUSED(EBUSY, V1, "net_prio,name=cgns", .again = true);
FIXTURE_VARIANT_ADD(mount, v2_again_in_a_user_namespace)
	REFUSED(EPERM, V2, "nsdelegate", .again = true, .become = with_own_mounts);
FIXTURE_VARIANT_ADD(mount, v1_again_in_a_user_namespace)
	REFUSED(EPERM, V1, "none,name=cgns", .again = true, .become = with_own_mounts);
FIXTURE_VARIANT_ADD(mount, v1_again_without_own_mounts)
	REFUSED(EPERM, V1, "none,name=cgns", .again = true, .become = without_own_mounts);

FIXTURE_SETUP(mount)
{
	static const struct kind v1 = { "cgroup", "none,name=cgns", "name=cgns", false };
	static const struct kind v2 = { "cgroup2", NULL, "", true };

	hierarchy_enter(_metadata, &self->v1, &v1);
	hierarchy_enter(_metadata, &self->v2, &v2);
	snprintf(self->where, sizeof(self->where), "/tmp/cgns.new.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->where));
}

FIXTURE_TEARDOWN(mount)
{
	rmdir(self->where);
	hierarchy_leave(&self->v2);
	hierarchy_leave(&self->v1);
}

/* What mount(2) takes. */
struct call {
	const char *where;
	const char *type;
	const char *options;
	unsigned long flags;
};

static int call_mount(const void *input)
{
	const struct call *call = input;

	return error_of(mount("cgns", call->where, call->type, call->flags, call->options));
}

TEST_F(mount, A7_refused)
{
	struct call call = { self->where, variant->type, variant->options };
	char *before = shared_memory(TEXT_SIZE), *after = shared_memory(TEXT_SIZE);

	if (variant->where)
		call.where = variant->where;
	if (variant->again) {
		call.where = strcmp(variant->type, V1) ? self->v2.mount : self->v1.mount;
		call.flags = MS_REMOUNT;
	}
	self->trial.input = &call;
	self->trial.become = variant->become;
	self->trial.attempt = call_mount;
	ASSERT_EQ(0, read_proc(getpid(), "mountinfo", before));
	expect_refusal(_metadata, &self->trial, variant->err, variant->afterwards);
	/* The options of what is mounted are there, too. */
	ASSERT_EQ(0, read_proc(getpid(), "mountinfo", after));
	EXPECT_EQ(0, strcmp(before, after));
}

/* One byte less, and it is a name. */
TEST(A7_name_of_63_bytes)
{
	static const struct kind kind = { "cgroup", "none,name=" SHORT, "name=" SHORT, false };
	struct hierarchy h;

	hierarchy_enter(_metadata, &h, &kind);
	EXPECT_STREQ("/", path_of(&h, getpid()));
	hierarchy_leave(&h);
}

TEST_HARNESS_MAIN
