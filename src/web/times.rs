//! TimeGates and TimeMaps, and the choice of the capture of a page for a time.

use crate::{
    capture::is_redirect,
    clock::{Instant, digits14, http_date},
    memento::{Form, Link, Memento, TimeMap, accept_datetime, target_of},
    store::{Around, Dated, StoreError},
    uri::TargetUri,
};

use super::{
    Answer, Origins, Request, Web,
    pages::{fault, refusal},
};

impl Web {
    /// `/timegate/URI`: a redirect to the memento nearest to `Accept-Datetime` (RFC 7089, 4.1).
    pub(super) fn timegate(&self, request: &Request, origins: &Origins) -> Answer {
        // Even a refusal depends on the header field.
        let answer = self.gate(&request.behind("/timegate/"), request, origins);
        answer.field("Vary", "accept-datetime")
    }

    fn gate(&self, rest: &str, request: &Request, origins: &Origins) -> Answer {
        let uri = match target_of(rest) {
            Ok(target) => target,
            Err(error) => return refusal(400, &error.to_string(), request, origins),
        };
        let now = self.options.clock.now();
        let at = match request
            .accept_datetime
            .as_deref()
            .map(|field| accept_datetime(field, now))
        {
            None => Instant::MAX_UTC,
            Some(Ok(asked)) => asked,
            Some(Err(error)) => return refusal(400, &error.to_string(), request, origins),
        };
        let found = self.nearest(&uri, at).and_then(|found| {
            let around = found
                .as_ref()
                .map(|found| self.options.store.around(&uri.surt(), found.date));
            Ok(found.zip(around.transpose()?))
        });
        match found {
            Err(error) => fault(&error, request, origins),
            Ok(None) => self.elsewhere(&uri, at, request, origins),
            Ok(Some((nearest, around))) => {
                let mut links = links(&uri, origins);
                links.extend(memento_links(&nearest, &around, origins));
                let to = origins.archive().memento(nearest.date, &nearest.target_uri);
                Answer::redirect(&to).field("Link", joined(&links))
            }
        }
    }

    /// The memento of a page that only other archives have: a redirect to the nearest, where it is.
    fn elsewhere(
        &self,
        uri: &TargetUri,
        at: Instant,
        request: &Request,
        origins: &Origins,
    ) -> Answer {
        let mut copies = self.options.store.dated(&uri.surt()).unwrap_or_default();
        copies
            .retain(|copy| copy.source.is_some() && copy.failure.is_none() && copy.asked.is_none());
        let nearest = copies
            .iter()
            .min_by_key(|copy| copy.date.timestamp().abs_diff(at.timestamp()));
        let found = nearest.and_then(|nearest| Some((nearest, address(nearest, origins)?)));
        match found.filter(|found| found.1.starts_with("http")) {
            Some((nearest, to)) => {
                let mut links = links(uri, origins);
                links.push(
                    Link::new(to.as_str(), "memento").with("datetime", http_date(nearest.date)),
                );
                Answer::redirect(&to).field("Link", joined(&links))
            }
            None => self.not_archived(uri, None, request, origins),
        }
    }

