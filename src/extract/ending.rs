//! How a markup file ends: as its author left it, or in the middle of a tag, a script or a comment.

use crate::reading::Ending;

/// How the markup ends.
pub(super) fn of(text: &str) -> Ending {
    /// Scripts and comments can follow the end tag.
    const LAST: usize = 16 * 1024;
    let end = text.trim_end();
    let last = crate::text::tail(end, LAST);
    let ends_page = |at: usize| {
        let tag = last.as_bytes().get(at..).and_then(<[u8]>::first_chunk::<6>);
        tag.is_some_and(|tag| matches!(&tag.to_ascii_lowercase()[..], b"</html" | b"</body"))
    };
    if memchr::memrchr_iter(b'<', last.as_bytes()).any(ends_page) {
        return Ending::Closed;
    }
    if CONTAINERS.iter().any(|it| is_open(last, it)) {
        return Ending::InTag;
    }
    match last.rfind('<') {
        Some(at) if opens_a_tag(&last[at..]) => Ending::InTag,
        _ => Ending::Open,
    }
}

/// What contains no tags, so that what follows its beginning is part of it until its end.
const CONTAINERS: [(&str, &str); 3] = [
    ("<!--", "-->"),
    ("<script", "</script"),
    ("<style", "</style"),
];

/// Whether the last container of a kind never ends.
fn is_open(text: &str, (start, end): &(&str, &str)) -> bool {
    let find = |what: &str| {
        let what = what.as_bytes();
        let first = what.first().copied().unwrap_or_default();
        let mut places = memchr::memrchr_iter(first, text.as_bytes());
        places.find(|at| {
            let there = text.as_bytes().get(*at..at + what.len());
            there.is_some_and(|there| there.eq_ignore_ascii_case(what))
        })
    };
    find(start).is_some_and(|start| find(end).is_none_or(|end| end < start))
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
            ("<ul><li>Elm<script>var a = \"<p>", Ending::InTag),
            ("<ul><li>Elm<!-- <p>x</p>", Ending::InTag),
            ("<SCRIPT>a</script><p>x <!-- y -->", Ending::Open),
            ("<p>where a < b", Ending::Open),
            ("", Ending::Open),
        ] {
            assert_eq!(of(text), ending, "{text}");
        }
    }
}
