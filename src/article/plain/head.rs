//! The head of an article in plain text: its title, its kind, and lines with labels.

use super::is_chrome;
use crate::{
    article::{Article, name},
    profile::Remark,
    text::one_line,
};

/// Kinds that encyclopedias of organizations give.
const KINDS: &str = "\
    other group|non-profit|nonprofit|non-profit organization|for-profit|for profit|labor union|\
    political party/527|political party|government agency|person|movement|think tank|company|foundation|\
    private foundation|media|website|coalition|trade association|super pac|pac|church|university|school|\
    international organization|advocacy group|ideology|legislation|event";

/// Takes the lines with labels; returns the others, and what is labelled as the type.
fn labelled<'h>(article: &mut Article, head: &[&'h str]) -> (Vec<&'h str>, Option<String>) {
    let mut lines: Vec<&str> = Vec::new();
    let mut category = None;
    let mut rest = head.iter().copied().filter(|it| !is_chrome(it)).peekable();
    while let Some(line) = rest.next() {
        let Some((label, value)) = line
            .split_once(':')
            .filter(|parts| parts.0.split(' ').count() <= 4 && !parts.1.starts_with("//"))
        else {
            lines.push(line);
            continue;
        };
        let value = if value.trim().is_empty() {
            rest.next().unwrap_or_default()
        } else {
            value
        };
        let value = one_line(value);
        match label.trim().to_lowercase().as_str() {
            "project of" | "a project of" | "parent" | "parent organization"
                if !value.is_empty() =>
            {
                article.project_of = Some(value);
            }
            "kind" | "category" => article.kind = Some(value),
            "type" => category = Some(value),
            "url" | "source" if value.starts_with("http") => article.address = Some(value),
            "title" | "name" => {
                lines.insert(0, line.split_once(':').map_or(line, |parts| parts.1.trim()));
            }
            _ => {}
        }
    }
    (lines, category)
}

/// Kind, title and labelled lines (`Project of:`) out of the lines before the first paragraph.
pub(super) fn read_head(article: &mut Article, head: &[&str], first: &str) {
    let (lines, category) = labelled(article, head);
    let opening = first.trim_start_matches("The ").to_lowercase();
    // "Il Consorzio Riva", "L’association": any language's article.
    let unarticled = opening
        .split_once([' ', '’', '\''])
        .filter(|parts| parts.0.chars().count() <= 3)
        .map_or("", |parts| parts.1);
    let begins = |text: &str| {
        let name = name::bare(text).trim_start_matches("The ").to_lowercase();
        !name.is_empty() && (opening.starts_with(&name) || unarticled.starts_with(&name))
    };
    let is_kind = |text: &str| KINDS.split('|').any(|kind| kind == text.to_lowercase());
    // The page's own heading replaces a line that begins the text, and its menus are not kinds.
    let preset = !article.title.is_empty();
    let title = lines.iter().position(|line| begins(line));
    let title = title.or_else(|| lines.iter().position(|line| !preset && !is_kind(line)));
    if article.kind.is_none() {
        let named = lines.iter().find(|line| is_kind(line)).copied();
        let above = title
            .filter(|_| !preset)
            .and_then(|title| title.checked_sub(1))
            .and_then(|at| lines.get(at))
            .filter(|text| text.split(' ').count() <= 4);
        article.kind = named.or(above.copied()).map(one_line).or(category);
    }
    if let Some(line) = title.and_then(|title| lines.get(title)) {
        let bare = name::bare(line);
        article.title = if bare.is_empty() {
            one_line(line)
        } else {
            bare
        };
    } else if !preset {
        let end = name::beginning(first).unwrap_or(0);
        article.title = name::bare(&first[..end]);
        article.remarks.push(Remark::warning(
            "title",
            &format!(
                "no line above the text gives one; “{}” was taken from its first sentence",
                article.title
            ),
            "correct title in the profile",
        ));
    }
}
