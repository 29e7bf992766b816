//! Matrix: a message of a room, sent under the id of the digest, so that a server drops a repeat (client-server API 1.11, "Sending events").

use std::fmt::Write as _;

use serde_json::json;

use crate::{
    notify::{
        Change, Digest, Post, Secret,
        plain::{self, Line, lines},
    },
    text::html_escaped,
};

/// The most bytes of each of the two forms: an event may have 65,536.
const MOST: usize = 20_000;

/// The message to a room of Matrix.
pub(in crate::notify) fn matrix(digest: &Digest, server: &Secret, room: &str) -> Post {
    let title = super::title(digest);
    let html = plain::fitting(digest, MOST, &|changes, more| {
        let mut html = format!("<p><strong>{}</strong></p>", html_escaped(&title));
        for change in changes {
            block(change, &mut html);
        }
        if more > 0 {
            let _ = write!(html, "<p>{}</p>", html_escaped(&plain::left(digest, more)));
        }
        html
    });
    let body = json!({
        "msgtype": "m.text",
        "body": format!("{title}\n\n{}", plain::text(digest, MOST)),
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        // Mentions are off, even if the text contains some.
        "m.mentions": {},
    });
    let server = server.reveal().trim_end_matches('/');
    let room: String = url::form_urlencoded::byte_serialize(room.as_bytes()).collect();
    let url = format!(
        "{server}/_matrix/client/v3/rooms/{room}/send/m.room.message/{}",
        digest.id
    );
    Post {
        is_put: true,
        ..Post::json(Secret::of(url), body.to_string())
    }
}

fn block(change: &Change, html: &mut String) {
    let lines = lines(change).into_iter().map(|line| match line {
        Line::Head { label, what } => {
            let what = html_escaped(&what);
            format!("<strong>{}</strong>: {what}", html_escaped(&label))
        }
        Line::Text { lead, text } if lead.is_empty() => html_escaped(&text),
        Line::Text { lead, text } => format!("{lead}: {}", html_escaped(&text)),
        Line::Link { lead, address } => {
            let address = html_escaped(&address);
            format!("{lead}: <a href=\"{address}\">{address}</a>")
        }
    });
    let _ = write!(html, "<p>{}</p>", lines.collect::<Vec<_>>().join("<br>"));
}
