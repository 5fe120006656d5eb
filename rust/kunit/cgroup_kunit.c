// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup_path_ns(), cgroup_get_from_id() and current_cgns_cgroup_dfl() in a namespace with a root
 * of its own: what other parts of the kernel are told, such as bpf's cgroup iterator.
 */

#include <kunit/test.h>
#include <linux/nsproxy.h>

#include "../cgroup_ns.h"

#define SIZE 64
#define UNTOUCHED 0xa5

struct cgroup_ctx {
	/* /kunit_a, /kunit_a/b and /kunit_c */
	struct cgroup *a, *b, *c;
	/* A namespace whose root is a. Only the default hierarchy is looked up in it. */
	struct css_set *cset;
	struct cgroup_namespace ns;
};

/* As user space's mkdir and rmdir do, with the node kept active. */
static int with_active(struct kernfs_node *kn, const char *name)
{
	int err;

	if (!kernfs_get_active(kn))
		return -ENODEV;
	err = name ? cgroup_mkdir(kn, name, 0755) : cgroup_rmdir(kn);
	kernfs_put_active(kn);
	return err;
}

static struct cgroup *add(struct kunit *test, struct cgroup *parent, const char *name,
			  const char *path)
{
	struct cgroup *cgrp;

	KUNIT_ASSERT_EQ(test, 0, with_active(parent->kn, name));
	cgrp = cgroup_get_from_path(path);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, cgrp);
	return cgrp;
}

static void drop(struct cgroup *cgrp)
{
	if (!cgrp)
		return;
	with_active(cgrp->kn, NULL);
	cgroup_put(cgrp);
}

static int cgroup_kunit_init(struct kunit *test)
{
	struct cgroup *root = &cgrp_dfl_root.cgrp;
	struct cgroup_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->cset = kunit_kzalloc(test, sizeof(*ctx->cset), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->cset);
	ctx->a = add(test, root, "kunit_a", "/kunit_a");
	ctx->b = add(test, ctx->a, "b", "/kunit_a/b");
	ctx->c = add(test, root, "kunit_c", "/kunit_c");
	ctx->cset->dfl_cgrp = ctx->a;
	ctx->ns.root_cset = ctx->cset;
	return 0;
}

static void cgroup_kunit_exit(struct kunit *test)
{
	struct cgroup_ctx *ctx = test->priv;

	if (!ctx)
		return;
	drop(ctx->b);
	drop(ctx->a);
	drop(ctx->c);
}

static void expect_path(struct kunit *test, struct cgroup *cgrp, const char *path)
{
	struct cgroup_ctx *ctx = test->priv;
	size_t len = strlen(path);
	char buf[SIZE];

	for (size_t size = 0; size < SIZE; size++) {
		size_t kept = min(len, size - 1);

		memset(buf, UNTOUCHED, sizeof(buf));
		KUNIT_EXPECT_EQ(test, size > len ? (int)len : -E2BIG,
				cgroup_path_ns(cgrp, buf, size, &ctx->ns));
		for (size_t i = size; i < SIZE; i++)
			KUNIT_ASSERT_EQ(test, UNTOUCHED, (u8)buf[i]);
		if (!size)
			continue;
		KUNIT_EXPECT_EQ(test, 0, memcmp(path, buf, kept));
		KUNIT_EXPECT_EQ(test, '\0', buf[kept]);
	}
}

static void paths_from_the_root_of_a_namespace(struct kunit *test)
{
	struct cgroup_ctx *ctx = test->priv;

	expect_path(test, ctx->a, "/");
	expect_path(test, ctx->b, "/b");
	expect_path(test, ctx->c, "/../kunit_c");
	expect_path(test, &cgrp_dfl_root.cgrp, "/..");
}

static void ids_below_the_root_of_a_namespace(struct kunit *test)
{
	struct cgroup_ctx *ctx = test->priv;
	struct nsproxy own = { .cgroup_ns = &ctx->ns };
	struct nsproxy *nsproxy = current->nsproxy;
	struct cgroup *a, *b, *c, *root, *top;

	task_lock(current);
	current->nsproxy = &own;
	task_unlock(current);
	top = current_cgns_cgroup_dfl();
	a = cgroup_get_from_id(cgroup_id(ctx->a));
	b = cgroup_get_from_id(cgroup_id(ctx->b));
	c = cgroup_get_from_id(cgroup_id(ctx->c));
	root = cgroup_get_from_id(cgroup_id(&cgrp_dfl_root.cgrp));
	task_lock(current);
	current->nsproxy = nsproxy;
	task_unlock(current);

	KUNIT_EXPECT_PTR_EQ(test, ctx->a, top);
	KUNIT_EXPECT_PTR_EQ(test, ctx->a, a);
	KUNIT_EXPECT_PTR_EQ(test, ctx->b, b);
	KUNIT_EXPECT_EQ(test, -ENOENT, PTR_ERR_OR_ZERO(c));
	KUNIT_EXPECT_EQ(test, -ENOENT, PTR_ERR_OR_ZERO(root));
	if (!IS_ERR(a))
		cgroup_put(a);
	if (!IS_ERR(b))
		cgroup_put(b);
}

static struct kunit_case cgroup_cases[] = {
	KUNIT_CASE(paths_from_the_root_of_a_namespace),
	KUNIT_CASE(ids_below_the_root_of_a_namespace),
	{}
};

static struct kunit_suite cgroup_suite = {
	.name = "cgroup_ns_cgroup",
	.init = cgroup_kunit_init,
	.exit = cgroup_kunit_exit,
	.test_cases = cgroup_cases,
};

kunit_test_suite(cgroup_suite);
