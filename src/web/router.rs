//! The table of routes of the site's origin. The origin of archived pages is not routed: its addresses must stay as they were sent.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::header,
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::RequestBodyTimeoutLayer,
};

use super::{
    Answer, Door, Origins, Request, Web, answered, api, assets,
    client::Client,
    desk,
    exchange::tagged,
    feeds, health, login, metrics,
    problem::Problem,
    replayed,
    route::{Method, Route, route},
    site,
};

/// The longest body of a request, in bytes: a batch of 1,000 findings with a note.
const LONGEST_BODY: usize = 256 << 10;

/// The address whose answer costs a hash, which waits for its turn.
const LOG_IN: &str = "/login";

/// The pages of the site and the forms that are sent from them.
const PAGES: &[Route] = &[
    route!(Get "/", See, desk::queue),
    route!(Get "/work/{page}", See, desk::work),
    route!(Get "/f/{finding}", See, desk::found),
    route!(Get "/f/{finding}/evidence.wacz", See, desk::packet),
    route!(Get "/p/{profile}", See, desk::profile),
    route!(Get "/p/{profile}/edits", See, desk::sheet),
    route!(Get "/p/{profile}/claims/{claim}", See, desk::claim),
    route!(Get "/p/{profile}/references/{number}", See, desk::reference),
    route!(Get "/compare/{*rest}", See, desk::compare),
    route!(Get "/activity", See, desk::activity),
    route!(Get "/activity.csv", See, desk::activity_csv),
    route!(Get "/activity.json", See, desk::activity_json),
    route!(Get "/hosts", See, desk::hosts),
    route!(Get "/keys", See, desk::keys),
    route!(Post "/decide", Decide, desk::decide),
    route!(Get "/people", Admin, desk::people),
    route!(Post "/people", Admin, desk::change),
    route!(Get "/login", Nothing, login::form),
    route!(Post "/login", Form, login::log_in),
    route!(Post "/logout", See, login::log_out),
    route!(Get "/assets/{name}", Nothing, assets::asset),
    route!(Get "/favicon.ico", Nothing, assets::icon),
    route!(Get "/feeds/{token}/{*rest}", Feeds, feeds::feed),
    route!(Get "/healthz", Nothing, health::health),
    route!(Get "/metrics", Metrics, metrics::metrics),
    route!(Get "/archive", See, desk::archive),
    route!(Get "/find", See, desk::find),
    route!(Get "/report/{*name}", See, Web::report),
    route!(Get "/captures/", See, desk::captures),
    route!(Get "/captures/{*address}", See, desk::captures),
    route!(Get "/view/", See, Web::view),
    route!(Get "/view/{*address}", See, Web::view),
    route!(Get "/web/", See, site::elsewhere),
    route!(Get "/web/{*address}", See, site::elsewhere),
    route!(Get "/timegate/", See, Web::timegate),
    route!(Get "/timegate/{*address}", See, Web::timegate),
    route!(Get "/timemap/", See, Web::timemap),
    route!(Get "/timemap/{*address}", See, Web::timemap),
];

/// What answers where there is no route.
const NOWHERE: Route = route!(Get "", Nothing, nothing);

/// Every route.
pub(super) fn routes() -> impl Iterator<Item = &'static Route> {
    PAGES.iter().chain(api::ROUTES)
}

/// Everything that the origin of the site answers to.
pub(super) fn router(web: &Arc<Web>) -> Router {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, handler(route));
    }
    router
        .fallback(async |State(web), request: Request| on_the_site(web, request, &NOWHERE).await)
        .route(
            api::EVENTS.path,
            get(async |State(web): State<Arc<Web>>, request| {
                let answer = passed(Arc::clone(&web), request, &api::EVENTS).await;
                match answer.status {
                    200 => api::going_on(&web, answer),
                    _ => answer.into_response(),
                }
            }),
        )
        .method_not_allowed_fallback(async |request: Request| not_allowed(&request))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(RequestBodyTimeoutLayer::new(web.options.limits.patience()))
        .layer(CompressionLayer::new().gzip(true))
        .layer(map_response(async |answer| packed(answer)))
        .layer(CatchPanicLayer::new())
        .with_state(Arc::clone(web))
}

