//! The names of a page that can be like a claimed name at all, found without comparing every pair.
//!
//! Nothing that [`likeness`](crate::compare::names::pairs::likeness) gives [`grounds::CANDIDATE`] or more is left out: for each way in which it can
//! come to that, what the two names must then have in common is looked up. Whatever is found is compared in full, so the
//! scores are those of the full comparison.

use crate::{compare::grounds::names as grounds, language::given};
use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasherDefault, Hasher},
};

use super::{
    aligned::is_slip,
    key::{Kind, NameKey, Token},
    outline::Outline,
};

/// A table with short strings as keys.
type Table<'a, T> = HashMap<&'a str, T, BuildHasherDefault<Short>>;

/// A fast hash for short strings: eight bytes per step, multiplied and rotated. Collisions are not a danger: a
/// page with many slows down only its own reading, and its size is bounded.
#[derive(Default)]
struct Short(u64);

impl Hasher for Short {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
}

/// A name of the page in the lookup.
struct Entry<'a> {
    key: &'a NameKey,
    /// The name on the page to which the key, or its record or addition, belongs.
    owner: usize,
    /// The outline of the key, copied for speed.
    outline: Outline,
    weight: f64,
}

/// A distinct word of the page.
struct Word<'a> {
    token: &'a Token,
    /// The entries that contain it, and its position among their words.
    places: Vec<(u32, u8)>,
}

/// For each claimed name, the indices of the names in `page` that can be like it, ascending.
///
/// `page` returns all keys of each name: the key of its text and those from its record.
pub(in crate::compare) fn candidates<'a>(
    claimed: &[&'a NameKey],
    page: impl Iterator<Item = (usize, &'a NameKey)>,
) -> Vec<BTreeSet<usize>> {
    let entries = entries(page);
    let mut words = words(&entries);
    words.sort_by_key(|word| word.token.outline.letters);
    let by_text: Table<'_, u32> = words
        .iter()
        .zip(0_u32..)
        .map(|(pair, at)| (pair.token.text.as_str(), at))
        .collect();
    let lengths: Vec<usize> = (0..=words.last().map_or(0, |word| word.token.outline.letters) + 1)
        .map(|length| words.partition_point(|word| word.token.outline.letters < length))
        .collect();
    let mut by_length: Vec<u32> = (0..).take(entries.len()).collect();
    let letters_of = |at: &u32| {
        entries
            .get(*at as usize)
            .map_or(0, |entry| entry.outline.letters)
    };
    by_length.sort_by_key(letters_of);
    let search = Search {
        entries: &entries,
        words: &words,
        by_text,
        lengths,
        by_length,
    };
    let mut found: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); claimed.len()];
    search.by_spelling(claimed, &mut found);
    let mut seen = Seen {
        own: vec![0; entries.len()],
        other: vec![0; entries.len()],
        touched: Vec::new(),
    };
    let mut slips: Table<'_, Vec<u32>> = Table::default();
    for (key, found) in claimed.iter().zip(&mut found) {
        for one in std::iter::once(*key).chain(&key.parts).chain(&key.said) {
            search.by_words(one, &mut slips, &mut seen, found);
            search.by_letters(one, found);
        }
    }
    found
}

/// Every key of the names of the page, including those of their additions.
fn entries<'a>(page: impl Iterator<Item = (usize, &'a NameKey)>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for (owner, key) in page {
        for key in std::iter::once(key).chain(&key.parts).chain(&key.said) {
            entries.push(Entry {
                key,
                owner,
                outline: key.outline,
                weight: key.weight(),
            });
        }
    }
    entries
}

fn words<'a>(entries: &[Entry<'a>]) -> Vec<Word<'a>> {
    let mut words: Vec<Word<'a>> = Vec::new();
    let mut places: Table<'a, usize> = Table::default();
    for (entry, number) in entries.iter().zip(0_u32..) {
        for (token, position) in entry.key.tokens.iter().zip(0_u8..) {
            let at = *places.entry(token.text.as_str()).or_insert_with(|| {
                words.push(Word {
                    token,
                    places: Vec::new(),
                });
                words.len() - 1
            });
            if let Some(word) = words.get_mut(at) {
                word.places.push((number, position));
            }
        }
    }
    words
}

