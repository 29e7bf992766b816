//! A claimed name outside its list: in another list of the page, or on its own in the text.

use crate::compare::grounds::names as grounds;
use std::ops::Range;

use super::{
    NameAnswer,
    added::is_beside_office,
    former,
    judged::{Judged, blank, list_title},
    key::NameKey,
    person::is_person,
};
use crate::{
    compare::claim::Place, entity::ListKind, finding::Verdict, language::is_and, text::fold,
};

/// What parts the members of a line, or marks them.
const MARKS: &str = ",;|/·•*†‡®™“”„\"«»";

/// The place of a claimed name outside its list.
pub(in crate::compare) struct Elsewhere {
    /// The spelling there.
    pub(in crate::compare) found: String,
    /// The place.
    pub(in crate::compare) place: Place,
    /// The place, for people.
    pub(in crate::compare) what: String,
    /// The number of names in that list; 0 in running text.
    pub(in crate::compare) listed: usize,
    /// Whether the place is in the text of a name of the region: in a sentence, or in a line of several names.
    pub(in crate::compare) in_member: bool,
}

impl Judged<'_> {
    /// A claimed name that the page has outside of its list.
    pub(super) fn outside(&self, other: &Elsewhere) -> NameAnswer {
        let inside = self.region.is_none() && self.in_prose || other.in_member;
        let verdict = if inside {
            Verdict::Present
        } else {
            Verdict::Elsewhere {
                place: other.what.clone(),
            }
        };
        let place = Place {
            note: Some(other.what.clone()),
            ..other.place.clone()
        };
        NameAnswer {
            found: Some(other.found.clone()),
            reasons: vec![grounds::ON_THE_PAGE.reason()],
            ..blank(verdict, grounds::ON_THE_PAGE.score, place)
        }
    }

    /// A name outside the region: in another list, or in the text.
    pub(in crate::compare) fn elsewhere(&self, key: &NameKey) -> Option<Elsewhere> {
        let listed = self
            .pool
            .names
            .iter()
            .enumerate()
            .filter(|(at, name)| !self.members.contains(at) && key.is_spelt_as(&name.key))
            .find_map(|(at, name)| {
                let lists = self
                    .pool
                    .held_by
                    .get(at)?
                    .iter()
                    .filter_map(|at| self.pool.lists.get(*at));
                Some((
                    name.item,
                    lists.copied().find(|list| list.kind == ListKind::Names)?,
                ))
            });
        if let Some((item, list)) = listed {
            let place = Place {
                range: item.range.clone(),
                css: Some(item.css.clone()),
                note: None,
            };
            return Some(Elsewhere {
                found: item.surface.clone(),
                place,
                what: format!("in {}", list_title(list)),
                listed: list.items.len(),
                in_member: false,
            });
        }
        let range = self.in_text(key)?;
        let found = crate::text::one_line(self.page.reading.text.get(range.clone())?);
        let what = self.page.place(&range);
        let in_member = self.spans_around(&range).any(|(span, name)| {
            self.members.contains(name) && self.is_line_of_text(span, &range, key)
        });
        let place = Place {
            range: Some(range),
            ..Place::default()
        };
        Some(Elsewhere {
            found,
            place,
            what,
            listed: 0,
            in_member,
        })
    }

    /// The place of a name of which only the first line was read: `Ecole de Voile<br>Saint Martin`.
    pub(in crate::compare) fn over_lines(&self, key: &NameKey, right: usize) -> Option<Place> {
        let found = self.pool.names.get(right)?;
        let start = found.item.range.as_ref()?.start;
        if !key.exact.starts_with(found.key.exact.as_str()) {
            return None;
        }
        let places = self.page.find(&key.surface);
        let range = places.into_iter().find(|place| place.start == start)?;
        Some(Place {
            range: Some(range),
            ..self.item_place(right)
        })
    }

    /// The name of the list that begins with a claimed name of several words, letter for letter, and continues in lower case.
    pub(in crate::compare) fn begins_member(&self, key: &NameKey) -> Option<usize> {
        let goes_on = |at: &usize| {
            let found = self.pool.names.get(*at)?;
            let rest = found.item.surface.strip_prefix(key.surface.as_str())?;
            rest.strip_prefix([' ', ','])?
                .trim_start()
                .starts_with(char::is_lowercase)
                .then_some(*at)
        };
        if key.tokens.len() < 2 {
            return None;
        }
        self.members.iter().find_map(goes_on)
    }

    /// A listed text in which a claimed name of several words is set off on both sides, letter for letter: perhaps it is the name and
    /// something else, perhaps another name.
    pub(in crate::compare) fn set_off_in_member(&self, key: &NameKey) -> Option<usize> {
        self.between_signs(key, &[MARKS, ":–—\n"].concat())
    }

    /// A listed text of several members, one of which is a claimed name: `Petra Moor*, Stefan Dale`.
    pub(super) fn among_members(&self, key: &NameKey) -> Option<usize> {
        self.between_signs(key, MARKS)
    }

    fn between_signs(&self, key: &NameKey, signs: &str) -> Option<usize> {
        if key.tokens.len() < 2 || key.is_short() {
            return None;
        }
        let text = &self.page.reading.text;
        let places = self.page.find(&key.surface);
        places.into_iter().find_map(|range| {
            let there = text
                .get(range.clone())
                .filter(|_| !self.page.is_alt(&range))?;
            let before = text.get(..range.start)?.trim_end_matches(' ');
            let behind = text.get(range.end..)?.trim_start_matches(' ');
            let mut beside = before.chars().next_back().into_iter();
            let alone = beside
                .by_ref()
                .chain(behind.chars().next())
                .all(|letter| letter == '\n' || signs.contains(letter));
            let mut around = self.spans_around(&range);
            let (_, name) = around.find(|(span, _)| span.len() > range.len())?;
            (alone && !there.contains('\n')).then_some(*name)
        })
    }

    /// The first place in the text where the name occurs on its own, not as part of a longer name.
    pub(in crate::compare) fn in_text(&self, key: &NameKey) -> Option<Range<usize>> {
        let single = key.tokens.len() < 2 || key.is_short();
        let bare = without_article(&key.surface);
        let body = bare.split(['(', '[']).next().unwrap_or_default().trim();
        let mut spellings = vec![bare, body];
        let swapped = if bare.contains('&') {
            bare.replace('&', "and")
        } else {
            bare.replace(" and ", " & ")
        };
        spellings.push(&swapped);
        let text = &self.page.reading.text;
        spellings
            .into_iter()
            .filter(|spelling| spelling.chars().count() >= 2)
            .find_map(|spelling| {
                self.page.find(spelling).into_iter().find(|range| {
                    let there = text.get(range.clone()).unwrap_or_default();
                    (!there.contains('\n') || are_whole_lines(text, range))
                        && !self.inside_longer_name(range, key)
                        && !is_address(text, range)
                        && (!single || same_case(there, spelling) && !beside_capital(text, range))
                })
            })
    }

    /// Whether the place is inside a longer listed name that is a different one.
    pub(super) fn inside_longer_name(&self, range: &Range<usize>, key: &NameKey) -> bool {
        const LONGER: usize = 60;
        self.spans_around(range)
            .filter(|spans_around| {
                spans_around.0.len() > range.len() && spans_around.0.len() < range.len() + LONGER
            })
            .any(|(span, name)| {
                let text = &self.page.reading.text;
                let before = text.get(span.start..range.start).unwrap_or_default();
                let behind = text.get(range.end..span.end).unwrap_or_default();
                let there = text.get(range.clone()).unwrap_or_default();
                let stands_alone = former::is_former(before)
                    || before.contains(". ")
                    || is_dated(before)
                    || is_beside_office(
                        &key.exact,
                        &fold(text.get(span.clone()).unwrap_or_default()),
                    )
                    || (is_transcribed(there, before) && is_transcribed(there, behind))
                    || self.is_line_of_text(span, range, key);
                !stands_alone
                    && self.pool.names.get(*name).is_some_and(|name| {
                        let forms = name.key.form.zip(key.form);
                        name.key.compact != key.compact || forms.is_some_and(|(a, b)| a != b)
                    })
            })
    }

    /// The listed names whose text contains this place.
    fn spans_around<'s>(
        &'s self,
        range: &'s Range<usize>,
    ) -> impl Iterator<Item = &'s (Range<usize>, usize)> {
        const LONGEST: usize = 400;
        let spans = &self.pool.spans;
        let from = spans.partition_point(|span| span.0.start + LONGEST < range.start);
        spans
            .iter()
            .skip(from)
            .take_while(|span| span.0.start <= range.start)
            .filter(|span| span.0.end >= range.end)
    }

    /// Whether the words around a name in a listed text do not belong to it: a sentence, or other claimed names.
    fn is_line_of_text(&self, span: &Range<usize>, range: &Range<usize>, key: &NameKey) -> bool {
        let text = &self.page.reading.text;
        let before = text.get(span.start..range.start).unwrap_or_default();
        let behind = text.get(range.end..span.end).unwrap_or_default();
        let alone = before.trim().is_empty() && behind.trim().is_empty();
        if alone || former::is_former(before) || former::says(behind) {
            return false;
        }
        let persons = self.persons_in(text.get(span.clone()).unwrap_or_default());
        if persons.iter().any(|it| it.is_spelt_as(key)) {
            return true;
        }
        let is_set_off = |character: char| {
            matches!(
                character,
                ',' | ';' | ':' | '.' | '–' | '—' | '-' | '|' | '/' | '·' | '•' | '('
            )
        };
        let ends = |option: Option<char>| option.is_none_or(is_set_off);
        let apart =
            ends(before.trim_end().chars().next_back()) && ends(behind.trim_start().chars().next());
        if apart {
            let around = fold(text.get(span.clone()).unwrap_or_default());
            // Two names can have become one: `Birch Center / Alder House`. Commas on all sides only part names.
            let is_comma = |option: Option<char>| option.is_none_or(|it| matches!(it, ',' | ';'));
            let commas = is_comma(before.trim_end().chars().next_back())
                && is_comma(behind.trim_start().chars().next());
            let others = self.keys.iter().filter(|it| {
                it.exact != key.exact && !it.is_short() && around.contains(it.exact.as_str())
            });
            let least = if commas { 1 } else { 2 };
            return others.take(least).count() == least;
        }
        let (before, behind) = (before.trim_end(), behind.trim_start());
        // `Our treasurer is Nora Quill, who joined in 2020`: a sentence on one side, and a comma on the other.
        let spoken = |text: &str| {
            text.split(' ')
                .any(|word| word.starts_with(char::is_lowercase))
        };
        let continued = |text: &str, edge: Option<char>, other: &str| {
            edge.is_some_and(|it| matches!(it, ',' | ';')) && !text.is_empty() && spoken(other)
        };
        let verbal = [
            is_verbal(before.split_whitespace().rev()),
            is_verbal(behind.split_whitespace()),
        ];
        match verbal {
            [true, true] => true,
            [true, false] => continued(behind, behind.chars().next(), before),
            [false, true] => continued(before, before.chars().next_back(), behind),
            [false, false] => false,
        }
    }

    /// The persons in a text that is the names of several: `Nora Quill, Ilona Ferrante and Rasma Ozola`; none for another text. Bodies
    /// that are named together can have become one; persons can not. Single words are names where they are claimed.
    fn persons_in(&self, text: &str) -> Vec<NameKey> {
        let folded = fold(text);
        let mut names = vec![String::new()];
        for word in folded.split_whitespace() {
            let (bare, joins) = (
                word.trim_end_matches([',', ';']),
                word == "&" || is_and(word),
            );
            if !joins && let Some(name) = names.last_mut() {
                name.push(' ');
                name.push_str(bare);
            }
            if joins || bare.len() < word.len() {
                names.push(String::new());
            }
        }
        let is_claimed = |name: &NameKey| self.keys.iter().any(|key| key.exact == name.exact);
        let is_one = |name: &NameKey| is_person(name) || name.tokens.len() == 1 && is_claimed(name);
        names.retain(|name| !name.is_empty());
        if names.len() < 2 {
            return Vec::new();
        }
        let persons: Vec<NameKey> = names.iter().map(|name| NameKey::of(name.trim())).collect();
        Some(persons)
            .filter(|persons| persons.iter().all(is_one))
            .unwrap_or_default()
    }
}