fn handler(route: &'static Route) -> MethodRouter<Arc<Web>> {
    match route.method {
        Method::Get => get(async move |State(web), request| on_the_site(web, request, route).await),
        Method::Post => post(
            async move |State(web), request: Request, body: Result<Bytes, BytesRejection>| {
                match body {
                    Ok(body) => {
                        let body = body.to_vec();
                        on_the_site(web, Request { body, ..request }, route).await
                    }
                    Err(rejection) if route.is_api() => {
                        let kind = match rejection.status().as_u16() {
                            413 => "too-large",
                            _ => "bad-request",
                        };
                        Problem::new(kind, &rejection.body_text())
                            .answer()
                            .into_response()
                    }
                    Err(rejection) => rejection.into_response(),
                }
            },
        ),
    }
}

async fn on_the_site(web: Arc<Web>, request: Request, route: &'static Route) -> Response {
    passed(web, request, route).await.into_response()
}

/// Answers a request to the site's origin, if it passes.
async fn passed(web: Arc<Web>, mut request: Request, route: &'static Route) -> Answer {
    let begun = Instant::now();
    let client = Client::of(&request, &web.options.proxies);
    request.host.clone_from(&client.host);
    request.https = client.https;
    let people = Arc::clone(&web);
    let verifying = async {
        let is_log_in = route.path == LOG_IN && route.method == Method::Post;
        // The semaphore is never closed.
        if is_log_in {
            people.people.verifying.acquire().await.ok()
        } else {
            None
        }
    };
    let _place = verifying.await;
    let answer = answered(
        Arc::clone(&web),
        Door::Site,
        request,
        move |web, request, origins| {
            let has = request.field("if-none-match");
            let answer = web.passed(route, request, &client, origins);
            with_tag(route, answer, has.as_deref())
        },
    );
    let answer = answer.await;
    web.requests.note(
        route.path,
        route.method.word(),
        answer.status,
        begun.elapsed(),
    );
    answer
}

/// A page with its entity tag, or that it is what the client has.
fn with_tag(route: &Route, answer: Answer, has: Option<&str>) -> Answer {
    let is_page = answer
        .fields
        .iter()
        .any(|field| field.0 == "Content-Type" && field.1.starts_with("text/html"));
    if route.method == Method::Get && answer.status == 200 && is_page {
        tagged(answer, has)
    } else {
        answer
    }
}

/// An answer with the entity tag of its coding: other bytes have another tag (RFC 9110, 8.8.3).
fn packed(mut answer: Response) -> Response {
    let fields = answer.headers();
    let tag = fields.get(header::ETAG).and_then(|it| it.to_str().ok());
    let is_packed = fields.contains_key(header::CONTENT_ENCODING);
    let tag = tag
        .filter(|_| is_packed)
        .map(|it| format!("{}-gzip\"", it.trim_end_matches('"')));
    if let Some(Ok(tag)) = tag.map(|it| it.parse()) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// The answer to another method than an address takes.
fn not_allowed(request: &Request) -> Response {
    if request.path.starts_with("/api/") {
        let detail = format!("{} does not take {}.", request.path, request.method);
        return Problem::new("method-not-allowed", &detail)
            .answer()
            .into_response();
    }
    replayed::not_supported().into_response()
}

fn nothing(_: &Web, request: &Request, origins: &Origins) -> Answer {
    if request.path.starts_with("/api/") {
        return Problem::new("not-found", "There is nothing at this address.")
            .hint("`/api` lists the addresses")
            .answer();
    }
    replayed::nothing(request, origins)
}

#[cfg(test)]
mod tests;
