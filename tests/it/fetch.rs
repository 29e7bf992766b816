//! The fetcher against a scripted server: visits, redirects, manners, revisits, refusals.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use stillsays::{
    capture::{Capture, FailureKind, Outcome, RevisitProfile, Truncation, Untrusted},
    clock::{Clock, parse_digits14},
    digest::PayloadDigest,
    fetch::{self, Fetched, Options, Order, Validators},
    host::{HostState, Origin, RobotsAccess},
    uri::TargetUri,
};
use tokio::sync::{mpsc, watch};

use crate::site::{Reply, Site, Step};

/// Options for servers on this machine: no pause, one try, short limits.
pub(crate) fn options() -> Options {
    Options {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        delay: Duration::ZERO,
        max_crawl_delay: Duration::from_millis(300),
        max_wait: Duration::from_millis(400),
        tries: 1,
        backoff: Duration::from_millis(20),
        connect_timeout: Duration::from_millis(500),
        response_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_secs(2),
        rate_window: Duration::from_millis(200),
        min_rate: 100,
        grace: Duration::from_millis(200),
        ..Options::default()
    }
}

pub(crate) fn order(uri: impl AsRef<str>) -> Order {
    Order {
        seed: uri.as_ref().parse().unwrap(),
        validators: None,
    }
}

fn clock() -> Clock {
    Clock::fixed(parse_digits14("20261123120000").unwrap())
}

/// Runs all orders to their end.
pub(crate) async fn fetch(orders: Vec<Order>, options: Options) -> Vec<Fetched> {
    fetch_with(orders, options, HashMap::new()).await
}

async fn fetch_with(
    orders: Vec<Order>,
    options: Options,
    hosts: HashMap<Origin, HostState>,
) -> Vec<Fetched> {
    fetch_at(orders, options, hosts, clock()).await
}

async fn fetch_at(
    orders: Vec<Order>,
    options: Options,
    hosts: HashMap<Origin, HostState>,
    clock: Clock,
) -> Vec<Fetched> {
    let (_keep, stop) = watch::channel(false);
    let (done, mut visits) = mpsc::channel(1);
    let run = fetch::run(orders, hosts, Arc::new(options), clock, stop, done);
    let collect = async {
        let mut all = Vec::new();
        while let Some(it) = visits.recv().await {
            all.push(it);
        }
        all
    };
    tokio::join!(run, collect).1
}

/// Visits one page.
pub(crate) async fn visit(site: &Site, path: &str, options: Options) -> Fetched {
    let mut all = fetch(vec![order(site.uri(path))], options).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

pub(crate) fn failure(fetched: &Fetched) -> (FailureKind, String) {
    match &fetched.visit.last().unwrap().outcome {
        Outcome::Failure(it) => (it.kind, it.detail.clone()),
        other => panic!("no failure: {other:?}"),
    }
}

fn statuses(fetched: &Fetched) -> Vec<Option<u16>> {
    fetched.visit.captures.iter().map(Capture::status).collect()
}

#[tokio::test]
async fn a_page_is_captured_to_the_byte_and_robots_txt_is_asked_first() {
    let site = Site::start();
    let reply = Reply::page("<p>hello")
        .field("X-Odd-Case", "a")
        .field("x-odd-case", "b");
    site.on("/a?b=c", [reply.clone()]);
    let fetched = visit(&site, "/a?b=c", options()).await;
    let capture = fetched.visit.last().unwrap();
    let Outcome::Response(response) = &capture.outcome else {
        panic!("{capture:?}");
    };
    assert_eq!(response.block(), reply.bytes());
    assert_eq!(response.payload, b"<p>hello");
    assert_eq!(capture.connection.as_ref().unwrap().address, site.address());
    let asked = site.asked();
    assert_eq!(asked[0].path, "/robots.txt");
    assert_eq!(asked[1].head.as_bytes(), capture.request);
    assert!(asked[1].head.contains("\r\nUser-Agent: stillsays/"));
    assert_eq!(asked[0].connection, asked[1].connection);
    let (origin, state) = &fetched.hosts[0];
    assert_eq!(origin.as_str(), site.uri(""));
    assert_eq!(state.requests, 2);
    let robots = &state.robots.as_ref().unwrap().access;
    assert_eq!(*robots, RobotsAccess::Unavailable { status: 404 });
}

#[tokio::test]
async fn every_redirect_is_a_capture_of_its_own() {
    let (site, other) = (Site::start(), Site::start());
    site.on("/1", [Reply::redirect(301, "/2")]);
    site.on("/2", [Reply::redirect(307, &other.uri("/3#part"))]);
    other.on("/3", [Reply::page("there")]);
    let fetched = visit(&site, "/1", options()).await;
    assert_eq!(statuses(&fetched), [Some(301), Some(307), Some(200)]);
    assert_eq!(
        fetched.visit.last().unwrap().target_uri.as_str(),
        other.uri("/3")
    );
    assert_eq!(fetched.hosts.len(), 2);
}

#[tokio::test]
async fn loops_caps_and_bad_targets_end_a_visit_as_failures() {
    let site = Site::start();
    site.on("/a", [Reply::redirect(302, "/b")]);
    site.on("/b", [Reply::redirect(302, "/a")]);
    site.on("/self", [Reply::redirect(302, "/self")]);
    site.on("/ftp", [Reply::redirect(302, "ftp://127.0.0.1/")]);
    site.on("/none", [Reply::redirect(302, "http://")]);
    site.on("/in", [Reply::redirect(302, "http://[::ffff:10.0.0.1]/")]);
    site.on(
        "/secret",
        [Reply::redirect(302, "http://0xa9fea9fe/latest")],
    );
    site.on("/mail", [Reply::redirect(302, "http://127.0.0.1:25/")]);
    for number in 0..12 {
        let next = format!("/n{}", number + 1);
        site.on(&format!("/n{number}"), [Reply::redirect(302, &next)]);
    }
    for (path, kind, hops) in [
        ("/a", FailureKind::RedirectLoop, 3),
        ("/self", FailureKind::RedirectLoop, 2),
        ("/n0", FailureKind::RedirectLoop, 12),
        ("/ftp", FailureKind::BadRedirect, 2),
        ("/none", FailureKind::BadRedirect, 2),
        ("/in", FailureKind::GuardRefused, 2),
        ("/secret", FailureKind::GuardRefused, 2),
        ("/mail", FailureKind::GuardRefused, 2),
    ] {
        let fetched = visit(&site, path, options()).await;
        assert_eq!(failure(&fetched).0, kind, "{path}");
        assert_eq!(fetched.visit.captures.len(), hops, "{path}");
    }
    let without = Reply::status(302, "no location");
    site.on("/without", [without]);
    assert_eq!(
        statuses(&visit(&site, "/without", options()).await),
        [Some(302)]
    );
}

#[tokio::test]
async fn loopback_is_refused_unless_it_is_allowed() {
    let site = Site::start();
    let options = Options {
        allow: Vec::new(),
        ..options()
    };
    let fetched = visit(&site, "/", options).await;
    let (kind, detail) = failure(&fetched);
    assert_eq!(kind, FailureKind::GuardRefused);
    assert!(detail.contains("loopback"), "{detail}");
    assert!(site.asked().is_empty());
    assert_eq!(fetched.visit.last().unwrap().request, b"");
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_the_line_is_reported() {
    let site = Site::start();
    let rules = "User-agent: stillsays\nDisallow: /no\nUser-agent: *\nDisallow: /\n";
    site.on("/robots.txt", [Reply::status(200, rules)]);
    site.on("/yes", [Reply::page("y")]);
    let orders = ["/no/1", "/yes", "/no/2"].map(|it| order(site.uri(it)));
    let all = fetch(orders.to_vec(), options()).await;
    let (kind, detail) = failure(&all[0]);
    assert_eq!(kind, FailureKind::RobotsRefused);
    assert!(detail.contains("line 2: Disallow: /no"), "{detail}");
    assert_eq!(statuses(&all[1]), [Some(200)]);
    assert_eq!(site.pages_asked(), ["/yes"]);
    assert_eq!(site.asked().len(), 2, "robots.txt is asked for once");
}

#[tokio::test]
async fn a_robots_txt_that_cannot_be_had_forbids_and_one_that_is_not_there_allows() {
    let cut = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser").close();
    for (reply, allowed) in [
        (Reply::status(404, ""), true),
        (Reply::status(403, ""), true),
        (Reply::status(410, ""), true),
        (Reply::status(500, ""), false),
        (Reply::status(503, ""), false),
        (Reply::status(429, ""), false),
        (cut, false),
        (Reply::raw("nonsense\r\n\r\n"), false),
        (Reply::default().then(Step::Hang), false),
        (Reply::default().close(), false),
        (Reply::redirect(301, "/robots.txt"), true),
        (Reply::redirect(301, "/elsewhere"), false),
        (Reply::status(200, [0xff; 9]), true),
    ] {
        let site = Site::start();
        site.on("/robots.txt", [reply.clone()]);
        site.on(
            "/elsewhere",
            [Reply::status(200, "user-agent: *\ndisallow: /")],
        );
        site.on("/", [Reply::page("in")]);
        let fetched = visit(&site, "/", options()).await;
        if allowed {
            assert_eq!(statuses(&fetched), [Some(200)], "{reply:?}");
        } else {
            assert_eq!(failure(&fetched).0, FailureKind::RobotsRefused, "{reply:?}");
            assert!(site.pages_asked().iter().all(|it| it == "/elsewhere"));
        }
    }
}

#[tokio::test]
async fn what_robots_txt_said_is_used_again_until_it_is_old() {
    let site = Site::start();
    site.on("/", [Reply::page("in")]);
    let first = visit(&site, "/", options()).await;
    let hosts: HashMap<_, _> = first.hosts.into_iter().collect();
    let again = fetch_with(vec![order(site.uri("/"))], options(), hosts.clone()).await;
    assert_eq!(statuses(&again[0]), [Some(200)]);
    assert_eq!(site.asked().len(), 3);
    let old = Options {
        robots_age: Duration::ZERO,
        ..options()
    };
    fetch_with(vec![order(site.uri("/"))], old, hosts).await;
    assert_eq!(site.asked().len(), 5);
}

#[tokio::test]
async fn one_host_is_asked_one_at_a_time_with_the_pause_that_it_wants() {
    let site = Site::start();
    let rules = "User-agent: *\nCrawl-delay: 0.08\n";
    site.on("/robots.txt", [Reply::status(200, rules)]);
    let slow = Reply::default().then(Step::Pause(Duration::from_millis(20)));
    let slow = Reply::status(200, "")
        .bytes()
        .chunks(9)
        .fold(slow, |it, bytes| it.then(Step::Send(bytes.to_vec())));
    site.on("/1", [slow.clone()])
        .on("/2", [slow.clone()])
        .on("/3", [slow]);
    let orders = ["/1", "/2", "/3"].map(|it| order(site.uri(it)));
    fetch(orders.to_vec(), options()).await;
    let asked = site.asked();
    assert_eq!(site.pages_asked(), ["/1", "/2", "/3"]);
    for pair in asked[1..].windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(100));
    }
}

