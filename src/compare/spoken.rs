//! What the visits of one page say about a claim of words: a quotation, a figure, a relation, a sentence.

use crate::compare::grounds::UNSETTLED;
use serde::{Deserialize, Serialize};

use super::{
    away,
    before::{Before, proven},
    beside::Beside,
    claim::{Place, Said, Scope, Spoken, accessed_at, is_there, scope_of, untrusted, whole_words},
    fate::unjudged,
    identity::titled,
    page::Page,
    page_text::PageText,
    proof::Kinship,
    state,
    time::{nearest::Nearest, track::Track},
    words::{context, figure, quotation, relation, statement},
};
use crate::{
    clock::Instant,
    finding::{Verdict, Why},
    profile::{Reference, Statement},
    reading::Identity,
};

/// What the visits of one page say about words, from the first to the latest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WordsAnswers {
    /// What they say.
    track: Track<Said>,
    /// The visits nearest to the access date.
    baseline: Nearest,
    /// The context of the words at that time, with which later visits are compared.
    around: Vec<String>,
    /// The content of the page at good visits.
    #[serde(default)]
    before: Before,
}

impl WordsAnswers {
    /// What the page said over time.
    pub(super) fn track(&self) -> &Track<Said> {
        &self.track
    }

    /// Continues with the visits that begin with this page; the ones before ended at `closed`.
    pub(super) fn extend(
        &mut self,
        (statement, reference, beside): (&Statement, &Reference, Beside<'_>),
        page: &Page<'_>,
        closed: Option<Instant>,
    ) {
        let Some(date) = page.date() else { return };
        self.track.close(closed);
        self.baseline.close(closed);
        let mut unproven = None;
        let spoken = match (unjudged(&page.visited), page.visited.reading) {
            (Some((why, detail)), _) => Spoken {
                verdict: Verdict::CannotTell { why, detail },
                score: UNSETTLED,
                reasons: Vec::new(),
                place: Place::default(),
            },
            (None, None) => return,
            (None, Some(reading)) => {
                let text = page.text(reading);
                let mut identity =
                    titled(reference, reading).max(self.before.identity(page, reading));
                let mut objection = self.before.objection(page, reading);
                let is_another = matches!(&objection, Some((Why::AnotherPage, _)));
                if (is_another || reading.doubt.is_some() && identity < Identity::SameText)
                    && beside.is_on(text)
                {
                    identity = Identity::SameText;
                    objection = objection.filter(|_| !is_another);
                }
                let scope = Scope {
                    identity,
                    ..scope_of(reference)
                };
                let mut spoken = ask(statement, &self.around, text, scope);
                let readable = !state::is_opaque(reading.state);
                if readable && self.baseline.meet(date, accessed_at(reference)) {
                    self.around = around(statement, text, scope);
                }
                // Words that are nearly complete prove that this is the requested page.
                let quoted = matches!(statement, Statement::Quoted { .. });
                if quoted && matches!(spoken.verdict, Verdict::Altered { .. }) {
                    unproven = objection.map(|objection| objection.1);
                } else {
                    spoken.verdict = proven(spoken.verdict, objection.as_ref());
                }
                if spoken.verdict == Verdict::Absent
                    && let Some(detail) = away::elsewhere(&page.visited)
                    && identity == Identity::Unknown
                    && self.before.kinship(page, reading) != Some(Kinship::Page)
                {
                    let why = Why::AnotherPage;
                    spoken.verdict = Verdict::CannotTell { why, detail };
                }
                let is_it = is_there(&spoken.verdict) == Some(true);
                self.before.learn(page, reading, is_it);
                spoken.verdict = whole_words(spoken.verdict, &page.visited);
                spoken
            }
        };
        let verdict = &spoken.verdict;
        let is_untrusted = untrusted(&page.visited).is_some();
        self.track.tell(
            date,
            |it| it.is_same(verdict, &[]) && it.untrusted == is_untrusted,
            || Said {
                verdict: verdict.clone(),
                score: spoken.score,
                reasons: spoken.reasons.clone(),
                evidence: page.witness().evidence(&spoken.place),
                headings: Vec::new(),
                untrusted: is_untrusted,
                unproven: unproven.clone(),
            },
        );
    }
}

/// What a page says about the words of a statement; `around` is their context at the access date.
fn ask(statement: &Statement, around: &[String], page: &PageText<'_>, scope: Scope<'_>) -> Spoken {
    match statement {
        Statement::Quoted { exact } => {
            let it = quotation::in_page(exact, page, scope);
            let place = noted(it.places.first(), it.note);
            // For missing words, the score of the answer is the likeness of the nearest ones; that of the finding is how sure it is.
            let sure = match (&it.verdict, it.reasons.first()) {
                (Verdict::Absent, Some(reason)) => reason.weight.abs(),
                _ => it.score,
            };
            let spoken = Spoken {
                verdict: it.verdict,
                score: sure,
                reasons: it.reasons,
                place,
            };
            context::of_quotation(spoken, around, page)
        }
        Statement::Figure { exact } => {
            let it = figure::in_page(exact, page, scope);
            let place = noted(it.places.first(), it.note);
            Spoken {
                verdict: it.verdict,
                score: it.score,
                reasons: it.reasons,
                place,
            }
        }
        Statement::Relation {
            subject,
            relation,
            object,
        } => {
            let it = relation::in_page(subject, relation, object, page, scope);
            Spoken {
                verdict: it.verdict,
                score: it.score,
                reasons: it.reasons,
                place: it.place,
            }
        }
        Statement::Stated { exact } => {
            context::of_statement(statement::in_page(exact, page, scope), around, page)
        }
        // The question for a list is about its names.
        Statement::Listed { .. } => Spoken {
            verdict: Verdict::Present,
            score: 0.0,
            reasons: Vec::new(),
            place: Place::default(),
        },
    }
}

/// The context of the words of a statement on a page.
fn around(statement: &Statement, page: &PageText<'_>, scope: Scope<'_>) -> Vec<String> {
    match statement {
        Statement::Quoted { exact } => context::around(exact, page, scope),
        Statement::Stated { exact } => context::rests_on(exact, page, scope),
        _ => Vec::new(),
    }
}

/// A place with an additional note.
fn noted(place: Option<&Place>, more: Option<String>) -> Place {
    let place = place.cloned().unwrap_or_default();
    let note = match (place.note, more) {
        (Some(where_), Some(more)) => Some(format!("{where_}; {more}")),
        (where_, more) => where_.or(more),
    };
    Place { note, ..place }
}
