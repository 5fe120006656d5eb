// SPDX-License-Identifier: GPL-2.0

//! css_sets: which cgroup of each hierarchy a task is in.
//!
//! C headers: [`include/linux/cgroup-defs.h`](srctree/include/linux/cgroup-defs.h) and
//! kernel/cgroup/cgroup-internal.h.

use super::{cgroup::Cgroup, hierarchy::Hierarchy, task};
use core::{marker::PhantomData, mem::ManuallyDrop, ops::Deref, ptr::NonNull};
use kernel::{bindings, sync::rcu, task::Task, types::NotThreadSafe};

/// A `struct css_set` that can be read for `'a`.
///
/// # Invariants
///
/// For `'a` the css_set is not freed, and neither is its cgroup in the default hierarchy: either a
/// reference is held, with which it holds that cgroup; or RCU is, since it puts its cgroups
/// when its last reference goes, and both are freed a grace period after that.
#[derive(Clone, Copy)]
pub(crate) struct CssSet<'a> {
    ptr: NonNull<bindings::css_set>,
    _alive: PhantomData<&'a bindings::css_set>,
}

impl<'a> CssSet<'a> {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` points to a css_set that is as the type invariants say during `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: NonNull<bindings::css_set>) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            ptr,
            _alive: PhantomData,
        }
    }

    /// Returns the css_set that `task` is in now, and may have left when this returns.
    ///
    /// Any context.
    #[inline]
    pub(crate) fn of_task(task: &Task, _rcu: &'a rcu::Guard) -> Option<Self> {
        // INVARIANT: A task holds a reference on its css_set, and puts it after it left it, so
        // that it is not freed while RCU is held.
        NonNull::new(task::css_set(task)).map(|ptr| Self {
            ptr,
            _alive: PhantomData,
        })
    }

    /// Takes a reference, unless the last one is gone. Any context.
    #[inline]
    pub(crate) fn try_get(self) -> Option<CssSetRef> {
        // SAFETY: The css_set is alive by the type invariants.
        let got = unsafe { bindings::cgroup_ns_css_set_tryget(self.ptr.as_ptr()) };
        // Not then_some(): a value that is made for nothing puts what is not ours.
        // INVARIANT: The reference was just taken.
        got.then(|| CssSetRef(self.ptr))
    }

    /// Returns the cgroup of the default hierarchy. Any context; no lock is needed, since it is
    /// set before others can find the css_set and never changes.
    #[inline]
    pub(crate) fn dfl_cgrp(self) -> Option<Cgroup<'a>> {
        // SAFETY: The css_set and that cgroup are alive by the type invariants.
        unsafe { Cgroup::from_ptr((*self.ptr.as_ptr()).dfl_cgrp) }
    }

    /// Returns the cgroup of `hierarchy`; [`None`] if that is being unmounted, or if the last
    /// reference to the css_set is gone.
    ///
    /// Any context.
    #[inline]
    pub(crate) fn cgroup_in<'rcu>(
        self,
        hierarchy: Hierarchy<'_>,
        _lock: &Held,
        _rcu: &'rcu rcu::Guard,
    ) -> Option<Cgroup<'rcu>> {
        // SAFETY: Both are alive by their type invariants, and css_set_lock is held. A cgroup
        // that is found has not been put yet by the css_set, and one at the top of a hierarchy
        // goes with that; either is freed a grace period later.
        unsafe {
            let cgroup = bindings::cgroup_ns_cset_cgroup(self.ptr.as_ptr(), hierarchy.as_ptr());
            Cgroup::from_ptr(cgroup)
        }
    }
}

/// A reference to a css_set.
///
/// # Invariants
///
/// A reference is owned.
pub(crate) struct CssSetRef(NonNull<bindings::css_set>);

impl CssSetRef {
    /// Returns a reference to the css_set that `task` is in at some moment of the call.
    ///
    /// Any context; `css_set_lock` is not taken.
    ///
    /// A count that has reached zero means that the task has already gone elsewhere, so the next
    /// try finds another css_set. A task that is moved for ever could be missed for ever, but
    /// moving it takes longer than a try.
    #[inline]
    pub(crate) fn of_task(task: &Task) -> Option<Self> {
        loop {
            let rcu = rcu::read_lock();
            if let Some(cset) = CssSet::of_task(task, &rcu)?.try_get() {
                return Some(cset);
            }
        }
    }

    /// Takes over a reference from C.
    ///
    /// # Safety
    ///
    /// The caller owns a reference on `ptr`, and gives it away.
    #[inline]
    pub(super) unsafe fn from_raw(ptr: NonNull<bindings::css_set>) -> Self {
        // INVARIANT: By the safety requirements.
        Self(ptr)
    }

    /// Hands the reference over to C.
    #[inline]
    pub(super) fn into_raw(self) -> *mut bindings::css_set {
        ManuallyDrop::new(self).0.as_ptr()
    }

    /// Borrows the css_set.
    #[inline]
    pub(crate) fn get(&self) -> CssSet<'_> {
        // SAFETY: By the type invariants a reference is held for the life of the borrow.
        unsafe { CssSet::from_ptr(self.0) }
    }
}

impl Drop for CssSetRef {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants the reference is ours to give back.
        unsafe { bindings::cgroup_ns_css_set_put(self.0.as_ptr()) };
    }
}

/// Evidence that `css_set_lock` is held.
///
/// # Invariants
///
/// It is, by this thread, while the value exists.
pub(crate) struct Held(NotThreadSafe);

impl Held {
    /// Makes evidence of what C did.
    ///
    /// # Safety
    ///
    /// The caller holds `css_set_lock` for the life of the value.
    #[inline]
    pub(super) unsafe fn assume() -> Self {
        // INVARIANT: By the safety requirements.
        Self(NotThreadSafe)
    }
}

/// `css_set_lock`, held with interrupts off.
///
/// # Invariants
///
/// The lock was taken by [`lock`] and is held.
pub(crate) struct CssSetLock(Held);

/// Takes `css_set_lock`.
///
/// Context: interrupts are on, and off while the guard lives. The lock is not held yet.
#[inline]
pub(crate) fn lock() -> CssSetLock {
    // SAFETY: No requirement beyond the context.
    unsafe { bindings::cgroup_ns_css_set_lock() };
    // INVARIANT: The lock was just taken.
    CssSetLock(Held(NotThreadSafe))
}

impl Deref for CssSetLock {
    type Target = Held;

    #[inline]
    fn deref(&self) -> &Held {
        &self.0
    }
}

impl Drop for CssSetLock {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants the lock is held, and interrupts were on before.
        unsafe { bindings::cgroup_ns_css_set_unlock() };
    }
}
