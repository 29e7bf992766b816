//! `/archive`: the articles and the archived pages.

use askama::Template;

use super::{
    cites::profile_href,
    mast::{self, Mast},
    sides::day,
};
use crate::{
    desk::PageId,
    report::Label,
    store::{SeedEntry, StoreError},
    text::counted,
    uri::TargetUri,
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        pages::encoded,
        room::Now,
    },
};

/// The most pages that a list shows at a time.
const PAGES: u32 = 200;

/// The archive.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/archive.html")]
struct Page {
    mast: Mast,
    /// The first sentence.
    lede: String,
    articles: Vec<Article>,
    /// Profiles that cannot be read, each with the reason.
    faults: Vec<(String, String)>,
    /// The number of archived pages.
    total: u64,
    /// The archived pages on this page of the list.
    seeds: Vec<SeedLine>,
    /// Whether the list begins before this page.
    behind: bool,
    /// The address of the next page of the list.
    next: Option<String>,
}

/// An article in the list.
struct Article {
    title: String,
    href: String,
    desk: String,
    report: String,
    due: usize,
    references: String,
    claims: String,
}

/// An archived page in the list.
struct SeedLine {
    to: String,
    host: String,
    path: String,
    visits: u64,
    first: String,
    last: String,
    /// What became of the page or, if no article cites it, what its latest visit brought.
    came: String,
    tone: &'static str,
    sign: &'static str,
}

/// The articles and the archived pages.
pub(in crate::web) fn archive(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let store = &web.options.store;
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let after = form
        .first("after")
        .and_then(|it| it.parse::<TargetUri>().ok());
    let mut seeds = store.seeds(after.as_ref(), PAGES + 1)?;
    let more = seeds.len() > PAGES as usize;
    seeds.truncate(PAGES as usize);
    let next = seeds.last().filter(|_| more);
    let next = next.map(|seed| format!("/archive?{}", query([("after", seed.uri.as_str())])));
    let now = web.now()?;
    let (mut articles, mut faults) = (Vec::new(), Vec::new());
    for entry in now.profiles.iter().filter(|_| after.is_none()) {
        match &entry.read {
            Err(error) => faults.push((entry.name.clone(), error.clone())),
            Ok(named) => articles.push(Article {
                title: named.profile.title.clone(),
                href: profile_href(&named.name),
                desk: format!("/?{}", query([("profile", named.name.as_str())])),
                report: format!("/report/{}", encoded(&named.name)),
                due: now.due.get(&named.name).copied().unwrap_or_default(),
                references: counted(named.profile.references.len(), "reference", "references"),
                claims: counted(named.profile.claims.len(), "claim", "claims"),
            }),
        }
    }
    let (visits, total) = store.extent()?;
    let page = Page {
        lede: format!(
            "{} of {}.",
            counted(visits, "visit", "visits"),
            counted(total, "page", "pages")
        ),
        articles,
        faults,
        total,
        seeds: seeds.iter().map(|seed| seed_line(seed, &now)).collect(),
        behind: after.is_some(),
        next,
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}

fn seed_line(seed: &SeedEntry, now: &Now) -> SeedLine {
    let url = seed.uri.as_url();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let (came, tone, sign) = match fate_of(&seed.uri, now) {
        Some(label) => (label.words().to_owned(), label.tone().class(), label.sign()),
        None => came(seed.status),
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
        sign,
    }
}

/// What became of a page that an article cites.
fn fate_of(uri: &TargetUri, now: &Now) -> Option<Label> {
    let page = now.desk.page(&PageId::of(uri).0)?;
    let mut items = now.desk.items_of(page);
    let fate = items.find(|item| item.finding().fate().is_some())?;
    Some(Label::of(fate.finding()))
}

/// What a visit brought, its tone, and its sign.
fn came(status: Option<u16>) -> (String, &'static str, &'static str) {
    match status {
        None => ("failed".to_owned(), "bad", "✕"),
        Some(304) => ("unchanged".to_owned(), "good", "✓"),
        Some(status @ 200..=299) => (status.to_string(), "good", "✓"),
        Some(status @ (404 | 410)) => (format!("{status} not found"), "bad", "✕"),
        Some(status) => (status.to_string(), "changed", "?"),
    }
}
