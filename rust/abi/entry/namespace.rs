// SPDX-License-Identifier: GPL-2.0

//! The life of a namespace: clone(2), unshare(2), setns(2), /proc/PID/ns/cgroup.

use super::task;
use crate::{
    abi::{
        css_set::CssSet,
        namespace::{CgroupNamespace, NsSet},
        task::cgroup_ns,
        user_namespace::UserNamespace,
    },
    namespace,
};
use core::ptr::{self, NonNull};
use kernel::{bindings, error::from_result, ffi::c_int, prelude::*, sync::aref::ARef, task::Task};

/// Gets the cgroup namespace of a task that is cloned or unshares.
///
/// - `flags`: `CLONE_*` of the call; all but `CLONE_NEWCGROUP` are ignored.
/// - `user_ns`: owner of a new namespace.
/// - `old_ns`: the current task's namespace.
///
/// Context: process context; may sleep.
///
/// Returns a new namespace whose roots are the cgroups of the current task, or `old_ns` if none is
/// asked for, with a reference; `-EPERM` without CAP_SYS_ADMIN in `user_ns`, `-ENOSPC` where
/// `user.max_cgroup_namespaces` is reached, `-ENOMEM`.
///
/// C header: [`include/linux/cgroup_namespace.h`](srctree/include/linux/cgroup_namespace.h).
///
/// # Safety
///
/// The caller holds references on `user_ns` and `old_ns`.
#[export]
pub(crate) unsafe extern "C" fn copy_cgroup_ns(
    flags: u64,
    user_ns: *mut bindings::user_namespace,
    old_ns: *mut bindings::cgroup_namespace,
) -> *mut bindings::cgroup_namespace {
    // SAFETY: By the safety requirements.
    let (user_ns, old) = unsafe {
        (
            UserNamespace::from_ptr(user_ns),
            CgroupNamespace::from_ptr(old_ns),
        )
    };
    // SAFETY: The current task lives until the call returns.
    let current = || unsafe { task(Task::current_raw()) };
    match namespace::copy(flags, user_ns, old, current) {
        Ok(ns) => ARef::into_raw(ns).as_ptr().cast(),
        Err(error) => error.to_ptr(),
    }
}

/// Ends a namespace whose last reference is gone.
///
/// - `ns`: the namespace; not the initial one.
///
/// Context: any that may take `css_set_lock`. The memory goes a grace period later.
///
/// C header: [`include/linux/cgroup_namespace.h`](srctree/include/linux/cgroup_namespace.h).
///
/// # Safety
///
/// `ns` came from [`copy_cgroup_ns`], and its count has just reached zero.
#[export]
pub(crate) unsafe extern "C" fn free_cgroup_ns(ns: *mut bindings::cgroup_namespace) {
    // SAFETY: By the safety requirements.
    unsafe { CgroupNamespace::free(ns) };
}

/// Gives the namespace of a task that is being cloned the task's own cgroups as roots.
///
/// - `ns`: the namespace, made for this task by [`copy_cgroup_ns`].
/// - `cset`: the css_set that the task is in.
///
/// Context: any that may take `css_set_lock`.
///
/// Source: the end of `cgroup_post_fork()` in kernel/cgroup/cgroup.c.
///
/// # Safety
///
/// The caller holds references on both.
#[export]
pub(crate) unsafe extern "C" fn cgroup_ns_set_root(
    ns: *mut bindings::cgroup_namespace,
    cset: *mut bindings::css_set,
) {
    // SAFETY: By the safety requirements.
    let (ns, cset) = unsafe {
        (
            CgroupNamespace::from_ptr(ns),
            NonNull::new(cset).map(|cset| CssSet::from_ptr(cset)),
        )
    };
    // Always so: the caller's reference keeps the count above zero.
    if let Some(root) = cset.and_then(CssSet::try_get) {
        drop(ns.replace_root(root));
    }
}

/// What nsfs does with cgroup namespaces.
#[repr(transparent)]
pub(crate) struct Operations(bindings::proc_ns_operations);

// SAFETY: It is never written to, and the functions can be called from any thread.
unsafe impl Sync for Operations {}

/// The operations of cgroup namespaces, as nsfs and setns(2) call them.
///
/// C header: [`include/linux/proc_ns.h`](srctree/include/linux/proc_ns.h).
#[no_mangle]
#[allow(non_upper_case_globals)]
pub(crate) static cgroupns_operations: Operations = Operations(bindings::proc_ns_operations {
    name: c"cgroup".to_bytes_with_nul().as_ptr(),
    real_ns_name: ptr::null(),
    get: Some(get),
    put: Some(put),
    install: Some(install),
    owner: Some(owner),
    get_parent: None,
});

/// Returns the namespace that `common` is part of.
fn containing(common: *mut bindings::ns_common) -> *mut bindings::cgroup_namespace {
    common
        .wrapping_byte_sub(core::mem::offset_of!(bindings::cgroup_namespace, ns))
        .cast()
}

/// Returns the namespace of a task, with a reference; null if it has left all of them.
///
/// # Safety
///
/// The caller holds a reference on `task`.
unsafe extern "C" fn get(target: *mut bindings::task_struct) -> *mut bindings::ns_common {
    // SAFETY: By the safety requirements.
    let ns = cgroup_ns(unsafe { task(target) });
    ns.map_or(ptr::null_mut(), |ns| {
        let ns: *mut bindings::cgroup_namespace = ARef::into_raw(ns).as_ptr().cast();
        // SAFETY: The reference that goes to the caller keeps the namespace alive.
        unsafe { &raw mut (*ns).ns }
    })
}

/// Gives back a reference.
///
/// # Safety
///
/// `common` is part of a cgroup namespace; the caller owns a reference and gives it away.
unsafe extern "C" fn put(common: *mut bindings::ns_common) {
    if let Some(ns) = NonNull::new(containing(common)) {
        // SAFETY: By the safety requirements.
        drop(unsafe { ARef::<CgroupNamespace>::from_raw(ns.cast()) });
    }
}

/// Puts a namespace in the set that setns(2) is putting together.
///
/// Returns 0, or `-EPERM` without CAP_SYS_ADMIN in both user namespaces.
///
/// # Safety
///
/// `nsset` is as [`NsSet`] asks; `common` is part of a cgroup namespace, and the caller holds a
/// reference.
unsafe extern "C" fn install(
    nsset: *mut bindings::nsset,
    common: *mut bindings::ns_common,
) -> c_int {
    // SAFETY: By the safety requirements.
    let (mut set, ns) = unsafe {
        (
            NsSet::from_ptr(nsset),
            CgroupNamespace::from_ptr(containing(common)),
        )
    };
    from_result(|| {
        namespace::install(&mut set, ns)?;
        Ok(0)
    })
}

/// Returns the user namespace that owns a namespace, without a reference.
///
/// # Safety
///
/// `common` is part of a cgroup namespace that the caller keeps alive.
unsafe extern "C" fn owner(common: *mut bindings::ns_common) -> *mut bindings::user_namespace {
    // SAFETY: By the safety requirements.
    unsafe { CgroupNamespace::from_ptr(containing(common)) }
        .user_ns()
        .as_ptr()
}
