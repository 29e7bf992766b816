//! Copies of a cited page in other archives, as an entry gives them: `Archived from the original on May 2, 2024`.

use chrono::NaiveDate;
use url::Url;

use super::{dated, without};
use crate::{
    language,
    profile::{ArchivedCopy, Reference},
};

/// Hosts that keep dated copies.
const ARCHIVES: &[&str] = &[
    "archive.is",
    "archive.today",
    "archive.ph",
    "archive.li",
    "archive.vn",
    "archive.fo",
    "archive.md",
    "perma.cc",
    "webcitation.org",
    "ghostarchive.org",
    "megalodon.jp",
    "webarchive.nationalarchives.gov.uk",
    "arquivo.pt",
    "webarchive.loc.gov",
];

/// Whether an address is a dated copy in a web archive.
fn is_copy(address: &str) -> bool {
    Url::parse(address).is_ok_and(|it| {
        it.host_str().is_some_and(|host| {
            let host = host.strip_prefix("www.").unwrap_or(host);
            host.ends_with("archive.org") && it.path().starts_with("/web/")
                || ARCHIVES.contains(&host)
        })
    })
}

/// The day that stands in the address of a copy.
fn day_of(copy: &str) -> Option<NaiveDate> {
    let digits = copy
        .split('/')
        .find(|it| it.len() >= 14 && it.bytes().take(14).all(|it| it.is_ascii_digit()))?;
    NaiveDate::parse_from_str(digits.get(..8)?, "%Y%m%d").ok()
}

/// Takes what is said of copies out of an entry's text and into the reference; the text without it.
pub(super) fn take(
    text: &str,
    addresses: &[String],
    links: &[(String, String)],
    reference: &mut Reference,
) -> String {
    let mut rest = text.to_owned();
    let mut date = None;
    for language in language::all() {
        if let Some((day, range)) = dated(&rest, &language.archived) {
            date = Some(day);
            rest = without(&rest, range);
            break;
        }
    }
    let says = |link: &str| {
        let shown = links
            .iter()
            .find(|it| it.0 == link)
            .map(|it| it.1.to_lowercase());
        shown.is_some_and(|shown| {
            language::all()
                .iter()
                .any(|it| it.archived.iter().any(|it| shown.trim_matches('.') == it))
        })
    };
    let several = addresses.len() > 1;
    // The only address of an entry is what it cites, whatever keeps it.
    let only = addresses.iter().all(|it| is_copy(it));
    for address in addresses.iter().skip(usize::from(only)) {
        if is_copy(address) || (several && says(address)) {
            reference.archived.push(ArchivedCopy {
                url: address.clone(),
                date: date.or_else(|| day_of(address)),
            });
        }
    }
    rest
}
