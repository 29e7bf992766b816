//! Marks in a replayed page: the words that findings rest on, wrapped so that a browser shows them and can scroll to them.
//!
//! Browsers ignore text fragments in sandboxed frames of another origin, so the server sets the marks. The text of a page is
//! compared without spaces, because a quotation can run over several elements and lines.

use crate::{
    selector::TextQuoteSelector,
    text::{fold, is_invisible},
};

/// Words to mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The id of the element around them, for the fragment of an address.
    pub id: String,
    /// The words, with those around them.
    pub quote: TextQuoteSelector,
    /// Whether the words are only what is beside a finding, and are marked less strongly.
    pub beside: bool,
}

/// Whether words were found in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// They are marked, and visible.
    Shown,
    /// They are marked, but in a part of the page that is folded or hidden.
    Hidden,
    /// They are not in the text of the page.
    Missing,
}

/// Where the words of a mark are in the text of a page: letters counted from 0, the one after the last excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    from: usize,
    to: usize,
    mark: usize,
}

/// The letters of the text of a page that can be marked, in order.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The folded letters, without spaces.
    folded: String,
    /// For each byte of `folded`, the letter of the page that it comes from.
    letters: Vec<usize>,
    /// The stretches of letters that are folded away or hidden.
    hidden: Vec<(usize, usize)>,
    /// The bytes of `folded` before which a word can begin: there is a space or a tag.
    gaps: Vec<usize>,
}

/// What is done with the text of a page while it is written.
#[derive(Debug, Default)]
pub(super) enum Marker {
    /// Nothing.
    #[default]
    Off,
    /// It is collected.
    Hearing(Heard),
    /// It is marked.
    Marking(Marking),
}

/// The state of a page into which marks are written.
#[derive(Debug, Default)]
pub(super) struct Marking {
    ids: Vec<(String, bool)>,
    /// Sorted by their first letter, the longer one first.
    stretches: Vec<Stretch>,
    /// The letters at which a stretch begins or ends, ascending; those that are passed are removed.
    edges: Vec<usize>,
    /// The stretches around the next letter.
    active: Vec<usize>,
    /// The stretches of which a part is written already.
    begun: Vec<bool>,
    /// How many elements are open.
    open: usize,
    styled: bool,
}

/// What a browser shows of a mark whatever the style of the page says.
const STYLE: &str = "background:#ffd54a!important;color:#111!important;display:inline!important;visibility:visible!important;\
    opacity:1!important;font-size:max(1em,9px)!important;position:static!important;\
    clip-path:none!important;text-indent:0!important";
const BESIDE: &str = "background:#dcefe1!important;color:#111!important;display:inline!important";

/// The rule that shows which mark was chosen.
const CHOSEN: &str = "<style>mark[data-stillsays]:target{outline:3px solid #b34700!important;outline-offset:2px!important;\
    scroll-margin:8rem!important}</style>";

impl Heard {
    /// Notes that a word cannot go on here.
    pub(super) fn gap(&mut self) {
        if self.gaps.last() != Some(&self.folded.len()) {
            self.gaps.push(self.folded.len());
        }
    }

    /// Adds a letter of the page.
    pub(super) fn push(&mut self, letter: char, at: usize, hidden: bool) {
        if hidden {
            match self.hidden.last_mut().filter(|last| last.1 == at) {
                Some(last) => last.1 = at + 1,
                None => self.hidden.push((at, at + 1)),
            }
        }
        if letter.is_ascii() {
            if letter.is_ascii_whitespace() {
                self.gap();
            } else {
                self.folded.push(letter.to_ascii_lowercase());
                self.letters.push(at);
            }
            return;
        }
        let folded = folded(letter);
        if folded.is_empty() && letter.is_whitespace() {
            self.gap();
        }
        self.letters.extend(std::iter::repeat_n(at, folded.len()));
        self.folded.push_str(&folded);
    }

    /// Where the words are, and what is to be written.
    pub(super) fn places(&self, marks: &[Mark]) -> (Vec<Place>, Marking) {
        let mut stretches = Vec::new();
        let mut places = Vec::with_capacity(marks.len());
        for (mark, wanted) in marks.iter().enumerate() {
            let Some((from, to)) = self.find(&wanted.quote) else {
                places.push(Place::Missing);
                continue;
            };
            let hidden = |at| {
                self.hidden
                    .iter()
                    .any(|range| (range.0..range.1).contains(&at))
            };
            places.push(if hidden(from) {
                Place::Hidden
            } else {
                Place::Shown
            });
            stretches.push(Stretch { from, to, mark });
        }
        stretches.sort_by_key(|stretch| (stretch.from, std::cmp::Reverse(stretch.to)));
        let mut edges: Vec<usize> = stretches
            .iter()
            .flat_map(|stretch| [stretch.from, stretch.to])
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges.reverse();
        let marking = Marking {
            ids: marks
                .iter()
                .map(|mark| (mark.id.clone(), mark.beside))
                .collect(),
            begun: vec![false; stretches.len()],
            stretches,
            edges,
            ..Marking::default()
        };
        (places, marking)
    }

