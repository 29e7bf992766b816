//! What a page is asked under: "only if it is another than the one we hold", and every so often without condition.

use crate::{
    capture::RevisitProfile,
    fetch::{Order, Validators},
    store::{Store, StoreError, StoredVisit},
};

use super::Seed;

/// The orders for `seeds`, each with what is known of the capture that is held.
///
/// Every `unconditional`-th visit in a row that a server answered "not modified" is asked without condition,
/// so that a validator that lies is noticed; 0 for never.
///
/// # Errors
/// The archive cannot be read.
pub(super) fn orders(
    store: &Store,
    seeds: &[Seed],
    unconditional: u32,
) -> Result<Vec<Order>, StoreError> {
    seeds
        .iter()
        .map(|seed| {
            let visits = match seed.last {
                Some(_) => store.visits(&seed.uri)?,
                None => Vec::new(),
            };
            Ok(Order {
                seed: seed.uri.clone(),
                validators: validators(&visits, unconditional),
            })
        })
        .collect()
}

fn validators(visits: &[StoredVisit], unconditional: u32) -> Option<Validators> {
    let lasts = || {
        visits
            .iter()
            .rev()
            .filter_map(|it| it.last().map(|it| &it.1))
    };
    let unchanged = lasts()
        .take_while(|it| it.revisit == Some(RevisitProfile::ServerNotModified))
        .count();
    let trusted = unconditional == 0 || unchanged + 1 < unconditional as usize;
    let held = lasts().find(|it| it.failure.is_none())?;
    if !matches!(held.status(), Some(200 | 304)) || held.truncated.is_some() {
        return None;
    }
    Some(Validators {
        etag: held.field("etag").filter(|_| trusted),
        last_modified: held.field("last-modified").filter(|_| trusted),
        payload_digest: held.payload_digest?,
        date: held.date,
        target_uri: held.target_uri.clone(),
    })
}
