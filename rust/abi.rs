// SPDX-License-Identifier: GPL-2.0

//! The boundary with C, and the only place for unsafe code: entry points that C calls, and types
//! that make what C keeps safe to use.

mod entry;
pub(crate) mod kernfs;
