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

/// Whether an address is a dated copy in a web archive: by its host, or because it ends in a time and another address, as
/// the addresses of replay do (`…/20221021140005/https://example.org/`).
fn is_copy(address: &str) -> bool {
    names_a_capture(address) || is_in_an_archive(address)
}

fn names_a_capture(address: &str) -> bool {
    let places = ["/http://", "/https://"].into_iter();
    let inner = places.filter_map(|place| address.find(place)).min();
    let before = inner.and_then(|inner| address.get(..inner));
    let time = before
        .and_then(|before| before.rsplit('/').next())
        .unwrap_or_default();
    names_a_time(time)
}

fn is_in_an_archive(address: &str) -> bool {
    Url::parse(address).is_ok_and(|it| {
        it.host_str().is_some_and(|host| {
            let host = host.strip_prefix("www.").unwrap_or(host);
            host.ends_with("archive.org") && it.path().starts_with("/web/")
                || ARCHIVES.contains(&host)
        })
    })
}

/// If the addresses of all references name copies of one moment, the article was saved from an archive, which leads every link to itself: each
/// reference gets the address of its page, and the copy beside it.
pub(in crate::article) fn unwrap_saved(references: &mut [Reference]) {
    let times = references.iter().map(|it| {
        let url = it.url.as_deref()?;
        url.split('/').find(|part| names_a_time(part))
    });
    let mut times = times.collect::<Option<Vec<&str>>>().unwrap_or_default();
    times.dedup();
    if times.len() != 1 || references.len() < 2 {
        return;
    }
    for reference in references {
        let inner = ["/http://", "/https://"];
        let page = reference.url.as_deref().and_then(|copy| {
            let at = inner.iter().filter_map(|place| copy.find(place)).min()?;
            copy.get(at + 1..).map(str::to_owned)
        });
        // A copy that does not name its page keeps the address that it has.
        if let Some(page) = page
            && let Some(copy) = reference.url.replace(page)
        {
            reference.archived.push(ArchivedCopy {
                date: day_of(&copy),
                url: copy,
            });
        }
    }
}

/// Whether a part of an address is the time of a copy: 14 digits, with a mark such as `id_` behind them or not.
fn names_a_time(part: &str) -> bool {
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = part.bytes().skip(14);
    digits == 14 && rest.all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The day in the address of a copy.
fn day_of(copy: &str) -> Option<NaiveDate> {
    let digits = copy
        .split('/')
        .find(|part| part.len() >= 14 && part.bytes().take(14).all(|byte| byte.is_ascii_digit()))?;
    NaiveDate::parse_from_str(digits.get(..8)?, "%Y%m%d").ok()
}

/// Moves what an entry's text says of copies into the reference; returns the text without it.
pub(super) fn take(
    text: &str,
    addresses: &[String],
    links: &[(String, String)],
    reference: &mut Reference,
) -> String {
    let mut rest = text.to_owned();
    let mut date = None;
    for language in language::all() {
        if let Some((day, range)) = dated(&rest, &language.citation.archived) {
            date = Some(day);
            rest = without(&rest, range);
            break;
        }
    }
    let says = |link: &str| {
        let shown = links
            .iter()
            .find(|it| it.0 == link)
            .map(|link| link.1.to_lowercase());
        shown.is_some_and(|shown| {
            language::all().iter().any(|it| {
                it.citation
                    .archived
                    .iter()
                    .any(|it| shown.trim_matches('.') == it)
            })
        })
    };
    let several = addresses.len() > 1;
    // The only address of an entry is what it cites, even if it is that of an archive.
    let only = addresses.iter().all(|address| is_copy(address));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_a_saved_article_lead_to_their_pages_again_and_none_loses_its_address() {
        let of = |url: &str| Reference {
            url: Some(url.to_owned()),
            ..Reference::default()
        };
        let copy = "https://web.example/web/20221021140005/https://example.org/a";
        let bare = "https://web.example/web/20221021140005/example.org/b";
        let mut saved = [of(copy), of(bare)];
        unwrap_saved(&mut saved);
        assert_eq!(saved[0].url.as_deref(), Some("https://example.org/a"));
        assert_eq!(saved[0].archived[0].url, copy);
        assert_eq!(saved[1], of(bare));
    }

    #[test]
    fn a_copy_is_known_by_its_archive_or_by_the_form_of_its_address() {
        for (address, copy) in [
            (
                "https://web.archive.org/web/20221021140005/https://example.org/",
                true,
            ),
            (
                "https://archive.example.org/web/20221021140005/https://example.org/",
                true,
            ),
            (
                "https://replay.example/coll/20221021140005id_/http://example.org/a",
                true,
            ),
            ("https://perma.cc/AB12-CD34", true),
            ("https://example.org/20221021/https://example.com/", false),
            (
                "https://example.org/login?next=https://example.org/20221021140005/",
                false,
            ),
            ("https://example.org/partners", false),
        ] {
            assert_eq!(is_copy(address), copy, "{address}");
        }
    }
}
