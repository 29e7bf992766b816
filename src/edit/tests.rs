//! Edits of an invented article, from findings to its source.

use chrono::NaiveDate;

use super::*;
use crate::{
    clock::parse_digits14,
    finding::{CaptureRef, Conclusion, Fate, Finding, History, Subject, Verdict},
    profile::{ArchivedCopy, Claim, ListedName, Profile, Reference, Source, Span, Statement},
};

const ARTICLE: &str = "\
# Example Network

Partners include Ash Trust, Birch Fund, and Cedar House. [1]
It works in \u{201c}134 countries\u{201d} of the world. [2]

## References

1. \u{201c}Partners.\u{201d} Example Network. https://example.org/partners. Accessed October 21, 2022.
2. \u{201c}About.\u{201d} Example Network. https://example.org/about. Accessed October 21, 2022.
";

const COPY: &str = "https://web.archive.org/web/20221021140005/https://example.org/partners";

fn span(words: &str) -> Span {
    let start = ARTICLE.find(words).unwrap();
    Span {
        start: u32::try_from(start).unwrap(),
        end: u32::try_from(start + words.len()).unwrap(),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn profile() -> Profile {
    let names = ["Ash Trust", "Birch Fund", "Cedar House"];
    let sentence = "Partners include Ash Trust, Birch Fund, and Cedar House.";
    let reference = |number: u32, title: &str, path: &str, entry: &str| Reference {
        number,
        title: Some(title.into()),
        publisher: Some("Example Network".into()),
        url: Some(format!("https://example.org/{path}")),
        accessed: Some(day("2022-10-21")),
        bytes: Some(span(entry)),
        ..Reference::default()
    };
    Profile {
        title: "Example Network".into(),
        source: Some(Source {
            file: "articles/example.md".into(),
            form: "markdown".into(),
            charset: "utf-8".into(),
            ..Source::default()
        }),
        references: vec![
            reference(1, "Partners", "partners", ARTICLE.lines().nth(7).unwrap()),
            reference(2, "About", "about", ARTICLE.lines().nth(8).unwrap()),
        ],
        claims: vec![
            Claim {
                id: "partners".into(),
                cites: vec![1],
                sentence: Some(sentence.into()),
                bytes: Some(span(sentence)),
                spans: names.iter().map(|name| span(name)).collect(),
                statement: Statement::Listed {
                    relation: Some("partners".into()),
                    names: names
                        .iter()
                        .map(|&name| ListedName::One(name.into()))
                        .collect(),
                    complete: None,
                },
                ..Claim::default()
            },
            Claim {
                id: "countries".into(),
                cites: vec![2],
                sentence: Some("It works in “134 countries” of the world.".into()),
                spans: vec![span("134 countries")],
                statement: Statement::Figure {
                    exact: "134 countries".into(),
                },
                ..Claim::default()
            },
        ],
        ..Profile::default()
    }
}

fn finding(subject: Subject, conclusion: Conclusion, cites: &[u32]) -> Finding {
    let at = |digits| parse_digits14(digits).unwrap();
    Finding {
        history: History {
            changed_after: Some(at("20240601")),
            changed_by: Some(at("20260915")),
            ..History::default()
        },
        copy: Some(CaptureRef {
            target_uri: "https://example.org/partners".parse().unwrap(),
            date: at("20221021140005"),
            payload_digest: None,
            source: None,
        }),
        ..Finding::of("example", subject, conclusion, cites)
    }
}

fn name(name: &str, verdict: Verdict) -> Finding {
    let subject = Subject::Name {
        claim: "partners".into(),
        name: name.into(),
    };
    finding(subject, Conclusion::Verdict(verdict), &[1])
}

fn proposed(findings: &[Finding]) -> Vec<Edit> {
    proposed_in(&profile(), findings)
}

fn proposed_in(profile: &Profile, findings: &[Finding]) -> Vec<Edit> {
    proposals(&Material {
        name: "example",
        profile,
        source: Some(ARTICLE.as_bytes()),
        findings,
        standings: BTreeMap::new(),
        why: &|_| "Gone since between 2024-06-01 and 2026-09-15.".to_owned(),
        latest: &|_| Some(day("2026-09-15")),
        copies: &|number, _| {
            let copy = KnownCopy {
                uri: COPY.to_owned(),
                date: Some(day("2022-10-21")),
                payload_digest: None,
                holds: Vec::new(),
                lacks: Vec::new(),
                archive: None,
            };
            (number == 1).then_some(copy).into_iter().collect()
        },
    })
}

/// The article after edits, line by line where it changed.
fn changed(findings: &[Finding]) -> (Vec<String>, Vec<String>) {
    let (after, conflicts) = patched(&profile(), ARTICLE.as_bytes(), &proposed(findings));
    let after = String::from_utf8(after).unwrap();
    let lines = ARTICLE.lines().zip(after.lines());
    let lines = lines
        .filter(|(a, b)| a != b)
        .map(|(_, b)| b.to_owned())
        .collect();
    (
        lines,
        conflicts.into_iter().map(|conflict| conflict.why).collect(),
    )
}

fn renamed(to: &str) -> Verdict {
    Verdict::Renamed {
        to: to.into(),
        because: String::new(),
    }
}

#[test]
fn a_name_that_is_gone_is_taken_out_or_cited_from_a_copy() {
    let edits = proposed(&[name("Birch Fund", Verdict::Absent)]);
    let [edit] = edits.as_slice() else {
        panic!("{edits:?}")
    };
    assert_eq!(
        edit.operation,
        Operation::Delete {
            from: "Birch Fund".into()
        }
    );
    assert_eq!(
        edit.after.as_deref(),
        Some("Partners include Ash Trust and Cedar House.")
    );
    assert_eq!(
        edit.citation.as_ref().unwrap().access_date,
        Some(day("2026-09-15"))
    );
    let [second] = edit.alternatives.as_slice() else {
        panic!("{edit:?}")
    };
    assert_eq!(second.operation, Operation::CiteArchived);
    let cited = second.citation.as_ref().unwrap();
    assert_eq!(
        (cited.archive_url.as_deref(), cited.url_status),
        (Some(COPY), UrlStatus::Deviated)
    );
    assert!(
        matches!(&edit.target[..], [Target::Quote(it), Target::Position(_)] if it.exact == "Birch Fund")
    );
}

#[test]
fn the_access_date_moves_only_where_the_page_supports_all_that_is_cited() {
    let edits = proposed(&[
        name("Birch Fund", Verdict::Absent),
        name("Ash Trust", renamed("Ash House")),
    ]);
    for edit in edits {
        assert_eq!(edit.citation.unwrap().access_date, Some(day("2022-10-21")));
    }
}

#[test]
fn several_edits_of_one_list_are_made_together() {
    let findings = [
        name("Birch Fund", Verdict::Absent),
        name("Ash Trust", renamed("Ash House")),
        finding(
            Subject::NewName {
                claim: "partners".into(),
                name: "Dogwood *Lab*".into(),
            },
            Conclusion::Verdict(Verdict::New),
            &[1],
        ),
    ];
    let (lines, conflicts) = changed(&findings);
    assert_eq!(
        lines,
        ["Partners include Ash House, Cedar House, and Dogwood \\*Lab\\*. [1]"]
    );
    assert_eq!(conflicts, Vec::<String>::new());
}

#[test]
fn no_control_character_of_a_page_gets_into_the_article() {
    let (lines, _) = changed(&[name("Ash Trust", renamed("Ash\u{1b}[31m \u{9b}House"))]);
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].chars().any(char::is_control), "{lines:?}");
}

