// SPDX-License-Identifier: GPL-2.0

//! Hierarchies: the default one (v2), those of controllers (v1) and named ones.
//!
//! C headers: [`include/linux/cgroup-defs.h`](srctree/include/linux/cgroup-defs.h) and
//! kernel/cgroup/cgroup-internal.h.

use super::cgroup::Cgroup;
use core::{iter, marker::PhantomData, mem::offset_of, ptr, slice};
use kernel::{bindings, ffi::c_char, sync::rcu};

const SUBSYSTEMS: usize = bindings::cgroup_subsys_id_CGROUP_SUBSYS_COUNT as usize;

/// A `struct cgroup_root` that can be read for `'a`.
///
/// # Invariants
///
/// For `'a` the hierarchy is not freed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hierarchy<'a> {
    ptr: *mut bindings::cgroup_root,
    _alive: PhantomData<&'a bindings::cgroup_root>,
}

impl<'a> Hierarchy<'a> {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` points to a hierarchy that is not freed during `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: *mut bindings::cgroup_root) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            ptr,
            _alive: PhantomData,
        }
    }

    /// Returns the pointer that C knows the hierarchy by.
    #[inline]
    pub(super) fn as_ptr(self) -> *mut bindings::cgroup_root {
        self.ptr
    }

    /// Returns the default hierarchy, which is always there. Any context.
    #[inline]
    pub(crate) fn dfl() -> Hierarchy<'static> {
        // SAFETY: It is a static.
        unsafe { Hierarchy::from_ptr(&raw mut bindings::cgrp_dfl_root) }
    }

    /// Returns whether this is the default hierarchy. Any context.
    #[inline]
    pub(crate) fn is_dfl(self) -> bool {
        ptr::eq(self.ptr, Hierarchy::dfl().ptr)
    }

    /// Returns whether the default hierarchy was ever mounted: /proc shows it from then on. Any
    /// context.
    #[inline]
    pub(crate) fn is_dfl_visible() -> bool {
        // SAFETY: It is a static that others set; the volatile read is READ_ONCE().
        unsafe { (&raw const bindings::cgrp_dfl_visible).read_volatile() }
    }

    /// Returns whether namespaces are delegation boundaries here (mount option `nsdelegate`). Any
    /// context.
    #[inline]
    pub(crate) fn is_ns_delegated(self) -> bool {
        // SAFETY: The hierarchy is alive by the type invariants. A remount may change the flags;
        // the volatile read is READ_ONCE().
        let flags = unsafe { (&raw const (*self.ptr).flags).read_volatile() };
        flags & bindings::CGRP_ROOT_NS_DELEGATE != 0
    }

    /// Returns the cgroup at the top. Any context.
    #[inline]
    pub(crate) fn root_cgroup(self) -> Option<Cgroup<'a>> {
        // SAFETY: The hierarchy is alive by the type invariants, and the cgroup a part of it.
        unsafe { Cgroup::from_ptr(&raw mut (*self.ptr).cgrp) }
    }

    /// Returns the number that /proc calls the hierarchy by: 0 for the default one. Any context.
    #[inline]
    pub(crate) fn id(self) -> u64 {
        // SAFETY: The hierarchy is alive by the type invariants; its id is set before others can
        // find it.
        let id = unsafe { (*self.ptr).hierarchy_id };
        // CAST: An id comes from an IDR and is never negative.
        id as u64
    }

    /// Returns the name, without NUL; empty if it has none. Any context.
    #[inline]
    pub(crate) fn name(self) -> &'a [u8] {
        // SAFETY: The hierarchy is alive by the type invariants. Its name is set, with a NUL,
        // before others can find it, and never changes.
        unsafe { bytes((&raw const (*self.ptr).name).cast()) }
    }

    /// Returns the names of the controllers that are bound to the hierarchy, as v1 calls them. Any
    /// context.
    pub(crate) fn controllers(self) -> impl Iterator<Item = &'static [u8]> {
        // SAFETY: The hierarchy is alive by the type invariants. Controllers come and go with
        // mounts; the volatile read is READ_ONCE().
        let mask = unsafe { (&raw const (*self.ptr).subsys_mask).read_volatile() };
        (0..SUBSYSTEMS)
            .filter(move |&id| mask & 1_u32.wrapping_shl(id as u32) != 0)
            .map(|id| {
                // SAFETY: The array has an entry for each id below the count. A controller is a
                // static whose name is set at boot; only those set there are bound.
                unsafe {
                    let array = (&raw const bindings::cgroup_subsys)
                        .cast::<*const bindings::cgroup_subsys>();
                    bytes((**array.add(id)).legacy_name)
                }
            })
    }

    /// Goes through all hierarchies, the youngest first and the default one last.
    ///
    /// Any context. One that is being unmounted may be among them.
    pub(crate) fn all(_rcu: &rcu::Guard) -> impl Iterator<Item = Hierarchy<'_>> {
        let head = &raw const bindings::cgroup_roots;
        // SAFETY: The list is changed by list_add_rcu() and list_del_rcu() alone, and its members
        // are freed a grace period after they left. So a `next` is valid as long as RCU is held;
        // the volatile read is READ_ONCE(), which suffices for rcu_dereference().
        let follow = |node: *const bindings::list_head| unsafe {
            (&raw const (*node).next).read_volatile().cast_const()
        };
        iter::successors(Some(follow(head)), move |&node| Some(follow(node)))
            .take_while(move |&node| !ptr::eq(node, head))
            .map(|node| {
                let root = node
                    .wrapping_byte_sub(offset_of!(bindings::cgroup_root, root_list))
                    .cast::<bindings::cgroup_root>();
                // SAFETY: Every member of the list but its head is part of a hierarchy, and not
                // freed while RCU is held.
                unsafe { Hierarchy::from_ptr(root.cast_mut()) }
            })
    }
}

/// Returns a C string without its NUL.
///
/// # Safety
///
/// `text` is NUL-terminated, and neither freed nor written to during `'a`.
#[inline]
unsafe fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    // SAFETY: By the safety requirements.
    unsafe { slice::from_raw_parts(text.cast(), bindings::cgroup_ns_name_len(text)) }
}
