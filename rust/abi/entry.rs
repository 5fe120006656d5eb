// SPDX-License-Identifier: GPL-2.0

//! Entry points: functions that C calls under the names that it always used.

use super::kernfs::KernfsNode;
use crate::path;
use core::{ffi::c_int, mem::MaybeUninit, slice};
use kernel::{bindings, error::from_result, ffi::c_char, prelude::*, sync::rcu};

/// Builds the path of node `to` as seen from node `from`.
///
/// - `to`: the node whose path is wanted; null reads `(null)`.
/// - `from`: the node that is the root of the path; null stands for the root of `to`'s hierarchy.
/// - `buf`: where the NUL-terminated path goes.
/// - `buflen`: size of `buf` in bytes; beyond `INT_MAX` it counts as that. With 0 nothing is
///   written.
///
/// Context: any. RCU is held meanwhile, and `kernfs_rename_lock` where nodes of the hierarchy can
/// change their parent.
///
/// Returns the length of the path without the NUL; `-E2BIG` if it does not fit, with as much of
/// its head as does in `buf`; `-EINVAL`, with a warning, if the nodes are in different hierarchies.
///
/// In mainline, names that do not fit are left out and the call succeeds; a path that looks whole
/// here is whole.
///
/// C header: [`include/linux/kernfs.h`](srctree/include/linux/kernfs.h).
///
/// # Safety
///
/// `to` and `from` are null or point to nodes that the caller keeps from being freed. `buf` can be
/// written to for `buflen` bytes and is nobody else's meanwhile.
#[export]
pub(crate) unsafe extern "C" fn kernfs_path_from_node(
    to: *mut bindings::kernfs_node,
    from: *mut bindings::kernfs_node,
    buf: *mut c_char,
    buflen: usize,
) -> c_int {
    let buf: &mut [MaybeUninit<u8>] = match buflen.min(c_int::MAX as usize) {
        0 => &mut [],
        // SAFETY: By the safety requirements; `MaybeUninit` allows for bytes never written.
        size => unsafe { slice::from_raw_parts_mut(buf.cast(), size) },
    };
    let rcu = rcu::read_lock();
    // SAFETY: By the safety requirements.
    let (to, from) = unsafe {
        (
            KernfsNode::from_ptr(to, &rcu),
            KernfsNode::from_ptr(from, &rcu),
        )
    };
    // CAST: The length is below the size of `buf`, which fits.
    from_result(|| path::from_node(to, from, buf).map(|len| len as c_int))
}
