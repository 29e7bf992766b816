//! What a capture says of what a server does, byte by byte: the table in tests/cases/fetch/wire.toml.

use std::{collections::HashMap, io::Write, time::Duration};

use serde::Deserialize;
use stillsays::{
    capture::{Capture, FailureKind, Framing, Outcome, Response, Truncation},
    content_coding::{Caps, decode_response},
    fetch::Options,
};

use crate::{
    fetch::{fetch, options, order},
    site::{Reply, Site, Step},
};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    why: String,
    server: Vec<Act>,
    status: Option<u16>,
    payload: Option<String>,
    payload_length: Option<usize>,
    chunked: Option<bool>,
    truncated: Option<Truncation>,
    failure: Option<FailureKind>,
    #[serde(default)]
    interim: String,
    #[serde(default)]
    fields: HashMap<String, String>,
    reads_as: Option<String>,
    remark: Option<String>,
    unreadable: Option<String>,
    reused: Option<bool>,
    #[serde(default)]
    left_out: String,
    #[serde(default)]
    stored: Stored,
}

/// How much of what was sent is stored.
#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Stored {
    #[default]
    All,
    Start,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Act {
    Send(String),
    Repeat {
        repeat: String,
        times: usize,
        #[serde(default)]
        every_ms: u64,
    },
    Slowly {
        slowly: String,
        every_ms: u64,
    },
    Coded {
        coded: String,
        text: String,
        #[serde(default = "once")]
        times: usize,
    },
    Pause {
        pause_ms: u64,
    },
    End {
        end: String,
    },
}

fn once() -> usize {
    1
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|it| u8::try_from(it).unwrap()).collect()
}

fn coded(coding: &str, text: &[u8]) -> Vec<u8> {
    use flate2::{Compression, write};
    let level = Compression::best();
    match coding {
        "gzip" => {
            let mut out = write::GzEncoder::new(Vec::new(), level);
            out.write_all(text).unwrap();
            out.finish().unwrap()
        }
        "zlib" => {
            let mut out = write::ZlibEncoder::new(Vec::new(), level);
            out.write_all(text).unwrap();
            out.finish().unwrap()
        }
        "deflate" => {
            let mut out = write::DeflateEncoder::new(Vec::new(), level);
            out.write_all(text).unwrap();
            out.finish().unwrap()
        }
        "zstd" => zstd::stream::encode_all(text, 3).unwrap(),
        "gzip+zstd" => coded("zstd", &coded("gzip", text)),
        other => panic!("{other}"),
    }
}

fn reply(acts: &[Act]) -> Reply {
    let mut reply = Reply::default();
    for act in acts {
        reply = match act {
            Act::Send(text) => reply.then(Step::Send(bytes(text))),
            Act::Repeat {
                repeat,
                times,
                every_ms: 0,
            } => reply.then(Step::Send(bytes(repeat).repeat(*times))),
            Act::Repeat {
                repeat,
                times,
                every_ms,
            } => (0..*times).fold(reply, |reply, _| {
                reply
                    .then(Step::Send(bytes(repeat)))
                    .then(Step::Pause(Duration::from_millis(*every_ms)))
            }),
            Act::Slowly { slowly, every_ms } => {
                bytes(slowly).into_iter().fold(reply, |reply, byte| {
                    reply
                        .then(Step::Send(vec![byte]))
                        .then(Step::Pause(Duration::from_millis(*every_ms)))
                })
            }
            Act::Coded {
                coded: coding,
                text,
                times,
            } => reply.then(Step::Send(coded(coding, &bytes(text).repeat(*times)))),
            Act::Pause { pause_ms } => reply.then(Step::Pause(Duration::from_millis(*pause_ms))),
            Act::End { end } => reply.then(match end.as_str() {
                "close" => Step::Close,
                "hang" => Step::Hang,
                "reset" => Step::Reset,
                other => panic!("{other}"),
            }),
        };
    }
    reply
}

