/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of the tests of a namespace's life: a user namespace of the test's own, whose counts
 * nothing else changes. Only the css_set is shared with other tasks: what is held of it shows in
 * many rounds.
 */
#ifndef CGROUP_NS_KUNIT_LIFE_H
#define CGROUP_NS_KUNIT_LIFE_H

#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>

#include "../cgroup_ns.h"

#define ROUNDS 1000

struct life_ctx {
	/* Full credentials in the user namespace. */
	struct cred *cred;
	struct user_namespace *user_ns;
	/* Holds the counts in place while other namespaces come and go. */
	struct cgroup_namespace *anchor;
};

/* What a task in the user namespace gets that wants its cgroup namespace owned by @owner. */
static inline struct cgroup_namespace *make_for(struct life_ctx *ctx, struct user_namespace *owner)
{
	struct cgroup_namespace *ns;

	scoped_with_creds(ctx->cred)
		ns = copy_cgroup_ns(CLONE_NEWCGROUP, owner, current->nsproxy->cgroup_ns);
	return ns;
}

static inline struct cgroup_namespace *make(struct life_ctx *ctx)
{
	return make_for(ctx, ctx->user_ns);
}

static inline int install_in(struct life_ctx *ctx, struct nsset *set, struct cgroup_namespace *ns)
{
	int err;

	scoped_with_creds(ctx->cred)
		err = cgroupns_operations.install(set, &ns->ns);
	return err;
}

static inline long charged(struct life_ctx *ctx)
{
	return atomic_long_read(&ctx->anchor->ucounts->ucount[UCOUNT_CGROUP_NAMESPACES]);
}

static inline int owned(struct life_ctx *ctx)
{
	return ns_ref_read(ctx->user_ns);
}

static inline unsigned int held(void)
{
	return refcount_read(&task_css_set(current)->refcount);
}

static inline void use_fs(struct fs_struct *fs)
{
	task_lock(current);
	current->fs = fs;
	task_unlock(current);
}

/* Kernel threads are in a root of their own, where no user namespace may be made: borrow init's. */
static inline int make_user_ns(struct cred *cred)
{
	struct fs_struct *fs = current->fs;
	int err;

	use_fs(init_pid_ns.child_reaper->fs);
	err = create_user_ns(cred);
	use_fs(fs);
	return err;
}

static inline void life_begin(struct kunit *test, struct life_ctx *ctx)
{
	ctx->cred = prepare_creds();
	KUNIT_ASSERT_NOT_NULL(test, ctx->cred);
	KUNIT_ASSERT_EQ(test, 0, make_user_ns(ctx->cred));
	ctx->user_ns = ctx->cred->user_ns;
	ctx->anchor = make(ctx);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->anchor);
}

static inline void life_end(struct life_ctx *ctx)
{
	if (!ctx->cred)
		return;
	if (!IS_ERR_OR_NULL(ctx->anchor))
		put_cgroup_ns(ctx->anchor);
	put_cred(ctx->cred);
}

static inline int life_init(struct kunit *test)
{
	struct life_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	life_begin(test, ctx);
	return 0;
}

static inline void life_exit(struct kunit *test)
{
	if (test->priv)
		life_end(test->priv);
}

#endif /* CGROUP_NS_KUNIT_LIFE_H */
