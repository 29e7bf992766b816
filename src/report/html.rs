//! The report as one self-contained HTML page: no script, and no font, picture or style sheet from elsewhere.

use std::{collections::HashSet, fmt::Write};

use askama::Template;

use super::{
    ClaimSection, Copy, Entry, Label, Need, ReferenceSection, Report, VisitSummary,
    diff::{Change, merged},
    entry::{evidence_of, groups},
    plain, words,
};
use crate::{
    capture::Source,
    clock::{Instant, digits14, warc_date},
    digest::PayloadDigest,
    finding::{Conclusion, Evidence, FindingId, Reason, Subject, Verdict},
    text::{for_terminal, html_escaped},
    uri::TargetUri,
};

impl Report {
    /// The report as one self-contained HTML page; what comes from archived pages is escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        self.html(None)
    }

    /// The same page with a link from every copy to its replay (`archive`, then its 14 digits and its address), and with links
    /// to the pages before and after it.
    #[must_use]
    pub fn to_html_with_copies(&self, archive: &str, pages: Pages) -> String {
        self.html(Some((archive, pages)))
    }

    fn html(&self, served: Option<(&str, Pages)>) -> String {
        let mut page = Page::of(self);
        if let Some((archive, pages)) = served {
            page.archive = Some(archive);
            page.pages = pages;
        }
        // Rendering into a String fails only if a Display implementation fails, and none here does.
        for_terminal(&page.render().unwrap_or_default())
    }
}

/// The addresses of the neighbouring parts of a report that is shown part by part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// The address of the part before.
    pub before: Option<String>,
    /// The address of the part after.
    pub after: Option<String>,
}

/// The page, as the template sees it.
#[derive(Template)]
#[template(config = "src/report/askama.toml", path = "page.html")]
struct Page<'a> {
    report: &'a Report,
    style: &'static str,
    /// The beginning of the addresses of copies.
    archive: Option<&'a str>,
    pages: Pages,
    urgent: Vec<Urgent<'a>>,
    references: Vec<Cited<'a>>,
    claims: Vec<Claimed<'a>>,
    /// The findings that are on this page.
    shown: HashSet<&'a FindingId>,
}

/// A line in the list of findings that need a decision.
struct Urgent<'a> {
    anchor: String,
    entry: &'a Entry,
    about: String,
}

/// A reference with its anchor.
struct Cited<'a> {
    anchor: String,
    section: &'a ReferenceSection,
    claims: Vec<(String, &'a str)>,
    /// The anchor of the finding on its fate.
    finding: String,
}

/// A claim with its anchor; its findings are grouped by what they need.
struct Claimed<'a> {
    anchor: String,
    section: &'a ClaimSection,
    cites: Vec<(String, u32)>,
    open: Vec<Group<'a>>,
    decided: Vec<Group<'a>>,
    settled: Vec<Group<'a>>,
}

/// Findings that say the same about several names, shown together.
struct Group<'a> {
    named: bool,
    /// The anchor of the first.
    anchor: String,
    first: &'a Entry,
    members: Vec<(String, &'a Entry)>,
}

/// Gives out ids that are valid in a fragment, each only once.
#[derive(Default)]
struct Anchors(HashSet<String>);

impl Anchors {
    fn take(&mut self, kind: &str, name: &str) -> String {
        let name: String = name
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
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
            .map(|reference| {
                (
                    reference.number,
                    anchors.take("reference", &reference.number.to_string()),
                )
            })
            .collect();
        let claims: Vec<Claimed> = report
            .claims
            .iter()
            .map(|claim| Claimed::of(claim, &mut anchors, &numbered))
            .collect();
        let references: Vec<Cited> = report
            .references
            .iter()
            .zip(&numbered)
            .map(|(section, (_, anchor))| Cited {
                anchor: anchor.clone(),
                section,
                claims: claims
                    .iter()
                    .filter(|claim| claim.section.cites.contains(&section.number))
                    .map(|claim| (claim.anchor.clone(), claim.section.id.as_str()))
                    .collect(),
                finding: section.entry.as_ref().map_or(String::new(), |entry| {
                    anchors.take("finding", &entry.finding.id.0)
                }),
            })
            .collect();
        Self {
            urgent: urgent(&references, &claims),
            style: super::STYLE,
            shown: report.entries().map(|entry| &entry.finding.id).collect(),
            archive: None,
            pages: Pages::default(),
            report,
            references,
            claims,
        }
    }

