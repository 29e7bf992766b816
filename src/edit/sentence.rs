//! Edits a sentence that lists names so that it stays a sentence: removes, replaces and inserts names.
//!
//! The text can be that of the source, with its markup: tags, links and note markers between two names stay with the name
//! that they belong to.

use std::ops::Range;

mod separator;

use separator::{COMMA_INSIDE, Gap, gap, has_conjunction, is_closing_quote, lead, tail};

/// What to do with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Keep it.
    Keep,
    /// Remove it, with its comma or "and".
    Delete,
    /// Replace it.
    Replace(String),
}

/// A part of the text, and its new wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edited {
    /// The bytes of the text to replace.
    pub(crate) range: Range<usize>,
    /// The new text.
    pub(crate) with: String,
    /// Whether only one of several names is left, so that the verb may have to change.
    pub(crate) is_single: bool,
}

impl Edited {
    /// The whole text after the edit.
    #[must_use]
    pub(crate) fn of(&self, text: &str) -> String {
        let before = text.get(..self.range.start).unwrap_or_default();
        let after = text.get(self.range.end..).unwrap_or_default();
        format!("{before}{}{after}", self.with)
    }
}

/// Why a list cannot be edited automatically.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// No name would be left.
    #[error("the page lists none of them any more: the sentence has no support")]
    NoneLeft,
    /// The words beside the name do not show where it begins or ends.
    #[error("the words beside “{0}” do not show where the name ends")]
    Unclear(String),
}

/// The list with `changes` to its names, and the `added` names at its end.
///
/// `members` are the byte ranges of the names in `text`, in order, with one entry of `changes` each; `conjunction` is the word that the
/// language puts before the last of several names, for a list that has only one name so far.
///
/// # Errors
/// No name would be left, or a removed name is joined to its neighbour by other words.
pub(crate) fn edit_list(
    text: &str,
    members: &[Range<usize>],
    changes: &[Change],
    added: &[String],
    conjunction: &str,
) -> Result<Edited, Refusal> {
    let list = List::read(text, members);
    let mut left: Vec<(Option<usize>, String)> = Vec::new();
    for (place, item) in list.items.iter().enumerate() {
        if let Some(words) = item.changed(text, members, changes)? {
            left.push((Some(place), words));
        }
    }
    if left.is_empty() {
        return Err(Refusal::NoneLeft);
    }
    list.check_last(&left, text, members)?;
    let kept = left.len();
    let model = left.last().and_then(|pair| pair.0);
    let dress = model.and_then(|model| list.items.get(model));
    for name in added {
        let words = dress.map_or_else(|| name.clone(), |dress| dress.dressed(text, name));
        left.push((None, words));
    }
    Ok(Edited {
        range: list.range(),
        with: list.joined(&left, conjunction),
        is_single: kept == 1 && added.is_empty() && members.len() > 1,
    })
}

/// A name with the markup around it, or several names joined by other words.
struct Item {
    /// With the tags and quotation marks around it.
    whole: Range<usize>,
    /// The names in it, by index.
    names: Range<usize>,
    /// Whether a comma was inside its closing quotation mark, as in American English.
    comma_inside: bool,
}

impl Item {
    /// Its text after the changes; `None` if it is removed.
    fn changed(
        &self,
        text: &str,
        members: &[Range<usize>],
        changes: &[Change],
    ) -> Result<Option<String>, Refusal> {
        let mut words = String::new();
        let mut at = self.whole.start;
        for place in self.names.clone() {
            let (Some(name), Some(change)) = (members.get(place), changes.get(place)) else {
                continue;
            };
            let spelled = slice(text, name);
            words.push_str(slice(text, &(at..name.start)));
            at = name.end;
            match change {
                Change::Keep => words.push_str(spelled),
                Change::Replace(with) => words.push_str(with),
                Change::Delete if self.names.len() == 1 => return Ok(None),
                Change::Delete => return Err(Refusal::Unclear(spelled.to_owned())),
            }
        }
        words.push_str(slice(text, &(at..self.whole.end)));
        if self.comma_inside {
            remove_inner_comma(&mut words);
        }
        Ok(Some(words))
    }

    /// A new name in the quotation marks or list markup of this item, without its links and notes.
    fn dressed(&self, text: &str, name: &str) -> String {
        let words = slice(text, &self.whole);
        let mut letters = words.chars();
        let (first, last) = (letters.next(), letters.next_back());
        match (first, last) {
            (Some(open), Some(close)) if is_closing_quote(close) && !open.is_alphanumeric() => {
                format!("{open}{name}{close}")
            }
            _ if words.trim_start().starts_with("<li") => format!("<li>{name}</li>"),
            _ => name.to_owned(),
        }
    }
}

/// A list in a sentence.
struct List {
    items: Vec<Item>,
    /// The texts between one item and the next.
    separators: Vec<String>,
}

