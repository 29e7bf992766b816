//! The report as plain text, for terminals and mails.

use super::{
    ClaimSection, Counts, DecidedEntry, Entry, Need, ReferenceSection, Report, Style, Tally,
    entry::{evidence_of, groups},
    label::Label,
    terminal::{Ink, Sheet},
    words,
};
use crate::{
    finding::{Evidence, Standing},
    text::counted,
};

/// The columns of a verdict, including the space after it.
const LABEL: usize = 14;

impl Report {
    /// The report as text for a terminal: complete without colour, and no wider than the terminal.
    #[must_use]
    pub fn to_text(&self, style: &Style) -> String {
        let mut sheet = Sheet::new(style);
        head(&mut sheet, self);
        if !self.references.is_empty() {
            sheet.blank();
            sheet.heading("References");
            let widest = self
                .references
                .iter()
                .map(|reference| reference.number)
                .max();
            let width = widest.unwrap_or_default().to_string().len() + 3;
            for section in &self.references {
                sheet.blank();
                reference(&mut sheet, section, width);
            }
        }
        if !self.claims.is_empty() {
            sheet.blank();
            sheet.heading("Claims");
            for section in &self.claims {
                sheet.blank();
                claim(
                    &mut sheet,
                    section,
                    &section.entries.iter().collect::<Vec<_>>(),
                );
            }
        }
        if let Some(rest) = self.part.and_then(|part| part.rest()) {
            let text = format!("{rest} `{} report --full` prints them.", self.command);
            sheet.blank();
            sheet.paragraph("", 0, &[(&text, Ink::Strong)]);
        }
        if !self.decided.is_empty() {
            sheet.blank();
            sheet.heading("Decided");
            for entry in &self.decided {
                decided(&mut sheet, entry);
            }
        }
        sheet.finish()
    }
}

/// A decision in a few lines: the decision, its subject, who decided, and the id of the finding.
fn decided(sheet: &mut Sheet, decided: &DecidedEntry) {
    let first = sheet.label(decided.word(), Ink::Plain, LABEL);
    let margin = " ".repeat(LABEL);
    let (about, said, when) = (
        decided.about(),
        format!(" — {}", decided.said),
        decided.when(),
    );
    let parts = [(about.as_str(), Ink::Strong), (said.as_str(), Ink::Plain)];
    sheet.paragraph(&first, LABEL, &parts);
    sheet.paragraph(&margin, LABEL, &[(&when, Ink::Plain)]);
    let foot = format!("finding {}", decided.finding.id);
    sheet.paragraph(&margin, LABEL, &[(&foot, Ink::Faint)]);
}

/// What a run prints: the changes that need a decision, by reference and claim, and a summary line.
#[must_use]
pub fn findings_text(report: &Report, style: &Style) -> String {
    let mut sheet = Sheet::new(style);
    let waiting = |entry: &&Entry| entry.need == Need::Decide;
    let references = report.references.iter();
    let fates: Vec<_> = references
        .filter_map(|reference| Some((reference, reference.entry.as_ref().filter(waiting)?)))
        .collect();
    for (it, entry) in &fates {
        let subject = format!("[{}] {}", it.number, it.title);
        let text = format!("{} {}", joined(&it.said, &it.since), it.advice);
        brief(&mut sheet, entry, &subject, &text);
    }
    if !fates.is_empty() {
        sheet.blank();
    }
    for claim in &report.claims {
        let open: Vec<&Entry> = claim.entries.iter().filter(waiting).collect();
        if open.is_empty() {
            continue;
        }
        let tail = format!(" {}", cited(claim, "[", "]"));
        let heading = claim.heading();
        let parts = [(heading.as_str(), Ink::Strong), (tail.as_str(), Ink::Plain)];
        sheet.paragraph("", 2, &parts);
        for entry in open {
            let subject = if claim.several {
                entry.subject.as_str()
            } else {
                ""
            };
            brief(
                &mut sheet,
                entry,
                subject,
                &joined(&entry.said, &entry.since),
            );
        }
        sheet.blank();
    }
    let title = format!("{}: ", report.title);
    let sentence = sum(&report.counts);
    sheet.paragraph("", 0, &[(&title, Ink::Strong), (&sentence, Ink::Plain)]);
    sheet.finish()
}

