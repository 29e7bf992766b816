//! The text between two names of a list: what belongs to the name before, the separator, what belongs to the next name.

use crate::language;

/// In a separator: a comma inside the closing quotation mark before it.
pub(super) const COMMA_INSIDE: char = '\u{1}';

/// The longest description in brackets after a name, in bytes.
const LONGEST_BRACKET: usize = 160;

const DELIMITERS: [char; 13] = [
    ',', ';', '、', '،', '，', '；', '؛', '/', '·', '•', '|', '–', '—',
];

/// What can join the last two names of a list, besides the conjunctions in the language files.
const MORE_CONJUNCTIONS: &[&str] = &[
    "&",
    "&amp;",
    "a",
    "a také",
    "alsook",
    "along with",
    "and also",
    "as well as",
    "és",
    "ile",
    "ir",
    "ja",
    "na",
    "o",
    "oder",
    "og",
    "or",
    "ou",
    "plus",
    "sekä",
    "și",
    "u",
    "ve",
    "και",
    "та також",
    "や",
    "과",
    "및",
    "와",
];

/// Articles before a name, which stay with it.
const ARTICLES: [&str; 14] = [
    "the ", "The ", "der ", "die ", "das ", "den ", "dem ", "la ", "le ", "les ", "el ", "los ",
    "las ", "het ",
];

/// The text between two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// How many bytes belong to the name before.
    pub(super) tail: usize,
    /// The separator.
    pub(super) separator: String,
    /// How many bytes belong to the name after.
    pub(super) lead: usize,
    /// Whether the separator's comma is inside the quotation mark that ends the name before.
    pub(super) comma_inside: bool,
    /// Whether a note marker belongs to the name before.
    pub(super) has_note: bool,
}

/// The text between two names, split; `None` if it is more than a separator.
pub(super) fn gap(text: &str) -> Option<Gap> {
    let tail = tail(text, true);
    let rest = text.get(tail.bytes..)?;
    let lead = lead(rest);
    let between = rest.get(..rest.len() - lead)?;
    if !is_separator(between, text, tail.comma_inside) {
        return None;
    }
    let inside = if tail.comma_inside {
        COMMA_INSIDE.to_string()
    } else {
        String::new()
    };
    Some(Gap {
        tail: tail.bytes,
        separator: format!("{inside}{between}"),
        lead,
        comma_inside: tail.comma_inside,
        has_note: tail.has_note,
    })
}

/// Whether a separator contains an "and" of some language.
pub(super) fn has_conjunction(separator: &str) -> bool {
    let words = separator.trim_start_matches(COMMA_INSIDE);
    let words = words
        .trim()
        .trim_start_matches(DELIMITERS)
        .trim()
        .to_lowercase();
    let mut of_languages = language::all()
        .iter()
        .flat_map(|language| &language.grammar.and);
    MORE_CONJUNCTIONS.contains(&words.as_str()) || of_languages.any(|entry| *entry == words)
}

fn is_separator(between: &str, gap: &str, comma_inside: bool) -> bool {
    let bare = between.replace("&nbsp;", " ");
    let bare = ["<br>", "<br/>", "<br />"]
        .iter()
        .fold(bare, |bare, word| bare.replace(word, "\n"));
    let words = bare.trim();
    let has_lines = bare.contains('\n') || ["<li", "<td", "<p"].iter().any(|tag| gap.contains(tag));
    if words.is_empty() {
        return has_lines || comma_inside;
    }
    let mut letters = words.chars();
    let rest = match letters.next() {
        Some(first) if DELIMITERS.contains(&first) => letters.as_str().trim(),
        _ => words,
    };
    rest.is_empty() && rest.len() < words.len()
        || has_conjunction(words)
        || has_lines && is_bullet(words)
}

fn is_bullet(words: &str) -> bool {
    let number = words.trim_end_matches(['.', ')']);
    matches!(words, "*" | "-" | "+" | "#" | "•")
        || number.len() < words.len()
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// What follows a name and belongs to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tail {
    /// Its length.
    pub(super) bytes: usize,
    /// Whether it contains a comma inside its closing quotation mark.
    pub(super) comma_inside: bool,
    /// Whether it contains a note marker.
    pub(super) has_note: bool,
}

