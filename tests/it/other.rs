//! `Other`: another archive on 127.0.0.1, scripted: an index with its quirks, mementos with theirs, and Save Page Now. It remembers
//! what it was asked. What it says is modelled on recorded answers of web.archive.org; the pages are invented.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use stillsays::clock::{http_date, parse_digits14};

/// What the archive does with a memento, beside serving it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum How {
    /// Serves it as it was captured.
    Plain,
    /// Has another date in its place, and says so by a redirect.
    Elsewhere(&'static str),
    /// Serves another date at once.
    Nearest(&'static str),
    /// Answers for itself, with that status and text.
    Itself(u16, &'static str),
    /// Ends the connection in the middle.
    Cut,
    /// Packs it for the exchange, although it was asked not to.
    Packed,
    /// Leads to that address.
    Leads(&'static str),
    /// Asks to wait for so many seconds.
    Waits(&'static str),
    /// Gives a date that is none.
    Undated,
    /// Answers after more than a second.
    Slow,
    /// Says that it is a copy of another page.
    Lies(&'static str),
    /// Never answers.
    Holds,
}

/// A memento.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub(crate) stamp: String,
    pub(crate) original: String,
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The digest in the index, where it is not that of the body.
    pub(crate) digest: Option<String>,
    pub(crate) how: How,
}

impl Copy {
    pub(crate) fn of(stamp: &str, original: &str, body: impl AsRef<[u8]>) -> Self {
        Self {
            stamp: stamp.to_owned(),
            original: original.to_owned(),
            status: 200,
            fields: vec![("content-type".into(), "text/html; charset=utf-8".into())],
            body: body.as_ref().to_vec(),
            digest: None,
            how: How::Plain,
        }
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    pub(crate) fn how(mut self, how: How) -> Self {
        self.how = how;
        self
    }

    pub(crate) fn digest(mut self, digest: &str) -> Self {
        self.digest = Some(digest.into());
        self
    }
}

/// What the index does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Index {
    /// Pages of that many rows, each beginning with the last row of the one before.
    Pages(usize),
    /// That status and text, always.
    Always(u16, &'static str),
    /// That status, so many times.
    First(u32, u16),
    /// Rows that nobody can read among the others.
    Dirty,
    /// Text, although JSON was asked for.
    Text,
}

/// What Save Page Now says to a page: the answer to the request, then those to questions about its job, the last one for ever.
#[derive(Clone, Debug, Default)]
pub(crate) struct Saving {
    pub(crate) asked: (u16, String),
    pub(crate) status: Vec<String>,
}

#[derive(Debug)]
struct State {
    copies: Vec<Copy>,
    index: Index,
    robots: Option<String>,
    key: Option<String>,
    saving: BTreeMap<String, Saving>,
    user: String,
    asked: Vec<String>,
    bodies: Vec<String>,
    times: BTreeMap<String, u32>,
}

/// Another archive.
pub(crate) struct Other {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Other {
    pub(crate) fn start(copies: Vec<Copy>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            copies,
            index: Index::Pages(500),
            robots: None,
            key: None,
            saving: BTreeMap::new(),
            user:
                r#"{"processing":0,"available":3,"daily_captures":0,"daily_captures_limit":30000}"#
                    .into(),
            asked: Vec::new(),
            bodies: Vec::new(),
            times: BTreeMap::new(),
        }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &state, address));
            }
        });
        Self { address, state }
    }

    pub(crate) fn index(self, index: Index) -> Self {
        self.state.lock().unwrap().index = index;
        self
    }

    pub(crate) fn robots(self, text: &str) -> Self {
        self.state.lock().unwrap().robots = Some(text.to_owned());
        self
    }

    /// It answers only to those who have that key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.state.lock().unwrap().key = Some(key.to_owned());
        self
    }

    pub(crate) fn set(&self, copies: Vec<Copy>) {
        self.state.lock().unwrap().copies = copies;
    }

    pub(crate) fn saving(&self, page: &str, saving: Saving) {
        self.state
            .lock()
            .unwrap()
            .saving
            .insert(page.to_owned(), saving);
    }

    pub(crate) fn user(&self, json: &str) {
        json.clone_into(&mut self.state.lock().unwrap().user);
    }

    /// How the settings name it.
    pub(crate) fn source(&self, interface: &str) -> String {
        let base = if ["cdx", "commoncrawl"].contains(&interface) {
            ""
        } else {
            "/web"
        };
        format!("{interface}:http://{}{base}", self.address)
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of a memento, as people open it.
    pub(crate) fn memento(&self, stamp: &str, page: &str) -> String {
        format!("{}/web/{stamp}/{page}", self.base())
    }

    /// What it was asked for, in order, without robots.txt.
    pub(crate) fn asked(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state
            .asked
            .iter()
            .filter(|it| !it.ends_with("/robots.txt"))
            .cloned()
            .collect()
    }

    /// The forms that were posted.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.state.lock().unwrap().bodies.clone()
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>, address: SocketAddr) {
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut out = stream;
    loop {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line == "\r\n" => break,
                Ok(_) => head.push_str(&line),
            }
        }
        let length = head.lines().find_map(|it| {
            it.to_lowercase()
                .strip_prefix("content-length: ")
                .and_then(|it| it.trim().parse().ok())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let mut words = head.split(' ');
        let (method, path) = (
            words.next().unwrap().to_owned(),
            words.next().unwrap().to_owned(),
        );
        let answer = {
            let mut state = state.lock().unwrap();
            state.asked.push(format!("{method} {path}"));
            if method == "POST" {
                state
                    .bodies
                    .push(String::from_utf8_lossy(&body).into_owned());
            }
            answer(
                &mut state,
                &path,
                &head,
                &String::from_utf8_lossy(&body),
                address,
            )
        };
        match answer {
            None => {
                // Held until the client goes.
                let mut nothing = [0; 1];
                drop(reader.read(&mut nothing));
                return;
            }
            Some((bytes, ends)) => {
                if out.write_all(&bytes).is_err() || ends {
                    return;
                }
            }
        }
    }
}

