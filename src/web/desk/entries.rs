//! Findings as the desk shows them: a line in a list, and the opened one.

use super::{
    say,
    sides::{day, minute},
};
use crate::{
    desk::{Item, State},
    finding::{Conclusion, Evidence, Fate, Finding, Subject, Verdict},
    profile::{Profile, Statement},
    report::{Label, said, since},
    selector::TextQuoteSelector,
    text::one_line,
    web::{pages::encoded, room::Now},
};

/// A finding in a line.
pub(super) struct Line {
    /// The id of the finding.
    pub(super) id: String,
    /// The number of its latest review, or 0.
    pub(super) seen: i64,
    /// The tone of its label, as a class of the style sheet.
    pub(super) tone: &'static str,
    /// The sign of its label.
    pub(super) sign: &'static str,
    /// The word of its label.
    pub(super) word: &'static str,
    /// Its subject.
    pub(super) words: String,
    /// Its replacement on the page.
    pub(super) to: String,
    /// Whether a decision is due.
    pub(super) is_due: bool,
    /// Whether it is about a new name.
    pub(super) is_new: bool,
    /// The decision, by whom and when; empty if there is none.
    pub(super) decided: String,
    /// The address that opens it.
    pub(super) href: String,
    /// Whether it is the opened one.
    pub(super) is_open: bool,
}

impl Line {
    /// The line for a finding.
    pub(super) fn of(item: &Item, profile: Option<&Profile>, href: String, is_open: bool) -> Self {
        let finding = item.finding();
        let label = Label::of(finding);
        Self {
            id: finding.id.to_string(),
            seen: item.seen,
            tone: label.tone().class(),
            sign: label.sign(),
            word: label.words(),
            words: words(finding, profile),
            to: becomes(item).unwrap_or_default(),
            is_due: item.state.is_due(),
            is_new: label == Label::New,
            decided: decided(item),
            href,
            is_open,
        }
    }
}

/// The subject of a finding, in words.
pub(super) fn words(finding: &Finding, profile: Option<&Profile>) -> String {
    match &finding.subject {
        Subject::Reference { number } => {
            let reference = profile.and_then(|profile| profile.reference(*number));
            let title = reference.and_then(|reference| reference.title.clone());
            title.map_or_else(
                || format!("Reference {number}"),
                |title| format!("{title} [{number}]"),
            )
        }
        Subject::List { .. } => "The list".to_owned(),
        Subject::Quotation { exact, .. } => format!("“{exact}”"),
        Subject::Relation {
            subject,
            relation,
            object,
            ..
        } => format!("{subject} — {relation} — {object}"),
        other => other.words().unwrap_or_default().to_owned(),
    }
}

/// What the page has instead of the words of the article.
fn becomes(item: &Item) -> Option<String> {
    match &item.finding().conclusion {
        Conclusion::Verdict(
            Verdict::Renamed { to, .. }
            | Verdict::Altered { to, .. }
            | Verdict::Merged { into: to, .. },
        ) => Some(to.clone()),
        Conclusion::Verdict(Verdict::Split { into }) => Some(into.join("; ")),
        Conclusion::Fate(Fate::Moved { to, .. }) => Some(to.to_string()),
        _ => None,
    }
}

/// The decision, by whom, when and why.
pub(super) fn decided(item: &Item) -> String {
    let Some(review) = &item.review else {
        return String::new();
    };
    let note = review.note.as_ref();
    let note = note.map_or(String::new(), |note| format!(": “{note}”"));
    let came_back = if item.state == State::CameBack {
        "came back; before: "
    } else {
        ""
    };
    format!(
        "{came_back}{} · {}, {}{note}",
        say::decision(review, item.state),
        review.by,
        minute(review.at)
    )
}

/// Findings about one claim, or about the page itself.
pub(super) struct Group {
    /// The heading: the claim, or the page itself.
    pub(super) heading: String,
    /// The address of the claim.
    pub(super) href: String,
    /// The title of the article, if several articles cite the page.
    pub(super) article: String,
    /// The findings that need or have a decision.
    pub(super) lines: Vec<Line>,
    /// Those that need no decision.
    pub(super) settled: Vec<Line>,
    /// The new names that can be left together.
    pub(super) new: Vec<(String, i64)>,
    /// The profile and the claim, for the form that mutes new names.
    pub(super) of: (String, String),
}

