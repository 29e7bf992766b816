//! What a report shows first, what it leaves for later, and which copy it says to cite.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;
use scraper::Html;
use stillsays::{
    clock::Instant,
    digest::PayloadDigest,
    finding::{
        Baseline, CaptureRef, Conclusion, Evidence, Fate, Finding, FindingId, History, Subject,
        Verdict, Why,
    },
    profile::{Claim, ListedName, Profile, Reference, Statement},
    report::{MOST, Need, Pages, Report, Sources, Style, VisitSummary, Visits},
    uri::TargetUri,
};

use super::{
    fixture::{at, fixture},
    select,
};

const PAGE: &str = "https://accord.example/about";
const DAYS: [&str; 4] = ["20221022", "20230501", "20240601", "20260401"];

/// An article with one reference that has been visited on each of the days, and claims that are all figures.
#[derive(Default)]
struct Made {
    profile: Profile,
    findings: Vec<Finding>,
    visits: BTreeMap<u32, Visits>,
}

impl Made {
    fn new(fate: Fate, there: usize) -> Self {
        let profile = Profile {
            references: vec![Reference {
                number: 1,
                title: Some("About".into()),
                url: Some(PAGE.into()),
                accessed: Some(at(DAYS[0]).date_naive()),
                ..Reference::default()
            }],
            ..Profile::default()
        };
        let mut made = Self {
            profile,
            ..Self::default()
        };
        let some = DAYS.iter().enumerate().map(|(number, day)| VisitSummary {
            target_uri: page(),
            date: at(day),
            outcome: "200".into(),
            good: number <= there,
            payload_digest: (number <= there).then(|| digest(number)),
            source: None,
        });
        let some = some.collect();
        made.visits.insert(
            1,
            Visits {
                all: 4,
                some,
                ..Visits::default()
            },
        );
        let history = History {
            first_judged: Some(at(DAYS[0])),
            first_seen: Some(at(DAYS[0])),
            last_seen: Some(at(DAYS[there])),
            ..History::default()
        };
        made.find(
            Subject::Reference { number: 1 },
            Conclusion::Fate(fate),
            history,
            3,
        );
        made
    }

    fn find(
        &mut self,
        subject: Subject,
        conclusion: Conclusion,
        history: History,
        evidence: usize,
    ) {
        let evidence = Evidence {
            capture: CaptureRef {
                target_uri: page(),
                date: at(DAYS[evidence]),
                payload_digest: Some(digest(evidence)),
                source: None,
            },
            quote: None,
            position: None,
            element: None,
            fragment: None,
            link: None,
            note: None,
        };
        self.findings.push(Finding {
            id: FindingId::of("made", &subject, &conclusion),
            profile: "made".into(),
            subject,
            cites: vec![1],
            conclusion,
            confidence: 0.9,
            reasons: Vec::new(),
            evidence: vec![evidence],
            history,
            copy: None,
            copies: Vec::new(),
        });
    }

    /// A figure that was on the page from one of the days to another, and what is said of it now.
    fn figure(&mut self, exact: &str, seen: Option<(usize, usize)>, verdict: Verdict) {
        let claim = exact.replace(' ', "-");
        self.profile.claims.push(Claim {
            id: claim.clone(),
            cites: vec![1],
            section: None,
            place: None,
            statement: Statement::Figure {
                exact: exact.into(),
            },
            ..Claim::default()
        });
        let history = seen.map_or_else(History::default, |(first, last)| History {
            first_judged: Some(at(DAYS[0])),
            first_seen: Some(at(DAYS[first])),
            last_seen: Some(at(DAYS[last])),
            changed_after: Some(at(DAYS[last])),
            changed_by: DAYS.get(last + 1).map(|it| at(it)),
            baseline: (first == 0).then(|| Baseline {
                date: at(DAYS[0]),
                held: Some(true),
            }),
            ..History::default()
        });
        let exact = exact.into();
        let subject = Subject::Figure { claim, exact };
        self.find(subject, Conclusion::Verdict(verdict), history, 3);
    }

    fn new_name(&mut self, name: &str, seen: (usize, usize)) {
        let subject = Subject::NewName {
            claim: "list".into(),
            name: name.into(),
        };
        let history = History {
            first_judged: Some(at(DAYS[0])),
            first_seen: Some(at(DAYS[seen.0])),
            last_seen: Some(at(DAYS[seen.1])),
            ..History::default()
        };
        self.find(subject, Conclusion::Verdict(Verdict::New), history, seen.1);
    }

