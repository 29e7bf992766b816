//! The lines of a robots.txt as fields, including common misspellings.

/// A line with a meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field<'a> {
    UserAgent(&'a [u8]),
    Rule { allow: bool, path: &'a [u8] },
    CrawlDelay(f64),
    Sitemap(&'a [u8]),
}

/// The longest line, in bytes; a longer one is cut: eight times the longest address of early browsers.
const LONGEST_LINE: usize = 2083 * 8;

/// The fields with the numbers of their lines, from 1. CR, LF and CRLF end a line.
pub(super) fn fields(bytes: &[u8]) -> impl Iterator<Item = (usize, Field<'_>)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut rest = Some(bytes);
    let mut number = 0;
    std::iter::from_fn(move || {
        let now = rest?;
        let end = now.iter().position(|it| matches!(it, b'\r' | b'\n'));
        let (line, later) = match end {
            Some(end) => {
                let width = if now.get(end..).is_some_and(|now| now.starts_with(b"\r\n")) {
                    2
                } else {
                    1
                };
                (now.get(..end)?, now.get(end + width..))
            }
            None => (now, None),
        };
        rest = later;
        number += 1;
        Some((number, line))
    })
    .filter_map(|(number, line)| {
        let line = line.get(..LONGEST_LINE).unwrap_or(line);
        Some((number, field(line)?))
    })
}

fn field(line: &[u8]) -> Option<Field<'_>> {
    let line = match line.iter().position(|it| *it == b'#') {
        Some(comment) => line.get(..comment)?,
        None => line,
    };
    let (name, value) = split(line.trim_ascii())?;
    let starts = |words: &[&str]| {
        words.iter().any(|word| {
            name.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        })
    };
    if starts(&["user-agent", "useragent", "user agent"]) {
        Some(Field::UserAgent(value))
    } else if starts(&["allow"]) {
        Some(Field::Rule {
            allow: true,
            path: value,
        })
    } else if starts(&[
        "disallow",
        "dissallow",
        "dissalow",
        "disalow",
        "diasllow",
        "disallaw",
    ]) {
        Some(Field::Rule {
            allow: false,
            path: value,
        })
    } else if starts(&["crawl-delay", "crawldelay", "crawl delay"]) {
        let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
        (seconds.is_finite() && seconds >= 0.0).then_some(Field::CrawlDelay(seconds))
    } else if starts(&["sitemap", "site-map"]) {
        Some(Field::Sitemap(value))
    } else {
        None
    }
}

/// Splits name and value at the first colon; without one, at the white space of a line of just two words.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = if let Some(colon) = line.iter().position(|it| *it == b':') {
        colon
    } else {
        let space = line.iter().position(u8::is_ascii_whitespace)?;
        let value = line.get(space..)?.trim_ascii();
        if value.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        space
    };
    let name = line.get(..at)?.trim_ascii();
    let value = line.get(at + 1..)?.trim_ascii();
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_one_line() {
        let read: Vec<_> = fields(b"\r\nAllow: /a\rallow:/b\n\nALLOW /c").collect();
        let rule = |path| Field::Rule { allow: true, path };
        assert_eq!(read, [(2, rule(b"/a")), (3, rule(b"/b")), (5, rule(b"/c"))]);
    }

    #[test]
    fn two_words_without_a_colon_are_a_field_three_are_not() {
        assert_eq!(field(b"disallow / x"), None);
        assert_eq!(field(b"useragent Bot"), Some(Field::UserAgent(b"Bot")));
        assert_eq!(field(b": /x"), None);
    }
}
