//! Claims of words: quotations, figures, relations, statements, and what a page says of each.

pub(super) mod context;
pub(super) mod figure;
mod letters;
mod number;
pub(super) mod quotation;
pub(super) mod relation;
mod sentences;
pub(super) mod statement;
