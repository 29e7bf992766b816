//! The lines of a page in the form in which its state is judged.

/// A sentence of a page, or a line without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its text.
    pub(super) text: &'a str,
    /// Where it begins in the text of the page.
    pub(super) at: usize,
    /// Whether readers see it in the main content of the page.
    pub(super) is_main: bool,
    /// Whether it is one of the headings that are treated as titles.
    pub(super) is_title: bool,
    /// The letters in it that are not in links; ideographs count twice.
    pub(super) prose: usize,
}