#[tokio::test]
async fn a_host_that_asks_for_patience_gets_it_within_the_run_or_from_the_next() {
    let site = Site::start();
    let busy = Reply::status(429, "").field("Retry-After", "0");
    site.on("/soon", [busy, Reply::page("now")]);
    site.on(
        "/later",
        [Reply::status(503, "").field("Retry-After", "3600")],
    );
    let tries = Options {
        tries: 3,
        ..options()
    };
    let orders = ["/soon", "/later", "/soon"].map(|it| order(site.uri(it)));
    let all = fetch(orders.to_vec(), tries).await;
    assert_eq!(statuses(&all[0]), [Some(429), Some(200)]);
    assert_eq!(statuses(&all[1]), [Some(503)]);
    let (kind, detail) = failure(&all[2]);
    assert_eq!(kind, FailureKind::HostBackoff);
    assert!(detail.contains("503 with Retry-After: 3600 s"), "{detail}");
    assert_eq!(site.pages_asked(), ["/soon", "/soon", "/later"]);
    let state = &all[2].hosts[0].1;
    let wait = state.next_allowed.unwrap() - clock().now();
    assert_eq!((wait.num_seconds(), state.refusals), (3600, 1));
    // The next run knows.
    let hosts = all[2].hosts.iter().cloned().collect();
    let next = fetch_with(vec![order(site.uri("/soon"))], options(), hosts).await;
    assert_eq!(failure(&next[0]).0, FailureKind::HostBackoff);
    assert_eq!(site.pages_asked().len(), 3);
}

#[tokio::test]
async fn a_storm_of_403_is_left_alone_for_longer_each_time() {
    let site = Site::start();
    site.on("/", [Reply::status(403, "")]);
    let options = Options {
        block_backoff: Duration::from_secs(100),
        ..options()
    };
    let orders = vec![order(site.uri("/")); 5];
    let all = fetch(orders, options.clone()).await;
    let kinds: Vec<_> = all
        .iter()
        .map(|it| it.visit.last().unwrap().status())
        .collect();
    assert_eq!(kinds, [Some(403), Some(403), Some(403), None, None]);
    let state = &all[4].hosts[0].1;
    let wait = state.next_allowed.unwrap() - clock().now();
    assert!((75..=125).contains(&wait.num_seconds()), "{wait}");
    assert_eq!(state.reason.as_deref(), Some("403"));
    // The next run that may ask asks once, and then leaves it alone for twice as long.
    let mut hosts: HashMap<_, _> = all[4].hosts.iter().cloned().collect();
    for (waited, least, most) in [(0, 150, 250), (1, 300, 500)] {
        let mut states = hosts.into_values();
        let mut state = states.next().unwrap();
        state.next_allowed = None;
        hosts = [(all[4].hosts[0].0.clone(), state)].into();
        let orders = vec![order(site.uri("/")); 2];
        let next = fetch_with(orders, options.clone(), hosts).await;
        assert_eq!(statuses(&next[0]), [Some(403)]);
        assert_eq!(failure(&next[1]).0, FailureKind::HostBackoff);
        hosts = next[1].hosts.iter().cloned().collect();
        let wait = next[1].hosts[0].1.next_allowed.unwrap() - clock().now();
        assert!(
            (least..=most).contains(&wait.num_seconds()),
            "{waited}: {wait}"
        );
    }
}

