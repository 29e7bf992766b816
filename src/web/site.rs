//! The origin of the site: reports, the list of archived pages, the captures of a page, and a capture in its frame.

use crate::{
    capture::{Source, is_redirect},
    clock::{Instant, day, digits14, http_date, minute, warc_date},
    content_coding::{self, Caps},
    memento::{Asked, Form, When, target_of},
    replay,
    store::{Dated, SeedEntry, StoreError},
    text::counted,
    uri::TargetUri,
};

use super::{
    Answer, Origins, Request, Web,
    pages::{
        self, CaptureLine, Captures, Home, Instead, Message, Next, ProfileLine, SeedLine, View,
        encoded, refusal,
    },
    replayed::Whole,
    times::is_of,
};

/// The most pages that a list shows at a time.
const PAGES: u32 = 200;

/// The most captures that a list shows at a time.
const CAPTURES: usize = 500;

impl Web {
    /// `/archive`: the profiles and the archived pages.
    pub(super) fn home(&self, request: &Request, origins: &Origins) -> Result<Answer, StoreError> {
        let store = &self.options.store;
        let after =
            parameter(request, "after").and_then(|parameter| parameter.parse::<TargetUri>().ok());
        let mut seeds = store.seeds(after.as_ref(), PAGES + 1)?;
        let more = seeds.len() > PAGES as usize;
        seeds.truncate(PAGES as usize);
        let next = seeds.last().filter(|_| more).map(|seed| {
            let query: String =
                url::form_urlencoded::byte_serialize(seed.uri.as_str().as_bytes()).collect();
            format!("/archive?after={query}")
        });
        let (mut lines, mut faults) = (Vec::new(), Vec::new());
        if after.is_none() {
            let profiles = self.snapshot.profiles(&self.options.profiles);
            let comparing = &self.options.comparing;
            let open = self
                .snapshot
                .open(store, &profiles, comparing, self.options.clock.now())?;
            for entry in &profiles {
                match &entry.read {
                    Err(error) => faults.push((entry.name.clone(), error.clone())),
                    Ok(named) => lines.push(ProfileLine {
                        to: format!("/report/{}", encoded(&named.name)),
                        open: open.get(&named.name).copied().unwrap_or_default(),
                        references: counted(
                            named.profile.references.len(),
                            "reference",
                            "references",
                        ),
                        claims: counted(named.profile.claims.len(), "claim", "claims"),
                        title: named.profile.title.clone(),
                    }),
                }
            }
        }
        let (visits, total) = store.extent()?;
        Ok(pages::page(&Home {
            site: origins.site.clone(),
            lede: format!(
                "{} of {}.",
                counted(visits, "visit", "visits"),
                counted(total, "page", "pages")
            ),
            profiles: lines,
            faults,
            total,
            seeds: seeds.iter().map(seed_line).collect(),
            behind: after.is_some(),
            next,
        }))
    }

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

    /// `/captures/URI`: the captures of a page.
    pub(super) fn captures(
        &self,
        request: &Request,
        origins: &Origins,
    ) -> Result<Answer, StoreError> {
        let rest = request.behind("/captures/");
        // The query of the address follows it, so the start of the list comes before it.
        let (until, rest) = match rest
            .strip_prefix("until/")
            .and_then(|rest| rest.split_once('/'))
        {
            Some((digits, rest)) => (crate::clock::parse_digits14(digits), rest),
            None => (None, rest.as_str()),
        };
        let uri = match target_of(rest) {
            Ok(target) => target,
            Err(error) => return Ok(refusal(400, &error.to_string(), request, origins)),
        };
        let all = self.options.store.dated(&uri.surt())?;
        let (Some(first), Some(last)) = (all.first(), all.last()) else {
            return Ok(self.not_archived(&uri, None, request, origins));
        };
        let failed = all
            .iter()
            .filter(|capture| capture.failure.is_some())
            .count();
        let and_failed = match failed {
            0 => String::new(),
            1 => "; one visit failed".into(),
            many => format!("; {many} visits failed"),
        };
        let shown: Vec<&Dated> = all
            .iter()
            .rev()
            .filter(|capture| until.is_none_or(|until| capture.date < until))
            .collect();
        let older = shown.get(CAPTURES - 1).filter(|_| shown.len() > CAPTURES);
        let archive = origins.archive();
        Ok(pages::page(&Captures {
            site: origins.site.clone(),
            lede: counted(all.len(), "capture", "captures"),
            first: day(first.date),
            last: day(last.date),
            failed: and_failed,
            timemaps: vec![
                Next::new("TimeMap", &archive.timemap(Form::Link, &uri)),
                Next::new("as JSON", &archive.timemap(Form::Json, &uri)),
                Next::new("as CDXJ", &archive.timemap(Form::Cdxj, &uri)),
            ],
            total: all.len(),
            older: older.map(|older| format!("/captures/until/{}/{uri}", digits14(older.date))),
            newer: until.is_some(),
            here: format!("/captures/{uri}"),
            rows: shown
                .iter()
                .take(CAPTURES)
                .map(|it| capture_line(it, &uri, origins))
                .collect(),
            address: uri.to_string(),
        }))
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

fn capture_line(visit: &Dated, asked: &TargetUri, origins: &Origins) -> CaptureLine {
    let (came, tone, detail) = came(visit);
    let elsewhere = (visit.target_uri != *asked).then(|| format!("at {}", visit.target_uri));
    let copied = visit.source.as_ref();
    let held_by = copied.map(Source::held_by).unwrap_or_default();
    let details: Vec<String> = [held_by, detail, elsewhere.unwrap_or_default()]
        .into_iter()
        .filter(|detail| !detail.is_empty())
        .collect();
    CaptureLine {
        when: visit.date.format("%Y-%m-%d %H:%M:%S").to_string(),
        view: match copied {
            Some(source) => source
                .citable()
                .filter(|citable| citable.starts_with("http")),
            None => visit.failure.is_none().then(|| view_of(visit)),
        },
        raw: (visit.stored && copied.is_none())
            .then(|| origins.archive().raw(visit.date, &visit.target_uri)),
        came,
        tone,
        detail: crate::text::for_terminal(&details.join("; ")),
        digest: visit
            .payload_digest
            .map(|payload_digest| payload_digest.short())
            .unwrap_or_default(),
    }
}

/// The result of a capture in a word or two, its tone, and the details.
fn came(dated: &Dated) -> (String, &'static str, String) {
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

fn seed_line(seed: &SeedEntry) -> SeedLine {
    let url = seed.uri.as_url();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let (came, tone) = match seed.status {
        None => ("failed".into(), "bad"),
        Some(status @ (200..=299 | 304)) => (
            if status == 304 {
                "unchanged".into()
            } else {
                status.to_string()
            },
            "good",
        ),
        Some(status @ (404 | 410)) => (format!("{status} not found"), "bad"),
        Some(status) => (status.to_string(), "changed"),
    };
    SeedLine {
        to: format!("/captures/{}", seed.uri),
        host: format!("{}{port}", seed.uri.host()),
        path: Some(seed.uri.path_and_query())
            .filter(|path| path != "/")
            .unwrap_or_default(),
        visits: seed.visits,
        first: day(seed.first),
        last: day(seed.last),
        came,
        tone,
    }
}

fn view_of(dated: &Dated) -> String {
    format!("/view/{}/{}", digits14(dated.date), dated.target_uri)
}

/// The value of a parameter of the query, decoded.
fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.query.as_deref()?;
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|it| it.0 == name);
    found.map(|pair| pair.1.into_owned())
}
