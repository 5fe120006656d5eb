// SPDX-License-Identifier: GPL-2.0

//! The path that leads from one node of a tree to another.
//!
//! Owns the walk; the text is that of [`text`](super::text). Knows nothing of kernfs, locks or
//! errno: it sees nodes through [`Node`], so that the kernel and `cargo test` on the host compile
//! this one file.
//!
//! A path is written from its end backwards while walking up, because a node knows its parent and
//! not its children. One walk does it whenever the path fits and `from` is the root; every other
//! case adds a fixed number of walks, so the cost is linear in the length of the way.

use super::text::{fit, terminate, Byte, Text};

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
    let way = match (to, from) {
        (None, _) | (_, None) => Some((None, 0)),
        // Nearly every path is one from the root; that needs no search.
        (_, Some(root)) if root.parent().is_none() => Some((from, 0)),
        (Some(to), Some(from)) => meet(to, from).map(|(common, levels)| (Some(common), levels)),
    };

    let mut met = false;
    let len = way.map_or(Ok(0), |(stop, levels)| {
        fit(buf, |text| {
            let Some(to) = to else {
                met = true;
                return text.prepend(b"(null)");
            };
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
