//! The type of a resource by its first bytes (WHATWG MIME Sniffing, 5 to 7).

use super::MediaType;

/// How many bytes at the beginning of a resource are used (5.2).
const HEADER: usize = 1_445;

/// The beginnings of HTML pages (7.1), in upper case; each counts only if its tag ends after it.
const TAGS: [&[u8]; 16] = [
    b"<!DOCTYPE HTML",
    b"<HTML",
    b"<HEAD",
    b"<SCRIPT",
    b"<IFRAME",
    b"<H1",
    b"<DIV",
    b"<FONT",
    b"<TABLE",
    b"<A",
    b"<STYLE",
    b"<TITLE",
    b"<B",
    b"<BODY",
    b"<BR",
    b"<P",
];

/// A pattern: its offset, its bytes, and the type it indicates. `?` matches any byte.
type Pattern = (usize, &'static [u8], &'static str);

const IMAGES: &[Pattern] = &[
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (0, b"\x00\x00\x02\x00", "image/x-icon"),
    (0, b"BM", "image/bmp"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"RIFF????WEBPVP", "image/webp"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
];

const SOUND_AND_FILM: &[Pattern] = &[
    (0, b"FORM????AIFF", "audio/aiff"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS\x00", "application/ogg"),
    (0, b"MThd\x00\x00\x00\x06", "audio/midi"),
    (0, b"RIFF????AVI ", "video/avi"),
    (0, b"RIFF????WAVE", "audio/wave"),
];

const ARCHIVES: &[Pattern] = &[
    (0, b"\x1f\x8b\x08", "application/x-gzip"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"Rar \x1a\x07\x00", "application/x-rar-compressed"),
    (0, b"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
];

/// The computed type (7).
pub(super) fn essence(supplied: &MediaType, bytes: &[u8], nosniff: bool) -> String {
    let given = supplied.essence.as_str();
    let header = bytes.get(..bytes.len().min(HEADER)).unwrap_or_default();
    let kind = given.split('/').next().unwrap_or_default();
    let by_bytes = match given {
        "" | "unknown/unknown" | "application/unknown" => Some(unknown(header, !nosniff)),
        _ if nosniff => None,
        _ if supplied.is_server_default => Some(text_or_binary(header)),
        "text/html" => feed(header),
        "image/svg+xml" => None,
        _ if kind == "image" => matching(IMAGES, header),
        "application/ogg" => sound_or_film(header),
        _ if matches!(kind, "audio" | "video") => sound_or_film(header),
        _ => None,
    };
    by_bytes.unwrap_or(given).to_owned()
}

/// The type of a resource of unknown type (7.1); `scriptable` says whether it can be a type that runs scripts.
fn unknown(header: &[u8], scriptable: bool) -> &'static str {
    if scriptable && let Some(page) = page(header) {
        return page;
    }
    if header.starts_with(b"%!PS-Adobe-") {
        return "application/postscript";
    }
    if is_marked_text(header) {
        return "text/plain";
    }
    matching(IMAGES, header)
        .or_else(|| sound_or_film(header))
        .or_else(|| matching(ARCHIVES, header))
        .unwrap_or_else(|| {
            if has_binary(header) {
                "application/octet-stream"
            } else {
                "text/plain"
            }
        })
}

/// HTML, XML or PDF. Unlike in the standard, a byte-order mark does not hide tags: a page stays a page.
fn page(header: &[u8]) -> Option<&'static str> {
    let begin = behind_space(header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header));
    let is_tag = |tag: &&[u8]| {
        begin
            .split_at_checked(tag.len())
            .is_some_and(|(start, behind)| {
                start.eq_ignore_ascii_case(tag) && matches!(behind.first(), Some(b' ' | b'>'))
            })
    };
    if TAGS.iter().any(is_tag) || begin.starts_with(b"<!--") {
        Some("text/html")
    } else if begin.starts_with(b"<?xml") {
        Some("text/xml")
    } else if header.starts_with(b"%PDF-") {
        Some("application/pdf")
    } else {
        None
    }
}

/// Text, or a file that an old server called so (7.2).
fn text_or_binary(header: &[u8]) -> &'static str {
    if is_marked_text(header) || !has_binary(header) {
        return "text/plain";
    }
    if header.starts_with(b"%!PS-Adobe-") {
        return "application/postscript";
    }
    matching(IMAGES, header)
        .or_else(|| sound_or_film(header))
        .or_else(|| matching(ARCHIVES, header))
        .unwrap_or("application/octet-stream")
}

