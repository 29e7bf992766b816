//! The capture made from a copy: the head as far as the archive returns it, the payload as the server sent it, and
//! whether the payload matches the digest in the index.

use std::fmt::Write as _;

use super::{answer::Answer, listing::Listed};
use crate::{
    capture::{Capture, Framing, IndexDigest, Outcome, Response, Source, fields_of},
    content_coding::{self, Caps},
    digest::LabelledDigest,
    uri::TargetUri,
};

/// Fields of the archived head that frame a message, and do not apply to the copy.
const FRAMING: &[&str] = &[
    "transfer-encoding",
    "content-length",
    "connection",
    "keep-alive",
    "content-encoding",
];

/// The prefix that archives put before the names of the original fields.
const ORIGINAL: &str = "x-archive-orig-";

/// The capture of a copy; `None` unless `answer` is [`Answer::Copy`].
///
/// The request is not stored, because it was not sent to the server of the page.
#[must_use]
pub fn copy(
    capture: &Capture,
    answer: &Answer,
    listed: Option<&Listed>,
    caps: &Caps,
) -> Option<Capture> {
    let Answer::Copy { date, original, .. } = answer else {
        return None;
    };
    let Outcome::Response(response) = &capture.outcome else {
        return None;
    };
    let field = |name: &str| {
        let mut all =
            fields_of(&response.head).filter(|fields| fields.0.eq_ignore_ascii_case(name));
        all.find(|it| !it.1.trim().is_empty())
            .map(|it| it.1.into_owned())
    };
    let decoded = |bytes: &[u8], coding: &str| {
        let decoded = content_coding::decode(bytes, Some(coding), caps).ok()?;
        (decoded.bytes != bytes).then_some(decoded.bytes)
    };
    let is_whole = response.truncated.is_none();
    // The coding of this exchange, which some archives add although the request does not accept any; for a coding of the original
    // server, the index has the digest.
    let added = field("content-encoding").filter(|_| is_whole);
    let bare = added
        .as_deref()
        .and_then(|added| decoded(&response.payload, added));
    let payload = match bare {
        Some(bare) if compared(&response.payload, listed, false) != IndexDigest::Equal => bare,
        _ => response.payload.clone(),
    };
    // The coding of the original server: kept or removed by the archive.
    let coding = field(&format!("{ORIGINAL}content-encoding"));
    let is_coded = coding
        .as_deref()
        .is_some_and(|coding| is_whole && decoded(&payload, coding).is_some());
    let digest = compared(&payload, listed, coding.is_some() && !is_coded);
    let coding = coding.filter(|_| is_coded);
    let source = Source {
        copied: Some(capture.date),
        record: capture.field("x-archive-src"),
        digest: Some(digest),
        ..Source::of_memento(capture.target_uri.as_str())
    };
    Some(Capture {
        target_uri: original.clone(),
        date: *date,
        ended: *date,
        connection: None,
        request: Vec::new(),
        source: Some(source),
        outcome: Outcome::Response(Response {
            head: head(capture, original, coding.as_deref()),
            payload,
            framing: Framing::Identity,
            truncated: response.truncated,
        }),
    })
}

/// How a payload compares with the digest in the index.
pub(super) fn compared(payload: &[u8], listed: Option<&Listed>, is_decoded: bool) -> IndexDigest {
    let digest = listed.and_then(|listed| listed.digest.as_deref());
    let labelled = digest.map(|digest| {
        let label = if digest.contains(':') { "" } else { "sha1:" };
        format!("{label}{digest}")
    });
    match labelled.as_deref().and_then(LabelledDigest::parse) {
        None => IndexDigest::Unknown,
        Some(it) if it.is_of(payload) => IndexDigest::Equal,
        Some(_) if is_decoded => IndexDigest::Coded,
        Some(_) => IndexDigest::Different,
    }
}

