//! Tests of the desk: pages, states, and the order of the queue.

use super::*;
use crate::{
    clock::parse_digits14,
    finding::{Conclusion, Decision, Fate, Mute, Muted, Outcome, Subject, Terms, Verdict},
    profile::Reference,
    uri::TargetUri,
};

fn profile(urls: &[&str]) -> Profile {
    let references = urls.iter().zip(1..).map(|(url, number)| Reference {
        number,
        title: Some(format!("Page {number}")),
        url: Some((*url).to_owned()),
        ..Reference::default()
    });
    Profile {
        title: "Lantern Alliance".into(),
        references: references.collect(),
        ..Profile::default()
    }
}

fn name(name: &str, cites: &[u32], verdict: Verdict) -> Finding {
    finding(
        Subject::Name {
            claim: "members".into(),
            name: name.into(),
        },
        cites,
        Conclusion::Verdict(verdict),
    )
}

fn finding(subject: Subject, cites: &[u32], conclusion: Conclusion) -> Finding {
    Finding::of("p", subject, conclusion, cites)
}

fn review(finding: &Finding, decision: Option<Decision>, terms: Terms) -> Numbered {
    Numbered {
        number: 7,
        review: Review {
            finding: finding.id.clone(),
            decision,
            at: parse_digits14("2026").unwrap(),
            by: "ada".into(),
            note: None,
            terms,
        },
    }
}

fn decisions(reviews: &[Numbered]) -> Decisions {
    let reviews = reviews.iter().map(|review| review.review.clone());
    let today = parse_digits14("20261127").unwrap().date_naive();
    Decisions::of(reviews.collect(), Vec::new(), today)
}

fn desk_of(source: Source<'_>, reviews: &[Numbered]) -> Desk {
    Desk::of(&[source], &decisions(reviews), reviews)
}

#[test]
fn one_page_under_two_spellings_and_numbers_is_one_row() {
    let profile = profile(&["https://site.test/members", "http://www.site.test/members/"]);
    let findings = vec![
        name("Ash", &[1], Verdict::Absent),
        name("Elm", &[2], Verdict::New),
    ];
    let findings = Placed::all(findings, &profile);
    let source = Source {
        name: "p",
        profile: &profile,
        findings: &findings,
    };
    let desk = desk_of(source, &[]);
    let rows = desk.queue(&|it| it.state.is_due(), Order::Weight);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].items.len(), 2);
    assert_eq!(rows[0].weight, Weight::Name);
    let numbers: Vec<u32> = rows[0]
        .page
        .cited
        .iter()
        .map(|cited| cited.number)
        .collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!((desk.counts().due(), desk.counts().pages), (2, 1));
}

#[test]
fn the_heaviest_page_comes_first_and_the_order_within_a_page_does_not_jump() {
    let profile = profile(&["https://a.test/", "https://b.test/"]);
    let lost = finding(
        Subject::Reference { number: 2 },
        &[2],
        Conclusion::Fate(Fate::Soft404),
    );
    let findings = vec![
        name("New", &[1], Verdict::New),
        name("Gone", &[1], Verdict::Absent),
        lost,
    ];
    let findings = Placed::all(findings, &profile);
    let source = Source {
        name: "p",
        profile: &profile,
        findings: &findings,
    };
    let words = |desk: &Desk, page: &Page| -> Vec<String> {
        let words = desk
            .items_of(page)
            .map(|item| item.finding().subject.words());
        words
            .map(|word| word.unwrap_or("page").to_owned())
            .collect()
    };
    let open = desk_of(source, &[]);
    let rows = open.queue(&|_| true, Order::Weight);
    assert_eq!(rows[0].page.address.as_str(), "https://b.test/");
    assert_eq!(words(&open, rows[1].page), ["Gone", "New"]);
    let decided = review(
        &findings[1].finding,
        Some(Decision::Accept),
        Terms::default(),
    );
    let after = desk_of(source, &[decided]);
    let page = after.page(&rows[1].page.id.0).unwrap();
    assert_eq!(words(&after, page), ["Gone", "New"]);
    assert_eq!(after.item(&findings[1].finding.id).unwrap().seen, 7);
    assert_eq!(after.counts().of(State::ToEdit), 1);
}

#[test]
fn what_was_decided_says_what_becomes_of_the_article() {
    let absent = name("Ash", &[1], Verdict::Absent);
    let new = name("Elm", &[1], Verdict::New);
    let of = |finding: &Finding, decision, terms| {
        let review = review(finding, decision, terms);
        State::of(finding, &decisions(&[review]).standing(finding))
    };
    let outcome = |outcome| Terms {
        outcome: Some(outcome),
        ..Terms::default()
    };
    let until = |text: &str| Terms {
        until: text.parse().ok(),
        ..Terms::default()
    };
    let accept = Some(Decision::Accept);
    assert_eq!(of(&absent, accept, Terms::default()), State::ToEdit);
    assert_eq!(of(&new, accept, Terms::default()), State::Left);
    assert_eq!(of(&absent, accept, outcome(Outcome::Keep)), State::Left);
    assert_eq!(of(&new, accept, outcome(Outcome::Edit)), State::ToEdit);
    assert_eq!(of(&absent, accept, outcome(Outcome::Done)), State::Done);
    let reject = Some(Decision::Reject);
    assert_eq!(of(&absent, reject, Terms::default()), State::Wrong);
    let later = Some(Decision::Later);
    assert_eq!(of(&absent, later, until("2026-12-01")), State::Later);
    assert_eq!(of(&absent, later, until("2026-11-27")), State::CameBack);
    let present = name("Oak", &[1], Verdict::Present);
    let of_new = |finding: &Finding| State::of(finding, &decisions(&[]).standing(finding));
    assert_eq!(of_new(&present), State::Settled);
    let mute = Mute {
        profile: "p".into(),
        claim: "members".into(),
        kind: Muted::NewNames,
        muted: true,
        at: parse_digits14("2026").unwrap(),
        by: "ada".into(),
        note: None,
    };
    let muted = Decisions::of(Vec::new(), vec![mute], decisions(&[]).today());
    let subject = Subject::NewName {
        claim: "members".into(),
        name: "Elm".into(),
    };
    let new = finding(subject, &[1], Conclusion::Verdict(Verdict::New));
    assert_eq!(State::of(&new, &muted.standing(&new)), State::Muted);
    assert_eq!(State::of(&absent, &muted.standing(&absent)), State::Open);
}

#[test]
fn the_id_of_a_page_is_that_of_its_key() {
    let id = |text: &str| PageId::of(&text.parse::<TargetUri>().unwrap());
    assert_eq!(id("http://www.site.test/a?"), id("https://site.test/a"));
    assert_ne!(id("https://site.test/a"), id("https://site.test/b"));
    assert_eq!(id("https://site.test/a").0.len(), 8);
}
