//! Given names: their short forms (`Bob` of Robert), and those that a letter tells apart (`Takeshi`, `Takashi`).

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::FixedState;

use super::{Person, files::sections};
use crate::text::letters;

/// Each form of a given name, with the numbers of the names of which it is one.
type Forms = HashMap<String, Vec<usize>, FixedState>;

static NAMES: LazyLock<(Forms, Vec<Vec<String>>)> = LazyLock::new(|| {
    let written = sections::<Person>().into_iter();
    let names: Vec<Vec<String>> = written
        .flat_map(|(_, section)| section.given)
        .map(|name| name.split_whitespace().map(letters).collect())
        .collect();
    let mut forms = Forms::default();
    for (number, name) in names.iter().enumerate() {
        for form in name {
            forms.entry(form.clone()).or_default().push(number);
        }
    }
    (forms, names)
});

fn numbers(word: &str) -> &'static [usize] {
    NAMES.0.get(word).map_or(&[], Vec::as_slice)
}

/// The forms of the given names of which a word, as letters alone, is one; none for another word.
pub fn forms(word: &str) -> impl Iterator<Item = &'static str> {
    let names = numbers(word).iter().filter_map(|at| NAMES.1.get(*at));
    names.flatten().map(String::as_str)
}

/// Whether two words are forms of one given name, or each one of its own; `None` if one of them is no given name that is known.
#[must_use]
pub fn is_one_name(a: &str, b: &str) -> Option<bool> {
    let (a, b) = (numbers(a), numbers(b));
    (!a.is_empty() && !b.is_empty()).then(|| a.iter().any(|name| b.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_one_name_and_two_names_are_two() {
        for (a, b, one) in [
            ("robert", "bob", Some(true)),
            ("sepp", "josef", Some(true)),
            ("саша", "александр", Some(true)),
            ("takeshi", "takashi", Some(false)),
            ("мария", "марина", Some(false)),
            ("robert", "quillfeder", None),
        ] {
            assert_eq!(is_one_name(a, b), one, "{a}: {b}");
        }
        assert!(forms("bob").any(|form| form == "robert"));
        assert_eq!(forms("quillfeder").count(), 0);
    }
}
