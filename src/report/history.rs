//! The history of a claim: one line per name with one mark per capture, and a summary in words.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    label::Label,
    terminal::{Ink, Sheet, Style, safe},
    words,
};
use crate::{clock::Instant, finding::Verdict};

/// What the captures of one cited page say about a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryOfPage {
    /// The page: number of the reference, title, address.
    pub title: String,
    /// The dates of its captures, oldest first.
    pub dates: Vec<Instant>,
    /// One row for each name or phrase of the claim.
    pub rows: Vec<HistoryRow>,
    /// Those of the dates that are of copies from other archives, with the archive: `as held by web.archive.org`.
    pub copies: Vec<(Instant, String)>,
}

impl HistoryOfPage {
    fn is_copy(&self, date: Instant) -> bool {
        self.copies.iter().any(|copy| copy.0 == date)
    }
}

/// What the captures say about one name, phrase or figure.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// The name, the words or the number.
    pub subject: String,
    /// What each capture says, in the order of the dates.
    pub verdicts: Vec<Verdict>,
}

/// Columns before a line.
const MARGIN: usize = 2;
/// The largest share of the terminal's width that a name takes.
const NAME_SHARE: usize = 2;
/// A date and the space behind it.
const DATE: usize = 12;

/// The history of a claim as text for a terminal: complete without colour, and no wider than the terminal.
#[must_use]
pub fn history_text(heading: &str, pages: &[HistoryOfPage], style: &Style) -> String {
    let mut sheet = Sheet::new(style);
    sheet.paragraph("", 0, &[(heading, Ink::Strong)]);
    for page in pages {
        sheet.blank();
        sheet.paragraph("", MARGIN, &[(&page.title, Ink::Faint)]);
        if page.dates.is_empty() {
            sheet.paragraph("  ", MARGIN, &[("no captures yet", Ink::Plain)]);
        } else {
            table(&mut sheet, page);
        }
    }
    let labels = pages
        .iter()
        .flat_map(|page| &page.rows)
        .flat_map(|row| &row.verdicts)
        .map(Label::of_verdict);
    let labels: std::collections::BTreeSet<Label> = labels.collect();
    if !labels.is_empty() {
        let key: Vec<String> = labels
            .iter()
            .map(|label| format!("{} {}", label.sign(), label.words().replace(' ', "\u{a0}")))
            .collect();
        sheet.blank();
        sheet.paragraph("", 0, &[(&key.join("   "), Ink::Faint)]);
    }
    sheet.finish()
}

/// Which captures are shown, how wide the column of a mark is, and how many captures are left out.
struct Columns {
    shown: Vec<usize>,
    width: usize,
    left_out: usize,
}

fn columns(page: &HistoryOfPage, room: usize) -> Columns {
    let all: Vec<usize> = (0..page.dates.len()).collect();
    let spaced = all.len() * DATE <= room;
    if spaced || all.len() <= room {
        return Columns {
            width: if spaced { DATE } else { 1 },
            shown: all,
            left_out: 0,
        };
    }
    // Captures that say the same as the one before are left out first, then the oldest.
    let says = |row: &HistoryRow, at: usize| row.verdicts.get(at).map(Label::of_verdict);
    let mut shown: Vec<usize> = all
        .iter()
        .copied()
        .filter(|&at| {
            at == 0
                || at + 1 == all.len()
                || page
                    .rows
                    .iter()
                    .any(|row| says(row, at) != says(row, at - 1))
        })
        .collect();
    if shown.len() > room {
        shown.drain(..shown.len() - room);
    }
    Columns {
        width: 1,
        left_out: all.len() - shown.len(),
        shown,
    }
}

