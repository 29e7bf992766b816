//! Rewrites SVG and other XML, tag by tag; everything between the tags stays as it is.

use super::{
    Scope,
    attributes::{self, Fate},
    css,
};
use crate::text::html_escaped;

/// Rewrites the addresses of a document and removes its scripts; `None` if its document type could create elements or
/// attributes.
pub(super) fn rewrite(text: &str, scope: &Scope) -> Option<String> {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let upto = |end: &str| tag.find(end).map_or(tag.len(), |tag| tag + end.len());
        let length = if tag.starts_with("<!--") {
            // The dashes that open a comment do not close it.
            let end = tag.get(4..).and_then(|tag| tag.find("-->"));
            let length = end.map_or(tag.len(), |end| end + 7);
            out.push_str(tag.get(..length).unwrap_or_default());
            length
        } else if tag.starts_with("<![CDATA[") {
            let length = upto("]]>");
            out.push_str(tag.get(..length).unwrap_or_default());
            length
        } else if tag.starts_with("<?") {
            let length = upto("?>");
            // A style sheet instruction can name one that transforms the document.
            if !tag.starts_with("<?xml-stylesheet") {
                out.push_str(tag.get(..length).unwrap_or_default());
            }
            length
        } else if tag.starts_with("<!") {
            let length = document_type(tag)?;
            out.push_str(tag.get(..length).unwrap_or_default());
            length
        } else if tag.starts_with("</") {
            let length = upto(">");
            out.push_str(tag.get(..length).unwrap_or_default());
            length
        } else {
            element(tag, scope, &mut out)
        };
        rest = tag.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Some(out)
}

/// The length of a document type, if it declares only plain text.
fn document_type(text: &str) -> Option<usize> {
    let end = |text: &str| text.find('>').map(|text| text + 1);
    let subset = text
        .find('[')
        .filter(|it| end(text).is_none_or(|end| *it < end));
    let Some(from) = subset else {
        return end(text).filter(|_| {
            text.get(..9)
                .is_some_and(|text| text.eq_ignore_ascii_case("<!DOCTYPE"))
        });
    };
    let mut at = from + 1;
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if let Some(rest) = trimmed.strip_prefix("<!ENTITY") {
            let quote = rest.find(['"', '\''])?;
            let (head, value) = rest.split_at(quote);
            let mark = value.chars().next()?;
            let value = value.get(1..)?;
            let length = value.find(mark)?;
            let plain =
                !value.get(..length)?.contains(['<', '&', '%']) && !head.contains(['%', '<', '>']);
            let named = head.split_whitespace().count() == 1;
            let behind = value.get(length + 1..)?.trim_start();
            if !plain || !named || !behind.starts_with('>') {
                return None;
            }
            at = text.len() - behind.len() + 1;
        } else if let Some(rest) = trimmed.strip_prefix("<!--") {
            at = text.len() - rest.len() + rest.find("-->")? + 3;
        } else if let Some(rest) = trimmed.strip_prefix(']') {
            return end(rest).map(|length| at + 1 + length);
        } else {
            return None;
        }
    }
}

/// Writes the element whose start tag begins the text, and for scripts and style sheets their content; returns the length
/// that was read.
fn element(text: &str, scope: &Scope, out: &mut String) -> usize {
    let is_end = |letter: char| letter.is_ascii_whitespace() || matches!(letter, '>' | '/');
    let name_end = text.find(is_end).unwrap_or(text.len());
    let name = text.get(1..name_end).unwrap_or_default();
    let local = name
        .rsplit_once(':')
        .map_or(name, |parts| parts.1)
        .to_ascii_lowercase();
    let (attributes, length) = attributes_of(text, name_end);
    let tag = text.get(..length).unwrap_or_default();
    let closed = tag.ends_with("/>");
    let behind = text.get(length..).unwrap_or_default();
    let end_tag = format!("</{name}");
    if local == "script" {
        if closed {
            return length;
        }
        let end = behind.find(&end_tag).map_or(behind.len(), |from| {
            from + behind
                .get(from..)
                .and_then(|tag| tag.find('>'))
                .map_or(behind.len() - from, |length| length + 1)
        });
        return length + end;
    }
    // Only a browser can parse a page within a page.
    let fate = attributes::rewrite(&local, attributes, scope, |_| String::new());
    let Fate::Kept(attributes) = fate else {
        // If only the start tag were removed, an unmatched end tag would remain.
        out.extend(["<", name, if closed { "/>" } else { ">" }]);
        return length;
    };
    out.push('<');
    out.push_str(name);
    for (name, value) in attributes {
        out.extend([" ", &name, "=\"", &html_escaped(&value), "\""]);
    }
    out.push_str(if closed { "/>" } else { ">" });
    if local != "style" || closed {
        return length;
    }
    let end = behind.find(&end_tag).unwrap_or(behind.len());
    let sheet = behind.get(..end).unwrap_or_default();
    let sheet = match sheet.trim().strip_prefix("<![CDATA[") {
        Some(rest) => rest.trim_end_matches("]]>").to_owned(),
        None => plain(sheet).unwrap_or_default(),
    };
    out.push_str(&html_escaped(&css::rewrite(&sheet, scope)));
    length + end
}

/// The attributes of a tag from `at` on, and the length of the tag; attributes with unknown entities are removed.
fn attributes_of(text: &str, mut at: usize) -> (Vec<(String, String)>, usize) {
    let mut attributes = Vec::new();
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed =
            rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() {
            return (attributes, text.len());
        }
        if trimmed.starts_with('>') {
            return (attributes, at + 1);
        }
        let is_end = |letter: char| letter.is_ascii_whitespace() || matches!(letter, '=' | '>');
        let end = trimmed.find(is_end).unwrap_or(trimmed.len()).max(1);
        let end = (end..=trimmed.len())
            .find(|it| trimmed.is_char_boundary(*it))
            .unwrap_or(end);
        let (name, behind) = trimmed.split_at(end);
        at += end;
        let Some(value) = behind.trim_start().strip_prefix('=').map(str::trim_start) else {
            continue;
        };
        let Some(mark) = value
            .chars()
            .next()
            .filter(|letter| matches!(letter, '"' | '\''))
        else {
            at = text.len() - value.len();
            continue;
        };
        let value = value.get(1..).unwrap_or_default();
        let length = value.find(mark).unwrap_or(value.len());
        if let Some(plain) = value.get(..length).and_then(plain) {
            attributes.push((name.to_owned(), plain));
        }
        at = (text.len() - value.len() + length + 1).min(text.len());
    }
}

/// Text with references resolved; `None` if one is to an entity that XML does not predefine.
fn plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let (name, behind) = behind.split_once(';')?;
        let number = |digits: &str, radix| {
            u32::from_str_radix(digits, radix)
                .ok()
                .and_then(char::from_u32)
        };
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => match name.strip_prefix('#')? {
                digits if digits.starts_with('x') => number(digits.get(1..)?, 16)?,
                digits => number(digits, 10)?,
            },
        });
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}
