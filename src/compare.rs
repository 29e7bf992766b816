//! Compares claims with readings: what the pages still say, since when, and on which words that rests. Pure.
//!
//! A claim goes one way: [`questions`] to the pages that it cites, an answer per reading (`names`, `words`), intervals of equal
//! answers (`time`), and [`findings`].

mod answered;
mod asked;
mod away;
mod before;
mod beside;
mod choice;
mod claim;
mod fate;
mod fates;
mod findings;
mod further;
mod grounds;
mod identity;
mod listed;
mod names;
mod page;
mod page_text;
mod proof;
mod questions;
mod spoken;
mod state;
mod time;
mod words;

pub use answered::{AboutClaims, Answered, Given, OfCopies};
pub use asked::{Answers, Part, Question};
pub use beside::Beside;
pub use choice::ChoiceAnswers;
pub use claim::{Place, Scope, Visited};
pub use fate::fate;
pub use fates::PageAnswers;
pub use findings::{AlsoAsked, findings, findings_from, series_from};
pub use further::needs_further;
pub use listed::NamesAnswers;
pub use names::{
    HeldIn, ListFound, NameAnswer, NamesAnswer, NewName,
    alike::{Alike, Comparable, alike, alike_in_full},
    keys::Keys,
    names, names_since,
};
pub use page::{Look, Page};
pub use proof::{Judgement, Kinship, Portrait, Sketch};
pub use questions::{NamesAsked, names_asked, questions, questions_of_choices};
pub use spoken::WordsAnswers;
pub use time::waiting::{Alert, Lasting, Stretch};
pub use words::{
    figure::figure,
    quotation::{WordsAnswer, quotation},
    relation::{RelationAnswer, relation},
    statement::{MOST_PASSAGES, Passage, StatementAnswer, statement},
};

/// The version of the comparison; answers and findings of another version are computed again.
pub const VERSION: u32 = 30;

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod later_visits_tests;
#[cfg(test)]
mod moved_tests;
#[cfg(test)]
mod said_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
