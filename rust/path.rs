// SPDX-License-Identifier: GPL-2.0

//! Paths between kernfs nodes, and of cgroups: which lock a walk needs and which errno a failure
//! becomes.
//!
//! Owns no algorithm; the walk is [`logic::path`](crate::logic::path).

use crate::{
    abi::{
        cgroup::Cgroup,
        kernfs::{self, KernfsNode},
        seq_file::SeqFile,
    },
    logic::{
        escape,
        path::{self, Error},
    },
};
use core::mem::MaybeUninit;
use kernel::{prelude::*, sync::rcu};

/// Writes the NUL-terminated path of `to`, as seen from `from`, to the start of `buf`.
///
/// No `to` reads `(null)`, no `from` stands for the root of `to`; see
/// [`relative`](path::relative) for the form of the path.
///
/// Any context. Where nodes may be given another parent, `kernfs_rename_lock` is held for reading
/// meanwhile, with interrupts off.
///
/// Returns the length without the NUL.
///
/// # Errors
///
/// - `E2BIG`: the path is longer than `buf`, which holds the NUL-terminated head of it.
/// - `EINVAL`: the nodes are in different hierarchies; this is the caller's mistake, and warned
///   about. `buf` holds the empty string.
pub(crate) fn from_node(
    to: Option<KernfsNode<'_>>,
    from: Option<KernfsNode<'_>>,
    buf: &mut [MaybeUninit<u8>],
) -> Result<usize> {
    let _lock = to.and_then(|to| to.root().lock_parents());

    path::relative(to, from, buf).map_err(|error| match error {
        Error::TooLong => E2BIG,
        Error::Unrelated => {
            kernfs::warn_unrelated();
            EINVAL
        }
    })
}

/// Writes the NUL-terminated path of `cgroup`, as seen from `root`, to the start of `buf`.
///
/// No `root` stands for that of the hierarchy.
///
/// Any context.
///
/// Returns the length without the NUL.
///
/// # Errors
///
/// Those of [`from_node`].
pub(crate) fn of_cgroup(
    cgroup: Cgroup<'_>,
    root: Option<Cgroup<'_>>,
    buf: &mut [MaybeUninit<u8>],
    rcu: &rcu::Guard,
) -> Result<usize> {
    from_node(cgroup.kn(rcu), root.and_then(|root| root.kn(rcu)), buf)
}

/// Prints the path of `to`, as seen from `from`, as a field of a table.
///
/// Any context.
///
/// # Errors
///
/// - `EINVAL`: the nodes are in different hierarchies.
pub(crate) fn show_field(
    out: &mut SeqFile<'_>,
    to: KernfsNode<'_>,
    from: KernfsNode<'_>,
) -> Result {
    let start = out.len();
    out.push_path(to, from)?;
    let path = out.printed_mut(start);
    let (len, growth) = (path.len(), escape::growth(path));
    if growth != 0 {
        out.push_spaces(growth);
        escape::expand(out.printed_mut(start), len);
    }
    Ok(())
}
