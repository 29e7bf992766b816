//! What a quiet run prints: only what no earlier run has printed, in a few lines for a mail.

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr;

use super::{
    Entry, Report, pasteable,
    terminal::{cut, safe},
};
use crate::finding::{Finding, Subject, Weight, news_summary, recovered};

/// How many changes are printed; a command shows the others.
const MOST: usize = 20;

/// The columns of a verdict, including the space after it.
const LABEL: usize = 14;

/// The news in one profile.
#[derive(Clone, Debug)]
pub struct News {
    /// The report on only those findings that no earlier run has printed.
    pub report: Report,
    /// The numbers of the references that were lost and are back.
    pub back: Vec<u32>,
}

impl News {
    /// The numbers of the references that were lost by the `earlier` findings and are there `now`.
    #[must_use]
    pub fn back(earlier: &[Finding], now: &[Finding]) -> Vec<u32> {
        let back = recovered(earlier, now).into_iter();
        back.filter_map(|it| match it.subject {
            Subject::Reference { number } => Some(number),
            _ => None,
        })
        .collect()
    }
}

/// One change of a page, for all profiles that cite it.
struct Change {
    weight: Option<Weight>,
    label: &'static str,
    what: String,
    /// The addresses of the page with the change.
    page: String,
    /// The id of the finding in the first profile; `None` for good news.
    finding: Option<String>,
    /// The profiles that cite the page.
    profiles: Vec<String>,
}

/// The lines for `news`; empty without news. `command` opens the archive; `width` is that of the terminal.
#[must_use]
pub fn news_text(news: &[News], command: &str, width: usize) -> String {
    let changes = changes(news);
    if changes.is_empty() {
        return String::new();
    }
    let mut lines = vec![news_summary(
        changes
            .iter()
            .map(|change| (change.weight, change.page.as_str())),
    )];
    for change in changes.iter().take(MOST) {
        let label = format!("  {:<LABEL$}", change.label);
        lines.push(cut(&format!("{label}{}", change.what), width));
        let margin = " ".repeat(label.width());
        lines.push(cut(
            &format!("{margin}{}", foot(change, width - margin.len())),
            width,
        ));
    }
    let named: BTreeSet<&str> = news.iter().map(|new| new.report.profile.as_str()).collect();
    let profile = match named.first().filter(|_| named.len() == 1) {
        Some(name) => format!(" --profile {}", pasteable(name)),
        None => String::new(),
    };
    let more = changes.len().saturating_sub(MOST);
    let lead = match more {
        0 => "all open findings".to_owned(),
        more => format!("and {more} more"),
    };
    // A command that is cut could not be pasted.
    lines.push(format!("{lead}: {command} report{profile}"));
    lines.join("\n") + "\n"
}

/// The finding, the profiles that cite the page (a few of many), and the page.
fn foot(change: &Change, width: usize) -> String {
    let finding = change
        .finding
        .as_ref()
        .map_or(String::new(), |finding| format!("finding {finding}, "));
    let room = width.saturating_sub(finding.width() + change.page.width() + 2);
    let mut names = String::new();
    for (at, name) in change.profiles.iter().enumerate() {
        let rest = change.profiles.len() - at - 1;
        let more = |rest: usize| match rest {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let comma = if at == 0 { "" } else { ", " };
        let longer = format!("{names}{comma}{name}");
        if at > 0 && longer.width() + more(rest).width() > room {
            names.push_str(&more(rest + 1));
            break;
        }
        names = longer;
    }
    format!("{finding}{names}: {}", change.page)
}

/// The changes, the most important first; a change that several profiles cite occurs once.
fn changes(news: &[News]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut places: BTreeMap<(String, &'static str, String), usize> = BTreeMap::new();
    let mut add = |change: Change| {
        let key = (change.page.clone(), change.label, change.what.clone());
        let place = *places.entry(key).or_insert(changes.len());
        match changes.get_mut(place) {
            Some(there) => there.profiles.extend(change.profiles),
            None => changes.push(change),
        }
    };
    for News { report, back } in news {
        let page = |cites: &[u32]| {
            let cited = report
                .references
                .iter()
                .filter(|reference| cites.contains(&reference.number));
            let addresses: BTreeSet<&str> = cited
                .filter_map(|reference| reference.address.as_deref())
                .collect();
            addresses.into_iter().collect::<Vec<_>>().join(" ")
        };
        for entry in report.entries() {
            add(Change {
                weight: Some(entry.finding.weight()),
                label: entry.label.words(),
                what: what(entry),
                page: safe(&page(&entry.finding.cites)),
                finding: Some(entry.finding.id.to_string()),
                profiles: vec![safe(&report.profile)],
            });
        }
        for reference in report
            .references
            .iter()
            .filter(|reference| back.contains(&reference.number))
        {
            add(Change {
                weight: None,
                label: "back",
                what: safe(&reference.title),
                page: safe(reference.address.as_deref().unwrap_or_default()),
                finding: None,
                profiles: vec![safe(&report.profile)],
            });
        }
    }
    changes.sort_by_key(|change| (change.weight.is_none(), change.weight));
    changes
}

/// The subject of a finding, and what replaced it.
fn what(entry: &Entry) -> String {
    match entry.now() {
        Some(now) => safe(&format!("{} → {now}", entry.subject)),
        None => safe(&entry.subject),
    }
}