/// What `text` begins with that belongs to the name before: closing tags and quotation marks, a description in brackets and, `with_notes`,
/// note markers.
pub(super) fn tail(text: &str, with_notes: bool) -> Tail {
    let mut tail = Tail::default();
    while let Some(rest) = text.get(tail.bytes..).filter(|rest| !rest.is_empty()) {
        if let Some(bytes) = closing(rest) {
            tail.bytes += bytes;
        } else if let Some(bytes) = note(rest).filter(|_| with_notes) {
            tail.bytes += bytes;
            tail.has_note = true;
        } else if let Some(quote) = rest.strip_prefix(',').and_then(|rest| rest.chars().next())
            && is_closing_quote(quote)
            && !tail.comma_inside
        {
            tail.bytes += 1 + quote.len_utf8();
            tail.comma_inside = true;
        } else {
            break;
        }
    }
    tail
}

/// How many bytes at the beginning close markup, a quotation or a description.
fn closing(rest: &str) -> Option<usize> {
    if rest.starts_with("</") && !rest.starts_with("</ul") && !rest.starts_with("</ol") {
        return rest.find('>').map(|at| at + 1);
    }
    for mark in ["]]", "'''", "''", "**", "__"] {
        if rest.starts_with(mark) {
            return Some(mark.len());
        }
    }
    if rest.starts_with("](") {
        return rest.find(')').map(|at| at + 1);
    }
    let first = rest
        .chars()
        .next()
        .filter(|letter| is_closing_quote(*letter));
    if let Some(quote) = first {
        return Some(quote.len_utf8());
    }
    bracket(rest)
}

/// The length of a description in brackets, with the space before it.
fn bracket(rest: &str) -> Option<usize> {
    let inner = rest.trim_start_matches([' ', '\u{a0}']);
    let space = rest.len() - inner.len();
    let mut depth = 0_usize;
    for (at, letter) in inner.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ if at == 0 || letter == '\n' || at > LONGEST_BRACKET => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(space + at + 1);
        }
    }
    None
}

/// The length of a note marker, with the space before it.
fn note(rest: &str) -> Option<usize> {
    let inner = rest.trim_start_matches([' ', '\u{a0}']);
    let space = rest.len() - inner.len();
    let to = |end: &str| inner.find(end).map(|at| at + end.len());
    let bytes = if inner.starts_with("<sup") {
        to("</sup>")
    } else if inner.starts_with("<ref") {
        let tag = to(">")?;
        if inner.get(..tag)?.ends_with("/>") {
            Some(tag)
        } else {
            to("</ref>")
        }
    } else if inner.starts_with("{{") {
        to("}}")
    } else if let Some(mark) = inner.strip_prefix('[') {
        let end = mark.find(']')?;
        let mark = mark.get(..end)?.trim_start_matches(['^', '[']);
        let is_mark = !mark.is_empty()
            && mark
                .chars()
                .all(|letter| letter.is_ascii_digit() || letter == ',' || letter == ' ');
        is_mark.then_some(end + 2)
    } else {
        None
    };
    bytes.map(|byte| space + byte)
}

/// How many bytes at the end of `text` belong to the name after it: opening tags and quotation marks, an article.
pub(super) fn lead(text: &str) -> usize {
    let mut end = text.len();
    while let Some(rest) = text.get(..end).filter(|rest| !rest.is_empty()) {
        let Some(bytes) = opening(rest) else { break };
        end -= bytes;
    }
    text.len() - end
}

/// How many bytes at the end open markup or a quotation, or are an article.
fn opening(rest: &str) -> Option<usize> {
    if rest.ends_with('>') {
        let tag = rest.rfind('<')?;
        let name = rest.get(tag + 1..)?;
        let opens = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && !["br", "ul", "ol", "p>", "p "]
                .iter()
                .any(|start| name.starts_with(start));
        return opens.then_some(rest.len() - tag);
    }
    if rest.ends_with('|') {
        let link = rest.rfind("[[")?;
        let target = rest.get(link..)?;
        return (!target.contains("]]") && !target.contains('\n')).then_some(rest.len() - link);
    }
    for mark in ["[[", "'''", "''", "**", "__", "["] {
        if rest.ends_with(mark) {
            return Some(mark.len());
        }
    }
    let last = rest.chars().next_back()?;
    if matches!(last, '“' | '„' | '«' | '「' | '『' | '‘' | '"') {
        return Some(last.len_utf8());
    }
    ARTICLES.iter().find_map(|article| {
        let before = rest.strip_suffix(article)?;
        let parted = before
            .chars()
            .next_back()
            .is_none_or(|letter| !letter.is_alphanumeric());
        parted.then_some(article.len())
    })
}

/// Whether a character closes a quotation in some language.
pub(super) fn is_closing_quote(letter: char) -> bool {
    matches!(letter, '”' | '"' | '»' | '“' | '」' | '』' | '’')
}
