//! A store of a few pages, made by hand so that every kind of capture is in it, and the program serving it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use stillsays::{
    capture::{
        Capture, Failure, FailureKind, Framing, Outcome, Response, Revisit, RevisitProfile, Visit,
    },
    clock::{Instant, parse_digits14},
    digest::PayloadDigest,
    store::{Access, Crawl, Store},
};

pub(super) fn at(digits: &str) -> Instant {
    parse_digits14(digits).unwrap()
}

/// A response: its address, its moment, the head behind the status line, and the body.
pub(super) fn response(uri: &str, date: &str, head: &str, payload: &[u8]) -> Capture {
    let head = format!("HTTP/1.1 {head}\r\n\r\n")
        .replace('\n', "\r\n")
        .replace("\r\r", "\r");
    capture(
        uri,
        date,
        Outcome::Response(Response {
            head: head.into_bytes(),
            payload: payload.to_vec(),
            framing: Framing::Identity,
            truncated: None,
        }),
    )
}

pub(super) fn capture(uri: &str, date: &str, outcome: Outcome) -> Capture {
    Capture {
        target_uri: uri.parse().unwrap(),
        date: at(date),
        ended: at(date),
        connection: None,
        request: Vec::new(),
        source: None,
        outcome,
    }
}

pub(super) fn revisit(
    uri: &str,
    date: &str,
    profile: RevisitProfile,
    head: &str,
    payload: &[u8],
    of: &str,
) -> Capture {
    capture(
        uri,
        date,
        Outcome::Revisit(Revisit {
            profile,
            head: format!("HTTP/1.1 {head}\r\n\r\n").into_bytes(),
            payload_digest: PayloadDigest::of(payload),
            refers_to_date: at(of),
            refers_to_uri: uri.parse().unwrap(),
        }),
    )
}

/// Adds visits, each of these captures in order.
pub(super) fn keep(path: &Path, visits: Vec<Vec<Capture>>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let store = Store::open(path, Access::Create).unwrap();
    let crawl = Crawl {
        started: at("2022"),
        software: "stillsays/test".into(),
        command: "run".into(),
    };
    let crawl = store.begin_crawl(&crawl).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for captures in visits {
        let visit = Visit {
            seed: captures[0].target_uri.clone(),
            captures,
        };
        store.hurry().unwrap();
        runtime
            .block_on(store.add_visit(crawl, visit, Vec::new()))
            .unwrap();
    }
}

pub(super) const PAGE: &str = "https://site.test/members";
pub(super) const FIRST: &[u8] =
    b"<!doctype html><title>Members</title><link rel=stylesheet href=/style.css>\
    <p><a href=/old>Old</a> <a href='https://live.test/x'>Elsewhere</a><script>go()</script>";
pub(super) const SECOND: &[u8] = b"<!doctype html><title>Members</title><p>M\xfcller";

/// Members of gzip: `SECOND` with its content coding.
pub(super) fn second_coded() -> Vec<u8> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    coder.write_all(SECOND).unwrap();
    coder.finish().unwrap()
}

