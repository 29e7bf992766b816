//! Tables: the column with the names of the records, and tables that are only grids of cells.

use std::ops::Range;

use html5ever::local_name;
use memchr::memchr;

use crate::{
    entity::Strategy,
    extract::{
        draft::{Draft, Item, Observed},
        page_index::PageIndex,
        record,
    },
    html::heading_level,
    language::{Column, Lexicon},
};

/// A row: its cells.
struct Row {
    cells: Vec<usize>,
    /// Whether its cells are titles.
    head: bool,
    /// Whether it is in the head of the table.
    titles: bool,
}

/// Finds the lists in the tables of a page.
pub(in crate::extract) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let tree = index.tree;
    let mut drafts = Vec::new();
    for table in 1..tree.nodes.len() {
        if *tree.name(table) == local_name!("table") {
            drafts.extend(of_table(index, table));
        }
    }
    drafts
}

/// The lists in one table.
fn of_table(index: &PageIndex<'_>, table: usize) -> Vec<Draft> {
    let rows = rows_of(index, table);
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let head = rows
        .iter()
        .position(|row| row.head)
        .or_else(|| titled(index, &rows));
    // Rows kept free for what is to come have at most a number in them.
    let filled = |row: &Row| {
        let cells = row.cells.iter();
        let filled = cells.filter(|cell| !index.flow.spans[**cell].is_empty());
        filled.count() > 1 || (1..3).contains(&row.cells.len())
    };
    let body: Vec<&Row> = rows
        .iter()
        .enumerate()
        .filter(|(place, row)| !row.head && Some(*place) != head && filled(row))
        .map(|entry| entry.1)
        .collect();
    if body.is_empty() || width == 0 || width > 40 {
        return Vec::new();
    }
    let is_row = head.is_none() && body.len() == 1;
    if (head.is_none() && width > 1 && is_grid(index, &body)) || width == 1 || is_row {
        return of_cells(index, table, &body, width).into_iter().collect();
    }
    let titles = head.map(|head| &rows[head]);
    let title = |column: usize| -> &str {
        let cell = titles.and_then(|row| row.cells.get(column));
        cell.map_or("", |&cell| index.text(&index.flow.spans[cell]))
    };
    // Behind a column of names, one of organizations says where these people are.
    let names = |column: usize| {
        matches!(
            said_by_title(title(column)),
            Some(Observed::ColumnOfNames | Observed::ColumnOfMembers)
        )
    };
    let first = (0..width).find(|column| names(*column));
    let said = |column: usize| {
        let behind = first.is_some_and(|first| first < column) && names(column);
        if behind { "" } else { title(column) }
    };
    let width_of_key = if is_key(index, &body) { 1 } else { width };
    let columns = (0..width_of_key)
        .map(|column| of_column(index, table, (&body, width), (column, said(column))));
    columns.flatten().collect()
}

/// The list of all cells of a table whose rows have no meaning.
fn of_cells(index: &PageIndex<'_>, table: usize, body: &[&Row], width: usize) -> Option<Draft> {
    let cells: Vec<Range<usize>> = body
        .iter()
        .flat_map(|row| &row.cells)
        .map(|&cell| cell..index.tree.nodes[cell].end)
        .collect();
    let items = record::name(index, &cells);
    (items.len() > 1).then_some(Draft {
        strategy: if width == 1 {
            Strategy::TableColumn
        } else {
            Strategy::Cards
        },
        container: table,
        caption: None,
        items,
        observed: Vec::new(),
    })
}

/// The list in a column with a title; rows with few cells are captions between the records.
fn of_column(
    index: &PageIndex<'_>,
    table: usize,
    (body, width): (&[&Row], usize),
    (column, title): (usize, &str),
) -> Option<Draft> {
    let cells: Vec<Range<usize>> = body
        .iter()
        .filter(|row| row.cells.len() * 2 > width)
        .filter_map(|row| row.cells.get(column))
        .map(|&cell| cell..index.tree.nodes[cell].end)
        .collect();
    let items = record::name(index, &cells);
    let key = column == 0 && is_key(index, body);
    if items.is_empty() || items.len() * 2 < body.len() && !key {
        return None;
    }
    let mut observed = vec![(Observed::RepeatedCells, 1.0 - distinct_share(index, &items))];
    observed.extend(said_by_title(title).map(|what| (what, 1.0)));
    if column == 0 {
        observed.push((Observed::FirstColumn, 1.0));
    }
    Some(Draft {
        strategy: Strategy::TableColumn,
        container: table,
        caption: None,
        items,
        observed,
    })
}

/// Whether the first cell of several rows is empty and the next is not: these rows go on with what is said of the name above.
fn is_key(index: &PageIndex<'_>, body: &[&Row]) -> bool {
    const LEAST: usize = 3;
    let filled = |row: &Row, column: usize| {
        let cell = row.cells.get(column);
        cell.is_some_and(|cell| !index.trimmed(&index.flow.spans[*cell]).is_empty())
    };
    let named = body.iter().filter(|row| filled(row, 0)).count();
    body.first().is_some_and(|row| filled(row, 0))
        && named >= LEAST
        && body.len() - named >= LEAST
        && body.iter().all(|row| filled(row, 1))
}

