//! Holds claims against readings: what the pages still say, since when, and on which words that rests. Pure.

mod added;
mod aligned;
mod alike;
mod answered;
mod apart;
mod asked;
mod assignment;
mod away;
mod before;
mod candidates;
mod choice;
mod claim;
mod claimed;
mod context;
mod departed;
mod elsewhere;
mod fate;
mod fates;
mod figure;
mod findings;
mod former;
mod judged;
mod labels;
mod left;
mod legal_form;
mod letters;
mod likeness;
mod listed;
mod matches;
mod moved;
mod name_key;
mod name_words;
mod names;
mod number;
mod outline;
mod page;
mod page_text;
mod parted;
mod past;
mod proof;
mod questions;
mod quotation;
mod rebuilt;
mod record;
mod region;
mod relation;
mod sentences;
mod sole;
mod split;
mod spoken;
mod state;
mod statement;
mod time;
mod titles;
mod twin;
mod words;

pub use alike::{Alike, Comparable, alike, alike_in_full};
pub use answered::{AboutClaims, Answered, Given, Look, OfCopies};
pub use asked::{Answers, Question};
pub use choice::ChoiceAnswers;
pub use claim::{Scope, Visited};
pub use fate::fate;
pub use fates::PageAnswers;
pub use figure::figure;
pub use findings::{AlsoAsked, findings, findings_from, series_from};
pub use listed::NamesAnswers;
pub use names::{HeldIn, ListFound, NameAnswer, NamesAnswer, NewName, Place, names};
pub use page::Page;
pub use proof::{Judgement, Kinship, Portrait, Sketch};
pub use questions::{NamesAsked, Part, names_asked, questions, questions_of_choices};
pub use quotation::{WordsAnswer, quotation};
pub use relation::{RelationAnswer, relation};
pub use spoken::WordsAnswers;
pub use statement::{MOST_PASSAGES, Passage, StatementAnswer, statement};
pub use time::waiting::{Alert, Lasting, Stretch};

/// The version of the comparison; answers and findings of another version are computed again.
pub const VERSION: u32 = 13;

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod later_visits_tests;
#[cfg(test)]
mod moved_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
