//! Events: who joined a list, left it or was renamed, and when, as the captures of a page show it one after another.

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
    /// The name, as the article has it; a new name as the page has it.
    pub(super) name: String,
    /// The new name; `None` unless renamed.
    to: Option<String>,
    /// The last capture before it.
    after: Instant,
    /// The first capture that shows it.
    pub(super) by: Instant,
    reference: u32,
    /// The archives that made these two captures; `None` for our own.
    sources: [Option<Source>; 2],
}

/// The state of a name in a capture.
#[derive(Clone, PartialEq)]
enum Presence {
    In,
    Out,
    As(String),
}

/// The events of a claim's names; empty for a claim without a list.
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
            let mut before: Option<(Instant, Presence, Option<Source>)> = None;
            for moment in one
                .moments
                .iter()
                .filter(|moment| moment.reference == *number)
            {
                let Some(presence) = presence(moment) else {
                    continue;
                };
                let source = source_of(moment).cloned();
                if let Some((after, was, after_source)) = before.take()
                    && was != presence
                {
                    let (kind, to) = match &presence {
                        Presence::In => ("joined", None),
                        Presence::Out => ("left", None),
                        Presence::As(to) => ("renamed", Some(to.clone())),
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
                        sources: [after_source, source.clone()],
                    });
                }
                before = Some((moment.until.unwrap_or(moment.date), presence, source));
            }
        }
    }
    events
}

fn presence(moment: &Moment) -> Option<Presence> {
    Some(match &moment.verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::New => Presence::In,
        Verdict::Absent | Verdict::MovedList { .. } | Verdict::MovedPage { .. } => Presence::Out,
        Verdict::Renamed { to, .. } | Verdict::Merged { into: to, .. } => Presence::As(to.clone()),
        _ => return None,
    })
}

impl Event {
    /// The archives behind the two captures, for people; empty if both are our own.
    fn held_by(&self) -> String {
        let [after, by] = &self.sources;
        let named = |source: &Option<Source>, what: &str| {
            source
                .as_ref()
                .map(|source| format!("{what} {}", source.held_by()))
        };
        let archives: Vec<String> = [named(after, "before:"), named(by, "after:")]
            .into_iter()
            .flatten()
            .collect();
        archives.join("; ")
    }
}

/// The events for people, the latest first.
pub(super) fn text(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        let day = |at: Instant| at.format("%Y-%m-%d");
        let what = match &event.to {
            Some(to) => format!("{} → {}", one_line(&event.name), one_line(to)),
            None => one_line(&event.name),
        };
        let held_by = event.held_by();
        let held_by = if held_by.is_empty() {
            held_by
        } else {
            format!("  ({held_by})")
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} … {}  {:8} {what}  [{}] {}, {}{held_by}",
            day(event.after),
            day(event.by),
            event.kind,
            event.reference,
            event.profile,
            event.claim
        );
    }
    if text.is_empty() {
        text.push_str("no name joined, left or was renamed\n");
    }
    crate::text::for_terminal(&text)
}

/// The events as JSON.
pub(super) fn json(events: &[Event]) -> String {
    let rows: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({"profile": event.profile, "claim": event.claim, "event": event.kind, "name": event.name, "to": event.to,
                "after": warc_date(event.after), "by": warc_date(event.by), "reference": event.reference,
                "after_source": event.sources[0], "by_source": event.sources[1]})
        })
        .collect();
    json_text(&json!({"format": 1, "events": rows}))
}

/// The events as CSV for spreadsheets (RFC 4180), one row each.
pub(super) fn csv(events: &[Event]) -> String {
    let mut text =
        "profile,claim,event,name,to,after,by,reference,after_source,by_source\r\n".to_owned();
    for event in events {
        let memento = |source: &Option<Source>| {
            let source = source.as_ref();
            source.map_or_else(String::new, |source| {
                source.citable().unwrap_or_else(|| source.archive.clone())
            })
        };
        let fields = [
            event.profile.clone(),
            event.claim.clone(),
            event.kind.to_owned(),
            event.name.clone(),
            event.to.clone().unwrap_or_default(),
            warc_date(event.after),
            warc_date(event.by),
            event.reference.to_string(),
            memento(&event.sources[0]),
            memento(&event.sources[1]),
        ];
        let fields: Vec<String> = fields
            .iter()
            .map(|field| crate::report::csv_field(field))
            .collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}
