//! The conditions of requests: "only if it changed", and every so often without a condition.

use crate::{
    fetch::{Order, Validators},
    store::{SeedState, Store, StoreError},
    uri::TargetUri,
};

use super::Seed;

/// The orders for `seeds`, each with the validators of the stored capture.
///
/// After every `unconditional` "not modified" answers in a row, a request has no condition, to detect wrong validators; 0 for
/// never. A validator that was wrong before is not used again.
///
/// # Errors
/// The archive cannot be read.
pub fn orders(store: &Store, seeds: &[Seed], unconditional: u32) -> Result<Vec<Order>, StoreError> {
    let known = |seed: &&Seed| seed.last.is_some();
    let visited: Vec<&TargetUri> = seeds.iter().filter(known).map(|seed| &seed.uri).collect();
    let mut states = store.seed_states(visited, unconditional)?.into_iter();
    let order = |seed: &Seed| Order {
        seed: seed.uri.clone(),
        validators: seed
            .last
            .and_then(|_| states.next().flatten())
            .and_then(|state| validators(&state, unconditional)),
    };
    Ok(seeds.iter().map(order).collect())
}

/// The validators for a seed in that state; `None` if nothing complete is stored.
fn validators(state: &SeedState, unconditional: u32) -> Option<Validators> {
    let stored = &state.stored;
    if !matches!(stored.status(), Some(200 | 304)) || stored.truncated.is_some() {
        return None;
    }
    let in_turn = unconditional == 0 || state.not_modified.saturating_add(1) < unconditional;
    // A revisit refers to the capture with the payload, never to another revisit (WARC 1.1, 6.7).
    let (date, target_uri) = state.brought.clone()?;
    Some(Validators {
        etag: stored.field("etag"),
        last_modified: stored.field("last-modified"),
        payload_digest: stored.payload_digest?,
        date,
        target_uri,
        conditional: in_turn && !state.misled,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{capture::CaptureEntry, clock::parse_digits14, digest::PayloadDigest};

    fn state(head: &str) -> SeedState {
        let uri: TargetUri = "https://example.org/".parse().unwrap();
        let at = parse_digits14("2022").unwrap();
        SeedState {
            stored: CaptureEntry {
                target_uri: uri.clone(),
                date: at,
                head: head.as_bytes().to_vec(),
                payload_digest: Some(PayloadDigest::of(b"page")),
                revisit: None,
                truncated: None,
                untrusted: None,
                source: None,
                asked: None,
                failure: None,
            },
            brought: Some((at, uri)),
            not_modified: 0,
            misled: false,
        }
    }

    const PAGE: &str = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\n\r\n";

    #[test]
    fn every_so_often_a_page_is_asked_without_condition() {
        let asked = |not_modified, unconditional| {
            let state = SeedState {
                not_modified,
                ..state(PAGE)
            };
            validators(&state, unconditional).unwrap().conditional
        };
        assert_eq!(
            [0, 1, 2, 3].map(|it| asked(it, 3)),
            [true, true, false, false]
        );
        assert!(asked(900, 0));
    }

    #[test]
    fn a_server_that_was_seen_to_lie_is_not_asked_about_changes_again() {
        let mut state = state(PAGE);
        assert!(validators(&state, 10).unwrap().conditional);
        state.misled = true;
        let known = validators(&state, 10).unwrap();
        assert!(!known.conditional);
        assert_eq!(known.etag.as_deref(), Some("\"a\""));
    }

    #[test]
    fn a_page_without_a_complete_capture_is_requested_again() {
        let not_found = state("HTTP/1.1 404 Not Found\r\n\r\n");
        let mut cut = state(PAGE);
        cut.stored.truncated = Some(crate::capture::Truncation::Length);
        let mut nowhere = state(PAGE);
        nowhere.brought = None;
        for state in [not_found, cut, nowhere] {
            assert!(validators(&state, 10).is_none(), "{state:?}");
        }
    }
}
