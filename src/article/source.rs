//! An article's file as text, and the places of the words of its profile in it.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use encoding_rs::Encoding;

use super::Form;
use crate::{
    digest::PayloadDigest,
    html::unescaped,
    media_type::{self, MediaType},
    profile::{Profile, Source, Span},
    selector::{TextPositionSelector, TextQuoteSelector},
};

/// An article's file, decoded.
#[derive(Clone, Debug)]
pub struct SourceText<'a> {
    /// Its text; a byte-order mark is not part of it.
    pub text: Cow<'a, str>,
    /// Its charset, as the Encoding standard spells it.
    pub charset: &'static str,
    /// Whether any of its bytes was no character.
    pub had_errors: bool,
    /// How it is written.
    pub form: Form,
    digest: PayloadDigest,
    /// How many bytes of the file come before the text.
    mark: usize,
}

/// A passage of an article's file, three ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// By its words and those around it.
    pub quote: TextQuoteSelector,
    /// By its characters in the text.
    pub position: TextPositionSelector,
    /// By its bytes in the file.
    pub bytes: Span,
}

impl<'a> SourceText<'a> {
    /// Decodes a file; `media_type` and `path` give charset and form if they name them.
    #[must_use]
    pub fn of(bytes: &'a [u8], media_type: Option<&MediaType>, path: Option<&str>) -> Self {
        let declared = media_type.and_then(|text| text.charset.as_deref());
        let decoded = media_type::decode(bytes, declared);
        let form = Form::of(&decoded.text, media_type, path);
        Self {
            form,
            charset: decoded.charset,
            had_errors: decoded.had_errors,
            text: decoded.text,
            digest: PayloadDigest::of(bytes),
            mark: Encoding::for_bom(bytes).map_or(0, |for_bom| for_bom.1),
        }
    }

    /// The content of a profile in the file; `file` is its name or address.
    #[must_use]
    pub fn source(&self, file: &str) -> Source {
        Source {
            file: file.to_owned(),
            digest: self.digest.to_string(),
            form: self.form.name().to_owned(),
            charset: self.charset.to_owned(),
            revision: None,
        }
    }

    /// A stretch of the file's bytes as selectors of its text; `None` for an empty stretch, or one that is not in the text.
    #[must_use]
    pub fn place(&self, bytes: Span) -> Option<Place> {
        if bytes.is_empty() {
            return None;
        }
        let ends = self.in_text(&[bytes.start as usize, bytes.end as usize]);
        let range = (*ends.first()?)?..(*ends.get(1)?)?;
        self.text.get(range.clone())?;
        Some(Place {
            quote: TextQuoteSelector::of(&self.text, range.clone()),
            position: TextPositionSelector::of(&self.text, range),
            bytes,
        })
    }

    /// The place of every stretch that a profile gives: a claim's sentence and what it claims, a reference's entry.
    ///
    /// Each has the claim's id, or `reference 3`, and the stretch's place among the claim's; `None` is the sentence.
    #[must_use]
    pub fn places(&self, profile: &Profile) -> Vec<(String, Option<usize>, Place)> {
        let mut found = Vec::new();
        let mut add = |whose: String, which: Option<usize>, span: Span| {
            found.extend(self.place(span).map(|place| (whose, which, place)));
        };
        for claim in &profile.claims {
            if let Some(span) = claim.bytes {
                add(claim.id.clone(), None, span);
            }
            for (at, span) in claim.spans.iter().enumerate() {
                add(claim.id.clone(), Some(at), *span);
            }
        }
        for reference in &profile.references {
            if let Some(span) = reference.bytes {
                add(format!("reference {}", reference.number), None, span);
            }
        }
        found
    }

    /// Bytes of the text as bytes of the file.
    pub(super) fn span(&self, range: &Range<usize>) -> Option<Span> {
        if self.had_errors {
            return None;
        }
        let ends = if self.charset == "UTF-8" {
            [range.start + self.mark, range.end + self.mark]
        } else {
            [
                self.mark + self.length(self.text.get(..range.start)?)?,
                self.mark + self.length(self.text.get(..range.end)?)?,
            ]
        };
        Some(Span {
            start: u32::try_from(ends[0]).ok()?,
            end: u32::try_from(ends[1]).ok()?,
        })
    }

    /// How many bytes of the file a stretch of text is.
    fn length(&self, text: &str) -> Option<usize> {
        match self.charset {
            "UTF-16LE" | "UTF-16BE" => Some(text.encode_utf16().count() * 2),
            _ => {
                let encoding = Encoding::for_label(self.charset.as_bytes())?;
                let (bytes, _, had_errors) = encoding.encode(text);
                (!had_errors).then(|| bytes.len())
            }
        }
    }

