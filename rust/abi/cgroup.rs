// SPDX-License-Identifier: GPL-2.0

//! Cgroups.
//!
//! C header: [`include/linux/cgroup-defs.h`](srctree/include/linux/cgroup-defs.h).

use super::{check, hierarchy::Hierarchy, kernfs::KernfsNode};
use crate::logic::ancestry::Member;
use core::{marker::PhantomData, ptr::NonNull, slice};
use kernel::{bindings, error::from_err_ptr, prelude::*, sync::rcu};

/// A `struct cgroup` that can be read for `'a`.
///
/// # Invariants
///
/// For `'a` the cgroup is not freed. So neither are its ancestors and its kernfs node, on which it
/// holds references until then, nor its hierarchy, which outlives its cgroups.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cgroup<'a> {
    ptr: NonNull<bindings::cgroup>,
    _alive: PhantomData<&'a bindings::cgroup>,
}

impl<'a> Cgroup<'a> {
    /// Wraps a pointer from C; [`None`] for a null pointer.
    ///
    /// # Safety
    ///
    /// `ptr` is null, or points to a cgroup that is not freed during `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: *mut bindings::cgroup) -> Option<Self> {
        // INVARIANT: By the safety requirements.
        NonNull::new(ptr).map(|ptr| Self {
            ptr,
            _alive: PhantomData,
        })
    }

    /// Returns the pointer that C knows the cgroup by.
    #[inline]
    pub(super) fn as_ptr(self) -> *mut bindings::cgroup {
        self.ptr.as_ptr()
    }

    /// Returns the cgroup's directory. Any context.
    #[inline]
    pub(crate) fn kn<'rcu>(self, rcu: &'rcu rcu::Guard) -> Option<KernfsNode<'rcu>> {
        // SAFETY: The cgroup is alive by the type invariants. Its node is set before others can
        // find it, and never changes. The node is put when the cgroup is freed, which has not
        // happened yet, and freed a grace period later, which is after `'rcu`.
        unsafe { KernfsNode::from_ptr((*self.as_ptr()).kn, rcu) }
    }

    /// Returns the hierarchy that the cgroup is in. Any context.
    #[inline]
    pub(crate) fn hierarchy(self) -> Hierarchy<'a> {
        // SAFETY: The cgroup is alive by the type invariants, and its hierarchy with it; the
        // pointer is set when the cgroup is made and never changes.
        unsafe { Hierarchy::from_ptr((*self.as_ptr()).root) }
    }

    /// Returns whether the cgroup was removed, as it may be at any time. Any context.
    #[inline]
    pub(crate) fn is_dead(self) -> bool {
        // SAFETY: The cgroup is alive by the type invariants. The flags are changed by others, so
        // the read is volatile, which is READ_ONCE().
        let flags = unsafe { (&raw const (*self.as_ptr()).self_.flags).read_volatile() };
        flags & bindings::CSS_ONLINE == 0
    }

    /// Takes a reference, unless the last one is gone. Any context.
    #[inline]
    pub(crate) fn try_get(self) -> Option<CgroupRef> {
        // SAFETY: The cgroup is alive by the type invariants.
        let got = unsafe { bindings::cgroup_ns_cgroup_tryget(self.as_ptr()) };
        // Not then_some(): a value that is made for nothing puts what is not ours.
        // INVARIANT: The reference was just taken.
        got.then(|| CgroupRef(self.ptr))
    }

    /// Returns whether the current task may move tasks within the cgroup.
    ///
    /// Process context; may sleep. `cgroup_mutex` is held.
    ///
    /// # Errors
    ///
    /// - `EACCES`, `EPERM`: its `cgroup.procs` cannot be written to.
    /// - `ENOMEM`
    #[inline]
    pub(crate) fn may_write(self, via: &Via<'_>) -> Result {
        // SAFETY: The cgroup is alive by the type invariants; the super block and the mutex are
        // as the C function asks by the type invariants of `via`.
        check(unsafe { bindings::cgroup_ns_may_write(self.as_ptr(), via.sb) })
    }
}

impl Member for Cgroup<'_> {
    #[inline]
    fn line(&self) -> &[Self] {
        // SAFETY: The cgroup is alive by the type invariants. It has an array of all its
        // ancestors, itself included, by their level, which is filled when it is made and never
        // changes; they live as long as it does. None is null, and `Cgroup` is laid out as a
        // pointer. A level is never negative.
        unsafe {
            let array = &raw const (*self.as_ptr()).__bindgen_anon_1;
            let level = (*self.as_ptr()).level as usize;
            slice::from_raw_parts(array.cast(), level.wrapping_add(1))
        }
    }
}

/// Where a write to a cgroup file comes through.
///
/// # Invariants
///
/// `sb` is a super block of the default hierarchy, alive, and `cgroup_mutex` is held.
pub(crate) struct Via<'a> {
    sb: *mut bindings::super_block,
    _held: PhantomData<&'a bindings::super_block>,
}

impl Via<'_> {
    /// Wraps what C was called through.
    ///
    /// # Safety
    ///
    /// During `'_`, `sb` is as the type invariants say, and the mutex held.
    #[inline]
    pub(super) unsafe fn new(sb: *mut bindings::super_block) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            sb,
            _held: PhantomData,
        }
    }
}

/// A reference to a cgroup.
///
/// # Invariants
///
/// A reference on the cgroup is owned.
pub(crate) struct CgroupRef(NonNull<bindings::cgroup>);

impl CgroupRef {
    /// Finds a cgroup of the default hierarchy, wherever it is in it.
    ///
    /// - `id`: as name_to_handle_at(2) gives it; any value.
    ///
    /// Process context; does not sleep.
    ///
    /// # Errors
    ///
    /// - `ENOENT`: there is no such cgroup, or no longer.
    #[inline]
    pub(crate) fn from_id(id: u64) -> Result<Self> {
        // SAFETY: Any id may be asked for.
        let ptr = from_err_ptr(unsafe { bindings::__cgroup_get_from_id(id) })?;
        // INVARIANT: What is returned comes with a reference.
        NonNull::new(ptr).map(Self).ok_or(ENOENT)
    }

    /// Borrows the cgroup.
    #[inline]
    pub(crate) fn get(&self) -> Cgroup<'_> {
        Cgroup {
            // INVARIANT: A reference is owned for the life of the borrow.
            ptr: self.0,
            _alive: PhantomData,
        }
    }

    /// Hands the reference over to C.
    #[inline]
    pub(super) fn into_raw(self) -> *mut bindings::cgroup {
        core::mem::ManuallyDrop::new(self).0.as_ptr()
    }
}

impl Drop for CgroupRef {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants the reference is ours to give back.
        unsafe { bindings::cgroup_ns_cgroup_put(self.0.as_ptr()) };
    }
}
