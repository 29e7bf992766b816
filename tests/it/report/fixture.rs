//! An invented article with every verdict, every fate and every standing in it, and pages that try to break out.

use std::collections::{BTreeMap, HashMap};

use stillsays::{
    capture::Removed,
    clock::{Instant, parse_digits14},
    digest::PayloadDigest,
    finding::{
        Baseline, CaptureRef, Conclusion, Decided, Decision, Decisions, Evidence, Fate, Finding,
        FindingId, History, Reason, Review, Subject, Verdict, Why,
    },
    profile::{Claim, ListedName, Profile, Reference, Statement},
    report::{Report, Sources, VisitSummary, Visits},
    selector::TextQuoteSelector,
    uri::TargetUri,
};

/// What a hostile page says where a name should stand.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>";

/// Moments at which the sample was visited.
pub(crate) const FIRST: &str = "20221022090312";
const SECOND: &str = "20240301140757";
pub(crate) const LAST: &str = "20260402061500";

pub(crate) struct Fixture {
    pub(crate) profile: Profile,
    pub(crate) findings: Vec<Finding>,
    pub(crate) reviews: Vec<Review>,
    pub(crate) visits: BTreeMap<u32, Visits>,
    pub(crate) removed: HashMap<PayloadDigest, Removed>,
}

pub(crate) fn at(digits: &str) -> Instant {
    parse_digits14(digits).unwrap()
}

impl Fixture {
    /// The reviews with the findings that they are about.
    fn decided(&self) -> Vec<Decided> {
        let about = |review: &Review| {
            let about = self.findings.iter().find(|it| it.id == review.finding)?;
            Some(Decided {
                review: review.clone(),
                about: about.clone(),
            })
        };
        self.reviews.iter().filter_map(about).collect()
    }

    pub(crate) fn report(&self) -> Report {
        Report::of(&Sources {
            name: "lantern-accord",
            profile: &self.profile,
            findings: &self.findings,
            decisions: &Decisions::of(self.reviews.clone(), Vec::new(), at(LAST).date_naive()),
            decided: &self.decided(),
            command: "stillsays --config lantern.toml",
            visits: &self.visits,
            waiting: &BTreeMap::new(),
            removed: &self.removed,
            tried: &BTreeMap::new(),
        })
    }

    /// The finding on `subject`, by what a reader would call it.
    pub(crate) fn on(&self, name: &str) -> &Finding {
        self.findings
            .iter()
            .find(|it| match &it.subject {
                Subject::Name { name: it, .. } | Subject::NewName { name: it, .. } => it == name,
                Subject::Quotation { exact, .. } | Subject::Figure { exact, .. } => exact == name,
                _ => false,
            })
            .unwrap()
    }

    pub(crate) fn review(&mut self, name: &str, decision: Option<Decision>, day: &str) {
        let review = Review {
            finding: self.on(name).id.clone(),
            decision,
            at: at(day),
            by: "Ines Okafor".into(),
            note: Some("wrote to them; confirmed".into()),
            terms: stillsays::finding::Terms::default(),
        };
        self.reviews.push(review);
    }
}

fn uri(number: u32) -> TargetUri {
    let path = [
        "centers",
        "about",
        "library?topic=mediation&lang=en",
        "press/2021/02/a-very-long-address-that-goes-on-and-on-because-the-site-puts-the-whole-headline-into-it-151179",
        "shop",
        "members-only",
        "consent",
        "old-home",
        "partners",
    ][number as usize - 1];
    format!("https://www.lantern-accord.example/{path}")
        .parse()
        .unwrap()
}

fn capture(number: u32, digits: &str, came: bool) -> CaptureRef {
    let seed = format!("{number} {digits}");
    CaptureRef {
        target_uri: uri(number),
        date: at(digits),
        payload_digest: came.then(|| PayloadDigest::of(seed.as_bytes())),
        source: None,
    }
}

