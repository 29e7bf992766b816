//! The report as CSV (RFC 4180), one row per finding, safe to open in a spreadsheet.

use super::{DecidedEntry, Entry, ReferenceSection, Report};
use crate::{
    clock::{Instant, warc_date},
    finding::Standing,
    text::visible,
};

/// The columns, in order. New ones come last.
const COLUMNS: [&str; 33] = [
    "finding",
    "profile",
    "claim",
    "cites",
    "label",
    "subject",
    "said",
    "since",
    "advice",
    "need",
    "standing",
    "reviewed_by",
    "reviewed_at",
    "note",
    "confidence",
    "changed_after",
    "changed_by",
    "first_seen",
    "last_seen",
    "capture_date",
    "target_uri",
    "payload_digest",
    "prefix",
    "exact",
    "suffix",
    "link",
    "row",
    "decision",
    "reason",
    "until",
    "by",
    "words",
    "state",
];

impl Report {
    /// The report as CSV: a header, one row per finding, then one row per review with the finding as it was; the column `row`
    /// distinguishes them. A reference without a finding has a row without an id.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        push(&mut out, &COLUMNS.map(str::to_owned));
        for reference in &self.references {
            match &reference.entry {
                Some(entry) => push(&mut out, &row(self, entry, &reference.advice)),
                None => push(&mut out, &bare(self, reference)),
            }
        }
        for entry in self.claims.iter().flat_map(|claim| &claim.entries) {
            push(&mut out, &row(self, entry, &entry.advice));
        }
        for entry in &self.decided {
            push(&mut out, &decided(self, entry));
        }
        out
    }
}

fn row(report: &Report, entry: &Entry, advice: &str) -> [String; COLUMNS.len()] {
    let finding = &entry.finding;
    let history = &finding.history;
    let evidence = finding.evidence.first();
    let quote = evidence.and_then(|evidence| evidence.quote.as_ref());
    let mark = entry.standing.mark();
    let standing = match entry.standing {
        Standing::Open => "open",
        Standing::CameBack(_) => "came-back",
        Standing::Later(_) => "later",
        Standing::Muted(_) => "muted",
        Standing::Accepted(_) => "accepted",
        Standing::Rejected(_) => "rejected",
    };
    let date = |it: Option<Instant>| it.map(warc_date).unwrap_or_default();
    let digest = evidence.and_then(|evidence| evidence.capture.payload_digest);
    [
        finding.id.to_string(),
        report.profile.clone(),
        finding.subject.claim().unwrap_or_default().to_owned(),
        numbers(&finding.cites),
        entry.label.key(),
        entry.subject.clone(),
        entry.said.clone(),
        entry.since.clone(),
        advice.to_owned(),
        entry.need.word().to_owned(),
        standing.to_owned(),
        mark.map(|mark| mark.by.clone()).unwrap_or_default(),
        date(mark.map(|mark| mark.at)),
        mark.and_then(|mark| mark.note.clone()).unwrap_or_default(),
        format!("{:.2}", finding.confidence),
        date(history.changed_after),
        date(history.changed_by),
        date(history.first_seen),
        date(history.last_seen),
        date(evidence.map(|evidence| evidence.capture.date)),
        evidence
            .map(|evidence| evidence.capture.target_uri.to_string())
            .unwrap_or_default(),
        digest.map(|digest| digest.to_string()).unwrap_or_default(),
        quote.map(|quote| quote.prefix.clone()).unwrap_or_default(),
        quote.map(|quote| quote.exact.clone()).unwrap_or_default(),
        quote.map(|quote| quote.suffix.clone()).unwrap_or_default(),
        evidence
            .and_then(|evidence| evidence.link.clone())
            .unwrap_or_default(),
        "finding".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        entry.state.key().to_owned(),
    ]
}

fn decided(report: &Report, it: &DecidedEntry) -> [String; COLUMNS.len()] {
    filled([
        ("finding", it.finding.id.to_string()),
        ("profile", report.profile.clone()),
        (
            "claim",
            it.finding.subject.claim().unwrap_or_default().to_owned(),
        ),
        ("cites", numbers(&it.finding.cites)),
        ("label", it.label.key()),
        ("subject", it.subject.clone()),
        ("said", it.said.clone()),
        ("standing", it.word().to_owned()),
        ("reviewed_by", it.by.clone()),
        ("reviewed_at", warc_date(it.at)),
        ("note", it.note.clone().unwrap_or_default()),
        ("state", it.state.key().to_owned()),
        ("row", "review".to_owned()),
    ])
}

fn bare(report: &Report, reference: &ReferenceSection) -> [String; COLUMNS.len()] {
    filled([
        ("profile", report.profile.clone()),
        ("cites", reference.number.to_string()),
        ("label", reference.label.key()),
        ("subject", reference.title.clone()),
        ("said", reference.said.clone()),
        ("advice", reference.advice.clone()),
        ("need", reference.need.word().to_owned()),
        ("target_uri", reference.address.clone().unwrap_or_default()),
        ("row", "reference".to_owned()),
    ])
}

/// A row in which only the given columns are filled.
fn filled<const N: usize>(fields: [(&str, String); N]) -> [String; COLUMNS.len()] {
    let mut row = [const { String::new() }; COLUMNS.len()];
    for (name, text) in fields {
        for (field, column) in row.iter_mut().zip(COLUMNS) {
            if column == name {
                field.clone_from(&text);
            }
        }
    }
    row
}

fn numbers(cites: &[u32]) -> String {
    let numbers: Vec<String> = cites.iter().map(ToString::to_string).collect();
    numbers.join(" ")
}

fn push(out: &mut String, row: &[String; COLUMNS.len()]) {
    for (at, field) in row.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&quoted(field));
    }
    out.push_str("\r\n");
}

/// A field as in RFC 4180 (2, rules 5 to 7). Text that a spreadsheet would read as a formula is prefixed with an apostrophe.
#[must_use]
pub fn quoted(field: &str) -> String {
    let field: String = field.chars().map(visible).collect();
    let formula = field
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || field.starts_with(['\t', '\r', '\n']);
    let field = if formula { format!("'{field}") } else { field };
    if field.contains([',', '"', '\r', '\n', '\'', ';']) || field != field.trim() {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_quotes_and_line_breaks_are_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
    }

    #[test]
    fn a_spreadsheet_sees_no_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"] {
            assert_eq!(quoted(hostile), format!("\"'{hostile}\""));
        }
    }
}
