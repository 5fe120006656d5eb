// SPDX-License-Identifier: GPL-2.0

//! /proc/PID/cgroup.

use super::{current_ns, task};
use crate::{abi::seq_file::SeqFile, procfs};
use kernel::{bindings, error::from_result, ffi::c_int, prelude::*};

/// Prints the cgroups of a task, a line for each hierarchy, as seen from the root of the reader.
///
/// - `m`: where to.
/// - `_ns`, `_pid`: how the task was found; not looked at.
/// - `tsk`: the task.
///
/// Context: process context; interrupts are on, `css_set_lock` is not held. Does not sleep.
///
/// Returns 0. Paths of any length are printed whole: `m` grows.
///
/// C header: [`include/linux/cgroup.h`](srctree/include/linux/cgroup.h).
///
/// # Safety
///
/// `m` is a seq_file whose `show` method runs; the caller holds a reference on `tsk`.
#[export]
pub(crate) unsafe extern "C" fn proc_cgroup_show(
    m: *mut bindings::seq_file,
    _ns: *mut bindings::pid_namespace,
    _pid: *mut bindings::pid,
    tsk: *mut bindings::task_struct,
) -> c_int {
    // SAFETY: By the safety requirements; what is current stays so until the call returns.
    let (mut out, task, reader) = unsafe { (SeqFile::from_ptr(m), task(tsk), current_ns()) };
    from_result(|| {
        procfs::show(&mut out, task, reader.ok_or(ESRCH)?)?;
        Ok(0)
    })
}