fn quoted(number: u32, digits: &str, words: [&str; 3]) -> Evidence {
    let [prefix, exact, suffix] = words.map(str::to_owned);
    let fragment = exact.replace(' ', "%20").replace('<', "%3C");
    Evidence {
        capture: capture(number, digits, true),
        fragment: None,
        link: Some(format!("{}#:~:text={fragment}", uri(number))),
        quote: Some(TextQuoteSelector {
            exact,
            prefix,
            suffix,
        }),
        position: None,
        element: None,
        note: None,
    }
}

fn noted(number: u32, digits: &str, note: &str) -> Evidence {
    Evidence {
        capture: capture(number, digits, true),
        quote: None,
        position: None,
        element: None,
        fragment: None,
        link: None,
        note: Some(note.to_owned()),
    }
}

fn always() -> History {
    History {
        first_judged: Some(at(FIRST)),
        first_seen: Some(at(FIRST)),
        last_seen: Some(at(LAST)),
        changed_after: None,
        changed_by: Some(at(FIRST)),
        baseline: Some(Baseline {
            date: at(FIRST),
            held: Some(true),
        }),
        ..History::default()
    }
}

fn lost(after: &str, by: &str) -> History {
    History {
        first_judged: Some(at(FIRST)),
        first_seen: Some(at(FIRST)),
        last_seen: Some(at(after)),
        changed_after: Some(at(after)),
        changed_by: Some(at(by)),
        baseline: Some(Baseline {
            date: at(FIRST),
            held: Some(true),
        }),
        ..History::default()
    }
}

fn never() -> History {
    History {
        first_judged: Some(at(FIRST)),
        changed_by: Some(at(FIRST)),
        baseline: Some(Baseline {
            date: at(FIRST),
            held: Some(false),
        }),
        ..History::default()
    }
}

fn finding(
    subject: Subject,
    cites: &[u32],
    conclusion: Conclusion,
    evidence: Vec<Evidence>,
    history: History,
) -> Finding {
    let reason = |what: &str, weight| Reason {
        what: what.to_owned(),
        weight,
    };
    Finding {
        id: FindingId::of("lantern-accord", &subject, &conclusion),
        profile: "lantern-accord".into(),
        subject,
        cites: cites.to_vec(),
        conclusion,
        confidence: 0.93,
        reasons: vec![
            reason("the list was found by 6 of its 9 names", 0.6),
            reason("the page is a page one can judge by", 0.3),
            reason("no other spelling is near", 0.1),
        ],
        evidence,
        history,
        copy: None,
        copies: Vec::new(),
    }
}

fn name(
    claim: &str,
    name: &str,
    cites: &[u32],
    verdict: Verdict,
    evidence: Vec<Evidence>,
    history: History,
) -> Finding {
    let subject = Subject::Name {
        claim: claim.into(),
        name: name.into(),
    };
    finding(
        subject,
        cites,
        Conclusion::Verdict(verdict),
        evidence,
        history,
    )
}

fn fate(number: u32, fate: Fate, history: History) -> Finding {
    let came = !matches!(fate, Fate::Unreachable { .. } | Fate::Refused { .. });
    let mut evidence = noted(number.min(9), LAST, "the last of 3 visits");
    evidence.capture = capture(number.min(9), LAST, came);
    let subject = Subject::Reference { number };
    finding(
        subject,
        &[number],
        Conclusion::Fate(fate),
        vec![evidence],
        history,
    )
}

fn reference(number: u32, title: &str) -> Reference {
    Reference {
        number,
        title: Some(title.to_owned()),
        publisher: Some("Lantern Accord".into()),
        accessed: at(FIRST).date_naive().into(),
        url: (number <= 9).then(|| uri(number).to_string()),
        ..Reference::default()
    }
}

fn references() -> Vec<Reference> {
    let mut references = vec![
        reference(1, "Mediation Centers"),
        reference(2, "About the Accord"),
        reference(3, "Resource Library: De-escalation, Dialogue & Repair"),
        reference(
            4,
            "How neighbours keep the peace: a long headline about mediators, harbours, elections and what they have learnt from each other since",
        ),
        reference(5, "Accord Shop"),
        reference(6, "Members"),
        reference(7, "Events"),
        reference(8, "Former Home Page"),
        reference(9, "Partners"),
        reference(10, "Annual Report 2019 (print)"),
    ];
    references[3].author = Some("Ferreira, Júlia".into());
    references[3].publisher = Some("The Harbour Gazette".into());
    references[2].fragment = Some("de-escalation".into());
    references
}

