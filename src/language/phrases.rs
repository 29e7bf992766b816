//! Looks for many phrases in a text in one pass.

use aho_corasick::AhoCorasick;

/// A phrase to look for.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// Its text, without the sign of a stem.
    pub(super) text: String,
    /// Whether a longer word may begin so.
    pub(super) stem: bool,
    /// Whether it is a complete line.
    pub(super) whole_line: bool,
    /// The code of its language.
    pub(super) language: &'static str,
    /// The row that it is in: what it is known for.
    pub(super) row: usize,
}

impl Phrase {
    /// The phrase of an entry: `board of trustees`, `partner*`, `=projects`.
    pub(super) fn of(entry: &str, language: &'static str, row: usize) -> Self {
        let (text, whole_line) = match entry.strip_prefix('=') {
            Some(text) => (text, true),
            None => (entry, false),
        };
        let (text, stem) = match text.strip_suffix('*') {
            Some(text) => (text, true),
            None => (text, false),
        };
        Self {
            text: text.to_owned(),
            stem,
            whole_line,
            language,
            row,
        }
    }

    /// The entry as files spell it.
    pub(super) fn entry(&self) -> String {
        let (before, behind) = (
            if self.whole_line { "=" } else { "" },
            if self.stem { "*" } else { "" },
        );
        format!("{before}{}{behind}", self.text)
    }

    /// Whether the bytes from `start` to `end` of a text are this phrase, and not a part of longer words.
    fn is_at(&self, text: &str, start: usize, end: usize) -> bool {
        if self.whole_line {
            return text[..start].trim().is_empty()
                && text[end..].trim_end_matches([':', ' ']).is_empty();
        }
        let outside = |before: Option<char>, after: Option<char>| {
            let (Some(before), Some(after)) = (before, after) else {
                return true;
            };
            !before.is_alphanumeric()
                || !after.is_alphanumeric()
                || is_unparted(before)
                || is_unparted(after)
        };
        let begins = outside(text[..start].chars().next_back(), self.text.chars().next());
        begins && (self.stem || outside(self.text.chars().next_back(), text[end..].chars().next()))
    }
}

/// Whether a character is of a script without spaces between words: there each one may begin a word.
fn is_unparted(character: char) -> bool {
    character >= '\u{3040}' || ('\u{e00}'..'\u{f00}').contains(&character)
}

/// Phrases, ready to be looked for.
pub(super) struct Phrases {
    // `None` only if there are more phrases than the automaton can number.
    automaton: Option<AhoCorasick>,
    all: Vec<Phrase>,
}

impl Phrases {
    /// Prepares the search.
    pub(super) fn of(all: Vec<Phrase>) -> Self {
        let automaton = AhoCorasick::new(all.iter().map(|it| &it.text)).ok();
        Self { automaton, all }
    }

    /// The phrases in a text, which is folded to lower case, with the bytes at which each begins.
    pub(super) fn find<'p>(&'p self, text: &str) -> impl Iterator<Item = (&'p Phrase, usize)> {
        let automaton = self.automaton.iter();
        let found = automaton.flat_map(move |it| it.find_overlapping_iter(text));
        found.filter_map(move |it| {
            let phrase = &self.all[it.pattern().as_usize()];
            let fits = phrase.is_at(text, it.start(), it.end());
            fits.then_some((phrase, it.start()))
        })
    }

    /// The rows of the phrases in a text, one bit each, lowest first.
    pub(super) fn rows_in(&self, text: &str) -> u32 {
        self.find(text).fold(0, |rows, pair| rows | 1 << pair.0.row)
    }

    /// Whether any phrase is anywhere in a text, also inside of words.
    pub(super) fn is_inside(&self, text: &str) -> bool {
        self.automaton
            .as_ref()
            .is_some_and(|automaton| automaton.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(entries: &[&str], text: &str) -> Vec<String> {
        let phrases = entries.iter().map(|it| Phrase::of(it, "en", 0)).collect();
        let phrases = Phrases::of(phrases);
        phrases.find(text).map(|it| it.0.entry()).collect()
    }

    #[test]
    fn a_phrase_is_whole_words_and_a_stem_begins_one() {
        assert_eq!(found(&["board", "partner*"], "our partners"), ["partner*"]);
        assert_eq!(found(&["board"], "boards, clipboard"), [""; 0]);
        assert_eq!(found(&["board"], "the board, unpartnered"), ["board"]);
        assert_eq!(found(&["c++"], "größe: c++"), ["c++"]);
    }

    #[test]
    fn a_whole_line_is_nothing_else() {
        assert_eq!(found(&["=projects"], " projects: "), ["=projects"]);
        assert_eq!(found(&["=projects"], "our projects"), [""; 0]);
    }

    #[test]
    fn scripts_without_spaces_have_words_within_words() {
        assert_eq!(found(&["合作伙伴"], "我们的合作伙伴们"), ["合作伙伴"]);
        assert_eq!(found(&["สมาชิก"], "รายชื่อสมาชิกของเรา"), ["สมาชิก"]);
    }
}
