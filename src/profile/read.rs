//! Reads a profile from its TOML file; reports each fault with its line, its column and what to write instead.

use std::{ops::Range, path::Path};

use chrono::NaiveDate;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Alias, ArchivedCopy, Profile, Reference, Source, Span,
    fault::{Fault, ProfileError},
    format_version, name_claims,
};
use crate::uri::TargetUri;

mod claims;

impl Profile {
    /// Reads the file of a profile; `path` is its name in errors.
    ///
    /// # Errors
    /// The bytes are not UTF-8, or [`Self::from_toml`] refuses the text.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, ProfileError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from_toml(text, path),
            Err(error) => {
                let at = error.valid_up_to();
                let before = bytes.get(..at).unwrap_or_default();
                let start = before
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |rposition| rposition + 1);
                let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default())
                    .chars()
                    .count();
                Err(ProfileError {
                    path: path.to_owned(),
                    text: String::new(),
                    faults: vec![Fault {
                        span: at..at + 1,
                        line: before.split(|byte| *byte == b'\n').count(),
                        column: column + 1,
                        what: format!("byte {at} is not UTF-8"),
                        hint: "save the file as UTF-8; TOML has no other encoding".to_owned(),
                    }],
                })
            }
        }
    }

    /// Reads a profile from TOML; `path` is its name in errors.
    ///
    /// The text of `every` is kept unparsed: the schedule interprets it.
    ///
    /// # Errors
    /// The text is not TOML, has an unknown key or a value of the wrong type; a claim cites a missing reference, an
    /// address cannot be visited, a number or an id occurs twice, or the format is newer.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, ProfileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parsed = match DeTable::parse(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let what = error.message().lines().collect::<Vec<_>>().join("; ");
                let hint = "this is not TOML: see https://toml.io for how keys, strings and lists are written";
                return Err(ProfileError::new(
                    path,
                    text,
                    vec![(span, what, hint.to_owned())],
                ));
            }
        };
        let mut faults = Faults::default();
        let profile = profile(&parsed, &mut faults);
        if faults.0.is_empty() {
            Ok(profile)
        } else {
            Err(ProfileError::new(path, text, faults.0))
        }
    }
}

#[derive(Default)]
struct Faults(Vec<(Range<usize>, String, String)>);

impl Faults {
    fn push(&mut self, span: Range<usize>, what: impl Into<String>, hint: impl Into<String>) {
        self.0.push((span, what.into(), hint.into()));
    }
}

/// A table with a fixed set of keys.
struct Fields<'a, 'i> {
    table: &'a DeTable<'i>,
    span: Range<usize>,
    name: &'a str,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl<'a, 'i> Fields<'a, 'i> {
    fn new(
        table: &'a DeTable<'i>,
        span: Range<usize>,
        name: &'a str,
        known: &[&str],
        faults: &mut Faults,
    ) -> Self {
        for (key, _) in table {
            let word = key.get_ref().as_ref();
            if !known.contains(&word) {
                let nearest = known
                    .iter()
                    .map(|known| (strsim::damerau_levenshtein(known, word), *known))
                    .min()
                    .filter(|pair| pair.0 <= 3.min(1 + word.chars().count() / 3));
                let hint = nearest.map_or_else(
                    || format!("{name} has these keys: {}", known.join(", ")),
                    |nearest| format!("did you mean `{}`?", nearest.1),
                );
                faults.push(key.span(), format!("unknown key `{word}` in {name}"), hint);
            }
        }
        Self { table, span, name }
    }

    fn value(&self, key: &str) -> Option<&'a Value<'i>> {
        self.table
            .iter()
            .find(|pair| pair.0.get_ref().as_ref() == key)
            .map(|table| table.1)
    }

