//! Chats and push services: the request that each gets, beside what Apprise sends to the same service.

use std::process::Command;

use serde_json::{Value, json};

use super::{AFTER, FIRST, SECOND, project};
use crate::{
    interchange::python_has,
    receiver::{Answer, Got, Receiver},
    site::{Reply, Site},
};

/// What a channel gets for a name that is gone.
fn sent(keys: &str) -> Got {
    let site = Site::start();
    let receiver = Receiver::start();
    let channels = format!("[notify.a]\n{}\n", keys.replace("HOST", &receiver.uri("")));
    let project = project(&site, &channels);
    project.write("token", "tk_hunter2");
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let got = receiver.got();
    assert_eq!(got.len(), 1, "{keys}");
    got[0].clone()
}

/// What Apprise sends to a service of ours.
fn apprised(url: &str) -> Got {
    let receiver = Receiver::start();
    let url = url.replace("HOST", &format!("127.0.0.1:{}", receiver.port()));
    let out = Command::new("python3")
        .args(["-c", "import sys; from apprise.cli import main; main()"])
        .args(["-t", "title", "-b", "body", &url])
        .output()
        .unwrap();
    assert!(out.status.success(), "{url}: {out:?}");
    receiver.got().last().unwrap().clone()
}

fn keys(body: &Value) -> Vec<String> {
    body.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn ntfy_gets_json_at_the_root_of_the_server() {
    let got = sent("kind = \"ntfy\"\nurl = \"HOST/\"\ntopic = \"kites\"\ntoken = \"file:token\"");
    assert_eq!(got.line, "POST /");
    assert_eq!(got.field("authorization"), Some("Bearer tk_hunter2"));
    let body = got.json();
    assert_eq!(body["topic"], "kites");
    assert_eq!(body["title"], "stillsays: 1 new: 1 to decide on 1 page");
    assert_eq!(body["priority"], 3);
    assert!(
        body["click"]
            .as_str()
            .unwrap()
            .starts_with("https://desk.example.org/f/")
    );
    let message = body["message"].as_str().unwrap();
    for line in [
        "absent: Northfield Kite Alliance",
        "  No longer listed.",
        "  then (2026-01-01): ",
        "  now (2026-03-01): ",
        "  cited by: Kites of the coast",
        "  decide: https://desk.example.org/f/",
    ] {
        assert!(message.contains(line), "{line} in {message}");
    }
}

#[test]
fn the_chats_get_their_forms() {
    let slack = sent("kind = \"slack\"\nurl = \"HOST/services/T/B\"");
    assert_eq!(slack.line, "POST /services/T/B");
    let text = slack.json()["text"].as_str().unwrap().to_owned();
    assert!(
        text.contains("*absent*: Northfield Kite Alliance"),
        "{text}"
    );
    let discord = sent("kind = \"discord\"\nurl = \"HOST/api/webhooks/1/x\"").json();
    assert_eq!(discord["allowed_mentions"], json!({"parse": []}));
    let text = discord["embeds"][0]["description"].as_str().unwrap();
    assert!(
        text.contains("**absent**: Northfield Kite Alliance"),
        "{text}"
    );
    let teams = sent("kind = \"teams\"\nurl = \"HOST/workflows/x?sig=hunter2\"");
    assert_eq!(teams.line, "POST /workflows/x?sig=hunter2");
    let card = &teams.json()["attachments"][0];
    assert_eq!(
        card["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    assert_eq!(card["content"]["type"], "AdaptiveCard");
    let apprise = sent("kind = \"apprise\"\nurl = \"HOST/notify/kites\"");
    assert_eq!(apprise.line, "POST /notify/kites");
    assert_eq!(keys(&apprise.json()), ["title", "body", "type", "format"]);
}

#[test]
fn a_matrix_server_gets_the_message_under_its_id_and_is_left_alone_when_it_asks() {
    let site = Site::start();
    let receiver = Receiver::start();
    let channels = format!(
        "[notify.a]\nkind = \"matrix\"\nurl = \"{}\"\nroom = \"!kites:example.org\"\ntoken = \"file:token\"\n",
        receiver.uri("")
    );
    let project = project(&site, &channels);
    project.write("token", "syt_hunter2");
    let limit =
        r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too many requests","retry_after_ms":120000}"#;
    receiver.answers(&[
        Answer::Status(429, "", limit),
        Answer::Status(200, "", r#"{"event_id":"$1"}"#),
    ]);
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    project.run_at("2026-03-01T08:01:30Z", &["run"], 0);
    assert_eq!(receiver.got().len(), 1);
    project.run_at("2026-03-01T08:02:00Z", &["run"], 0);
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    assert_eq!(
        got[0].line, got[1].line,
        "a repeat has the same transaction id"
    );
    assert!(got[0].line.starts_with(
        "PUT /_matrix/client/v3/rooms/%21kites%3Aexample.org/send/m.room.message/msg_"
    ));
    assert_eq!(got[1].field("authorization"), Some("Bearer syt_hunter2"));
    let body = got[1].json();
    assert_eq!(body["msgtype"], "m.text");
    assert_eq!(body["format"], "org.matrix.custom.html");
    assert!(
        body["formatted_body"]
            .as_str()
            .unwrap()
            .contains("<strong>absent</strong>")
    );
}

#[test]
fn the_bodies_have_the_keys_that_apprise_sends() {
    if !python_has("apprise", "the_bodies_have_the_keys_that_apprise_sends") {
        return;
    }
    let theirs = apprised("ntfy://HOST/kites");
    let ours = sent("kind = \"ntfy\"\nurl = \"HOST/\"\ntopic = \"kites\"");
    assert_eq!(ours.line, theirs.line);
    let ours = ours.json();
    for key in ["topic", "title", "message"] {
        assert!(
            theirs.json()[key].is_string() && ours[key].is_string(),
            "{key}: {theirs:?}"
        );
    }
    // Mattermost takes what Slack takes.
    let theirs = apprised("mmost://HOST/3ccdd113474722377935511fc85d3dd4");
    assert!(theirs.json()["text"].is_string(), "{theirs:?}");
    let ours = sent("kind = \"slack\"\nurl = \"HOST/hooks/x\"");
    assert!(ours.json()["text"].is_string());
    // What Apprise passes on to another Apprise.
    let theirs = apprised("apprise://HOST/kites");
    let ours = sent("kind = \"apprise\"\nurl = \"HOST/notify/kites\"");
    assert!(theirs.line.starts_with("POST /notify") && ours.line == "POST /notify/kites");
    for key in ["title", "body", "type", "format"] {
        assert!(theirs.body.contains(&format!("{key}=")), "{theirs:?}");
        assert!(ours.json()[key].is_string(), "{key}");
    }
}

#[test]
fn another_program_verifies_the_signature_of_a_webhook() {
    const VERIFY: &str = "import sys, json
from standardwebhooks.webhooks import Webhook
given = json.load(sys.stdin)
try:
    Webhook(given['secret']).verify(given['body'], given['headers'])
    print('good')
except Exception as error:
    print('bad', type(error).__name__)";
    if !python_has(
        "standardwebhooks",
        "another_program_verifies_the_signature_of_a_webhook",
    ) {
        return;
    }
    let site = Site::start();
    let receiver = Receiver::start();
    let channels = format!(
        "[notify.a]\nkind = \"webhook\"\nurl = \"{}\"\nsecrets = [\"file:new\", \"file:old\"]\n",
        receiver.uri("/hook")
    );
    let project = project(&site, &channels);
    let secrets = [
        ("new", "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3"),
        ("old", "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk"),
    ];
    for (name, secret) in secrets {
        project.write(name, secret);
    }
    project.expect(&["init"], 0);
    project.expect(&["notify", "test", "a"], 0);
    let got = receiver.got().pop().unwrap();
    let headers: Value = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        .iter()
        .map(|name| ((*name).to_owned(), Value::from(got.field(name).unwrap())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let verified = |secret: &str, body: &str| {
        let given = json!({"secret": secret, "body": body, "headers": headers});
        project.write("given", given.to_string());
        let given = std::fs::File::open(project.path("given")).unwrap();
        let out = Command::new("python3")
            .args(["-c", VERIFY])
            .stdin(given)
            .output()
            .unwrap();
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    for (name, secret) in secrets {
        assert_eq!(verified(secret, &got.body), "good", "{name}");
    }
    let other = "whsec_eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6";
    assert!(verified(other, &got.body).starts_with("bad"));
    assert!(verified(secrets[0].1, &got.body.replace("test", "tost")).starts_with("bad"));
}
