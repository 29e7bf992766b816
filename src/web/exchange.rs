//! Requests and answers as plain values, so that everything behind the sockets is a function.

use std::net::IpAddr;

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use hyper::{
    HeaderMap, StatusCode,
    header::{self, HeaderName, HeaderValue},
};

use super::{client::Peer, visitor::Visitor};
use crate::digest::{ContentDigest, hex};

/// The parts of a request that matter here.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    /// The method, in upper case.
    pub(super) method: String,
    /// The path as sent, percent-encoded.
    pub(super) path: String,
    /// The query as sent, percent-encoded.
    pub(super) query: Option<String>,
    /// The `Host` field.
    pub(super) host: Option<String>,
    /// Whether a trusted proxy says that the client speaks TLS with it.
    pub(super) https: bool,
    /// The `Accept-Datetime` field (RFC 7089).
    pub(super) accept_datetime: Option<String>,
    /// The purpose of the request (`Sec-Fetch-Dest`).
    pub(super) destination: Option<String>,
    /// Whether a person followed a link in a frame from a foreign page (`Sec-Fetch-User`, `Sec-Fetch-Site`).
    pub(super) followed_in_frame: bool,
    /// The origin of the page that sent it (`Origin`).
    pub(super) origin: Option<String>,
    /// How that page is related to this site (`Sec-Fetch-Site`).
    pub(super) fetch_site: Option<String>,
    /// The body.
    pub(super) body: Vec<u8>,
    /// The address of the connection.
    pub(super) peer: Option<IpAddr>,
    /// All header fields.
    pub(super) fields: HeaderMap,
    /// Who is asking, once that is known.
    pub(super) visitor: Option<Visitor>,
}

impl Request {
    /// The parts of a request that pages need.
    pub(super) fn of(request: &Parts) -> Self {
        let field = |name: &str| {
            let value = request.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            method: request.method.to_string(),
            path: request.uri.path().to_owned(),
            query: request.uri.query().map(str::to_owned),
            host: field("host"),
            https: false,
            accept_datetime: field("accept-datetime"),
            followed_in_frame: field("sec-fetch-user").as_deref() == Some("?1")
                && field("sec-fetch-site").as_deref() == Some("cross-site")
                && field("sec-fetch-dest").as_deref() == Some("iframe"),
            destination: field("sec-fetch-dest"),
            origin: field("origin"),
            fetch_site: field("sec-fetch-site"),
            body: Vec::new(),
            peer: request.extensions.get::<Peer>().map(|it| it.0),
            fields: request.headers.clone(),
            visitor: None,
        }
    }

    /// The values of a header field, joined by commas; `None` without the field, or if it is not text.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let values = self.fields.get_all(name).iter();
        let values: Result<Vec<&str>, _> = values.map(HeaderValue::to_str).collect();
        values
            .ok()
            .filter(|it| !it.is_empty())
            .map(|it| it.join(", "))
    }

    /// The rest of a path followed by the query: an address inside a path has its query there.
    pub(super) fn with_query(&self, rest: &str) -> String {
        match &self.query {
            Some(query) => format!("{rest}?{query}"),
            None => rest.to_owned(),
        }
    }

    /// What follows `prefix` in the path, with the query; empty if the path begins otherwise.
    pub(super) fn behind(&self, prefix: &str) -> String {
        self.with_query(self.path.strip_prefix(prefix).unwrap_or_default())
    }

    /// Whether the answer is a page for a person, and not a part of one.
    pub(super) fn is_for_a_page(&self) -> bool {
        let destination = self.destination.as_deref().unwrap_or("document");
        matches!(
            destination,
            "document" | "iframe" | "frame" | "empty" | "object" | "embed"
        )
    }
}

impl<S: Sync> FromRequestParts<S> for Request {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status code.
    pub(super) status: u16,
    /// Header fields in order; values are Latin-1.
    pub(super) fields: Vec<(String, String)>,
    /// The body.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// An answer with a status, a content type and a body.
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            fields: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
        }
    }

    /// An answer in plain text.
    pub(super) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text.into())
            .field("Content-Security-Policy", "default-src 'none'; sandbox")
    }

    /// A redirect.
    pub(super) fn redirect(to: &str) -> Self {
        Self::text(302, format!("{to}\n")).field("Location", to)
    }

    /// The answer to a form: a redirect to the next page, which the browser requests with GET.
    pub(super) fn see(to: &str) -> Self {
        Self {
            status: 303,
            ..Self::redirect(to)
        }
    }

    /// The answer with one more header field.
    pub(super) fn field(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}

impl IntoResponse for Answer {
    /// The response as the server sends it. A field that HTTP cannot carry is left out.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let fields = response.headers_mut();
        for (name, value) in &self.fields {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value: Vec<u8> = if value.is_ascii() {
                value.as_bytes().to_vec()
            } else {
                // Text read as Latin-1 leaves as the bytes it came from.
                value
                    .chars()
                    .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
                    .collect()
            };
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&value)) {
                fields.append(name, value);
            }
        }
        let always = [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_DNS_PREFETCH_CONTROL, "off"),
            (header::CACHE_CONTROL, "private, no-cache"),
        ];
        for (name, value) in always {
            fields
                .entry(name)
                .or_insert_with(|| HeaderValue::from_static(value));
        }
        response
    }
}

/// An answer with its entity tag; without its body if `has`, the field `If-None-Match`, names it (RFC 9110, 13.1.2).
pub(super) fn tagged(answer: Answer, has: Option<&str>) -> Answer {
    let digest = hex(ContentDigest::of(&answer.body).as_bytes());
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
    let mut known = has
        .unwrap_or_default()
        .split(',')
        .map(|it| it.trim().trim_start_matches("W/"));
    // The same tag with the coding that it went out with.
    let packed = format!("{}-gzip\"", tag.trim_end_matches('"'));
    let is_known = known.any(|it| it == "*" || it == tag || it == packed);
    let answer = answer.field("ETag", tag);
    if is_known && answer.status == 200 {
        return Answer {
            status: 304,
            body: Vec::new(),
            ..answer
        };
    }
    answer
}
