//! Errors as programs read them: problem documents (RFC 9457).

use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Origins, Outcome, Request};
use crate::store::StoreError;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Problem {
    /// The address of the kind of problem, in the page for people.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// The kind of problem, in words.
    pub(super) title: &'static str,
    /// The status of the answer.
    pub(super) status: u16,
    /// What went wrong this time.
    pub(super) detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<&'static str>,
    /// The parts of the request that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<Part>,
}

/// A part of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Part {
    /// Where in the body (RFC 6901), if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<String>,
    /// The name of the parameter, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameter: Option<String>,
    /// What is wrong with it.
    pub(super) detail: String,
}

/// Where the page for people has the kinds.
pub(super) const PAGE: &str = "/api#";

/// The kinds of problems: address, status, title.
pub(super) const KINDS: [(&str, u16, &str); 14] = [
    ("/api#bad-request", 400, "The request cannot be understood"),
    ("/api#unauthorized", 401, "Nobody is logged in"),
    ("/api#forbidden", 403, "This is not allowed"),
    ("/api#not-found", 404, "There is no such thing"),
    (
        "/api#method-not-allowed",
        405,
        "This address does not take that method",
    ),
    ("/api#conflict", 409, "This key is in use"),
    ("/api#decided-meanwhile", 412, "Somebody else has decided"),
    ("/api#too-large", 413, "The body is too large"),
    ("/api#unsupported-media-type", 415, "The body is not JSON"),
    (
        "/api#unprocessable",
        422,
        "The body does not say what is needed",
    ),
    ("/api#too-many-requests", 429, "Too many requests"),
    ("/api#fault", 500, "The archive cannot be read or written"),
    ("/api#busy", 503, "The archive is busy"),
    ("/api#full", 507, "The disk is full"),
];

impl Problem {
    /// A problem of one of the [`KINDS`].
    pub(super) fn new(kind: &str, detail: &str) -> Self {
        let known = KINDS
            .iter()
            .find(|it| it.0.strip_prefix(PAGE) == Some(kind));
        let (kind, status, title) =
            known
                .copied()
                .unwrap_or(("/api#fault", 500, "Something went wrong"));
        Self {
            kind,
            title,
            status,
            detail: detail.to_owned(),
            hint: None,
            errors: Vec::new(),
        }
    }

    /// With what to do about it.
    pub(super) fn hint(self, hint: &'static str) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// It with a part of the body that is wrong.
    pub(super) fn at(mut self, pointer: &str, detail: &str) -> Self {
        self.errors.push(Part {
            pointer: Some(pointer.to_owned()),
            parameter: None,
            detail: detail.to_owned(),
        });
        self
    }

    /// It with a parameter that is wrong.
    pub(super) fn parameter(mut self, name: &str, detail: &str) -> Self {
        self.errors.push(Part {
            pointer: None,
            parameter: Some(name.to_owned()),
            detail: detail.to_owned(),
        });
        self
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The answer with it.
    pub(super) fn answer(&self) -> Answer {
        let text = serde_json::to_string(self).unwrap_or_default();
        let text = crate::text::escaped_controls(&text);
        Answer::new(self.status, "application/problem+json", text)
            .field("Cache-Control", "no-store")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Busy { .. } => "busy",
            StoreError::DiskFull { .. } => "full",
            _ => "fault",
        };
        tracing::error!(%error, "the archive cannot be read or written");
        let detail = match kind {
            "busy" => "The archive is busy; nothing was saved. Try again.",
            "full" => "The disk with the archive is full; nothing was saved.",
            _ => "The archive cannot be read or written. The log contains the reason.",
        };
        Self::new(kind, detail).hint(error.hint())
    }
}

impl Outcome for Result<Answer, Problem> {
    fn answer(self, _: &Request, _: &Origins) -> Answer {
        self.unwrap_or_else(|problem| problem.answer())
    }
}
