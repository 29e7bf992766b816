//! What a page is asked under: "only if it is another than the one we hold", and every so often without condition.

use std::collections::HashMap;

use crate::{
    capture::RevisitProfile,
    digest::PayloadDigest,
    fetch::{Order, Validators},
    store::{Store, StoreError, StoredVisit},
    uri::TargetUri,
};

use super::Seed;

/// So many visits of a page are looked at first: mostly they tell all.
const LATEST: u32 = 16;

/// The orders for `seeds`, each with what is known of the capture that is held.
///
/// Every `unconditional`-th visit in a row that a server answered "not modified" is asked without condition,
/// so that a validator that lies is noticed; 0 for never. One that was seen to lie is not asked about again.
///
/// # Errors
/// The archive cannot be read.
pub(super) fn orders(
    store: &Store,
    seeds: &[Seed],
    unconditional: u32,
) -> Result<Vec<Order>, StoreError> {
    let known = seeds.iter().filter(|it| it.last.is_some());
    let latest = store.latest_visits(known.map(|it| &it.uri), LATEST, |visits| {
        let validators = validators(&visits, unconditional);
        // The capture that holds the payload may lie further back.
        let look_further = validators.is_none() && visits.len() >= LATEST as usize;
        (validators, look_further)
    })?;
    let mut latest = latest.into_iter();
    seeds
        .iter()
        .map(|seed| {
            let latest = seed.last.and_then(|_| latest.next());
            let validators = match latest {
                Some((_, true)) => validators(&store.visits(&seed.uri)?, unconditional),
                Some((validators, false)) => validators,
                None => None,
            };
            Ok(Order {
                seed: seed.uri.clone(),
                validators,
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
    let in_turn = unconditional == 0 || unchanged + 1 < unconditional as usize;
    let held = lasts().find(|it| it.failure.is_none())?;
    if !matches!(held.status(), Some(200 | 304)) || held.truncated.is_some() {
        return None;
    }
    let payload_digest = held.payload_digest?;
    // A revisit refers to the capture that holds the payload, never to another revisit (WARC 1.1, 6.7).
    let brought =
        lasts().find(|it| it.revisit.is_none() && it.payload_digest == Some(payload_digest))?;
    Some(Validators {
        etag: held.field("etag"),
        last_modified: held.field("last-modified"),
        payload_digest,
        date: brought.date,
        target_uri: brought.target_uri.clone(),
        conditional: in_turn && !lies(visits),
    })
}

/// Whether the page ever came with other bytes under the same entity tag or, where it has none, under the same
/// `Last-Modified`: then no "not modified" of its server is worth anything.
fn lies(visits: &[StoredVisit]) -> bool {
    let mut seen: HashMap<(&TargetUri, [Option<String>; 2]), PayloadDigest> = HashMap::new();
    visits.iter().filter_map(|it| it.last()).any(|(_, it)| {
        let Some(digest) = it.payload_digest else {
            return false;
        };
        if it.status() != Some(200) || it.truncated.is_some() {
            return false;
        }
        let validators = match it.field("etag") {
            Some(etag) => [Some(etag), None],
            None => [None, it.field("last-modified")],
        };
        if validators == [None, None] {
            return false;
        }
        *seen.entry((&it.target_uri, validators)).or_insert(digest) != digest
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
            untrusted: None,
            asked: None,
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
        let conditional = |visits: &[StoredVisit]| validators(visits, 3).unwrap().conditional;
        let mut asked = Vec::new();
        for _ in 0..3 {
            asked.push(conditional(&visits));
            visits.push(visit(
                "2023",
                "HTTP/1.1 304 X\r\nETag: \"a\"\r\n\r\n",
                not_modified,
            ));
        }
        assert_eq!(asked, [true, true, false]);
        assert!(validators(&visits, 0).unwrap().conditional);
    }

    #[test]
    fn a_server_that_was_seen_to_lie_is_not_asked_about_changes_again() {
        let page = |at: &str, fields: &str, body: &str| {
            let mut it = visit(at, &format!("HTTP/1.1 200 OK\r\n{fields}\r\n"), None);
            it.hops[0].1.payload_digest = Some(PayloadDigest::of(body.as_bytes()));
            it
        };
        let (tag, date) = (
            "ETag: \"a\"\r\n",
            "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
        );
        let both = format!("{tag}{date}");
        for (first, second, body, conditional) in [
            (tag, tag, "page", true),
            (tag, tag, "other", false),
            (date, date, "other", false),
            ("", "", "other", true),
            (tag, "ETag: \"b\"\r\n", "other", true),
            (
                both.as_str(),
                "ETag: \"b\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
                "other",
                true,
            ),
        ] {
            let visits = [page("2022", first, "page"), page("2023", second, body)];
            let known = validators(&visits, 10).unwrap();
            assert_eq!(known.conditional, conditional, "{first} {second} {body}");
        }
    }
}
