//! Captures, hosts and the ledger; who is asking.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    answers::{Listed, Paging, json, none, page, parameters, time},
    model::{Checkpoint, Host, Me, Visit},
};
use crate::{
    clock::Instant,
    memento::target_of,
    report::{Change, DatedText, PageDiff},
    store::Dated,
    uri::TargetUri,
    web::{Answer, Origins, Request, Web, problem::Problem, visitor::Through},
};

/// Whose captures are meant.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Address {
    /// The address of the page.
    url: String,
}

/// Which captures are compared.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Between {
    /// The address of the page.
    url: String,
    /// The older capture: the nearest to this time.
    #[param(format = DateTime)]
    from: String,
    /// The newer one.
    #[param(format = DateTime)]
    to: String,
}

/// What changed in the text of a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Compared {
    from: Visit,
    to: Visit,
    /// How many lines were removed.
    removed: usize,
    /// How many lines were added.
    added: usize,
    hunks: Vec<Hunk>,
}

/// A stretch that changed, with lines of context.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Hunk {
    /// The first line in the older text, from 1.
    from_line: usize,
    /// The first line in the newer text, from 1.
    to_line: usize,
    lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Line {
    /// ` ` if both texts have it, `-` if the older one has it, `+` if the newer one has it.
    sign: &'static str,
    text: String,
}

/// The visits of a page, the oldest first.
#[utoipa::path(get, path = "/api/v1/captures", tag = "archive", params(Address, Paging),
    responses((status = 200, body = Listed<Visit>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn captures(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let asked: Address = parameters(request)?;
    let dated = web.options.store.dated(&address(&asked.url)?.surt())?;
    if dated.is_empty() {
        return Err(none("The archive has no visit of this page."));
    }
    let all = dated
        .iter()
        .map(|it| (format!("{} {:019}", time(it.date), it.id.0), it));
    page(request, all.collect(), Visit::of)
}

/// What changed in the text of a page between two captures.
#[utoipa::path(get, path = "/api/v1/compare", tag = "archive", params(Between),
    responses((status = 200, body = Compared), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn compare(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let asked: Between = parameters(request)?;
    let (from, to) = (instant("from", &asked.from)?, instant("to", &asked.to)?);
    let mut copies = web.options.store.dated(&address(&asked.url)?.surt())?;
    copies.retain(|it| it.failure.is_none() && it.asked.is_none());
    let nearest = |at: Instant| copies.iter().min_by_key(|it| (it.date - at).abs());
    let both = nearest(from).zip(nearest(to));
    let (old, new) = both.ok_or_else(|| none("The archive has no copy of this page."))?;
    let texts = (web.text_of(old)?, web.text_of(new)?);
    let with_text = |copy: &Dated, text| DatedText {
        date: copy.date,
        payload_digest: copy.payload_digest,
        text,
    };
    let diff = PageDiff::of(&with_text(old, &texts.0), &with_text(new, &texts.1), 3);
    let hunks = diff.hunks.iter().map(|hunk| Hunk {
        from_line: hunk.old_line,
        to_line: hunk.new_line,
        lines: hunk
            .lines
            .iter()
            .map(|line| Line {
                sign: match line.change {
                    Change::Context => " ",
                    Change::Removed => "-",
                    Change::Added => "+",
                },
                text: line.parts.iter().map(|it| it.text.as_str()).collect(),
            })
            .collect(),
    });
    let compared = Compared {
        from: Visit::of(old),
        to: Visit::of(new),
        removed: diff.removed,
        added: diff.added,
        hunks: hunks.collect(),
    };
    json(request, &compared)
}

/// The hosts, by name.
#[utoipa::path(get, path = "/api/v1/hosts", tag = "archive", params(Paging),
    responses((status = 200, body = Listed<Host>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn hosts(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let all = web.options.store.host_states()?.into_iter();
    let all = all.map(|(origin, state)| (origin.to_string(), (origin, state)));
    page(request, all.collect(), |(origin, state)| Host {
        origin: origin.to_string(),
        next_allowed: state.next_allowed.map(time),
        reason: state.reason,
        refusals: state.refusals,
        last_request: state.last_request.map(time),
        requests: state.requests,
    })
}

/// The latest checkpoint of the ledger.
#[utoipa::path(get, path = "/api/v1/checkpoint", tag = "archive",
    responses((status = 200, body = Checkpoint), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn checkpoint(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let seal = web.options.store.last_seal()?;
    let seal = seal.ok_or_else(|| none("There is no checkpoint yet."))?;
    let checkpoint = Checkpoint {
        size: seal.size,
        key: seal.key,
        note: seal.note,
    };
    json(request, &checkpoint)
}

/// Who is asking, and what their requests need.
#[utoipa::path(get, path = "/api/v1/me", tag = "people",
    responses((status = 200, body = Me), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn me(_: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let visitor = request.visitor();
    let by_token = matches!(visitor.through, Through::Token(_));
    let me = Me {
        role: visitor.role.word(),
        decides: visitor.decides,
        csrf_token: (!by_token).then_some(visitor.token),
        name: visitor.name,
    };
    Ok(json(request, &me)?.field("Cache-Control", "no-store"))
}

fn address(text: &str) -> Result<TargetUri, Problem> {
    target_of(text).map_err(|error| none(&error.to_string()).parameter("url", &error.to_string()))
}

fn instant(name: &str, text: &str) -> Result<Instant, Problem> {
    let at = DateTime::parse_from_rfc3339(text);
    at.map(|it| it.with_timezone(&chrono::Utc))
        .map_err(|error| {
            Problem::new("bad-request", &format!("`{name}` is not a time."))
                .parameter(name, &error.to_string())
        })
}
