//! Legal forms: `Ltd`, `e.V.`, `Aktiengesellschaft`; which words of a name are one, and of what class.
//!
//! The forms in the files are derived from rust/data/names/org_types.json of opensanctions/rigour @ 8f4044dd67; its licence is
//! `words/LICENSE-rigour`.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use foldhash::fast::FixedState;

use super::{LegalForm, files::sections};

/// The kind of body that a legal form names, by the key of the files; `None` for a form without a kind, such as `Inc`.
pub type Class = Option<&'static str>;

/// The most words a form in the files has.
const LONGEST: usize = 8;

/// The forms of all languages.
#[derive(Default)]
struct Forms {
    classes: HashMap<String, Class, FixedState>,
    /// The words that forms begin with, and those that they end with: most names have neither.
    edges: [HashSet<String, FixedState>; 2],
    /// The single words among them that English texts have.
    common: HashSet<String, FixedState>,
    leading: HashSet<String, FixedState>,
    joined: Vec<String>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let mut forms = Forms::default();
    for (code, section) in sections::<LegalForm>() {
        let is_common = matches!(code, "en" | "de" | "fr");
        let classes = [
            (None, section.plain),
            (Some("shares"), section.shares),
            (Some("limited"), section.limited),
            (Some("general_partnership"), section.general_partnership),
            (Some("limited_partnership"), section.limited_partnership),
            (Some("liability_partnership"), section.liability_partnership),
            (Some("cooperative"), section.cooperative),
            (Some("nonprofit"), section.nonprofit),
            (Some("sole"), section.sole),
        ];
        for (class, entries) in classes {
            for entry in entries {
                let (first, last) = (entry.split(' ').next(), entry.rsplit(' ').next());
                for (edge, word) in forms.edges.iter_mut().zip([first, last]) {
                    edge.extend(word.map(str::to_owned));
                }
                if is_common && first == last {
                    forms.common.insert(entry.clone());
                }
                forms.classes.insert(entry, class);
            }
        }
        forms.leading.extend(section.leading);
        forms.joined.extend(section.joined);
    }
    // The longest first: `認定npo法人` before `npo法人`.
    forms
        .joined
        .sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
});

/// How many words at the start of `words` are a legal form, with its class.
fn at_start(words: &[&str]) -> Option<(usize, Class)> {
    let [first, _] = &FORMS.edges;
    words.first().filter(|word| first.contains(**word))?;
    longest(words.len(), |count| words.get(..count))
}

/// How many words at the end of `words` are a legal form, with its class.
fn at_end(words: &[&str]) -> Option<(usize, Class)> {
    let [_, last] = &FORMS.edges;
    words.last().filter(|word| last.contains(**word))?;
    longest(words.len(), |count| words.get(words.len() - count..))
}

fn longest<'a, 'b: 'a>(
    most: usize,
    some: impl Fn(usize) -> Option<&'a [&'b str]>,
) -> Option<(usize, Class)> {
    (1..=most.min(LONGEST)).rev().find_map(|count| {
        let class = match some(count)? {
            [one] => FORMS.classes.get(*one),
            // The files have `gmbh co kg`, whatever stands for "and" in it.
            several => FORMS
                .classes
                .get(several.join(" ").replace(" and co", " co").as_str()),
        };
        class.map(|class| (count, *class))
    })
}

/// The range of `words` that is the name without its legal forms, and the class of the first that has one.
///
/// A form at the start counts only if it is one that is really written there (`OOO Oboronnye`, `PT Astra`) or has several
/// words; at least one word always stays.
#[must_use]
pub fn strip(words: &[&str]) -> (Range<usize>, Class) {
    let (mut start, mut end, mut class) = (0, words.len(), None);
    while let Some((count, found)) = words.get(start..end).and_then(at_end) {
        if end - count <= start {
            break;
        }
        end -= count;
        class = class.or(found);
    }
    while let Some((count, found)) = words.get(start..end).and_then(at_start) {
        let first = words.get(start).copied().unwrap_or_default();
        let leads = count > 1 || FORMS.leading.contains(first) || !first.is_ascii();
        if start + count >= end || !leads {
            break;
        }
        start += count;
        class = class.or(found);
    }
    (start..end, class)
}

/// A folded name without a legal form that is written to it without a space, as in Chinese, Japanese and Korean.
#[must_use]
pub fn unjoined(name: &str) -> &str {
    if name.is_ascii() {
        return name;
    }
    let mut rest = name;
    while let Some(shorter) = FORMS.joined.iter().find_map(|form| {
        let form = form.as_str();
        let without = rest.strip_prefix(form).or_else(|| rest.strip_suffix(form));
        without
            .map(str::trim)
            .filter(|text| text.chars().count() >= 2)
    }) {
        rest = shorter;
    }
    rest
}

/// Whether a word or words in lower case, without points, are a legal form of one of the languages.
#[must_use]
pub fn is_form(folded: &str) -> bool {
    FORMS.classes.contains_key(folded)
}

/// Whether a stretch after a comma belongs to the name before it: a legal form, a generation or a degree, such as `Inc.` or `Jr.`
#[must_use]
pub fn is_appended(stretch: &str) -> bool {
    const LONGEST: usize = 5;
    const PERSONS: [&str; 7] = ["esq", "ii", "iii", "jr", "md", "phd", "sr"];
    let form = stretch.trim().trim_end_matches('.');
    let letters = form.chars().filter(|character| *character != '.');
    let bare: String = letters.flat_map(char::to_lowercase).collect();
    bare.len() <= LONGEST && (PERSONS.contains(&bare.as_str()) || FORMS.common.contains(&bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_taken_off_behind_a_name() {
        for (form, class) in &FORMS.classes {
            let words: Vec<&str> = "tern harbour".split(' ').chain(form.split(' ')).collect();
            let (range, found) = strip(&words);
            assert_eq!(range, 0..2, "{form}");
            assert!(class.is_none() || found.is_some(), "{form}");
        }
    }

    #[test]
    fn every_form_that_is_written_to_names_is_taken_off() {
        for form in &FORMS.joined {
            assert_eq!(unjoined(&format!("{form}あおば")), "あおば", "{form}");
            assert_eq!(unjoined(&format!("あおば{form}")), "あおば", "{form}");
        }
    }

    fn stripped(name: &str) -> (String, Class) {
        let words: Vec<&str> = name.split(' ').collect();
        let (range, class) = strip(&words);
        (words[range].join(" "), class)
    }

    #[test]
    fn a_form_is_taken_off_at_either_end() {
        assert_eq!(stripped("ooo severny"), ("severny".into(), Some("limited")));
        assert_eq!(
            stripped("harbour lights gmbh"),
            ("harbour lights".into(), Some("limited"))
        );
        assert_eq!(
            stripped("harbour limited liability company").1,
            Some("limited")
        );
        assert_eq!(
            stripped("harbour lights gmbh and co kg"),
            ("harbour lights".into(), Some("limited_partnership"))
        );
        assert_eq!(stripped("open joint stock company harbour").0, "harbour");
    }

    #[test]
    fn a_form_written_to_the_name_is_taken_off() {
        assert_eq!(unjoined("株式会社あおば"), "あおば");
        assert_eq!(unjoined("一般社団法人 みなと会議"), "みなと会議");
        assert_eq!(unjoined("みなと自動車(株)"), "みなと自動車");
        assert_eq!(unjoined("株式会社"), "株式会社");
    }

    #[test]
    fn a_name_that_is_a_form_stays() {
        assert_eq!(stripped("company").0, "company");
        assert_eq!(stripped("as roma").0, "as roma");
    }
}
