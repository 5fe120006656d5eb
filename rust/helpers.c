// SPDX-License-Identifier: GPL-2.0
/*
 * What cgroup namespaces in Rust cannot name: C macros and inline functions. Included by
 * rust/helpers/helpers.c, which see.
 */

#include <linux/align.h>
#include <linux/spinlock.h>

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