    fn text(&self, key: &str, faults: &mut Faults) -> Option<String> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            wrong(value, key, "a text in quotes", faults);
        }
        text.map(str::to_owned)
    }

    fn required(&self, key: &str, example: &str, faults: &mut Faults) -> String {
        if self.value(key).is_none() {
            faults.push(
                self.span.clone(),
                format!("{} has no `{key}`", self.name),
                format!("add {key} = {example}"),
            );
        }
        self.text(key, faults).unwrap_or_default()
    }

    fn date(&self, key: &str, faults: &mut Faults) -> Option<NaiveDate> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(it) => it.date.map(|date| date.to_string()),
            DeValue::String(it) => Some(it.to_string()),
            _ => None,
        };
        let date = text.and_then(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok());
        if date.is_none() {
            wrong(value, key, "a day such as 2022-10-21", faults);
        }
        date
    }

    fn truth(&self, key: &str, faults: &mut Faults) -> Option<bool> {
        let value = self.value(key)?;
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            wrong(value, key, "true or false", faults);
        }
        truth
    }

    /// A range of bytes: `[1203, 1229]`.
    fn span(&self, key: &str, faults: &mut Faults) -> Option<Span> {
        let value = self.value(key)?;
        let span = span_of(value);
        if span.is_none() {
            wrong(
                value,
                key,
                "the first byte and the byte after the last, such as [1203, 1229]",
                faults,
            );
        }
        span
    }

    fn spans(&self, key: &str, faults: &mut Faults) -> Vec<Span> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let spans = value
            .get_ref()
            .as_array()
            .and_then(|inner| inner.iter().map(span_of).collect::<Option<Vec<Span>>>());
        if spans.is_none() {
            wrong(
                value,
                key,
                "ranges of bytes, such as [[1203, 1229], [1231, 1240]]",
                faults,
            );
        }
        spans.unwrap_or_default()
    }

    fn tables(&self, key: &str, faults: &mut Faults) -> Vec<(&'a DeTable<'i>, Range<usize>)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let tables = value.get_ref().as_array().map(|it| {
            it.iter()
                .filter_map(|it| Some((it.get_ref().as_table()?, it.span())))
                .collect::<Vec<_>>()
        });
        match tables {
            Some(tables)
                if value
                    .get_ref()
                    .as_array()
                    .is_some_and(|inner| inner.len() == tables.len()) =>
            {
                tables
            }
            _ => {
                wrong(value, key, &format!("tables, each under [[{key}]]"), faults);
                Vec::new()
            }
        }
    }
}

fn wrong(value: &Value<'_>, key: &str, want: &str, faults: &mut Faults) {
    faults.push(
        value.span(),
        format!(
            "`{key}` is of type {}, not {want}",
            value.get_ref().type_str()
        ),
        format!("write {want}"),
    );
}

fn span_of(value: &Value<'_>) -> Option<Span> {
    let ends = value.get_ref().as_array()?;
    let [start, end] = &ends[..] else {
        return None;
    };
    let span = Span {
        start: number(start)?,
        end: number(end)?,
    };
    (span.start <= span.end).then_some(span)
}

