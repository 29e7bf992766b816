//! Names that became longer or shorter, if no other name in the claim or on the page has their words: `Larkspur` as `Larkspur Studios`.
//!
//! A name within a longer one is weak evidence by itself: there are branches, and organizations named after towns. If the
//! names of the page and of the claim leave no other choice, the evidence is stronger.

use crate::compare::grounds::names as grounds;
use std::collections::{BTreeMap, BTreeSet};

use super::{
    apart::apart,
    key::{Kind, NameKey, Token},
    likeness::{Grade, Likeness, reason},
    matches::Matches,
    pool::Pool,
    spelling::split,
    vocabulary,
};
use crate::{entity::ListKind, language::legal_forms};

/// How many words a name can gain or lose.
const MOST_EXTRA: usize = 6;

/// Matches a claimed name with the one name on the page that is the same with more or fewer words, if that is the only choice on both sides.
pub(in crate::compare) fn raise(claimed: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    let missing = |of: &[(usize, Likeness)]| of.iter().all(|pair| pair.1.grade == Grade::Near);
    let open: Vec<usize> = matches
        .of
        .iter()
        .enumerate()
        .filter(|(_, of)| missing(of))
        .map(|(at, _)| at)
        .collect();
    if open.is_empty() {
        return;
    }
    let index = by_word(pool, matches);
    for at in open {
        let Some(key) = claimed.get(at) else { continue };
        let Some((found, why)) = only(key, claimed, pool, &index) else {
            continue;
        };
        let Some(of) = matches.of.get_mut(at) else {
            continue;
        };
        let mut reasons = vec![reason(why, grounds::ONLY_CHOICE)];
        reasons.push(grounds::NO_OTHER.reason());
        of.retain(|pair| pair.0 != found);
        of.push((
            found,
            Likeness {
                grade: Grade::Variant,
                score: grounds::ONLY_CHOICE,
                reasons,
            },
        ));
    }
}

/// The names of the page by their distinctive words: those of its lists of names, and of lists with a claimed name.
fn by_word<'a>(pool: &'a Pool<'_>, matches: &Matches) -> BTreeMap<&'a str, Vec<usize>> {
    let same = |pair: &&(usize, Likeness)| pair.1.grade >= Grade::Same;
    let known = matches.of.iter().flatten().filter(same);
    let lists: BTreeSet<usize> = known
        .filter_map(|pair| pool.held_by.get(pair.0))
        .flatten()
        .copied()
        .collect();
    let is_meant = |list: &usize| {
        let kind = pool.lists.get(*list).map(|list| list.kind);
        kind == Some(ListKind::Names) || lists.contains(list)
    };
    let mut index: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (name, lists)) in pool.names.iter().zip(&pool.held_by).enumerate() {
        if lists.iter().any(is_meant) {
            for word in name.key.own_words() {
                index.entry(word).or_default().push(at);
            }
        }
    }
    index
}

/// The one name on the page that is the claimed one with more or fewer words, and the reason.
fn only(
    key: &NameKey,
    claimed: &[NameKey],
    pool: &Pool<'_>,
    index: &BTreeMap<&str, Vec<usize>>,
) -> Option<(usize, &'static str)> {
    let near: BTreeSet<usize> = key
        .own_words()
        .filter_map(|word| index.get(word))
        .flatten()
        .copied()
        .collect();
    let name = |at: usize| pool.names.get(at).map(|name| &*name.key);
    let mut choice: Option<usize> = None;
    for &at in &near {
        let found = name(at)?;
        if !is_grown(key, found) && !is_grown(found, key) {
            continue;
        }
        if makes_another(key, found) {
            return None;
        }
        match choice {
            Some(other) if name(other)?.compact != found.compact => return None,
            Some(_) => {}
            None => choice = Some(at),
        }
    }
    let at = choice?;
    let found = name(at)?;
    let (shorter, why) = if is_grown(key, found) {
        (key, "the name with more words")
    } else {
        (found, "the name with fewer words")
    };
    let on_page = near
        .iter()
        .filter_map(|it| name(*it))
        .all(|it| it.compact == found.compact || !has_all(it, shorter));
    let in_claim = claimed
        .iter()
        .all(|it| it.compact == key.compact || !has_all(it, shorter));
    (on_page && in_claim).then_some((at, why))
}

/// Words that distinguish organizations or products of one owner.
const SISTER: [&str; 12] = [
    "bank",
    "capital",
    "company",
    "holding",
    "holdings",
    "insurance",
    "plus",
    "pro",
    "securities",
    "systems",
    "trust",
    "ventures",
];

/// Whether the added or removed words make another organization: a branch in a country, another company of the same owners,
/// one of two that the claim named together.
fn makes_another(key: &NameKey, found: &NameKey) -> bool {
    let joined = |long: &NameKey, short: &NameKey| {
        let ends = [
            long.exact.strip_prefix(short.exact.as_str()),
            long.exact.strip_suffix(short.exact.as_str()),
        ];
        let [behind, before] = ends.map(|end| split(end.unwrap_or_default()));
        let is_and = |option: Option<&String>| option.is_some_and(|option| option == "and");
        is_and(behind.first()) || is_and(before.last())
    };
    let new_place = found.tokens.iter().any(|token| {
        vocabulary::is_place(&token.text) && key.tokens.iter().all(|other| other.text != token.text)
    });
    let lacks = |one: &NameKey, other: &NameKey| {
        let mut tokens = one.tokens.iter();
        tokens.any(|token| {
            SISTER.contains(&token.text.as_str())
                && other.tokens.iter().all(|other| other.text != token.text)
        })
    };
    new_place
        || apart(key, found).is_some()
        || lacks(key, found)
        || lacks(found, key)
        || has_form(key) && has_form(found)
        || joined(key, found)
        || joined(found, key)
}

