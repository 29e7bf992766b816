//! Media types and character sets: what kind of bytes a payload is, and how to read them as text.

mod charset;
mod sniff;

pub use charset::{CharsetSource, Decoded, decode};

/// A media type as `Content-Type` fields give it (WHATWG MIME Sniffing, 4.4), parameters other than charset left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype`, lower case; empty where there was none that could be read.
    pub essence: String,
    /// The `charset` parameter as it was spelt, quotes taken off.
    pub charset: Option<String>,
    /// Whether the field is one that old servers send for every file whose type they do not know
    /// (WHATWG MIME Sniffing, 5.1, "check-for-apache-bug").
    pub is_server_default: bool,
}

/// What old servers send for files whose type they do not know, to the letter.
const SERVER_DEFAULTS: [&str; 4] = [
    "text/plain",
    "text/plain; charset=ISO-8859-1",
    "text/plain; charset=iso-8859-1",
    "text/plain; charset=UTF-8",
];

impl MediaType {
    /// Reads a field value, which may be several values in one, joined by commas.
    #[must_use]
    pub fn parse(field: &str) -> Self {
        Self::extract([field])
    }

    /// The media type of all `Content-Type` fields of a response together (Fetch standard, "extract a MIME type"): the
    /// last one that can be read, with the charset that was said of the same type before it.
    ///
    /// Where no value can be read as the standard says, the first one is read as browsers repair it: parameters without a
    /// semicolon before them, a comment behind the type. What is still no media type gives an empty essence.
    #[must_use]
    pub fn extract<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let fields: Vec<&str> = fields.into_iter().collect();
        let values: Vec<&str> = fields.iter().flat_map(|it| split_list(it)).collect();
        let mut found: Option<Self> = None;
        for value in &values {
            let Some(mut next) = strict(value).filter(|it| it.essence != "*/*") else {
                continue;
            };
            if let Some(before) = found.filter(|it| it.essence == next.essence) {
                next.charset = next.charset.or(before.charset);
            }
            found = Some(next);
        }
        let mut found = found.unwrap_or_else(|| {
            let mut repaired = values.iter().map(|it| repaired(it));
            repaired
                .find(|it| *it != Self::default())
                .unwrap_or_default()
        });
        found.is_server_default = fields.last().is_some_and(|it| SERVER_DEFAULTS.contains(it));
        found
    }

    /// Whether it is HTML or XHTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        matches!(self.essence.as_str(), "text/html" | "application/xhtml+xml")
    }

    /// What the bytes are, as browsers take them (WHATWG MIME Sniffing, 7): what the server says, but for types that are
    /// not told, are told by default, or are told by the bytes themselves. `nosniff` is what `X-Content-Type-Options` asks for.
    #[must_use]
    pub fn sniffed(&self, bytes: &[u8], nosniff: bool) -> Self {
        Self {
            essence: sniff::essence(self, bytes, nosniff),
            charset: self.charset.clone(),
            is_server_default: false,
        }
    }
}

/// The values of a list, split at commas that are not in quotes.
fn split_list(field: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, it) in field.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                values.push(field.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    values.push(field.get(start..).unwrap_or_default());
    values
}

/// A value as the standard parses it (WHATWG MIME Sniffing, 4.4).
fn strict(value: &str) -> Option<MediaType> {
    let value = value.trim_matches(is_space);
    let (kind, rest) = value.split_once('/')?;
    let (sort, parameters) = rest.split_once(';').unwrap_or((rest, ""));
    let sort = sort.trim_end_matches(is_space);
    (is_token(kind) && is_token(sort)).then(|| MediaType {
        essence: format!("{kind}/{sort}").to_ascii_lowercase(),
        charset: charset_in(parameters),
        is_server_default: false,
    })
}

/// A value as browsers repair it: the type ends with the first space or bracket. A charset is believed without a type too.
fn repaired(value: &str) -> MediaType {
    let value = value.trim_matches(is_space);
    let ends = |it: char| is_space(it) || matches!(it, ';' | '(' | '"');
    let (essence, rest) = value.split_at(value.find(ends).unwrap_or(value.len()));
    let is_type = essence
        .split_once('/')
        .is_some_and(|(kind, sort)| is_token(kind) && is_token(sort) && essence != "*/*");
    let lower = value.to_ascii_lowercase();
    let charset = charset_in(rest).or_else(|| {
        let at = lower.find("charset=")?;
        charset_in(value.get(at..)?.split(is_space).next()?)
    });
    MediaType {
        essence: if is_type {
            essence.to_ascii_lowercase()
        } else {
            String::new()
        },
        charset,
        is_server_default: false,
    }
}

