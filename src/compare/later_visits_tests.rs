//! What earlier visits taught, held at later ones.

use super::{
    history_tests::{about, day, over, profile},
    testing::listing,
};
use crate::finding::{Conclusion, Subject, Verdict};

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
