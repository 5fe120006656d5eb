// SPDX-License-Identifier: GPL-2.0

//! The life of a cgroup namespace: who may make one, what it holds, who may enter it.
//!
//! Owns the order of the checks. What a namespace holds is given back by whoever owns it last, so
//! nothing here is released by hand.

use crate::abi::{
    cgroup::Cgroup,
    css_set::{self, CssSetRef},
    hierarchy::Hierarchy,
    namespace::{CgroupNamespace, NsSet, Parts},
    user_namespace::{Ucount, UserNamespace},
};
use kernel::{
    bindings,
    prelude::*,
    sync::{aref::ARef, rcu},
    task::Task,
};

/// Returns the namespace for a task that is cloned or unshares: a new one if `flags` ask for it,
/// else the old one.
///
/// - `flags`: `CLONE_*`; all but `CLONE_NEWCGROUP` are ignored.
/// - `user_ns`: owner of a new namespace.
/// - `task`: finds the current task, whose cgroups become the roots.
///
/// Process context; may sleep. `css_set_lock` is not taken.
///
/// # Errors
///
/// - `EPERM`: the task has no CAP_SYS_ADMIN in `user_ns`.
/// - `ENOSPC`: `user.max_cgroup_namespaces` is reached, there or in a user namespace above.
/// - `ENOMEM`
///
/// Source: cgroup_namespaces(7), unshare(2).
#[inline]
pub(crate) fn copy<'a>(
    flags: u64,
    user_ns: &UserNamespace,
    old: &CgroupNamespace,
    task: impl FnOnce() -> &'a Task,
) -> Result<ARef<CgroupNamespace>> {
    if flags & u64::from(bindings::CLONE_NEWCGROUP) == 0 {
        return Ok(old.into());
    }
    create(user_ns, task())
}

/// Makes a namespace whose roots are the cgroups of `task`. For the rest see [`copy`].
///
/// Not inlined: whoever only wants the old one, as setns(2) and most calls of clone(2), saves no
/// registers for this.
#[inline(never)]
fn create(user_ns: &UserNamespace, task: &Task) -> Result<ARef<CgroupNamespace>> {
    if !user_ns.is_capable() {
        return Err(EPERM);
    }
    let ucount = Ucount::charge(user_ns).ok_or(ENOSPC)?;
    let root = CssSetRef::of_task(task).ok_or(ESRCH)?;
    CgroupNamespace::new(Parts {
        root,
        ucount,
        user_ns: user_ns.into(),
    })
}

/// Puts the namespace `ns` in the place of the one in `set`.
///
/// Process context.
///
/// # Errors
///
/// - `EPERM`: the current task has no CAP_SYS_ADMIN in the user namespace that it will be in, or
///   in the one that owns `ns`.
///
/// Source: setns(2).
pub(crate) fn install(set: &mut NsSet<'_>, ns: &CgroupNamespace) -> Result {
    if !set.user_ns().is_capable() || !ns.user_ns().is_capable() {
        return Err(EPERM);
    }
    if !core::ptr::eq(set.cgroup_ns(), ns) {
        set.replace_cgroup_ns(ns.into());
    }
    Ok(())
}

/// Returns the root of `ns` in `hierarchy`; [`None`] if that is being unmounted.
///
/// Context: interrupts are on, and `css_set_lock` is not held. It is taken for any hierarchy but
/// the default one.
#[inline]
pub(crate) fn root_in<'a>(
    ns: &'a CgroupNamespace,
    hierarchy: Hierarchy<'_>,
    rcu: &'a rcu::Guard,
) -> Option<Cgroup<'a>> {
    if hierarchy.is_dfl() {
        return ns.root_cset(rcu).dfl_cgrp();
    }
    let lock = css_set::lock();
    ns.root_cset(rcu).cgroup_in(hierarchy, &lock, rcu)
}