impl Group {
    /// The findings of a page in groups, in their order; `line` creates the line for one.
    pub(super) fn all<'a>(
        now: &Now,
        items: impl Iterator<Item = &'a Item>,
        several: bool,
        line: impl Fn(&'a Item) -> Line,
    ) -> Vec<Self> {
        let mut groups: Vec<((&str, Option<&str>), Self)> = Vec::new();
        for item in items {
            let finding = item.finding();
            let key = (finding.profile.as_str(), finding.subject.claim());
            if groups.last().is_none_or(|group| group.0 != key) {
                groups.push((key, Self::of(now, item, several)));
            }
            if let Some((_, group)) = groups.last_mut() {
                let line = line(item);
                if line.is_due && line.is_new {
                    group.new.push((line.id.clone(), line.seen));
                }
                let needs_none = matches!(item.state, State::Settled | State::Note | State::Muted);
                let lines = if needs_none {
                    &mut group.settled
                } else {
                    &mut group.lines
                };
                lines.push(line);
            }
        }
        groups.into_iter().map(|group| group.1).collect()
    }

    fn of(now: &Now, item: &Item, several: bool) -> Self {
        let finding = item.finding();
        let profile = now
            .profile(&finding.profile)
            .map(|profile| &profile.profile);
        let name = encoded(&finding.profile);
        let (heading, href) = match finding.subject.claim() {
            Some(id) => (
                heading(profile, id, item.placed.reference),
                format!("/p/{name}/claims/{}", encoded(id)),
            ),
            None => (
                format!("The page itself [{}]", item.placed.reference),
                format!("/p/{name}/references/{}", item.placed.reference),
            ),
        };
        let article = profile
            .filter(|_| several)
            .map(|profile| profile.title.clone());
        Self {
            heading,
            href,
            article: article.unwrap_or_default(),
            lines: Vec::new(),
            settled: Vec::new(),
            new: Vec::new(),
            of: (
                finding.profile.clone(),
                finding.subject.claim().unwrap_or_default().to_owned(),
            ),
        }
    }
}

/// A claim in a few words, with the number of its reference.
fn heading(profile: Option<&Profile>, id: &str, number: u32) -> String {
    let claim = profile.and_then(|profile| profile.claims.iter().find(|claim| claim.id == id));
    let words = claim.map_or_else(|| id.to_owned(), |claim| claim_words(&claim.statement, id));
    format!("{words} [{number}]")
}

/// A claim in a few words: `Listed: convening centers`.
pub(super) fn claim_words(statement: &Statement, id: &str) -> String {
    match statement {
        Statement::Listed { relation, .. } => {
            format!("Listed: {}", relation.as_deref().unwrap_or(id))
        }
        Statement::Quoted { .. } => "Quoted".to_owned(),
        Statement::Figure { .. } => "Figure".to_owned(),
        Statement::Relation { .. } => "Relation".to_owned(),
        Statement::Stated { .. } => "Stated".to_owned(),
    }
}

/// A quotation from a copy, with the words around it.
pub(super) struct Quote {
    /// The date of the copy.
    pub(super) when: String,
    /// The text before the words.
    pub(super) lead: String,
    /// The words.
    pub(super) words: String,
    /// The text after the words.
    pub(super) trail: String,
    /// The description of the place.
    pub(super) note: String,
}

impl Quote {
    /// The words that a reviewer marked.
    fn marked(place: &TextQuoteSelector) -> Self {
        Self {
            when: String::new(),
            lead: before(&place.prefix),
            words: place.exact.clone(),
            trail: behind(&place.suffix),
            note: String::new(),
        }
    }

    fn of(evidence: &Evidence) -> Self {
        let quote = evidence.quote.clone().unwrap_or_default();
        Self {
            when: day(evidence.capture.date),
            lead: before(&quote.prefix),
            words: quote.exact,
            trail: behind(&quote.suffix),
            note: evidence.note.clone().unwrap_or_default(),
        }
    }
}

/// The text before a quotation, from the beginning of a word; the selector cuts where its length ends.
fn before(prefix: &str) -> String {
    let line = one_line(prefix);
    let space = if prefix.ends_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    match line.split_once(' ') {
        Some((_, whole)) => format!("…{whole}{space}"),
        None if line.is_empty() => String::new(),
        None => format!("…{line}{space}"),
    }
}

/// The text behind a quotation, to the end of a word.
fn behind(suffix: &str) -> String {
    let line = one_line(suffix);
    let space = if suffix.starts_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    match line.rsplit_once(' ') {
        Some((whole, _)) => format!("{space}{whole}…"),
        None if line.is_empty() => String::new(),
        None => format!("{space}{line}…"),
    }
}

