//! From findings to proposed edits: the first repair for each finding, and an alternative.

use std::ops::Range;

use super::{
    Alternative, Edit, Material, Operation, State, Target, UrlStatus,
    repair::{Changed, Context, Repair, address},
    sentence::{Change, Refusal, edit_list},
    source::{conjunction, own_entry, target},
};
use crate::{
    finding::{Conclusion, Fate, Finding, Subject, Verdict, Weight},
    profile::{ListedName, Statement},
    uri::TargetUri,
};

/// The edits for the findings, in the order of the findings; settled ones are left out.
#[must_use]
pub fn proposals(material: &Material<'_>) -> Vec<Edit> {
    let asking = material
        .findings
        .iter()
        .filter(|finding| finding.weight().is_question());
    asking.filter_map(|it| propose(it, material)).collect()
}

fn propose(finding: &Finding, material: &Material<'_>) -> Option<Edit> {
    let decided = material.standings.get(&finding.id).cloned();
    let state = decided
        .as_ref()
        .map_or(State::Open, |decided| decided.state);
    if state == State::Settled {
        return None;
    }
    let claim = finding.subject.claim();
    let claim = claim.and_then(|id| material.profile.claims.iter().find(|claim| claim.id == id));
    let references = match finding.subject {
        Subject::Reference { number } => vec![number],
        _ => finding.cites.clone(),
    };
    let number = cited_for(finding, &references, material);
    let reference = material
        .profile
        .references
        .iter()
        .find(|reference| Some(reference.number) == number);
    let copies = number.map_or_else(Vec::new, |number| (material.copies)(number, finding));
    let context = Context {
        finding,
        claim,
        reference,
        copies: &copies,
        material,
    };
    let mut repair = match &finding.conclusion {
        Conclusion::Fate(fate) => of_fate(fate, &context)?,
        Conclusion::Verdict(verdict) => of_verdict(verdict, &context)?,
    };
    if repair.operation == Operation::CiteArchived && context.cites_a_copy() {
        return None;
    }
    let others = repair.alternatives.iter_mut();
    let citations = others.filter_map(|it| it.citation.as_mut());
    for citation in citations.chain(&mut repair.citation) {
        citation.own = reference.and_then(|reference| own_entry(material, reference, citation));
    }
    Some(Edit {
        id: format!("e{}", finding.id),
        state,
        findings: vec![finding.id.clone()],
        claim: claim.map(|claim| claim.id.clone()),
        references,
        operation: repair.operation,
        sentence: claim.and_then(|claim| claim.sentence.clone()),
        after: repair.after,
        target: targets(&context),
        why: (material.why)(finding).trim_end_matches('.').to_owned(),
        decided,
        citation: repair.citation,
        alternatives: repair.alternatives,
        copies,
        remarks: repair.remarks,
    })
}

/// Of the references that a claim cites, the one whose page had the words.
fn cited_for(finding: &Finding, references: &[u32], material: &Material<'_>) -> Option<u32> {
    let had = finding
        .copy
        .as_ref()
        .map(|copy| copy.target_uri.to_string());
    let is_of = |number: &&u32| {
        let reference = material
            .profile
            .references
            .iter()
            .find(|reference| reference.number == **number);
        let url = reference.and_then(|reference| reference.url.as_deref());
        had.is_some()
            && url
                .and_then(|url| TargetUri::parse(url).ok())
                .map(|it| it.0.to_string())
                == had
    };
    references
        .iter()
        .find(is_of)
        .or(references.first())
        .copied()
}

fn of_fate(fate: &Fate, context: &Context<'_>) -> Option<Repair> {
    Some(match fate {
        Fate::Moved {
            to,
            permanent: true,
        } => {
            let from = context.reference.and_then(address).unwrap_or_default();
            let to = to.to_string();
            let missing = context.material.findings.iter().filter(|finding| {
                context
                    .reference
                    .is_some_and(|reference| finding.cites.contains(&reference.number))
                    && !matches!(
                        finding.subject,
                        Subject::Reference { .. } | Subject::NewName { .. }
                    )
                    && finding.weight() < Weight::Moved
            });
            let missing = missing.count();
            let mut citation = context.citation(UrlStatus::Live);
            if let Some(citation) = &mut citation {
                citation.url = Some(to.clone());
                if missing == 0 {
                    citation.access_date =
                        (context.material.latest)(citation.number).or(citation.access_date);
                }
            }
            let change = Operation::ChangeAddress { from, to };
            if missing > 0 {
                let alternative = Alternative {
                    operation: change,
                    after: None,
                    citation,
                };
                let mut repair = context.archived_first(UrlStatus::Deviated, vec![alternative]);
                repair.remarks.push(format!(
                    "The page moved, and {missing} of the things that the article cites it for are not at the new address."
                ));
                repair
            } else {
                context.address_first(change, citation, Vec::new())
            }
        }
        Fate::Gone { .. }
        | Fate::Soft404
        | Fate::RedirectedAway { .. }
        | Fate::Unreachable { .. }
        | Fate::Refused { .. }
        | Fate::Walled { .. } => context.archived_first(UrlStatus::Dead, context.elsewhere()),
        Fate::Parked => context.archived_first(UrlStatus::Usurped, context.elsewhere()),
        Fate::Moved { .. }
        | Fate::Live
        | Fate::Waiting { .. }
        | Fate::Unvisited
        | Fate::NoAddress => return None,
    })
}

