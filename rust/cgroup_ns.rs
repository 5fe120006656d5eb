// SPDX-License-Identifier: GPL-2.0

//! Cgroup namespaces.
//!
//! With `CONFIG_CGROUP_NS_RUST=y` this crate takes the place of the C functions that it exports;
//! with `=n` it is not built, and they are. C keeps the data structures and their locks; the
//! algorithms and decisions are here.
//!
//! # Layers
//!
//! Arrows point down only:
//!
//! ```text
//!           abi::entry      what C calls, under the names that it always used
//!               |
//! namespace  procfs  mount  attach  visibility  path
//!               |           safe code of the kernel: which lock, which check, which error
//!               |
//!      abi    logic         abi: what C keeps, made safe to use; the only unsafe code
//!                           logic: pure algorithms, also built and tested on the host
//! ```
//!
//! # Lock order
//!
//! 1. `cgroup_mutex`; asked for by `attach`, taken nowhere
//! 2. RCU read side
//! 3. `css_set_lock`, interrupts off; `task_lock()`
//! 4. `kernfs_root::kernfs_rename_lock`, for reading, interrupts off
//!
//! `css_set_lock` is held to look up a cgroup of a v1 hierarchy, and never to format.
//!
//! # Why what is read without a lock is still there
//!
//! /proc/PID/cgroup and paths are read under RCU alone. What the reader follows, from the task on:
//!
//! - **css_set**: `task->cgroups` holds a reference. `cgroup_move_task()` publishes the new css_set
//!   first and puts the old one after that; the last put frees it by `kfree_rcu()`. A reader that
//!   loaded the old pointer began before that grace period, which waits for it. A task that is
//!   gone is not read: /proc holds it.
//! - **cgroup**: `css_set->dfl_cgrp` is set before the css_set is published and never changes. The
//!   css_set holds a reference on it and puts that with its own last reference; a cgroup whose
//!   last reference is gone is freed by `queue_rcu_work()`, again after a grace period that began
//!   later than the reader.
//! - **kernfs_node**: the cgroup holds a reference, and puts it when it is freed. A node holds one
//!   on its parent until it is freed, so all ancestors are there as well; nodes are freed by
//!   `call_rcu()`.
//! - **name**: never written to once it is set; a rename publishes another one and frees the old
//!   by `kfree_rcu()`. Each name is loaded once, so that its length and its bytes belong together.
//! - **the reader's root**: its own nsproxy holds its namespace, and that a css_set. The one root
//!   that is ever replaced is that of a task being cloned, whose namespace others may have found
//!   and entered by then; the old css_set is put after that, and so still there for the reader.
//!
//! The same in the kernel's memory model, for herd7, lies in docs/litmus/ of the repository that
//! this comes from.
//!
//! A reference to a css_set is taken without `css_set_lock`: under RCU, unless the count is zero.
//! `put_css_set()` lets go of the last one under the lock, so a count that is not zero belongs to
//! a css_set that is still linked; and where it is zero, the task has already got another one.

#![deny(unsafe_code)]

mod abi;
mod attach;
pub mod logic;
mod mount;
mod namespace;
mod path;
mod procfs;
mod visibility;
