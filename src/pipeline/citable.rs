//! The archived copies of a cited page that others can open.

use crate::{
    clock::Instant, edit::KnownCopy, fetch, finding::Finding, profile::Profile, report::Report,
    uri::TargetUri,
};

/// The copies of a reference's page that others can open: those that the article gives, then ours if they are public.
pub(super) fn citable(
    report: &Report,
    profile: &Profile,
    number: u32,
    finding: &Finding,
    public: &str,
) -> Vec<KnownCopy> {
    let reference = profile.reference(number);
    let given = reference
        .into_iter()
        .flat_map(|reference| &reference.archived);
    let given = given.map(|copy| KnownCopy {
        uri: copy.url.clone(),
        date: copy.date,
        payload_digest: None,
        holds: Vec::new(),
    });
    // The copy that had the words of the finding, or, of a lost page, the one that has most of what rests on it.
    let own = finding.copy.as_ref().map(|copy| KnownCopy {
        uri: public_address(public, copy.date, &copy.target_uri),
        date: Some(copy.date.date_naive()),
        payload_digest: copy.payload_digest,
        holds: finding
            .subject
            .words()
            .map(str::to_owned)
            .into_iter()
            .collect(),
    });
    let cite = || {
        let section = report
            .references
            .iter()
            .find(|section| section.number == number)?;
        let copy = section.cite.as_ref()?;
        Some(KnownCopy {
            uri: public_address(public, copy.date, &copy.target_uri),
            date: Some(copy.date.date_naive()),
            payload_digest: Some(copy.payload_digest),
            holds: Vec::new(),
        })
    };
    let own = own.or_else(cite).filter(|_| !public.is_empty());
    given
        .chain(own)
        .filter(|copy| is_public(&copy.uri))
        .collect()
}

/// The address at which others can open one of our captures.
fn public_address(public: &str, date: Instant, uri: &TargetUri) -> String {
    format!(
        "{}/{}/{uri}",
        public.trim_end_matches('/'),
        date.format("%Y%m%d%H%M%S")
    )
}

/// Whether others can open an address: it is on the web, and not on this machine or an inner network.
fn is_public(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else {
        return false;
    };
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    url.host().is_some_and(|it| fetch::is_public(&it))
}
