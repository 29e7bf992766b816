//! Pages with their findings, and what was decided about them.

use chrono::DateTime;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answers::{Listed, Paging, json, none, page, parameters, part},
    deeds::{Copied, Decided, Deed, Silenced},
    model::{Finding, Page},
};
use crate::{
    clock::Instant,
    desk::{Item, State},
    finding::{FindingId, Weight},
    report::{Label, changed},
    web::{Answer, Origins, Request, Web, deeds::What, problem::Problem},
};

/// What findings are narrowed to.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Those of one profile.
    profile: Option<String>,
    /// Those in one state.
    state: Option<State>,
    /// Those of one weight.
    weight: Option<Weight>,
    /// Those with one verdict or fate, in a word.
    verdict: Option<String>,
    /// Those that became so at that time or later.
    #[param(format = DateTime)]
    since: Option<String>,
}

/// The pages that are cited, by address.
#[utoipa::path(get, path = "/api/v1/pages", tag = "findings", params(Paging),
    responses((status = 200, body = Listed<Page>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn pages(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let rows = now.desk.queue(&|_| true, crate::desk::Order::Address);
    let pages = rows
        .iter()
        .map(|it| (format!("{} {}", it.page.address, it.page.id.0), it.page));
    page(request, pages.collect(), |it| Page::of(it, &now))
}

/// A page.
#[utoipa::path(get, path = "/api/v1/pages/{page}", tag = "findings", params(("page" = String, Path, description = "The id of the page")),
    responses((status = 200, body = Page), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn page_of(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let found = now.desk.page(&part(request, 1));
    let found = found.ok_or_else(|| none("There is no page of that id."))?;
    json(request, &Page::of(found, &now))
}

/// The findings, the heaviest first.
#[utoipa::path(get, path = "/api/v1/findings", tag = "findings", params(Wanted, Paging),
    responses((status = 200, body = Listed<Finding>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn findings(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let wanted: Wanted = parameters(request)?;
    let since = wanted.since.as_deref().map(|text| {
        let since = DateTime::parse_from_rfc3339(text);
        since
            .map(|it| it.with_timezone(&chrono::Utc))
            .map_err(|error| {
                Problem::new("bad-request", "`since` is not a time.")
                    .parameter("since", &error.to_string())
            })
    });
    let since: Option<Instant> = since.transpose()?;
    let is_wanted = |item: &&Item| {
        let finding = item.finding();
        wanted
            .profile
            .as_ref()
            .is_none_or(|of| finding.profile == *of)
            && wanted.state.is_none_or(|of| item.state == of)
            && wanted.weight.is_none_or(|of| finding.weight() == of)
            && wanted
                .verdict
                .as_ref()
                .is_none_or(|of| Label::of(finding).key() == *of)
            && since.is_none_or(|of| changed(finding) >= of)
    };
    let now = web.now()?;
    let all = now.desk.items().iter().filter(is_wanted).map(|item| {
        // The weight of a finding belongs to what it says, so the order never changes.
        (
            format!("{} {}", item.finding().weight() as u8, item.finding().id),
            item,
        )
    });
    page(request, all.collect(), Finding::of)
}

/// A finding that is current.
#[utoipa::path(get, path = "/api/v1/findings/{finding}", tag = "findings", params(("finding" = String, Path, description = "The id of the finding")),
    responses((status = 200, body = Finding), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn finding(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let item = now.desk.item(&FindingId(part(request, 1)));
    let item = item.ok_or_else(|| {
        none("There is no current finding of that id.")
            .hint("`/f/ID` shows what was said and decided before")
    })?;
    json(request, &Finding::of(item))
}

/// The decisions and mutes, the oldest first.
#[utoipa::path(get, path = "/api/v1/activity", tag = "decisions", params(Paging),
    responses((status = 200, body = Listed<Deed>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn activity(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let all = web.deeds(&now)?;
    let all = all.iter().filter_map(|deed| {
        let shown = match &deed.what {
            What::Decision(it) => Deed::Decision(Decided::of(it.number, &it.review)),
            What::Mute(mute) => Deed::Mute(Silenced::of(deed.number, mute)),
            What::Copy(copy) => Deed::Copy(Copied::of(deed.at, copy)),
            What::Failed(_) => return None,
        };
        Some((deed.key(), shown))
    });
    page(request, all.collect(), |shown| shown)
}
