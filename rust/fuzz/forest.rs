// SPDX-License-Identifier: GPL-2.0

//! Trees made from what the fuzzer gives.

use crate::tree::Tree;
use arbitrary::Arbitrary;

/// As many nodes as steps; those beyond are left out.
const MOST: usize = 300;

/// How one node lies to those before it.
#[derive(Arbitrary, Debug)]
enum Step {
    /// A root.
    Root,
    /// A child of the node before.
    Deeper,
    /// A child of any node before.
    Below(u16),
}

/// What a tree, or several, are made from. Each step has a name, whose bytes come one after the
/// other from `letters`, over and over.
#[derive(Arbitrary, Debug)]
pub struct Forest {
    steps: Vec<(Step, u8)>,
    letters: Vec<u8>,
}

impl Forest {
    /// Makes the nodes; there is one at least.
    pub fn plant(&self) -> Tree {
        let (mut parents, mut names) = (vec![None], vec![Vec::new()]);
        let letters: Vec<u8> = self
            .letters
            .iter()
            .map(|byte| match byte {
                0 | b'/' => b'_',
                _ => *byte,
            })
            .chain([b'n'])
            .collect();
        let mut letters = letters.iter().cycle();
        for (step, len) in self.steps.iter().take(MOST) {
            let count = parents.len();
            parents.push(match step {
                Step::Root => None,
                Step::Deeper => Some(count - 1),
                Step::Below(parent) => Some(usize::from(*parent) % count),
            });
            names.push(
                letters
                    .by_ref()
                    .take(1 + usize::from(*len))
                    .copied()
                    .collect(),
            );
        }
        Tree { parents, names }
    }
}
