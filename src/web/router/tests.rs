//! Every route under every kind of request that has to be refused: made from the table of routes, so that no new one is forgotten.

mod log_in;
mod panics;

use axum::http::{HeaderMap, Request as Asked, StatusCode};
use chrono::TimeDelta;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tempfile::TempDir;
use tokio::sync::watch;

use super::*;
use crate::{
    account::{Accounts, Lifetime, Password, Role, Scope},
    clock::{Clock, parse_warc_date},
    pipeline::Comparing,
    store::{Access, Store},
    web::{Limits, Options, Proxies, Public, client::Peer, route::Needs},
};

const HOST: &str = "127.0.0.1:8080";
const SITE: &str = "http://127.0.0.1:8080";
const REPLAY: &str = "http://127.0.0.1:8081";
const PASSWORD: &str = "correct horse battery";

struct Serving {
    _folder: TempDir,
    web: Arc<Web>,
    _stop: watch::Sender<bool>,
}

impl Serving {
    fn new(with_accounts: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let store = folder.path().join("a.db");
        let accounts = folder.path().join("a.accounts");
        if with_accounts {
            let accounts = Accounts::create(&accounts).unwrap();
            let hash = Password::of("ada", PASSWORD).unwrap().hash().unwrap();
            for (name, role) in [
                ("ada", Role::Admin),
                ("ben", Role::Reviewer),
                ("vera", Role::Viewer),
            ] {
                accounts.add(name, role, &hash, now()).unwrap();
            }
        }
        let options = Options {
            store: Store::open(&store, Access::Create).unwrap(),
            profiles: folder.path().join("profiles"),
            hosts: Vec::new(),
            limits: Limits {
                connections: 8,
                patience: std::time::Duration::from_secs(5),
            },
            comparing: Comparing::new(crate::compare::Alert::default()),
            clock: Clock::fixed(now()),
            command: "stillsays".into(),
            reviewer: "ada".into(),
            signer: None,
            public_replay: String::new(),
            public: Public::default(),
            proxies: Proxies {
                trusted: vec!["10.0.0.0/8".parse().unwrap()],
                user_header: "x-user".into(),
            },
            accounts,
            figures: None,
            lifetime: Lifetime {
                idle: TimeDelta::hours(12),
                most: TimeDelta::days(30),
            },
        };
        let (stop, stopped) = watch::channel(false);
        let addresses = (HOST.parse().unwrap(), "127.0.0.1:8081".parse().unwrap());
        let web = Arc::new(Web::new(options, addresses, stopped).unwrap());
        Self {
            _folder: folder,
            web,
            _stop: stop,
        }
    }

    /// What an admin, a reviewer or a viewer sends along: the cookie, and the token of forms.
    fn session(&self, name: &str) -> (String, String) {
        let accounts = self.web.people.accounts().unwrap();
        let Some(accounts) = accounts else {
            return (String::new(), self.web.secret.digest("form", "ada"));
        };
        let shown = accounts
            .begin_session(name, "192.0.2.1", self.web.people.lifetime, now())
            .unwrap();
        (
            format!("stillsays={shown}"),
            self.web.secret.digest("form", &shown),
        )
    }

    async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Came {
        let mut asked = Asked::builder().method(method).uri(path);
        if !fields.iter().any(|it| it.0 == "host") {
            asked = asked.header("host", HOST);
        }
        for (name, value) in fields
            .iter()
            .filter(|it| !it.1.is_empty() && it.0 != "peer")
        {
            asked = asked.header(*name, *value);
        }
        let peer = fields
            .iter()
            .find(|it| it.0 == "peer")
            .map_or("127.0.0.1", |it| it.1);
        asked = asked.extension(Peer(peer.parse().unwrap()));
        let asked = asked.body(axum::body::Body::from(body.to_owned())).unwrap();
        let answer = TowerToHyperService::new(router(&self.web))
            .call(asked)
            .await
            .unwrap();
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        Came {
            status: head.status,
            fields: head.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

struct Came {
    status: StatusCode,
    fields: HeaderMap,
    text: String,
}

impl Came {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |it| it.to_str().unwrap())
    }
}

fn now() -> crate::clock::Instant {
    parse_warc_date("2026-11-27T12:00:00Z").unwrap()
}

/// A path that the route takes.
fn path(route: &Route) -> String {
    let parts = route
        .path
        .split('/')
        .map(|it| if it.starts_with('{') { "x" } else { it });
    parts.collect::<Vec<_>>().join("/")
}

fn posts() -> impl Iterator<Item = &'static Route> {
    routes().filter(|it| it.method == Method::Post)
}

