//! Lines for a terminal: wrapped to its width, aligned, coloured if wanted, and safe whatever a page says.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::label::Tone;
use crate::text::{for_terminal, is_invisible};

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours (the caller knows about `NO_COLOR` and terminals). The text is complete without them.
    pub color: bool,
    /// The number of columns; less than 40 counts as 40.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 80,
        }
    }
}

/// The ink of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Strong,
    Faint,
    /// The words that a finding rests on.
    Marked,
    /// Words of an older capture.
    Removed,
    /// Words of a newer capture.
    Added,
    Tone(Tone),
}

impl Ink {
    /// Unchanged words in a changed line.
    pub(super) fn line(self) -> Self {
        match self {
            Self::Removed => Self::Tone(Tone::Bad),
            Self::Added => Self::Tone(Tone::Good),
            other => other,
        }
    }

    /// The SGR parameters (ECMA-48, 8.3.117): the 16 colours of the terminal, so that its theme decides.
    fn sgr(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Marked => "1;4",
            Self::Removed => "31;7",
            Self::Added => "32;7",
            Self::Tone(Tone::Good) => "32",
            Self::Tone(Tone::Bad) => "31",
            Self::Tone(Tone::Changed) => "33",
            Self::Tone(Tone::Fresh) => "36",
            Self::Tone(Tone::Unknown) => "35",
        }
    }
}

/// A text that is being laid out.
#[derive(Debug)]
pub(super) struct Sheet {
    /// The style.
    pub(super) style: Style,
    out: String,
}

/// One word of a paragraph; `glued` if there is no space before it.
struct Word {
    text: String,
    ink: Ink,
    glued: bool,
}

/// A line so far, in runs of one ink.
#[derive(Default)]
struct Line {
    runs: Vec<(String, Ink)>,
    width: usize,
}

impl Line {
    fn push(&mut self, word: &Word, spaced: bool) {
        let space = if spaced { " " } else { "" };
        self.width += space.len() + word.text.width();
        match self.runs.last_mut() {
            Some((text, ink)) if *ink == word.ink => {
                text.push_str(space);
                text.push_str(&word.text);
            }
            _ => {
                self.runs.push((space.to_owned(), Ink::Plain));
                self.runs.push((word.text.clone(), word.ink));
            }
        }
    }
}

