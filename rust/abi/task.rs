// SPDX-License-Identifier: GPL-2.0

//! Tasks, as far as cgroups and namespaces hang on them.
//!
//! C header: [`include/linux/sched.h`](srctree/include/linux/sched.h).

use super::namespace::CgroupNamespace;
use core::ptr::NonNull;
use kernel::{bindings, sync::aref::ARef, task::Task};

/// Returns the css_set that the task is in now. Not null: every task is born with one.
#[inline]
pub(super) fn css_set(task: &Task) -> *mut bindings::css_set {
    // SAFETY: The task is alive. A volatile read is READ_ONCE(), which suffices for
    // rcu_dereference(): what is read next depends on the address.
    unsafe { (&raw const (*task.as_ptr()).cgroups).read_volatile() }
}

/// Returns whether the task has begun to exit. Any context.
#[inline]
pub(crate) fn is_exiting(task: &Task) -> bool {
    // SAFETY: The task is alive. Its flags are its own to change; the volatile read is
    // READ_ONCE().
    let flags = unsafe { (&raw const (*task.as_ptr()).flags).read_volatile() };
    flags & bindings::PF_EXITING != 0
}

/// Returns a reference to the task's cgroup namespace; [`None`] if it has left all of them, as a
/// task does when it exits.
///
/// Any context that may take `task_lock()`.
pub(crate) fn cgroup_ns(task: &Task) -> Option<ARef<CgroupNamespace>> {
    let lock = Alloc::lock(task);
    // SAFETY: The task is alive; the lock keeps it from changing its nsproxy.
    let nsproxy = unsafe { (*lock.0.as_ptr()).nsproxy };
    let nsproxy = NonNull::new(nsproxy)?;
    // SAFETY: A task holds a reference on its nsproxy, and that on its namespaces; the lock keeps
    // the task from putting it.
    let ns = unsafe { CgroupNamespace::from_ptr((*nsproxy.as_ptr()).cgroup_ns) };
    Some(ARef::from(ns))
}

/// The lock of a task that `task_lock()` takes.
///
/// # Invariants
///
/// It is held.
struct Alloc<'a>(&'a Task);

impl<'a> Alloc<'a> {
    fn lock(task: &'a Task) -> Self {
        // SAFETY: The task is alive, and its lock initialised.
        unsafe { bindings::spin_lock(&raw mut (*task.as_ptr()).alloc_lock) };
        // INVARIANT: The lock was just taken.
        Self(task)
    }
}

impl Drop for Alloc<'_> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the lock is held.
        unsafe { bindings::spin_unlock(&raw mut (*self.0.as_ptr()).alloc_lock) };
    }
}