/// The words that a claimed name shares with each entry: one bit for each word on either side.
struct Seen {
    own: Vec<u32>,
    other: Vec<u32>,
    touched: Vec<u32>,
}

struct Search<'a> {
    entries: &'a [Entry<'a>],
    words: &'a [Word<'a>],
    by_text: Table<'a, u32>,
    /// The index at which each length begins among the words, which are sorted by length.
    lengths: Vec<usize>,
    /// The entries by their number of letters.
    by_length: Vec<u32>,
}

impl<'a> Search<'a> {
    /// Finds equal letters, equal letters with a domain, and initials.
    fn by_spelling(&self, claimed: &[&'a NameKey], found: &mut [BTreeSet<usize>]) {
        let mut whole: Table<'a, Vec<usize>> = Table::default();
        let mut short: Table<'a, Vec<usize>> = Table::default();
        let mut long: Table<'a, Vec<usize>> = Table::default();
        for (at, key) in claimed.iter().enumerate() {
            for one in std::iter::once(*key).chain(&key.parts).chain(&key.said) {
                for spelling in spellings(one) {
                    whole.entry(spelling).or_default().push(at);
                }
            }
            for acronym in acronyms(key) {
                short.entry(acronym).or_default().push(at);
            }
            for initial in key.initials.iter().chain(&key.acronyms) {
                long.entry(initial).or_default().push(at);
            }
        }
        for entry in self.entries {
            let key = entry.key;
            let same = spellings(key).filter_map(|spelling| whole.get(spelling));
            let as_long = key.initials.iter().chain(&key.acronyms);
            let as_long = as_long.filter_map(|text| short.get(text.as_str()));
            let as_short = acronyms(key).filter_map(|acronym| long.get(acronym));
            for at in same.chain(as_long).chain(as_short).flatten() {
                if let Some(found) = found.get_mut(*at) {
                    found.insert(entry.owner);
                }
            }
        }
    }

    /// Finds entries with enough of the same words, including slips of the pen and words written as one.
    fn by_words(
        &self,
        key: &'a NameKey,
        slips: &mut Table<'a, Vec<u32>>,
        seen: &mut Seen,
        found: &mut BTreeSet<usize>,
    ) {
        for (token, position) in key.tokens.iter().zip(0_u32..) {
            let like = slips
                .entry(token.text.as_str())
                .or_insert_with(|| self.like(token));
            for word in like.iter() {
                self.see(*word, bit(position), seen);
            }
        }
        for count in 2..=3 {
            for (run, position) in key.tokens.windows(count).zip(0_u32..) {
                let whole: String = run.iter().map(|run| run.text.as_str()).collect();
                if let Some(word) = self.by_text.get(whole.as_str()) {
                    let bits = (position..).take(count).map(bit).fold(0, |a, b| a | b);
                    self.see(*word, bits, seen);
                }
            }
        }
        let weight = key.weight();
        for at in seen.touched.drain(..) {
            let at = at as usize;
            let (Some(own), Some(other)) = (seen.own.get_mut(at), seen.other.get_mut(at)) else {
                continue;
            };
            let (own, other) = (std::mem::take(own), std::mem::take(other));
            if let Some(entry) = self.entries.get(at)
                && (enough(key, entry, (own, other), weight)
                    || nearly_same_letters(&key.outline, &entry.outline))
            {
                found.insert(entry.owner);
            }
        }
    }

    /// The words of the page that can correspond to `token`: the same, with slips, or as part of a joined word.
    fn like(&self, token: &Token) -> Vec<u32> {
        let letters = token.outline.letters;
        let mut like = Vec::new();
        like.extend(self.by_text.get(token.text.as_str()));
        like.extend(given::forms(&token.text).filter_map(|form| self.by_text.get(form)));
        if token.kind == Kind::Word && letters >= 4 {
            let start = |length: usize| {
                self.lengths
                    .get(length)
                    .copied()
                    .unwrap_or(self.words.len())
            };
            let range = start(letters.saturating_sub(2).max(3))..start(letters + 3);
            let near = self.words.get(range.clone()).unwrap_or_default();
            for (word, at) in near.iter().zip(range) {
                if word.token.text != token.text && is_slip(token, word.token, true) {
                    like.extend(u32::try_from(at).ok());
                }
            }
        }
        // A joined word of the page contains each of the claimed words.
        let starts: Vec<usize> = token.text.char_indices().map(|entry| entry.0).collect();
        let ends = || starts.iter().copied().skip(1).chain([token.text.len()]);
        for from in &starts {
            for to in ends().filter(|to| to > from && to - from < token.text.len()) {
                let part = token.text.get(*from..to);
                like.extend(part.and_then(|part| self.by_text.get(part)));
            }
        }
        like.sort_unstable();
        like.dedup();
        like
    }

    fn see(&self, word: u32, bits: u32, seen: &mut Seen) {
        let places = self
            .words
            .get(word as usize)
            .map_or(&[][..], |word| &word.places);
        for (entry, position) in places {
            let at = *entry as usize;
            if let (Some(own), Some(other)) = (seen.own.get_mut(at), seen.other.get_mut(at)) {
                if *own == 0 {
                    seen.touched.push(*entry);
                }
                *own |= bits;
                *other |= bit(u32::from(*position));
            }
        }
    }

    /// Finds entries with the same letters except one, if the words are separated differently.
    fn by_letters(&self, key: &NameKey, found: &mut BTreeSet<usize>) {
        let letters = key.outline.letters;
        if letters < 9 {
            return;
        }
        let length = |at: &u32| {
            self.entries
                .get(*at as usize)
                .map_or(0, |entry| entry.outline.letters)
        };
        let from = self
            .by_length
            .partition_point(|it| length(it) + 1 < letters);
        let to = self
            .by_length
            .partition_point(|it| length(it) <= letters + 1);
        for at in self.by_length.get(from..to).unwrap_or_default() {
            if let Some(entry) = self.entries.get(*at as usize)
                && entry.outline.within(&key.outline, 1)
                && entry.key.tokens.len() != key.tokens.len()
            {
                found.insert(entry.owner);
            }
        }
    }
}

/// The bit for the word at a position; all words from the 32nd on share one bit.
fn bit(position: u32) -> u32 {
    1 << position.min(31)
}

/// The spellings by which one name can be the other.
fn spellings(key: &NameKey) -> impl Iterator<Item = &str> {
    let stem = ["org", "com", "net", "info", "eu"]
        .iter()
        .find_map(|suffix| key.letters.strip_suffix(suffix));
    [
        key.exact.as_str(),
        key.compact.as_str(),
        key.core.as_str(),
        key.letters.as_str(),
    ]
    .into_iter()
    .chain(stem)
    .filter(|text| !text.is_empty())
}

/// The initials of a name, also next to a word for the kind of organization.
fn acronyms(key: &NameKey) -> impl Iterator<Item = &str> {
    let short = key
        .acronyms
        .iter()
        .filter(|acronym| **acronym == key.compact);
    short.map(String::as_str).chain(key.dressed_initials())
}

/// Whether the common words can make the two names one, or all of it except initials.
fn enough(key: &NameKey, entry: &Entry<'_>, (own, other): (u32, u32), weight: f64) -> bool {
    /// The most words that a name can gain and still mean the same organization, whatever their weight.
    const MOST_EXTRA: usize = 3;
    let (all_own, all_other) = (key.tokens.len(), entry.key.tokens.len());
    if all_own > 31 || all_other > 31 {
        return true;
    }
    let left_own = all_own.saturating_sub(own.count_ones() as usize);
    let left_other = all_other.saturating_sub(other.count_ones() as usize);
    let ratio = 2.0 * weight.min(entry.weight) / (weight + entry.weight).max(f64::MIN_POSITIVE);
    if (left_own == 0 || left_other == 0)
        && (all_own.abs_diff(all_other) <= MOST_EXTRA || ratio >= grounds::MOST_IN_COMMON)
    {
        return true;
    }
    let spelt = |short: &[Token], many: &NameKey| {
        short.iter().any(|it| {
            (2..=many.tokens.len()).contains(&it.outline.letters)
                && is_within(&it.text, &many.firsts)
        })
    };
    // One of two or three words that begins alike may be misspelt.
    let misspelt = all_own == all_other && all_own <= 3 && left_own == 1 && left_other == 1;
    misspelt && begin_alike(&key.firsts, &entry.key.firsts)
        || left_own <= 1 && spelt(&key.tokens, entry.key)
        || left_other <= 1 && spelt(&entry.key.tokens, key)
}

/// Whether two names have words with the same first letters, in any order.
fn begin_alike(one: &str, other: &str) -> bool {
    let sorted = |firsts: &str| {
        let mut letters: Vec<char> = firsts.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

/// Whether the letters of `short` occur in `long` in the same order.
fn is_within(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short
        .chars()
        .all(|letter| rest.any(|other| other == letter))
}

/// Whether nine of ten letters can be the same, in the same order.
fn nearly_same_letters(one: &Outline, other: &Outline) -> bool {
    // The Damerau-Levenshtein likeness is 1 minus the edits divided by the length of the longer name; it must be 0.9.
    let edits = one.letters.max(other.letters) / 10;
    one.letters.min(other.letters) >= 16 && one.within(other, edits)
}

#[cfg(test)]
mod tests {
    use crate::compare::{
        names::{key::NameKey, matches::Matches, pool::Pool},
        testing::{listing, organizations},
    };

    /// The pairs at a score of at least `least`, with their scores.
    fn pairs(matches: &Matches, least: f64) -> Vec<(usize, usize, u64)> {
        let mut pairs = Vec::new();
        for (left, of) in matches.of.iter().enumerate() {
            let good = of.iter().filter(|pair| pair.1.score >= least);
            pairs.extend(good.map(|(right, good)| (left, *right, good.score.to_bits())));
        }
        pairs
    }

    #[test]
    fn what_is_looked_up_is_what_a_full_comparison_finds() {
        let mut found = 0;
        for seed in 1..=6 {
            let (claimed, page) = organizations(seed, 60, 700);
            let page: Vec<&str> = page.iter().map(String::as_str).collect();
            let reading = listing(&[("Partners", &page)], "");
            let pool = Pool::of(&reading.lists);
            let keys: Vec<NameKey> = claimed.iter().map(|claimed| NameKey::of(claimed)).collect();
            // What the page has letter for letter is compared with spellings of itself alone.
            let has = |key: &NameKey| pool.names.iter().any(|name| name.key.exact == key.exact);
            let keys: Vec<NameKey> = keys.into_iter().filter(|key| !has(key)).collect();
            let (quick, full) = (Matches::of(&keys, &pool), Matches::in_full(&keys, &pool));
            let lost: Vec<_> = pairs(&full, super::grounds::CANDIDATE)
                .into_iter()
                .filter(|pair| !pairs(&quick, super::grounds::CANDIDATE).contains(pair))
                .map(|pair| {
                    (
                        &keys[pair.0].surface,
                        pool.names[pair.1].key.surface.as_str(),
                    )
                })
                .collect();
            assert!(lost.is_empty(), "seed {seed}: {lost:?}");
            assert_eq!(
                pairs(&quick, super::grounds::CANDIDATE),
                pairs(&full, super::grounds::CANDIDATE),
                "seed {seed}"
            );
            found += pairs(&full, 0.8).len();
        }
        assert!(found > 75, "{found}");
    }

    #[test]
    fn pairs_without_a_word_in_common_are_found_too() {
        for (claimed, found) in [
            ("foodbankers", "food bancers"),
            ("ACLU", "American Civil Liberties Union"),
            ("Brandon Relief", "Branton Relief"),
            ("quintessenz", "quintessenz.org"),
            ("Peace Building Alliance", "Peacebuilding Alliance"),
            (
                "New York ACLU Fund",
                "New York American Civil Liberties Union Fund",
            ),
        ] {
            let reading = listing(&[("Partners", &[found, "Harbour Lights Sailing Club"])], "");
            let pool = Pool::of(&reading.lists);
            let keys = [NameKey::of(claimed)];
            let (quick, full) = (Matches::of(&keys, &pool), Matches::in_full(&keys, &pool));
            assert_eq!(pairs(&quick, 0.0), pairs(&full, 0.0), "{claimed} | {found}");
            assert!(!pairs(&full, 0.0).is_empty(), "{claimed} | {found}");
        }
    }
}