fn of_verdict(verdict: &Verdict, context: &Context<'_>) -> Option<Repair> {
    let words = context.finding.subject.words()?;
    Some(match (verdict, &context.finding.subject) {
        (Verdict::New, Subject::NewName { name, .. }) => {
            let changed = change_list(context, None, Some(name));
            let mut repair = context.words_first(Operation::Insert { to: name.clone() }, changed);
            repair.alternatives.clear();
            repair
        }
        (Verdict::Absent, Subject::Name { .. }) => {
            let changed = change_list(context, Some((words, &Change::Delete)), None);
            context.words_first(Operation::Delete { from: words.into() }, changed)
        }
        (Verdict::Absent, _) => {
            let sentence = context.claim.and_then(|claim| claim.sentence.clone());
            let delete = Alternative {
                operation: Operation::Delete {
                    from: sentence.unwrap_or_else(|| words.into()),
                },
                after: None,
                citation: None,
            };
            context.archived_first(UrlStatus::Deviated, vec![delete])
        }
        (Verdict::Renamed { to, .. } | Verdict::Merged { into: to, .. }, _) => {
            replaced(context, words, to)
        }
        (Verdict::Split { into }, _) => replaced(
            context,
            words,
            &joined(into, conjunction(context.material.profile)),
        ),
        (Verdict::Altered { to, .. }, _) => {
            let changed = change_words(context, words, to);
            context.words_first(
                Operation::Replace {
                    from: words.into(),
                    to: to.clone(),
                },
                Ok(changed),
            )
        }
        (Verdict::MovedPage { from, to }, _) => {
            let change = Operation::ChangeAddress {
                from: from.to_string(),
                to: to.to_string(),
            };
            let mut citation = context.citation(UrlStatus::Live);
            if let Some(citation) = &mut citation {
                citation.url = Some(to.to_string());
            }
            let remark = format!("Another page that the article cites lists it now: {to}");
            context.address_first(change, citation, vec![remark])
        }
        (Verdict::MovedList { from, to }, _) => {
            let mut repair = context.archived_first(UrlStatus::Deviated, Vec::new());
            repair.operation = Operation::None;
            repair.remarks.insert(0, format!("It moved on the page from “{from}” to “{to}”. Check whether the sentence is still right."));
            repair
        }
        _ => return None,
    })
}

/// The repair for a name that has changed.
fn replaced(context: &Context<'_>, from: &str, to: &str) -> Repair {
    let change = Change::Replace(to.to_owned());
    let changed = change_list(context, Some((from, &change)), None);
    let operation = Operation::Replace {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    context.words_first(operation, changed)
}

/// The sentence of a claim with one name changed or inserted.
fn change_list(
    context: &Context<'_>,
    change: Option<(&str, &Change)>,
    added: Option<&String>,
) -> Result<Changed, Refusal> {
    let Some(claim) = context.claim else {
        return Ok(Changed::default());
    };
    let (Some(sentence), Statement::Listed { names, .. }) = (&claim.sentence, &claim.statement)
    else {
        return Ok(Changed::default());
    };
    let Some(members) = places(sentence, names) else {
        return Ok(Changed::default());
    };
    let changes: Vec<Change> = names
        .iter()
        .map(|name| match (change, name) {
            (Some((from, change)), ListedName::One(name)) if name == from => change.clone(),
            _ => Change::Keep,
        })
        .collect();
    let hit = changes.iter().any(|change| *change != Change::Keep);
    if let Some((from, _)) = change.filter(|_| !hit) {
        // If the commas do not show how many names there are, a person has to decide.
        return Err(Refusal::Unclear(from.to_owned()));
    }
    let added: Vec<String> = added.cloned().into_iter().collect();
    let edited = edit_list(
        sentence,
        &members,
        &changes,
        &added,
        conjunction(context.material.profile),
    )?;
    let mut remarks = Vec::new();
    if edited.is_single {
        remarks.push("One name is left: check whether the verb still fits.".to_owned());
    }
    Ok(Changed {
        after: Some(edited.of(sentence)),
        remarks,
    })
}

/// The sentence of a claim with other words.
fn change_words(context: &Context<'_>, from: &str, to: &str) -> Changed {
    let sentence = context.claim.and_then(|claim| claim.sentence.as_ref());
    let after = sentence
        .filter(|sentence| sentence.contains(from))
        .map(|sentence| sentence.replacen(from, to, 1));
    Changed {
        after,
        remarks: Vec::new(),
    }
}

/// The places of the names of a list in its sentence; `None` if one is not found.
pub(super) fn places(sentence: &str, names: &[ListedName]) -> Option<Vec<Range<usize>>> {
    let mut from = 0;
    let mut places = Vec::new();
    for name in names {
        let rest = sentence.get(from..)?;
        let spelled = name.readings();
        let found = spelled
            .iter()
            .rev()
            .filter_map(|it| Some((rest.find(it.as_str())?, it.len())));
        let (at, length) = found.min_by_key(|it| (it.0, usize::MAX - it.1))?;
        places.push(from + at..from + at + length);
        from += at + length;
    }
    Some(places)
}

fn targets(context: &Context<'_>) -> Vec<Target> {
    let Some(source) = context.material.source else {
        return Vec::new();
    };
    let charset = context
        .material
        .profile
        .source
        .as_ref()
        .map(|source| source.charset.as_str());
    let span = match (&context.finding.subject, context.claim) {
        (Subject::Reference { .. }, _) => context.reference.and_then(|reference| reference.bytes),
        (Subject::Name { name, .. }, Some(claim)) => super::source::span_of(claim, name),
        (Subject::NewName { .. }, Some(claim)) => claim.bytes,
        (_, Some(claim)) => claim.spans.first().copied().or(claim.bytes),
        _ => None,
    };
    span.map_or_else(Vec::new, |span| target(source, charset, span))
}

/// `A, B and C`
fn joined(names: &[String], conjunction: &str) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {conjunction} {last}", rest.join(", "))
        }
        _ => names.join(", "),
    }
}
