//! `Receiver`: a web service on 127.0.0.1 that records what is sent to it, and answers as a test tells it to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    /// Method and path: `POST /hook`.
    pub(crate) line: String,
    /// The header fields, with names in lower case.
    fields: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|it| it.0 == name);
        found.map(|it| it.1.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A status, more header fields, and a body.
    Status(u16, &'static str, &'static str),
    /// None: the connection stays open until the client ends it.
    Hang,
}

#[derive(Default)]
struct Script {
    /// Those that are left; the last one stays.
    answers: Vec<Answer>,
    got: Vec<Got>,
}

/// The service. It answers 200 until it is told otherwise.
pub(crate) struct Receiver {
    port: u16,
    script: Arc<Mutex<Script>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { port, script }
    }

    /// `http://127.0.0.1:PORT/PATH`.
    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What it answers from now on; the last one stays.
    pub(crate) fn answers(&self, answers: &[Answer]) {
        self.script.lock().unwrap().answers = answers.iter().rev().cloned().collect();
    }

    /// What came, the first one first.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.script.lock().unwrap().got.clone()
    }

    /// Waits until so many requests came.
    pub(crate) fn wait_for(&self, count: usize) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.got().len() < count {
            assert!(Instant::now() < end, "{:?}", self.got());
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn serve(stream: &TcpStream, script: &Mutex<Script>) {
    let mut reader = BufReader::new(stream);
    while let Some(got) = request(&mut reader) {
        let answer = {
            let mut script = script.lock().unwrap();
            script.got.push(got);
            match script.answers.len() {
                0 => Answer::Status(200, "", "{}"),
                1 => script.answers[0].clone(),
                _ => script.answers.pop().unwrap(),
            }
        };
        let Answer::Status(status, fields, body) = answer else {
            let _ = reader.read(&mut [0; 16]);
            return;
        };
        let length = body.len();
        let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{fields}\r\n{body}");
        if (&mut &*stream).write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

fn request(reader: &mut impl BufRead) -> Option<Got> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let mut fields = Vec::new();
    loop {
        let mut field = String::new();
        reader.read_line(&mut field).ok()?;
        match field.trim_end().split_once(':') {
            Some((name, value)) => fields.push((name.to_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let length = fields.iter().find(|it| it.0 == "content-length");
    let length = length.map_or(0, |it| it.1.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Got { line, fields, body })
}
