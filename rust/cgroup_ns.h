/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What C and Rust know of each other: read by bindgen, and by the C files that are hooked.
 * Functions that are not documented here are documented where they are defined.
 */
#ifndef _CGROUP_NS_H
#define _CGROUP_NS_H

#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/nstree.h>
#include <linux/proc_ns.h>
#include <linux/seq_file.h>
#include <linux/user_namespace.h>

#include "../../../fs/kernfs/kernfs-internal.h"
#include "../cgroup-internal.h"

/* Rust, for C: where mainline has a static function or a part of one. */
struct cgroup *current_cgns_cgroup_dfl(void);
int cgroup_procs_write_permission(struct cgroup *src_cgrp, struct cgroup *dst_cgrp,
				  struct super_block *sb, struct cgroup_namespace *ns);
int cgroup_ns_file_permission(struct cgroup *cgrp, const struct cftype *cft,
			      struct cgroup_namespace *ns);
int cgroup_ns_mount_root(struct fs_context *fc, struct cgroup_root *root,
			 struct cgroup_namespace *ns);
void cgroup_ns_set_root(struct cgroup_namespace *ns, struct css_set *cset);

#ifdef __BINDGEN__
/* Bindgen knows no anonymous member of a named type, as ns_common has: say where all else is. */
const size_t RUST_CONST_HELPER_CGROUP_NS_SIZE = sizeof(struct cgroup_namespace);
const size_t RUST_CONST_HELPER_CGROUP_NS_USER_NS = offsetof(struct cgroup_namespace, user_ns);
const size_t RUST_CONST_HELPER_CGROUP_NS_UCOUNTS = offsetof(struct cgroup_namespace, ucounts);
const size_t RUST_CONST_HELPER_CGROUP_NS_ROOT = offsetof(struct cgroup_namespace, root_cset);
#endif

/* C, for Rust: what cgroup.c keeps to itself. See statics.c. */
int cgroup_ns_may_write(const struct cgroup *cgrp, struct super_block *sb);
struct cgroup *cgroup_ns_cset_cgroup(struct css_set *cset, struct cgroup_root *root);

#ifdef CONFIG_CGROUP_NS_RUST_KUNIT_TEST
/*
 * Mainline's own kernfs_path_from_node(), which a KUnit build keeps for comparison.
 */
int kernfs_path_from_node_c(struct kernfs_node *to, struct kernfs_node *from,
			    char *buf, size_t buflen);
#endif

#endif /* _CGROUP_NS_H */