#[tokio::test]
async fn a_conditional_request_gives_a_revisit_and_so_does_an_equal_payload() {
    let site = Site::start();
    let same = Reply::page("same").field("ETag", "\"1\"");
    site.on("/304", [Reply::status(304, "").field("ETag", "\"1\"")]);
    site.on("/same", [same.clone()]);
    site.on("/new", [Reply::page("new")]);
    site.on("/away", [Reply::redirect(302, "/304")]);
    let date = parse_digits14("20200101000000").unwrap();
    let known = |path: &str, target: &str| Order {
        seed: site.uri(path).parse().unwrap(),
        validators: Some(Validators {
            etag: Some("\"1\"".to_owned()),
            last_modified: Some("Wed, 01 Jan 2020 00:00:00 GMT".to_owned()),
            payload_digest: PayloadDigest::of(b"same"),
            date,
            target_uri: site.uri(target).parse().unwrap(),
            conditional: true,
        }),
    };
    for (path, target, expected) in [
        ("/304", "/304", Some(RevisitProfile::ServerNotModified)),
        ("/away", "/304", Some(RevisitProfile::ServerNotModified)),
        (
            "/same",
            "/same",
            Some(RevisitProfile::IdenticalPayloadDigest),
        ),
        ("/new", "/new", None),
        ("/same", "/other", None),
    ] {
        let all = fetch(vec![known(path, target)], options()).await;
        let last = all[0].visit.last().unwrap();
        let profile = match &last.outcome {
            Outcome::Revisit(it) => {
                assert_eq!(it.refers_to_date, date);
                assert_eq!(it.refers_to_uri.as_str(), site.uri(target));
                assert_eq!(it.payload_digest, PayloadDigest::of(b"same"));
                Some(it.profile)
            }
            _ => None,
        };
        assert_eq!(profile, expected, "{path}");
        let head = String::from_utf8(last.request.clone()).unwrap();
        let conditional = head.contains("If-None-Match: \"1\"\r\nIf-Modified-Since: Wed, 01 Jan");
        assert_eq!(conditional, target != "/other", "{head}");
    }
}

#[tokio::test]
async fn a_304_about_something_else_is_not_believed() {
    let site = Site::start();
    let lie = Reply::status(304, "").field("ETag", "\"2\"");
    site.on("/", [lie, Reply::page("changed")]);
    let validators = Validators {
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
        payload_digest: PayloadDigest::of(b"old"),
        date: clock().now(),
        target_uri: site.uri("/").parse().unwrap(),
        conditional: true,
    };
    let order = Order {
        validators: Some(validators),
        ..order(site.uri("/"))
    };
    let all = fetch(vec![order], options()).await;
    assert_eq!(statuses(&all[0]), [Some(304), Some(200)]);
    assert!(all[0].remarks[0].contains("a different ETag"));
    let asked = site.asked();
    assert!(asked[1].head.contains("If-None-Match"));
    assert!(!asked[2].head.contains("If-None-Match"));
}

#[tokio::test]
async fn bytes_that_a_server_sends_unasked_do_not_answer_the_next_request() {
    let site = Site::start();
    let unasked = Reply::status(408, "").bytes();
    let late = Reply::page("first")
        .then(Step::Pause(Duration::from_millis(20)))
        .then(Step::Send(unasked));
    site.on("/1", [late]).on("/2", [Reply::page("second")]);
    let options = Options {
        delay: Duration::from_millis(60),
        ..options()
    };
    let orders = ["/1", "/2"].map(|it| order(site.uri(it)));
    let all = fetch(orders.to_vec(), options).await;
    assert_eq!(statuses(&all[0]), [Some(200)]);
    assert_eq!(statuses(&all[1]), [Some(200)]);
    let asked = site.asked();
    assert_eq!(asked[0].connection, asked[1].connection);
    assert_ne!(asked[1].connection, asked[2].connection);
}

#[tokio::test]
async fn a_connection_that_ends_between_two_requests_is_replaced() {
    let site = Site::start();
    // It does not say that it will close.
    site.on("/1", [Reply::page("first").close()])
        .on("/2", [Reply::page("second")]);
    for delay in [0, 30] {
        let options = Options {
            delay: Duration::from_millis(delay),
            ..options()
        };
        let orders = ["/1", "/2"].map(|it| order(site.uri(it)));
        let all = fetch(orders.to_vec(), options).await;
        assert_eq!(statuses(&all[1]), [Some(200)]);
    }
}

#[tokio::test]
async fn an_international_name_is_asked_for_in_ascii() {
    let site = Site::start();
    site.on("/%C3%BC?q=%C3%A4", [Reply::page("in")]);
    let local = vec!["127.0.0.1".parse().unwrap()];
    let options = Options {
        resolve: [("xn--bcher-kva.example".to_owned(), local)].into(),
        ..options()
    };
    let port = site.address().port();
    let orders = vec![order(format!("http://Bücher.example:{port}/ü?q=ä"))];
    let all = fetch(orders, options).await;
    assert_eq!(statuses(&all[0]), [Some(200)]);
    let head = &site.asked()[1].head;
    let host = format!("\r\nHost: xn--bcher-kva.example:{port}\r\n");
    assert!(head.contains(&host), "{head}");
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_is_tried_once_in_a_run() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = unused.local_addr().unwrap().port();
    drop(unused);
    let orders = vec![order(format!("http://127.0.0.1:{port}/")); 3];
    let all = fetch(orders, options()).await;
    for it in &all {
        assert_eq!(failure(it).0, FailureKind::Connect);
    }
    assert!(failure(&all[2]).1.contains("not tried again"));
    assert_eq!(all[2].hosts[0].1.requests, 1);
    let unknown = Options {
        resolve: [("nowhere.example".to_owned(), Vec::new())].into(),
        ..options()
    };
    let all = fetch(vec![order("http://nowhere.example/")], unknown).await;
    assert_eq!(failure(&all[0]).0, FailureKind::DnsNotFound);
}

#[tokio::test]
async fn a_run_that_is_stopped_finishes_what_is_in_flight_and_begins_nothing() {
    let site = Site::start();
    let slow = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
        .then(Step::Pause(Duration::from_millis(100)))
        .then(Step::Send(b"b".to_vec()));
    site.on("/", [slow]);
    let (sender, stop) = watch::channel(false);
    let (done, mut visits) = mpsc::channel(10);
    let orders = vec![order(site.uri("/")); 5];
    let run = fetch::run(
        orders,
        HashMap::new(),
        Arc::new(options()),
        clock(),
        stop,
        done,
    );
    let stopper = async {
        while site.pages_asked().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        sender.send(true).unwrap();
    };
    tokio::join!(run, stopper);
    let fetched = visits.recv().await.unwrap();
    assert_eq!(statuses(&fetched), [Some(200)]);
    let Outcome::Response(response) = &fetched.visit.captures[0].outcome else {
        panic!()
    };
    assert_eq!(
        (response.payload.as_slice(), response.truncated),
        (&b"ab"[..], None)
    );
    assert!(visits.recv().await.is_none());
}