fn reply(status: u16, fields: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} X\r\nServer: nginx\r\n");
    for (name, value) in fields {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[expect(clippy::unnecessary_wraps, reason = "an arm of `answer`")]
fn text(status: u16, body: &str) -> Option<(Vec<u8>, bool)> {
    Some((
        reply(
            status,
            &[("Content-Type".into(), "text/html".into())],
            body.as_bytes(),
        ),
        false,
    ))
}

#[expect(clippy::unnecessary_wraps, reason = "an arm of `answer`")]
fn json(status: u16, body: &str) -> Option<(Vec<u8>, bool)> {
    Some((
        reply(
            status,
            &[("Content-Type".into(), "application/json".into())],
            body.as_bytes(),
        ),
        false,
    ))
}

fn answer(
    state: &mut State,
    path: &str,
    head: &str,
    body: &str,
    address: SocketAddr,
) -> Option<(Vec<u8>, bool)> {
    let base = format!("http://{address}");
    if path == "/robots.txt" {
        return match &state.robots {
            Some(it) => text(200, it),
            None => text(404, ""),
        };
    }
    if let Some(key) = &state.key
        && !head.lines().any(|it| it == format!("Authorization: {key}"))
    {
        return text(401, "<p>A key is needed.</p>");
    }
    if let Some(answer) = common_crawl(state, path, head, &base) {
        return Some((answer, false));
    }
    if let Some(query) = path
        .strip_prefix("/cdx/search/cdx?")
        .or_else(|| path.strip_prefix("/web/cdx?"))
    {
        return cdx(state, query, path.starts_with("/web/"));
    }
    if let Some(page) = path.strip_prefix("/web/timemap/link/") {
        return timemap(state, page, &base);
    }
    if path == "/save/status/user" {
        if !head.to_lowercase().contains("authorization: low ") {
            return json(
                401,
                r#"{"message":"You need to be logged in to use Save Page Now."}"#,
            );
        }
        let user = state.user.clone();
        return json(200, &user);
    }
    if let Some(job) = path.strip_prefix("/save/status/") {
        return job_status(state, job);
    }
    if path == "/save" {
        return save(state, head, body);
    }
    if let Some((stamp, page)) = path.strip_prefix("/web/").and_then(|it| it.split_once('/')) {
        return memento(state, stamp.trim_end_matches("id_"), page, &base);
    }
    text(404, "no")
}

fn decoded(value: &str) -> String {
    let pairs = url::form_urlencoded::parse(value.as_bytes());
    pairs.map(|it| it.0.into_owned()).next().unwrap_or_default()
}

fn surt(page: &str) -> String {
    page.parse::<stillsays::uri::TargetUri>()
        .map_or_else(|_| page.to_owned(), |it| it.surt().to_string())
}

fn digest_of(copy: &Copy) -> String {
    copy.digest.clone().unwrap_or_else(|| {
        base32(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &copy.body).as_ref())
    })
}

