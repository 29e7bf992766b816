//! The table of a profile's references: fate, visits, and what rests on them.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table,
};

use super::{
    Label,
    label::Tone,
    terminal::{Style, safe},
    words,
};
use crate::{clock::Instant, finding::Fate};

/// One reference's line in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusRow {
    /// The reference's number.
    pub reference: u32,
    /// Its title, or address where it has none.
    pub title: String,
    /// What became of its page.
    pub fate: Fate,
    /// When it was visited last.
    pub last_visit: Option<Instant>,
    /// When it was last found changed.
    pub last_change: Option<Instant>,
    /// When it is due.
    pub next_due: Option<Instant>,
    /// How many claims rest on it.
    pub claims_resting: usize,
    /// How many findings on it wait for a decision.
    pub open_findings: usize,
}

/// The column that gives way where the terminal is narrow.
const TITLE: usize = 1;

/// The table of `rows`, no wider than the terminal, with a line break at its end.
#[must_use]
pub fn status_table(rows: &[StatusRow], style: &Style) -> String {
    let mut table = Table::new();
    table
        .load_preset("     ──            ")
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width).unwrap_or(u16::MAX));
    if style.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    // Dates to the minute only where there is room for them.
    let wide = style.width >= 110;
    let due = if wide { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d" };
    let names = [
        "ref", "title", "fate", "visited", "changed", "due", "claims", "open",
    ];
    table.set_header(names.map(|it| Cell::new(it).add_attribute(Attribute::Bold)));
    for row in rows {
        let label = Label::of_fate(&row.fate);
        let number = |it: usize| Cell::new(it).set_alignment(CellAlignment::Right);
        let day = |it: Option<Instant>| Cell::new(it.map_or("–".to_owned(), words::day));
        let next = row.next_due.map(|it| it.format(due).to_string());
        table.add_row([
            number(row.reference as usize),
            Cell::new(safe(&row.title)),
            Cell::new(label.words()).fg(color(label.tone())),
            day(row.last_visit),
            day(row.last_change),
            Cell::new(next.unwrap_or("–".to_owned())),
            number(row.claims_resting),
            number(row.open_findings),
        ]);
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if wide { 2 } else { 1 }));
        if at != TITLE {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if rows.is_empty() {
        text.push_str("no references\n");
    }
    text
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
