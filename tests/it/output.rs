//! `-o FILE`: only regular files are replaced; devices, pipes and links stay what they are.

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
    path::Path,
    process::Command,
    thread,
};

use crate::project::Project;

/// The demo's archive, and every command that writes to a file of one's choice.
fn demo() -> (Project, Vec<Vec<String>>) {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let config = ["--config", "snapshots/demo/stillsays.toml"];
    let report = project.json(&[&config[..], &["report", "--format", "json"]].concat());
    let entry = &report["claims"][0]["entries"][0];
    let id = entry["finding"]["id"].as_str().unwrap();
    project.write(
        "article.md",
        "# Lantern Accord\n\nThe Lantern Accord is a network of mediators in 14 towns.[1]\n\n\
         ## References\n\n1. [Members](https://example.org/members). Accessed 2024-01-01.\n",
    );
    let commands = [
        &["report"][..],
        &["report", "--format", "html"],
        &["checkpoint"],
        &["prove", "3"],
        &["prove", id],
        &["evidence", id],
        &["profile", "import", "--force", "article.md"],
        &["export", "wacz"],
    ];
    let commands = commands.iter().map(|it| {
        let words = config.iter().chain(it.iter());
        words.map(|it| (*it).to_owned()).collect()
    });
    (project, commands.collect())
}

fn with<'a>(command: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let words = command.iter().map(String::as_str);
    words.chain(more.iter().copied()).collect()
}

fn is_not_litter(project: &Project) -> bool {
    let entries = fs::read_dir(project.path("")).unwrap();
    let mut endings = entries.map(|it| it.unwrap().path().extension().map(OsStr::to_owned));
    !endings.any(|it| it.is_some_and(|it| it == "part" || it == "open"))
}

fn bytes_of(project: &Project, arguments: &[&str]) -> Vec<u8> {
    let out = project.command(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{arguments:?}: {said}");
    out.stdout
}

#[test]
fn a_dash_is_stdout_and_nothing_else_is_printed_there() {
    let (project, commands) = demo();
    for command in &commands {
        let to_file = [
            &with(command, &["-o", "out"])[..],
            &["--clock", "2026-11-01T00:00:00Z"],
        ]
        .concat();
        bytes_of(&project, &to_file);
        let written = fs::read(project.path("out")).unwrap();
        fs::remove_file(project.path("out")).unwrap();
        let to_stdout = [
            &with(command, &["-o", "-"])[..],
            &["--clock", "2026-11-01T00:00:00Z"],
        ]
        .concat();
        let printed = bytes_of(&project, &to_stdout);
        // The text of a report is as wide as the terminal.
        if command.last().is_some_and(|it| it == "report") {
            assert!(printed.len() > 1000, "{command:?}");
        } else {
            let of = |bytes: &[u8]| bytes.trim_ascii_end().to_vec();
            assert!(of(&printed) == of(&written), "{command:?}");
        }
        assert!(!project.path("-").exists(), "{command:?}");
    }
    assert!(is_not_litter(&project));
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode_and_its_owner_and_a_link_stays_a_link() {
    let (project, commands) = demo();
    fs::create_dir(project.path("kept")).unwrap();
    for command in &commands {
        project.write("kept/file", "before");
        let file = project.path("kept/file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        // As root somebody else's file, otherwise one's own.
        let _ = std::os::unix::fs::chown(&file, Some(65534), Some(65534));
        let before = fs::metadata(&file).unwrap();
        let _ = fs::remove_file(project.path("link"));
        symlink("kept/file", project.path("link")).unwrap();
        bytes_of(&project, &with(command, &["-o", "link"]));
        let after = fs::metadata(&file).unwrap();
        assert_eq!(after.permissions().mode() & 0o7777, 0o640, "{command:?}");
        assert_eq!(
            (after.uid(), after.gid()),
            (before.uid(), before.gid()),
            "{command:?}"
        );
        assert_ne!(fs::read(&file).unwrap(), b"before", "{command:?}");
        assert!(project.path("link").is_symlink(), "{command:?}");
    }
    assert!(is_not_litter(&project));
}

#[test]
fn a_link_to_a_file_that_is_not_there_yet_makes_that_file() {
    let (project, commands) = demo();
    fs::create_dir(project.path("kept")).unwrap();
    for command in &commands {
        let _ = fs::remove_file(project.path("link"));
        let _ = fs::remove_file(project.path("kept/new"));
        symlink("kept/new", project.path("link")).unwrap();
        bytes_of(&project, &with(command, &["-o", "link"]));
        assert!(project.path("link").is_symlink(), "{command:?}");
        assert!(
            fs::metadata(project.path("kept/new")).unwrap().len() > 0,
            "{command:?}"
        );
    }
}

#[test]
fn a_pipe_is_written_to() {
    let (project, commands) = demo();
    let made = Command::new("mkfifo").arg(project.path("pipe")).status();
    assert!(made.unwrap().success());
    for command in &commands {
        let pipe = project.path("pipe");
        let reader = thread::spawn(move || fs::read(pipe).unwrap());
        bytes_of(&project, &with(command, &["-o", "pipe"]));
        assert!(reader.join().unwrap().len() > 50, "{command:?}");
        assert!(is_pipe(&project.path("pipe")), "{command:?}");
    }
    assert!(is_not_litter(&project));
}

fn is_pipe(path: &Path) -> bool {
    fs::symlink_metadata(path).unwrap().file_type().is_fifo()
}

#[test]
fn a_device_stays_a_device() {
    let (project, commands) = demo();
    let node = project.path("null");
    let made = Command::new("mknod")
        .arg(&node)
        .args(["c", "1", "3"])
        .output();
    let writable = || fs::OpenOptions::new().write(true).open(&node).is_ok();
    if !made.is_ok_and(|it| it.status.success()) || !writable() {
        println!("skipped: devices cannot be made here (mknod)");
        return;
    }
    for command in &commands {
        bytes_of(&project, &with(command, &["-o", "null"]));
        let kind = fs::symlink_metadata(&node).unwrap().file_type();
        assert!(kind.is_char_device(), "{command:?}");
    }
    assert!(is_not_litter(&project));
}

#[test]
fn what_a_shell_opened_is_written_to_and_not_replaced() {
    let (project, _) = demo();
    project.write("log", "before\n");
    let program = env!("CARGO_BIN_EXE_stillsays");
    let script = format!(
        "{program} --config snapshots/demo/stillsays.toml checkpoint -o /dev/stdout >> log"
    );
    let done = Command::new("sh")
        .args(["-c", &script])
        .current_dir(project.path(""))
        .status();
    assert!(done.unwrap().success());
    let log = project.read("log");
    assert!(log.starts_with("before\n") && log.len() > 50, "{log}");
}

#[test]
fn a_folder_and_a_place_in_no_folder_are_errors_with_a_hint() {
    let (project, commands) = demo();
    fs::create_dir(project.path("folder")).unwrap();
    for command in &commands {
        let ended = project.run(&with(command, &["-o", "folder"]));
        assert_eq!(ended.code, 2, "{command:?}");
        assert!(
            ended.stderr.contains("hint: this is a folder"),
            "{}",
            ended.stderr
        );
    }
    let ended = project.run(&with(&commands[0], &["-o", "nowhere/report.txt"]));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
}
