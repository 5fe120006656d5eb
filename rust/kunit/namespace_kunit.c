// SPDX-License-Identifier: GPL-2.0
/*
 * copy_cgroup_ns() and free_cgroup_ns(): what a namespace holds, who is refused one, and everything
 * that is counted back where it was.
 */

#include "life.h"

static void copy_without_the_flag(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	int refs = ns_ref_read(ctx->anchor);

	KUNIT_EXPECT_PTR_EQ(test, ctx->anchor,
			    copy_cgroup_ns(CLONE_NEWNS, ctx->user_ns, ctx->anchor));
	KUNIT_EXPECT_EQ(test, refs + 1, ns_ref_read(ctx->anchor));
	put_cgroup_ns(ctx->anchor);
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));
}

static void copy_and_free(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	int owners = owned(ctx);
	struct cgroup_namespace *ns = make(ctx);
	unsigned int inum;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	inum = ns->ns.inum;
	KUNIT_EXPECT_EQ(test, 1, ns_ref_read(ns));
	KUNIT_EXPECT_EQ(test, CLONE_NEWCGROUP, ns->ns.ns_type);
	KUNIT_EXPECT_PTR_EQ(test, &cgroupns_operations, ns->ns.ops);
	KUNIT_EXPECT_NE(test, 0, ns->ns.inum);
	KUNIT_EXPECT_NE(test, ctx->anchor->ns.inum, ns->ns.inum);
	KUNIT_EXPECT_NE(test, ctx->anchor->ns.ns_id, ns->ns.ns_id);
	KUNIT_EXPECT_TRUE(test, ns_tree_active(ns));
	KUNIT_EXPECT_PTR_EQ(test, task_css_set(current), ns->root_cset);
	KUNIT_EXPECT_PTR_EQ(test, ctx->user_ns, ns->user_ns);
	KUNIT_EXPECT_PTR_EQ(test, ctx->user_ns, cgroupns_operations.owner(&ns->ns));
	KUNIT_EXPECT_PTR_EQ(test, ctx->anchor->ucounts, ns->ucounts);
	KUNIT_EXPECT_EQ(test, owners + 1, owned(ctx));
	KUNIT_EXPECT_EQ(test, 2, charged(ctx));

	put_cgroup_ns(ns);
	KUNIT_EXPECT_EQ(test, owners, owned(ctx));
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));

	/* The number is the lowest that is free again. */
	ns = make(ctx);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	KUNIT_EXPECT_EQ(test, inum, ns->ns.inum);
	put_cgroup_ns(ns);
}

/* Other tasks come and go meanwhile, but not as many as there are rounds. */
static void copy_holds_the_css_set(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	struct cgroup_namespace **all;
	int before, during, after;

	all = kunit_kcalloc(test, ROUNDS, sizeof(*all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	before = held();
	for (int i = 0; i < ROUNDS; i++)
		all[i] = make(ctx);
	during = held();
	for (int i = 0; i < ROUNDS; i++)
		if (!IS_ERR(all[i]))
			put_cgroup_ns(all[i]);
	after = held();
	KUNIT_EXPECT_GT(test, during - before, ROUNDS - ROUNDS / 4);
	KUNIT_EXPECT_LT(test, during - before, ROUNDS + ROUNDS / 4);
	KUNIT_EXPECT_LT(test, abs(after - before), ROUNDS / 4);
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));
}

static void copy_refused(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	int owners = owned(ctx);
	int limit = ctx->user_ns->ucount_max[UCOUNT_CGROUP_NAMESPACES];
	struct cgroup_namespace *ns;

	ns = make_for(ctx, &init_user_ns);
	KUNIT_EXPECT_EQ(test, -EPERM, PTR_ERR_OR_ZERO(ns));

	ctx->user_ns->ucount_max[UCOUNT_CGROUP_NAMESPACES] = 1;
	ns = make(ctx);
	ctx->user_ns->ucount_max[UCOUNT_CGROUP_NAMESPACES] = limit;
	KUNIT_EXPECT_EQ(test, -ENOSPC, PTR_ERR_OR_ZERO(ns));

	KUNIT_EXPECT_EQ(test, owners, owned(ctx));
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));
}

static struct kunit_case copy_cases[] = {
	KUNIT_CASE(copy_without_the_flag),
	KUNIT_CASE(copy_and_free),
	KUNIT_CASE(copy_holds_the_css_set),
	KUNIT_CASE(copy_refused),
	{}
};

static struct kunit_suite copy_suite = {
	.name = "cgroup_ns_copy",
	.init = life_init,
	.exit = life_exit,
	.test_cases = copy_cases,
};

kunit_test_suite(copy_suite);
