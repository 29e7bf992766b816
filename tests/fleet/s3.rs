//! The depot in a bucket: the server is moto (`pip install moto[server]`); without it, the test is skipped by name.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use stillsays::{
    clock::parse_digits14,
    fleet::{Depot, DepotError, seal},
};

/// A server that ends with the test.
pub(crate) struct Moto(Child, u16);

impl Moto {
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let moto = Self(child, port);
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(moto);
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("moto does not answer");
    }

    /// A depot in a new bucket.
    pub(crate) fn depot(&self, bucket: &str) -> Depot {
        // moto takes anyone who says who they are, so a plain request creates the bucket.
        let made = put(self.1, &format!("/{bucket}"));
        assert!(made.contains(" 200 "), "{made}");
        Depot::open(&place(self.1, bucket), key(), &[]).unwrap()
    }

    /// Its port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.1
    }
}

/// The address of a bucket in the store at a port.
pub(crate) fn place(port: u16, bucket: &str) -> String {
    let endpoint = format!("http://127.0.0.1:{port}");
    format!("s3://{bucket}/fleet?endpoint={endpoint}&region=us-east-1&allow_http=true")
}

/// What the settings say of the key.
pub(crate) const KEY: &str = "AKIAEXAMPLE:secret";

fn key() -> Option<(String, String)> {
    let (key, secret) = KEY.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_bucket_keeps_a_bundle_once() {
    let Some(moto) = Moto::start() else {
        eprintln!("skipped: moto is not installed");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let depot = moto.depot("bkt");
        depot.check().await.unwrap();
        let sealed = seal(("a.example", 1, "w"), &[], parse_digits14("2026").unwrap()).unwrap();
        depot.put(&sealed).await.unwrap();
        depot.put(&sealed).await.unwrap();
        assert_eq!(depot.get(&sealed.digest).await.unwrap(), sealed.bytes);
        let mut listed = Vec::new();
        let take = async |some: Vec<(_, String)>| {
            listed.extend(some.into_iter().map(|it| it.1));
            Ok::<(), DepotError>(())
        };
        depot.each(take).await.unwrap();
        assert_eq!(listed, std::slice::from_ref(&sealed.digest));
        let missing = depot.get(&"0".repeat(64)).await.unwrap_err();
        assert!(matches!(missing, DepotError::Missing(_)), "{missing}");
        let nowhere = Depot::open(&place(moto.1, "none"), key(), &[]).unwrap();
        let error = nowhere.put(&sealed).await.unwrap_err();
        assert!(error.may_pass(), "{error}");
    });
}

/// The status of an empty PUT.
fn put(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let auth = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let request = format!(
        "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {auth}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}
