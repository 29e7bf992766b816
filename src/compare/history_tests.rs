//! Findings over several visits of a page, and over several pages.

use std::collections::BTreeMap;

use super::{
    Visited, findings,
    testing::{entry, listing, reading},
    tests::{listed, word},
};
use crate::{
    capture::CaptureEntry,
    finding::{Conclusion, Fate, Finding, Subject, Verdict, Why},
    profile::{Claim, Profile, Reference, Statement},
    reading::{PageState, Reading},
};

/// A profile of one reference with a listed claim and a quotation.
pub(super) fn profile(names: &[&str], quoted: &str) -> Profile {
    let claim = |id: &str, statement| Claim {
        id: id.into(),
        cites: vec![1],
        section: None,
        place: None,
        statement,
        ..Claim::default()
    };
    Profile {
        format: 1,
        title: "Example Network".into(),
        references: vec![Reference {
            number: 1,
            url: Some("https://example.org/partners".into()),
            accessed: chrono::NaiveDate::from_ymd_opt(2022, 10, 21),
            ..Reference::default()
        }],
        claims: vec![
            claim(
                "partners",
                Statement::Listed {
                    relation: None,
                    names: listed(names),
                    complete: None,
                },
            ),
            claim(
                "quote",
                Statement::Quoted {
                    exact: quoted.into(),
                },
            ),
        ],
        ..Profile::default()
    }
}

/// Findings over visits of one page: the date, the status, and what was read.
pub(super) fn over(profile: &Profile, visits: &[(&str, u16, Option<Reading>)]) -> Vec<Finding> {
    let hops: Vec<Vec<CaptureEntry>> = visits
        .iter()
        .map(|(at, status, _)| vec![entry("https://example.org/partners", at, *status)])
        .collect();
    let visited: Vec<Visited<'_>> = hops
        .iter()
        .zip(visits)
        .map(|(hops, (_, _, reading))| Visited {
            hops,
            reading: reading.as_ref(),
        })
        .collect();
    findings("example", profile, &BTreeMap::from([(1, visited)]))
}

pub(super) fn about<'a>(findings: &'a [Finding], name: &str) -> &'a Finding {
    findings
        .iter()
        .find(|it| match &it.subject {
            Subject::Name { name: it, .. } | Subject::NewName { name: it, .. } => it == name,
            Subject::Quotation { exact, .. } => exact == name,
            Subject::List { .. } => name == "list",
            _ => false,
        })
        .unwrap_or_else(|| panic!("no finding about {name}"))
}

pub(super) fn day(at: Option<crate::clock::Instant>) -> String {
    at.map_or_else(|| "never".into(), |it| it.format("%Y-%m-%d").to_string())
}

