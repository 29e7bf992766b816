//! docs/alerts.md and the README: every example is taken by the program, and sends what it says.

use serde_json::Value;

use super::{AFTER, FIRST, SECOND, channel, profile};
use crate::{
    documentation::{blocks, page},
    project::Project,
    receiver::Receiver,
    site::{Reply, Site},
};

/// The examples of settings, for a receiver and commands of ours in place of those of the examples.
fn examples(project: &Project, receiver: &Receiver) -> String {
    let program = |name: &str| project.path(name).display().to_string();
    let pages = page("docs/alerts.md");
    let all = blocks(&pages, "toml").concat();
    let lines = all.lines().map(|line| {
        let is_address = line.starts_with("url = ") && line.contains("://");
        if is_address && !line.contains("desk.example.org") {
            let path = line.split("://").nth(1).unwrap();
            let path = path.split('"').next().unwrap();
            let path = path.find('/').map_or("", |at| &path[at..]);
            return format!("url = \"{}\"", receiver.uri(path));
        }
        line.replace("/usr/local/bin/on-change", &program("on-change"))
            .replace("/etc/stillsays/", &program("etc-"))
            .replace("\"sendmail\"", &format!("\"{}\"", program("on-change")))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_channel_of_the_documentation_sends() {
    let receiver = Receiver::start();
    let project = Project::new();
    project.write("on-change", "#!/bin/sh\ncat >> taken\n");
    let mut mode = std::fs::metadata(project.path("on-change"))
        .unwrap()
        .permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(project.path("on-change"), mode).unwrap();
    let key = "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3";
    for (file, text) in [
        ("hook-new", key),
        ("hook-old", key),
        ("ntfy", "tk_1"),
        ("teams", ""),
    ] {
        let hook = receiver.uri("/secret");
        project.write(
            &format!("etc-{file}"),
            if text.is_empty() { &hook } else { text },
        );
    }
    std::fs::create_dir(project.path("credentials")).unwrap();
    project.write("credentials/discord", receiver.uri("/secret"));
    project.write("credentials/matrix", "syt_1");
    project.write("credentials/mail", "password");
    let examples = examples(&project, &receiver);
    if !std::path::Path::new("/usr/share/zoneinfo/Europe/Vilnius").exists() {
        return;
    }
    channel(&project, "");
    let settings = project.read("config/stillsays.toml");
    let settings = settings.split("[serve]").next().unwrap();
    project.write("config/stillsays.toml", format!("{settings}{examples}"));
    project.expect(&["init"], 0);
    let config = project.json(&["config", "--format", "json"]);
    let keys = config["settings"].as_array().unwrap().iter();
    let keys = keys.map(|it| it["key"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = keys
        .filter_map(|it| Some(it.strip_prefix("notify.")?.split('.').next()?.to_owned()))
        .collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "apprise", "discord", "editors", "hook", "mail", "matrix", "phone", "script", "slack",
            "teams", "weekly"
        ]
    );
    for name in names.iter().filter(|it| *it != "mail") {
        let out = project
            .command(&["notify", "test", name])
            .env("SLACK_HOOK", receiver.uri("/secret"))
            .env("CREDENTIALS_DIRECTORY", project.path("credentials"))
            .output()
            .unwrap();
        assert!(out.status.success(), "{name}: {out:?}");
    }
    assert_eq!(receiver.got().len(), 7);
    assert_eq!(
        project
            .read("taken")
            .matches("A test of this channel")
            .count(),
        4,
        "two commands, and both parts of a mail"
    );
}

/// The shape of a document: its keys and the kinds of its values.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(keys) => keys
            .iter()
            .map(|(key, value)| (key.clone(), shape(value)))
            .collect(),
        Value::Array(all) => all.iter().take(1).map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        other => other.clone(),
    }
}

#[test]
fn the_body_of_a_webhook_is_as_the_documentation_shows_it() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = super::project(&site, &super::hook("desk", &receiver));
    project.profile("kites", &profile(&site, "Kites of the coast"));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let page = page("docs/alerts.md");
    let shown: Value = serde_json::from_str(blocks(&page, "json")[0]).unwrap();
    let sent = receiver.got()[0].json();
    assert_eq!(shape(&shown), shape(&sent));
    for key in ["type", "timestamp"] {
        assert_eq!(shown[key], sent[key]);
    }
    for key in ["summary", "site", "more"] {
        assert_eq!(shown["data"][key], sent["data"][key], "{key}");
    }
    for key in ["kind", "weight", "what", "said"] {
        let of = |it: &Value| it["data"]["changes"][0][key].clone();
        assert_eq!(of(&shown), of(&sent), "{key}");
    }
}

#[test]
fn the_example_of_the_readme_is_taken() {
    let project = Project::new();
    let readme = page("README.md");
    let alerts = readme.split("## Alerts").nth(1).unwrap();
    channel(&project, blocks(alerts, "toml")[0]);
    let config = project.expect(&["config"], 0).stdout;
    assert!(config.contains("notify.editors.digest"), "{config}");
}

#[test]
fn every_key_of_a_channel_is_documented() {
    let page = page("docs/alerts.md");
    for key in stillsays::notify::CHANNEL_KEYS {
        let shown = format!("\n{} = ", key.key);
        assert!(page.contains(&shown), "{}", key.key);
    }
}
