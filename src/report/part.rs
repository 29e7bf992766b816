//! A part of a report: some of its findings, in the order of their weight. The numbers remain those of the whole report.

use super::{ClaimSection, Entry, Need, ReferenceSection, Report};
use crate::finding::Weight;

/// The most findings that a report for people shows at a time.
pub const MOST: usize = 200;

/// The range of findings in a part, by their places in the order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The place of the first finding, from 0.
    pub from: usize,
    /// The place after the last finding.
    pub to: usize,
    /// How many findings there are in all.
    pub all: usize,
    /// How many of those after the last need a decision.
    pub decide: usize,
}

impl Part {
    /// What follows, as a sentence; `None` if nothing does.
    #[must_use]
    pub fn rest(&self) -> Option<String> {
        let more = self.all.saturating_sub(self.to);
        let follow = match (more, self.decide) {
            (0, _) => return None,
            (1, 0) => return Some("1 more finding follows; it needs no decision.".to_owned()),
            (1, _) => return Some("1 more finding follows; it needs a decision.".to_owned()),
            (more, _) => format!("{more} more findings follow"),
        };
        Some(match self.decide {
            0 => format!("{follow}; none of them needs a decision."),
            some if some == more => format!("{follow}; all of them need a decision."),
            1 => format!("{follow}; 1 of them needs a decision."),
            some => format!("{follow}; {some} of them need a decision."),
        })
    }
}

/// The place of a finding in a report.
#[derive(Clone, Copy)]
enum Place {
    Reference(usize),
    /// A claim, and which of its findings; `None` for a claim without findings.
    Claim(usize, Option<usize>),
}

impl Report {
    /// The part of the report that begins at the place `from` in the order of weight, with at most `most` findings.
    ///
    /// A reference or claim without a finding counts as one.
    #[must_use]
    pub fn part(&self, from: usize, most: usize) -> Self {
        let places = self.places();
        let all = places.len();
        let from = from.min(all);
        let to = from.saturating_add(most).min(all);
        let decide = places[to..]
            .iter()
            .filter(|place| place.0.0 == Need::Decide);
        let decide = decide.count();
        let mut references = vec![false; self.references.len()];
        let mut claims = vec![None; self.claims.len()];
        for (_, place) in &places[from..to] {
            match *place {
                Place::Reference(at) => references[at] = true,
                Place::Claim(at, finding) => {
                    claims[at].get_or_insert_with(Vec::new).extend(finding);
                }
            }
        }
        let references = self.references.iter().zip(references);
        let references = references
            .filter(|reference| reference.1)
            .map(|reference| reference.0.clone());
        let claims = self.claims.iter().zip(claims);
        let claims = claims.filter_map(|(claim, shown)| Some(claim.part(shown?)));
        Self {
            format: self.format,
            profile: self.profile.clone(),
            title: self.title.clone(),
            article: self.article.clone(),
            as_of: self.as_of,
            counts: self.counts.clone(),
            references: references.collect(),
            claims: claims.collect(),
            part: Some(Part {
                from,
                to,
                all,
                decide,
            }),
            decided: if from == 0 {
                self.decided.clone()
            } else {
                Vec::new()
            },
            command: self.command.clone(),
        }
    }

    /// Every finding with its sort key, the most important first; among equals references first, then in the order of the report.
    fn places(&self) -> Vec<((Need, Weight, u8), Place)> {
        let without = |need| (need, Weight::Settled, u8::MAX);
        let order = |section: &ReferenceSection| {
            let order = section.entry.as_ref().map(Entry::order);
            order.unwrap_or(without(section.need))
        };
        let references = self.references.iter().enumerate();
        let references = references.map(|(at, reference)| (order(reference), Place::Reference(at)));
        let claims = self.claims.iter().enumerate().flat_map(|(at, claim)| {
            let bare = claim.entries.is_empty();
            let bare = bare.then(|| (without(Need::Settled), Place::Claim(at, None)));
            let entries = claim.entries.iter().enumerate();
            let entries = entries.map(move |(n, it)| (it.order(), Place::Claim(at, Some(n))));
            bare.into_iter().chain(entries)
        });
        let mut places: Vec<_> = references.chain(claims).collect();
        places.sort_by_key(|place| place.0);
        places
    }
}

impl ClaimSection {
    /// The claim with the findings at these places.
    fn part(&self, mut shown: Vec<usize>) -> Self {
        shown.sort_unstable();
        let entries = shown.iter().filter_map(|index| self.entries.get(*index));
        Self {
            id: self.id.clone(),
            label: self.label.clone(),
            kind: self.kind.clone(),
            text: self.text.clone(),
            several: self.several,
            section: self.section.clone(),
            place: self.place.clone(),
            sentence: self.sentence.clone(),
            cites: self.cites.clone(),
            need: self.need,
            verdicts: self.verdicts.clone(),
            mutes: self.mutes.clone(),
            entries: entries.cloned().collect(),
            left_out: self.entries.len() - shown.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_a_sentence() {
        let rest = |to, decide| {
            let part = Part {
                from: 0,
                to,
                all: 203,
                decide,
            };
            part.rest()
        };
        for (to, decide, expected) in [
            (203, 0, None),
            (
                202,
                0,
                Some("1 more finding follows; it needs no decision."),
            ),
            (
                200,
                0,
                Some("3 more findings follow; none of them needs a decision."),
            ),
            (
                200,
                1,
                Some("3 more findings follow; 1 of them needs a decision."),
            ),
            (
                200,
                2,
                Some("3 more findings follow; 2 of them need a decision."),
            ),
            (
                200,
                3,
                Some("3 more findings follow; all of them need a decision."),
            ),
        ] {
            assert_eq!(rest(to, decide).as_deref(), expected);
        }
    }
}
