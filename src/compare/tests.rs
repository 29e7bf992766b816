//! The comparison as a whole: names and quotations by case tables and on whole pages.

use serde::Deserialize;

use super::{
    Scope, figure, names, quotation,
    testing::{listing, reading},
};
use crate::{
    finding::Verdict,
    profile::{Alias, ListedName},
    reading::PageState,
};

pub(super) fn listed(names: &[&str]) -> Vec<ListedName> {
    names
        .iter()
        .map(|name| ListedName::One((*name).to_owned()))
        .collect()
}

/// A verdict in one word, with the name it leads to: `renamed to X`.
pub(super) fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Present => "present".into(),
        Verdict::Elsewhere { .. } => "elsewhere".into(),
        Verdict::Absent => "absent".into(),
        Verdict::Renamed { to, .. } => format!("renamed to {to}"),
        Verdict::Altered { to, .. } => format!("altered to {to}"),
        Verdict::New => "new".into(),
        Verdict::Redesigned { .. } => "redesigned".into(),
        Verdict::MovedList { to, .. } => format!("moved to {to}"),
        Verdict::MovedPage { to, .. } => format!("moved to {to}"),
        Verdict::Merged { into, .. } => format!("merged into {into}"),
        Verdict::Split { into } => format!("split into {}", into.join(" + ")),
        Verdict::CannotTell { why, .. } => format!("cannot tell: {why:?}"),
    }
}

#[derive(Deserialize)]
struct Cases<T> {
    case: Vec<T>,
}

#[derive(Deserialize)]
struct NameCase {
    claimed: String,
    page: Vec<String>,
    expected: String,
    why: String,
}

