//! One finding as a report shows it: in words, with its state of review and what it needs.

use std::collections::HashSet;

use serde::Serialize;

use super::{
    Label, advice,
    copy::{self, Copy},
    gathered::Gathered,
    words,
};
use crate::{
    clock::Instant,
    finding::{
        CaptureRef, Conclusion, Evidence, Fate, Finding, Standing, State, Subject, Verdict, Weight,
    },
};

/// A finding in words.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The verdict or fate, in one word.
    pub label: Label,
    /// The subject: a name, a phrase, a figure, an address.
    pub subject: String,
    /// What the finding says, as a sentence.
    pub said: String,
    /// When it became so, and what the page said on the access date; empty if unknown.
    pub since: String,
    /// What an editor can do about it; empty if there is nothing to do.
    pub advice: String,
    /// The archived copy that contains it, if the page no longer does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<Copy>,
    /// What it needs from people.
    pub need: Need,
    /// The state of review.
    #[serde(flatten)]
    pub standing: Standing,
    /// The state of review, in the words that people see.
    pub state: State,
    /// Whether the article waits for an edit because of it.
    pub to_edit: bool,
    /// The finding itself, with its evidence.
    pub finding: Finding,
}

/// What a finding needs from people, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// A decision: something changed, or may have, and is not reviewed.
    Decide,
    /// A decision that was put off.
    Later,
    /// Nothing yet: the page cannot tell.
    Unknown,
    /// Nothing: it is a note, for example that a list has another form.
    Note,
    /// Nothing: it is decided.
    Decided,
    /// Nothing: it is as the article says.
    Settled,
}

/// Words of a page, with the date of the capture.
type Words = (Instant, String);

impl Entry {
    /// The entry for a finding.
    pub(super) fn of(finding: &Finding, gathered: &Gathered<'_>) -> Self {
        let standing = gathered.sources.decisions.standing(finding);
        let cite = lasting_copy(finding, gathered);
        Self {
            label: Label::of(finding),
            subject: subject(finding, gathered),
            said: words::said(finding),
            since: since(finding, gathered),
            advice: advice::on_finding(finding, cite.as_ref(), gathered.sources.command),
            cite,
            need: Need::of(finding, &standing),
            to_edit: standing.state() == State::ToEdit,
            state: standing.state(),
            standing,
            finding: finding.clone(),
        }
    }

    /// The name, the words or the address that replaced the claimed one.
    pub(super) fn now(&self) -> Option<String> {
        match &self.finding.conclusion {
            Conclusion::Verdict(
                Verdict::Renamed { to, .. }
                | Verdict::Altered { to, .. }
                | Verdict::Merged { into: to, .. },
            ) => Some(to.clone()),
            Conclusion::Verdict(Verdict::Split { into }) => Some(into.join("; ")),
            Conclusion::Fate(Fate::Moved { to, .. }) => Some(to.to_string()),
            _ => None,
        }
    }

    /// Whether the page still says the words of a piece of evidence: else a link to the page as it is now would not lead to them.
    /// Evidence without words is about the page as a whole.
    pub(super) fn is_current(&self, evidence: &Evidence) -> bool {
        let unknown = matches!(
            self.finding.conclusion,
            Conclusion::Verdict(Verdict::CannotTell { .. })
        );
        let changed_by = self.finding.history.changed_by;
        let is_old = changed_by.is_some_and(|change| evidence.capture.date < change);
        evidence.quote.is_none() || !(unknown || is_old || self.finding.is_stale())
    }

    /// The words of the page before the change, and those of now, each with the date of the capture. Of what is not on the page, the
    /// evidence only says where it was looked for.
    #[must_use]
    pub fn words_then_and_now(&self) -> (Option<Words>, Option<Words>) {
        let evidence = || self.finding.evidence.iter();
        let in_context = |evidence: &Evidence| {
            let quote = evidence.quote.as_ref()?;
            Some((evidence.capture.date, words::in_context(quote)))
        };
        let mut then = evidence().filter(|it| !self.is_current(it));
        let now = evidence().find(|it| self.is_current(it)).and_then(|it| {
            let note = it.note.clone().map(|note| (it.capture.date, note));
            in_context(it).or(note)
        });
        (then.find_map(in_context), now)
    }

    /// The sort key of an entry; the one to decide first comes first.
    pub(super) fn order(&self) -> (Need, Weight, u8) {
        (self.need, self.finding.weight(), self.label.urgency())
    }

    /// Whether the page says what the article says: nothing to decide, nothing unknown.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.need == Need::Settled
    }
}

