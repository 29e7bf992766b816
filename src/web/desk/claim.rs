//! `/p/PROFILE/claims/ID`: a claim, what each copy says about it, and what was decided, oldest first.

use askama::Template;

use super::{
    entries::{Line, claim_words},
    mast::{self, Mast},
    named, nothing,
    queue::profile_href,
    say,
    sides::{day, minute},
};
use crate::{
    clock::digits14,
    desk::{Item, State},
    pipeline,
    report::Label,
    store::StoreError,
    web::{Answer, Origins, Request, Web, snapshot::stored},
};

/// A claim.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/claim.html")]
struct Page {
    mast: Mast,
    profile: String,
    title: String,
    words: String,
    sentence: String,
    cites: Vec<(u32, String)>,
    rows: Vec<Row>,
    decisions: Vec<String>,
}

/// What the copies say about one thing.
struct Row {
    line: Line,
    cells: Vec<Cell>,
}

/// What copies say from one date on.
struct Cell {
    day: String,
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    href: Option<String>,
    reference: u32,
}

/// A claim of a profile.
pub(in crate::web) fn claim(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let found = named(&now, request);
    let found = found.and_then(|(named, rest)| {
        let id = rest.get(1)?.clone();
        let place = named
            .profile
            .claims
            .iter()
            .position(|claim| claim.id == id)?;
        Some((named, place))
    });
    let Some((named, place)) = found else {
        return Ok(nothing("there is no claim of that id", (request, origins)));
    };
    let Some(claim) = named.profile.claims.get(place) else {
        return Ok(nothing("there is no claim of that id", (request, origins)));
    };
    let options = &web.options;
    let series = pipeline::series(&options.store, named, place, &options.comparing);
    let mut rows = Vec::new();
    for series in stored(series)? {
        let Some(item) = now.desk.item(&series.finding.id) else {
            continue;
        };
        let cells = series.moments.iter().map(|moment| {
            let label = Label::of_verdict(&moment.verdict);
            let capture = moment.capture.as_ref();
            Cell {
                day: day(moment.date),
                tone: label.tone().class(),
                sign: label.sign(),
                word: label.words(),
                href: capture.map(|capture| {
                    let name = if item
                        .finding()
                        .history
                        .last_seen
                        .is_some_and(|at| capture.date <= at)
                    {
                        "then"
                    } else {
                        "now"
                    };
                    let at = digits14(capture.date);
                    let asked = [("f", item.finding().id.0.as_str()), (name, at.as_str())];
                    format!(
                        "/work/{}?{}",
                        item.placed.page.0,
                        crate::web::form::query(asked)
                    )
                }),
                reference: moment.reference,
            }
        });
        rows.push(Row {
            line: Line::of(
                item,
                Some(&named.profile),
                format!("/f/{}", item.finding().id),
                false,
            ),
            cells: cells.collect(),
        });
    }
    let is_own = |item: &Item| {
        item.finding().profile == named.name && item.finding().subject.claim() == Some(&claim.id)
    };
    let decisions = now.reviews.iter().filter_map(|review| {
        let item = now
            .desk
            .item(&review.review.finding)
            .filter(|item| is_own(item))?;
        let words = super::entries::words(item, Some(&named.profile));
        let decided = say::decision(&review.review, State::Open);
        Some(format!(
            "{} · {words}: {decided} · {}",
            minute(review.review.at),
            review.review.by
        ))
    });
    let href = profile_href(&named.name);
    let page = Page {
        title: named.profile.title.clone(),
        words: claim_words(&claim.statement, &claim.id),
        sentence: claim.sentence.clone().unwrap_or_default(),
        cites: claim
            .cites
            .iter()
            .map(|cite| (*cite, format!("{href}/references/{cite}")))
            .collect(),
        rows,
        decisions: decisions.collect(),
        profile: href,
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}
