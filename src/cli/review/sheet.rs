//! Decisions from a sheet: the CSV that `report --format csv` writes, with its column `decision` filled in.

use std::path::Path;

use chrono::NaiveDate;

use super::{Failure, Made};
use crate::finding::{Decision, Mistake, Outcome, Terms};

/// The decisions in a sheet. Rows without a decision are skipped.
///
/// The columns are found by their names: `finding` and `decision` are required; `reason`, `words`, `until`, `note` and `by` are
/// optional. The parameters `by` and `note` fill empty fields.
///
/// # Errors
/// The file cannot be read, a column is missing, or a decision is not valid; each with its line.
pub(super) fn read(file: &Path, by: &str, note: Option<&str>) -> Result<Vec<Made>, Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        let error = anyhow::Error::from(error);
        Failure::usage(error.context(format!("{} cannot be read", file.display())))
    })?;
    // Spreadsheets save CSV with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(bytes))
        .flexible(true)
        .from_reader(bytes);
    let bad = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        Failure::usage(anyhow::anyhow!("{}:{line}: {error}", file.display()))
            .hint("save the sheet as CSV in UTF-8")
    };
    let columns = Columns::among(reader.headers().map_err(|header| bad(&header))?, file)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|it| bad(&it))?;
        let line = record.position().map_or(0, csv::Position::line);
        let place = format!("{}:{line}", file.display());
        rows.extend(columns.row(&record, place, by, note)?);
    }
    if rows.is_empty() {
        return Err(
            Failure::usage(anyhow::anyhow!("{}: no row has a decision", file.display()))
                .hint("fill in the column `decision`: change, leave, reject or later"),
        );
    }
    Ok(rows)
}

/// The separator of the fields: in some countries, spreadsheets write semicolons.
fn delimiter(bytes: &[u8]) -> u8 {
    let head = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |wanted: u8| head.iter().copied().filter(|byte| *byte == wanted).count();
    let often = [b'\t', b';', b','].into_iter().max_by_key(|it| count(*it));
    often.unwrap_or(b',')
}

/// Where the columns of a sheet are.
struct Columns {
    finding: usize,
    decision: usize,
    reason: Option<usize>,
    words: Option<usize>,
    until: Option<usize>,
    note: Option<usize>,
    by: Option<usize>,
}

impl Columns {
    fn among(headers: &csv::StringRecord, file: &Path) -> Result<Self, Failure> {
        let find = |name: &str| {
            let mut headers = headers.iter();
            headers.position(|header| header.trim().eq_ignore_ascii_case(name))
        };
        let need = |name: &str| {
            find(name).ok_or_else(|| {
                let file = file.display();
                Failure::usage(anyhow::anyhow!("{file}:1: there is no column `{name}`"))
                    .hint("`stillsays report --format csv` writes a sheet with all columns")
            })
        };
        Ok(Self {
            finding: need("finding")?,
            decision: need("decision")?,
            reason: find("reason"),
            words: find("words"),
            until: find("until"),
            note: find("note"),
            by: find("by"),
        })
    }

    /// The decision of a row; `None` if the field is empty.
    fn row(
        &self,
        record: &csv::StringRecord,
        place: String,
        by: &str,
        note: Option<&str>,
    ) -> Result<Option<Made>, Failure> {
        let field = |column: Option<usize>| field(record, column);
        let Some(word) = field(Some(self.decision)) else {
            return Ok(None);
        };
        let wrong = |what: String, hint: &str| {
            Failure::usage(anyhow::anyhow!("{place}: {what}")).hint(hint.to_owned())
        };
        let (decision, outcome) = decision_of(&word).ok_or_else(|| {
            wrong(
                format!("`{word}` is not a decision"),
                "write change, leave, accept, reject, later or undo, or nothing",
            )
        })?;
        let mistake = field(self.reason).map(|reason| {
            mistake_of(&reason).ok_or_else(|| {
                wrong(
                    format!("`{reason}` is not a reason"),
                    "write same-name, other-body, on-page, bad-copy or other",
                )
            })
        });
        let until = field(self.until).map(|day| {
            day.parse::<NaiveDate>()
                .map_err(|_| wrong(format!("`{day}` is not a day"), "write it as 2027-01-31"))
        });
        let terms = Terms {
            outcome,
            mistake: mistake.transpose()?,
            words: field(self.words).map(|it| super::quoted(&it)),
            until: until.transpose()?,
            ..Terms::default()
        };
        let finding = field(Some(self.finding)).ok_or_else(|| {
            wrong(
                "the row has no finding".to_owned(),
                "keep the column `finding` as it is",
            )
        })?;
        Ok(Some(Made {
            finding,
            decision,
            by: field(self.by).unwrap_or_else(|| by.to_owned()),
            note: field(self.note).or_else(|| note.map(str::to_owned)),
            terms,
            place: Some(place),
        }))
    }
}

/// A non-empty field, without the apostrophe that keeps a spreadsheet from reading it as a formula.
fn field(record: &csv::StringRecord, column: Option<usize>) -> Option<String> {
    let text = record.get(column?)?.trim();
    let text = text.strip_prefix('\'').unwrap_or(text);
    (!text.is_empty()).then(|| text.to_owned())
}

/// A decision in the words of the sheet.
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