#[test]
fn names_that_became_one_are_written_once() {
    let merged = |with: &str| Verdict::Merged {
        into: "Ash and Birch Union".into(),
        with: vec![with.into()],
    };
    let (lines, _) = changed(&[
        name("Ash Trust", merged("Birch Fund")),
        name("Birch Fund", merged("Ash Trust")),
    ]);
    assert_eq!(
        lines,
        ["Partners include Ash and Birch Union and Cedar House. [1]"]
    );
}

#[test]
fn a_list_of_which_nothing_is_left_keeps_its_words_and_cites_the_copy() {
    let all = ["Ash Trust", "Birch Fund", "Cedar House"].map(|it| name(it, Verdict::Absent));
    let (lines, conflicts) = changed(&all);
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!(conflicts.len(), 3);
    assert!(
        conflicts[0].contains("none of them any more"),
        "{conflicts:?}"
    );
}

#[test]
fn a_changed_figure_is_written_as_the_page_has_it() {
    let subject = Subject::Figure {
        claim: "countries".into(),
        exact: "134 countries".into(),
    };
    let altered = Verdict::Altered {
        to: "151 countries".into(),
        how: String::new(),
    };
    let findings = [finding(subject, Conclusion::Verdict(altered), &[2])];
    let edits = proposed(&findings);
    assert_eq!(
        edits[0].after.as_deref(),
        Some("It works in “151 countries” of the world.")
    );
    assert_eq!(
        changed(&findings).0,
        ["It works in “151 countries” of the world. [2]"]
    );
}

