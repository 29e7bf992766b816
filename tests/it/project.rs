//! `Project`: a temporary folder with settings and profiles, and the program run in it.

use std::{fs, path::PathBuf};

use assert_cmd::Command;

/// A folder of one's own to run the program in.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

/// What one run of the program came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// A project that may visit 127.0.0.1 and does not wait between requests.
    pub(crate) fn new() -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir_all(project.path("config/profiles")).unwrap();
        project.write(
            "config/stillsays.toml",
            "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"tests@example.org\"\n",
        );
        project
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(file), content).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Writes a profile.
    pub(crate) fn profile(&self, name: &str, toml: &str) {
        self.write(&format!("config/profiles/{name}.toml"), toml);
    }

    /// The program, to be run in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("stillsays").unwrap();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("COLUMNS", "100")
            .env("USER", "ada");
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let out = self.command(arguments).output().unwrap();
        Ended {
            code: out.status.code().unwrap_or(-1),
            stdout: String::from_utf8(out.stdout).unwrap(),
            stderr: String::from_utf8(out.stderr).unwrap(),
        }
    }

    /// Runs the program at a time of its own, and expects an exit code.
    pub(crate) fn run_at(&self, clock: &str, arguments: &[&str], code: i32) -> Ended {
        let arguments: Vec<&str> = [arguments, &["--clock", clock]].concat();
        self.expect(&arguments, code)
    }

    /// Runs the program and expects an exit code.
    pub(crate) fn expect(&self, arguments: &[&str], code: i32) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(
            ended.code, code,
            "{arguments:?}\n{}\n{}",
            ended.stdout, ended.stderr
        );
        ended
    }

    /// Runs the program, which must end with 0, and reads what it prints as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.expect(arguments, 0).stdout).unwrap()
    }
}