    /// Whether a finding is on this page, so that a link can lead to it.
    fn shows(&self, id: &FindingId) -> bool {
        self.shown.contains(id)
    }

    /// The time of the latest visit.
    fn as_of(&self) -> String {
        self.report.as_of.map_or(String::new(), words::minute)
    }

    /// The address at which a copy is replayed, if it has a payload and there is an archive.
    fn copy(
        &self,
        uri: &TargetUri,
        date: &Instant,
        payload: Option<&PayloadDigest>,
    ) -> Option<String> {
        let archive = self.archive.filter(|_| payload.is_some())?;
        Some(format!("{archive}{}/{uri}", digits14(*date)))
    }

    /// The address at which a copy to cite is shown.
    fn cited(&self, copy: &Copy) -> Option<String> {
        let own = || self.copy(&copy.target_uri, &copy.date, Some(&copy.payload_digest));
        copy.memento.clone().or_else(own)
    }

    /// The address at which the capture of a visit is shown: a copy from another archive there, our own here.
    fn copy_of(&self, visit: &VisitSummary) -> Option<String> {
        let own = || {
            self.copy(
                &visit.target_uri,
                &visit.date,
                visit.payload_digest.as_ref(),
            )
        };
        visit.source.as_ref().map_or_else(own, Source::link)
    }

    /// The address at which the words of a piece of evidence are replayed in their copy.
    fn words_in_copy(&self, evidence: &Evidence) -> Option<String> {
        let capture = &evidence.capture;
        if let Some(source) = &capture.source {
            return source.link();
        }
        let copy = self.copy(
            &capture.target_uri,
            &capture.date,
            capture.payload_digest.as_ref(),
        )?;
        let link = evidence.link.as_deref().unwrap_or_default();
        let fragment = link
            .split_once('#')
            .map_or(String::new(), |parts| format!("#{}", parts.1));
        Some(copy + &fragment)
    }

    /// Which findings are shown, if not all: `Findings 201 to 400 of 9339`.
    fn place(&self) -> Option<String> {
        let part = self
            .report
            .part
            .filter(|part| part.to - part.from < part.all)?;
        Some(format!(
            "Findings {} to {} of {}",
            part.from + 1,
            part.to,
            part.all
        ))
    }

    /// Whether there is a list of references: a part of a report may have none.
    fn has_references(&self) -> bool {
        !self.references.is_empty() || self.report.counts.references == 0
    }

    /// Whether there is a list of claims.
    fn has_claims(&self) -> bool {
        !self.claims.is_empty() || self.report.counts.claims == 0
    }

    /// How many findings need a decision.
    fn to_decide(&self) -> String {
        of(self.urgent.len(), self.report.counts.decide as usize)
    }

    /// How many references there are.
    fn of_references(&self) -> String {
        of(
            self.references.len(),
            self.report.counts.references as usize,
        )
    }

    /// How many claims there are.
    fn of_claims(&self) -> String {
        of(self.claims.len(), self.report.counts.claims as usize)
    }

    /// What follows, as a sentence; `None` if nothing does.
    fn rest(&self) -> Option<String> {
        self.report.part.and_then(|part| part.rest())
    }

    fn verdicts(&self) -> impl Iterator<Item = (Label, u32)> {
        self.report.counts.verdicts.some()
    }

    fn fates(&self) -> impl Iterator<Item = (Label, u32)> {
        self.report.counts.fates.some()
    }
}

/// How many are shown, and of how many: `12`, `12 of 60`.
fn of(shown: usize, all: usize) -> String {
    if shown == all {
        all.to_string()
    } else {
        format!("{shown} of {all}")
    }
}

