//! A long history of pages as a WARC file, which every version of the program can import.

use std::{fs::File, io::BufWriter, path::Path};

use stillsays::{
    capture::{Capture, Framing, Outcome, Response, Revisit, RevisitProfile},
    clock::parse_digits14,
    digest::PayloadDigest,
    uri::TargetUri,
    warc::{Compression, Writer},
};

use crate::{
    Failure,
    site::{Site, etag},
};

/// How often pages are visited, and how often they change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rhythm {
    /// The hours from one visit to the next.
    pub(crate) hours: u32,
    /// Every how many visits a page changes.
    pub(crate) steady: u32,
}

/// Visited every hour; a change every two days.
pub(crate) const HOURLY: Rhythm = Rhythm {
    hours: 1,
    steady: 50,
};

/// Visited every day; a change every day.
pub(crate) const DAILY: Rhythm = Rhythm {
    hours: 24,
    steady: 1,
};

/// Writes `visits` visits of each of `pages` pages at `path`; those without a change ended in "not modified". The site has
/// the pages as the last of them found them.
pub(crate) fn write(
    path: &Path,
    site: &Site,
    (pages, visits): (usize, u32),
    rhythm: Rhythm,
) -> Result<(), Failure> {
    let mut warc = Writer::new(BufWriter::new(File::create(path)?), Compression::None);
    let begun = parse_digits14("20230101").unwrap_or_default();
    for number in 0..pages {
        let uri: TargetUri = format!("{}/{number}", site.origin).parse()?;
        let mut brought = (begun, PayloadDigest::of(b""));
        for visit in 0..visits {
            let date = begun + chrono::TimeDelta::hours((visit * rhythm.hours).into());
            let version = visit / rhythm.steady;
            let tag = etag(version);
            let outcome = if visit.is_multiple_of(rhythm.steady) {
                let payload = site.page(number).html(version);
                brought = (date, PayloadDigest::of(&payload));
                let length = payload.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: {tag}\r\nContent-Length: {length}\r\n\r\n"
                );
                Outcome::Response(Response {
                    head: head.into_bytes(),
                    payload,
                    framing: Framing::Identity,
                    truncated: None,
                })
            } else {
                Outcome::Revisit(Revisit {
                    profile: RevisitProfile::ServerNotModified,
                    head: format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n").into_bytes(),
                    payload_digest: brought.1,
                    refers_to_date: brought.0,
                    refers_to_uri: uri.clone(),
                })
            };
            warc.capture(&Capture {
                target_uri: uri.clone(),
                date,
                ended: date,
                connection: None,
                request: format!("GET /{number} HTTP/1.1\r\n\r\n").into_bytes(),
                source: None,
                outcome,
            })?;
        }
    }
    warc.finish()?;
    site.show((visits - 1) / rhythm.steady);
    Ok(())
}
