//! Retention: the rules that decide which captures of each address are kept.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    str::FromStr,
};

use chrono::TimeDelta;
use serde::Deserialize;

use super::{PdfReader, readings::Readings};
use crate::{
    capture::CaptureEntry,
    clock::Instant,
    digest::{ContentDigest, PayloadDigest},
    finding::CaptureRef,
    profile::Profile,
    schedule::parse_interval,
    store::{Removal, Store, StoreError, Weight},
    uri::TargetUri,
};

/// One rule: of captures older than an age, one per period is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thinning {
    /// The age.
    pub age: TimeDelta,
    /// The period, of which the first capture is kept.
    pub period: TimeDelta,
}

impl FromStr for Thinning {
    type Err = String;

    /// Parses `90d: 1w`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (age, period) = text
            .split_once(':')
            .ok_or_else(|| format!("`{text}` is not a rule such as `90d: 1w`"))?;
        let interval = |text: &str| parse_interval(text).map_err(|error| error.to_string());
        Ok(Self {
            age: interval(age)?,
            period: interval(period)?,
        })
    }
}

/// Which changes of a page are kept at any age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changes {
    /// Every change of the payload; then nothing is removed.
    Bytes,
    /// Visible changes: payloads with a text different from the one before.
    #[default]
    Text,
    /// None.
    Nothing,
}

/// What is kept. The first capture of each address, and every capture that a finding or a review cites, are always kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The rules for old captures; without a rule, nothing is removed.
    pub thin: Vec<Thinning>,
    /// Which changes are kept.
    pub changes: Changes,
    /// How many of the latest captures of each address are kept, at least one.
    pub latest: usize,
}

/// What to remove, and how much it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The payloads to remove.
    pub removals: Vec<Removal>,
    /// The number of all payloads.
    pub payloads: usize,
    /// The size of the payloads to remove.
    pub weight: Weight,
    /// For each affected address: how many payloads, and how much.
    pub by_address: BTreeMap<TargetUri, (usize, Weight)>,
}

/// Plans the removals by these rules at `now`. Changes nothing.
///
/// A payload is removed if no kept capture has it or refers to it.
///
/// # Errors
/// The archive cannot be read.
pub fn plan_retention(
    store: &Store,
    rules: &Rules,
    now: Instant,
    pdf: &PdfReader,
) -> Result<Plan, StoreError> {
    let mut plan = Plan::default();
    if rules.thin.is_empty() {
        return Ok(plan);
    }
    let cited = cited(store)?;
    let mut kept: HashSet<PayloadDigest> = HashSet::new();
    let mut stored: HashMap<PayloadDigest, Option<Weight>> = HashMap::new();
    // Each payload that is not needed by some capture, with the first address that had it and the rule.
    let mut loose: Vec<(PayloadDigest, TargetUri, Thinning)> = Vec::new();
    for uri in store.addresses()? {
        let entries = store.captures_of(&uri)?;
        let mut with_payload = Vec::new();
        for (_, entry) in &entries {
            let Some(digest) = entry.payload_digest else {
                continue;
            };
            let weight = match stored.get(&digest) {
                Some(stored) => *stored,
                None => *stored.entry(digest).or_insert(store.weight(&digest)?),
            };
            if weight.is_some() && entry.source.is_some() {
                // Another archive may not give it out again.
                kept.insert(digest);
            } else if weight.is_some() {
                with_payload.push((digest, entry));
            }
        }
        let rules_against = judge(store, rules, now, &uri, &with_payload, &cited, pdf)?;
        for ((digest, _), by) in with_payload.into_iter().zip(rules_against) {
            match by {
                None => drop(kept.insert(digest)),
                Some(rule) => loose.push((digest, uri.clone(), rule)),
            }
        }
    }
    plan.payloads = stored.values().flatten().count();
    let mut gone = HashSet::new();
    for (digest, uri, rule) in loose {
        if kept.contains(&digest) || !gone.insert(digest) {
            continue;
        }
        let weight = stored.get(&digest).copied().flatten().unwrap_or_default();
        let of_address = plan.by_address.entry(uri).or_default();
        of_address.0 += 1;
        for sum in [&mut plan.weight, &mut of_address.1] {
            sum.plain += weight.plain;
            sum.kept += weight.kept;
        }
        plan.removals.push(Removal {
            payload: digest,
            reason: format!(
                "thinned: of captures older than {}, one in {} is kept",
                days(rule.age),
                days(rule.period)
            ),
        });
    }
    Ok(plan)
}

