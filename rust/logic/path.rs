// SPDX-License-Identifier: GPL-2.0

//! The path that leads from one node of a tree to another.
//!
//! Owns the walk and the layout of the text. Knows nothing of kernfs, locks or errno: it sees
//! nodes through [`Node`], so that the kernel and `cargo test` on the host compile this one file.
//!
//! A path is written from the end of the buffer backwards while walking up, because a node knows
//! its parent and not its children, and is then moved to the front. One walk does it whenever the
//! path fits and `from` is the root; every other case adds a fixed number of walks, so the cost is
//! linear in the length of the way.

use core::mem::MaybeUninit;

/// A node of a tree, as far as a path needs one.
///
/// `'a` bounds the life of the names. Two nodes are equal when they are the same node.
pub trait Node<'a>: Copy + Eq {
    /// Returns the parent, or [`None`] for a root.
    fn parent(self) -> Option<Self>;

    /// Returns the name without NUL bytes and slashes. Never asked of a root.
    ///
    /// Two calls may differ when somebody renames the node in between.
    fn name(self) -> &'a [u8];
}

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

/// Why there is no whole path in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The path is longer than the buffer, which holds the NUL-terminated head of it.
    TooLong,
    /// The two nodes are in different trees. The buffer holds the empty string.
    Unrelated,
}

/// Writes the NUL-terminated path of `to`, as seen from `from`, to the start of `buf`.
///
/// - `from` is `to`: `/`.
/// - `from` is above `to`: the names on the way down, each after a slash. No `from` at all means
///   the root of `to`.
/// - otherwise: `/..` for each level from `from` up to the nearest common ancestor, then the names
///   down to `to`.
/// - no `to`: `(null)`.
///
/// `buf` may have any size, none included; what lies behind the NUL is left in an unspecified
/// state.
///
/// Any context; neither allocates nor sleeps. The caller keeps both nodes, and all above them,
/// alive, and parents from changing.
///
/// Returns the length without the NUL.
///
/// # Errors
///
/// [`Error::TooLong`] and [`Error::Unrelated`], as said there.
///
/// The first three cases are those of the kernel-doc of `kernfs_path_from_node_locked()` in
/// fs/kernfs/dir.c.
pub fn relative<'a, N: Node<'a>, B: Byte>(
    to: Option<N>,
    from: Option<N>,
    buf: &mut [B],
) -> Result<usize, Error> {
    let Some(to) = to else {
        return fit(buf, |text| text.prepend(b"(null)"));
    };
    let way = match from {
        None => Some((None, 0)),
        // Nearly every path is one from the root; that needs no search.
        Some(root) if root.parent().is_none() => Some((from, 0)),
        Some(from) => meet(to, from).map(|(common, levels)| (Some(common), levels)),
    };

    let mut met = false;
    let len = way.map_or(Ok(0), |(stop, levels)| {
        fit(buf, |text| {
            met = climb(to, stop, text);
            for _ in 0..levels {
                text.prepend(b"/..");
            }
        })
    });
    if !met {
        terminate(buf, 0);
        return Err(Error::Unrelated);
    }
    len
}

/// Prepends the names from `node` up to, and without, `stop`; up to the root if there is none.
///
/// Returns whether `stop` was met.
#[inline]
fn climb<'a, N: Node<'a>, B: Byte>(node: N, stop: Option<N>, text: &mut Text<'_, B>) -> bool {
    let mut node = node;
    while Some(node) != stop {
        let Some(parent) = node.parent() else {
            return stop.is_none();
        };
        text.prepend_name(node.name());
        node = parent;
    }
    true
}

/// Returns the nearest common ancestor and how many levels it is above `from`.
///
/// Nodes do not know their depth, and the root may be far away from both. So an ancestor of `to`
/// is looked for among those of `from`, at twice the distance each time that it is not found: the
/// cost is linear in the distance of the result and not in the depth.
fn meet<'a, N: Node<'a>>(to: N, from: N) -> Option<(N, usize)> {
    let (mut above_to, mut distance, mut reach) = (to, 0_usize, 1_usize);
    let from_distance = loop {
        let climbed = ascend(above_to, reach.wrapping_sub(distance), Some(from));
        above_to = climbed.0;
        distance = distance.wrapping_add(climbed.1);
        if above_to == from {
            return Some((from, 0));
        }
        let at_root = distance < reach;
        let limit = if at_root { usize::MAX } else { reach };
        match ascend(from, limit, Some(above_to)) {
            (node, levels) if node == above_to => break levels,
            _ if at_root => return None,
            _ => reach = reach.wrapping_mul(2),
        }
    };

    // As far from the common ancestor now, one as the other.
    let (mut to, _) = ascend(to, distance.saturating_sub(from_distance), None);
    let mut levels = from_distance.saturating_sub(distance);
    let (mut from, _) = ascend(from, levels, None);
    while to != from {
        to = to.parent()?;
        from = from.parent()?;
        levels = levels.wrapping_add(1);
    }
    Some((to, levels))
}

/// Goes up from `node` for `limit` levels, or to `stop`, or to the root, whichever is met first.
///
/// Returns the node there, and how many levels up it is.
#[inline]
fn ascend<'a, N: Node<'a>>(node: N, limit: usize, stop: Option<N>) -> (N, usize) {
    let (mut node, mut levels) = (node, 0_usize);
    while levels < limit && Some(node) != stop {
        let Some(parent) = node.parent() else {
            break;
        };
        node = parent;
        levels = levels.wrapping_add(1);
    }
    (node, levels)
}

/// Lets `write` prepend a text, and brings it, or the head of it, to the start of `buf`.
///
/// The first pass hopes that the text fits and lets it end where the buffer ends. If it does not,
/// its length is known now, and a second pass lets it start where the buffer starts. A name that
/// changed in between makes the lengths differ; then it starts again, since a head can only be
/// whole if the length was right. Each further pass takes another rename.
#[inline]
fn fit<B: Byte>(buf: &mut [B], mut write: impl FnMut(&mut Text<'_, B>)) -> Result<usize, Error> {
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
            close_gap(buf, room.wrapping_sub(len));
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
struct Text<'b, B> {
    buf: &'b mut [B],
    /// Offset of the end of the text from the start of `buf`; may lie beyond the end of `buf`.
    end: usize,
    /// Bytes prepended so far, also those that found no place in `buf`.
    len: usize,
}

impl<B: Byte> Text<'_, B> {
    #[inline]
    fn prepend(&mut self, bytes: &[u8]) {
        if let Some(place) = self.reserve(bytes.len()) {
            copy(place, bytes);
        }
    }

    /// Prepends a name with its slash.
    #[inline]
    fn prepend_name(&mut self, name: &[u8]) {
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
#[inline]
fn copy<B: Byte>(to: &mut [B], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = B::new(*from);
    }
}

/// Moves what lies behind a gap of `gap` bytes to the start of `buf`.
#[inline]
fn close_gap<B: Byte>(buf: &mut [B], gap: usize) {
    // Always so; said for the compiler, which then sees that copy_within() cannot panic. A loop
    // that calls memcpy() took half as long again for a path of five names.
    if gap <= buf.len() {
        buf.copy_within(gap.., 0);
    }
}

/// Ends the text at the start of `buf` after `len` bytes.
#[inline]
fn terminate<B: Byte>(buf: &mut [B], len: usize) {
    if let Some(end) = buf.get_mut(len) {
        *end = B::new(0);
    }
}