/// A feed that was sent as HTML (7.3), by its first element.
fn feed(header: &[u8]) -> Option<&'static str> {
    let mut rest = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
    loop {
        rest = behind_space(rest).strip_prefix(b"<")?;
        if rest.starts_with(b"!--") {
            rest = behind(rest, b"-->")?;
        } else if rest.starts_with(b"!") {
            rest = behind(rest, b">")?;
        } else if rest.starts_with(b"?") {
            rest = behind(rest, b"?>")?;
        } else {
            break;
        }
    }
    let has = |bytes: &[u8]| behind(rest, bytes).is_some();
    if rest.starts_with(b"rss") {
        Some("application/rss+xml")
    } else if rest.starts_with(b"feed") {
        Some("application/atom+xml")
    } else if rest.starts_with(b"rdf:RDF")
        && has(b"http://purl.org/rss/1.0/")
        && has(b"http://www.w3.org/1999/02/22-rdf-syntax-ns#")
    {
        Some("application/rss+xml")
    } else {
        None
    }
}

/// Audio and video (6.2), including types that need more than a pattern.
fn sound_or_film(header: &[u8]) -> Option<&'static str> {
    matching(SOUND_AND_FILM, header)
        .or_else(|| is_mp4(header).then_some("video/mp4"))
        .or_else(|| is_webm(header).then_some("video/webm"))
        .or_else(|| is_mp3(header).then_some("audio/mpeg"))
}

/// A box `ftyp` that names a brand of MP4 (6.2.1).
fn is_mp4(header: &[u8]) -> bool {
    let Some((size, rest)) = header.split_first_chunk::<4>() else {
        return false;
    };
    let size = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX);
    if size > header.len() || size % 4 != 0 || !rest.starts_with(b"ftyp") {
        return false;
    }
    let brands = header.get(8..size).unwrap_or_default().chunks_exact(4);
    // The second word is the version of the first.
    let brands = brands.enumerate().filter(|(place, _)| *place != 1);
    brands
        .map(|brand| brand.1)
        .any(|it| it.starts_with(b"mp4") || it == b"avc1" || it == b"isom")
}

/// An EBML head whose document type is `webm` (6.2.2).
fn is_webm(header: &[u8]) -> bool {
    if !header.starts_with(b"\x1a\x45\xdf\xa3") {
        return false;
    }
    let head = header.get(4..header.len().min(38)).unwrap_or_default();
    let Some(rest) = behind(head, b"\x42\x82") else {
        return false;
    };
    // The leading zeros of a number are the number of bytes that follow.
    let length = rest
        .first()
        .map_or(0, |it| usize::try_from(it.leading_zeros()).unwrap_or(0));
    let value = rest.get(length + 1..).unwrap_or_default();
    let value = value.trim_ascii_start();
    let zeros = value.iter().take_while(|it| **it == 0).count();
    value
        .get(zeros..)
        .is_some_and(|value| value.starts_with(b"webm"))
}

/// Two consecutive frames of MP3 (6.2.3).
fn is_mp3(header: &[u8]) -> bool {
    let frame = |bytes: &[u8]| -> Option<usize> {
        let [0xff, second, third, ..] = *bytes else {
            return None;
        };
        let layer = second >> 1 & 0b11;
        let (rate, sampling) = (third >> 4, third >> 2 & 0b11);
        if second & 0xe0 != 0xe0 || layer != 0b01 || rate == 15 || sampling == 3 {
            return None;
        }
        let rates: [usize; 16] = if second >> 3 & 1 == 1 {
            [
                0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
            ]
        } else {
            [
                0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
            ]
        };
        let per_second = match (second >> 3 & 0b11, sampling) {
            (0b11, 0) => 44_100,
            (0b11, 1) => 48_000,
            (0b11, _) => 32_000,
            (0b10, 0) => 22_050,
            (0b10, 1) => 24_000,
            (0b10, _) => 16_000,
            (_, 0) => 11_025,
            (_, 1) => 12_000,
            _ => 8_000,
        };
        let scale = if second >> 3 & 1 == 1 { 144 } else { 72 };
        let padding = usize::from(third >> 1 & 1);
        let bits = rates.get(usize::from(rate))? * 1_000;
        let size = scale * bits / per_second + padding;
        (size >= 4).then_some(size)
    };
    frame(header)
        .and_then(|frame| header.get(frame..))
        .is_some_and(|header| frame(header).is_some())
}

