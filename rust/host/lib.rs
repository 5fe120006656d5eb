// SPDX-License-Identifier: GPL-2.0

//! The pure part of the kernel's cgroup-namespace core, built for the host so that it can be
//! tested in milliseconds. The files are those that the kernel compiles.

#![no_std]
#![deny(unsafe_code, missing_docs)]

#[path = "../logic/ancestry.rs"]
pub mod ancestry;
#[path = "../logic/escape.rs"]
pub mod escape;
#[path = "../logic/path.rs"]
pub mod path;
#[path = "../logic/policy.rs"]
pub mod policy;
#[path = "../logic/text.rs"]
pub mod text;
