// SPDX-License-Identifier: GPL-2.0

//! Kernfs nodes and roots, as far as a path needs them.
//!
//! C headers: [`include/linux/kernfs.h`](srctree/include/linux/kernfs.h) and
//! fs/kernfs/kernfs-internal.h.

use super::cgroup::CgroupRef;
use crate::{logic::path::Node, path};
use core::{marker::PhantomData, mem::MaybeUninit, ptr::NonNull, slice};
use kernel::{bindings, prelude::*, sync::rcu};

/// Bytes on the stack that hold nearly every path of a cgroup.
const SHORT_PATH: usize = 256;

/// A `struct kernfs_node` that can be read for `'rcu`.
///
/// # Invariants
///
/// For `'rcu` the node is not freed, and neither are its ancestors and its root: each node holds
/// a reference on its parent until it is itself freed, and a node, its name and a root are freed
/// a grace period after their last reference is gone (`kernfs_put()`, `kernfs_rename_ns()`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KernfsNode<'rcu> {
    ptr: NonNull<bindings::kernfs_node>,
    _rcu: PhantomData<&'rcu rcu::Guard>,
}

impl<'rcu> KernfsNode<'rcu> {
    /// Wraps a pointer from C; [`None`] for a null pointer.
    ///
    /// # Safety
    ///
    /// `ptr` is null, or points to a node that is not freed before the grace period that follows
    /// `'rcu`.
    #[inline]
    pub(super) unsafe fn from_ptr(
        ptr: *mut bindings::kernfs_node,
        _guard: &'rcu rcu::Guard,
    ) -> Option<Self> {
        // INVARIANT: By the safety requirements, and because RCU is held for `'rcu`.
        NonNull::new(ptr).map(|ptr| Self {
            ptr,
            _rcu: PhantomData,
        })
    }

    /// Returns the root of the hierarchy that the node is in.
    #[inline]
    pub(crate) fn root(self) -> KernfsRoot<'rcu> {
        let dir = self.parent().unwrap_or(self);
        // SAFETY: The node is alive by the type invariants. A node that is a parent or has none
        // is a directory, so that `dir` is the live member of the union, and its root is set
        // before the node can be found.
        let root = unsafe { (*dir.ptr.as_ptr()).__bindgen_anon_1.dir.root };
        KernfsRoot {
            ptr: root,
            _rcu: PhantomData,
        }
    }
}

impl<'rcu> Node<'rcu> for KernfsNode<'rcu> {
    #[inline]
    fn parent(self) -> Option<Self> {
        // SAFETY: The node is alive by the type invariants, and a volatile read is READ_ONCE(),
        // which suffices for rcu_dereference(): what is read next depends on the address.
        let parent = unsafe { (&raw const (*self.ptr.as_ptr()).__parent).read_volatile() };
        // INVARIANT: The node holds a reference on its parent. A parent that a rename replaces
        // is put after that, and so not freed before the end of `'rcu`.
        NonNull::new(parent).map(|ptr| Self { ptr, ..self })
    }

    #[inline]
    fn name(self) -> &'rcu [u8] {
        // SAFETY: As for the parent.
        let name = unsafe { (&raw const (*self.ptr.as_ptr()).name).read_volatile() };
        // SAFETY: Every node has a NUL-terminated name, which is never written to once it is
        // set, and which is freed a grace period after it was replaced. It is shorter
        // than PATH_MAX, for it came in a path. Unlike `CStr`, this has no overflow to check for.
        unsafe { slice::from_raw_parts(name.cast(), bindings::cgroup_ns_name_len(name)) }
    }
}

/// A `struct kernfs_node` that somebody holds a reference on for `'a`, whether or not RCU is held.
///
/// # Invariants
///
/// A reference is held for `'a`.
#[derive(Clone, Copy)]
pub(crate) struct PinnedNode<'a> {
    ptr: NonNull<bindings::kernfs_node>,
    _pinned: PhantomData<&'a bindings::kernfs_node>,
}

