//! Reads a claim from its table.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Faults, Fields, number, wrong};
use crate::profile::{Claim, ListedName, Reference, Statement};

/// Reads a claim; `references` are those that it can cite.
pub(super) fn claim(
    table: &DeTable<'_>,
    span: Range<usize>,
    references: &[Reference],
    faults: &mut Faults,
) -> Claim {
    let shared = [
        "id", "kind", "cites", "section", "place", "sentence", "bytes", "spans",
    ];
    let kind = table
        .iter()
        .find(|pair| pair.0.get_ref().as_ref() == "kind")
        .and_then(|table| table.1.get_ref().as_str());
    let own: &[&str] = match kind {
        Some("listed") => &["relation", "names", "complete"],
        Some("quoted" | "figure" | "stated") => &["exact"],
        Some("relation") => &["subject", "relation", "object"],
        _ => &[
            "relation", "names", "complete", "exact", "subject", "object",
        ],
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
            complete: fields.truth("complete", faults),
        },
        Some("quoted") => Statement::Quoted {
            exact: fields.required("exact", "\"the quoted words\"", faults),
        },
        Some("figure") => Statement::Figure {
            exact: fields.required("exact", "\"134 countries\"", faults),
        },
        Some("relation") => Statement::Relation {
            subject: fields.required("subject", "\"the first organization\"", faults),
            relation: fields.required("relation", "\"project of\"", faults),
            object: fields.required("object", "\"the second organization\"", faults),
        },
        Some("stated") => Statement::Stated {
            exact: fields.required("exact", "\"the sentence\"", faults),
        },
        _ => {
            let at = fields.value("kind").map_or(span.clone(), Spanned::span);
            let what = kind.map_or("a claim has no `kind`".to_owned(), |kind| {
                format!("`{kind}` is not a kind of claim")
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
        sentence: fields.text("sentence", faults),
        bytes: fields.span("bytes", faults),
        spans: fields.spans("spans", faults),
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
        if !references
            .iter()
            .any(|reference| reference.number == number)
        {
            let have: Vec<String> = references
                .iter()
                .map(|reference| reference.number.to_string())
                .collect();
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
            DeValue::Array(parts) if parts.iter().all(|part| part.get_ref().is_str()) => {
                let parts = parts.iter().filter_map(|part| part.get_ref().as_str());
                names.push(ListedName::Ambiguous(parts.map(str::to_owned).collect()));
            }
            _ => wrong(it, "names", WANT, faults),
        }
    }
    names
}
