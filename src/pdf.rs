//! PDF: the text layer of a file, page by page, and the lines in which one process passes it to another.
//!
//! PDF files are complex, and readers crash on some. The reader runs in a process of its own, which can crash without harm; so
//! a text layer is written as JSON lines, one page per line, each usable without the next:
//!
//! ```text
//! {"page":1,"text":"Members\nAlder Peace Trust"}
//! {"page":2,"fault":"its fonts cannot be read"}
//! {"pages":2}
//! ```

use std::{collections::BTreeMap, io};

use serde::{Deserialize, Serialize};

mod text;

pub use text::write;

/// The text layer of a PDF.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLayer {
    /// The text of each readable page, by its number, counted from 1.
    pub pages: BTreeMap<u32, String>,
    /// Why the text is incomplete; `None` if every page was read.
    pub fault: Option<String>,
    /// Whether another attempt could succeed: the machine was busy, or there was no reader.
    pub passing: bool,
}

/// One line of a text layer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    /// The text of a page.
    Page { page: u32, text: String },
    /// A page that cannot be read.
    Broken { page: u32, fault: String },
    /// The end, with the number of pages.
    End { pages: u32 },
    /// A file that cannot be read at all.
    Fault { fault: String },
}

impl Line {
    fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")?;
        // A page that is written is safe, whatever the next one does to this process.
        out.flush()
    }
}

impl TextLayer {
    /// Parses the output of [`write()`] as far as possible; a truncated end is a fault.
    #[must_use]
    pub fn parse(lines: &[u8]) -> Self {
        let mut layer = Self::default();
        let mut ended = false;
        for line in lines.split(|letter| *letter == b'\n') {
            // Libraries of the reader sometimes write to the same channel; other lines are ignored.
            match serde_json::from_slice(line) {
                Ok(Line::Page { page, text }) => {
                    layer.pages.insert(page, text);
                }
                Ok(Line::Broken { page, fault }) => {
                    let fault = format!("page {page}: {fault}");
                    layer.fault.get_or_insert(fault);
                }
                Ok(Line::Fault { fault }) => {
                    layer.fault = Some(fault);
                    ended = true;
                }
                Ok(Line::End { .. }) => ended = true,
                Err(_) => {}
            }
        }
        if !ended {
            let last = layer.pages.keys().next_back();
            let fault = match last {
                Some(page) => format!("its reader crashed after page {page}"),
                None => "its reader crashed".to_owned(),
            };
            layer.fault = Some(fault);
        }
        layer
    }

    /// A file that could not be read for a temporary reason.
    #[must_use]
    pub fn unread(fault: String) -> Self {
        Self {
            fault: Some(fault),
            passing: true,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_off_text_layer_gives_the_pages_before_the_cut() {
        let lines =
            b"{\"page\":1,\"text\":\"a\"}\nUnicode mismatch\n{\"page\":2,\"text\":\"b\"}\n{\"pa";
        let layer = TextLayer::parse(lines);
        assert_eq!(layer.pages.len(), 2);
        assert_eq!(
            layer.fault.as_deref(),
            Some("its reader crashed after page 2")
        );
    }

    #[test]
    fn a_whole_text_layer_has_no_fault() {
        let layer = TextLayer::parse(b"{\"page\":1,\"text\":\"a\"}\n{\"pages\":1}\n");
        assert_eq!(layer.fault, None);
    }
}
