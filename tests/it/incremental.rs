//! Answers that are kept and gone on with come to what the visits alone come to, byte for byte, whatever happens in between.

use std::sync::Arc;

use proptest::prelude::*;
use stillsays::{
    capture::{Capture, Failure, FailureKind, Framing, Outcome, Response, Truncation, Visit},
    clock::{Instant, parse_digits14},
    compare::Alert,
    digest::PayloadDigest,
    finding::{Conclusion, Decided, Decision, Finding, Mistake, Review, Terms, Verdict},
    pipeline::{self, Comparing, Named},
    profile::{Claim, ListedName, Profile, Reference, Statement},
    selector::TextQuoteSelector,
    store::{Access, Crawl, CrawlId, Removal, Store, VisitId},
};

const NAMES: [&str; 8] = [
    "Alder Mediation House",
    "Birch Listening Center",
    "Cedar Peace Forum",
    "Dogwood Alliance",
    "Elm Street Neighbors",
    "Fern Valley Institute",
    "Grove Civic Council",
    "Harbor Dialogue Project",
];

/// What is on a page at a visit.
#[derive(Clone, Debug)]
enum Brings {
    /// The names of this mask, in a list or in a table, with a quotation or without, and a mark that no reader sees.
    Page {
        names: u8,
        table: bool,
        quoted: bool,
        nonce: u8,
    },
    Status(u16),
    Fails,
    Cut {
        names: u8,
    },
    Wall,
    /// The first names of this mask, with a link to a further page that has the rest, or fails.
    Paged {
        names: u8,
        fails: bool,
    },
}

/// What happens to an archive and its profile.
#[derive(Clone, Debug)]
enum Act {
    /// A visit of one of two pages, so many hours after the last or before it.
    Visit {
        page: u8,
        hours: i16,
        brings: Brings,
    },
    /// The findings are brought to what the archive holds, and kept.
    Compare,
    /// The findings are looked at by somebody who may not write.
    Look,
    /// A name is taken out of the article, or comes back.
    Name(u8),
    /// The other page is cited too, or no longer.
    Cite,
    /// The article was read on another day.
    Accessed(u8),
    /// A rename is rejected, or the rejection is taken back.
    Review(bool),
    /// A finding is rejected for a reason that teaches, or its last decision is taken back.
    Teach(Option<Mistake>, u8),
    /// The profile says which element is meant.
    Selector(u8),
    /// What is kept was made by another version of the program.
    Version,
    /// The payload of the earliest capture is removed.
    Prune,
}

fn brings() -> impl Strategy<Value = Brings> {
    prop_oneof![
        8 => (any::<u8>(), prop::bool::weighted(0.2), any::<bool>(), 0..3_u8).prop_map(
            |(names, table, quoted, nonce)| Brings::Page { names, table, quoted, nonce }
        ),
        1 => prop::sample::select(vec![404, 503, 403]).prop_map(Brings::Status),
        2 => Just(Brings::Fails),
        1 => any::<u8>().prop_map(|names| Brings::Cut { names }),
        1 => Just(Brings::Wall),
        3 => (any::<u8>(), prop::bool::weighted(0.2))
            .prop_map(|(names, fails)| Brings::Paged { names, fails }),
    ]
}

fn mistake() -> impl Strategy<Value = Option<Mistake>> {
    prop::sample::select(vec![
        Some(Mistake::SameName),
        Some(Mistake::OtherBody),
        Some(Mistake::BadCopy),
        Some(Mistake::OnPage),
        None,
    ])
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..2_u8, prop_oneof![9 => 1..60_i16, 1 => -200..0_i16], brings())
            .prop_map(|(page, hours, brings)| Act::Visit { page, hours, brings }),
        5 => Just(Act::Compare),
        1 => Just(Act::Look),
        1 => (0..8_u8).prop_map(Act::Name),
        1 => Just(Act::Cite),
        1 => any::<u8>().prop_map(Act::Accessed),
        1 => any::<bool>().prop_map(Act::Review),
        3 => (mistake(), any::<u8>()).prop_map(|(mistake, at)| Act::Teach(mistake, at)),
        1 => (0..4_u8).prop_map(Act::Selector),
        1 => Just(Act::Version),
        1 => Just(Act::Prune),
    ]
}

struct World {
    store: Store,
    reader: Store,
    crawl: CrawlId,
    runtime: tokio::runtime::Runtime,
    profile: Profile,
    at: Instant,
    _folder: tempfile::TempDir,
}