#[tokio::test]
async fn stopping_is_bounded_and_reported() {
    let site = Site::start();
    site.on("/head", [Reply::default().then(Step::Hang)]);
    let body = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na").then(Step::Hang);
    site.on("/body", [body]);
    for path in ["/head", "/body"] {
        let patient = Options {
            response_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(60),
            rate_window: Duration::from_secs(60),
            grace: Duration::from_millis(50),
            ..options()
        };
        let (sender, stop) = watch::channel(false);
        let (done, mut visits) = mpsc::channel(10);
        let orders = vec![order(site.uri(path))];
        let run = fetch::run(
            orders,
            HashMap::new(),
            Arc::new(patient),
            clock(),
            stop,
            done,
        );
        let stopper = async {
            while !site.pages_asked().iter().any(|it| it == path) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // Long enough for what was sent at once to have come.
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.send(true).unwrap();
        };
        let started = Instant::now();
        tokio::join!(run, stopper);
        assert!(started.elapsed() < Duration::from_secs(5));
        let fetched = visits.recv().await.unwrap();
        match &fetched.visit.last().unwrap().outcome {
            Outcome::Failure(it) => assert_eq!((path, it.kind), ("/head", FailureKind::Stopped)),
            Outcome::Response(it) => {
                assert_eq!(
                    (path, it.truncated),
                    ("/body", Some(Truncation::Unspecified))
                );
            }
            Outcome::Revisit(_) => panic!(),
        }
    }
}

#[tokio::test]
async fn a_run_stopped_between_two_tries_keeps_what_the_first_came_to() {
    let site = Site::start();
    site.on("/", [Reply::status(429, "").field("Retry-After", "30")]);
    let patient = Options {
        max_wait: Duration::from_secs(2 * 60),
        tries: 3,
        ..options()
    };
    let (sender, stop) = watch::channel(false);
    let (done, mut visits) = mpsc::channel(10);
    let orders = vec![order(site.uri("/")); 2];
    let run = fetch::run(orders, [], Arc::new(patient), clock(), stop, done);
    let stopper = async {
        while site.pages_asked().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Long enough for the answer to have come.
        tokio::time::sleep(Duration::from_millis(50)).await;
        sender.send(true).unwrap();
    };
    tokio::join!(run, stopper);
    let fetched = visits.recv().await.unwrap();
    assert_eq!(statuses(&fetched), [Some(429)]);
    let wait = fetched.hosts[0].1.next_allowed.unwrap() - clock().now();
    assert_eq!(wait.num_seconds(), 30);
    assert!(visits.recv().await.is_none());
}

#[tokio::test]
async fn a_download_goes_through_the_same_guard_and_caps() {
    let site = Site::start();
    site.on("/from", [Reply::redirect(302, "/to")]);
    site.on("/to", [Reply::page("text")]);
    site.on("/in", [Reply::redirect(302, "http://10.0.0.1/")]);
    site.on("/long", [Reply::page("x".repeat(2000))]);
    let options = Options {
        max_body: 1000,
        ..options()
    };
    let downloaded = fetch::download(&site.uri("/from"), &options).await.unwrap();
    assert_eq!(downloaded.body, b"text");
    assert!(downloaded.media_type.is_html());
    assert_eq!(
        downloaded.final_uri,
        site.uri("/to").parse::<TargetUri>().unwrap()
    );
    for (path, words) in [
        ("/in", "10.0.0.0/8 (private)"),
        ("/long", "longer than 1000 bytes"),
        ("/missing", "status 404"),
    ] {
        let error = fetch::download(&site.uri(path), &options)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = fetch::download(&site.uri("/to"), &Options::default())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
    assert!(
        fetch::download("file:///etc/passwd", &options)
            .await
            .is_err()
    );
}

/// A certificate for a name, signed by an authority, between two dates.
fn certificate(
    name: &str,
    authority: Option<&rcgen::CertifiedIssuer<'_, rcgen::KeyPair>>,
    until: i32,
) -> (Vec<Vec<u8>>, Vec<u8>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let certificate = if let Some(it) = authority {
        params.signed_by(&key, it)
    } else {
        // As the usual command makes them: the certificate is its own authority.
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.self_signed(&key)
    };
    (
        vec![certificate.unwrap().der().to_vec()],
        key.serialize_der(),
    )
}

#[tokio::test]
async fn tls_is_kept_with_its_chain_and_its_failures_are_distinguished() {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "an authority");
    let key = rcgen::KeyPair::generate().unwrap();
    let authority = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    let options = Options {
        extra_roots: vec![authority.der().to_vec()],
        ..options()
    };
    for (name, signed, until, expected) in [
        ("127.0.0.1", true, 2099, None),
        ("127.0.0.1", true, 2021, Some(FailureKind::TlsExpired)),
        ("other.example", true, 2099, Some(FailureKind::TlsWrongHost)),
        (
            "127.0.0.1",
            false,
            2099,
            Some(FailureKind::TlsUnknownIssuer),
        ),
    ] {
        let (chain, key) = certificate(name, signed.then_some(&authority), until);
        let site = Site::start_tls(chain.clone(), key);
        let reply = Reply::page("under TLS");
        site.on("/", [reply.clone()]);
        let fetched = visit(&site, "/", options.clone()).await;
        let capture = fetched.visit.last().unwrap();
        let tls = capture.connection.as_ref().unwrap().tls.as_ref().unwrap();
        assert_eq!(tls.certificates, chain);
        match (&capture.outcome, expected) {
            (Outcome::Response(it), None) => {
                assert_eq!(it.block(), reply.bytes());
                assert_eq!(tls.version, "tls/1.3");
                assert!(tls.cipher_suite.starts_with("TLS_"), "{}", tls.cipher_suite);
                assert!(!tls.cipher_suite.contains("13"), "{}", tls.cipher_suite);
            }
            (Outcome::Failure(it), Some(kind)) => assert_eq!(it.kind, kind, "{}", it.detail),
            other => panic!("{other:?}"),
        }
    }
}

/// A server that answers the first thing it is sent with these bytes.
async fn says(bytes: &'static [u8]) -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        drop(client.read(&mut [0; 4096]).await);
        client.write_all(bytes).await.unwrap();
        client.shutdown().await.unwrap();
        while client.read(&mut [0; 4096]).await.is_ok_and(|it| it > 0) {}
    });
    address
}

#[tokio::test]
async fn a_failure_of_tls_says_what_to_do() {
    // RFC 5246, 7.4.1.3: a ServerHello that chooses an old version; RFC 5246, 7.2: alerts.
    let hello = |minor: u8| -> &'static [u8] {
        let mut hello = vec![22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor];
        hello.extend([7; 32]);
        hello.extend([0, 0, 47, 0]);
        hello.leak()
    };
    for (bytes, words) in [
        (hello(1), "supports only TLS 1.0, which is not safe"),
        (hello(2), "supports only TLS 1.1, which is not safe"),
        (
            &[21, 3, 1, 0, 2, 2, 70][..],
            "supports only TLS 1.0, which is not safe",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 70],
            "supports only an old version of TLS",
        ),
        (&[21, 3, 3, 0, 2, 2, 40], "supports only unsafe ciphers"),
        (&[21, 3, 3, 0, 2, 2, 112], "does not know the host name"),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "try the address with http://",
        ),
        (b"220 mail.example ESMTP\r\n", "is not TLS"),
        (b"", "closed the connection during the handshake"),
    ] {
        let address = says(bytes).await;
        let all = fetch(vec![order(format!("https://{address}/"))], options()).await;
        let (kind, detail) = failure(&all[0]);
        assert_eq!(kind, FailureKind::Tls, "{detail}");
        assert!(detail.contains(words), "{bytes:?}: {detail}");
    }
    let (chain, key) = certificate("127.0.0.1", None, 2021);
    let site = Site::start_tls(chain, key);
    let (_, detail) = failure(&visit(&site, "/", options()).await);
    assert!(detail.contains("`fetch.untrusted`"), "{detail}");
}

