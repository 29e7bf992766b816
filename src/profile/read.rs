//! A profile out of its TOML file; what cannot be read is told with its line and column and what to write instead.

use std::{ops::Range, path::Path};

use chrono::NaiveDate;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Alias, Claim, ListedName, Profile, Reference, Statement,
    fault::{Fault, ProfileError},
    format_version, name_claims,
};
use crate::uri::TargetUri;

impl Profile {
    /// Reads a profile's file; `path` is what errors call it.
    ///
    /// # Errors
    /// Bytes that are not UTF-8, and whatever [`Self::from_toml`] refuses.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, ProfileError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from_toml(text, path),
            Err(error) => {
                let at = error.valid_up_to();
                let before = bytes.get(..at).unwrap_or_default();
                let start = before
                    .iter()
                    .rposition(|it| *it == b'\n')
                    .map_or(0, |it| it + 1);
                let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default())
                    .chars()
                    .count();
                Err(ProfileError {
                    path: path.to_owned(),
                    text: String::new(),
                    faults: vec![Fault {
                        span: at..at + 1,
                        line: before.split(|it| *it == b'\n').count(),
                        column: column + 1,
                        what: format!("byte {at} is not UTF-8"),
                        hint: "save the file as UTF-8; TOML has no other encoding".to_owned(),
                    }],
                })
            }
        }
    }

    /// Reads a profile from TOML; `path` is what errors call it.
    ///
    /// The text of `every` is kept as it is: what it means is for the schedule to say.
    ///
    /// # Errors
    /// What is not TOML, an unknown key, a value of another type, a claim that cites a number no reference has, an
    /// address that cannot be visited, two references of one number, two claims of one id, a newer format.
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

