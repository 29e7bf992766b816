//! Microsoft Teams: a workflow that posts an adaptive card. Text from pages is in runs of rich text, which have no markup.

use serde_json::{Value, json};

use crate::notify::{
    Change, Digest, Post, Secret,
    plain::{self, Line, lines},
};

/// The most bytes of a message: Teams takes 28 kB.
const MOST: usize = 26_000;

/// The message to a workflow of Teams.
pub(in crate::notify) fn teams(digest: &Digest, url: Secret) -> Post {
    let body = plain::fitting(digest, MOST, &|changes, more| {
        message(digest, changes, more).to_string()
    });
    Post::json(url, body)
}

fn message(digest: &Digest, changes: &[Change], more: usize) -> Value {
    let mut blocks = vec![
        json!({"type": "TextBlock", "text": super::title(digest), "weight": "Bolder", "wrap": true}),
    ];
    blocks.extend(changes.iter().flat_map(of_change));
    if more > 0 {
        blocks.push(rich(&[run(&plain::left(digest, more))]));
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    });
    if let Some(site) = &digest.site {
        let open = json!([{"type": "Action.OpenUrl", "title": "Open the desk", "url": site}]);
        card = with(card, "actions", open);
    }
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card});
    json!({"type": "message", "attachments": [attachment]})
}

fn of_change(change: &Change) -> Vec<Value> {
    let mut blocks: Vec<Value> = lines(change).iter().map(of_line).collect();
    if let Some(first) = blocks.first_mut().and_then(Value::as_object_mut) {
        first.insert("separator".to_owned(), json!(true));
    }
    blocks
}

fn of_line(line: &Line) -> Value {
    match line {
        Line::Head { label, what } => {
            let label = with(run(&format!("{label}: ")), "weight", json!("Bolder"));
            rich(&[label, run(what)])
        }
        Line::Text { lead, text } if lead.is_empty() => rich(&[run(text)]),
        Line::Text { lead, text } => rich(&[run(&format!("{lead}: {text}"))]),
        Line::Link { lead, address } => {
            let open = json!({"type": "Action.OpenUrl", "url": address});
            let address = with(run(address), "selectAction", open);
            rich(&[run(&format!("{lead}: ")), address])
        }
    }
}

/// The same object with one more key.
fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
    object
}

fn rich(runs: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "inlines": runs})
}

fn run(text: &str) -> Value {
    json!({"type": "TextRun", "text": text})
}
