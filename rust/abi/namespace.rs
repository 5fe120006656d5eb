// SPDX-License-Identifier: GPL-2.0

//! Cgroup namespaces, as C keeps them.
//!
//! C header: [`include/linux/cgroup_namespace.h`](srctree/include/linux/cgroup_namespace.h).

use super::{
    check,
    css_set::{CssSet, CssSetRef},
    user_namespace::{Ucount, UserNamespace},
};
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::{self, NonNull},
};
use kernel::{
    bindings,
    prelude::*,
    sync::{
        aref::{ARef, AlwaysRefCounted},
        rcu,
    },
    types::Opaque,
};

/// A `struct cgroup_namespace`.
///
/// # Invariants
///
/// The namespace holds a reference on its user namespace, which never changes, and one on the
/// css_set that is its root. Others can find the namespace of a task that is being cloned a moment
/// before the task gets its final root: a root that is replaced is put after that.
#[repr(transparent)]
pub(crate) struct CgroupNamespace(Opaque<Memory>);

// SAFETY: What is done with it here can be done from any thread.
unsafe impl Send for CgroupNamespace {}
// SAFETY: As above; what changes in it once others can find it is exchanged atomically, or has its
// own lock.
unsafe impl Sync for CgroupNamespace {}

// SAFETY: The functions count references, and the namespace lives while there is one.
unsafe impl AlwaysRefCounted for CgroupNamespace {
    #[inline]
    fn inc_ref(&self) {
        // SAFETY: A shared reference means that the count is not zero.
        unsafe { bindings::cgroup_ns_get(self.as_ptr()) };
    }

    #[inline]
    unsafe fn dec_ref(obj: NonNull<Self>) {
        // SAFETY: By the safety requirements the caller owns a reference.
        unsafe { bindings::cgroup_ns_put(obj.cast().as_ptr()) };
    }
}

/// A `struct cgroup_namespace`, of the size that C gives it.
#[repr(C)]
pub(crate) struct Memory {
    _align: [bindings::cgroup_namespace; 0],
    _bytes: [u8; bindings::CGROUP_NS_SIZE],
}

/// A field of a `struct cgroup_namespace` behind its `ns`, where C has it; bindgen may have it
/// elsewhere.
struct Field<T>(usize, PhantomData<T>);

const USER_NS: Field<bindings::user_namespace> = Field(bindings::CGROUP_NS_USER_NS, PhantomData);
const UCOUNTS: Field<bindings::ucounts> = Field(bindings::CGROUP_NS_UCOUNTS, PhantomData);
const ROOT_CSET: Field<bindings::css_set> = Field(bindings::CGROUP_NS_ROOT, PhantomData);

impl<T> Field<T> {
    /// Returns where the field is in `ns`.
    #[inline]
    fn of(self, ns: *mut bindings::cgroup_namespace) -> *mut *mut T {
        ns.wrapping_byte_add(self.0).cast()
    }
}

/// What a namespace holds, and gives back in this order.
pub(crate) struct Parts {
    /// The css_set whose cgroups are the namespace's roots.
    pub(crate) root: CssSetRef,
    /// What its owner is charged. Given back before the user namespace that counts it.
    pub(crate) ucount: Ucount,
    /// Its owner.
    pub(crate) user_ns: ARef<UserNamespace>,
}

impl CgroupNamespace {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` points to a namespace on which a reference is held during `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr<'a>(ptr: *mut bindings::cgroup_namespace) -> &'a Self {
        // SAFETY: By the safety requirements; the type is transparent.
        unsafe { &*ptr.cast() }
    }

    /// Returns the pointer that C knows the namespace by.
    #[inline]
    pub(super) fn as_ptr(&self) -> *mut bindings::cgroup_namespace {
        self.0.get().cast()
    }

    /// Makes a namespace of its parts, and lets others find it.
    ///
    /// Process context; may sleep.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`
    /// - `ENOSPC`: all inode numbers for namespaces are taken.
    pub(crate) fn new(parts: Parts) -> Result<ARef<Self>> {
        // SAFETY: It may sleep here.
        let ns = NonNull::new(unsafe { bindings::cgroup_ns_zalloc() }).ok_or(ENOMEM)?;
        let ns = ns.as_ptr();
        // SAFETY: The memory is ours alone, and zeroed. What is called is what the macro
        // ns_common_init() calls for a namespace that is not the initial one.
        let init = unsafe {
            bindings::__ns_common_init(
                &raw mut (*ns).ns,
                bindings::CLONE_NEWCGROUP,
                &raw const bindings::cgroupns_operations,
                0,
            )
        };
        check(init).inspect_err(|_| {
            // SAFETY: The memory is still ours alone.
            unsafe { bindings::cgroup_ns_kfree_rcu(ns) };
        })?;
        // INVARIANT: The references go over to the namespace.
        // SAFETY: The memory is still ours alone.
        unsafe {
            ROOT_CSET.of(ns).write(parts.root.into_raw());
            UCOUNTS.of(ns).write(parts.ucount.into_raw());
            USER_NS
                .of(ns)
                .write(ARef::into_raw(parts.user_ns).as_ptr().cast());
        }
        // SAFETY: The namespace is complete, and in no tree yet. What is called is what the macro
        // ns_tree_add() calls for a namespace that is not the initial one.
        unsafe {
            bindings::__ns_tree_gen_id(&raw mut (*ns).ns, 0);
            bindings::__ns_tree_add_raw(&raw mut (*ns).ns, &raw mut bindings::cgroup_ns_tree);
        }
        // SAFETY: It is not null. The namespace was initialised with one reference: ours.
        Ok(unsafe { ARef::from_raw(NonNull::new_unchecked(ns.cast())) })
    }

