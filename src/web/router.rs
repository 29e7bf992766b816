//! The table of routes of the site's origin. The origin of archived pages is not routed: its addresses must stay as they were sent.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::Response,
    routing::{MethodRouter, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::RequestBodyTimeoutLayer,
};

use super::{
    Answer, Door, Origins, Outcome, Page, Request, Web, answered, assets, desk, replayed, site,
};

/// The longest body of a request, in bytes: a batch of 1,000 findings with a note.
const LONGEST_BODY: usize = 256 << 10;

/// Every route of the site's origin.
pub(super) fn router(web: &Arc<Web>) -> Router {
    Router::new()
        .route("/", page(desk::queue))
        .route("/work/{page}", page(desk::work))
        .route("/f/{finding}", page(desk::found))
        .route("/p/{profile}", page(desk::profile))
        .route("/p/{profile}/edits", page(desk::sheet))
        .route("/p/{profile}/claims/{claim}", page(desk::claim))
        .route("/p/{profile}/references/{number}", page(desk::reference))
        .route("/compare/{*rest}", page(desk::compare))
        .route("/activity", page(desk::activity))
        .route("/hosts", page(desk::hosts))
        .route("/keys", page(desk::keys))
        .route("/decide", act(desk::decide))
        .route("/assets/{name}", page(assets::asset))
        .route("/favicon.ico", page(assets::icon))
        .route("/archive", page(Web::home))
        .route("/find", page(desk::find))
        .route("/report/{*name}", page(Web::report))
        .route("/captures/", page(Web::captures))
        .route("/captures/{*address}", page(Web::captures))
        .route("/view/", page(Web::view))
        .route("/view/{*address}", page(Web::view))
        .route("/web/", page(site::elsewhere))
        .route("/web/{*address}", page(site::elsewhere))
        .route("/timegate/", page(Web::timegate))
        .route("/timegate/{*address}", page(Web::timegate))
        .route("/timemap/", page(Web::timemap))
        .route("/timemap/{*address}", page(Web::timemap))
        .fallback(async |State(web), request| on_the_site(web, request, nothing).await)
        .method_not_allowed_fallback(async || replayed::not_supported())
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(RequestBodyTimeoutLayer::new(web.options.limits.patience()))
        .layer(CompressionLayer::new().gzip(true))
        .layer(CatchPanicLayer::new())
        .with_state(Arc::clone(web))
}

/// A route for a page.
fn page<T: Outcome>(page: Page<T>) -> MethodRouter<Arc<Web>> {
    get(async move |State(web), request| on_the_site(web, request, page).await)
}

/// A route for an act: a form is sent to it.
fn act<T: Outcome>(page: Page<T>) -> MethodRouter<Arc<Web>> {
    post(async move |State(web), request: Request, body: Bytes| {
        let body = body.to_vec();
        on_the_site(web, Request { body, ..request }, page).await
    })
}

async fn on_the_site<T: Outcome>(web: Arc<Web>, request: Request, page: Page<T>) -> Response {
    answered(web, Door::Site, request, page).await
}

fn nothing(_: &Web, request: &Request, origins: &Origins) -> Answer {
    replayed::nothing(request, origins)
}
