// SPDX-License-Identifier: GPL-2.0

//! What the current task can see of the default hierarchy.

use super::current_ns;
use crate::{
    abi::cgroup::{Cgroup, CgroupRef},
    visibility,
};
use core::ptr;
use kernel::{bindings, prelude::*, sync::rcu};

/// Gets the cgroup of the default hierarchy that is the root of the current task's namespace.
///
/// Context: any. Returns it without a reference: it stays as long as the task keeps its namespace.
/// For a task that has left its namespaces to exit, this is the root of the hierarchy.
///
/// Source: kernel/cgroup/cgroup.c.
///
/// # Safety
///
/// None is asked for; C functions are unsafe to call.
#[export]
pub(crate) unsafe extern "C" fn current_cgns_cgroup_dfl() -> *mut bindings::cgroup {
    // SAFETY: What is current stays so until the call returns.
    let ns = unsafe { current_ns() };
    visibility::top(ns, &rcu::read_lock()).map_or(ptr::null_mut(), Cgroup::as_ptr)
}

/// Gets the cgroup of the default hierarchy that has an id.
///
/// - `id`: the id, as name_to_handle_at(2) gives it; any value.
///
/// Context: process context; does not sleep.
///
/// Returns the cgroup, with a reference; `-ENOENT` if there is none, or no longer, or if it is not
/// below the root of the current task's namespace.
///
/// C header: [`include/linux/cgroup.h`](srctree/include/linux/cgroup.h).
///
/// # Safety
///
/// None is asked for; C functions are unsafe to call.
#[export]
pub(crate) unsafe extern "C" fn cgroup_get_from_id(id: u64) -> *mut bindings::cgroup {
    // SAFETY: What is current stays so until the call returns.
    let ns = unsafe { current_ns() };
    visibility::find(id, ns).map_or_else(|error| error.to_ptr(), CgroupRef::into_raw)
}
