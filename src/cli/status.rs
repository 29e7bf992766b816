//! `stillsays status`, a table of the references, and `stillsays captures`, the captures of a page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    capture::CaptureEntry,
    clock::warc_date,
    finding::{Conclusion, Fate, Subject},
    pipeline::{Named, Seed},
    profile::Reference,
    report::{StatusRow, status_table},
    store::{Access, PageDates, Store},
    text::for_terminal,
    uri::TargetUri,
};

use super::{
    Exit, Failure, Format, Session, findings,
    profiles::ProfilesArgs,
    run::plan,
    session::{json_text, print},
};

/// Arguments of `status`.
#[derive(Args, Debug)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl StatusArgs {
    /// Prints one line for each reference.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let mut texts = Vec::new();
        let mut tables = Vec::new();
        for named in &profiles {
            let rows = rows(session, &store, named)?;
            match self.format {
                Format::Text => {
                    texts.push(format!(
                        "{}\n{}",
                        for_terminal(&named.profile.title),
                        status_table(&rows, &session.style())
                    ));
                }
                Format::Json => tables.push(json!({"profile": named.name, "file": named.file.display().to_string(), "references": rows.iter().map(|row| to_json(row, named)).collect::<Vec<_>>()})),
            }
        }
        let removed = store.removals()?;
        if let Some((count, last)) = removed {
            let payloads = if count == 1 {
                "payload was"
            } else {
                "payloads were"
            };
            texts.push(format!(
                "{count} {payloads} removed on purpose (`prune`), the last on {}\n",
                last.format("%Y-%m-%d")
            ));
        }
        let last_look = store.last_look()?;
        if let Some(at) = last_look {
            texts.push(format!(
                "The last run with nothing due was at {}\n",
                warc_date(at)
            ));
        }
        print(&match self.format {
            Format::Text => texts.join("\n"),
            Format::Json => {
                let count = removed.map_or(0, |removed| removed.0);
                json_text(
                    &json!({"format": 1, "profiles": tables, "removed_payloads": count, "last_look": last_look.map(warc_date)}),
                )
            }
        })?;
        Ok(Exit::Done)
    }
}

fn rows(session: &Session, store: &Store, named: &Named) -> Result<Vec<StatusRow>, Failure> {
    let seeds = plan(session, std::slice::from_ref(named), Some(store))?;
    let due: HashMap<u32, &Seed> = seeds
        .iter()
        .flat_map(|seed| seed.references.iter().map(move |it| (it.1, seed)))
        .collect();
    let profile = &named.profile;
    let dates = dates(store, &profile.references)?;
    let current = findings::current(session, store, named)?;
    let decisions = store.decisions(session.clock.now())?;
    let mut fates = HashMap::new();
    let mut open: HashMap<u32, usize> = HashMap::new();
    for finding in &current {
        if let (Subject::Reference { number }, Conclusion::Fate(fate)) =
            (&finding.subject, &finding.conclusion)
        {
            fates.entry(*number).or_insert(fate);
        }
        if finding.weight().is_question() && decisions.is_open(finding) {
            let cited: BTreeSet<u32> = finding.cites.iter().copied().collect();
            for number in cited {
                *open.entry(number).or_default() += 1;
            }
        }
    }
    let row = |reference: &Reference| {
        let number = reference.number;
        let dates = dates.get(&number);
        let resting = profile
            .claims
            .iter()
            .filter(|claim| claim.cites.contains(&number));
        StatusRow {
            reference: number,
            title: reference.title.clone().unwrap_or_default(),
            fate: fates
                .get(&number)
                .copied()
                .cloned()
                .unwrap_or(Fate::Unvisited),
            last_visit: dates.map(|date| date.visited),
            last_change: dates.and_then(|date| date.changed),
            next_due: due.get(&number).and_then(|seed| seed.due),
            why_due: due
                .get(&number)
                .map_or_else(String::new, |seed| seed.why.to_string()),
            claims_resting: resting.count(),
            open_findings: open.get(&number).copied().unwrap_or_default(),
        }
    };
    Ok(profile.references.iter().map(row).collect())
}

