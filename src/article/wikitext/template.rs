//! Templates: those with text, citations or facts; from all others only the notes in them are taken.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::inline::{Page, balanced, plain};
use crate::{article::fields, text::html_escaped};

/// A template's name and what it is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Template<'a> {
    /// Its name in small letters.
    pub(super) name: String,
    /// Values without a name, in their order.
    positional: Vec<&'a str>,
    /// Values by name.
    named: Vec<(&'a str, &'a str)>,
    /// Whether its values begin on lines of their own, as in boxes.
    on_lines: bool,
}

impl<'a> Template<'a> {
    /// Divides what is between `{{` and `}}`.
    pub(super) fn of(inside: &'a str) -> Self {
        let mut parts = parameters(inside).into_iter();
        let name = parts
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase()
            .replace('_', " ");
        let mut template = Self {
            name,
            on_lines: inside
                .lines()
                .any(|line| line.trim_start().starts_with('|')),
            ..Self::default()
        };
        for part in parts {
            match part.split_once('=') {
                Some((key, value))
                    if !key.contains(['<', '[', '{', '/', '\'']) && key.trim().len() < 40 =>
                {
                    template.named.push((key.trim(), value.trim()));
                }
                _ => template.positional.push(part.trim()),
            }
        }
        template
    }

    /// Whether it cites a page: by its name, or because it gives the page an address and a title. What wikis call such templates differs.
    fn cites(&self) -> bool {
        let has = |keys: &[&str], fits: fn(&str) -> bool| {
            let mut values = keys.iter().filter_map(|key| self.value(key));
            values.any(fits)
        };
        fields::is_citation(&self.name)
            || has(fields::URL, |url| url.starts_with("http"))
                && has(fields::TITLE, |title| !title.is_empty())
    }

    /// Whether it is a box of facts: a few named values, one of which is several things or has a note.
    fn is_box(&self) -> bool {
        let several = |value: &&str| {
            ["<br", "\n*", "<ref", "{{ubl"]
                .iter()
                .any(|mark| value.contains(mark))
        };
        let mut values = self.named.iter().map(|pair| pair.1);
        self.on_lines
            && self.positional.is_empty()
            && self.named.len() >= 2
            && values.any(|value| several(&value))
    }

    fn first(&self) -> &'a str {
        self.at(0)
    }

    fn at(&self, place: usize) -> &'a str {
        let number = (place + 1).to_string();
        self.positional
            .get(place)
            .copied()
            .or_else(|| self.value(&number))
            .unwrap_or_default()
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let found = self
            .named
            .iter()
            .find(|pair| pair.0.eq_ignore_ascii_case(name));
        found.map(|found| found.1).filter(|text| !text.is_empty())
    }

    /// The name that a short note uses for a citation: its authors' last names and its year.
    pub(super) fn source_key(&self) -> Option<String> {
        if !self.cites() {
            return None;
        }
        if let Some(key) = self.value("ref").filter(|value| value.contains("ref|")) {
            let inside = key.trim_matches(['{', '}']);
            let parts: Vec<&str> = inside.split('|').skip(1).map(str::trim).collect();
            return Some(parts.join(" ").to_lowercase());
        }
        let mut words = Vec::new();
        for number in ["", "1", "2", "3", "4"] {
            let last = self.value(&format!("last{number}"));
            words.extend(last.or_else(|| self.value(&format!("author{number}"))));
        }
        let year = self.value("year").or_else(|| self.value("date"))?;
        let year: String = year.chars().filter(char::is_ascii_digit).collect();
        let year = year.get(year.len().checked_sub(4)?..)?.to_owned();
        words.dedup();
        (!words.is_empty()).then(|| format!("{} {year}", words.join(" ")).to_lowercase())
    }
}

