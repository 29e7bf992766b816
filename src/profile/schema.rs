//! The JSON Schema of profiles, for editors that complete and check them.

use serde_json::{Map, Value, json};

/// A key: its name, its type, and its description.
type Key = (&'static str, fn() -> Value, &'static str);

fn text() -> Value {
    json!({"type": "string"})
}

fn day() -> Value {
    // TOML has a type for days, which is a text in JSON Schema.
    json!({"type": "string", "format": "date"})
}

fn truth() -> Value {
    json!({"type": "boolean"})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn numbers() -> Value {
    json!({"type": "array", "items": number()})
}

fn span() -> Value {
    json!({"type": "array", "items": number(), "minItems": 2, "maxItems": 2})
}

fn spans() -> Value {
    json!({"type": "array", "items": span()})
}

fn names() -> Value {
    json!({"type": "array", "items": {"anyOf": [text(), {"type": "array", "items": text(), "minItems": 2}]}})
}

fn kind() -> Value {
    json!({"enum": ["listed", "quoted", "figure", "relation", "stated"]})
}

fn form() -> Value {
    json!({"enum": ["text", "html", "markdown", "wikitext"]})
}

fn copies() -> Value {
    json!({"type": "array", "items": table(COPY, &["url"])})
}

fn source() -> Value {
    table(SOURCE, &["file", "digest", "form", "charset"])
}

fn references() -> Value {
    json!({"type": "array", "items": table(REFERENCE, &["number"])})
}

fn claims() -> Value {
    let needs = |kind: &str, keys: &[&str]| json!({"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": keys}});
    let mut claim = table(CLAIM, &["kind"]);
    if let Some(claim) = claim.as_object_mut() {
        let rules = [
            needs("listed", &["names"]),
            needs("quoted", &["exact"]),
            needs("figure", &["exact"]),
            needs("stated", &["exact"]),
            needs("relation", &["subject", "relation", "object"]),
        ];
        claim.insert("allOf".to_owned(), Value::from(rules.to_vec()));
    }
    json!({"type": "array", "items": claim})
}

fn aliases() -> Value {
    json!({"type": "array", "items": table(ALIAS, &["name", "other", "same"])})
}

const PROFILE: &[Key] = &[
    ("format", number, "The version of this format; 1."),
    ("title", text, "What the article is about."),
    (
        "kind",
        text,
        "The kind of organization, according to the encyclopedia.",
    ),
    (
        "project_of",
        text,
        "The organization that it is a project of.",
    ),
    ("article", text, "The address of the article."),
    (
        "every",
        text,
        "How often to visit its pages: an interval (`12h`) or five cron fields.",
    ),
    (
        "watch",
        truth,
        "Whether to archive the article's own page too.",
    ),
    ("source", source, "The file of the article, as it was read."),
    ("references", references, "The cited pages."),
    ("claims", claims, "The claims that rest on the cited pages."),
    (
        "aliases",
        aliases,
        "Spellings that are the same name, or different names.",
    ),
];

const SOURCE: &[Key] = &[
    ("file", text, "Its name, or its address."),
    (
        "digest",
        text,
        "The digest of its bytes, which are stored in `sources` beside the profile.",
    ),
    ("form", form, "Its form: text, html, markdown or wikitext."),
    ("charset", text, "The charset in which its bytes were read."),
    ("revision", text, "The revision of a wiki page."),
];

const REFERENCE: &[Key] = &[
    (
        "number",
        number,
        "The number, as in the markers of the text.",
    ),
    ("author", text, "As cited."),
    ("title", text, "The title of the page, as cited."),
    ("publisher", text, "The site or publication."),
    ("published", day, "When the page was published, as cited."),
    (
        "accessed",
        day,
        "When an editor last read it: the date of the baseline.",
    ),
    ("url", text, "The cited address without its fragment."),
    ("fragment", text, "The fragment of the address."),
    (
        "selector",
        text,
        "A CSS selector for the cited list or passage.",
    ),
    (
        "every",
        text,
        "How often to visit this page: an interval (`12h`), a cron expression, or `auto`.",
    ),
    (
        "archived",
        copies,
        "Copies of the page in other archives, as cited by the article.",
    ),
    (
        "bytes",
        span,
        "The bytes of the entry in the file of the article.",
    ),
];

const COPY: &[Key] = &[
    ("url", text, "The address of the copy."),
    ("date", day, "The day on which it was made."),
];

