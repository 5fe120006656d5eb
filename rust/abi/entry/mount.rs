// SPDX-License-Identifier: GPL-2.0

//! Roots of mounts.

use crate::{
    abi::{
        dentry::{Dentry, SuperBlock},
        hierarchy::Hierarchy,
        kernfs::PinnedNode,
        namespace::CgroupNamespace,
    },
    mount,
};
use core::ptr::{self, NonNull};
use kernel::{bindings, error::from_result, ffi::c_int, prelude::*};

/// Gets a dentry of a kernfs node.
///
/// - `kn`: the node.
/// - `sb`: a super block that shows its hierarchy.
///
/// Context: process context; may sleep.
///
/// Returns the dentry, with a reference; `-ENOENT` if the node was removed or renamed; `-EINVAL`,
/// with a warning, for a hierarchy in which nodes may be given another parent; `-ENOMEM`.
///
/// C header: [`include/linux/kernfs.h`](srctree/include/linux/kernfs.h).
///
/// # Safety
///
/// The caller holds a reference on `kn` and keeps `sb`, a super block of kernfs, active.
#[export]
pub(crate) unsafe extern "C" fn kernfs_node_dentry(
    kn: *mut bindings::kernfs_node,
    sb: *mut bindings::super_block,
) -> *mut bindings::dentry {
    // SAFETY: By the safety requirements.
    let (kn, sb) = unsafe { (PinnedNode::from_ptr(kn), SuperBlock::from_ptr(sb)) };
    mount::dentry_of(kn, sb).map_or_else(|error| error.to_ptr(), Dentry::into_raw)
}

/// Gives a mount that is being made the root of a namespace as its root.
///
/// - `fc`: the mount, with `root` set to the top of its super block.
/// - `root`: the hierarchy that it shows.
/// - `ns`: the namespace.
///
/// Context: process context; may sleep. `s_umount` of the super block is held.
///
/// Returns 0; `-ENOENT` if the root of `ns` was removed, or `-ENOMEM`: then `fc` has no root any
/// more and the super block was released.
///
/// Source: `cgroup_do_get_tree()` in kernel/cgroup/cgroup.c, the branch for namespaces.
///
/// # Safety
///
/// `fc` owns a reference on its root and an active one on that's super block, which is one of
/// `root`. The caller holds a reference on `ns` and keeps `root` from being unmounted.
#[export]
pub(crate) unsafe extern "C" fn cgroup_ns_mount_root(
    fc: *mut bindings::fs_context,
    root: *mut bindings::cgroup_root,
    ns: *mut bindings::cgroup_namespace,
) -> c_int {
    // SAFETY: By the safety requirements.
    let (top, sb, hierarchy, ns) = unsafe {
        let top = (*fc).root;
        (
            top,
            (*top).d_sb,
            Hierarchy::from_ptr(root),
            CgroupNamespace::from_ptr(ns),
        )
    };
    // SAFETY: As above.
    let found = mount::root(ns, hierarchy, unsafe { SuperBlock::from_ptr(sb) });
    from_result(|| {
        let root = match found {
            Ok(None) => return Ok(0),
            Ok(Some(dentry)) => Ok(dentry.into_raw()),
            Err(error) => Err(error),
        };
        // SAFETY: By the safety requirements the reference on the old root is ours to give back,
        // and so is the super block where there is no new root.
        unsafe {
            (*fc).root = root.unwrap_or(ptr::null_mut());
            drop(Dentry::from_raw(NonNull::new_unchecked(top)));
            if root.is_err() {
                bindings::deactivate_locked_super(sb);
            }
        }
        root.map(|_| 0)
    })
}