/// A finding in a few lines: verdict and name, what it says, its id, and the copy to look at.
fn brief(sheet: &mut Sheet, entry: &Entry, subject: &str, text: &str) {
    let indent = LABEL + 2;
    let margin = " ".repeat(indent);
    let ink = Ink::Tone(entry.label.tone());
    let mut first = format!("  {}", sheet.label(entry.label.words(), ink, LABEL));
    if !subject.is_empty() {
        sheet.paragraph(&first, indent, &[(subject, Ink::Strong)]);
        first.clone_from(&margin);
    }
    sheet.paragraph(&first, indent, &[(text, Ink::Plain)]);
    let rests = entry.finding.evidence.first();
    let rests = rests.map_or(String::new(), |rest| {
        let day = words::day(rest.capture.date);
        match &rest.capture.payload_digest {
            Some(digest) => format!(", copy of {day}, payload {}", digest.short()),
            None => format!(", visit of {day}"),
        }
    });
    let foot = format!("finding {}{rests}", entry.finding.id);
    sheet.paragraph(&margin, indent, &[(&foot, Ink::Faint)]);
}

/// The numbers in one line: open findings, then verdicts, then fates.
fn sum(counts: &Counts) -> String {
    let mut line = format!("{} to decide", counts.decide);
    if counts.later > 0 {
        line.push_str(", ");
        line.push_str(&counts.later.to_string());
        line.push_str(" put off");
    }
    for tally in [&counts.verdicts, &counts.fates] {
        let parts = tally
            .some()
            .map(|(label, number)| format!("{number} {}", label.words()));
        let parts: Vec<String> = parts.collect();
        if !parts.is_empty() {
            line.push_str("; ");
            line.push_str(&parts.join(", "));
        }
    }
    line.push('.');
    line
}

fn head(sheet: &mut Sheet, report: &Report) {
    let title = format!("{} — does the page still say so?", report.title);
    sheet.heading(&title);
    let as_of = report.as_of.map_or("never visited".to_owned(), |time| {
        format!("as of {}", words::minute(time))
    });
    let mut about = format!("profile {}, {as_of}", report.profile);
    if let Some(article) = &report.article {
        about.push_str(", ");
        about.push_str(article);
    }
    sheet.paragraph("", 0, &[(&about, Ink::Faint)]);
    sheet.blank();
    sheet.paragraph("", 0, &[(&report.counts.sentence(), Ink::Strong)]);
    sheet.blank();
    let counts = &report.counts;
    row(sheet, "decisions", &counts.decisions());
    row(sheet, "verdicts", &tally(&counts.verdicts));
    row(sheet, "references", &tally(&counts.fates));
}

