// SPDX-License-Identifier: GPL-2.0

//! Cgroup namespaces.
//!
//! With `CONFIG_CGROUP_NS_RUST=y` this crate takes the place of the C functions that it exports;
//! with `=n` it is not built, and they are.
//!
//! # Layers
//!
//! Arrows point down only:
//!
//! ```text
//! abi     entry points and wrappers of C structures; the only unsafe code
//!  |
//! path    safe code of the kernel: which lock, which error
//!  |
//! logic   pure algorithms, also built and tested on the host
//! ```
//!
//! # Lock order
//!
//! 1. RCU read side
//! 2. `kernfs_root::kernfs_rename_lock`, for reading, interrupts off
//!
//! Nothing here sleeps or allocates.

mod abi;
pub mod logic;
mod path;
