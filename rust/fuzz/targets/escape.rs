// SPDX-License-Identifier: GPL-2.0

//! `escape`: any text against a model, and lengths that do not belong to the text.

#![no_main]

use cgroup_ns_logic::escape::{expand, growth};
use libfuzzer_sys::fuzz_target;

/// What the kernel's own seq_escape() makes of a text, one byte after the other.
fn model(text: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::new();
    for byte in text {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => escaped.extend(format!("\\{byte:03o}").bytes()),
            _ => escaped.push(*byte),
        }
    }
    escaped
}

fuzz_target!(|input: (&[u8], usize, usize)| {
    let (text, wrong, size) = input;
    let wanted = model(text);
    assert_eq!(text.len() + growth(text), wanted.len());
    let mut buf = text.to_vec();
    buf.resize(wanted.len(), 0xa5);
    expand(&mut buf, text.len());
    assert_eq!(buf, wanted);

    let mut buf = text.to_vec();
    buf.resize(size % 512, b'\\');
    expand(&mut buf, wrong);
});
