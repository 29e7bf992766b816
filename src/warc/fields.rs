//! What this program knows of a capture beyond the standard's records, as the `application/warc-fields` of its metadata record.
//!
//! | field | what it says |
//! | --- | --- |
//! | `fetchTimeMs` | how long the exchange took, in whole milliseconds (as Heritrix writes it) |
//! | `ended` | when it ended, to the microsecond |
//! | `remote` | address and port that were connected to |
//! | `tls-version`, `tls-cipher-suite` | what TLS agreed on; empty where it agreed on nothing |
//! | `certificate` | a certificate of the chain, leaf first: DER in base64 |
//! | `interim` | interim responses as they came, in base64 |
//! | `failure` | the kind of failure that took the response's place |
//! | `failure-detail` | what exactly happened, as a JSON string |
//! | `failure-received` | the bytes that had come before it failed, in base64 |

use std::fmt::Write;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    capture::{Capture, Connection, Failure, FailureKind, Outcome, Tls},
    clock::{Instant, parse_warc_date, warc_date},
};

/// The metadata record's block for a capture.
pub(super) fn block(capture: &Capture) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // Writing to a String does not fail.
        let _ = write!(text, "{name}: {value}\r\n");
    };
    let took = (capture.ended - capture.date).num_milliseconds();
    line("fetchTimeMs", &took.to_string());
    line("ended", &warc_date(capture.ended));
    if let Some(connection) = &capture.connection {
        line("remote", &connection.address.to_string());
        if let Some(tls) = &connection.tls {
            line("tls-version", &tls.version);
            line("tls-cipher-suite", &tls.cipher_suite);
            for certificate in &tls.certificates {
                line("certificate", &base64(certificate));
            }
        }
        if !connection.interim.is_empty() {
            line("interim", &base64(&connection.interim));
        }
    }
    if let Outcome::Failure(failure) = &capture.outcome {
        let json = |value| serde_json::to_string(value).unwrap_or_default();
        let kind = serde_json::to_string(&failure.kind).unwrap_or_default();
        line("failure", kind.trim_matches('"'));
        line("failure-detail", &json(&failure.detail));
        if !failure.received.is_empty() {
            line("failure-received", &base64(&failure.received));
        }
    }
    text
}

/// What a metadata record's block says of a capture, as far as it is understood.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) ended: Option<Instant>,
    pub(super) took_ms: Option<i64>,
    pub(super) connection: Option<Connection>,
    pub(super) failure: Option<Failure>,
}

pub(super) fn parse(block: &[u8]) -> Known {
    let mut known = Known::default();
    let text = String::from_utf8_lossy(block);
    let (mut tls, mut interim, mut remote) = (None::<Tls>, Vec::new(), None);
    let (mut kind, mut detail, mut received) = (None::<FailureKind>, String::new(), Vec::new());
    for (name, value) in text.lines().filter_map(|it| it.split_once(':')) {
        let value = value.trim();
        let word = || serde_json::Value::String(value.to_owned());
        match name {
            "fetchTimeMs" => known.took_ms = value.parse().ok(),
            "ended" => known.ended = parse_warc_date(value),
            "remote" => remote = value.parse().ok(),
            "tls-version" => value.clone_into(&mut some(&mut tls).version),
            "tls-cipher-suite" => value.clone_into(&mut some(&mut tls).cipher_suite),
            "certificate" => {
                let certificate = unbase64(value).unwrap_or_default();
                some(&mut tls).certificates.push(certificate);
            }
            "interim" => interim = unbase64(value).unwrap_or_default(),
            "failure" => kind = serde_json::from_value(word()).ok(),
            "failure-detail" => detail = serde_json::from_str(value).unwrap_or_default(),
            "failure-received" => received = unbase64(value).unwrap_or_default(),
            _ => {}
        }
    }
    known.connection = remote.map(|address| Connection {
        address,
        tls,
        interim,
    });
    known.failure = kind.map(|kind| Failure {
        kind,
        detail,
        received,
    });
    known
}

fn some(tls: &mut Option<Tls>) -> &mut Tls {
    tls.get_or_insert_with(|| Tls {
        version: String::new(),
        cipher_suite: String::new(),
        certificates: Vec::new(),
    })
}

/// RFC 4648, 4.
fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_the_rfc_has_it() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
            assert_eq!(unbase64(coded).unwrap(), plain.as_bytes());
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }
}
