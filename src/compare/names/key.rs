//! A name in comparable form: its words without case, articles, punctuation and legal form, and its initials.

use super::{
    former,
    labels::without_labels,
    outline::Outline,
    spelling::{is_plain, one_form, split},
    vocabulary,
};
use crate::compare::grounds::names as grounds;
use crate::{
    language::{given, legal_forms, titles::without_titles},
    text::{fold, letters, one_line},
};

/// A name in comparable form.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::compare) struct NameKey {
    /// The spelling, with white space folded.
    pub(in crate::compare) surface: String,
    /// The folded spelling without outer punctuation: equal for spellings that differ only in case, quotes and dashes.
    pub(in crate::compare) exact: String,
    /// The words that count, in order: without article, "and", legal form and bracketed acronym.
    pub(in crate::compare) tokens: Vec<Token>,
    /// The words as one, without spaces.
    pub(in crate::compare) compact: String,
    /// The words as one, with small words, without legal form.
    pub(in crate::compare) core: String,
    /// All letters and digits, small words and legal form included.
    pub(in crate::compare) letters: String,
    /// The class of its legal form.
    pub(in crate::compare) form: legal_forms::Class,
    /// Short forms that it states itself or is: `NAFCM`, folded.
    pub(in crate::compare) acronyms: Vec<String>,
    /// The initials of its words, with and without the small ones, folded.
    pub(in crate::compare) initials: Vec<String>,
    /// The outline of `compact`.
    pub(in crate::compare) outline: Outline,
    /// The first letters of its words.
    pub(in crate::compare) firsts: String,
    /// Other names that it gives for itself: `Birch Alliance (formerly Alder House)`.
    pub(in crate::compare) said: Vec<NameKey>,
    /// The parts on either side of an addition, as names of their own: `quintessenz - a society`, `One/Other`.
    pub(in crate::compare) parts: Vec<NameKey>,
    /// The part in quotation marks, folded.
    pub(in crate::compare) quoted: Option<String>,
}

/// A word of a name.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Token {
    /// The word, folded, without accents.
    pub(in crate::compare) text: String,
    /// How distinctive it is: 1 for a rare word, less for `foundation`, `international`.
    pub(in crate::compare) weight: f64,
    /// Its outline.
    pub(in crate::compare) outline: Outline,
    /// How exactly it must match.
    pub(in crate::compare) kind: Kind,
    /// Whether it is a place, or a word that many names have: then another such word is not a slip of the pen.
    pub(in crate::compare) known: bool,
}

/// How exactly a word must match another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::compare) enum Kind {
    /// Small differences in spelling can be mistakes.
    Word,
    /// A number, a year, a numeral: a different one means something else.
    Number,
}

impl NameKey {
    /// The key of a name as spelled.
    pub(in crate::compare) fn of(name: &str) -> Self {
        let surface = one_line(name);
        // Text that was escaped twice shows its escapes.
        if surface.contains('&') && surface.contains(';') {
            let plain = unescaped(&surface);
            if plain != surface {
                return Self::of(&plain);
            }
        }
        if is_plain(&surface) {
            let mut key = Self::whole(&surface);
            key.parts.extend(housed(&surface).map(Self::whole));
            return key;
        }
        let (main, other) = former::said(&surface);
        let mut key = Self::whole(main);
        if let Some(other) = other {
            key.said.push(Self::whole(other));
            key.exact = exact(&surface);
            key.letters = letters(&surface);
            key.surface.clone_from(&surface);
        }
        key.parts = parts(main).map(Self::whole).collect();
        if let Some(inner) = quoted(main) {
            key.parts.push(Self::whole(inner));
            key.quoted = Some(fold(inner));
        }
        key.parts.extend(stem(main).map(Self::whole));
        key.parts.extend(housed(main).map(Self::whole));
        let (body, asides) = without_asides(&key.exact);
        // A place in brackets may be a branch; `(WWF-Norway)` is another name of the organization.
        let of_place = |text: &String| {
            let words = split(text);
            let placed = words.iter().any(|word| vocabulary::is_place(word));
            let own = |text: &String| !vocabulary::is_place(text) && !vocabulary::is_common(text);
            placed
                && !words
                    .iter()
                    .any(|word| own(word) && !vocabulary::is_small(word))
        };
        if !asides.is_empty() && !asides.iter().any(of_place) {
            key.parts.push(Self::whole(&body));
        }
        key
    }