#[test]
fn a_lost_page_is_cited_from_its_copy_and_without_one_a_person_is_asked() {
    let gone = |number| {
        let subject = Subject::Reference { number };
        finding(
            subject,
            Conclusion::Fate(Fate::Gone { status: 404 }),
            &[number],
        )
    };
    let (lines, conflicts) = changed(&[gone(1), gone(2)]);
    assert_eq!(
        lines,
        [format!(
            "1. “Partners.” Example Network. https://example.org/partners. [Archived](<{COPY}>) from the original on October 21, 2022. Accessed October 21, 2022."
        )]
    );
    assert_eq!(conflicts, ["no public copy is known"]);
    let edits = proposed(&[gone(2)]);
    assert!(
        edits[0].remarks[0].starts_with("No public copy is known."),
        "{edits:?}"
    );
}

#[test]
fn a_copy_that_the_article_cites_already_is_not_proposed_again() {
    let mut cited = profile();
    cited.references[0].archived.push(ArchivedCopy {
        url: COPY.into(),
        date: Some(day("2022-10-21")),
    });
    let gone = finding(
        Subject::Reference { number: 1 },
        Conclusion::Fate(Fate::Gone { status: 404 }),
        &[1],
    );
    assert_eq!(proposed_in(&cited, &[gone]), []);
    let edits = proposed_in(&cited, &[name("Birch Fund", Verdict::Absent)]);
    assert_eq!(edits.len(), 1);
}

#[test]
fn a_page_that_moved_gets_its_address_only_with_the_words() {
    let moved = Fate::Moved {
        to: "https://example.org/who".parse().unwrap(),
        permanent: true,
    };
    let moved = finding(
        Subject::Reference { number: 1 },
        Conclusion::Fate(moved),
        &[1],
    );
    let edits = proposed(std::slice::from_ref(&moved));
    assert!(matches!(
        edits[0].operation,
        Operation::ChangeAddress { .. }
    ));
    assert_eq!(
        changed(std::slice::from_ref(&moved)).0,
        ["1. “Partners.” Example Network. https://example.org/who. Accessed September 15, 2026."]
    );
    let edits = proposed(&[moved, name("Birch Fund", Verdict::Absent)]);
    assert_eq!(edits[0].operation, Operation::CiteArchived);
    assert!(
        edits[0].remarks[0].contains("not at the new address"),
        "{edits:?}"
    );
}

#[test]
fn a_settled_finding_asks_for_no_edit() {
    let profile = profile();
    let findings = [
        name("Birch Fund", Verdict::Absent),
        name("Ash Trust", Verdict::Present),
    ];
    let settled = Decided {
        state: State::Settled,
        by: "ada".into(),
        at: parse_digits14("20261101").unwrap(),
        note: None,
    };
    let edits = proposals(&Material {
        name: "example",
        profile: &profile,
        source: None,
        findings: &findings,
        standings: [(&findings[0].id, settled)].into(),
        why: &|_| String::new(),
        latest: &|_| None,
        copies: &|_, _| Vec::new(),
    });
    assert_eq!(edits, []);
}
