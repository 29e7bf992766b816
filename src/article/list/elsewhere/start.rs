//! Where a list of names may begin, and how surely one does.

use super::runs;
use crate::language::{Language, Lexicon};

/// How surely a list begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Behind a phrase that only lists follow.
    Strong,
    /// Behind a colon whose words say that names follow.
    Headed,
    /// Behind any other colon.
    Colon,
    /// Behind a phrase that other things follow as well.
    Weak,
}

/// The bytes behind each colon, and whether the words before it are those above a list of names: `Förderer:`.
pub(super) fn colons(sentence: &str) -> Vec<(usize, Start)> {
    const LONGEST: usize = 60;
    let all = sentence
        .char_indices()
        .filter(|it| matches!(it.1, ':' | '：'));
    all.filter_map(|(at, colon)| {
        let head = &sentence[..at];
        let from = head.rfind([',', ';', '，', '。']).map_or(0, |at| at + 1);
        let head = head.get(from..).unwrap_or_default().trim().to_lowercase();
        let end = at + colon.len_utf8();
        // A colon of our own, behind a word: the first number of an enumeration, or "both".
        let own = sentence[..at].ends_with(' ');
        let names = Lexicon::heading(&head).relation && head.chars().count() <= LONGEST;
        let spaced = colon == '：' || sentence[end..].starts_with([' ', '\u{a0}']);
        let start = match (own, names) {
            (true, _) => Start::Strong,
            (_, true) => Start::Headed,
            _ => Start::Colon,
        };
        spaced.then_some((end, start))
    })
    .collect()
}

/// The bytes after each phrase.
pub(super) fn starts(sentence: &str, phrases: &[String], language: &Language) -> Vec<usize> {
    let lower = sentence.to_lowercase();
    if lower.len() != sentence.len() {
        return Vec::new();
    }
    let unspaced = matches!(language.code, "zh" | "ja");
    // Particles are written to the end of a word.
    let joined = language.code == "ko";
    let mut found: Vec<usize> = Vec::new();
    for phrase in phrases {
        for (at, _) in lower.match_indices(phrase.as_str()) {
            let end = at + phrase.len();
            // Arabic and Hebrew write their "and" together with the next word.
            let before = lower[..at].strip_suffix(['و', 'ו']).unwrap_or(&lower[..at]);
            let behind = lower[end..].starts_with([' ', ':', '\u{a0}']);
            let before = joined || !before.ends_with(char::is_alphanumeric);
            if (unspaced || (before && behind)) && !found.contains(&end) {
                found.push(end);
            }
        }
    }
    found.sort_unstable();
    found
}

/// Whether the stretches behind a start are names, by how many of them look like names.
pub(super) fn is_sure(
    start: Start,
    names: &[String],
    left_out: &[String],
    language: &Language,
) -> bool {
    let most = |telling: usize| telling * 2 >= names.len();
    match start {
        Start::Strong | Start::Headed => true,
        // Clauses may follow a colon as well: names are a few words each.
        Start::Colon if !language.is_cased() && !matches!(language.code, "zh" | "ja") => {
            let short = |name: &String| (1..=4).contains(&name.split(' ').count());
            left_out.is_empty() && names.iter().all(short)
        }
        Start::Colon if !language.is_cased() => {
            let says_what = |name: &&String| Lexicon::ends_in_organization(name);
            left_out.is_empty() && most(names.iter().filter(says_what).count())
        }
        Start::Colon => {
            let telling = |name: &&String| runs::is_telling(name, language);
            left_out.is_empty() && most(names.iter().filter(telling).count())
        }
        // After a word that many other things follow as well, all must be names, and most of several words.
        Start::Weak => {
            let several = names.iter().filter(|name| name.contains(' ')).count();
            !language.is_cased() || (left_out.is_empty() && most(several))
        }
    }
}