    /// The key without its parts.
    fn whole(name: &str) -> Self {
        let surface = one_line(name);
        let exact = exact(&surface);
        let bare = without_titles(without_labels(&exact));
        let (text, mut acronyms) = body_and_acronyms(bare, &surface);
        let camel = camel_form(&surface);
        let text = camel.as_ref().map_or(text, |camel| fold(camel));
        let all = split(&text);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let (range, form) = legal_forms::strip(&all);
        let core = all.get(range).unwrap_or_default();
        let initials = initials_of(core);
        let tokens = tokens_of(core);
        let compact: String = tokens.iter().map(|token| token.text.as_str()).collect();
        if is_acronym_itself(&surface) {
            acronyms.push(letters(&surface));
        } else if let [only] = tokens.as_slice()
            && let Some(first) = surface.split(' ').next()
            && is_acronym_itself(first)
            && letters(first) == only.text
        {
            // `NAFCM e.V.`
            acronyms.push(only.text.clone());
        }
        acronyms.dedup();
        Self {
            core: core.concat(),
            letters: letters(&surface),
            outline: Outline::of(&compact),
            firsts: tokens
                .iter()
                .filter_map(|token| token.text.chars().next())
                .collect(),
            surface,
            exact,
            tokens,
            compact,
            form,
            acronyms,
            initials,
            said: Vec::new(),
            parts: Vec::new(),
            quoted: None,
        }
    }

    /// The sum of the weights of its words.
    pub(in crate::compare) fn weight(&self) -> f64 {
        self.tokens.iter().map(|token| token.weight).sum()
    }

    /// Whether another name differs only in habits of spelling.
    pub(in crate::compare) fn is_spelt_as(&self, other: &Self) -> bool {
        self.exact == other.exact
            || !self.is_short() && self.compact == other.compact && self.form == other.form
    }

    /// Its distinctive words.
    pub(in crate::compare) fn own_words(&self) -> impl Iterator<Item = &str> {
        let own = self
            .tokens
            .iter()
            .filter(|token| token.weight >= grounds::DISTINCTIVE);
        own.map(|it| it.text.as_str())
    }

    /// Whether it consists only of initials, at least three.
    pub(in crate::compare) fn is_acronym(&self) -> bool {
        self.compact.chars().count() >= 3 && self.acronyms.contains(&self.compact)
    }

    /// Whether a word occurs in it in capitals only, like initials.
    pub(in crate::compare) fn sets_in_capitals(&self, word: &Token) -> bool {
        let mut words = self.surface.split(|letter: char| !letter.is_alphanumeric());
        words.any(|it| it.chars().all(char::is_uppercase) && it.to_lowercase() == word.text)
    }

    /// Its initials, if it consists of them and a word for the kind of organization: `abc` of `ABC University`.
    pub(in crate::compare) fn dressed_initials(&self) -> Option<&str> {
        let [one, other] = self.tokens.as_slice() else {
            return None;
        };
        let short = match (
            vocabulary::is_common(&one.text),
            vocabulary::is_common(&other.text),
        ) {
            (false, true) => one,
            (true, false) => other,
            _ => return None,
        };
        let fits = (3..=6).contains(&short.outline.letters) && self.sets_in_capitals(short);
        fits.then_some(short.text.as_str())
    }

    /// Whether it is so short that only the same letters match.
    pub(in crate::compare) fn is_short(&self) -> bool {
        self.compact.chars().count() < 5
    }
}