#[test]
fn a_name_that_went_has_its_history() {
    let profile = profile(
        &["Alder House", "Birch Center", "Cedar Peace Forum"],
        "peacebuilding at home",
    );
    let all = listing(
        &[(
            "Partners",
            &["Alder House", "Birch Center", "Cedar Peace Forum"],
        )],
        "It is peacebuilding at home.",
    );
    let less = listing(
        &[(
            "Partners",
            &["Alder House", "Birch Center", "Dogwood Alliance"],
        )],
        "It is no peacebuilding.",
    );
    let visits = [
        ("20221022", 200, Some(all.clone())),
        ("20230301", 200, Some(all)),
        ("20230601", 503, None),
        ("20240610", 200, Some(less.clone())),
        ("20250101", 200, Some(less)),
    ];
    let findings = over(&profile, &visits);
    assert_eq!(findings[0].conclusion, Conclusion::Fate(Fate::Live));
    let gone = about(&findings, "Cedar Peace Forum");
    assert_eq!(gone.conclusion, Conclusion::Verdict(Verdict::Absent));
    assert_eq!(day(gone.history.first_seen), "2022-10-22");
    assert_eq!(day(gone.history.last_seen), "2023-03-01");
    assert_eq!(day(gone.history.changed_after), "2023-03-01");
    assert_eq!(day(gone.history.changed_by), "2024-06-10");
    assert_eq!(day(gone.history.first_judged), "2022-10-22");
    assert_eq!(
        gone.history.baseline.as_ref().and_then(|it| it.held),
        Some(true)
    );
    let notes: Vec<&str> = gone
        .evidence
        .iter()
        .filter_map(|it| it.note.as_deref())
        .collect();
    assert!(
        notes[0].starts_with("not in the list \"Partners\" (3 names); not in "),
        "{notes:?}"
    );
    assert_eq!(
        gone.evidence[1].quote.as_ref().unwrap().exact,
        "Cedar Peace Forum"
    );

    let stays = about(&findings, "Alder House");
    assert_eq!(stays.conclusion, Conclusion::Verdict(Verdict::Present));
    assert_eq!(day(stays.history.changed_by), "never");
    assert!(
        stays.evidence[0]
            .link
            .as_ref()
            .unwrap()
            .ends_with("partners#:~:text=Alder%20House")
    );

    let new = about(&findings, "Dogwood Alliance");
    assert_eq!(new.conclusion, Conclusion::Verdict(Verdict::New));
    assert_eq!(day(new.history.first_seen), "2024-06-10");

    let quote = about(&findings, "peacebuilding at home");
    assert!(matches!(
        &quote.conclusion,
        Conclusion::Verdict(
            Verdict::Absent
                | Verdict::Altered { .. }
                | Verdict::CannotTell {
                    why: Why::Perhaps,
                    ..
                }
        )
    ));
    assert_eq!(day(quote.history.last_seen), "2023-03-01");
}

#[test]
fn a_bad_capture_is_cannot_tell_and_keeps_what_was_seen() {
    let profile = profile(&["Alder House", "Birch Center"], "words");
    let all = listing(&[("Partners", &["Alder House", "Birch Center"])], "words");
    let mut soft = reading("Page not found");
    soft.state = PageState::SoftNotFound;
    let findings = over(
        &profile,
        &[("20221022", 200, Some(all)), ("20240610", 200, Some(soft))],
    );
    assert_eq!(findings[0].conclusion, Conclusion::Fate(Fate::Soft404));
    let it = about(&findings, "Alder House");
    let Conclusion::Verdict(Verdict::CannotTell {
        why: Why::SoftNotFound,
        detail,
    }) = &it.conclusion
    else {
        panic!("{:?}", it.conclusion)
    };
    assert!(detail.ends_with("last seen on 2022-10-22"), "{detail}");
    assert_eq!(day(it.history.changed_after), "2022-10-22");
}

#[test]
fn a_redesign_is_one_finding_and_no_removal() {
    let profile = profile(
        &["Alder House", "Birch Center", "Cedar Peace Forum"],
        "words",
    );
    let list = listing(
        &[(
            "Partners",
            &["Alder House", "Birch Center", "Cedar Peace Forum"],
        )],
        "words",
    );
    let mut cards = list.clone();
    cards.lists[0].fingerprint = "div.card>h3".into();
    cards.lists[0].container = "div.cards".into();
    cards.lists[0].strategy = crate::entity::Strategy::Cards;
    let findings = over(
        &profile,
        &[
            ("20221022", 200, Some(list)),
            ("20240610", 200, Some(cards)),
        ],
    );
    let it = about(&findings, "list");
    assert!(
        matches!(&it.conclusion, Conclusion::Verdict(Verdict::Redesigned { from, to }) if from == "a list under \"Partners\"" && to == "cards under \"Partners\""),
        "{:?}",
        it.conclusion
    );
    assert!(!findings.iter().any(Finding::is_change));
}

