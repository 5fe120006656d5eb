// SPDX-License-Identifier: GPL-2.0

//! The pure part of the kernel's cgroup-namespace core, built for the host so that it can be
//! tested in milliseconds. The files are those that the kernel compiles.

#![no_std]
#![deny(unsafe_code, missing_docs)]

#[path = "../logic/path.rs"]
pub mod path;