/// The folded name without outer punctuation.
fn exact(surface: &str) -> String {
    let folded = fold(surface);
    let trimmed = folded.trim_matches(|character: char| {
        character.is_whitespace() || " .,;:*\"'-|•·".contains(character)
    });
    if trimmed.len() == folded.len() {
        return folded;
    }
    trimmed.to_owned()
}

/// A text with visible HTML escapes resolved: `Mill &amp; Co`.
fn unescaped(text: &str) -> String {
    const ESCAPES: [(&str, &str); 9] = [
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&#8217;", "’"),
        ("&lt;", "<"),
        ("&amp;", "&"),
    ];
    let mut plain = text.to_owned();
    for (escape, character) in ESCAPES {
        if plain.contains(escape) {
            plain = plain.replace(escape, character);
        }
    }
    plain
}

/// The parts of a name on either side of an addition: `quintessenz - a society`, `One/Other`.
fn parts(surface: &str) -> impl Iterator<Item = &str> {
    [" - ", " – ", " — ", ": ", " | ", "/", ", ", " · ", "–"]
        .into_iter()
        .filter(|word| surface.contains(word))
        .flat_map(|it| surface.split(it))
        .map(str::trim)
        .filter(|trim| trim.chars().count() >= 5 || is_acronym_itself(trim) && trim.len() >= 3)
}

/// The part of a longer name in quotation marks, which is the name itself if the rest says what kind of organization it is, as
/// in `Фонд «Маяк»`.
fn quoted(surface: &str) -> Option<&str> {
    const MARKS: [(char, char); 4] = [('«', '»'), ('“', '”'), ('„', '“'), ('"', '"')];
    MARKS.iter().find_map(|(open, close)| {
        let start = surface.find(*open)? + open.len_utf8();
        let inner = surface.get(start..)?;
        let inner = inner.get(..inner.find(*close)?)?.trim();
        let whole = inner.len() + open.len_utf8() + close.len_utf8() >= surface.len();
        (!whole && inner.chars().count() >= 5).then_some(inner)
    })
}

/// A name that is an address, without its last label: `Larkspur` of `Larkspur.ai`.
fn stem(surface: &str) -> Option<&str> {
    let (stem, last) = surface.rsplit_once('.')?;
    let is_address = !surface.contains(' ')
        && (2..=4).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_address && stem.chars().count() >= 5).then_some(stem)
}

/// A name without the organization that it belongs to: `Institute for River Law at Eastham University`.
fn housed(surface: &str) -> Option<&str> {
    let (own, house) = surface.split_once(" at ")?;
    let capital = house.starts_with(char::is_uppercase);
    (capital && own.split(' ').count() >= 3).then_some(own)
}

/// The folded name without the parts in brackets, and those parts.
fn without_asides(exact: &str) -> (String, Vec<String>) {
    if !exact.contains(['(', ')', '[', ']']) {
        return (exact.to_owned(), Vec::new());
    }
    let (mut body, mut asides, mut depth) = (String::new(), Vec::new(), 0_u32);
    for character in exact.chars() {
        match character {
            '(' | '[' => {
                depth += 1;
                if depth == 1 {
                    asides.push(String::new());
                }
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {
                if let Some(last_mut) = asides.last_mut() {
                    last_mut.push(character);
                }
            }
            _ => body.push(character),
        }
    }
    if body.trim().is_empty() {
        (exact.to_owned(), Vec::new())
    } else {
        (body, asides)
    }
}

/// The initials of words: of all; without the small ones; without common ones at the end.
fn initials_of<T: AsRef<str>>(words: &[T]) -> Vec<String> {
    let firsts = |counts: fn(&str) -> bool| -> String {
        let counted = words
            .iter()
            .map(AsRef::as_ref)
            .filter(|as_ref| counts(as_ref));
        counted.filter_map(|text| text.chars().next()).collect()
    };
    let main = firsts(|it| !vocabulary::is_small(it));
    let bare = firsts(|it| !matches!(it, "the" | "a" | "an" | "and" | "of"));
    let mut made = vec![main, bare, firsts(|_| true)];
    made.dedup();
    made.retain(|text| text.chars().count() >= 2);
    made
}

/// Whether a given short form fits the initials: equal, or one letter more or less in a longer one.
fn near_initials(initials: &str, short: &str) -> bool {
    initials == short || (short.chars().count() >= 4 && strsim::levenshtein(initials, short) <= 1)
}

/// Whether the part in brackets is in capitals in the original spelling.
fn is_upper(surface: &str, aside: &str) -> bool {
    let short = letters(aside);
    let length = short.chars().count();
    (2..=8).contains(&length)
        && surface
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| word.chars().all(|letter| !letter.is_lowercase()) && fold(word) == short)
        && surface.chars().any(char::is_lowercase)
        && !vocabulary::is_place(&short)
}