    /// Bytes of the file as bytes of the text.
    pub(super) fn in_text(&self, bytes: &[usize]) -> Vec<Option<usize>> {
        let inside = bytes.iter().map(|byte| byte.checked_sub(self.mark));
        if self.charset == "UTF-8" {
            return inside
                .map(|inside| inside.filter(|at| self.text.is_char_boundary(*at)))
                .collect();
        }
        // Where each character begins, in the file and in the text.
        let mut starts = Vec::new();
        let mut at = 0;
        for (start, character) in self.text.char_indices() {
            starts.push((at, start));
            let own = self.text.get(start..start + character.len_utf8());
            let Some(length) = own.and_then(|own| self.length(own)) else {
                break;
            };
            at += length;
        }
        starts.push((at, self.text.len()));
        inside
            .map(|wanted| {
                let place = starts.binary_search_by_key(&wanted?, |start| start.0);
                starts.get(place.ok()?).map(|start| start.1)
            })
            .collect()
    }

    /// The words of the text, markup left out.
    pub(super) fn words(&self) -> Vec<Word> {
        match self.form {
            Form::Html => html_words(&self.text),
            _ => words(&self.text, 0),
        }
    }
}

/// A word of a text: its place, and the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Its letters and digits in lower case.
    pub(super) key: String,
}

/// The words of a text; where a script has no spaces, its characters.
pub(super) fn words(text: &str, offset: usize) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut open = false;
    for (at, character) in text.char_indices() {
        let alone = character > '\u{2e7f}' && character.is_alphanumeric();
        if !character.is_alphanumeric() {
            open = open && crate::text::is_invisible(character);
            continue;
        }
        let end = offset + at + character.len_utf8();
        match found.last_mut().filter(|_| open && !alone) {
            Some(word) => {
                word.range.end = end;
                word.key.extend(character.to_lowercase());
            }
            None => found.push(Word {
                range: offset + at..end,
                key: character.to_lowercase().collect(),
            }),
        }
        open = !alone;
    }
    found
}

/// The words between the tags of HTML, those of scripts and styles left out; entities that are letters are letters.
fn html_words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut entities: HashMap<&str, String> = HashMap::new();
    while let Some(rest) = text.get(at..).filter(|text| !text.is_empty()) {
        if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |at| at + 3);
        } else if rest.starts_with('<')
            && rest[1..].starts_with(|letter: char| {
                letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?')
            })
        {
            let name: String = rest[1..]
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect::<String>()
                .to_ascii_lowercase();
            at += tag_end(rest);
            if matches!(name.as_str(), "script" | "style") {
                let closing = format!("</{name}");
                let lower = text.get(at..).unwrap_or_default().to_ascii_lowercase();
                at += lower.find(&closing).unwrap_or(lower.len());
            }
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let end = rest[first..].find('<').map_or(rest.len(), |at| at + first);
            text_words(&rest[..end], at, &mut entities, &mut found);
            at += end;
        }
    }
    found
}

/// Where a tag ends, quotes minded.
pub(super) fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, character) in rest.char_indices() {
        match (quote, character) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// The words of a text between tags.
fn text_words<'t>(
    text: &'t str,
    offset: usize,
    entities: &mut HashMap<&'t str, String>,
    found: &mut Vec<Word>,
) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|text| !text.is_empty()) {
        let next = rest.find('&').unwrap_or(rest.len());
        let plain = words(&rest[..next], offset + at);
        join(plain, found);
        at += next;
        let Some(entity) = text.get(at..).filter(|text| !text.is_empty()) else {
            break;
        };
        let end = entity
            .find(';')
            .filter(|at| *at <= 10)
            .map_or(1, |at| at + 1);
        let entity = &entity[..end];
        let decoded = entities
            .entry(entity)
            .or_insert_with(|| unescaped(entity).into_owned())
            .clone();
        if decoded.chars().all(char::is_alphanumeric) && !decoded.is_empty() {
            let word = Word {
                range: offset + at..offset + at + end,
                key: decoded.to_lowercase(),
            };
            join(vec![word], found);
        }
        at += end;
    }
}

/// Adds words; the first is joined with the last if there is no separator between them.
fn join(words: Vec<Word>, found: &mut Vec<Word>) {
    for word in words {
        match found.last_mut() {
            Some(last) if last.range.end == word.range.start && !alone(&word) && !alone(last) => {
                last.range.end = word.range.end;
                last.key.push_str(&word.key);
            }
            _ => found.push(word),
        }
    }
}

fn alone(word: &Word) -> bool {
    word.key.chars().any(|character| character > '\u{2e7f}')
}
