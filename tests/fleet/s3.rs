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
struct Moto(Child, u16);

impl Moto {
    fn start() -> Option<Self> {
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
        let endpoint = format!("http://127.0.0.1:{}", moto.1);
        let place = |bucket: &str| {
            format!("s3://{bucket}/fleet?endpoint={endpoint}&region=us-east-1&allow_http=true")
        };
        let key = Some(("AKIAEXAMPLE".to_owned(), "secret".to_owned()));
        // moto takes anyone who says who they are, so a plain request creates the bucket.
        let made = put(moto.1, "/bkt");
        assert!(made.contains(" 200 "), "{made}");
        let depot = Depot::open(&place("bkt"), key.clone(), &[]).unwrap();
        depot.check().await.unwrap();
        let sealed = seal(("a.example", 1, "w"), &[], parse_digits14("2026").unwrap()).unwrap();
        depot.put(&sealed).await.unwrap();
        depot.put(&sealed).await.unwrap();
        assert_eq!(depot.get(&sealed.digest).await.unwrap(), sealed.bytes);
        let missing = depot.get(&"0".repeat(64)).await.unwrap_err();
        assert!(matches!(missing, DepotError::Missing(_)), "{missing}");
        let nowhere = Depot::open(&place("none"), key, &[]).unwrap();
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
