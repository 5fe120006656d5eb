// SPDX-License-Identifier: GPL-2.0

//! Paths between kernfs nodes: which lock a walk needs and which errno a failure becomes.
//!
//! Owns no algorithm; the walk is [`logic::path`](crate::logic::path).

#![deny(unsafe_code)]

use crate::{
    abi::kernfs::{self, KernfsNode},
    logic::path::{self, Error},
};
use core::mem::MaybeUninit;
use kernel::prelude::*;

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
