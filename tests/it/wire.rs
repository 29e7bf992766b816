//! What a capture says of what a server does, byte by byte: the table in tests/cases/fetch/wire.toml.

use std::{collections::HashMap, io::Write, time::Duration};

use serde::Deserialize;
use stillsays::{
    capture::{Capture, FailureKind, Framing, Outcome, Response, Truncation, Visit},
    clock::Clock,
    content_coding::{Caps, decode_response},
    digest::PayloadDigest,
    fetch::Options,
    store::{Access, Crawl, Store},
    warc::{Compression, Writer},
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

/// Plays the table against the fetcher, stores what it captured, and holds what is read back against the table.
async fn play(start: impl Fn() -> Site, options: Options) {
    let table = include_str!("../cases/fetch/wire.toml");
    let cases = toml::from_str::<Table>(table).unwrap().case;
    assert!(cases.len() >= 80, "{} cases", cases.len());
    let mut sites = Vec::new();
    let mut orders = Vec::new();
    for case in &cases {
        let site = start();
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
        ..options
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("a.db"), Access::Create).unwrap();
    let visits = fetch(orders, options).await;
    let captures = stored(&store, visits.into_iter().map(|it| it.visit).collect()).await;
    let mut wrong = Vec::new();
    for (case, site) in cases.iter().zip(&sites) {
        let asked = site.asked();
        let connection = |path: &str| {
            let asked = asked.iter().find(|it| it.path == path);
            asked
                .unwrap_or_else(|| panic!("{}: {path} was not asked for", case.why))
                .connection
        };
        // Every case is played on a connection that has served before.
        assert_eq!(connection("/robots.txt"), connection("/case"));
        let reused = connection("/case") == connection("/next");
        let sent = reply(&case.server).bytes();
        let capture = &captures[site.uri("/case").as_str()];
        let request = asked.iter().find(|it| it.path == "/case").unwrap();
        assert_eq!(request.head.as_bytes(), capture.request, "{}", case.why);
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

/// The captures as the store gives them back, by seed; each is the very one it was given.
async fn stored(store: &Store, visits: Vec<Visit>) -> HashMap<String, Capture> {
    let crawl = store
        .begin_crawl(&Crawl {
            started: Clock::System.now(),
            software: "stillsays/test".to_owned(),
            command: "run".to_owned(),
        })
        .unwrap();
    let mut captures = HashMap::new();
    for visit in visits {
        let given = visit.last().unwrap().clone();
        let seed = visit.seed.clone();
        store.add_visit(crawl, visit, Vec::new()).await.unwrap();
        let id = store.visits(&seed).unwrap()[0].last().unwrap().0;
        let back = store.capture(id).unwrap();
        assert_eq!(back, given);
        captures.insert(seed.as_str().to_owned(), back);
    }
    captures
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stored_capture_says_what_the_server_did() {
    play(Site::start, options()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_tls_too() {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let chain = vec![params.signed_by(&key, &authority).unwrap().der().to_vec()];
    let options = Options {
        extra_roots: vec![authority.der().to_vec()],
        // So many handshakes at once take their time in a build that is not optimised.
        connect_timeout: Duration::from_secs(20),
        ..options()
    };
    let start = || Site::start_tls(chain.clone(), key.serialize_der());
    play(start, options).await;
}

/// Base64 with padding, as Python writes it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |it, at| {
            it << 8 | usize::from(three.get(at).copied().unwrap_or(0))
        });
        for place in 0..4 {
            let digit = char::from(DIGITS[bits >> (18 - 6 * place) & 63]);
            text.push(if place <= three.len() { digit } else { '=' });
        }
    }
    text
}

#[tokio::test]
async fn a_chunked_gzip_coded_capture_is_read_back_by_warcio() {
    // Its own check takes the chunks' framing for a part of the payload, which WARC 1.1 (5.10) does not.
    const READ: &str = r#"
import base64, json, sys
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

def responses(check):
    records = ArchiveIterator(open(sys.argv[1], "rb"), check_digests=check)
    return (it for it in records if it.rec_type == "response")

for record in responses(False):
    body = record.content_stream().read().decode()
for record in responses(True):
    payload = ChunkedDataReader(record.raw_stream).read()
    print(json.dumps({
        "status": record.http_headers.statusline,
        "headers": record.http_headers.headers,
        "body": body,
        "uri": record.rec_headers.get_header("WARC-Target-URI"),
        "digest": record.rec_headers.get_header("WARC-Payload-Digest"),
        "block": record.rec_headers.get_header("WARC-Block-Digest"),
        "payload": base64.b64encode(payload).decode(),
        "problems": record.digest_checker.problems,
    }))
"#;
    let python = |arguments: &[&str]| {
        std::process::Command::new("python3")
            .args(arguments)
            .output()
    };
    if !python(&["-c", "import warcio"]).is_ok_and(|it| it.status.success()) {
        println!(
            "skipped: a_chunked_gzip_coded_capture_is_read_back_by_warcio: no Python with warcio"
        );
        return;
    }
    let text = "<h1>Our members</h1><li>Harbour Mediation Center".repeat(50);
    let body = coded("gzip", text.as_bytes());
    let mut wire =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd-CASE: a\r\nx-odd-case: b\r\n\
        Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec();
    for (number, piece) in body.chunks(37).enumerate() {
        let extension = if number == 1 { ";a=b" } else { "" };
        wire.extend(format!("{:X}{extension}\r\n", piece.len()).bytes());
        wire.extend(piece);
        wire.extend(b"\r\n");
    }
    wire.extend(b"0\r\n\r\n");
    let site = Site::start();
    site.on("/", [Reply::raw(&wire)]);
    let mut all = fetch(vec![order(site.uri("/"))], options()).await;
    let visit = all.remove(0).visit;
    let Outcome::Response(response) = &visit.captures[0].outcome else {
        panic!("{visit:?}");
    };
    assert_eq!(response.block(), wire);
    let folder = tempfile::tempdir().unwrap();
    for (name, compression) in [
        ("a.warc.gz", Compression::Gzip),
        ("a.warc", Compression::None),
    ] {
        let mut writer = Writer::new(Vec::new(), compression);
        writer.visit(&visit).unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, writer.finish().unwrap()).unwrap();
        let file = file.to_str().unwrap();
        let out = python(&["-c", READ, file]).unwrap();
        let printed = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{printed}");
        let read: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(read["status"], "200 OK");
        let fields: Vec<(String, String)> =
            serde_json::from_value(read["headers"].clone()).unwrap();
        let sent: Vec<(String, String)> = stillsays::capture::fields_of(&response.head)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        assert_eq!(fields, sent);
        assert_eq!(read["body"], text.as_str());
        assert_eq!(read["uri"], site.uri("/"));
        let digest = PayloadDigest::of(&body);
        assert_eq!(read["digest"], digest.to_string());
        assert_eq!(read["payload"], base64(&body));
        assert!(read["block"].is_string());
        for problem in read["problems"].as_array().unwrap() {
            assert!(
                problem.as_str().unwrap().starts_with("payload digest"),
                "{problem}"
            );
        }
    }
}