    fn report(&self) -> Report {
        Report::of(&Sources {
            name: "made",
            profile: &self.profile,
            findings: &self.findings,
            decisions: &stillsays::finding::Decisions::default(),
            visits: &self.visits,
            decided: &[],
            command: "stillsays",
            waiting: &BTreeMap::new(),
            removed: &HashMap::new(),
            tried: &BTreeMap::new(),
        })
    }

    /// The day of the copy that is to be cited for the reference, and the advice.
    fn cited(&self) -> (Option<Instant>, String) {
        let report = self.report();
        let reference = &report.references[0];
        let cite = reference.cite.as_ref().map(|it| it.date);
        (cite, reference.advice.clone())
    }
}

fn page() -> TargetUri {
    PAGE.parse().unwrap()
}

fn digest(number: usize) -> PayloadDigest {
    PayloadDigest::of(&[u8::try_from(number).unwrap()])
}

fn down() -> Fate {
    Fate::Unreachable {
        detail: "no route to host".into(),
    }
}

fn failed() -> Verdict {
    Verdict::CannotTell {
        why: Why::FetchFailed,
        detail: String::new(),
    }
}

fn moved(permanent: bool) -> Fate {
    let to = "https://new.example/about".parse().unwrap();
    Fate::Moved { to, permanent }
}

#[test]
fn the_copy_to_cite_has_the_words_at_issue_even_if_new_names_came_later() {
    let mut made = Made::new(down(), 2);
    made.figure("134 countries", Some((0, 1)), failed());
    for name in ["One", "Two", "Three"] {
        made.new_name(name, (2, 2));
    }
    let (cite, advice) = made.cited();
    assert_eq!(cite, Some(at(DAYS[0])), "{advice}");
    assert!(advice.contains("copy of 2022-10-22"), "{advice}");

    // Where the article's author looked later, a later copy is nearer.
    made.profile.references[0].accessed = Some(at(DAYS[2]).date_naive());
    assert_eq!(made.cited().0, Some(at(DAYS[1])));
}

#[test]
fn of_two_cited_pages_each_has_its_own_copy() {
    let mut made = Made::new(down(), 2);
    made.figure("134 countries", Some((0, 1)), failed());
    // The other page was visited a little later, and had the figure at every visit.
    let other: TargetUri = "https://accord.example/faq".parse().unwrap();
    let mut visits = made.visits[&1].clone();
    for it in &mut visits.some {
        it.target_uri = other.clone();
        it.date += TimeDelta::seconds(5);
        it.payload_digest = Some(PayloadDigest::of(it.date.to_string().as_bytes()));
    }
    let later = visits.some[1].date;
    made.visits.insert(2, visits);
    let mut reference = made.profile.references[0].clone();
    (reference.number, reference.url) = (2, Some(other.to_string()));
    made.profile.references.push(reference);
    let figure = made.findings.last_mut().unwrap();
    figure.cites = vec![1, 2];
    // First on the one page, last on the other.
    figure.history.last_seen = Some(later);
    let mut gone = made.findings[0].clone();
    gone.subject = Subject::Reference { number: 2 };
    made.findings.push(gone);

    let report = made.report();
    let cited = |number: u32| {
        let mut all = report.references.iter();
        let reference = all.find(|it| it.number == number).unwrap();
        let copy = reference.cite.as_ref().unwrap();
        (copy.date, copy.target_uri.clone())
    };
    assert_eq!(cited(1), (at(DAYS[0]), page()));
    assert_eq!(cited(2), (later, other));

    // Of one moment it cannot be told which page's it is.
    for it in &mut made.visits.get_mut(&2).unwrap().some {
        it.date -= TimeDelta::seconds(5);
    }
    made.findings[1].history.last_seen = Some(at(DAYS[0]));
    assert!(made.report().references.iter().all(|it| it.cite.is_none()));
}