#[test]
fn all_names_gone_from_the_remembered_list_are_absent() {
    let profile = profile(
        &[
            "Alder House",
            "Birch Center",
            "Cedar Peace Forum",
            "Dogwood Alliance",
        ],
        "words",
    );
    let list = listing(
        &[(
            "Partners",
            &[
                "Alder House",
                "Birch Center",
                "Cedar Peace Forum",
                "Dogwood Alliance",
            ],
        )],
        "words",
    );
    let other = listing(
        &[(
            "Partners",
            &["Elm Street Library", "Fir Trust", "Ginkgo Garden Society"],
        )],
        "words",
    );
    let findings = over(
        &profile,
        &[
            ("20221022", 200, Some(list)),
            ("20240610", 200, Some(other)),
        ],
    );
    assert_eq!(
        about(&findings, "Alder House").conclusion,
        Conclusion::Verdict(Verdict::Absent)
    );
}

#[test]
fn a_name_new_at_the_same_link_is_the_old_one_renamed() {
    let profile = profile(&["Alder House", "Birch Center", "Sum of Us"], "words");
    let mut then = listing(
        &[("Partners", &["Alder House", "Birch Center", "Sum of Us"])],
        "words",
    );
    let mut now = listing(
        &[("Partners", &["Alder House", "Birch Center", "Eko"])],
        "words",
    );
    then.lists[0].items[2].href = Some("https://www.sum.example/".into());
    now.lists[0].items[2].href = Some("http://sum.example".into());
    let findings = over(
        &profile,
        &[("20221022", 200, Some(then)), ("20240610", 200, Some(now))],
    );
    assert_eq!(
        about(&findings, "Sum of Us").conclusion,
        Conclusion::Verdict(Verdict::Renamed {
            to: "Eko".into(),
            because: "it has the link that the claimed name had".into()
        })
    );
}

#[test]
fn computing_again_gives_the_same_bytes() {
    let profile = profile(
        &["Alder House", "Birch Center", "Cedar Peace Forum"],
        "peacebuilding",
    );
    let page = listing(
        &[(
            "Partners",
            &["Birch Center", "Alder House", "Elm", "Fir Trust"],
        )],
        "We do peace-building.",
    );
    let visits = [
        ("20221022", 200, Some(page.clone())),
        ("20240610", 200, Some(page)),
    ];
    let json = |it: &[Finding]| serde_json::to_string(it).unwrap();
    let first = json(&over(&profile, &visits));
    for _ in 0..5 {
        assert_eq!(json(&over(&profile, &visits)), first);
    }
}

#[test]
fn a_claim_with_two_pages_is_absent_only_where_both_could_be_read() {
    let mut profile = profile(
        &["Alder House", "Birch Center", "Cedar Peace Forum"],
        "words",
    );
    profile.references.push(Reference {
        number: 2,
        url: Some("https://example.org/faq".into()),
        ..Reference::default()
    });
    profile.claims[0].cites = vec![1, 2];
    let list = listing(&[("Partners", &["Alder House", "Birch Center"])], "words");
    let first = [entry("https://example.org/partners", "20240101", 200)];
    let second = [entry("https://example.org/faq", "20240101", 503)];
    let one = Visited {
        hops: &first,
        reading: Some(&list),
    };
    let bad = Visited {
        hops: &second,
        reading: None,
    };
    let said = |second: Vec<Visited<'_>>| {
        let findings = findings(
            "example",
            &profile,
            &BTreeMap::from([(1, vec![one]), (2, second)]),
        );
        match &about(&findings, "Cedar Peace Forum").conclusion {
            Conclusion::Verdict(it) => word(it),
            Conclusion::Fate(_) => String::new(),
        }
    };
    assert_eq!(said(vec![bad]), "cannot tell: FetchFailed");
    assert_eq!(said(vec![]), "cannot tell: NotVisited");
    let prose = reading("Questions and answers about everything.");
    assert_eq!(
        said(vec![Visited {
            hops: &second[..0],
            reading: None
        }]),
        "cannot tell: NotVisited"
    );
    let good = [entry("https://example.org/faq", "20240101", 200)];
    assert_eq!(
        said(vec![Visited {
            hops: &good,
            reading: Some(&prose)
        }]),
        "absent"
    );
}
