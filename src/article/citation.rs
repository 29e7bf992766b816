//! A reference as a wiki's citation template gives it: its fields by name.

use serde_json::Value;

use super::{
    fields::{ACCESSED, ARCHIVE, ARCHIVED, DATE, TITLE, URL, WORK, is_citation},
    split,
    wikitext::inline::plain,
};
use crate::{
    language::dates,
    profile::{ArchivedCopy, Reference},
    text::one_line,
};

/// Takes the fields of a citation into a reference; what the template does not give stays as it was read.
pub(super) fn fill(reference: &mut Reference, fields: &[(String, String)]) {
    let field = |names: &[&str]| {
        names.iter().find_map(|name| {
            let spelt = |field: &str| field.replace('_', " ").eq_ignore_ascii_case(name);
            let found = fields.iter().find(|field| spelt(&field.0));
            found
                .map(|found| one_line(&found.1))
                .filter(|text| !text.is_empty())
        })
    };
    if let Some(url) =
        field(URL).filter(|field| field.starts_with("http") || field.starts_with("//"))
    {
        let (url, fragment) = url.split_once('#').map_or((url.clone(), None), |parts| {
            (parts.0.to_owned(), Some(parts.1.to_owned()))
        });
        reference.url = Some(url);
        reference.fragment = fragment.filter(|fragment| !fragment.is_empty());
    }
    if let Some(title) = field(TITLE) {
        reference.title = Some(split::unquoted(&title));
    }
    if let Some(work) = field(WORK) {
        reference.publisher = Some(work);
    }
    if let Some(author) = author(fields) {
        reference.author = Some(author);
    }
    let day = |names: &[&str]| {
        field(names)
            .and_then(|field| dates::first(&field))
            .map(|pair| pair.0)
    };
    if let Some(day) = day(ACCESSED) {
        reference.accessed = Some(day);
    }
    reference.published = day(DATE).or(reference.published.filter(|_| field(DATE).is_none()));
    if let Some(copy) = field(ARCHIVE).filter(|field| field.starts_with("http")) {
        let date = day(ARCHIVED);
        match reference.archived.iter_mut().find(|it| it.url == copy) {
            Some(known) => known.date = date.or(known.date),
            None => reference.archived.push(ArchivedCopy { url: copy, date }),
        }
    }
}

/// `Last, First` or what the template names as author, the first two of them.
fn author(fields: &[(String, String)]) -> Option<String> {
    let field = |name: &str| {
        let found = fields
            .iter()
            .find(|field| field.0.eq_ignore_ascii_case(name));
        found
            .map(|found| one_line(&found.1))
            .filter(|text| !text.is_empty())
    };
    let mut all = Vec::new();
    for number in ["", "1", "2"] {
        let last = field(&format!("last{number}")).or_else(|| field(&format!("nom{number}")));
        let first = field(&format!("first{number}")).or_else(|| field(&format!("prénom{number}")));
        let whole = ["author", "autor", "auteur", "autore", "автор"]
            .iter()
            .find_map(|it| field(&format!("{it}{number}")));
        match (last, first, whole) {
            (Some(last), Some(first), _) => all.push(format!("{last}, {first}")),
            (Some(one), None, _) | (None, _, Some(one)) => all.push(one),
            _ => {}
        }
    }
    all.dedup();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The fields of the citation that Parsoid stores beside its HTML (`data-mw`): name and wikitext of each parameter.
pub(super) fn parsoid(data: &str) -> Option<Vec<(String, String)>> {
    let value: Value = serde_json::from_str(data).ok()?;
    let template = value
        .get("parts")?
        .as_array()?
        .iter()
        .find_map(|it| it.get("template"))?;
    let name = template
        .get("target")?
        .get("wt")?
        .as_str()?
        .trim()
        .to_lowercase();
    let parameters = template.get("params")?.as_object()?;
    let has = |keys: &[&str]| keys.iter().any(|key| parameters.contains_key(*key));
    if !(is_citation(&name) || has(URL) && has(TITLE)) {
        return None;
    }
    Some(
        parameters
            .iter()
            .filter_map(|(name, value)| {
                let text = value.get("wt")?.as_str()?;
                Some((name.clone(), plain(text)))
            })
            .collect(),
    )
}
