//! `stillsays history CLAIM`: shows what each capture says about a claim, name by name.

mod events;

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    capture::Source,
    clock::{Instant, warc_date},
    finding::{Finding, Moment, Series, Subject, Verdict, Why},
    pipeline::{self, Named},
    profile::{Claim, Statement},
    report::{HistoryOfPage, HistoryRow, Label, history_text, spans},
    store::{Access, Store},
    text::{fold, one_line},
    uri::TargetUri,
};

use super::{
    Exit, Failure, Session, findings,
    profiles::ProfilesArgs,
    session::{json_text, print},
};

/// Arguments of `history`.
#[derive(Args, Debug)]
pub(super) struct HistoryArgs {
    /// The id of a claim, a name or words in a claim, or the id of a finding
    #[arg(value_name = "CLAIM", required_unless_present = "events")]
    claim: Option<String>,
    /// List who joined, left or was renamed, and when; of every claim unless one is named
    #[arg(long)]
    events: bool,
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: HistoryFormat,
}

/// The output formats of `history`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum HistoryFormat {
    /// For people
    Text,
    /// For programs; every document gives the version of its format
    Json,
    /// For spreadsheets, one event a row; with --events
    Csv,
}

/// The claims of one profile to show, each with the parts to show.
struct Meant<'a> {
    named: &'a Named,
    claims: Vec<(&'a Claim, Things)>,
}

/// The parts of a claim to show.
enum Things {
    /// The whole claim, with names that are new on the page.
    All,
    /// These names or words, folded.
    These(BTreeSet<String>),
}

impl Things {
    fn have(&self, subject: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(these) => these.contains(&fold(subject)),
        }
    }
}

impl HistoryArgs {
    /// Prints the history of a claim, or the events.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        if self.format == HistoryFormat::Csv && !self.events {
            return Err(
                Failure::usage(anyhow::anyhow!("only events can be written as CSV"))
                    .hint("add --events"),
            );
        }
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let meant = match self.claim {
            Some(_) => self.meant(session, &store, &profiles)?,
            None => profiles.iter().map(whole).collect(),
        };
        let mut events = Vec::new();
        let mut texts = Vec::new();
        let mut tables = Vec::new();
        for one in &meant {
            let comparing = findings::comparing(session);
            for (claim, things) in &one.claims {
                let claims = &one.named.profile.claims;
                let Some(place) = claims.iter().position(|it| it.id == claim.id) else {
                    continue;
                };
                let series = pipeline::series(&store, one.named, place, &comparing)?;
                let latest = latest(&store, one.named, claim)?;
                let wanted = |series: &&Series| {
                    series.finding.subject.claim() == Some(claim.id.as_str())
                        && !matches!(series.finding.subject, Subject::List { .. })
                        && things.have(&subject(&series.finding.subject))
                };
                let series: Vec<&Series> = series.iter().filter(wanted).collect();
                if self.events {
                    events.extend(events::of(one.named, claim, &series));
                    continue;
                }
                match self.format {
                    HistoryFormat::Text => {
                        let pages = pages(one.named, claim, &series, &latest);
                        let heading = heading(claim, &one.named.name);
                        texts.push(history_text(&heading, &pages, &session.style()));
                    }
                    _ => tables.push(to_json(one.named, claim, &series)),
                }
            }
        }
        if self.events {
            events.sort_by(|a, b| (b.by, &a.name).cmp(&(a.by, &b.name)));
            print(&match self.format {
                HistoryFormat::Text => events::text(&events),
                HistoryFormat::Json => events::json(&events),
                HistoryFormat::Csv => events::csv(&events),
            })?;
            return Ok(Exit::Done);
        }
        print(&match self.format {
            HistoryFormat::Text => texts.join("\n"),
            _ => json_text(&json!({"format": 1, "claims": tables})),
        })?;
        Ok(Exit::Done)
    }

    /// What was typed.
    fn typed(&self) -> &str {
        self.claim.as_deref().unwrap_or_default()
    }

    /// The claims with that id; else those with that name; else the subject of the finding with that id; else the claims
    /// whose words contain what was typed.
    fn meant<'a>(
        &self,
        session: &Session,
        store: &Store,
        profiles: &'a [Named],
    ) -> Result<Vec<Meant<'a>>, Failure> {
        let typed = fold(self.typed());
        let pick = |choose: &dyn Fn(&'a Claim) -> Option<Things>| {
            let mut all = Vec::new();
            for named in profiles {
                let claims = named.profile.claims.iter();
                let claims: Vec<_> = claims
                    .filter_map(|claim| Some((claim, choose(claim)?)))
                    .collect();
                if !claims.is_empty() {
                    all.push(Meant { named, claims });
                }
            }
            all
        };
        let mut by_id = Vec::new();
        for named in profiles {
            if let Some(claim) = named.profile.claim(self.typed()) {
                let claims = vec![(claim, Things::All)];
                by_id.push(Meant { named, claims });
            }
        }
        if by_id.len() > 1 {
            let names: Vec<&str> = by_id
                .iter()
                .map(|meant| meant.named.name.as_str())
                .collect();
            return Err(Failure::usage(anyhow::anyhow!(
                "{} profiles have a claim `{}`",
                by_id.len(),
                self.typed()
            ))
            .hint(format!("choose one with --profile: {}", names.join(", "))));
        }
        let of_things = |holds: &dyn Fn(&str) -> bool, claim: &Claim| {
            let things: BTreeSet<String> = things(claim)
                .iter()
                .map(|thing| fold(thing))
                .filter(|it| holds(it))
                .collect();
            (!things.is_empty()).then_some(Things::These(things))
        };
        let found = [by_id, pick(&|claim| of_things(&|it| it == typed, claim))];
        if let Some(claims) = found.into_iter().find(|claims| !claims.is_empty()) {
            return Ok(claims);
        }
        if findings::is_id(self.typed())
            && let Ok(finding) = findings::pick(session, store, profiles, self.typed())
        {
            return about(profiles, &finding).map(|about| vec![about]);
        }
        let by_words =
            pick(&|claim| of_things(&|it| !typed.is_empty() && it.contains(&typed), claim));
        if by_words.is_empty() {
            return Err(self.nothing(profiles));
        }
        Ok(by_words)
    }

    fn nothing(&self, profiles: &[Named]) -> Failure {
        const MOST: usize = 5;
        let typed = fold(self.typed());
        let mut near: Vec<(f64, String)> = profiles
            .iter()
            .flat_map(|profile| &profile.profile.claims)
            .flat_map(|claim| {
                let ids = std::iter::once(claim.id.clone());
                ids.chain(things(claim))
            })
            .map(|it| (strsim::jaro_winkler(&fold(&it), &typed), one_line(&it)))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.dedup_by(|a, b| a.1 == b.1);
        let nearest: Vec<String> = near
            .into_iter()
            .filter(|near| near.0 > 0.7)
            .take(MOST)
            .map(|near| format!("`{}`", near.1))
            .collect();
        let ids: Vec<&str> = profiles
            .iter()
            .flat_map(|profile| &profile.profile.claims)
            .map(|claim| claim.id.as_str())
            .collect();
        let hint = match (nearest.is_empty(), ids.is_empty()) {
            (false, _) => format!("the most similar: {}", nearest.join(", ")),
            (true, false) => format!("the claims are: {}", ids.join(", ")),
            (true, true) => "the profiles have no claims".to_owned(),
        };
        Failure::usage(anyhow::anyhow!(
            "no claim with the id, name or words `{}`",
            self.typed()
        ))
        .hint(hint)
    }
}