    /// The letters of the words; of several places, the one between the same words.
    fn find(&self, quote: &TextQuoteSelector) -> Option<(usize, usize)> {
        let exact = squeezed(&quote.exact);
        if exact.is_empty() {
            return None;
        }
        let (prefix, suffix) = (squeezed(&quote.prefix), squeezed(&quote.suffix));
        let likeness = |at: usize| {
            let before = self.folded.get(..at).unwrap_or_default();
            let after = self.folded.get(at + exact.len()..).unwrap_or_default();
            let same = before.bytes().rev().zip(prefix.bytes().rev());
            let behind = after.bytes().zip(suffix.bytes());
            same.take_while(|pair| pair.0 == pair.1).count()
                + behind.take_while(|pair| pair.0 == pair.1).count()
        };
        let found = memchr::memmem::find_iter(self.folded.as_bytes(), exact.as_bytes());
        // “Dialog” is not in “Dialogue”.
        let found = found.filter(|at| !self.is_inside(*at) && !self.is_inside(at + exact.len()));
        // Of equals, the first.
        let at = found.max_by_key(|at| (likeness(*at), std::cmp::Reverse(*at)))?;
        let last = self.letters.get(at + exact.len() - 1)?;
        Some((*self.letters.get(at)?, last + 1))
    }
}

impl Heard {
    /// Whether a byte of the folded text is inside a word or a number.
    fn is_inside(&self, at: usize) -> bool {
        let is_word = |letter: char| letter.is_lowercase() || letter.is_numeric();
        let (before, behind) = self.folded.split_at_checked(at).unwrap_or_default();
        before.ends_with(is_word)
            && behind.starts_with(is_word)
            && self.gaps.binary_search(&at).is_err()
    }
}

/// A letter as it is compared; empty for a space or an invisible one.
fn folded(letter: char) -> String {
    if letter.is_whitespace() || is_invisible(letter) {
        return String::new();
    }
    fold(letter.encode_utf8(&mut [0; 4]))
        .split_whitespace()
        .collect()
}

/// A text as it is compared.
fn squeezed(text: &str) -> String {
    text.chars().map(folded).collect()
}

impl Marking {
    /// Writes what begins or ends before the letter `at`, or before a letter that can be seen.
    pub(super) fn before(&mut self, letter: char, at: usize, out: &mut String) {
        if self.edges.last() == Some(&at) {
            self.close(out);
            self.edges.pop();
            let around = |stretch: &Stretch| (stretch.from..stretch.to).contains(&at);
            let all = self.stretches.iter().enumerate();
            self.active = all
                .filter(|pair| around(pair.1))
                .map(|pair| pair.0)
                .collect();
        }
        if self.open == 0 && !self.active.is_empty() && !letter.is_whitespace() {
            self.start(out);
        }
    }

    fn start(&mut self, out: &mut String) {
        if !std::mem::replace(&mut self.styled, true) {
            out.push_str(CHOSEN);
        }
        for at in &self.active {
            let mark = self.stretches.get(*at).map(|stretch| stretch.mark);
            let Some((id, beside)) = mark.and_then(|mark| self.ids.get(mark)) else {
                continue;
            };
            let first = self
                .begun
                .get_mut(*at)
                .map(|entry| !std::mem::replace(entry, true));
            out.push_str("<mark");
            if first == Some(true) {
                out.extend([" id=\"", id, "\""]);
            }
            let style = if *beside { BESIDE } else { STYLE };
            out.extend([" data-stillsays=\"\" style=\"", style, "\">"]);
            self.open += 1;
        }
    }

    /// Ends what is open: no mark runs over a tag.
    pub(super) fn close(&mut self, out: &mut String) {
        for _ in 0..std::mem::take(&mut self.open) {
            out.push_str("</mark>");
        }
    }

    /// Whether an attribute of the page would be mistaken for one of a mark.
    fn is_ours(&self, name: &str, value: &str) -> bool {
        name == "data-stillsays"
            || matches!(name, "id" | "name") && self.ids.iter().any(|id| id.0 == value)
    }