/// Whether words beside a name, nearest first, continue like a sentence: in lower case, and not with a joint of names.
fn is_verbal<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    const ARTICLES: [&str; 12] = [
        "the", "der", "die", "das", "le", "la", "les", "el", "los", "il", "de", "het",
    ];
    const JOINTS: [&str; 24] = [
        "of", "for", "in", "at", "and", "&", "du", "des", "von", "van", "di", "do", "da", "del",
        "della", "und", "et", "y", "e", "en", "i", "für", "pour", "para",
    ];
    // `Elm House and its volunteers keep the path open`: what is joined is not a name.
    let joined = |text: &&str| matches!(*text, "and" | "und" | "et" | "y" | "en" | "och" | "og");
    let mut words = words.peekable();
    if words.next_if(|word| joined(word)).is_some() {
        return words.next().is_some_and(|word| {
            word.starts_with(char::is_lowercase)
                && !ARTICLES.contains(&word)
                && !JOINTS.contains(&word)
        });
    }
    let mut words = words.skip_while(|word| ARTICLES.contains(word) && *word != "de");
    words.next().is_none_or(|word| {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        bare.starts_with(char::is_lowercase) && !JOINTS.contains(&bare) && bare != "de"
    })
}

/// Whether a place is one or several complete lines.
fn are_whole_lines(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    let behind = text.get(range.end..).unwrap_or_default();
    let [before, behind] = [before.trim_end_matches(' '), behind.trim_start_matches(' ')];
    (before.is_empty() || before.ends_with('\n')) && (behind.is_empty() || behind.starts_with('\n'))
}

