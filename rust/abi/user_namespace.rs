// SPDX-License-Identifier: GPL-2.0

//! User namespaces: who may do what in them, and how many cgroup namespaces they may have.
//!
//! C header: [`include/linux/user_namespace.h`](srctree/include/linux/user_namespace.h).

use core::{mem::ManuallyDrop, ptr::NonNull};
use kernel::{bindings, sync::aref::AlwaysRefCounted, types::Opaque};

/// A `struct user_namespace`.
#[repr(transparent)]
pub(crate) struct UserNamespace(Opaque<bindings::user_namespace>);

// SAFETY: What is done with it here can be done from any thread.
unsafe impl Send for UserNamespace {}
// SAFETY: As above; it has its own locks.
unsafe impl Sync for UserNamespace {}

impl UserNamespace {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` points to a user namespace that holds a reference during `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr<'a>(ptr: *mut bindings::user_namespace) -> &'a Self {
        // SAFETY: By the safety requirements; the type is transparent.
        unsafe { &*ptr.cast() }
    }

    /// Returns the pointer that C knows the namespace by.
    #[inline]
    pub(super) fn as_ptr(&self) -> *mut bindings::user_namespace {
        self.0.get()
    }

    /// Returns whether the current task has CAP_SYS_ADMIN in the namespace. A yes is recorded in
    /// the task's flags, as for every privilege that is used.
    ///
    /// Process context.
    #[inline]
    pub(crate) fn is_capable(&self) -> bool {
        // SAFETY: The namespace is alive.
        unsafe { bindings::cgroup_ns_capable(self.0.get()) }
    }
}

// SAFETY: The functions count references, and the namespace lives while there is one.
unsafe impl AlwaysRefCounted for UserNamespace {
    #[inline]
    fn inc_ref(&self) {
        // SAFETY: A shared reference means that the count is not zero.
        unsafe { bindings::cgroup_ns_get_user_ns(self.0.get()) };
    }

    #[inline]
    unsafe fn dec_ref(obj: NonNull<Self>) {
        // SAFETY: By the safety requirements the caller owns a reference.
        unsafe { bindings::cgroup_ns_put_user_ns(obj.cast().as_ptr()) };
    }
}

/// One cgroup namespace, charged to its owner and all user namespaces above.
///
/// # Invariants
///
/// The charge is owned.
pub(crate) struct Ucount(NonNull<bindings::ucounts>);

impl Ucount {
    /// Charges the current task's user for one cgroup namespace in `user_ns`; [`None`] where
    /// `user.max_cgroup_namespaces` forbids it, or where there is no memory to count it.
    ///
    /// Process context; may sleep.
    #[inline]
    pub(crate) fn charge(user_ns: &UserNamespace) -> Option<Self> {
        // SAFETY: The namespace is alive.
        let ucounts =
            unsafe { bindings::inc_ucount(user_ns.0.get(), bindings::current_euid(), Self::KIND) };
        // INVARIANT: What is returned is charged.
        NonNull::new(ucounts).map(Self)
    }

    const KIND: bindings::ucount_type = bindings::ucount_type_UCOUNT_CGROUP_NAMESPACES;

    /// Takes over a charge from C.
    ///
    /// # Safety
    ///
    /// `ptr` is what [`into_raw`](Self::into_raw) returned, and is given away.
    #[inline]
    pub(super) unsafe fn from_raw(ptr: NonNull<bindings::ucounts>) -> Self {
        // INVARIANT: By the safety requirements.
        Self(ptr)
    }

    /// Hands the charge over to C.
    #[inline]
    pub(super) fn into_raw(self) -> *mut bindings::ucounts {
        ManuallyDrop::new(self).0.as_ptr()
    }
}

impl Drop for Ucount {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants the charge is ours to give back.
        unsafe { bindings::dec_ucount(self.0.as_ptr(), Self::KIND) };
    }
}