impl Need {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Later => "later",
            Self::Unknown => "unknown",
            Self::Note => "note",
            Self::Decided => "decided",
            Self::Settled => "settled",
        }
    }

    fn of(finding: &Finding, standing: &Standing) -> Self {
        let weight = finding.weight();
        let unknown = matches!(
            finding.conclusion,
            Conclusion::Verdict(Verdict::CannotTell { .. })
        );
        match standing {
            Standing::Accepted(_) | Standing::Rejected(_) | Standing::Muted(_) => Self::Decided,
            Standing::Later(_) if weight != Weight::Settled => Self::Later,
            Standing::Open | Standing::CameBack(_) if weight.is_question() => Self::Decide,
            _ if unknown => Self::Unknown,
            _ if weight == Weight::Note => Self::Note,
            _ => Self::Settled,
        }
    }
}

/// When it became so, and which of the captures under the finding were removed.
fn since(finding: &Finding, gathered: &Gathered<'_>) -> String {
    let mut said = vec![words::since(finding)];
    let mut noted = HashSet::new();
    for evidence in &finding.evidence {
        let digest = evidence.capture.payload_digest;
        let removed = digest.and_then(|digest| gathered.sources.removed.get(&digest));
        if let Some(removed) = removed.filter(|_| noted.insert(digest)) {
            said.push(words::removed(evidence.capture.date, removed));
        }
    }
    // Without a baseline it matters what was tried to get one.
    let unknown = matches!(
        finding.conclusion,
        Conclusion::Verdict(Verdict::CannotTell { .. })
    );
    if unknown && finding.history.last_seen.is_none() {
        let tried = finding.cites.iter();
        let tried = tried.filter_map(|it| gathered.sources.tried.get(it));
        said.extend(tried.map(|tried| words::stopped(&words::capital(tried))));
    }
    said.retain(|sentence| !sentence.is_empty());
    said.join(" ")
}

/// The copy to cite for something that the page no longer has.
fn lasting_copy(finding: &Finding, gathered: &Gathered<'_>) -> Option<Copy> {
    let gone = matches!(
        &finding.conclusion,
        Conclusion::Verdict(
            Verdict::Absent
                | Verdict::MovedList { .. }
                | Verdict::MovedPage { .. }
                | Verdict::Renamed { .. }
                | Verdict::Merged { .. }
                | Verdict::Split { .. }
                | Verdict::Altered { .. }
                | Verdict::CannotTell { .. }
        )
    );
    gone.then(|| copy::with_words(finding, gathered)).flatten()
}

/// The subject of a finding, in words.
pub(super) fn subject(finding: &Finding, gathered: &Gathered<'_>) -> String {
    match &finding.subject {
        Subject::Reference { number } => gathered
            .reference(*number)
            .and_then(|reference| reference.title.clone().or_else(|| reference.shown_url()))
            .unwrap_or_else(|| format!("Reference {number}")),
        Subject::List { .. } => "The list".to_owned(),
        Subject::Name { name, .. } | Subject::NewName { name, .. } => name.clone(),
        Subject::Quotation { exact, .. } => format!("“{exact}”"),
        Subject::Figure { exact, .. } | Subject::Statement { exact, .. } => exact.clone(),
        Subject::Relation {
            subject,
            relation,
            object,
            ..
        } => format!("{subject} — {relation} — {object}"),
    }
}

/// Groups findings that say the same about different names on the same capture: several names that cannot be judged for
/// one reason, or that are present. The order stays.
pub(super) fn groups<'a>(entries: &[&'a Entry]) -> Vec<Vec<&'a Entry>> {
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    for entry in entries {
        let may_join = matches!(entry.need, Need::Settled | Need::Unknown);
        let same = groups
            .iter_mut()
            .filter(|_| may_join)
            .find(|group| group.first().is_some_and(|group| alike(group, entry)));
        match same {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups
}

/// The evidence of a group; for several findings only the captures, because each finding has its own words.
pub(super) fn evidence_of(group: &[&Entry]) -> Vec<Evidence> {
    let first = group.first().map(|group| group.finding.evidence.as_slice());
    let mut evidence = first.unwrap_or_default().to_vec();
    if group.len() > 1 {
        for evidence in &mut evidence {
            (evidence.quote, evidence.link, evidence.note) = (None, None, None);
        }
        evidence.dedup();
    }
    evidence
}

fn alike(one: &Entry, other: &Entry) -> bool {
    let copies = |entry: &Entry| -> Vec<CaptureRef> {
        let evidence = entry.finding.evidence.iter();
        evidence.map(|evidence| evidence.capture.clone()).collect()
    };
    let kind = match one.need {
        Need::Settled => one.label == Label::Present,
        Need::Unknown => true,
        Need::Decide | Need::Later | Need::Note | Need::Decided => false,
    };
    kind && one.need == other.need
        && one.label == other.label
        && one.said == other.said
        && one.since == other.since
        && one.advice == other.advice
        && copies(one) == copies(other)
}
