// SPDX-License-Identifier: GPL-2.0

//! Paths that go to a buffer of the caller's, and the root field of mountinfo.

use super::current_ns;
use crate::{
    abi::{
        cgroup::Cgroup, css_set::Held, hierarchy::Hierarchy, kernfs::KernfsNode,
        namespace::CgroupNamespace, seq_file::SeqFile,
    },
    namespace, path,
};
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

/// Builds the path of a cgroup as seen from the root of a namespace.
///
/// - `cgrp`: the cgroup whose path is wanted.
/// - `buf`, `buflen`: as for [`kernfs_path_from_node`].
/// - `ns`: the namespace from whose root the path leads.
///
/// Context: interrupts are on, and `css_set_lock` is not held. Does not sleep; mainline's does.
///
/// Returns what [`kernfs_path_from_node`] does.
///
/// C header: [`include/linux/cgroup_namespace.h`](srctree/include/linux/cgroup_namespace.h).
///
/// # Safety
///
/// The caller holds references on `cgrp` and `ns`. `buf` is as for [`kernfs_path_from_node`].
#[export]
pub(crate) unsafe extern "C" fn cgroup_path_ns(
    cgrp: *mut bindings::cgroup,
    buf: *mut c_char,
    buflen: usize,
    ns: *mut bindings::cgroup_namespace,
) -> c_int {
    let rcu = rcu::read_lock();
    // SAFETY: By the safety requirements.
    let (cgroup, ns, buf) = unsafe {
        (
            Cgroup::from_ptr(cgrp),
            CgroupNamespace::from_ptr(ns),
            buffer(buf, buflen),
        )
    };
    length(cgroup.ok_or(EINVAL).and_then(|cgroup| {
        let root = namespace::root_in(ns, cgroup.hierarchy(), &rcu);
        path::of_cgroup(cgroup, root, buf, &rcu)
    }))
}

/// Builds the path of a cgroup as seen from the root of a namespace, for who holds `css_set_lock`.
///
/// Arguments and result are those of [`cgroup_path_ns`].
///
/// Context: `css_set_lock` is held.
///
/// C header: kernel/cgroup/cgroup-internal.h.
///
/// # Safety
///
/// Those of [`cgroup_path_ns`], but that RCU may stand for the reference on `cgrp`; and the lock is
/// held.
#[export]
pub(crate) unsafe extern "C" fn cgroup_path_ns_locked(
    cgrp: *mut bindings::cgroup,
    buf: *mut c_char,
    buflen: usize,
    ns: *mut bindings::cgroup_namespace,
) -> c_int {
    let rcu = rcu::read_lock();
    // SAFETY: By the safety requirements.
    let (cgroup, ns, buf, held) = unsafe {
        (
            Cgroup::from_ptr(cgrp),
            CgroupNamespace::from_ptr(ns),
            buffer(buf, buflen),
            Held::assume(),
        )
    };
    length(cgroup.ok_or(EINVAL).and_then(|cgroup| {
        let root = ns
            .root_cset(&rcu)
            .cgroup_in(cgroup.hierarchy(), &held, &rcu);
        path::of_cgroup(cgroup, root, buf, &rcu)
    }))
}

/// Prints the root field of a line of /proc/PID/mountinfo: the path of the mounted node as seen
/// from the root of the reader. The whole path, however long.
///
/// - `sf`: where to.
/// - `kf_node`: root of the mount.
/// - `kf_root`: the hierarchy that it is in.
///
/// Context: process context; interrupts are on, `css_set_lock` is not held. The hierarchy cannot be
/// unmounted meanwhile.
///
/// Returns 0; `-ENOENT` if the hierarchy is being unmounted after all.
///
/// C header: kernel/cgroup/cgroup-internal.h.
///
/// # Safety
///
/// `sf` is a seq_file whose `show` method runs; `kf_node` and `kf_root` belong together, and the
/// caller keeps them alive.
#[export]
pub(crate) unsafe extern "C" fn cgroup_show_path(
    sf: *mut bindings::seq_file,
    kf_node: *mut bindings::kernfs_node,
    kf_root: *mut bindings::kernfs_root,
) -> c_int {
    let rcu = rcu::read_lock();
    // SAFETY: By the safety requirements; what is current stays so until the call returns. The
    // hierarchy of a kernfs root of cgroups lives as long as that.
    let (mut out, to, hierarchy, ns) = unsafe {
        (
            SeqFile::from_ptr(sf),
            KernfsNode::from_ptr(kf_node, &rcu),
            Hierarchy::from_ptr(bindings::cgroup_root_from_kf(kf_root)),
            current_ns(),
        )
    };
    from_result(|| {
        let root = ns.and_then(|ns| namespace::root_in(ns, hierarchy, &rcu));
        let from = root.and_then(|root| root.kn(&rcu)).ok_or(ENOENT)?;
        path::show_field(&mut out, to.ok_or(ENOENT)?, from)?;
        Ok(0)
    })
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