/// Sends what a route takes, with a token in its place.
async fn send(
    serving: &Serving,
    route: &Route,
    origin: &str,
    site: &str,
    (cookie, token): (&str, &str),
) -> Came {
    let fields = [
        ("origin", origin),
        ("sec-fetch-site", site),
        ("cookie", cookie),
    ];
    let body = if route.is_api() {
        "{}".to_owned()
    } else {
        format!("token={token}&back=/")
    };
    let of_api = [
        ("content-type", "application/json"),
        ("x-csrf-token", token),
    ];
    let fields = if route.is_api() {
        [&fields[..], &of_api].concat()
    } else {
        fields.to_vec()
    };
    serving.ask("POST", &path(route), &fields, &body).await
}

#[tokio::test]
async fn whatever_has_an_effect_comes_from_a_page_of_ours_and_has_the_token_of_its_session() {
    assert!(posts().count() >= 8);
    for with_accounts in [false, true] {
        let serving = Serving::new(with_accounts);
        let (cookie, token) = serving.session("ada");
        let (_, of_another) = serving.session("ben");
        let old = serving.web.secret.digest("form", "a session before");
        let mine = (cookie.as_str(), token.as_str());
        for route in posts().filter(|it| it.needs != Needs::Form) {
            let told = format!("{} with accounts: {with_accounts}", route.path);
            for (origin, site) in [
                ("", ""),
                ("null", ""),
                ("null", "same-origin"),
                (REPLAY, "same-site"),
                ("https://evil.example", "cross-site"),
                ("http://127.0.0.1:8080.evil.example", ""),
                ("", "cross-site"),
                ("", "none"),
            ] {
                let came = send(&serving, route, origin, site, mine).await;
                assert_eq!(came.status, 403, "{told} {origin} {site}");
            }
            let others = if with_accounts {
                vec![of_another.as_str()]
            } else {
                vec![]
            };
            for token in [vec!["", old.as_str(), "0"], others].concat() {
                let came = send(&serving, route, SITE, "same-origin", (mine.0, token)).await;
                assert_eq!(came.status, 403, "{told} {token}");
            }
            let wrong = serving
                .ask(
                    "POST",
                    &path(route),
                    &[("host", "evil.example"), ("origin", SITE)],
                    "",
                )
                .await;
            assert_eq!(wrong.status, 421, "{told}");
            for (origin, site) in [(SITE, ""), (SITE, "same-origin"), ("", "same-origin")] {
                let serving = Serving::new(with_accounts);
                let (cookie, token) = serving.session("ada");
                let came = send(&serving, route, origin, site, (&cookie, &token)).await;
                assert_ne!(came.status, 403, "{told} {origin} {site}");
            }
            // Looking has no effect.
            let looked = serving
                .ask("GET", &path(route), &[("cookie", mine.0)], "")
                .await;
            assert!(
                looked.status == 405 || route.path == "/people",
                "{told} {}",
                looked.status
            );
        }
    }
}