#[tokio::test]
async fn a_page_with_an_untrusted_certificate_is_archived_if_the_settings_say_so() {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let authority = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    let options = Options {
        extra_roots: vec![authority.der().to_vec()],
        untrusted: true,
        ..options()
    };
    for (name, signed, until, expected) in [
        ("127.0.0.1", true, 2099, None),
        ("127.0.0.1", true, 2021, Some(Untrusted::Expired)),
        ("other.example", true, 2099, Some(Untrusted::WrongHost)),
        ("127.0.0.1", false, 2099, Some(Untrusted::UnknownIssuer)),
    ] {
        let (chain, key) = certificate(name, signed.then_some(&authority), until);
        let site = Site::start_tls(chain.clone(), key);
        site.on("/", [Reply::page("under TLS")]);
        let fetched = visit(&site, "/", options.clone()).await;
        let capture = fetched.visit.last().unwrap();
        assert_eq!(capture.status(), Some(200), "{capture:?}");
        assert_eq!(capture.untrusted(), expected);
        let tls = capture.connection.as_ref().unwrap().tls.as_ref().unwrap();
        assert_eq!(tls.certificates, chain);
    }
}

#[tokio::test]
async fn cookies_of_a_visit_are_kept_for_its_redirects_and_then_forgotten() {
    let (site, other) = (Site::start(), Site::start_at("127.0.0.2"));
    let set = |to: &str, cookie: &str| Reply::redirect(302, to).field("Set-Cookie", cookie);
    site.on(
        "/page",
        [set("/page", "seen=1; Path=/"), Reply::page("there")],
    );
    let fetched = visit(&site, "/page", options()).await;
    assert_eq!(statuses(&fetched), [Some(302), Some(200)]);
    let request =
        |at: usize| String::from_utf8(fetched.visit.captures[at].request.clone()).unwrap();
    assert!(!request(0).contains("Cookie:"), "{}", request(0));
    assert!(
        request(1).contains("\r\nCookie: seen=1\r\n"),
        "{}",
        request(1)
    );
    assert_eq!(site.asked().last().unwrap().head, request(1));
    // The next visit begins without them, and another host gets none.
    site.on("/away", [set(&other.uri("/"), "a=b; Path=/")]);
    other.on("/", [Reply::page("elsewhere")]);
    visit(&site, "/away", options()).await;
    let asked = [site.asked(), other.asked()].concat();
    let with_cookies = asked.iter().filter(|it| it.head.contains("Cookie:"));
    assert_eq!(with_cookies.count(), 1);
    // The same address with the same cookies is a circle.
    site.on("/round", [set("/round", "seen=1")]);
    let fetched = visit(&site, "/round", options()).await;
    assert_eq!(statuses(&fetched), [Some(302), Some(302), None]);
    assert_eq!(failure(&fetched).0, FailureKind::RedirectLoop);
}

#[tokio::test]
async fn a_cookie_that_changes_each_time_ends_at_the_cap() {
    let site = Site::start();
    let replies =
        (0..20).map(|it| Reply::redirect(302, "/").field("Set-Cookie", &format!("count={it}")));
    site.on("/", replies);
    let fetched = visit(&site, "/", options()).await;
    assert_eq!(failure(&fetched).0, FailureKind::RedirectLoop);
    assert_eq!(site.pages_asked().len(), 11);
}

#[tokio::test]
async fn pages_that_only_send_a_browser_elsewhere_are_followed_as_hops() {
    let site = Site::start();
    site.on("/new", [Reply::page("<h1>The page</h1>")]);
    let meta = "<meta http-equiv=refresh content='0;url=/new'>";
    site.on("/meta", [Reply::page(meta)]);
    site.on("/header", [Reply::page("").field("Refresh", "0; url=/new")]);
    site.on(
        "/script",
        [Reply::page("<script>location.replace('/new')</script>")],
    );
    site.on("/chain", [Reply::redirect(301, "/meta")]);
    for (path, expected) in [
        ("/meta", &[Some(200), Some(200)][..]),
        ("/header", &[Some(200), Some(200)]),
        ("/script", &[Some(200), Some(200)]),
        ("/chain", &[Some(301), Some(200), Some(200)]),
    ] {
        let fetched = visit(&site, path, options()).await;
        assert_eq!(statuses(&fetched), expected, "{path}");
        let last = fetched.visit.last().unwrap();
        assert_eq!(last.target_uri.as_str(), site.uri("/new"), "{path}");
    }
}

#[tokio::test]
async fn what_a_page_sends_to_is_under_the_same_guard_rules_and_limits() {
    let site = Site::start();
    let to = |to: &str| Reply::page(format!("<meta http-equiv=refresh content='0;url={to}'>"));
    site.on(
        "/robots.txt",
        [Reply::status(200, "User-agent: *\nDisallow: /closed")],
    );
    site.on("/inside", [to("http://10.0.0.1/")]);
    site.on("/closed-to", [to("/closed")]);
    site.on("/a", [to("/b")]);
    site.on("/b", [to("/a")]);
    for it in 0..20 {
        site.on(&format!("/far/{it}"), [to(&format!("/far/{}", it + 1))]);
    }
    let captcha = "<meta http-equiv=refresh content='0;url=/new'><script>_cf_chl_opt={}</script>";
    site.on("/challenge", [Reply::page(captcha)]);
    let last = async |path: &str| {
        let fetched = visit(&site, path, options()).await;
        let count = fetched.visit.captures.len();
        (count, fetched.visit.last().unwrap().clone())
    };
    let kind = |it: &Capture| match &it.outcome {
        Outcome::Failure(it) => Some(it.kind),
        _ => None,
    };
    assert_eq!(
        kind(&last("/inside").await.1),
        Some(FailureKind::GuardRefused)
    );
    assert_eq!(
        kind(&last("/closed-to").await.1),
        Some(FailureKind::RobotsRefused)
    );
    // A page that leads back is there to be read, and so is the last one that is had.
    let (count, capture) = last("/a").await;
    assert_eq!((count, capture.status()), (2, Some(200)));
    let (count, capture) = last("/far/0").await;
    assert_eq!((count, capture.status()), (11, Some(200)));
    assert_eq!(last("/challenge").await.0, 1);
}

#[tokio::test]
async fn own_header_fields_go_to_their_hosts_and_are_archived() {
    let site = Site::start();
    let hop = Reply::redirect(302, "/there").field("Set-Cookie", "set=1; Path=/");
    site.on("/", [hop]);
    site.on("/there", [Reply::page("")]);
    let options = Options {
        accept_language: "en, de;q=0.5".into(),
        headers: [
            "127.0.0.1 X-Archive: yes",
            "other.example X-Other: no",
            "* Cookie: own=1",
        ]
        .iter()
        .map(|it| it.parse().unwrap())
        .collect(),
        ..options()
    };
    let fetched = visit(&site, "/", options).await;
    let request = String::from_utf8(fetched.visit.last().unwrap().request.clone()).unwrap();
    assert!(
        request.contains("\r\nAccept-Language: en, de;q=0.5\r\n"),
        "{request}"
    );
    assert!(request.contains("\r\nX-Archive: yes\r\n"), "{request}");
    assert!(
        request.contains("\r\nCookie: own=1; set=1\r\n"),
        "{request}"
    );
    assert!(!request.contains("X-Other"), "{request}");
    let robots = &site.asked()[0].head;
    assert!(robots.starts_with("GET /robots.txt"), "{robots}");
}

