//! An archive as named in the settings: `cdx:https://web.archive.org`, `pywb:…`, `memento:…`, `commoncrawl:…`.

use std::{fmt, str::FromStr};

use crate::{
    clock::{Instant, digits14, parse_digits14},
    uri::{TargetUri, UriError},
};

/// The interface for listing what an archive has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// The Wayback CDX server: `BASE/cdx/search/cdx`, mementos at `BASE/web/`.
    Cdx,
    /// The CDX server of pywb: `BASE/cdx`, mementos at `BASE/`.
    Pywb,
    /// A TimeMap (RFC 7089): `BASE/timemap/link/URI`, or JSON if the archive answers with it.
    Memento,
    /// The index of Common Crawl: `BASE/collinfo.json`.
    CommonCrawl,
}

/// An archive that can be asked for copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Its interface.
    pub interface: Interface,
    /// Its address, without a slash at the end.
    pub base: String,
    /// Its name: the host, with the port if that is not the default one.
    pub name: String,
}

/// Why a text does not name an archive that can be asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No interface is named.
    #[error(
        "`{0}` does not say how to ask: write `cdx:ADDRESS`, `pywb:ADDRESS`, `memento:ADDRESS` or `commoncrawl:ADDRESS`"
    )]
    Interface(String),
    /// The address is not valid.
    #[error("`{text}` is not the address of an archive")]
    Address {
        /// The text.
        text: String,
        /// Why not.
        #[source]
        source: UriError,
    },
    /// An archive without an interface for programs.
    #[error("{0} is never asked: it has no interface for programs")]
    Never(String),
}

/// The hosts of archive.today.
const ARCHIVE_TODAY: &[&str] = &[
    "archive.today",
    "archive.is",
    "archive.ph",
    "archive.li",
    "archive.vn",
    "archive.fo",
    "archive.md",
];

/// Whether an address is at archive.today, which is never asked and whose copies are never proposed.
#[must_use]
pub fn is_archive_today(address: &str) -> bool {
    let host = url::Url::parse(address).ok();
    let host = host
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    ARCHIVE_TODAY.contains(&host)
}

impl FromStr for Archive {
    type Err = ArchiveError;

    fn from_str(text: &str) -> Result<Self, ArchiveError> {
        let text = text.trim();
        let (interface, base) = text
            .split_once(':')
            .ok_or_else(|| ArchiveError::Interface(text.to_owned()))?;
        let interface = match interface {
            "cdx" => Interface::Cdx,
            "pywb" => Interface::Pywb,
            "memento" => Interface::Memento,
            "commoncrawl" => Interface::CommonCrawl,
            _ => return Err(ArchiveError::Interface(text.to_owned())),
        };
        let (uri, _) = TargetUri::parse(base).map_err(|source| ArchiveError::Address {
            text: base.to_owned(),
            source,
        })?;
        let name = match uri.as_url().port() {
            Some(port) => format!("{}:{port}", uri.host()),
            None => uri.host().to_owned(),
        };
        if is_archive_today(uri.as_str()) {
            return Err(ArchiveError::Never(name));
        }
        Ok(Self {
            interface,
            base: base.trim_end_matches('/').to_owned(),
            name,
        })
    }
}

impl fmt::Display for Archive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interface = match self.interface {
            Interface::Cdx => "cdx",
            Interface::Pywb => "pywb",
            Interface::Memento => "memento",
            Interface::CommonCrawl => "commoncrawl",
        };
        write!(out, "{interface}:{}", self.base)
    }
}

/// A time span: from a day until a day.
type Span = (Instant, Instant);

impl Archive {
    /// The queries that list the mementos of a page, in order: those around the access date, then those of all years. Each begins
    /// with the name under which its progress is stored.
    #[must_use]
    pub fn queries(&self, page: &TargetUri, around: Option<Span>) -> Vec<(&'static str, String)> {
        let url = encoded(page.as_str());
        match self.interface {
            Interface::Cdx => {
                let cdx = format!(
                    "{}/cdx/search/cdx?url={url}&output=json&fl=timestamp,original,mimetype,statuscode,digest&resolveRevisits=true",
                    self.base
                );
                let day = |at: Instant| at.format("%Y%m%d").to_string();
                let window = around.map(|(from, to)| {
                    let span = format!("&from={}&to={}", day(from), day(to));
                    (
                        "window",
                        format!("{cdx}{span}&limit=500&showResumeKey=true"),
                    )
                });
                // One copy per month shows all years of a page in few rows; the last copy has a query of its own.
                let life = format!("{cdx}&collapse=timestamp:6&limit=500&showResumeKey=true");
                let last = ("last", format!("{cdx}&limit=-1"));
                window.into_iter().chain([("life", life), last]).collect()
            }
            Interface::Pywb => vec![(
                "life",
                format!("{}/cdx?url={url}&output=json&limit=10000", self.base),
            )],
            Interface::Memento => vec![("life", format!("{}/timemap/link/{page}", self.base))],
            Interface::CommonCrawl => vec![("indexes", format!("{}/collinfo.json", self.base))],
        }
    }

