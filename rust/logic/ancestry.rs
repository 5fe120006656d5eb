// SPDX-License-Identifier: GPL-2.0

//! Who is below whom in a tree whose nodes know their level and all their ancestors.
//!
//! Owns the search for a common ancestor. Knows nothing of cgroups but what [`Member`] says.

/// A node that knows its way to the root, as a cgroup does by `level` and `ancestors[]`.
///
/// Two members are equal when they are the same node.
pub trait Member: Copy + Eq {
    /// Returns all nodes on the way from the root to this one, both included: each at the index
    /// that is its level. Never empty.
    fn line(&self) -> &[Self];

    /// Returns how many levels the node is below the root of its tree.
    #[inline]
    fn level(&self) -> usize {
        self.line().len().wrapping_sub(1)
    }
}

/// Levels that are gone through one by one before it is worth to jump.
const NEAR: usize = 16;

/// Returns whether `node` is `ancestor` or below it.
///
/// Any context; constant time.
#[inline]
pub fn is_descendant<M: Member>(node: M, ancestor: M) -> bool {
    node.line().get(ancestor.level()) == Some(&ancestor)
}

/// Returns the deepest node that both `a` and `b` are, or are below; [`None`] if they are in
/// different trees.
///
/// Any context. The lines of both are the same above some level and differ below it. That level is
/// mostly near, so the last ones are compared one by one, and the others by halves.
pub fn common<M: Member>(a: M, b: M) -> Option<M> {
    let both = a.line().len().min(b.line().len());
    let (a, b) = (a.line().get(..both)?, b.line().get(..both)?);
    let jump = both.saturating_sub(NEAR);
    let ((a, near_a), (b, near_b)) = (a.split_at_checked(jump)?, b.split_at_checked(jump)?);
    if let Some((node, _)) = near_a.iter().zip(near_b).rfind(|(a, b)| a == b) {
        return Some(*node);
    }
    // Not partition_point(): the kernel's build of it can panic.
    let (mut same, mut differ) = (0_usize, jump);
    while same < differ {
        let level = same.midpoint(differ);
        if a.get(level) == b.get(level) {
            same = level.wrapping_add(1);
        } else {
            differ = level;
        }
    }
    a.get(..same)?.last().copied()
}