#[tokio::test]
async fn a_retry_after_in_any_form_and_a_front_ends_failure_are_waited_for() {
    let site = Site::start();
    let busy = |value: &str| Reply::status(429, "").field("Retry-After", value);
    site.on("/float", [busy("0.05"), Reply::page("")]);
    site.on("/unit", [busy("50ms"), Reply::page("")]);
    site.on("/front", [Reply::status(522, ""), Reply::page("")]);
    site.on(
        "/long",
        [Reply::status(521, "").field("Retry-After", "2 hours")],
    );
    let options = Options {
        tries: 2,
        ..options()
    };
    for path in ["/float", "/unit", "/front"] {
        let fetched = visit(&site, path, options.clone()).await;
        assert_eq!(fetched.visit.last().unwrap().status(), Some(200), "{path}");
        assert_eq!(fetched.visit.captures.len(), 2, "{path}");
    }
    let asked = site.asked();
    let at = |number: usize| {
        let mut of = asked.iter().filter(|it| it.path == "/float");
        of.nth(number).unwrap().at
    };
    assert!(at(1) - at(0) >= Duration::from_millis(50));
    let fetched = visit(&site, "/long", options).await;
    assert_eq!(statuses(&fetched), [Some(521)]);
}

#[tokio::test]
async fn names_of_inner_hosts_are_not_asked_of_a_proxy() {
    let proxy = Site::start();
    let options = Options {
        proxies: proxies(&proxy.address().to_string()),
        ..options()
    };
    for uri in [
        "http://wiki/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "https://nas.lan/",
    ] {
        let through = Options {
            resolve: [(
                uri.parse::<TargetUri>().unwrap().host().to_owned(),
                Vec::new(),
            )]
            .into(),
            ..options.clone()
        };
        let all = fetch(vec![order(uri)], through.clone()).await;
        let (kind, detail) = failure(&all[0]);
        assert_eq!(kind, FailureKind::GuardRefused, "{uri}");
        assert!(detail.contains("fetch.no_proxy"), "{detail}");
        let error = fetch::download(uri, &through).await.unwrap_err();
        assert!(error.to_string().contains("fetch.no_proxy"), "{error}");
    }
    assert_eq!(proxy.asked().len(), 0);
}

/// A proxy that makes one tunnel to wherever it is told, and gives the head that asked for it.
async fn tunnel_once() -> (std::net::SocketAddr, tokio::task::JoinHandle<String>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let to = head.split(' ').nth(1).unwrap();
        let mut server = tokio::net::TcpStream::connect(to).await.unwrap();
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
        head
    });
    (address, task)
}

fn proxies(address: &str) -> fetch::Proxies {
    let value = format!("http://user:secret@{address}");
    fetch::Proxies::of_variables(|it| (it == "all_proxy").then(|| value.clone())).unwrap()
}

#[tokio::test]
async fn a_proxy_is_asked_in_the_hosts_place_and_its_password_is_not_kept() {
    let proxy = Site::start();
    let uri = "http://far.example/a?b";
    let reply = Reply::page("far");
    proxy.on(uri, [reply.clone()]);
    let through = Options {
        proxies: proxies(&proxy.address().to_string()),
        resolve: [("far.example".to_owned(), Vec::new())].into(),
        ..options()
    };
    let all = fetch(vec![order(uri)], through.clone()).await;
    let capture = all[0].visit.last().unwrap();
    assert_eq!(capture.status(), Some(200), "{capture:?}");
    assert_eq!(
        capture.connection.as_ref().unwrap().address,
        proxy.address()
    );
    assert!(
        proxy.asked()[1]
            .head
            .contains("\r\nProxy-Authorization: Basic ")
    );
    let kept = String::from_utf8(capture.request.clone()).unwrap();
    assert!(kept.starts_with("GET http://far.example/a?b HTTP/1.1\r\nHost: far.example\r\n"));
    assert!(!kept.contains("Authorization"), "{kept}");
    let downloaded = fetch::download(uri, &through).await.unwrap();
    assert_eq!(downloaded.body, b"far");
    // The guard still stands before it.
    let all = fetch(vec![order("http://10.0.0.1/")], through.clone()).await;
    assert_eq!(failure(&all[0]).0, FailureKind::GuardRefused);
    // It answers 404 to CONNECT.
    let all = fetch(vec![order("https://far.example/")], through).await;
    let (kind, detail) = failure(&all[0]);
    assert_eq!(kind, FailureKind::Proxy);
    assert!(detail.ends_with("it answered with status 404"), "{detail}");
    assert!(!detail.contains("secret"));
}

#[tokio::test]
async fn tls_goes_through_a_tunnel_of_the_proxy() {
    let (chain, key) = certificate("127.0.0.1", None, 2099);
    let site = Site::start_tls(chain.clone(), key);
    let (address, task) = tunnel_once().await;
    let options = Options {
        proxies: proxies(&address.to_string()),
        ..options()
    };
    let fetched = visit(&site, "/", options).await;
    let capture = fetched.visit.last().unwrap();
    assert_eq!(failure(&fetched).0, FailureKind::TlsUnknownIssuer);
    let connection = capture.connection.as_ref().unwrap();
    assert_eq!(connection.address, address);
    assert_eq!(connection.tls.as_ref().unwrap().certificates, chain);
    let head = task.await.unwrap();
    let to = site.address();
    assert!(head.starts_with(&format!(
        "CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nProxy-Auth"
    )));
}

#[tokio::test]
async fn hosts_do_not_wait_for_one_another() {
    let hosts: Vec<Site> = (1..5)
        .map(|it| Site::start_at(&format!("127.0.0.{it}")))
        .collect();
    let mut orders = Vec::new();
    for site in &hosts {
        site.on("/", [Reply::page("in")]);
        orders.extend(vec![order(site.uri("/")); 5]);
    }
    let options = Options {
        delay: Duration::from_millis(50),
        ..options()
    };
    assert_eq!(fetch(orders, options).await.len(), 20);
    let asked: Vec<Vec<Instant>> = hosts
        .iter()
        .map(|site| {
            let pages = site.asked().into_iter().filter(|it| it.path == "/");
            pages.map(|it| it.at).collect()
        })
        .collect();
    for times in &asked {
        assert_eq!(times.len(), 5);
        assert!(times[4] - times[0] >= Duration::from_millis(200));
    }
    let latest_begin = asked.iter().map(|times| times[0]).max();
    let earliest_end = asked.iter().map(|times| times[4]).min();
    assert!(latest_begin < earliest_end, "each host had its turn alone");
}

#[tokio::test]
async fn every_try_is_a_capture_with_its_own_time() {
    let site = Site::start();
    let busy = Reply::status(429, "busy").field("Retry-After", "0");
    site.on(
        "/",
        [busy, Reply::status(502, "oops"), Reply::page("there")],
    );
    site.on("/down", [Reply::default().close()]);
    let tries = Options {
        tries: 3,
        ..options()
    };
    let orders = ["/", "/down"].map(|it| order(site.uri(it)));
    let all = fetch_at(orders.to_vec(), tries, HashMap::new(), Clock::System).await;
    assert_eq!(statuses(&all[0]), [Some(429), Some(502), Some(200)]);
    assert_eq!(all[0].visit.redirects(), 0);
    assert_eq!(statuses(&all[1]), [None; 3]);
    let asked = site.asked();
    for (number, capture) in all[0].visit.captures.iter().enumerate() {
        assert_eq!(asked[number + 1].head.as_bytes(), capture.request);
        assert!(capture.ended >= capture.date);
    }
    for visit in &all {
        for pair in visit.visit.captures.windows(2) {
            assert!(pair[1].date > pair[0].ended);
        }
    }
}

