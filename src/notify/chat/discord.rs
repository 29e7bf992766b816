//! Discord: one embed, without mentions even if the text contains them.

use serde_json::json;

use crate::notify::{
    Change, Digest, Post, Secret,
    plain::{self, Line, lines},
};

/// The most bytes of an embed's description, which may have 4,096 characters.
const MOST: usize = 3_900;

/// The message to a webhook of Discord.
pub(in crate::notify) fn discord(digest: &Digest, url: Secret) -> Post {
    let text = plain::fitting(digest, MOST, &|changes, more| {
        let mut blocks: Vec<String> = changes.iter().map(block).collect();
        if more > 0 {
            blocks.push(escaped(&plain::left(digest, more)));
        }
        blocks.join("\n\n")
    });
    let mut embed = json!({"title": super::title(digest), "description": text});
    if let (Some(site), Some(embed)) = (&digest.site, embed.as_object_mut()) {
        embed.insert("url".to_owned(), json!(site));
    }
    let body = json!({"embeds": [embed], "allowed_mentions": {"parse": []}});
    Post::json(url, body.to_string())
}

fn block(change: &Change) -> String {
    let lines = lines(change).into_iter().map(|line| match line {
        Line::Head { label, what } => format!("**{}**: {}", escaped(&label), escaped(&what)),
        Line::Text { lead, text } if lead.is_empty() => escaped(&text),
        Line::Text { lead, text } => format!("{lead}: {}", escaped(&text)),
        Line::Link { lead, address } => format!("{lead}: <{address}>"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Text without Markdown and mentions.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"\*_~`|<>[]()#".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
        if letter == '@' {
            out.push('\u{200b}');
        }
    }
    out
}
