//! Mail, against a scripted server (aiosmtpd) and a `sendmail`, and what a browser shows of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use super::{AFTER, FIRST, SECOND, log, profile, project};
use crate::{
    interchange::python_has,
    project::Project,
    site::{Reply, Site},
};

/// The mail server; it ends with this.
struct Server {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// Starts it; `None` where Python has no aiosmtpd.
    fn start(test: &str, script: &str) -> Option<Self> {
        if !python_has("aiosmtpd", test) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("script"), script).unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/alerts/smtpd.py");
        let mut child = Command::new("python3")
            .arg(program)
            .arg(folder.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self {
            child,
            folder,
            port,
        })
    }

    fn script(&self, script: &str) {
        fs::write(self.folder.path().join("script"), script).unwrap();
    }

    /// The mails that it took.
    fn mails(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join("mails")).unwrap_or_default();
        text.lines()
            .map(|it| serde_json::from_str(it).unwrap())
            .collect()
    }

    /// How often one tried to send a mail.
    fn tried(&self) -> usize {
        let text = fs::read_to_string(self.folder.path().join("tried")).unwrap_or_default();
        text.lines().count()
    }

    fn channel(&self, more: &str) -> String {
        format!(
            "[notify.desk]\nkind = \"mail\"\nfrom = \"stillsays <watch@kites.example>\"\nto = [\"Ada <ada@kites.example>\", \"bo@kites.example\"]\n\
             server = \"127.0.0.1:{}\"\nsecurity = \"none\"\ntime = \"2s\"\n{more}",
            self.port
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A project in which a name was lost, and the run that said so.
fn lost(site: &Site, channels: &str) -> Project {
    let project = project(site, channels);
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    project
}

fn part<'a>(mail: &'a Value, kind: &str) -> &'a str {
    let mut parts = mail["parts"].as_array().unwrap().iter();
    let found = parts.find(|it| it["type"] == kind);
    found.unwrap()["text"].as_str().unwrap()
}

#[test]
fn a_mail_is_plain_and_html_in_the_thread_of_its_profile() {
    let Some(server) = Server::start(
        "a_mail_is_plain_and_html_in_the_thread_of_its_profile",
        "ok",
    ) else {
        return;
    };
    let site = Site::start();
    lost(&site, &server.channel("attach = true\n"));
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail["defects"].as_array().unwrap().len(), 0, "{mail}");
    assert_eq!(mail["to"].as_array().unwrap().len(), 2);
    let id = mail["fields"]["message-id"].as_str().unwrap();
    assert!(
        id.starts_with("<msg_") && id.ends_with("@kites.example>"),
        "{id}"
    );
    for (field, value) in [
        ("from", "stillsays <watch@kites.example>"),
        ("to", "Ada <ada@kites.example>, bo@kites.example"),
        (
            "subject",
            "stillsays: absent: Northfield Kite Alliance (Kites of the coast)",
        ),
        ("date", "Sun, 01 Mar 2026 08:00:00 +0000"),
        ("in-reply-to", "<profile.kites@kites.example>"),
        ("references", "<profile.kites@kites.example>"),
        (
            "list-id",
            "Kites of the coast <kites.stillsays.kites.example>",
        ),
        ("auto-submitted", "auto-generated"),
        ("precedence", "bulk"),
        ("x-auto-response-suppress", "All"),
    ] {
        assert_eq!(mail["fields"][field], value, "{field}");
    }
    let kinds: Vec<&str> = mail["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/html"
        ]
    );
    let plain = part(mail, "text/plain");
    for line in [
        "1 new: 1 to decide on 1 page",
        "absent: Northfield Kite Alliance",
        "  decide: https://desk.example.org/f/",
    ] {
        assert!(plain.contains(line), "{line} in {plain}");
    }
    let html = part(mail, "text/html");
    assert!(html.contains("<b>Northfield Kite Alliance</b>"), "{html}");
    for outside in ["<img", "<script", "<link", "url(", "src="] {
        assert!(!html.contains(outside), "{outside}");
    }
    let report = mail["parts"].as_array().unwrap().last().unwrap();
    assert_eq!(report["name"], "kites.html");
    assert!(
        report["text"]
            .as_str()
            .unwrap()
            .contains("Northfield Kite Alliance")
    );
    if let Some(folder) = std::env::var_os("STILLSAYS_SHOW_MAIL") {
        fs::write(Path::new(&folder).join("mail.html"), html).unwrap();
        fs::write(Path::new(&folder).join("mail.txt"), plain).unwrap();
    }
}