impl List {
    fn read(text: &str, members: &[Range<usize>]) -> Self {
        let mut list = Self {
            items: Vec::new(),
            separators: Vec::new(),
        };
        let gaps: Vec<Option<Gap>> = members
            .windows(2)
            .map(|pair| match pair {
                [one, next] => gap(slice(text, &(one.end..next.start))),
                _ => None,
            })
            .collect();
        // A note after the last name belongs to the whole list, unless the other names have their own.
        let own_notes = gaps.iter().flatten().any(|gap| gap.has_note);
        for (place, member) in members.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|rest| gaps.get(rest));
            let start = match before {
                Some(Some(gap)) => member.start - gap.lead,
                Some(None) => {
                    if let Some(item) = list.items.last_mut() {
                        item.names.end = place + 1;
                        item.whole.end =
                            member.end + tail_of(&gaps, place, text, member, own_notes);
                    }
                    continue;
                }
                None => member.start - lead(slice(text, &(0..member.start))),
            };
            if let Some(Some(gap)) = before {
                list.separators.push(gap.separator.clone());
            }
            list.items.push(Item {
                whole: start..member.end + tail_of(&gaps, place, text, member, own_notes),
                names: place..place + 1,
                comma_inside: matches!(gaps.get(place), Some(Some(gap)) if gap.comma_inside),
            });
        }
        list
    }

    fn range(&self) -> Range<usize> {
        let start = self.items.first().map_or(0, |item| item.whole.start);
        let end = self.items.last().map_or(start, |item| item.whole.end);
        start..end
    }

    /// Refuses to end the list with names joined by other words, unless it ended with such names before.
    fn check_last(
        &self,
        left: &[(Option<usize>, String)],
        text: &str,
        members: &[Range<usize>],
    ) -> Result<(), Refusal> {
        let Some(last) = left.last().and_then(|pair| pair.0) else {
            return Ok(());
        };
        let Some(item) = self.items.get(last).filter(|item| item.names.len() > 1) else {
            return Ok(());
        };
        if last + 1 == self.items.len() {
            return Ok(());
        }
        let name = members.get(item.names.start);
        Err(Refusal::Unclear(
            name.map_or(String::new(), |name| slice(text, name).to_owned()),
        ))
    }

    /// The separator before the last of several items.
    fn last_separator(&self) -> Option<&str> {
        self.separators.last().map(String::as_str)
    }

    /// The separator between two items that are not the last.
    fn inner_separator(&self) -> Option<&str> {
        let mut plain = self
            .separators
            .iter()
            .filter(|separator| !has_conjunction(separator));
        plain.next().map(String::as_str)
    }

    /// The remaining items, joined as in this list.
    fn joined(&self, left: &[(Option<usize>, String)], conjunction: &str) -> String {
        let last = self.last_separator();
        let joins = last.is_none_or(has_conjunction);
        let names = |place: Option<usize>| {
            place
                .and_then(|place| self.items.get(place))
                .map_or(1, |item| item.names.len())
        };
        let count: usize = left.iter().map(|pair| names(pair.0)).sum();
        let mut out = String::new();
        for (at, (place, words)) in left.iter().enumerate() {
            let is_last = at + 1 == left.len();
            if at > 0 {
                let before = left.get(at - 1).and_then(|pair| pair.0);
                let own = before.filter(|before| *place == Some(before + 1));
                let own = own
                    .and_then(|at| self.separators.get(at))
                    .map(String::as_str);
                let between = match (is_last && joins, count) {
                    (true, 2) => pair(last, conjunction),
                    (true, _) => self.before_last(conjunction),
                    (false, _) => own
                        .filter(|gap| !is_last && (!joins || !has_conjunction(gap)))
                        .or(self.inner_separator())
                        .unwrap_or(", ")
                        .to_owned(),
                };
                push_between(&mut out, &between);
            }
            out.push_str(words);
        }
        out
    }

    /// The separator before the last of three or more items.
    fn before_last(&self, conjunction: &str) -> String {
        match self.last_separator() {
            Some(last) if self.separators.len() > 1 => last.to_owned(),
            // A list of two does not show whether a third has a comma before its "and"; in English it does.
            Some(last) if last.trim() == "and" => ", and ".to_owned(),
            Some(last) => last.to_owned(),
            None if conjunction == "and" => ", and ".to_owned(),
            None => pair(None, conjunction),
        }
    }
}

/// The end of what belongs to a name and follows it.
fn tail_of(
    gaps: &[Option<Gap>],
    place: usize,
    text: &str,
    member: &Range<usize>,
    own_notes: bool,
) -> usize {
    match gaps.get(place) {
        Some(Some(gap)) => gap.tail,
        Some(None) => 0,
        None => tail(slice(text, &(member.end..text.len())), own_notes).bytes,
    }
}

/// The separator between two names if there are no more.
fn pair(last: Option<&str>, conjunction: &str) -> String {
    match last {
        Some(last) => {
            let bare = last.trim_start_matches([',', '،', COMMA_INSIDE]);
            if bare.len() < last.len() && has_conjunction(bare) {
                bare.to_owned()
            } else {
                last.to_owned()
            }
        }
        None if conjunction.chars().any(char::is_alphabetic)
            && conjunction
                .chars()
                .all(|letter| letter.is_alphabetic() && letter < '\u{2e80}')
            || conjunction == "&" =>
        {
            format!(" {conjunction} ")
        }
        None => conjunction.to_owned(),
    }
}

/// Appends a separator; its comma goes inside a quotation mark if the list does that.
fn push_between(out: &mut String, between: &str) {
    if let Some(rest) = between.strip_prefix(COMMA_INSIDE) {
        if let Some(quote) = out.pop() {
            out.push(',');
            out.push(quote);
        }
        out.push_str(rest);
    } else {
        out.push_str(between);
    }
}

/// Removes the comma before a closing quotation mark.
fn remove_inner_comma(words: &mut String) {
    let mut letters = words.char_indices().rev();
    if let (Some((_, quote)), Some((at, ','))) = (letters.next(), letters.next())
        && is_closing_quote(quote)
    {
        words.remove(at);
    }
}

fn slice<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap_or_default()
}

#[cfg(test)]
#[path = "sentence_tests.rs"]
mod tests;