/// The first `charset` of parameters, which begin behind the semicolon.
fn charset_in(parameters: &str) -> Option<String> {
    let mut rest = parameters;
    while !rest.is_empty() {
        rest = rest.trim_start_matches(is_space);
        let end = rest.find([';', '=']).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let Some(value) = behind.strip_prefix('=') else {
            rest = behind.get(1..).unwrap_or_default();
            continue;
        };
        let (value, behind) = if let Some(quoted) = value.strip_prefix('"') {
            unquoted(quoted)
        } else {
            let (value, behind) = value.split_once(';').unwrap_or((value, ""));
            (value.trim_end_matches(is_space).to_owned(), behind)
        };
        // Single quotes are no quotes to the standard; no charset has them in its name.
        let value = value.trim_matches('\'');
        if name.trim().eq_ignore_ascii_case("charset") && !value.is_empty() {
            return Some(value.to_owned());
        }
        rest = behind;
    }
    None
}

/// A quoted text without its quotes and escapes, and what stands behind the next semicolon.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, it)) = letters.next() {
        match it {
            '"' => {
                let behind = text.get(at + 1..).unwrap_or_default();
                return (value, behind.split_once(';').map_or("", |it| it.1));
            }
            '\\' => value.extend(letters.next().map(|it| it.1)),
            it => value.push(it),
        }
    }
    (value, "")
}

fn is_space(it: char) -> bool {
    matches!(it, ' ' | '\t' | '\n' | '\r')
}

/// Whether a text is made of the letters of a token (RFC 9110, 5.6.2).
fn is_token(text: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&it);
    !text.is_empty() && text.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_are_read_as_browsers_read_and_repair_them() {
        for (fields, essence, charset) in [
            (
                &["Text/HTML; a=b; Charset=\"UTF-8\""][..],
                "text/html",
                "UTF-8",
            ),
            (&["text/html;charset='utf-8'"], "text/html", "utf-8"),
            (
                &["text/html; charset=\"utf\\-8\" ; x"],
                "text/html",
                "utf-8",
            ),
            (
                &["text/html;;charset=;charset=koi8-r"],
                "text/html",
                "koi8-r",
            ),
            (&["text/html charset=utf-8"], "text/html", "utf-8"),
            (&["text/html (UTF-8)"], "text/html", ""),
            (&["text/html,text/plain"], "text/plain", ""),
            (
                &["text/html; charset=utf-8, text/html"],
                "text/html",
                "utf-8",
            ),
            (
                &["text/html; charset=utf-8", "text/html"],
                "text/html",
                "utf-8",
            ),
            (
                &["text/html; charset=utf-8", "text/plain"],
                "text/plain",
                "",
            ),
            (&["text/html", "text-html"], "text/html", ""),
            (&["text/html; x=\",image/png\""], "text/html", ""),
            (&["text/html,"], "text/html", ""),
            (&["text/html, */*"], "text/html", ""),
            (&["*/*"], "", ""),
            (&["text-html"], "", ""),
            (&["text-html; charset=big5"], "", "big5"),
            (&["charset=utf-8"], "", "utf-8"),
            (&["html"], "", ""),
            (&["text/"], "", ""),
            (&[""], "", ""),
            (&[], "", ""),
        ] {
            let it = MediaType::extract(fields.iter().copied());
            assert_eq!(it.essence, essence, "{fields:?}");
            assert_eq!(it.charset.as_deref().unwrap_or(""), charset, "{fields:?}");
        }
    }

    #[test]
    fn only_the_very_words_of_old_servers_count_as_their_default() {
        assert!(MediaType::parse("text/plain; charset=UTF-8").is_server_default);
        assert!(!MediaType::parse("text/plain;charset=UTF-8").is_server_default);
        assert!(!MediaType::parse("text/plain; charset=utf-8").is_server_default);
    }
}
