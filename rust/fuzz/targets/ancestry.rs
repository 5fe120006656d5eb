// SPDX-License-Identifier: GPL-2.0

//! `ancestry` and `policy`: any two nodes of any forest, and any boundary.

#![no_main]

#[path = "../forest.rs"]
mod forest;
#[path = "../../tests/tree/mod.rs"]
mod tree;

use cgroup_ns_logic::{
    ancestry::{common, is_descendant, Member},
    policy::{may_migrate, may_write},
};
use forest::Forest;
use libfuzzer_sys::fuzz_target;
use std::cell::OnceCell;
use tree::Tree;

/// A node that finds the line of its ancestors where all lines are.
#[derive(Clone, Copy)]
struct Placed<'a> {
    index: usize,
    lines: &'a [OnceCell<Vec<Placed<'a>>>],
}

impl PartialEq for Placed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Placed<'_> {}

impl Member for Placed<'_> {
    fn line(&self) -> &[Self] {
        self.lines[self.index].get().unwrap()
    }
}

/// Whether `node` is `ancestor` or below it, by walking up.
fn below(tree: &Tree, node: usize, ancestor: usize) -> bool {
    tree.line(node).contains(&ancestor)
}

fuzz_target!(|input: (Forest, u16, u16, u16, bool)| {
    let (forest, a, b, root, flag) = input;
    let tree = forest.plant();
    let count = tree.parents.len();
    let [a, b, root] = [a, b, root].map(|node| usize::from(node) % count);
    let lines: Vec<OnceCell<Vec<Placed<'_>>>> = (0..count).map(|_| OnceCell::new()).collect();
    let node = |index| Placed {
        index,
        lines: &lines,
    };
    for index in [a, b, root].into_iter().flat_map(|node| tree.line(node)) {
        let line = tree.line(index).into_iter().map(node).collect();
        let _ = lines[index].set(line);
    }

    let model = tree
        .line(a)
        .into_iter()
        .rev()
        .find(|&up| below(&tree, b, up));
    assert_eq!(common(node(a), node(b)).map(|up| up.index), model);
    assert_eq!(is_descendant(node(a), node(b)), below(&tree, a, b));

    let inside = below(&tree, a, root) && below(&tree, b, root);
    assert_eq!(may_migrate(node(a), node(b), Some(node(root))), inside);
    assert!(may_migrate(node(a), node(b), None));
    assert_eq!(
        may_write(node(a), flag, Some(node(root))),
        flag || a != root
    );
    assert!(may_write(node(a), flag, None));
});
