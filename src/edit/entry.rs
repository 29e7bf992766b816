//! The entry of a reference in the source of an article, rewritten: only the address, the archived copy and the date of
//! access change.

use std::ops::Range;

use chrono::NaiveDate;

use super::{
    citation::{Citation, UrlStatus},
    forms::{Form as _, Html, Wikitext},
    repair::address,
};
use crate::profile::Reference;

/// The formats of access dates in entries.
const DATE_FORMATS: [&str; 14] = [
    "%B %-d, %Y",
    "%-d %B %Y",
    "%Y-%m-%d",
    "%b %-d, %Y",
    "%b. %-d, %Y",
    "%-d %b %Y",
    "%-d %b. %Y",
    "%d.%m.%Y",
    "%-d.%-m.%Y",
    "%-d. %-m. %Y",
    "%m/%d/%Y",
    "%-m/%-d/%Y",
    "%d/%m/%Y",
    "%Y/%m/%d",
];

/// The entry as it should read; `None` if it has no address to change.
pub(super) fn rewritten(
    entry: &str,
    form: &str,
    reference: &Reference,
    citation: &Citation,
) -> Option<String> {
    match form {
        "wikitext" => in_wikitext(entry, reference, citation),
        "html" => in_html(entry, reference, citation),
        form => in_text(entry, form == "markdown", reference, citation),
    }
}

fn in_text(
    entry: &str,
    markdown: bool,
    reference: &Reference,
    citation: &Citation,
) -> Option<String> {
    let cited = address(reference)?;
    let place = place_of(entry, &cited)?;
    let url = citation.url.as_deref().unwrap_or(&cited);
    let mut out = entry.get(..place.start)?.to_owned();
    out.push_str(url);
    let rest = entry.get(place.end..)?;
    // Whatever closes the address, and the full stop after it.
    let closed = rest.len() - rest.trim_start_matches(['>', ')', '.']).len();
    let (closing, rest) = rest.split_at_checked(closed)?;
    out.push_str(closing);
    let mut rest = rest.to_owned();
    if let Some((copy, day)) = needed(citation).filter(|needed| !entry.contains(needed.0)) {
        if !closing.ends_with('.') {
            out.push('.');
        }
        let style = style_of(entry, reference.accessed).unwrap_or("%B %-d, %Y");
        let day = day.format(style);
        let clause = if markdown {
            format!(" [Archived](<{copy}>) from the original on {day}.")
        } else {
            format!(" Archived from the original on {day}: {copy}.")
        };
        out.push_str(&clause);
        if !(closing.ends_with('.') || rest.starts_with(char::is_whitespace) || rest.is_empty()) {
            rest.insert(0, ' ');
        }
    }
    out.push_str(&rest);
    Some(with_access_date(
        &out,
        reference.accessed,
        citation.access_date,
    ))
}

/// The archived copy, if the page itself no longer contains what is cited.
fn needed(citation: &Citation) -> Option<(&str, NaiveDate)> {
    citation
        .archived()
        .filter(|_| citation.url_status != UrlStatus::Live)
}

/// The place of the address in an entry, also in another common spelling of its scheme.
fn place_of(entry: &str, url: &str) -> Option<Range<usize>> {
    let bare = url.trim_end_matches('/');
    let start = entry.find(url).or_else(|| entry.find(bare))?;
    let rest = entry.get(start..)?;
    let length = if rest.starts_with(url) {
        url.len()
    } else {
        bare.len()
    };
    Some(start..start + length)
}

/// The format of the access date in an entry.
fn style_of(entry: &str, accessed: Option<NaiveDate>) -> Option<&'static str> {
    let day = accessed?;
    DATE_FORMATS
        .into_iter()
        .find(|it| entry.contains(&day.format(it).to_string()))
}

/// The entry with another access date, in the format of the old one.
fn with_access_date(entry: &str, before: Option<NaiveDate>, after: Option<NaiveDate>) -> String {
    let (Some(old), Some(new)) = (before, after) else {
        return entry.to_owned();
    };
    let Some(style) = style_of(entry, before).filter(|_| old != new) else {
        return entry.to_owned();
    };
    let (old, new) = (old.format(style).to_string(), new.format(style).to_string());
    match entry.rfind(&old) {
        Some(at) => {
            let after = entry.get(at + old.len()..).unwrap_or_default();
            format!("{}{new}{after}", entry.get(..at).unwrap_or_default())
        }
        None => entry.to_owned(),
    }
}

/// Rewrites an HTML entry: adds the attributes of Robust Links to the link, and changes an address that is visible as text.
fn in_html(entry: &str, reference: &Reference, citation: &Citation) -> Option<String> {
    let cited = address(reference)?;
    let escaped = cited.replace('&', "&amp;");
    let found = [&escaped, &cited].into_iter().find_map(|url| {
        ['"', '\''].into_iter().find_map(|quote| {
            let attribute = format!("href={quote}{url}{quote}");
            Some((entry.find(&attribute)?, attribute.len()))
        })
    });
    let Some((at, length)) = found else {
        return in_text(entry, false, reference, citation);
    };
    let link = Html.citation(citation, None, NaiveDate::default());
    let attributes = link.strip_prefix("<a ")?;
    let attributes = attributes.get(..attributes.find('>')?)?;
    let mut out = entry.get(..at)?.to_owned();
    out.push_str(attributes);
    out.push_str(entry.get(at + length..)?);
    Some(with_access_date(
        &out,
        reference.accessed,
        citation.access_date,
    ))
}

