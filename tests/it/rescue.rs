//! `rescue`, `copies` and the budgets, against a scripted archive; and the same archive held by other people's clients.

use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    kills::Dice,
    other::{Copy, How, Index, Other},
    project::Project,
    site::{Reply, Site},
};

const PAGE: &str = "https://lantern.example/partners";
const NOW: &str = "2026-11-27T12:00:00Z";
const ALL: [&str; 3] = ["Alder House", "Birch Foundation", "Cedar Institute"];

/// A page with a list of names.
fn listing(names: &[&str]) -> String {
    let items: Vec<String> = names.iter().map(|it| format!("<li>{it}</li>")).collect();
    let items = items.concat();
    format!(
        "<!doctype html><title>Lantern Circle</title><h1>Lantern Circle</h1><h2>Partners</h2><ul>{items}<li>Dune Trust</li></ul>\
         <p>The Lantern Circle is a network of centers that mediate between neighbours. These organizations work with it.</p>"
    )
}

/// The same names in another form.
fn redesigned(names: &[&str]) -> String {
    let cards = names.iter();
    let items: Vec<String> = cards
        .map(|it| format!("<div class=card><h3>{it}</h3></div>"))
        .collect();
    let items = items.concat();
    format!(
        "<!doctype html><title>Lantern Circle</title><main><h2>Who works with us</h2><section>{items}<div class=card><h3>Dune Trust</h3></div></section>\
         <p>The Lantern Circle is a network of centers that mediate between neighbours. These organizations work with it.</p></main>"
    )
}

const SOFT404: &str = "<!doctype html><title>Page not found</title><h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>";
const BLOCKED: &str = "<!doctype html><title>Just a moment...</title><h1>Checking your browser before accessing lantern.example</h1><p>Please enable JavaScript and cookies to continue.</p>";

fn profile(page: &str, more: &str) -> String {
    let accessed = if more.contains("accessed") {
        ""
    } else {
        "accessed = 2022-10-20\n"
    };
    format!(
        "format = 1\ntitle = \"Lantern Circle\"\n\n[[references]]\nnumber = 1\ntitle = \"Partners\"\nurl = \"{page}\"\n{accessed}{}\n\
         [[claims]]\nid = \"partners\"\nkind = \"listed\"\ncites = [1]\nnames = [\"Alder House\", \"Birch Foundation\", \"Cedar Institute\"]\n",
        more.replace("accessed = none\n", "")
    )
}

/// A project that asks that archive.
fn project(source: &str) -> Project {
    let project = Project::new();
    project.write(
        "config/stillsays.toml",
        format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"tests@example.org\"\n[archives]\nsources = [\"{source}\"]\nmax_wait = \"0s\"\n"
        ),
    );
    project.profile("lantern", &profile(PAGE, ""));
    project
}

/// What `rescue` says, and its exit code.
fn rescue(project: &Project, at: &str, more: &[&str]) -> (Value, i32) {
    let arguments: Vec<&str> = [
        &["rescue", "--format", "json", "--quiet", "--clock", at],
        more,
    ]
    .concat();
    let ended = project.run(&arguments);
    let json = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    (json, ended.code)
}

/// The copies: day, state, how many words they have, how many they lack, whether proposed.
fn copies(json: &Value) -> Vec<(String, String, usize, usize, bool)> {
    let all = json["profiles"][0]["copies"].as_array().unwrap().iter();
    let count = |it: &Value| it.as_array().unwrap().len();
    all.map(|it| {
        (
            it["date"].as_str().unwrap()[..10].to_owned(),
            it["state"]["fate"].as_str().unwrap().to_owned(),
            count(&it["holds"]),
            count(&it["lacks"]),
            it["proposed"].as_bool().unwrap(),
        )
    })
    .collect()
}

fn said(json: &Value, list: &str) -> String {
    json[list].to_string()
}

/// What an archive is, and what becomes of a rescue from it.
struct Row {
    name: &'static str,
    interface: &'static str,
    other: fn() -> Other,
    check: fn(&Value, i32, &Other),
}

fn row(name: &'static str, other: fn() -> Other, check: fn(&Value, i32, &Other)) -> Row {
    Row {
        name,
        interface: "cdx",
        other,
        check,
    }
}

fn one(copy: Copy) -> Other {
    Other::start(vec![copy])
}

fn good(stamp: &str) -> Copy {
    Copy::of(stamp, PAGE, listing(&ALL))
}

fn is(json: &Value, expected: &[(&str, &str, usize, usize, bool)]) {
    let found = copies(json);
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.0.as_str(), it.1.as_str(), it.2, it.3, it.4))
        .collect();
    assert_eq!(found, expected, "{json:#}");
}

/// The copy of 2022-10-21, which has all words, is there and proposed.
fn whole(json: &Value, code: i32) {
    is(json, &[("2022-10-21", "live", 3, 0, true)]);
    assert_eq!(code, 0, "{json:#}");
}

fn nothing(json: &Value) {
    is(json, &[]);
}

fn index_asked(other: &Other) -> usize {
    other
        .asked()
        .iter()
        .filter(|it| it.contains("/cdx"))
        .count()
}

fn digest_of(json: &Value) -> String {
    json["profiles"][0]["copies"][0]["source"]["digest"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, bytes).unwrap();
    out.finish().unwrap()
}