fn table(sheet: &mut Sheet, page: &HistoryOfPage) {
    let widest = page.rows.iter().map(|row| safe(&row.subject).width()).max();
    let most = sheet.style.width / NAME_SHARE - MARGIN;
    let name = widest.unwrap_or_default().clamp(8, most);
    let room = sheet.style.width.saturating_sub(MARGIN + name + 2).max(8);
    let columns = columns(page, room);
    let space = " ".repeat(MARGIN + name + 2);
    sheet.raw(&[(&space, Ink::Plain), (&axis(page, &columns), Ink::Faint)]);
    for row in &page.rows {
        let subject = shortened(&safe(&row.subject), name);
        let mut parts = vec![
            ("  ".to_owned(), Ink::Plain),
            (filled(&subject, name + 2), Ink::Plain),
        ];
        for at in &columns.shown {
            let (sign, ink) = row.verdicts.get(*at).map_or((" ", Ink::Plain), |verdict| {
                let label = Label::of_verdict(verdict);
                (label.sign(), Ink::Tone(label.tone()))
            });
            parts.push((sign.to_owned(), ink));
            parts.push((" ".repeat(columns.width - 1), Ink::Plain));
        }
        let words = safe(&spans(&page.dates, &row.verdicts));
        let used = MARGIN + name + 2 + columns.shown.len() * columns.width;
        let beside = used + 2 + words.width() <= sheet.style.width;
        if beside {
            parts.push((format!("  {words}"), Ink::Faint));
        }
        let parts: Vec<(&str, Ink)> = parts.iter().map(|part| (part.0.as_str(), part.1)).collect();
        sheet.raw(&parts);
        let label = row.verdicts.first().map(Label::of_verdict);
        let steady = row
            .verdicts
            .iter()
            .all(|verdict| Some(Label::of_verdict(verdict)) == label);
        // If all marks are the same, they say what the words would.
        if !beside && !steady {
            sheet.paragraph("      ", 6, &[(&words, Ink::Faint)]);
        }
    }
    let mut notes: Vec<String> = Vec::new();
    for (date, held_by) in &page.copies {
        let mark = if columns.width >= DATE { "* " } else { "" };
        notes.push(format!("{mark}{}: {held_by}", words::day(*date)));
    }
    for note in notes {
        sheet.paragraph("  ", MARGIN, &[(&note, Ink::Faint)]);
    }
    if columns.left_out > 0 {
        let note = format!(
            "{} of {} captures are left out: they changed nothing, or are the oldest",
            columns.left_out,
            page.dates.len()
        );
        sheet.paragraph("  ", MARGIN, &[(&note, Ink::Faint)]);
    }
}

/// The dates above the marks: in full if there is room, else each year at its first capture.
fn axis(page: &HistoryOfPage, columns: &Columns) -> String {
    let dates = columns.shown.iter().filter_map(|it| page.dates.get(*it));
    if columns.width >= DATE {
        return dates
            .map(|date| {
                let mark = if page.is_copy(*date) { "*" } else { "" };
                filled(&format!("{}{mark}", words::day(*date)), columns.width)
            })
            .collect();
    }
    let mut line = String::new();
    let mut last = String::new();
    for (at, date) in dates.enumerate() {
        let year = date.format("%Y").to_string();
        if year == last {
            continue;
        }
        // A year without room after the one before is left out.
        if line.is_empty() || line.width() < at {
            line.push_str(&" ".repeat(at - line.width()));
            line.push_str(&year);
        }
        last = year;
    }
    line
}

/// A series in words: `present 2022-10-22 … 2024-03-01, absent from 2024-06-10`; the dates are those of captures.
#[must_use]
pub fn spans(dates: &[Instant], verdicts: &[Verdict]) -> String {
    let mut runs: Vec<(String, Instant, Instant)> = Vec::new();
    for (date, verdict) in dates.iter().zip(verdicts) {
        let what = phrase(verdict);
        match runs.last_mut() {
            Some(last) if last.0 == what => last.2 = *date,
            _ => runs.push((what, *date, *date)),
        }
    }
    let seen = verdicts
        .iter()
        .any(|verdict| !matches!(verdict, Verdict::Absent | Verdict::CannotTell { .. }));
    let mut phrases: Vec<String> = Vec::new();
    for (at, (what, from, to)) in runs.iter().enumerate() {
        let (first_day, last_day) = (words::day(*from), words::day(*to));
        // The run before the last one ended at the capture just before `from`.
        phrases.push(if at > 0 && at + 1 == runs.len() {
            format!("{what} from {first_day}")
        } else if first_day == last_day {
            format!("{what} {first_day}")
        } else {
            format!("{what} {first_day} … {last_day}")
        });
    }
    if !seen && !phrases.is_empty() {
        phrases.push("never seen".to_owned());
    }
    phrases.join(", ")
}

