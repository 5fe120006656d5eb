// SPDX-License-Identifier: GPL-2.0

//! Entry points: functions that C calls under the names that it always used.
//!
//! Owns what is true of every call; each checks its own signature against the C prototype.

mod attach;
mod mount;
mod namespace;
mod path;
mod procfs;
mod visibility;

use super::namespace::CgroupNamespace;
use core::ptr::NonNull;
use kernel::{bindings, task::Task};

/// Returns the current task's cgroup namespace; [`None`] if the task is about to be gone.
///
/// # Safety
///
/// `'a` ends before the task leaves the namespace, which no one else can make it do: before the
/// call from C returns.
#[inline]
unsafe fn current_ns<'a>() -> Option<&'a CgroupNamespace> {
    // SAFETY: The current task is alive, and alone may change its nsproxy.
    let nsproxy = NonNull::new(unsafe { (*Task::current_raw()).nsproxy })?;
    // SAFETY: The task holds a reference on its nsproxy, and that on the namespace, for `'a`.
    Some(unsafe { CgroupNamespace::from_ptr((*nsproxy.as_ptr()).cgroup_ns) })
}

/// Borrows a task.
///
/// # Safety
///
/// `task` points to a task that is not freed during `'a`.
#[inline]
unsafe fn task<'a>(task: *mut bindings::task_struct) -> &'a Task {
    // SAFETY: By the safety requirements; the type is transparent.
    unsafe { &*task.cast::<Task>() }
}
