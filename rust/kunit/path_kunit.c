// SPDX-License-Identifier: GPL-2.0
/*
 * kernfs_path_from_node(): the Rust function against mainline's C one, over random hierarchies.
 *
 * The same bytes and the same return value are wanted wherever the path fits. Where it does not,
 * C may leave names out and succeed; Rust has to return -E2BIG and the head of the path.
 */

#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../cgroup_ns.h"

#define NODES 96
#define TREES 60
#define PAIRS 100
#define WHOLE SZ_64K
#define UNTOUCHED 0xa5

static unsigned long long seed;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "of the random hierarchies; 0, the default, draws one and prints it");

static const unsigned int root_flags[] = { 0, KERNFS_ROOT_INVARIANT_PARENT };

struct path_ctx {
	struct rnd_state rnd;
	unsigned long long seed;
	struct kernfs_root *roots[ARRAY_SIZE(root_flags)];
	struct kernfs_node *nodes[NODES];
	char *c;
	char *rust;
};

static u32 below(struct path_ctx *ctx, u32 bound)
{
	return prandom_u32_state(&ctx->rnd) % bound;
}

static int path_init(struct kunit *test)
{
	struct path_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->c = kunit_kzalloc(test, WHOLE, GFP_KERNEL);
	ctx->rust = kunit_kzalloc(test, WHOLE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->c);
	KUNIT_ASSERT_NOT_NULL(test, ctx->rust);

	ctx->seed = seed ?: get_random_u64();
	prandom_seed_state(&ctx->rnd, ctx->seed);

	for (int i = 0; i < ARRAY_SIZE(root_flags); i++) {
		struct kernfs_root *root = kernfs_create_root(NULL, root_flags[i], NULL);

		KUNIT_ASSERT_FALSE(test, IS_ERR(root));
		ctx->roots[i] = root;
	}
	return 0;
}

static void path_exit(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;

	for (int i = 0; ctx && i < ARRAY_SIZE(root_flags); i++)
		if (ctx->roots[i])
			kernfs_destroy_root(ctx->roots[i]);
}

static struct kernfs_node *add(struct kunit *test, struct kernfs_node *parent, const char *name)
{
	struct kernfs_node *kn = kernfs_create_dir(parent, name, 0755, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(kn));
	return kn;
}

/* Compares one call; @size is that of the buffer. */
static void compare(struct kunit *test, struct kernfs_node *to, struct kernfs_node *from,
		    size_t size)
{
	struct path_ctx *ctx = test->priv;
	int len = kernfs_path_from_node_c(to, from, ctx->c, WHOLE);
	int ret;

	KUNIT_ASSERT_GT(test, len, 0);
	KUNIT_ASSERT_LT(test, len, WHOLE - 1);

	memset(ctx->rust, UNTOUCHED, WHOLE);
	ret = kernfs_path_from_node(to, from, ctx->rust, size);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(ctx->rust + size, UNTOUCHED, WHOLE - size), NULL);

	if (len < size) {
		KUNIT_EXPECT_EQ_MSG(test, ret, len, "seed=%llu size=%zu", ctx->seed, size);
		KUNIT_EXPECT_EQ(test, kernfs_path_from_node_c(to, from, ctx->c, size), len);
		KUNIT_EXPECT_STREQ_MSG(test, ctx->rust, ctx->c, "seed=%llu", ctx->seed);
	} else {
		KUNIT_EXPECT_EQ_MSG(test, ret, -E2BIG, "seed=%llu size=%zu", ctx->seed, size);
		if (!size)
			return;
		ctx->c[size - 1] = '\0';
		KUNIT_EXPECT_STREQ_MSG(test, ctx->rust, ctx->c, "seed=%llu", ctx->seed);
	}
}

/* Fills ctx->nodes; the first is the root, and most others go below the one before. */
static void grow(struct kunit *test, struct kernfs_root *root)
{
	struct path_ctx *ctx = test->priv;
	char name[NAME_MAX + 1];

	ctx->nodes[0] = kernfs_root_to_node(root);
	for (int i = 1; i < NODES; i++) {
		int parent = below(ctx, 3) ? i - 1 : below(ctx, i);
		int len = scnprintf(name, sizeof(name), "%d", i);
		int more = below(ctx, 8) ? below(ctx, 24) : below(ctx, NAME_MAX - len + 1);

		memset(name + len, 'a' + below(ctx, 26), more);
		name[len + more] = '\0';
		ctx->nodes[i] = add(test, ctx->nodes[parent], name);
	}
}

/* Leaves first, since a node takes along those below it. */
static void cut_down(struct path_ctx *ctx)
{
	for (int i = NODES - 1; i > 0; i--)
		kernfs_remove(ctx->nodes[i]);
}

static void random_trees(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;

	kunit_info(test, "seed=%llu", ctx->seed);
	for (int t = 0; t < TREES; t++) {
		grow(test, ctx->roots[t % ARRAY_SIZE(root_flags)]);
		for (int i = 0; i < PAIRS; i++) {
			struct kernfs_node *to = ctx->nodes[below(ctx, NODES)];
			struct kernfs_node *from = below(ctx, 4) ? ctx->nodes[below(ctx, NODES)] :
								   NULL;
			int len = kernfs_path_from_node_c(to, from, ctx->c, WHOLE);

			compare(test, to, from, PATH_MAX);
			compare(test, to, from, len);
			compare(test, to, from, len + 1);
			compare(test, to, from, below(ctx, len + 64));
		}
		cut_down(ctx);
	}
}