pub(crate) fn base32(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().fold(String::new(), |mut bits, it| {
        let _ = write!(bits, "{it:08b}");
        bits
    });
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let five = |at: usize| usize::from_str_radix(&bits[at..at + 5], 2).unwrap();
    (0..bits.len())
        .step_by(5)
        .map(|it| char::from(letters[five(it)]))
        .collect()
}

#[expect(clippy::too_many_lines, reason = "one answer after the other")]
fn cdx(state: &mut State, query: &str, is_pywb: bool) -> Option<(Vec<u8>, bool)> {
    let parameters: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let get = |name: &str| parameters.get(name).map(String::as_str);
    let count = state.times.entry("index".into()).or_default();
    *count += 1;
    let pages = match &state.index {
        Index::Always(status, body) => return text(*status, body),
        Index::First(times, status) if *count <= *times => return text(*status, "<h1>error</h1>"),
        Index::Pages(size) => *size,
        _ => 500,
    };
    let page = get("url").unwrap_or_default();
    let mut rows: Vec<&Copy> = state
        .copies
        .iter()
        .filter(|it| surt(&it.original) == surt(page))
        .collect();
    rows.sort_by(|a, b| a.stamp.cmp(&b.stamp));
    if let Some(from) = get("from") {
        rows.retain(|it| it.stamp.as_str() >= from);
    }
    if let Some(to) = get("to") {
        rows.retain(|it| it.stamp.get(..to.len()).unwrap_or_default() <= to);
    }
    if get("collapse") == Some("timestamp:6") {
        rows.dedup_by(|a, b| a.stamp[..6] == b.stamp[..6]);
    }
    let limit: i64 = get("limit")
        .and_then(|it| it.parse().ok())
        .unwrap_or(150_000);
    let mut rest = false;
    if limit < 0 {
        let keep = usize::try_from(-limit).unwrap().min(rows.len());
        rows = rows.split_off(rows.len() - keep);
    } else {
        if let Some(key) = get("resumeKey") {
            // The row of the key comes again: real pages repeat rows.
            let key = decoded(key);
            let at = key
                .rsplit('+')
                .next()
                .unwrap_or_default()
                .trim_end_matches('!')
                .to_owned();
            let at = at.rsplit(' ').next().unwrap_or_default().to_owned();
            rows.retain(|it| it.stamp >= at);
        }
        rest = rows.len() > pages;
        rows.truncate(pages);
    }
    let of = |it: &&Copy| {
        (
            it.stamp.clone(),
            it.original.clone(),
            it.status.to_string(),
            digest_of(it),
        )
    };
    if is_pywb {
        let lines: String = rows.iter().map(of).fold(String::new(), |mut out, (stamp, original, status, digest)| {
            let _ = writeln!(out, r#"{{"urlkey": "{}", "timestamp": "{stamp}", "url": "{original}", "mime": "text/html", "status": "{status}", "digest": "{digest}"}}"#, surt(&original));
            out
        });
        return json(200, &lines);
    }
    if get("output") != Some("json") || state.index == Index::Text {
        let mut lines: String = rows.iter().map(of).fold(
            String::new(),
            |mut out, (stamp, original, status, digest)| {
                let _ = writeln!(
                    out,
                    "{} {stamp} {original} text/html {status} {digest} 400",
                    surt(&original)
                );
                out
            },
        );
        if let Some(last) = rows
            .last()
            .filter(|_| rest && get("showResumeKey") == Some("true"))
        {
            let _ = writeln!(lines, "\n{}", resume_key(last));
        }
        return text(200, &lines);
    }
    let mut table: Vec<serde_json::Value> = Vec::new();
    if !rows.is_empty() {
        table.push(serde_json::json!([
            "timestamp",
            "original",
            "mimetype",
            "statuscode",
            "digest"
        ]));
    }
    for (stamp, original, status, digest) in rows.iter().map(of) {
        table.push(serde_json::json!([
            stamp,
            original,
            "text/html",
            status,
            digest
        ]));
        if state.index == Index::Dirty {
            table.push(serde_json::json!([
                "20000800241623",
                original,
                "text/html",
                "200",
                "X"
            ]));
            table.push(serde_json::json!([
                "20100101000000",
                "http://mailto:a@b.example",
                "-",
                "-",
                "-"
            ]));
            table.push(serde_json::json!([
                "20100101000000",
                "some/not/even/url/thing",
                "-",
                "-",
                "-"
            ]));
            table.push(serde_json::json!([
                "20100101000000",
                "https://other.example/partners",
                "text/html",
                "200",
                "X"
            ]));
        }
    }
    if let Some(last) = rows
        .last()
        .filter(|_| rest && get("showResumeKey") == Some("true"))
    {
        table.push(serde_json::json!([]));
        table.push(serde_json::json!([resume_key(last)]));
    }
    json(200, &serde_json::Value::Array(table).to_string())
}

/// The key to go on with, percent-encoded as it is printed.
fn resume_key(last: &Copy) -> String {
    let key = format!("{} {}!", surt(&last.original), last.stamp);
    url::form_urlencoded::byte_serialize(key.as_bytes()).collect()
}

/// The crawls of Common Crawl: the name of the index of each, its first and its last day.
const CRAWLS: [(&str, &str, &str); 3] = [
    ("CC-MAIN-2022-43", "2022-10-15", "2022-10-30"),
    ("CC-MAIN-2022-49", "2022-11-26", "2022-12-10"),
    ("CC-MAIN-2015-06", "2015-01-26", "2015-02-06"),
];

/// What Common Crawl answers: its list of crawls, the index of each, and ranges of one WARC file; `None` for other addresses.
fn common_crawl(state: &State, path: &str, head: &str, base: &str) -> Option<Vec<u8>> {
    let json = [("Content-Type".into(), "application/json".into())];
    if path == "/collinfo.json" {
        let all = CRAWLS.map(|(id, from, to)| {
            serde_json::json!({"id": id, "name": id, "cdx-api": format!("{base}/{id}-index"), "from": format!("{from}T00:00:00"), "to": format!("{to}T23:00:00")})
        });
        return Some(reply(
            200,
            &json,
            serde_json::json!(all).to_string().as_bytes(),
        ));
    }
    let file = "/crawl-data/CC-MAIN/warc/example-00001.warc.gz";
    let members: Vec<Vec<u8>> = state.copies.iter().map(member).collect();
    let begins = |at: usize| members[..at].iter().map(Vec::len).sum::<usize>();
    if path == file {
        let range = head
            .lines()
            .find_map(|it| it.strip_prefix("Range: bytes="))?;
        let (from, to) = range.split_once('-')?;
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        let at = (0..members.len()).find(|at| begins(*at) == from)?;
        if let How::Itself(status, body) = &state.copies[at].how {
            return Some(reply(*status, &[], body.as_bytes()));
        }
        let whole = members.concat();
        let range = format!("bytes {from}-{to}/{}", whole.len());
        let fields = [("Content-Range".into(), range)];
        return Some(reply(206, &fields, &whole[from..=to]));
    }
    let (id, query) = path.strip_prefix('/')?.split_once("-index?url=")?;
    let (_, from, to) = CRAWLS.iter().find(|it| it.0 == id)?;
    let page = decoded(query.split('&').next()?);
    let (from, to) = (from.replace('-', ""), to.replace('-', ""));
    let mut lines = String::new();
    for (at, it) in state.copies.iter().enumerate() {
        let day = &it.stamp[..8];
        if surt(&it.original) == surt(&page) && from.as_str() <= day && day <= to.as_str() {
            let row = serde_json::json!({"urlkey": surt(&page), "timestamp": it.stamp, "url": it.original, "mime": "text/html", "status": it.status.to_string(),
                "digest": digest_of(it), "length": members[at].len().to_string(), "offset": begins(at).to_string(), "filename": &file[1..]});
            let _ = writeln!(lines, "{row}");
        }
    }
    if lines.is_empty() {
        let none = r#"{"message": "No Captures found for: it"}"#;
        return Some(reply(404, &json, none.as_bytes()));
    }
    Some(reply(200, &json, lines.as_bytes()))
}

/// A copy as a record of its own, packed: a part of a WARC file.
fn member(copy: &Copy) -> Vec<u8> {
    let mut http = format!("HTTP/1.1 {} X\r\n", copy.status);
    for (name, value) in &copy.fields {
        let _ = write!(http, "{name}: {value}\r\n");
    }
    http.push_str("\r\n");
    let date = stillsays::clock::warc_date(parse_digits14(&copy.stamp).unwrap());
    let original = match &copy.how {
        How::Lies(other) => other,
        _ => copy.original.as_str(),
    };
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{}>\r\nWARC-Date: {date}\r\nWARC-Target-URI: {original}\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        copy.stamp,
        http.len() + copy.body.len()
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(head.as_bytes()).unwrap();
    packed.write_all(http.as_bytes()).unwrap();
    packed.write_all(&copy.body).unwrap();
    packed.write_all(b"\r\n\r\n").unwrap();
    packed.finish().unwrap()
}

fn timemap(state: &State, page: &str, base: &str) -> Option<(Vec<u8>, bool)> {
    let rows: Vec<&Copy> = state
        .copies
        .iter()
        .filter(|it| surt(&it.original) == surt(page))
        .collect();
    if rows.is_empty() {
        return text(404, "");
    }
    let mut map = format!(
        "<{page}>; rel=\"original\",\n<{base}/web/timemap/link/{page}>; rel=\"self\"; type=\"application/link-format\""
    );
    for it in rows {
        let date = http_date(parse_digits14(&it.stamp).unwrap());
        let _ = write!(
            map,
            ",\n<{base}/web/{}mp_/{}>; rel=\"memento\"; datetime=\"{date}\"; collection=\"web\"",
            it.stamp, it.original
        );
        if state.index == Index::Dirty {
            let _ = write!(
                map,
                ",\n<{base}/web/2010/{}>; rel=\"memento\"; datetime=\"some day, 2010\"",
                it.original
            );
        }
    }
    Some((
        reply(
            200,
            &[("Content-Type".into(), "application/link-format".into())],
            map.as_bytes(),
        ),
        false,
    ))
}

fn memento(state: &mut State, stamp: &str, page: &str, base: &str) -> Option<(Vec<u8>, bool)> {
    let found = state
        .copies
        .iter()
        .find(|it| it.stamp == stamp && surt(&it.original) == surt(page))
        .cloned();
    let Some(copy) = found else {
        return text(404, "<p>The Wayback Machine has not archived that URL.</p>");
    };
    let mut stamp = copy.stamp.clone();
    match &copy.how {
        How::Elsewhere(to) => {
            let fields = [
                (
                    "location".into(),
                    format!("{base}/web/{to}id_/{}", copy.original),
                ),
                (
                    "x-archive-redirect-reason".into(),
                    format!("found capture at {to}"),
                ),
            ];
            return Some((reply(302, &fields, b""), false));
        }
        How::Leads(to) => {
            let fields = [("location".into(), format!("{base}{to}"))];
            return Some((reply(302, &fields, b""), false));
        }
        How::Waits(seconds) => {
            let fields = [("Retry-After".into(), (*seconds).to_owned())];
            return Some((reply(429, &fields, b""), false));
        }
        How::Slow => thread::sleep(Duration::from_millis(1200)),
        How::Nearest(to) => (*to).clone_into(&mut stamp),
        How::Itself(status, body) => return text(*status, body),
        How::Holds => return None,
        _ => {}
    }
    let original = match &copy.how {
        How::Lies(other) => (*other).to_owned(),
        _ => copy.original.clone(),
    };
    let date = http_date(parse_digits14(&stamp).unwrap());
    let shown = if copy.how == How::Undated {
        "yesterday".to_owned()
    } else {
        date.clone()
    };
    let mut fields: Vec<(String, String)> = vec![
        ("memento-datetime".into(), shown),
        (
            "link".into(),
            format!(
                "<{original}>; rel=\"original\", <{base}/web/timemap/link/{original}>; rel=\"timemap\"; type=\"application/link-format\", <{base}/web/{stamp}/{original}>; rel=\"memento\"; datetime=\"{date}\""
            ),
        ),
        (
            "x-archive-src".into(),
            "EXAMPLE-2022-crawl1/EXAMPLE-00042.warc.gz".into(),
        ),
    ];
    for (name, value) in &copy.fields {
        if name == "location" {
            fields.push((name.clone(), format!("{base}/web/{stamp}id_/{value}")));
        } else if name == "content-type" {
            fields.push((name.clone(), value.clone()));
        } else {
            fields.push((format!("x-archive-orig-{name}"), value.clone()));
        }
    }
    if copy.how == How::Packed {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&copy.body).unwrap();
        fields.push(("content-encoding".into(), String::new()));
        fields.push(("Content-Encoding".into(), "gzip".into()));
        return Some((
            reply(copy.status, &fields, &packed.finish().unwrap()),
            false,
        ));
    }
    let mut bytes = reply(copy.status, &fields, &copy.body);
    let is_cut = copy.how == How::Cut;
    if is_cut {
        bytes.truncate(bytes.len() - copy.body.len() / 2);
    }
    Some((bytes, is_cut))
}