fn fates() -> Vec<Finding> {
    let unreachable = Fate::Unreachable {
        detail: "no answer within 30 s, twice".into(),
    };
    let refused = Fate::Refused {
        detail: "robots.txt has Disallow: /members-only for every visitor".into(),
    };
    let walled = Fate::Walled {
        detail: "a consent wall, 412 characters of text".into(),
    };
    let moved = Fate::Moved {
        to: "https://accord.example/en/resources".parse().unwrap(),
        permanent: true,
    };
    vec![
        fate(1, Fate::Live, always()),
        fate(2, Fate::Soft404, lost(SECOND, LAST)),
        fate(3, moved, lost(SECOND, LAST)),
        fate(4, Fate::Gone { status: 410 }, lost(SECOND, LAST)),
        fate(5, unreachable, lost("20260402040000", LAST)),
        fate(6, refused, always()),
        fate(7, walled, lost(FIRST, SECOND)),
        fate(8, Fate::Parked, lost(SECOND, LAST)),
    ]
}

fn centers() -> Vec<Finding> {
    let renamed = Verdict::Renamed {
        to: "Harbour & Hill Mediation Collective".into(),
        because: "same place in the list, same link, three of four words".into(),
    };
    let perhaps = Verdict::CannotTell {
        why: Why::Perhaps,
        detail: "“Northgate Civic Dialogue (NCD)” is near it, but half its words differ".into(),
    };
    let elsewhere = Verdict::Elsewhere {
        place: "under the heading “Our history”".into(),
    };
    let around = [
        "Oakmere Restorative Justice\n",
        "Tidewater Peace Team",
        "\nQuillmoor Trust",
    ];
    let listed = |name: &str| {
        quoted(
            1,
            LAST,
            ["Fernleigh Families\n", name, "\nTidewater Peace Team"],
        )
    };
    let mut findings: Vec<Finding> = [
        "Fernleigh Families",
        "Oakmere Restorative Justice",
        "مركز الوساطة في حلب",
        "平和調停センター",
        "Café 🕊️ Concord",
    ]
    .into_iter()
    .map(|it| {
        name(
            "centers",
            it,
            &[1],
            Verdict::Present,
            vec![listed(it)],
            always(),
        )
    })
    .collect();
    findings.extend([
        name(
            "centers",
            "Tidewater Peace Team",
            &[1],
            Verdict::Absent,
            vec![
                noted(1, LAST, "not in the list “Mediation Centers” (9 names), nor in 4,812 characters of text"),
                quoted(1, SECOND, around),
            ],
            lost(SECOND, LAST),
        ),
        name(
            "centers",
            "Harbor Mediation",
            &[1],
            renamed,
            vec![quoted(1, LAST, ["Fernleigh Families\n", "Harbour & Hill Mediation Collective", "\nOakmere Restorative Justice"])],
            lost(FIRST, SECOND),
        ),
        name("centers", "Northgate Community Dialogue", &[1], perhaps, vec![noted(1, LAST, "in the list “Mediation Centers” (9 names)")], never()),
        name("centers", "Quillmoor Trust", &[1], elsewhere, vec![quoted(1, LAST, ["…grew out of the ", "Quillmoor Trust", ", which closed in 2023, and"])], always()),
        name("centers", HOSTILE, &[1], Verdict::Absent, vec![noted(1, LAST, "not in 4,812 characters of text")], never()),
        finding(
            Subject::NewName { claim: "centers".into(), name: "Saltmarsh Youth Circle".into() },
            &[1],
            Conclusion::Verdict(Verdict::New),
            vec![quoted(1, LAST, ["Oakmere Restorative Justice\n", "Saltmarsh Youth Circle", "\nCafé 🕊️ Concord"])],
            History { baseline: Some(Baseline { date: at(FIRST), held: Some(false) }), ..lost(SECOND, LAST) },
        ),
        finding(
            Subject::List { claim: "centers".into() },
            &[1],
            Conclusion::Verdict(Verdict::Redesigned { from: "ul.centers".into(), to: "div.grid > article".into() }),
            vec![noted(1, LAST, "found by 6 of 9 names")],
            lost(SECOND, LAST),
        ),
    ]);
    findings
}