fn phrase(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Elsewhere { place } => format!("elsewhere on the page ({place})"),
        Verdict::MovedList { to, .. } => format!("in the list “{to}”"),
        Verdict::Renamed { to, .. } => format!("renamed to “{to}”"),
        Verdict::Merged { into, .. } => format!("merged into “{into}”"),
        Verdict::Split { into } => format!("split into {}", words::quoted(into)),
        Verdict::Altered { to, .. } => format!("altered to “{}”", shortened(to, 60)),
        Verdict::New => "listed".to_owned(),
        Verdict::Absent => "absent".to_owned(),
        other => Label::of_verdict(other).words().to_owned(),
    }
}

/// A text cut to `width` columns, with dots where it is cut.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.graphemes(true) {
        if short.width() + letter.width() + 1 > width {
            break;
        }
        short.push_str(letter);
    }
    format!("{}…", short.trim_end())
}

/// A text padded with spaces to `width` columns.
fn filled(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::parse_digits14, finding::Why};

    fn dates(all: &[&str]) -> Vec<Instant> {
        all.iter().map(|it| parse_digits14(it).unwrap()).collect()
    }

    fn untold() -> Verdict {
        Verdict::CannotTell {
            why: Why::FetchFailed,
            detail: String::new(),
        }
    }

    #[test]
    fn a_series_is_described_in_spans() {
        let days = dates(&["20221022", "20240301", "20240610"]);
        let in_words = |verdicts: &[Verdict]| spans(&days, verdicts);
        assert_eq!(
            in_words(&[Verdict::Present, Verdict::Present, Verdict::Absent]),
            "present 2022-10-22 … 2024-03-01, absent from 2024-06-10"
        );
        assert_eq!(
            in_words(&[Verdict::Absent, untold(), Verdict::Absent]),
            "absent 2022-10-22, cannot tell 2024-03-01, absent from 2024-06-10, never seen"
        );
        assert_eq!(
            in_words(&[Verdict::Present, Verdict::Present, Verdict::Present]),
            "present 2022-10-22 … 2024-06-10"
        );
    }

    #[test]
    fn every_capture_has_a_mark_and_no_line_is_wider_than_the_terminal() {
        let days: Vec<Instant> = (0..30)
            .map(|it| parse_digits14("20220101").unwrap() + chrono::TimeDelta::days(it * 40))
            .collect();
        let row = |name: &str, gone: usize| HistoryRow {
            subject: name.to_owned(),
            verdicts: (0..30)
                .map(|it| {
                    if it < gone {
                        Verdict::Present
                    } else {
                        Verdict::Absent
                    }
                })
                .collect(),
        };
        let page = HistoryOfPage {
            copies: Vec::new(),
            title: "[1] Partners — https://example.org/partners".into(),
            dates: days,
            rows: vec![
                row("Alder House", 12),
                row(
                    "A name that is much longer than half of what a narrow terminal has",
                    30,
                ),
            ],
        };
        for width in [40, 60, 80, 200] {
            let style = Style {
                color: false,
                width,
            };
            let text = history_text("Listed: partners", std::slice::from_ref(&page), &style);
            assert!(
                text.lines().all(|line| line.width() <= width),
                "{width}\n{text}"
            );
            assert!(text.contains("✓ present"), "{text}");
        }
        let wide = history_text("x", std::slice::from_ref(&page), &Style::default());
        assert!(
            wide.contains(&format!("{}{}", "✓".repeat(12), "✕".repeat(18))),
            "{wide}"
        );
        assert!(wide.contains("2022") && wide.contains("2024"), "{wide}");
    }

    #[test]
    fn captures_that_changed_nothing_give_way_on_a_narrow_terminal() {
        let start = parse_digits14("20220101").unwrap();
        let page = HistoryOfPage {
            copies: Vec::new(),
            title: "[1]".into(),
            dates: (0..100)
                .map(|it| start + chrono::TimeDelta::days(it))
                .collect(),
            rows: vec![HistoryRow {
                subject: "Alder House".into(),
                verdicts: (0..100)
                    .map(|it| {
                        if it < 50 {
                            Verdict::Present
                        } else {
                            Verdict::Absent
                        }
                    })
                    .collect(),
            }],
        };
        let text = history_text(
            "x",
            &[page],
            &Style {
                color: false,
                width: 60,
            },
        );
        assert!(text.contains("✓✕✕"), "{text}");
        assert!(text.contains("97 of 100 captures"), "{text}");
    }
}
