// SPDX-License-Identifier: GPL-2.0

//! Pure algorithms: no bindings, no allocation, no panic. The host compiles them too.

#![deny(unsafe_code)]

pub mod ancestry;
pub mod escape;
pub mod path;
pub mod policy;
pub mod text;
