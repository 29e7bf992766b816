//! Decisions from a sheet: the CSV that `report --format csv` writes, with its column `decision` filled in.

use std::path::Path;

use chrono::NaiveDate;

use super::{Failure, Made};
use crate::finding::{Decision, Mistake, Outcome, Terms};

/// The decisions in a sheet. Rows without one are passed over.
///
/// The columns are found by their names: `finding` and `decision` are needed; `reason`, `until`, `note` and `by` may be
/// there. `by` and `note` stand for empty fields.
///
/// # Errors
/// The file cannot be read, a column is missing, or a row has a decision that is not one; each with its line.
pub(super) fn read(file: &Path, by: &str, note: Option<&str>) -> Result<Vec<Made>, Failure> {
    let bytes = std::fs::read(file).map_err(|it| {
        Failure::usage(
            anyhow::Error::from(it).context(format!("{} cannot be read", file.display())),
        )
    })?;
    // Spreadsheets save CSV with a byte order mark, and in some countries with semicolons.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let head = bytes.split(|it| *it == b'\n').next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|it| head.iter().filter(|byte| *byte == it).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(true)
        .from_reader(bytes);
    let bad = |error: &csv::Error, line: u64| {
        Failure::usage(anyhow::anyhow!("{}:{line}: {error}", file.display()))
            .hint("save the sheet as CSV in UTF-8")
    };
    let headers = reader.headers().map_err(|it| bad(&it, 1))?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|it| it.trim().eq_ignore_ascii_case(name))
    };
    let needed = |name: &str| {
        column(name).ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "{}:1: there is no column `{name}`",
                file.display()
            ))
            .hint("`stillsays report --format csv` writes a sheet with all columns")
        })
    };
    let (finding, decision) = (needed("finding")?, needed("decision")?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|it| {
            let line = it.position().map_or(0, csv::Position::line);
            bad(&it, line)
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |column: Option<usize>| {
            let text = column
                .and_then(|it| record.get(it))
                .unwrap_or_default()
                .trim();
            // The apostrophe that keeps a spreadsheet from taking the field for a formula.
            let text = text.strip_prefix('\'').unwrap_or(text);
            (!text.is_empty()).then(|| text.to_owned())
        };
        let Some(word) = field(Some(decision)) else {
            continue;
        };
        let place = format!("{}:{line}", file.display());
        let wrong = |what: String, hint: &str| {
            Failure::usage(anyhow::anyhow!("{place}: {what}")).hint(hint.to_owned())
        };
        let (decision, outcome) = decision_of(&word).ok_or_else(|| {
            wrong(
                format!("`{word}` is not a decision"),
                "write change, leave, accept, reject, later or undo, or nothing",
            )
        })?;
        let mistake = match field(column("reason")) {
            Some(reason) => Some(mistake_of(&reason).ok_or_else(|| {
                wrong(
                    format!("`{reason}` is not a reason"),
                    "write same-name, other-body, on-page, bad-copy or other",
                )
            })?),
            None => None,
        };
        let until =
            match field(column("until")) {
                Some(day) => Some(day.parse::<NaiveDate>().map_err(|_| {
                    wrong(format!("`{day}` is not a day"), "write it as 2027-01-31")
                })?),
                None => None,
            };
        rows.push(Made {
            finding: field(Some(finding)).ok_or_else(|| {
                wrong(
                    "the row has no finding".into(),
                    "keep the column `finding` as it is",
                )
            })?,
            place: Some(place.clone()),
            decision,
            by: field(column("by")).unwrap_or_else(|| by.to_owned()),
            note: field(column("note")).or_else(|| note.map(str::to_owned)),
            terms: Terms {
                outcome,
                mistake,
                until,
                batch: None,
            },
        });
    }
    if rows.is_empty() {
        return Err(
            Failure::usage(anyhow::anyhow!("{}: no row has a decision", file.display()))
                .hint("fill in the column `decision`: change, leave, reject or later"),
        );
    }
    Ok(rows)
}

/// A decision as people write it.
fn decision_of(word: &str) -> Option<(Option<Decision>, Option<Outcome>)> {
    Some(match word.to_lowercase().as_str() {
        "change" | "change the article" | "edit" => (Some(Decision::Accept), Some(Outcome::Edit)),
        "leave" | "leave the article" | "keep" => (Some(Decision::Accept), Some(Outcome::Keep)),
        "accept" => (Some(Decision::Accept), None),
        "reject" | "wrong" => (Some(Decision::Reject), None),
        "later" => (Some(Decision::Later), None),
        "undo" => (None, None),
        _ => return None,
    })
}

fn mistake_of(word: &str) -> Option<Mistake> {
    Some(match word.to_lowercase().as_str() {
        "same-name" => Mistake::SameName,
        "other-body" => Mistake::OtherBody,
        "on-page" => Mistake::OnPage,
        "bad-copy" => Mistake::BadCopy,
        "other" => Mistake::Other,
        _ => return None,
    })
}
