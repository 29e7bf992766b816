//! The origin of the replay: mementos, rewritten or as captured, under headers that keep them inside the archive.

use crate::{
    capture::{Capture, Outcome, RevisitProfile, fields_of, is_redirect, status_of},
    clock::{http_date, warc_date},
    content_coding::{self, Caps},
    memento::{Asked, When},
    replay,
    store::{Dated, StoreError},
    text::for_terminal,
    uri::TargetUri,
};

use super::{
    Answer, Origins, Request, Web,
    pages::{Message, Next, refusal},
    times::{choose, is_of, joined, links, memento_links},
};

/// The policy for archived pages: they load from their own origin, and nothing else. Without `allow-scripts` nothing runs,
/// without `allow-same-origin` they have no identity; a click can download a file.
pub(super) const SANDBOX: &str = "sandbox allow-downloads; default-src 'self' data: blob:; script-src 'none'; style-src 'self' data: 'unsafe-inline'; \
    object-src 'self'; frame-src 'self'; connect-src 'none'; worker-src 'none'; manifest-src 'none'; prefetch-src 'none'; \
    form-action 'none'; base-uri 'none'";

/// What bytes as they were captured may do: nothing.
const RAW: &str = "sandbox; default-src 'none'";

/// A memento; for a revisit, with the parts that the revisit left out.
#[derive(Debug)]
pub(super) struct Whole {
    /// The address that was captured.
    pub(super) target_uri: TargetUri,
    /// The status line and header fields of the payload.
    pub(super) head: Vec<u8>,
    /// The payload, with its content coding.
    pub(super) payload: Vec<u8>,
}

impl Whole {
    /// The status code of `head`; 200 if the status line is invalid.
    pub(super) fn status(&self) -> u16 {
        status_of(&self.head).unwrap_or(200)
    }

    /// The first value of a header field.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        fields_of(&self.head)
            .find(|it| it.0.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }

    /// The target of a captured redirect: the text of `Location`, and its address, if valid.
    pub(super) fn redirect(&self) -> Option<(String, Option<TargetUri>)> {
        let location = self
            .field("location")
            .filter(|_| is_redirect(self.status()))?;
        let to = self.target_uri.join(&location).ok().map(|joined| joined.0);
        Some((location, to))
    }
}

/// The answer to an unknown address.
pub(super) fn nothing(request: &Request, origins: &Origins) -> Answer {
    refusal(404, "there is no such page here", request, origins)
}

/// The answer to any other method than GET and HEAD.
pub(super) fn not_supported() -> Answer {
    Answer::text(405, "Only GET and HEAD are supported.\n").field("Allow", "GET, HEAD")
}