fn tally(tally: &Tally) -> String {
    let parts = tally.some().map(|(label, number)| {
        // A no-break space keeps a number with its word.
        format!("{}\u{a0}{number}", label.words().replace(' ', "\u{a0}"))
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// A line of numbers; none if all are zero.
fn row(sheet: &mut Sheet, name: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    let first = sheet.label(name, Ink::Faint, LABEL);
    sheet.paragraph(&first, LABEL, &[(text, Ink::Plain)]);
}

fn reference(sheet: &mut Sheet, reference: &ReferenceSection, width: usize) {
    let number = format!("{:<width$}", format!("[{}]", reference.number));
    sheet.paragraph(&number, number.len(), &[(&reference.title, Ink::Strong)]);
    let margin = " ".repeat(number.len());
    let address = reference.address.clone().unwrap_or_default();
    for text in [reference.imprint(), address] {
        if !text.is_empty() {
            sheet.paragraph(&margin, margin.len(), &[(&text, Ink::Faint)]);
        }
    }
    let indent = number.len() + LABEL;
    let mut line = |name: &str, ink: Ink, parts: &[(&str, Ink)]| {
        let first = format!("{margin}{}", sheet.label(name, ink, LABEL));
        sheet.paragraph(&first, indent, parts);
    };
    let said = joined(&reference.said, &reference.since);
    line(
        reference.label.words(),
        Ink::Tone(reference.label.tone()),
        &[(&said, Ink::Plain)],
    );
    if !reference.advice.is_empty() {
        line("to do", Ink::Strong, &[(&reference.advice, Ink::Plain)]);
    }
    if let Some(visit) = reference.last_visit() {
        let text = format!(
            "{}, the last {}: {}",
            counted(reference.visits_in_all, "visit", "visits"),
            words::minute(visit.date),
            visit.outcome,
        );
        line("visited", Ink::Faint, &[(&text, Ink::Plain)]);
    }
    let copies: Vec<String> = reference
        .copies()
        .filter_map(|copy| {
            Some(format!(
                "{}, {}",
                words::day(copy.date),
                copy.source.as_ref()?.held_by()
            ))
        })
        .collect();
    if !copies.is_empty() {
        line("copies", Ink::Faint, &[(&copies.join("; "), Ink::Plain)]);
    }
    if !reference.claims.is_empty() {
        line(
            "claims",
            Ink::Faint,
            &[(&reference.claims.join(", "), Ink::Plain)],
        );
    }
    if let Some(entry) = &reference.entry {
        if let Some(text) = standing(entry) {
            line("review", Ink::Faint, &[(&text, Ink::Plain)]);
        }
        if !entry.is_settled() {
            line("finding", Ink::Faint, &[(&entry.finding.id.0, Ink::Faint)]);
        }
    }
}

fn claim(sheet: &mut Sheet, claim: &ClaimSection, entries: &[&Entry]) {
    let cites = cited(claim, "[", "]");
    let (heading, tail) = (claim.heading(), format!(" {cites}"));
    let parts = [(heading.as_str(), Ink::Strong), (tail.as_str(), Ink::Plain)];
    sheet.paragraph("", 2, &parts);
    let place = claim.whereabouts();
    let about = if place.is_empty() {
        format!("claim {}", claim.name())
    } else {
        format!("claim {}, {place}", claim.name())
    };
    sheet.paragraph("  ", 2, &[(&about, Ink::Faint)]);
    for sentence in claim.muted() {
        sheet.paragraph("  ", 2, &[(&sentence, Ink::Faint)]);
    }
    let marked: Vec<(String, Ink)> = claim
        .marked_sentence()
        .into_iter()
        .map(|(words, mark)| {
            if mark {
                (format!("»{words}«"), Ink::Strong)
            } else {
                (words.to_owned(), Ink::Plain)
            }
        })
        .collect();
    if !marked.is_empty() {
        let mut parts = vec![("The article: ", Ink::Faint)];
        parts.extend(marked.iter().map(|(words, ink)| (words.as_str(), *ink)));
        sheet.paragraph("  ", 2, &parts);
    }
    if entries.is_empty() {
        sheet.paragraph("  ", 2, &[("Not compared yet.", Ink::Plain)]);
    }
    for group in groups(entries) {
        finding(sheet, &group, claim.several);
    }
    if let Some(text) = claim.left_out() {
        sheet.paragraph("  ", 2, &[(&text, Ink::Faint)]);
    }
}

/// One finding, or several that say the same about different names.
///
/// If the claim is about `several` things, each is named; otherwise the heading has named it already.
fn finding(sheet: &mut Sheet, group: &[&Entry], several: bool) {
    let Some(entry) = group.first() else {
        return;
    };
    let indent = LABEL + 2;
    let margin = " ".repeat(indent);
    let ink = Ink::Tone(entry.label.tone());
    let mut first = format!("  {}", sheet.label(entry.label.words(), ink, LABEL));
    if several {
        let subjects: Vec<&str> = group.iter().map(|entry| entry.subject.as_str()).collect();
        let subjects = subjects.join("; ");
        let ink = if entry.is_settled() {
            Ink::Plain
        } else {
            Ink::Strong
        };
        sheet.paragraph(&first, indent, &[(&subjects, ink)]);
        first.clone_from(&margin);
    }
    let text = joined(&entry.said, &entry.since);
    if !(several && entry.is_settled() && entry.label == Label::Present) {
        sheet.paragraph(&first, indent, &[(&text, Ink::Plain)]);
    }
    if !entry.advice.is_empty() {
        let parts = [
            ("To do: ", Ink::Strong),
            (entry.advice.as_str(), Ink::Plain),
        ];
        sheet.paragraph(&margin, indent, &parts);
    }
    if entry.is_settled() {
        if let Some(evidence) = entry.finding.evidence.first() {
            sheet.paragraph(&margin, indent, &[(&copy(evidence), Ink::Faint)]);
        }
        return;
    }
    for it in &evidence_of(group) {
        let words = it.link.as_deref();
        let words = words.filter(|_| it.quote.is_some() && entry.is_current(it));
        let page = it.capture.target_uri.as_str();
        let page = (entry.finding.cites.len() > 1).then_some(page);
        evidence(sheet, it, indent, words.or(page));
    }
    let ids: Vec<&str> = group
        .iter()
        .map(|entry| entry.finding.id.0.as_str())
        .collect();
    let kind = if ids.len() == 1 {
        "finding"
    } else {
        "findings"
    };
    let mut foot = format!("{kind} {}", ids.join(" "));
    if let Some(sure) = sureness(entry) {
        foot.push_str(", ");
        foot.push_str(&sure);
    }
    if let Some(reviewed) = standing(entry) {
        foot.push_str(", ");
        foot.push_str(&reviewed);
    }
    sheet.paragraph(&margin, indent, &[(&foot, Ink::Faint)]);
}

fn evidence(sheet: &mut Sheet, evidence: &Evidence, indent: usize, address: Option<&str>) {
    let margin = format!("{}│ ", " ".repeat(indent));
    let indent = indent + 2;
    let first = margin.as_str();
    if let Some(quote) = &evidence.quote {
        let before = around(&words::lead(&quote.prefix));
        let exact = around(quote.exact.trim());
        let after = around(&words::trail(&quote.suffix));
        // Without colour, the marks separate the words from those around them.
        let parts = [
            (before.as_str(), Ink::Plain),
            ("»", Ink::Plain),
            (exact.as_str(), Ink::Marked),
            ("«", Ink::Plain),
            (after.as_str(), Ink::Plain),
        ];
        sheet.paragraph(first, indent, &parts);
    }
    let note = evidence.note.as_ref().map(|note| format!(", {note}"));
    let text = format!("{}{}", copy(evidence), note.unwrap_or_default());
    sheet.paragraph(first, indent, &[(&text, Ink::Faint)]);
    if let Some(address) = address {
        sheet.paragraph(first, indent, &[(address, Ink::Faint)]);
    }
}

/// The text of a page in one line, with a dot at the beginning of each block.
pub(super) fn around(text: &str) -> String {
    text.replace('\n', " · ")
}

/// `copy of 2026-04-02 12:00 UTC, payload 0123456789ab`.
pub(super) fn copy(evidence: &Evidence) -> String {
    let date = words::minute(evidence.capture.date);
    let held_by = evidence
        .capture
        .source
        .as_ref()
        .map(|source| format!(", {}", source.held_by()));
    let held_by = held_by.unwrap_or_default();
    match &evidence.capture.payload_digest {
        Some(digest) => format!("copy of {date}{held_by}, payload {}", digest.short()),
        None => format!("visit of {date}, no content"),
    }
}

/// The decision that counts, by whom and when; `None` without one.
pub(super) fn standing(entry: &Entry) -> Option<String> {
    let mark = entry.standing.mark()?;
    let decision = match &entry.standing {
        Standing::CameBack(_) => format!("came back: {}", mark.state.words()),
        _ => entry.standing.word().unwrap_or_default().to_owned(),
    };
    let until = mark.until.map(|day| format!(" until {day}"));
    let note = mark.note.as_ref().map(|note| format!(": “{note}”"));
    Some(format!(
        "{decision}{} by {} on {}{}",
        until.unwrap_or_default(),
        mark.by,
        words::day(mark.at),
        note.unwrap_or_default()
    ))
}

/// How sure a finding is: `93 % sure`; `None` for one that cannot tell.
pub(super) fn sureness(entry: &Entry) -> Option<String> {
    let is_sure = entry.label != Label::CannotTell;
    is_sure.then(|| format!("{:.0} % sure", entry.finding.confidence * 100.0))
}

fn joined(said: &str, since: &str) -> String {
    if since.is_empty() {
        said.to_owned()
    } else {
        format!("{said} {since}")
    }
}

/// The numbers of the references of a claim, each between the two marks.
pub(super) fn cited(claim: &ClaimSection, open: &str, close: &str) -> String {
    let mut out = String::new();
    for number in &claim.cites {
        out.push_str(open);
        out.push_str(&number.to_string());
        out.push_str(close);
    }
    out
}
