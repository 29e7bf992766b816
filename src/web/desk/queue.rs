//! `/`: the pages with findings that wait, the heaviest first.

use askama::Template;

use super::{
    cites::{Cites, cites},
    done::{Done, done},
    entries::{Line, claim_words},
    filter::{Chip, Field, Filter, chips, fields, kept, order_of, with},
    mast::{self, Mast},
    say,
    sides::{day, minute},
};
use crate::{
    desk::{Row, State},
    report::Label,
    store::StoreError,
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        room::Now,
    },
};

/// How many pages the queue shows by default.
const ROWS: usize = 50;
/// The most.
const MOST_ROWS: usize = 1_000;
/// How many findings of a page are listed here; the page at work has all.
const LINES: usize = 20;

/// The desk.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/queue.html")]
struct Queue {
    mast: Mast,
    to_do: String,
    /// The last action.
    done: Option<Done>,
    chips: Vec<Chip>,
    fields: Vec<Field>,
    /// Whether the form of the filter is open.
    is_fine: bool,
    text: String,
    rows: Vec<PageRow>,
    /// The address of this view, for the link back.
    back: String,
    more: Option<String>,
    left: usize,
    /// The result of the last run, for an empty desk.
    last_run: String,
    /// Profiles that cannot be read, each with the reason.
    faults: Vec<(String, String)>,
    has_profiles: bool,
}

/// A page in the queue.
struct PageRow {
    id: String,
    href: String,
    title: String,
    host: String,
    path: String,
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    tally: String,
    cites: Vec<Cites>,
    since: String,
    /// The claims in a few words: `Listed: partners · Figure`.
    claims: String,
    /// The day of the latest visit; empty if there is none.
    visited: String,
    /// The others who have it open.
    open_by: String,
    lines: Vec<Line>,
    /// How many more findings the page at work shows.
    more: usize,
}

/// The desk.
pub(in crate::web) fn queue(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let mast = Mast::of(request, &now);
    web.presence.left(&mast.name);
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let filter = Filter::of(form, &mast.name, web.options.clock.now());
    let rows = now
        .desk
        .queue(&|it| filter.wants(it, &now), order_of(&filter.form));
    let wanted = filter.form.first("rows").and_then(|rows| rows.parse().ok());
    let limit = wanted.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let after = filter.form.first("after");
    let start = rows
        .iter()
        .position(|row| Some(row.page.id.0.as_str()) == after);
    let start = start.map_or(0, |start| start + 1);
    let shown = rows.get(start..).unwrap_or_default();
    let left = shown.len().saturating_sub(limit);
    let shown = shown.get(..limit).unwrap_or(shown);
    let asked = |name: &str, value: &str| {
        let kept = filter.form.pairs().iter();
        let kept = kept.filter(|kept| kept.0 != name && kept.0 != "done");
        let kept = kept.map(|kept| (kept.0.as_str(), kept.1.as_str()));
        format!("/?{}", query(kept.chain([(name, value)])))
    };
    let more = shown.last().filter(|_| left > 0);
    let more = more.map(|more| asked("after", &more.page.id.0));
    let counts = now.desk.counts();
    let profiles = now.profiles.iter();
    let faults =
        profiles.filter_map(|profile| Some((profile.name.clone(), profile.read.clone().err()?)));
    let page = Queue {
        to_do: say::to_do(counts.due(), counts.pages, counts.of(State::ToEdit)),
        done: done(&filter.form, (web, &now), None)?,
        chips: chips(&filter, &now),
        fields: fields(&filter.form, &now),
        is_fine: filter.is_fine(),
        text: filter.form.first("q").unwrap_or_default().to_owned(),
        rows: rows_of(web, shown, &now, &filter)?,
        back: asked("done", ""),
        more,
        left,
        last_run: last_run(web)?,
        faults: faults.collect(),
        has_profiles: !now.profiles.is_empty(),
        mast,
    };
    Ok(mast::page(200, &page, origins))
}

