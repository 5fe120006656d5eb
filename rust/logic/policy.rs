// SPDX-License-Identifier: GPL-2.0

//! What a namespace that is a delegation boundary forbids (mount option `nsdelegate`).
//!
//! Owns the decisions alone; which errno a refusal becomes is the caller's.

use super::ancestry::{is_descendant, Member};

/// Returns whether a task may be moved from `source` to `destination`.
///
/// - `boundary`: root of the namespace that asks, if namespaces are boundaries. Who asks must be
///   able to see both ends from there.
///
/// Any context. Source: "Delegation" in Documentation/admin-guide/cgroup-v2.rst.
#[inline]
pub fn may_migrate<M: Member>(source: M, destination: M, boundary: Option<M>) -> bool {
    boundary.is_none_or(|root| is_descendant(source, root) && is_descendant(destination, root))
}

/// Returns whether a file of `cgroup` may be written to.
///
/// - `delegatable`: the file is one of those that are handed over with a cgroup.
/// - `boundary`: root of the namespace that asks, if namespaces are boundaries and it is not the
///   initial one. What limits that cgroup as a whole belongs to whoever delegated it.
///
/// Any context. Source: "Delegation" in Documentation/admin-guide/cgroup-v2.rst.
#[inline]
pub fn may_write<M: Member>(cgroup: M, delegatable: bool, boundary: Option<M>) -> bool {
    delegatable || boundary != Some(cgroup)
}
