// SPDX-License-Identifier: GPL-2.0

//! Dentries and super blocks of kernfs.
//!
//! C headers: [`include/linux/dcache.h`](srctree/include/linux/dcache.h) and
//! [`include/linux/namei.h`](srctree/include/linux/namei.h).

use core::{marker::PhantomData, mem::ManuallyDrop, ptr::NonNull};
use kernel::{bindings, error::from_err_ptr, prelude::*};

/// A `struct super_block` that is mounted during `'a`.
///
/// # Invariants
///
/// For `'a` the super block is one of kernfs, active, and has a root.
#[derive(Clone, Copy)]
pub(crate) struct SuperBlock<'a> {
    ptr: *mut bindings::super_block,
    _active: PhantomData<&'a bindings::super_block>,
}

impl SuperBlock<'_> {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` is as the type invariants say during `'_`.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: *mut bindings::super_block) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            ptr,
            _active: PhantomData,
        }
    }

    /// Returns a reference to the dentry at the top. Any context.
    pub(crate) fn root(self) -> Dentry {
        // SAFETY: By the type invariants there is one, and the super block holds a reference.
        let root = unsafe {
            let root = (*self.ptr).s_root;
            bindings::cgroup_ns_dget(root);
            NonNull::new_unchecked(root)
        };
        // INVARIANT: The reference was just taken.
        Dentry(root)
    }
}

/// A reference to a dentry of kernfs.
///
/// # Invariants
///
/// A reference is owned; the super block is active while it is.
pub(crate) struct Dentry(NonNull<bindings::dentry>);

impl Dentry {
    /// Takes over a reference from C.
    ///
    /// # Safety
    ///
    /// The caller owns a reference on `ptr`, gives it away, and keeps the super block active.
    #[inline]
    pub(super) unsafe fn from_raw(ptr: NonNull<bindings::dentry>) -> Self {
        // INVARIANT: By the safety requirements.
        Self(ptr)
    }

    /// Hands the reference over to C.
    #[inline]
    pub(super) fn into_raw(self) -> *mut bindings::dentry {
        ManuallyDrop::new(self).0.as_ptr()
    }

    /// Looks up what is called `name` in this directory. Permissions are not asked for.
    ///
    /// Process context; may sleep, and takes the directory's lock.
    ///
    /// # Errors
    ///
    /// - `ENOENT`: there is nothing of that name.
    /// - `EACCES`: no entry can have that name.
    /// - `ENOMEM`
    pub(crate) fn lookup(&self, name: &[u8]) -> Result<Self> {
        let mut name = bindings::qstr {
            __bindgen_anon_1: bindings::qstr__bindgen_ty_1 {
                __bindgen_anon_1: bindings::qstr__bindgen_ty_1__bindgen_ty_1 {
                    // CAST: A name came in a path, and so is shorter than PATH_MAX.
                    len: name.len() as u32,
                    ..Default::default()
                },
            },
            name: name.as_ptr(),
        };
        // SAFETY: By the type invariants the dentry is alive. The name is for the call alone.
        let found = from_err_ptr(unsafe {
            bindings::lookup_noperm_positive_unlocked(&raw mut name, self.0.as_ptr())
        })?;
        // INVARIANT: What is returned comes with a reference, and is of the same super block.
        NonNull::new(found).map(Self).ok_or(ENOENT)
    }
}

impl Drop for Dentry {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants the reference is ours to give back.
        unsafe { bindings::dput(self.0.as_ptr()) };
    }
}