/// Whether the whole name is a short form: `NAFCM`, `A.B.C.`
fn is_acronym_itself(surface: &str) -> bool {
    if surface.trim().contains(' ') {
        return false;
    }
    let plain = || surface.chars().filter(|letter| letter.is_alphanumeric());
    let capitals = plain().filter(|letter| letter.is_uppercase()).count();
    let length = plain().count();
    (2..=8).contains(&length) && capitals >= 2 && capitals * 3 >= length * 2
}

/// `SiemensAG` as `Siemens AG`: a legal form in capitals at the end of a word in small letters.
fn camel_form(surface: &str) -> Option<String> {
    const FORMS: [&str; 8] = ["AG", "GmbH", "LLC", "Ltd", "Inc", "SA", "BV", "NV"];
    FORMS.iter().find_map(|form| {
        let stem = surface.strip_suffix(form)?;
        let last = stem.chars().last()?;
        let word = stem.rsplit(' ').next().unwrap_or_default();
        (last.is_lowercase() && word.chars().count() >= 4).then(|| format!("{stem} {form}"))
    })
}

/// The text of a name with what is in brackets, but for acronyms; and these.
fn body_and_acronyms(bare: &str, surface: &str) -> (String, Vec<String>) {
    let (body, asides) = without_asides(legal_forms::unjoined(bare));
    let mut acronyms: Vec<String> = Vec::new();
    if asides.is_empty() {
        return (body, acronyms);
    }
    let mut text = body.clone();
    for aside in &asides {
        let short = letters(aside);
        let made = initials_of(&split(&body));
        let is_acronym = !short.is_empty()
            && !aside.trim().contains(' ')
            && short.chars().count() <= 10
            && (made.iter().any(|made| near_initials(made, &short)) || is_upper(surface, aside));
        if is_acronym {
            acronyms.push(short);
        } else {
            text.push(' ');
            text.push_str(aside);
        }
    }
    (text, acronyms)
}

/// The words that count; all of them if no other does.
fn tokens_of(core: &[&str]) -> Vec<Token> {
    let words = vocabulary::numbers_joined(core).into_iter();
    let tokens: Vec<Token> = words
        .filter(|word| !vocabulary::is_small(word))
        .map(|word| {
            let weight = vocabulary::weight(&word);
            let placed = || vocabulary::is_place(&word) && given::forms(&word).next().is_none();
            let known = vocabulary::is_common(&word) || placed();
            let kind = if vocabulary::is_number(&word) {
                Kind::Number
            } else {
                Kind::Word
            };
            let text = one_form(word);
            Token {
                outline: Outline::of(&text),
                weight,
                known,
                kind,
                text,
            }
        })
        .collect();
    if !tokens.is_empty() {
        return tokens;
    }
    let all = core.iter().map(|word| Token {
        outline: Outline::of(word),
        text: (*word).to_owned(),
        weight: 1.0,
        kind: Kind::Word,
        known: false,
    });
    all.collect()
}