fn urgent<'a>(references: &[Cited<'a>], claims: &[Claimed<'a>]) -> Vec<Urgent<'a>> {
    let fates = references.iter().filter_map(|reference| {
        let entry = reference.section.entry.as_ref()?;
        Some(Urgent {
            anchor: reference.anchor.clone(),
            entry,
            about: format!("reference {}", reference.section.number),
        })
    });
    let verdicts = claims.iter().flat_map(|claim| {
        let about = if claim.section.several {
            claim.section.heading()
        } else {
            claim.section.kind.clone()
        };
        let members = claim.open.iter().flat_map(|it| &it.members);
        members.map(move |(anchor, entry)| Urgent {
            anchor: anchor.clone(),
            entry,
            about: about.clone(),
        })
    });
    let waiting = fates.chain(verdicts);
    let waiting = waiting.filter(|line| line.entry.need == Need::Decide);
    let mut urgent: Vec<Urgent> = waiting.collect();
    urgent.sort_by_key(|line| line.entry.order());
    urgent
}

impl<'a> Claimed<'a> {
    fn of(claim: &'a ClaimSection, anchors: &mut Anchors, numbered: &[(u32, String)]) -> Self {
        let anchor = anchors.take("claim", &claim.id);
        let named = !claim.several;
        let (mut open, mut decided, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for group in groups(&claim.entries.iter().collect::<Vec<_>>()) {
            let Some(first) = group.first().copied() else {
                continue;
            };
            let members: Vec<(String, &Entry)> = group
                .into_iter()
                .map(|group| (anchors.take("finding", &group.finding.id.0), group))
                .collect();
            let group = Group {
                named,
                anchor: members
                    .first()
                    .map_or(String::new(), |member| member.0.clone()),
                first,
                members,
            };
            match first.need {
                Need::Decide | Need::Later | Need::Unknown | Need::Note => open.push(group),
                Need::Decided => decided.push(group),
                Need::Settled => settled.push(group),
            }
        }
        Self {
            anchor,
            cites: claim
                .cites
                .iter()
                .map(|cite| {
                    let anchor = numbered.iter().find(|(number, _)| number == cite);
                    (
                        anchor.map_or(String::new(), |anchor| anchor.1.clone()),
                        *cite,
                    )
                })
                .collect(),
            section: claim,
            open,
            decided,
            settled,
        }
    }
}

impl Group<'_> {
    /// The evidence to show, and whether a link to the page as it is now leads to the words.
    fn evidence(&self) -> Vec<(Evidence, bool)> {
        let entries: Vec<&Entry> = self.members.iter().map(|member| member.1).collect();
        let evidence = evidence_of(&entries).into_iter();
        evidence
            .map(|evidence| {
                let is_current = self.first.is_current(&evidence);
                (evidence, is_current)
            })
            .collect()
    }

    /// The subject of the finding, unless the heading of the claim has named it already.
    fn names(&self) -> &[(String, &Entry)] {
        if self.named { &[] } else { &self.members }
    }
}

/// The address, if it is safe as a link: http or https only, never a script.
pub(super) fn web(address: &str) -> Option<&str> {
    let scheme = address.split_once("://")?.0;
    matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https").then_some(address)
}

/// Text escaped for HTML, also inside a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    html_escaped(&for_terminal(text))
}

/// Text from a page with its control characters made visible; the template escapes it.
fn clean(text: impl AsRef<str>) -> String {
    for_terminal(text.as_ref())
}

/// A sentence as HTML: dates do not wrap, and commands are set as code.
fn dated(text: impl AsRef<str>) -> String {
    let mut text = escape(text.as_ref());
    while let Some((before, (command, after))) = text
        .split_once('`')
        .and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
    {
        text = format!("{before}<code>{command}</code>{after}");
    }
    let is_date = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        word.len() == 10 && digits == 8 && word.matches('-').count() == 2
    };
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive([' ', ';', '.', ',', ')']) {
        let date = word.trim_end_matches([' ', ';', '.', ',', ')']);
        if is_date(date) {
            // Writing to a String cannot fail.
            let _ = write!(
                out,
                "<span class=\"date\">{date}</span>{}",
                &word[date.len()..]
            );
        } else {
            out.push_str(word);
        }
    }
    out
}