fn uri(page: u8) -> String {
    format!("https://example.org/page{page}")
}

fn body(names: u8, table: bool, quoted: bool, nonce: u8) -> Vec<u8> {
    let listed = NAMES
        .iter()
        .enumerate()
        .filter(|(at, _)| names & (1 << at) != 0);
    let items: String = listed
        .map(|(at, it)| {
            if table {
                format!("<tr><td>{it}</td><td>Town {at}</td></tr>")
            } else {
                format!("<li><a href=\"https://m{at}.example/\">{it}</a></li>")
            }
        })
        .collect();
    let list = if table {
        format!("<table><tr><th>Member<th>Town</tr>{items}</table>")
    } else {
        format!("<ul>{items}</ul>")
    };
    let said = if quoted {
        "We keep neighbors talking with each other."
    } else {
        "We meet in autumn."
    };
    let filler = "<p>The network was founded to help people who live side by side.</p>".repeat(12);
    format!(
        "<!doctype html><html lang=en><meta name=nonce content={nonce}><title>Network</title>\
         <main><h1>The network</h1><p>{said}</p>{filler}<h2>Members</h2>{list}</main></html>"
    )
    .into_bytes()
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&path, Access::Create).unwrap();
        let crawl = store
            .begin_crawl(&Crawl {
                started: parse_digits14("2024").unwrap(),
                software: "stillsays/test".into(),
                command: "run".into(),
            })
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let reference = |page: u8| Reference {
            number: u32::from(page) + 1,
            url: Some(uri(page)),
            accessed: chrono::NaiveDate::from_ymd_opt(2024, 1, 3),
            ..Reference::default()
        };
        let claim = |id: &str, cites: &[u32], statement| Claim {
            id: id.into(),
            cites: cites.to_vec(),
            section: None,
            place: None,
            statement,
            ..Claim::default()
        };
        let names = NAMES[..6]
            .iter()
            .map(|it| ListedName::One((*it).to_owned()));
        let mut names: Vec<ListedName> = names.collect();
        names.push(ListedName::Ambiguous(vec![
            "Grove Civic Council".into(),
            "Harbor Dialogue Project".into(),
        ]));
        let quoted = "keep neighbors talking with each other";
        let profile = Profile {
            format: 1,
            title: "Network".into(),
            references: vec![reference(0), reference(1)],
            claims: vec![
                claim(
                    "members",
                    &[1],
                    Statement::Listed {
                        relation: None,
                        names,
                        complete: None,
                    },
                ),
                claim(
                    "quote",
                    &[1, 2],
                    Statement::Quoted {
                        exact: quoted.into(),
                    },
                ),
                claim(
                    "stated",
                    &[2],
                    Statement::Stated {
                        exact: "The network helps people who live side by side".into(),
                    },
                ),
            ],
            ..Profile::default()
        };
        Self {
            reader: Store::open(&path, Access::ReadOnly).unwrap(),
            store,
            crawl,
            runtime: runtime.unwrap(),
            profile,
            at: parse_digits14("2024").unwrap(),
            _folder: folder,
        }
    }

    fn named(&self) -> Named {
        Named {
            name: "network".into(),
            profile: self.profile.clone(),
            ..Named::default()
        }
    }

    /// The profile, and another one that claims the same of one of its pages.
    fn both(&self) -> [Named; 2] {
        let mut other = self.named();
        "neighbours".clone_into(&mut other.name);
        other.profile.title.push_str(" too");
        other.profile.claims.truncate(1);
        [self.named(), other]
    }

    /// Decides about one of the findings.
    fn teach(&mut self, mistake: Option<Mistake>, at: u8) {
        let findings = self.store.findings("network").unwrap();
        let Some(about) = findings.get(usize::from(at) % findings.len().max(1)) else {
            return;
        };
        let name = NAMES[usize::from(at) % NAMES.len()];
        let review = Review {
            finding: about.id.clone(),
            decision: mistake.map(|_| Decision::Reject),
            at: self.at,
            by: "ada".into(),
            note: None,
            terms: Terms {
                mistake,
                words: Some(TextQuoteSelector::of(name, 0..name.len())),
                ..Terms::default()
            },
        };
        let about = about.clone();
        self.store
            .decide(vec![Decided { review, about }], true)
            .unwrap();
    }

    fn visit(&mut self, page: u8, hours: i16, brings: &Brings) {
        let first = self.visit_of(&uri(page), hours, brings);
        if let Brings::Paged { names, fails } = brings {
            let brings = match fails {
                true => Brings::Status(503),
                false => Brings::Page {
                    names: names & 0xf0,
                    table: false,
                    quoted: false,
                    nonce: 9,
                },
            };
            let further = self.visit_of(&format!("{}?page=2", uri(page)), hours, &brings);
            if let (Some(first), Some(further)) = (first, further) {
                self.store.bind_further(first, vec![further]).unwrap();
            }
        }
    }

    /// Visits an address; gives the visit where it was not held before.
    fn visit_of(&mut self, uri: &str, hours: i16, brings: &Brings) -> Option<VisitId> {
        let date = self.at + chrono::TimeDelta::hours(i64::from(hours));
        self.at = self.at.max(date);
        let head = |status: u16| {
            format!("HTTP/1.1 {status} x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n")
                .into_bytes()
        };
        let response = |status, payload, truncated| {
            Outcome::Response(Response {
                head: head(status),
                payload,
                framing: Framing::Identity,
                truncated,
            })
        };
        let outcome = match brings {
            Brings::Page {
                names,
                table,
                quoted,
                nonce,
            } => response(200, body(*names, *table, *quoted, *nonce), None),
            Brings::Cut { names } => response(
                200,
                body(*names, false, false, 0),
                Some(Truncation::Disconnect),
            ),
            Brings::Paged { names, .. } => {
                let pager = "<p><a rel=next href=\"?page=2\">2</a></p></main>";
                let page = String::from_utf8(body(names & 0x0f, false, true, 0)).unwrap();
                response(200, page.replace("</main>", pager).into_bytes(), None)
            }
            Brings::Status(status) => response(*status, b"<h1>Sorry</h1>".to_vec(), None),
            Brings::Wall => response(
                200,
                b"<title>Just a moment...</title><h1>Checking your browser before accessing</h1>\
                  <p>Enable JavaScript and cookies to continue</p>"
                    .to_vec(),
                None,
            ),
            Brings::Fails => Outcome::Failure(Failure {
                kind: FailureKind::Connect,
                detail: "refused".into(),
                received: Vec::new(),
            }),
        };
        let visit = Visit {
            seed: uri.parse().unwrap(),
            captures: vec![Capture {
                target_uri: uri.parse().unwrap(),
                date,
                ended: date,
                connection: None,
                request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
                source: None,
                outcome,
            }],
        };
        let added = self
            .store
            .add_visit(self.crawl, Arc::new(visit), Vec::new());
        self.store.hurry().unwrap();
        let added = self.runtime.block_on(added).unwrap();
        added.new.then_some(added.id)
    }

    fn review(&mut self, rejects: bool) {
        let findings = self.store.findings("network").unwrap();
        let is_rename =
            |it: &&Finding| matches!(it.conclusion, Conclusion::Verdict(Verdict::Renamed { .. }));
        if let Some(finding) = findings.iter().find(is_rename) {
            let review = Review {
                finding: finding.id.clone(),
                decision: rejects.then_some(Decision::Reject),
                at: self.at,
                by: "ada".into(),
                note: None,
                terms: Terms::default(),
            };
            self.store.add_review(&review, Some(finding)).unwrap();
        }
    }

    fn prune(&mut self) {
        let further = |it: u8| format!("{}?page=2", uri(it));
        for page in [uri(0), uri(1), further(0), further(1)] {
            let captures = self.store.captures_of(&page.parse().unwrap()).unwrap();
            let first: Option<PayloadDigest> = captures.iter().find_map(|it| it.1.payload_digest);
            let going = first.map(|payload| Removal {
                payload,
                reason: "test".into(),
            });
            self.store
                .remove_payloads(going.into_iter().collect(), self.at, None)
                .unwrap();
        }
    }

    fn act(&mut self, act: &Act) {
        let comparing = Comparing::new(Alert::default());
        match act {
            Act::Visit {
                page,
                hours,
                brings,
            } => self.visit(*page, *hours, brings),
            Act::Compare => {
                pipeline::compare_all(&self.store, &self.both(), &comparing, None, &mut |_| {})
                    .unwrap();
            }
            Act::Look => drop(pipeline::current(&self.reader, &self.named(), &comparing).unwrap()),
            Act::Name(at) => {
                let name = ListedName::One(NAMES[usize::from(*at)].into());
                if let Statement::Listed { names, .. } = &mut self.profile.claims[0].statement {
                    match names.iter().position(|it| *it == name) {
                        Some(place) if names.len() > 2 => drop(names.remove(place)),
                        _ => names.push(name),
                    }
                }
            }
            Act::Cite => {
                let cites = &mut self.profile.claims[0].cites;
                *cites = if cites.len() == 1 {
                    vec![1, 2]
                } else {
                    vec![1]
                };
            }
            Act::Accessed(day) => {
                let first = chrono::NaiveDate::from_ymd_opt(2023, 12, 20);
                let days = chrono::Days::new(u64::from(*day) / 4);
                self.profile.references[0].accessed =
                    first.and_then(|it| it.checked_add_days(days));
            }
            Act::Review(rejects) => self.review(*rejects),
            Act::Teach(mistake, at) => self.teach(*mistake, *at),
            Act::Selector(which) => {
                let selector = [None, Some("ul"), Some("table"), Some("aside")];
                let selector = selector[usize::from(*which)].map(str::to_owned);
                self.profile.references[0].selector = selector;
            }
            Act::Version => {
                let other = rusqlite::Connection::open(self.store.path()).unwrap();
                for derived in [
                    "DELETE FROM basis",
                    "DELETE FROM answer WHERE reference = 1",
                ] {
                    other.execute(derived, ()).unwrap();
                }
            }
            Act::Prune => self.prune(),
        }
    }
}