/// What archives have, and what is made of it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_archives_have() -> Vec<Row> {
    vec![
        row(
            "one copy",
            || one(good("20221021101500")),
            |json, code, _| whole(json, code),
        ),
        row(
            "most words win over nearness",
            || {
                Other::start(vec![
                    good("20220901000000"),
                    Copy::of("20221021101500", PAGE, listing(&ALL[..2])),
                ])
            },
            |json, _, _| {
                is(
                    json,
                    &[
                        ("2022-09-01", "live", 3, 0, true),
                        ("2022-10-21", "live", 2, 1, false),
                    ],
                );
            },
        ),
        row(
            "the nearest of equals",
            || {
                Other::start(vec![
                    good("20220901000000"),
                    Copy::of("20221101000000", PAGE, redesigned(&ALL)),
                ])
            },
            |json, _, _| {
                is(
                    json,
                    &[
                        ("2022-09-01", "live", 3, 0, false),
                        ("2022-11-01", "live", 3, 0, true),
                    ],
                );
            },
        ),
        row(
            "a copy without any of the words is not proposed",
            || one(Copy::of("20221021101500", PAGE, listing(&["Elm Union"]))),
            |json, _, _| assert!(!copies(json)[0].4),
        ),
        row(
            "pages of the index with repeats",
            || {
                let copies = (1..=9).map(|day| {
                    Copy::of(
                        &format!("2022100{day}000000"),
                        PAGE,
                        format!("{}<!-- {day} -->", listing(&ALL)),
                    )
                });
                Other::start(copies.collect()).index(Index::Pages(2))
            },
            |json, code, other| {
                let days: Vec<String> = copies(json).into_iter().map(|it| it.0).collect();
                assert_eq!(
                    days,
                    ["2022-10-01", "2022-10-07", "2022-10-08", "2022-10-09"]
                );
                let mut asked = other.asked();
                asked.sort();
                let all = asked.len();
                asked.dedup();
                assert_eq!((asked.len(), code), (all, 0), "nothing twice");
            },
        ),
        row(
            "200 mementos",
            || {
                let copies = (0..200).map(|it| {
                    let stamp = format!("20{:02}{:02}15000000", 10 + it / 12, 1 + it % 12);
                    Copy::of(&stamp, PAGE, format!("{}<!-- {it} -->", listing(&ALL)))
                });
                Other::start(copies.collect())
            },
            |json, _, other| {
                let days: Vec<String> = copies(json).into_iter().map(|it| it.0).collect();
                assert_eq!(
                    days,
                    [
                        "2010-01-15",
                        "2022-08-15",
                        "2022-09-15",
                        "2022-10-15",
                        "2022-11-15",
                        "2022-12-15",
                        "2023-01-15",
                        "2026-08-15"
                    ]
                );
                assert_eq!(index_asked(other), 3);
            },
        ),
        row(
            "rows that nobody can read",
            || one(good("20221021101500")).index(Index::Dirty),
            |json, code, _| whole(json, code),
        ),
        row(
            "an empty index",
            || Other::start(Vec::new()),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 0);
            },
        ),
        row(
            "the same content twice is copied once",
            || Other::start(vec![good("20221021101500"), good("20221022101500")]),
            |json, _, other| {
                assert_eq!(copies(json).len(), 1);
                assert_eq!(
                    other.asked().iter().filter(|it| it.contains("id_")).count(),
                    1
                );
            },
        ),
        row(
            "a row without a status",
            || {
                one(Copy {
                    digest: Some("-".into()),
                    ..good("20221021101500")
                })
            },
            |json, _, _| {
                assert_eq!(digest_of(json), "unknown");
            },
        ),
        row(
            "http for https",
            || {
                one(Copy {
                    original: "http://lantern.example/partners".into(),
                    ..good("20221021101500")
                })
            },
            |json, code, _| {
                whole(json, code);
                assert_eq!(
                    json["profiles"][0]["copies"][0]["url"],
                    "http://lantern.example/partners"
                );
            },
        ),
        row(
            "www",
            || {
                one(Copy {
                    original: "https://www.lantern.example/partners".into(),
                    ..good("20221021101500")
                })
            },
            |json, code, _| whole(json, code),
        ),
        Row {
            interface: "pywb",
            ..row(
                "the index of pywb",
                || one(good("20221021101500")),
                |json, code, _| whole(json, code),
            )
        },
        Row {
            interface: "memento",
            ..row(
                "a TimeMap",
                || one(good("20221021101500")),
                |json, code, _| whole(json, code),
            )
        },
        Row {
            interface: "memento",
            ..row(
                "no TimeMap",
                || Other::start(Vec::new()),
                |json, code, _| {
                    nothing(json);
                    assert_eq!(code, 0);
                },
            )
        },
        row(
            "another page in the index",
            || {
                one(Copy {
                    original: "https://lantern.example/partners/old".into(),
                    ..good("20221021101500")
                })
            },
            |json, _, _| nothing(json),
        ),
        Row {
            interface: "commoncrawl",
            ..row(
                "Common Crawl: read, and nothing to cite",
                || one(good("20221021101500")),
                |json, code, _| {
                    is(json, &[("2022-10-21", "live", 3, 0, false)]);
                    assert_eq!((digest_of(json).as_str(), code), ("equal", 0));
                },
            )
        },
        Row {
            interface: "commoncrawl",
            ..row(
                "Common Crawl: another page in the part of the file",
                || one(good("20221021101500").how(How::Lies("https://elsewhere.example/"))),
                |json, code, _| {
                    nothing(json);
                    assert_eq!(code, 0);
                    assert!(
                        said(json, "remarks").contains("not the listed response"),
                        "{json:#}"
                    );
                },
            )
        },
        Row {
            interface: "commoncrawl",
            ..row(
                "Common Crawl: an index without the page",
                || {
                    one(Copy {
                        original: "https://elsewhere.example/".into(),
                        ..good("20221021101500")
                    })
                },
                |json, code, _| {
                    nothing(json);
                    assert_eq!(code, 0);
                },
            )
        },
        Row {
            interface: "memento",
            ..row(
                "a TimeMap with dates that are none",
                || one(good("20221021101500")).index(Index::Dirty),
                |json, code, _| whole(json, code),
            )
        },
        row(
            "an index as text",
            || one(good("20221021101500")).index(Index::Text),
            |json, code, _| whole(json, code),
        ),
        row(
            "an index that ends in the middle of a row",
            || {
                one(good("20221021101500"))
                    .index(Index::Always(200, r#"[["timestamp","original"],["2022"#))
            },
            |json, code, _| {
                nothing(json);
                assert!(
                    said(json, "left").contains("could not be read") && code == 3,
                    "{json:#}"
                );
            },
        ),
        Row {
            interface: "pywb",
            ..row(
                "an error as JSON in place of the index",
                || {
                    one(good("20221021101500"))
                        .index(Index::Always(200, r#"{"message": "Internal Error"}"#))
                },
                |json, code, _| {
                    nothing(json);
                    assert!(
                        said(json, "left").contains("could not be read") && code == 3,
                        "{json:#}"
                    );
                },
            )
        },
        row(
            "an index that says 404",
            || one(good("20221021101500")).index(Index::Always(404, "nothing")),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 0);
            },
        ),
    ]
}

