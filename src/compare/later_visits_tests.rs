//! What earlier visits taught, held at later ones.

use std::collections::BTreeMap;

use super::{
    Visited, findings,
    history_tests::{about, day, over, profile},
    testing::{entry, listing},
};
use crate::{
    capture::Untrusted,
    entity::NameSource,
    finding::{Conclusion, Fate, Finding, Subject, Verdict, Why},
    reading::{Ending, Reading},
};

#[test]
fn a_name_renamed_at_one_visit_is_still_renamed_at_the_next() {
    let before = [
        "Alder House",
        "Birch Center",
        "Cedar Peace Forum",
        "Old Mill Mediation",
    ];
    let after = [
        "Alder House",
        "Birch Center",
        "Cedar Peace Forum",
        "Lantern for Dialogue",
    ];
    let linked = |names: &[&str]| {
        let mut it = listing(&[("Partners", names)], "words");
        for (at, item) in it.lists[0].items.iter_mut().enumerate() {
            item.href = Some(format!("https://member-{at}.example/"));
        }
        it
    };
    let findings = over(
        &profile(&before, "words"),
        &[
            ("20221022", 200, Some(linked(&before))),
            ("20240610", 200, Some(linked(&after))),
            ("20260610", 200, Some(linked(&after))),
        ],
    );
    let renamed = findings.iter().find(
        |it| matches!(&it.subject, Subject::Name { name, .. } if name == "Old Mill Mediation"),
    );
    let renamed = renamed.unwrap();
    assert!(
        matches!(&renamed.conclusion, Conclusion::Verdict(Verdict::Renamed { to, .. }) if to == "Lantern for Dialogue"),
        "{:?}",
        renamed.conclusion
    );
    assert_eq!(day(renamed.history.changed_by), "2024-06-10");
    assert!(
        !findings
            .iter()
            .any(|it| matches!(it.subject, Subject::NewName { .. }))
    );
}

#[test]
fn words_that_are_gone_are_said_to_be_with_confidence() {
    let page = |text: &str| {
        Some(listing(
            &[("Partners", &["Alder House", "Birch Center"])],
            text,
        ))
    };
    let findings = over(
        &profile(
            &["Alder House", "Birch Center"],
            "countering the spread of quarrels",
        ),
        &[
            (
                "20221022",
                200,
                page("We are countering the spread of quarrels in town."),
            ),
            (
                "20240610",
                200,
                page("We moved to another town and do other things now."),
            ),
        ],
    );
    let gone = about(&findings, "countering the spread of quarrels");
    assert_eq!(gone.conclusion, Conclusion::Verdict(Verdict::Absent));
    assert!(gone.confidence > 0.7, "{}", gone.confidence);
}

/// Five names that are in no order of the alphabet, with another in the place of the third.
fn replaced(name: &str, by: &str, change: impl Fn(&mut Reading)) -> Vec<Finding> {
    let before = [
        "Quill Fund",
        "Dogwood Alliance",
        name,
        "Birch Center",
        "Elm House",
    ];
    let after = [
        "Quill Fund",
        "Dogwood Alliance",
        by,
        "Birch Center",
        "Elm House",
    ];
    let page = |names: &[&str]| {
        let mut it = listing(&[("Partners", names)], "words");
        change(&mut it);
        it
    };
    over(
        &profile(&before, "words"),
        &[
            ("20221022", 200, Some(page(&before))),
            ("20240610", 200, Some(page(&after))),
        ],
    )
}

#[test]
fn a_translation_is_a_rename_where_the_picture_stayed() {
    let pictured = |reading: &mut Reading| {
        for (at, item) in reading.lists[0].items.iter_mut().enumerate() {
            let file = ["quillfund", "dogwood", "stadtrat-logo", "birch", "elmhouse"][at];
            item.also.push((NameSource::FileName, file.into()));
        }
    };
    let findings = replaced("Stadtrat Birkenau", "City Council of Birkenau", pictured);
    let Conclusion::Verdict(Verdict::Renamed { to, because }) =
        &about(&findings, "Stadtrat Birkenau").conclusion
    else {
        panic!("{findings:?}");
    };
    assert_eq!(to, "City Council of Birkenau");
    assert_eq!(because, "it has the picture that the claimed name had");
    let reasons = &about(&findings, "Stadtrat Birkenau").reasons;
    assert!(
        reasons
            .iter()
            .any(|it| it.what.contains("between the same names")),
        "{reasons:?}"
    );
}

#[test]
fn a_name_in_the_place_of_another_is_a_candidate_and_no_rename() {
    let findings = replaced("Stadtrat Birkenau", "Consell Municipal", |_| {});
    let it = about(&findings, "Stadtrat Birkenau");
    assert!(
        matches!(
            &it.conclusion,
            Conclusion::Verdict(Verdict::CannotTell { why: Why::Perhaps, detail })
                if detail.contains("Consell Municipal")
        ),
        "{:?}",
        it.conclusion
    );
    assert!(!it.reasons.is_empty() && it.reasons.iter().all(|it| it.weight > 0.0));
}

