//! What all answers of the API have in common: JSON, entity tags, pages with a cursor.

use serde::{Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::{Instant, warc_date},
    text::escaped_controls,
    web::{Answer, Request, exchange::tagged, form::query, problem::Problem},
};

/// The most items of a page.
const MOST: usize = 200;

/// The items of a page, unless it is asked for more or less.
const USUAL: usize = 50;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Listed<T> {
    /// The items, in an order that does not change.
    pub(super) items: Vec<T>,
    /// The address of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// Which page of a list is meant.
#[derive(Clone, Debug, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many items a page has.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Where the page begins, as `next` says it.
    after: Option<String>,
}

/// The parameters in the query of a request.
pub(super) fn parameters<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    let query = request.query.as_deref().unwrap_or_default();
    let uri: Result<axum::http::Uri, _> = format!("/?{query}").parse();
    let refused =
        |detail: String| Problem::new("bad-request", &detail).hint("`/api` lists the parameters");
    let uri = uri.map_err(|error| refused(error.to_string()))?;
    let read = axum::extract::Query::<T>::try_from_uri(&uri);
    read.map(|it| it.0)
        .map_err(|error| refused(error.body_text()))
}

/// The page of a list that a request asks for, from its items in order, each with a key that orders it.
pub(super) fn page<K, T>(
    request: &Request,
    mut all: Vec<(String, K)>,
    show: impl Fn(K) -> T,
) -> Result<Answer, Problem>
where
    T: Serialize,
{
    let paging: Paging = parameters(request)?;
    let limit = paging.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        let detail = format!("a page has 1 to {MOST} items");
        return Err(Problem::new("bad-request", &detail).parameter("limit", &detail));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    if let Some(after) = &paging.after {
        all.retain(|it| it.0 > *after);
    }
    let next = all.get(limit).and(all.get(limit - 1));
    let next = next.map(|last| {
        let asked =
            crate::web::form::Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
        let kept = asked.pairs().iter().filter(|it| it.0 != "after");
        let kept = kept.map(|it| (it.0.as_str(), it.1.as_str()));
        format!(
            "{}?{}",
            request.path,
            query(kept.chain([("after", last.0.as_str())]))
        )
    });
    let items = all.into_iter().take(limit).map(|it| show(it.1)).collect();
    let listed = Listed { items, next };
    let answer = json(request, &listed)?;
    Ok(match &listed.next {
        Some(next) => answer.field("Link", format!("<{next}>; rel=\"next\"")),
        None => answer,
    })
}

/// The answer with a value, or that it is what the client has.
pub(super) fn json(request: &Request, value: &impl Serialize) -> Result<Answer, Problem> {
    let text =
        serde_json::to_string(value).map_err(|error| Problem::new("fault", &error.to_string()))?;
    let answer = Answer::new(200, "application/json", escaped_controls(&text));
    Ok(tagged(answer, request.field("if-none-match").as_deref()))
}

/// The body of a request as JSON; unknown fields are refused.
pub(super) fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    let media_type = request.field("content-type").unwrap_or_default();
    let media_type = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(
            "unsupported-media-type",
            "Send the body as `application/json`.",
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(&request.body);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let pointer = if path == "." {
            String::new()
        } else {
            format!(
                "/{}",
                path.replace(['.', '['], "/")
                    .replace(']', "")
                    .replace("//", "/")
            )
        };
        let detail = error.inner().to_string();
        Problem::new("unprocessable", &detail).at(&pointer, &detail)
    })?;
    reader
        .end()
        .map_err(|error| Problem::new("unprocessable", &error.to_string()))?;
    Ok(read)
}

/// The parts of a path behind `/api/v1/`, decoded.
pub(super) fn parts(request: &Request) -> Vec<String> {
    let rest = request.path.strip_prefix("/api/v1/").unwrap_or_default();
    rest.split('/').map(crate::web::desk::decoded).collect()
}

/// The part of a path at a place, decoded.
pub(super) fn part(request: &Request, at: usize) -> String {
    parts(request).into_iter().nth(at).unwrap_or_default()
}

/// A time as RFC 3339 writes it, in UTC.
pub(super) fn time(at: Instant) -> String {
    warc_date(at)
}

/// That there is no such thing.
pub(super) fn none(what: &str) -> Problem {
    Problem::new("not-found", what)
}