fn number(value: &Value<'_>) -> Option<u32> {
    let number = value.get_ref().as_integer()?;
    u32::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

fn profile(parsed: &Spanned<DeTable<'_>>, faults: &mut Faults) -> Profile {
    let fields = Fields::new(
        parsed.get_ref(),
        0..0,
        "the profile",
        &Profile::KEYS,
        faults,
    );
    let mut format = format_version();
    if let Some(value) = fields.value("format") {
        match number(value) {
            Some(1) => {}
            Some(newer @ 2..) => {
                format = newer;
                faults.push(
                    value.span(),
                    format!("format {newer} is newer than this program, which reads 1"),
                    "update stillsays, or create the profile again with `stillsays profile import`",
                );
            }
            _ => wrong(value, "format", "the number 1", faults),
        }
    }
    let mut profile = Profile {
        format,
        title: fields.required("title", "\"the organization's name\"", faults),
        kind: fields.text("kind", faults),
        project_of: fields.text("project_of", faults),
        article: fields.text("article", faults),
        every: fields.text("every", faults),
        watch: fields.truth("watch", faults).unwrap_or_default(),
        ..Profile::default()
    };
    if let Some(value) = fields.value("source") {
        match value.get_ref().as_table() {
            Some(table) => profile.source = Some(source(table, value.span(), faults)),
            None => wrong(value, "source", "a table under [source]", faults),
        }
    }
    for (table, span) in fields.tables("references", faults) {
        let reference = reference(table, span.clone(), faults);
        if profile.reference(reference.number).is_some() {
            faults.push(
                span,
                format!("reference {} is given twice", reference.number),
                "give the references different numbers",
            );
        }
        profile.references.push(reference);
    }
    for (table, span) in fields.tables("claims", faults) {
        let claim = claims::claim(table, span.clone(), &profile.references, faults);
        if !claim.id.is_empty() && profile.claims.iter().any(|it| it.id == claim.id) {
            faults.push(
                span,
                format!("two claims have the id `{}`", claim.id),
                "give each its own id; reviews refer to it",
            );
        }
        profile.claims.push(claim);
    }
    name_claims(&mut profile.claims);
    for (table, span) in fields.tables("aliases", faults) {
        profile.aliases.push(alias(table, span, faults));
    }
    profile
}

fn reference(table: &DeTable<'_>, span: Range<usize>, faults: &mut Faults) -> Reference {
    let known = [
        "number",
        "author",
        "title",
        "publisher",
        "published",
        "accessed",
        "url",
        "fragment",
        "selector",
        "every",
        "archived",
        "bytes",
    ];
    let fields = Fields::new(table, span, "a reference", &known, faults);
    let url = fields.text("url", faults);
    if let (Some(url), Some(value)) = (&url, fields.value("url"))
        && let Err(error) = TargetUri::parse(url)
    {
        faults.push(
            value.span(),
            error.to_string(),
            "write the whole address, such as https://example.org/partners; leave url out if there is none",
        );
    }
    let value = fields.value("number");
    let number = value.and_then(number);
    match (value, number) {
        (None, _) => faults.push(
            fields.span.clone(),
            "a reference has no `number`",
            "add number = 1, as the article counts it",
        ),
        (Some(value), None) => wrong(value, "number", "a whole number above 0", faults),
        _ => {}
    }
    Reference {
        number: number.unwrap_or_default(),
        author: fields.text("author", faults),
        title: fields.text("title", faults),
        publisher: fields.text("publisher", faults),
        published: fields.date("published", faults),
        accessed: fields.date("accessed", faults),
        url,
        fragment: fields.text("fragment", faults),
        selector: fields.text("selector", faults),
        every: fields.text("every", faults),
        archived: archived(&fields, faults),
        bytes: fields.span("bytes", faults),
    }
}

/// Copies of a page in other archives: `[{ url = "…", date = 2022-10-21 }]`.
fn archived(fields: &Fields<'_, '_>, faults: &mut Faults) -> Vec<ArchivedCopy> {
    let mut copies = Vec::new();
    for (table, span) in fields.tables("archived", faults) {
        let fields = Fields::new(table, span, "an archived copy", &["url", "date"], faults);
        copies.push(ArchivedCopy {
            url: fields.required("url", "\"the copy's address\"", faults),
            date: fields.date("date", faults),
        });
    }
    copies
}

fn source(table: &DeTable<'_>, span: Range<usize>, faults: &mut Faults) -> Source {
    let known = ["file", "digest", "form", "charset", "revision"];
    let fields = Fields::new(table, span, "the source", &known, faults);
    Source {
        file: fields.required("file", "\"article.html\"", faults),
        digest: fields.required("digest", "\"sha256:…\"", faults),
        form: fields.required("form", "\"text\"", faults),
        charset: fields.required("charset", "\"UTF-8\"", faults),
        revision: fields.text("revision", faults),
    }
}

fn alias(table: &DeTable<'_>, span: Range<usize>, faults: &mut Faults) -> Alias {
    let fields = Fields::new(table, span, "an alias", &["name", "other", "same"], faults);
    let same = fields.value("same");
    let same = match same.map(|same| (same, same.get_ref().as_bool())) {
        Some((_, Some(same))) => same,
        Some((value, None)) => {
            wrong(value, "same", "true or false", faults);
            false
        }
        None => {
            faults.push(
                fields.span.clone(),
                "an alias has no `same`",
                "add same = true or same = false",
            );
            false
        }
    };
    Alias {
        name: fields.required("name", "\"one spelling\"", faults),
        other: fields.required("other", "\"the other spelling\"", faults),
        same,
    }
}
