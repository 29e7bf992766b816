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
    let payload_digest = held.payload_digest?;
    // A revisit refers to the capture that holds the payload, never to another revisit (WARC 1.1, 6.7).
    let brought =
        lasts().find(|it| it.revisit.is_none() && it.payload_digest == Some(payload_digest))?;
    Some(Validators {
        etag: held.field("etag").filter(|_| trusted),
        last_modified: held.field("last-modified").filter(|_| trusted),
        payload_digest,
        date: brought.date,
        target_uri: brought.target_uri.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capture::CaptureEntry,
        clock::parse_digits14,
        digest::PayloadDigest,
        store::{CaptureId, CrawlId, VisitId},
    };

    fn visit(at: &str, head: &str, revisit: Option<RevisitProfile>) -> StoredVisit {
        let uri: crate::uri::TargetUri = "https://example.org/".parse().unwrap();
        let entry = CaptureEntry {
            target_uri: uri.clone(),
            date: parse_digits14(at).unwrap(),
            head: head.as_bytes().to_vec(),
            payload_digest: Some(PayloadDigest::of(b"page")),
            revisit,
            truncated: None,
            failure: None,
        };
        StoredVisit {
            id: VisitId(1),
            crawl: CrawlId(1),
            seed: uri,
            hops: vec![(CaptureId(1), entry)],
        }
    }

    #[test]
    fn a_revisit_refers_to_the_capture_that_holds_the_payload() {
        let not_modified = Some(RevisitProfile::ServerNotModified);
        let visits = [
            visit("2022", "HTTP/1.1 200 OK\r\nETag: \"a\"\r\n\r\n", None),
            visit(
                "2023",
                "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
                not_modified,
            ),
        ];
        let known = validators(&visits, 10).unwrap();
        assert_eq!(known.date, parse_digits14("2022").unwrap());
        assert_eq!(known.etag.as_deref(), Some("\"a\""));
    }

    #[test]
    fn every_so_often_a_page_is_asked_without_condition() {
        let not_modified = Some(RevisitProfile::ServerNotModified);
        let mut visits = vec![visit(
            "2022",
            "HTTP/1.1 200 OK\r\nETag: \"a\"\r\n\r\n",
            None,
        )];
        let etag = |visits: &[StoredVisit]| validators(visits, 3).and_then(|it| it.etag);
        let mut asked = Vec::new();
        for _ in 0..3 {
            asked.push(etag(&visits).is_some());
            visits.push(visit(
                "2023",
                "HTTP/1.1 304 X\r\nETag: \"a\"\r\n\r\n",
                not_modified,
            ));
        }
        assert_eq!(asked, [true, true, false]);
        assert_eq!(
            validators(&visits, 0).unwrap().etag.as_deref(),
            Some("\"a\"")
        );
    }
}
