//! Names in data rather than in text: JSON-LD, and the data in scripts and attributes of a page.

use std::{borrow::Cow, str::Chars};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use html5ever::local_name;
use memchr::{memchr2, memmem};
use serde_json::Value;

use crate::{
    entity::{EntityName, NameSource},
    extract::{judge::unseen::Unseen, names, page_index::PageIndex},
    html::css,
    text::one_line,
};

/// How many bytes of data are read from a page.
const BYTES: usize = 4 * 1024 * 1024;

/// The keys for the name of an object.
const NAME_KEYS: &[&str] = &[
    "name",
    "title",
    "organization",
    "organisation",
    "company",
    "companyName",
    "orgName",
    "organizationName",
    "label",
    "displayName",
    "fullName",
    "full_name",
    "org_name",
    "company_name",
    "sponsor",
    "partner",
    "member",
    "alt",
    "altText",
];

/// How often data is unpacked from strings inside data.
const WRAPPINGS: usize = 3;

/// Finds the lists in the scripts and in the attributes of a page.
pub(in crate::extract) fn find(index: &PageIndex<'_>) -> Vec<Unseen> {
    let tree = index.tree;
    let mut lists = Vec::new();
    let mut budget = BYTES;
    for node in 1..tree.nodes.len() {
        for (name, data) in tree
            .attributes(node)
            .filter(|(name, value)| may_be_data(value) && !DEFINED.contains(name))
        {
            if data.len() > budget {
                continue;
            }
            budget -= data.len();
            if let Some(value) = unwrapped(data) {
                let name = name.strip_prefix("data-").unwrap_or(name);
                lists.extend(of_named(&value, name, &css::selector(tree, node)));
            }
        }
        if *tree.name(node) != local_name!("script") {
            continue;
        }
        let text = tree.raw_text(node);
        let text = text.trim();
        if text.len() < 20 || text.len() > budget {
            continue;
        }
        budget -= text.len();
        let kind = tree.attr(node, &local_name!("type")).unwrap_or_default();
        let declared = kind.contains("json");
        if declared {
            if let Ok(value) = serde_json::from_str::<Value>(text.trim_end_matches(';')) {
                lists.extend(of_value(&value, &css::selector(tree, node)));
            }
        } else if kind.is_empty() || kind.contains("javascript") || kind == "module" {
            for (variable, value) in inline(text) {
                lists.extend(of_named(&value, variable, &css::selector(tree, node)));
            }
        }
    }
    lists.truncate(60);
    lists
}

/// Attributes that HTML defines: what they contain is for readers, not for scripts.
const DEFINED: [&str; 9] = [
    "alt",
    "aria-label",
    "class",
    "content",
    "href",
    "id",
    "style",
    "title",
    "value",
];

/// Whether the value of an attribute may be JSON, plain or in base64, in which a page carries what its scripts are to show.
fn may_be_data(value: &str) -> bool {
    const LEAST: usize = 100;
    value.len() >= LEAST
        && match value.as_bytes()[0] {
            b'[' => true,
            // Of an object what counts is the records in it; most are but settings.
            b'{' => memmem::find(value.as_bytes(), b"[{").is_some(),
            // The base64 of an opening brace or bracket and a quotation mark or brace.
            b'e' => value.starts_with("eyJ"),
            b'W' => value.starts_with("W3s") || value.starts_with("WyJ"),
            _ => false,
        }
}

/// The array or object in a string, as JSON, plain or in base64.
fn unwrapped(text: &str) -> Option<Value> {
    let bytes = match text.as_bytes().first()? {
        b'{' | b'[' => Cow::Borrowed(text.as_bytes()),
        b'e' | b'W' => Cow::Owned(BASE64.decode(text).ok()?),
        _ => return None,
    };
    serde_json::from_slice::<Value>(&bytes)
        .ok()
        .filter(|it| it.is_object() || it.is_array())
}

