//! The references of an article for other programs: as schema.org's `citation`, and as statements of Wikidata with their references.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{ReferenceSection, Report};
use crate::text::escaped_controls;

/// An archived copy that others can open: its address, and its day if that is known.
pub type PublicCopy = (String, Option<NaiveDate>);

impl Report {
    /// The article with its references as JSON-LD of schema.org; `copy` gives the archived copy of a reference (`archivedAt`).
    #[must_use]
    pub fn to_schema_org(&self, copy: &dyn Fn(u32) -> Option<PublicCopy>) -> String {
        let mut references: Vec<&ReferenceSection> = self.references.iter().collect();
        references.sort_by_key(|it| it.number);
        let citations: Vec<Value> = references
            .into_iter()
            .map(|it| citation(it, copy(it.number)))
            .collect();
        let mut article = Map::new();
        article.insert("@context".to_owned(), json!("https://schema.org"));
        article.insert("@type".to_owned(), json!("Article"));
        article.insert("headline".to_owned(), json!(self.title));
        if let Some(url) = &self.article {
            article.insert("url".to_owned(), json!(url));
        }
        article.insert("citation".to_owned(), Value::Array(citations));
        let json = serde_json::to_string_pretty(&article).unwrap_or_default();
        let mut json = escaped_controls(&json);
        json.push('\n');
        json
    }

    /// The cited pages as statements about an item of Wikidata, in the first form of QuickStatements: the address at which the item is
    /// described (P973), with the archived copy as a qualifier, and both in the reference of the statement.
    #[must_use]
    pub fn to_quick_statements(
        &self,
        item: &str,
        copy: &dyn Fn(u32) -> Option<PublicCopy>,
    ) -> String {
        let mut references: Vec<&ReferenceSection> = self.references.iter().collect();
        references.sort_by_key(|it| it.number);
        let mut lines: Vec<String> = Vec::new();
        for reference in references {
            let Some(address) = reference.address.as_deref() else {
                continue;
            };
            let url = quoted(address);
            let archived = copy(reference.number);
            let copy = |uri: &str, date: &str| {
                archived.as_ref().map_or_else(String::new, |it| {
                    let day = it
                        .1
                        .map_or_else(String::new, |day| format!("|{date}|{}", wikidata_day(day)));
                    format!("|{uri}|{}{day}", quoted(&it.0))
                })
            };
            let read = reference
                .accessed
                .map_or_else(String::new, |day| format!("|S813|{}", wikidata_day(day)));
            let line = format!(
                "{item}|P973|{url}{}|S854|{url}{read}{}",
                copy("P1065", "P2960"),
                copy("S1065", "S2960")
            );
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }
}

fn citation(reference: &ReferenceSection, copy: Option<PublicCopy>) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    set("@type", Some(json!("WebPage")));
    set("position", Some(json!(reference.number)));
    set("name", Some(json!(reference.title)));
    let author = reference.author.as_ref();
    set(
        "author",
        author.map(|it| json!({"@type": "Person", "name": it})),
    );
    let publisher = reference.publisher.as_ref();
    set(
        "publisher",
        publisher.map(|it| json!({"@type": "Organization", "name": it})),
    );
    set("datePublished", reference.published.map(|it| json!(it)));
    set("url", reference.address.as_ref().map(|it| json!(it)));
    set("archivedAt", copy.map(|it| json!(it.0)));
    Value::Object(fields)
}

/// A text as QuickStatements writes it. In an address, what would end a value is percent-encoded.
fn quoted(address: &str) -> String {
    let mut out = "\"".to_owned();
    for letter in address.chars() {
        match letter {
            '"' => out.push_str("%22"),
            '|' => out.push_str("%7C"),
            it if it.is_control() || it.is_whitespace() => {}
            it => out.push(it),
        }
    }
    out.push('"');
    out
}

/// A day as Wikidata writes it: precision 11.
fn wikidata_day(day: NaiveDate) -> String {
    format!("+{}T00:00:00Z/11", day.format("%Y-%m-%d"))
}
