//! Slack and what takes the same: Mattermost and Rocket.Chat. `text` is what all of them read.

use serde_json::json;

use crate::notify::{
    Change, Digest, Post, Secret,
    plain::{self, Line, lines},
};

/// The most bytes of text: Slack cuts longer ones, and Rocket.Chat refuses them.
const MOST: usize = 3_800;

pub(in crate::notify) fn slack(digest: &Digest, url: Secret) -> Post {
    let text = plain::fitting(digest, MOST, &|changes, more| {
        let mut blocks = vec![format!("*{}*", escaped(&super::title(digest)))];
        blocks.extend(changes.iter().map(block));
        if more > 0 {
            blocks.push(escaped(&plain::left(digest, more)));
        }
        blocks.join("\n\n")
    });
    // What a page links to is not looked at, and shown, by the chat.
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

/// Text in which nothing is a mention, a link or a fence: Slack obeys `& < >`, the others `@name` and Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A space of no width after it: `@here` and `[words](address)` are no longer what they look like.
            '@' | ']' => out.extend([letter, '\u{200b}']),
            '`' => out.push('ˋ'),
            '*' => out.push('∗'),
            '~' => out.push('∼'),
            other => out.push(other),
        }
    }
    out
}
