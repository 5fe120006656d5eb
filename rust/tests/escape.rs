// SPDX-License-Identifier: GPL-2.0

//! `escape`, case by case and over random texts.

use cgroup_ns_logic::escape::{expand, growth};
use proptest::prelude::*;

/// Escapes as a caller does: makes room, then expands in place.
fn escape(text: &[u8]) -> Vec<u8> {
    let mut buf = text.to_vec();
    buf.resize(text.len() + growth(text), b' ');
    expand(&mut buf, text.len());
    buf
}

#[test]
fn what_breaks_a_table_becomes_octal() {
    assert_eq!(escape(b"/a b"), b"/a\\040b");
    assert_eq!(escape(b"\t\n\\ "), b"\\011\\012\\134\\040");
}

#[test]
fn everything_else_stays() {
    let rest: Vec<u8> = (0..=255)
        .filter(|byte| !b" \t\n\\".contains(byte))
        .collect();
    assert_eq!(growth(&rest), 0);
    assert_eq!(escape(&rest), rest);
    assert_eq!(escape(b""), b"");
}

#[test]
fn a_length_that_does_not_belong_to_the_text_is_survived() {
    for len in 0..8 {
        let mut buf = *b"a b c";
        expand(&mut buf, len);
    }
}

proptest! {
    #[test]
    fn random_texts_agree_with_the_model(text: Vec<u8>) {
        let mut model = Vec::new();
        for byte in &text {
            match byte {
                b' ' | b'\t' | b'\n' | b'\\' => model.extend(format!("\\{byte:03o}").bytes()),
                _ => model.push(*byte),
            }
        }
        prop_assert_eq!(escape(&text), model);
    }
}
