//! A page of HTML, parsed once for all who read it: the tree, its text in order, its regions, and selectors.
//!
//! [`parse`](parse()) makes a [`Page`], within bounds that a hostile page cannot pass: scraper's tree, which CSS selectors
//! match. [`Tree`] lists its nodes in order, and [`Flow`] is their text with a map back to them; both are indexes beside the page
//! and borrow from it.

pub mod css;
pub mod regions;
pub mod shown;

mod bounds;
mod elements;
mod flow;
mod outline;
mod parse;
mod references;
mod tree;

pub use bounds::bounded;
pub use elements::{heading_level, is_block, is_void};
pub use flow::Flow;
pub use outline::Outline;
pub use parse::{Page, Syntax, parse};
pub use references::unescaped;
pub use tree::{Kind, Node, Tree};
