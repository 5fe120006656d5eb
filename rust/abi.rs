// SPDX-License-Identifier: GPL-2.0

//! The boundary with C, and the only place for unsafe code: entry points that C calls, and types
//! that make what C keeps safe to use.

#![allow(unsafe_code)]

pub(crate) mod cgroup;
pub(crate) mod css_set;
pub(crate) mod dentry;
mod entry;
pub(crate) mod hierarchy;
pub(crate) mod kernfs;
pub(crate) mod namespace;
pub(crate) mod seq_file;
pub(crate) mod task;
pub(crate) mod user_namespace;

use kernel::{error::Error, ffi::c_int, prelude::*};

/// Turns what a C function returned into a result: `to_result()` of the kernel crate, but inlined,
/// so that success costs no call.
///
/// # Errors
///
/// - the one that `errno` stands for, if it is negative.
#[inline]
fn check(errno: c_int) -> Result {
    if errno < 0 {
        return Err(Error::from_errno(errno));
    }
    Ok(())
}
