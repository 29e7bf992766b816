//! The files of words: one per language, the same sections and keys in each. A section is read when something first asks for it.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use toml::Table;

/// The files, English first; `any` belongs to no language.
pub(super) const FILES: [(&str, &str); 39] = [
    ("en", include_str!("words/en.toml")),
    ("de", include_str!("words/de.toml")),
    ("fr", include_str!("words/fr.toml")),
    ("es", include_str!("words/es.toml")),
    ("it", include_str!("words/it.toml")),
    ("pt", include_str!("words/pt.toml")),
    ("nl", include_str!("words/nl.toml")),
    ("pl", include_str!("words/pl.toml")),
    ("cs", include_str!("words/cs.toml")),
    ("sv", include_str!("words/sv.toml")),
    ("da", include_str!("words/da.toml")),
    ("no", include_str!("words/no.toml")),
    ("fi", include_str!("words/fi.toml")),
    ("hu", include_str!("words/hu.toml")),
    ("ro", include_str!("words/ro.toml")),
    ("tr", include_str!("words/tr.toml")),
    ("el", include_str!("words/el.toml")),
    ("ru", include_str!("words/ru.toml")),
    ("uk", include_str!("words/uk.toml")),
    ("ar", include_str!("words/ar.toml")),
    ("he", include_str!("words/he.toml")),
    ("hi", include_str!("words/hi.toml")),
    ("zh", include_str!("words/zh.toml")),
    ("ja", include_str!("words/ja.toml")),
    ("ko", include_str!("words/ko.toml")),
    ("sw", include_str!("words/sw.toml")),
    ("lt", include_str!("words/lt.toml")),
    ("id", include_str!("words/id.toml")),
    ("vi", include_str!("words/vi.toml")),
    ("bn", include_str!("words/bn.toml")),
    ("ca", include_str!("words/ca.toml")),
    ("fa", include_str!("words/fa.toml")),
    ("hy", include_str!("words/hy.toml")),
    ("ka", include_str!("words/ka.toml")),
    ("ta", include_str!("words/ta.toml")),
    ("te", include_str!("words/te.toml")),
    ("th", include_str!("words/th.toml")),
    ("ur", include_str!("words/ur.toml")),
    ("any", include_str!("words/any.toml")),
];

/// A section of the files.
pub(super) trait Section: DeserializeOwned + Default {
    /// The text in brackets above it.
    const NAME: &'static str;
}

/// Words that a user adds to those of the program.
struct Added {
    text: String,
    languages: Vec<(String, Table)>,
}

static ADDED: OnceLock<Added> = OnceLock::new();

/// Why added words cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddedWordsError {
    /// The file is not TOML, or a section, key or value is not one that files of words have.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// A table is not named after a language.
    #[error("`{0}` is not the code of a language, such as `sw`")]
    Code(String),
    /// An entry has capital letters, which would never be found.
    #[error("`{0}` has capital letters; words are written in lower case")]
    Capital(String),
    /// The months of a language are not twelve.
    #[error("`{0}.calendar.months` has {1} months; write twelve lists, January first")]
    Months(String, usize),
    /// Words were used or added before.
    #[error("words were already added in this process")]
    Late,
}

/// Adds words, or a language, to those of the program: `text` is TOML with the sections of a file of words under the code of
/// each language (`[sw.headings]`, `strong = ["washirika"]`). Takes effect in the whole process, for all words that are asked
/// for afterwards.
///
/// # Errors
/// The text does not have this form, or words were added before.
pub fn add_words(text: &str) -> Result<(), AddedWordsError> {
    let mut languages = Vec::new();
    for (code, words) in toml::from_str::<Table>(text)? {
        let is_code =
            (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_code {
            return Err(AddedWordsError::Code(code));
        }
        words.clone().try_into::<super::Words>()?;
        let words: Table = words.try_into()?;
        if let Some(capital) = words.values().find_map(capital) {
            return Err(AddedWordsError::Capital(capital.to_owned()));
        }
        let months = words.get("calendar").and_then(|word| word.get("months"));
        if let Some(months) = months.and_then(toml::Value::as_array)
            && months.len() != 12
        {
            return Err(AddedWordsError::Months(code, months.len()));
        }
        languages.push((code, words));
    }
    let text = text.to_owned();
    let added = Added { text, languages };
    ADDED.set(added).map_err(|_| AddedWordsError::Late)
}

/// The first entry in a value that has a capital letter.
fn capital(value: &toml::Value) -> Option<&str> {
    match value {
        toml::Value::String(text) => (text.to_lowercase() != *text).then_some(text),
        toml::Value::Array(all) => all.iter().find_map(capital),
        toml::Value::Table(table) => table.values().find_map(capital),
        _ => None,
    }
}

/// The text of the words that a user added; empty if there are none. Readings depend on it.
#[must_use]
pub fn added_words() -> &'static str {
    ADDED.get().map_or("", |it| &it.text)
}

