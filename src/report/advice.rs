//! Advice to an editor about a finding: which words to change, which archived copy to cite.

use super::{
    Copy,
    copy::{Citable, at_issue},
    entry::subject,
    gathered::Gathered,
    words,
};
use crate::{
    finding::{Conclusion, Fate, Finding, Standing, Subject, Verdict, Weight, Why, page_with_all},
    uri::TargetUri,
};

/// How many things a piece of advice names; it only counts the rest.
const NAMED: usize = 3;

/// Whether a moved page has the cited content at its new address.
pub(super) struct Intact<'a> {
    missing: Vec<&'a Finding>,
    untold: Vec<&'a Finding>,
}

impl<'a> Intact<'a> {
    /// Collects what is known about the content at the new address `to` of the reference `number`.
    pub(super) fn at(to: &TargetUri, number: u32, gathered: &Gathered<'a>) -> Self {
        let (mut missing, mut untold) = (Vec::new(), Vec::new());
        for finding in at_issue(number, gathered) {
            let rejected = matches!(
                gathered.sources.decisions.standing(finding),
                Standing::Rejected(_)
            );
            match finding.weight() {
                // If a claim cites several pages, one that has the content is enough; that can be a different one.
                Weight::Settled if finding.cites.len() > 1 => {
                    let mut shown = finding.evidence.iter().map(|evidence| &evidence.capture);
                    if !shown.any(|shown| shown.target_uri == *to) {
                        untold.push(finding);
                    }
                }
                Weight::Note if !is_never_settled(finding) => untold.push(finding),
                Weight::Settled | Weight::Note => {}
                // A rejected finding means that the words are there.
                _ if rejected => {}
                _ => missing.push(finding),
            }
        }
        Self { missing, untold }
    }
}

/// Whether the text of a page cannot settle the claim.
fn is_never_settled(finding: &Finding) -> bool {
    matches!(
        finding.conclusion,
        Conclusion::Verdict(
            Verdict::Redesigned { .. }
                | Verdict::CannotTell {
                    why: Why::NotSettled | Why::NoReference,
                    ..
                }
        )
    )
}

/// Advice about a reference whose page moved.
pub(super) fn on_moved(
    to: &TargetUri,
    permanent: bool,
    intact: &Intact<'_>,
    cite: Option<&Citable<'_>>,
    gathered: &Gathered<'_>,
) -> String {
    let Intact { missing, untold } = intact;
    if !missing.is_empty() {
        let are = if missing.len() == 1 { "is" } else { "are" };
        let what = named(missing, gathered);
        let instead = cite.map(|cite| format!(" {}", instead(Some(cite), gathered)));
        let instead = instead.unwrap_or_default();
        format!(
            "Keep the address: {what} {are} missing at {to}.{instead} Or change the address, and take out what is missing."
        )
    } else if !untold.is_empty() {
        let what = named(untold, gathered);
        format!("Look for {what} at {to} before you change the address.")
    } else if permanent {
        let or_cite = cite.map(|cite| format!(", or cite {}", copy(&cite.copy)));
        format!("Change the address to {to}{}.", or_cite.unwrap_or_default())
    } else {
        format!("Keep the address while the redirect works; the page is at {to} today.")
    }
}

/// Advice about a reference whose page did not move; empty if there is nothing to do.
pub(super) fn on_reference(
    number: u32,
    fate: &Fate,
    cite: Option<&Citable<'_>>,
    open: usize,
    gathered: &Gathered<'_>,
) -> String {
    let mut instead = instead(cite, gathered);
    if let Some(page) = elsewhere(number, gathered) {
        instead.extend([format!(" Or cite {page}, which has all the words.")]);
    }
    let by_hand = "Open it in a browser.";
    match fate {
        Fate::Live => match open {
            0 => String::new(),
            1 => "1 finding on this page needs a decision.".to_owned(),
            many => format!("{many} findings on this page need a decision."),
        },
        Fate::Moved { .. } | Fate::Waiting { .. } => String::new(),
        Fate::Gone { .. } | Fate::RedirectedAway { .. } | Fate::Soft404 | Fate::Parked => instead,
        Fate::Unreachable { .. } => {
            format!(
                "Wait for another visit. If this lasts: {}",
                lowered(&instead)
            )
        }
        Fate::Refused { .. } => format!("{by_hand} The server did not let stillsays in."),
        Fate::Walled { .. } => format!(
            "{by_hand} If readers cannot get past it: {}",
            lowered(&instead)
        ),
        Fate::Unvisited => format!("Run `{} run` to visit it.", gathered.sources.command),
        Fate::NoAddress => "Add an address to the reference, or check it by hand.".to_owned(),
    }
}

