//! What an editor can do about a finding: which words to change, which archived copy to cite.

use super::{Copy, words};
use crate::finding::{Conclusion, Fate, Finding, Subject, Verdict, Why};

/// What to do about a reference; empty where nothing is to be done.
pub(super) fn on_reference(fate: &Fate, cite: Option<&Copy>, open: usize) -> String {
    let instead = cite.map_or(
        "No usable copy is in the archive: find another source.".to_owned(),
        |it| format!("Cite {} instead.", copy(it)),
    );
    let by_hand = "Open it in a browser and look.";
    match fate {
        Fate::Live => match open {
            0 => String::new(),
            1 => "The page is there, but 1 finding on it waits for a decision.".to_owned(),
            many => format!("The page is there, but {many} findings on it wait for a decision."),
        },
        Fate::Moved {
            to,
            permanent: true,
        } => format!("Change the address to {to}."),
        Fate::Moved { to, .. } => {
            format!("Keep the address while the redirect works; the page is at {to} today.")
        }
        Fate::Gone { .. } | Fate::Soft404 | Fate::Parked => instead,
        Fate::Unreachable { .. } => {
            format!(
                "Wait for another visit. If it stays so: {}",
                lowered(&instead)
            )
        }
        Fate::Refused { .. } => format!("{by_hand} stillsays was not let in."),
        Fate::Walled { .. } => format!("{by_hand} If a reader cannot pass: {}", lowered(&instead)),
        Fate::Unvisited => "Run `stillsays run` to visit it.".to_owned(),
        Fate::NoAddress => "Give the reference an address, or check it by hand.".to_owned(),
    }
}

/// What to do about a finding; empty where nothing is to be done.
pub(super) fn on_finding(finding: &Finding, cite: Option<&Copy>) -> String {
    let verdict = match &finding.conclusion {
        Conclusion::Verdict(it) => it,
        Conclusion::Fate(_) => return String::new(),
    };
    let or_cite = cite.map_or(String::new(), |it| {
        format!(", or cite {}, which still had it", copy(it))
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
        Verdict::CannotTell { why, .. } => unknown(*why, cite),
    }
}

fn unknown(why: Why, cite: Option<&Copy>) -> String {
    match why {
        Why::Perhaps => "Look at the candidate and decide.".to_owned(),
        Why::NotVisited => "Run `stillsays run` to visit the page.".to_owned(),
        Why::ListNotFound => {
            "Open the page; a `selector` on the reference points stillsays at the list.".to_owned()
        }
        Why::SelectorLost => "Correct or remove the reference's `selector`.".to_owned(),
        Why::ScriptShell | Why::Unreadable | Why::NotSettled => {
            "Check it by hand in a browser.".to_owned()
        }
        Why::NoReference => "Give the claim a reference with an address.".to_owned(),
        _ => cite.map_or(String::new(), |it| {
            format!("The last copy that had it is {}.", copy(it))
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