/// The rows of a table, without those of tables inside it.
fn rows_of(index: &PageIndex<'_>, table: usize) -> Vec<Row> {
    let tree = index.tree;
    let mut rows = Vec::new();
    for part in tree.elements(table) {
        let parts: Vec<usize> = match *tree.name(part) {
            local_name!("tr") => vec![part],
            local_name!("tbody") | local_name!("thead") | local_name!("tfoot") => tree
                .elements(part)
                .filter(|&node| *tree.name(node) == local_name!("tr"))
                .collect(),
            _ => continue,
        };
        let in_head = *tree.name(part) == local_name!("thead");
        for row in parts {
            let cells: Vec<usize> = tree
                .elements(row)
                .filter(|&node| matches!(*tree.name(node), local_name!("td") | local_name!("th")))
                .collect();
            let all_heads = cells.len() > 1
                && cells
                    .iter()
                    .all(|&cell| *tree.name(cell) == local_name!("th"));
            rows.push(Row {
                cells,
                head: in_head || all_heads,
                titles: in_head,
            });
        }
    }
    // Where all cells are set as titles, only those in the head are.
    if rows.iter().all(|row| row.head) && rows.iter().any(|row| row.titles) {
        for row in &mut rows {
            row.head = row.titles;
        }
    }
    rows
}

/// The first row as the title row, if only its words show that.
fn titled(index: &PageIndex<'_>, rows: &[Row]) -> Option<usize> {
    let first = rows.iter().position(|row| !row.cells.is_empty())?;
    let known = rows[first]
        .cells
        .iter()
        .filter(|&&cell| said_by_title(index.text(&index.flow.spans[cell])).is_some())
        .count();
    let is_of_names = |cell: &usize| {
        said_by_title(index.text(&index.flow.spans[*cell])) == Some(Observed::ColumnOfNames)
    };
    let told = known * 2 >= rows[first].cells.len() || rows[first].cells.iter().any(is_of_names);
    (rows.len() > 2 && (told || is_set_apart(index, &rows[first], &rows[first + 1])))
        .then_some(first)
}

/// Whether all cells of a row are set as headings or in bold, and none of the next: a row of titles.
fn is_set_apart(index: &PageIndex<'_>, row: &Row, next: &Row) -> bool {
    let tree = index.tree;
    let set = |cell: &usize| {
        tree.elements(*cell).next().is_some_and(|inner| {
            let name = tree.name(inner);
            heading_level(name).is_some()
                || matches!(*name, local_name!("b") | local_name!("strong"))
        })
    };
    row.cells.len() > 1 && row.cells.iter().all(set) && !next.cells.iter().any(set)
}

/// What the title of a column means for its cells.
fn said_by_title(title: &str) -> Option<Observed> {
    let lower = title.trim().trim_end_matches(':').to_lowercase();
    if lower.len() > 40 || lower.split(' ').count() > 3 {
        return None;
    }
    match Lexicon::column(&lower) {
        Some(Column::Names) => Some(Observed::ColumnOfNames),
        Some(Column::Members) => Some(Observed::ColumnOfMembers),
        Some(Column::PartlyNames) => Some(Observed::ColumnOfSomeName),
        _ if lower == "title" => Some(Observed::ColumnOfTitles),
        Some(Column::Other) => Some(Observed::ColumnOfOthers),
        // Employers are organizations, but not the listed ones.
        Some(Column::Employers) | None => None,
    }
}

/// Whether all cells are of one kind, so that rows have no meaning.
fn is_grid(index: &PageIndex<'_>, body: &[&Row]) -> bool {
    let tree = index.tree;
    let width = body.iter().map(|body| body.cells.len()).max().unwrap_or(0);
    let mut pictured = vec![0.0_f64; width];
    let mut linked = vec![0.0_f64; width];
    let mut likeness = vec![0.0_f64; width];
    let mut organizations = vec![0.0_f64; width];
    let mut filled = vec![0.0_f64; width];
    let mut lines: Vec<Vec<Range<usize>>> = vec![Vec::new(); width];
    for row in body {
        for (column, &cell) in row.cells.iter().enumerate() {
            let span = &index.flow.spans[cell];
            if span.is_empty() {
                continue;
            }
            let text = index.text(span);
            let line =
                span.start..span.start + memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
            let signs = index.signs(&line);
            filled[column] += 1.0;
            lines[column].push(index.trimmed(&line));
            likeness[column] += signs.likeness;
            organizations[column] += f64::from(u8::from(signs.organization));
            let mut below = tree.below(cell);
            linked[column] +=
                f64::from(u8::from(below.any(|it| *tree.name(it) == local_name!("a"))));
            let mut below = tree.below(cell);
            pictured[column] += f64::from(u8::from(
                below.any(|it| *tree.name(it) == local_name!("img")),
            ));
        }
    }
    // Whom somebody is with is said of several.
    let distinct = lines.iter().map(|of| index.distinct(of.iter()) as f64);
    let distinct: Vec<f64> = distinct.collect();
    let several = |of: &Vec<Range<usize>>| {
        let texts = of.iter().map(|range| index.text(range));
        texts.filter(|text| text.contains(' ')).count() as f64
    };
    let several: Vec<f64> = lines.iter().map(several).collect();
    let alike = |values: &[f64], slack: f64| {
        let shares: Vec<f64> = values
            .iter()
            .zip(&filled)
            .filter(|pair| *pair.1 > 0.0)
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
        && alike(&distinct, 0.2)
        && alike(&several, 0.5)
}

fn distinct_share(index: &PageIndex<'_>, items: &[Item]) -> f64 {
    index.distinct(items.iter().map(|item| &item.range)) as f64 / items.len().max(1) as f64
}