/// Whether the word continues after a full stop: `Larkspur` in `Larkspur.ai`.
fn is_address(text: &str, range: &Range<usize>) -> bool {
    let behind = text.get(range.end..).unwrap_or_default();
    behind
        .strip_prefix('.')
        .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_lowercase()))
}

fn without_article(name: &str) -> &str {
    let Some((first, rest)) = name.split_once(' ') else {
        return name;
    };
    if first.eq_ignore_ascii_case("the") && !rest.trim().is_empty() {
        rest
    } else {
        name
    }
}

/// Whether a passage has the capitals of a name, or is all capitals.
fn same_case(there: &str, name: &str) -> bool {
    let upper = |text: &str| text.chars().filter(|letter| letter.is_uppercase()).count();
    upper(there) >= upper(name)
}

/// Whether the text before a name is a date or a number, separated from it: "March 2019 - ".
fn is_dated(before: &str) -> bool {
    let before = before.trim_end();
    let number = before
        .trim_end_matches(['-', '–', '—', ':', '.', '|'])
        .trim_end();
    number.len() < before.len() && number.ends_with(|character: char| character.is_ascii_digit())
}

/// Whether a text beside a name has no letter of the name's alphabet: the same name in another script, or nothing.
fn is_transcribed(name: &str, beside: &str) -> bool {
    let of = |text: &str| {
        let letters = text.chars().filter(|letter| letter.is_alphabetic());
        letters.fold(0_u8, |known, letter| known | alphabet(letter))
    };
    of(name) & of(beside) == 0
}