/// A section of every file, with the code of its language; what was added to a language is part of its section.
pub(super) fn sections<T: Section>() -> Vec<(&'static str, T)> {
    sections_named(T::NAME)
}

/// The section of a name in every file; `page.blocked` is a part of `page`.
pub(super) fn sections_named<T: DeserializeOwned + Default>(name: &str) -> Vec<(&'static str, T)> {
    let added: &'static [(String, Table)] = ADDED.get().map_or(&[], |added| &added.languages);
    let in_table = |table: &Table| {
        let mut parts = name.split('.');
        let first = table.get(parts.next()?)?;
        parts
            .try_fold(first, |value, part| value.get(part))
            .cloned()
    };
    let own = FILES.iter().map(|&(code, file)| {
        let text = section(file, name);
        let more = added.iter().find(|pair| pair.0 == code);
        // A test reads every section of every file.
        let words = match more.and_then(|pair| in_table(&pair.1)) {
            None => toml::from_str(text).unwrap_or_default(),
            Some(more) => joined(text, &more).unwrap_or_default(),
        };
        (code, words)
    });
    let other = added
        .iter()
        .filter(|pair| FILES.iter().all(|file| file.0 != pair.0))
        .map(|(code, words)| {
            let words = in_table(words).and_then(|section| section.try_into().ok());
            (code.as_str(), words.unwrap_or_default())
        });
    own.chain(other).collect()
}

/// The lines of a section, without its name: up to the next line that begins with a bracket. Within a section, no line does
/// but `]`.
fn section<'a>(file: &'a str, name: &str) -> &'a str {
    let title = format!("\n[{name}]\n");
    let Some(start) = file.find(&title).map(|at| at + title.len()) else {
        return "";
    };
    let rest = &file[start..];
    &rest[..rest.find("\n[").map_or(rest.len(), |at| at + 1)]
}

/// A section followed by the lists of another.
fn joined<T: DeserializeOwned>(text: &str, more: &toml::Value) -> Result<T, toml::de::Error> {
    let mut table: Table = toml::from_str(text)?;
    for (key, more) in more.as_table().into_iter().flatten() {
        match (table.get_mut(key), more) {
            (Some(toml::Value::Array(own)), toml::Value::Array(more)) => {
                own.extend(more.iter().cloned());
            }
            _ => {
                table.insert(key.clone(), more.clone());
            }
        }
    }
    table.try_into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Words;

    fn keys(text: &str) -> Vec<String> {
        let table: Table = toml::from_str(text).unwrap();
        let keys = |(section, keys): (&String, &toml::Value)| {
            let keys = keys.as_table().unwrap().keys();
            keys.map(|it| format!("{section}.{it}")).collect::<Vec<_>>()
        };
        table.iter().flat_map(keys).collect()
    }

    #[test]
    fn every_file_has_the_same_keys() {
        let english = keys(FILES[0].1);
        for (code, file) in FILES {
            assert_eq!(keys(file), english, "{code}");
            toml::from_str::<Words>(file).unwrap_or_else(|it| panic!("{code}: {it}"));
            assert!(file.starts_with("# "), "{code}");
        }
    }

    #[test]
    fn words_are_folded_sorted_and_said_once() {
        fn check(place: &str, list: &[toml::Value]) {
            let words: Vec<&str> = list.iter().filter_map(toml::Value::as_str).collect();
            for it in &words {
                assert_eq!(*it, it.to_lowercase(), "{place}");
                assert_eq!(it.trim(), *it, "{place}");
                assert_eq!(
                    words.iter().filter(|other| *other == it).count(),
                    1,
                    "{place}: {it}"
                );
                let stems = words.iter().filter_map(|stem| stem.strip_suffix('*'));
                let covered =
                    stems.filter(|stem| it.starts_with(stem) && it.len() > stem.len() + 1);
                // Of phrases about the page, longer ones are counted beside shorter ones.
                let is_of_page = place.contains(".page.") || place.contains(".more");
                assert!(is_of_page || covered.count() == 0, "{place}: {it}");
            }
        }
        fn lists(place: &str, value: &toml::Value) {
            match value {
                toml::Value::Table(table) => {
                    for (key, value) in table {
                        lists(&format!("{place}.{key}"), value);
                    }
                }
                toml::Value::Array(list) => check(place, list),
                other => panic!("{place}: {other}"),
            }
        }
        for (code, file) in FILES {
            let table: Table = toml::from_str(file).unwrap();
            lists(code, &toml::Value::Table(table));
        }
    }

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let file = "# x\n\n[a]\nb = [\n    [1],\n]\n\n[ab]\nc = []\n";
        assert_eq!(section(file, "a"), "b = [\n    [1],\n]\n\n");
        assert_eq!(section(file, "ab"), "c = []\n");
        assert_eq!(section(file, "c"), "");
    }
}