#[tokio::test]
async fn a_robots_txt_on_another_host_is_asked_for_when_that_hosts_turn_comes() {
    const PAUSE: Duration = Duration::from_millis(60);
    let (first, second) = (Site::start_at("127.0.0.5"), Site::start_at("127.0.0.6"));
    first.on(
        "/robots.txt",
        [Reply::redirect(301, &second.uri("/theirs"))],
    );
    second.on("/robots.txt", [Reply::redirect(302, &first.uri("/theirs"))]);
    let rules = Reply::status(200, "user-agent: *\ndisallow: /no");
    first.on("/theirs", [rules.clone()]);
    second.on("/theirs", [rules]);
    let mut orders = Vec::new();
    for site in [&first, &second] {
        site.on("/1", [Reply::page("1")])
            .on("/2", [Reply::page("2")]);
        orders.extend(["/1", "/no", "/2"].map(|it| order(site.uri(it))));
    }
    let patient = Options {
        delay: PAUSE,
        ..options()
    };
    let all = fetch(orders, patient).await;
    assert_eq!(all.len(), 6);
    for it in &all {
        let refused = it.visit.seed.as_str().ends_with("/no");
        assert_eq!(it.visit.last().unwrap().status(), (!refused).then_some(200));
    }
    for site in [&first, &second] {
        let asked = site.asked();
        assert_eq!(asked.len(), 4, "{asked:?}");
        let others = asked.iter().position(|it| it.path == "/theirs").unwrap();
        for (before, pair) in asked.windows(2).enumerate() {
            // Its own robots.txt and the page that needs it are one turn; what another host wants is a turn of its own.
            let own = pair[0].path == "/robots.txt" && before + 1 != others;
            assert!(own || pair[1].at - pair[0].at >= PAUSE, "{pair:?}");
        }
    }
}

#[tokio::test]
async fn rules_known_before_come_back_when_robots_txt_stays_unreachable() {
    let site = Site::start();
    site.on("/yes", [Reply::page("in")]);
    let rules = Reply::status(200, "user-agent: *\ndisallow: /no");
    site.on("/robots.txt", [rules, Reply::status(503, "")]);
    let mut hosts = HashMap::new();
    for (hours, path, expected) in [
        (0, "/yes", Ok(200)),
        // The rules are a day old, and robots.txt cannot be had: nothing is asked for.
        (
            25,
            "/yes",
            Err("robots.txt could not be fetched: answered with 503"),
        ),
        (
            26,
            "/yes",
            Err("robots.txt could not be fetched: answered with 503"),
        ),
        // Half a day later the rules known before hold.
        (38, "/yes", Ok(200)),
        (39, "/no", Err("robots.txt, line 2: Disallow: /no")),
        (29 * 24, "/yes", Ok(200)),
        // For a month.
        (
            31 * 24,
            "/yes",
            Err("robots.txt could not be fetched: answered with 503"),
        ),
    ] {
        let now = clock().now() + chrono::TimeDelta::hours(hours);
        let orders = vec![order(site.uri(path))];
        let all = fetch_at(orders, options(), hosts, Clock::fixed(now)).await;
        let last = all[0].visit.last().unwrap();
        match (&last.outcome, expected) {
            (Outcome::Failure(it), Err(words)) => {
                assert_eq!(it.kind, FailureKind::RobotsRefused);
                assert!(it.detail.contains(words), "{hours}: {}", it.detail);
            }
            (_, expected) => assert_eq!(last.status(), expected.ok(), "{hours}: {last:?}"),
        }
        hosts = all[0].hosts.iter().cloned().collect();
    }
    let robots = site
        .asked()
        .iter()
        .filter(|it| it.path == "/robots.txt")
        .count();
    assert_eq!(robots, 7);
}

#[tokio::test]
async fn what_was_asked_last_is_remembered_with_the_rule_that_allowed_it() {
    let site = Site::start();
    let rules = "user-agent: *\ndisallow: /a\nallow: /a/b\ncrawl-delay: 0.2";
    site.on("/robots.txt", [Reply::status(200, rules)]);
    site.on("/a/b", [Reply::page("in")]);
    for (path, came, rule) in [
        ("/a/b", "200", "robots.txt, line 3: Allow: /a/b"),
        ("/else", "404", "robots.txt does not forbid it"),
    ] {
        let fetched = visit(&site, path, options()).await;
        let last = fetched.hosts[0].1.last.clone().unwrap();
        assert_eq!(last.uri.as_str(), site.uri(path));
        assert_eq!((last.came.as_str(), last.rule.as_str()), (came, rule));
        assert_eq!(last.pause, "200ms, from its Crawl-delay");
    }
}

#[tokio::test]
async fn other_bytes_under_the_same_validators_are_reported() {
    let site = Site::start();
    let date = "Wed, 01 Jan 2020 00:00:00 GMT";
    let now = Reply::page("now");
    site.on("/tag", [now.clone().field("ETag", "W/\"1\"")]);
    site.on("/other-tag", [now.clone().field("ETag", "\"2\"")]);
    site.on("/date", [now.clone().field("Last-Modified", date)]);
    site.on("/neither", [now]);
    for (path, printed) in [
        ("/tag", Some("without changing its ETag")),
        ("/other-tag", None),
        ("/date", Some("without changing its Last-Modified")),
        ("/neither", None),
    ] {
        let validators = Validators {
            etag: Some("\"1\"".to_owned()),
            last_modified: Some(date.to_owned()),
            payload_digest: PayloadDigest::of(b"before"),
            date: clock().now(),
            target_uri: site.uri(path).parse().unwrap(),
            conditional: false,
        };
        let order = Order {
            validators: Some(validators),
            ..order(site.uri(path))
        };
        let all = fetch(vec![order], options()).await;
        assert_eq!(statuses(&all[0]), [Some(200)]);
        assert_eq!(
            all[0].remarks.len(),
            usize::from(printed.is_some()),
            "{path}"
        );
        if let Some(words) = printed {
            assert!(all[0].remarks[0].contains(words), "{path}");
        }
        assert!(!site.asked().last().unwrap().head.contains("If-"));
    }
}

#[tokio::test]
async fn every_spelling_of_an_inner_address_is_refused_at_a_redirect() {
    let site = Site::start_at("127.0.0.11");
    let spellings = [
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0",
        "localhost",
        "localhost.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2001::1]",
        "10.1.2.3",
        "0xa010203",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fc00::1]",
        "[ff02::1]",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "inner.example",
        "INNER.example.",
        "xn--nner-1ra.example",
        "\u{ff11}\u{ff12}7.0.0.1",
    ];
    // Only the site itself is allowed, by its own address.
    let options = Options {
        allow: vec![format!("{}/32", site.address().ip()).parse().unwrap()],
        resolve: [
            "localhost",
            "localhost.",
            "inner.example",
            "inner.example.",
            "xn--nner-1ra.example",
        ]
        .map(|it| (it.to_owned(), vec!["::ffff:10.0.0.1".parse().unwrap()]))
        .into(),
        ..options()
    };
    for (number, spelling) in spellings.iter().enumerate() {
        let path = format!("/{number}");
        let to = format!("http://{spelling}:{}/inside", site.address().port());
        site.on(&path, [Reply::redirect(302, &to)]);
        let fetched = visit(&site, &path, options.clone()).await;
        assert_eq!(fetched.visit.captures.len(), 2, "{spelling}");
        assert_eq!(failure(&fetched).0, FailureKind::GuardRefused, "{spelling}");
        assert!(fetched.visit.last().unwrap().connection.is_none());
    }
    assert!(!site.pages_asked().iter().any(|it| it == "/inside"));
}

