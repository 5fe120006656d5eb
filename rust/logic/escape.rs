// SPDX-License-Identifier: GPL-2.0

//! The form that a path has in a table such as /proc/PID/mountinfo: what would break the table is
//! written as a backslash and three octal digits.
//!
//! Source: `seq_escape()` in fs/seq_file.c with the characters that `cgroup_show_path()` gives it.

/// How many bytes longer an escaped byte is.
const EXTRA: usize = 3;

#[inline]
fn is_special(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\\')
}

/// Returns how many bytes longer `text` becomes. Any context.
pub fn growth(text: &[u8]) -> usize {
    text.iter()
        .filter(|&&byte| is_special(byte))
        .fold(0, |growth: usize, _| growth.wrapping_add(EXTRA))
}

/// Escapes the first `len` bytes of `text` in place.
///
/// - `text`: as long as the result, `len` plus what [`growth`] says of the first `len` bytes.
///
/// Any context. From the end backwards: what is written never overtakes what is still to be read.
pub fn expand(text: &mut [u8], len: usize) {
    let (mut from, mut to) = (len, text.len());
    while from < to {
        from = from.wrapping_sub(1);
        let Some(&byte) = text.get(from) else { return };
        let escaped = [
            b'\\',
            b'0' | (byte >> 6),
            b'0' | ((byte >> 3) & 7),
            b'0' | (byte & 7),
        ];
        let image: &[u8] = if is_special(byte) { &escaped } else { &[byte] };
        let start = to.wrapping_sub(image.len());
        let Some(place) = text.get_mut(start..to) else {
            return;
        };
        place.copy_from_slice(image);
        to = start;
    }
}