/// The subject of a finding: the claim, and the part of it.
fn about<'a>(profiles: &'a [Named], finding: &Finding) -> Result<Meant<'a>, Failure> {
    let Some(id) = finding.subject.claim() else {
        return Err(Failure::usage(anyhow::anyhow!(
            "finding {} is about a reference, not about a claim",
            finding.id
        ))
        .hint("`stillsays captures URL` lists every visit of its page"));
    };
    let named = profiles
        .iter()
        .find(|profile| profile.name == finding.profile);
    let claims = named.map(|named| (named, named.profile.claims.iter()));
    let found = claims.and_then(|(named, mut it)| Some((named, it.find(|it| it.id == id)?)));
    let (named, claim) = found.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!(
            "finding {} is about the claim `{id}`, which is no longer in profile {}",
            finding.id,
            finding.profile
        ))
        .hint("`stillsays report` shows the finding as it was when someone decided about it")
    })?;
    let things = match &finding.subject {
        Subject::List { .. } => Things::All,
        it => Things::These(BTreeSet::from([fold(&subject(it))])),
    };
    Ok(Meant {
        named,
        claims: vec![(claim, things)],
    })
}

/// All claims of a profile.
fn whole(named: &Named) -> Meant<'_> {
    let claims = named.profile.claims.iter();
    Meant {
        named,
        claims: claims.map(|claim| (claim, Things::All)).collect(),
    }
}

/// The subject of a claim: its names, or its words.
fn things(claim: &Claim) -> Vec<String> {
    match &claim.statement {
        Statement::Listed { names, .. } => names
            .iter()
            .flat_map(crate::profile::ListedName::readings)
            .collect(),
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

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Reference { number } => number.to_string(),
        Subject::List { claim } => claim.clone(),
        Subject::Name { name, .. } | Subject::NewName { name, .. } => name.clone(),
        Subject::Quotation { exact, .. }
        | Subject::Figure { exact, .. }
        | Subject::Statement { exact, .. } => exact.clone(),
        Subject::Relation {
            subject,
            relation,
            object,
            ..
        } => format!("{subject} — {relation} — {object}"),
    }
}

