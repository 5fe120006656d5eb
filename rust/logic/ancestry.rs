// SPDX-License-Identifier: GPL-2.0

//! Who is below whom in a tree whose nodes know their level and all their ancestors.
//!
//! Owns the search for a common ancestor. Knows nothing of cgroups but what [`Member`] says.

/// A node that knows its way to the root, as a cgroup does by `level` and `ancestors[]`.
///
/// Two members are equal when they are the same node.
pub trait Member: Copy + Eq {
    /// Returns how many levels the node is below the root of its tree.
    fn level(self) -> usize;

    /// Returns the node on the way to the root that is at `level`: the node itself at its own
    /// level, the root at 0, [`None`] below its own.
    fn ancestor(self, level: usize) -> Option<Self>;
}

/// Returns whether `node` is `ancestor` or below it.
///
/// Any context; constant time.
#[inline]
pub fn is_descendant<M: Member>(node: M, ancestor: M) -> bool {
    node.ancestor(ancestor.level()) == Some(ancestor)
}

/// Returns the deepest node that both `a` and `b` are, or are below; [`None`] if they are in
/// different trees.
///
/// Any context. The ways of both to the root are the same above some level and differ below it,
/// so a binary search over the levels finds it.
pub fn common<M: Member>(a: M, b: M) -> Option<M> {
    let shared = |level| {
        a.ancestor(level)
            .filter(|&ancestor| b.ancestor(level) == Some(ancestor))
    };
    let mut found = shared(0)?;
    let (mut same, mut differ) = (0_usize, a.level().min(b.level()).saturating_add(1));
    loop {
        let level = same.midpoint(differ);
        if level == same {
            return Some(found);
        }
        match shared(level) {
            Some(ancestor) => (found, same) = (ancestor, level),
            None => differ = level,
        }
    }
}
