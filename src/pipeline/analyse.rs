//! From stored captures to findings: compares every claim with what the visits of its pages brought, and computes each answer once.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    capture::CaptureEntry,
    compare::{self, Alert, AlsoAsked, Given},
    digest::ContentDigest,
    finding::{Decided, Decision, Finding, Lesson, Review, Series, applying},
    profile::{Alias, Profile},
    store::{Problem, Store, StoreError},
    uri::TargetUri,
};

use super::{
    AnalyseError, Comparing, Named, PdfReader,
    answers::{Answering, From, Wanted, Whole},
    basis,
    readings::Readings,
};

/// A profile with the aliases from reviews, and the digest of what its findings rest on.
pub(super) struct Subjected {
    /// The profile, with the aliases from reviews.
    pub(super) profile: Profile,
    /// The digest of what its findings rest on.
    pub(super) basis: ContentDigest,
}

/// What the findings of a profile rest on now.
pub(super) fn subjected(
    store: &Store,
    named: &Named,
    reviews: &[Review],
    alert: &Alert,
) -> Result<Subjected, AnalyseError> {
    let mut profile = named.profile.clone();
    let learned = learned_aliases(store, &named.name, reviews)?;
    profile.aliases.extend(learned);
    let basis = basis::basis(store, &profile, alert)?;
    Ok(Subjected { profile, basis })
}

/// Passes the findings of a profile to `take`, computed from the stored answers, which are continued first. Returns what they rest on;
/// `None` if another attempt may give different ones.
pub(super) fn found(
    store: &Store,
    named: &Named,
    subjected: &Subjected,
    comparing: &Comparing,
    from: From,
    take: &mut dyn FnMut(Finding),
) -> Result<Option<ContentDigest>, AnalyseError> {
    let answering = Answering {
        store,
        name: &named.name,
        profile: &subjected.profile,
        comparing,
        from,
        keeps: true,
        only: None,
    };
    let lasts = findings_of(&answering, take)?;
    Ok(lasts.then_some(subjected.basis))
}

/// Passes the findings that follow from the answers to `take`; returns whether another attempt would give the same.
fn findings_of(
    answering: &Answering<'_>,
    take: &mut dyn FnMut(Finding),
) -> Result<bool, AnalyseError> {
    let whole = answering.answered()?;
    with_answers(answering, &whole, |name, profile, given| {
        compare::findings_from(name, profile, given, take);
    })?;
    Ok(whole.lasts)
}

/// How many pages of a profile are checked when a sample is enough.
const SAMPLE: usize = 8;

/// Computes stored answers and the findings that rest on them again, and returns those that differ: all of them
/// (`deep`), or those about a few pages and the findings. Findings that are not current are not checked.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn verify_answers(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
    deep: bool,
) -> Result<Vec<Problem>, AnalyseError> {
    let subjected = subjected(store, named, &store.reviews()?, &comparing.alert)?;
    if store.basis(&named.name)? != Some(subjected.basis) {
        return Ok(Vec::new());
    }
    let answering = Answering {
        store,
        name: &named.name,
        profile: &subjected.profile,
        comparing,
        from: From::Kept,
        keeps: false,
        only: None,
    };
    let mut pages: Vec<_> = named
        .profile
        .references
        .iter()
        .filter_map(basis::seed_of)
        .collect();
    // The sample changes with what the findings rest on, so that every page has its turn.
    let turn = |uri: &TargetUri| ContentDigest::of(format!("{} {uri}", subjected.basis).as_bytes());
    pages.sort_by_key(turn);
    pages.dedup();
    let sample = if deep {
        pages.len()
    } else {
        SAMPLE.min(pages.len())
    };
    let taken: BTreeSet<_> = pages.into_iter().take(sample).collect();
    let mut problems: Vec<Problem> = answering
        .differing(&|it| taken.contains(it))?
        .into_iter()
        .map(|(part, number)| Problem {
            place: format!("answer {} {part} [{number}]", named.name),
            detail: "it does not follow from the visits".to_owned(),
        })
        .collect();
    let anew = Answering {
        from: if deep { From::Scratch } else { From::Kept },
        ..answering
    };
    let mut findings = Vec::new();
    findings_of(&anew, &mut |it| findings.push(it))?;
    if findings != store.findings(&named.name)? {
        problems.push(Problem {
            place: format!("findings {}", named.name),
            detail: "they do not follow from the answers".to_owned(),
        });
    }
    Ok(problems)
}

