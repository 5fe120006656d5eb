// SPDX-License-Identifier: GPL-2.0

//! `text::fit`: names that change from one pass to the next, as renames make them.

#![no_main]

use cgroup_ns_logic::{
    path::Error,
    text::{fit, Text},
};
use libfuzzer_sys::fuzz_target;

/// What one pass prepends.
#[derive(arbitrary::Arbitrary, Debug)]
enum Piece {
    Up,
    Null,
    Name(Vec<u8>),
}

fn prepend(piece: &Piece, text: &mut Text<'_, u8>, model: &mut Vec<u8>) {
    let piece = match piece {
        Piece::Up => {
            text.prepend(b"/..");
            b"/..".to_vec()
        }
        Piece::Null => {
            text.prepend(b"(null)");
            b"(null)".to_vec()
        }
        Piece::Name(name) => {
            text.prepend_name(name);
            [b"/", name.as_slice()].concat()
        }
    };
    model.splice(0..0, piece);
}

fuzz_target!(|input: (Vec<Vec<Piece>>, u16)| {
    let (passes, size) = input;
    let size = usize::from(size) % 1024;
    // What is written in the last pass stays for all that follow.
    let (mut calls, mut model) = (0, Vec::new());
    let mut buf = vec![0xa5; size];
    let result = fit(&mut buf, |text| {
        model.clear();
        let pass = passes.get(calls).or(passes.last());
        for piece in pass.into_iter().flatten() {
            prepend(piece, text, &mut model);
        }
        if model.is_empty() {
            model.push(b'/');
        }
        calls += 1;
    });

    // It starts again only for a text whose length has changed.
    assert!(calls <= passes.len() + 2, "{calls} passes");
    match result {
        Ok(len) => {
            assert_eq!(len, model.len());
            assert_eq!(buf[..len], model);
            assert_eq!(buf[len], 0);
        }
        Err(Error::TooLong) => {
            let room = size.saturating_sub(1);
            assert!(model.len() >= size, "{} in {size}", model.len());
            assert_eq!(buf[..room], model[..room]);
            assert!(size == 0 || buf[room] == 0);
        }
        Err(Error::Unrelated) => panic!("a text is not unrelated"),
    }
});