/// The parts between bars, without dividing the templates and links inside.
fn parameters(inside: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < inside.len() {
        let rest = &inside[at..];
        let whole = if rest.starts_with("{{") {
            balanced(rest, "{{", "}}").map(|balanced| balanced.1)
        } else if rest.starts_with("[[") {
            balanced(rest, "[[", "]]").map(|balanced| balanced.1)
        } else if rest.starts_with("<ref")
            && !rest.split('>').next().unwrap_or_default().ends_with('/')
        {
            rest.find("</ref>").map(|at| at + 6)
        } else {
            None
        };
        if let Some(length) = whole {
            at += length;
            continue;
        }
        if rest.starts_with('|') {
            parts.push(&inside[start..at]);
            start = at + 1;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    parts.push(&inside[start..]);
    parts
}

/// What a template leaves in the text.
pub(super) fn rendered(page: &mut Page, template: &Template<'_>) -> String {
    let name = template.name.as_str();
    let quotes = name == "citation" && template.named.is_empty();
    if name.starts_with("infobox") || name.contains(" infobox") || name == "taxobox" {
        return facts(page, template);
    }
    if template.cites() && !quotes {
        return cited(template);
    }
    match name {
        "sfn" | "sfnp" | "sfnm" => return short_note(page, template),
        "harvnb" | "harv" | "harvtxt" | "harvp" => return source(page, template),
        "efn" | "efn-ua" | "efn-lr" | "refn" | "note label" | "#tag:ref" | "notetag"
        | "ref label" => {
            return remark(page, template);
        }
        "r" | "ref name" | "rref" => {
            let mut out = String::new();
            for name in &template.positional {
                page.note(Some(name), "", false, &mut out);
            }
            return out;
        }
        "quote" | "blockquote" | "cquote" | "quotation" | "quote box" | "zitat"
        | "citation bloc" | "cita" | "citazione" | "citaat" | "citat" | "cytat" | "citação"
        | "цитата" | "quote frame" => {
            let text = template
                .value("text")
                .or_else(|| template.value("quote"))
                .unwrap_or_else(|| template.first());
            let text = page.inline(text).replace('\n', " ");
            let by = template.value("author").unwrap_or_else(|| template.at(1));
            let by = page.inline(by).replace('\n', " ");
            return format!("\n\n<blockquote><p>{text}</p><cite>{by}</cite></blockquote>\n\n");
        }
        _ => {}
    }
    if let Some(text) = text_of(page, template) {
        return text;
    }
    if template.is_box() {
        return facts(page, template);
    }
    // The notes in what is dropped stay in their place.
    let mut out = String::new();
    for value in template
        .positional
        .iter()
        .chain(template.named.iter().map(|pair| &pair.1))
    {
        if value.contains("<ref") || value.contains("{{sfn") {
            out.push_str(&markers(&page.inline(value)));
        }
    }
    out
}

fn markers(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<sup class=\"reference\">") {
        let Some(end) = rest[at..].find("</sup>") else {
            break;
        };
        out.push_str(&rest[at..at + end + 6]);
        rest = &rest[at + end + 6..];
    }
    out
}

/// Templates that mean text.
fn text_of(page: &mut Page, template: &Template<'_>) -> Option<String> {
    let name = template.name.as_str();
    let own = match name {
        "lang" | "lang2" | "transl" | "transliteration" | "abbrlink" => {
            template.positional.last().copied()?
        }
        "nowrap" | "nobr" | "nobreak" | "small" | "big" | "smaller" | "larger" | "em"
        | "strong" | "abbr" | "tooltip" | "nihongo" | "center" | "noitalic" | "no italic"
        | "visible anchor" | "ill" | "interlanguage link" | "sic" | "proper name" | "text"
        | "mvar" | "no bold" | "normal" | "formatnum" => template.first(),
        _ if name.starts_with("lang-") => template.first(),
        "url" => {
            let shown = template.at(1);
            if shown.is_empty() {
                template.first()
            } else {
                shown
            }
        }
        // The template of this name for references has named values only.
        "citation" | "\"" | "«" if !template.first().is_empty() => {
            return Some(format!("“{}”", page.inline(template.first())));
        }
        "nombre" | "unité" | "unidad" | "formatnombre" => return Some(quantity(page, template)),
        "as of" => return Some(format!("As of {}", template.positional.join(" "))),
        "convert" | "cvt" => {
            return Some(format!("{} {}", template.first(), template.at(1)));
        }
        "us$" | "usd" => return Some(format!("${}", template.first())),
        "gbp" | "£" | "pound sterling" => return Some(format!("£{}", template.first())),
        "eur" | "euro" | "€" => return Some(format!("€{}", template.first())),
        "snd" | "spnd" | "spaced ndash" | "–" | "ndash" | "dash" => {
            return Some(" – ".to_owned());
        }
        "mdash" | "em dash" => return Some("—".to_owned()),
        "'" => return Some("’".to_owned()),
        "'s" => return Some("’s".to_owned()),
        "!" => return Some("|".to_owned()),
        "=" => return Some("=".to_owned()),
        "nbsp" | "space" | "-" | "·" => return Some(" ".to_owned()),
        "frac" => return Some(template.positional.join("/")),
        "ubl" | "unbulleted list" | "ublist" | "hlist" | "flatlist" | "plainlist"
        | "plain list" | "bulleted list" | "collapsible list" | "cslist" | "flat list" => {
            return Some(listed(page, &template.positional));
        }
        _ if name.starts_with("formatnum:") => name.split_once(':')?.1,
        _ => return None,
    };
    Some(page.inline(own))
}

/// A number and its unit, with a space between groups of digits as the template prints them.
fn quantity(page: &mut Page, template: &Template<'_>) -> String {
    let number = template.first().trim();
    let plain = number.len() > 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let mut shown = String::new();
    for (at, digit) in number.char_indices() {
        if plain && at > 0 && (number.len() - at).is_multiple_of(3) {
            shown.push('\u{a0}');
        }
        shown.push(digit);
    }
    for unit in template.positional.iter().skip(1) {
        shown.push('\u{a0}');
        shown.push_str(&page.inline(unit));
    }
    shown
}

/// Items of a list template, one to a line.
fn listed(page: &mut Page, values: &[&str]) -> String {
    let items: Vec<String> = values
        .iter()
        .flat_map(|value| value.lines())
        .map(|line| line.trim().trim_start_matches(['*', '#']).trim())
        .filter(|text| !text.is_empty())
        .map(|it| page.inline(it))
        .collect();
    format!("<br>{}<br>", items.join("<br>"))
}

/// A box of facts as a table on one line.
fn facts(page: &mut Page, template: &Template<'_>) -> String {
    let mut out = String::from("\n\n<table class=\"infobox\">");
    for (key, value) in &template.named {
        if value.is_empty() {
            continue;
        }
        let value: Vec<String> = value
            .lines()
            .map(|line| line.trim().trim_start_matches('*'))
            .map(str::to_owned)
            .collect();
        // A note behind a list template is that of its last line.
        let value = page
            .inline(&value.join("<br>"))
            .replace('\n', " ")
            .replace("<br><sup class=\"reference\">", "<sup class=\"reference\">");
        let key = html_escaped(&key.replace('_', " "));
        let _ = write!(out, "<tr><th>{key}</th><td>{value}</td></tr>");
    }
    out.push_str("</table>\n\n");
    out
}

/// A note that explains: `{{efn|text}}`; without a group `{{#tag:ref|text}}` is a reference like others.
fn remark(page: &mut Page, template: &Template<'_>) -> String {
    let mut out = String::new();
    let group = template.value("group");
    let explains = template.name != "#tag:ref" && template.name != "refn" || group.is_some();
    let name = template.value("name").map(|value| value.trim_matches('"'));
    page.note(name, template.first(), explains, &mut out);
    out
}

/// `{{sfn|Smith|2010|p=3}}`: a note that leads to a citation.
fn short_note(page: &mut Page, template: &Template<'_>) -> String {
    let key = template.positional.join(" ");
    let pages = ["p", "pp", "loc"]
        .iter()
        .find_map(|it| template.value(it))
        .unwrap_or_default();
    let name = format!("sfn {key} {pages}");
    let content = page
        .sources
        .get(&key.to_lowercase())
        .map_or_else(|| key.clone(), |source| format!("{{{{{source}}}}}"));
    let mut out = String::new();
    page.note(Some(&name), &content, false, &mut out);
    out
}

/// `{{harvnb|Smith|2010}}` within a note: the citation that it names.
fn source(page: &mut Page, template: &Template<'_>) -> String {
    let key = template.positional.join(" ");
    match page.sources.get(&key.to_lowercase()).cloned() {
        Some(whole) => cited(&Template::of(&whole)),
        None => html_escaped(&key),
    }
}

/// A citation in words, with its fields beside it as Parsoid keeps them.
fn cited(template: &Template<'_>) -> String {
    let mut fields = Map::new();
    for (key, value) in &template.named {
        if !value.is_empty() {
            let text = if value.starts_with("http") {
                (*value).to_owned()
            } else {
                plain(value)
            };
            fields.insert(key.to_lowercase(), json!({ "wt": text }));
        }
    }
    let field = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| fields.get(*name)?.get("wt").and_then(Value::as_str))
            .map(str::to_owned)
    };
    let title = field(fields::TITLE).unwrap_or_default();
    let work = field(fields::WORK);
    let mut text = String::new();
    if !title.is_empty() {
        let _ = write!(
            text,
            "“{}.” ",
            html_escaped(&title.replace(['“', '”', '"'], ""))
        );
    }
    if let Some(work) = work {
        let _ = write!(text, "{}. ", html_escaped(&work));
    }
    let data =
        json!({"parts": [{"template": {"target": {"wt": template.name}, "params": fields}}]});
    let mut out = format!(
        "<cite data-mw=\"{}\">{text}",
        html_escaped(&data.to_string())
    );
    for (names, shown) in [(fields::URL, "link"), (fields::ARCHIVE, "Archived")] {
        let address = names.iter().find_map(|name| template.value(name));
        if let Some(address) = address.filter(|address| address.starts_with("http")) {
            let _ = write!(out, "<a href=\"{}\">{shown}</a> ", html_escaped(address));
        }
    }
    out.push_str("</cite>");
    out
}
