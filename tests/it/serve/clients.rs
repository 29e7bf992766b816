//! Clients that take for ever: none of them keeps a connection, or keeps others out.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::{
    Project,
    held::{Served, keep, response},
    program,
};

const PATIENCE: Duration = Duration::from_secs(1);

/// Longer than any of this takes on a busy machine.
const LONG: Duration = Duration::from_secs(30);

fn served(connections: &str) -> (Project, Served) {
    let project = Project::new();
    let long = vec![b'x'; 32 << 20];
    let page = |path: &str, body: &[u8]| {
        let head = "200 OK\nContent-Type: text/plain";
        vec![response(
            &format!("https://site.test/{path}"),
            "20220101",
            head,
            body,
        )]
    };
    keep(
        &project.path("snapshots/stillsays.db"),
        vec![page("long", &long), page("short", b"short")],
    );
    let mut command = program(&project);
    command.args(["--set", "serve.patience=1s"]);
    command.args(["--set", &format!("serve.connections={connections}")]);
    let served = Served::start(&mut command);
    (project, served)
}

fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

fn request(host: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

/// What comes until the connection is closed, and after how long that is.
fn until_closed(stream: &mut TcpStream, begun: Instant) -> (String, Duration) {
    let mut came = Vec::new();
    // A connection that is reset is closed, too.
    if let Err(error) = stream.read_to_end(&mut came) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    (String::from_utf8_lossy(&came).into_owned(), begun.elapsed())
}

#[test]
fn a_client_that_never_ends_its_request_is_not_waited_for() {
    let (_project, served) = served("16");
    let begun = Instant::now();
    let mut silent = connect(&served.replay);
    let mut half = connect(&served.site);
    half.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    // One line after the other, each in time, and never the empty one.
    let mut slow = connect(&served.replay);
    slow.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    while begun.elapsed() < LONG && slow.write_all(b"X-More: a\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let slowly = begun.elapsed();
    assert!(slowly < LONG, "{slowly:?}");
    for it in [&mut silent, &mut half] {
        let (came, closed) = until_closed(it, begun);
        assert!(PATIENCE <= closed && closed < LONG, "{closed:?}");
        assert!(!came.contains(" 200 "), "{came}");
    }
    // One that was answered may ask again, but not when it likes.
    let begun = Instant::now();
    let mut idle = connect(&served.replay);
    let ask = request(&served.replay, "/web/2022id_/https://site.test/short");
    for _ in 0..2 {
        idle.write_all(ask.as_bytes()).unwrap();
        let mut came = [0; 12];
        idle.read_exact(&mut came).unwrap();
        assert_eq!(&came, b"HTTP/1.1 302");
        std::thread::sleep(Duration::from_millis(200));
        idle.set_nonblocking(true).unwrap();
        while idle.read(&mut [0; 4_096]).is_ok_and(|it| it > 0) {}
        idle.set_nonblocking(false).unwrap();
    }
    let (_, closed) = until_closed(&mut idle, begun);
    assert!(PATIENCE <= closed && closed < LONG, "{closed:?}");
}

#[test]
fn no_more_connections_are_open_than_may_be_and_who_waits_is_answered_in_the_end() {
    let (_project, served) = served("3");
    let begun = Instant::now();
    let silent: Vec<TcpStream> = (0..3).map(|_| connect(&served.site)).collect();
    assert_eq!(served.shown("/").status, 200);
    assert!(begun.elapsed() >= PATIENCE, "{:?}", begun.elapsed());
    assert!(begun.elapsed() < LONG);
    drop(silent);
    // The other origin has connections of its own.
    let _silent: Vec<TcpStream> = (0..3).map(|_| connect(&served.site)).collect();
    assert_eq!(served.replayed("/").status, 200);
}

#[test]
fn a_client_that_does_not_take_its_answer_keeps_no_other_out() {
    let (_project, served) = served("1");
    let path = "/web/20220101000000id_/https://site.test/long";
    let begun = Instant::now();
    let mut lazy = connect(&served.replay);
    lazy.write_all(request(&served.replay, path).as_bytes())
        .unwrap();
    let mut first = [0; 12];
    lazy.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    assert_eq!(served.replayed("/").status, 200);
    assert!(PATIENCE <= begun.elapsed() && begun.elapsed() < LONG);
    let (came, _) = until_closed(&mut lazy, begun);
    assert!(came.len() < 32 << 20, "all of it came after all");
    // One that takes it gets all of it, although it takes its time.
    let mut steady = connect(&served.replay);
    steady
        .write_all(request(&served.replay, path).as_bytes())
        .unwrap();
    let (mut all, mut part) = (0, vec![0; 4 << 20]);
    while all < 32 << 20 {
        let read = steady.read(&mut part).unwrap();
        assert!(read > 0, "only {all} bytes came");
        all += read;
        if all < 16 << 20 {
            std::thread::sleep(Duration::from_millis(150));
        }
    }
}
