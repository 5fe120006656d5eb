// SPDX-License-Identifier: GPL-2.0

//! A tree for the tests, and a model of a relative path that is too plain to be wrong.

#![allow(dead_code, reason = "each test program uses its own part")]

use cgroup_ns_logic::path::{relative, Error, Node};

/// What a buffer holds before a call, to see which bytes the call wrote.
const UNTOUCHED: u8 = 0xa5;

/// Nodes by index; a parent comes before its children, and a node without one is a root.
#[derive(Debug, Clone)]
pub struct Tree {
    pub parents: Vec<Option<usize>>,
    pub names: Vec<Vec<u8>>,
}

impl Tree {
    /// Node 0 is the root and node `n` is called `n`.
    pub fn numbered(parents: Vec<Option<usize>>) -> Self {
        let names = (0..parents.len())
            .map(|n| n.to_string().into_bytes())
            .collect();
        Self { parents, names }
    }

    /// One node below the other, with the given names.
    pub fn chain(names: &[&str]) -> Self {
        Self {
            parents: (0..=names.len()).map(|n| n.checked_sub(1)).collect(),
            names: [""]
                .iter()
                .chain(names)
                .map(|name| name.as_bytes().to_vec())
                .collect(),
        }
    }

    pub fn node(&self, index: usize) -> Handle<'_> {
        Handle { tree: self, index }
    }

    /// The chain from the root to `index`, both included.
    pub fn line(&self, index: usize) -> Vec<usize> {
        let mut line = match self.parents[index] {
            Some(parent) => self.line(parent),
            None => Vec::new(),
        };
        line.push(index);
        line
    }

    /// The path of `to` as seen from `from`; [`None`] if they have no common ancestor.
    pub fn model(&self, to: usize, from: Option<usize>) -> Option<Vec<u8>> {
        let to = self.line(to);
        let from = from.map_or(vec![to[0]], |from| self.line(from));
        let common = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
        if common == 0 {
            return None;
        }

        let mut path = b"/..".repeat(from.len() - common);
        for node in &to[common..] {
            path.push(b'/');
            path.extend(&self.names[*node]);
        }
        Some(if path.is_empty() { b"/".to_vec() } else { path })
    }

    /// Checks every property of one call with a buffer of `size` bytes.
    pub fn check(&self, to: usize, from: Option<usize>, size: usize) {
        let (result, buf) = call(Some(self.node(to)), from.map(|from| self.node(from)), size);
        let what = format!("to {to}, from {from:?}, size {size} of {self:?}");

        let Some(path) = self.model(to, from) else {
            assert_eq!(result, Err(Error::Unrelated), "{what}");
            assert!(size == 0 || buf[0] == 0, "{what}");
            return;
        };
        if path.len() < size {
            assert_eq!(result, Ok(path.len()), "{what}");
            assert_eq!(text(&buf), path, "{what}");
        } else {
            assert_eq!(result, Err(Error::TooLong), "{what}");
            assert!(size == 0 || *text(&buf) == path[..size - 1], "{what}");
        }
    }
}

/// One node of a [`Tree`].
#[derive(Clone, Copy)]
pub struct Handle<'a> {
    tree: &'a Tree,
    index: usize,
}

impl PartialEq for Handle<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Handle<'_> {}

impl<'a> Node<'a> for Handle<'a> {
    fn parent(self) -> Option<Self> {
        self.tree.parents[self.index].map(|index| Self { index, ..self })
    }

    fn name(self) -> &'a [u8] {
        assert!(self.parent().is_some(), "the name of a root was asked for");
        &self.tree.names[self.index]
    }
}

impl std::fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "node {}", self.index)
    }
}

/// Calls [`relative`] with a buffer of `size` bytes and returns what both hold afterwards.
pub fn call<'a, N: Node<'a>>(
    to: Option<N>,
    from: Option<N>,
    size: usize,
) -> (Result<usize, Error>, Vec<u8>) {
    let mut buf = vec![UNTOUCHED; size];
    let result = relative(to, from, &mut buf);
    (result, buf)
}

/// The bytes before the first NUL, which must be there.
pub fn text(buf: &[u8]) -> &[u8] {
    let end = buf
        .iter()
        .position(|byte| *byte == 0)
        .expect("no NUL in the buffer");
    &buf[..end]
}