/// The page in five visits: as it was, unchanged by its bytes, unchanged by its server, failed, and changed; around it
/// what it links to.
pub(super) fn visits() -> Vec<Vec<Capture>> {
    let hostile = "200 OK\nContent-Type: text/html; charset=utf-8\nSet-Cookie: a=b\nContent-Security-Policy: default-src *\n\
        Strict-Transport-Security: max-age=9\nRefresh: 0; url=https://live.test/\nLink: <https://live.test/x.css>; rel=preload\n\
        Clear-Site-Data: \"*\"\nX-Caf\u{e9}: no\nContent-Disposition: attachment";
    vec![
        vec![response(PAGE, "20220101", hostile, FIRST)],
        vec![revisit(
            PAGE,
            "20230101",
            RevisitProfile::IdenticalPayloadDigest,
            "200 OK\r\nContent-Type: text/html",
            FIRST,
            "20220101",
        )],
        vec![revisit(
            PAGE,
            "20240101",
            RevisitProfile::ServerNotModified,
            "304 Not Modified",
            FIRST,
            "20220101",
        )],
        vec![capture(
            PAGE,
            "20240601",
            Outcome::Failure(Failure {
                kind: FailureKind::DnsNotFound,
                detail: "no address for <b>site.test</b>".into(),
                received: Vec::new(),
            }),
        )],
        vec![
            response(
                "http://site.test/members",
                "20250101",
                "301 Moved\nLocation: https://site.test/members",
                b"",
            ),
            response(
                PAGE,
                "20250101",
                "200 OK\nContent-Type: text/html; charset=latin1\nContent-Encoding: gzip",
                &second_coded(),
            ),
        ],
        vec![response(
            "https://site.test/old",
            "20220101",
            "302 Found\nLocation: /members?x=1#y",
            b"",
        )],
        vec![response(
            "https://site.test/gone",
            "20220101",
            "404 Not Found\nContent-Type: text/html",
            b"<p>gone",
        )],
        vec![response(
            "https://site.test/style.css",
            "20220102",
            "200 OK\nContent-Type: text/css",
            b"p{background:url(bg.png)}",
        )],
        vec![response(
            "https://site.test/a.pdf",
            "20220101",
            "200 OK\nContent-Type: application/pdf",
            b"%PDF-1.4",
        )],
        vec![response(
            "https://site.test/loop",
            "20220101",
            "301 Moved\nLocation: http://www.site.test/loop/",
            b"",
        )],
        vec![revisit(
            "https://site.test/lost",
            "20220101",
            RevisitProfile::IdenticalPayloadDigest,
            "200 OK",
            b"lost",
            "20210101",
        )],
        vec![capture(
            "https://site.test/never",
            "20220101",
            Outcome::Failure(Failure {
                kind: FailureKind::Connect,
                detail: "refused".into(),
                received: Vec::new(),
            }),
        )],
    ]
}

/// The program, serving a store until it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(super) site: String,
    pub(super) replay: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Came {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|it| it.split_once(": "));
        lines
            .find(|it| it.0.eq_ignore_ascii_case(name))
            .map(|it| it.1)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Served {
    /// Serves on ports that are free, with these arguments beside.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--replay",
                "localhost:0",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |name: &str| {
            let line = lines.next().unwrap().unwrap();
            let address = line.strip_prefix(name).unwrap().trim();
            address
                .strip_prefix("http://")
                .unwrap()
                .trim_end_matches('/')
                .to_owned()
        };
        Self {
            site: address("site"),
            replay: address("replay"),
            child,
        }
    }

    /// Sends bytes and reads what comes.
    pub(super) fn send(host: &str, bytes: &[u8]) -> Came {
        let mut stream = TcpStream::connect(host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        // A server that refuses need not read to the end.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let end = answer
            .windows(4)
            .position(|it| it == b"\r\n\r\n")
            .unwrap_or(answer.len());
        let head: String = answer[..end].iter().map(|it| char::from(*it)).collect();
        Came {
            status: head.get(9..12).and_then(|it| it.parse().ok()).unwrap_or(0),
            head,
            body: answer.get(end + 4..).unwrap_or_default().to_vec(),
        }
    }

    /// What the replay's origin says to a plain GET.
    pub(super) fn replayed(&self, path: &str) -> Came {
        ask(&self.replay, "GET", path, &[])
    }

    /// What the site's origin says to a plain GET.
    pub(crate) fn shown(&self, path: &str) -> Came {
        ask(&self.site, "GET", path, &[])
    }

    /// Sends a signal and waits for the end.
    pub(super) fn end(mut self, signal: &str) -> Option<i32> {
        // The shell's own kill: not every machine has a program of that name.
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }
}

/// Asks one of the two, with these fields beside, and reads what comes.
pub(super) fn ask(host: &str, method: &str, path: &str, fields: &[&str]) -> Came {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !fields.iter().any(|it| it.starts_with("Host:")) {
        text.extend(["Host: ", host, "\r\n"]);
    }
    for it in fields.iter().copied() {
        text.extend([it, "\r\n"]);
    }
    Served::send(host, format!("{text}\r\n").as_bytes())
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