/// What archives do to a copy on its way.
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_becomes_of_copies() -> Vec<Row> {
    vec![
        row(
            "another day in the window",
            || {
                Other::start(vec![
                    good("20221021101500").how(How::Elsewhere("20221101000000")),
                    good("20221101000000").digest("OTHER"),
                ])
            },
            |json, _, _| {
                assert_eq!(copies(json)[0].0, "2022-11-01");
                assert!(
                    said(json, "remarks")
                        .contains("the copy of 2022-11-01 was taken in place of 2022-10-21"),
                    "{json:#}"
                );
            },
        ),
        row(
            "another day outside the window",
            || one(good("20221021101500").how(How::Elsewhere("20240101000000"))),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 0);
                assert!(
                    said(json, "remarks").contains("2024-01-01 in its place"),
                    "{json:#}"
                );
            },
        ),
        row(
            "another day at once, outside the window",
            || one(good("20221021101500").how(How::Nearest("20240101000000"))),
            |json, _, _| nothing(json),
        ),
        row(
            "two redirects to other days",
            || {
                Other::start(vec![
                    good("20221021101500").how(How::Elsewhere("20221022000000")),
                    good("20221022000000")
                        .digest("X")
                        .how(How::Elsewhere("20221023000000")),
                    good("20221023000000").digest("Y"),
                ])
            },
            |json, _, _| assert_eq!(copies(json)[0].0, "2022-10-23"),
        ),
        row(
            "days in a circle",
            || {
                Other::start(vec![
                    good("20221021101500").how(How::Elsewhere("20221022000000")),
                    good("20221022000000")
                        .digest("X")
                        .how(How::Elsewhere("20221021101500")),
                ])
            },
            |json, code, other| {
                nothing(json);
                assert_eq!(code, 0);
                assert!(other.asked().len() < 12, "{:?}", other.asked());
            },
        ),
        row(
            "an archived 404",
            || one(good("20221021101500").status(404)),
            |json, code, _| {
                assert_eq!(
                    (copies(json)[0].1.as_str(), copies(json)[0].4, code),
                    ("gone", false, 0)
                );
            },
        ),
        row(
            "an archived 404 is passed over where there is a page",
            || {
                Other::start(vec![
                    good("20221020000000").status(404),
                    good("20221021101500").digest("X"),
                ])
            },
            |json, code, _| whole(json, code),
        ),
        row(
            "an archived 429 throttles nothing",
            || {
                one(Copy::of("20221021101500", PAGE, "whoa")
                    .status(429)
                    .field("retry-after", "6"))
            },
            |json, code, _| {
                assert_eq!(
                    (copies(json)[0].1.as_str(), copies(json)[0].2, code),
                    ("refused", 0, 0),
                    "{json:#}"
                );
                assert_eq!(said(json, "left"), "[]");
            },
        ),
        row(
            "an archived 503",
            || one(Copy::of("20221021101500", PAGE, "down").status(503)),
            |json, code, _| {
                assert_eq!((copies(json)[0].1.as_str(), code), ("unreachable", 0));
            },
        ),
        row(
            "an archived redirect is followed to the copy of its page",
            || {
                Other::start(vec![
                    Copy::of("20221021101500", PAGE, "")
                        .status(301)
                        .field("location", "https://lantern.example/friends"),
                    Copy {
                        original: "https://lantern.example/friends".into(),
                        ..good("20221021101500")
                    },
                ])
            },
            |json, code, _| {
                assert_eq!(
                    (copies(json)[0].2, copies(json)[0].4, code),
                    (3, true, 0),
                    "{json:#}"
                );
            },
        ),
        row(
            "an archived redirect to a page without a copy",
            || {
                one(Copy::of("20221021101500", PAGE, "")
                    .status(302)
                    .field("location", "https://lantern.example/"))
            },
            |json, code, _| assert_eq!((copies(json)[0].2, copies(json)[0].4, code), (0, false, 0)),
        ),
        row(
            "archived redirects in a circle",
            || {
                Other::start(vec![
                    Copy::of("20221021101500", PAGE, "")
                        .status(301)
                        .field("location", "https://lantern.example/a"),
                    Copy::of("20221021101500", "https://lantern.example/a", "")
                        .status(301)
                        .field("location", PAGE),
                ])
            },
            |json, code, other| {
                assert_eq!((copies(json)[0].2, code), (0, 0), "{json:#}");
                assert_eq!(
                    other.asked().iter().filter(|it| it.contains("id_")).count(),
                    2
                );
            },
        ),
        row(
            "not archived after all",
            || one(good("20221021101500").how(How::Itself(404, "<p>Not archived.</p>"))),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 0);
            },
        ),
        row(
            "excluded with 403",
            || {
                one(good("20221021101500").how(How::Itself(
                    403,
                    "<p>This URL has been excluded from the Wayback Machine.</p>",
                )))
            },
            |json, code, _| {
                nothing(json);
                assert!(
                    said(json, "remarks").contains("403") && code == 0,
                    "{json:#}"
                );
            },
        ),
        row(
            "excluded with 200",
            || {
                one(good("20221021101500").how(How::Itself(
                    200,
                    "<p>This URL has been excluded from the Wayback Machine.</p>",
                )))
            },
            |json, code, _| {
                nothing(json);
                assert!(
                    said(json, "remarks").contains("excluded") && code == 0,
                    "{json:#}"
                );
            },
        ),
        row(
            "a page of the archive itself is no copy",
            || one(good("20221021101500").how(How::Itself(200, "<p>Welcome to the archive.</p>"))),
            |json, _, _| nothing(json),
        ),
        row(
            "a 429 of the archive is no copy",
            || one(good("20221021101500").how(How::Itself(429, "<h1>Too Many Requests</h1>"))),
            |json, code, other| {
                nothing(json);
                assert_eq!(code, 3);
                assert!(
                    said(json, "left").contains("not before 2026-11-27 12:01:00 UTC"),
                    "{json:#}"
                );
                assert_eq!(
                    other.asked().iter().filter(|it| it.contains("id_")).count(),
                    1
                );
            },
        ),
        row(
            "a 504 of the archive is no copy",
            || one(good("20221021101500").how(How::Itself(504, "<h1>Gateway Time-out</h1>"))),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 3);
            },
        ),
        row(
            "the digest of the index",
            || one(good("20221021101500")),
            |json, _, _| assert_eq!(digest_of(json), "equal"),
        ),
        row(
            "another digest",
            || one(good("20221021101500").digest("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            |json, _, _| assert_eq!(digest_of(json), "different"),
        ),
        row(
            "packed on the way",
            || one(good("20221021101500").how(How::Packed)),
            |json, code, _| {
                whole(json, code);
                assert_eq!(digest_of(json), "equal");
            },
        ),
        row(
            "packed by the server",
            || {
                one(Copy {
                    body: gzip(listing(&ALL).as_bytes()),
                    ..good("20221021101500")
                }
                .field("content-encoding", "gzip"))
            },
            |json, code, _| {
                whole(json, code);
                assert_eq!(digest_of(json), "equal");
            },
        ),
        row(
            "packed twice",
            || {
                one(Copy {
                    body: gzip(listing(&ALL).as_bytes()),
                    ..good("20221021101500")
                }
                .field("content-encoding", "gzip")
                .how(How::Packed))
            },
            |json, code, _| {
                whole(json, code);
                assert_eq!(digest_of(json), "equal");
            },
        ),
        row(
            "unpacked by the archive",
            || {
                one(good("20221021101500")
                    .field("content-encoding", "gzip")
                    .digest("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
            },
            |json, code, _| {
                whole(json, code);
                assert_eq!(digest_of(json), "coded");
            },
        ),
        row(
            "a charset",
            || {
                let (body, _, _) = encoding_rs::WINDOWS_1252.encode("<!doctype html><title>Lantern Circle</title><h1>Lantern Circle — café</h1><ul><li>Alder House</li><li>Birch Foundation</li><li>Cedar Institute</li></ul><p>These organizations mediate between neighbours in many towns of the valley.</p>");
                let body = body.into_owned();
                one(Copy {
                    body,
                    fields: vec![(
                        "content-type".into(),
                        "text/html; charset=windows-1252".into(),
                    )],
                    ..good("20221021101500")
                })
            },
            |json, code, _| whole(json, code),
        ),
        row(
            "cut short: what is missing is not called missing",
            || one(Copy::of("20221021101500", PAGE, listing(&ALL)).how(How::Cut)),
            |json, _, _| {
                let copies = copies(json);
                assert!(copies.iter().all(|it| it.3 == 0), "{json:#}");
            },
        ),
        row(
            "a copy of another page",
            || one(good("20221021101500").how(How::Lies("https://elsewhere.example/"))),
            |json, _, _| {
                nothing(json);
                assert!(said(json, "remarks").contains("another page"), "{json:#}");
            },
        ),
        row(
            "a soft 404",
            || one(Copy::of("20221021101500", PAGE, SOFT404)),
            |json, _, _| {
                assert_eq!(
                    (
                        copies(json)[0].1.as_str(),
                        copies(json)[0].2,
                        copies(json)[0].3
                    ),
                    ("soft-404", 0, 0)
                );
            },
        ),
        row(
            "a block page",
            || one(Copy::of("20221021101500", PAGE, BLOCKED)),
            |json, _, _| {
                assert_eq!(
                    (
                        copies(json)[0].1.as_str(),
                        copies(json)[0].2,
                        copies(json)[0].3
                    ),
                    ("walled", 0, 0)
                );
            },
        ),
        row(
            "robots.txt",
            || one(good("20221021101500")).robots("User-agent: *\nDisallow: /\n"),
            |json, _, other| {
                nothing(json);
                assert!(other.asked().is_empty(), "{:?}", other.asked());
            },
        ),
        row(
            "an index that is busy",
            || {
                one(good("20221021101500"))
                    .index(Index::Always(504, "<h1>504 Gateway Time-out</h1>"))
            },
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 3);
                assert!(said(json, "left").contains("not before"), "{json:#}");
            },
        ),
        row(
            "an index that asks to wait is asked once",
            || one(good("20221021101500")).index(Index::Always(429, "<h1>429</h1>")),
            |json, code, other| {
                nothing(json);
                assert_eq!((index_asked(other), code), (1, 3));
            },
        ),
        row(
            "an index of an excluded site",
            || {
                one(good("20221021101500")).index(Index::Always(
                    403,
                    "AdministrativeAccessControlException: Blocked Site Error",
                ))
            },
            |json, code, other| {
                nothing(json);
                assert_eq!((index_asked(other), code), (1, 0));
            },
        ),
        row(
            "an error page in place of the index",
            || one(good("20221021101500")).index(Index::Always(200, "<html>sorry</html>")),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 3);
                assert!(said(json, "left").contains("could not be read"), "{json:#}");
            },
        ),
        row(
            "an archived 410",
            || one(Copy::of("20221021101500", PAGE, "removed").status(410)),
            |json, code, _| {
                assert_eq!(
                    (copies(json)[0].1.as_str(), copies(json)[0].4, code),
                    ("gone", false, 0)
                );
            },
        ),
        row(
            "an archived 403",
            || one(Copy::of("20221021101500", PAGE, "no").status(403)),
            |json, code, _| {
                assert_eq!(
                    (copies(json)[0].1.as_str(), copies(json)[0].3, code),
                    ("refused", 0, 0)
                );
                assert_eq!(
                    said(json, "left"),
                    "[]",
                    "the archive itself refuses nothing"
                );
            },
        ),
        row(
            "an archived 500 with the page in it",
            || one(good("20221021101500").status(500)),
            |json, code, _| {
                assert_eq!(
                    (copies(json)[0].1.as_str(), copies(json)[0].4, code),
                    ("unreachable", false, 0)
                );
            },
        ),
        row(
            "a redirect to the front page of the archive",
            || one(good("20221021101500").how(How::Leads("/"))),
            |json, code, _| {
                nothing(json);
                assert_eq!(code, 0);
                assert!(said(json, "remarks").contains("redirects"), "{json:#}");
            },
        ),
        row(
            "a date that is none: the archive speaks for itself",
            || one(good("20221021101500").how(How::Undated)),
            |json, _, _| nothing(json),
        ),
        row(
            "a storm of 429 after the first copy",
            || {
                let days = ["20221019000000", "20221020000000", "20221021101500"];
                let copies = days.map(|it| good(it).digest(it).how(How::Itself(429, "no")));
                let mut copies = copies.to_vec();
                copies[0].how = How::Plain;
                Other::start(copies)
            },
            |json, code, other| {
                is(json, &[("2022-10-19", "live", 3, 0, true)]);
                assert_eq!(code, 3);
                assert_eq!(
                    other.asked().iter().filter(|it| it.contains("id_")).count(),
                    2
                );
            },
        ),
        row(
            "a 429 that says how long",
            || one(good("20221021101500").how(How::Waits("150"))),
            |json, code, _| {
                nothing(json);
                assert!(
                    said(json, "left").contains("not before 2026-11-27 12:02:30 UTC") && code == 3,
                    "{json:#}"
                );
            },
        ),
        row(
            "slow",
            || one(good("20221021101500").how(How::Slow)),
            |json, code, _| whole(json, code),
        ),
        row(
            "an empty copy",
            || one(Copy::of("20221021101500", PAGE, "")),
            |json, code, _| {
                let copies = copies(json);
                assert!(
                    copies.iter().all(|it| (it.2, it.3, it.4) == (0, 0, false)) && code == 0,
                    "{json:#}"
                );
            },
        ),
        row(
            "a charset that only the page names",
            || {
                let page =
                    listing(&ALL).replace("<title>", "<meta charset=windows-1251><title>Фонарь. ");
                let (body, _, _) = encoding_rs::WINDOWS_1251.encode(&page);
                one(Copy {
                    body: body.into_owned(),
                    fields: vec![("content-type".into(), "text/html".into())],
                    ..good("20221021101500")
                })
            },
            |json, code, _| whole(json, code),
        ),
        row(
            "UTF-16",
            || {
                let page = listing(&ALL);
                let units = std::iter::once(0xfeff).chain(page.encode_utf16());
                one(Copy {
                    body: units.flat_map(u16::to_le_bytes).collect(),
                    fields: vec![("content-type".into(), "text/html".into())],
                    ..good("20221021101500")
                })
            },
            |json, code, _| whole(json, code),
        ),
        row(
            "deflate by the server",
            || {
                let mut packed =
                    flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut packed, listing(&ALL).as_bytes()).unwrap();
                one(Copy {
                    body: packed.finish().unwrap(),
                    ..good("20221021101500")
                }
                .field("content-encoding", "deflate"))
            },
            |json, code, _| {
                whole(json, code);
                assert_eq!(digest_of(json), "equal");
            },
        ),
        row(
            "a coding that the server named and did not use",
            || one(good("20221021101500").field("content-encoding", "gzip")),
            |json, code, _| {
                whole(json, code);
                assert_eq!(digest_of(json), "equal");
            },
        ),
        row(
            "a copy under http of a page under https",
            || one(good("20221021101500").how(How::Lies("http://lantern.example/partners"))),
            |json, code, _| whole(json, code),
        ),
        row(
            "three megabytes",
            || {
                let long = format!("{}<!--{}-->", listing(&ALL), "x".repeat(3 << 20));
                one(Copy::of("20221021101500", PAGE, long))
            },
            |json, code, _| whole(json, code),
        ),
    ]
}