/// The pages that are shown, each with its latest visit and those who have it open.
fn rows_of(
    web: &Web,
    shown: &[Row<'_>],
    now: &Now,
    filter: &Filter,
) -> Result<Vec<PageRow>, StoreError> {
    let visits = shown.iter().map(|row| &row.page.address);
    let visits = web.options.store.page_dates(visits)?;
    let at = web.options.clock.now();
    let rows = shown.iter().zip(visits).map(|(it, visit)| PageRow {
        visited: visit.map_or(String::new(), |visit| day(visit.visited)),
        open_by: web.presence.others(&it.page.id, &filter.me, at).join(", "),
        ..row(it, now, filter)
    });
    Ok(rows.collect())
}

/// The most claims of a page that are named in the queue.
const CLAIMS: usize = 3;

/// The claims behind the findings of a page, in a few words.
fn claims(row: &Row<'_>, now: &Now) -> String {
    let mut all: Vec<String> = Vec::new();
    for item in &row.items {
        let finding = item.finding();
        let claims = now.profile(&finding.profile).map(|it| &it.profile.claims);
        let claim = finding.subject.claim().zip(claims);
        let claim = claim.and_then(|(id, claims)| claims.iter().find(|claim| claim.id == id));
        let words = claim.map_or_else(
            || "The page itself".to_owned(),
            |claim| claim_words(&claim.statement, &claim.id),
        );
        if !all.contains(&words) {
            all.push(words);
        }
    }
    let more = all.len().saturating_sub(CLAIMS);
    all.truncate(CLAIMS);
    if more > 0 {
        all.push(format!("{more} more"));
    }
    all.join(" · ")
}

fn row(row: &Row<'_>, now: &Now, filter: &Filter) -> PageRow {
    let page = row.page;
    let url = page.address.as_url();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let kept = kept(&filter.form);
    let href = format!("/work/{}?{kept}", page.id.0);
    let href = href.trim_end_matches('?').to_owned();
    let heaviest = row.items.iter().min_by_key(|item| item.finding().weight());
    let label = heaviest.map_or(Label::CannotTell, |heaviest| Label::of(heaviest.finding()));
    let lines = row.items.iter().take(LINES).map(|item| {
        let profile = now
            .profile(&item.finding().profile)
            .map(|profile| &profile.profile);
        let asked = with([("f", item.finding().id.0.as_str())], &kept);
        let href = format!("/work/{}?{asked}", page.id.0);
        Line::of(item, profile, href, false)
    });
    PageRow {
        id: page.id.0.clone(),
        href,
        title: if page.title.is_empty() {
            page.address.host().to_owned()
        } else {
            page.title.clone()
        },
        host: format!("{}{port}", page.address.host()),
        path: page.address.path_and_query(),
        tone: label.tone().class(),
        sign: label.sign(),
        word: label.words(),
        tally: say::tally(row.items.iter().map(|item| Label::of(item.finding()))),
        cites: cites(&page.cited),
        claims: claims(row, now),
        visited: String::new(),
        open_by: String::new(),
        since: row
            .newest
            .map_or(String::new(), |newest| format!("since {}", day(newest))),
        lines: lines.collect(),
        more: row.items.len().saturating_sub(LINES),
    }
}

/// The result of the last run: `Last run 2026-11-27 06:00 UTC, 60 pages, 2 not reached.`
fn last_run(web: &Web) -> Result<String, StoreError> {
    let crawls = web.options.store.crawls()?;
    Ok(crawls.last().map_or(String::new(), |crawl| {
        let failed = crawl.counts.as_ref().map_or(0, |count| count.failed);
        let visits = crawl.counts.as_ref().map_or(0, |count| count.visits);
        format!(
            "Last run {}, {}, {failed} not reached.",
            minute(crawl.crawl.started),
            crate::text::counted(visits, "page", "pages")
        )
    }))
}

/// `/find`: leads to an address, a finding or a name.
pub(in crate::web) fn find(web: &Web, request: &Request, origins: &Origins) -> Answer {
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let Some(text) = form.first("q").map(str::trim) else {
        return crate::web::site::find(web, request, origins);
    };
    let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id {
        return Answer::redirect(&format!("/f/{text}"));
    }
    if text.contains("://") {
        return match crate::memento::target_of(text) {
            Ok(uri) => Answer::redirect(&format!("/captures/{uri}")),
            Err(_) => Answer::redirect(&format!("/?{}", query([("q", text), ("show", "all")]))),
        };
    }
    Answer::redirect(&format!("/?{}", query([("q", text), ("show", "all")])))
}