impl<'a> PinnedNode<'a> {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` is not null, and a reference is held on it for `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: *mut bindings::kernfs_node) -> Self {
        Self {
            // INVARIANT: By the safety requirements.
            // SAFETY: By the safety requirements.
            ptr: unsafe { NonNull::new_unchecked(ptr) },
            _pinned: PhantomData,
        }
    }

    /// Returns the directory of a cgroup. Any context.
    #[inline]
    pub(crate) fn of_cgroup(cgroup: &'a CgroupRef) -> Option<Self> {
        let rcu = rcu::read_lock();
        let kn = cgroup.get().kn(&rcu)?;
        // INVARIANT: The cgroup holds a reference on its node for as long as there is one on it.
        Some(Self {
            ptr: kn.ptr,
            _pinned: PhantomData,
        })
    }

    /// Returns whether nodes of this hierarchy keep their parent for life. Any context.
    pub(crate) fn has_invariant_parents(self) -> bool {
        let rcu = rcu::read_lock();
        // SAFETY: By the type invariants a reference is held.
        let kn = unsafe { KernfsNode::from_ptr(self.ptr.as_ptr(), &rcu) };
        kn.is_some_and(|kn| kn.root().has_invariant_parents())
    }

    /// Lets `look` see the path from the root of the hierarchy, as it was at some moment of the
    /// call.
    ///
    /// Process context; may sleep. `look` is called at most once, without RCU.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`, and those of `look`.
    pub(crate) fn with_path<T>(self, look: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        let mut short = [MaybeUninit::uninit(); SHORT_PATH];
        let mut long = KVVec::new();
        let mut found = self.write_path(&mut short)?;
        while found.is_none() {
            let size = long.capacity().max(SHORT_PATH).saturating_mul(4);
            long = KVVec::with_capacity(size, GFP_KERNEL)?;
            found = self.write_path(long.spare_capacity_mut())?;
        }
        let path = match long.spare_capacity_mut() {
            [] => &short,
            text => &*text,
        };
        let path = path.get(..found.unwrap_or(0)).unwrap_or_default();
        // SAFETY: So many bytes were just initialised.
        look(unsafe { slice::from_raw_parts(path.as_ptr().cast(), path.len()) })
    }

    /// Writes the path from the root of the hierarchy to `buf`; returns its length, or [`None`] if
    /// it does not fit.
    fn write_path(self, buf: &mut [MaybeUninit<u8>]) -> Result<Option<usize>> {
        let rcu = rcu::read_lock();
        // SAFETY: By the type invariants a reference is held.
        let kn = unsafe { KernfsNode::from_ptr(self.ptr.as_ptr(), &rcu) };
        match path::from_node(kn, None, buf) {
            Err(error) if error == E2BIG => Ok(None),
            result => result.map(Some),
        }
    }
}

/// A `struct kernfs_root` that can be read for `'rcu`.
///
/// # Invariants
///
/// For `'rcu` the root is not freed.
#[derive(Clone, Copy)]
pub(crate) struct KernfsRoot<'rcu> {
    ptr: *mut bindings::kernfs_root,
    _rcu: PhantomData<&'rcu rcu::Guard>,
}

impl<'rcu> KernfsRoot<'rcu> {
    #[inline]
    fn has_invariant_parents(self) -> bool {
        // SAFETY: The root is alive by the type invariants; its flags are set once, at creation.
        let flags = unsafe { (*self.ptr).flags };
        flags & bindings::kernfs_root_flag_KERNFS_ROOT_INVARIANT_PARENT != 0
    }

    /// Keeps every node of the hierarchy where it is, until the guard goes. Returns [`None`]
    /// where nodes never change their parent, as in cgroup hierarchies: then RCU is enough.
    ///
    /// Any context; interrupts are off while the guard lives. The caller holds no
    /// `kernfs_rename_lock` for writing.
    #[inline]
    pub(crate) fn lock_parents(self) -> Option<RenameLock<'rcu>> {
        if self.has_invariant_parents() {
            return None;
        }
        // SAFETY: The root is alive by the type invariants.
        let irq_flags = unsafe { bindings::cgroup_ns_rename_lock(self.ptr) };
        // INVARIANT: The lock was just taken.
        Some(RenameLock {
            root: self,
            irq_flags,
        })
    }
}

/// `kernfs_rename_lock`, held for reading, with interrupts off.
///
/// # Invariants
///
/// The lock of `root` is held; `irq_flags` is what taking it returned.
pub(crate) struct RenameLock<'rcu> {
    root: KernfsRoot<'rcu>,
    irq_flags: usize,
}

impl Drop for RenameLock<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants the lock is held and the flags belong to it; the root
        // is alive.
        unsafe { bindings::cgroup_ns_rename_unlock(self.root.ptr, self.irq_flags) };
    }
}

/// Warns about a caller that asked for a path between two hierarchies.
#[cold]
pub(crate) fn warn_unrelated() {
    kernel::warn_on!(true);
}

/// Warns about a caller that asked for the dentry of a node which others may move.
#[cold]
pub(crate) fn warn_movable() {
    kernel::warn_on!(true);
}
