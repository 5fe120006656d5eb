// SPDX-License-Identifier: GPL-2.0
/*
 * What meets a css_set or a cgroup whose last reference is gone gets none, and gives none back. The
 * window is too short to be met from user space: what is gone here is a copy that nobody else uses.
 */

#include <linux/fs_context.h>
#include <linux/hrtimer.h>
#include <linux/sched/task.h>

#include "life.h"

struct gone_ctx {
	struct life_ctx life;
	/* As that of the current task, with no reference left. */
	struct css_set *cset;
	/* The same of a cgroup. */
	struct cgroup *cgrp;
	struct css_set *real;
	struct task_struct *task;
	struct hrtimer timer;
};

static void nothing_to_release(struct percpu_ref *ref)
{
}

static int gone_init(struct kunit *test)
{
	struct gone_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	life_begin(test, &ctx->life);
	ctx->task = current;
	ctx->real = task_css_set(current);
	ctx->cset = kunit_kzalloc(test, sizeof(*ctx->cset), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->cset);
	memcpy(ctx->cset, ctx->real, sizeof(*ctx->cset));
	refcount_set(&ctx->cset->refcount, 0);

	ctx->cgrp = kunit_kzalloc(test, sizeof(*ctx->cgrp), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->cgrp);
	KUNIT_ASSERT_EQ(test, 0, percpu_ref_init(&ctx->cgrp->self.refcnt, nothing_to_release,
						 PERCPU_REF_INIT_DEAD, GFP_KERNEL));
	return 0;
}

static void gone_exit(struct kunit *test)
{
	struct gone_ctx *ctx = test->priv;

	if (!ctx)
		return;
	if (ctx->cgrp)
		percpu_ref_exit(&ctx->cgrp->self.refcnt);
	life_end(&ctx->life);
}

/* The task arrives where it is being moved to. */
static enum hrtimer_restart arrive(struct hrtimer *timer)
{
	struct gone_ctx *ctx = container_of(timer, struct gone_ctx, timer);

	rcu_assign_pointer(ctx->task->cgroups, ctx->real);
	return HRTIMER_NORESTART;
}

static void copy_waits_for_the_next_css_set(struct kunit *test)
{
	struct gone_ctx *ctx = test->priv;
	struct cgroup_namespace *ns;

	hrtimer_setup(&ctx->timer, arrive, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	kunit_warning_suppress(test) {
		rcu_assign_pointer(current->cgroups, ctx->cset);
		hrtimer_start(&ctx->timer, ms_to_ktime(2), HRTIMER_MODE_REL_HARD);
		ns = make(&ctx->life);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	hrtimer_cancel(&ctx->timer);
	KUNIT_ASSERT_PTR_EQ(test, ctx->real, task_css_set(current));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	KUNIT_EXPECT_PTR_EQ(test, ctx->real, ns->root_cset);
	KUNIT_EXPECT_EQ(test, 0, refcount_read(&ctx->cset->refcount));
	put_cgroup_ns(ns);
}

static void a_root_that_is_gone_is_not_taken(struct kunit *test)
{
	struct gone_ctx *ctx = test->priv;
	struct cgroup_namespace *ns = make(&ctx->life);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	kunit_warning_suppress(test) {
		cgroup_ns_set_root(ns, ctx->cset);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	KUNIT_EXPECT_PTR_EQ(test, ctx->real, ns->root_cset);
	KUNIT_EXPECT_EQ(test, 0, refcount_read(&ctx->cset->refcount));
	put_cgroup_ns(ns);
}

static void a_root_that_is_gone_is_not_mounted(struct kunit *test)
{
	struct gone_ctx *ctx = test->priv;
	struct cgroup_namespace *ns = make(&ctx->life);
	struct file_system_type *type = get_fs_type("cgroup2");
	struct fs_context *fc;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	KUNIT_ASSERT_NOT_NULL(test, type);
	fc = fs_context_for_mount(type, 0);
	put_filesystem(type);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fc);
	KUNIT_ASSERT_EQ(test, 0, vfs_get_tree(fc));

	ctx->cset->dfl_cgrp = ctx->cgrp;
	ns->root_cset = ctx->cset;
	KUNIT_EXPECT_EQ(test, -ENOENT, cgroup_ns_mount_root(fc, &cgrp_dfl_root, ns));
	ns->root_cset = ctx->real;
	KUNIT_EXPECT_NULL(test, fc->root);
	KUNIT_EXPECT_EQ(test, 0, atomic_long_read(&ctx->cgrp->self.refcnt.data->count));
	put_fs_context(fc);
	put_cgroup_ns(ns);
}

static struct kunit_case gone_cases[] = {
	KUNIT_CASE(copy_waits_for_the_next_css_set),
	KUNIT_CASE(a_root_that_is_gone_is_not_taken),
	KUNIT_CASE(a_root_that_is_gone_is_not_mounted),
	{}
};

static struct kunit_suite gone_suite = {
	.name = "cgroup_ns_gone",
	.init = gone_init,
	.exit = gone_exit,
	.test_cases = gone_cases,
};

kunit_test_suite(gone_suite);
