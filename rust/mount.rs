// SPDX-License-Identifier: GPL-2.0

//! What a mount made inside a namespace shows as its root.
//!
//! Owns the way from a kernfs node to its dentry: the names are collected once going up, and
//! looked up once going down.

use crate::{
    abi::{
        cgroup::Cgroup,
        dentry::{Dentry, SuperBlock},
        hierarchy::Hierarchy,
        kernfs::{self, PinnedNode},
        namespace::CgroupNamespace,
    },
    namespace,
};
use kernel::{prelude::*, sync::rcu};

/// Returns the dentry of `kn` in `sb`, or that of another node which has got its name since it was
/// removed or renamed.
///
/// Process context; may sleep.
///
/// # Errors
///
/// - `ENOENT`: the node was removed, or renamed meanwhile.
/// - `EINVAL`: nodes of the hierarchy may be given another parent; this is the caller's mistake,
///   and warned about.
/// - `ENOMEM`
pub(crate) fn dentry_of(kn: PinnedNode<'_>, sb: SuperBlock<'_>) -> Result<Dentry> {
    if !kn.has_invariant_parents() {
        kernfs::warn_movable();
        return Err(EINVAL);
    }
    kn.with_path(|path| {
        let names = path.split(|&byte| byte == b'/');
        names
            .filter(|name| !name.is_empty())
            .try_fold(sb.root(), |dentry, name| dentry.lookup(name))
    })
}

/// Returns the dentry in `sb` that is the root of `ns`; [`None`] for the initial namespace, whose
/// root is that of the super block.
///
/// - `hierarchy`: the one that `sb` shows.
///
/// Process context; may sleep.
///
/// # Errors
///
/// - `ENOENT`: the root was removed.
/// - `ENOMEM`
///
/// Source: cgroup_namespaces(7).
pub(crate) fn root(
    ns: &CgroupNamespace,
    hierarchy: Hierarchy<'_>,
    sb: SuperBlock<'_>,
) -> Result<Option<Dentry>> {
    if ns.is_init() {
        return Ok(None);
    }
    let root = {
        let rcu = rcu::read_lock();
        let root = namespace::root_in(ns, hierarchy, &rcu);
        root.and_then(Cgroup::try_get).ok_or(ENOENT)?
    };
    let kn = PinnedNode::of_cgroup(&root).ok_or(ENOENT)?;
    dentry_of(kn, sb).map(Some)
}
