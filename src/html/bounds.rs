//! A bound on the attributes of a tag, which html5ever does not have: it compares each attribute with all before it.

use std::borrow::Cow;

use memchr::memchr;

/// The most attributes of one tag.
const ATTRIBUTES: usize = 1_000;

/// The attributes of a page of so many bytes are compared in a fraction of a second, however they are distributed.
const SHORT: usize = 64 << 10;

/// How often a byte is looked at on average, at most: what looks like tags within tags may not cost time squared.
const LOOKS: usize = 8;

/// Returns the text of a page without what follows the first thousand attributes of a tag, up to the tag's end.
///
/// Everything that may be a tag is looked at, also in comments and scripts, because only a tree builder knows which is which.
#[must_use]
pub fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= SHORT {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut looks = text.len() * LOOKS;
    let mut kept = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = memchr(b'<', bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
            && let Some(excess) = excess(bytes, at, &mut looks)
        {
            let behind = bytes.get(excess..).unwrap_or_default();
            at = memchr(b'>', behind).map_or(bytes.len(), |end| excess + end);
            kept.push_str(text.get(copied..excess).unwrap_or_default());
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(kept)
}

/// The start of the first attribute that is too many, in the tag whose name begins at `at` (HTML standard, 13.2.5.32).
fn excess(bytes: &[u8], mut at: usize, looks: &mut usize) -> Option<usize> {
    let is_space = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0c' | b' ');
    let until = |from: usize, ends: &dyn Fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(ends).unwrap_or(rest.len())
    };
    if *looks == 0 {
        return Some(at);
    }
    let start = at;
    at = until(at, &|byte| is_space(byte) || matches!(byte, b'/' | b'>'));
    for number in 0.. {
        at = until(at, &|byte| !is_space(byte) && *byte != b'/');
        if matches!(bytes.get(at), None | Some(b'>')) {
            break;
        }
        if number == ATTRIBUTES || *looks < at - start {
            return Some(at);
        }
        at = until(at + 1, &|byte| {
            is_space(byte) || matches!(byte, b'/' | b'>' | b'=')
        });
        let equals = until(at, &|byte| !is_space(byte));
        if bytes.get(equals) == Some(&b'=') {
            at = until(equals + 1, &|byte| !is_space(byte));
            at = match bytes.get(at) {
                Some(quote @ (b'"' | b'\'')) => until(at + 1, &|byte| byte == quote) + 1,
                _ => until(at, &|byte| is_space(byte) || *byte == b'>'),
            };
        }
    }
    *looks = looks.saturating_sub(at - start);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(numbers: std::ops::Range<usize>) -> String {
        let all: Vec<String> = numbers.map(|number| format!("a{number}='é'")).collect();
        all.join(" ")
    }

    #[test]
    fn a_tag_ends_behind_its_thousandth_attribute() {
        let text = "é".repeat(SHORT);
        let page = |last| format!("<b c='>' {}>{text}</b><p d>", attributes(0..last));
        assert_eq!(bounded(&page(999)), page(999));
        let cut = page(20_000);
        let tag = format!("<b c='>' {} >{text}</b><p d>", attributes(0..999));
        assert_eq!(bounded(&cut), tag);
    }

    #[test]
    fn what_looks_like_tags_within_tags_does_not_cost_time_squared() {
        for part in ["<a ", "<a<a", "<a b='", "<a b=\"<a c='", "<a/", "<a b=<a"] {
            let page = part.repeat(200_000);
            assert!(bounded(&page).len() <= page.len(), "{part}");
        }
    }
}
