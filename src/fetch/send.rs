//! Messages to services, such as webhooks: one request, checked by the same guard, without redirects and robots.txt, because nothing is crawled.
//!
//! The address and the fields can hold secrets, so no error shows them.

use super::{
    Options,
    download::{check, client},
    retry_after,
};
use crate::{clock::Instant, text::with_causes, uri::TargetUri};

/// A message.
#[derive(Clone, Copy)]
pub struct Sending<'a> {
    /// Whether it is a PUT; else it is a POST.
    pub is_put: bool,
    /// The address.
    pub url: &'a str,
    /// Header fields beside `Content-Type` and `User-Agent`.
    pub fields: &'a [(&'a str, &'a str)],
    /// The body: JSON.
    pub body: &'a str,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// How long the service wants to be left alone.
    pub retry_after: Option<std::time::Duration>,
    /// The beginning of the body.
    pub body: String,
}

/// The most bytes of an answer that are read.
const MOST: usize = 16 << 10;

/// Sends a message, within the times of the options. `now` is for a `Retry-After` with a date.
///
/// # Errors
/// The address is none, the guard refuses it, or the exchange failed; in words, without the address.
pub async fn send(
    sending: Sending<'_>,
    options: &Options,
    now: Instant,
) -> Result<Received, String> {
    let (uri, _) = TargetUri::parse(sending.url)
        .map_err(|_| "its address is not one of the web".to_owned())?;
    let client = client(options)?;
    check(&uri, options)
        .await
        .map_err(super::DownloadError::without_address)?;
    let url = uri.as_url().clone();
    let mut request = if sending.is_put {
        client.put(url)
    } else {
        client.post(url)
    };
    request = request.header("content-type", "application/json");
    for (name, value) in sending.fields {
        request = request.header(*name, *value);
    }
    let failed = |error: reqwest::Error| with_causes(&error.without_url());
    let mut response = request
        .body(sending.body.to_owned())
        .send()
        .await
        .map_err(failed)?;
    let asked = response.headers().get("retry-after");
    let asked = asked.and_then(|value| retry_after::parse(value.to_str().ok()?, now));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    // The status is the answer; what comes after it only explains it.
    while let Ok(Some(piece)) = response.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() > MOST {
            break;
        }
    }
    body.truncate(MOST);
    Ok(Received {
        status,
        retry_after: asked,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