/// Another page that the article cites, with all the words that a reference is cited for.
fn elsewhere<'a>(number: u32, gathered: &Gathered<'a>) -> Option<&'a TargetUri> {
    let url = gathered.reference(number)?.url.as_deref()?;
    let (lost, _) = TargetUri::parse(url).ok()?;
    page_with_all(gathered.resting_on(number).iter().copied(), number, &lost)
}

/// Which archived copy to cite instead of the page.
fn instead(cite: Option<&Citable<'_>>, gathered: &Gathered<'_>) -> String {
    let Some(Citable { copy: it, lacks }) = cite else {
        return "The archive has no usable copy: find another source.".to_owned();
    };
    let mut advice = format!("Cite {} instead.", copy(it));
    if !lacks.is_empty() {
        let what = named(lacks, gathered);
        let more = format!(" It does not contain {what}; the findings name the copies that do.");
        advice.push_str(&more);
    }
    advice
}

/// The subjects of findings: `“A”`, `“A” and “B”`, `“A”, “B”, “C” and 5 more`.
fn named(findings: &[&Finding], gathered: &Gathered<'_>) -> String {
    let mut names: Vec<String> = findings
        .iter()
        .take(NAMED)
        .map(|finding| {
            let subject = subject(finding, gathered);
            format!("“{}”", subject.trim_matches(['“', '”']))
        })
        .collect();
    match findings.len().saturating_sub(NAMED) {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    words::joined(&names)
}

/// Advice about a finding; empty if there is nothing to do.
pub(super) fn on_finding(finding: &Finding, cite: Option<&Copy>, command: &str) -> String {
    let verdict = match &finding.conclusion {
        Conclusion::Verdict(verdict) => verdict,
        Conclusion::Fate(_) => return String::new(),
    };
    let or_cite = cite.map_or(String::new(), |cite| {
        format!(", or cite {}, which still has it", copy(cite))
    });
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::Redesigned { .. } => String::new(),
        Verdict::Absent => match (cite, &finding.subject) {
            (Some(_), Subject::Name { .. }) => format!("Remove the name{or_cite}."),
            (Some(cite), _) => format!(
                "Cite {}, which still has it, or take the sentence out.",
                copy(cite)
            ),
            (None, _) => "No capture contained it: check the source, or remove it.".to_owned(),
        },
        Verdict::Renamed { to, .. } => format!("Write “{to}”{or_cite}."),
        Verdict::MovedList { from, .. } => {
            format!("Check whether the sentence is still true outside “{from}”{or_cite}.")
        }
        Verdict::MovedPage { to, .. } => format!("Cite {to}{or_cite}."),
        Verdict::Merged { into, .. } => {
            format!("Write “{into}” instead{or_cite}.")
        }
        Verdict::Split { into } => format!("Write {}{or_cite}.", words::quoted(into)),
        Verdict::Altered { to, .. } => match &finding.subject {
            Subject::Quotation { .. } => {
                format!("Quote the current words: “{to}”{or_cite}.")
            }
            _ => format!("Write “{to}”{or_cite}."),
        },
        Verdict::New => "Add it if the article is meant to list all of them.".to_owned(),
        Verdict::CannotTell { why, .. } => unknown(*why, cite, command),
    }
}

fn unknown(why: Why, cite: Option<&Copy>, command: &str) -> String {
    match why {
        Why::Perhaps => "Compare the candidate and decide.".to_owned(),
        Why::NotVisited => format!("Run `{command} run` to visit the page."),
        Why::ListNotFound => {
            "Open the page. A `selector` in the reference can point stillsays to the list."
                .to_owned()
        }
        Why::SelectorLost => "Correct or remove the `selector` of the reference.".to_owned(),
        Why::ScriptShell | Why::Unreadable | Why::NotSettled => "Check it in a browser.".to_owned(),
        Why::NoReference => "Add a reference with an address to the claim.".to_owned(),
        _ => cite.map_or(String::new(), |cite| {
            format!("{} contains it.", words::capital(&copy(cite)))
        }),
    }
}

/// `the archived copy of 2022-10-22 (payload 0123456789ab)`.
fn copy(copy: &Copy) -> String {
    if let Some(memento) = &copy.memento {
        return format!("the copy of {} at {memento}", words::day(copy.date));
    }
    format!(
        "the archived copy of {} (payload {})",
        words::day(copy.date),
        copy.payload_digest.short()
    )
}

fn lowered(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_lowercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
