//! `Site`: a web server on 127.0.0.1 that does what a test tells it to, byte by byte, and remembers what it was asked.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    /// Sends nothing more and keeps the connection open until the client ends it.
    Hang,
    /// Ends the connection in order.
    Close,
    /// Ends the connection out of order, at once.
    Reset,
}

/// An answer: steps in order, after which the connection stays open for the next request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply(Vec<Step>);

impl Reply {
    /// These bytes, and the connection stays open.
    pub(crate) fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self(vec![Step::Send(bytes.as_ref().to_vec())])
    }

    /// 200 with an HTML page.
    pub(crate) fn page(body: impl AsRef<[u8]>) -> Self {
        Self::status(200, body).field("Content-Type", "text/html; charset=utf-8")
    }

    /// A status and a body of known length.
    pub(crate) fn status(status: u16, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Self::raw([head.as_bytes(), body].concat())
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status, "").field("Location", location)
    }

    /// One more header field, first of all.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        if let Some(Step::Send(bytes)) = self.0.first_mut() {
            let line = bytes
                .iter()
                .position(|it| *it == b'\n')
                .map_or(0, |it| it + 1);
            bytes.splice(line..line, format!("{name}: {value}\r\n").bytes());
        }
        self
    }

    /// And then.
    pub(crate) fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// And then the end of the connection.
    pub(crate) fn close(self) -> Self {
        self.then(Step::Close)
    }

    /// All that it sends.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let sent = self.0.iter().filter_map(|it| match it {
            Step::Send(bytes) => Some(bytes.as_slice()),
            _ => None,
        });
        sent.collect::<Vec<_>>().concat()
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Path and query.
    pub(crate) path: String,
    /// The whole head as it came.
    pub(crate) head: String,
    /// When it had come.
    pub(crate) at: Instant,
    /// On which connection, counted from 0.
    pub(crate) connection: usize,
}

#[derive(Default)]
struct Script {
    replies: HashMap<String, Vec<Reply>>,
    asked: Vec<Asked>,
}

/// The server. It answers 404 to what it was told nothing about; it ends when it is dropped.
pub(crate) struct Site {
    address: SocketAddr,
    is_tls: bool,
    script: Arc<Mutex<Script>>,
    ended: Arc<AtomicBool>,
}

impl Site {
    /// A server for plain HTTP.
    pub(crate) fn start() -> Self {
        Self::listen(None, ("127.0.0.1", 0))
    }

    /// A server for plain HTTP at an address and port.
    pub(crate) fn listen_on(at: (&str, u16)) -> Self {
        Self::listen(None, at)
    }

    /// A server for plain HTTP on another loopback address, so that it counts as another host by its address too.
    pub(crate) fn start_at(host: &str) -> Self {
        Self::listen(None, (host, 0))
    }

    /// A server for HTTPS with the chain and key given in DER.
    pub(crate) fn start_tls(chain: Vec<Vec<u8>>, key: Vec<u8>) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                chain.into_iter().map(Into::into).collect(),
                key.try_into().unwrap(),
            )
            .unwrap();
        Self::listen(Some(Arc::new(config)), ("127.0.0.1", 0))
    }

    fn listen(tls: Option<Arc<rustls::ServerConfig>>, at: (&str, u16)) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let site = Self {
            address: listener.local_addr().unwrap(),
            is_tls: tls.is_some(),
            script: Arc::default(),
            ended: Arc::default(),
        };
        let (script, ended) = (Arc::clone(&site.script), Arc::clone(&site.ended));
        thread::spawn(move || {
            let count = AtomicUsize::new(0);
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let connection = count.fetch_add(1, Ordering::SeqCst);
                let (script, tls) = (Arc::clone(&script), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &script, connection),
                    Some(config) => {
                        let session = rustls::ServerConnection::new(config).unwrap();
                        let mut stream = rustls::StreamOwned::new(session, stream);
                        if stream.flush().is_ok() {
                            serve(stream, &script, connection);
                        }
                    }
                });
            }
        });
        site
    }

    /// What to answer for a path: one reply after the other, the last again and again.
    pub(crate) fn on(&self, path: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let mut replies: Vec<Reply> = replies.into_iter().collect();
        replies.reverse();
        let mut script = self.script.lock().unwrap();
        script.replies.insert(path.to_owned(), replies);
        self
    }

    /// The address of a path.
    pub(crate) fn uri(&self, path: &str) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    /// The address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked so far, robots.txt included.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }

    /// The paths it was asked for so far, robots.txt left out.
    pub(crate) fn pages_asked(&self) -> Vec<String> {
        let asked = self.asked().into_iter().map(|it| it.path);
        asked.filter(|it| it != "/robots.txt").collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

/// Bytes both ways, in order or not.
trait Stream: Read + Write {
    fn close(&mut self);
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn close(&mut self) {
        drop(self.shutdown(std::net::Shutdown::Write));
    }

    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Stream for rustls::StreamOwned<rustls::ServerConnection, TcpStream> {
    fn close(&mut self) {
        self.conn.send_close_notify();
        drop(self.flush());
        self.sock.close();
    }

    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

fn serve(mut stream: impl Stream, script: &Mutex<Script>, connection: usize) {
    while let Ok(Some(head)) = read_head(&mut stream) {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let reply = {
            let mut script = script.lock().unwrap();
            script.asked.push(Asked {
                path: path.clone(),
                head,
                at: Instant::now(),
                connection,
            });
            match script.replies.get_mut(&path) {
                Some(replies) if replies.len() > 1 => replies.pop(),
                Some(replies) => replies.last().cloned(),
                None => None,
            }
        };
        for step in reply.unwrap_or_else(|| Reply::status(404, "")).0 {
            let end = match step {
                Step::Send(bytes) => stream.write_all(&bytes).and_then(|()| stream.flush()),
                Step::Pause(time) => {
                    thread::sleep(time);
                    Ok(())
                }
                Step::Hang => {
                    drop(stream.read(&mut [0; 16]));
                    Err(io::ErrorKind::ConnectionAborted.into())
                }
                Step::Reset => {
                    let socket = stream.socket().try_clone().unwrap();
                    let socket = tokio::net::TcpSocket::from_std_stream(socket);
                    socket.set_zero_linger().unwrap();
                    Err(io::ErrorKind::ConnectionAborted.into())
                }
                Step::Close => {
                    stream.close();
                    // What the client still sends is taken in: a close with unread bytes would be a reset.
                    while stream.read(&mut [0; 1024]).is_ok_and(|it| it > 0) {}
                    Err(io::ErrorKind::ConnectionAborted.into())
                }
            };
            if end.is_err() {
                return;
            }
        }
    }
}

fn read_head(stream: &mut impl Read) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}