#[test]
fn pictures_that_any_page_has_are_no_evidence() {
    let findings = replaced("Adler House", "Zebra Fund", |reading| {
        reading.lists[0].items.swap(2, 0);
        for item in &mut reading.lists[0].items {
            item.also
                .push((NameSource::FileName, "partner-logo-1".into()));
        }
    });
    assert_eq!(
        about(&findings, "Adler House").conclusion,
        Conclusion::Verdict(Verdict::Absent)
    );
}

/// The verdicts on words and on a name after these visits: the date, what is wrong with the chain of certificates, the page.
fn after(visits: &[(&str, Option<Untrusted>, Reading)]) -> (Verdict, Verdict, Fate) {
    let profile = profile(
        &["Alder House", "Birch Center", "Cedar Forum"],
        "unarmed civilian protection",
    );
    let hops: Vec<Vec<_>> = visits
        .iter()
        .map(|(at, untrusted, _)| {
            let mut it = entry("https://example.org/partners", at, 200);
            it.untrusted = *untrusted;
            vec![it]
        })
        .collect();
    let visited: Vec<Visited<'_>> = hops
        .iter()
        .zip(visits)
        .map(|(hops, it)| Visited {
            hops,
            reading: Some(&it.2),
        })
        .collect();
    let findings = findings("example", &profile, &BTreeMap::from([(1, visited)]));
    let verdict = |is: &dyn Fn(&Subject) -> bool| {
        let mut of = findings.iter().filter(|it| is(&it.subject));
        match of.next().map(|it| it.conclusion.clone()) {
            Some(Conclusion::Verdict(it)) => it,
            other => panic!("{other:?}"),
        }
    };
    let fate = findings.iter().find_map(|it| match &it.conclusion {
        Conclusion::Fate(it) => Some(it.clone()),
        Conclusion::Verdict(_) => None,
    });
    (
        verdict(&|it| matches!(it, Subject::Quotation { .. })),
        verdict(&|it| matches!(it, Subject::Name { name, .. } if name == "Cedar Forum")),
        fate.unwrap_or(Fate::Live),
    )
}

const PROSE: &str = "We practice unarmed civilian protection. The alliance meets in the harbor hall each spring to hear reports from its \
    circles and to plan the year of work ahead with friends.";

fn with(prose: &str, names: &[&str]) -> Reading {
    listing(&[("Partners", names)], prose)
}

#[test]
fn a_page_whose_host_cannot_be_trusted_takes_nothing_away_and_bears_out_what_it_has() {
    let all = ["Alder House", "Birch Center", "Cedar Forum"];
    let less = PROSE.replace("unarmed civilian protection", "quiet talks");
    let now = |untrusted| {
        after(&[
            ("20260101", None, with(PROSE, &all)),
            ("20260601", untrusted, with(&less, &all[..2])),
        ])
    };
    let (words, name, _) = now(None);
    assert_eq!((words, name), (Verdict::Absent, Verdict::Absent));
    for untrusted in [
        Untrusted::Expired,
        Untrusted::WrongHost,
        Untrusted::UnknownIssuer,
        Untrusted::Invalid,
    ] {
        let (words, name, fate) = now(Some(untrusted));
        for it in [&words, &name] {
            assert!(
                matches!(it, Verdict::CannotTell { .. }),
                "{untrusted:?} {it:?}"
            );
        }
        assert_eq!(fate, Fate::Live, "{untrusted:?}");
    }
    let (words, name, _) = after(&[("20260601", Some(Untrusted::Expired), with(PROSE, &all))]);
    assert_eq!((words, name), (Verdict::Present, Verdict::Present));
}

#[test]
fn a_page_that_comes_without_its_end_twice_has_come_to_end_so() {
    let all = ["Alder House", "Birch Center", "Cedar Forum"];
    let page = |prose: &str, ending: Ending| {
        let mut it = with(prose, &all);
        it.ending = ending;
        it
    };
    let first = format!(
        "{PROSE}\nIts library holds letters from the river towns, and its school teaches ferry pilots in winter."
    );
    let less = PROSE.replace("unarmed civilian protection", "quiet talks");
    let once = [
        ("20260101", None, page(&first, Ending::Closed)),
        ("20260601", None, page(&less, Ending::Open)),
    ];
    let said = after(&once).0;
    assert!(
        matches!(
            said,
            Verdict::CannotTell {
                why: Why::Truncated,
                ..
            }
        ),
        "{said:?}"
    );
    let mut twice = once.to_vec();
    twice.push((
        "20260701",
        None,
        page(&format!("{less} Come and see."), Ending::Open),
    ));
    assert_eq!(after(&twice).0, Verdict::Absent);
    // Cut at an earlier place, it was cut again.
    twice.pop();
    twice.push(("20260701", None, page(&less[..120], Ending::Open)));
    assert!(matches!(after(&twice).0, Verdict::CannotTell { .. }));
}
