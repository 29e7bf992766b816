//! Secrets: where they are is in the settings; what they are is sent, and nowhere else.

use super::{AFTER, FIRST, SECOND, project};
use crate::{
    receiver::{Answer, Receiver},
    site::{Reply, Site},
};

const KEY: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

#[test]
fn a_secret_is_in_no_output_log_or_store() {
    let site = Site::start();
    let receiver = Receiver::start();
    let channels = format!(
        "[notify.hook]\nkind = \"webhook\"\nurl = \"env:HOOK\"\nsecrets = [\"file:key\"]\n\
         [notify.push]\nkind = \"ntfy\"\nurl = \"{}\"\ntopic = \"kites\"\ntoken = \"credential:ntfy\"\n\
         [notify.chat]\nkind = \"slack\"\nurl = \"{}\"\n",
        receiver.uri("/"),
        receiver.uri("/services/T0/hunter2-literal"),
    );
    let project = project(&site, &channels);
    project.write("key", KEY);
    std::fs::create_dir(project.path("credentials")).unwrap();
    project.write("credentials/ntfy", "hunter2-token\n");
    receiver.answers(&[Answer::Status(500, "", "hunter? no")]);
    let mut said = String::new();
    for (at, verb) in [
        (FIRST, vec!["run", "--all"]),
        (SECOND, vec!["run", "--all", "-v", "-v"]),
        (SECOND, vec!["notify", "log"]),
        (SECOND, vec!["notify", "test", "hook", "-v", "-v"]),
        (SECOND, vec!["notify", "test", "push", "-v", "-v"]),
        (SECOND, vec!["notify", "test", "chat", "-v", "-v"]),
        (SECOND, vec!["config"]),
        (SECOND, vec!["config", "--format", "json"]),
        (SECOND, vec!["report", "--format", "json"]),
    ] {
        if at == SECOND {
            site.on("/kites", [Reply::page(AFTER)]);
        }
        let out = project
            .command(&[verb.as_slice(), &["--clock", at]].concat())
            .env("HOOK", receiver.uri("/hunter2-path"))
            .env("CREDENTIALS_DIRECTORY", project.path("credentials"))
            .output()
            .unwrap();
        said += &String::from_utf8_lossy(&out.stdout);
        said += &String::from_utf8_lossy(&out.stderr);
    }
    let got = receiver.got();
    let all = |it: &crate::receiver::Got| format!("{it:?}");
    assert!(
        got.iter().any(|it| all(it).contains("hunter2-path")),
        "it was used"
    );
    assert!(
        got.iter()
            .any(|it| it.field("authorization") == Some("Bearer hunter2-token"))
    );
    assert!(
        got.iter()
            .any(|it| it.line == "POST /services/T0/hunter2-literal")
    );
    assert!(
        said.contains("credential:ntfy") && said.contains("http://127.0.0.1/…"),
        "{said}"
    );
    for secret in ["hunter2", KEY.strip_prefix("whsec_").unwrap()] {
        assert!(!said.contains(secret), "{said}");
        for file in ["stillsays.db", "stillsays.db-wal", "stillsays.key"] {
            let bytes =
                std::fs::read(project.path(&format!("snapshots/{file}"))).unwrap_or_default();
            let has = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!has, "{file} has {secret}");
        }
    }
}

#[test]
fn a_secret_that_is_written_into_the_settings_is_refused_without_showing_it() {
    let site = Site::start();
    for line in [
        "secrets = [\"hunter2\"]",
        "secrets = \"hunter2\"",
        "token = \"hunter2\"",
        "url = \"hunter2\"",
        "url = [\"hunter2\"]",
        "password = \"hunter2\"",
        "hunter = \"hunter2\"",
    ] {
        let url = if line.starts_with("url") {
            ""
        } else {
            "url = \"https://hooks.example.org/\"\n"
        };
        let project = project(
            &site,
            &format!("[notify.a]\nkind = \"webhook\"\n{url}{line}\n"),
        );
        let refused = project.expect(&["config"], 2);
        assert!(
            refused.stderr.contains("config/stillsays.toml:"),
            "{}",
            refused.stderr
        );
        assert!(
            !(refused.stderr + &refused.stdout).contains("hunter2"),
            "{line}"
        );
    }
}

#[test]
fn a_secret_that_is_not_there_is_a_failure_that_is_tried_again() {
    let site = Site::start();
    let receiver = Receiver::start();
    let channels = format!(
        "[notify.a]\nkind = \"webhook\"\nurl = \"{}\"\nsecrets = [\"file:key\"]\n",
        receiver.uri("/hook")
    );
    let project = project(&site, &channels);
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    let ran = project.run_at(SECOND, &["run", "--all"], 0);
    assert!(
        ran.stderr.contains("file:key cannot be read"),
        "{}",
        ran.stderr
    );
    project.write("key", "whsec_dG9vc2hvcnQ=");
    let ran = project.run_at("2026-03-01T08:01:00Z", &["run"], 0);
    assert!(ran.stderr.contains("24 to 64 bytes"), "{}", ran.stderr);
    project.write("key", KEY);
    project.run_at("2026-03-01T09:00:00Z", &["run"], 0);
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    assert!(
        got[0]
            .field("webhook-signature")
            .unwrap()
            .starts_with("v1,")
    );
}
