//! An article in plain text: its head, paragraphs, headings, list items and references, recognized by their shape.

use super::{Article, Block, Kind, language_of, marker, reference};
use crate::{language, text::one_line};

mod head;
mod printed;

/// Lines of the site around the article, not of the article.
const CHROME: &[&str] = &[
    "contact influencewatch",
    "see an error",
    "let us know",
    "share this",
    "print this",
    "table of contents",
    "subscribe",
    "skip to",
    "edit this page",
];

/// Whether a heading is that of the references.
pub(super) fn is_reference_heading(text: &str) -> bool {
    let plain = text
        .trim()
        .trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_lowercase();
    language::all()
        .iter()
        .any(|it| it.citation.references.contains(&plain))
}

/// A paragraph, heading or item with its markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    /// What it is.
    pub(super) shape: Shape,
    /// Its text on one line.
    pub(super) text: String,
}

/// What a block of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Anything else.
    Paragraph,
    /// A heading.
    Heading,
    /// An item of a list.
    Item,
    /// A word that names the kind of the items after it, and does not begin a section.
    Label,
    /// A passage that is set apart as a quotation.
    Quote,
}

/// Reads an article in plain text.
pub(super) fn read(text: &str) -> Article {
    let plain = restructured(text);
    let lines: Vec<&str> = plain.as_deref().unwrap_or(text).lines().collect();
    let split = references_at(&lines);
    let printed = split.and_then(|at| printed::bracketed(&lines, at));
    let lines: Vec<&str> = printed
        .as_ref()
        .map_or(lines, |it| it.iter().map(String::as_str).collect());
    let (body, entries) = match split {
        Some(at) => (&lines[..at], entries(&lines[at + 1..])),
        None => (&lines[..], Vec::new()),
    };
    let mut article = Article::default();
    for (number, text) in entries {
        article.enter(reference::read(number, &text, &[]), &text);
    }
    let raw = blocks(body);
    article.language = language_of(None, &raw);
    fill(&mut article, &raw);
    article
}