/// The alphabet of a letter, as one bit: Latin, Greek, Cyrillic, another with two cases, one without case.
fn alphabet(letter: char) -> u8 {
    match letter {
        '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => 1,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 2,
        '\u{400}'..='\u{52f}' => 4,
        _ if letter.is_uppercase() || letter.is_lowercase() => 8,
        _ => 16,
    }
}

/// Whether the words beside a place, in the same phrase, are capitalized like a name: then the place is part of another name.
fn beside_capital(text: &str, range: &Range<usize>) -> bool {
    let after = text.get(range.end..).unwrap_or_default();
    let before = text.get(..range.start).unwrap_or_default();
    let there = text.get(range.clone()).unwrap_or_default();
    let own = |text: &str| !is_transcribed(there, text);
    let next = after
        .strip_prefix(' ')
        .and_then(|rest| rest.split(' ').next());
    let last = before.strip_suffix(' ').and_then(|rest| {
        rest.split(|character: char| character.is_whitespace())
            .next_back()
    });
    let is_name = |text: &str| {
        text.chars().next().is_some_and(char::is_uppercase)
            && text.chars().next_back().is_some_and(char::is_alphanumeric)
            && !matches!(
                text,
                "The" | "A" | "An" | "And" | "In" | "At" | "By" | "With" | "For" | "From" | "Of"
            )
    };
    next.is_some_and(|next| own(next) && next.starts_with(char::is_uppercase))
        || last.is_some_and(|last| own(last) && is_name(last))
}

#[cfg(test)]
mod tests {
    use super::{beside_capital, is_dated, is_transcribed};

    #[test]
    fn the_same_name_in_another_script_makes_no_longer_name() {
        assert!(is_transcribed("송영준", " Youngjun Song"));
        assert!(is_transcribed("Harbor Bank", "ハーバー銀行"));
        assert!(!is_transcribed("Orrin", " Studios"));
        assert!(!is_transcribed("Гавань", " Центр"));
        let text = "송영준 Youngjun Song";
        assert!(!beside_capital(text, &(0.."송영준".len())));
        assert!(beside_capital("Orrin Studios", &(0..5)));
    }

    #[test]
    fn a_date_before_a_name_is_no_part_of_it() {
        assert!(is_dated("Mars 2019 -"));
        assert!(is_dated("2019: "));
        assert!(!is_dated("Studio 54 "));
        assert!(!is_dated("North-"));
    }
}
