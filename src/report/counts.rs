//! The numbers of a report, the same in every format.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{ClaimSection, Entry, Label, Need, ReferenceSection};
use crate::text::counted;

/// How many of each thing a report has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Findings that need a decision, without those put off.
    pub decide: u32,
    /// Findings put off.
    pub later: u32,
    /// Findings decided.
    pub decided: u32,
    /// Findings for which the article waits for an edit.
    pub to_edit: u32,
    /// References of the profile.
    pub references: u32,
    /// References whose page is no longer there as cited.
    pub stale: u32,
    /// Claims of the profile.
    pub claims: u32,
    /// Verdicts on names, phrases, figures and lists.
    pub verdicts: Tally,
    /// References by fate.
    pub fates: Tally,
}

/// How many of each label, in the order of the labels, including zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(Vec<(Label, u32)>);

impl Tally {
    fn of(labels: &[Label], found: &[Label]) -> Self {
        let count = |label| found.iter().filter(|found| **found == label).count();
        Self(
            labels
                .iter()
                .map(|label| (*label, whole(count(*label))))
                .collect(),
        )
    }

    /// Counts the verdicts of findings.
    pub(super) fn of_verdicts<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let found: Vec<_> = entries.into_iter().map(|entry| entry.label).collect();
        Self::of(&Label::VERDICTS, &found)
    }

    /// Each label with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Label, u32)> {
        self.0.iter().copied()
    }

    /// Each label with a number above zero.
    pub fn some(&self) -> impl Iterator<Item = (Label, u32)> {
        self.iter().filter(|(_, number)| *number > 0)
    }

    /// The number of a label.
    #[must_use]
    pub fn of_label(&self, label: Label) -> u32 {
        self.iter()
            .find(|(it, _)| *it == label)
            .map_or(0, |(_, number)| number)
    }

    /// The numbers added up.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.iter().map(|(_, number)| number).sum()
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(Some(self.0.len()))?;
        for (label, number) in &self.0 {
            map.serialize_entry(label, number)?;
        }
        map.end()
    }
}

impl Counts {
    /// Counts everything in these sections.
    pub(super) fn of(references: &[ReferenceSection], claims: &[ClaimSection]) -> Self {
        let entries: Vec<_> = references
            .iter()
            .filter_map(|reference| reference.entry.as_ref())
            .chain(claims.iter().flat_map(|claim| &claim.entries))
            .collect();
        let needing = |need| whole(entries.iter().filter(|entry| entry.need == need).count());
        let verdicts = claims.iter().flat_map(|claim| &claim.entries);
        let fates: Vec<_> = references.iter().map(|reference| reference.label).collect();
        Self {
            decide: needing(Need::Decide),
            later: needing(Need::Later),
            decided: needing(Need::Decided),
            to_edit: whole(entries.iter().filter(|entry| entry.to_edit).count()),
            references: whole(references.len()),
            stale: whole(
                references
                    .iter()
                    .filter(|reference| reference.is_stale())
                    .count(),
            ),
            claims: whole(claims.len()),
            verdicts: Tally::of_verdicts(verdicts),
            fates: Tally::of(&Label::FATES, &fates),
        }
    }

    /// How many findings need a decision, are put off and are decided, without zeros: `to decide 3 · decided 1`.
    pub(super) fn decisions(&self) -> String {
        let counts = [
            ("to decide", self.decide),
            ("put off", self.later),
            ("decided", self.decided),
            ("to edit", self.to_edit),
        ];
        let some = counts.iter().filter(|count| count.1 > 0);
        let parts: Vec<String> = some.map(|(what, many)| format!("{what} {many}")).collect();
        parts.join(" · ")
    }

    /// The report in one sentence: `5 findings need a decision; 2 of 7 references are stale.`
    #[must_use]
    pub fn sentence(&self) -> String {
        let decide = match self.decide {
            0 => "Nothing needs a decision".to_owned(),
            1 => "1 finding needs a decision".to_owned(),
            many => format!("{many} findings need a decision"),
        };
        let stale = match (self.references, self.stale) {
            (0, _) => "no references".to_owned(),
            (1, 0) => "the one reference is not stale".to_owned(),
            (1, _) => "the one reference is stale".to_owned(),
            (all, 0) => format!("none of {all} references is stale"),
            (all, 1) => format!("1 of {all} references is stale"),
            (all, some) => format!("{some} of {all} references are stale"),
        };
        let edits = match self.to_edit {
            0 => String::new(),
            some => format!("; {}", counted(some as usize, "edit waits", "edits wait")),
        };
        format!("{decide}; {stale}{edits}.")
    }
}

/// A count as `u32`; saturates.
pub(super) fn whole(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