fn matching(patterns: &[Pattern], header: &[u8]) -> Option<&'static str> {
    patterns.iter().find_map(|(from, pattern, is)| {
        let bytes = header.get(*from..from + pattern.len())?;
        let mut pairs = pattern.iter().zip(bytes);
        pairs
            .all(|(wanted, byte)| wanted == byte || *wanted == b'?')
            .then_some(*is)
    })
}

/// Whether there is a byte-order mark at the beginning.
fn is_marked_text(header: &[u8]) -> bool {
    [&b"\xfe\xff"[..], b"\xff\xfe", b"\xef\xbb\xbf"]
        .iter()
        .any(|it| header.starts_with(it))
}

/// Whether there are bytes that do not occur in text (3).
fn has_binary(header: &[u8]) -> bool {
    header
        .iter()
        .any(|it| matches!(it, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f))
}

/// The bytes after leading white space (3).
fn behind_space(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &&u8| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
    let spaces = bytes.iter().take_while(is_space).count();
    bytes.get(spaces..).unwrap_or_default()
}

/// The bytes after the first occurrence of `word`.
fn behind<'a>(bytes: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(word.len()).position(|pair| pair == word)?;
    bytes.get(at + word.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(given: &str, bytes: &[u8]) -> String {
        MediaType::parse(given).sniffed(bytes, false).essence
    }

    #[test]
    fn bytes_without_a_type_are_recognized_by_how_they_begin() {
        for (bytes, is) in [
            (&b" \n<!doctype html>"[..], "text/html"),
            (b"<p>Acme", "text/html"),
            (b"<table class=x>", "text/html"),
            (b"<tablex>", "text/plain"),
            (b"<!-- a", "text/html"),
            (b"<?xml version=", "text/xml"),
            (b"%PDF-1.7", "application/pdf"),
            (b"%!PS-Adobe-3", "application/postscript"),
            (b"\xff\xfeA\0", "text/plain"),
            (b"GIF89a\x01", "image/gif"),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp"),
            (b"ID3\x03", "audio/mpeg"),
            (b"\x00\x00\x00\x14ftypM4V \x00\x00\x00\x00mp42", "video/mp4"),
            (b"\x1a\x45\xdf\xa3\x01\x42\x82\x84webm", "video/webm"),
            (b"PK\x03\x04", "application/zip"),
            (b"Acme\n", "text/plain"),
            (b"Acme\x01", "application/octet-stream"),
            (b"", "text/plain"),
        ] {
            assert_eq!(sniffed("", bytes), is, "{}", bytes.escape_ascii());
            assert_eq!(sniffed("application/unknown", bytes), is);
            assert_eq!(sniffed("text-html", bytes), is);
        }
    }

    #[test]
    fn what_a_server_says_is_believed_but_for_its_default_and_for_what_bytes_tell() {
        for (given, bytes, is) in [
            ("text/html", &b"plain"[..], "text/html"),
            (
                "text/html",
                b"<!-- a --><?xml x?><rss>",
                "application/rss+xml",
            ),
            ("text/html", b"<feed xmlns=", "application/atom+xml"),
            ("text/html", b"<!doctype html><title>rss", "text/html"),
            ("text/plain", b"<html>", "text/plain"),
            ("text/plain", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("text/plain", b"a\0b", "application/octet-stream"),
            ("text/plain;charset=x", b"a\0b", "text/plain"),
            ("image/png", b"GIF89a", "image/gif"),
            ("image/svg+xml", b"GIF89a", "image/svg+xml"),
            ("audio/x", b"OggS\0", "application/ogg"),
            ("application/json", b"<html>", "application/json"),
        ] {
            assert_eq!(
                sniffed(given, bytes),
                is,
                "{given} {}",
                bytes.escape_ascii()
            );
        }
    }

    #[test]
    fn a_server_that_asks_not_to_sniff_gets_no_page_out_of_bytes() {
        let sniffed_type = MediaType::parse("").sniffed(b"<html>", true);
        assert_eq!(sniffed_type.essence, "text/plain");
        let sniffed = MediaType::parse("text/plain").sniffed(b"a\0b", true);
        assert_eq!(sniffed.essence, "text/plain");
    }

    #[test]
    fn two_frames_make_mp3_and_one_does_not() {
        let mut sound = vec![0; 600];
        sound[..3].copy_from_slice(&[0xff, 0xfb, 0x90]);
        assert_eq!(sniffed("", &sound), "application/octet-stream");
        sound[417..420].copy_from_slice(&[0xff, 0xfb, 0x90]);
        assert_eq!(sniffed("", &sound), "audio/mpeg");
    }
}
