// SPDX-License-Identifier: GPL-2.0

//! `path::relative`: trees of any shape and names of any length, in buffers of any size.

#![no_main]

#[path = "../forest.rs"]
mod forest;
#[path = "../../tests/tree/mod.rs"]
mod tree;

use arbitrary::Arbitrary;
use forest::Forest;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    forest: Forest,
    to: u16,
    from: Option<u16>,
    size: u16,
}

fuzz_target!(|input: Input| {
    let tree = input.forest.plant();
    let count = tree.parents.len();
    let to = usize::from(input.to) % count;
    let from = input.from.map(|from| usize::from(from) % count);
    let len = tree.model(to, from).map_or(0, |path| path.len());
    // At the edges, where mistakes are, and anywhere.
    for size in [0, 1, len, len + 1, len + 2, usize::from(input.size)] {
        tree.check(to, from, size);
    }
});
