//! Names that moved, merged or were split between visits.

use std::collections::BTreeMap;

use super::{
    Visited, findings,
    history_tests::{about, day, over, profile},
    testing::{entry, listing},
    tests::word,
};
use crate::{
    capture::CaptureEntry,
    finding::{Conclusion, Finding, Verdict},
    profile::{Profile, Reference},
    reading::Reading,
};

type Lists<'a> = &'a [(&'a str, &'a [&'a str])];

fn said(findings: &[Finding], name: &str) -> String {
    match &about(findings, name).conclusion {
        Conclusion::Verdict(it) => word(it),
        Conclusion::Fate(_) => "fate".into(),
    }
}

/// What is said of names after the last of some visits of one page.
fn after(names: &[&str], visits: &[(&str, Lists<'_>)]) -> Vec<Finding> {
    let visits: Vec<(&str, u16, Option<Reading>)> = visits
        .iter()
        .map(|(at, lists)| (*at, 200, Some(listing(lists, "words"))))
        .collect();
    over(&profile(names, "words"), &visits)
}

const PLEDGED: [&str; 4] = [
    "Alder House",
    "Birch Center",
    "Cedar Peace Forum",
    "Dogwood Alliance",
];

#[test]
fn a_name_that_left_its_list_for_another_one_moved_and_both_places_are_shown() {
    let before: Lists<'_> = &[
        ("Has pledged", &["Alder House", "Birch Center"]),
        ("Not yet", &["Cedar Peace Forum", "Dogwood Alliance"]),
    ];
    let now: Lists<'_> = &[
        ("Has pledged:", &["Birch Center", "Cedar Peace Forum"]),
        ("Not yet", &["Dogwood Alliance", "Alder House"]),
    ];
    let findings = after(
        &PLEDGED,
        &[("20221022", before), ("20240610", now), ("20250610", now)],
    );
    assert_eq!(said(&findings, "Alder House"), "moved to Not yet");
    assert_eq!(said(&findings, "Cedar Peace Forum"), "moved to Has pledged");
    assert_eq!(said(&findings, "Birch Center"), "present");
    assert_eq!(said(&findings, "Dogwood Alliance"), "present");
    let moved = about(&findings, "Alder House");
    assert!(moved.is_change());
    assert_eq!(day(moved.history.changed_after), "2022-10-22");
    assert_eq!(day(moved.history.changed_by), "2024-06-10");
    let places: Vec<_> = moved
        .evidence
        .iter()
        .map(|evidence| {
            (
                evidence.capture.date.format("%Y").to_string(),
                evidence.note.clone().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            (
                "2024".to_owned(),
                "in the list \"Not yet\" (2 names)".to_owned()
            ),
            (
                "2022".to_owned(),
                "in the list \"Has pledged\" (2 names)".to_owned()
            ),
        ]
    );
}

#[test]
fn a_list_under_another_heading_is_no_move() {
    let before: Lists<'_> = &[
        ("Has pledged", &["Alder House", "Birch Center"]),
        ("Not yet", &["Cedar Peace Forum", "Dogwood Alliance"]),
    ];
    for now in [
        // Another heading for the whole list; one list for both; the same headings with counts; all twice.
        &[
            ("Pledged so far", &["Alder House", "Birch Center"][..]),
            ("Not yet", &["Cedar Peace Forum", "Dogwood Alliance"]),
        ][..],
        &[("All we asked", &PLEDGED[..])],
        &[
            ("HAS PLEDGED (2)", &["Alder House", "Birch Center"]),
            ("Not yet (2)", &["Cedar Peace Forum", "Dogwood Alliance"]),
        ],
        &[
            ("Everybody", &PLEDGED),
            ("Has pledged", &["Alder House", "Birch Center"]),
            ("Not yet", &["Cedar Peace Forum", "Dogwood Alliance"]),
        ],
    ] {
        let findings = after(&PLEDGED, &[("20221022", before), ("20240610", now)]);
        for name in PLEDGED {
            assert_eq!(said(&findings, name), "present", "{name} in {now:?}");
        }
    }
}

#[test]
fn a_name_that_came_back_to_its_list_is_where_it_was() {
    let there: Lists<'_> = &[("Has pledged", &PLEDGED)];
    let moved: Lists<'_> = &[
        ("Has pledged", &PLEDGED[1..]),
        ("Not yet", &["Alder House", "Elm"]),
    ];
    let findings = after(
        &PLEDGED,
        &[
            ("20221022", there),
            ("20240610", moved),
            ("20250610", there),
        ],
    );
    assert_eq!(said(&findings, "Alder House"), "present");
}

/// A profile of two pages, the claim citing those given, and visits of both.
fn two_pages(cites: &[u32], visits: [&[(&str, Lists<'_>)]; 2]) -> Vec<Finding> {
    let base = profile(&PLEDGED, "words");
    let mut claim = base.claims[0].clone();
    claim.cites = cites.to_vec();
    let reference = |number: u32| Reference {
        number,
        url: Some(format!("https://example.org/{number}")),
        ..Reference::default()
    };
    let profile = Profile {
        references: vec![reference(1), reference(2)],
        claims: vec![claim],
        ..base
    };
    let read: Vec<Vec<(Vec<CaptureEntry>, Reading)>> = visits
        .iter()
        .zip(1..)
        .map(|(visits, number)| {
            let page = format!("https://example.org/{number}");
            let visits = visits.iter();
            visits
                .map(|(at, lists)| (vec![entry(&page, at, 200)], listing(lists, "words")))
                .collect()
        })
        .collect();
    let visited: BTreeMap<u32, Vec<Visited<'_>>> = read
        .iter()
        .zip(1..)
        .map(|(visits, number)| {
            let visits = visits.iter().map(|(hops, reading)| Visited {
                hops,
                reading: Some(reading),
            });
            (number, visits.collect())
        })
        .collect();
    findings("example", &profile, &visited)
}

const OTHERS: [&str; 3] = ["Elm Fund", "Fir Mediation", "Ginkgo Trust"];

#[test]
fn a_name_that_left_its_page_for_another_cited_page_moved_whether_the_claim_cites_both_or_one() {
    let all: Lists<'_> = &[("Members", &PLEDGED)];
    let fewer: Lists<'_> = &[("Members", &PLEDGED[1..])];
    let others: Lists<'_> = &[("Former members", &OTHERS)];
    let more: Lists<'_> = &[(
        "Former members",
        &["Elm Fund", "Fir Mediation", "Alder House", "Ginkgo Trust"],
    )];
    for cites in [&[1][..], &[1, 2]] {
        let findings = two_pages(
            cites,
            [
                &[("20221022", all), ("20240610", fewer)],
                &[("20221022010000", others), ("20240610010000", more)],
            ],
        );
        let moved = about(&findings, "Alder House");
        let Conclusion::Verdict(Verdict::MovedPage { from, to }) = &moved.conclusion else {
            panic!("{cites:?}: {:?}", moved.conclusion);
        };
        assert_eq!(from.as_str(), "https://example.org/1");
        assert_eq!(to.as_str(), "https://example.org/2");
        let shown: Vec<&str> = moved
            .evidence
            .iter()
            .map(|evidence| evidence.capture.target_uri.as_str())
            .collect();
        assert!(
            shown.contains(&from.as_str()) && shown.contains(&to.as_str()),
            "{shown:?}"
        );
        assert_eq!(day(moved.history.changed_after), "2022-10-22", "{cites:?}");
        assert_eq!(said(&findings, "Birch Center"), "present");
    }
}

#[test]
fn a_name_that_another_page_always_had_is_absent_and_that_page_is_told() {
    let all: Lists<'_> = &[("Members", &PLEDGED)];
    let fewer: Lists<'_> = &[("Members", &PLEDGED[1..])];
    let both: Lists<'_> = &[("Everybody", &["Alder House", "Elm Fund", "Fir Mediation"])];
    let findings = two_pages(
        &[1],
        [
            &[("20221022", all), ("20240610", fewer)],
            &[("20221022", both), ("20240610", both)],
        ],
    );
    let gone = about(&findings, "Alder House");
    assert_eq!(said(&findings, "Alder House"), "absent");
    assert!(
        gone.reasons
            .iter()
            .any(|reason| reason.what.contains("reference 2")),
        "{:?}",
        gone.reasons
    );
}

#[test]
fn names_that_became_one_are_merged_each_with_the_others() {
    let before: Lists<'_> = &[("Members", &PLEDGED)];
    for one in [
        "Alder House & Birch Center",
        "Alder Birch House Center",
        "Birch Center / Alder House",
    ] {
        let now: Lists<'_> = &[("Members", &["Cedar Peace Forum", one, "Dogwood Alliance"])];
        let findings = after(&PLEDGED, &[("20221022", before), ("20240610", now)]);
        for (name, other) in [
            ("Alder House", "Birch Center"),
            ("Birch Center", "Alder House"),
        ] {
            let merged = about(&findings, name);
            assert_eq!(
                merged.conclusion,
                Conclusion::Verdict(Verdict::Merged {
                    into: one.into(),
                    with: vec![other.into()]
                }),
                "{one}"
            );
            assert_eq!(day(merged.history.last_seen), "2022-10-22");
        }
        assert_eq!(said(&findings, "Dogwood Alliance"), "present");
        assert!(!format!("{findings:?}").contains("NewName"), "{one}");
    }
}

#[test]
fn a_joint_project_that_was_listed_beside_its_parents_is_no_merger() {
    let all = [
        "Alder House",
        "Birch Center",
        "Alder House & Birch Center",
        "Cedar Peace Forum",
    ];
    let before: Lists<'_> = &[("Members", &all)];
    let now: Lists<'_> = &[("Members", &all[2..])];
    let findings = after(&all, &[("20221022", before), ("20240610", now)]);
    for name in &all[..2] {
        assert_eq!(said(&findings, name), "absent");
    }
}

#[test]
fn a_name_that_became_several_is_split() {
    let stays = ["Cedar Peace Forum", "Dogwood Alliance", "Elm Fund"];
    for (name, parts) in [
        (
            "Alder House and Birch Center",
            ["Alder House", "Birch Center"],
        ),
        (
            "Alder Birch Foundation",
            ["Alder Foundation", "Birch Foundation"],
        ),
        (
            "Saffron Relief",
            ["Saffron Relief Norway", "Saffron Relief Sweden"],
        ),
    ] {
        let mut before = stays.to_vec();
        before.push(name);
        let mut now = stays.to_vec();
        now.extend(parts);
        let findings = after(
            &before,
            &[
                ("20221022", &[("Members", &before)]),
                ("20240610", &[("Members", &now)]),
            ],
        );
        assert_eq!(
            said(&findings, name),
            format!("split into {}", parts.join(" + "))
        );
        assert_eq!(said(&findings, "Elm Fund"), "present");
    }
}

#[test]
fn one_name_in_place_of_another_is_no_split() {
    let stays = ["Cedar Peace Forum", "Dogwood Alliance", "Elm Fund"];
    let mut before = stays.to_vec();
    before.push("Alder Birch Foundation");
    let mut now = stays.to_vec();
    now.extend(["Alder Institute", "Hazel Foundation"]);
    let findings = after(
        &before,
        &[
            ("20221022", &[("Members", &before)]),
            ("20240610", &[("Members", &now)]),
        ],
    );
    assert_eq!(said(&findings, "Alder Birch Foundation"), "absent");
}