/// A table whose keys are known.
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
                    .map(|it| (strsim::damerau_levenshtein(it, word), *it))
                    .min()
                    .filter(|it| it.0 <= 3.min(1 + word.chars().count() / 3));
                let hint = nearest.map_or_else(
                    || format!("{name} has these keys: {}", known.join(", ")),
                    |it| format!("did you mean `{}`?", it.1),
                );
                faults.push(key.span(), format!("unknown key `{word}` in {name}"), hint);
            }
        }
        Self { table, span, name }
    }

    fn value(&self, key: &str) -> Option<&'a Value<'i>> {
        self.table
            .iter()
            .find(|it| it.0.get_ref().as_ref() == key)
            .map(|it| it.1)
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
            DeValue::Datetime(it) => it.date.map(|it| it.to_string()),
            DeValue::String(it) => Some(it.to_string()),
            _ => None,
        };
        let date = text.and_then(|it| NaiveDate::parse_from_str(&it, "%Y-%m-%d").ok());
        if date.is_none() {
            wrong(value, key, "a day such as 2022-10-21", faults);
        }
        date
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
                    .is_some_and(|it| it.len() == tables.len()) =>
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
                    "update stillsays, or write the profile anew with `stillsays profile import`",
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
        ..Profile::default()
    };
    for (table, span) in fields.tables("references", faults) {
        let reference = reference(table, span.clone(), faults);
        if profile.reference(reference.number).is_some() {
            faults.push(
                span,
                format!("reference {} is given twice", reference.number),
                "number the references apart",
            );
        }
        profile.references.push(reference);
    }
    for (table, span) in fields.tables("claims", faults) {
        let claim = claim(table, span.clone(), &profile.references, faults);
        if !claim.id.is_empty() && profile.claims.iter().any(|it| it.id == claim.id) {
            faults.push(
                span,
                format!("two claims have the id `{}`", claim.id),
                "give each an id of its own; reviews are kept under it",
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
    }
}

fn claim(
    table: &DeTable<'_>,
    span: Range<usize>,
    references: &[Reference],
    faults: &mut Faults,
) -> Claim {
    let shared = ["id", "kind", "cites", "section", "place"];
    let kind = table
        .iter()
        .find(|it| it.0.get_ref().as_ref() == "kind")
        .and_then(|it| it.1.get_ref().as_str());
    let own: &[&str] = match kind {
        Some("listed") => &["relation", "names"],
        Some("quoted" | "figure" | "stated") => &["exact"],
        Some("relation") => &["subject", "relation", "object"],
        _ => &["relation", "names", "exact", "subject", "object"],
    };
    let known: Vec<&str> = shared.iter().chain(own).copied().collect();
    let name = match kind {
        Some(kind @ ("listed" | "quoted" | "figure" | "relation" | "stated")) => {
            format!("a {kind} claim")
        }
        _ => "a claim".to_owned(),
    };
    let fields = Fields::new(table, span.clone(), &name, &known, faults);
    let statement = match kind {
        Some("listed") => Statement::Listed {
            relation: fields.text("relation", faults),
            names: names(&fields, faults),
        },
        Some("quoted") => Statement::Quoted {
            exact: fields.required("exact", "\"the quoted words\"", faults),
        },
        Some("figure") => Statement::Figure {
            exact: fields.required("exact", "\"134 countries\"", faults),
        },
        Some("relation") => Statement::Relation {
            subject: fields.required("subject", "\"the one\"", faults),
            relation: fields.required("relation", "\"project of\"", faults),
            object: fields.required("object", "\"the other\"", faults),
        },
        Some("stated") => Statement::Stated {
            exact: fields.required("exact", "\"the sentence\"", faults),
        },
        _ => {
            let at = fields.value("kind").map_or(span.clone(), Spanned::span);
            let what = kind.map_or("a claim has no `kind`".to_owned(), |it| {
                format!("`{it}` is no kind of claim")
            });
            faults.push(
                at,
                what,
                "kind is one of \"listed\", \"quoted\", \"figure\", \"relation\", \"stated\"",
            );
            Statement::Stated {
                exact: String::new(),
            }
        }
    };
    Claim {
        id: fields.text("id", faults).unwrap_or_default(),
        cites: cites(&fields, references, faults),
        section: fields.text("section", faults),
        place: fields.text("place", faults),
        statement,
    }
}

fn cites(fields: &Fields<'_, '_>, references: &[Reference], faults: &mut Faults) -> Vec<u32> {
    let Some(value) = fields.value("cites") else {
        return Vec::new();
    };
    let Some(list) = value.get_ref().as_array() else {
        wrong(
            value,
            "cites",
            "the numbers of references, such as [1, 2]",
            faults,
        );
        return Vec::new();
    };
    let mut cites = Vec::new();
    for it in list {
        let Some(number) = number(it) else {
            wrong(
                it,
                "cites",
                "the numbers of references, such as [1, 2]",
                faults,
            );
            continue;
        };
        if !references.iter().any(|it| it.number == number) {
            let have: Vec<String> = references.iter().map(|it| it.number.to_string()).collect();
            let hint = if have.is_empty() {
                "the profile has no references: add a [[references]] table above the claims"
                    .to_owned()
            } else {
                format!(
                    "the references are {}; add the missing one or correct the number",
                    have.join(", ")
                )
            };
            faults.push(
                it.span(),
                format!("cites reference {number}, which the profile does not have"),
                hint,
            );
        }
        cites.push(number);
    }
    cites
}

fn names(fields: &Fields<'_, '_>, faults: &mut Faults) -> Vec<ListedName> {
    const WANT: &str = "a list of names, each a text in quotes or a bracketed list of its parts";
    let Some(value) = fields.value("names") else {
        faults.push(
            fields.span.clone(),
            "a listed claim has no `names`",
            "add names = [\"First Name\", \"Second Name\"]",
        );
        return Vec::new();
    };
    let Some(list) = value.get_ref().as_array() else {
        wrong(value, "names", WANT, faults);
        return Vec::new();
    };
    let mut names = Vec::new();
    for it in list {
        match it.get_ref() {
            DeValue::String(name) => names.push(ListedName::One(name.to_string())),
            DeValue::Array(parts) if parts.iter().all(|it| it.get_ref().is_str()) => {
                let parts = parts.iter().filter_map(|it| it.get_ref().as_str());
                names.push(ListedName::Ambiguous(parts.map(str::to_owned).collect()));
            }
            _ => wrong(it, "names", WANT, faults),
        }
    }
    names
}

fn alias(table: &DeTable<'_>, span: Range<usize>, faults: &mut Faults) -> Alias {
    let fields = Fields::new(table, span, "an alias", &["name", "other", "same"], faults);
    let same = fields.value("same");
    let same = match same.map(|it| (it, it.get_ref().as_bool())) {
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
