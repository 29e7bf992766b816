//! How much of an article is in its profile: what was found, what was read, and each thing that was not.

use std::fmt;

use serde::Serialize;

use crate::text::counted;

/// What an import found in an article, and what of it is not in the profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Paragraphs and list items.
    pub paragraphs: usize,
    /// Lists of names that became claims.
    pub lists: usize,
    /// Quotations that became claims.
    pub quotations: usize,
    /// Figures that became claims.
    pub figures: usize,
    /// Relations that became claims.
    pub relations: usize,
    /// Cited sentences that became claims as they are.
    pub sentences: usize,
    /// Markers that the article has.
    pub markers: usize,
    /// Lists that were not read as lists, but kept as sentences if they are cited.
    pub unread_lists: Vec<Loss>,
    /// Lists that do not cite a reference, so that there is no page to check them by.
    pub uncited_lists: Vec<Loss>,
    /// Members of lists that were left out because they are not names.
    pub left_out: Vec<Loss>,
    /// Numbers with a word behind them that did not become figures.
    pub unread_figures: Vec<Loss>,
    /// The numbers of markers whose notes the article does not have, ascending.
    pub missing_notes: Vec<u32>,
    /// Markers that no claim rests on.
    pub unused_markers: Vec<Loss>,
    /// Labels of markers whose notes explain without citing anything.
    pub explanations: Vec<String>,
}

/// Something of an article that is not in its profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Its place: `paragraph 3, sentence 2`, `a table`.
    pub place: String,
    /// The words.
    pub text: String,
    /// Why it was not read, a fragment in lower case.
    pub why: String,
    /// The markers at that place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<u32>,
}

impl Coverage {
    /// Whether everything that was found is in the profile.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unread_lists.is_empty()
            && self.uncited_lists.is_empty()
            && self.left_out.is_empty()
            && self.unread_figures.is_empty()
            && self.missing_notes.is_empty()
            && self.unused_markers.is_empty()
    }

    /// Each thing that is not in the profile, one line each.
    #[must_use]
    pub fn losses(&self) -> Vec<String> {
        let all = [
            ("list kept as a sentence", &self.unread_lists),
            ("list without reference", &self.uncited_lists),
            ("member left out", &self.left_out),
            ("number left out", &self.unread_figures),
            ("marker without a claim", &self.unused_markers),
        ];
        let mut lines = Vec::new();
        for (what, losses) in all {
            for loss in losses {
                let cites = if loss.cites.is_empty() || what != "marker without a claim" {
                    String::new()
                } else {
                    format!(" [{}]", numbers(&loss.cites))
                };
                lines.push(format!(
                    "{what}{cites} ({}): {}: “{}”",
                    loss.place,
                    loss.why,
                    short(&loss.text)
                ));
            }
        }
        lines
    }
}

impl fmt::Display for Coverage {
    /// `18 paragraphs; 7 lists found: 5 read, 1 kept as a sentence, 1 without reference; 12 quotations; …`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.lists + self.unread_lists.len() + self.uncited_lists.len();
        write!(
            out,
            "{}; {} found: {} read",
            counted(self.paragraphs, "paragraph", "paragraphs"),
            counted(found, "list", "lists"),
            self.lists
        )?;
        for (losses, one, several) in [
            (
                &self.unread_lists,
                "kept as a sentence",
                "kept as sentences",
            ),
            (
                &self.uncited_lists,
                "without reference",
                "without reference",
            ),
        ] {
            match losses.as_slice() {
                [] => {}
                [loss] => write!(out, ", 1 {one} ({}: {})", loss.place, loss.why)?,
                several_losses => write!(out, ", {} {several}", several_losses.len())?,
            }
        }
        write!(
            out,
            "; {}; {}; {}; {}",
            counted(self.quotations, "quotation", "quotations"),
            counted(self.figures, "figure", "figures"),
            counted(self.relations, "relation", "relations"),
            counted(self.markers, "marker", "markers"),
        )?;
        if !self.missing_notes.is_empty() {
            write!(
                out,
                "; {} without a note: {}",
                self.missing_notes.len(),
                numbers(&self.missing_notes)
            )?;
        }
        if !self.unused_markers.is_empty() {
            write!(
                out,
                "; {} with markers that no claim rests on",
                counted(self.unused_markers.len(), "place", "places")
            )?;
        }
        if !self.explanations.is_empty() {
            write!(
                out,
                "; notes that only explain: {}",
                self.explanations.join(", ")
            )?;
        }
        Ok(())
    }
}

fn numbers(numbers: &[u32]) -> String {
    let all: Vec<String> = numbers.iter().map(u32::to_string).collect();
    all.join(", ")
}

/// The first words of a text.
fn short(text: &str) -> String {
    const ENOUGH: usize = 80;
    if text.chars().count() <= ENOUGH {
        return text.to_owned();
    }
    let head: String = text.chars().take(ENOUGH).collect();
    let whole = head.rsplit_once(' ').map_or(head.as_str(), |parts| parts.0);
    format!("{whole} …")
}
