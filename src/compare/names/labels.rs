//! Names without the labels that a site puts after them: `(website)`, `– NEW!`, `| Visit site`.

use super::spelling::is_plain;
use crate::language::{Lexicon, mark};

/// A folded name without the labels after it.
pub(in crate::compare) fn without_labels(folded: &str) -> &str {
    const SEPARATORS: [&str; 9] = [
        " - ", " | ", " · ", " • ", " › ", " > ", " → ", " » ", " / ",
    ];
    let is_label = |text: &str| {
        let bare = text.trim_matches(|letter: char| !letter.is_alphanumeric());
        !bare.is_empty() && Lexicon::word(bare) & mark::LABEL != 0
    };
    let mut name = folded.trim();
    // Between a label and a name is more than a space.
    if is_plain(name) {
        return name;
    }
    loop {
        let bare = name.trim_end_matches(|letter: char| {
            letter.is_whitespace()
                || matches!(letter, '→' | '↗' | '›' | '▸' | '▶' | '➔' | '↪' | '⇒' | '⧉')
        });
        let bracketed = [('(', ')'), ('[', ']')]
            .into_iter()
            .find_map(|(open, close)| {
                let inner = bare.strip_suffix(close)?;
                let (before, label) = inner.rsplit_once(open)?;
                is_label(label).then_some(before)
            });
        let set_off = || {
            SEPARATORS.iter().find_map(|separator| {
                let (before, label) = bare.rsplit_once(separator)?;
                is_label(label).then_some(before)
            })
        };
        let ahead = || {
            [": ", " - ", "! ", " | "].iter().find_map(|it| {
                let (label, behind) = bare.split_once(it)?;
                is_label(label).then_some(behind)
            })
        };
        if let Some(it) = ahead().filter(|ahead| ahead.contains(char::is_alphanumeric)) {
            name = it.trim();
            continue;
        }
        let shorter = bracketed.or_else(set_off).unwrap_or(bare).trim_end();
        if shorter.len() == name.len() || !shorter.contains(char::is_alphanumeric) {
            return name;
        }
        name = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn labels_of_a_site_go_and_what_names_the_body_stays() {
        for (name, bare) in [
            ("Harbor Circle (website)", "harbor circle"),
            ("Harbor Circle – NEW!", "harbor circle"),
            ("Harbor Circle | Visit site", "harbor circle"),
            ("Harbor Circle [archived]", "harbor circle"),
            ("Hafenkreis – Neu", "hafenkreis"),
            ("Cercle du Port (site web)", "cercle du port"),
            ("Портовый круг (сайт)", "портовый круг"),
            ("Harbor Circle ↗", "harbor circle"),
            ("NEW: Harbor Circle", "harbor circle"),
            ("Harbor Circle (website) – New", "harbor circle"),
            ("Harbor Circle (Norland)", "harbor circle (norland)"),
            ("New", "new"),
            ("Web", "web"),
        ] {
            assert_eq!(without_labels(&fold(name)), bare, "{name}");
        }
    }
}
