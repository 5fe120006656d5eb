// SPDX-License-Identifier: GPL-2.0
/*
 * copy_cgroup_ns() with each of its allocations failing in turn: an error, and everything that is
 * counted back where it was.
 */

#include <linux/debugfs.h>

#include "life.h"

/* The inode numbers' allocator asks for memory once in so many. */
#define NUMBERS 2048

/* Settings of failslab, which keeps them to itself but for debugfs. */
struct failslab {
	bool *ignore_reclaim;
	bool *task_filter;
	unsigned long *probability;
	unsigned long *verbose;
	atomic_t *space;
	atomic_t *times;
};

static void *setting(struct kunit *test, const char *name)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL);
	struct dentry *file = dir ? debugfs_lookup(name, dir) : NULL;
	void *value = file ? d_inode(file)->i_private : NULL;

	dput(file);
	dput(dir);
	KUNIT_ASSERT_NOT_NULL(test, value);
	return value;
}

static void find_settings(struct kunit *test, struct failslab *failslab)
{
	failslab->ignore_reclaim = setting(test, "ignore-gfp-wait");
	failslab->task_filter = setting(test, "task-filter");
	failslab->probability = setting(test, "probability");
	failslab->verbose = setting(test, "verbose");
	failslab->space = setting(test, "space");
	failslab->times = setting(test, "times");
}

/* Let this task's allocations fail once they have got @space bytes; nobody else's do. */
static struct cgroup_namespace *make_within(struct life_ctx *ctx, struct failslab *failslab,
					    size_t space)
{
	struct cgroup_namespace *ns;

	*failslab->ignore_reclaim = false;
	*failslab->task_filter = true;
	*failslab->verbose = 0;
	atomic_set(failslab->times, -1);
	atomic_set(failslab->space, space);
	*failslab->probability = 100;
	current->make_it_fail = 1;
	ns = make(ctx);
	current->make_it_fail = 0;
	*failslab->probability = 0;
	*failslab->task_filter = false;
	*failslab->ignore_reclaim = true;
	return ns;
}

static void no_memory_for_the_namespace(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	int owners = owned(ctx), before = held();
	struct failslab failslab;

	find_settings(test, &failslab);
	for (int i = 0; i < ROUNDS; i++) {
		struct cgroup_namespace *ns = make_within(ctx, &failslab, 0);

		KUNIT_ASSERT_EQ(test, -ENOMEM, PTR_ERR_OR_ZERO(ns));
	}
	KUNIT_EXPECT_EQ(test, owners, owned(ctx));
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));
	KUNIT_EXPECT_LT(test, abs((int)held() - before), ROUNDS / 4);
}

/* Namespaces are made and kept until one finds no inode number that memory is there for. */
static void no_memory_for_the_inode_number(struct kunit *test)
{
	struct life_ctx *ctx = test->priv;
	int owners = owned(ctx), count;
	struct cgroup_namespace **all;
	struct failslab failslab;

	find_settings(test, &failslab);
	all = kunit_kcalloc(test, NUMBERS, sizeof(*all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	for (count = 0; count < NUMBERS; count++) {
		all[count] = make_within(ctx, &failslab, ksize(ctx->anchor) + 1);
		if (IS_ERR(all[count]))
			break;
	}
	KUNIT_EXPECT_LT(test, count, NUMBERS);
	KUNIT_EXPECT_EQ(test, owners + count, owned(ctx));
	KUNIT_EXPECT_EQ(test, 1 + count, charged(ctx));
	if (count < NUMBERS)
		KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR_OR_ZERO(all[count]));
	while (count--)
		put_cgroup_ns(all[count]);
	KUNIT_EXPECT_EQ(test, owners, owned(ctx));
	KUNIT_EXPECT_EQ(test, 1, charged(ctx));
}

static struct kunit_case allocation_cases[] = {
	KUNIT_CASE(no_memory_for_the_namespace),
	KUNIT_CASE(no_memory_for_the_inode_number),
	{}
};

static struct kunit_suite allocation_suite = {
	.name = "cgroup_ns_allocation",
	.init = life_init,
	.exit = life_exit,
	.test_cases = allocation_cases,
};

kunit_test_suite(allocation_suite);
