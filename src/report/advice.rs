//! What an editor can do about a finding: which words to change, which archived copy to cite.

use super::{
    Copy,
    copy::{Citable, at_issue},
    entry::subject,
    gathered::Gathered,
    words,
};
use crate::{
    finding::{Conclusion, Fate, Finding, Standing, Subject, Verdict, Weight, Why},
    uri::TargetUri,
};

/// How many things advice names before it only counts them.
const NAMED: usize = 3;

/// Whether a page that moved has at its new address what the article cites.
pub(super) struct Intact<'a> {
    missing: Vec<&'a Finding>,
    untold: Vec<&'a Finding>,
}

impl<'a> Intact<'a> {
    pub(super) fn at(to: &TargetUri, number: u32, gathered: &Gathered<'a>) -> Self {
        let (mut missing, mut untold) = (Vec::new(), Vec::new());
        for finding in at_issue(number, gathered) {
            let rejected = matches!(gathered.standing(finding), Standing::Rejected(_));
            match finding.weight() {
                // Of several pages one that has it is enough; it may be another one.
                Weight::Settled if finding.cites.len() > 1 => {
                    let mut shown = finding.evidence.iter().map(|it| &it.capture);
                    if !shown.any(|it| it.target_uri == *to) {
                        untold.push(finding);
                    }
                }
                Weight::Note if !is_never_told(finding) => untold.push(finding),
                Weight::Settled | Weight::Note => {}
                // That the machine was wrong says that the words are there.
                _ if rejected => {}
                _ => missing.push(finding),
            }
        }
        Self { missing, untold }
    }
}

/// Whether it is the kind of thing that the text of a page does not settle.
fn is_never_told(finding: &Finding) -> bool {
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

/// What to do about a reference whose page moved.
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
        let instead = cite.map(|it| format!(" {}", instead(Some(it), gathered)));
        let instead = instead.unwrap_or_default();
        format!("Keep the address: {what} {are} missing at {to}.{instead}")
    } else if !untold.is_empty() {
        let what = named(untold, gathered);
        format!("Look for {what} at {to} before you change the address.")
    } else if permanent {
        format!("Change the address to {to}.")
    } else {
        format!("Keep the address while the redirect works; the page is at {to} today.")
    }
}

/// What to do about a reference that did not move; empty where nothing is to be done.
pub(super) fn on_reference(
    fate: &Fate,
    cite: Option<&Citable<'_>>,
    open: usize,
    gathered: &Gathered<'_>,
) -> String {
    let instead = instead(cite, gathered);
    let by_hand = "Open it in a browser and look.";
    match fate {
        Fate::Live => match open {
            0 => String::new(),
            1 => "1 finding on it waits for a decision.".to_owned(),
            many => format!("{many} findings on it wait for a decision."),
        },
        Fate::Moved { .. } | Fate::Waiting { .. } => String::new(),
        Fate::Gone { .. } | Fate::RedirectedAway { .. } | Fate::Soft404 | Fate::Parked => instead,
        Fate::Unreachable { .. } => {
            format!(
                "Wait for another visit. If it stays so: {}",
                lowered(&instead)
            )
        }
        Fate::Refused { .. } => format!("{by_hand} stillsays was not let in."),
        Fate::Walled { .. } => format!("{by_hand} If a reader cannot pass: {}", lowered(&instead)),
        Fate::Unvisited => format!("Run `{} run` to visit it.", gathered.sources.command),
        Fate::NoAddress => "Give the reference an address, or check it by hand.".to_owned(),
    }
}

/// Which copy to cite in place of the page.
fn instead(cite: Option<&Citable<'_>>, gathered: &Gathered<'_>) -> String {
    let Some(Citable { copy: it, lacks }) = cite else {
        return "No usable copy is in the archive: find another source.".to_owned();
    };
    let mut advice = format!("Cite {} instead.", copy(it));
    if !lacks.is_empty() {
        let what = named(lacks, gathered);
        let more = format!(" It does not have {what}; the findings name the copies that do.");
        advice.push_str(&more);
    }
    advice
}

/// What findings are about: `“A”`, `“A” and “B”`, `“A”, “B”, “C” and 5 more`.
fn named(findings: &[&Finding], gathered: &Gathered<'_>) -> String {
    let mut names: Vec<String> = findings
        .iter()
        .take(NAMED)
        .map(|it| {
            let subject = subject(it, gathered);
            format!("“{}”", subject.trim_matches(['“', '”']))
        })
        .collect();
    match findings.len().saturating_sub(NAMED) {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    words::joined(&names)
}

/// What to do about a finding; empty where nothing is to be done.
pub(super) fn on_finding(finding: &Finding, cite: Option<&Copy>, command: &str) -> String {
    let verdict = match &finding.conclusion {
        Conclusion::Verdict(it) => it,
        Conclusion::Fate(_) => return String::new(),
    };
    let or_cite = cite.map_or(String::new(), |it| {
        format!(", or cite {}, which has it", copy(it))
    });
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::Redesigned { .. } => String::new(),
        Verdict::Absent => match (cite, &finding.subject) {
            (Some(_), Subject::Name { .. }) => format!("Take the name out{or_cite}."),
            (Some(_), _) => format!("Change the sentence{or_cite}."),
            (None, _) => "No copy had it: check the source, or take it out.".to_owned(),
        },
        Verdict::Renamed { to, .. } => format!("Write “{to}”{or_cite}."),
        Verdict::MovedList { from, .. } => {
            format!("See whether the sentence still holds outside “{from}”{or_cite}.")
        }
        Verdict::MovedPage { to, .. } => format!("Cite {to} for it{or_cite}."),
        Verdict::Merged { into, .. } => {
            format!("Write “{into}” for them{or_cite}.")
        }
        Verdict::Split { into } => format!("Write {}{or_cite}.", words::quoted(into)),
        Verdict::Altered { to, .. } => match &finding.subject {
            Subject::Quotation { .. } => {
                format!("Quote the words as they stand now: “{to}”{or_cite}.")
            }
            _ => format!("Write “{to}”{or_cite}."),
        },
        Verdict::New => "Add it where the article means to list them all.".to_owned(),
        Verdict::CannotTell { why, .. } => unknown(*why, cite, command),
    }
}

fn unknown(why: Why, cite: Option<&Copy>, command: &str) -> String {
    match why {
        Why::Perhaps => "Look at the candidate and decide.".to_owned(),
        Why::NotVisited => format!("Run `{command} run` to visit the page."),
        Why::ListNotFound => {
            "Open the page; a `selector` on the reference points stillsays at the list.".to_owned()
        }
        Why::SelectorLost => "Correct or remove the reference's `selector`.".to_owned(),
        Why::ScriptShell | Why::Unreadable | Why::NotSettled => {
            "Check it by hand in a browser.".to_owned()
        }
        Why::NoReference => "Give the claim a reference with an address.".to_owned(),
        _ => cite.map_or(String::new(), |it| {
            format!("{} has it.", words::capital(&copy(it)))
        }),
    }
}

/// `the archived copy of 2022-10-22 (payload 0123456789ab)`.
fn copy(copy: &Copy) -> String {
    format!(
        "the archived copy of {} (payload {})",
        words::day(copy.date),
        copy.payload_digest.short()
    )
}

fn lowered(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|it| it.to_lowercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
