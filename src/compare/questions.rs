//! All questions that a profile asks about the pages that it cites.

use std::collections::BTreeMap;

use super::{
    answered::Answered,
    asked::{Part, Question},
    beside::Beside,
    choice::{chosen, is_open},
    claim::Cited,
    names::key::NameKey,
};
use crate::{
    profile::{Alias, Profile, Reference, Statement},
    text::fold,
};

/// The names of a claim to look for on its pages, and the decisions about their spellings.
#[derive(Clone, Debug)]
pub struct NamesAsked {
    names: Vec<String>,
    aliases: Vec<Alias>,
}

impl NamesAsked {
    /// The names to look for.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// These names, with the aliases of the profile for one of them; the others do not matter for this claim.
    fn of(names: Vec<String>, profile: &Profile) -> Self {
        let mut aliases = Vec::new();
        if !profile.aliases.is_empty() {
            let surfaces: Vec<String> = names
                .iter()
                .map(|name| fold(&NameKey::of(name).surface))
                .collect();
            let is_named = |text: &str| surfaces.contains(&fold(text));
            let about = profile
                .aliases
                .iter()
                .filter(|alias| is_named(&alias.name) || is_named(&alias.other));
            aliases.extend(about.cloned());
        }
        Self { names, aliases }
    }
}

/// The names of each claim with a list, by the claim's place: as in the article, or as the pages separate them. `None` for claims
/// without a list, and for claims with ambiguous names that no page has separated yet.
#[must_use]
pub fn names_asked(profile: &Profile, answered: Option<&Answered>) -> Vec<Option<NamesAsked>> {
    let claims = profile.claims.iter().enumerate();
    let names = claims.map(|(place, claim)| match (&claim.statement, answered) {
        (Statement::Listed { names, .. }, None) if is_open(names) => None,
        (Statement::Listed { names, .. }, None) => Some(chosen(names, &[]).0),
        (Statement::Listed { names, .. }, Some(answered)) => {
            Some(answered.names(place, claim, names).0)
        }
        _ => None,
    });
    names
        .map(|name| name.map(|names| NamesAsked::of(names, profile)))
        .collect()
}

/// All questions about the page of each reference with an address, except those about ambiguous names,
/// which need to know how pages separate them; `names` is the result of [`names_asked`] without answers.
#[must_use]
pub fn questions<'a>(
    profile: &'a Profile,
    names: &'a [Option<NamesAsked>],
) -> Vec<(Part, Question<'a>)> {
    let lists = profile
        .claims
        .iter()
        .any(|claim| matches!(claim.statement, Statement::Listed { .. }));
    let mut all: Vec<(Part, Question<'a>)> = profile
        .references
        .iter()
        .filter(|reference| reference.url.is_some())
        .map(|reference| (Part::Page, Question::Page { reference, lists }))
        .collect();
    let known = known_words(profile);
    for (place, claim) in profile.claims.iter().enumerate() {
        for reference in Cited::of(claim, profile).references {
            let part = Part::Claim(place);
            match (&claim.statement, names.get(place).and_then(Option::as_ref)) {
                (Statement::Listed { .. }, Some(names)) => {
                    all.push((part, of_names(reference, names)));
                }
                (Statement::Listed { names, .. }, None) => all.push((
                    Part::Choice(place),
                    Question::Choice {
                        reference,
                        names,
                        aliases: &profile.aliases,
                    },
                )),
                (statement, _) => all.push((
                    part,
                    Question::Words {
                        reference,
                        statement,
                        beside: known
                            .get(&reference.number)
                            .map_or_else(Beside::default, |all| Beside::of(all, statement)),
                    },
                )),
            }
        }
    }
    all
}

/// The questions about ambiguous names; `names` is the result of [`names_asked`] with the answers so far.
#[must_use]
pub fn questions_of_choices<'a>(
    profile: &'a Profile,
    names: &'a [Option<NamesAsked>],
) -> Vec<(Part, Question<'a>)> {
    let mut all = Vec::new();
    for (place, claim) in profile.claims.iter().enumerate() {
        if let Statement::Listed { names: listed, .. } = &claim.statement
            && let Some(names) = names.get(place).and_then(Option::as_ref)
            && is_open(listed)
        {
            let references = Cited::of(claim, profile).references.into_iter();
            all.extend(
                references.map(|reference| (Part::Claim(place), of_names(reference, names))),
            );
        }
    }
    all
}

/// By the number of a reference: a few claimed words that can show that a page is the one cited.
fn known_words(profile: &Profile) -> BTreeMap<u32, Vec<&Statement>> {
    let mut known: BTreeMap<u32, Vec<&Statement>> = BTreeMap::new();
    for claim in profile
        .claims
        .iter()
        .filter(|claim| Beside::can_show(&claim.statement))
    {
        for number in &claim.cites {
            let all = known.entry(*number).or_default();
            // One more, because a question leaves out its own.
            if all.len() <= Beside::MOST {
                all.push(&claim.statement);
            }
        }
    }
    known
}

fn of_names<'a>(reference: &'a Reference, asked: &'a NamesAsked) -> Question<'a> {
    Question::Names {
        reference,
        names: &asked.names,
        aliases: &asked.aliases,
    }
}