#[test]
fn where_no_copy_has_everything_the_advice_says_what_its_copy_lacks() {
    let mut made = Made::new(Fate::Gone { status: 410 }, 2);
    made.figure("134 countries", Some((0, 0)), failed());
    made.figure("9 offices", Some((0, 0)), failed());
    made.figure("700 members", Some((2, 2)), failed());
    let (cite, advice) = made.cited();
    assert_eq!(cite, Some(at(DAYS[0])));
    assert!(
        advice
            .ends_with("It does not contain “700 members”; the findings name the copies that do."),
        "{advice}"
    );
}

#[test]
fn a_copy_that_lacks_all_that_is_cited_is_not_proposed() {
    let mut made = Made::new(Fate::Gone { status: 410 }, 2);
    made.figure("134 countries", Some((0, 0)), failed());
    made.visits.get_mut(&1).unwrap().some.remove(0);
    let (cite, advice) = made.cited();
    assert_eq!(cite, None);
    assert!(advice.contains("find another source"), "{advice}");
}

#[test]
fn a_page_that_never_was_the_page_has_no_copy_to_cite() {
    let mut made = Made::new(Fate::Soft404, 3);
    made.findings[0].history = History {
        first_judged: Some(at(DAYS[0])),
        ..History::default()
    };
    assert_eq!(made.cited().0, None);
}

#[test]
fn the_address_is_changed_only_where_the_cited_words_are_at_the_new_one() {
    let mut made = Made::new(moved(true), 3);
    let advice = |made: &Made| made.cited().1;
    let change = "Change the address to https://new.example/about";
    assert!(advice(&made).starts_with(change), "{}", advice(&made));
    made.figure("134 countries", Some((0, 3)), Verdict::Present);
    let printed = advice(&made);
    assert!(
        printed.starts_with(&format!("{change}, or cite the archived copy of ")),
        "{printed}"
    );

    made.figure("700 members", Some((0, 1)), Verdict::Absent);
    let printed = advice(&made);
    assert!(
        printed.starts_with(
            "Keep the address: “700 members” is missing at https://new.example/about. Cite the archived copy of 2022-10-22"
        ),
        "{printed}"
    );
    for more in ["1 a", "2 b", "3 c"] {
        made.figure(more, Some((0, 1)), Verdict::Absent);
    }
    let printed = advice(&made);
    assert!(
        printed.contains("“700 members”, “1 a”, “2 b” and 1 more are missing"),
        "{printed}"
    );
    assert!(
        printed.ends_with("Or change the address, and take out what is missing."),
        "{printed}"
    );
}

#[test]
fn unclear_words_at_a_new_address_must_be_checked() {
    let mut made = Made::new(moved(true), 3);
    made.figure("134 countries", Some((0, 1)), failed());
    assert_eq!(
        made.cited().1,
        "Look for “134 countries” at https://new.example/about before you change the address."
    );
}

#[test]
fn a_list_in_another_form_and_cannot_tell_need_no_decision() {
    let report = fixture().report();
    let need = |subject: &str| {
        let mut entries = report.entries();
        entries.find(|it| it.subject == subject).unwrap().need
    };
    assert_eq!(need("The list"), Need::Note);
    assert_eq!(need("Northgate Community Dialogue"), Need::Unknown);
    let made = Made::new(moved(false), 3).report();
    assert_eq!(made.references[0].need, Need::Note);
}

#[test]
fn what_needs_a_decision_is_listed_by_weight() {
    let html = fixture().report().to_html();
    let page = Html::parse_document(&html);
    let texts = |css: &str| -> Vec<String> {
        let found = select(&page, css);
        found.iter().map(|it| it.text().collect()).collect()
    };
    let labels: Vec<String> = texts(".urgent .badge")
        .iter()
        .map(|it| it.split_once(' ').unwrap().1.to_owned())
        .collect();
    let place = |label: &str| labels.iter().position(|it| it == label).unwrap();
    assert!(place("gone") < place("altered"), "{labels:?}");
    assert!(place("altered") < place("moved"), "{labels:?}");
    assert!(place("moved") < place("new"), "{labels:?}");
}

/// An article of which `many` figures are gone, and one is there.
fn large(many: usize) -> Report {
    let mut made = Made::new(Fate::Live, 3);
    made.figure("1 is there", Some((0, 3)), Verdict::Present);
    for number in 0..many {
        let exact = format!("{number} figures");
        made.figure(&exact, Some((0, 1)), Verdict::Absent);
    }
    made.report()
}