#[test]
fn a_mail_about_several_profiles_is_in_the_threads_of_all() {
    let test = "a_mail_about_several_profiles_is_in_the_threads_of_all";
    let Some(server) = Server::start(test, "ok") else {
        return;
    };
    let site = Site::start();
    let project = project(&site, &server.channel(""));
    project.profile("Boote_Süd", &profile(&site, "Boote & Drachen im Süden <b>"));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let mails = server.mails();
    let fields = &mails[0]["fields"];
    assert_eq!(fields["subject"], "stillsays: 1 new: 1 to decide on 1 page");
    assert_eq!(fields["list-id"], "stillsays <stillsays.kites.example>");
    let references = fields["references"].as_str().unwrap();
    assert!(references.starts_with("<profile.BooteSd-"), "{references}");
    assert!(
        references.ends_with(" <profile.kites@kites.example>"),
        "{references}"
    );
    assert!(part(&mails[0], "text/html").contains("Boote &#38; Drachen im Süden &#60;b&#62;"));
    assert!(part(&mails[0], "text/plain").contains("Boote & Drachen im Süden <b>"));
}

#[test]
fn a_server_that_wants_it_later_gets_it_later_under_the_same_id() {
    let test = "a_server_that_wants_it_later_gets_it_later_under_the_same_id";
    let Some(server) = Server::start(test, "greylist full ok") else {
        return;
    };
    let site = Site::start();
    let project = lost(&site, &server.channel(""));
    for (at, tried, taken) in [
        ("2026-03-01T08:00:30Z", 1, 0),
        ("2026-03-01T08:01:00Z", 2, 0),
        ("2026-03-01T08:06:00Z", 3, 1),
        ("2026-03-01T12:00:00Z", 3, 1),
    ] {
        project.run_at(at, &["run"], 0);
        assert_eq!(
            (server.tried(), server.mails().len()),
            (tried, taken),
            "{at}"
        );
    }
    let log = log(&project, "2026-03-01T12:00:00Z");
    let why = |at: usize| {
        log[0]["attempts"][at]["why"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(why(0).contains("4.7.1 Greylisted"), "{log:?}");
    assert!(why(1).contains("4.2.2 Mailbox full"), "{log:?}");
}

#[test]
fn without_a_user_of_that_name_it_is_given_up_until_somebody_asks() {
    let test = "without_a_user_of_that_name_it_is_given_up_until_somebody_asks";
    let Some(server) = Server::start(test, "nouser") else {
        return;
    };
    let site = Site::start();
    let project = lost(&site, &server.channel(""));
    project.run_at("2026-03-02T08:00:00Z", &["run"], 0);
    assert_eq!(server.tried(), 1);
    let before = log(&project, SECOND);
    assert_eq!(before[0]["state"], "failed");
    assert!(
        before[0]["attempts"][0]["why"]
            .as_str()
            .unwrap()
            .contains("5.1.1 No such user")
    );
    server.script("ok");
    project.run_at("2026-03-02T09:00:00Z", &["notify", "retry"], 0);
    assert_eq!(server.mails().len(), 1);
}

#[test]
fn a_server_that_hangs_up_after_the_mail_gets_it_again_under_the_same_id() {
    let test = "a_server_that_hangs_up_after_the_mail_gets_it_again_under_the_same_id";
    let Some(server) = Server::start(test, "dropafter ok") else {
        return;
    };
    let site = Site::start();
    let project = lost(&site, &server.channel(""));
    assert_eq!(log(&project, SECOND)[0]["state"], "waiting");
    project.run_at("2026-03-01T08:01:00Z", &["run"], 0);
    let mails = server.mails();
    assert_eq!(mails.len(), 2, "it may have taken the first one");
    assert_eq!(mails[0]["fields"], mails[1]["fields"]);
    assert_eq!(mails[0]["parts"], mails[1]["parts"]);
    assert_eq!(log(&project, SECOND)[0]["state"], "sent");
}

#[test]
fn a_server_that_hangs_holds_nothing_up_for_long() {
    let test = "a_server_that_hangs_holds_nothing_up_for_long";
    let Some(server) = Server::start(test, "hang") else {
        return;
    };
    let site = Site::start();
    let began = std::time::Instant::now();
    let project = lost(&site, &server.channel(""));
    assert!(began.elapsed() < std::time::Duration::from_secs(60));
    let log = log(&project, SECOND);
    assert_eq!(log[0]["state"], "waiting");
    let why = log[0]["attempts"][0]["why"].as_str().unwrap();
    assert_eq!(why, "the mail server had not answered after 2 s");
}

#[test]
fn the_sendmail_of_the_machine_gets_the_whole_mail() {
    let site = Site::start();
    let channel = |project: &Project| {
        let program = project.path("sendmail");
        super::channel(
            project,
            &format!(
                "[notify.desk]\nkind = \"mail\"\nfrom = \"watch@kites.example\"\nto = [\"ada@kites.example\"]\nserver = \"{}\"\n",
                program.display()
            ),
        );
    };
    let project = project(&site, "");
    project.write(
        "sendmail",
        "#!/bin/sh\necho \"$@\" > arguments\ncat > mail\nexit $(cat code)\n",
    );
    let mut mode = fs::metadata(project.path("sendmail"))
        .unwrap()
        .permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(project.path("sendmail"), mode).unwrap();
    project.write("code", "75");
    channel(&project);
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    let ran = project.run_at(SECOND, &["run", "--all"], 0);
    assert!(ran.stderr.contains("ended with code 75"), "{}", ran.stderr);
    project.write("code", "0");
    project.run_at("2026-03-01T08:01:00Z", &["run"], 0);
    assert_eq!(project.read("arguments").trim(), "-t -i");
    let mail = project.read("mail");
    assert!(
        mail.contains("\nTo: ada@kites.example\n") && !mail.contains('\r'),
        "{mail}"
    );
    assert_eq!(log(&project, SECOND)[0]["state"], "sent");
}

#[test]
fn a_page_puts_nothing_into_the_head_of_a_mail() {
    let test = "a_page_puts_nothing_into_the_head_of_a_mail";
    let Some(server) = Server::start(test, "ok") else {
        return;
    };
    let site = Site::start();
    let project = project(&site, &server.channel(""));
    let hostile =
        "Kites\\r\\nBcc: eve@evil.example\\r\\n\\r\\n<script>alert(1)</script> \\u202Egnp";
    project.profile("kites", &profile(&site, hostile));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let mails = server.mails();
    assert_eq!(mails[0]["fields"]["bcc"], Value::Null);
    assert_eq!(
        mails[0]["defects"].as_array().unwrap().len(),
        0,
        "{}",
        mails[0]
    );
    assert_eq!(mails[0]["to"].as_array().unwrap().len(), 2);
    let subject = mails[0]["fields"]["subject"].as_str().unwrap();
    assert!(
        subject.contains("(Kites Bcc: eve@evil.example <script>"),
        "{subject}"
    );
    assert!(!part(&mails[0], "text/html").contains("<script"));
}