/// Calls `tell` with all answers of a profile.
fn with_answers<T>(
    answering: &Answering<'_>,
    whole: &Whole,
    tell: impl FnOnce(&str, &Profile, Given<'_, '_>) -> T,
) -> Result<T, AnalyseError> {
    let mut readings = answering.readings();
    let mut failed = Ok(());
    let given = Given {
        answered: &whole.answered,
        claims: &|place, number| whole.about(place, number),
        copies: &|place, number| whole.of_copies(place, number),
        look: &mut |number, until, show| {
            if failed.is_ok() {
                failed = answering.look(number, until, &mut readings, show);
            }
        },
    };
    let result = tell(answering.name, answering.profile, given);
    failed?;
    Ok(result)
}

/// What the visits say about each part of the claim at `place` in a profile, with the findings. Only the answers that the claim
/// needs are computed.
///
/// # Errors
///
/// The archive cannot be read, a payload does not match its digest, or the comparison was stopped.
pub fn series(
    store: &Store,
    named: &Named,
    place: usize,
    comparing: &Comparing,
) -> Result<Vec<Series>, AnalyseError> {
    let mut profile = named.profile.clone();
    let learned = learned_aliases(store, &named.name, &store.reviews()?)?;
    profile.aliases.extend(learned);
    let about = |only| Answering {
        store,
        name: &named.name,
        profile: &profile,
        comparing,
        from: From::Kept,
        keeps: true,
        only: Some(only),
    };
    let own = Wanted {
        claims: BTreeSet::from([place]),
        pages: false,
    };
    let answered = about(&own).answered()?;
    let also = AlsoAsked::of(&profile, place, &|place, number| {
        answered.about(place, number)
    });
    let first = if also.before { 0 } else { place };
    let wanted = Wanted {
        claims: (first..=place).collect(),
        pages: also.pages,
    };
    let answering = about(&wanted);
    let whole = answering.answered()?;
    with_answers(&answering, &whole, |name, profile, given| {
        compare::series_from(name, profile, place, given)
    })
}

/// The aliases from reviews: pairs of spellings that a reviewer declared to be one name, or names of different organizations.
///
/// An accepted rename changes nothing: it stays a rename until the article has the new name.
///
/// # Errors
/// The archive cannot be read.
fn learned_aliases(
    store: &Store,
    profile: &str,
    reviews: &[Review],
) -> Result<Vec<Alias>, StoreError> {
    let mut aliases = Vec::new();
    for (id, review) in applying(reviews)
        .into_iter()
        .filter(|applying| applying.1.decision == Some(Decision::Reject))
    {
        let Some(about) = store
            .reviewed(id)?
            .filter(|reviewed| reviewed.profile == profile)
        else {
            continue;
        };
        let review = review.clone();
        let (name, others, same) = match (Decided { review, about }).lesson() {
            Some(Lesson::SameName { name, other }) => (name, vec![other], true),
            Some(Lesson::OtherBody { name, others }) => (name, others, false),
            Some(Lesson::OnPage | Lesson::SetAside(_)) | None => continue,
        };
        aliases.extend(others.into_iter().map(|other| Alias {
            name: name.clone(),
            other,
            same,
        }));
    }
    Ok(aliases)
}

/// The text of one capture.
///
/// # Errors
/// The archive cannot be read.
pub fn text_of(store: &Store, entry: &CaptureEntry, pdf: &PdfReader) -> Result<String, StoreError> {
    let mut readings = Readings::new(store, &Profile::default(), pdf);
    let reading: Option<Arc<_>> = readings.of(entry)?;
    Ok(reading
        .map(|reading| reading.text.clone())
        .unwrap_or_default())
}
