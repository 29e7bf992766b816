//! `/activity`: every decision, the latest first, and the head of the ledger that proves them.

use askama::Template;

use super::{
    entries::words,
    mast::{self, Mast},
    queue::{Done, done},
    say,
    sides::minute,
};
use crate::{
    desk::{Numbered, State},
    report::Label,
    store::StoreError,
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        room::Now,
    },
};

/// How many decisions a page has.
const ROWS: usize = 100;

/// The decisions.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/activity.html")]
struct Page {
    mast: Mast,
    checkpoint: String,
    by: String,
    /// The name of the visitor, as a part of an address.
    mine: String,
    rows: Vec<Row>,
    more: Option<String>,
    done: Option<Done>,
    back: String,
}

/// A decision.
struct Row {
    when: String,
    by: String,
    decided: String,
    note: String,
    href: String,
    words: String,
    label: &'static str,
    finding: String,
    seen: i64,
    can_undo: bool,
}

/// The decisions, the latest first.
pub(in crate::web) fn activity(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let by = form.first("by").unwrap_or_default().to_owned();
    let before = form
        .first("before")
        .and_then(|before| before.parse::<i64>().ok());
    let own = now.reviews.iter().rev().filter(|it| {
        (by.is_empty() || it.review.by == by) && before.is_none_or(|before| it.number < before)
    });
    let shown: Vec<&Numbered> = own.take(ROWS + 1).collect();
    let more = shown.get(ROWS).and(shown.get(ROWS - 1)).map(|it| {
        let number = it.number.to_string();
        format!(
            "/activity?{}",
            query([("by", by.as_str()), ("before", number.as_str())])
        )
    });
    let seal = web.options.store.last_seal()?;
    let mast = Mast::of(request, &now);
    let page = Page {
        mine: crate::web::pages::encoded(&mast.name),
        checkpoint: seal.map_or_else(
            || "There is no checkpoint yet.".to_owned(),
            |seal| {
                format!(
                    "The latest checkpoint of the ledger covers {} entries, signed by {}.",
                    seal.size, seal.key
                )
            },
        ),
        rows: shown.iter().take(ROWS).map(|it| row(it, &now)).collect(),
        more,
        done: done(&form, &now, None),
        back: format!("/activity?{}", query([("by", by.as_str())])),
        by,
        mast,
    };
    Ok(mast::page(200, &page, origins))
}

fn row(numbered: &Numbered, now: &Now) -> Row {
    let review = &numbered.review;
    let item = now.desk.item(&review.finding);
    let state = item.map_or(State::Open, |item| item.state);
    Row {
        when: minute(review.at),
        by: review.by.clone(),
        decided: say::decision(review, state),
        note: review.note.clone().unwrap_or_default(),
        href: format!("/f/{}", review.finding),
        words: item.map_or_else(
            || review.finding.to_string(),
            |item| {
                let profile = now.profile(&item.finding().profile);
                words(item, profile.map(|profile| &profile.profile))
            },
        ),
        label: item.map_or("gone", |item| Label::of(item.finding()).words()),
        finding: review.finding.to_string(),
        seen: numbered.number,
        can_undo: item.is_some_and(|item| item.seen == numbered.number)
            && review.decision.is_some(),
    }
}
