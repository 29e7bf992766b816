//! A built program that is run in processes of its own over an archive of its own, and what it costs.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io,
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use wait4::Wait4;

use crate::{Failure, site::Site};

/// How long a command may take; whatever takes longer is told as that.
const PATIENCE: Duration = Duration::from_secs(3 * 60);

/// What a command cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// User and system seconds of the whole process.
    pub(crate) cpu: f64,
    /// The most memory it had, in bytes.
    pub(crate) memory: f64,
}

/// A program to be measured.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl Program {
    /// The one that was built with this benchmark and, beside it, the one that `STILLSAYS_OTHER` names.
    pub(crate) fn all() -> Result<Vec<Self>, Failure> {
        let ours = Self {
            name: "this".into(),
            path: env!("CARGO_BIN_EXE_stillsays").into(),
        };
        let mut all = vec![ours];
        if let Some(other) = std::env::var_os("STILLSAYS_OTHER") {
            all.push(Self {
                name: "other".into(),
                path: fs::canonicalize(&other)
                    .map_err(|error| format!("STILLSAYS_OTHER={}: {error}", other.display()))?,
            });
        }
        Ok(all)
    }
}

/// A folder with settings, profiles and the archive of one program.
pub(crate) struct Project<'a> {
    program: &'a Program,
    folder: tempfile::TempDir,
}

impl<'a> Project<'a> {
    /// One over the first `pages` pages of `site`, cited by so many profiles; with or without a claim on each.
    pub(crate) fn new(
        program: &'a Program,
        site: &Site,
        (pages, profiles): (usize, usize),
        claims: bool,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        fs::create_dir_all(folder.path().join("config/profiles"))?;
        let settings =
            "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"bench@example.org\"\n";
        fs::write(folder.path().join("config/stillsays.toml"), settings)?;
        for profile in 0..profiles {
            let mut text = format!("format = 1\ntitle = \"Profile {profile}\"\n");
            let cited: Vec<usize> = (profile..pages).step_by(profiles).collect();
            for page in &cited {
                let (number, origin) = (page + 1, &site.origin);
                write!(
                    text,
                    "[[references]]\nnumber = {number}\ntitle = \"Page {page}\"\nurl = \"{origin}/{page}\"\n"
                )?;
            }
            for page in cited.into_iter().filter(|_| claims) {
                claim(&mut text, site, page)?;
            }
            let name = format!("config/profiles/p{profile:03}.toml");
            fs::write(folder.path().join(name), text)?;
        }
        Ok(Self { program, folder })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a command costs; `None` where it takes longer than anybody waits.
    pub(crate) fn cost(&self, arguments: &[&str]) -> Result<Option<Cost>, Failure> {
        let printed = self.path("stderr");
        let mut child = Command::new(&self.program.path)
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&printed)?)
            .spawn()?;
        let process = child.id().to_string();
        let (done, ended) = mpsc::channel::<()>();
        let watch = thread::spawn(move || {
            let late = ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                // Where it cannot be ended, its end is waited for.
                let _ = Command::new("kill").args(["-9", &process]).status();
            }
            late
        });
        let used = child.wait4()?;
        drop(done);
        if watch.join().unwrap_or(false) {
            return Ok(None);
        }
        if !used.status.success() {
            let program = self.program.path.display();
            let printed = fs::read_to_string(printed)?;
            return Err(format!(
                "{program} {}: {}: {printed}",
                arguments.join(" "),
                used.status
            )
            .into());
        }
        Ok(Some(Cost {
            cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            memory: used.rusage.maxrss as f64,
        }))
    }

    /// What a command costs at the least, of so many times.
    pub(crate) fn least(&self, times: usize, arguments: &[&str]) -> Result<Option<Cost>, Failure> {
        let mut least: Option<Cost> = None;
        for _ in 0..times {
            let Some(cost) = self.cost(arguments)? else {
                return Ok(least);
            };
            if least.is_none_or(|it| cost.cpu < it.cpu) {
                least = Some(cost);
            }
        }
        Ok(least)
    }

    /// The bytes of a file.
    pub(crate) fn size(&self, name: &str) -> io::Result<f64> {
        Ok(fs::metadata(self.path(name))?.len() as f64)
    }

    /// A command of the program in this folder, without input or messages.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program.path);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

/// Writes what an article claims of a page: its names, and its quotation.
fn claim(text: &mut String, site: &Site, page: usize) -> Result<(), Failure> {
    let cites = page + 1;
    let names = site.page(page).names();
    if !names.is_empty() {
        let names = serde_json::to_string(&names)?;
        write!(
            text,
            "[[claims]]\nid = \"l{page}\"\nkind = \"listed\"\ncites = [{cites}]\nrelation = \"centers\"\nnames = {names}\n"
        )?;
    }
    if let Some(quotation) = site.page(page).quotation() {
        write!(
            text,
            "[[claims]]\nid = \"q{page}\"\nkind = \"quoted\"\ncites = [{cites}]\nexact = \"{quotation}\"\n"
        )?;
    }
    Ok(())
}
