/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What C and Rust know of each other: read by bindgen, and by the C files that are hooked.
 */
#ifndef _CGROUP_NS_H
#define _CGROUP_NS_H

#include "../../../fs/kernfs/kernfs-internal.h"

#ifdef CONFIG_CGROUP_NS_RUST_KUNIT_TEST
/*
 * Mainline's own kernfs_path_from_node(), which a KUnit build keeps for comparison.
 */
int kernfs_path_from_node_c(struct kernfs_node *to, struct kernfs_node *from,
			    char *buf, size_t buflen);
#endif

#endif /* _CGROUP_NS_H */