/// Rewrites a wikitext entry: changes the fields of the citation template and keeps the others; a bare link becomes a template.
fn in_wikitext(entry: &str, reference: &Reference, citation: &Citation) -> Option<String> {
    let Some(template) = template(entry) else {
        let cited = address(reference)?;
        let (start, end) = if let Some(start) = entry.find(&format!("[{cited}")) {
            (start, start + entry.get(start..)?.find(']')? + 1)
        } else {
            let place = place_of(entry, &cited)?;
            (place.start, place.end)
        };
        let written = Wikitext.citation(citation, None, NaiveDate::default());
        return Some(format!(
            "{}{written}{}",
            entry.get(..start)?,
            entry.get(end..)?
        ));
    };
    let body = entry.get(template.clone())?;
    let mut fields = fields(body);
    let style = style_of(body, reference.accessed).unwrap_or("%Y-%m-%d");
    let day = |date: NaiveDate| date.format(style).to_string();
    let written = Wikitext.citation(citation, None, NaiveDate::default());
    let written = self::fields(
        written
            .strip_prefix("{{")
            .and_then(|rest| rest.split("}}").next())?,
    );
    let value = |name: &str| {
        written
            .iter()
            .find_map(|it| Some(it.strip_prefix(name)?.strip_prefix('=')?.trim().to_owned()))
    };
    set(&mut fields, "url", value("url"));
    set(
        &mut fields,
        "access-date",
        citation
            .access_date
            .filter(|date| Some(*date) != reference.accessed)
            .map(day),
    );
    if let Some((_, date)) = needed(citation) {
        set(&mut fields, "archive-url", value("archive-url"));
        set(&mut fields, "archive-date", Some(day(date)));
        set(
            &mut fields,
            "url-status",
            Some(citation.url_status.word().to_owned()),
        );
    }
    let after = fields.join("|");
    Some(format!(
        "{}{after}{}",
        entry.get(..template.start)?,
        entry.get(template.end..)?
    ))
}

/// The inside of the first citation template.
fn template(entry: &str) -> Option<Range<usize>> {
    let lower = entry.to_ascii_lowercase();
    let start = ["{{cite", "{{citation"]
        .into_iter()
        .filter_map(|it| lower.find(it))
        .min()?
        + 2;
    let mut depth = 1_usize;
    let mut at = start;
    while depth > 0 {
        let rest = entry.get(at..)?;
        let (open, close) = (rest.find("{{"), rest.find("}}")?);
        if open.is_some_and(|open| open < close) {
            depth += 1;
            at += open? + 2;
        } else {
            depth -= 1;
            at += close + 2;
        }
    }
    Some(start..at - 2)
}

/// The fields of a template, split at its own bars.
fn fields(body: &str) -> Vec<String> {
    let (mut fields, mut depth, mut at) = (vec![String::new()], 0_usize, 0);
    while let Some(letter) = body.get(at..).and_then(|it| it.chars().next()) {
        let pair = body.get(at..at + 2).unwrap_or_default();
        match pair {
            "{{" | "[[" => depth += 1,
            "}}" | "]]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let taken = if matches!(pair, "{{" | "[[" | "}}" | "]]") {
            pair
        } else {
            body.get(at..at + letter.len_utf8()).unwrap_or_default()
        };
        if letter == '|' && depth == 0 {
            fields.push(String::new());
        } else if let Some(last) = fields.last_mut() {
            last.push_str(taken);
        }
        at += taken.len();
    }
    fields
}

/// Sets a field, or adds it after the others, with the same spacing as the last one.
fn set(fields: &mut Vec<String>, name: &str, value: Option<String>) {
    let Some(value) = value else { return };
    let is_it = |field: &&mut String| {
        field
            .split_once('=')
            .is_some_and(|parts| parts.0.trim() == name)
    };
    if let Some(field) = fields.iter_mut().skip(1).find(is_it) {
        let (key, old) = field.split_once('=').unwrap_or((name, ""));
        let lead = old.len() - old.trim_start().len();
        let trail = old.trim_end().len().max(lead);
        let (before, after) = (
            old.get(..lead).unwrap_or_default(),
            old.get(trail..).unwrap_or_default(),
        );
        *field = format!("{key}={before}{value}{after}");
        return;
    }
    let space = match fields.last_mut() {
        // The spaces before the bar.
        Some(last) if fields_end_in_space(last) => " ",
        Some(last) => {
            last.push(' ');
            ""
        }
        None => "",
    };
    fields.push(format!("{name}={value}{space}"));
}

fn fields_end_in_space(last: &str) -> bool {
    last.ends_with(char::is_whitespace)
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
