//! Addresses in an archive: TimeGates, TimeMaps and mementos of a page, written for links and parsed from requests.

use crate::{
    clock::{Instant, digits14, parse_digits14},
    uri::{TargetUri, UriError},
};

use super::Form;

/// The origin of an archive: the beginning of its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    base: String,
}

impl Archive {
    /// The archive at an origin such as `http://127.0.0.1:8081`; if the origin is empty, its addresses are paths.
    #[must_use]
    pub fn at(origin: &str) -> Self {
        Self {
            base: origin.trim_end_matches('/').to_owned(),
        }
    }

    /// The TimeGate of a page (URI-G).
    #[must_use]
    pub fn timegate(&self, uri: &TargetUri) -> String {
        format!("{}/timegate/{uri}", self.base)
    }

    /// The TimeMap of a page (URI-T).
    #[must_use]
    pub fn timemap(&self, form: Form, uri: &TargetUri) -> String {
        format!("{}/timemap/{}/{uri}", self.base, form.word())
    }

    /// The memento of a page at a time (URI-M), with a precision of a second.
    #[must_use]
    pub fn memento(&self, at: Instant, uri: &TargetUri) -> String {
        format!("{}/web/{}/{uri}", self.base, digits14(at))
    }

    /// The same memento with the words marked that a finding or the findings of a page rest on (`id`), at one of them (`mark`).
    #[must_use]
    pub fn marked(&self, at: Instant, uri: &TargetUri, id: &str, mark: Option<&str>) -> String {
        let mark = mark.map_or(String::new(), |mark| format!("#{mark}"));
        format!("{}/web/{}mk-{id}_/{uri}{mark}", self.base, digits14(at))
    }

    /// The payload of the same memento, as captured.
    #[must_use]
    pub fn raw(&self, at: Instant, uri: &TargetUri) -> String {
        format!("{}/web/{}id_/{uri}", self.base, digits14(at))
    }
}

/// A request for a memento: the part after `/web/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which memento of the page.
    pub when: When,
    /// Whether the payload is requested as captured (`id_`).
    pub raw: bool,
    /// Whose words are to be marked (`mk-ID_`): a finding or a page of the desk.
    pub marks: Option<String>,
    /// The page.
    pub target: TargetUri,
}

/// Which of a page's mementos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The latest one; no date was given.
    Latest,
    /// All of them: `*`.
    Every,
    /// The one at that time, or the nearest.
    At {
        /// The time; with fewer digits, the earliest that they allow.
        at: Instant,
        /// Whether all 14 digits were given, and no modifier except `id_`; other spellings are redirected to this one.
        whole: bool,
    },
}

/// Why the part after `/web/`, `/timegate/` or `/timemap/` is not the address of a page.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is empty.
    #[error("the address of a page is missing")]
    Missing,
    /// The part before the page is not a date.
    #[error("`{text}` is not a date: 4 to 14 digits are needed, YYYYMMDDhhmmss from the left")]
    Date {
        /// That part, its first 40 characters.
        text: String,
    },
    /// It is not the address of a page.
    #[error(transparent)]
    Target(#[from] UriError),
}

impl Asked {
    /// Parses the part after `/web/`, including the query: `20240301000000id_/https://example.org/a?b=c`.
    ///
    /// Modifiers of other archives after the digits (`im_`, `if_`, `cs_` and the like) are ignored.
    ///
    /// # Errors
    /// An invalid date, or not the address of a page.
    pub fn parse(rest: &str) -> Result<Self, AddressError> {
        let begins = rest.split('/').next().unwrap_or_default();
        let digits = begins.bytes().take_while(u8::is_ascii_digit).count();
        let sign = begins.get(digits..).unwrap_or_default();
        let behind = rest.get(begins.len() + 1..);
        if begins == "*" {
            return Ok(Self {
                when: When::Every,
                raw: false,
                marks: None,
                target: target_of(behind.unwrap_or_default())?,
            });
        }
        let marks = marks_of(sign);
        let is_sign = sign.is_empty()
            || marks.is_some()
            || sign.len() == 3
                && sign.ends_with('_')
                && sign.as_bytes()[..2].iter().all(u8::is_ascii_lowercase);
        let (true, true, Some(behind)) = (digits > 0, is_sign, behind) else {
            return Ok(Self {
                when: When::Latest,
                raw: false,
                marks: None,
                target: target_of(rest)?,
            });
        };
        let at = begins.get(..digits).and_then(parse_digits14);
        let at = at.ok_or_else(|| AddressError::Date {
            text: begins.chars().take(40).collect(),
        })?;
        let raw = sign == "id_";
        Ok(Self {
            when: When::At {
                at,
                whole: digits == 14 && (raw || marks.is_some() || sign.is_empty()),
            },
            raw,
            marks,
            target: target_of(behind)?,
        })
    }
}