fn save(state: &mut State, head: &str, body: &str) -> Option<(Vec<u8>, bool)> {
    if !head.to_lowercase().contains("authorization: low ") {
        return json(
            401,
            r#"{"message":"You need to be logged in to use Save Page Now."}"#,
        );
    }
    let page = url::form_urlencoded::parse(body.as_bytes())
        .find(|it| it.0 == "url")
        .map(|it| it.1.into_owned());
    match page.and_then(|it| state.saving.get(&it)) {
        Some(saving) if saving.asked.1 == "hold" => None,
        Some(saving) => json(saving.asked.0, &saving.asked.1.clone()),
        None => json(
            200,
            r#"{"status":"error","status_ext":"error:invalid-url-syntax","message":"Invalid URL"}"#,
        ),
    }
}

fn job_status(state: &mut State, job: &str) -> Option<(Vec<u8>, bool)> {
    let found = state
        .saving
        .values()
        .find(|it| it.asked.1.contains(job))
        .cloned();
    let Some(saving) = found else {
        return json(
            404,
            r#"{"status":"error","status_ext":"error:job-not-found","message":"unknown"}"#,
        );
    };
    let count = state.times.entry(job.to_owned()).or_default();
    *count += 1;
    let at = usize::try_from(*count - 1)
        .unwrap()
        .min(saving.status.len().saturating_sub(1));
    json(200, saving.status.get(at).map_or("{}", String::as_str))
}