/// What of the capture is not as the case says.
fn faults(case: &Case, sent: &[u8], capture: &Capture, reused: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |what: &str, is: String, should: String| {
        if is != should {
            faults.push(format!("{what} is {is}, should be {should}"));
        }
    };
    let interim = &capture.connection.as_ref().unwrap().interim;
    let (response, failure, stored) = match &capture.outcome {
        Outcome::Response(it) => (Some(it), None, [interim.clone(), it.block()].concat()),
        Outcome::Failure(it) => (None, Some(it), it.received.clone()),
        Outcome::Revisit(_) => panic!("{}: a revisit", case.why),
    };
    let kind = failure.map(|it| it.kind);
    expect(
        "failure",
        format!("{kind:?}"),
        format!("{:?}", case.failure),
    );
    let status = capture.status();
    expect(
        "status",
        format!("{status:?}"),
        format!("{:?}", case.status),
    );
    let whole = sent.strip_suffix(bytes(&case.left_out).as_slice()).unwrap();
    let is_stored = match case.stored {
        Stored::All => stored == whole,
        Stored::Start => !stored.is_empty() && whole.starts_with(&stored),
    };
    if !is_stored {
        let stored = String::from_utf8_lossy(&stored).into_owned();
        expect(
            "stored",
            stored,
            String::from_utf8_lossy(whole).into_owned(),
        );
    }
    for (name, value) in &case.fields {
        let is = capture.field(name).unwrap_or_default();
        expect(name, is, value.clone());
    }
    if let Some(should) = case.reused {
        expect("reused", reused.to_string(), should.to_string());
    }
    if let Some(it) = response {
        let is = format!("{:?}", it.truncated);
        expect("truncated", is, format!("{:?}", case.truncated));
        let interim = String::from_utf8_lossy(interim).into_owned();
        expect("interim", interim, case.interim.clone());
        if let Some(should) = &case.payload {
            let is = format!("{:?}", it.payload.escape_ascii().to_string());
            let should = bytes(should).escape_ascii().to_string();
            expect("payload", is, format!("{should:?}"));
        }
        if let Some(should) = case.payload_length {
            expect("length", it.payload.len().to_string(), should.to_string());
        }
        let chunked = matches!(it.framing, Framing::Chunked(_));
        let should = case.chunked.unwrap_or_default();
        expect("chunked", chunked.to_string(), should.to_string());
        reading(case, it, &mut expect);
    }
    faults
}

/// Holds the payload with its codings undone against the case.
fn reading(case: &Case, response: &Response, expect: &mut impl FnMut(&str, String, String)) {
    match decode_response(response, &Caps::default()) {
        Ok(decoded) => {
            if let Some(should) = &case.reads_as {
                let is = String::from_utf8_lossy(&decoded.bytes).into_owned();
                expect("reading", is, should.clone());
                let remarks: Vec<String> =
                    decoded.remarks.iter().map(ToString::to_string).collect();
                expect(
                    "remark",
                    remarks.join("; "),
                    case.remark.clone().unwrap_or_default(),
                );
            }
            expect(
                "unreadable",
                String::new(),
                case.unreadable.clone().unwrap_or_default(),
            );
        }
        Err(error) => {
            let should = case.unreadable.clone().unwrap_or_default();
            if should.is_empty() || !error.to_string().contains(&should) {
                expect("unreadable", error.to_string(), should);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_capture_says_what_the_server_did() {
    let table = include_str!("../cases/fetch/wire.toml");
    let cases = toml::from_str::<Table>(table).unwrap().case;
    assert!(cases.len() >= 80, "{} cases", cases.len());
    let mut sites = Vec::new();
    let mut orders = Vec::new();
    for case in &cases {
        let site = Site::start();
        site.on("/case", [reply(&case.server)]);
        site.on("/next", [Reply::status(204, "")]);
        orders.extend([order(site.uri("/case")), order(site.uri("/next"))]);
        sites.push(site);
    }
    let options = Options {
        jobs: cases.len(),
        response_timeout: Duration::from_millis(800),
        total_timeout: Duration::from_millis(1600),
        rate_window: Duration::from_millis(400),
        min_rate: 50,
        max_head: 2048,
        max_fields: 40,
        max_body: 4096,
        ..options()
    };
    let visits = fetch(orders, options).await;
    let captures: HashMap<_, _> = visits
        .iter()
        .map(|it| (it.visit.seed.as_str().to_owned(), it.visit.last().unwrap()))
        .collect();
    let mut wrong = Vec::new();
    for (case, site) in cases.iter().zip(&sites) {
        let asked = site.asked();
        let connection = |path: &str| {
            let asked = asked.iter().find(|it| it.path == path);
            asked
                .unwrap_or_else(|| panic!("{}: {path} was not asked for", case.why))
                .connection
        };
        let reused = connection("/case") == connection("/next");
        let sent = reply(&case.server).bytes();
        let capture = captures[site.uri("/case").as_str()];
        for fault in faults(case, &sent, capture, reused) {
            wrong.push(format!("{}: {fault}", case.why));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
