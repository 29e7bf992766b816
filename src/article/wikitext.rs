//! An article in the source text of a wiki, turned into the HTML that the wiki would make of it, as far as it is read:
//! paragraphs, headings, lists, tables, boxes of facts, and notes.

use std::fmt::Write;

use super::{Article, html};
use crate::text::html_escaped;

pub(super) mod inline;
mod tables;
mod template;

use inline::Page;

/// Reads an article in wikitext.
pub(super) fn read(text: &str) -> Article {
    html::read(&to_html(text))
}

/// The page as HTML.
fn to_html(text: &str) -> String {
    let text = relined(&without_comments(text));
    let mut page = Page::of(&text);
    let title = title(&text);
    let body = page.inline(&text);
    let mut out = String::from("<!DOCTYPE html><html><body>");
    if let Some(title) = title {
        // Writing to a String cannot fail.
        let _ = write!(out, "<h1>{}</h1>", html_escaped(&inline::plain(&title)));
    }
    blocks(&body, &mut out);
    page.notes(&mut out);
    out.push_str("</body></html>");
    out
}

/// What the article is about: the name that its box of facts gives, else its first words in bold.
fn title(text: &str) -> Option<String> {
    let boxed = text
        .lines()
        .take(60)
        .find_map(|line| {
            let (key, value) = line.trim().strip_prefix('|')?.split_once('=')?;
            (key.trim() == "name" && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
        .filter(|it| text.trim_start().starts_with("{{") && !it.contains('|'));
    let inline_box = text
        .split_once("|name=")
        .filter(|parts| parts.0.len() < 400)
        .map(|parts| {
            parts
                .1
                .split(['|', '}', '\n'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .filter(|text| !text.is_empty());
    let bold = text
        .split_once("'''")
        .and_then(|parts| parts.1.split_once("'''"))
        .map(|pair| pair.0.to_owned())
        .filter(|to_owned| to_owned.len() < 120);
    boxed.or(inline_box).or(bold)
}

/// A page that has lost its line breaks, with those that headings, items and tables need.
fn relined(text: &str) -> String {
    const LONGEST_HEADING: usize = 100;
    if text.len() < 2000 || text.lines().count() * 1000 > text.len() {
        return text.to_owned();
    }
    let text = text
        .replace(" * ", "\n* ")
        .replace(" {| ", "\n{| ")
        .replace(" |- ", "\n|- ")
        .replace(" |} ", "\n|}\n");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(" ==") {
        out.push_str(&rest[..at]);
        let head = &rest[at + 1..];
        let level = head.bytes().take_while(|byte| *byte == b'=').count();
        let body = &head[level..];
        let marks = "=".repeat(level);
        let end = body.find(&marks).filter(|at| *at <= LONGEST_HEADING);
        match end {
            Some(end) if level <= 6 => {
                let _ = write!(out, "\n{marks}{}{marks}\n", &body[..end]);
                rest = &body[end + level..];
            }
            _ => {
                out.push_str(" ==");
                rest = &rest[at + 3..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = after.split_once("-->").map_or("", |parts| parts.1);
    }
    out.push_str(rest);
    out
}

/// Paragraphs, headings, lists and tables out of lines whose inline markup is HTML already.
fn blocks(body: &str, out: &mut String) {
    let lines: Vec<&str> = body.lines().collect();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let text = line.trim();
        let listed = text.starts_with(['*', '#', ';'])
            || (text.starts_with(':') && !text.starts_with("::{|"));
        let table = text.trim_start_matches(':').starts_with("{|");
        let heading = heading(text);
        let block = ["<table", "<blockquote", "<figure", "<ul", "<div"]
            .iter()
            .any(|prefix| text.starts_with(prefix));
        if text.is_empty() || listed || table || heading.is_some() || block {
            flush(&mut paragraph, out);
        }
        if let Some((level, text)) = heading {
            let _ = write!(out, "<h{level}>{text}</h{level}>");
        } else if table {
            let end = lines
                .iter()
                .skip(at)
                .position(|line| line.trim().starts_with("|}"))
                .map_or(lines.len(), |it| at + it);
            tables::table(lines.get(at + 1..end).unwrap_or_default(), out);
            at = end;
        } else if listed {
            let count = lines
                .iter()
                .skip(at)
                .take_while(|line| line.trim().starts_with(['*', '#', ';', ':']))
                .count();
            list(lines.get(at..at + count).unwrap_or_default(), out);
            at += count;
            continue;
        } else if block {
            out.push_str(text);
        } else if !text.is_empty() {
            paragraph.push(text);
        }
        at += 1;
    }
    flush(&mut paragraph, out);
}

fn flush(paragraph: &mut Vec<&str>, out: &mut String) {
    if !paragraph.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", paragraph.join(" "));
        paragraph.clear();
    }
}

/// `== Partners ==`: level and text.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'=').count();
    let marks = "=".repeat(level);
    let inner = line.strip_prefix(&marks)?.trim_end().strip_suffix(&marks)?;
    ((2..=6).contains(&level) && !inner.trim().is_empty()).then(|| (level, inner.trim()))
}

/// Lines of a list; what is indented only is text.
fn list(lines: &[&str], out: &mut String) {
    let mut open = "";
    for line in lines {
        let line = line.trim();
        let text = line.trim_start_matches(['*', '#', ';', ':']).trim();
        let tag = match line.chars().next() {
            Some('*') => "ul",
            Some('#') => "ol",
            Some(';') => "dl",
            _ if open == "dl" => "dl",
            _ => "",
        };
        if tag != open {
            if !open.is_empty() {
                let _ = write!(out, "</{open}>");
            }
            if !tag.is_empty() {
                let _ = write!(out, "<{tag}>");
            }
            open = tag;
        }
        let _ = match (tag, line.starts_with(';')) {
            ("dl", true) => write!(out, "<dt>{text}</dt>"),
            ("dl", false) => write!(out, "<dd>{text}</dd>"),
            ("", _) => write!(out, "<p>{text}</p>"),
            _ => write!(out, "<li>{text}</li>"),
        };
    }
    if !open.is_empty() {
        let _ = write!(out, "</{open}>");
    }
}
