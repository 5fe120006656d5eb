// SPDX-License-Identifier: GPL-2.0

//! Which cgroups of the default hierarchy a task can see.

use crate::abi::{cgroup::Cgroup, hierarchy::Hierarchy, namespace::CgroupNamespace};
use kernel::sync::rcu;

/// Returns the top of what can be seen from `ns`. From no namespace, as that of a task that has
/// left all of them to exit, everything can be seen.
///
/// Any context.
#[inline]
pub(crate) fn top<'a>(ns: Option<&'a CgroupNamespace>, rcu: &'a rcu::Guard) -> Option<Cgroup<'a>> {
    match ns {
        Some(ns) => ns.root_cset(rcu).dfl_cgrp(),
        None => Hierarchy::dfl().root_cgroup(),
    }
}
