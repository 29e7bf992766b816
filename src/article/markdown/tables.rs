//! Tables of Markdown: the column with names, as the items of a list.

use crate::article::html::{naming_column, row_item};

/// The lines of a text in which each table with names is a list of these names.
pub(super) fn as_items(lines: Vec<String>) -> Vec<String> {
    let mut out = Vec::with_capacity(lines.len());
    let mut table: Vec<String> = Vec::new();
    for line in lines.into_iter().chain([String::new()]) {
        if line.trim_start().starts_with('|') {
            table.push(line);
            continue;
        }
        let rows = std::mem::take(&mut table);
        match items(&rows) {
            Some(items) => out.extend(items),
            None => out.extend(rows),
        }
        out.push(line);
    }
    out
}

fn items(lines: &[String]) -> Option<Vec<String>> {
    let [head, rule, body @ ..] = lines else {
        return None;
    };
    let is_rule = |character: char| matches!(character, '|' | '-' | ':' | ' ');
    if !rule.chars().all(is_rule) {
        return None;
    }
    let labels = cells(head);
    let body: Vec<Vec<String>> = body.iter().map(|it| cells(it)).collect();
    let column = naming_column(&labels, &body)?;
    let items = body.iter().filter_map(|it| row_item(it, column));
    Some(items.map(|item| format!("- {item}")).collect())
}

fn cells(line: &str) -> Vec<String> {
    let inside = line.trim().trim_start_matches('|').trim_end_matches('|');
    inside
        .split('|')
        .map(|part| part.trim().to_owned())
        .collect()
}
