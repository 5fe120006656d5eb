// SPDX-License-Identifier: GPL-2.0
/*
 * What kernel/cgroup/cgroup.c keeps to itself and Rust needs. Included at its end.
 */

/**
 * cgroup_ns_may_write - may the current task move tasks within a cgroup?
 * @cgrp: the cgroup, of the default hierarchy
 * @sb: super block through which it is asked
 *
 * Context: process; may sleep. The caller holds cgroup_mutex.
 *
 * Return: 0; %-EACCES or %-EPERM if its cgroup.procs cannot be written to; %-ENOMEM
 */
int cgroup_ns_may_write(const struct cgroup *cgrp, struct super_block *sb)
{
	return cgroup_may_write(cgrp, sb);
}

/**
 * cgroup_ns_cset_cgroup - look up which cgroup of a hierarchy a css_set is in
 * @cset: the css_set
 * @root: the hierarchy
 *
 * Context: any. The caller holds css_set_lock.
 *
 * Return: the cgroup, without a reference; NULL if the hierarchy is being unmounted
 */
struct cgroup *cgroup_ns_cset_cgroup(struct css_set *cset, struct cgroup_root *root)
{
	return cset_cgroup_from_root(cset, root);
}
