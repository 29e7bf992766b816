//! Slack and services with the same interface: Mattermost and Rocket.Chat. All of them read `text`.

use serde_json::json;

use crate::notify::{
    Change, Digest, Post, Secret,
    plain::{self, Line, lines},
};

/// The most bytes of text: Slack cuts longer ones, and Rocket.Chat refuses them.
const MOST: usize = 3_800;

/// The message to a webhook of Slack and its likes.
pub(in crate::notify) fn slack(digest: &Digest, url: Secret) -> Post {
    let text = plain::fitting(digest, MOST, &|changes, more| {
        let mut blocks = vec![format!("*{}*", escaped(&super::title(digest)))];
        blocks.extend(changes.iter().map(block));
        if more > 0 {
            blocks.push(escaped(&plain::left(digest, more)));
        }
        blocks.join("\n\n")
    });
    // The chat does not fetch and show the targets of links.
    let body = json!({"text": text, "unfurl_links": false, "unfurl_media": false});
    Post::json(url, body.to_string())
}

fn block(change: &Change) -> String {
    let lines = lines(change).into_iter().map(|line| match line {
        Line::Head { label, what } => format!("*{}*: {}", escaped(&label), escaped(&what)),
        Line::Text { lead, text } if lead.is_empty() => escaped(&text),
        Line::Text { lead, text } => format!("{lead}: {}", escaped(&text)),
        Line::Link { lead, address } => format!("<{}|{lead}>", address.replace('&', "&amp;")),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Text without mentions, links and code fences: Slack interprets `& < >`, the others `@name` and Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A zero-width space after it: `@here` and `[words](address)` lose their meaning.
            '@' | ']' => out.extend([letter, '\u{200b}']),
            '`' => out.push('ˋ'),
            '*' => out.push('∗'),
            '~' => out.push('∼'),
            other => out.push(other),
        }
    }
    out
}
