//! Remarks on a profile that a person should read before trusting its results.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ListedName, Profile, Reference, Statement};
use crate::{
    text::fold,
    uri::{TargetUri, without_credentials},
};

/// The severity of a remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// A claim or page cannot be checked as well as it could be.
    Warning,
    /// The profile cannot be used as it is.
    Error,
}

/// A remark on a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Its severity.
    pub severity: Severity,
    /// Its subject: `reference 6`, `claim partners`, `paragraph 4`.
    pub place: String,
    /// The observation, a fragment in lower case.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl Remark {
    /// Something good to know.
    #[must_use]
    pub fn note(place: &str, what: &str, hint: &str) -> Self {
        Self::new(Severity::Note, place, what, hint)
    }

    /// Something to repair.
    #[must_use]
    pub fn warning(place: &str, what: &str, hint: &str) -> Self {
        Self::new(Severity::Warning, place, what, hint)
    }

    /// Something that must be repaired.
    #[must_use]
    pub fn error(place: &str, what: &str, hint: &str) -> Self {
        Self::new(Severity::Error, place, what, hint)
    }

    fn new(severity: Severity, place: &str, what: &str, hint: &str) -> Self {
        Self {
            severity,
            place: place.to_owned(),
            what: what.to_owned(),
            hint: hint.to_owned(),
        }
    }
}

/// Checks a profile: references without an address or with a shared one, claims without a reference, ambiguous names.
#[must_use]
pub fn lint(profile: &Profile) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if profile.references.is_empty() {
        remarks.push(Remark::warning(
            "references",
            "there are none, so no page can be checked",
            "add a [[references]] table with number and url for each cited page",
        ));
    }
    for reference in &profile.references {
        lint_reference(reference, profile, &mut remarks);
    }
    shared(profile, &mut remarks);
    let mut ids: BTreeMap<&str, u32> = BTreeMap::new();
    for claim in &profile.claims {
        *ids.entry(claim.id.as_str()).or_default() += 1;
    }
    for claim in &profile.claims {
        lint_claim(claim, profile, &mut remarks);
    }
    for (id, count) in ids {
        if id.is_empty() {
            remarks.push(Remark::warning(
                "claims",
                &format!("{count} of them have no id"),
                "give each a short, unique id; reviews refer to it",
            ));
        } else if count > 1 {
            remarks.push(Remark::error(
                &format!("claim {id}"),
                &format!("{count} claims have this id"),
                "give each a unique id; reviews refer to it",
            ));
        }
    }
    remarks
}

fn lint_reference(reference: &Reference, profile: &Profile, remarks: &mut Vec<Remark>) {
    let place = format!("reference {}", reference.number);
    match &reference.url {
        None => remarks.push(Remark::warning(
            &place,
            "has no URL, so claims that cite it cannot be checked",
            "add its url if the work is on the web",
        )),
        Some(url) if without_credentials(url) != *url => remarks.push(Remark::error(
            &place,
            "its url contains a name or password",
            "remove it; the page is visited without it",
        )),
        Some(url) => match TargetUri::parse(url) {
            Err(error) => {
                remarks.push(Remark::error(&place, &error.to_string(), "correct its url"));
            }
            Ok((uri, fragment)) => {
                if fragment.is_some() {
                    remarks.push(Remark::note(
                        &place,
                        "its url contains a fragment",
                        "move the part after the # to its fragment key",
                    ));
                }
                if uri.host().ends_with("archive.org") && uri.as_url().path().starts_with("/web/") {
                    remarks.push(Remark::note(
                        &place,
                        "cites an archived copy, which does not change",
                        "cite the page itself to learn what it says now",
                    ));
                }
            }
        },
    }
    if reference.title.is_none() && reference.url.is_some() {
        remarks.push(Remark::note(
            &place,
            "has no title",
            "add the title of the page: it helps to recognize a soft 404",
        ));
    }
    if reference.accessed.is_none() && reference.url.is_some() {
        remarks.push(Remark::note(
            &place,
            "has no access date, so there is no baseline to distinguish “changed since” from “never said so”",
            "add accessed = YYYY-MM-DD if the article gives one",
        ));
    }
    if let (Some(published), Some(accessed)) = (reference.published, reference.accessed)
        && published > accessed
    {
        remarks.push(Remark::warning(
            &place,
            &format!("was accessed on {accessed}, before it was published on {published}"),
            "correct one of the dates",
        ));
    }
    if !profile
        .claims
        .iter()
        .any(|claim| claim.cites.contains(&reference.number))
    {
        remarks.push(Remark::note(
            &place,
            "no claim cites it",
            "its fate is still checked; add a claim to check its content",
        ));
    }
    let again = profile
        .references
        .iter()
        .filter(|it| it.number == reference.number)
        .count();
    let first = profile
        .references
        .iter()
        .find(|it| it.number == reference.number);
    if again > 1 && first.is_some_and(|first| std::ptr::eq(first, reference)) {
        remarks.push(Remark::error(
            &place,
            &format!("{again} references have this number"),
            "give them different numbers",
        ));
    }
}