fn json(findings: &[Finding]) -> String {
    serde_json::to_string_pretty(findings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn answers_gone_on_with_are_those_from_scratch(acts in prop::collection::vec(act(), 4..40)) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
        }
        let comparing = Comparing::new(Alert::default());
        let both = world.both();
        let looked = both.each_ref().map(|it| pipeline::current(&world.reader, it, &comparing).unwrap());
        world.act(&Act::Compare);
        let kept = both.each_ref().map(|it| world.store.findings(&it.name).unwrap());
        for (looked, kept) in looked.iter().zip(&kept) {
            prop_assert_eq!(json(looked), json(kept), "a look and a run come to the same");
        }
        for named in &both {
            let problems = pipeline::verify_answers(&world.store, named, &comparing, true).unwrap();
            prop_assert!(problems.is_empty(), "{:?}", problems);
        }
        world.store.forget_readings().unwrap();
        pipeline::recheck(&world.store, &both, &comparing, &mut |_| {}).unwrap();
        for (named, kept) in both.iter().zip(&kept) {
            let anew = world.store.findings(&named.name).unwrap();
            prop_assert_eq!(json(kept), json(&anew), "kept and computed anew");
        }
        let problems = world.store.verify(&stillsays::store::Trust::default(), &mut |_| {}).unwrap();
        prop_assert!(problems.problems.is_empty(), "{:?}", problems.problems);
    }
}

