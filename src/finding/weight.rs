//! The weight of a finding: what a person should decide first, and what needs no decision.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Conclusion, Fate, Finding, Subject, Verdict};

/// The weight of a finding, the heaviest first.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// A lost reference: its page is gone, says “not found”, is parked, or cannot be reached.
    Lost,
    /// A quotation, figure, relation or sentence that is absent or altered.
    Words,
    /// A name that is absent, renamed, merged, split or moved.
    Name,
    /// A page that moved permanently.
    Moved,
    /// A name that is on the page but not in the article.
    New,
    /// A note without a decision to make: the list has another form, or the page cannot tell.
    Note,
    /// The page says what the article says.
    Settled,
}

impl Weight {
    /// Whether a person has to decide about a finding of this weight.
    #[must_use]
    pub fn is_question(self) -> bool {
        self < Self::Note
    }
}

impl Finding {
    /// Its weight, regardless of decisions.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match &self.conclusion {
            Conclusion::Fate(fate) => of_fate(fate),
            Conclusion::Verdict(verdict) => of_verdict(verdict, &self.subject),
        }
    }
}

/// The findings of `now` on references that were lost by the findings `before`, and are there.
#[must_use]
pub fn recovered<'f>(before: &[Finding], now: &'f [Finding]) -> Vec<&'f Finding> {
    let lost: HashSet<&Subject> = before
        .iter()
        .filter(|finding| finding.weight() == Weight::Lost)
        .map(|finding| &finding.subject)
        .collect();
    now.iter()
        .filter(|it| it.fate() == Some(&Fate::Live) && lost.contains(&it.subject))
        .collect()
}

fn of_fate(fate: &Fate) -> Weight {
    match fate {
        Fate::Gone { .. }
        | Fate::Soft404
        | Fate::Parked
        | Fate::RedirectedAway { .. }
        | Fate::Unreachable { .. }
        | Fate::Refused { .. }
        | Fate::Walled { .. } => Weight::Lost,
        Fate::Moved {
            permanent: true, ..
        } => Weight::Moved,
        // The cited address still leads to the page.
        Fate::Moved { .. } => Weight::Note,
        Fate::Live | Fate::Waiting { .. } | Fate::Unvisited | Fate::NoAddress => Weight::Settled,
    }
}

fn of_verdict(verdict: &Verdict, subject: &Subject) -> Weight {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } => Weight::Settled,
        Verdict::Redesigned { .. } | Verdict::CannotTell { .. } => Weight::Note,
        Verdict::New => Weight::New,
        Verdict::Absent
        | Verdict::Altered { .. }
        | Verdict::Renamed { .. }
        | Verdict::Merged { .. }
        | Verdict::Split { .. }
        | Verdict::MovedList { .. }
        | Verdict::MovedPage { .. } => match subject {
            Subject::Quotation { .. }
            | Subject::Figure { .. }
            | Subject::Relation { .. }
            | Subject::Statement { .. } => Weight::Words,
            Subject::Name { .. }
            | Subject::NewName { .. }
            | Subject::List { .. }
            | Subject::Reference { .. } => Weight::Name,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Why;

    fn quotation() -> Subject {
        Subject::Quotation {
            claim: "c".into(),
            exact: "words".into(),
        }
    }

    fn name() -> Subject {
        Subject::Name {
            claim: "c".into(),
            name: "A".into(),
        }
    }

    #[test]
    fn lost_references_come_first_then_words_names_moved_pages_and_new_names() {
        let to = "https://example.org/".parse().unwrap();
        let altered = Verdict::Altered {
            to: "other words".into(),
            how: "another word".into(),
        };
        let order = [
            of_fate(&Fate::Gone { status: 404 }),
            of_verdict(&altered, &quotation()),
            of_verdict(&Verdict::Absent, &name()),
            of_fate(&Fate::Moved {
                to,
                permanent: true,
            }),
            of_verdict(&Verdict::New, &name()),
            of_verdict(
                &Verdict::CannotTell {
                    why: Why::Perhaps,
                    detail: String::new(),
                },
                &name(),
            ),
            of_verdict(&Verdict::Present, &name()),
        ];
        assert!(order.is_sorted_by(|one, next| one < next), "{order:?}");
        assert_eq!(order.iter().filter(|order| order.is_question()).count(), 5);
    }

    #[test]
    fn a_list_in_another_form_and_a_redirect_that_is_not_for_good_are_notes() {
        let redesigned = Verdict::Redesigned {
            from: "a list".into(),
            to: "cards".into(),
        };
        let subject = Subject::List { claim: "c".into() };
        assert_eq!(of_verdict(&redesigned, &subject), Weight::Note);
        let to = "https://example.org/".parse().unwrap();
        let moved = Fate::Moved {
            to,
            permanent: false,
        };
        assert_eq!(of_fate(&moved), Weight::Note);
    }
}
