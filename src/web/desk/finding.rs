//! `/f/ID`: a finding for ever. It leads to its place; one that is not current any more shows its record.

use askama::Template;

use super::{
    cites::profile_href,
    entries::words,
    mast::{self, Mast},
    say,
    sides::{day, minute},
};
use crate::{
    desk::State,
    finding::{Decided, FindingId, Lesson},
    report::Label,
    store::StoreError,
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        packet,
        pages::refusal,
    },
};

/// Redirects to the place of a finding; for a finding that is no longer current, shows the record.
pub(in crate::web) fn found(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let id = FindingId(request.path.trim_start_matches("/f/").to_owned());
    let now = web.now()?;
    if let Some(item) = now.desk.item(&id) {
        let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
        let kept = |name| (name, form.first(name).unwrap_or_default());
        let asked = query([
            ("f", id.0.as_str()),
            kept("view"),
            kept("then"),
            kept("now"),
        ]);
        return Ok(Answer::redirect(&format!(
            "/work/{}?{asked}",
            item.placed.page.0
        )));
    }
    let Some(finding) = web.options.store.reviewed(&id)? else {
        return Ok(refusal(
            404,
            "there is no finding of that id",
            request,
            origins,
        ));
    };
    let reviews = now
        .reviews
        .iter()
        .filter(|review| review.review.finding == id);
    let latest = reviews.clone().next_back();
    // It was current when it was decided about.
    let since = latest.map(|latest| day(latest.review.at));
    let settled = match now.decisions.review(&id) {
        Some(review) => {
            let (review, about) = (review.clone(), finding.clone());
            let lesson = Decided { review, about }.lesson();
            lesson.as_ref().is_some_and(Lesson::changes_findings)
        }
        None => false,
    };
    let decided = reviews.map(|review| {
        let words = say::decision(&review.review, State::Open);
        format!(
            "{words} · {}, {}",
            review.review.by,
            minute(review.review.at)
        )
    });
    let gone = Gone {
        mast: Mast::of(request, &now),
        words: words(
            &finding,
            now.profile(&finding.profile).map(|it| &it.profile),
        ),
        says: say::gone(since.as_deref(), settled),
        label: Label::of(&finding).words(),
        said: crate::report::said(&finding),
        since: crate::report::since(&finding),
        decided: decided.collect(),
        profile: profile_href(&finding.profile),
    };
    Ok(mast::page(200, &gone, origins))
}

/// A finding that is no longer current.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/gone.html")]
struct Gone {
    mast: Mast,
    words: String,
    says: String,
    label: &'static str,
    said: String,
    since: String,
    decided: Vec<String>,
    profile: String,
}

/// `/f/ID/evidence.wacz`: the finding and the captures that it rests on, as a package for others.
pub(in crate::web) fn packet(web: &Web, request: &Request, origins: &Origins) -> Answer {
    let rest = request.path.trim_start_matches("/f/");
    let id = FindingId(rest.split('/').next().unwrap_or_default().to_owned());
    packet::packet(web, &id).unwrap_or_else(|problem| {
        let why = problem.detail.trim_end_matches('.').to_owned();
        refusal(problem.status(), &why, request, origins)
    })
}