#[expect(
    clippy::print_stdout,
    reason = "a test says what it tries, or that it is skipped"
)]
fn hold(rows: Vec<Row>) {
    for it in rows {
        println!("{}", it.name);
        let other = (it.other)();
        let project = project(&other.source(it.interface));
        let (json, code) = rescue(&project, NOW, &[]);
        (it.check)(&json, code, &other);
        if !copies(&json).is_empty() {
            project.expect(&["verify"], 0);
        }
    }
}

#[test]
fn what_archives_list_is_copied_judged_and_proposed() {
    hold(what_archives_have());
}

#[test]
fn what_archives_answer_is_taken_for_what_it_is() {
    hold(what_becomes_of_copies());
}

#[test]
fn nothing_is_asked_twice_and_an_index_is_asked_again_after_its_time() {
    let other = one(good("20221021101500"));
    let project = project(&other.source("cdx"));
    rescue(&project, NOW, &[]);
    let first = other.asked().len();
    rescue(&project, "2026-11-28T12:00:00Z", &[]);
    assert_eq!(other.asked().len(), first);
    rescue(&project, "2026-12-30T12:00:00Z", &[]);
    let asked = other.asked();
    assert_eq!(asked.iter().filter(|it| it.contains("id_")).count(), 1);
    assert_eq!(index_asked(&other), 6);
}