/// The id in the modifier `mk-ID_`: 8 or 12 hexadecimal digits.
fn marks_of(sign: &str) -> Option<String> {
    let id = sign.strip_prefix("mk-")?.strip_suffix('_')?;
    let is_id = matches!(id.len(), 8 | 12) && id.bytes().all(|it| it.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}

/// Parses the address of a page in a path, including the query: also with the slash that some clients lose (`https:/host`),
/// percent-encoded as a whole (`https%3A%2F%2Fhost`), or without a scheme, which means `http`.
///
/// # Errors
/// Not the address of a page.
pub fn target_of(text: &str) -> Result<TargetUri, AddressError> {
    let text = text.trim_start_matches('/');
    let lower = text
        .get(..8.min(text.len()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    if text.is_empty() {
        return Err(AddressError::Missing);
    }
    if lower.starts_with("http%3a") || lower == "https%3a" {
        return Ok(TargetUri::parse(&decoded(text))?.0);
    }
    let (scheme, after) = text.split_once(':').unwrap_or(("/", ""));
    let is_host = scheme.contains(['/', '.', '?'])
        || after.starts_with(|letter: char| letter.is_ascii_digit());
    if is_host {
        return Ok(TargetUri::parse(&format!("http://{text}"))?.0);
    }
    Ok(TargetUri::parse(text)?.0)
}

/// A text, percent-decoded once.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let pair = behind.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let value = pair
            .filter(|pair| *first == b'%' && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = match value {
            Some(_) => behind.get(2..).unwrap_or_default(),
            None => behind,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memento_is_asked_for_as_it_is_linked_to() {
        let uri: TargetUri = "https://example.org/a//b?u=http://x/?y&z".parse().unwrap();
        let at = parse_digits14("20240301020304").unwrap();
        let archive = Archive::at("http://127.0.0.1:8081/");
        for (address, raw) in [
            (archive.memento(at, &uri), false),
            (archive.raw(at, &uri), true),
        ] {
            let rest = address.split_once("/web/").unwrap().1;
            let asked = Asked::parse(rest).unwrap();
            assert_eq!(asked.target, uri);
            assert_eq!(asked.raw, raw);
            assert_eq!(asked.when, When::At { at, whole: true });
        }
    }

    #[test]
    fn spellings_of_other_archives_and_clients_are_understood() {
        for (rest, when, target) in [
            ("2024/http:/example.org/a", "2024", "http://example.org/a"),
            (
                "20240301000000if_/https://example.org",
                "20240301",
                "https://example.org/",
            ),
            (
                "202403/https%3A%2F%2Fexample.org%2Fa%3Fb",
                "202403",
                "https://example.org/a?b",
            ),
            (
                "https://example.org/2024/x",
                "latest",
                "https://example.org/2024/x",
            ),
            (
                "example.org:8080/x?y",
                "latest",
                "http://example.org:8080/x?y",
            ),
            ("localhost:8080/x", "latest", "http://localhost:8080/x"),
            ("2024/example.org/#part", "2024", "http://example.org/"),
            ("*/example.org", "every", "http://example.org/"),
            ("/https://example.org/", "latest", "https://example.org/"),
        ] {
            let asked = Asked::parse(rest).unwrap();
            assert_eq!(asked.target.as_str(), target, "{rest}");
            let expected = match when {
                "latest" => When::Latest,
                "every" => When::Every,
                digits => When::At {
                    at: parse_digits14(digits).unwrap(),
                    whole: false,
                },
            };
            assert_eq!(asked.when, expected, "{rest}");
        }
    }

    #[test]
    fn what_names_no_page_is_refused_with_the_reason() {
        for (rest, reason) in [
            ("", "is missing"),
            ("2024/", "is missing"),
            ("202/http://example.org/", "`202` is not a date"),
            ("20241399000000/http://example.org/", "not a date"),
            ("202403010000001/http://example.org/", "not a date"),
            ("2024/ftp://example.org/", "`ftp`"),
            ("2024/javascript:alert(1)", "`javascript`"),
            ("2024/http://", "not a URL"),
            ("2024/http://a b/", "not a URL"),
        ] {
            let error = Asked::parse(rest).unwrap_err().to_string();
            assert!(error.contains(reason), "{rest}: {error}");
        }
    }
}
