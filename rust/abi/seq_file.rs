// SPDX-License-Identifier: GPL-2.0

//! Files of /proc that are printed into a buffer which grows as needed.
//!
//! C header: [`include/linux/seq_file.h`](srctree/include/linux/seq_file.h).

use super::kernfs::KernfsNode;
use crate::path;
use core::{mem::MaybeUninit, slice};
use kernel::{bindings, prelude::*};

/// A `struct seq_file` whose `show` method is running.
///
/// What does not fit is dropped and remembered: the caller in C then makes the buffer larger and
/// calls again, so nothing that is read was ever cut.
///
/// # Invariants
///
/// The buffer has `size` bytes. `count` is below that and the first `count` bytes are initialised;
/// or `count` equals `size`: something did not fit, or only just did, which C takes for the same.
pub(crate) struct SeqFile<'a>(&'a mut bindings::seq_file);

impl SeqFile<'_> {
    /// Wraps a pointer from C.
    ///
    /// # Safety
    ///
    /// `ptr` points to a seq_file that is nobody else's during `'_`, and whose `show` method was
    /// called.
    #[inline]
    pub(super) unsafe fn from_ptr(ptr: *mut bindings::seq_file) -> Self {
        // INVARIANT: C keeps it so.
        // SAFETY: By the safety requirements.
        Self(unsafe { &mut *ptr })
    }

    /// Prints bytes as they are. Any context.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.extend(bytes.len(), |place| {
            for (to, from) in place.iter_mut().zip(bytes) {
                to.write(*from);
            }
        });
    }

    /// Prints `count` spaces. Any context.
    pub(crate) fn push_spaces(&mut self, count: usize) {
        self.extend(count, |place| {
            for to in place {
                to.write(b' ');
            }
        });
    }

    /// Prints a number in decimal. Any context.
    #[inline]
    pub(crate) fn push_decimal(&mut self, number: u64) {
        // SAFETY: By the type invariants; the delimiter is an empty C string.
        unsafe { bindings::seq_put_decimal_ull(self.0, c"".as_char_ptr(), number) };
    }

    /// Prints the path of `to` as seen from `from`.
    ///
    /// Any context. See [`path::from_node`].
    ///
    /// # Errors
    ///
    /// - `EINVAL`: the nodes are in different hierarchies.
    pub(crate) fn push_path(&mut self, to: KernfsNode<'_>, from: KernfsNode<'_>) -> Result {
        match path::from_node(Some(to), Some(from), self.spare()) {
            // INVARIANT: So many bytes of the spare ones are initialised now, and a NUL behind.
            Ok(len) => self.0.count = self.0.count.wrapping_add(len),
            Err(error) if error == E2BIG => self.overflow(),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Returns how much was printed, in bytes.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.0.count
    }

    /// Returns what was printed after the first `start` bytes; nothing if something did not fit.
    #[inline]
    pub(crate) fn printed_mut(&mut self, start: usize) -> &mut [u8] {
        if self.0.count >= self.0.size {
            return &mut [];
        }
        // SAFETY: By the type invariants these bytes are initialised, and nobody else's.
        let all = unsafe { slice::from_raw_parts_mut(self.0.buf.cast::<u8>(), self.0.count) };
        all.get_mut(start..).unwrap_or_default()
    }

    /// Returns the rest of the buffer: nothing once something did not fit.
    #[inline]
    fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: By the type invariants the buffer has these bytes, and they are nobody else's.
        unsafe {
            let start = self.0.buf.cast::<MaybeUninit<u8>>().add(self.0.count);
            slice::from_raw_parts_mut(start, self.0.size.wrapping_sub(self.0.count))
        }
    }

    /// Lets `write` initialise the next `len` bytes, if there are so many.
    #[inline]
    fn extend(&mut self, len: usize, write: impl FnOnce(&mut [MaybeUninit<u8>])) {
        match self.spare().get_mut(..len) {
            Some(place) => {
                write(place);
                // INVARIANT: Every caller's `write` initialises all of them.
                self.0.count = self.0.count.wrapping_add(len);
            }
            None => self.overflow(),
        }
    }

    /// Remembers that something did not fit.
    #[inline]
    fn overflow(&mut self) {
        self.0.count = self.0.size;
    }
}
