//! The table of routes of the site's origin. The origin of archived pages has none: its addresses must stay as they were sent.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    response::Response,
    routing::{MethodRouter, get},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::RequestBodyTimeoutLayer,
};

use super::{Answer, Door, Origins, Outcome, Page, Request, Web, answered, replayed, site};

/// The longest body of a request, in bytes: a batch of 1,000 findings with a note.
const LONGEST_BODY: usize = 256 << 10;

/// Everything that the origin of the site answers to.
pub(super) fn router(web: &Arc<Web>) -> Router {
    Router::new()
        .route("/", page(Web::home))
        .route("/find", page(site::find))
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

/// A route to a page that is made from the store.
fn page<T: Outcome>(page: Page<T>) -> MethodRouter<Arc<Web>> {
    get(async move |State(web), request| on_the_site(web, request, page).await)
}

async fn on_the_site<T: Outcome>(web: Arc<Web>, request: Request, page: Page<T>) -> Response {
    answered(web, Door::Site, request, page).await
}

fn nothing(_: &Web, request: &Request, origins: &Origins) -> Answer {
    replayed::nothing(request, origins)
}
