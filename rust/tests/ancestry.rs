// SPDX-License-Identifier: GPL-2.0

//! `ancestry` and `policy`, over every small tree and over deep ones.

mod tree;

use cgroup_ns_logic::{
    ancestry::{common, is_descendant, Member},
    policy::{may_migrate, may_write},
};
use std::cell::Cell;
use tree::Tree;

/// Every forest of up to `most` nodes: each node has one of those before it as parent, or none.
fn every_forest(most: usize, check: impl Fn(&Tree)) {
    fn grow(parents: &mut Vec<Option<usize>>, most: usize, check: &impl Fn(&Tree)) {
        check(&Tree::numbered(parents.clone()));
        if parents.len() < most {
            for parent in (0..=parents.len()).map(|n| n.checked_sub(1)) {
                parents.push(parent);
                grow(parents, most, check);
                parents.pop();
            }
        }
    }
    grow(&mut Vec::new(), most, &check);
}

/// Whether `node` is `ancestor` or below it, by walking up.
fn below(tree: &Tree, node: usize, ancestor: usize) -> bool {
    tree.line(node).contains(&ancestor)
}

#[test]
fn common_ancestor_in_every_forest_of_up_to_six_nodes() {
    every_forest(6, |tree| {
        for a in 0..tree.parents.len() {
            for b in 0..tree.parents.len() {
                // As the C code does it: from one node up until the other is below.
                let model = tree
                    .line(a)
                    .into_iter()
                    .rev()
                    .find(|&up| below(tree, b, up));
                let found = common(tree.node(a), tree.node(b));
                assert_eq!(found, model.map(|up| tree.node(up)), "{a}, {b} of {tree:?}");
            }
        }
    });
}

#[test]
fn descendants_in_every_forest_of_up_to_six_nodes() {
    every_forest(6, |tree| {
        for a in 0..tree.parents.len() {
            for b in 0..tree.parents.len() {
                let found = is_descendant(tree.node(a), tree.node(b));
                assert_eq!(found, below(tree, a, b), "{a}, {b} of {tree:?}");
            }
        }
    });
}

/// A node of one of two branches that part below level `fork`, and that counts what it is asked.
#[derive(Clone, Copy)]
struct Counted<'a> {
    level: usize,
    branch: u8,
    fork: usize,
    asked: &'a Cell<u32>,
}

impl PartialEq for Counted<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.level == other.level && (self.branch == other.branch || self.level <= self.fork)
    }
}

impl Eq for Counted<'_> {}

impl Member for Counted<'_> {
    fn level(self) -> usize {
        self.level
    }

    fn ancestor(self, level: usize) -> Option<Self> {
        self.asked.set(self.asked.get() + 1);
        (level <= self.level).then_some(Self { level, ..self })
    }
}

#[test]
fn common_ancestor_is_found_in_logarithmic_time() {
    for depth in [1_usize, 2, 3, 10, 100, 1000, 4095] {
        for fork in 0..depth {
            let asked = Cell::new(0);
            let node = |branch| Counted {
                level: depth,
                branch,
                fork,
                asked: &asked,
            };
            let found = common(node(0), node(1)).map(|node| node.level);
            assert_eq!(found, Some(fork), "depth {depth}");
            let most = 2 * (depth.ilog2() + 3);
            assert!(asked.get() <= most, "{} at depth {depth}", asked.get());
        }
    }
}

#[test]
fn a_boundary_must_be_above_both_ends_of_a_migration() {
    every_forest(4, |tree| {
        let all = || 0..tree.parents.len();
        for (a, b, root) in
            all().flat_map(|a| all().flat_map(move |b| all().map(move |r| (a, b, r))))
        {
            let allowed = may_migrate(tree.node(a), tree.node(b), Some(tree.node(root)));
            let inside = below(tree, a, root) && below(tree, b, root);
            assert_eq!(allowed, inside, "{a} to {b} from {root} of {tree:?}");
            assert!(may_migrate(tree.node(a), tree.node(b), None));
        }
    });
}

#[test]
fn only_files_of_the_boundary_itself_are_closed() {
    every_forest(4, |tree| {
        for cgroup in 0..tree.parents.len() {
            for root in 0..tree.parents.len() {
                let (cgroup, boundary) = (tree.node(cgroup), Some(tree.node(root)));
                assert_eq!(may_write(cgroup, false, boundary), boundary != Some(cgroup));
                assert!(may_write(cgroup, true, boundary));
                assert!(may_write(cgroup, false, None));
            }
        }
    });
}
