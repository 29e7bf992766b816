//! Media types and character sets: the type of a payload, and how to decode it as text.

mod charset;
mod sniff;

pub use charset::{CharsetSource, Decoded, decode};

/// A media type as in `Content-Type` fields (WHATWG MIME Sniffing, 4.4), without parameters other than charset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype`, in lower case; empty if there was no valid one.
    pub essence: String,
    /// The `charset` parameter as spelled, without quotes.
    pub charset: Option<String>,
    /// Whether the field is one that old servers send for every file of unknown type
    /// (WHATWG MIME Sniffing, 5.1, "check-for-apache-bug").
    pub is_server_default: bool,
}

/// The exact fields that old servers send for files of unknown type.
const SERVER_DEFAULTS: [&str; 4] = [
    "text/plain",
    "text/plain; charset=ISO-8859-1",
    "text/plain; charset=iso-8859-1",
    "text/plain; charset=UTF-8",
];

impl MediaType {
    /// Parses a field value, which can be several values joined by commas.
    #[must_use]
    pub fn parse(field: &str) -> Self {
        Self::extract([field])
    }

    /// The media type from all `Content-Type` fields of a response (Fetch standard, "extract a MIME type"): the last valid one,
    /// with the charset that an earlier field gave for the same type.
    ///
    /// If no value is valid by the standard, the first one is repaired as in browsers: parameters without a semicolon before them,
    /// a comment after the type. If that is still not a media type, the essence is empty.
    #[must_use]
    pub fn extract<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let fields: Vec<&str> = fields.into_iter().collect();
        let values: Vec<&str> = fields.iter().flat_map(|field| split_list(field)).collect();
        let mut found: Option<Self> = None;
        for value in &values {
            let Some(mut next) = strict(value).filter(|strict| strict.essence != "*/*") else {
                continue;
            };
            if let Some(before) = found.filter(|found| found.essence == next.essence) {
                next.charset = next.charset.or(before.charset);
            }
            found = Some(next);
        }
        let mut found = found.unwrap_or_else(|| {
            let mut repaired = values.iter().map(|value| repaired(value));
            repaired
                .find(|it| *it != Self::default())
                .unwrap_or_default()
        });
        found.is_server_default = fields
            .last()
            .is_some_and(|field| SERVER_DEFAULTS.contains(field));
        found
    }

    /// Whether it is HTML or XHTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        matches!(self.essence.as_str(), "text/html" | "application/xhtml+xml")
    }

    /// The type of the bytes as in browsers (WHATWG MIME Sniffing, 7): the type that the server gives, except for types that are
    /// missing, are a default, or are clear from the bytes. `nosniff` is the value of `X-Content-Type-Options`.
    #[must_use]
    pub fn sniffed(&self, bytes: &[u8], nosniff: bool) -> Self {
        Self {
            essence: sniff::essence(self, bytes, nosniff),
            charset: self.charset.clone(),
            is_server_default: false,
        }
    }
}

/// The values of a list, split at commas outside quotes.
fn split_list(field: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, letter) in field.char_indices() {
        match letter {
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

/// Parses a value by the standard (WHATWG MIME Sniffing, 4.4).
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

/// Parses a value as browsers repair it: the type ends at the first space or bracket. A charset counts even without a type.
fn repaired(value: &str) -> MediaType {
    let value = value.trim_matches(is_space);
    let ends = |letter: char| is_space(letter) || matches!(letter, ';' | '(' | '"');
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

/// The first `charset` in parameters, which begin after the semicolon.
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
        // In the standard, single quotes are not quotes; no charset has them in its name.
        let value = value.trim_matches('\'');
        if name.trim().eq_ignore_ascii_case("charset") && !value.is_empty() {
            return Some(value.to_owned());
        }
        rest = behind;
    }
    None
}

/// A quoted text without its quotes and escapes, and the text after the next semicolon.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let behind = text.get(at + 1..).unwrap_or_default();
                return (value, behind.split_once(';').map_or("", |parts| parts.1));
            }
            '\\' => value.extend(letters.next().map(|letter| letter.1)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// Whether a text consists of token characters (RFC 9110, 5.6.2).
fn is_token(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
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
            let extract = MediaType::extract(fields.iter().copied());
            assert_eq!(extract.essence, essence, "{fields:?}");
            assert_eq!(
                extract.charset.as_deref().unwrap_or(""),
                charset,
                "{fields:?}"
            );
        }
    }

    #[test]
    fn only_the_very_words_of_old_servers_count_as_their_default() {
        assert!(MediaType::parse("text/plain; charset=UTF-8").is_server_default);
        assert!(!MediaType::parse("text/plain;charset=UTF-8").is_server_default);
        assert!(!MediaType::parse("text/plain; charset=utf-8").is_server_default);
    }
}