/// The JSON arrays and objects that a script assigns, each with the name of its variable.
fn inline(script: &str) -> Vec<(&str, Value)> {
    let mut values = parsed(script);
    let mut from = 0;
    let mut tries = 0;
    // Each attempt may read to the end.
    let most = (20 * BYTES / script.len().max(1)).clamp(5, 200);
    while let Some(at) = script
        .get(from..)
        .and_then(|script| memchr2(b'[', b'{', script.as_bytes()))
    {
        let start = from + at;
        from = start + 1;
        let before = script[..start].trim_end();
        if !before.ends_with(['=', '(', ':']) || tries > most {
            continue;
        }
        let opens = script[start..]
            .chars()
            .take(40)
            .filter(|letter| !letter.is_whitespace())
            .nth(1);
        if !matches!(opens, Some('{' | '"' | '[')) {
            continue;
        }
        tries += 1;
        let mut stream = serde_json::Deserializer::from_str(&script[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = stream.next() {
            from = start + stream.byte_offset().max(1);
            values.push((assigned(before), value));
        }
    }
    values
}

/// The name of the variable to which the value after `before` is assigned.
fn assigned(before: &str) -> &str {
    let variable = before.trim_end_matches(['=', '(', ':', ' ']);
    let at = variable
        .rfind(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map_or(0, |variable| variable + 1);
    variable.get(at..).unwrap_or_default()
}

/// The values that a script contains as strings and parses itself: `JSON.parse("…")`.
fn parsed(script: &str) -> Vec<(&str, Value)> {
    const CALL: &str = "JSON.parse(";
    let mut values = Vec::new();
    for at in memmem::find_iter(script.as_bytes(), CALL).take(20) {
        let rest = script[at + CALL.len()..].trim_start();
        if let Some(value) = literal(rest).and_then(|literal| unwrapped(&literal)) {
            values.push((assigned(&script[..at]), value));
        }
    }
    values
}

/// The value of the string at the beginning of a script (ECMAScript, 12.9.4); `None` if it is not a string or does not end.
fn literal(script: &str) -> Option<String> {
    let mut letters = script.chars();
    let quote = letters
        .next()
        .filter(|letter| matches!(letter, '"' | '\'' | '`'))?;
    let mut said = String::new();
    loop {
        match letters.next()? {
            it if it == quote => return Some(said),
            '\\' => match letters.next()? {
                'n' => said.push('\n'),
                'r' => said.push('\r'),
                't' => said.push('\t'),
                'b' => said.push('\u{8}'),
                'f' => said.push('\u{c}'),
                'u' => said.push_str(&numbered(&mut letters, 4)?),
                'x' => said.push_str(&numbered(&mut letters, 2)?),
                '\n' => {}
                other => said.push(other),
            },
            it => said.push(it),
        }
    }
}

/// The letter with the hexadecimal number that follows; half of a surrogate pair stays as JSON writes it.
fn numbered(letters: &mut Chars<'_>, digits: usize) -> Option<String> {
    let hex: String = letters.take(digits).collect();
    let number = u32::from_str_radix(&hex, 16).ok()?;
    Some(char::from_u32(number).map_or_else(|| format!("\\u{hex}"), String::from))
}

/// The lists of named things in a value.
pub(in crate::extract) fn of_value(value: &Value, container: &str) -> Vec<Unseen> {
    of_named(value, "", container)
}

/// The lists of named things in a value that a script calls `variable`.
fn of_named(value: &Value, variable: &str, container: &str) -> Vec<Unseen> {
    of_wrapped(value, variable, container, WRAPPINGS)
}

/// The same; strings that contain data are unpacked up to `wrappings` times.
fn of_wrapped(value: &Value, variable: &str, container: &str, wrappings: usize) -> Vec<Unseen> {
    let mut lists = Vec::new();
    // Each with the keys on its path, at most the last four.
    let called = Some(variable).filter(|it| it.len() >= 3);
    let path: Vec<String> = called.into_iter().map(str::to_owned).collect();
    let mut stack: Vec<(Vec<String>, &Value)> = vec![(path, value)];
    let mut steps = 0;
    while let Some((path, value)) = stack.pop() {
        steps += 1;
        if steps > 200_000 {
            break;
        }
        match value {
            Value::Array(values) => {
                let values: Vec<&Value> = values.iter().collect();
                lists.extend(of_array(&values, &path, container));
                stack.extend(values.into_iter().rev().map(|value| (path.clone(), value)));
            }
            Value::Object(members) => {
                // Records by id are treated as an array.
                if members.len() >= 2 && members.values().all(Value::is_object) {
                    let values: Vec<&Value> = members.values().collect();
                    lists.extend(of_array(&values, &path, container));
                }
                for (key, value) in members.iter().rev() {
                    let data = matches!(value, Value::String(it) if may_be_data(it));
                    if data || matches!(value, Value::Array(_) | Value::Object(_)) {
                        let mut path: Vec<String> =
                            path.iter().rev().take(3).rev().cloned().collect();
                        path.push(key.clone());
                        stack.push((path, value));
                    }
                }
            }
            Value::String(text) if wrappings > 0 && may_be_data(text) => {
                if let Some(value) = unwrapped(text) {
                    let key = path.last().map_or("", String::as_str);
                    lists.extend(of_wrapped(&value, key, container, wrappings - 1));
                }
            }
            _ => {}
        }
    }
    lists
}

/// Keys of arrays that describe the data.
const DESCRIPTIONS: [&str; 10] = [
    "fields",
    "columns",
    "schema",
    "schemas",
    "menu",
    "menus",
    "navigation",
    "filters",
    "options",
    "tabs",
];

/// The list of names in an array at the keys in `path`; `None` if its members have no names.
fn of_array(values: &[&Value], path: &[String], container: &str) -> Option<Unseen> {
    let describes = path
        .last()
        .is_some_and(|key| DESCRIPTIONS.contains(&key.as_str()));
    if values.len() < 2 || describes {
        return None;
    }
    let key = name_key(values);
    let announced = path
        .iter()
        .any(|key| names::tells_strong_relation(key) || names::attribute_tells_relation(key));
    let strings = values.iter().all(|value| value.is_string());
    if key.is_none() && !(strings && announced) {
        return None;
    }
    let mut items = Vec::new();
    let mut typed = 0;
    for value in values {
        let text = match key {
            Some(key) => value.get(key).and_then(Value::as_str),
            None => value.as_str(),
        };
        if let Some(item) = text.and_then(|text| item(value, text, container)) {
            items.push(item);
            typed += usize::from(is_typed(value));
        }
    }
    (items.len() >= 2).then(|| Unseen {
        heading: path.last().cloned(),
        container: container.to_owned(),
        fingerprint: format!("structured {}", path.join(">")),
        announced,
        typed: typed as f64 / items.len() as f64,
        items,
    })
}

/// The key under which four fifths of the objects have a name.
fn name_key(values: &[&Value]) -> Option<&'static str> {
    let has = |value: &&&Value, key: &str| value.get(key).is_some_and(Value::is_string);
    NAME_KEYS.iter().copied().find(|key| {
        let having = values.iter().filter(|value| has(value, key)).count();
        having * 10 >= values.len() * 8
    })
}

/// Whether an object says that it is an organization or a person (schema.org).
fn is_typed(value: &Value) -> bool {
    let kind = value
        .get("@type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    kind.ends_with("Organization")
        || kind == "Person"
        || kind.ends_with("Business")
        || kind == "Corporation"
}

/// A name in data, with the address of its object.
fn item(value: &Value, text: &str, container: &str) -> Option<EntityName> {
    const LONGEST: usize = 200;
    let surface = Some(one_line(text)).filter(|line| !line.is_empty() && line.len() <= LONGEST)?;
    let href = ["url", "link", "href", "website", "sameAs"]
        .iter()
        .find_map(|key| value.get(*key).and_then(Value::as_str));
    Some(EntityName {
        surface,
        source: NameSource::Structured,
        range: None,
        css: container.to_owned(),
        href: href.map(str::to_owned),
        hidden: true,
        also: Vec::new(),
    })
}
