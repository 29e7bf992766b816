//! The origin of the site: reports, a capture in its frame, and what is not archived.

use crate::{
    capture::is_redirect,
    clock::{Instant, digits14, http_date, minute, warc_date},
    content_coding::{self, Caps},
    memento::{Asked, When, target_of},
    replay,
    store::{Dated, StoreError},
    uri::TargetUri,
};

use super::{
    Answer, Origins, Request, Web,
    pages::{self, Instead, Message, Next, View, encoded, refusal},
    replayed::Whole,
    times::is_of,
};

impl Web {
    /// `/report/NAME`: the report on a profile.
    pub(super) fn report(
        &self,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let name = request.path.strip_prefix("/report/").unwrap_or_default();
        let profiles = self.snapshot.profiles(&self.options.profiles);
        let mut all = profiles.iter();
        let Some(entry) = all.find(|entry| encoded(&entry.name) == name || entry.name == name)
        else {
            return Ok(refusal(
                404,
                "there is no profile of that name",
                request,
                origins,
            ));
        };
        if let Err(error) = &entry.read {
            let why = format!("the profile cannot be read: {error}");
            return Ok(refusal(500, &why, request, origins));
        }
        let store = &self.options.store;
        let options = &self.options;
        let report = self.snapshot.report(
            store,
            entry,
            &options.comparing,
            &options.command,
            options.clock.now(),
        )?;
        let from = parameter(request, "from").and_then(|parameter| parameter.parse().ok());
        Ok(match report {
            Some(report) => pages::report(
                &report,
                from.unwrap_or_default(),
                &encoded(&entry.name),
                origins,
            ),
            None => refusal(404, "there is no report", request, origins),
        })
    }

    /// `/view/DATE/URI`: a capture in its frame.
    pub(super) fn view(&self, request: &Request, origins: &Origins) -> Result<Answer, StoreError> {
        let asked = match Asked::parse(&request.behind("/view/")) {
            Ok(dated) => dated,
            Err(error) => return Ok(refusal(400, &error.to_string(), request, origins)),
        };
        let uri = &asked.target;
        let (at, whole) = match asked.when {
            When::At { at, whole } => (at, whole && !asked.raw),
            When::Latest | When::Every => (Instant::MAX_UTC, false),
        };
        let Some(found) = self.nearest(uri, at)? else {
            return Ok(self.not_archived(uri, None, request, origins));
        };
        if !(whole && is_of(&found, uri, at)) {
            return Ok(Answer::redirect(&view_of(&found)));
        }
        let around = self.options.store.around(&uri.surt(), found.date)?;
        let beside = |found: Option<Dated>| {
            let found = found?;
            match &found.source {
                Some(source) => {
                    let words = format!("{} at {}", minute(found.date), source.archive);
                    Some(Next::new(&words, &source.citable()?))
                }
                None => Some(Next::new(&minute(found.date), &view_of(&found))),
            }
        };
        let archive = origins.archive();
        let (came, tone, _) = came(&found);
        let whole = self.whole(&found)?;
        let leads_on = whole.as_ref().and_then(|whole| leads_on(whole, &found));
        Ok(pages::frame(
            &View {
                site: "",
                address: uri.to_string(),
                when: minute(found.date),
                machine: warc_date(found.date),
                came,
                tone,
                captures: format!("/captures/{uri}"),
                raw: archive.raw(found.date, uri),
                frame: archive.memento(found.date, uri),
                before: beside(around.before),
                after: beside(around.after),
                leads_on,
                instead: whole.and_then(|whole| instead(&whole, &found, origins)),
            },
            origins,
        ))
    }

    /// A page that says that there is no capture of a page, or none at that time.
    pub(super) fn not_archived(
        &self,
        uri: &TargetUri,
        at: Option<Instant>,
        request: &Request,
        origins: &Origins,
    ) -> Answer {
        if !request.is_for_a_page() {
            return Answer::text(404, "not archived\n");
        }
        let failed = self
            .options
            .store
            .dated(&uri.surt())
            .is_ok_and(|dated| !dated.is_empty());
        let mut message = Message::new("Not archived");
        message = if failed {
            message
                .says("Every visit of this page failed.")
                .next(Next::new(
                    "All visits",
                    &format!("{}/captures/{uri}", origins.site),
                ))
        } else {
            message
                .says("The archive has no copy of this page.")
                .next(Next::new(
                    "All archived pages",
                    &format!("{}/archive", origins.site),
                ))
        };
        if let Some(at) = at {
            message = message.fact("Requested", &http_date(at));
        }
        message.address(uri.as_str()).answer(404, origins)
    }
}

