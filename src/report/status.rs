//! The table of the references of a profile: fate, visits, and what depends on them.

use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use unicode_width::UnicodeWidthStr;

use super::{
    Label,
    label::Tone,
    terminal::{Ink, Sheet, Style, cut, safe},
    words,
};
use crate::{clock::Instant, finding::Fate};

/// The line of one reference in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusRow {
    /// The number of the reference.
    pub reference: u32,
    /// Its title, or its address if it has no title.
    pub title: String,
    /// The fate of its page.
    pub fate: Fate,
    /// The last visit.
    pub last_visit: Option<Instant>,
    /// The last visit that found it changed.
    pub last_change: Option<Instant>,
    /// The time of the next visit.
    pub next_due: Option<Instant>,
    /// Why then, as a sentence; empty for a reference without a page.
    pub why_due: String,
    /// How many claims cite it.
    pub claims_resting: usize,
    /// How many findings on it need a decision.
    pub open_findings: usize,
}

const NAMES: [&str; 8] = [
    "ref", "title", "fate", "visited", "changed", "due", "claims", "open",
];

/// The column that shrinks on a narrow terminal.
const TITLE: usize = 1;

/// The least columns of a title.
const SHORTEST: usize = 12;

/// The table of `rows`, no wider than the terminal, with a line break at the end. A row is one line: a long title is cut.
#[must_use]
pub fn status_table(rows: &[StatusRow], style: &Style) -> String {
    if rows.is_empty() {
        return "no references\n".to_owned();
    }
    // Dates have minutes only if there is room for them.
    let wide = style.width >= 110;
    let padding: usize = if wide { 2 } else { 1 };
    let due = if wide { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d" };
    let day = |it: Option<Instant>| it.map_or("–".to_owned(), words::day);
    let mut cells: Vec<[String; NAMES.len()]> = rows
        .iter()
        .map(|row| {
            [
                row.reference.to_string(),
                safe(&row.title),
                Label::of_fate(&row.fate).words().to_owned(),
                day(row.last_visit),
                day(row.last_change),
                row.next_due.map_or("–".to_owned(), |next_due| {
                    next_due.format(due).to_string()
                }),
                row.claims_resting.to_string(),
                row.open_findings.to_string(),
            ]
        })
        .collect();
    let widest = |at: usize| {
        let widths = cells.iter().map(|cell| cell[at].width());
        widths.max().unwrap_or_default().max(NAMES[at].width())
    };
    let others = (0..NAMES.len()).filter(|it| *it != TITLE).map(widest);
    // There is one more space between two columns.
    let between = NAMES.len() * padding + NAMES.len() - 1;
    let room = style.width.saturating_sub(others.sum::<usize>() + between);
    for row in &mut cells {
        row[TITLE] = cut(&row[TITLE], room.max(SHORTEST));
    }
    let mut table = Table::new();
    table
        .load_preset("     ──            ")
        .set_content_arrangement(ContentArrangement::Disabled);
    if style.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(NAMES.map(|it| Cell::new(it).add_attribute(Attribute::Bold)));
    for (row, texts) in rows.iter().zip(cells) {
        let tone = Label::of_fate(&row.fate).tone();
        let cells = texts.into_iter().zip(NAMES).map(|(text, name)| {
            let cell = Cell::new(text);
            match name {
                "fate" => cell.fg(color(tone)),
                "ref" | "claims" | "open" => cell.set_alignment(CellAlignment::Right),
                _ => cell,
            }
        });
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, u16::try_from(padding).unwrap_or(1)));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text + &reasons(rows, style)
}

/// Why the pages are due when they are: a line for each reason, with the references.
fn reasons(rows: &[StatusRow], style: &Style) -> String {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for row in rows.iter().filter(|row| !row.why_due.is_empty()) {
        let number = row.reference.to_string();
        match reasons.iter_mut().find(|it| it.0 == row.why_due) {
            Some(reason) => reason.1.push(number),
            None => reasons.push((&row.why_due, vec![number])),
        }
    }
    let mut sheet = Sheet::new(style);
    for (why, numbers) in &reasons {
        let many = if numbers.len() == 1 {
            "reference"
        } else {
            "references"
        };
        let shown = numbers.iter().take(10).cloned().collect::<Vec<_>>();
        let more = match numbers.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let line = format!("due, {many} {}{more}: {why}", shown.join(", "));
        sheet.paragraph("", 2, &[(line.as_str(), Ink::Plain)]);
    }
    sheet.finish()
}

fn color(tone: Tone) -> Color {
    match tone {
        Tone::Good => Color::Green,
        Tone::Bad => Color::Red,
        Tone::Changed => Color::Yellow,
        Tone::Fresh => Color::Cyan,
        Tone::Unknown => Color::Magenta,
    }
}
