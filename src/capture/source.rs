//! Where a capture comes from that another archive made: whose it is, its address there, and when it was copied.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Instant, warc_date},
    uri::TargetUri,
};

/// Another archive that made a capture. A capture without one is our own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The name of the archive: the host of the memento, or what `import --source` says.
    pub archive: String,
    /// The address of the memento (RFC 7089, URI-M; `WARC-Source-URI`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memento: Option<String>,
    /// When it was copied from there (`WARC-Creation-Date`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<Instant>,
    /// The item and WARC file of the archive that it is in (`x-archive-src`): they show which crawler made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The name of the file that it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Whether the payload is the one that the archive's index has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<IndexDigest>,
}

/// How the payload of a copy compares with the digest in the index of its archive: base32 of SHA-1 over the payload as the server
/// sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexDigest {
    /// They are equal: archive, index and copy agree.
    Equal,
    /// The server sent the page compressed, and the archive gave it out decoded, or the other way round.
    Coded,
    /// They differ for no known reason.
    Different,
    /// The index gives no digest, or was not asked.
    Unknown,
}

impl fmt::Display for IndexDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Equal => "the payload is the one in the index",
            Self::Coded => {
                "the digest in the index is that of the payload in another content coding"
            }
            Self::Different => "the payload is not the one in the index",
            Self::Unknown => "the index gives no digest",
        })
    }
}

impl Source {
    /// The archive whose memento has that address.
    #[must_use]
    pub fn of_memento(memento: &str) -> Self {
        let host = url::Url::parse(memento).ok();
        let host = host.as_ref().and_then(url::Url::host_str);
        Self {
            archive: host.unwrap_or(memento).to_owned(),
            memento: Some(memento.to_owned()),
            ..Self::default()
        }
    }

    /// The address that visits copied from there are kept under: that of the page with the archive, so that they are never taken
    /// for visits of the page.
    #[must_use]
    pub fn seed(&self, page: &TargetUri) -> TargetUri {
        let mut url = page.as_url().clone();
        url.query_pairs_mut()
            .append_pair("__copied_from", &self.archive);
        TargetUri::from_url(url).map_or_else(|_| page.clone(), |parsed| parsed.0)
    }

    /// Whose copy it is, for people: `as held by web.archive.org, copied 2026-11-27`.
    #[must_use]
    pub fn held_by(&self) -> String {
        match self.copied {
            Some(at) => format!(
                "as held by {}, copied {}",
                self.archive,
                at.format("%Y-%m-%d")
            ),
            None => format!("as held by {}", self.archive),
        }
    }

    /// The address of the memento as a person opens it: with the bar of the archive, not the bytes alone (`id_`). A part of a WARC
    /// file, as Common Crawl has them, is not something that a person can open.
    #[must_use]
    pub fn citable(&self) -> Option<String> {
        let memento = self.memento.as_deref()?;
        if memento.contains("#bytes=") {
            return None;
        }
        let mut parts: Vec<String> = memento.split('/').map(str::to_owned).collect();
        for part in parts.iter_mut().skip(3) {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            if digits >= 4 && matches!(part.get(digits..), Some("id_" | "mp_" | "if_")) {
                part.truncate(digits);
                break;
            }
        }
        Some(parts.join("/"))
    }

    /// The same, where a browser can follow it.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let web = |it: &String| it.starts_with("https://") || it.starts_with("http://");
        self.citable().filter(web)
    }

    /// The fields that name it in a record: `WARC-Source-URI` and `WARC-Creation-Date`.
    pub fn warc_fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        let named = self
            .memento
            .clone()
            .map(|memento| ("WARC-Source-URI", memento));
        let copied = self
            .copied
            .map(|copied| ("WARC-Creation-Date", warc_date(copied)));
        named.into_iter().chain(copied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_cited_by_the_address_that_people_open() {
        let citable = |memento: &str| Source::of_memento(memento).citable().unwrap();
        for (memento, expected) in [
            (
                "https://web.archive.org/web/20221021101500id_/https://lantern.example/20221021id_/a",
                "https://web.archive.org/web/20221021101500/https://lantern.example/20221021id_/a",
            ),
            (
                "http://127.0.0.1:18401/ia/20221021101500mp_/https://lantern.example/",
                "http://127.0.0.1:18401/ia/20221021101500/https://lantern.example/",
            ),
            ("https://perma.cc/AB12-CD34", "https://perma.cc/AB12-CD34"),
        ] {
            assert_eq!(citable(memento), expected);
        }
    }

    #[test]
    fn copies_of_a_page_are_no_visits_of_it() {
        let page: TargetUri = "https://lantern.example/partners?a=b".parse().unwrap();
        let source =
            Source::of_memento("https://web.archive.org/web/2022id_/https://lantern.example/");
        assert_eq!(
            source.seed(&page).as_str(),
            "https://lantern.example/partners?a=b&__copied_from=web.archive.org"
        );
    }
}
