//! The interface for programs: JSON under `/api/v1`, described by a document that is made from these functions.

mod acts;
mod answers;
mod archive;
mod articles;
mod deeds;
mod document;
mod events;
mod evidence;
mod findings;
mod model;
mod once;

pub(super) use events::{Watching, going_on, watched};
pub(super) use once::Once;

use super::{
    Answer, Origins, Outcome, Request, Web,
    route::{Route, route},
};

/// The routes of the API and of its description; [`EVENTS`] is one more.
pub(super) const ROUTES: &[Route] = &[
    route!(Get "/api", See, document::page),
    route!(Get "/api/v1/openapi.json", See, document::openapi),
    route!(Get "/api/v1/profiles", See, articles::profiles),
    route!(Get "/api/v1/profiles/{profile}", See, articles::profile),
    route!(Get "/api/v1/profiles/{profile}/claims", See, articles::claims),
    route!(Get "/api/v1/profiles/{profile}/references", See, articles::references),
    route!(Get "/api/v1/profiles/{profile}/edits", See, articles::edits),
    route!(Get "/api/v1/pages", See, findings::pages),
    route!(Get "/api/v1/pages/{page}", See, findings::page_of),
    route!(Get "/api/v1/findings", See, findings::findings),
    route!(Get "/api/v1/findings/{finding}", See, findings::finding),
    route!(Get "/api/v1/findings/{finding}/evidence.wacz", See, evidence::evidence),
    route!(Get "/api/v1/captures", See, archive::captures),
    route!(Get "/api/v1/compare", See, archive::compare),
    route!(Get "/api/v1/hosts", See, archive::hosts),
    route!(Get "/api/v1/activity", See, findings::activity),
    route!(Get "/api/v1/checkpoint", See, archive::checkpoint),
    route!(Get "/api/v1/me", See, archive::me),
    route!(Post "/api/v1/decisions", Decide, decide),
    route!(Post "/api/v1/decisions/{decision}/undo", Decide, undo),
    route!(Post "/api/v1/mutes", Decide, mute),
    route!(Post "/api/v1/edits/{edit}/done", Decide, done),
];

/// The route whose answer goes on as long as something happens.
pub(super) const EVENTS: Route = route!(Get "/api/v1/events", See, events::events);

/// An act that is done once, however often it is sent.
macro_rules! once {
    ($($act:ident)+) => {$(
        fn $act(web: &Web, request: &Request, origins: &Origins) -> Answer {
            once::once(web, request, origins, |web, request, origins| {
                acts::$act(web, request, origins).answer(request, origins)
            })
        }
    )+};
}
once!(decide undo mute done);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_every_route_and_no_other() {
        let document: serde_json::Value = serde_json::from_str(document::text()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let mut described: Vec<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap().keys();
                methods.map(move |it| format!("{} {path}", it.to_uppercase()))
            })
            .collect();
        let api = ROUTES
            .iter()
            .filter(|it| it.is_api() && !it.path.ends_with("openapi.json"));
        let mut routes: Vec<String> = api
            .map(|it| format!("{} {}", it.method.word(), it.path))
            .collect();
        routes.push("GET /api/v1/events".into());
        described.sort();
        routes.sort();
        assert_eq!(described, routes);
    }
}
