// SPDX-License-Identifier: GPL-2.0
/*
 * kernfs_node_dentry(): what it finds, what it refuses, and that no reference to a dentry stays
 * behind. What mounts show is asked by the selftests, which can make cgroups.
 */

#include <kunit/test.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/mount.h>

#include "../cgroup_ns.h"

struct mount_ctx {
	struct file_system_type *type;
	struct vfsmount *mnt;
};

/* sysfs is one of kernfs, and its nodes may be moved. */
static int mount_init(struct kunit *test)
{
	struct mount_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->type = get_fs_type("sysfs");
	KUNIT_ASSERT_NOT_NULL(test, ctx->type);
	ctx->mnt = kern_mount(ctx->type);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->mnt);
	return 0;
}

static void mount_exit(struct kunit *test)
{
	struct mount_ctx *ctx = test->priv;

	if (ctx && !IS_ERR_OR_NULL(ctx->mnt))
		kern_unmount(ctx->mnt);
	if (ctx && ctx->type)
		put_filesystem(ctx->type);
}

static void nodes_that_may_move_are_refused(struct kunit *test)
{
	struct mount_ctx *ctx = test->priv;
	struct dentry *top = ctx->mnt->mnt_root;
	int count = d_count(top);

	kunit_warning_suppress(test) {
		struct dentry *found = kernfs_node_dentry(kernel_kobj->sd, ctx->mnt->mnt_sb);

		KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(found));
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 1);
	}
	KUNIT_EXPECT_EQ(test, count, d_count(top));
}

static struct kunit_case mount_cases[] = {
	KUNIT_CASE(nodes_that_may_move_are_refused),
	{}
};

static struct kunit_suite mount_suite = {
	.name = "cgroup_ns_mount",
	.init = mount_init,
	.exit = mount_exit,
	.test_cases = mount_cases,
};

kunit_test_suite(mount_suite);
