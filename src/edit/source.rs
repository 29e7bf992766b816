//! Edits in the source of an article: which bytes to change.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8};

use super::{
    Citation, Edit, Material, Operation, OwnEntry, Target,
    entry::rewritten,
    patch::{Replacement, replaced},
    sentence::{Change, edit_list},
};
use crate::{
    language::Language,
    profile::{Claim, ListedName, Profile, Reference, Span, Statement},
    selector::{TextPositionSelector, TextQuoteSelector},
    text::for_terminal,
};

/// An edit that was left out of a diff, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The id of the edit.
    pub edit: String,
    /// The reason.
    pub why: String,
}

/// The source with all edits that can be made together, and those that were left out.
#[must_use]
pub fn patched(profile: &Profile, source: &[u8], edits: &[Edit]) -> (Vec<u8>, Vec<Conflict>) {
    let encoding = encoding(profile);
    let form = profile
        .source
        .as_ref()
        .map_or("text", |source| source.form.as_str());
    let mut conflicts = Vec::new();
    // The edits behind each replacement: those of one list are made together.
    let mut all: Vec<(Vec<&Edit>, Replacement)> = Vec::new();
    for claim in &profile.claims {
        let own: Vec<&Edit> = edits
            .iter()
            .filter(|edit| edit.claim.as_ref() == Some(&claim.id))
            .collect();
        if own.is_empty() {
            continue;
        }
        match of_claim(profile, claim, &own, source, encoding, form) {
            Ok(Some(replacement)) => all.push((own, replacement)),
            Ok(None) => {}
            Err(why) => conflicts.extend(own.iter().map(|edit| Conflict {
                edit: edit.id.clone(),
                why: why.clone(),
            })),
        }
    }
    for reference in &profile.references {
        let own = edits.iter().filter(|edit| {
            let changed = matches!(
                edit.operation,
                Operation::CiteArchived | Operation::ChangeAddress { .. }
            );
            changed
                && edit
                    .citation
                    .as_ref()
                    .is_some_and(|citation| citation.number == reference.number)
        });
        // A reference is cited in one way: what the fate of its page requires comes before what a claim requires.
        let mut own: Vec<&Edit> = own.collect();
        own.sort_by_key(|edit| edit.claim.is_some());
        let Some((first, rest)) = own.split_first() else {
            continue;
        };
        let same = |edit: &&&Edit| edit.citation == first.citation;
        conflicts.extend(rest.iter().filter(|edit| !same(edit)).map(|edit| Conflict {
            edit: edit.id.clone(),
            why: format!("another edit changes reference {}", reference.number),
        }));
        match of_reference(reference, first, source, encoding, form) {
            Ok(replacement) => all.push((vec![first], replacement)),
            Err(why) => conflicts.push(Conflict {
                edit: first.id.clone(),
                why,
            }),
        }
    }
    let replacements: Vec<Replacement> = all.iter().map(|pair| pair.1.clone()).collect();
    let (after, left_out) = replaced(source, &replacements);
    let touching = left_out
        .iter()
        .filter_map(|at| all.get(*at))
        .flat_map(|pair| &pair.0);
    conflicts.extend(touching.map(|touching| Conflict {
        edit: touching.id.clone(),
        why: "another edit changes the same words".to_owned(),
    }));
    (after, conflicts)
}

