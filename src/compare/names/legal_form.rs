//! Legal forms: `Ltd`, `e.V.`, `Aktiengesellschaft`; finds those in a name, and their class.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use foldhash::fast::FixedState;

/// The kind of organization that a legal form means; `None` for a form without a specific one, such as `Inc`.
pub(in crate::compare) type Class = Option<&'static str>;

/// The most words of a form in the table.
const LONGEST: usize = 8;

static TABLE: LazyLock<HashMap<&'static str, Class, FixedState>> = LazyLock::new(|| {
    include_str!("legal_forms.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(class, forms)| {
            let class = (class != "-").then_some(class);
            forms.split('|').map(move |form| (form, class))
        })
        .collect()
});

/// The first and the last words of forms: most names have neither.
static EDGES: LazyLock<[HashSet<&'static str, FixedState>; 2]> = LazyLock::new(|| {
    let words = || TABLE.keys().map(|key| key.split(' '));
    [
        words().filter_map(|mut word| word.next()).collect(),
        words().filter_map(|mut word| word.next_back()).collect(),
    ]
});

/// How many words at the start of `words` are a legal form, with its class.
fn at_start(words: &[&str]) -> Option<(usize, Class)> {
    let [first, _] = &*EDGES;
    words.first().filter(|word| first.contains(*word))?;
    longest(words.len(), |count| words.get(..count))
}

/// How many words at the end of `words` are a legal form, with its class.
fn at_end(words: &[&str]) -> Option<(usize, Class)> {
    let [_, last] = &*EDGES;
    words.last().filter(|word| last.contains(*word))?;
    longest(words.len(), |count| words.get(words.len() - count..))
}

fn longest<'a, 'b: 'a>(
    most: usize,
    some: impl Fn(usize) -> Option<&'a [&'b str]>,
) -> Option<(usize, Class)> {
    (1..=most.min(LONGEST)).rev().find_map(|count| {
        let class = match some(count)? {
            [one] => TABLE.get(one),
            several => TABLE.get(several.join(" ").as_str()),
        };
        class.map(|class| (count, *class))
    })
}

/// The range of `words` without legal forms, and the first class of these.
///
/// A form at the start counts only if it is one that is written there (`OOO Oboronnye`, `PT Astra`) or has several
/// words; at least one word always remains.
pub(in crate::compare) fn strip(words: &[&str]) -> (std::ops::Range<usize>, Class) {
    const LEADING: [&str; 14] = [
        "ooo", "oao", "zao", "pao", "ao", "ano", "jsc", "ojsc", "pjsc", "cjsc", "pt", "srl", "llc",
        "оао",
    ];
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
        let leads = count > 1 || LEADING.contains(&first) || !first.is_ascii();
        if start + count >= end || !leads {
            break;
        }
        start += count;
        class = class.or(found);
    }
    (start..end, class)
}

/// A folded name without a legal form that is attached without a space, as in Chinese, Japanese and Korean.
pub(in crate::compare) fn unjoined(name: &str) -> &str {
    const FORMS: [&str; 28] = [
        "認定特定非営利活動法人",
        "特定非営利活動法人",
        "認定npo法人",
        "npo法人",
        "一般社団法人",
        "一般財団法人",
        "公益社団法人",
        "公益財団法人",
        "国立研究開発法人",
        "国立大学法人",
        "公立大学法人",
        "独立行政法人",
        "社会福祉法人",
        "学校法人",
        "医療法人",
        "株式会社",
        "有限会社",
        "合同会社",
        "(株)",
        "(有)",
        "(一社)",
        "(公財)",
        "(公社)",
        "股份有限公司",
        "有限责任公司",
        "有限公司",
        "주식회사",
        "(주)",
    ];
    if name.is_ascii() {
        return name;
    }
    let mut rest = name;
    while let Some(it) = FORMS.iter().find_map(|text| {
        rest.strip_prefix(text)
            .or_else(|| rest.strip_suffix(text))
            .map(str::trim)
            .filter(|text| text.chars().count() >= 2)
    }) {
        rest = it;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(name: &str) -> (String, Class) {
        let words: Vec<&str> = name.split(' ').collect();
        let (range, class) = strip(&words);
        (words[range].join(" "), class)
    }

    #[test]
    fn a_form_is_taken_off_at_either_end() {
        assert_eq!(stripped("ooo severny"), ("severny".into(), Some("LLC")));
        assert_eq!(
            stripped("harbour lights gmbh"),
            ("harbour lights".into(), Some("LLC"))
        );
        assert_eq!(stripped("harbour limited liability company").1, Some("LLC"));
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