/// The opened finding.
pub(super) struct Opened {
    /// The sentence of the article in stretches, with those at issue marked.
    pub(super) sentence: Vec<(String, bool)>,
    /// What the finding says, as a sentence.
    pub(super) said: String,
    /// When it changed, as a sentence.
    pub(super) since: String,
    /// How sure it is: `93 % sure`.
    pub(super) sure: String,
    /// The reasons, strongest first.
    pub(super) reasons: Vec<String>,
    /// The words on the page.
    pub(super) quotes: Vec<Quote>,
    /// The name of the profile.
    pub(super) profile: String,
    /// Everything as plain text, for a mail.
    pub(super) text: String,
    /// The words on the page that a reviewer marked, for the field to change them.
    pub(super) place: String,
    /// The same with the words around them, if the copy has them in its text.
    pub(super) marked: Option<Quote>,
    /// Whether the article needs an edit because of it.
    pub(super) is_to_edit: bool,
    /// Whether a decision can be taken back.
    pub(super) is_decided: bool,
}

impl Opened {
    /// The details of a finding whose line is `line`.
    pub(super) fn of(item: &Item, now: &Now, line: &Line, href: &str) -> Self {
        let finding = item.finding();
        let profile = now
            .profile(&finding.profile)
            .map(|profile| &profile.profile);
        let claim = finding.subject.claim();
        let claim = profile.and_then(|profile| {
            profile
                .claims
                .iter()
                .find(|found| Some(found.id.as_str()) == claim)
        });
        let sentence = claim.and_then(|claim| claim.sentence.clone());
        let at_issue = match finding.subject {
            Subject::NewName { .. } => None,
            _ => finding.subject.words(),
        };
        let quotes: Vec<Quote> = finding.evidence.iter().rev().map(Quote::of).collect();
        let mut text = format!(
            "{}: {}\n{}\n{}\n",
            line.word,
            line.words,
            said(finding),
            since(finding)
        );
        text.extend(
            sentence
                .as_ref()
                .map(|sentence| format!("The article says: {sentence}\n")),
        );
        for (quote, evidence) in quotes.iter().zip(finding.evidence.iter().rev()) {
            let digest = evidence.capture.payload_digest;
            let digest = digest.map_or(String::new(), |digest| format!(", {digest}"));
            let words = match quote.words.as_str() {
                "" => quote.note.clone(),
                words => format!("“{}{words}{}”", quote.lead, quote.trail),
            };
            let (date, page) = (minute(evidence.capture.date), &evidence.capture.target_uri);
            text.extend([format!("{date} ({page}{digest}): {words}\n")]);
        }
        text += href;
        let place = item.place();
        Self {
            sentence: stretches(sentence.as_deref().unwrap_or_default(), at_issue),
            said: said(finding),
            since: since(finding),
            sure: say::sure(finding.confidence),
            reasons: finding
                .reasons
                .iter()
                .map(|reason| reason.what.clone())
                .collect(),
            quotes,
            profile: finding.profile.clone(),
            text,
            place: place.map_or(String::new(), |place| place.exact.clone()),
            marked: place
                .filter(|place| !place.prefix.is_empty() || !place.suffix.is_empty())
                .map(Quote::marked),
            is_to_edit: item.state == State::ToEdit,
            is_decided: item.review.is_some(),
        }
    }
}

/// A sentence in stretches, with every occurrence of `words` marked.
pub(super) fn stretches(sentence: &str, words: Option<&str>) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    let mut rest = sentence;
    while let Some((at, words)) = words
        .filter(|word| !word.is_empty())
        .and_then(|words| Some((rest.find(words)?, words)))
    {
        let (before, behind) = rest.split_at(at);
        all.push((before.to_owned(), false));
        all.push((words.to_owned(), true));
        rest = behind.get(words.len()..).unwrap_or_default();
    }
    all.push((rest.to_owned(), false));
    all.retain(|it| !it.0.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_around_a_quotation_has_whole_words_and_its_own_spaces() {
        for (text, expected) in [
            ("otte, North Carolina\n", "…North Carolina "),
            ("otte, members of (", "…members of ("),
            ("word", "…word"),
            ("", ""),
        ] {
            assert_eq!(before(text), expected);
        }
        for (text, expected) in [
            (
                ", Cleveland, Ohio  Resolution Vir",
                ", Cleveland, Ohio Resolution…",
            ),
            (" Peace Direct Fur", " Peace Direct…"),
            (".", ".…"),
            ("", ""),
        ] {
            assert_eq!(behind(text), expected);
        }
    }
}