/// When the page of each reference was last visited and changed, by the number of the reference.
fn dates(store: &Store, references: &[Reference]) -> Result<BTreeMap<u32, PageDates>, Failure> {
    let parse = |url: &str| TargetUri::parse(url).ok().map(|it| it.0);
    let pages: Vec<(u32, TargetUri)> = references
        .iter()
        .filter_map(|reference| Some((reference.number, parse(reference.url.as_deref()?)?)))
        .collect();
    let dates = store.page_dates(pages.iter().map(|page| &page.1))?;
    let numbers = pages.iter().map(|page| page.0);
    let known = numbers
        .zip(dates)
        .filter_map(|(number, it)| Some((number, it?)));
    Ok(known.collect())
}

fn to_json(row: &StatusRow, named: &Named) -> Value {
    json!({"reference": row.reference, "line": named.lines.get(&row.reference), "title": row.title, "fate": row.fate,
        "last_visit": row.last_visit.map(warc_date), "last_change": row.last_change.map(warc_date),
        "next_due": row.next_due.map(warc_date), "why_due": row.why_due, "claims_resting": row.claims_resting,
        "open_findings": row.open_findings})
}

/// Arguments of `captures`.
#[derive(Args, Debug)]
pub(super) struct CapturesArgs {
    /// The page
    #[arg(value_name = "URL")]
    url: String,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl CapturesArgs {
    /// Prints one line for each capture, failed visits included.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let (uri, _) = super::address(&self.url)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let mut captures = store.captures_of(&uri)?;
        // Archives fold the spellings of an address together: their copies may have another.
        let copies = store.copied(&uri)?.into_iter().flat_map(|it| it.hops);
        captures.extend(copies.filter(|copy| copy.1.target_uri != uri));
        captures.sort_by_key(|capture| (capture.1.date, capture.0));
        if captures.is_empty() {
            return Err(super::not_archived(&store, &uri)?);
        }
        print(&match self.format {
            Format::Json => {
                let row = |(id, it): &(crate::store::CaptureId, CaptureEntry)| {
                    json!({"capture": id.0, "date": warc_date(it.date), "status": it.status(),
                        "revisit": it.revisit, "truncated": it.truncated, "untrusted": it.untrusted, "asked": it.asked, "source": it.source, "payload_digest": it.payload_digest,
                        "media_type": it.field("content-type"), "failure": it.failure})
                };
                let rows: Vec<_> = captures.iter().map(row).collect();
                json_text(&json!({"format": 1, "url": uri, "captures": rows}))
            }
            Format::Text => captures
                .iter()
                .map(|(id, capture)| line(*id, capture))
                .collect::<Vec<_>>()
                .join("\n"),
        })?;
        Ok(Exit::Done)
    }
}

fn line(id: crate::store::CaptureId, entry: &CaptureEntry) -> String {
    let what = match (&entry.failure, entry.status()) {
        (Some(failure), _) => format!("failed: {}", failure.detail),
        (None, Some(304)) => "304 unchanged".into(),
        (None, Some(status)) => match (status, entry.field("location")) {
            (300..=399, Some(to)) => format!("{status} to {to}"),
            _ => format!(
                "{status} {}",
                entry.field("content-type").unwrap_or_default()
            ),
        },
        (None, None) => "no status".into(),
    };
    let digest = entry
        .payload_digest
        .map(|payload_digest| payload_digest.short())
        .unwrap_or_default();
    let cut = if entry.truncated.is_some() {
        "  (cut short)"
    } else {
        ""
    };
    let untrusted = entry
        .untrusted
        .map(|untrusted| format!("  (untrusted: {untrusted})"));
    let untrusted = untrusted.unwrap_or_default();
    let asked = entry
        .asked
        .as_ref()
        .map(|it| format!("  (not the page: asked for by {it})"));
    let asked = asked.unwrap_or_default();
    let source = entry
        .source
        .as_ref()
        .map(|source| format!("  ({})", source.held_by()));
    let source = source.unwrap_or_default();
    for_terminal(&format!(
        "{:>6}  {}  {digest:12}  {what}{cut}{untrusted}{asked}{source}",
        id.0,
        warc_date(entry.date)
    ))
}
