//! Claims of words: quotations, figures, relations, statements, and what a page says of each.

pub(super) mod context;
pub(super) mod figure;
mod letters;
pub(super) mod quotation;
pub(super) mod relation;
pub(super) mod statement;