/// `/find?url=`: a redirect to the captures of a page.
pub(super) fn find(_: &Web, request: &Request, origins: &Origins) -> Answer {
    let asked = parameter(request, "url").unwrap_or_default();
    match target_of(asked.trim()) {
        Ok(uri) => Answer::redirect(&format!("/captures/{uri}")),
        Err(error) => refusal(400, &error.to_string(), request, origins),
    }
}

/// `/web/…`: a redirect to the origin of archived pages.
pub(super) fn elsewhere(_: &Web, request: &Request, origins: &Origins) -> Answer {
    let path = request.with_query(&request.path);
    Answer::redirect(&format!("{}{path}", origins.replay))
}

/// The link for a page that would go on to another page by itself, in the archive.
fn leads_on(whole: &Whole, found: &Dated) -> Option<Next> {
    if whole.redirect().is_some() {
        return None;
    }
    let labels = content_coding::labels_of(&whole.head);
    let decoded = content_coding::decode(&whole.payload, labels.as_deref(), &Caps::default());
    let to = replay::leads_on(
        &decoded.ok()?.bytes,
        whole.field("content-type").as_deref(),
        whole.field("refresh").as_deref(),
        &whole.target_uri,
        found.date,
    )?;
    let way = format!("/view/{}/{to}", digits14(found.date));
    Some(Next::new(to.as_str(), &way))
}

/// The message instead of a capture that cannot be shown in a frame.
fn instead(whole: &Whole, found: &Dated, origins: &Origins) -> Option<Instead> {
    if let Some((location, to)) = whole.redirect() {
        return Some(Instead {
            heading: "This capture is a redirect".into(),
            says: format!("It led to {location}"),
            next: to.map(|to| {
                Next::new(
                    "Follow it in the archive",
                    &format!("/view/{}/{to}", digits14(found.date)),
                )
            }),
        });
    }
    let content_type = whole.field("content-type");
    if replay::opens(&whole.payload, content_type.as_deref()) {
        return None;
    }
    Some(Instead {
        heading: "This capture is a file".into(),
        says: format!(
            "It is {}, {} bytes long. Links in such a file cannot be rewritten, so it is not opened here.",
            content_type.unwrap_or_else(|| "of unknown type".into()),
            whole.payload.len()
        ),
        next: Some(Next::new(
            "Download it",
            &origins.archive().memento(found.date, &found.target_uri),
        )),
    })
}

/// The result of a capture in a word or two, its tone, and the details.
pub(super) fn came(dated: &Dated) -> (String, &'static str, String) {
    if let Some((_, detail)) = &dated.failure {
        return ("failed".into(), "bad", detail.clone());
    }
    let gone = if dated.stored { "" } else { "without payload" };
    let status = dated.status.unwrap_or_default();
    let (came, tone) = match status {
        0 => ("no status".into(), "unknown"),
        304 => ("unchanged".into(), "good"),
        200..=299 if dated.revisit.is_some() => ("unchanged".into(), "good"),
        200..=299 => (status.to_string(), "good"),
        dated if is_redirect(dated) => (format!("{dated} redirect"), "fresh"),
        404 | 410 => (format!("{status} not found"), "bad"),
        _ => (status.to_string(), "changed"),
    };
    (
        came,
        if dated.stored { tone } else { "unknown" },
        gone.into(),
    )
}

/// The address of a capture in its frame.
pub(super) fn view_of(dated: &Dated) -> String {
    format!("/view/{}/{}", digits14(dated.date), dated.target_uri)
}

/// The value of a parameter of the query, decoded.
fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.query.as_deref()?;
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|it| it.0 == name);
    found.map(|pair| pair.1.into_owned())
}