/// The head that the original server sent, as far as the archive returns it: case and order of the fields are lost.
fn head(capture: &Capture, original: &TargetUri, coding: Option<&str>) -> Vec<u8> {
    let status = capture.status().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {status} \r\n");
    let mut add = |name: &str, value: &str| {
        let value: String = value
            .chars()
            .filter(|letter| !letter.is_control())
            .collect();
        // Writing to a String cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    };
    let fields: Vec<(String, String)> = fields_of(capture.head().unwrap_or_default())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    let mut has_type = false;
    let mut has_location = false;
    for (name, value) in &fields {
        let Some(name) = name
            .strip_prefix(ORIGINAL)
            .filter(|rest| !FRAMING.contains(rest))
        else {
            continue;
        };
        has_type |= name == "content-type";
        has_location |= name == "location";
        add(name, value);
    }
    let sent = |wanted: &str| {
        fields
            .iter()
            .find(|field| field.0 == wanted)
            .map(|field| field.1.as_str())
    };
    if let Some(value) = sent("content-type").filter(|_| !has_type) {
        add("content-type", value);
    }
    if let Some(value) = sent("location").filter(|_| !has_location) {
        let inside = capture.target_uri.join(value).ok();
        let page = inside.and_then(|inside| super::archive::memento_in(inside.0.as_str()));
        let page = page.map_or_else(|| value.to_owned(), |page| page.1);
        let location = original
            .join(&page)
            .map_or(page, |joined| joined.0.to_string());
        add("location", &location);
    }
    if let Some(coding) = coding {
        add("content-encoding", coding);
    }
    add("X-Archive-Head", "rebuilt");
    head.push_str("\r\n");
    // Field values were read as Latin-1.
    head.chars()
        .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::{
        archives::{Wanted, answer},
        capture::Truncation,
        clock::parse_digits14,
    };

    const PAGE: &[u8] = b"<!doctype html><title>Lantern Circle</title>";
    // SHA-1 of the page and of its gzip form are computed by `sha1`, below.
    const URI: &str =
        "https://web.archive.org/web/20221021101500id_/https://lantern.example/partners";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    /// SHA-1 in base32, as indexes print it.
    fn sha1(bytes: &[u8]) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
        let bytes = digest.as_ref().iter();
        let bits: Vec<String> = bytes.map(|byte| format!("{byte:08b}")).collect();
        let bits = bits.concat();
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let of = |at: usize| usize::from_str_radix(&bits[at..at + 5], 2).unwrap();
        (0..bits.len())
            .step_by(5)
            .map(|it| char::from(letters[of(it)]))
            .collect()
    }

    fn copied(
        status: &str,
        fields: &str,
        payload: Vec<u8>,
        digest: Option<String>,
        cut: bool,
    ) -> Option<Capture> {
        let at = parse_digits14("20261127060000").unwrap();
        let head = format!(
            "HTTP/1.1 {status}\r\nMemento-Datetime: Fri, 21 Oct 2022 10:15:00 GMT\r\nLink: <https://www.lantern.example/partners>; rel=\"original\"\r\n\
             x-archive-src: EXAMPLE-2022/EXAMPLE-42.warc.gz\r\nServer: nginx\r\n{fields}\r\n"
        );
        let capture = Capture {
            target_uri: URI.parse().unwrap(),
            date: at,
            ended: at,
            connection: None,
            request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            source: None,
            outcome: Outcome::Response(Response {
                head: head.into_bytes(),
                payload,
                framing: Framing::Identity,
                truncated: cut.then_some(Truncation::Disconnect),
            }),
        };
        let original: TargetUri = "https://lantern.example/partners".parse().unwrap();
        let date = parse_digits14("20221021101500").unwrap();
        let listed = Listed {
            raw: URI.to_owned(),
            date,
            original: original.clone(),
            status: Some(200),
            digest,
        };
        let wanted = Wanted {
            original: &original,
            date,
        };
        copy(
            &capture,
            &answer(&capture, &wanted),
            Some(&listed),
            &Caps::default(),
        )
    }

    fn payload(capture: &Capture) -> &[u8] {
        match &capture.outcome {
            Outcome::Response(it) => &it.payload,
            _ => &[],
        }
    }

    #[test]
    fn a_copy_has_the_head_of_the_page_and_names_its_archive() {
        let fields = "x-archive-orig-date: Fri, 21 Oct 2022 10:14:59 GMT\r\nx-archive-orig-transfer-encoding: chunked\r\nContent-Type: text/html; charset=koi8-r\r\n";
        let it = copied("200 OK", fields, PAGE.to_vec(), Some(sha1(PAGE)), false).unwrap();
        assert_eq!(
            it.target_uri.as_str(),
            "https://www.lantern.example/partners"
        );
        assert_eq!(it.date, parse_digits14("20221021101500").unwrap());
        assert_eq!(
            it.field("date").as_deref(),
            Some("Fri, 21 Oct 2022 10:14:59 GMT")
        );
        assert_eq!(
            it.field("content-type").as_deref(),
            Some("text/html; charset=koi8-r")
        );
        assert_eq!(it.field("x-archive-head").as_deref(), Some("rebuilt"));
        for none in ["transfer-encoding", "server", "link", "memento-datetime"] {
            assert_eq!(it.field(none), None, "{none}");
        }
        let source = it.source.unwrap();
        assert_eq!(source.memento.as_deref(), Some(URI));
        assert_eq!(
            source.record.as_deref(),
            Some("EXAMPLE-2022/EXAMPLE-42.warc.gz")
        );
        assert_eq!(source.digest, Some(IndexDigest::Equal));
        assert!(it.request.is_empty());
    }

    #[test]
    fn the_digest_of_the_index_is_compared_with_the_payload_as_the_server_sent_it() {
        let original = "x-archive-orig-content-encoding: gzip\r\n";
        let both = format!("{original}Content-Encoding: gzip\r\n");
        let quirk = format!("content-encoding: \r\n{both}");
        for (fields, sent, digest, kept, expected) in [
            // Sent plain, given plain.
            (
                "",
                PAGE.to_vec(),
                Some(sha1(PAGE)),
                PAGE.to_vec(),
                IndexDigest::Equal,
            ),
            (
                "",
                PAGE.to_vec(),
                Some(format!("sha1:{}", sha1(PAGE))),
                PAGE.to_vec(),
                IndexDigest::Equal,
            ),
            (
                "",
                PAGE.to_vec(),
                Some(sha1(b"other")),
                PAGE.to_vec(),
                IndexDigest::Different,
            ),
            ("", PAGE.to_vec(), None, PAGE.to_vec(), IndexDigest::Unknown),
            // Packed for this exchange only.
            (
                "Content-Encoding: gzip\r\n",
                gzip(PAGE),
                Some(sha1(PAGE)),
                PAGE.to_vec(),
                IndexDigest::Equal,
            ),
            // Packed by the server, and given as it was.
            (
                original,
                gzip(PAGE),
                Some(sha1(&gzip(PAGE))),
                gzip(PAGE),
                IndexDigest::Equal,
            ),
            (
                &both,
                gzip(PAGE),
                Some(sha1(&gzip(PAGE))),
                gzip(PAGE),
                IndexDigest::Equal,
            ),
            (
                &quirk,
                gzip(PAGE),
                Some(sha1(&gzip(PAGE))),
                gzip(PAGE),
                IndexDigest::Equal,
            ),
            // Twice.
            (
                &both,
                gzip(&gzip(PAGE)),
                Some(sha1(&gzip(PAGE))),
                gzip(PAGE),
                IndexDigest::Equal,
            ),
            // Unpacked by the archive.
            (
                original,
                PAGE.to_vec(),
                Some(sha1(&gzip(PAGE))),
                PAGE.to_vec(),
                IndexDigest::Coded,
            ),
            (
                &both,
                gzip(PAGE),
                Some(sha1(b"another packer")),
                PAGE.to_vec(),
                IndexDigest::Coded,
            ),
        ] {
            let it = copied("200 OK", fields, sent, digest, false).unwrap();
            assert_eq!(
                it.source.as_ref().unwrap().digest,
                Some(expected),
                "{fields}"
            );
            assert_eq!(payload(&it), kept, "{fields}");
            let read = match &it.outcome {
                Outcome::Response(it) => {
                    content_coding::decode_response(it, &Caps::default())
                        .unwrap()
                        .bytes
                }
                _ => Vec::new(),
            };
            assert_eq!(read, PAGE, "{fields}");
        }
    }

    #[test]
    fn an_archived_error_is_a_copy_with_any_status_and_a_redirect_leads_to_the_page_it_names() {
        for status in ["404 Not Found", "429 Too Many Requests", "503 Busy"] {
            let it = copied(
                status,
                "x-archive-orig-retry-after: 6\r\n",
                PAGE.to_vec(),
                None,
                false,
            )
            .unwrap();
            assert_eq!(
                it.status().map(|status| status.to_string()).as_deref(),
                status.split(' ').next()
            );
            assert_eq!(it.field("retry-after").as_deref(), Some("6"));
        }
        let location = "location: https://web.archive.org/web/20221021101500id_/https://lantern.example/new\r\n";
        let it = copied("301 Moved", location, Vec::new(), None, false).unwrap();
        assert_eq!(
            it.field("location").as_deref(),
            Some("https://lantern.example/new")
        );
    }

    #[test]
    fn a_copy_that_was_cut_short_says_so() {
        let it = copied("200 OK", "", PAGE[..10].to_vec(), Some(sha1(PAGE)), true).unwrap();
        assert!(matches!(&it.outcome, Outcome::Response(it) if it.truncated.is_some()));
        assert_eq!(it.source.unwrap().digest, Some(IndexDigest::Different));
    }
}