fn heading(claim: &Claim, profile: &str) -> String {
    let (kind, what) = match &claim.statement {
        Statement::Listed { relation, .. } => {
            ("Listed", relation.clone().unwrap_or_else(|| "names".into()))
        }
        Statement::Quoted { exact } => ("Quoted", format!("“{exact}”")),
        Statement::Figure { exact } => ("Figure", exact.clone()),
        Statement::Relation { .. } => ("Relation", things(claim).concat()),
        Statement::Stated { exact } => ("Stated", exact.clone()),
    };
    format!("{kind}: {what} ({profile}, claim {})", claim.id)
}

/// The latest visit of each page that the claim cites, by the number of the reference.
fn latest(store: &Store, named: &Named, claim: &Claim) -> Result<BTreeMap<u32, Instant>, Failure> {
    let last = store.last_visits()?;
    let of = |number: &u32| {
        let (seed, _) = TargetUri::parse(named.profile.reference(*number)?.url.as_deref()?).ok()?;
        Some((*number, last.of(&seed)?.at))
    };
    Ok(claim.cites.iter().filter_map(of).collect())
}

/// One table per page that the claim cites, with a column for each visit at which an answer begins or ends, and for the latest.
fn pages(
    named: &Named,
    claim: &Claim,
    series: &[&Series],
    latest: &BTreeMap<u32, Instant>,
) -> Vec<HistoryOfPage> {
    let references = claim
        .cites
        .iter()
        .filter_map(|cite| named.profile.reference(*cite));
    references
        .map(|reference| {
            let of_page = |moment: &&Moment| moment.reference == reference.number;
            let moments = series
                .iter()
                .flat_map(|series| &series.moments)
                .filter(of_page);
            let mut dates: BTreeSet<Instant> = moments
                .flat_map(|moment| [Some(moment.date), moment.until])
                .flatten()
                .collect();
            if !dates.is_empty() {
                dates.extend(latest.get(&reference.number));
            }
            let copies = series
                .iter()
                .flat_map(|series| &series.moments)
                .filter(of_page);
            let copies: BTreeMap<Instant, String> = copies
                .filter_map(|copy| Some((copy.date, source_of(copy)?.held_by())))
                .collect();
            let rows = series.iter().filter_map(|series| {
                let moments: Vec<&Moment> = series.moments.iter().filter(of_page).collect();
                // A copy shows the page at its own moment, and says nothing about the moments after it.
                let at = |date: &Instant| {
                    let is_at = |it: &&&Moment| it.date == *date || it.until == Some(*date);
                    let own =
                        |moment: &&&Moment| moment.date <= *date && source_of(moment).is_none();
                    let found = moments.iter().rfind(is_at);
                    found.or_else(|| moments.iter().rfind(own))
                };
                let verdicts: Vec<_> = dates
                    .iter()
                    .map(|date| at(date).map_or_else(untold, |it| it.verdict.clone()))
                    .collect();
                (!verdicts.is_empty() && !moments.is_empty()).then(|| HistoryRow {
                    subject: one_line(&subject(&series.finding.subject)),
                    verdicts,
                })
            });
            let parts = [reference.title.as_deref(), reference.url.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            HistoryOfPage {
                title: format!("[{}] {}", reference.number, parts.join(" — ")),
                rows: rows.collect(),
                dates: dates.into_iter().collect(),
                copies: copies.into_iter().collect(),
            }
        })
        .collect()
}

/// The archive that made the capture behind a moment; `None` for our own.
fn source_of(moment: &Moment) -> Option<&Source> {
    moment.capture.as_ref()?.source.as_ref()
}

/// The verdict for a moment before a page was read for the first time: cannot tell.
fn untold() -> Verdict {
    Verdict::CannotTell {
        why: Why::NotVisited,
        detail: String::new(),
    }
}

fn to_json(named: &Named, claim: &Claim, series: &[&Series]) -> Value {
    let thing = |series: &&Series| {
        let moments = series.moments.iter().map(|moment| {
            json!({"date": warc_date(moment.date), "until": moment.until.map(warc_date), "reference": moment.reference,
                "url": moment.capture.as_ref().map(|capture| &capture.target_uri),
                "payload_digest": moment.capture.as_ref().and_then(|capture| capture.payload_digest), "source": source_of(moment),
                "label": Label::of_verdict(&moment.verdict), "verdict": moment.verdict})
        });
        let moments: Vec<Value> = moments.collect();
        let mut dates = Vec::new();
        let mut verdicts = Vec::new();
        for moment in &series.moments {
            for date in [Some(moment.date), moment.until].into_iter().flatten() {
                dates.push(date);
                verdicts.push(moment.verdict.clone());
            }
        }
        json!({"subject": subject(&series.finding.subject), "about": series.finding.subject, "finding": series.finding.id,
            "now": Label::of(&series.finding), "conclusion": series.finding.conclusion, "history": series.finding.history,
            "said": spans(&dates, &verdicts), "captures": moments})
    };
    json!({"profile": named.name, "claim": claim.id, "cites": claim.cites,
        "things": series.iter().map(thing).collect::<Vec<_>>()})
}
