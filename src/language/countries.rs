//! Countries, by their codes of ISO 3166-1, and their names in many languages.

use std::{collections::BTreeMap, sync::LazyLock};

/// Names by language, of each code.
type Names = BTreeMap<String, BTreeMap<String, Vec<String>>>;

static COUNTRIES: LazyLock<Names> = LazyLock::new(|| {
    // A test reads the file.
    toml::from_str(include_str!("countries.toml")).unwrap_or_default()
});

/// Every name of a country, in lower case, with the country's code and the code of the name's language.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    COUNTRIES.iter().flat_map(|(country, languages)| {
        languages.iter().flat_map(move |(language, names)| {
            let names = names.iter().map(String::as_str);
            names.map(move |name| (name, country.as_str(), language.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_code_and_an_english_name() {
        assert!(COUNTRIES.len() > 190);
        for (code, languages) in &*COUNTRIES {
            assert!(
                code.len() == 2 && code.bytes().all(|it| it.is_ascii_uppercase()),
                "{code}"
            );
            assert!(languages.contains_key("en"), "{code}");
        }
        for (name, code, _) in names() {
            assert_eq!(name, name.to_lowercase(), "{code}");
        }
    }
}
