//! How a markup file ends: as its author left it, or in the middle of a tag.

use crate::reading::Ending;

/// How the markup ends.
pub(super) fn of(text: &str) -> Ending {
    /// Scripts and comments can follow the end tag.
    const LAST: usize = 16 * 1024;
    let end = text.trim_end();
    let last = &end[end.floor_char_boundary(end.len().saturating_sub(LAST))..];
    let ends_page = |at: usize| {
        let tag = last.as_bytes().get(at..).and_then(<[u8]>::first_chunk::<6>);
        tag.is_some_and(|tag| matches!(&tag.to_ascii_lowercase()[..], b"</html" | b"</body"))
    };
    if memchr::memrchr_iter(b'<', last.as_bytes()).any(ends_page) {
        return Ending::Closed;
    }
    match last.rfind('<') {
        Some(at) if opens_a_tag(&last[at..]) => Ending::InTag,
        _ => Ending::Open,
    }
}

/// Whether the text after a `<` is a tag that never ends; a comparison in a text is not.
fn opens_a_tag(rest: &str) -> bool {
    let name = rest[1..].trim_start_matches('/');
    !rest.contains('>')
        && (rest.len() == 1
            || name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_ends_in_a_tag_did_not_come_whole() {
        for (text, ending) in [
            ("<p>x</p></body></html>\n", Ending::Closed),
            ("<p>x</HTML> <!-- 0.2 s -->", Ending::Closed),
            ("<ul><li>Bell", Ending::Open),
            ("<ul><li><a href=\"https://elm.exam", Ending::InTag),
            ("<ul><li>Elm</l", Ending::InTag),
            ("<p>where a < b", Ending::Open),
            ("", Ending::Open),
        ] {
            assert_eq!(of(text), ending, "{text}");
        }
    }
}