fn library() -> Vec<Finding> {
    let unknown = || Verdict::CannotTell {
        why: Why::SoftNotFound,
        detail: String::new(),
    };
    [
        "Bridgewater Fellowship",
        "Institute for Quiet Diplomacy",
        "The Almanac of Peace",
    ]
    .into_iter()
    .map(|it| {
        name(
            "library",
            it,
            &[2],
            unknown(),
            vec![noted(2, LAST, "312 characters of text")],
            lost(SECOND, LAST),
        )
    })
    .collect()
}

fn phrases() -> Vec<Finding> {
    let quotation = |claim: &str, exact: &str| Subject::Quotation {
        claim: claim.into(),
        exact: exact.into(),
    };
    let altered = Verdict::Altered {
        to: "unarmed and accompanied civilian protection".into(),
        how: "two words came in between".into(),
    };
    vec![
        finding(
            quotation("protection", "unarmed civilian protection"),
            &[1, 2],
            Conclusion::Verdict(altered),
            vec![
                quoted(
                    1,
                    LAST,
                    [
                        "Our members practise ",
                        "unarmed and accompanied civilian protection",
                        " where police cannot go",
                    ],
                ),
                quoted(
                    1,
                    FIRST,
                    [
                        "Our members practise ",
                        "unarmed civilian protection",
                        " where police cannot go",
                    ],
                ),
            ],
            lost(SECOND, LAST),
        ),
        finding(
            quotation("zones", "conflict zones"),
            &[1],
            Conclusion::Verdict(Verdict::Present),
            vec![quoted(
                1,
                LAST,
                ["lessons from ", "conflict zones", " and elections"],
            )],
            always(),
        ),
        finding(
            quotation("hostile", "open <b>doors</b> | “always”"),
            &[1],
            Conclusion::Verdict(Verdict::Absent),
            vec![quoted(
                1,
                SECOND,
                [
                    HOSTILE,
                    "=HYPERLINK(\"https://evil.example\")",
                    "</mark></blockquote>\u{202e}txt.exe",
                ],
            )],
            never(),
        ),
    ]
}

fn facts() -> Vec<Finding> {
    let figure = Verdict::Altered {
        to: "129 countries".into(),
        how: "the number changed".into(),
    };
    vec![
        finding(
            Subject::Figure {
                claim: "countries".into(),
                exact: "134 countries".into(),
            },
            &[1],
            Conclusion::Verdict(figure),
            vec![quoted(
                1,
                LAST,
                [
                    "works with partners in ",
                    "129 countries",
                    " on six continents",
                ],
            )],
            lost("20260402040000", LAST),
        ),
        finding(
            Subject::Relation {
                claim: "project".into(),
                subject: "Lantern Accord".into(),
                relation: "project of".into(),
                object: "Mediators of the Open Harbour".into(),
            },
            &[1],
            Conclusion::Verdict(Verdict::Present),
            vec![quoted(
                1,
                LAST,
                [
                    "The Lantern Accord is a ",
                    "project of Mediators of the Open Harbour",
                    ", founded",
                ],
            )],
            always(),
        ),
        finding(
            Subject::Statement {
                claim: "stated".into(),
                exact: "The Accord opened its first house during the strike of 2011.".into(),
            },
            &[10],
            Conclusion::Verdict(Verdict::CannotTell {
                why: Why::NoReference,
                detail: String::new(),
            }),
            Vec::new(),
            History::default(),
        ),
    ]
}

