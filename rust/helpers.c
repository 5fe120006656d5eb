// SPDX-License-Identifier: GPL-2.0
/*
 * What cgroup namespaces in Rust cannot name: C macros and inline functions. Included by
 * rust/helpers/helpers.c, which see.
 */

#include <linux/align.h>
#include <linux/capability.h>
#include <linux/dcache.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <asm/cmpxchg.h>
#include <asm/rwonce.h>
#include <asm/word-at-a-time.h>

#include "cgroup_ns.h"

__rust_helper unsigned long rust_helper_cgroup_ns_rename_lock(struct kernfs_root *root)
{
	unsigned long flags;

	read_lock_irqsave(&root->kernfs_rename_lock, flags);
	return flags;
}

__rust_helper void rust_helper_cgroup_ns_rename_unlock(struct kernfs_root *root,
						       unsigned long flags)
{
	read_unlock_irqrestore(&root->kernfs_rename_lock, flags);
}

/* strlen() a word at a time: the library's goes byte by byte, and most of a path is names. */
__rust_helper size_t rust_helper_cgroup_ns_name_len(const char *name)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, zeros;
	size_t len;

	for (len = 0; !IS_ALIGNED((unsigned long)name + len, sizeof(word)); len++)
		if (!name[len])
			return len;

	/* An aligned word that begins before the NUL lies in a page that can be read. */
	for (;; len += sizeof(word)) {
		word = read_word_at_a_time(name + len);
		if (has_zero(word, &zeros, &constants))
			break;
	}
	zeros = prep_zero_mask(word, zeros, &constants);
	return len + find_zero(create_zero_mask(zeros));
}

__rust_helper void rust_helper_cgroup_ns_css_set_lock(void)
{
	spin_lock_irq(&css_set_lock);
}

__rust_helper void rust_helper_cgroup_ns_css_set_unlock(void)
{
	spin_unlock_irq(&css_set_lock);
}

__rust_helper bool rust_helper_cgroup_ns_css_set_tryget(struct css_set *cset)
{
	return refcount_inc_not_zero(&cset->refcount);
}

__rust_helper void rust_helper_cgroup_ns_css_set_put(struct css_set *cset)
{
	put_css_set(cset);
}

/* Straight to the cache of its size: what Rust has for allocation is krealloc(). */
__rust_helper struct cgroup_namespace *rust_helper_cgroup_ns_zalloc(void)
{
	return kzalloc_obj(struct cgroup_namespace, GFP_KERNEL_ACCOUNT);
}

__rust_helper void rust_helper_cgroup_ns_get(struct cgroup_namespace *ns)
{
	get_cgroup_ns(ns);
}

__rust_helper void rust_helper_cgroup_ns_put(struct cgroup_namespace *ns)
{
	put_cgroup_ns(ns);
}

__rust_helper struct css_set *rust_helper_cgroup_ns_xchg_root(struct cgroup_namespace *ns,
							      struct css_set *cset)
{
	return xchg(&ns->root_cset, cset);
}

/* Whoever walks the tree of namespaces may be looking at it for one more grace period. */
__rust_helper void rust_helper_cgroup_ns_kfree_rcu(struct cgroup_namespace *ns)
{
	kfree_rcu(ns, ns.ns_rcu);
}

__rust_helper void rust_helper_cgroup_ns_get_user_ns(struct user_namespace *ns)
{
	get_user_ns(ns);
}

__rust_helper void rust_helper_cgroup_ns_put_user_ns(struct user_namespace *ns)
{
	put_user_ns(ns);
}

__rust_helper bool rust_helper_cgroup_ns_capable(struct user_namespace *ns)
{
	return ns_capable(ns, CAP_SYS_ADMIN);
}

__rust_helper bool rust_helper_cgroup_ns_cgroup_tryget(struct cgroup *cgrp)
{
	return cgroup_tryget(cgrp);
}

__rust_helper void rust_helper_cgroup_ns_cgroup_put(struct cgroup *cgrp)
{
	cgroup_put(cgrp);
}

__rust_helper void rust_helper_cgroup_ns_dget(struct dentry *dentry)
{
	dget(dentry);
}
