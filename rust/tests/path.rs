// SPDX-License-Identifier: GPL-2.0

//! `path::relative`, case by case, over every small tree, and over random ones.

mod tree;

use cgroup_ns_logic::path::{Error, Node};
use proptest::prelude::*;
use std::cell::Cell;
use tree::{call, text, Handle, Tree};

/// A buffer that every path of these tests fits into.
const LARGE: usize = 1 << 14;

fn path(to: Option<Handle<'_>>, from: Option<Handle<'_>>) -> String {
    let (result, buf) = call(to, from, LARGE);
    let path = text(&buf);
    assert_eq!(result, Ok(path.len()));
    String::from_utf8(path.to_vec()).unwrap()
}

#[test]
fn no_node_reads_null() {
    assert_eq!(path(None, None), "(null)");
    let tree = Tree::chain(&["a"]);
    assert_eq!(path(None, Some(tree.node(1))), "(null)");
}

#[test]
fn no_node_is_cut_to_the_buffer() {
    let (result, buf) = call::<Handle<'_>>(None, None, 4);
    assert_eq!((result, text(&buf)), (Err(Error::TooLong), &b"(nu"[..]));
}

#[test]
fn a_node_from_itself_is_a_slash() {
    let tree = Tree::chain(&["a", "b"]);
    for node in 0..3 {
        assert_eq!(path(Some(tree.node(node)), Some(tree.node(node))), "/");
    }
}

#[test]
fn no_start_means_the_root() {
    let tree = Tree::chain(&["n1", "n2"]);
    assert_eq!(path(Some(tree.node(2)), None), "/n1/n2");
    assert_eq!(path(Some(tree.node(0)), None), "/");
}

#[test]
fn a_start_above_is_left_out() {
    let tree = Tree::chain(&["n1", "n2", "n3", "n4", "n5"]);
    assert_eq!(path(Some(tree.node(5)), Some(tree.node(3))), "/n4/n5");
}

#[test]
fn a_start_below_climbs() {
    let tree = Tree::chain(&["n1", "n2", "n3", "n4", "n5"]);
    assert_eq!(path(Some(tree.node(3)), Some(tree.node(5))), "/../..");
    assert_eq!(path(Some(tree.node(0)), Some(tree.node(1))), "/..");
}

#[test]
fn a_start_aside_climbs_and_descends() {
    let mut tree = Tree::chain(&["n1", "n2", "n3", "n4"]);
    tree.parents.push(Some(2));
    tree.names.push(b"n5".to_vec());
    assert_eq!(path(Some(tree.node(5)), Some(tree.node(4))), "/../../n5");
}

#[test]
fn two_trees_are_unrelated() {
    let tree = Tree::numbered(vec![None, None, Some(0), Some(1)]);
    for (to, from) in [(0, 1), (2, 1), (0, 3), (2, 3)] {
        for size in 0..4 {
            tree.check(to, Some(from), size);
        }
    }
}

/// Short names are copied in pieces, by their length.
#[test]
fn names_of_every_length_in_buffers_of_every_size() {
    let letters: String = ('a'..='z').cycle().take(70).collect();
    for name in (1..letters.len()).map(|len| &letters[..len]) {
        let tree = Tree::chain(&["x", name]);
        for size in 0..name.len() + 6 {
            tree.check(2, None, size);
            tree.check(2, Some(1), size);
        }
    }
}

#[test]
fn every_tree_of_up_to_six_nodes() {
    let mut trees = vec![vec![None]];
    let mut calls = 0;
    for nodes in 1..=6 {
        for parents in &trees {
            let tree = Tree::numbered(parents.clone());
            for to in 0..nodes {
                for from in (0..nodes).map(Some).chain([None]) {
                    let longest = tree.model(to, from).unwrap().len() + 3;
                    for size in 0..longest {
                        tree.check(to, from, size);
                        calls += 1;
                    }
                }
            }
        }
        trees = trees
            .iter()
            .flat_map(|parents| {
                (0..nodes).map(|parent| [parents.as_slice(), &[Some(parent)]].concat())
            })
            .collect();
    }
    // The trees of seven nodes, made last and not tried; and enough calls not to have run empty.
    assert_eq!(trees.len(), 720);
    assert!(calls > 40_000, "only {calls} calls");
}

/// A chain whose names change each time that one is read, as a busy rename would make them.
#[derive(Clone, Copy)]
struct Renamed<'a> {
    depth: usize,
    reads: &'a Cell<usize>,
    names: &'a [&'a str],
}

impl PartialEq for Renamed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.depth == other.depth
    }
}

impl Eq for Renamed<'_> {}

impl<'a> Node<'a> for Renamed<'a> {
    fn parent(self) -> Option<Self> {
        self.depth
            .checked_sub(1)
            .map(|depth| Self { depth, ..self })
    }

    fn name(self) -> &'a [u8] {
        let read = self.reads.replace(self.reads.get() + 1);
        self.names[read.min(self.names.len() - 1)].as_bytes()
    }
}

#[test]
fn a_rename_between_the_passes_starts_again() {
    // Read by read; the last name stays.
    let renames: [&[&str]; 4] = [
        &["a-long-name", "short", "longer", "x", "a-long-name"],
        &["a-long-name", "short"],
        &["short", "a-long-name"],
        &["a-long-name", "an-even-longer-name"],
    ];
    for names in renames {
        for size in 1..24 {
            let reads = Cell::new(0);
            let node = Renamed {
                depth: 1,
                reads: &reads,
                names,
            };
            let (result, buf) = call(Some(node), None, size);
            let path = String::from_utf8(text(&buf).to_vec()).unwrap();
            let mut whole = names.iter().map(|name| format!("/{name}"));
            match result {
                Ok(len) => assert!(len == path.len() && whole.any(|name| name == path)),
                Err(_) => {
                    assert!(path.len() == size - 1 && whole.any(|name| name.starts_with(&path)))
                }
            }
        }
    }
}

/// Trees of up to `nodes` nodes, deep or broad, in one piece or several.
fn trees(nodes: usize) -> impl Strategy<Value = Tree> {
    let name = prop::collection::vec(1..=u8::MAX, 1..40).prop_map(|name| {
        name.into_iter()
            .map(|byte| if byte == b'/' { b'_' } else { byte })
    });
    let node = (any::<prop::sample::Index>(), 0..8_usize, name);
    prop::collection::vec(node, 1..nodes).prop_map(|nodes| {
        let (mut parents, mut names) = (Vec::new(), Vec::new());
        for (index, (parent, kind, name)) in nodes.into_iter().enumerate() {
            parents.push(match kind {
                _ if index == 0 => None,
                0 if index % 16 == 0 => None,
                0..=2 => Some(parent.index(index)),
                _ => Some(index - 1),
            });
            names.push(name.collect());
        }
        Tree { parents, names }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_trees_agree_with_the_model(
        tree in trees(120),
        to in any::<prop::sample::Index>(),
        from in prop::option::of(any::<prop::sample::Index>()),
        size in any::<prop::sample::Index>(),
    ) {
        let nodes = tree.parents.len();
        let (to, from) = (to.index(nodes), from.map(|from| from.index(nodes)));
        let path = tree.model(to, from).unwrap_or_default();
        // At the edges, where mistakes are, and anywhere between nothing and beyond the path.
        for size in [0, 1, path.len(), path.len() + 1, path.len() + 2, size.index(path.len() + 64)] {
            tree.check(to, from, size);
        }
    }
}
