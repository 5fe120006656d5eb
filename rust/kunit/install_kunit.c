// SPDX-License-Identifier: GPL-2.0
/*
 * cgroupns_operations: entering a namespace and finding that of a task, with every reference where
 * it belongs.
 */

#include "life.h"

static void install(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	struct cgroup_namespace *ns = make(ctx);
	struct nsproxy nsproxy = { .cgroup_ns = ctx->anchor };
	struct nsset set = { .nsproxy = &nsproxy, .cred = ctx->cred };

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	get_cgroup_ns(ctx->anchor);

	KUNIT_EXPECT_EQ(test, 0, install_in(ctx, &set, ctx->anchor));
	KUNIT_EXPECT_PTR_EQ(test, ctx->anchor, nsproxy.cgroup_ns);
	KUNIT_EXPECT_EQ(test, 2, ns_ref_read(ctx->anchor));

	KUNIT_EXPECT_EQ(test, 0, install_in(ctx, &set, ns));
	KUNIT_EXPECT_PTR_EQ(test, ns, nsproxy.cgroup_ns);
	KUNIT_EXPECT_EQ(test, 2, ns_ref_read(ns));
	KUNIT_EXPECT_EQ(test, 1, ns_ref_read(ctx->anchor));

	put_cgroup_ns(nsproxy.cgroup_ns);
	cgroupns_operations.put(&ns->ns);
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));
}

static void install_refused(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	struct cgroup_namespace *foreign;
	struct nsproxy nsproxy = { .cgroup_ns = ctx->anchor };
	struct nsset set = { .nsproxy = &nsproxy, .cred = ctx->cred };

	foreign = copy_cgroup_ns(CLONE_NEWCGROUP, &init_user_ns, ctx->anchor);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, foreign);

	/* No privilege where the namespace belongs. */
	KUNIT_EXPECT_EQ(test, -EPERM, install_in(ctx, &set, foreign));
	/* None where the task will be. */
	set.cred = current_cred();
	KUNIT_EXPECT_EQ(test, -EPERM, install_in(ctx, &set, ctx->anchor));

	KUNIT_EXPECT_PTR_EQ(test, ctx->anchor, nsproxy.cgroup_ns);
	KUNIT_EXPECT_EQ(test, 1, ns_ref_read(ctx->anchor));
	KUNIT_EXPECT_EQ(test, 1, ns_ref_read(foreign));
	put_cgroup_ns(foreign);
}

static void get_from_a_task(struct kunit *test)
{
	struct nsproxy *nsproxy = current->nsproxy;
	struct life_ctx *ctx = test->priv;
	struct nsproxy own = { .cgroup_ns = ctx->anchor };

	task_lock(current);
	current->nsproxy = &own;
	task_unlock(current);
	KUNIT_EXPECT_PTR_EQ(test, &ctx->anchor->ns, cgroupns_operations.get(current));
	KUNIT_EXPECT_EQ(test, 2, ns_ref_read(ctx->anchor));
	cgroupns_operations.put(&ctx->anchor->ns);

	/* As a task that exits. */
	task_lock(current);
	current->nsproxy = NULL;
	task_unlock(current);
	KUNIT_EXPECT_NULL(test, cgroupns_operations.get(current));
	KUNIT_EXPECT_PTR_EQ(test, &cgrp_dfl_root.cgrp, current_cgns_cgroup_dfl());

	task_lock(current);
	current->nsproxy = nsproxy;
	task_unlock(current);
	KUNIT_EXPECT_EQ(test, 1, ns_ref_read(ctx->anchor));
}

static struct kunit_case install_cases[] = {
	KUNIT_CASE(install),
	KUNIT_CASE(install_refused),
	KUNIT_CASE(get_from_a_task),
	{}
};

static struct kunit_suite install_suite = {
	.name = "cgroup_ns_install",
	.init = life_init,
	.exit = life_exit,
	.test_cases = install_cases,
};

kunit_test_suite(install_suite);
