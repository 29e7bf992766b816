//! An article in Markdown: footnotes, links and emphasis turned into the plain text that `plain` reads.

use std::fmt::Write;

use super::{Article, plain};

/// Reads an article in Markdown.
pub(super) fn read(text: &str) -> Article {
    let (head, text) = front_matter(text);
    let (body, notes) = footnotes(text);
    let mut order: Vec<String> = Vec::new();
    let labels: Vec<&str> = notes.iter().map(|it| it.0.as_str()).collect();
    // Numbers that the author gave stay; names are numbered as they are first cited.
    let numbered = labels.iter().all(|it| it.parse::<u32>().is_ok());
    let mut plain_text = head;
    for line in body.lines() {
        plain_text.push_str(&inline(line, &mut order, numbered));
        plain_text.push('\n');
    }
    if !notes.is_empty() {
        for label in labels {
            if !order.iter().any(|it| it == label) {
                order.push(label.to_owned());
            }
        }
        let mut entries: Vec<(u32, String)> = notes
            .iter()
            .filter_map(|(label, text)| {
                Some((
                    number(label, &order, numbered)?,
                    inline(text, &mut Vec::new(), true),
                ))
            })
            .collect();
        entries.sort();
        plain_text.push_str("\n\nReferences\n\n");
        for (number, text) in entries {
            // Writing to a String cannot fail.
            let _ = writeln!(plain_text, "{number}. {text}");
        }
    }
    plain::read(&plain_text)
}

fn number(label: &str, order: &[String], numbered: bool) -> Option<u32> {
    if numbered {
        return label.parse().ok();
    }
    let at = order.iter().position(|it| it == label)?;
    u32::try_from(at + 1).ok()
}

/// `title:` and its like between `---` lines, as the labelled lines that an article's head has.
fn front_matter(text: &str) -> (String, &str) {
    let trimmed = text.trim_start();
    let Some((front, rest)) = trimmed
        .strip_prefix("---\n")
        .and_then(|it| it.split_once("\n---\n"))
    else {
        return (String::new(), text);
    };
    let lines: Vec<String> = front
        .lines()
        .filter_map(|it| it.split_once(':'))
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

/// The text without its footnotes' definitions, and these: label and text.
fn footnotes(text: &str) -> (String, Vec<(String, String)>) {
    let mut body = String::new();
    let mut notes: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let definition = line
            .trim_start()
            .strip_prefix("[^")
            .and_then(|it| it.split_once("]:"))
            .filter(|it| !it.0.contains([' ', ']']));
        if let Some((label, text)) = definition {
            notes.push((label.to_owned(), text.trim().to_owned()));
            open = true;
        } else if open
            && !line.trim().is_empty()
            && (line.starts_with([' ', '\t']) || !line.starts_with('#'))
        {
            if let Some((_, text)) = notes.last_mut() {
                text.push(' ');
                text.push_str(line.trim());
            }
        } else {
            open = false;
            body.push_str(line);
            body.push('\n');
        }
    }
    (body, notes)
}

/// One line without emphasis and code marks; `[^x]` as `[1]`, `[text](url)` as its text, the address behind it in entries.
fn inline(line: &str, order: &mut Vec<String>, numbered: bool) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some((label, after)) = rest.strip_prefix("[^").and_then(|it| it.split_once(']')) {
            if !order.iter().any(|it| it == label) {
                order.push(label.to_owned());
            }
            if let Some(number) = number(label, order, numbered) {
                // Writing to a String cannot fail.
                let _ = write!(out, "[{number}]");
            }
            rest = after;
        } else if let Some((text, address, after)) = link(rest) {
            if out.ends_with('!') {
                out.pop();
            } else {
                out.push_str(text);
            }
            if order.is_empty() && numbered && address.starts_with("http") && !text.contains("http")
            {
                out.push_str(". ");
                out.push_str(address);
            }
            rest = after;
        } else if let Some(after) = rest.strip_prefix('<').filter(|it| it.starts_with("http"))
            && let Some((address, after)) = after.split_once('>')
        {
            out.push_str(address);
            rest = after;
        } else if let Some(escaped) = rest.strip_prefix('\\').and_then(|it| it.chars().next()) {
            out.push(escaped);
            rest = &rest[1 + escaped.len_utf8()..];
        } else {
            let doubled = rest.starts_with("**") || rest.starts_with("__");
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

/// `[text](address "title")` at the beginning of `rest`: text, address, what follows.
fn link(rest: &str) -> Option<(&str, &str, &str)> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    if text.contains('[') {
        return None;
    }
    let mut depth = 1;
    let end = after.char_indices().find_map(|(at, it)| {
        match it {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let address = after[..end].split(' ').next().unwrap_or_default();
    Some((text, address, &after[end + 1..]))
}
