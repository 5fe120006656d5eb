// SPDX-License-Identifier: GPL-2.0
/*
 * kernfs_path_from_node(), C against Rust in one boot: a table, and no verdict on it. Rows called
 * floor have in C's place what nothing can do without: to follow the pointers and to copy the
 * names, by one who knows how long they are.
 *
 * Names are of about 20 bytes down to depth 20 and of one byte below, so that the path fits into
 * PATH_MAX and both do the same work.
 */

#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "../cgroup_ns.h"

#define DEEPEST 1000
#define ROUNDS 15
#define ROUND_NS (2 * NSEC_PER_MSEC)

typedef int (*path_fn)(struct kernfs_node *to, struct kernfs_node *from, char *buf, size_t buflen);

static const int depths[] = { 1, 2, 3, 5, 8, 12, 20, 50, 100, 500, 1000 };

struct bench_ctx {
	struct kernfs_root *root;
	struct kernfs_node *chain[DEEPEST + 1];
	char c[PATH_MAX];
	char rust[PATH_MAX];
};

static int bench_init(struct kunit *test)
{
	struct bench_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	char name[32];

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->root = kernfs_create_root(NULL, KERNFS_ROOT_INVARIANT_PARENT, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ctx->root));

	ctx->chain[0] = kernfs_root_to_node(ctx->root);
	for (int i = 1; i <= DEEPEST; i++) {
		scnprintf(name, sizeof(name), i > 20 ? "n" : "machine-%02d.slice-x", i);
		ctx->chain[i] = kernfs_create_dir(ctx->chain[i - 1], name, 0755, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(ctx->chain[i]));
	}
	return 0;
}

static void bench_exit(struct kunit *test)
{
	struct bench_ctx *ctx = test->priv;

	if (ctx && !IS_ERR_OR_NULL(ctx->root))
		kernfs_destroy_root(ctx->root);
}

/* Picoseconds a call, over a round of at least ROUND_NS. */
static u64 round_ps(path_fn path, struct kernfs_node *to, struct kernfs_node *from, char *buf)
{
	u64 calls = 0, start = ktime_get_ns(), ns;

	do {
		for (int i = 0; i < 64; i++)
			path(to, from, buf, PATH_MAX);
		calls += 64;
		ns = ktime_get_ns() - start;
	} while (ns < ROUND_NS);
	return div64_u64(ns * 1000, calls);
}

/* The length of each name with its slash, and the depth of the path. */
static size_t lengths[DEEPEST + 1];
static int floor_depth;

static int floor_path(struct kernfs_node *to, struct kernfs_node *from, char *buf, size_t buflen)
{
	char *end = buf + buflen - 1, *start = end;
	int depth = floor_depth;

	for (struct kernfs_node *kn = to; depth; kn = rcu_access_pointer(kn->__parent), depth--) {
		start -= lengths[depth];
		*start = '/';
		memcpy(start + 1, rcu_access_pointer(kn->name), lengths[depth] - 1);
	}
	memmove(buf, start, end - start);
	buf[end - start] = '\0';
	return end - start;
}

/* Prints one row: the best of some rounds, C (or what stands in its place) and Rust in turn. */
static void row(struct kunit *test, const char *what, int depth, path_fn in_c,
		struct kernfs_node *to, struct kernfs_node *from)
{
	struct bench_ctx *ctx = test->priv;
	u64 c = U64_MAX, rust = U64_MAX;

	for (int i = 0; i < ROUNDS; i++) {
		c = min(c, round_ps(in_c, to, from, ctx->c));
		rust = min(rust, round_ps(kernfs_path_from_node, to, from, ctx->rust));
	}
	KUNIT_EXPECT_STREQ(test, ctx->c, ctx->rust);
	kunit_info(test, "bench what=%s depth=%d c_ps=%llu rust_ps=%llu", what, depth, c, rust);
}

static void from_root(struct kunit *test)
{
	struct bench_ctx *ctx = test->priv;

	for (int i = 0; i < ARRAY_SIZE(depths); i++)
		row(test, "root", depths[i], kernfs_path_from_node_c,
		    ctx->chain[depths[i]], NULL);
}

static void from_middle(struct kunit *test)
{
	struct bench_ctx *ctx = test->priv;

	for (int i = 0; i < ARRAY_SIZE(depths); i++)
		row(test, "middle", depths[i], kernfs_path_from_node_c,
		    ctx->chain[depths[i]], ctx->chain[depths[i] / 2]);
}

static void from_sibling(struct kunit *test)
{
	struct bench_ctx *ctx = test->priv;

	for (int i = 0; i < ARRAY_SIZE(depths); i++) {
		struct kernfs_node *sibling;

		sibling = kernfs_create_dir(ctx->chain[depths[i] - 1], "sibling", 0755, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(sibling));
		row(test, "sibling", depths[i], kernfs_path_from_node_c,
		    ctx->chain[depths[i]], sibling);
	}
}

static void from_the_floor(struct kunit *test)
{
	struct bench_ctx *ctx = test->priv;

	for (int i = 1; i <= DEEPEST; i++)
		lengths[i] = 1 + strlen(rcu_access_pointer(ctx->chain[i]->name));
	for (int i = 0; i < ARRAY_SIZE(depths); i++) {
		floor_depth = depths[i];
		row(test, "floor", depths[i], floor_path, ctx->chain[depths[i]], NULL);
	}
}

static struct kunit_case bench_cases[] = {
	KUNIT_CASE_SLOW(from_root),
	KUNIT_CASE_SLOW(from_the_floor),
	KUNIT_CASE_SLOW(from_middle),
	KUNIT_CASE_SLOW(from_sibling),
	{}
};

static struct kunit_suite bench_suite = {
	.name = "cgroup_ns_path_bench",
	.init = bench_init,
	.exit = bench_exit,
	.test_cases = bench_cases,
};

kunit_test_suite(bench_suite);
