// SPDX-License-Identifier: GPL-2.0

//! Which cgroups of the default hierarchy a task can see.

use crate::{
    abi::{
        cgroup::{Cgroup, CgroupRef},
        hierarchy::Hierarchy,
        namespace::CgroupNamespace,
    },
    logic::ancestry,
};
use kernel::{prelude::*, sync::rcu};

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

/// Finds the cgroup whose id is `id`, if it can be seen from `ns`.
///
/// Process context; does not sleep.
///
/// # Errors
///
/// - `ENOENT`: there is no such cgroup, or no longer, or it cannot be seen.
pub(crate) fn find(id: u64, ns: Option<&CgroupNamespace>) -> Result<CgroupRef> {
    let found = CgroupRef::from_id(id)?;
    let rcu = rcu::read_lock();
    if top(ns, &rcu).is_some_and(|top| ancestry::is_descendant(found.get(), top)) {
        Ok(found)
    } else {
        Err(ENOENT)
    }
}