impl Sheet {
    /// An empty text.
    pub(super) fn new(style: &Style) -> Self {
        Self {
            style: Style {
                width: style.width.max(40),
                ..*style
            },
            out: String::new(),
        }
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Adds an empty line.
    pub(super) fn blank(&mut self) {
        self.out.push('\n');
    }

    /// A heading with a rule below.
    pub(super) fn heading(&mut self, text: &str) {
        self.paragraph("", 0, &[(text, Ink::Strong)]);
        let rule = "─".repeat(text.width().min(self.style.width));
        self.paragraph("", 0, &[(rule.as_str(), Ink::Faint)]);
    }

    /// A paragraph: `first` precedes its first line, and every other line is indented by `indent` columns.
    ///
    /// `first` can contain colours from [`Sheet::label`]; its width counts as `indent`.
    pub(super) fn paragraph(&mut self, first: &str, indent: usize, parts: &[(&str, Ink)]) {
        let room = self.style.width.saturating_sub(indent).max(12);
        self.out.push_str(first);
        let mut line = Line::default();
        let words = words(parts, room);
        for (at, word) in words.iter().enumerate() {
            let gap = usize::from(!word.glued && line.width > 0);
            // Something glued to a word (a quotation mark, a comma) moves to the next line with it.
            let glued = words.iter().skip(at + 1).take_while(|word| word.glued);
            let whole = word.text.width() + glued.map(|glued| glued.text.width()).sum::<usize>();
            let whole = if word.glued || whole > room {
                word.text.width()
            } else {
                whole
            };
            if line.width > 0 && line.width + gap + whole > room {
                self.end_line(&mut line);
                self.out.push_str(&" ".repeat(indent));
                line.push(word, false);
            } else {
                line.push(word, gap == 1);
            }
        }
        self.end_line(&mut line);
    }

    /// A line as it is, with columns made by the caller; every part is already safe for a terminal.
    pub(super) fn raw(&mut self, parts: &[(&str, Ink)]) {
        let runs = parts
            .iter()
            .map(|part| (part.0.to_owned(), part.1))
            .collect();
        self.end_line(&mut Line { runs, width: 0 });
    }

    fn end_line(&mut self, line: &mut Line) {
        for (text, ink) in std::mem::take(line).runs {
            let text = self.inked(&text, ink);
            self.out.push_str(&text);
        }
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
    }

    /// `text` in `ink`, padded with spaces to `width` columns.
    pub(super) fn label(&self, text: &str, ink: Ink, width: usize) -> String {
        let fill = " ".repeat(width.saturating_sub(text.width()));
        format!("{}{fill}", self.inked(text, ink))
    }

    fn inked(&self, text: &str, ink: Ink) -> String {
        let sgr = ink.sgr();
        if self.style.color && !sgr.is_empty() && !text.is_empty() {
            format!("\u{1b}[{sgr}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The words of `parts`, none wider than `room`; a part that does not begin with white space is glued to the one before.
fn words(parts: &[(&str, Ink)], room: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut spaced = true;
    for (text, ink) in parts {
        let text = safe(text);
        for (at, piece) in text.split(breaks).enumerate() {
            spaced |= at > 0;
            let mut rest = String::new();
            for letter in piece.graphemes(true) {
                if rest.width() + letter.width() > room {
                    let text = std::mem::take(&mut rest);
                    words.push(Word {
                        text,
                        ink: *ink,
                        glued: !spaced,
                    });
                    spaced = false;
                }
                rest.push_str(letter);
            }
            if !rest.is_empty() {
                words.push(Word {
                    text: rest,
                    ink: *ink,
                    glued: !spaced,
                });
                spaced = false;
            }
        }
    }
    words
}

/// Whether a line can break at this white space; not at a no-break space.
fn breaks(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}')
}

/// Text from a page on one line of a terminal: nothing in it moves the cursor, changes the direction or hides text.
pub(super) fn safe(text: &str) -> String {
    for_terminal(text)
        .chars()
        // A zero-width joiner holds emoji together and shapes some scripts.
        .filter(|letter| *letter == '\u{200d}' || !is_invisible(*letter))
        .map(|letter| {
            if matches!(letter, '\n' | '\t' | '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                letter
            }
        })
        .collect()
}

/// The beginning of a text that is safe for a terminal, no wider than `room`, with dots where it is cut.
pub(super) fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.graphemes(true) {
        if kept.width() + letter.width() >= room {
            break;
        }
        kept.push_str(letter);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// A word for a command line, quoted if a POSIX shell would otherwise change it.
#[must_use]
pub fn pasteable(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@+%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(width: usize, parts: &[(&str, Ink)]) -> Vec<String> {
        let mut sheet = Sheet::new(&Style {
            color: false,
            width,
        });
        sheet.paragraph("> ", 2, parts);
        sheet.finish().lines().map(str::to_owned).collect()
    }

    #[test]
    fn words_wrap_with_a_hanging_indent_and_glued_parts_stay_together() {
        let parts = [
            ("one two three four five six ", Ink::Plain),
            ("seven", Ink::Marked),
            (", eight nine", Ink::Plain),
        ];
        assert_eq!(
            lines(40, &parts),
            ["> one two three four five six seven,", "  eight nine"]
        );
    }

    #[test]
    fn a_mark_is_not_parted_from_its_word_by_a_line_break() {
        let parts = [
            ("one two three four five six ", Ink::Plain),
            ("»", Ink::Plain),
            ("seven eight", Ink::Marked),
            ("«", Ink::Plain),
            (" nine ten eleven twelve thirteen ", Ink::Plain),
            ("fourteen", Ink::Marked),
            ("«", Ink::Plain),
        ];
        assert_eq!(
            lines(40, &parts),
            [
                "> one two three four five six »seven",
                "  eight« nine ten eleven twelve thirteen",
                "  fourteen«"
            ]
        );
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("one two", 7), "one two");
        assert_eq!(cut("one two three", 8), "one two…");
        assert_eq!(cut("one two three", 5), "one…");
        assert_eq!(cut("網網網", 4), "網…");
    }

    #[test]
    fn a_word_wider_than_the_terminal_is_broken_between_characters() {
        let long = "網".repeat(30);
        let lines = lines(40, &[(&long, Ink::Plain)]);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.width() <= 40));
    }

    #[test]
    fn words_of_one_colour_are_coloured_once() {
        let mut sheet = Sheet::new(&Style {
            color: true,
            width: 40,
        });
        let parts = [("one two ", Ink::Strong), ("three", Ink::Plain)];
        sheet.paragraph("", 0, &parts);
        assert_eq!(sheet.finish(), "\u{1b}[1mone two\u{1b}[0m three\n");
    }

    #[test]
    fn a_shell_takes_a_quoted_word_for_one_word() {
        for word in ["snapshots/demo/a.toml", "store=/srv/a-b_c.db", "партнёры"] {
            assert_eq!(pasteable(word), word);
        }
        assert_eq!(pasteable("my file's.toml"), r"'my file'\''s.toml'");
        assert_eq!(pasteable("$(rm x)"), "'$(rm x)'");
        assert_eq!(pasteable(""), "''");
    }

    #[test]
    fn a_page_cannot_move_the_cursor_or_turn_the_direction() {
        assert_eq!(safe("a\u{1b}[2J\u{202e}b\nc\u{200b}d"), "a␛[2Jb cd");
    }
}
