//! Messages for chats and push services: each with the limits and the markup of the service.

mod discord;
mod matrix;
mod ntfy;
mod slack;
mod teams;

use serde_json::json;

use super::{Digest, Post, Secret, plain};

pub(super) use discord::discord;
pub(super) use matrix::matrix;
pub(super) use ntfy::ntfy;
pub(super) use slack::slack;
pub(super) use teams::teams;

/// The most bytes of text for Apprise, which passes it to services with limits of their own.
const APPRISE: usize = 8_000;

/// A message for Apprise's API, which passes it on to over a hundred services: `POST /notify/KEY`.
pub(super) fn apprise(digest: &Digest, url: Secret) -> Post {
    let grave = if digest.is_grave() { "warning" } else { "info" };
    let body = json!({
        "title": title(digest),
        "body": plain::text(digest, APPRISE),
        "type": grave,
        "format": "text",
    });
    Post::json(url, body.to_string())
}

/// `stillsays: 3 new: 2 to decide on 2 pages, 1 reference lost`.
pub(super) fn title(digest: &Digest) -> String {
    format!("stillsays: {}", digest.summary)
}

#[cfg(test)]
mod tests;