const CLAIM: &[Key] = &[
    ("id", text, "A name to which reviews refer."),
    ("kind", kind, "What is claimed."),
    (
        "cites",
        numbers,
        "The numbers of the references that it rests on.",
    ),
    ("section", text, "The section of the article."),
    ("place", text, "The place in the article."),
    ("sentence", text, "The sentence that states it."),
    (
        "bytes",
        span,
        "The bytes of that sentence in the file of the article.",
    ),
    (
        "spans",
        spans,
        "The bytes of the claimed words in the file of the article.",
    ),
    (
        "relation",
        text,
        "The relation of the names, or of the subject, to the object or the article.",
    ),
    (
        "names",
        names,
        "The listed names; a bracketed list is one name or several.",
    ),
    ("complete", truth, "Whether the article names all of them."),
    (
        "exact",
        text,
        "The quoted words, the figure with its unit, or the sentence.",
    ),
    ("subject", text, "The first organization."),
    ("object", text, "The second organization."),
];

const ALIAS: &[Key] = &[
    ("name", text, "One spelling."),
    ("other", text, "The other spelling."),
    ("same", truth, "Whether both are the same name."),
];

fn table(keys: &[Key], required: &[&str]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|(name, kind, about)| {
            let mut value = kind();
            if let Some(value) = value.as_object_mut() {
                value.insert("description".to_owned(), Value::from(*about));
            }
            ((*name).to_owned(), value)
        })
        .collect();
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

/// The schema (draft 2020-12) as JSON.
pub(super) fn schema() -> String {
    let mut schema = table(PROFILE, &["title"]);
    if let Some(schema) = schema.as_object_mut() {
        let draft = "https://json-schema.org/draft/2020-12/schema";
        schema.insert("$schema".to_owned(), Value::from(draft));
        schema.insert("title".to_owned(), Value::from("A profile of stillsays"));
    }
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::profile::Profile;

    /// A value of each type that the reader takes.
    fn example(key: &str, value: &Value) -> Option<String> {
        if let Some(first) = value["enum"].as_array().and_then(|value| value.first()) {
            return Some(first.to_string());
        }
        Some(match value["type"].as_str()? {
            "string" if value["format"] == "date" => "2024-05-02".to_owned(),
            "string" if key == "url" => "\"https://example.org/\"".to_owned(),
            "string" => "\"text\"".to_owned(),
            "boolean" => "true".to_owned(),
            "integer" => "1".to_owned(),
            "array" => match value["items"]["type"].as_str() {
                Some("integer") if value["minItems"] == 2 => "[1, 2]".to_owned(),
                Some("integer") => "[1]".to_owned(),
                Some("array") => "[[1, 2]]".to_owned(),
                Some("object") => format!("[{}]", inline(&value["items"])),
                _ => "[\"text\"]".to_owned(),
            },
            _ => inline(value),
        })
    }

    fn inline(table: &Value) -> String {
        let all = table["properties"].as_object().unwrap();
        let pairs: Vec<String> = all
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "exact" | "subject" | "object"))
            .filter_map(|(key, value)| Some(format!("{key} = {}", example(key, value)?)))
            .collect();
        format!("{{ {} }}", pairs.join(", "))
    }

    #[test]
    fn the_reader_takes_every_key_of_the_schema_and_writes_no_other() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let all = schema["properties"].as_object().unwrap();
        let keys: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(keys, Profile::KEYS);
        let lines: Vec<String> = all
            .iter()
            .filter_map(|(key, value)| Some(format!("{key} = {}", example(key, value)?)))
            .collect();
        let text = lines.join("\n");
        let profile = Profile::from_toml(&text, Path::new("a.toml"))
            .unwrap_or_else(|it| panic!("{it}\n{text}"));
        let written: Value = toml::from_str::<toml::Table>(&profile.to_toml())
            .map(|parsed| serde_json::to_value(parsed).unwrap())
            .unwrap();
        for (table, of) in [
            ("references", "references"),
            ("claims", "claims"),
            ("aliases", "aliases"),
        ] {
            let known = schema["properties"][of]["items"]["properties"]
                .as_object()
                .unwrap();
            for key in written[table][0].as_object().unwrap().keys() {
                assert!(known.contains_key(key), "{table}: {key}");
            }
        }
        assert_eq!(written["source"].as_object().unwrap().len(), SOURCE.len());
        assert_eq!(
            written["references"][0].as_object().unwrap().len(),
            REFERENCE.len()
        );
    }
}
