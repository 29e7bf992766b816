//! The heads of requests and responses.

use std::borrow::Cow;

use crate::media_type::MediaType;

/// Whether a status is a redirect (RFC 9110, 15.4).
#[must_use]
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Whether a status is a failure that may be temporary: of the server, or of a front end that did not reach it.
///
/// Besides those of RFC 9110: 425 (RFC 8470), 509 (bandwidth exceeded), 520 to 527 and 530 (Cloudflare), 529 (overloaded),
/// 598 and 599 (timeouts of proxies).
#[must_use]
pub fn may_pass(status: u16) -> bool {
    matches!(
        status,
        408 | 425 | 429 | 500 | 502..=504 | 509 | 520..=527 | 529 | 530 | 598 | 599
    )
}

/// The status code in a response head, if its first line is a status line.
#[must_use]
pub fn status_of(head: &[u8]) -> Option<u16> {
    let line = head.split(|letter| *letter == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..line.len().min(64))?)
        .ok()
        .or_else(|| std::str::from_utf8(line.get(..12)?).ok())?;
    if !line.starts_with("HTTP/") {
        return None;
    }
    line.split_ascii_whitespace().nth(1)?.get(..3)?.parse().ok()
}

/// The header fields of a head in order: names as spelled, values read as Latin-1 with folded lines joined.
pub fn fields_of(head: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let mut lines = head.split(|byte| *byte == b'\n').skip(1).peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            if is_folded(line) {
                continue;
            }
            let (name, value) = line.split_at(colon);
            let mut value = latin1(value.get(1..).unwrap_or_default().trim_ascii());
            while let Some(more) = lines.next_if(|line| is_folded(line)) {
                value.to_mut().push(' ');
                value.to_mut().push_str(&latin1(more.trim_ascii()));
            }
            return Some((latin1(name.trim_ascii_end()), value));
        }
    })
}

/// Whether a line continues the one before it (RFC 9112, 5.2).
fn is_folded(line: &[u8]) -> bool {
    matches!(line, [b' ' | b'\t', ..])
}

fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::mem::decode_latin1(bytes)
}

/// The kind of a request, unless it is a plain one for a page: another method, or a `GET` for a part of a page; `None` for a
/// plain or unknown request.
///
/// It looks at the fields with which scripts request a part of a page from the address of the page.
#[must_use]
pub fn asked_otherwise(request: &[u8]) -> Option<String> {
    const PIECES: &[&str] = &[
        "Range",
        "HX-Request",
        "Turbo-Frame",
        "X-PJAX",
        "X-Inertia",
        "X-Requested-With",
        "RSC",
        "Next-Router-State-Tree",
    ];
    let line = request.split(|letter| *letter == b'\n').next()?;
    let method = line.split(u8::is_ascii_whitespace).next()?;
    let method = String::from_utf8_lossy(method.get(..method.len().min(32))?);
    match method.as_ref() {
        "" => None,
        "GET" => {
            let mut fields = fields_of(request).map(|fields| fields.0);
            let is_piece =
                |text: &Cow<'_, str>| PIECES.iter().any(|piece| piece.eq_ignore_ascii_case(text));
            fields
                .find(is_piece)
                .map(|field| format!("GET with {field}"))
        }
        other => Some(other.to_owned()),
    }
}

/// Whether a response is only a part of the content (RFC 9110, 15.3.7). Caches that lost their way send parts under the status 200,
/// with the range that they are.
#[must_use]
pub fn is_part(head: &[u8]) -> bool {
    let range = fields_of(head).find(|(name, _)| name.eq_ignore_ascii_case("content-range"));
    let is_whole = range.and_then(|(_, value)| {
        let (range, all) = value.trim().strip_prefix("bytes")?.split_once('/')?;
        let (first, last) = range.trim().split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        Some(first == 0 && last.checked_add(1) == all.trim().parse().ok())
    });
    match status_of(head) {
        Some(206) => is_whole != Some(true),
        Some(200) => is_whole == Some(false),
        _ => false,
    }
}

/// The media type in a response head, from all its `Content-Type` fields.
#[must_use]
pub fn media_type_of(head: &[u8]) -> MediaType {
    let fields: Vec<Cow<'_, str>> = fields_of(head)
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map(|(_, value)| value)
        .collect();
    MediaType::extract(fields.iter().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] =
        b"HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nSet-Cookie: a\r\nset-cookie:b\r\n\r\n";

    #[test]
    fn a_head_gives_status_and_fields_in_order() {
        assert_eq!(status_of(HEAD), Some(200));
        let fields: Vec<_> = fields_of(HEAD).collect();
        assert_eq!(fields[0], ("X-A".into(), "one two".into()));
        assert_eq!(fields[2], ("set-cookie".into(), "b".into()));
        assert_eq!(status_of(b"HTTP/1.0 999 \xff\r\n\r\n"), Some(999));
        assert_eq!(status_of(b"<html>"), None);
    }

    #[test]
    fn only_a_plain_get_asks_for_a_page() {
        for (request, expected) in [
            ("", None),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"b\"\r\n\r\n",
                None,
            ),
            ("POST / HTTP/1.1\r\n\r\na=b", Some("POST")),
            ("HEAD / HTTP/1.1\r\n\r\n", Some("HEAD")),
            (
                "GET / HTTP/1.1\r\nrange: bytes=0-\r\n\r\n",
                Some("GET with range"),
            ),
            (
                "GET / HTTP/1.1\r\nHX-Request: true\r\n\r\n",
                Some("GET with HX-Request"),
            ),
        ] {
            assert_eq!(asked_otherwise(request.as_bytes()).as_deref(), expected);
        }
    }

    #[test]
    fn a_part_is_recognized_by_its_status_and_range() {
        let part = |rest: &str| is_part(format!("HTTP/1.1 {rest}\r\n\r\n").as_bytes());
        assert!(part("206 Partial Content"));
        assert!(part("206 X\r\nContent-Range: bytes 0-4/10"));
        assert!(part("206 X\r\nContent-Range: bytes 5-9/10"));
        assert!(part("206 X\r\nContent-Range: bytes 0-9/*"));
        assert!(!part("206 X\r\nContent-Range: bytes 0-9/10"));
        assert!(part("200 OK\r\nContent-Range: bytes 0-4/10"));
        assert!(!part("200 OK\r\nContent-Range: bytes 0-9/10"));
        assert!(!part("200 OK\r\nContent-Range: pages 1"));
        assert!(!part("404 X\r\nContent-Range: bytes 0-4/10"));
    }
}
