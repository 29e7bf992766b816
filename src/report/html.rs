//! The report as one HTML page that needs nothing else: no script, no font, no picture, no style sheet from anywhere.

use std::{collections::HashSet, fmt::Write};

use askama::Template;

use super::{
    ClaimSection, Entry, Label, Need, ReferenceSection, Report, entry::groups, plain, words,
};
use crate::{
    clock::{Instant, warc_date},
    finding::{Evidence, Reason},
    text::for_terminal,
    uri::TargetUri,
};

impl Report {
    /// The report as one self-contained HTML page; what comes from archived pages is escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        let page = Page::of(self);
        // Rendering into a String fails only where a value's own Display does, and none here does.
        page.render().unwrap_or_default()
    }
}

/// The page, as the template sees it.
#[derive(Template)]
#[template(config = "src/report/askama.toml", path = "page.html")]
struct Page<'a> {
    report: &'a Report,
    style: &'static str,
    urgent: Vec<Urgent<'a>>,
    references: Vec<Cited<'a>>,
    claims: Vec<Claimed<'a>>,
}

/// A line of the list of what needs a decision.
struct Urgent<'a> {
    anchor: String,
    entry: &'a Entry,
    about: String,
}

/// A reference with its anchor.
struct Cited<'a> {
    anchor: String,
    it: &'a ReferenceSection,
    claims: Vec<(String, &'a str)>,
    /// The anchor of the finding on its fate.
    finding: String,
}

/// A claim with its anchor, its findings by what they need.
struct Claimed<'a> {
    anchor: String,
    it: &'a ClaimSection,
    cites: Vec<(String, u32)>,
    open: Vec<Group<'a>>,
    decided: Vec<Group<'a>>,
    settled: Vec<Group<'a>>,
}

/// Findings that say the same of several names, so that it is said once.
struct Group<'a> {
    named: bool,
    /// The anchor of the first.
    anchor: String,
    first: &'a Entry,
    members: Vec<(String, &'a Entry)>,
}

/// Ids that are valid in a fragment and given out once.
#[derive(Default)]
struct Anchors(HashSet<String>);

impl Anchors {
    fn take(&mut self, kind: &str, name: &str) -> String {
        let name: String = name
            .chars()
            .map(|it| if it.is_ascii_alphanumeric() { it } else { '-' })
            .collect();
        let mut anchor = format!("{kind}-{name}");
        let mut more = 2;
        while !self.0.insert(anchor.clone()) {
            anchor = format!("{kind}-{name}-{more}");
            more += 1;
        }
        anchor
    }
}

impl<'a> Page<'a> {
    fn of(report: &'a Report) -> Self {
        let mut anchors = Anchors::default();
        let numbered: Vec<(u32, String)> = report
            .references
            .iter()
            .map(|it| (it.number, anchors.take("reference", &it.number.to_string())))
            .collect();
        let claims: Vec<Claimed> = report
            .claims
            .iter()
            .map(|it| Claimed::of(it, &mut anchors, &numbered))
            .collect();
        let references: Vec<Cited> = report
            .references
            .iter()
            .zip(&numbered)
            .map(|(it, (_, anchor))| Cited {
                anchor: anchor.clone(),
                it,
                claims: claims
                    .iter()
                    .filter(|claim| claim.it.cites.contains(&it.number))
                    .map(|claim| (claim.anchor.clone(), claim.it.id.as_str()))
                    .collect(),
                finding: it.entry.as_ref().map_or(String::new(), |entry| {
                    anchors.take("finding", &entry.finding.id.0)
                }),
            })
            .collect();
        Self {
            urgent: urgent(&references, &claims),
            style: include_str!("page.css"),
            report,
            references,
            claims,
        }
    }

    /// When the latest visit was.
    fn as_of(&self) -> String {
        self.report.as_of.map_or(String::new(), words::minute)
    }

    fn verdicts(&self) -> impl Iterator<Item = (Label, u32)> {
        self.report.counts.verdicts.iter()
    }