#[test]
fn one_name_among_others() {
    let cases: Cases<NameCase> =
        toml::from_str(include_str!("../../tests/cases/names/one.toml")).unwrap();
    let mut faults = Vec::new();
    for it in &cases.case {
        // Three names that stay locate the list.
        let stay = [
            "Harbour Lights Sailing Club",
            "Northern Orchard Growers",
            "Quillfeather Press",
        ];
        let mut page: Vec<&str> = stay.to_vec();
        page.extend(it.page.iter().map(String::as_str));
        let mut claimed = vec![it.claimed.as_str()];
        claimed.extend(stay);
        let answer = names(
            &listed(&claimed),
            &listing(&[("Partners", &page)], ""),
            Scope::default(),
            &[],
        );
        let said = word(&answer.names[0].verdict);
        if said != it.expected {
            faults.push(format!(
                "{} | {:?}: {said}, not {} ({})",
                it.claimed, it.page, it.expected, it.why
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {}\n{}",
        faults.len(),
        cases.case.len(),
        faults.join("\n")
    );
}

#[derive(Deserialize)]
struct QuoteCase {
    quoted: String,
    page: String,
    expected: String,
    why: String,
}

#[test]
fn quoted_words_on_a_page() {
    let cases: Cases<QuoteCase> =
        toml::from_str(include_str!("../../tests/cases/quotes/quotes.toml")).unwrap();
    let mut faults = Vec::new();
    for it in &cases.case {
        let answer = quotation(&it.quoted, &reading(&it.page), Scope::default());
        let said = word(&answer.verdict);
        if said != it.expected {
            faults.push(format!(
                "{} | {}: {said}, not {} ({})",
                it.quoted, it.page, it.expected, it.why
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {}\n{}",
        faults.len(),
        cases.case.len(),
        faults.join("\n")
    );
}

#[derive(Deserialize)]
struct FigureCase {
    claimed: String,
    page: String,
    expected: String,
    why: String,
}

#[test]
fn numbers_of_things_on_a_page() {
    let cases: Cases<FigureCase> =
        toml::from_str(include_str!("../../tests/cases/figures/figures.toml")).unwrap();
    let mut faults = Vec::new();
    for it in &cases.case {
        let answer = figure(&it.claimed, &reading(&it.page), Scope::default());
        let said = word(&answer.verdict);
        if said != it.expected {
            faults.push(format!(
                "{} | {}: {said}, not {} ({})",
                it.claimed, it.page, it.expected, it.why
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {}\n{}",
        faults.len(),
        cases.case.len(),
        faults.join("\n")
    );
}

#[test]
fn names_that_stay_go_and_come_are_told_apart() {
    let claimed = listed(&[
        "Alder House",
        "Birch Mediation Center",
        "Cedar Peace Forum",
        "Dogwood Alliance",
    ]);
    let page = listing(
        &[(
            "Partners",
            &[
                "Birch Mediation Centre",
                "Alder House",
                "Dogwood Alliance Fund",
                "Elm Street Library",
            ],
        )],
        "",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    let said: Vec<String> = answer
        .names
        .iter()
        .map(|name| word(&name.verdict))
        .collect();
    assert_eq!(
        said,
        [
            "present",
            "present",
            "absent",
            "renamed to Dogwood Alliance Fund"
        ]
    );
    let new: Vec<&str> = answer.new.iter().map(|new| new.name.as_str()).collect();
    assert_eq!(new, ["Elm Street Library"]);
}

#[test]
fn a_lost_list_is_never_called_all_gone() {
    let claimed = listed(&[
        "Alder House",
        "Birch Mediation Center",
        "Cedar Peace Forum",
        "Dogwood Alliance",
    ]);
    let page = listing(
        &[("Menu", &["Home", "About", "Contact"])],
        "Our partners are shown in the table below.",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    for name in &answer.names {
        assert_eq!(
            word(&name.verdict),
            "cannot tell: ListNotFound",
            "{}",
            name.claimed
        );
    }
    assert!(answer.new.is_empty());
}

/// The verdicts on `claimed` on a page of these lists, and the names that are told as new.
fn verdicts(claimed: &[&str], lists: &[(&str, &[&str])]) -> (Vec<String>, Vec<String>) {
    let answer = names(&listed(claimed), &listing(lists, ""), Scope::default(), &[]);
    (
        answer
            .names
            .iter()
            .map(|name| word(&name.verdict))
            .collect(),
        answer.new.into_iter().map(|new| new.name).collect(),
    )
}

#[test]
fn a_list_beside_the_claims_under_another_heading_is_another_list() {
    let pledged = ("Has pledged", &["Alder House", "Birch Center"][..]);
    let others = &["Dogwood Alliance", "Elm Street Library"][..];
    let (_, new) = verdicts(
        &["Alder House", "Birch Center"],
        &[pledged, ("Has not pledged yet", others)],
    );
    assert_eq!(new, [""; 0]);
    let (_, new) = verdicts(
        &["Alder House", "Birch Center"],
        &[pledged, ("Has pledged (2)", others)],
    );
    assert_eq!(new, others);
}

#[test]
fn tiers_are_one_list_where_claimed_names_stand_in_several() {
    let claimed = ["Alder House", "Birch Center", "Cedar Peace Forum"];
    let tiers = [
        ("Gold", &["Alder House", "Birch Center"][..]),
        ("Silver", &["Cedar Peace Forum"][..]),
        ("Bronze", &["Dogwood Alliance"][..]),
        ("Former partners", &["Elm Street Library"][..]),
    ];
    let (said, new) = verdicts(&claimed, &tiers);
    assert_eq!(said, ["present"; 3]);
    assert_eq!(new, ["Dogwood Alliance"]);
}

#[test]
fn two_persons_in_one_line_are_both_present_and_two_bodies_in_one_are_merged() {
    let stay = ["Mirjam Oosterveld", "Tobias Lindqvist"];
    for (both, line, said) in [
        (
            ["Ilona Ferrante", "Gareth Penhallow"],
            "Ilona Ferrante & Gareth Penhallow",
            "present",
        ),
        (
            ["Alder House", "Birch Center"],
            "Alder House & Birch Center",
            "merged into Alder House & Birch Center",
        ),
    ] {
        let claimed = [&both[..], &stay].concat();
        let page = [&[line][..], &stay].concat();
        let (verdicts, new) = verdicts(&claimed, &[("Board", &page)]);
        assert_eq!(verdicts[..2], [said; 2]);
        assert_eq!(new, [""; 0]);
    }
}

#[test]
fn a_name_in_a_sentence_beside_its_list_is_not_absent() {
    let stay = ["Ilona Ferrante", "Mirjam Oosterveld", "Tobias Lindqvist"];
    let sentence = "Our treasurer is Gareth Penhallow, who joined in 2020";
    let (said, _) = verdicts(
        &[&stay[..], &["Gareth Penhallow"]].concat(),
        &[("Board", &stay), ("", &[sentence])],
    );
    assert_eq!(said, ["present", "present", "present", "elsewhere"]);
    let (said, _) = verdicts(
        &[&stay[..], &["Gareth Penhallow"]].concat(),
        &[
            ("Board", &stay),
            ("", &["House of Gareth Penhallow Road, 3"]),
        ],
    );
    assert_eq!(said[3], "absent");
}

#[test]
fn a_name_is_present_in_a_sibling_of_its_list_that_another_template_wrote() {
    let claimed = listed(&["Alder House", "Birch Center", "Cedar Peace Forum"]);
    let mut page = listing(
        &[
            ("Members", &["Alder House", "Birch Center"]),
            (
                "Supporters",
                &[
                    "Cedar Peace Forum",
                    "Dogwood Alliance",
                    "Elm Street Library",
                    "Fir Fund",
                ],
            ),
        ],
        "",
    );
    "other".clone_into(&mut page.lists[1].template);
    let answer = names(&claimed, &page, Scope::default(), &[]);
    assert_eq!(word(&answer.names[2].verdict), "present");
}

#[test]
fn a_name_that_a_blocked_page_shows_is_there_and_of_others_there_is_no_telling() {
    let mut page = listing(&[("Partners", &["Alder House", "Birch Center"])], "");
    page.state = PageState::Blocked;
    let answer = names(
        &listed(&["Alder House", "Cedar Forum"]),
        &page,
        Scope::default(),
        &[],
    );
    let words: Vec<String> = answer
        .names
        .iter()
        .map(|name| word(&name.verdict))
        .collect();
    assert_eq!(words, ["elsewhere", "cannot tell: Blocked"]);
}

#[test]
fn a_name_outside_the_list_is_present_elsewhere() {
    let claimed = listed(&["Alder House", "Birch Center", "Cedar Peace Forum"]);
    let page = listing(
        &[("Partners", &["Alder House", "Birch Center"])],
        "We thank the Cedar Peace Forum for many years of help.",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    assert_eq!(
        answer.names[2].verdict,
        Verdict::Elsewhere {
            place: "in the text".into()
        }
    );
}

#[test]
fn a_name_spelt_out_on_the_page_is_never_absent() {
    let claimed = listed(&["Alder House", "Birch Center", "Cedar Peace Forum"]);
    let list: &[_] = &[("Partners", &["Alder House", "Birch Center"][..])];
    let with = |text: &str| {
        let answer = names(&claimed, &listing(list, text), Scope::default(), &[]);
        word(&answer.names[2].verdict)
    };
    assert_eq!(with("Cedar\nPeace Forum"), "elsewhere", "complete lines");
    let perhaps = "cannot tell: Perhaps";
    assert_eq!(with("We thank Cedar Peace\nForum, too."), perhaps);
    assert_eq!(with("We thank Cedar Peace Forum2 for help."), perhaps);
    assert_eq!(with("We thank Cedar Pèace Forum for help."), perhaps);
    assert_eq!(with("Others: Forum, Cedar Peace."), perhaps);
    assert_eq!(with("We thank the Cedar Peace Forums."), "absent");
    assert_eq!(with("We thank Cedar Peace Forum2000 for help."), "absent");
}

#[test]
fn a_name_set_off_in_a_member_is_not_called_renamed() {
    let claimed = listed(&["Alder House", "Birch Center", "Petra Hollerbach"]);
    let page = listing(
        &[(
            "Partners",
            &[
                "Alder House",
                "Birch Center",
                "Petra Hollerbach*, Stefan Dermann",
            ],
        )],
        "",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    assert_ne!(word(&answer.names[2].verdict), "absent");
    assert!(!word(&answer.names[2].verdict).starts_with("renamed"));
}

#[test]
fn a_list_with_none_of_the_names_proves_nothing() {
    let claimed = listed(&["Alder House", "Birch Center", "Cedar Peace Forum"]);
    let page = listing(
        &[("Partners", &["Elm Trust", "Fir Bank", "Gorse Union"])],
        "",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    for name in &answer.names {
        assert_eq!(word(&name.verdict), "cannot tell: ListNotFound");
    }
}

#[test]
fn a_part_of_a_longer_name_is_not_the_name() {
    let claimed = listed(&["Alder House", "Birch Center", "Mozilla"]);
    let page = listing(
        &[(
            "Partners",
            &["Alder House", "Birch Center", "Friends of Mozilla Chile"],
        )],
        "",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    assert_eq!(word(&answer.names[2].verdict), "absent");
}

#[test]
fn the_page_decides_how_an_ambiguous_stretch_is_read() {
    let stretch = |parts: &[&str]| {
        ListedName::Ambiguous(parts.iter().map(|part| (*part).to_owned()).collect())
    };
    let claimed = [
        ListedName::One("Alder House".into()),
        stretch(&["PassBlue", "Independent UN Coverage"]),
        stretch(&["Centre for Dialog", "Harbour Forum"]),
    ];
    let page = listing(
        &[(
            "Partners",
            &[
                "Alder House",
                "PassBlue, Independent UN Coverage",
                "Centre for Dialog",
                "Harbour Forum",
            ],
        )],
        "",
    );
    let answer = names(&claimed, &page, Scope::default(), &[]);
    let said: Vec<(&str, String)> = answer
        .names
        .iter()
        .map(|name| (name.claimed.as_str(), word(&name.verdict)))
        .collect();
    assert_eq!(
        said,
        [
            ("Alder House", "present".into()),
            ("PassBlue, Independent UN Coverage", "present".into()),
            ("Centre for Dialog", "present".into()),
            ("Harbour Forum", "present".into()),
        ]
    );
}

#[test]
fn reviewed_spellings_overrule_likeness() {
    let claimed = listed(&["Alder House", "Birch Center", "Sum of Us"]);
    let page = listing(&[("Partners", &["Alder House", "Birch Center", "Eko"])], "");
    let alias = |other: &str, same| Alias {
        name: "Sum of Us".into(),
        other: other.into(),
        same,
    };
    let answer = names(&claimed, &page, Scope::default(), &[alias("Eko", true)]);
    assert_eq!(word(&answer.names[2].verdict), "present");
    let page = listing(
        &[(
            "Partners",
            &["Alder House", "Birch Center", "Sum of Us Fund"],
        )],
        "",
    );
    let answer = names(
        &claimed,
        &page,
        Scope::default(),
        &[alias("Sum of Us Fund", false)],
    );
    assert_eq!(word(&answer.names[2].verdict), "absent");
}
