//! What pages say of words over several visits: quotations, statements and figures.

use super::{
    history_tests::{day, over, profile},
    testing::reading,
};
use crate::{
    finding::{Conclusion, Verdict, Why},
    profile::{Claim, Profile, Statement},
};

/// A profile whose second claim is another one about the same page.
fn stating(statement: Statement) -> Profile {
    let mut profile = profile(&["Alder House"], "words");
    profile.claims = vec![Claim {
        statement,
        ..profile.claims[1].clone()
    }];
    profile
}

fn last_verdict(statement: Statement, texts: &[&str]) -> (Verdict, String) {
    let dates = ["20221022", "20230301", "20240610"];
    let visits: Vec<_> = texts
        .iter()
        .zip(dates)
        .map(|(it, at)| (at, 200, Some(reading(it))))
        .collect();
    let findings = over(&stating(statement), &visits);
    let it = findings.last().unwrap();
    let Conclusion::Verdict(verdict) = &it.conclusion else {
        panic!("{it:?}")
    };
    (verdict.clone(), day(it.history.changed_by))
}

#[test]
fn a_quotation_whose_sentence_is_turned_is_altered() {
    let quoted = |texts: &[&str]| {
        last_verdict(
            Statement::Quoted {
                exact: "peace at home".into(),
            },
            texts,
        )
    };
    let first = "We always work for peace at home and in the world.";
    let (verdict, since) = quoted(&[
        first,
        "We do not always work for peace at home and in the world.",
    ]);
    assert!(
        matches!(&verdict, Verdict::Altered { how, .. } if how.contains("negation")),
        "{verdict:?}"
    );
    assert_eq!(since, "2023-03-01");
    assert_eq!(
        quoted(&[
            first,
            "We always work for peace at home and in all the world."
        ])
        .0,
        Verdict::Present
    );
}

#[test]
fn a_sentence_is_turned_by_words_of_its_language() {
    let rows = [
        (
            "Frieden im Hafen",
            "Der Bund arbeitet mit der Stadt für den Frieden im Hafen und auf dem Meer.",
            "Der Bund arbeitet mit der Stadt nicht für den Frieden im Hafen und auf dem Meer.",
            true,
        ),
        (
            "pace nel porto",
            "Il gruppo lavora con la città e con le scuole per la pace nel porto.",
            "Il gruppo non lavora con la città e con le scuole per la pace nel porto.",
            true,
        ),
        (
            "peace in the harbor",
            "The nonprofit group works with the town for peace in the harbor.",
            "The non profit group works with the town for peace in the harbor.",
            false,
        ),
    ];
    for (exact, before, after, turned) in rows {
        let quoted = Statement::Quoted {
            exact: exact.into(),
        };
        let (verdict, _) = last_verdict(quoted, &[before, after]);
        let altered = matches!(&verdict, Verdict::Altered { how, .. } if how.contains("negation"));
        assert_eq!(altered, turned, "{after}: {verdict:?}");
    }
}

#[test]
fn a_statement_whose_passage_vanishes_is_told() {
    let stated = |texts: &[&str]| {
        last_verdict(
            Statement::Stated {
                exact: "The group compared the protests to wars in Kenya and Syria.".into(),
            },
            texts,
        )
    };
    let first = "Menu\nHe likened protests to those wars seen in Kenya and Syria.\nContact";
    assert!(matches!(
        stated(&[first, first]).0,
        Verdict::CannotTell {
            why: Why::NotSettled,
            ..
        }
    ));
    let (verdict, since) = stated(&[
        first,
        first,
        "Menu\nWe care for gardens and songs.\nContact",
    ]);
    // No passage took its place: nothing is proposed in its stead.
    assert_eq!(verdict, Verdict::Absent);
    assert_eq!(since, "2024-06-10");
    // A heading or an abbreviation with one of its names is not a passage in its place.
    for short in ["Kenya", "K&S: Kenya", "SYR"] {
        let page = format!("Menu\n{short}\nWe care for gardens and songs.\nContact");
        assert_eq!(
            stated(&[first, page.as_str()]).0,
            Verdict::Absent,
            "{short}"
        );
    }
    let instead = "Menu\nHe likened protests to the battles of Kenya.\nContact";
    assert!(matches!(
        stated(&[first, instead]).0,
        Verdict::Altered { to, .. } if to.contains("battles of Kenya")
    ));
    let the_same = "Menu\nHe likened protests to the battles of Kenya and of Syria.\nContact";
    assert!(matches!(
        stated(&[first, the_same]).0,
        Verdict::CannotTell {
            why: Why::NotSettled,
            ..
        }
    ));
}

#[test]
fn a_figure_that_changed_has_its_day() {
    let (verdict, since) = last_verdict(
        Statement::Figure {
            exact: "134 countries".into(),
        },
        &[
            "We are in 134 countries.",
            "We are in 134 countries.",
            "We are in 121 countries.",
        ],
    );
    assert!(
        matches!(&verdict, Verdict::Altered { to, .. } if to == "121 countries"),
        "{verdict:?}"
    );
    assert_eq!(since, "2024-06-10");
}