    /// `/timemap/FORM/URI`: all mementos of a page.
    pub(super) fn timemap(
        &self,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let rest = &request.behind("/timemap/");
        let (word, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let Some(form) = Form::ALL.into_iter().find(|form| form.word() == word) else {
            let text =
                "the TimeMaps are /timemap/link/URI, /timemap/json/URI and /timemap/cdxj/URI";
            return Ok(refusal(404, text, request, origins));
        };
        let uri = match target_of(rest) {
            Ok(target) => target,
            Err(error) => return Ok(refusal(400, &error.to_string(), request, origins)),
        };
        let mut captures = self.options.store.dated(&uri.surt())?;
        captures.retain(|capture| capture.failure.is_none() && capture.asked.is_none());
        if captures.is_empty() {
            return Ok(self.not_archived(&uri, None, request, origins));
        }
        let archive = origins.archive();
        let mut mementos: Vec<Memento> = captures
            .iter()
            .filter_map(|capture| {
                Some(Memento {
                    uri: address(capture, origins)?,
                    date: capture.date,
                })
            })
            .collect();
        // Only one memento per second is listed.
        mementos.dedup_by(|a, b| a.uri == b.uri);
        let map = TimeMap {
            original: uri.to_string(),
            timegate: archive.timegate(&uri),
            timemaps: Form::ALL
                .map(|form| (form, archive.timemap(form, &uri)))
                .to_vec(),
            mementos,
        };
        Ok(Answer::new(200, form.media_type(), map.write(form)))
    }

    /// The memento of a page for a time: the nearest one; of several, one of the exact address, and not a redirect.
    pub(super) fn nearest(
        &self,
        uri: &TargetUri,
        at: Instant,
    ) -> Result<Option<Dated>, StoreError> {
        let at = at.min(Instant::from_timestamp(253_402_300_799, 0).unwrap_or_default());
        let candidates = self.options.store.nearest(&uri.surt(), at)?;
        Ok(choose(candidates, uri, at))
    }
}

/// The links in every answer about a page: original, TimeGate, TimeMap.
pub(super) fn links(uri: &TargetUri, origins: &Origins) -> Vec<Link> {
    let archive = origins.archive();
    vec![
        Link::new(uri.as_str(), "original"),
        Link::new(archive.timegate(uri), "timegate"),
        Link::new(archive.timemap(Form::Link, uri), "timemap")
            .with("type", Form::Link.media_type()),
    ]
}

/// See [`Web::nearest`].
pub(super) fn choose(candidates: Vec<Dated>, uri: &TargetUri, at: Instant) -> Option<Dated> {
    let seconds = |dated: &Dated| dated.date.timestamp().abs_diff(at.timestamp());
    let redirects = |dated: &Dated| dated.status.is_some_and(is_redirect);
    // Of equals, the last: a second attempt had another result.
    candidates.into_iter().rev().min_by_key(|candidate| {
        (
            seconds(candidate),
            candidate.target_uri != *uri,
            redirects(candidate),
        )
    })
}

/// Whether a capture is the one that an address with that time means.
pub(super) fn is_of(dated: &Dated, uri: &TargetUri, at: Instant) -> bool {
    dated.target_uri == *uri && digits14(dated.date) == digits14(at)
}

/// The links to a memento and its neighbours, one each: a memento that is both first and previous gets one link.
pub(super) fn memento_links(found: &Dated, around: &Around, origins: &Origins) -> Vec<Link> {
    let all = [
        ("first", around.first.as_ref()),
        ("prev", around.before.as_ref()),
        ("", Some(found)),
        ("next", around.after.as_ref()),
        ("last", around.last.as_ref()),
    ];
    let mut merged: Vec<(String, &Dated)> = Vec::new();
    for (rel, dated) in all
        .into_iter()
        .filter_map(|(rel, dated)| Some((rel, dated?)))
    {
        let known = merged
            .iter_mut()
            .find(|known| is_of(known.1, &dated.target_uri, dated.date));
        match known {
            Some(known) if !rel.is_empty() => known.0 = format!("{rel} {}", known.0),
            Some(_) => {}
            None => merged.push((format!("{rel} memento").trim_start().to_owned(), dated)),
        }
    }
    let link = |(rel, dated): &(String, &Dated)| {
        let uri = address(dated, origins)?;
        Some(Link::new(uri, rel).with("datetime", http_date(dated.date)))
    };
    merged.iter().filter_map(link).collect()
}

/// The address of a memento; for a copy from another archive its address there, or `None` if unknown.
fn address(dated: &Dated, origins: &Origins) -> Option<String> {
    match &dated.source {
        Some(source) => source.citable(),
        None => Some(origins.archive().memento(dated.date, &dated.target_uri)),
    }
}

/// The value of a `Link` field.
pub(super) fn joined(links: &[Link]) -> String {
    let links: Vec<String> = links.iter().map(ToString::to_string).collect();
    links.join(", ")
}
