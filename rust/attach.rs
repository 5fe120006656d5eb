// SPDX-License-Identifier: GPL-2.0

//! Who may move tasks where, and write to which file.
//!
//! Owns the order of the checks and their errno; the decisions are those of
//! [`logic::policy`](crate::logic::policy).

use crate::{
    abi::{
        cgroup::{Cgroup, Via},
        hierarchy::Hierarchy,
        namespace::CgroupNamespace,
    },
    logic::{ancestry, policy},
};
use kernel::{prelude::*, sync::rcu};

/// Checks whether the current task may move tasks from `source` to `destination`.
///
/// - `ns`: the namespace that cgroup.procs was opened in, or of the task that clones.
///
/// Process context; may sleep. `cgroup_mutex` is held.
///
/// # Errors
///
/// - `EACCES`, `EPERM`: the task may not write to cgroup.procs of the nearest common ancestor.
/// - `ENOENT`: with `nsdelegate`, one of the cgroups cannot be seen from `ns`.
/// - `ENOMEM`
///
/// Source: "Delegation" in Documentation/admin-guide/cgroup-v2.rst.
pub(crate) fn may_migrate(
    source: Cgroup<'_>,
    destination: Cgroup<'_>,
    via: &Via<'_>,
    ns: &CgroupNamespace,
) -> Result {
    ancestry::common(source, destination)
        .ok_or(ENOENT)?
        .may_write(via)?;

    if !Hierarchy::dfl().is_ns_delegated() {
        return Ok(());
    }
    let rcu = rcu::read_lock();
    if policy::may_migrate(source, destination, ns.root_cset(&rcu).dfl_cgrp()) {
        Ok(())
    } else {
        Err(ENOENT)
    }
}

/// Checks whether a file of `cgroup` may be written to.
///
/// - `delegatable`: the file is marked so.
/// - `ns`: the namespace that the file was opened in.
///
/// Any context.
///
/// # Errors
///
/// - `EPERM`: with `nsdelegate`, the file limits the root of `ns` as a whole.
///
/// Source: "Delegation" in Documentation/admin-guide/cgroup-v2.rst.
#[inline]
pub(crate) fn may_write(cgroup: Cgroup<'_>, delegatable: bool, ns: &CgroupNamespace) -> Result {
    if !cgroup.hierarchy().is_ns_delegated() || ns.is_init() {
        return Ok(());
    }
    let rcu = rcu::read_lock();
    if policy::may_write(cgroup, delegatable, ns.root_cset(&rcu).dfl_cgrp()) {
        Ok(())
    } else {
        Err(EPERM)
    }
}
