//! Text from pages is hostile: in no service may it mention, link, or mark up.

use serde_json::Value;

use super::*;
use crate::{
    clock::parse_digits14,
    finding::Weight,
    notify::{Change, Cited, Words},
};

/// Hostile text of a page.
const HOSTILE: &str = "@everyone @here <!channel> <@U1> [free](https://evil.example/) ![](https://evil.example/p.png) \
                       ```code``` *b* _i_ ~s~ ||spoiler|| # head > quote </p><script>alert(1)</script> &amp; \u{202e}kite\u{7}\r\n- item";

fn digest(changes: usize) -> Digest {
    let at = parse_digits14("20261127").unwrap();
    let change = |number: usize| Change {
        weight: Some(Weight::Lost),
        kind: "gone".into(),
        what: format!("{number} {HOSTILE}"),
        said: HOSTILE.into(),
        then: Some(Words {
            date: at,
            text: HOSTILE.into(),
        }),
        now: Some(Words {
            date: at,
            text: "ä".repeat(100_000),
        }),
        page: "https://kites.example/list?a=1&b=2".into(),
        cited: vec![Cited {
            profile: "kites".into(),
            title: HOSTILE.into(),
            finding: None,
            link: Some("https://desk.example.org/f/3f9a".into()),
        }],
    };
    let site = Some("https://desk.example.org/".to_owned());
    Digest::of("msg_1".into(), at, site, (0..changes).map(change).collect())
}

fn url() -> Secret {
    Secret::of("https://chat.example/hook")
}

fn body(post: &Post) -> Value {
    serde_json::from_str(&post.body).unwrap()
}

#[test]
fn slack_and_its_likes_get_text_that_obeys_nothing() {
    let body = body(&slack(&digest(1), url()));
    let text = body["text"].as_str().unwrap();
    let ours = [
        "<https://kites.example/list?a=1&amp;b=2|page>",
        "<https://desk.example.org/f/3f9a|decide>",
    ];
    let mut rest = text.to_owned();
    for link in ours {
        assert!(text.contains(link), "{text}");
        rest = rest.replace(link, "");
    }
    assert!(
        !rest.contains(['<', '>', '`', '~', '\u{7}', '\u{202e}', '\r']),
        "{rest}"
    );
    assert!(
        !rest.contains("@everyone") && !rest.contains("@here") && !rest.contains("]("),
        "{rest}"
    );
    assert!(rest.contains("&lt;!channel&gt;"), "{rest}");
    assert_eq!(body["unfurl_links"], false);
}

#[test]
fn discord_mentions_nobody_and_marks_nothing_up() {
    let body = body(&discord(&digest(1), url()));
    assert_eq!(body["allowed_mentions"], json!({"parse": []}));
    let text = body["embeds"][0]["description"].as_str().unwrap();
    assert!(
        !text.contains("@everyone") && !text.contains("@here"),
        "{text}"
    );
    for marked in ["[free]", "](", "```", "||"] {
        assert!(!text.contains(marked), "{marked} in {text}");
    }
    assert!(
        text.contains(r"\[free\]\(https://evil.example/\)"),
        "{text}"
    );
    assert!(
        text.contains("page: <https://kites.example/list?a=1&b=2>"),
        "{text}"
    );
}

#[test]
fn teams_gets_text_from_pages_only_in_runs_without_markup() {
    let body = body(&teams(&digest(1), url()));
    let card = &body["attachments"][0]["content"];
    let blocks = card["body"].as_array().unwrap();
    let (title, others) = blocks.split_first().unwrap();
    assert_eq!(title["type"], "TextBlock");
    assert_eq!(title["text"], "stillsays: 1 new: 1 reference lost");
    assert!(others.iter().all(|it| it["type"] == "RichTextBlock"));
    let runs = others
        .iter()
        .flat_map(|it| it["inlines"].as_array().unwrap());
    assert!(runs.clone().all(|it| it["type"] == "TextRun"));
    let links = runs.filter_map(|it| it["selectAction"]["url"].as_str());
    let links: Vec<&str> = links.collect();
    assert_eq!(
        links,
        [
            "https://kites.example/list?a=1&b=2",
            "https://desk.example.org/f/3f9a"
        ]
    );
}

#[test]
fn matrix_gets_escaped_html_and_mentions_nobody() {
    let sent = matrix(
        &digest(1),
        &Secret::of("https://chat.example/"),
        "!a:kites.example",
    );
    assert!(sent.is_put);
    assert_eq!(
        sent.url.reveal(),
        "https://chat.example/_matrix/client/v3/rooms/%21a%3Akites.example/send/m.room.message/msg_1"
    );
    let body = body(&sent);
    assert_eq!(body["m.mentions"], json!({}));
    let html = body["formatted_body"].as_str().unwrap();
    for tag in html.split('<').skip(1) {
        let name = tag.split(['>', ' ']).next().unwrap();
        assert!(
            ["p", "/p", "strong", "/strong", "br", "a", "/a"].contains(&name),
            "{name}"
        );
    }
    assert!(html.contains("&lt;script&gt;"), "{html}");
}

#[test]
fn every_service_gets_no_more_than_it_takes() {
    let many = digest(90);
    for (name, post, most) in [
        ("ntfy", ntfy(&many, url(), "kites"), 4_096),
        ("slack", slack(&many, url()), 5_000),
        ("discord", discord(&many, url()), 6_000),
        ("teams", teams(&many, url()), 28_000),
        ("matrix", matrix(&many, &url(), "!a:b"), 65_000),
        ("apprise", apprise(&many, url()), 10_000),
        (
            "webhook",
            crate::notify::webhook::post(&many, url(), &[], many.at),
            20_000,
        ),
    ] {
        let body = body(&post);
        let longest = match name {
            "ntfy" => body["message"].as_str().unwrap().len(),
            "slack" => body["text"].as_str().unwrap().len(),
            "discord" => body["embeds"][0]["description"]
                .as_str()
                .unwrap()
                .chars()
                .count(),
            _ => post.body.len(),
        };
        assert!(longest <= most, "{name}: {longest}");
        assert!(post.body.contains("more"), "{name} says that there is more");
    }
}
