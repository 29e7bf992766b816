//! The article's own page, if its profile watches it: reports when the article says something else.

use crate::{
    article,
    capture::CaptureEntry,
    clock::warc_date,
    content_coding::{self, Caps},
    media_type::MediaType,
    pipeline::Named,
    profile::Profile,
    store::{Store, StoreError},
    uri::TargetUri,
};

use super::Session;

/// Reports each watched article that changed after its profile was made, with the two dates and the command to run.
pub(super) fn tell(session: &Session, profiles: &[Named], store: &Store) -> Result<(), StoreError> {
    for named in profiles.iter().filter(|profile| profile.profile.watch) {
        let address = named.profile.article.as_deref();
        let Some((address, Ok((uri, _)))) =
            address.map(|address| (address, TargetUri::parse(address)))
        else {
            continue;
        };
        if let Some((before, after)) = changed(store, &uri, &named.profile)? {
            session.remark(&format!(
                "{}: the article changed between {} and {}; to update the profile: stillsays profile update {address} -p {}",
                named.name,
                warc_date(before.date),
                warc_date(after.date),
                named.name,
            ));
        }
    }
    Ok(())
}

/// The last two captures that say different things, unless the later one is what the profile was read from.
fn changed(
    store: &Store,
    uri: &TargetUri,
    profile: &Profile,
) -> Result<Option<(CaptureEntry, CaptureEntry)>, StoreError> {
    let visits = store.visits(uri)?;
    let good: Vec<&CaptureEntry> = visits
        .iter()
        .filter_map(|visit| visit.last())
        .map(|it| &it.1)
        .filter(|it| it.status() == Some(200) && it.payload_digest.is_some())
        .collect();
    let Some(latest) = good.last() else {
        return Ok(None);
    };
    let Some(now) = read(store, latest)? else {
        return Ok(None);
    };
    if in_step(profile, &now) {
        return Ok(None);
    }
    for before in good.iter().rev().skip(1) {
        if before.payload_digest == latest.payload_digest {
            continue;
        }
        let same = read(store, before)?.is_some_and(|read| says_the_same(&read, &now));
        if !same {
            return Ok(Some(((*before).clone(), (*latest).clone())));
        }
    }
    Ok(None)
}

/// Whether the profile has been brought up to that reading of the article.
fn in_step(profile: &Profile, now: &Profile) -> bool {
    let digest = |it: &Profile| it.source.as_ref().map(|source| source.digest.clone());
    digest(profile).is_some() && digest(profile) == digest(now)
}

fn says_the_same(one: &Profile, other: &Profile) -> bool {
    let claims = one.claims.len() == other.claims.len()
        && one
            .claims
            .iter()
            .zip(&other.claims)
            .all(|(a, b)| a.statement == b.statement && a.cites == b.cites);
    let references = one.references.len() == other.references.len()
        && one
            .references
            .iter()
            .zip(&other.references)
            .all(|(a, b)| a.url == b.url && a.accessed == b.accessed);
    claims && references
}

/// The article as a capture shows it; `None` if the capture cannot be read.
fn read(store: &Store, entry: &CaptureEntry) -> Result<Option<Profile>, StoreError> {
    let Some(digest) = &entry.payload_digest else {
        return Ok(None);
    };
    let payload = store.payload(digest)?;
    let coding = entry.field("content-encoding");
    let Ok(decoded) = content_coding::decode(&payload, coding.as_deref(), &Caps::default()) else {
        return Ok(None);
    };
    let media_type = MediaType::parse(&entry.field("content-type").unwrap_or_default());
    let path = entry.target_uri.as_url().path();
    let import = article::read(&decoded.bytes, Some(&media_type), Some(path), None);
    Ok(import.ok().map(|import| import.profile))
}
