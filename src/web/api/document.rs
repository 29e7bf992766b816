//! What the API is, as a document for programs (OpenAPI 3.1) and as a page for people.

use std::sync::OnceLock;

use askama::Template;
use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{acts, archive, articles, events, evidence, findings};
use crate::{
    store::StoreError,
    web::{
        Answer, Origins, Request, Web,
        desk::{self, Mast},
        exchange::tagged,
        problem::{KINDS, PAGE, Problem},
    },
};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "stillsays",
        version = "1",
        description = "What archived pages still say about the claims of articles, and what people decided about it. Times are RFC 3339 in UTC. Lists have a cursor: `next` and the field `Link` lead to the next page. Answers have strong entity tags. Unknown fields are refused in bodies; programs should ignore those in answers."
    ),
    paths(
        articles::profiles, articles::profile, articles::claims, articles::references, articles::edits,
        findings::pages, findings::page_of, findings::findings, findings::finding, findings::activity,
        evidence::evidence, archive::captures, archive::compare, archive::hosts, archive::checkpoint, archive::me,
        acts::decide, acts::undo, acts::done, acts::mute, events::events,
    ),
    components(schemas(Problem)),
    modifiers(&Security),
    security(("token" = []), ("session" = []))
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A token of scope `read` or `decide`: `stillsays user token NAME`",
            ))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let cookie = ApiKeyValue::with_description(
            "stillsays",
            "The session of a browser. A request that has an effect also needs `Origin` and `X-CSRF-Token` (`GET me`).",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The document as JSON.
pub(in crate::web) fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let text = Document::openapi().to_pretty_json();
        // Every part is made of strings and numbers, so it can be written.
        text.unwrap_or_default() + "\n"
    })
}

/// `/api/v1/openapi.json`.
pub(super) fn openapi(_: &Web, request: &Request, _: &Origins) -> Answer {
    let has = request.field("if-none-match");
    let answer = Answer::new(200, "application/json", text());
    tagged(answer, has.as_deref())
}

/// The page for people.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "api/page.html")]
struct Page {
    mast: Mast,
    about: String,
    operations: Vec<Operation>,
    problems: Vec<(&'static str, u16, &'static str)>,
}

/// An address with its method.
struct Operation {
    method: String,
    path: String,
    summary: String,
    parameters: Vec<(String, String)>,
    body: String,
}

/// `/api`.
pub(super) fn page(web: &Web, request: &Request, origins: &Origins) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let document: Value = serde_json::from_str(text()).unwrap_or_default();
    let page = Page {
        mast: Mast::of(request, &now),
        about: words(&document, "/info/description"),
        operations: operations(&document),
        problems: KINDS
            .map(|it| (it.0.trim_start_matches(PAGE), it.1, it.2))
            .to_vec(),
    };
    Ok(desk::page(200, &page, origins))
}

fn words(value: &Value, pointer: &str) -> String {
    let words = value.pointer(pointer).and_then(Value::as_str);
    words.unwrap_or_default().to_owned()
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let of_body = words(
                operation,
                "/requestBody/content/application~1json/schema/$ref",
            );
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: words(operation, "/summary"),
                parameters: parameters
                    .map(|it| (words(it, "/name"), words(it, "/description")))
                    .collect(),
                body: fields(document, of_body.trim_start_matches('#')),
            });
        }
    }
    all
}

/// The fields of a body: `findings, decision, outcome?`.
fn fields(document: &Value, pointer: &str) -> String {
    let Some(schema) = document.pointer(pointer).filter(|_| !pointer.is_empty()) else {
        return String::new();
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let names = schema["properties"].as_object().into_iter().flatten();
    let names = names.map(|(name, _)| {
        let may_be_left_out = if required.contains(&name.as_str()) {
            ""
        } else {
            "?"
        };
        format!("{name}{may_be_left_out}")
    });
    names.collect::<Vec<_>>().join(", ")
}