impl Web {
    /// Answers on the origin of the replay.
    pub(super) fn replay(
        &self,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Ok(not_supported());
        }
        if request.path.starts_with("/timegate/") {
            return Ok(self.timegate(request, origins));
        }
        if request.path.starts_with("/timemap/") {
            return self.timemap(request, origins);
        }
        if request.path == "/" {
            return Ok(Message::new("Archived pages are replayed here")
                .says("This port shows only archived pages, to separate them from everything else.")
                .next(Next::new(
                    "All archived pages",
                    &format!("{}/archive", origins.site),
                ))
                .answer(200, origins));
        }
        if !request.path.starts_with("/web/") {
            return Ok(nothing(request, origins));
        }
        let rest = request.behind("/web/");
        let asked = match Asked::parse(&rest) {
            Ok(it) => it,
            Err(error) => return Ok(refusal(400, &error.to_string(), request, origins)),
        };
        if request.followed_in_frame && !asked.raw {
            // The bar above the frame describes the page that was there before.
            return Ok(Message::new("This link leads to another page")
                .says(asked.target.as_str())
                .next(Next::new(
                    "Open the archived copy",
                    &format!("{}/view/{rest}", origins.site),
                ))
                .answer(200, origins));
        }
        self.memento(&asked, request, origins)
    }

    fn memento(
        &self,
        asked: &Asked,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let uri = &asked.target;
        let (at, whole) = match asked.when {
            When::Every => {
                return Ok(Answer::redirect(&format!(
                    "{}/captures/{uri}",
                    origins.site
                )));
            }
            When::Latest => (crate::clock::Instant::MAX_UTC, false),
            When::At { at, whole } => (at, whole),
        };
        let found = self.nearest(uri, at)?;
        let is_it = |found: &Dated| whole && is_of(found, uri, at);
        // The desk also shows copies of other archives; nothing else is answered with them.
        if let Some(id) = &asked.marks
            && !found.as_ref().is_some_and(is_it)
        {
            let copies = self.options.store.dated(&uri.surt())?;
            let mut of_others = copies.iter().filter(|copy| copy.source.is_some());
            if let Some(copy) = of_others.find(|copy| is_it(copy)) {
                return self.marked_memento(copy, id, (request, origins));
            }
        }
        let Some(found) = found else {
            return Ok(self.not_archived(uri, Some(at).filter(|_| whole), request, origins));
        };
        if whole && is_of(&found, uri, at) {
            return match &asked.marks {
                Some(id) => self.marked_memento(&found, id, (request, origins)),
                None => self.whole_memento(&found, asked, request, origins),
            };
        }
        let archive = origins.archive();
        let to = match &asked.marks {
            _ if asked.raw => archive.raw(found.date, &found.target_uri),
            Some(id) => archive.marked(found.date, &found.target_uri, id, None),
            None => archive.memento(found.date, &found.target_uri),
        };
        Ok(Answer::redirect(&to).field("Link", joined(&links(uri, origins))))
    }

    /// The memento itself.
    fn whole_memento(
        &self,
        found: &Dated,
        asked: &Asked,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let answer = match self.whole(found)? {
            None => self.without_payload(found, origins)?,
            Some(whole) if asked.raw => raw(&whole),
            Some(whole) => self.shown(found, &whole, request, origins)?,
        };
        let around = self
            .options
            .store
            .around(&found.target_uri.surt(), found.date)?;
        let mut links = links(&found.target_uri, origins);
        links.extend(memento_links(found, &around, origins));
        Ok(answer
            .field("Memento-Datetime", http_date(found.date))
            .field("Link", joined(&links)))
    }

    /// A page that says why the payload is missing.
    pub(super) fn without_payload(
        &self,
        found: &Dated,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let digest = found.payload_digest;
        let removed = digest
            .map(|digest| self.options.store.removal(&digest))
            .transpose()?
            .flatten();
        let mut message = Message::new("This capture has no payload");
        message = match &removed {
            Some(_) => message
                .says("The archive records this capture, but its bytes were removed on purpose."),
            None => message.says("The archive records this capture, but no bytes were received."),
        };
        message = message
            .address(found.target_uri.as_str())
            .fact("Captured", &http_date(found.date));
        if let Some(digest) = digest {
            message = message.fact("Payload", &digest.to_string());
        }
        if let Some(removed) = removed {
            message = message
                .fact("Removed", &http_date(removed.at))
                .fact(
                    "By",
                    &for_terminal(removed.by.as_deref().unwrap_or("not recorded")),
                )
                .fact("Reason", &for_terminal(&removed.why));
        }
        let all = format!("{}/captures/{}", origins.site, found.target_uri);
        Ok(message
            .next(Next::new("All captures of the page", &all))
            .answer(404, origins))
    }

    /// The memento with its payload; `None` if the archive does not have it.
    pub(super) fn whole(&self, found: &Dated) -> Result<Option<Whole>, StoreError> {
        let store = &self.options.store;
        let stored = |read: Result<Capture, StoreError>| match read {
            Ok(read) => Ok(Some(read)),
            Err(StoreError::NotHeld { .. } | StoreError::Removed { .. }) => Ok(None),
            Err(error) => Err(error),
        };
        let Some(capture) = stored(store.capture(found.id))? else {
            return Ok(None);
        };
        let target_uri = capture.target_uri;
        let revisit = match capture.outcome {
            Outcome::Response(response) => {
                return Ok(Some(Whole {
                    target_uri,
                    head: response.head,
                    payload: response.payload,
                }));
            }
            Outcome::Failure(_) => return Ok(None),
            Outcome::Revisit(revisit) => revisit,
        };
        if revisit.profile == RevisitProfile::ServerNotModified {
            // "Not modified" is not a page: show the page that was not modified.
            let earlier = store.capture_with(&revisit.payload_digest, revisit.refers_to_date)?;
            let earlier = earlier
                .map(|earlier| stored(store.capture(earlier)))
                .transpose()?
                .flatten();
            if let Some(Outcome::Response(response)) = earlier.map(|earlier| earlier.outcome) {
                return Ok(Some(Whole {
                    target_uri,
                    head: response.head,
                    payload: response.payload,
                }));
            }
        }
        match store.payload(&revisit.payload_digest) {
            Ok(payload) => Ok(Some(Whole {
                target_uri,
                head: revisit.head,
                payload,
            })),
            Err(StoreError::NotHeld { .. } | StoreError::Removed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The memento as it is sent to a browser.
    fn shown(
        &self,
        found: &Dated,
        whole: &Whole,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let original = original_fields(&whole.head);
        if let Some((location, to)) = whole.redirect() {
            let answer = match to
                .map(|to| self.redirected(found, &to, origins))
                .transpose()?
                .flatten()
            {
                Some(to) => Answer::redirect(&to),
                None => {
                    Message::new("This capture is a redirect to a page that is not in the archive")
                        .address(&location)
                        .answer(404, origins)
                }
            };
            let status = if answer.status == 302 {
                whole.status()
            } else {
                answer.status
            };
            return Ok(with_fields(Answer { status, ..answer }, original));
        }
        let labels = content_coding::labels_of(&whole.head);
        let decoded =
            match content_coding::decode(&whole.payload, labels.as_deref(), &Caps::default()) {
                Ok(decoded) => decoded.bytes,
                Err(error) => {
                    let raw = origins.archive().raw(found.date, &found.target_uri);
                    let message = Message::new("This capture cannot be shown")
                        .says(&format!("The payload cannot be decoded: {error}."))
                        .next(Next::new("The bytes as received", &raw));
                    return Ok(with_fields(message.answer(404, origins), original));
                }
            };
        let content_type = whole.field("content-type");
        let shown = replay::show(
            decoded,
            content_type.as_deref(),
            &whole.target_uri,
            found.date,
        );
        let mut body = shown.bytes;
        if shown.content_type.starts_with("text/html") {
            // An address contains no `>`, so it cannot end the comment.
            let (uri, date) = (&found.target_uri, warc_date(found.date));
            let mark = format!(
                "<!-- stillsays: {uri} as of {date}; its links lead into the archive, and its scripts are removed -->\n"
            );
            body.splice(..0, mark.into_bytes());
        }
        let status = shown_status(whole.status());
        let mut answer = Answer::new(status, &shown.content_type, body)
            .field("Content-Security-Policy", SANDBOX);
        if shown.to_keep {
            answer = answer.field("Content-Disposition", "attachment");
        }
        if request.destination.as_deref() == Some("font") {
            // A sandboxed page has no identity, so without this header it could not load fonts.
            answer = answer.field("Access-Control-Allow-Origin", "null");
        }
        Ok(with_fields(answer, original))
    }

    /// The target of a captured redirect in the archive; `None` if it only leads to itself.
    fn redirected(
        &self,
        from: &Dated,
        to: &TargetUri,
        origins: &Origins,
    ) -> Result<Option<String>, StoreError> {
        let archive = origins.archive();
        if to.surt() != from.target_uri.surt() {
            return Ok(Some(archive.memento(from.date, to)));
        }
        // `http` and `https`, with and without `www`, are one page; prefer captures of the exact address.
        let mut candidates = self.options.store.nearest(&to.surt(), from.date)?;
        candidates.retain(|candidate| candidate.target_uri == *to && candidate.id != from.id);
        let found = choose(candidates, to, from.date);
        Ok(found.map(|memento| archive.memento(memento.date, &memento.target_uri)))
    }
}

/// The payload of the memento as captured, including its content coding.
fn raw(whole: &Whole) -> Answer {
    let mut answer = Answer {
        status: shown_status(whole.status()),
        fields: Vec::new(),
        body: whole.payload.clone(),
    };
    for name in ["Content-Type", "Content-Encoding", "Content-Language"] {
        if let Some(value) = whole.field(name) {
            answer = answer.field(name, value);
        }
    }
    // It is not rewritten, so no browser should open it.
    answer = answer
        .field("Content-Disposition", "attachment")
        .field("Content-Security-Policy", RAW);
    with_fields(answer, original_fields(&whole.head))
}

/// The status to answer with: that of the memento, unless it would say something about this connection.
pub(super) fn shown_status(status: u16) -> u16 {
    match status {
        // Interim answers, partial answers, and answers without a body although the memento may have one.
        ..200 | 204..=206 | 304 | 1000.. => 200,
        it => it,
    }
}

/// The captured header fields, under names that no browser obeys.
fn original_fields(head: &[u8]) -> Vec<(String, String)> {
    fields_of(head)
        .map(|(name, value)| (format!("X-Archive-Orig-{name}"), value.into_owned()))
        .collect()
}

fn with_fields(mut answer: Answer, fields: Vec<(String, String)>) -> Answer {
    answer.fields.extend(fields);
    answer
}
