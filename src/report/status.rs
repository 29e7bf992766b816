//! The table of the references of a profile: fate, visits, and what depends on them.

use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use unicode_width::UnicodeWidthStr;

use super::{
    Label,
    label::Tone,
    terminal::{Style, cut, safe},
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
