//! An article in Markdown: notes of every kind, links and emphasis turned into the plain text that `plain` reads.

use std::fmt::Write;

use super::{Article, plain};

mod notes;
mod quotes;
mod tables;

use notes::Notes;

/// Reads an article in Markdown.
pub(super) fn read(text: &str) -> Article {
    let (head, text) = front_matter(text);
    let mut notes = Notes::default();
    let body = notes.take_definitions(text);
    let body: Vec<String> = body.lines().map(|line| notes.take_markers(line)).collect();
    let body = tables::as_items(quotes::as_text(body));
    let linked = notes.is_empty()
        && !body
            .iter()
            .any(|text| plain::is_reference_heading(text.trim_start_matches('#')));
    let mut plain_text = head;
    let mut entry = false;
    for line in body {
        entry |= plain::is_reference_heading(line.trim_start_matches('#')) && line.starts_with('#');
        let line = if linked {
            notes.cite_links(&line)
        } else {
            line
        };
        plain_text.push_str(&inline(&line, entry));
        plain_text.push('\n');
    }
    let entries = notes.entries();
    if !entries.is_empty() {
        plain_text.push_str("\n\nReferences\n\n");
        for (number, text) in entries {
            // Writing to a String cannot fail.
            let _ = writeln!(plain_text, "{number}. {}", inline(&text, true));
        }
    }
    plain::read(&plain_text)
}

/// `title:` and its like between `---` lines, as the labelled lines that an article's head has.
fn front_matter(text: &str) -> (String, &str) {
    let trimmed = text.trim_start();
    let Some((front, rest)) = trimmed
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
    else {
        return (String::new(), text);
    };
    let lines: Vec<String> = front
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| {
            format!(
                "{}: {}\n\n",
                key.trim().replace('_', " "),
                value.trim().trim_matches(['"', '\''])
            )
        })
        .collect();
    (lines.concat(), rest)
}

/// One line without emphasis and code marks; `[text](url)` as its text, in entries with the address after it.
fn inline(line: &str, entry: bool) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some((text, address, after)) = notes::link(rest) {
            if out.ends_with('!') {
                out.pop();
            } else {
                out.push_str(&inline(text, entry));
            }
            if entry && address.starts_with("http") && !text.contains("http") {
                out.push_str(". ");
                out.push_str(address);
            }
            rest = after;
        } else if let Some((text, after)) = quotes::wiki_link(rest) {
            out.push_str(text);
            rest = after;
        } else if let Some(after) = rest
            .strip_prefix('<')
            .filter(|rest| rest.starts_with("http"))
            && let Some((address, after)) = after.split_once('>')
        {
            out.push_str(address);
            rest = after;
        } else if rest.starts_with("<a ")
            && let Some((tag, after)) = rest.split_once("></a>")
            && !tag.contains("href")
        {
            // A place that markers lead to.
            rest = after;
        } else if let Some(escaped) = rest.strip_prefix('\\').and_then(|rest| rest.chars().next()) {
            out.push(escaped);
            rest = &rest[1 + escaped.len_utf8()..];
        } else {
            let highlighted =
                rest.starts_with("==") && !rest.starts_with("===") && !out.ends_with('=');
            let doubled = rest.starts_with("**") || rest.starts_with("__") || highlighted;
            let bullet = character == '*' && rest.starts_with("* ") && out.trim().is_empty();
            let inside = out.ends_with(char::is_alphanumeric);
            if doubled {
                rest = &rest[2..];
                continue;
            }
            let mark = matches!(character, '*' | '`') && !bullet
                || character == '_'
                    && (!inside || !rest[1..].starts_with(char::is_alphanumeric))
                    && !out.contains("http");
            if !mark {
                out.push(character);
            }
            rest = &rest[character.len_utf8()..];
        }
    }
    out
}
