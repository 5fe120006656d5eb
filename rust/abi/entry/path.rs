// SPDX-License-Identifier: GPL-2.0

//! Paths that go to a buffer of the caller's.

use crate::{abi::kernfs::KernfsNode, path};
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
    // SAFETY: By the safety requirements.
    let buf = unsafe { buffer(buf, buflen) };
    let rcu = rcu::read_lock();
    // SAFETY: By the safety requirements.
    let (to, from) = unsafe {
        (
            KernfsNode::from_ptr(to, &rcu),
            KernfsNode::from_ptr(from, &rcu),
        )
    };
    length(path::from_node(to, from, buf))
}

/// Borrows a buffer that C hands in; beyond `INT_MAX` bytes it counts as that large.
///
/// # Safety
///
/// `buf` can be written to for `buflen` bytes and is nobody else's during `'a`.
#[inline]
unsafe fn buffer<'a>(buf: *mut c_char, buflen: usize) -> &'a mut [MaybeUninit<u8>] {
    match buflen.min(c_int::MAX as usize) {
        0 => &mut [],
        // SAFETY: By the safety requirements; `MaybeUninit` allows for bytes never written.
        size => unsafe { slice::from_raw_parts_mut(buf.cast(), size) },
    }
}

/// Turns the length of a path into what C functions return for it.
#[inline]
fn length(len: Result<usize>) -> c_int {
    // CAST: The length is below the size of the buffer, which fits.
    from_result(|| len.map(|len| len as c_int))
}
