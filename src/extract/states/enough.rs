//! How much text a page needs for its silence to prove something.

use super::{
    notice::{self, Manner},
    signs::{ENOUGH, ENOUGH_OF_A_SUBJECT, SURE_IF_SHORT},
};
use crate::language::pages;

/// The same for a page in a language whose notices are not known here, so that a notice cannot be distinguished from a page: notices in place
/// of pages are hardly ever longer.
const ENOUGH_UNKNOWN: usize = 500;

/// How many letters a page must have for its silence to prove something: more in a language whose notices are not known, fewer if it
/// surely speaks about a subject.
pub(super) fn least(language: Option<&str>, text: &str, manner: Option<&Manner<'_>>) -> usize {
    const SAMPLE: usize = 400;
    let tag = language.and_then(|language| language.split(['-', '_']).next());
    let known_tag = tag.is_none_or(|tag| {
        let it = tag.to_ascii_lowercase();
        pages::knows(&it) || notice::knows(&it)
    });
    // Latin to Arabic, Devanagari, Bengali, Tamil to Malayalam, Thai to Lao, Burmese and Georgian, the East.
    let known_script = |letter: char| matches!(u32::from(letter), 0..=0x6ff | 0x900..=0x9ff | 0xb80..=0xc7f | 0xd00..=0xd7f | 0xe00..=0xeff | 0x1000..=0x10ff | 0x1e00..=0x1fff | 0x2000..=0x9fff | 0xac00..=0xd7ff | 0xf900..);
    let (mut known, mut all) = (0, 0);
    for letter in text
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .take(SAMPLE)
    {
        all += 1;
        known += usize::from(known_script(letter));
    }
    if !known_tag || known * 2 < all {
        return ENOUGH_UNKNOWN;
    }
    match manner {
        Some(manner) if manner.score() <= SURE_IF_SHORT => ENOUGH_OF_A_SUBJECT,
        _ => ENOUGH,
    }
}