#[tokio::test]
async fn without_a_session_nothing_of_the_archive_is_shown() {
    let serving = Serving::new(true);
    for route in routes().filter(|it| it.method == Method::Get) {
        let came = serving
            .ask("GET", &path(route), &[("peer", "192.0.2.1")], "")
            .await;
        match route.needs {
            Needs::Nothing | Needs::Form => assert_ne!(came.status, 401, "{}", route.path),
            _ if route.is_api() || matches!(route.needs, Needs::Feeds | Needs::Metrics) => {
                assert_eq!(came.status, 401, "{}", route.path);
                assert_eq!(came.field("content-type"), "application/problem+json");
                assert_eq!(came.field("www-authenticate"), "Bearer");
            }
            _ => {
                assert_eq!(came.status, 302, "{}", route.path);
                assert!(
                    came.field("location").starts_with("/login"),
                    "{}",
                    route.path
                );
            }
        }
    }
    for (cookie, status) in [
        ("stillsays=", 302),
        ("stillsays=0000", 302),
        ("other=x", 302),
    ] {
        assert_eq!(
            serving
                .ask("GET", "/", &[("cookie", cookie)], "")
                .await
                .status,
            status,
            "{cookie}"
        );
    }
    let (cookie, _) = serving.session("vera");
    assert_eq!(
        serving
            .ask("GET", "/", &[("cookie", &cookie)], "")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_role_and_a_scope_allow_what_they_say_and_no_more() {
    let serving = Serving::new(true);
    let accounts = serving.web.people.accounts().unwrap().unwrap();
    for name in ["ada", "ben", "vera"] {
        let (cookie, token) = serving.session(name);
        for route in posts() {
            let allowed = match route.needs {
                Needs::Decide => name != "vera",
                Needs::Admin => name == "ada",
                _ => continue,
            };
            let came = send(&serving, route, SITE, "same-origin", (&cookie, &token)).await;
            assert_eq!(
                came.status != 403,
                allowed,
                "{name} {} {}",
                route.path,
                came.status
            );
        }
        let people = serving
            .ask("GET", "/people", &[("cookie", &cookie)], "")
            .await;
        assert_eq!(
            people.status,
            if name == "ada" { 200 } else { 403 },
            "{name}"
        );
    }
    for scope in Scope::ALL {
        let shown = accounts.issue("ben", "", scope, (now(), None)).unwrap();
        let bearer = format!("Bearer {shown}");
        let fields = [
            ("authorization", bearer.as_str()),
            ("peer", "192.0.2.1"),
            ("content-type", "application/json"),
        ];
        let status = async |method: &str, path: &str| {
            serving
                .ask(method, path, &fields, "{}")
                .await
                .status
                .as_u16()
        };
        let reads = matches!(scope, Scope::Read | Scope::Decide);
        assert_eq!(
            status("GET", "/api/v1/findings").await,
            if reads { 200 } else { 403 },
            "{scope:?}"
        );
        assert_eq!(
            status("POST", "/api/v1/decisions").await,
            if scope == Scope::Decide { 422 } else { 403 },
            "{scope:?}"
        );
        assert_eq!(
            status("GET", "/metrics").await,
            if scope == Scope::Metrics { 200 } else { 403 },
            "{scope:?}"
        );
        assert_eq!(
            status("GET", "/").await,
            403,
            "{scope:?}: pages are for people"
        );
        let feed = format!("/feeds/{shown}/all.atom");
        assert_eq!(
            status("GET", &feed).await,
            if scope == Scope::Feeds { 200 } else { 401 },
            "{scope:?}"
        );
        let from_a_page = [&fields[..], &[("origin", "https://evil.example")]].concat();
        let came = serving
            .ask("POST", "/api/v1/decisions", &from_a_page, "{}")
            .await;
        assert_eq!(came.status, 403, "{scope:?}");
    }
    let of_vera = accounts
        .issue("vera", "", Scope::Decide, (now(), None))
        .unwrap();
    let bearer = format!("Bearer {of_vera}");
    let fields = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    assert_eq!(
        serving
            .ask("POST", "/api/v1/decisions", &fields, "{}")
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn only_a_trusted_proxy_names_a_person() {
    let serving = Serving::new(true);
    for (peer, user, status) in [
        ("10.0.0.1", "vera", 200),
        ("10.0.0.1", "eve", 302),
        ("192.0.2.1", "vera", 302),
        ("10.0.0.1", "", 302),
    ] {
        let came = serving
            .ask("GET", "/", &[("peer", peer), ("x-user", user)], "")
            .await;
        assert_eq!(came.status, status, "{peer} {user}");
    }
    serving
        .web
        .people
        .accounts()
        .unwrap()
        .unwrap()
        .disable("vera", true, now())
        .unwrap();
    let came = serving
        .ask("GET", "/", &[("peer", "10.0.0.1"), ("x-user", "vera")], "")
        .await;
    assert_eq!(came.status, 302);
}

#[tokio::test]
async fn every_page_is_sent_under_a_policy() {
    let serving = Serving::new(true);
    let (cookie, _) = serving.session("ada");
    for path in [
        "/",
        "/login",
        "/people",
        "/activity",
        "/hosts",
        "/keys",
        "/api",
    ] {
        let came = serving.ask("GET", path, &[("cookie", &cookie)], "").await;
        assert_eq!(came.status, 200, "{path}");
        let policy = came.field("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path} {policy}");
        }
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(came.field(name), value, "{path}");
        }
        assert!(
            !came.text.contains("<style") && !came.text.contains(" style="),
            "{path}"
        );
    }
}

#[tokio::test]
async fn bodies_and_rates_have_bounds() {
    let serving = Serving::new(false);
    let (_, token) = serving.session("ada");
    let long = format!("token={token}&note={}", "x".repeat(LONGEST_BODY));
    let came = serving
        .ask("POST", "/decide", &[("origin", SITE)], &long)
        .await;
    assert_eq!(came.status, 413);
    let of_api = [("origin", SITE), ("content-type", "application/json")];
    let came = serving
        .ask("POST", "/api/v1/decisions", &of_api, &long)
        .await;
    assert_eq!(came.status, 413);
    assert_eq!(came.field("content-type"), "application/problem+json");
    let mut asked = 0;
    let refused = loop {
        let came = serving
            .ask("GET", "/favicon.ico", &[("peer", "203.0.113.9")], "")
            .await;
        asked += 1;
        if came.status != 200 || asked == 5_000 {
            break came;
        }
    };
    assert_eq!(refused.status, 429, "after {asked} requests");
    assert!(asked > 200);
    assert_ne!(refused.field("retry-after"), "");
    assert_eq!(
        serving
            .ask("GET", "/favicon.ico", &[("peer", "203.0.113.10")], "")
            .await
            .status,
        200
    );
}