#[test]
fn an_archive_that_asks_to_wait_is_left_alone_each_time_twice_as_long() {
    let other = one(good("20221021101500")).index(Index::First(2, 429));
    let project = project(&other.source("cdx"));
    let (json, _) = rescue(&project, NOW, &[]);
    assert!(
        said(&json, "left").contains("not before 2026-11-27 12:01:00"),
        "{json:#}"
    );
    rescue(&project, "2026-11-27T12:00:30Z", &[]);
    assert_eq!(index_asked(&other), 1, "it is left alone");
    let (json, _) = rescue(&project, "2026-11-27T12:01:01Z", &[]);
    assert!(
        said(&json, "left").contains("not before 2026-11-27 12:03:01"),
        "{json:#}"
    );
    let (json, code) = rescue(&project, "2026-11-27T12:03:02Z", &[]);
    whole(&json, code);
}

#[test]
fn an_archive_that_refuses_connections_is_left_alone_for_an_hour() {
    let gone = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap()
    };
    let project = project(&format!("cdx:http://{gone}"));
    let (json, code) = rescue(&project, NOW, &[]);
    assert_eq!(code, 3);
    assert!(
        said(&json, "left").contains("not before 2026-11-27 13:00:00"),
        "{json:#}"
    );
    let (json, _) = rescue(&project, "2026-11-27T12:30:00Z", &[]);
    assert!(
        said(&json, "left").contains("not before 2026-11-27 13:00:00"),
        "{json:#}"
    );
}

#[test]
fn flags_and_settings_say_what_is_asked() {
    let other = Other::start(vec![
        good("20220901000000"),
        good("20221021101500").digest("X"),
        good("20150101000000").digest("Y"),
    ]);
    let source = other.source("cdx");
    let planned = project(&source);
    let plan = planned.expect(&["rescue", "--dry-run"], 0).stdout;
    assert!(plan.contains(PAGE) && plan.contains("2022-10-20"), "{plan}");
    assert!(other.asked().is_empty());
    let (json, _) = rescue(&planned, NOW, &["2"]);
    nothing(&json);
    assert!(other.asked().is_empty(), "reference 2 is none");
    let (json, _) = rescue(
        &planned,
        NOW,
        &["--window", "10d", "--archive", "127.0.0.1"],
    );
    let days: Vec<String> = copies(&json).into_iter().map(|it| it.0).collect();
    assert_eq!(
        days,
        ["2015-01-01", "2022-10-21"],
        "the first, and what is near"
    );
    let none = planned.expect(&["rescue", "--archive", "perma"], 2).stderr;
    assert!(
        none.contains("no archive in the settings is called perma"),
        "{none}"
    );

    let none = Project::new();
    none.profile("lantern", &profile(PAGE, ""));
    let printed = none.expect(&["rescue"], 2).stderr;
    assert!(
        printed.contains("no archive is configured") && printed.contains("sources"),
        "{printed}"
    );
    let printed = none
        .expect(
            &[
                "rescue",
                "--set",
                "archives.sources=[\"memento:https://archive.today\"]",
            ],
            2,
        )
        .stderr;
    assert!(printed.contains("never asked"), "{printed}");
}

#[test]
fn without_an_access_date_the_first_and_the_last_are_copied() {
    let other = Other::start(vec![
        good("20150101000000"),
        good("20200101000000").digest("X"),
        good("20240101000000").digest("Y"),
    ]);
    let project = project(&other.source("cdx"));
    project.profile("lantern", &profile(PAGE, "accessed = none\n"));
    let (json, _) = rescue(&project, NOW, &[]);
    is(
        &json,
        &[
            ("2015-01-01", "live", 3, 0, false),
            ("2024-01-01", "live", 3, 0, true),
        ],
    );
}

#[test]
fn budgets_hold_and_the_next_command_goes_on() {
    let copies_of = |it: u32| {
        Copy::of(
            &format!("202210{it}000000"),
            PAGE,
            format!("{}<!-- {it} -->", listing(&ALL)),
        )
    };
    let other = Other::start((15..25).map(copies_of).collect());
    let project = project(&other.source("cdx"));
    let set = ["--set", "archives.mementos_per_minute=2"];
    let (json, code) = rescue(&project, NOW, &set);
    assert_eq!((copies(&json).len(), code), (2, 3));
    let (json, _) = rescue(&project, NOW, &set);
    assert_eq!(copies(&json).len(), 2, "the minute is not over");
    for minute in 1..5 {
        rescue(&project, &format!("2026-11-27T12:0{minute}:01Z"), &set);
    }
    let (json, code) = rescue(&project, "2026-11-27T12:06:00Z", &set);
    assert_eq!((copies(&json).len(), code), (8, 0), "{json:#}");
    let mut asked = other.asked();
    asked.sort();
    let all = asked.len();
    asked.dedup();
    assert_eq!(asked.len(), all, "nothing twice");
}