    fn fates(&self) -> impl Iterator<Item = (Label, u32)> {
        self.report.counts.fates.some()
    }
}

fn urgent<'a>(references: &[Cited<'a>], claims: &[Claimed<'a>]) -> Vec<Urgent<'a>> {
    let fates = references.iter().filter_map(|it| {
        let entry = it.it.entry.as_ref()?;
        Some(Urgent {
            anchor: it.anchor.clone(),
            entry,
            about: format!("reference {}", it.it.number),
        })
    });
    let verdicts = claims.iter().flat_map(|claim| {
        let about = format!("{} {}", claim.it.kind, claim.it.text);
        let members = claim.open.iter().flat_map(|it| &it.members);
        members.map(move |(anchor, entry)| Urgent {
            anchor: anchor.clone(),
            entry,
            about: if claim.it.text.is_empty() {
                about.trim().to_owned()
            } else {
                claim.it.kind.clone()
            },
        })
    });
    fates
        .chain(verdicts)
        .filter(|it| it.entry.need == Need::Decide)
        .collect()
}

impl<'a> Claimed<'a> {
    fn of(it: &'a ClaimSection, anchors: &mut Anchors, numbered: &[(u32, String)]) -> Self {
        let anchor = anchors.take("claim", &it.id);
        let named = !it.text.is_empty();
        let (mut open, mut decided, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for group in groups(&it.entries.iter().collect::<Vec<_>>()) {
            let Some(first) = group.first().copied() else {
                continue;
            };
            let members: Vec<(String, &Entry)> = group
                .into_iter()
                .map(|it| (anchors.take("finding", &it.finding.id.0), it))
                .collect();
            let group = Group {
                named,
                anchor: members.first().map_or(String::new(), |it| it.0.clone()),
                first,
                members,
            };
            match first.need {
                Need::Decide | Need::Later | Need::Unknown => open.push(group),
                Need::Decided => decided.push(group),
                Need::Settled => settled.push(group),
            }
        }
        Self {
            anchor,
            cites: it
                .cites
                .iter()
                .map(|it| {
                    let anchor = numbered.iter().find(|(number, _)| number == it);
                    (anchor.map_or(String::new(), |it| it.1.clone()), *it)
                })
                .collect(),
            it,
            open,
            decided,
            settled,
        }
    }
}

impl Group<'_> {
    /// What the finding is about, where the claim's heading has not named it already.
    fn names(&self) -> &[(String, &Entry)] {
        if self.named { &[] } else { &self.members }
    }
}

/// The address, if a browser may be sent there: http or https only, never a script.
pub(super) fn web(address: &str) -> Option<&str> {
    let scheme = address.split_once("://")?.0;
    matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https").then_some(address)
}

/// Text as HTML text, also inside a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in for_terminal(text).chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => {
                let _ = write!(out, "&#39;");
            }
            _ => out.push(it),
        }
    }
    out
}

/// Page text with its control characters made visible; the template escapes it.
fn clean(text: impl AsRef<str>) -> String {
    for_terminal(text.as_ref())
}

/// Where a browser opens on the words, as far as a browser may be sent there.
fn link(evidence: &Evidence) -> &str {
    let link = evidence.link.as_deref();
    link.and_then(web)
        .unwrap_or(evidence.capture.target_uri.as_str())
}

/// An address as people know it, without its scheme.
fn address(uri: &TargetUri) -> String {
    let address = uri.as_str();
    let address = address.split_once("://").map_or(address, |it| it.1);
    clean(address.strip_suffix('/').unwrap_or(address))
}

/// A moment for a `time` element.
fn machine(at: &Instant) -> String {
    warc_date(*at)
}

/// A reason's weight with its sign, in hundredths: `+40`.
fn signed(reason: &Reason) -> String {
    format!("{:+.0}", reason.weight * 100.0)
}

/// The version of the program that made the page.
const VERSION: &str = env!("CARGO_PKG_VERSION");
