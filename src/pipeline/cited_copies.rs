//! Which cited words each copy from another archive has and lacks: copies are judged by the same comparison as visits.

use crate::{
    archives::{self, Judged},
    capture::Source,
    clock::Instant,
    compare::{Answers, NamesAsked, names_asked},
    finding::Fate,
    profile::{Claim, Statement},
    store::Store,
    uri::TargetUri,
};

use super::{
    AnalyseError, Comparing, Named,
    analyse::subjected,
    answers::{Answering, From, answers_in},
    basis::seed_of,
    brought::Brought,
};

/// A copy of a cited page, with the words that it has.
#[derive(Clone, Debug, PartialEq)]
pub struct CitedCopy {
    /// The number of the reference.
    pub reference: u32,
    /// The address that was captured.
    pub original: TargetUri,
    /// When it was captured.
    pub date: Instant,
    /// The archive that has it.
    pub source: Source,
    /// What the copy shows: the page, an error, a block page, another page.
    pub fate: Fate,
    /// The cited words that it has.
    pub holds: Vec<String>,
    /// The cited words that it lacks.
    pub lacks: Vec<String>,
    /// The cited words for which the copy cannot tell.
    pub unclear: Vec<String>,
    /// Whether to cite it: it has most of the words and, among several such copies, is the nearest to the access date.
    pub proposed: bool,
}

/// The copies of every cited page of a profile, with the words that they have, by the numbers of the references, oldest first.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn cited_copies(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
) -> Result<Vec<CitedCopy>, AnalyseError> {
    let subjected = subjected(store, named, &store.reviews()?, &comparing.alert)?;
    let answering = Answering {
        store,
        name: &named.name,
        profile: &subjected.profile,
        comparing,
        from: From::Kept,
        keeps: true,
        only: None,
    };
    let whole = answering.answered()?;
    let asked_names = names_asked(&subjected.profile, Some(&whole.answered));
    let mut readings = answering.readings();
    let mut all = Vec::new();
    for reference in &subjected.profile.references {
        let Some(seed) = seed_of(reference) else {
            continue;
        };
        let mut copies = Vec::new();
        let spans = store.copied_spans([&seed])?.into_iter().flatten();
        let visits = store.copied(&seed)?;
        for span in spans {
            let Some(visit) = visits.iter().find(|visit| visit.id == span.visit) else {
                continue;
            };
            let Some(source) = visit.source() else {
                continue;
            };
            let brought = Brought::of(store, (&seed, &span), &mut readings)?;
            let mut copy = CitedCopy {
                reference: reference.number,
                original: visit
                    .hops
                    .first()
                    .map_or_else(|| seed.clone(), |hop| hop.1.target_uri.clone()),
                date: visit.date,
                source: source.clone(),
                fate: brought.shown().fate(),
                holds: Vec::new(),
                lacks: Vec::new(),
                unclear: Vec::new(),
                proposed: false,
            };
            for (place, claim) in subjected.profile.claims.iter().enumerate() {
                let rows = whole
                    .copies
                    .get(&(place, reference.number))
                    .into_iter()
                    .flatten();
                let row = rows.into_iter().find(|row| row.chain == span.visit.0);
                let answers = row.and_then(answers_in);
                let asked = asked_names.get(place).and_then(Option::as_ref);
                let things = things(claim, asked.map(NamesAsked::names));
                copy.take(
                    things,
                    answers
                        .as_ref()
                        .filter(|_| claim.cites.contains(&reference.number)),
                );
            }
            copies.push(copy);
        }
        let judged: Vec<Judged> = copies
            .iter()
            .map(|copy| Judged {
                date: copy.date,
                // Only a copy that others can open is proposed.
                holds: copy.source.citable().map_or(0, |_| copy.holds.len()),
            })
            .collect();
        let accessed = reference
            .accessed
            .and_then(|accessed| accessed.and_hms_opt(12, 0, 0));
        if let Some(proposed) =
            archives::proposed(&judged, accessed.map(|accessed| accessed.and_utc()))
            && let Some(copy) = copies.get_mut(proposed)
        {
            copy.proposed = true;
        }
        all.append(&mut copies);
    }
    Ok(all)
}

impl CitedCopy {
    fn take(&mut self, things: Vec<String>, answers: Option<&Answers>) {
        let Some(answers) = answers else { return };
        let presence = answers
            .is_there()
            .into_iter()
            .chain(std::iter::repeat(None));
        for (thing, is_there) in things.into_iter().zip(presence) {
            let list = match is_there {
                Some(true) => &mut self.holds,
                Some(false) => &mut self.lacks,
                None => &mut self.unclear,
            };
            if !list.contains(&thing) {
                list.push(thing);
            }
        }
    }
}

/// What a claim is about: its names, or its words.
fn things(claim: &Claim, names: Option<&[String]>) -> Vec<String> {
    match &claim.statement {
        Statement::Listed { .. } => names.unwrap_or_default().to_vec(),
        Statement::Quoted { exact } | Statement::Figure { exact } | Statement::Stated { exact } => {
            vec![exact.clone()]
        }
        Statement::Relation {
            subject,
            relation,
            object,
        } => vec![format!("{subject} — {relation} — {object}")],
    }
}