static void null_nodes(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;
	struct kernfs_node *kn = add(test, kernfs_root_to_node(ctx->roots[0]), "kn");

	for (size_t size = 0; size < 12; size++) {
		compare(test, NULL, NULL, size);
		compare(test, NULL, kn, size);
		compare(test, kn, NULL, size);
	}
}

static void removed_nodes(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;
	struct kernfs_node *up, *down;

	for (int i = 0; i < ARRAY_SIZE(root_flags); i++) {
		up = add(test, kernfs_root_to_node(ctx->roots[i]), "up");
		down = add(test, up, "down");
		kernfs_get(down);
		kernfs_remove(up);
		compare(test, down, NULL, PATH_MAX);
		kernfs_put(down);
	}
}

static void two_hierarchies(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;
	struct kernfs_node *a = kernfs_root_to_node(ctx->roots[0]);
	struct kernfs_node *b = add(test, kernfs_root_to_node(ctx->roots[1]), "b");

	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, kernfs_path_from_node_c(a, b, ctx->c, WHOLE), -EINVAL);
		KUNIT_EXPECT_EQ(test, kernfs_path_from_node(a, b, ctx->rust, WHOLE), -EINVAL);
		KUNIT_EXPECT_EQ(test, kernfs_path_from_node(b, a, ctx->rust, WHOLE), -EINVAL);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 3);
	}
	KUNIT_EXPECT_STREQ(test, ctx->rust, "");
}

static void beyond_path_max(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;
	struct kernfs_node *kn = kernfs_root_to_node(ctx->roots[1]);
	char name[NAME_MAX + 1] = {};

	memset(name, 'n', NAME_MAX);
	for (int depth = 0; depth < 20; depth++) {
		kn = add(test, kn, name);
		compare(test, kn, NULL, PATH_MAX);
	}
	KUNIT_EXPECT_EQ(test, kernfs_path_from_node(kn, NULL, ctx->rust, WHOLE), 20 * 256);
}

/* Renames between two paths until it is told to stop. */
struct renamer {
	struct kernfs_node *kn;
	struct kernfs_node *parents[2];
	const char *names[2];
	unsigned long renames;
};

static int rename_on_and_on(void *data)
{
	struct renamer *r = data;

	while (!kthread_should_stop()) {
		int i = ++r->renames % 2;

		kernfs_rename(r->kn, r->parents[i], r->names[i]);
		cond_resched();
	}
	return 0;
}

/* From aside, the way is found before it is written: time enough for a move in between. */
static void race(struct kunit *test, struct kernfs_root *root, bool move)
{
	struct path_ctx *ctx = test->priv;
	struct kernfs_node *a = add(test, kernfs_root_to_node(root), "a");
	struct kernfs_node *b = move ? add(test, kernfs_root_to_node(root), "b") : a;
	struct renamer r = {
		.kn = add(test, a, "short"),
		.parents = { a, b },
		.names = { "short", "quite-a-long-name" },
	};
	const char *other = move ? "/../../b/quite-a-long-name" : "/../quite-a-long-name";
	struct kernfs_node *from = add(test, a, "from");
	struct task_struct *task = kthread_run(rename_on_and_on, &r, "path_kunit");
	unsigned long end = jiffies + 30 * HZ;
	int seen[2] = {};

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (int i = 0; i < 2000000 || ((!seen[0] || !seen[1]) && time_before(jiffies, end)); i++) {
		kernfs_path_from_node(r.kn, from, ctx->rust, PATH_MAX);
		seen[0] += !strcmp(ctx->rust, "/../short");
		seen[1] += !strcmp(ctx->rust, other);
		if (seen[0] + seen[1] != i + 1) {
			KUNIT_FAIL(test, "neither path: %s", ctx->rust);
			break;
		}
		cond_resched();
	}
	kthread_stop(task);
	KUNIT_EXPECT_GT(test, seen[0], 0);
	KUNIT_EXPECT_GT(test, seen[1], 0);
}

static void against_move(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;

	race(test, ctx->roots[0], true);
}

static void against_rename(struct kunit *test)
{
	struct path_ctx *ctx = test->priv;

	race(test, ctx->roots[1], false);
}

static struct kunit_case path_cases[] = {
	KUNIT_CASE(null_nodes),
	KUNIT_CASE(random_trees),
	KUNIT_CASE(removed_nodes),
	KUNIT_CASE(two_hierarchies),
	KUNIT_CASE(beyond_path_max),
	KUNIT_CASE(against_move),
	KUNIT_CASE(against_rename),
	{}
};

static struct kunit_suite path_suite = {
	.name = "cgroup_ns_path",
	.init = path_init,
	.exit = path_exit,
	.test_cases = path_cases,
};

kunit_test_suite(path_suite);
