//! Tables: the column of a table of records that names them, and tables that are but grids of cells.

use std::ops::Range;

use html5ever::local_name;
use memchr::memchr;

use super::{
    draft::{Draft, Sight},
    records,
};
use crate::{
    entity::Strategy,
    language::{Column, Lexicon},
};

/// A row: its cells.
struct Row {
    cells: Vec<usize>,
    head: bool,
}

/// Finds the lists in the tables of a page.
pub(super) fn find(sight: &Sight<'_>) -> Vec<Draft> {
    let tree = sight.tree;
    let mut drafts = Vec::new();
    for table in 1..tree.nodes.len() {
        if *tree.name(table) == local_name!("table") {
            drafts.extend(of_table(sight, table));
        }
    }
    drafts
}

fn of_table(sight: &Sight<'_>, table: usize) -> Vec<Draft> {
    let rows = rows_of(sight, table);
    let width = rows.iter().map(|it| it.cells.len()).max().unwrap_or(0);
    let head = rows
        .iter()
        .position(|it| it.head)
        .or_else(|| titled(sight, &rows));
    let body: Vec<&Row> = rows
        .iter()
        .enumerate()
        .filter(|(place, it)| !it.head && Some(*place) != head && !it.cells.is_empty())
        .map(|it| it.1)
        .collect();
    if body.is_empty() || width == 0 || width > 40 {
        return Vec::new();
    }
    let titles = head.map(|it| &rows[it]);
    let mut drafts = Vec::new();
    if (head.is_none() && width > 1 && is_grid(sight, &body)) || width == 1 {
        let cells: Vec<Range<usize>> = body
            .iter()
            .flat_map(|it| &it.cells)
            .map(|&it| it..sight.tree.nodes[it].end)
            .collect();
        let items = records::name(sight, &cells);
        if items.len() > 1 {
            drafts.push(Draft {
                strategy: if width == 1 {
                    Strategy::TableColumn
                } else {
                    Strategy::Cards
                },
                container: table,
                caption: None,
                items,
                bonus: 0.02,
            });
        }
        return drafts;
    }
    for column in 0..width {
        let cells: Vec<Range<usize>> = body
            .iter()
            .filter(|it| it.cells.len() * 2 > width)
            .filter_map(|it| it.cells.get(column))
            .map(|&it| it..sight.tree.nodes[it].end)
            .collect();
        let items = records::name(sight, &cells);
        if items.is_empty() || items.len() * 2 < body.len() {
            continue;
        }
        let title = titles
            .and_then(|it| it.cells.get(column))
            .map(|&it| sight.text(&sight.flow.spans[it]))
            .unwrap_or_default();
        let first = if column == 0 { 0.04 } else { 0.0 };
        let distinct = distinct_share(sight, &items);
        drafts.push(Draft {
            strategy: Strategy::TableColumn,
            container: table,
            caption: None,
            items,
            bonus: title_bonus(title) + first - (1.0 - distinct) * 0.4,
        });
    }
    drafts
}

fn rows_of(sight: &Sight<'_>, table: usize) -> Vec<Row> {
    let tree = sight.tree;
    let mut rows = Vec::new();
    for part in tree.elements(table) {
        let parts: Vec<usize> = match *tree.name(part) {
            local_name!("tr") => vec![part],
            local_name!("tbody") | local_name!("thead") | local_name!("tfoot") => tree
                .elements(part)
                .filter(|&it| *tree.name(it) == local_name!("tr"))
                .collect(),
            _ => continue,
        };
        let in_head = *tree.name(part) == local_name!("thead");
        for row in parts {
            let cells: Vec<usize> = tree
                .elements(row)
                .filter(|&it| matches!(*tree.name(it), local_name!("td") | local_name!("th")))
                .collect();
            let all_heads =
                cells.len() > 1 && cells.iter().all(|&it| *tree.name(it) == local_name!("th"));
            rows.push(Row {
                cells,
                head: in_head || all_heads,
            });
        }
    }
    rows
}

/// The first row as the row of titles, where it says so by its words alone.
fn titled(sight: &Sight<'_>, rows: &[Row]) -> Option<usize> {
    let first = rows.iter().position(|it| !it.cells.is_empty())?;
    let known = rows[first]
        .cells
        .iter()
        .filter(|&&it| title_bonus(sight.text(&sight.flow.spans[it])) != 0.0)
        .count();
    (rows.len() > 2 && known > 0 && known * 2 >= rows[first].cells.len()).then_some(first)
}

/// What a column's title says about its being the name.
fn title_bonus(title: &str) -> f64 {
    let lower = title.trim().trim_end_matches(':').to_lowercase();
    if lower.len() > 40 || lower.split(' ').count() > 3 {
        return 0.0;
    }
    match Lexicon::column(&lower) {
        Some(Column::Names) => 0.25,
        Some(Column::Members) => 0.2,
        Some(Column::PartlyNames) => 0.15,
        // What content systems call the name of whatever they list.
        _ if lower == "title" => 0.05,
        Some(Column::Employers) => 0.02,
        Some(Column::Other) => -0.3,
        None => 0.0,
    }
}

/// Whether all cells are of one kind, so that rows mean nothing.
fn is_grid(sight: &Sight<'_>, body: &[&Row]) -> bool {
    let tree = sight.tree;
    let width = body.iter().map(|it| it.cells.len()).max().unwrap_or(0);
    let mut pictured = vec![0.0_f64; width];
    let mut linked = vec![0.0_f64; width];
    let mut likeness = vec![0.0_f64; width];
    let mut organizations = vec![0.0_f64; width];
    let mut filled = vec![0.0_f64; width];
    for row in body {
        for (column, &cell) in row.cells.iter().enumerate() {
            let span = &sight.flow.spans[cell];
            if span.is_empty() {
                continue;
            }
            let text = sight.text(span);
            let line =
                span.start..span.start + memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
            let look = sight.look(&line);
            filled[column] += 1.0;
            likeness[column] += look.likeness;
            organizations[column] += f64::from(u8::from(look.organization));
            let mut below = tree.below(cell);
            linked[column] +=
                f64::from(u8::from(below.any(|it| *tree.name(it) == local_name!("a"))));
            let mut below = tree.below(cell);
            pictured[column] += f64::from(u8::from(
                below.any(|it| *tree.name(it) == local_name!("img")),
            ));
        }
    }
    let alike = |values: &[f64], slack: f64| {
        let shares: Vec<f64> = values
            .iter()
            .zip(&filled)
            .filter(|it| *it.1 > 0.0)
            .map(|(value, filled)| value / filled)
            .collect();
        let high = shares.iter().copied().fold(0.0, f64::max);
        let low = shares.iter().copied().fold(1.0, f64::min);
        high - low <= slack
    };
    alike(&pictured, 0.4)
        && alike(&linked, 0.4)
        && alike(&likeness, 0.3)
        && alike(&organizations, 0.5)
}

fn distinct_share(sight: &Sight<'_>, items: &[super::draft::Item]) -> f64 {
    sight.distinct(items.iter().map(|it| &it.range)) as f64 / items.len().max(1) as f64
}