/// For each capture of an address, oldest first, the rule by which it is not kept; `None` for a kept one.
fn judge(
    store: &Store,
    rules: &Rules,
    now: Instant,
    uri: &TargetUri,
    entries: &[(PayloadDigest, &CaptureEntry)],
    cited: &Cited,
    pdf: &PdfReader,
) -> Result<Vec<Option<Thinning>>, StoreError> {
    let profile = Profile::default();
    let mut readings = Readings::new(store, &profile, pdf);
    let latest = entries.len().saturating_sub(rules.latest.max(1));
    let mut before: Option<ContentDigest> = None;
    let mut periods: BTreeSet<(i64, i64)> = BTreeSet::new();
    let mut rules_against = Vec::new();
    for (place, (digest, entry)) in entries.iter().enumerate() {
        let age = now - entry.date;
        let rule = rules
            .thin
            .iter()
            .filter(|rule| rule.age < age)
            .max_by_key(|it| it.age);
        let is_new = match rules.changes {
            Changes::Bytes => true,
            Changes::Nothing => false,
            Changes::Text => {
                let reading = readings.of(entry)?;
                let text = reading.map(|reading| ContentDigest::of(reading.text.as_bytes()));
                std::mem::replace(&mut before, text) != text || text.is_none()
            }
        };
        let Some(rule) = rule else {
            rules_against.push(None);
            continue;
        };
        let period = rule.period.num_milliseconds().max(1);
        let first_of_period =
            periods.insert((period, entry.date.timestamp_millis().div_euclid(period)));
        let is_kept = place == 0
            || place >= latest
            || is_new
            || first_of_period
            || cited.has(uri, entry.date, digest);
        rules_against.push((!is_kept).then_some(*rule));
    }
    Ok(rules_against)
}

/// The captures that findings and reviews rest on.
#[derive(Default)]
struct Cited {
    /// By address and date: the history of a finding has dates.
    captures: HashSet<(String, Instant)>,
    moments: HashSet<Instant>,
    payloads: HashSet<PayloadDigest>,
}

impl Cited {
    fn has(&self, uri: &TargetUri, date: Instant, payload: &PayloadDigest) -> bool {
        self.payloads.contains(payload)
            || self.moments.contains(&date)
            || self.captures.contains(&(uri.as_str().to_owned(), date))
    }

    /// Collects every capture that a finding names, wherever it is.
    fn learn(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::Array(all) => all.iter().for_each(|it| self.learn(it)),
            serde_json::Value::Object(all) => {
                if all.contains_key("target_uri")
                    && let Ok(it) = serde_json::from_value::<CaptureRef>(value.clone())
                {
                    self.captures
                        .insert((it.target_uri.as_str().to_owned(), it.date));
                    self.payloads.extend(it.payload_digest);
                }
                all.values().for_each(|value| self.learn(value));
            }
            serde_json::Value::String(text) => {
                self.moments.extend(text.parse::<Instant>().ok());
            }
            _ => {}
        }
    }
}

fn cited(store: &Store) -> Result<Cited, StoreError> {
    let mut cited = Cited::default();
    store.each_finding(|finding| cited.learn(&finding))?;
    Ok(cited)
}

fn days(span: TimeDelta) -> String {
    let hours = span.num_hours();
    if hours % 24 == 0 && hours > 0 {
        format!("{} d", hours / 24)
    } else {
        format!("{hours} h")
    }
}
