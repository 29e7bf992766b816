//! Writes the sample archives of the demo, ours and another one: `cargo run --example make_sample [FOLDER]`.
//!
//! Every page in it was written by the stillsays project and says so; none is a capture of a real site. Addresses of servers are
//! from the blocks for documentation (RFC 5737), links lead to names under `.example` (RFC 2606). The same program gives the same bytes.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use stillsays::{
    capture::{
        Capture, Connection, Framing, Outcome, Piece, Response, Revisit, RevisitProfile, Source,
        Tls,
    },
    clock::{Instant, http_date, parse_digits14},
    digest::PayloadDigest,
    uri::TargetUri,
    warc::{Compression, Writer},
};

/// What the archive says of itself.
const TRUTH: &str = "A sample written by the stillsays project for its demo. No page in it is a capture of a real site, \
                     and nothing in it was said by the organizations that are named.";

const NETWORK: &str = "https://www.thetrustnetwork.net";
const ARTICLE: &str = "https://theconversation.com/to-defuse-political-violence-across-us-conflict-mediators-apply-lessons-from-gang-disputes-and-foreign-elections-151179";

/// When the three visits begin.
const DATES: [&str; 3] = ["20221021140000", "20240611083000", "20260915060000"];

/// The other archive, which has a copy of a page from before our first visit of it: there is no such archive.
const OTHER: &str = "https://web-archive.example";

/// The folder of the files, beside the program's sources.
pub(crate) fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

fn main() -> io::Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(committed, PathBuf::from);
    fs::write(folder.join("sample.warc.gz"), archive()?)?;
    fs::write(folder.join("sample-copies.warc.gz"), copies()?)
}

/// The bytes of the archive: our own visits.
pub(crate) fn archive() -> io::Result<Vec<u8>> {
    file("sample.warc.gz", &captures()?)
}

/// The bytes of the copies from the other archive.
pub(crate) fn copies() -> io::Result<Vec<u8>> {
    file("sample-copies.warc.gz", &[copied(&BEFORE)?])
}

fn file(name: &str, captures: &[Capture]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new(), Compression::Gzip);
    writer.warcinfo(
        at(DATES[0], 0),
        Some(name),
        &[
            ("software", "stillsays make_sample"),
            ("format", "WARC File Format 1.1"),
            (
                "conformsTo",
                "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            ),
            ("description", TRUTH),
        ],
    )?;
    for capture in captures {
        writer.capture(capture)?;
    }
    writer.finish()
}

/// How a body goes over the wire.
#[derive(Clone, Copy)]
enum Coding {
    Plain,
    Gzip,
    Chunked,
    GzipChunked,
}

/// A page as it is served.
struct Page {
    path: &'static str,
    html: &'static str,
    coding: Coding,
}

macro_rules! page {
    ($path:literal, $file:literal, $coding:ident) => {
        Page {
            path: $path,
            html: include_str!(concat!("pages/", $file, ".html")),
            coding: Coding::$coding,
        }
    };
}

/// The page whose first copy is in the other archive.
const BEFORE: Page = page!("/resource-library", "resource-library.2022", GzipChunked);

const PAGES: [&[Page]; 3] = [
    &[
        page!("/list-of-centers", "list-of-centers.2022", Plain),
        page!("/faqs-and-stories", "faqs-and-stories.2022", Gzip),
        page!("/about-us", "about-us.2022", Chunked),
    ],
    &[
        page!("/list-of-centers", "list-of-centers.2024", Gzip),
        page!("/faqs-and-stories", "faqs-and-stories.2024", Chunked),
        page!("/about-us", "about-us.2024", Plain),
        page!("/resource-library", "resource-library.2024", Gzip),
    ],
    &[
        page!("/list-of-centers", "list-of-centers.2026", GzipChunked),
        page!("/faqs-and-stories", "faqs-and-stories.2026", Chunked),
        page!("/purpose-index-impact", "purpose-index-impact.2026", Gzip),
        page!("/resource-library", "resource-library.2026", Plain),
    ],
];

const CONVERSATION: &str = include_str!("pages/conversation.2022.html");

fn captures() -> io::Result<Vec<Capture>> {
    let mut captures = Vec::new();
    for (visit, (date, pages)) in DATES.iter().zip(&PAGES).enumerate() {
        let network = format!("192.0.2.{}:443", 10 + visit);
        let mut seconds = 0;
        for page in *pages {
            if page.path == "/purpose-index-impact" {
                let mut moved = exchange(NETWORK, "/about-us", at(date, seconds), &network, "");
                moved.outcome = Outcome::Response(Response {
                    head: head(
                        "301 Moved Permanently",
                        moved.date,
                        "Location: /purpose-index-impact\r\nContent-Length: 0\r\n",
                    ),
                    payload: Vec::new(),
                    framing: Framing::Identity,
                    truncated: None,
                });
                captures.push(moved);
                seconds += 5;
            }
            let mut capture = exchange(NETWORK, page.path, at(date, seconds), &network, "");
            capture.outcome = Outcome::Response(response(page, capture.date)?);
            captures.push(capture);
            seconds += 5;
        }
        let address = format!("198.51.100.{}:443", 20 + visit);
        let date = at(date, seconds);
        captures.push(conversation(visit, date, &address)?);
    }
    Ok(captures)
}

