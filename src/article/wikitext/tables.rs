//! Tables: `{|`, `|-`, `! head`, `| cell || cell`.

use std::fmt::Write;

/// Writes the lines between `{|` and `|}` as a table.
pub(super) fn table(lines: &[&str], out: &mut String) {
    let mut rows: Vec<Vec<(bool, String)>> = vec![Vec::new()];
    let mut caption = String::new();
    for line in lines {
        let text = line.trim();
        if let Some(rest) = text.strip_prefix("|+") {
            cell(rest).clone_into(&mut caption);
        } else if text.starts_with("|-") {
            rows.push(Vec::new());
        } else if let Some(rest) = text.strip_prefix('!') {
            let parts = rest.split("!!").flat_map(|part| part.split("||"));
            push(&mut rows, parts, true);
        } else if let Some(rest) = text.strip_prefix('|') {
            push(&mut rows, rest.split("||"), false);
        } else if let Some((_, last)) = rows.last_mut().and_then(|last_mut| last_mut.last_mut()) {
            last.push_str("<br>");
            last.push_str(text.trim_start_matches(['*', '#']));
        }
    }
    out.push_str("<table class=\"wikitable\">");
    if !caption.is_empty() {
        let _ = write!(out, "<caption>{caption}</caption>");
    }
    for row in rows.iter().filter(|row| !row.is_empty()) {
        out.push_str("<tr>");
        for (head, text) in row {
            let tag = if *head { "th" } else { "td" };
            let _ = write!(out, "<{tag}>{text}</{tag}>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>\n");
}

fn push<'a>(rows: &mut [Vec<(bool, String)>], cells: impl Iterator<Item = &'a str>, head: bool) {
    if let Some(row) = rows.last_mut() {
        row.extend(cells.map(|it| (head, cell(it).to_owned())));
    }
}

/// A cell's text without the attributes before it: `style="…" | text`.
fn cell(text: &str) -> &str {
    match text.split_once('|') {
        Some((attributes, rest)) if attributes.contains('=') && !attributes.contains('<') => {
            rest.trim()
        }
        _ => text.trim(),
    }
}