#[tokio::test]
async fn credentials_in_addresses_are_left_out_and_reported() {
    let site = Site::start();
    let to = site.uri("/in").replace("http://", "http://ada:hunter2@");
    site.on("/out", [Reply::redirect(302, &to)]);
    site.on("/bad", [Reply::redirect(302, "ftp://ada:hunter2@h/")]);
    site.on("/in", [Reply::page("in")]);
    let fetched = visit(&site, "/out", options()).await;
    assert_eq!(statuses(&fetched), [Some(302), Some(200)]);
    assert!(fetched.remarks[0].contains("which are left out"));
    assert!(!format!("{:?}", fetched.remarks).contains("hunter2"));
    let last = fetched.visit.last().unwrap();
    assert_eq!(last.target_uri.as_str(), site.uri("/in"));
    for asked in site.asked() {
        assert!(!asked.head.to_lowercase().contains("authorization"));
        assert!(!asked.head.contains("hunter2"));
    }
    let (kind, detail) = failure(&visit(&site, "/bad", options()).await);
    assert_eq!(kind, FailureKind::BadRedirect);
    assert!(!detail.contains("hunter2"), "{detail}");
}

/// An address that takes no more connections: what connects to it hears nothing.
struct Full {
    address: std::net::SocketAddr,
    _listener: tokio::net::TcpListener,
    _waiting: Vec<tokio::net::TcpStream>,
}

impl Full {
    async fn at(address: &str) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(address.parse().unwrap()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        loop {
            let connecting = tokio::net::TcpStream::connect(address);
            match tokio::time::timeout(Duration::from_millis(100), connecting).await {
                Ok(it) => waiting.push(it.unwrap()),
                Err(_) => break,
            }
        }
        Self {
            address,
            _listener: listener,
            _waiting: waiting,
        }
    }
}

#[tokio::test]
async fn timeouts_say_what_was_waited_for() {
    let full = Full::at("127.0.0.1:0").await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let site = Site::start();
    site.on("/head", [Reply::default().then(Step::Hang)]);
    let body = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx").then(Step::Hang);
    site.on("/body", [body]);
    let silent_uri = format!("https://{}/", silent.local_addr().unwrap());
    let full_uri = format!("http://{}/", full.address);
    let uris = [full_uri, silent_uri, site.uri("/head"), site.uri("/body")];
    let all = fetch(uris.iter().map(order).collect(), options()).await;
    let came = |uri: &str| {
        let it = all.iter().find(|it| it.visit.seed.as_str() == uri).unwrap();
        match &it.visit.last().unwrap().outcome {
            Outcome::Failure(it) => (Some(it.kind), None),
            Outcome::Response(it) => (None, it.truncated),
            Outcome::Revisit(_) => (None, None),
        }
    };
    assert_eq!(came(&uris[0]), (Some(FailureKind::ConnectTimeout), None));
    assert_eq!(came(&uris[1]), (Some(FailureKind::TlsTimeout), None));
    assert_eq!(came(&uris[2]), (Some(FailureKind::ResponseTimeout), None));
    assert_eq!(came(&uris[3]), (None, Some(Truncation::Time)));
}

#[tokio::test]
async fn the_next_address_of_a_name_is_tried_when_one_fails_or_does_not_answer() {
    let full = Full::at("127.0.0.7:0").await;
    let port = full.address.port();
    let site = Site::listen_on(("127.0.0.8", port));
    site.on("/", [Reply::page("in")]);
    let names = [
        ("six.example", vec!["::1", "127.0.0.8"]),
        ("closed.example", vec!["127.0.0.9", "127.0.0.8"]),
        ("silent.example", vec!["127.0.0.7", "127.0.0.8"]),
    ];
    let options = Options {
        allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        resolve: names
            .iter()
            .map(|(name, them)| {
                let them = them.iter().map(|it| it.parse().unwrap()).collect();
                ((*name).to_owned(), them)
            })
            .collect(),
        connect_timeout: Duration::from_secs(2),
        ..options()
    };
    let orders = names.map(|it| order(format!("http://{}:{port}/", it.0)));
    let all = fetch(orders.to_vec(), options.clone()).await;
    assert_eq!(all.len(), 3);
    for it in &all {
        let last = it.visit.last().unwrap();
        assert_eq!(last.status(), Some(200), "{last:?}");
        assert_eq!(last.connection.as_ref().unwrap().address, site.address());
    }
    // So many addresses of a name are looked at, and no more.
    let many = vec![
        "127.0.0.9".parse().unwrap(),
        "127.0.0.10".parse().unwrap(),
        "127.0.0.8".parse().unwrap(),
    ];
    let few = Options {
        max_addresses: 2,
        resolve: [("many.example".to_owned(), many)].into(),
        ..options
    };
    let all = fetch(vec![order(format!("http://many.example:{port}/"))], few).await;
    let (kind, detail) = failure(&all[0]);
    assert_eq!(kind, FailureKind::Connect);
    assert!(
        detail.contains("127.0.0.10") && !detail.contains("127.0.0.8"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_host_with_an_ipv6_address_is_visited_by_it() {
    let Ok(probe) = std::net::TcpListener::bind("[::1]:0") else {
        println!("skipped: a_host_with_an_ipv6_address_is_visited_by_it: no IPv6 here");
        return;
    };
    drop(probe);
    let site = Site::start_at("::1");
    site.on("/", [Reply::page("in")]);
    let options = Options {
        allow: vec!["::1/128".parse().unwrap()],
        ..options()
    };
    let fetched = visit(&site, "/", options).await;
    assert_eq!(statuses(&fetched), [Some(200)]);
    let host = format!("\r\nHost: {}\r\n", site.address());
    assert!(site.asked()[1].head.contains(&host));
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_no_exchange_before_it_began_and_spares_no_host() {
    let site = Site::start();
    let slow = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
        .then(Step::Pause(Duration::from_millis(60)))
        .then(Step::Send(b"b".to_vec()));
    site.on("/1", [slow]).on("/2", [Reply::page("second")]);
    let clock = clock();
    let orders = ["/1", "/2"].map(|it| order(site.uri(it)));
    let patient = Options {
        delay: Duration::from_millis(80),
        ..options()
    };
    let began = clock.now();
    let setter = async {
        while site.pages_asked().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        clock.set(began - chrono::TimeDelta::days(400));
    };
    let run = fetch_at(orders.to_vec(), patient, HashMap::new(), clock.clone());
    let (all, ()) = tokio::join!(run, setter);
    for it in &all {
        let capture = it.visit.last().unwrap();
        assert_eq!(capture.status(), Some(200));
        assert!(capture.ended >= capture.date, "{capture:?}");
    }
    let asked = site.asked();
    assert!(asked[2].at - asked[1].at >= Duration::from_millis(140));
}
