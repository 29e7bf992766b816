//! `/captures/URI`: the captures of a page, with what changed from one to the next, and any two to compare.

use askama::Template;

use super::{
    changes::changes,
    cites::{Cites, cites},
    mast::{self, Mast},
    sides::day,
};
use crate::{
    capture::Source,
    clock::{digits14, parse_digits14},
    desk::PageId,
    memento::{Form, target_of},
    store::{Dated, StoreError},
    text::counted,
    uri::TargetUri,
    web::{
        Answer, Origins, Request, Web,
        pages::{Next, refusal},
        site::{came, view_of},
    },
};

/// The most captures that a list shows at a time.
const CAPTURES: usize = 500;

/// The captures of a page.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/captures.html")]
struct Page {
    mast: Mast,
    address: String,
    /// How many captures, in words.
    lede: String,
    first: String,
    last: String,
    /// How many failed, as words to append.
    failed: String,
    /// The page at work, if an article cites it.
    work: Option<String>,
    cites: Vec<Cites>,
    timemaps: Vec<Next>,
    /// The captures on this page of the list, newest first.
    rows: Vec<Row>,
    compare: String,
    /// The address of this list.
    here: String,
    /// Whether there are newer captures than these.
    newer: bool,
    /// The address of the older captures.
    older: Option<String>,
}

/// An address in pieces between which a line can break.
fn pieces(address: &str) -> impl Iterator<Item = &str> {
    address.split_inclusive(['/', '?', '&'])
}

/// A capture in the list.
struct Row {
    when: String,
    /// Its time as 14 digits; empty if it cannot be compared.
    digits: String,
    /// Whether it is the older, or the newer, of the two that are compared first.
    is_old: bool,
    is_new: bool,
    /// The address that shows it; `None` if it cannot be shown.
    view: Option<String>,
    /// The address of its bytes; `None` if they are not stored here.
    raw: Option<String>,
    came: String,
    tone: &'static str,
    detail: String,
    changed: &'static str,
    /// The digest of its payload, shortened.
    digest: String,
}

/// The captures of a page.
pub(in crate::web) fn captures(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let rest = request.behind("/captures/");
    // The query of the address follows it, so the start of the list comes before it.
    let (until, rest) = match rest
        .strip_prefix("until/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((digits, rest)) => (parse_digits14(digits), rest),
        None => (None, rest.as_str()),
    };
    let uri = match target_of(rest) {
        Ok(target) => target,
        Err(error) => return Ok(refusal(400, &error.to_string(), request, origins)),
    };
    let all = web.options.store.dated(&uri.surt())?;
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Ok(web.not_archived(&uri, None, request, origins));
    };
    let shown: Vec<&Dated> = all
        .iter()
        .rev()
        .filter(|capture| until.is_none_or(|until| capture.date < until))
        .collect();
    let older = shown.get(CAPTURES - 1).filter(|_| shown.len() > CAPTURES);
    let older = older.map(|older| format!("/captures/until/{}/{uri}", digits14(older.date)));
    let listed = shown.get(..CAPTURES).unwrap_or(&shown);
    let archive = origins.archive();
    let now = web.now()?;
    let page = now.desk.page(&PageId::of(&uri).0);
    let page = Page {
        lede: counted(all.len(), "capture", "captures"),
        first: day(first.date),
        last: day(last.date),
        failed: failed(&all),
        work: page.map(|page| format!("/work/{}", page.id.0)),
        cites: page.map_or_else(Vec::new, |page| cites(&page.cited)),
        timemaps: vec![
            Next::new("TimeMap", &archive.timemap(Form::Link, &uri)),
            Next::new("as JSON", &archive.timemap(Form::Json, &uri)),
            Next::new("as CDXJ", &archive.timemap(Form::Cdxj, &uri)),
        ],
        older,
        newer: until.is_some(),
        here: format!("/captures/{uri}"),
        rows: rows(web, listed, &uri, origins)?,
        compare: format!("/compare/{uri}"),
        address: uri.to_string(),
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}

/// How many visits failed, as words to append.
fn failed(all: &[Dated]) -> String {
    match all.iter().filter(|dated| dated.failure.is_some()).count() {
        0 => String::new(),
        1 => "; one visit failed".into(),
        many => format!("; {many} visits failed"),
    }
}

/// The captures that are listed; the latest with a page is compared with the one before, unless others are chosen.
fn rows(
    web: &Web,
    listed: &[&Dated],
    asked: &TargetUri,
    origins: &Origins,
) -> Result<Vec<Row>, StoreError> {
    let comparable =
        |dated: &Dated| dated.failure.is_none() && dated.asked.is_none() && dated.stored;
    let mut first = listed
        .iter()
        .filter(|dated| comparable(dated))
        .map(|dated| dated.id);
    let (new, old) = (first.next(), first.next());
    let changes = changes(web, listed)?;
    let rows = listed.iter().zip(changes).map(|(dated, changed)| {
        let can = comparable(dated) && old.is_some();
        Row {
            digits: if can {
                digits14(dated.date)
            } else {
                String::new()
            },
            is_old: Some(dated.id) == old,
            is_new: Some(dated.id) == new,
            changed,
            ..row(dated, asked, origins)
        }
    });
    Ok(rows.collect())
}

fn row(visit: &Dated, asked: &TargetUri, origins: &Origins) -> Row {
    let (came, tone, detail) = came(visit);
    let elsewhere = (visit.target_uri != *asked).then(|| format!("at {}", visit.target_uri));
    let copied = visit.source.as_ref();
    let held_by = copied.map(Source::held_by).unwrap_or_default();
    let details: Vec<String> = [held_by, detail, elsewhere.unwrap_or_default()]
        .into_iter()
        .filter(|detail| !detail.is_empty())
        .collect();
    Row {
        when: visit.date.format("%Y-%m-%d %H:%M:%S").to_string(),
        view: match copied {
            Some(source) => source
                .citable()
                .filter(|citable| citable.starts_with("http")),
            None => visit.failure.is_none().then(|| view_of(visit)),
        },
        raw: (visit.stored && copied.is_none())
            .then(|| origins.archive().raw(visit.date, &visit.target_uri)),
        digits: String::new(),
        is_old: false,
        is_new: false,
        changed: "",
        came,
        tone,
        detail: crate::text::for_terminal(&details.join("; ")),
        digest: visit
            .payload_digest
            .map(|payload_digest| payload_digest.short())
            .unwrap_or_default(),
    }
}