    /// Ends a namespace: nobody finds it any more, and what it holds is given back.
    ///
    /// Any context that may take `css_set_lock`.
    ///
    /// # Safety
    ///
    /// `ns` was made by [`new`](Self::new), and its last reference is gone.
    pub(super) unsafe fn free(ns: *mut bindings::cgroup_namespace) {
        // SAFETY: By the safety requirements it is in the tree, and nobody who is not in a RCU
        // read-side critical section uses it. Its parts are given back once, here.
        unsafe {
            bindings::__ns_tree_remove(&raw mut (*ns).ns, &raw mut bindings::cgroup_ns_tree);
            drop(Self::take_parts(ns));
            bindings::__ns_common_free(&raw mut (*ns).ns);
            bindings::cgroup_ns_kfree_rcu(ns);
        }
    }

    /// Takes back what a namespace holds.
    ///
    /// # Safety
    ///
    /// `ns` was made by [`new`](Self::new), and the parts have not been taken back yet.
    unsafe fn take_parts(ns: *mut bindings::cgroup_namespace) -> Parts {
        // SAFETY: By the safety requirements the pointers are those that new() put there, each
        // with its reference.
        unsafe {
            Parts {
                root: CssSetRef::from_raw(NonNull::new_unchecked(ROOT_CSET.of(ns).read())),
                ucount: Ucount::from_raw(NonNull::new_unchecked(UCOUNTS.of(ns).read())),
                user_ns: ARef::from_raw(NonNull::new_unchecked(USER_NS.of(ns).read().cast())),
            }
        }
    }

    /// Returns whether this is the namespace that the first task is in. Any context.
    #[inline]
    pub(crate) fn is_init(&self) -> bool {
        ptr::eq(self.as_ptr(), &raw const bindings::init_cgroup_ns)
    }

    /// Returns the owner. Any context.
    #[inline]
    pub(crate) fn user_ns(&self) -> &UserNamespace {
        // SAFETY: By the type invariants a reference is held as long as `self` lives.
        unsafe { UserNamespace::from_ptr(USER_NS.of(self.as_ptr()).read()) }
    }

    /// Returns the css_set whose cgroups are the roots. Any context.
    #[inline]
    pub(crate) fn root_cset<'a>(&'a self, _rcu: &'a rcu::Guard) -> CssSet<'a> {
        // SAFETY: The namespace is alive. A volatile read is READ_ONCE(), which suffices for
        // rcu_dereference(): what is read next depends on the address.
        let cset = unsafe { ROOT_CSET.of(self.as_ptr()).read_volatile() };
        // SAFETY: By the type invariants the pointer is never null, and a reference was held when
        // it was read: the css_set is not freed while RCU is held.
        unsafe { CssSet::from_ptr(NonNull::new_unchecked(cset)) }
    }

    /// Gives the namespace another root, and returns the old one. Any context.
    pub(crate) fn replace_root(&self, root: CssSetRef) -> CssSetRef {
        // SAFETY: The namespace is alive. The reference that it held goes to the caller, and the
        // one of `root` to the namespace; the exchange is atomic and a full barrier, so that
        // whoever finds the new css_set finds it complete.
        unsafe {
            let old = bindings::cgroup_ns_xchg_root(self.as_ptr(), root.into_raw());
            CssSetRef::from_raw(NonNull::new_unchecked(old))
        }
    }
}

/// A set of namespaces that is being put together for a task, by setns(2).
///
/// # Invariants
///
/// `ptr` is a `struct nsset` that is nobody else's for `'a`; its nsproxy, which is not shared yet
/// either, owns a reference on its cgroup namespace, and its credentials are alive.
pub(crate) struct NsSet<'a>(&'a mut bindings::nsset);

impl<'a> NsSet<'a> {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` is as the type invariants say during `'a`.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: *mut bindings::nsset) -> Self {
        // SAFETY: By the safety requirements.
        Self(unsafe { &mut *ptr })
    }

    /// Returns the user namespace that the task will be in.
    #[inline]
    pub(crate) fn user_ns(&self) -> &UserNamespace {
        // SAFETY: By the type invariants the credentials are alive, and hold a reference.
        unsafe { UserNamespace::from_ptr((*self.0.cred).user_ns) }
    }

    /// Returns the cgroup namespace that is in the set.
    #[inline]
    pub(crate) fn cgroup_ns(&self) -> &CgroupNamespace {
        // SAFETY: By the type invariants the nsproxy owns a reference.
        unsafe { CgroupNamespace::from_ptr((*self.0.nsproxy).cgroup_ns) }
    }

    /// Puts another cgroup namespace in the set, and returns the old one.
    #[inline]
    pub(crate) fn replace_cgroup_ns(&mut self, ns: ARef<CgroupNamespace>) -> ARef<CgroupNamespace> {
        let new = ManuallyDrop::new(ns).as_ptr();
        // SAFETY: By the type invariants the nsproxy is ours to change, and owns a reference,
        // which goes to the caller, as the one of `ns` goes to the nsproxy.
        unsafe {
            let place = &raw mut (*self.0.nsproxy).cgroup_ns;
            ARef::from_raw(NonNull::new_unchecked(place.replace(new).cast()))
        }
    }
}