/// Whether a name contains its legal form.
fn has_form(key: &NameKey) -> bool {
    let words = split(&key.exact);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    legal_forms::strip(&words).0.len() < words.len()
}

/// Whether `long` has all words of `short`.
fn has_all(long: &NameKey, short: &NameKey) -> bool {
    let has = |token: &Token| long.tokens.iter().any(|other| other.text == token.text);
    short.tokens.iter().all(has)
}

/// Whether a name of one word occurs in the longer one with the same capitals.
fn is_spelt_alike(short: &NameKey, long: &NameKey) -> bool {
    let words = |key: &NameKey| -> Vec<String> {
        let words = key.surface.split(|letter: char| !letter.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let within = words(long);
    let is_word = |text: &String| split(&text.to_lowercase()).contains(&short.compact);
    words(short)
        .iter()
        .filter(|word| is_word(word))
        .any(|word| within.contains(word))
}

/// Whether `long` is `short` with more words, so that the short one stays the distinctive part.
fn is_grown(short: &NameKey, long: &NameKey) -> bool {
    let is_own = |token: &Token| {
        token.weight >= grounds::DISTINCTIVE
            && !vocabulary::is_place(&token.text)
            && token.kind == Kind::Word
    };
    if short.tokens.len() >= long.tokens.len() || !short.tokens.iter().any(is_own) {
        return false;
    }
    let (Some(first), Some(leader)) = (short.tokens.first(), long.tokens.first()) else {
        return false;
    };
    let letters = short.outline.letters;
    let extra: Vec<&Token> = long
        .tokens
        .iter()
        .filter(|token| short.tokens.iter().all(|other| other.text != token.text))
        .collect();
    let typed = extra
        .iter()
        .all(|it| vocabulary::is_common(&it.text) && it.text != "friends");
    let fits = match short.tokens.len() {
        // A single word with the same letters is the name if it comes first, or if it is long and little is added.
        1 => {
            is_spelt_alike(short, long)
                && (letters >= 3 && (first.text == leader.text || typed)
                    || letters >= 7 && extra.len() <= 2)
        }
        _ => letters >= 6,
    };
    fits && extra.len() <= MOST_EXTRA
        && extra.iter().all(|it| it.kind == Kind::Word)
        && has_all(long, short)
}

#[cfg(test)]
mod tests {
    use crate::compare::{
        names::{key::NameKey, likeness::Grade, matches::Matches, pool::Pool},
        testing::listing,
    };

    /// What the first of the claimed names is held for on a page that lists `page`.
    fn matched_with(claimed: &[&str], page: &[&str]) -> Option<String> {
        let reading = listing(&[("Partners", page)], "");
        let pool = Pool::of(&reading.lists);
        let keys: Vec<NameKey> = claimed.iter().map(|it| NameKey::of(it)).collect();
        let mut matches = Matches::of(&keys, &pool);
        super::raise(&keys, &pool, &mut matches);
        let best = matches.of[0].iter().find(|it| it.1.grade > Grade::Near)?;
        Some(pool.names[best.0].key.surface.clone())
    }

    #[test]
    fn a_name_that_grew_is_held_for_the_only_one_with_its_words() {
        let page = ["Orrin Studios", "Harbour Lights Sailing Club"];
        assert_eq!(
            matched_with(&["Orrin"], &page).as_deref(),
            Some("Orrin Studios")
        );
        let page = ["Orrin", "Harbour Lights Sailing Club"];
        assert_eq!(
            matched_with(&["Orrin Studios Norway"], &page).as_deref(),
            Some("Orrin")
        );
    }

    #[test]
    fn where_there_is_a_choice_nothing_is_held() {
        assert_eq!(
            matched_with(&["Orrin"], &["Orrin Studios", "Orrin Press"]),
            None
        );
        assert_eq!(
            matched_with(&["Orrin Wales", "Orrin Scotland"], &["Orrin"]),
            None
        );
        assert_eq!(matched_with(&["Orrin"], &["Orrin Chile"]), None);
        assert_eq!(matched_with(&["Orrin Ltd"], &["Orrin Systems Ltd"]), None);
        assert_eq!(
            matched_with(&["Orrin and Alder Nook"], &["Alder Nook"]),
            None
        );
        assert_eq!(matched_with(&["ORRIN"], &["Orrin Studios"]), None);
        assert_eq!(matched_with(&["Orrin Bank"], &["Orrin"]), None);
        assert_eq!(matched_with(&["Wales"], &["Wales Coast Guild"]), None);
        assert_eq!(matched_with(&["Forest"], &["Friends of the Forest"]), None);
        assert_eq!(
            matched_with(&["Orrin Brigade"], &["Orrin Brigade 44"]),
            None
        );
    }
}
