//! Requests that are answered once, however often they are sent: `Idempotency-Key`.
//!
//! Answers are kept in memory. Decisions also have digests of the key and of the request with them, so that they are not made again
//! after the server was restarted.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use super::{
    answers::json,
    deeds::{Decided, Done},
};
use crate::{
    clock::Instant,
    desk::Numbered,
    digest::ContentDigest,
    web::{Answer, Origins, Request, Web, problem::Problem, route::Answering},
};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// How many answers are kept.
const MOST: usize = 10_000;

/// The answers that were given under a key, as long as this server runs.
#[derive(Default)]
pub(in crate::web) struct Once(Mutex<HashMap<(String, String), Kept>>);

struct Kept {
    at: Instant,
    /// Of method, path and body.
    request: ContentDigest,
    /// `None` while it is being made.
    answer: Option<Answer>,
}

impl fmt::Debug for Once {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Once(…)")
    }
}

impl Once {
    /// The answer that was given under a key, or the place for it.
    fn begin(
        &self,
        key: &(String, String),
        request: ContentDigest,
        now: Instant,
    ) -> Option<Answer> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, it| now - it.at < KEPT);
        match kept.get(key) {
            Some(it) if it.request != request => Some(other_request()),
            Some(it) => Some(it.answer.clone().unwrap_or_else(|| {
                Problem::new(
                    "conflict",
                    "The same request is being answered. Ask again for its answer.",
                )
                .answer()
            })),
            None => {
                if kept.len() < MOST {
                    let begun = Kept {
                        at: now,
                        request,
                        answer: None,
                    };
                    kept.insert(key.clone(), begun);
                }
                None
            }
        }
    }

    /// Keeps an answer. Where nothing was done, the same may be tried again.
    fn end(&self, key: &(String, String), answer: &Answer) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answer.status >= 500 {
            kept.remove(key);
        } else if let Some(begun) = kept.get_mut(key) {
            begun.answer = Some(answer.clone());
        }
    }
}

/// Frees the place of a request whose answer was never made.
struct Begun<'a>(&'a Once, &'a (String, String), bool);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.2 {
            let mut kept = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.remove(self.1);
        }
    }
}

/// The answer to a request, made by `answering` unless it was given before under its key.
pub(super) fn once(
    web: &Web,
    request: &Request,
    origins: &Origins,
    answering: Answering,
) -> Answer {
    let Some(key) = request.field("idempotency-key").filter(|it| !it.is_empty()) else {
        return answering(web, request, origins);
    };
    let key = (request.visitor().name, key);
    let digest = digest_of(request);
    if let Some(answer) = web.once.begin(&key, digest, web.options.clock.now()) {
        return answer;
    }
    let mut begun = Begun(&web.once, &key, false);
    let answer = match decided_before(web, request) {
        Some(answer) => answer,
        None => answering(web, request, origins),
    };
    begun.2 = true;
    web.once.end(&key, &answer);
    answer
}

fn digest_of(request: &Request) -> ContentDigest {
    let mut sent = format!("{} {}\0", request.method, request.path).into_bytes();
    sent.extend(&request.body);
    ContentDigest::of(&sent)
}

/// What decisions have with them of a request under a key: a digest of the person and the key, and one of the request.
pub(super) fn tag(request: &Request) -> Option<String> {
    let key = request
        .field("idempotency-key")
        .filter(|it| !it.is_empty())?;
    let whose = ContentDigest::of(format!("{}\0{key}", request.visitor().name).as_bytes());
    let short = |digest: ContentDigest| digest.short().chars().take(16).collect::<String>();
    Some(format!("{}.{}", short(whose), short(digest_of(request))))
}

/// The answer to a request whose decisions were stored before this server was started.
fn decided_before(web: &Web, request: &Request) -> Option<Answer> {
    let tag = tag(request)?;
    let (key, _) = tag.split_once('.')?;
    let since = web.options.clock.now() - KEPT;
    let now = web.now().ok()?;
    let own = |it: &&Numbered| {
        let stored = it.review.terms.request.as_deref();
        stored.is_some_and(|it| it.split('.').next() == Some(key))
    };
    let recent = now
        .reviews
        .iter()
        .rev()
        .take_while(|it| it.review.at > since);
    let mut decided: Vec<&Numbered> = recent.filter(own).collect();
    decided.reverse();
    let first = decided.first()?;
    if first.review.terms.request.as_ref() != Some(&tag) {
        return Some(other_request());
    }
    let done = Done {
        batch: first.review.terms.batch.clone(),
        due: now.desk.counts().due(),
        decided: decided
            .iter()
            .map(|it| Decided::of(it.number, &it.review))
            .collect(),
    };
    Some(json(request, &done).unwrap_or_else(|problem| problem.answer()))
}

fn other_request() -> Answer {
    let detail = "This `Idempotency-Key` was used for another request.";
    Problem::new("conflict", detail).answer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_warc_date;

    #[test]
    fn an_answer_is_given_again_to_the_same_request_and_to_no_other() {
        let once = Once::default();
        let now = parse_warc_date("2026-11-27T12:00:00Z").unwrap();
        let key = |who: &str| (who.to_owned(), "k1".to_owned());
        let digest = |text: &str| ContentDigest::of(text.as_bytes());
        let status =
            |who: &str, text: &str, at| once.begin(&key(who), digest(text), at).map(|it| it.status);
        assert_eq!(status("ada", "a", now), None);
        assert_eq!(status("ada", "a", now), Some(409), "it is being made");
        once.end(&key("ada"), &Answer::text(200, "done"));
        assert_eq!(status("ada", "a", now), Some(200));
        assert_eq!(status("ada", "b", now), Some(409), "another request");
        assert_eq!(status("ben", "a", now), None, "keys belong to people");
        once.end(&key("ben"), &Answer::text(503, "busy"));
        assert_eq!(status("ben", "a", now), None, "nothing was done");
        drop(Begun(&once, &key("ben"), false));
        assert_eq!(
            status("ben", "a", now),
            None,
            "a panic leaves no place behind"
        );
        assert_eq!(status("ada", "b", now + TimeDelta::hours(24)), None);
    }
}
