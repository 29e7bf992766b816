//! A signed webhook by Standard Webhooks (standardwebhooks.com, specification of August 2026): id, time and signature in the
//! header, JSON in the body. While a secret is replaced, both the new and the old one sign.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;
use serde_json::{Value, json};

use super::{
    Change, Digest, Post, Secret, Words,
    plain::{LONGEST, clean, fitting},
};
use crate::clock::{Instant, warc_date};

/// The most bytes of a body: the specification asks for less than 20 kB.
const MOST: usize = 19_000;

/// The prefix of a secret.
const PREFIX: &str = "whsec_";

/// The request for a digest; `at` is the time of this attempt.
pub(super) fn post(digest: &Digest, url: Secret, secrets: &[Secret], at: Instant) -> Post {
    let body = fitting(digest, MOST, &|changes, more| {
        body(digest, changes, more).to_string()
    });
    let stamp = at.timestamp().to_string();
    let mut post = Post::json(url, body);
    post.fields.push(("webhook-id", Secret::of(&*digest.id)));
    post.fields.push(("webhook-timestamp", Secret::of(&*stamp)));
    let signed = format!("{}.{stamp}.{}", digest.id, post.body);
    let signatures: Vec<String> = secrets
        .iter()
        .filter_map(key)
        .map(|key| {
            format!(
                "v1,{}",
                STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
            )
        })
        .collect();
    if !signatures.is_empty() {
        let signatures = Secret::of(signatures.join(" "));
        post.fields.push(("webhook-signature", signatures));
    }
    post
}

/// The body for webhooks and commands.
pub(super) fn body(digest: &Digest, changes: &[Change], more: usize) -> Value {
    let kind = if digest.is_trial() {
        "test"
    } else {
        "findings.changed"
    };
    json!({
        "type": kind,
        "timestamp": warc_date(digest.at),
        "data": {
            "format": 1,
            "id": digest.id,
            "summary": digest.summary,
            "site": digest.site,
            "changes": changes.iter().map(change).collect::<Vec<_>>(),
            "more": more,
        },
    })
}

fn change(change: &Change) -> Value {
    let words = |words: &Option<Words>| {
        let words = words.as_ref()?;
        Some(json!({"date": warc_date(words.date), "text": clean(&words.text, LONGEST)}))
    };
    let cited = change.cited.iter().take(20).map(|cited| {
        json!({"profile": cited.profile, "title": clean(&cited.title, LONGEST),
            "finding": cited.finding, "link": cited.link})
    });
    json!({
        "kind": change.kind,
        "weight": change.weight,
        "what": clean(&change.what, LONGEST),
        "said": clean(&change.said, LONGEST),
        "then": words(&change.then),
        "now": words(&change.now),
        "page": clean(&change.page, 2_000),
        "cited": cited.collect::<Vec<_>>(),
    })
}

/// The key of a secret: `whsec_` and 24 to 64 bytes in base 64.
fn key(secret: &Secret) -> Option<hmac::Key> {
    let text = secret.reveal();
    let bytes = STANDARD
        .decode(text.strip_prefix(PREFIX).unwrap_or(text))
        .ok()?;
    (24..=64)
        .contains(&bytes.len())
        .then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// Whether a secret can sign.
pub(super) fn can_sign(secret: &Secret) -> bool {
    key(secret).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    #[test]
    fn both_secrets_sign_while_one_is_replaced() {
        let at = parse_digits14("20261127").unwrap();
        let digest = Digest::trial("msg_1".into(), at, None);
        let secret = |byte: u8| Secret::of(format!("{PREFIX}{}", STANDARD.encode([byte; 32])));
        let sent = post(
            &digest,
            Secret::of("https://a.example/"),
            &[secret(1), secret(2)],
            at,
        );
        let field = |name: &str| {
            let found = sent.fields.iter().find(|it| it.0 == name).unwrap();
            found.1.reveal().to_owned()
        };
        let signatures = field("webhook-signature");
        let (new, old) = signatures.split_once(' ').unwrap();
        let signed = format!("msg_1.{}.{}", at.timestamp(), sent.body);
        for (byte, signature) in [(1, new), (2, old)] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]);
            let tag = STANDARD
                .decode(signature.strip_prefix("v1,").unwrap())
                .unwrap();
            hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
        }
        assert!(!can_sign(&Secret::of("whsec_c2hvcnQ=")));
        assert!(!can_sign(&Secret::of("not base 64")));
    }
}
