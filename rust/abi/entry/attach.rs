// SPDX-License-Identifier: GPL-2.0

//! Permission to move tasks and to write to files.

use crate::{
    abi::{
        cgroup::{Cgroup, Via},
        namespace::CgroupNamespace,
    },
    attach,
};
use kernel::{bindings, error::from_result, ffi::c_int, prelude::*};

/// Checks whether the current task may move tasks from one cgroup to another.
///
/// - `src_cgrp`, `dst_cgrp`: cgroups of the default hierarchy.
/// - `sb`: super block through which it is asked.
/// - `ns`: the namespace that cgroup.procs was opened in, or of the task that clones.
///
/// Context: process context; may sleep. `cgroup_mutex` is held.
///
/// Returns 0; `-EACCES` or `-EPERM` if the task may not write to cgroup.procs of the nearest common
/// ancestor; `-ENOENT` if, with `nsdelegate`, one of the cgroups cannot be seen from `ns`;
/// `-ENOMEM`.
///
/// Source: kernel/cgroup/cgroup.c.
///
/// # Safety
///
/// The caller keeps all arguments alive and holds the mutex.
#[export]
pub(crate) unsafe extern "C" fn cgroup_procs_write_permission(
    src_cgrp: *mut bindings::cgroup,
    dst_cgrp: *mut bindings::cgroup,
    sb: *mut bindings::super_block,
    ns: *mut bindings::cgroup_namespace,
) -> c_int {
    // SAFETY: By the safety requirements.
    let (source, destination, via, ns) = unsafe {
        (
            Cgroup::from_ptr(src_cgrp),
            Cgroup::from_ptr(dst_cgrp),
            Via::new(sb),
            CgroupNamespace::from_ptr(ns),
        )
    };
    from_result(|| {
        let (source, destination) = source.zip(destination).ok_or(ENOENT)?;
        attach::may_migrate(source, destination, &via, ns)?;
        Ok(0)
    })
}

/// Checks whether a file of a cgroup may be written to.
///
/// - `cgrp`: the cgroup.
/// - `cft`: the file.
/// - `ns`: the namespace that it was opened in.
///
/// Context: any.
///
/// Returns 0; `-EPERM` if, with `nsdelegate`, the file limits the root of `ns` as a whole.
///
/// Source: `cgroup_file_write()` in kernel/cgroup/cgroup.c, its first check.
///
/// # Safety
///
/// The caller keeps all arguments alive.
#[export]
pub(crate) unsafe extern "C" fn cgroup_ns_file_permission(
    cgrp: *mut bindings::cgroup,
    cft: *const bindings::cftype,
    ns: *mut bindings::cgroup_namespace,
) -> c_int {
    // SAFETY: By the safety requirements; what a file is marked with never changes.
    let (cgroup, delegatable, ns) = unsafe {
        (
            Cgroup::from_ptr(cgrp),
            (*cft).flags & bindings::CFTYPE_NS_DELEGATABLE != 0,
            CgroupNamespace::from_ptr(ns),
        )
    };
    from_result(|| {
        attach::may_write(cgroup.ok_or(EPERM)?, delegatable, ns)?;
        Ok(0)
    })
}
