// SPDX-License-Identifier: GPL-2.0

//! `ancestry` and `policy`, over every small tree and over deep ones.

mod tree;

use cgroup_ns_logic::{
    ancestry::{common, is_descendant, Member},
    policy::{may_migrate, may_write},
};
use std::{cell::Cell, fmt, sync::OnceLock};
use tree::Tree;

thread_local! {
    /// How often two nodes were compared.
    static COMPARED: Cell<u32> = const { Cell::new(0) };
}

/// A node that has the line of its ancestors beside it. Leaked, since the line ends with itself.
#[derive(Clone, Copy)]
struct Placed {
    index: usize,
    line: &'static OnceLock<Vec<Placed>>,
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        COMPARED.set(COMPARED.get() + 1);
        self.index == other.index
    }
}

impl Eq for Placed {}

impl fmt::Debug for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}", self.index)
    }
}

impl Member for Placed {
    fn line(&self) -> &[Self] {
        self.line.get().unwrap()
    }
}

/// All nodes of a tree.
fn place(tree: &Tree) -> Vec<Placed> {
    let mut nodes: Vec<Placed> = Vec::new();
    for (index, parent) in tree.parents.iter().enumerate() {
        let line = Box::leak(Box::new(OnceLock::new()));
        let node = Placed { index, line };
        let mut above = parent.map_or(Vec::new(), |parent| nodes[parent].line().to_vec());
        above.push(node);
        line.set(above).unwrap();
        nodes.push(node);
    }
    nodes
}

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
        let nodes = place(tree);
        for a in 0..tree.parents.len() {
            for b in 0..tree.parents.len() {
                // As the C code does it: from one node up until the other is below.
                let model = tree
                    .line(a)
                    .into_iter()
                    .rev()
                    .find(|&up| below(tree, b, up));
                let found = common(nodes[a], nodes[b]);
                assert_eq!(found, model.map(|up| nodes[up]), "{a}, {b} of {tree:?}");
            }
        }
    });
}

#[test]
fn descendants_in_every_forest_of_up_to_six_nodes() {
    every_forest(6, |tree| {
        let nodes = place(tree);
        for a in 0..tree.parents.len() {
            for b in 0..tree.parents.len() {
                let found = is_descendant(nodes[a], nodes[b]);
                assert_eq!(found, below(tree, a, b), "{a}, {b} of {tree:?}");
            }
        }
    });
}

#[test]
fn a_common_ancestor_is_found_near_by_or_by_halves() {
    for depth in [1_usize, 2, 3, 16, 17, 100, 400] {
        for fork in (0..depth).rev().step_by(1 + depth / 20) {
            let trunk: Vec<_> = (0..=depth).map(|n| n.checked_sub(1)).collect();
            // The other branch leaves the trunk below level `fork`.
            let mut parents = trunk;
            parents.push(Some(fork));
            parents.extend((fork + 2..=depth).map(|n| Some(depth + n - fork - 1)));
            let nodes = place(&Tree::numbered(parents));
            let (one, other) = (nodes[depth], nodes[nodes.len() - 1]);
            assert_eq!((one.level(), other.level()), (depth, depth));

            COMPARED.set(0);
            let found = common(one, other).map(|node| node.level());
            assert_eq!(found, Some(fork), "depth {depth}");
            let near = depth - fork < 16;
            let most = if near {
                depth - fork + 1
            } else {
                18 + depth.ilog2() as usize
            };
            let took = COMPARED.get() as usize;
            assert!(took <= most, "{took} from {depth} to {fork}");
        }
    }
}

#[test]
fn a_boundary_must_be_above_both_ends_of_a_migration() {
    every_forest(4, |tree| {
        let nodes = place(tree);
        let all = || 0..tree.parents.len();
        for (a, b, root) in
            all().flat_map(|a| all().flat_map(move |b| all().map(move |r| (a, b, r))))
        {
            let allowed = may_migrate(nodes[a], nodes[b], Some(nodes[root]));
            let inside = below(tree, a, root) && below(tree, b, root);
            assert_eq!(allowed, inside, "{a} to {b} from {root} of {tree:?}");
            assert!(may_migrate(nodes[a], nodes[b], None));
        }
    });
}

#[test]
fn only_files_of_the_boundary_itself_are_closed() {
    every_forest(4, |tree| {
        let nodes = place(tree);
        for cgroup in 0..tree.parents.len() {
            for root in 0..tree.parents.len() {
                let (cgroup, boundary) = (nodes[cgroup], Some(nodes[root]));
                assert_eq!(may_write(cgroup, false, boundary), boundary != Some(cgroup));
                assert!(may_write(cgroup, true, boundary));
                assert!(may_write(cgroup, false, None));
            }
        }
    });
}