/// The changes in the sentence of a claim.
fn of_claim(
    profile: &Profile,
    claim: &Claim,
    edits: &[&Edit],
    source: &[u8],
    encoding: &'static Encoding,
    form: &str,
) -> Result<Option<Replacement>, String> {
    let not_found =
        || "its words were not found in the source; run `stillsays profile update`".to_owned();
    let Statement::Listed { names, .. } = &claim.statement else {
        return of_words(claim, edits, encoding, form);
    };
    let sentence = claim.bytes.ok_or_else(not_found)?;
    if claim.spans.len() != names.len() || claim.spans.iter().any(|span| span.is_empty()) {
        return Err(not_found());
    }
    let mut changes = vec![Change::Keep; names.len()];
    let mut added = Vec::new();
    let mut set = |from: &str, change: Change| {
        let place = names
            .iter()
            .position(|listed| matches!(listed, ListedName::One(name) if name == from));
        let slot = place
            .and_then(|place| changes.get_mut(place))
            .ok_or_else(not_found)?;
        *slot = change;
        Ok::<(), String>(())
    };
    for edit in edits {
        match &edit.operation {
            Operation::Delete { from } => set(from, Change::Delete)?,
            Operation::Replace { from, to } => set(from, Change::Replace(escaped(to, form)))?,
            Operation::Insert { to } => added.push(escaped(to, form)),
            Operation::ChangeAddress { .. } | Operation::CiteArchived | Operation::None => {}
        }
    }
    drop_repeated(&mut changes);
    if added.is_empty() && changes.iter().all(|change| *change == Change::Keep) {
        return Ok(None);
    }
    let window = window(sentence, &claim.spans);
    let (text, members) = decoded(source, window, &claim.spans, encoding).ok_or_else(not_found)?;
    let edited = edit_list(&text, &members, &changes, &added, conjunction(profile))
        .map_err(|error| error.to_string())?;
    let with = encoding.encode(&edited.of(&text)).0.into_owned();
    Ok(Some(Replacement {
        range: bytes(window),
        with,
    }))
}

/// If several names become one, the first is replaced and the others are deleted.
fn drop_repeated(changes: &mut [Change]) {
    let mut seen = std::collections::BTreeSet::new();
    for change in changes {
        if let Change::Replace(to) = change
            && !seen.insert(to.clone())
        {
            *change = Change::Delete;
        }
    }
}

/// The sentence or, if a list continues after it, everything up to the last name.
fn window(sentence: Span, names: &[Span]) -> Span {
    Span {
        start: names
            .iter()
            .map(|name| name.start)
            .min()
            .map_or(sentence.start, |at| at.min(sentence.start)),
        end: names
            .iter()
            .map(|name| name.end)
            .max()
            .map_or(sentence.end, |at| at.max(sentence.end)),
    }
}

/// The changes in words that are not a list.
fn of_words(
    claim: &Claim,
    edits: &[&Edit],
    encoding: &'static Encoding,
    form: &str,
) -> Result<Option<Replacement>, String> {
    let replacing = edits.iter().find_map(|edit| match &edit.operation {
        Operation::Replace { to, .. } => Some(escaped(to, form)),
        _ => None,
    });
    let Some(to) = replacing else { return Ok(None) };
    let span = claim.spans.first().filter(|span| !span.is_empty());
    let span =
        span.ok_or("its words were not found in the source; run `stillsays profile update`")?;
    Ok(Some(Replacement {
        range: bytes(*span),
        with: encoding.encode(&to).0.into_owned(),
    }))
}

