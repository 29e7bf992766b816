//! The lines of a page as its states are judged by them.

/// A sentence of a page, or a line without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// Where it begins in the page's text.
    pub(super) at: usize,
    /// Whether a reader sees it among what the page is there for.
    pub(super) is_main: bool,
    /// Whether it is one of the headings that are asked as titles.
    pub(super) is_title: bool,
    /// Letters in it that are not in links; ideographs count twice.
    pub(super) prose: usize,
}