    /// The query for the next page of an index.
    ///
    /// The key is printed percent-encoded; it is sent as printed, encoded once more (recorded answers of web.archive.org).
    #[must_use]
    pub fn going_on(query: &str, resume: &str) -> String {
        format!("{query}&resumeKey={}", encoded(resume))
    }

    /// The address of the bytes of a memento, as captured.
    #[must_use]
    pub fn raw(&self, at: Instant, page: &str) -> String {
        match self.interface {
            Interface::Cdx => format!("{}/web/{}id_/{page}", self.base, digits14(at)),
            _ => format!("{}/{}id_/{page}", self.base, digits14(at)),
        }
    }
}

/// The date and the page in the address of a memento, and its address for the bytes as captured (`id_`); `None` for an address
/// of another form.
#[must_use]
pub fn memento_in(address: &str) -> Option<(Instant, String, String)> {
    let inner = ["/http://", "/https://", "/http:/", "/https:/"].into_iter();
    let at = inner.filter_map(|it| address.find(it)).min()?;
    let (before, page) = address.split_at_checked(at)?;
    let page = page.strip_prefix('/')?;
    let (base, stamp) = before.rsplit_once('/')?;
    let digits = stamp.bytes().take_while(u8::is_ascii_digit).count();
    let sign = stamp.get(digits..)?;
    if !(sign.is_empty() || sign.len() == 3 && sign.ends_with('_')) {
        return None;
    }
    let digits = stamp.get(..digits)?;
    let date = parse_digits14(digits)?;
    Some((date, page.to_owned(), format!("{base}/{digits}id_/{page}")))
}

/// The address of another page's memento of that time in the same archive; `None` if `memento` has another form.
#[must_use]
pub fn beside(memento: &str, at: Instant, page: &TargetUri) -> Option<String> {
    let (_, own, raw) = memento_in(memento)?;
    let base = raw.strip_suffix(&own)?.trim_end_matches('/');
    let (base, _) = base.rsplit_once('/')?;
    Some(format!("{base}/{}id_/{page}", digits14(at)))
}

/// Percent-encodes everything that has a meaning in a query.
pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_named_by_interface_and_address() {
        for (text, name) in [
            ("cdx:https://web.archive.org", "web.archive.org"),
            ("memento:https://arquivo.pt/wayback/", "arquivo.pt"),
            ("pywb:http://127.0.0.1:18401/ia", "127.0.0.1:18401"),
            (
                "commoncrawl:https://index.commoncrawl.org",
                "index.commoncrawl.org",
            ),
        ] {
            let archive: Archive = text.parse().unwrap();
            assert_eq!(archive.name, name);
            assert_eq!(archive.to_string(), text.trim_end_matches('/'));
        }
        for text in [
            "",
            "https://web.archive.org",
            "cdx:",
            "cdx:ftp://a/",
            "ipfs:https://a/",
        ] {
            assert!(text.parse::<Archive>().is_err(), "{text}");
        }
    }

    #[test]
    fn archive_today_is_refused_under_all_its_names() {
        for host in ARCHIVE_TODAY {
            let error = format!("memento:https://{host}")
                .parse::<Archive>()
                .unwrap_err();
            assert!(error.to_string().contains("never asked"), "{error}");
            assert!(is_archive_today(&format!("https://www.{host}/Ab1Cd")));
        }
        assert!(!is_archive_today(
            "https://web.archive.org/web/2022/https://archive.today/"
        ));
    }

    #[test]
    fn a_resume_key_is_sent_encoded_once_more() {
        let key = "com%2Ccnn%29%2F+20010414";
        let next = Archive::going_on("https://a/cdx?url=b", key);
        assert!(
            next.ends_with("&resumeKey=com%252Ccnn%2529%252F%2B20010414"),
            "{next}"
        );
    }

    #[test]
    fn the_address_of_a_memento_says_its_date_and_page() {
        for (address, raw) in [
            (
                "https://web.archive.org/web/20221021101500/https://a.example/x?y=http://b/",
                "https://web.archive.org/web/20221021101500id_/https://a.example/x?y=http://b/",
            ),
            (
                "http://127.0.0.1:1/ia/20221021101500mp_/http://a.example/",
                "http://127.0.0.1:1/ia/20221021101500id_/http://a.example/",
            ),
        ] {
            let (date, _, found) = memento_in(address).unwrap();
            assert_eq!(digits14(date), "20221021101500");
            assert_eq!(found, raw);
        }
        let page = "https://c.example/d".parse().unwrap();
        assert_eq!(
            beside(
                "https://a.example/web/2022id_/https://b.example/",
                parse_digits14("2023").unwrap(),
                &page
            )
            .as_deref(),
            Some("https://a.example/web/20230101000000id_/https://c.example/d")
        );
        for address in [
            "https://perma.cc/AB12-CD34",
            "https://web.archive.org/web/*/https://a.example/",
            "https://a.example/20221399000000/https://b.example/",
        ] {
            assert!(memento_in(address).is_none(), "{address}");
        }
    }
}