/// A copy that the other archive made two days before our first visits, and that was copied after the last of them.
fn copied(page: &Page) -> io::Result<Capture> {
    let date = at("20221019101500", 0);
    let mut capture = exchange(NETWORK, page.path, date, "192.0.2.9:443", "");
    capture.outcome = Outcome::Response(response(page, date)?);
    capture.ended = date;
    capture.connection = None;
    capture.request.clear();
    capture.source = Some(Source {
        copied: Some(at(DATES[2], 60)),
        ..Source::of_memento(&format!(
            "{OTHER}/web/20221019101500id_/{NETWORK}{}",
            page.path
        ))
    });
    Ok(capture)
}

/// The article: a page, then "not modified", then the same page whole again.
fn conversation(visit: usize, date: Instant, address: &str) -> io::Result<Capture> {
    let page = Page {
        path: "",
        html: CONVERSATION,
        coding: Coding::Gzip,
    };
    let tag = "\"sample-151179\"";
    let condition = if visit == 0 {
        String::new()
    } else {
        format!("If-None-Match: {tag}\r\n")
    };
    let mut capture = exchange(ARTICLE, "", date, address, &condition);
    let (payload, fields) = body(&page)?;
    capture.outcome = if visit == 0 {
        Outcome::Response(Response {
            head: head("200 OK", date, &format!("ETag: {tag}\r\n{fields}")),
            payload,
            framing: Framing::Identity,
            truncated: None,
        })
    } else {
        let (profile, status) = if visit == 1 {
            (RevisitProfile::ServerNotModified, "304 Not Modified")
        } else {
            (RevisitProfile::IdenticalPayloadDigest, "200 OK")
        };
        let fields = if visit == 1 { "" } else { fields.as_str() };
        Outcome::Revisit(Revisit {
            profile,
            head: head(status, date, &format!("ETag: {tag}\r\n{fields}")),
            payload_digest: PayloadDigest::of(&payload),
            refers_to_date: at(DATES[0], 15),
            refers_to_uri: uri(ARTICLE, ""),
        })
    };
    Ok(capture)
}

/// A request that was sent and has no outcome so far.
fn exchange(site: &str, path: &str, date: Instant, address: &str, condition: &str) -> Capture {
    let target_uri = uri(site, path);
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: stillsays/0.1 (sample; +https://stillsays.example/contact)\r\n\
         Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.1\r\nAccept-Encoding: gzip, br\r\n{condition}Connection: close\r\n\r\n",
        target_uri.path_and_query(),
        target_uri.host(),
    );
    Capture {
        ended: date + chrono::TimeDelta::milliseconds(180),
        connection: Some(Connection {
            address: address
                .parse()
                .unwrap_or_else(|_| ([192, 0, 2, 1], 443).into()),
            tls: Some(Tls {
                version: "tls/1.3".into(),
                cipher_suite: "TLS_AES_128_GCM_SHA256".into(),
                certificates: Vec::new(),
                untrusted: None,
            }),
            interim: Vec::new(),
        }),
        request: request.into_bytes(),
        source: None,
        outcome: Outcome::Response(Response {
            head: Vec::new(),
            payload: Vec::new(),
            framing: Framing::Identity,
            truncated: None,
        }),
        target_uri,
        date,
    }
}

fn response(page: &Page, date: Instant) -> io::Result<Response> {
    let (payload, fields) = body(page)?;
    let framing = match page.coding {
        Coding::Plain | Coding::Gzip => Framing::Identity,
        Coding::Chunked | Coding::GzipChunked => chunks(payload.len()),
    };
    Ok(Response {
        head: head("200 OK", date, &fields),
        payload,
        framing,
        truncated: None,
    })
}

/// The payload of a page, and the fields that say how it is coded and framed.
fn body(page: &Page) -> io::Result<(Vec<u8>, String)> {
    let html = page.html.as_bytes();
    let (payload, coding) = match page.coding {
        Coding::Plain | Coding::Chunked => (html.to_vec(), ""),
        Coding::Gzip | Coding::GzipChunked => {
            let mut gzip = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::new(6));
            gzip.write_all(html)?;
            (
                gzip.finish()?,
                "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n",
            )
        }
    };
    let framing = match page.coding {
        Coding::Plain | Coding::Gzip => format!("Content-Length: {}\r\n", payload.len()),
        Coding::Chunked | Coding::GzipChunked => "Transfer-Encoding: chunked\r\n".into(),
    };
    Ok((payload, format!("{coding}{framing}")))
}

fn head(status: &str, date: Instant, fields: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nDate: {}\r\nServer: sample\r\nContent-Type: text/html; charset=utf-8\r\n\
         X-Sample: written by the stillsays project\r\n{fields}Connection: close\r\n\r\n",
        http_date(date)
    )
    .into_bytes()
}

/// Chunks of at most 1,024 bytes.
fn chunks(length: usize) -> Framing {
    let mut pieces = Vec::new();
    let (mut left, mut line_end) = (length, "");
    while left > 0 {
        let size = left.min(1024);
        pieces.push(Piece {
            framing: format!("{line_end}{size:x}\r\n").into_bytes(),
            payload: size as u64,
        });
        left -= size;
        line_end = "\r\n";
    }
    pieces.push(Piece {
        framing: format!("{line_end}0\r\n\r\n").into_bytes(),
        payload: 0,
    });
    Framing::Chunked(pieces)
}

/// A moment some seconds after one that is written as 14 digits.
fn at(digits: &str, seconds: i64) -> Instant {
    parse_digits14(digits).unwrap_or_default() + chrono::TimeDelta::seconds(seconds)
}

#[expect(clippy::panic, reason = "the addresses stand above and are URLs")]
fn uri(site: &str, path: &str) -> TargetUri {
    match format!("{site}{path}").parse() {
        Ok(it) => it,
        Err(error) => panic!("{error}"),
    }
}
