//! How to read a body: by its media type or, without one, by its first bytes.

use crate::media_type::MediaType;

/// A way to read a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// HTML.
    Html,
    /// HTML in the XML syntax, where every element can close itself.
    Xhtml,
    /// Plain text.
    Text,
    /// JSON.
    Json,
    /// XML, feeds among it.
    Xml,
    /// PDF.
    Pdf,
    /// Anything whose text is not read.
    Other,
}

/// The way to read `body`, whose declared type is `given`.
pub(super) fn of(given: &MediaType, body: &[u8]) -> Kind {
    let sniffed_type = given.sniffed(body, false);
    match sniffed_type.essence.as_str() {
        "application/xhtml+xml" => return Kind::Xhtml,
        "application/rss+xml" | "application/atom+xml" => return Kind::Xml,
        it if is_without_text(it) => return Kind::Other,
        _ => {}
    }
    match given.essence.as_str() {
        "text/html" => Kind::Html,
        "application/pdf" | "application/x-pdf" => Kind::Pdf,
        "text/plain" | "text/markdown" | "text/csv" => sniffed_text(body),
        ""
        | "unknown/unknown"
        | "application/octet-stream"
        | "binary/octet-stream"
        | "application/unknown"
        | "application/force-download"
        | "application/download" => sniffed(body),
        "application/json" | "text/json" => Kind::Json,
        "text/xml" | "application/xml" => sniffed_xml(body),
        it if it.ends_with("+json") => Kind::Json,
        it if it.ends_with("+xml") && it != "image/svg+xml" => Kind::Xml,
        it if it.starts_with("text/") => Kind::Text,
        _ => Kind::Other,
    }
}

/// Whether files of this type are pictures, sound, video or archives.
fn is_without_text(essence: &str) -> bool {
    let (kind, sort) = essence.split_once('/').unwrap_or_default();
    matches!(kind, "image" | "audio" | "video")
        || matches!(
            sort,
            "ogg" | "zip" | "x-gzip" | "x-rar-compressed" | "postscript"
        )
}

/// The first characters after a byte-order mark and white space, in lower case.
fn start(body: &[u8]) -> String {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let head = String::from_utf8_lossy(&body[..body.len().min(2048)]).to_ascii_lowercase();
    head.trim_start().to_owned()
}

/// Whether a file begins like a PDF file, possibly after other bytes (ISO 32000-1, annex H.3.4.1).
fn calls_itself_pdf(body: &[u8]) -> bool {
    body[..body.len().min(1024)]
        .windows(5)
        .any(|window| window == b"%PDF-")
}

fn sniffed(body: &[u8]) -> Kind {
    let utf16 = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
    if calls_itself_pdf(body) {
        return Kind::Pdf;
    }
    let start = start(body);
    if !utf16 && body[..body.len().min(1024)].contains(&0) {
        return Kind::Other;
    }
    if start.starts_with("<?xml") {
        return sniffed_xml(body);
    }
    if start.starts_with("<rss") || start.starts_with("<feed") {
        return Kind::Xml;
    }
    if (start.starts_with('{') || start.starts_with('[')) && looks_like_json(body) {
        return Kind::Json;
    }
    if has_tags(&String::from_utf8_lossy(&body[..body.len().min(200_000)])) {
        return Kind::Html;
    }
    Kind::Text
}

/// Plain text, although servers send binary files with this type, too.
fn sniffed_text(body: &[u8]) -> Kind {
    let utf16 = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
    if calls_itself_pdf(body) {
        Kind::Pdf
    } else if !utf16 && body[..body.len().min(1024)].contains(&0) {
        Kind::Other
    } else {
        Kind::Text
    }
}

/// XML that is XHTML by its root is read as a page.
fn sniffed_xml(body: &[u8]) -> Kind {
    let start = start(body);
    if start.contains("<html") {
        Kind::Xhtml
    } else {
        Kind::Xml
    }
}

fn looks_like_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Whether a text contains HTML tags.
fn has_tags(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.starts_with("<!doctype")
        || lower.match_indices('<').take(2000).any(|(at, _)| {
            let rest = &lower[at + 1..];
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let end = rest
                .find(|letter: char| !letter.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            let closed = rest[end..].starts_with(['>', ' ', '/', '\n', '\t', '\r']);
            closed
                && matches!(
                    &rest[..end],
                    "html"
                        | "head"
                        | "body"
                        | "div"
                        | "p"
                        | "a"
                        | "ul"
                        | "ol"
                        | "li"
                        | "table"
                        | "tr"
                        | "td"
                        | "h1"
                        | "h2"
                        | "h3"
                        | "h4"
                        | "span"
                        | "img"
                        | "section"
                        | "article"
                        | "main"
                        | "title"
                        | "meta"
                        | "br"
                        | "script"
                        | "dl"
                        | "b"
                        | "font"
                        | "center"
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(given: &str, body: &[u8]) -> Kind {
        of(&MediaType::parse(given), body)
    }

    #[test]
    fn a_file_without_a_type_is_told_by_its_first_bytes() {
        for given in ["", "text-html", "*/*"] {
            assert_eq!(kind(given, b"<div class=x>Acme</div>"), Kind::Html);
            assert_eq!(kind(given, b"Acme\nBeta <beta@example.org>\n"), Kind::Text);
            assert_eq!(kind(given, b"[{\"name\": \"Acme\"}]"), Kind::Json);
            assert_eq!(kind(given, b"[1] See the list\n"), Kind::Text);
            assert_eq!(kind(given, b"<?xml version=\"1.0\"?><rss/>"), Kind::Xml);
            assert_eq!(kind(given, b"%PDF-1.7"), Kind::Pdf);
            assert_eq!(kind(given, b"GIF89a......"), Kind::Other);
        }
        assert_eq!(kind("image/png", b"x"), Kind::Other);
    }

    #[test]
    fn a_type_that_browsers_repair_is_read_as_they_do() {
        assert_eq!(kind("text/html charset=utf-8", b"plain"), Kind::Html);
        assert_eq!(kind("text/html", b"<?xml?><feed>"), Kind::Xml);
        assert_eq!(kind("text/plain", b"\x89PNG\r\n\x1a\n"), Kind::Other);
        assert_eq!(kind("text/plain", b"<html>"), Kind::Text);
    }
}