#[test]
fn a_part_has_the_heaviest_findings_and_says_what_follows() {
    let report = large(350);
    let part = report.part(0, MOST);
    let shown: Vec<_> = part.entries().map(|it| it.need).collect();
    assert_eq!(shown, [Need::Decide; MOST]);
    let rest = "152 more findings follow; 150 of them need a decision. `stillsays report --full` prints them.";
    let text = part.to_text(&Style {
        color: false,
        width: 120,
    });
    assert!(text.trim_end().ends_with(rest), "{text}");
    assert!(
        part.to_markdown()
            .contains(&format!("**{}**", rest.split_once(" `").unwrap().0))
    );
    assert!(part.to_html().contains("152 more findings follow"));
    assert_eq!(part.counts, report.counts, "the numbers are of the whole");
    assert!(part.to_html().len() < report.to_html().len() * 2 / 3);

    let all = report.part(0, 352);
    assert_eq!(all.part.unwrap().rest(), None);
    assert_eq!(
        all.to_text(&Style::default()),
        report.to_text(&Style::default())
    );
}

#[test]
fn the_parts_have_every_finding_once_and_no_link_to_nowhere() {
    let report = large(450);
    let mut seen = HashSet::new();
    let mut from = 0;
    while from < 452 {
        let part = report.part(from, MOST);
        for entry in part.entries() {
            assert!(seen.insert(entry.finding.id.clone()), "{}", entry.subject);
        }
        let to = part.part.unwrap().to;
        let link = |from: usize| format!("/report/made?from={from}");
        let pages = Pages {
            before: (from > 0).then(|| link(from - MOST)),
            after: (to < 452).then(|| link(to)),
        };
        let html = part.to_html_with_copies("https://replay.test/web/", pages);
        let page = Html::parse_document(&html);
        let ids: HashSet<&str> = select(&page, "[id]")
            .iter()
            .filter_map(|it| it.attr("id"))
            .collect();
        for link in select(&page, "a[href^='#']") {
            let target = &link.attr("href").unwrap()[1..];
            assert!(ids.contains(target), "{from}: {target}");
        }
        assert_eq!(select(&page, "a[rel=next]").is_empty(), to == 452);
        assert_eq!(select(&page, "a[rel=prev]").is_empty(), from == 0);
        assert!(
            !html.contains("report --full"),
            "the other pages are at hand"
        );
        from = to;
    }
    assert_eq!(seen.len(), 452);
}

#[test]
fn numbers_that_are_zero_are_left_out() {
    let report = large(1);
    let text = report.to_text(&Style::default());
    assert!(text.contains("to decide 1\n"), "{text}");
    for (name, text) in [("text", text), ("markdown", report.to_markdown())] {
        assert!(!text.contains("put off"), "{name}: {text}");
        assert!(!text.contains("moved list"), "{name}: {text}");
    }
}

#[test]
fn one_reason_for_several_unclear_names_is_given_once_and_not_called_sure() {
    let mut made = Made::new(Fate::Gone { status: 404 }, 1);
    for number in 0..12 {
        made.figure(&format!("{number} figures"), Some((0, 1)), failed());
    }
    // The same claim is about all of them.
    made.profile.claims.truncate(1);
    let claim = made.profile.claims[0].id.clone();
    for finding in &mut made.findings {
        if let Subject::Figure { exact, .. } = &finding.subject {
            let name = exact.clone();
            let claim = claim.clone();
            finding.subject = Subject::Name { claim, name };
        }
    }
    let names = (0..12).map(|it| ListedName::One(format!("{it} figures")));
    made.profile.claims[0].statement = Statement::Listed {
        relation: None,
        names: names.collect(),
        complete: None,
    };
    let report = made.report();
    let text = report.to_text(&Style::default());
    assert_eq!(text.matches("Cannot tell: ").count(), 1, "{text}");
    assert!(
        text.contains("6 figures; 7 figures; 8 figures; 9 figures"),
        "{text}"
    );
    assert!(!text.contains("% sure"), "{text}");
    let html = report.to_html();
    assert_eq!(html.matches("Cannot tell: ").count(), 1);
    for finding in &made.findings {
        assert!(html.contains(&format!("id=\"finding-{}\"", finding.id)));
    }
}
