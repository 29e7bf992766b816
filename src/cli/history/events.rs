//! Events: who joined a list, left it or was renamed, and when, as the captures of a page show it one after the other.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{json_text, source_of, subject};
use crate::{
    capture::Source,
    clock::{Instant, warc_date},
    finding::{Moment, Series, Subject, Verdict},
    pipeline::Named,
    profile::{Claim, Statement},
    text::one_line,
};

/// Something that happened to a name in a list.
pub(super) struct Event {
    profile: String,
    claim: String,
    /// `joined`, `left`, `renamed`.
    kind: &'static str,
    /// The name, as the article has it; a new one as the page has it.
    pub(super) name: String,
    /// What it is called since.
    to: Option<String>,
    /// The last capture at which it was otherwise.
    after: Instant,
    /// The first capture that shows it.
    pub(super) by: Instant,
    reference: u32,
    /// The archives that made these two captures, where they are not ours.
    sources: [Option<Source>; 2],
}

/// Where a name stands.
#[derive(Clone, PartialEq)]
enum Stands {
    In,
    Out,
    As(String),
}

/// The events of a claim's names; a claim without a list has none.
pub(super) fn of(named: &Named, claim: &Claim, series: &[&Series]) -> Vec<Event> {
    if !matches!(claim.statement, Statement::Listed { .. }) {
        return Vec::new();
    }
    let mut events = Vec::new();
    for one in series {
        if !matches!(
            one.finding.subject,
            Subject::Name { .. } | Subject::NewName { .. }
        ) {
            continue;
        }
        for number in &claim.cites {
            let mut before: Option<(Instant, Stands, Option<Source>)> = None;
            for moment in one.moments.iter().filter(|it| it.reference == *number) {
                let Some(stands) = stands(moment) else {
                    continue;
                };
                let source = source_of(moment).cloned();
                if let Some((after, was, held)) = before.take()
                    && was != stands
                {
                    let (kind, to) = match &stands {
                        Stands::In => ("joined", None),
                        Stands::Out => ("left", None),
                        Stands::As(to) => ("renamed", Some(to.clone())),
                    };
                    events.push(Event {
                        profile: named.name.clone(),
                        claim: claim.id.clone(),
                        kind,
                        name: subject(&one.finding.subject),
                        to,
                        after,
                        by: moment.date,
                        reference: *number,
                        sources: [held, source.clone()],
                    });
                }
                before = Some((moment.until.unwrap_or(moment.date), stands, source));
            }
        }
    }
    events
}

fn stands(moment: &Moment) -> Option<Stands> {
    Some(match &moment.verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::New => Stands::In,
        Verdict::Absent | Verdict::MovedList { .. } | Verdict::MovedPage { .. } => Stands::Out,
        Verdict::Renamed { to, .. } | Verdict::Merged { into: to, .. } => Stands::As(to.clone()),
        _ => return None,
    })
}

impl Event {
    /// The archives that it rests on, for people: empty where all of it is ours.
    fn held_by(&self) -> String {
        let [after, by] = &self.sources;
        let told = |source: &Option<Source>, what: &str| {
            source.as_ref().map(|it| format!("{what} {}", it.held_by()))
        };
        let told: Vec<String> = [told(after, "before:"), told(by, "after:")]
            .into_iter()
            .flatten()
            .collect();
        told.join("; ")
    }
}

/// For people, the latest first.
pub(super) fn text(events: &[Event]) -> String {
    let mut text = String::new();
    for it in events {
        let day = |at: Instant| at.format("%Y-%m-%d");
        let what = match &it.to {
            Some(to) => format!("{} → {}", one_line(&it.name), one_line(to)),
            None => one_line(&it.name),
        };
        let held_by = it.held_by();
        let held_by = if held_by.is_empty() {
            held_by
        } else {
            format!("  ({held_by})")
        };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{} … {}  {:8} {what}  [{}] {}, {}{held_by}",
            day(it.after),
            day(it.by),
            it.kind,
            it.reference,
            it.profile,
            it.claim
        );
    }
    if text.is_empty() {
        text.push_str("nobody joined, left or was renamed\n");
    }
    crate::text::for_terminal(&text)
}

/// For programs.
pub(super) fn json(events: &[Event]) -> String {
    let rows: Vec<Value> = events
        .iter()
        .map(|it| {
            json!({"profile": it.profile, "claim": it.claim, "event": it.kind, "name": it.name, "to": it.to,
                "after": warc_date(it.after), "by": warc_date(it.by), "reference": it.reference,
                "after_source": it.sources[0], "by_source": it.sources[1]})
        })
        .collect();
    json_text(&json!({"format": 1, "events": rows}))
}

/// For spreadsheets (RFC 4180).
pub(super) fn csv(events: &[Event]) -> String {
    let mut text =
        "profile,claim,event,name,to,after,by,reference,after_source,by_source\r\n".to_owned();
    for it in events {
        let memento = |source: &Option<Source>| {
            let source = source.as_ref();
            source.map_or_else(String::new, |it| {
                it.citable().unwrap_or_else(|| it.archive.clone())
            })
        };
        let fields = [
            it.profile.clone(),
            it.claim.clone(),
            it.kind.to_owned(),
            it.name.clone(),
            it.to.clone().unwrap_or_default(),
            warc_date(it.after),
            warc_date(it.by),
            it.reference.to_string(),
            memento(&it.sources[0]),
            memento(&it.sources[1]),
        ];
        let fields: Vec<String> = fields
            .iter()
            .map(|it| crate::report::csv_field(it))
            .collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}