fn claims() -> Vec<Claim> {
    let claim = |id: &str, cites: &[u32], section: &str, place: &str, statement| Claim {
        id: id.into(),
        cites: cites.to_vec(),
        section: Some(section.into()),
        place: Some(place.into()),
        statement,
        ..Claim::default()
    };
    let listed = |relation: &str, names: &[&str]| Statement::Listed {
        relation: Some(relation.into()),
        names: names
            .iter()
            .map(|it| ListedName::One((*it).into()))
            .collect(),
        complete: None,
    };
    let quoted = |exact: &str| Statement::Quoted {
        exact: exact.into(),
    };
    vec![
        claim(
            "zones",
            &[1],
            "Background",
            "paragraph 1, sentence 2",
            quoted("conflict zones"),
        ),
        claim(
            "protection",
            &[1, 2],
            "Background",
            "paragraph 1, sentence 3",
            quoted("unarmed civilian protection"),
        ),
        claim(
            "hostile",
            &[1],
            "Background",
            "paragraph 2, sentence 1",
            quoted("open <b>doors</b> | “always”"),
        ),
        claim(
            "countries",
            &[1],
            "Background",
            "paragraph 2, sentence 2",
            Statement::Figure {
                exact: "134 countries".into(),
            },
        ),
        claim(
            "project",
            &[1],
            "Background",
            "paragraph 3, sentence 1",
            Statement::Relation {
                subject: "Lantern Accord".into(),
                relation: "project of".into(),
                object: "Mediators of the Open Harbour".into(),
            },
        ),
        claim(
            "centers",
            &[1],
            "Partners",
            "paragraph 1, sentence 1",
            listed("mediation centers", &["Fernleigh Families"]),
        ),
        claim(
            "library",
            &[2],
            "Partners",
            "paragraph 2, sentence 1",
            listed("partner organizations", &["Bridgewater Fellowship"]),
        ),
        claim(
            "stated",
            &[10],
            "History",
            "paragraph 1, sentence 1",
            Statement::Stated {
                exact: "The Accord opened its first house during the strike of 2011.".into(),
            },
        ),
        claim(
            "press",
            &[4],
            "History",
            "paragraph 1, sentence 2",
            quoted("lessons from gang disputes"),
        ),
    ]
}

/// The whole of it.
pub(crate) fn fixture() -> Fixture {
    let profile = Profile {
        format: 1,
        title: "Lantern Accord".into(),
        kind: Some("Other Group".into()),
        article: Some("https://encyclopedia.example/lantern-accord".into()),
        references: references(),
        claims: claims(),
        ..Profile::default()
    };
    let visit = |number: u32, digits: &str, outcome: &str, good: bool| {
        let capture = capture(number, digits, !outcome.starts_with("no "));
        VisitSummary {
            target_uri: capture.target_uri,
            date: capture.date,
            outcome: outcome.into(),
            good,
            payload_digest: capture.payload_digest,
            source: None,
        }
    };
    let last = [
        "200",
        "200, but “not found”",
        "301 to accord.example",
        "410",
        "no answer",
        "no visit allowed",
        "200, a consent wall",
        "200, parked",
    ];
    let visits = (1..=8)
        .zip(last)
        .map(|(number, last)| {
            let good = number == 1;
            let early = number != 6;
            let came = if early { "200" } else { "no visit allowed" };
            let some = vec![
                visit(number, FIRST, came, early),
                visit(number, SECOND, came, early && number != 7),
                visit(number, LAST, last, good),
            ];
            (
                number,
                Visits {
                    all: 3,
                    some,
                    ..Visits::default()
                },
            )
        })
        .collect();
    let mut fixture = Fixture {
        profile,
        findings: [fates(), centers(), library(), phrases(), facts()].concat(),
        reviews: Vec::new(),
        visits,
        removed: HashMap::new(),
    };
    fixture.review("Harbor Mediation", Some(Decision::Accept), "20260403");
    fixture.review("134 countries", Some(Decision::Later), "20260403");
    fixture.review("Saltmarsh Youth Circle", Some(Decision::Reject), "20260403");
    fixture.review("Saltmarsh Youth Circle", None, "20260404");
    // Accepted before the page changed to what the finding says now: it counts no longer.
    fixture.review("Tidewater Peace Team", Some(Decision::Accept), "20250101");
    fixture
}
