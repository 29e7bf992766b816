//! What shows, apart from the claimed words and earlier visits, that a page is the one that an article cites: its title.

use crate::{
    profile::Reference,
    reading::{Identity, Reading},
    text::{fold, weight},
    uri::TargetUri,
};

/// A title with fewer letters is on too many pages.
const SHORTEST: usize = 8;

/// Whether the page has the title that the reference cites: as its title, as the first part of its title, or as its main heading.
pub(super) fn titled(reference: &Reference, reading: &Reading) -> Identity {
    let has = reference.title.as_deref().is_some_and(|title| {
        let cited = plain(title);
        let is_own = weight(&cited) >= SHORTEST && !names_the_site(&cited, reference);
        let has = titles(reading).any(|title| begins(&title, &cited) || begins(&cited, &title));
        is_own && has && !heads_another(&cited, reading, reference)
    });
    if has {
        Identity::Titled
    } else {
        Identity::Unknown
    }
}

/// Whether the main headings are about something else than the cited title: a notice may keep the title of the page.
fn heads_another(cited: &str, reading: &Reading, reference: &Reference) -> bool {
    let headings = reading.headings.iter().filter(|heading| heading.level == 1);
    let headings: Vec<String> = headings
        .filter_map(|heading| reading.text.get(heading.range.clone()))
        .map(plain)
        .filter(|heading| !heading.is_empty())
        .collect();
    let speaks =
        |heading: &String| share_a_word(heading, cited) || names_the_site(heading, reference);
    !headings.is_empty() && !headings.iter().any(speaks)
}

/// Whether two titles have a word in common, whatever its ending; in scripts without spaces, two letters in a row.
fn share_a_word(one: &str, other: &str) -> bool {
    const STEM: usize = 4;
    let words = |text: &str| -> Vec<Vec<char>> {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        let words = words.map(|word| word.chars().collect::<Vec<char>>());
        words.filter(|word| !word.is_empty()).collect()
    };
    let (one, other) = (words(one), words(other));
    let unspaced = |word: &[char]| word.iter().any(|letter| *letter >= '\u{2e80}');
    one.iter().any(|word| {
        other.iter().any(|it| {
            let least = STEM.min(word.len()).min(it.len());
            let stem = least >= 3 && word.get(..least) == it.get(..least);
            let pairs = unspaced(word)
                && word
                    .windows(2)
                    .any(|pair| it.windows(2).any(|own| own == pair));
            stem || pairs
        })
    })
}

/// A title in comparable form.
fn plain(title: &str) -> String {
    fold(title)
        .trim_matches(|letter: char| letter.is_whitespace() || "\"'“”„«».".contains(letter))
        .to_owned()
}

/// The title of the page and its main headings.
fn titles(reading: &Reading) -> impl Iterator<Item = String> {
    let headings = reading.headings.iter().filter(|heading| heading.level == 1);
    let headings = headings
        .take(2)
        .filter_map(|heading| reading.text.get(heading.range.clone()));
    let titles = reading.title.as_deref().into_iter().chain(headings);
    titles.map(plain).filter(|title| weight(title) >= SHORTEST)
}

/// Whether a title is the other one, or that one with the name of the site behind it.
fn begins(title: &str, other: &str) -> bool {
    title.strip_prefix(other).is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with(['|', '-', '–', '—', '·', '»', '›', ':', '/', '('])
    })
}

/// Whether a title only names the site, which its notices do as well.
fn names_the_site(title: &str, reference: &Reference) -> bool {
    let letters =
        |text: &str| -> String { text.chars().filter(|it| it.is_alphanumeric()).collect() };
    let title = letters(title);
    let publisher = reference.publisher.as_deref().map(|it| letters(&fold(it)));
    let host = reference
        .url
        .as_deref()
        .and_then(|url| url.parse::<TargetUri>().ok())
        .map(|uri| letters(&fold(uri.host())));
    publisher.is_some_and(|it| it == title) || host.is_some_and(|it| it.contains(&title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::reading;

    fn identity(cited: &str, title: &str) -> Identity {
        let reference = Reference {
            title: Some(cited.to_owned()),
            url: Some("https://www.harboralliance.example/about".to_owned()),
            publisher: Some("Tern House".to_owned()),
            ..Reference::default()
        };
        let mut page = reading("A line.");
        page.title = Some(title.to_owned());
        titled(&reference, &page)
    }

    #[test]
    fn a_cited_title_is_found_with_and_without_the_name_of_the_site() {
        for (cited, title) in [
            ("Friends of the river", "Friends of the River"),
            (
                "Friends of the river",
                "Friends of the River | Harbor Alliance",
            ),
            (
                "Friends of the River - Harbor Alliance",
                "Friends of the river",
            ),
        ] {
            assert_eq!(identity(cited, title), Identity::Titled, "{cited} {title}");
        }
    }

    #[test]
    fn the_name_of_the_site_and_another_title_show_nothing() {
        for (cited, title) in [
            ("Harbor Alliance", "Harbor Alliance - Error"),
            ("Tern House", "Tern House"),
            ("About", "About"),
            ("Friends of the river", "Page not found"),
            ("Friends of the river", "Friends of the riverside"),
        ] {
            assert_eq!(identity(cited, title), Identity::Unknown, "{cited} {title}");
        }
    }
}