    /// The attributes of an element of the page: none that a mark has, and no link, so that the frame shows nothing else.
    pub(super) fn attributes(&self, attributes: Vec<(String, String)>) -> Vec<(String, String)> {
        let mut kept = Vec::with_capacity(attributes.len());
        let mut led = None;
        for (name, value) in attributes {
            let is_link = matches!(
                name.as_str(),
                "href" | "xlink:href" | "action" | "formaction"
            );
            match value.strip_prefix("/web/").filter(|_| is_link) {
                Some(rest) => led = rest.split_once('/').map(|parts| parts.1.to_owned()),
                None if self.is_ours(&name, &value) => {}
                None => kept.push((name, value)),
            }
        }
        if let Some(led) = led {
            kept.retain(|attribute| attribute.0 != "title");
            kept.push(("title".to_owned(), led));
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::parse_digits14, replay::show_marked};

    fn quote(exact: &str, prefix: &str, suffix: &str) -> TextQuoteSelector {
        TextQuoteSelector {
            exact: exact.into(),
            prefix: prefix.into(),
            suffix: suffix.into(),
        }
    }

    fn marked(page: &str, quotes: &[TextQuoteSelector]) -> (String, Vec<Place>) {
        let marks: Vec<Mark> = quotes
            .iter()
            .enumerate()
            .map(|(at, quote)| Mark {
                id: format!("s{at}"),
                quote: quote.clone(),
                beside: false,
            })
            .collect();
        let target = "https://site.test/a".parse().unwrap();
        let at = parse_digits14("2024").unwrap();
        let (shown, places) = show_marked(page.into(), Some("text/html"), &target, at, &marks);
        let text = String::from_utf8(shown.bytes).unwrap();
        let text = text.replace(CHOSEN, "").replace(STYLE, "");
        (text.replace(" data-stillsays=\"\" style=\"\"", ""), places)
    }

    #[test]
    fn words_are_marked_over_tags_and_spaces_and_nothing_else_changes() {
        let page = "<p>One <b>Two\n  three</b><i> four</i> five";
        let (text, places) = marked(page, &[quote("two three four", "", "")]);
        assert_eq!(
            text,
            "<p>One <b><mark id=\"s0\">Two\n  three</mark></b><i> <mark>four</mark></i> five"
        );
        assert_eq!(places, [Place::Shown]);
        assert_eq!(
            text.replace("<mark id=\"s0\">", "")
                .replace("<mark>", "")
                .replace("</mark>", ""),
            page
        );
    }

    #[test]
    fn of_several_places_the_one_between_the_same_words_is_marked() {
        let page = "<li>Ash<li>Elm<li>Oak<li>Elm<li>Yew";
        let (text, _) = marked(page, &[quote("Elm", "Oak\n", "\nYew")]);
        assert_eq!(
            text,
            "<li>Ash<li>Elm<li>Oak<li><mark id=\"s0\">Elm</mark><li>Yew"
        );
    }

    #[test]
    fn a_word_is_not_marked_inside_another() {
        let page = "<li>Dialogue<li>Dialog</li>Elm<b>Dialog</b>ue";
        let (text, _) = marked(page, &[quote("Dialog", "", "")]);
        assert_eq!(
            text,
            "<li>Dialogue<li><mark id=\"s0\">Dialog</mark></li>Elm<b>Dialog</b>ue"
        );
        let (_, places) = marked("<p>1349 countries", &[quote("134", "", "")]);
        assert_eq!(places, [Place::Missing]);
    }

    #[test]
    fn quotes_within_quotes_each_keep_their_id() {
        let page = "<p>the whole sentence";
        let (text, _) = marked(
            page,
            &[quote("whole", "", ""), quote("the whole sentence", "", "")],
        );
        assert_eq!(
            text,
            "<p><mark id=\"s1\">the </mark><mark><mark id=\"s0\">whole</mark></mark><mark> sentence</mark>"
                .replace("<mark> sentence", " <mark>sentence")
        );
    }

    #[test]
    fn words_that_are_hidden_or_missing_are_said_to_be() {
        let page = "<title>Elm</title><details><p>Ash</p></details><div style='display: none'>Oak</div><p>Yew";
        let quotes = ["Ash", "Oak", "Yew", "Elm"].map(|it| quote(it, "", ""));
        let (_, places) = marked(page, &quotes);
        assert_eq!(
            places,
            [Place::Hidden, Place::Hidden, Place::Shown, Place::Missing]
        );
    }

    #[test]
    fn a_page_cannot_pretend_to_be_marked_and_its_links_lead_nowhere() {
        let page = "<b id=s0 data-stillsays>x</b><a href=/next>y</a><a href=#z>Elm</a>";
        let (text, _) = marked(page, &[quote("Elm", "", "")]);
        assert_eq!(
            text,
            "<b>x</b><a title=\"https://site.test/next\">y</a><a href=\"#z\"><mark id=\"s0\">Elm</mark></a>"
        );
    }
}
