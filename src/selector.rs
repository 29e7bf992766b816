//! Places in a capture, as W3C Web Annotation selectors, and the text-fragment link that opens a browser there.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A passage by its words and the words around it (W3C Web Annotation, 4.2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct TextQuoteSelector {
    /// The words.
    pub exact: String,
    /// What stands before them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// What stands behind them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

/// A passage by its place in the text, in Unicode code points (W3C Web Annotation, 4.2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct TextPositionSelector {
    /// The first code point.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
}

/// An element by a CSS selector (W3C Web Annotation, 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct CssSelector {
    /// The selector.
    pub value: String,
}

/// How many characters of context a quote selector takes on each side.
const CONTEXT: usize = 32;

impl TextQuoteSelector {
    /// The selector for `range` (bytes) of `text`, with up to 32 characters of context on each side.
    #[must_use]
    pub fn of(text: &str, range: Range<usize>) -> Self {
        let before = text.get(..range.start).unwrap_or_default();
        let after = text.get(range.end..).unwrap_or_default();
        let skipped = before.chars().count().saturating_sub(CONTEXT);
        Self {
            exact: text.get(range).unwrap_or_default().to_owned(),
            prefix: before.chars().skip(skipped).collect(),
            suffix: after.chars().take(CONTEXT).collect(),
        }
    }
}

impl TextPositionSelector {
    /// The selector for `range` (bytes) of `text`.
    #[must_use]
    pub fn of(text: &str, range: Range<usize>) -> Self {
        let points = |it: Range<usize>| text.get(it).map_or(0, |it| it.chars().count());
        let start = points(0..range.start);
        Self {
            start,
            end: start + points(range),
        }
    }
}
