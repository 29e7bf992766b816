//! Names without the titles around them: academic, honorific and professional titles in several languages.

use std::{collections::HashSet, sync::LazyLock};

use foldhash::fast::FixedState;

use super::{Person, files::sections};
use crate::text::letters;

/// A folded name without the titles before and after it; unchanged if there are none, or if too little would be left.
#[must_use]
pub fn without_titles(folded: &str) -> &str {
    let mut name = folded.trim();
    loop {
        let headed = ARTICLES.iter().find_map(|it| name.strip_prefix(it));
        let shorter = without_first(name)
            .or_else(|| headed.and_then(without_first))
            .or_else(|| without_last(name))
            .or_else(|| {
                TITLES
                    .joined
                    .iter()
                    .find_map(|title| name.strip_suffix(title.as_str()))
            });
        match shorter.map(str::trim).filter(|rest| is_name(rest)) {
            Some(rest) if rest.len() < name.len() => name = rest,
            _ => return name,
        }
    }
}

/// The most words of a title: `dr. rer. nat.`.
const LONGEST: usize = 3;

/// Articles that stand before a title: `the rev. `.
const ARTICLES: [&str; 2] = ["the ", "la "];

/// Whether enough remains for the name of a person: two words, or two characters of a script without spaces.
fn is_name(text: &str) -> bool {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == ',');
    let words = words
        .filter(|word| word.chars().any(char::is_alphabetic))
        .count();
    words >= 2 || text.starts_with(|letter: char| letter >= '\u{2e80}') && text.chars().count() >= 2
}

/// The name after a title: `dr. `, `dr. rer. nat. `, `د/`.
fn without_first(name: &str) -> Option<&str> {
    let is_end = |letter: char| letter.is_whitespace() || letter == '/';
    let ends = name.match_indices(is_end).map(|(at, _)| at);
    let mut longest = None;
    for end in ends.take(LONGEST) {
        let (title, rest) = name.split_at(end);
        let set_off = rest.starts_with('/') || title.ends_with(['.', '/']);
        let spelt = letters(title);
        if TITLES.before.contains(spelt.as_str())
            || set_off && TITLES.set_off.contains(spelt.as_str())
        {
            longest = Some(rest.trim_start_matches(is_end));
        }
    }
    longest
}

/// The name before a title: `, m.sc.`, `, ph.d.`, `obe`.
fn without_last(name: &str) -> Option<&str> {
    if let Some((before, last)) = name.rsplit_once(',') {
        let words: Vec<String> = last.split_whitespace().map(letters).collect();
        let all = |text: &String| TITLES.after.contains(text.as_str());
        let whole = TITLES.after.contains(letters(last).as_str());
        return (whole || !words.is_empty() && words.iter().all(all)).then_some(before);
    }
    let (before, last) = name.rsplit_once(char::is_whitespace)?;
    let title = letters(last);
    // Without a comma, only a text that is too long for part of a name, or contains full stops, is a title.
    let telling = title.len() >= 3 || last.contains('.');
    (telling && TITLES.after.contains(title.as_str())).then_some(before)
}

/// The titles of all languages, as letters alone.
#[derive(Default)]
struct Titles {
    before: HashSet<String, FixedState>,
    set_off: HashSet<String, FixedState>,
    after: HashSet<String, FixedState>,
    joined: Vec<String>,
}

static TITLES: LazyLock<Titles> = LazyLock::new(|| {
    let mut titles = Titles::default();
    let spelt = |entries: Vec<String>| entries.into_iter().map(|entry| letters(&entry));
    for (_, section) in sections::<Person>() {
        titles.before.extend(spelt(section.titles_before));
        titles.set_off.extend(spelt(section.titles_set_off));
        titles.after.extend(spelt(section.titles_after));
        titles.joined.extend(section.titles_joined);
    }
    titles
});

/// Whether a text is a title that follows names: `Ph.D.`, `MBA`, `Jr.`.
#[must_use]
pub fn is_title_after(text: &str) -> bool {
    TITLES.after.contains(&letters(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn every_title_leaves_a_name_the_same() {
        let without = |name: &str| without_titles(&fold(name)).to_owned();
        for title in &TITLES.before {
            assert_eq!(
                without(&format!("{title} Nora Quill")),
                "nora quill",
                "{title}"
            );
        }
        for title in &TITLES.set_off {
            assert_eq!(
                without(&format!("{title}. Nora Quill")),
                "nora quill",
                "{title}"
            );
        }
        for title in &TITLES.after {
            assert_eq!(
                without(&format!("Nora Quill, {title}")),
                "nora quill",
                "{title}"
            );
        }
        for title in &TITLES.joined {
            assert_eq!(without(&format!("王小明{title}")), "王小明", "{title}");
        }
    }

    #[test]
    fn titles_go_and_names_stay() {
        for (name, bare) in [
            ("Hannes Orlik, M.Sc.", "hannes orlik"),
            ("Dr. Wiebke Sandvik", "wiebke sandvik"),
            ("Prof. Dr. Ruben Astor, Ph.D., MBA", "ruben astor"),
            ("Dorte Malin MdB", "dorte malin"),
            ("Sr. Juan Molina", "juan molina"),
            ("د/ نور الهادي", "نور الهادي"),
            ("أ/ ليلى وردان", "ليلى وردان"),
            ("д-р Иван Петров", "иван петров"),
            ("王小明教授", "王小明"),
            ("डॉ. आशा वर्मा", "आशा वर्मा"),
            ("Jane Roe OBE", "jane roe"),
            ("Prof. Dr. rer. nat. Hannes Orlik", "hannes orlik"),
            ("The Rev. Dr. Jane Roe", "jane roe"),
            ("The Sierra Club", "the sierra club"),
            ("Med. Universität Wien", "med. universität wien"),
            ("Dr. Oetker", "dr. oetker"),
            ("Sierra Club", "sierra club"),
            ("A. Smith", "a. smith"),
            ("St. Mary Hospital", "st. mary hospital"),
        ] {
            let folded = fold(name);
            let title = without_titles(&folded);
            assert_eq!(title, bare, "{name}");
        }
    }
}