/// A text in reStructuredText (`[1]_`, `.. [1] Title`, headings with a line of `=` below) with plain brackets and no such lines; `None`
/// for any other text.
fn restructured(text: &str) -> Option<String> {
    const RULES: &str = "=-~^*+#";
    let noted = text.lines().any(|line| line.starts_with(".. ["));
    if !(noted && text.contains("]_")) {
        return None;
    }
    let rule = |line: &str| {
        let line = line.trim_end();
        let first = line.chars().next();
        line.len() >= 3
            && first.is_some_and(|it| RULES.contains(it) && line.chars().all(|other| other == it))
    };
    let lines = text.lines().map(|line| {
        if rule(line) {
            return String::new();
        }
        let line = line
            .strip_prefix(".. ")
            .filter(|rest| rest.starts_with('['))
            .unwrap_or(line);
        line.replace("]_", "]")
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The line of the last heading of references that numbered or cited entries follow.
fn references_at(lines: &[&str]) -> Option<usize> {
    lines
        .iter()
        .rposition(|line| is_reference_heading(line.trim_start_matches('#')))
}

/// Title, kind, sections and paragraphs out of the blocks before the references.
pub(super) fn fill(article: &mut Article, raw: &[Raw]) {
    let prose = (0..raw.len())
        .find(|it| begins_text(raw, *it))
        .unwrap_or(raw.len());
    let (boxed, lines) = boxed(&raw[..prose]);
    let head: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let first = raw.get(prose).map_or("", |it| it.text.as_str());
    head::read_head(article, &head, first);
    for line in lines {
        let (text, markers) = marker::take(&line.text, &mut marker::Numbers::default());
        article.skip("above the text", &text, &markers);
    }
    let mut numbers = numbers(article, &raw[prose..]);
    let running: Vec<&Raw> = raw[prose..].iter().collect();
    let text = blocks_of(article, &running, 0, &mut numbers);
    let paragraphs = text.last().map_or(0, |it| it.paragraph);
    // A box of facts is above the text, and does not count as one of its paragraphs.
    article.blocks = blocks_of(article, &boxed, paragraphs, &mut numbers);
    article.blocks.extend(text);
}

/// The labels above the text with the items under them, and the other lines.
fn boxed(raw: &[Raw]) -> (Vec<&Raw>, Vec<&Raw>) {
    let mut labelled = false;
    raw.iter().partition(|it| {
        labelled = it.shape == Shape::Label || (labelled && it.shape == Shape::Item);
        labelled
    })
}

/// Blocks without their markers; the paragraphs before them are `before`.
fn blocks_of(
    article: &mut Article,
    raw: &[&Raw],
    before: u32,
    numbers: &mut marker::Numbers,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut section = None;
    let mut paragraph = before;
    let mut of_heading: Vec<marker::Marker> = Vec::new();
    for (at, it) in raw.iter().enumerate() {
        let (text, mut markers) = marker::take(&it.text, numbers);
        for marker in std::mem::take(&mut of_heading) {
            markers.push(marker::Marker {
                at: text.len(),
                ..marker
            });
        }
        let kind = match it.shape {
            // What a heading cites supports the items under it.
            Shape::Heading
                if raw
                    .get(at + 1)
                    .is_some_and(|next| next.shape == Shape::Item) =>
            {
                of_heading = markers;
                section = Some(text);
                continue;
            }
            Shape::Heading => {
                article.skip("a heading", &text, &markers);
                section = Some(text);
                continue;
            }
            Shape::Paragraph => Kind::Prose,
            Shape::Item => Kind::Item,
            Shape::Label => Kind::Label,
            Shape::Quote => Kind::Quote,
        };
        if text.is_empty() || is_chrome(&text) {
            article.skip("a line of the site", &text, &markers);
            continue;
        }
        if kind == Kind::Label {
            article.skip("a label", &text, &markers);
        } else {
            paragraph += 1;
        }
        blocks.push(Block {
            section: section.clone(),
            paragraph,
            text,
            markers,
            kind,
        });
    }
    blocks
}

/// Bare numbers are markers only where the article has no brackets.
fn numbers(article: &Article, raw: &[Raw]) -> marker::Numbers {
    let highest = article
        .references
        .iter()
        .map(|reference| reference.number)
        .max()
        .unwrap_or(0);
    let mut probe = marker::Numbers {
        highest,
        cited: 0,
        bare: false,
    };
    let bracketed: usize = raw
        .iter()
        .map(|it| marker::take(&it.text, &mut probe).1.len())
        .sum();
    marker::Numbers {
        highest,
        cited: 0,
        bare: bracketed == 0,
    }
}

/// Whether the text begins with that paragraph: a sentence, or few words that introduce the items under them.
fn begins_text(raw: &[Raw], at: usize) -> bool {
    let Some(it) = raw.get(at).filter(|it| it.shape == Shape::Paragraph) else {
        return false;
    };
    let items = raw.get(at + 1).is_some_and(|it| it.shape == Shape::Item);
    let (text, _) = marker::take(&it.text, &mut marker::Numbers::default());
    is_prose(&it.text) || is_cited(&it.text) || (items && text.ends_with([':', '：']))
}

/// A short sentence with a marker in brackets after it.
fn is_cited(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let before = text.split_once('[').map_or("", |parts| parts.0.trim_end());
    let ended = before.ends_with(['.', '!', '?', '。', '।', '”', '»', '"']);
    let numbered =
        text.ends_with(']') && text.contains(|character: char| character.is_ascii_digit());
    ended && numbered && (words >= 4 || before.ends_with('。'))
}

/// A line long enough, and ended like a sentence.
pub(super) fn is_prose(text: &str) -> bool {
    let end = text.trim_end_matches(|character: char| {
        character.is_ascii_digit()
            || character.is_whitespace()
            || matches!(
                character,
                '[' | ']' | '”' | '"' | ')' | ',' | '»' | '“' | '」'
            )
    });
    let spaced =
        text.split_whitespace().count() >= 8 && end.ends_with(['.', '!', '?', ':', '؟', '।']);
    // Japanese and Chinese do not part words, and Korean ones are sentences in small.
    let is_hangul = |letter: char| ('\u{ac00}'..='\u{d7a3}').contains(&letter);
    let unspaced = text.chars().count() >= 12
        && (end.ends_with(['。', '！', '？', '：'])
            || end.ends_with('.') && end.trim_end_matches('.').ends_with(is_hangul));
    !is_chrome(text) && (spaced || unspaced)
}

fn is_chrome(text: &str) -> bool {
    let lower = text.to_lowercase();
    CHROME.iter().any(|prefix| lower.starts_with(prefix)) && text.split_whitespace().count() <= 20
}

/// The paragraphs, headings and items of lines; empty lines, or only line ends, are between them.
pub(super) fn blocks(lines: &[&str]) -> Vec<Raw> {
    let mut found = Vec::new();
    let mut group: Vec<&str> = Vec::new();
    for line in lines.iter().copied().chain([""]) {
        if !line.trim().is_empty() {
            group.push(line);
            continue;
        }
        group_blocks(&group, &mut found);
        group.clear();
    }
    found
}

/// Lines longer than this are not wrapped by hand: each is a paragraph.
const WRAPPED: usize = 120;

fn group_blocks(group: &[&str], found: &mut Vec<Raw>) {
    let wrapped = group.iter().all(|text| text.chars().count() <= WRAPPED);
    let mut paragraph: Vec<&str> = Vec::new();
    let mut shape = Shape::Paragraph;
    for (at, line) in group.iter().enumerate() {
        let text = line.trim();
        let item = item(text);
        let longest = group
            .iter()
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0);
        let short =
            text.chars().count() <= 60 && (longest > WRAPPED || text.chars().count() * 2 < longest);
        let heading = heading(text).or_else(|| {
            let alone =
                group.len() == 1 || (at == 0 && short && group.len() > 1) || (!wrapped && short);
            (alone && looks_like_heading(text)).then_some(text)
        });
        let head_lines =
            found.is_empty() && paragraph.is_empty() && group.len() > 1 && wrapped && longest < 50;
        if item.is_some()
            || heading.is_some()
            || !wrapped
            || head_lines
            || found_head(found, text, longest)
        {
            flush(&mut paragraph, shape, found);
        }
        if let Some(text) = heading {
            found.push(Raw {
                shape: Shape::Heading,
                text: one_line(text),
            });
            shape = Shape::Paragraph;
        } else if let Some(text) = item {
            shape = Shape::Item;
            paragraph.push(text);
        } else {
            if paragraph.is_empty() {
                shape = Shape::Paragraph;
            }
            paragraph.push(text);
        }
    }
    flush(&mut paragraph, shape, found);
}

/// Short lines before the first paragraph are separate lines.
fn found_head(found: &[Raw], text: &str, longest: usize) -> bool {
    let head = !found.iter().any(|it| is_prose(&it.text));
    head && longest < 50 && text.chars().count() < 50
}

fn flush(paragraph: &mut Vec<&str>, shape: Shape, found: &mut Vec<Raw>) {
    if !paragraph.is_empty() {
        found.push(Raw {
            shape,
            text: one_line(&paragraph.join(" ")),
        });
        paragraph.clear();
    }
}

fn heading(text: &str) -> Option<&str> {
    let marked = text.trim_start_matches('#');
    (marked.len() < text.len() && marked.starts_with(' '))
        .then(|| marked.trim().trim_end_matches('#').trim())
}

/// A short line without a sentence's end, markers or a label's colon.
fn looks_like_heading(text: &str) -> bool {
    let words = text.split_whitespace().count();
    // "… and “Rest Direct.” 1": what comes before a marker has ended like a sentence.
    let unmarked = text
        .trim_end_matches(|character: char| character.is_ascii_digit() || character == ' ')
        .trim_end_matches(['”', '"', '»', '“']);
    let sentence = unmarked.len() < text.len() && unmarked.ends_with(['.', '!', '?', ',']);
    words <= 10
        && !sentence
        && !text.ends_with(['。', '」', '»'])
        && !text.ends_with(['.', '!', '?', ':', ',', ';', ']', '”', '"'])
        && !text.ends_with(|character: char| character.is_ascii_digit() && text.contains(". "))
        && text
            .starts_with(|character: char| character.is_uppercase() || character.is_ascii_digit())
}

fn item(text: &str) -> Option<&str> {
    ["- ", "+ ", "• ", "* ", "– ", "· ", "▪ ", "◦ ", "•\t"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .map(str::trim)
}

/// The numbered entries of the lines under the references' heading; what follows the last is left out.
pub(super) fn entries(lines: &[&str]) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let numbered = lines
        .iter()
        .filter(|line| numbered(line.trim()).is_some())
        .count();
    let mut gap = false;
    for line in lines {
        let text = line.trim();
        if text.is_empty() {
            gap = true;
            continue;
        }
        if numbered >= 1 {
            let due = found.last().map_or(1, |pair| pair.0 + 1);
            match self::numbered(text)
                .filter(|numbered| numbered.0 >= due && numbered.0 <= due + 20)
            {
                Some((number, text)) => found.push((number, text.to_owned())),
                None => match found.last_mut() {
                    Some((_, entry)) if belongs(entry, line, gap) => {
                        entry.push(' ');
                        entry.push_str(text);
                    }
                    Some(_) if looks_like_heading(text) && !is_chrome(text) && gap => {
                        break;
                    }
                    _ => {}
                },
            }
        } else if !is_chrome(text) {
            let number = u32::try_from(found.len() + 1).unwrap_or(u32::MAX);
            found.push((number, text.to_owned()));
        }
        gap = false;
    }
    found
}

/// Whether a line without a number continues the entry above it.
fn belongs(entry: &str, line: &str, gap: bool) -> bool {
    let text = line.trim();
    if is_chrome(text) {
        return false;
    }
    let has_address = entry.contains("http") || entry.contains("www.");
    let one_word = !text.contains(' ');
    let dated = [
        "accessed",
        "retrieved",
        "archived",
        "published",
        "available",
        "http",
        "www.",
    ]
    .iter()
    .any(|prefix| text.to_lowercase().starts_with(prefix));
    let cut = entry.ends_with(['-', '/', '_', '=', '&', '?', '%']) && has_address;
    dated
        || (!gap && cut)
        || (!gap && (!has_address || one_word))
        || (gap && !has_address && one_word && text.contains('/'))
}

/// `1. Text`, `[1] Text`, `1) Text`, `1 “Text`, `^1 Text`.
fn numbered(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start_matches(['^', '↑', ' ']);
    let (bracket, rest) = match text.strip_prefix('[') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let digits = rest
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(rest.len());
    let number: u32 = rest[..digits].parse().ok().filter(|_| digits <= 3)?;
    let after = &rest[digits..];
    let after = if bracket {
        after.strip_prefix(']')?
    } else {
        after
            .strip_prefix(['.', ')', ':'])
            .filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
            .or_else(|| after.starts_with(char::is_whitespace).then_some(after))?
    };
    Some((number, after.trim_start_matches(['.', ' ', '\t', ':'])))
}
