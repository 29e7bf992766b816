//! Pages that stand in for the page asked for, and live pages that look like such: what is said of a claim on each.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use serde::Deserialize;
use stillsays::{
    capture::CaptureEntry,
    clock::parse_digits14,
    compare::{self, Scope, Visited},
    digest::PayloadDigest,
    extract::{self, Page},
    finding::{Conclusion, Verdict, Why},
    media_type::MediaType,
    profile::{ListedName, Profile},
    reading::{PageState, Reading},
};

#[derive(Deserialize)]
struct Table<Case> {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandIn {
    kind: String,
    language: String,
    title: String,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Live {
    why: String,
    language: String,
    title: String,
    body: String,
    has: String,
    #[serde(default)]
    short: bool,
}

fn table<Case: for<'a> Deserialize<'a>>(name: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/stand_ins");
    let table: Table<Case> =
        toml::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap();
    table.case
}

/// A page as a server sends it: its body alone, or within the frame of a site.
fn page(language: &str, title: &str, body: &str, framed: bool) -> String {
    let (before, after) = if framed {
        (
            "<header><a href=/>Harbor Alliance</a><nav><a href=/about>About</a> <a href=/work>Our work</a> \
             <a href=/partners>Partners</a> <a href=/news>News</a> <a href=/login>Log in</a></nav></header><main>",
            "</main><footer><p>© Harbor Alliance, 12 Dock Street, Toledo. <a href=/privacy>Privacy and cookies</a></p></footer>",
        )
    } else {
        ("", "")
    };
    format!(
        "<!doctype html><html lang={language}><head><title>{title}</title></head><body>{before}{body}{after}</body></html>"
    )
}

fn read(html: &str) -> Reading {
    extract::read(&Page {
        body: html.as_bytes(),
        media_type: &MediaType::parse("text/html; charset=utf-8"),
        uri: None,
        status: Some(200),
        selectors: &[],
    })
}

fn is_called_gone(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Absent | Verdict::Altered { .. } | Verdict::Renamed { .. }
    )
}

#[test]
fn nothing_is_called_absent_from_a_page_that_replaces_another() {
    let mut cases: Vec<StandIn> = table("pages.toml");
    cases.extend(table::<StandIn>("first_sight.toml"));
    let (mut all, mut wrong) = (0, Vec::new());
    for case in &cases {
        for framed in [false, true] {
            let reading = read(&page(&case.language, &case.title, &case.body, framed));
            let scope = Scope::default();
            let verdicts = [
                compare::quotation("unarmed civilian protection", &reading, scope).verdict,
                compare::figure("134 countries", &reading, scope).verdict,
            ];
            all += 1;
            if verdicts.iter().any(is_called_gone) {
                wrong.push(format!(
                    "{} {} {:?} framed: {framed}\n    {:?} {:?}\n    {:?}",
                    case.kind,
                    case.language,
                    case.title,
                    reading.state,
                    reading.doubt,
                    reading.signals
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {all}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The batches that were tried once before anything was repaired for them: stand-ins, live pages that look alike, and how many of each may
/// be judged wrongly now: stand-ins from which something is called absent, live pages from which nothing is. First-sight figures are
/// in `docs/accuracy.md`. Those of the last batch are as they were then; it must not teach the model of notices.
const BATCHES: [(&str, usize, usize); 8] = [
    ("third", 0, 1),
    ("fourth", 0, 0),
    ("fifth", 0, 1),
    ("sixth", 0, 1),
    ("seventh", 0, 5),
    ("eighth", 0, 8),
    ("ninth", 0, 7),
    ("tenth", 0, 2),
];

#[test]
fn of_later_batches_hardly_any_page_is_called_absent_or_lost() {
    let mut wrong = Vec::new();
    for (batch, absent, unanswered) in BATCHES {
        let (mut gone, mut doubted) = (Vec::new(), Vec::new());
        for framed in [false, true] {
            for it in &table::<StandIn>(&format!("{batch}_sight.toml")) {
                let reading = read(&page(&it.language, &it.title, &it.body, framed));
                let scope = Scope::default();
                let said = compare::quotation("unarmed civilian protection", &reading, scope);
                if is_called_gone(&said.verdict) {
                    gone.push((it.title.clone(), framed));
                }
            }
            for it in &table::<Live>(&format!("{batch}_live.toml")) {
                let reading = read(&page(&it.language, &it.title, &it.body, framed));
                let scope = Scope::default();
                let has = compare::quotation(&it.has, &reading, scope).verdict;
                assert_eq!(
                    (reading.state, has),
                    (PageState::Content, Verdict::Present),
                    "{}",
                    it.why
                );
                let said = compare::quotation("unarmed civilian protection", &reading, scope);
                if said.verdict != Verdict::Absent {
                    doubted.push((it.why.clone(), framed, reading.doubt.clone()));
                }
            }
        }
        println!(
            "{batch}: {} gone {gone:?}, {} doubted {doubted:?}",
            gone.len(),
            doubted.len()
        );
        if gone.len() > 2 * absent || doubted.len() > 2 * unanswered {
            wrong.push(format!("{batch}: {gone:#?} {doubted:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is known of a cited page before its claim is asked, and how many of the batches' pages are judged wrongly then: of 320
/// stand-ins, alone and framed, those from which the claimed words are called absent; of 160 live look-alikes, those from which nothing
/// is. In the second row every stand-in keeps the title of the page, which hardly any does.
#[test]
fn an_earlier_capture_and_the_cited_title_settle_what_a_page_leaves_open() {
    let mut figures = Vec::new();
    let mut wrong = String::new();
    for known in ["nothing", "the title", "other words", "an earlier capture"] {
        let (mut gone, mut open) = (0, 0);
        for framed in [false, true] {
            let site = if framed { " - Harbor Alliance" } else { "" };
            let before = page("en", &format!("About the circles{site}"), BEFORE, framed);
            for (batch, _, _) in BATCHES {
                for it in &table::<StandIn>(&format!("{batch}_sight.toml")) {
                    // Some stand-ins keep the title of the page.
                    let kept = known == "the title";
                    let title = if kept { "About the circles" } else { &it.title };
                    let now = page(&it.language, title, &it.body, framed);
                    let cited = kept.then_some("About the circles");
                    let earlier = (known == "an earlier capture").then_some(before.as_str());
                    let said = match known {
                        "other words" => asked_beside(&now, "the slate with the names hangs there"),
                        _ => asked_of(earlier, &now, cited),
                    };
                    let said = &said[0];
                    if is_called_gone(said) {
                        gone += 1;
                        let _ = writeln!(wrong, "{known}, gone: {batch} {} {framed}", it.title);
                    }
                }
                for it in &table::<Live>(&format!("{batch}_live.toml")) {
                    let now = page(&it.language, &it.title, &it.body, framed);
                    let cited = (known == "the title").then_some(it.title.as_str());
                    let words =
                        format!("{}<p>We practice unarmed civilian protection.</p>", it.body);
                    let before = page(&it.language, &it.title, &words, framed);
                    let earlier = (known == "an earlier capture").then_some(before.as_str());
                    let said = match known {
                        "other words" => asked_beside(&now, &it.has),
                        _ => asked_of(earlier, &now, cited),
                    };
                    let said = &said[0];
                    if *said != Verdict::Absent {
                        open += 1;
                        let _ = writeln!(
                            wrong,
                            "{known}, open: {batch} {} {framed} {said:?}",
                            it.title
                        );
                    }
                }
            }
        }
        figures.push((known, gone, open));
    }
    assert_eq!(
        figures,
        [
            ("nothing", 0, 50),
            ("the title", 0, 30),
            ("other words", 0, 24),
            ("an earlier capture", 0, 2)
        ],
        "{wrong}"
    );
}

/// The page that was there before.
const BEFORE: &str = "<h1>About us</h1><p>We practice unarmed civilian protection in 134 countries.</p><p>The alliance meets in the \
    harbor hall each spring to hear reports from its circles and to plan the year of work ahead with friends.</p><p>Its library holds \
    letters from the river towns, and its school teaches ferry pilots in the winter months.</p><p>Whoever wants to help can write to \
    the office on the quay, which answers within a week.</p>";

/// What is said of a quotation, a figure and a sentence after the pages of two visits, the second perhaps at another address.
fn after(before: &str, now: &str, now_at: &str) -> Vec<Verdict> {
    let hops = [("http://harbor.example/about", before), (now_at, now)];
    said_of(&hops, "About", None)
}

/// The same after one visit, or after an earlier one; `cited` is the title in the article.
fn asked_of(before: Option<&str>, now: &str, cited: Option<&str>) -> Vec<Verdict> {
    let at = "http://harbor.example/about";
    let hops: Vec<(&str, &str)> = before.into_iter().chain([now]).map(|it| (at, it)).collect();
    said_of(&hops, cited.unwrap_or("About"), None)
}

/// The same for one visit of a page that has, or should have, the words of another claim as well.
fn asked_beside(now: &str, beside: &str) -> Vec<Verdict> {
    said_of(
        &[("http://harbor.example/about", now)],
        "About",
        Some(beside),
    )
}

fn said_of(visits: &[(&str, &str)], cited: &str, beside: Option<&str>) -> Vec<Verdict> {
    let other = beside.map_or_else(String::new, |words| {
        format!("[[claims]]\nid = \"k\"\nkind = \"quoted\"\ncites = [1]\nexact = '''{words}'''\n")
    });
    let profile = "format = 1\ntitle = \"Harbor Alliance\"\n[[references]]\nnumber = 1\ntitle = \"About\"\n\
        accessed = 2026-01-01\nurl = \"http://harbor.example/about\"\n\
        [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"unarmed civilian protection\"\n\
        [[claims]]\nid = \"f\"\nkind = \"figure\"\ncites = [1]\nexact = \"134 countries\"\n\
        [[claims]]\nid = \"s\"\nkind = \"stated\"\ncites = [1]\n\
        exact = \"The alliance meets in the harbor hall each spring.\"\n";
    let profile = profile.replace("\"About\"", &format!("'''{cited}'''")) + &other;
    let profile = &profile;
    let profile = Profile::from_toml(profile, Path::new("a.toml")).unwrap();
    let entry = |uri: &str, at: &str, body: &str| CaptureEntry {
        target_uri: uri.parse().unwrap(),
        date: parse_digits14(at).unwrap(),
        head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        payload_digest: Some(PayloadDigest::of(body.as_bytes())),
        revisit: None,
        truncated: None,
        untrusted: None,
        source: None,
        asked: None,
        failure: None,
    };
    let pages: Vec<Reading> = visits.iter().map(|it| read(it.1)).collect();
    let days = ["20260101120000", "20260601120000"];
    let hops: Vec<[CaptureEntry; 1]> = visits
        .iter()
        .zip(days)
        .map(|((at, body), day)| [entry(at, day, body)])
        .collect();
    let visits = hops.iter().zip(&pages).map(|(hops, reading)| Visited {
        hops,
        reading: Some(reading),
    });
    let visits = BTreeMap::from([(1, visits.collect())]);
    compare::findings("a", &profile, &visits)
        .into_iter()
        .filter_map(|it| match it.conclusion {
            Conclusion::Verdict(it) => Some(it),
            Conclusion::Fate(_) => None,
        })
        .collect()
}

#[test]
fn a_stand_in_makes_nothing_absent_that_an_earlier_capture_had() {
    let mut cases: Vec<StandIn> = table("pages.toml");
    cases.extend(table::<StandIn>("first_sight.toml"));
    let mut wrong = Vec::new();
    for case in &cases {
        for framed in [false, true] {
            let before = page("en", "About - Harbor Alliance", BEFORE, framed);
            let now = page(&case.language, &case.title, &case.body, framed);
            let said = after(&before, &now, "http://harbor.example/about");
            assert_eq!(said.len(), 3);
            if said.iter().any(is_called_gone) {
                wrong.push(format!(
                    "{} {} {:?} framed: {framed}\n    {said:?}",
                    case.kind, case.language, case.title
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_of_a_page_goes_by_what_it_had() {
    let before = page("en", "About - Harbor Alliance", BEFORE, true);
    let home = "http://harbor.example/";
    let about = "http://harbor.example/about";
    let mut other = String::new();
    for it in 0..9 {
        other.push_str("<p>News number ");
        other.push_str(&it.to_string());
        other.push_str(
            ": the fair was a success and many neighbors came to eat soup and to hear music.</p>",
        );
    }
    let left = BEFORE.replace(
        "We practice unarmed civilian protection in 134 countries.",
        "We practice quiet talks.",
    );
    let anew = "<h1>Who we are</h1><p>Five people on a quay began to lend each other tools, and out of that grew a group that now \
        looks after two bridges, a mill and a choir.</p><p>Nobody is paid, and everybody may come to the table on Thursdays, where \
        plans are made, quarrels are ended and bread is cut. A newcomer washes up first and speaks second.</p>";
    for (what, title, body, framed, at, gone) in [
        (
            "the words were taken out",
            "About - Harbor Alliance",
            left.as_str(),
            true,
            about,
            true,
        ),
        (
            "the page was written anew",
            "Who we are - Harbor Alliance",
            anew,
            true,
            about,
            true,
        ),
        (
            "the visit was led to the home page",
            "Harbor Alliance",
            other.as_str(),
            true,
            home,
            false,
        ),
        (
            "another page is there",
            "Sunshine Travel",
            other.as_str(),
            false,
            about,
            false,
        ),
        (
            "the body is empty",
            "About - Harbor Alliance",
            "<h1>About us</h1>",
            true,
            about,
            false,
        ),
    ] {
        let now = page("en", title, body, framed);
        let said = after(&before, &now, at);
        assert_eq!(
            said[..2].iter().all(|it| *it == Verdict::Absent),
            gone,
            "{what}: {said:?}"
        );
    }
}

#[test]
fn a_live_page_is_not_taken_for_a_stand_in() {
    let cases: Vec<Live> = table("live.toml");
    let (mut all, mut wrong) = (0, Vec::new());
    for case in &cases {
        for framed in [false, true] {
            let reading = read(&page(&case.language, &case.title, &case.body, framed));
            let scope = Scope::default();
            let has = compare::quotation(&case.has, &reading, scope).verdict;
            let lacks = compare::quotation("unarmed civilian protection", &reading, scope).verdict;
            let printed = case.short || lacks == Verdict::Absent;
            all += 1;
            if has != Verdict::Present || !printed || reading.state != PageState::Content {
                wrong.push(format!(
                    "{} {:?} framed: {framed}\n    has {has:?}, lacks {lacks:?}\n    {:?} {:?}\n    {:?}",
                    case.why, case.title, reading.state, reading.doubt, reading.signals
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {all}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Short answers of programs to programs, with a status of success.
#[test]
fn a_short_error_in_json_or_xml_makes_nothing_absent() {
    for (media_type, body) in [
        (
            "application/json",
            r#"{"error":{"code":404,"message":"Not Found"}}"#,
        ),
        ("application/json", r#"{"message":"Forbidden"}"#),
        (
            "application/xml",
            "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>",
        ),
    ] {
        let reading = extract::read(&Page {
            body: body.as_bytes(),
            media_type: &MediaType::parse(media_type),
            uri: None,
            status: Some(200),
            selectors: &[],
        });
        let said = compare::quotation("unarmed civilian protection", &reading, Scope::default());
        assert!(
            !is_called_gone(&said.verdict),
            "{body}: {:?} {:?}",
            reading.state,
            reading.doubt
        );
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Part {
    why: String,
    html: String,
    goes_on: bool,
}

#[test]
fn a_name_is_not_called_absent_from_a_part_of_a_list() {
    const NAMES: [&str; 5] = [
        "Bell Alliance",
        "Calm Streets Global",
        "Quiet Networks",
        "Rest Direct",
        "Elm House",
    ];
    let list: String = NAMES.map(|it| format!("<li>{it}</li>")).concat();
    let cases: Vec<Part> = table("parts.toml");
    let claimed: Vec<ListedName> = NAMES
        .into_iter()
        .chain(["Larkspur League"])
        .map(|it| ListedName::One(it.to_owned()))
        .collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let body = case.html.replace("LIST", &format!("<ul>{list}</ul>"));
        let html = format!(
            "<!doctype html><html lang=en><title>Partners</title><main><h1>Partners</h1>{body}</html>"
        );
        let reading = read(&html);
        let answer = compare::names(&claimed, &reading, Scope::default(), &[]);
        let verdict = &answer.names.last().unwrap().verdict;
        let part = matches!(
            verdict,
            Verdict::CannotTell {
                why: Why::PartOfList,
                ..
            }
        );
        let printed = part || *verdict == Verdict::Absent;
        if part != case.goes_on || !printed {
            wrong.push(format!("{}: {verdict:?}\n    {:?}", case.why, reading.more));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