/// The article's own entry of a reference, as it reads with `citation`; `None` if the article is not plain text or Markdown, or if the
/// entry is not in its source.
pub(super) fn own_entry(
    material: &Material<'_>,
    reference: &Reference,
    citation: &Citation,
) -> Option<OwnEntry> {
    let profile = material.profile;
    let form = profile.source.as_ref()?.form.as_str();
    let span = reference.bytes.filter(|byte| !byte.is_empty())?;
    let is_plain = matches!(form, "text" | "markdown");
    let (before, rest) = material
        .source
        .filter(|_| is_plain)?
        .split_at_checked(bytes(span).start)?;
    let entry = rest.get(..bytes(span).len())?;
    let decode = |bytes| encoding(profile).decode_without_bom_handling(bytes).0;
    let text = rewritten(&decode(entry), form, reference, citation)?;
    // The entry begins with its first word; the mark that opens a title belongs to it.
    let before = decode(before.get(before.len().saturating_sub(8)..)?);
    let opens = before
        .chars()
        .next_back()
        .filter(|letter| "“„«‘\"".contains(*letter));
    let text = opens.map_or(String::new(), String::from) + &text;
    Some(OwnEntry {
        form: form.to_owned(),
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

fn of_reference(
    reference: &Reference,
    edit: &Edit,
    source: &[u8],
    encoding: &'static Encoding,
    form: &str,
) -> Result<Replacement, String> {
    let span = reference.bytes.filter(|byte| !byte.is_empty());
    let span = span.ok_or("the entry of the reference was not found in the source")?;
    let citation = edit.citation.as_ref().ok_or("nothing is known to cite")?;
    if edit.operation == Operation::CiteArchived && citation.archived().is_none() {
        return Err("no public copy is known".to_owned());
    }
    let entry = source
        .get(bytes(span))
        .ok_or("the entry is outside the source")?;
    let (entry, _) = encoding.decode_without_bom_handling(entry);
    let after = rewritten(&entry, form, reference, citation);
    let after = after.ok_or("the entry has no address that could be changed")?;
    Ok(Replacement {
        range: bytes(span),
        with: encoding.encode(&after).0.into_owned(),
    })
}

/// A part of the source as text, and the places of the names in it.
fn decoded(
    source: &[u8],
    window: Span,
    names: &[Span],
    encoding: &'static Encoding,
) -> Option<(String, Vec<Range<usize>>)> {
    let (mut text, mut members, mut at) = (String::new(), Vec::new(), window.start);
    for name in names {
        let between = source.get(bytes(Span {
            start: at,
            end: name.start,
        }))?;
        text.push_str(&encoding.decode_without_bom_handling(between).0);
        let start = text.len();
        text.push_str(
            &encoding
                .decode_without_bom_handling(source.get(bytes(*name))?)
                .0,
        );
        members.push(start..text.len());
        at = name.end;
    }
    let rest = source.get(bytes(Span {
        start: at,
        end: window.end,
    }))?;
    text.push_str(&encoding.decode_without_bom_handling(rest).0);
    Some((text, members))
}

/// The place of a name of a list in the source.
pub(super) fn span_of(claim: &Claim, name: &str) -> Option<Span> {
    let Statement::Listed { names, .. } = &claim.statement else {
        return None;
    };
    let place = names
        .iter()
        .position(|listed| listed.readings().iter().any(|reading| reading == name))?;
    claim
        .spans
        .get(place)
        .copied()
        .filter(|span| !span.is_empty())
}

/// The selectors for a part of the source.
pub(super) fn target(source: &[u8], charset: Option<&str>, span: Span) -> Vec<Target> {
    let encoding = charset
        .and_then(|charset| Encoding::for_label(charset.as_bytes()))
        .unwrap_or(UTF_8);
    let part = |range: Range<usize>| {
        source
            .get(range)
            .map(|bytes| encoding.decode_without_bom_handling(bytes).0.into_owned())
    };
    let (start, end) = (span.start as usize, span.end as usize);
    let (Some(before), Some(exact), Some(after)) =
        (part(0..start), part(start..end), part(end..source.len()))
    else {
        return Vec::new();
    };
    let from = before.chars().count();
    let to = from + exact.chars().count();
    let place = before.len()..before.len() + exact.len();
    let text = [before, exact, after].concat();
    vec![
        Target::Quote(TextQuoteSelector::of(&text, place)),
        Target::Position(TextPositionSelector {
            start: from,
            end: to,
        }),
    ]
}

/// The word that the language of the article puts before the last of several names.
pub(super) fn conjunction(profile: &Profile) -> &'static str {
    let sentences = profile
        .claims
        .iter()
        .filter_map(|claim| claim.sentence.as_deref());
    let text: Vec<&str> = sentences.collect();
    let language = Language::of_text(&text.join(" "));
    let and = language.and_then(|language| language.grammar.and.first());
    and.map_or("and", String::as_str)
}

/// Words of a page, escaped for the form of the source.
fn escaped(words: &str, form: &str) -> String {
    let words = for_terminal(words);
    match form {
        "html" => words
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;"),
        "wikitext" => words
            .replace('|', "{{!}}")
            .replace('[', "&#91;")
            .replace(']', "&#93;"),
        "markdown" => words
            .replace('[', "\\[")
            .replace(']', "\\]")
            .replace('*', "\\*")
            .replace('_', "\\_"),
        _ => words,
    }
}

fn encoding(profile: &Profile) -> &'static Encoding {
    let label = profile
        .source
        .as_ref()
        .map(|source| source.charset.as_bytes());
    label.and_then(Encoding::for_label).unwrap_or(UTF_8)
}

fn bytes(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}