/// References that share a page, and those that are identical.
fn shared(profile: &Profile, remarks: &mut Vec<Remark>) {
    for seed in profile.seeds() {
        let [first, .., _] = seed.references.as_slice() else {
            continue;
        };
        let all: Vec<String> = seed.references.iter().map(u32::to_string).collect();
        let of = |number: u32| {
            profile
                .references
                .iter()
                .find(|reference| reference.number == number)
        };
        let same = seed.references.iter().all(|reference| {
            of(*reference).zip(of(*first)).is_some_and(|(a, b)| {
                a.fragment == b.fragment
                    && a.title.as_deref().map(fold) == b.title.as_deref().map(fold)
            })
        });
        let what = if same {
            "are identical"
        } else {
            "share one page"
        };
        remarks.push(Remark::note(
            &format!("references {}", all.join(", ")),
            &format!("{what}: {}", seed.uri),
            "nothing to do: the page is visited once, and every claim is checked against it",
        ));
    }
}

fn lint_claim(claim: &super::Claim, profile: &Profile, remarks: &mut Vec<Remark>) {
    let place = format!("claim {}", claim.id);
    if claim.cites.is_empty() {
        remarks.push(Remark::warning(
            &place,
            "cites no reference, so it cannot be checked",
            "add the numbers of its references to cites",
        ));
    }
    for number in &claim.cites {
        if !profile
            .references
            .iter()
            .any(|reference| reference.number == *number)
        {
            remarks.push(Remark::error(
                &place,
                &format!("cites reference {number}, which the profile does not have"),
                "add the reference, or remove the number from cites",
            ));
        }
    }
    let reachable = claim.cites.iter().any(|number| {
        profile
            .references
            .iter()
            .any(|reference| reference.number == *number && reference.url.is_some())
    });
    if !claim.cites.is_empty()
        && !reachable
        && claim
            .cites
            .iter()
            .all(|cite| profile.references.iter().any(|other| other.number == *cite))
    {
        remarks.push(Remark::warning(
            &place,
            "cites only references without a URL",
            "add a url to one of them",
        ));
    }
    match &claim.statement {
        Statement::Listed { names, .. } => lint_names(&place, names, remarks),
        Statement::Quoted { exact } if exact.contains(['…', '[']) || exact.contains("...") => {
            remarks.push(Remark::note(
                &place,
                "its quotation omits or inserts words",
                "the parts around … and [ ] are searched separately",
            ));
        }
        _ => {}
    }
}

fn lint_names(place: &str, names: &[ListedName], remarks: &mut Vec<Remark>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        match name {
            ListedName::Ambiguous(parts) => remarks.push(Remark::note(
                place,
                &format!("“{}” may be one name or {}", parts.join(", "), parts.len()),
                "the page decides; to decide here, write one name or several",
            )),
            ListedName::One(name) => {
                if seen.insert(fold(name), name).is_some() {
                    remarks.push(Remark::warning(
                        place,
                        &format!("lists “{name}” twice"),
                        "remove one of them",
                    ));
                }
                let owned = name.split_once("’s ").or(name.split_once("'s "));
                if owned.is_some_and(|(owner, rest)| {
                    owner.split(' ').count() == 2 && rest.split(' ').count() >= 2
                }) {
                    remarks.push(Remark::note(
                        place,
                        &format!("“{name}” begins with a possessive, which the page may not have"),
                        "remove the possessive if it is not part of the name",
                    ));
                }
            }
        }
    }
}
