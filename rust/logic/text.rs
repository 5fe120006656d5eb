// SPDX-License-Identifier: GPL-2.0

//! A text that is written from its end backwards, and is then moved to the front of its buffer.
//!
//! Owns what becomes of a text that does not fit, and how bytes are copied. Knows nothing of nodes.

use super::path::Error;
use core::mem::MaybeUninit;

/// A byte of a buffer that may be uninitialised, as a caller's from C is, or not.
pub trait Byte: Copy {
    /// Returns a byte with a value.
    fn new(value: u8) -> Self;
}

impl Byte for u8 {
    #[inline]
    fn new(value: u8) -> Self {
        value
    }
}

impl Byte for MaybeUninit<u8> {
    #[inline]
    fn new(value: u8) -> Self {
        MaybeUninit::new(value)
    }
}

/// Lets `write` prepend a text, and brings it, or the head of it, to the start of `buf`.
///
/// - `write`: may be called any number of times, and starts from nothing each time. A text of no
///   bytes becomes a slash.
///
/// Any context; neither allocates nor sleeps. Returns the length without the NUL that ends it.
///
/// # Errors
///
/// - [`Error::TooLong`]: `buf` holds the NUL-terminated head of the text, or nothing if it has no
///   byte.
///
/// The first pass hopes that the text fits and lets it end where the buffer ends. If it does not,
/// its length is known now, and a second pass lets it start where the buffer starts. A name that
/// changed in between makes the lengths differ; then it starts again, since a head can only be
/// whole if the length was right. Each further pass takes another rename.
#[inline]
pub fn fit<B: Byte>(
    buf: &mut [B],
    mut write: impl FnMut(&mut Text<'_, B>),
) -> Result<usize, Error> {
    let room = buf.len().saturating_sub(1);
    let mut end = room;
    loop {
        let mut text = Text { buf, end, len: 0 };
        write(&mut text);
        if text.len == 0 {
            text.prepend(b"/");
        }

        let len = text.len;
        if end == room && len <= room {
            close_gap(buf, room.wrapping_sub(len), len);
            terminate(buf, len);
            return Ok(len);
        }
        if end == len {
            terminate(buf, room);
            return Err(Error::TooLong);
        }
        end = len.max(room);
    }
}

/// A text that grows towards its start, laid over a buffer that may be too small for it.
pub struct Text<'b, B> {
    buf: &'b mut [B],
    /// Offset of the end of the text from the start of `buf`; may lie beyond the end of `buf`.
    end: usize,
    /// Bytes prepended so far, also those that found no place in `buf`.
    len: usize,
}

impl<B: Byte> Text<'_, B> {
    /// Prepends some bytes, as far as there is room.
    #[inline]
    pub fn prepend<const N: usize>(&mut self, bytes: &[u8; N]) {
        if let Some(place) = self.reserve(N) {
            match place.first_chunk_mut() {
                Some(place) => *place = bytes.map(B::new),
                None => copy_long(place, bytes),
            }
        }
    }

    /// Prepends a name with its slash, as far as there is room.
    #[inline]
    pub fn prepend_name(&mut self, name: &[u8]) {
        if let Some((slash, place)) = self
            .reserve(name.len().wrapping_add(1))
            .and_then(<[B]>::split_first_mut)
        {
            *slash = B::new(b'/');
            copy(place, name);
        }
    }

    /// Makes the text longer by `len`. Returns what `buf` holds from the new start on, if that
    /// lies in it.
    #[inline]
    fn reserve(&mut self, len: usize) -> Option<&mut [B]> {
        // No text is so long that this wraps: names take more memory than they add here.
        self.len = self.len.wrapping_add(len);
        let start = self.end.checked_sub(self.len)?;
        self.buf.get_mut(start..)
    }
}

/// Copies as much of `from` as `to` has room for.
///
/// memcpy() is made for what is long, and names are short: up to 32 bytes go as a first and a last
/// piece, which may overlap.
#[inline]
fn copy<B: Byte>(to: &mut [B], from: &[u8]) {
    let len = to.len().min(from.len());
    let (Some(to), Some(from)) = (to.get_mut(..len), from.get(..len)) else {
        return;
    };
    match len {
        17..=32 => copy_ends::<16, B>(to, from),
        9..=16 => copy_ends::<8, B>(to, from),
        5..=8 => copy_ends::<4, B>(to, from),
        3..=4 => copy_ends::<2, B>(to, from),
        1..=2 => copy_ends::<1, B>(to, from),
        _ => copy_long(to, from),
    }
}

/// The same, by memcpy().
fn copy_long<B: Byte>(to: &mut [B], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = B::new(*from);
    }
}

/// Copies the first `N` bytes and the last, between slices of one length that is not smaller.
#[inline]
fn copy_ends<const N: usize, B: Byte>(to: &mut [B], from: &[u8]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
        set_ends(to, first.map(B::new), last.map(B::new));
    }
}

/// Sets the first `N` bytes and the last.
#[inline]
fn set_ends<const N: usize, B: Byte>(to: &mut [B], first: [B; N], last: [B; N]) {
    if let Some(place) = to.first_chunk_mut() {
        *place = first;
    }
    if let Some(place) = to.last_chunk_mut() {
        *place = last;
    }
}

/// Moves the text of `len` bytes that lies behind a gap of `gap` bytes to the start of `buf`.
///
/// As [`copy`] does it: of a short text, both pieces are read before the first is written.
#[inline]
fn close_gap<B: Byte>(buf: &mut [B], gap: usize, len: usize) {
    match len {
        17..=32 => move_ends::<16, B>(buf, gap, len),
        8..=16 => move_ends::<8, B>(buf, gap, len),
        // Always so; said for the compiler, which then sees that copy_within() cannot panic. A
        // loop that calls memcpy() took half as long again for a path of five names.
        _ if gap <= buf.len() => buf.copy_within(gap.., 0),
        _ => {}
    }
}

/// Moves the first `N` bytes of a text and the last, as [`close_gap`] moves the whole.
#[inline]
fn move_ends<const N: usize, B: Byte>(buf: &mut [B], gap: usize, len: usize) {
    let text = buf.get(gap..).and_then(|text| text.get(..len));
    let first = text.and_then(|text| text.first_chunk::<N>()).copied();
    let last = text.and_then(|text| text.last_chunk::<N>()).copied();
    if let (Some(first), Some(last), Some(to)) = (first, last, buf.get_mut(..len)) {
        set_ends(to, first, last);
    }
}

/// Ends the text at the start of `buf` after `len` bytes, if that lies in it.
#[inline]
pub fn terminate<B: Byte>(buf: &mut [B], len: usize) {
    if let Some(end) = buf.get_mut(len) {
        *end = B::new(0);
    }
}
