//! The archived copies of a cited page that others can open.

use crate::{
    archives::is_archive_today,
    clock::Instant,
    edit::KnownCopy,
    fetch,
    finding::{CaptureRef, Finding, Subject},
    profile::Profile,
    report::Report,
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
        lacks: Vec::new(),
        archive: None,
    });
    // The copy that has the words of the finding or, for a lost page, most of what rests on it.
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
        lacks: Vec::new(),
        archive: None,
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
            lacks: Vec::new(),
            archive: None,
        })
    };
    let own = own.or_else(cite).filter(|_| !public.is_empty());
    let mut known: Vec<KnownCopy> = Vec::new();
    let all = given.chain(elsewhere(report, number, finding)).chain(own);
    for copy in all.filter(|copy| is_public(&copy.uri) && !is_archive_today(&copy.uri)) {
        if known.iter().all(|it| it.uri != copy.uri) {
            known.push(copy);
        }
    }
    known
}

/// The copy of a reference's page for others: one that has what is cited or, of a page that is there, the one nearest to the access date.
#[must_use]
pub fn copy_for_others(
    report: &Report,
    profile: &Profile,
    number: u32,
    public: &str,
) -> Option<KnownCopy> {
    let sections = &report.references;
    let section = sections.iter().find(|section| section.number == number)?;
    let finding = section.entry.as_ref().map(|entry| &entry.finding);
    let known = finding.and_then(|finding| {
        let known = citable(report, profile, number, finding, public);
        known.into_iter().next()
    });
    let nearest = || {
        let day = section.accessed?;
        let copies = section.visits.iter().filter(|visit| visit.good);
        let copies = copies.filter_map(|visit| {
            let uri = match &visit.source {
                Some(source) => source.citable()?,
                None if public.is_empty() => return None,
                None => public_address(public, visit.date, &visit.target_uri),
            };
            is_public(&uri).then_some((uri, visit))
        });
        let distance = |date: Instant| (date.date_naive() - day).num_days().abs();
        let nearest = copies.min_by_key(|copy| distance(copy.1.date))?;
        Some(KnownCopy {
            uri: nearest.0,
            date: Some(nearest.1.date.date_naive()),
            payload_digest: nearest.1.payload_digest,
            holds: Vec::new(),
            lacks: Vec::new(),
            archive: None,
        })
    };
    known.or_else(nearest)
}

/// The copies in other archives that have the words of the finding or, for a lost page, most of what rests on it.
fn elsewhere(report: &Report, number: u32, finding: &Finding) -> Vec<KnownCopy> {
    let resting = || {
        let entries = report.entries().map(|entry| &entry.finding);
        entries.filter(|entry| {
            let is_new = matches!(entry.subject, Subject::NewName { .. });
            entry.cites.contains(&number) && entry.subject.words().is_some() && !is_new
        })
    };
    let candidates: Vec<&CaptureRef> = match finding.fate() {
        None => finding.copies.iter().collect(),
        Some(_) => resting().flat_map(|it| &it.copies).collect(),
    };
    let mut copies: Vec<KnownCopy> = Vec::new();
    for copy in candidates {
        let Some(source) = &copy.source else { continue };
        let Some(uri) = source
            .citable()
            .filter(|uri| copies.iter().all(|copy| copy.uri != *uri))
        else {
            continue;
        };
        let (holds, lacks): (Vec<&Finding>, Vec<&Finding>) =
            resting().partition(|it| it.copies.contains(copy));
        let words = |all: Vec<&Finding>| {
            let mut words: Vec<String> = all
                .into_iter()
                .filter_map(|it| it.subject.words())
                .map(str::to_owned)
                .collect();
            words.dedup();
            words
        };
        copies.push(KnownCopy {
            uri,
            date: Some(copy.date.date_naive()),
            payload_digest: copy.payload_digest,
            holds: words(holds),
            lacks: words(lacks),
            archive: Some(source.archive.clone()),
        });
    }
    // The findings list their copies by nearness: among those with equally many words, the nearest stays first.
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.holds.len()));
    copies
}

/// The address at which others can open one of our captures.
fn public_address(public: &str, date: Instant, uri: &TargetUri) -> String {
    format!(
        "{}/{}/{uri}",
        public.trim_end_matches('/'),
        date.format("%Y%m%d%H%M%S")
    )
}

/// Whether others can open an address: it is a web address outside this machine and private networks.
fn is_public(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else {
        return false;
    };
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    url.host().is_some_and(|host| fetch::is_public(&host))
}