#[test]
fn budgets_hold_across_processes() {
    let other = Other::start(Vec::new());
    let project = project(&other.source("cdx"));
    for name in ["one", "two"] {
        let references: Vec<String> = (1..=4).map(|it| format!("[[references]]\nnumber = {it}\nurl = \"https://{name}.example/{it}\"\naccessed = 2022-10-20\n")).collect();
        let references = references.concat();
        project.profile(
            name,
            &format!("format = 1\ntitle = \"{name}\"\n{references}"),
        );
    }
    // The store is made first, so that both find it.
    project.run_at(NOW, &["init"], 0);
    let children: Vec<_> = ["one", "two"]
        .map(|name| {
            Command::new(env!("CARGO_BIN_EXE_stillsays"))
                .args([
                    "rescue",
                    "-p",
                    name,
                    "--clock",
                    NOW,
                    "--quiet",
                    "--set",
                    "archives.index_per_minute=5",
                ])
                .current_dir(project.path(""))
                .env_clear()
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .into();
    for mut child in children {
        assert_eq!(
            child.wait().unwrap().code(),
            Some(3),
            "both had to leave something"
        );
    }
    assert_eq!(index_asked(&other), 5, "{:?}", other.asked());
    // A minute later there is room again, for both together.
    for name in ["one", "two"] {
        project.run(&[
            "rescue",
            "-p",
            name,
            "--clock",
            "2026-11-27T12:01:01Z",
            "--quiet",
            "--set",
            "archives.index_per_minute=5",
        ]);
    }
    assert_eq!(index_asked(&other), 10);
}

#[test]
fn a_rescue_that_is_killed_goes_on_and_asks_nothing_twice_that_was_answered() {
    let copies_of = |it: u32| {
        Copy::of(
            &format!("202210{it}000000"),
            PAGE,
            format!("{}<!-- {it} -->", listing(&ALL)),
        )
    };
    for at in 0..6 {
        let mut stored: Vec<Copy> = (17..23).map(copies_of).collect();
        stored[at] = stored[at].clone().how(How::Holds);
        let stamp = stored[at].stamp.clone();
        let other = Other::start(stored).index(Index::Pages(2));
        let project = project(&other.source("cdx"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_stillsays"))
            .args(["rescue", "--clock", NOW, "--quiet"])
            .current_dir(project.path(""))
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !other
            .asked()
            .iter()
            .any(|it| it.contains(&format!("{stamp}id_")))
        {
            thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        other.set((17..23).map(copies_of).collect());
        let (json, code) = rescue(&project, NOW, &[]);
        assert_eq!((copies(&json).len(), code), (6, 0), "{json:#}");
        let mut asked = other.asked();
        asked.sort();
        let twice: Vec<&String> = asked
            .windows(2)
            .filter(|it| it[0] == it[1])
            .map(|it| &it[0])
            .collect();
        assert!(
            twice.len() == 1 && twice[0].contains(&stamp),
            "only what was not answered: {twice:?}"
        );
        project.expect(&["verify", "--deep"], 0);
    }
}

#[test]
fn the_copy_proposed_is_right_on_generated_histories() {
    let mut dice = Dice(18);
    for history in 0..30 {
        let mut stored = vec![Copy::of("20220801000000", PAGE, SOFT404)];
        // The words come in the third copy; a redesign and a redirect home lie in between.
        let mut oracle: Vec<(i64, usize)> = Vec::new();
        let access = chrono::NaiveDate::from_ymd_opt(2022, 10, 20).unwrap();
        let mut day = chrono::NaiveDate::from_ymd_opt(2022, 8, 2).unwrap();
        for at in 0..4 {
            day += chrono::TimeDelta::days(1 + i64::from(dice.below(35)));
            let stamp = format!("{}120000", day.format("%Y%m%d"));
            let words = if at == 1 {
                3
            } else {
                usize::try_from(dice.below(4)).unwrap()
            };
            let body = match dice.below(3) {
                0 => redesigned(&ALL[..words]),
                _ => listing(&ALL[..words]),
            };
            let copy = Copy::of(&stamp, PAGE, format!("{body}<!-- {at} -->"));
            if at != 1 && dice.below(4) == 0 {
                stored.push(
                    Copy::of(&stamp, PAGE, "")
                        .status(302)
                        .field("location", "https://lantern.example/"),
                );
                continue;
            }
            oracle.push(((day - access).num_days().abs(), words));
            stored.push(copy);
        }
        stored.push(Copy::of("20220805000000", "https://lantern.example/", "<!doctype html><title>Home</title><h1>Welcome</h1><p>The Lantern Circle mediates between neighbours. News, events and how to reach us.</p>"));
        let best = oracle
            .iter()
            .filter(|it| it.1 > 0)
            .min_by_key(|it| (std::cmp::Reverse(it.1), it.0))
            .copied();
        let other = Other::start(stored);
        let project = project(&other.source("cdx"));
        let (json, code) = rescue(&project, NOW, &[]);
        let found: Vec<_> = copies(&json).into_iter().filter(|it| it.4).collect();
        let (far, words) = best.unwrap();
        assert_eq!((found.len(), code), (1, 0), "history {history}: {json:#}");
        let day: chrono::NaiveDate = found[0].0.parse().unwrap();
        assert_eq!(
            (found[0].2, (day - access).num_days().abs()),
            (words, far),
            "history {history}: {json:#}"
        );
    }
}

#[test]
fn run_asks_by_itself_once_where_the_settings_say_so() {
    let site = Site::start();
    site.on("/partners", [Reply::page(listing(&ALL[..2]))]);
    let page = site.uri("/partners");
    let other = one(Copy {
        original: page.clone(),
        ..good("20221021101500")
    });
    let project = project(&other.source("cdx"));
    project.profile("lantern", &profile(&page, ""));
    project.run_at(NOW, &["run", "--all"], 0);
    assert!(other.asked().is_empty(), "off by default");
    let auto = ["run", "--all", "--set", "archives.auto=true"];
    project.run_at("2026-11-28T12:00:00Z", &auto, 0);
    let asked = other.asked().len();
    assert!(asked > 0);
    let report = project.json(&["report", "--format", "json"]);
    let entries = report["claims"][0]["entries"].as_array().unwrap();
    let cedar = entries
        .iter()
        .find(|it| it["subject"] == "Cedar Institute")
        .unwrap();
    assert!(
        cedar["since"]
            .as_str()
            .unwrap()
            .contains("Was there on 2022-10-21, as held by 127.0.0.1"),
        "{cedar:#}"
    );
    project.run_at("2026-11-29T12:00:00Z", &auto, 0);
    assert_eq!(other.asked().len(), asked, "once");
}

#[test]
fn a_copy_that_a_person_found_is_added_to_archive_and_profile() {
    let other = one(good("20221021101500"));
    let project = project("cdx:http://127.0.0.1:9");
    let address = other.memento("20221021101500", PAGE);
    let printed = project
        .run_at(NOW, &["copies", "add", "-p", "lantern", "1", &address], 0)
        .stdout;
    assert!(
        printed.contains("has 3 of 3 cited words or names, as held by 127.0.0.1"),
        "{printed}"
    );
    assert!(
        project
            .read("config/profiles/lantern.toml")
            .contains(&format!(
                "archived = [{{ url = \"{address}\", date = 2022-10-21 }}]"
            ))
    );
    let again = project
        .run_at(NOW, &["copies", "add", "-p", "lantern", "1", &address], 0)
        .stdout;
    assert_eq!(again, printed);
    assert_eq!(
        project
            .read("config/profiles/lantern.toml")
            .matches("archived")
            .count(),
        1
    );
    let list = project.json(&["copies", "list", "--format", "json"]);
    assert_eq!(
        list["profiles"][0]["copies"][0]["holds"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(other.asked().len(), 1);
    for wrong in [
        "https://archive.today/Ab1Cd",
        "https://archive.ph/2022/https://lantern.example/",
    ] {
        let printed = project
            .expect(&["copies", "add", "-p", "lantern", "1", wrong], 2)
            .stderr;
        assert!(printed.contains("never asked"), "{printed}");
    }
    project.expect(&["copies", "add", "-p", "lantern", "7", &address], 2);
    let other_page = other.memento("20221021101500", "https://elsewhere.example/");
    project.expect(&["copies", "add", "-p", "lantern", "1", &other_page], 2);
}

#[test]
fn a_perma_link_is_added_as_the_warc_file_behind_it() {
    let site = Site::start();
    let body = listing(&ALL);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let warc = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2022-10-21T10:15:00Z\r\nWARC-Target-URI: {PAGE}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{head}{body}\r\n\r\n",
        head.len() + body.len()
    );
    site.on(
        "/v1/public/archives/AB12-CD34/download",
        [Reply::status(200, warc)],
    );
    let project = project("cdx:http://127.0.0.1:9");
    let set = format!("archives.perma={}", site.uri("/").trim_end_matches('/'));
    let add = [
        "copies",
        "add",
        "-p",
        "lantern",
        "1",
        "https://perma.cc/AB12-CD34",
        "--set",
        &set,
    ];
    let printed = project.run_at(NOW, &add, 0).stdout;
    assert!(
        printed.contains("as held by perma.cc, copied 2026-11-27")
            && printed.contains("https://perma.cc/AB12-CD34"),
        "{printed}"
    );
    assert!(
        project
            .read("config/profiles/lantern.toml")
            .contains("https://perma.cc/AB12-CD34")
    );
}

#[test]
fn a_package_is_added_by_its_address() {
    let (site, from) = (Site::start(), Project::new());
    let warc = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2022-10-21T10:15:00Z\r\nWARC-Target-URI: {PAGE}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{HEAD}{}\r\n\r\n",
        HEAD.len() + listing(&ALL).len(),
        listing(&ALL)
    );
    from.write("page.warc", warc);
    from.expect(&["import", "page.warc"], 0);
    from.expect(&["export", "wacz", "-o", "collection.wacz"], 0);
    let bytes = std::fs::read(from.path("collection.wacz")).unwrap();
    site.on(
        "/collection.wacz",
        [Reply::status(200, &bytes), Reply::status(200, &bytes)],
    );
    let project = project("cdx:http://127.0.0.1:9");
    let address = site.uri("/collection.wacz");
    let add = ["copies", "add", "-p", "lantern", "1", &address];
    let printed = project.run_at(NOW, &add, 0).stdout;
    assert!(
        printed
            .contains("has 3 of 3 cited words or names, as held by 127.0.0.1, copied 2026-11-27")
            && printed.contains(&address),
        "{printed}"
    );
    let profile = project.read("config/profiles/lantern.toml");
    assert!(profile.contains(&address), "{profile}");
    project.expect(&["verify"], 0);
    // Somebody else's copy is no visit of ours.
    let status = project.expect(&["status"], 0).stdout;
    assert!(status.contains("never visited"), "{status}");
}

/// The head of a response in a WARC file.
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";

#[test]
fn an_archive_that_wants_a_key_gets_it_and_it_is_kept_nowhere() {
    let other = one(good("20221021101500")).key("ApiKey sesame");
    let project = project(&other.source("cdx"));
    let (json, _) = rescue(&project, NOW, &[]);
    nothing(&json);
    assert!(said(&json, "remarks").contains("401"), "{json:#}");
    let name = other.base().replace("http://", "");
    project.write("key", "ApiKey sesame\n");
    let file = format!(r#"archives.keys=["{name} file:key"]"#);
    let later = "2026-12-30T12:00:00Z";
    let (json, code) = rescue(&project, later, &["--set", &file]);
    whole(&json, code);
    // The same from a credential of systemd, in another archive.
    let with_credential = {
        let other = one(good("20221021101500")).key("ApiKey sesame");
        let project = self::project(&other.source("cdx"));
        std::fs::create_dir(project.path("credentials")).unwrap();
        project.write("credentials/archive-key", "ApiKey sesame");
        let name = other.base().replace("http://", "");
        let set = format!(r#"archives.keys=["{name} credential:archive-key"]"#);
        let out = project
            .command(&["rescue", "--quiet", "--clock", NOW, "--set", &set])
            .env("CREDENTIALS_DIRECTORY", project.path("credentials"))
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(with_credential.contains("has 3 of 3"), "{with_credential}");
    let store = std::fs::read(project.path("snapshots/stillsays.db")).unwrap();
    let shown = project.expect(&["config", "--set", &file], 0).stdout;
    let is_in = |bytes: &[u8]| bytes.windows(6).any(|it| it == b"sesame");
    assert!(!is_in(&store) && !shown.contains("sesame"), "{shown}");
    let missing = format!(r#"archives.keys=["{name} file:nothing-here"]"#);
    let printed = project.expect(&["rescue", "--set", &missing], 2).stderr;
    assert!(printed.contains("archives.keys"), "{printed}");
    let literal = format!(r#"archives.keys=["{name} sesame"]"#);
    let printed = project.expect(&["rescue", "--set", &literal], 2).stderr;
    assert!(
        printed.contains("file:PATH") && !printed.contains("sesame"),
        "{printed}"
    );
}

#[test]
fn common_crawl_is_asked_for_the_crawls_near_the_access_date_once() {
    let other = Other::start(vec![
        good("20221021101500"),
        good("20150201000000").digest("X"),
    ]);
    let project = project(&other.source("commoncrawl"));
    let (json, code) = rescue(&project, NOW, &[]);
    is(&json, &[("2022-10-21", "live", 3, 0, false)]);
    assert_eq!(code, 0);
    let asked = other.asked();
    let count = |what: &str| asked.iter().filter(|it| it.contains(what)).count();
    assert_eq!(
        (
            count("collinfo"),
            count("2022-43-index"),
            count("2022-49-index"),
            count("2015"),
            count("crawl-data"),
            asked.len()
        ),
        (1, 1, 1, 0, 1, 4),
        "{asked:?}"
    );
    let source = &json["profiles"][0]["copies"][0]["source"];
    assert!(
        source["memento"].as_str().unwrap().contains("#bytes=0-"),
        "{json:#}"
    );
    assert_eq!(
        json["profiles"][0]["copies"][0]["cite"],
        Value::Null,
        "nobody can open a part of a file"
    );
    project.expect(&["verify"], 0);
    // The list of crawls is asked for once a month, whatever the page.
    let elsewhere = "https://lantern.example/other";
    project.profile("lantern", &profile(elsewhere, ""));
    rescue(&project, "2026-11-28T12:00:00Z", &[]);
    let asked = other.asked();
    assert_eq!(asked.len(), 6, "{asked:?}");
    assert_eq!(asked.iter().filter(|it| it.contains("collinfo")).count(), 1);
}

#[test]
fn common_crawl_that_refuses_is_left_alone() {
    let other = one(good("20221021101500").how(How::Itself(403, "Access Denied")));
    let project = project(&other.source("commoncrawl"));
    let (json, code) = rescue(&project, NOW, &[]);
    nothing(&json);
    assert!(
        said(&json, "left").contains("not before 2026-11-27 12:01:00") && code == 3,
        "{json:#}"
    );
    other.set(vec![good("20221021101500")]);
    let (json, code) = rescue(&project, "2026-11-27T12:02:00Z", &[]);
    is(&json, &[("2022-10-21", "live", 3, 0, false)]);
    assert_eq!(code, 0);
}

#[test]
fn an_archive_that_never_answers_is_left_for_later() {
    let other = one(good("20221021101500").how(How::Holds));
    let project = project(&other.source("cdx"));
    let (json, code) = rescue(&project, NOW, &["--set", "fetch.response_timeout=2s"]);
    nothing(&json);
    assert!(
        said(&json, "left").contains("not before") && code == 3,
        "{json:#}"
    );
}

#[test]
fn what_the_article_cites_as_archived_is_copied_and_archive_today_is_flagged() {
    let other = one(good("20221021101500"));
    let project = project("cdx:http://127.0.0.1:9");
    let given = format!(
        "archived = [{{ url = \"{}\" }}, {{ url = \"https://archive.is/Ab1Cd\" }}]\n",
        other.memento("20221021101500", PAGE)
    );
    project.profile("lantern", &profile(PAGE, &given));
    let (json, _) = rescue(&project, NOW, &[]);
    is(&json, &[("2022-10-21", "live", 3, 0, true)]);
    assert!(
        said(&json, "remarks").contains("archive.today is never asked"),
        "{json:#}"
    );
    let list = project.json(&["copies", "list", "--format", "json"]);
    assert_eq!(list["profiles"][0]["never_asked"], serde_json::json!([1]));
}

/// The program of another project, where it is installed.
#[expect(
    clippy::print_stdout,
    reason = "a test says what it tries, or that it is skipped"
)]
fn python() -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/python");
    let found = std::path::Path::new(own).exists().then(|| own.to_owned());
    if found.is_none() {
        println!(
            "skipped: the tests with Python's archive tools, which are not installed in target/tools"
        );
    }
    found
}

#[test]
fn edgis_wayback_client_reads_the_scripted_archive_as_we_do() {
    let Some(python) = python() else { return };
    let other = Other::start(vec![
        Copy::of("20200301120000", PAGE, "")
            .status(301)
            .field("location", "https://lantern.example/friends"),
        Copy {
            original: "https://lantern.example/friends".into(),
            ..good("20200301120000")
        },
        good("20221021101500"),
        good("20221022101500").how(How::Packed).digest("X"),
        Copy::of("20230101000000", PAGE, "whoa")
            .status(429)
            .field("retry-after", "6"),
        good("20240601080000").status(404).digest("Y"),
    ])
    .index(Index::Pages(2));
    let script = r#"
import sys
try:
    import wayback
except ImportError:
    print("skipped"); sys.exit(0)
base, page = sys.argv[1:3]
import wayback._client as c
import re
import wayback._utils as u
c.CDX_SEARCH_URL = base + '/cdx/search/cdx'
u.MEMENTO_URL_PATTERN = re.compile('^' + re.escape(base) + r'/web/(\d+)(\w\w_)?/(.+)$')
u.MEMENTO_URL_TEMPLATE = base + '/web/{timestamp}{mode}/{url}'
session = wayback.WaybackSession(retries=0, search_calls_per_second=100, memento_calls_per_second=100)
client = wayback.WaybackClient(session)
rows = list(client.search(page))
print('rows', [it.timestamp.strftime('%Y%m%d%H%M%S') for it in rows])
import hashlib, base64
for row in rows:
    try:
        found = client.get_memento(row, exact_redirects=False)
        digest = base64.b32encode(hashlib.sha1(found.content).digest()).decode()
        print('memento', row.timestamp.strftime('%Y%m%d%H%M%S'), found.status_code, found.timestamp.strftime('%Y%m%d%H%M%S'), len(found.history), digest)
    except Exception as error:
        print('memento', row.timestamp.strftime('%Y%m%d%H%M%S'), type(error).__name__, error)
"#;
    let out = Command::new(python)
        .args(["-c", script, &other.base(), PAGE])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    if text.contains("skipped") {
        println!("skipped: EDGI's wayback client, which is not installed");
        return;
    }
    assert!(
        out.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    for stamp in [
        "20200301120000",
        "20221021101500",
        "20221022101500",
        "20230101000000",
        "20240601080000",
    ] {
        assert!(text.contains(stamp), "{text}");
    }
    // Its mementos are ours: the same status, the same date, and the same bytes.
    let body = crate::other::base32(
        ring::digest::digest(
            &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            listing(&ALL).as_bytes(),
        )
        .as_ref(),
    );
    for expected in [
        format!("memento 20200301120000 200 20200301120000 1 {body}"),
        format!("memento 20221021101500 200 20221021101500 0 {body}"),
        format!("memento 20221022101500 200 20221022101500 0 {body}"),
        "memento 20230101000000 429 20230101000000 0 ".to_owned(),
        format!("memento 20240601080000 404 20240601080000 0 {body}"),
    ] {
        assert!(text.contains(&expected), "{expected}\n{text}");
    }
}

/// A server that ends with the test.
struct Server(std::process::Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn wait_for(port: u16) {
    for _ in 0..600 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("nothing listens on {port}");
}

#[test]
fn pywb_serves_our_own_sample_as_another_archive() {
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin");
    if !std::path::Path::new(tools).join("wb-manager").exists() {
        println!("skipped: pywb, which is not installed in target/tools");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let manager = |arguments: &[&str]| {
        let done = Command::new(format!("{tools}/wb-manager"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    manager(&["init", "ia"]);
    manager(&[
        "add",
        "ia",
        concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/sample.warc.gz"),
    ]);
    let port = free_port();
    let server = Command::new(format!("{tools}/wayback"))
        .args(["-b", "127.0.0.1", "-p", &port.to_string()])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _server = Server(server);
    wait_for(port);
    for interface in ["pywb", "memento"] {
        let project = project(&format!("{interface}:http://127.0.0.1:{port}/ia"));
        std::fs::remove_file(project.path("config/profiles/lantern.toml")).unwrap();
        let profile = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/config/profiles/trust-network.toml"
        ))
        .unwrap();
        project.profile("trust-network", &profile);
        let (json, code) = rescue(&project, NOW, &["1", "3"]);
        let copies = json["profiles"][0]["copies"].as_array().unwrap();
        assert_eq!(code, 0, "{json:#}");
        assert_eq!(
            copies.iter().filter(|it| it["proposed"] == true).count(),
            2,
            "{json:#}"
        );
        let first = copies
            .iter()
            .find(|it| it["reference"] == 1 && it["date"] == "2022-10-21T14:00:00Z")
            .unwrap();
        assert_eq!(first["holds"][0], "134 countries", "{first:#}");
        assert!(
            first["cite"]
                .as_str()
                .unwrap()
                .contains("/ia/20221021140000/https://"),
            "{first:#}"
        );
        if interface == "pywb" {
            assert_eq!(first["source"]["digest"], "equal", "{first:#}");
        }
        project.expect(&["verify"], 0);
    }
}

#[test]
fn the_mock_of_recorded_answers_is_read_as_it_is_meant() {
    let mock = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/facts/mock_archive.py"
    );
    if !std::path::Path::new(mock).exists() {
        println!("skipped: the mock of recorded answers, which is not here");
        return;
    }
    let port = free_port();
    let Ok(server) = Command::new("python3")
        .args([mock, &port.to_string(), "120"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
    else {
        println!("skipped: the mock of recorded answers, which needs python3");
        return;
    };
    let _server = Server(server);
    wait_for(port);
    let source = format!("cdx:http://127.0.0.1:{port}");
    let at = |host: &str| {
        let project = project(&source);
        project.profile("lantern", &profile(&format!("https://{host}/partners"), ""));
        rescue(&project, NOW, &[])
    };
    let (json, code) = at("lantern.example");
    let proposed: Vec<_> = copies(&json).into_iter().filter(|it| it.4).collect();
    assert_eq!(code, 0, "{json:#}");
    assert_eq!(
        (proposed.len(), proposed[0].0.as_str(), proposed[0].2),
        (1, "2022-10-21", 3),
        "{json:#}"
    );
    let (json, code) = at("blocked.example");
    assert!(
        code == 0 && said(&json, "remarks").contains("403"),
        "{json:#}"
    );
    let (json, code) = at("slow.example");
    assert!(code == 3 && said(&json, "left").contains("504"), "{json:#}");
    let (json, code) = at("limited.example");
    assert!(
        code == 3 && said(&json, "left").contains("not before 2026-11-27 12:01:00"),
        "{json:#}"
    );
    let (json, code) = at("nobody.example");
    nothing(&json);
    assert_eq!(code, 0);
}