/// The address that opens a browser at the words, if it is safe as a link.
fn link(evidence: &Evidence) -> &str {
    let link = evidence.link.as_deref();
    link.and_then(web)
        .unwrap_or(evidence.capture.target_uri.as_str())
}

/// The claimed words as HTML, with removed words struck out and added words underlined; `None` if nothing was reworded.
fn reworded(entry: &Entry) -> Option<String> {
    let (Subject::Quotation { exact, .. }
    | Subject::Figure { exact, .. }
    | Subject::Statement { exact, .. }) = &entry.finding.subject
    else {
        return None;
    };
    let Conclusion::Verdict(Verdict::Altered { to, .. }) = &entry.finding.conclusion else {
        return None;
    };
    let parts = merged(exact, to).into_iter().map(|(change, text)| {
        let text = escape(&text);
        match change {
            Change::Context => text,
            Change::Removed => format!("<del>{text}</del>"),
            Change::Added => format!("<ins>{text}</ins>"),
        }
    });
    Some(parts.collect())
}

/// The text that opens the reasons of a finding: `93 % sure: why`.
fn why(entry: &Entry) -> String {
    plain::sureness(entry).map_or("Why".to_owned(), |sureness| format!("{sureness}: why"))
}

/// How many findings the groups have.
fn members(groups: &[Group]) -> usize {
    groups.iter().map(|group| group.members.len()).sum()
}

/// An address without its scheme, as people know it.
fn address(uri: &TargetUri) -> String {
    let address = uri.as_str();
    let address = address.split_once("://").map_or(address, |parts| parts.1);
    clean(address.strip_suffix('/').unwrap_or(address))
}

/// A reason's weight with its sign, in hundredths: `+40`.
fn signed(reason: &Reason) -> String {
    format!("{:+.0}", reason.weight * 100.0)
}

/// The version of the program that made the page.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: &str = include_str!("palette.css");

    /// The relative luminance of a colour (WCAG 2.2, definition).
    fn luminance(color: &str) -> f64 {
        let channel = |at: usize| {
            let value = u8::from_str_radix(&color[at..at + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_contrasts_with_its_background_in_light_and_dark() {
        for scheme in STYLE.split("--paper:").skip(1).take(2) {
            let color = |name: &str| {
                let from = format!("--paper:{scheme}");
                let at = from.find(&format!("--{name}:")).unwrap();
                let value = from[at..].split_once(':').unwrap().1.trim_start();
                value[..7].to_owned()
            };
            for (ink, ground) in [
                ("ink", "paper"),
                ("ink", "quote"),
                ("soft", "paper"),
                ("soft", "sheet"),
                ("soft", "quote"),
                ("link", "paper"),
                ("link", "sheet"),
                ("mark-ink", "mark"),
                ("good", "good-bg"),
                ("bad", "bad-bg"),
                ("changed", "changed-bg"),
                ("fresh", "fresh-bg"),
                ("unknown", "unknown-bg"),
                ("bad", "paper"),
                ("changed", "paper"),
            ] {
                let ratio = contrast(&color(ink), &color(ground));
                // WCAG 2.2, 1.4.3 asks for 4.5.
                assert!(ratio >= 4.8, "{ink} on {ground}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn only_the_web_is_linked_to() {
        assert_eq!(web("HTTPS://example.org/"), Some("HTTPS://example.org/"));
        assert_eq!(web("javascript:alert(1)//x"), None);
        assert_eq!(web("data://text/html,x"), None);
    }

    #[test]
    fn dates_stay_on_one_line_and_nothing_gets_through() {
        insta::assert_snapshot!(
            dated("Gone since 2024-03-01; <b>x</b> 12-345-6789"),
            @r#"Gone since <span class="date">2024-03-01</span>; &lt;b&gt;x&lt;/b&gt; 12-345-6789"#
        );
    }
}
