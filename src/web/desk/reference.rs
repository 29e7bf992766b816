//! `/p/PROFILE/references/N`: a reference, the copies of its page, the claims that rest on it.

use askama::Template;

use super::{
    calendar::{self, Month},
    changes::changes,
    cites::profile_href,
    entries::claim_words,
    holding::{Elsewhere, Holding, Holdings},
    mast::{self, Mast},
    named, nothing,
    sides::{day, minute},
};
use crate::{
    clock::{Instant, digits14},
    desk::PageId,
    pipeline,
    profile::{Claim, Reference},
    report::{Label, fate_in_words, said, since},
    store::{Dated, StoreError},
    text::counted,
    uri::TargetUri,
    web::{Answer, Origins, Request, Web, pages::encoded, room::Now, snapshot::stored},
};

/// The most copies that are listed; the page with all captures has the others.
const COPIES: usize = 100;

/// A reference.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/reference.html")]
struct Page {
    mast: Mast,
    profile: String,
    article: String,
    number: u32,
    title: String,
    address: String,
    facts: Vec<(&'static str, String)>,
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    said: String,
    since: String,
    work: Option<String>,
    captures: String,
    compare: Option<String>,
    bands: Vec<BandView>,
    /// The redirects of the latest visit: each address with its status.
    way: Vec<(String, String)>,
    months: Vec<Month>,
    key: &'static str,
    copies: Vec<CopyRow>,
    more: usize,
    elsewhere: Vec<Elsewhere>,
    archived: Vec<(String, String)>,
    claims: Vec<(String, String)>,
}

/// A stretch of time in which visits said the same of the page.
struct BandView {
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    days: String,
    visits: String,
    detail: String,
    /// Its share of the whole time, from 1 to 12.
    width: i64,
}

/// A copy in the list, with the choice to compare it.
struct CopyRow {
    digits: String,
    when: String,
    view: String,
    came: String,
    changed: &'static str,
    holding: Holding,
    is_old: bool,
    is_new: bool,
}

/// A reference of a profile.
pub(in crate::web) fn reference(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let found = named(&now, request).and_then(|(named, rest)| {
        let number = rest.get(1)?.parse().ok()?;
        Some((named, named.profile.reference(number)?))
    });
    let Some((named, reference)) = found else {
        return Ok(nothing(
            "there is no reference of that number",
            (request, origins),
        ));
    };
    let number = reference.number;
    let href = profile_href(&named.name);
    let address = reference
        .url
        .as_deref()
        .and_then(|url| TargetUri::parse(url).ok());
    let address = address.map(|address| address.0);
    let copies = match &address {
        Some(address) => web.options.store.dated(&address.surt())?,
        None => Vec::new(),
    };
    let own: Vec<Dated> = copies
        .iter()
        .filter(|copy| copy.source.is_none() && copy.asked.is_none())
        .cloned()
        .collect();
    let mut holdings = Holdings::default();
    holdings.add(web, named, number)?;
    let options = &web.options;
    let became = pipeline::bands(&options.store, named, reference, &options.comparing);
    let became = stored(became)?;
    let fate = now.desk.items().iter().find(|item| {
        item.finding().profile == named.name
            && item.placed.reference == number
            && item.finding().fate().is_some()
    });
    let label = fate.map_or(Label::Unvisited, |fate| Label::of(fate.finding()));
    let claims = named
        .profile
        .claims
        .iter()
        .filter(|claim| claim.cites.contains(&number));
    let page = Page {
        title: reference
            .title
            .clone()
            .or_else(|| reference.shown_url())
            .unwrap_or_else(|| format!("Reference {number}")),
        address: reference.shown_url().unwrap_or_default(),
        tone: label.tone().class(),
        sign: label.sign(),
        word: label.words(),
        said: fate.map_or(String::new(), |fate| said(fate.finding())),
        since: fate.map_or(String::new(), |fate| since(fate.finding())),
        work: address.as_ref().and_then(|address| {
            let id = PageId::of(address);
            now.desk
                .page(&id.0)
                .map(|page| format!("/work/{}", page.id.0))
        }),
        captures: address
            .as_ref()
            .map_or(String::new(), |address| format!("/captures/{address}")),
        compare: address
            .as_ref()
            .map(|address| format!("/compare/{address}")),
        bands: bands_of(&became.bands),
        way: hops(&became.way),
        months: calendar::months(&own),
        key: calendar::KEY,
        elsewhere: holdings.elsewhere.iter().map(Elsewhere::of).collect(),
        more: own.len().saturating_sub(COPIES),
        copies: rows(
            web,
            (&own, &holdings),
            last_decided(&now, number, &named.name),
        )?,
        archived: cited_copies(reference),
        claims: claims.map(|claim| claim_link(claim, &href)).collect(),
        facts: facts(reference),
        number,
        article: named.profile.title.clone(),
        profile: href,
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}

/// The redirects of a visit: each address with its status. A page that was reached at once has none.
fn hops(way: &[(TargetUri, Option<u16>)]) -> Vec<(String, String)> {
    let hop = |(address, status): &(TargetUri, Option<u16>)| {
        let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        (address.to_string(), status)
    };
    let redirects = way.iter().filter(|_| way.len() > 1);
    redirects.map(hop).collect()
}

/// The copies that the article itself cites: each address with its day.
fn cited_copies(reference: &Reference) -> Vec<(String, String)> {
    let copies = reference.archived.iter().map(|copy| {
        let day = copy
            .date
            .map_or_else(|| "undated".to_owned(), |date| date.to_string());
        (copy.url.clone(), day)
    });
    copies.collect()
}

/// The address of a claim on the desk, and its sentence.
fn claim_link(claim: &Claim, profile: &str) -> (String, String) {
    let words = claim_words(&claim.statement, &claim.id);
    let to = format!("{profile}/claims/{}", encoded(&claim.id));
    (to, claim.sentence.clone().unwrap_or(words))
}

/// The bands of a page, each as wide as its share of the time.
fn bands_of(bands: &[pipeline::Band]) -> Vec<BandView> {
    let length = |band: &pipeline::Band| (band.last - band.first).num_days().max(1);
    let all: i64 = bands.iter().map(length).sum();
    let views = bands.iter().map(|band| {
        let label = Label::of_fate(&band.fate);
        let (first, last) = (day(band.first), day(band.last));
        BandView {
            tone: label.tone().class(),
            sign: label.sign(),
            word: label.words(),
            detail: match label {
                Label::Live => String::new(),
                _ => fate_in_words(&band.fate),
            },
            width: (12 * length(band) / all.max(1)).clamp(1, 12),
            days: if first == last {
                first
            } else {
                format!("{first} to {last}")
            },
            visits: counted(band.visits, "visit", "visits"),
        }
    });
    views.collect()
}

/// What the article says about the page, each with its label.
fn facts(reference: &Reference) -> Vec<(&'static str, String)> {
    let day = |date: Option<chrono::NaiveDate>| date.map(|it| it.to_string());
    [
        ("Author", reference.author.clone()),
        ("Site", reference.publisher.clone()),
        ("Published", day(reference.published)),
        ("Accessed", day(reference.accessed)),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}

/// The latest copy with a decision.
fn last_decided(now: &Now, number: u32, profile: &str) -> Option<Instant> {
    let own = now.desk.items().iter().filter(|item| {
        item.placed.reference == number
            && item.finding().profile == profile
            && item.review.is_some()
    });
    own.filter_map(|it| Some(it.finding().evidence.first()?.capture.date))
        .max()
}

fn rows(
    web: &Web,
    (copies, holdings): (&[Dated], &Holdings),
    decided: Option<Instant>,
) -> Result<Vec<CopyRow>, StoreError> {
    let shown: Vec<&Dated> = copies.iter().rev().take(COPIES).collect();
    let good = |dated: &&&Dated| dated.failure.is_none() && dated.payload_digest.is_some();
    let newest = shown.iter().find(good).map(|it| it.id);
    let oldest = match decided {
        Some(at) => shown
            .iter()
            .filter(good)
            .min_by_key(|it| (it.date - at).abs()),
        None => shown.iter().rfind(good),
    };
    let oldest = oldest.map(|oldest| oldest.id);
    let changes = changes(web, &shown)?;
    let rows = shown.iter().zip(changes).map(|(it, changed)| CopyRow {
        digits: digits14(it.date),
        when: minute(it.date),
        view: format!("/view/{}/{}", digits14(it.date), it.target_uri),
        came: match (&it.failure, it.status) {
            (Some((_, detail)), _) => detail.clone(),
            (None, Some(304)) => "unchanged".to_owned(),
            (None, status) => status.map_or_else(String::new, |status| status.to_string()),
        },
        changed,
        holding: if it.failure.is_none() {
            holdings.at(it.date)
        } else {
            Holding::default()
        },
        is_old: Some(it.id) == oldest,
        is_new: Some(it.id) == newest,
    });
    Ok(rows.collect())
}