#[test]
fn verify_computes_a_sample_of_the_answers_anew_and_verify_deep_all_of_them() {
    let mut world = World::new();
    let pages = 0..20_u8;
    let reference = world.profile.references[0].clone();
    world.profile.references = pages
        .clone()
        .map(|page| Reference {
            number: u32::from(page) + 1,
            url: Some(uri(page)),
            ..reference.clone()
        })
        .collect();
    for page in pages.clone() {
        let brings = Brings::Page {
            names: 0xff,
            table: false,
            quoted: true,
            nonce: page,
        };
        world.visit(page, 1, &brings);
    }
    world.act(&Act::Compare);
    let comparing = Comparing::new(Alert::default());
    let problems = |world: &World, deep| {
        let all = pipeline::verify_answers(&world.store, &world.named(), &comparing, deep).unwrap();
        let answers = all.into_iter().map(|it| it.place);
        answers
            .filter(|it| it.starts_with("answer network page"))
            .count()
    };
    assert_eq!((problems(&world, false), problems(&world, true)), (0, 0));
    // Answers that say the same, in other bytes.
    let mut answers = world.store.answers("network").unwrap();
    answers.retain(|it| it.part == "page");
    assert_eq!(answers.len(), 20);
    for answer in &mut answers {
        let text = String::from_utf8(answer.json.text().unwrap()).unwrap();
        answer.json = world.store.packed(format!("{text} ").as_bytes()).unwrap();
    }
    world.store.put_answers("network", answers).unwrap();
    // Waits until they are on the disk.
    world.store.note_look(world.at).unwrap();
    assert_eq!((problems(&world, false), problems(&world, true)), (8, 20));
}
