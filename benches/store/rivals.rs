//! The same visits as others keep them: WARC.gz with revisit records, git, `zstd --patch-from`.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant as Stopwatch},
};

use stillsays::{
    capture::Visit,
    warc::{Compression, Writer},
};

use crate::{
    Failure,
    pages::{Kind, Page},
};

/// The WARC.gz that `stillsays export` would write: one gzip member a record at level 9, for each visit the request, the response or
/// revisit, and metadata.
pub(crate) struct Warc(Writer<Length>);

impl Default for Warc {
    fn default() -> Self {
        Self(Writer::new(Length(0), Compression::Gzip))
    }
}

impl Warc {
    pub(crate) fn add(&mut self, visit: &Visit) -> Result<(), Failure> {
        Ok(self.0.visit(visit)?)
    }

    pub(crate) fn finish(self) -> Result<u64, Failure> {
        Ok(self.0.finish()?.0)
    }
}

/// A writer that only counts.
pub(crate) struct Length(u64);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a git repository came to.
pub(crate) struct Git {
    /// Of its objects, packed.
    pub(crate) bytes: u64,
    pub(crate) committing: Duration,
    pub(crate) packing: Duration,
}

/// The bodies in a git repository: one file a page, one commit a version, then packed as hard as git does.
pub(crate) fn git(kind: Kind, pages: u32, versions: u32) -> Result<Git, Failure> {
    let folder = tempfile::tempdir()?;
    let git = |arguments: &[&str]| {
        run(Command::new("git")
            .current_dir(&folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .args([
                "-c",
                "user.name=bench",
                "-c",
                "user.email=bench@stillsays.example",
            ])
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(arguments))
    };
    git(&["init", "-q"])?;
    let mut committing = Duration::ZERO;
    let mut texts: Vec<Page> = (0..pages).map(|it| Page::new(kind, it)).collect();
    for version in 0..versions {
        for (number, page) in texts.iter_mut().enumerate() {
            if version > 0 {
                page.edit();
            }
            fs::write(folder.path().join(format!("{number}.html")), page.html())?;
        }
        let watch = Stopwatch::now();
        git(&["add", "-A"])?;
        git(&["commit", "-q", "--allow-empty", "-m", "Visit"])?;
        committing += watch.elapsed();
    }
    let watch = Stopwatch::now();
    git(&["gc", "-q", "--aggressive", "--prune=now"])?;
    Ok(Git {
        bytes: size_of(&folder.path().join(".git/objects"))?,
        committing,
        packing: watch.elapsed(),
    })
}

/// The bodies as frames of `zstd -3`: the first version of a page alone, each later one that differs against the one before.
pub(crate) fn patches(kind: Kind, pages: u32, versions: u32) -> Result<u64, Failure> {
    let folder = tempfile::tempdir()?;
    let [before, now, frame] = ["before", "now", "frame"].map(|it| folder.path().join(it));
    let mut bytes = 0;
    for number in 0..pages {
        let mut page = Page::new(kind, number);
        let mut last = Vec::new();
        for version in 0..versions {
            if version > 0 {
                page.edit();
            }
            let html = page.html();
            if html == last {
                continue;
            }
            fs::write(&now, &html)?;
            let mut command = Command::new("zstd");
            command.args(["-q", "-f", "-3"]);
            if version > 0 {
                fs::write(&before, &last)?;
                command.arg(format!("--patch-from={}", before.display()));
            }
            run(command.arg(&now).arg("-o").arg(&frame))?;
            bytes += fs::metadata(&frame)?.len();
            last = html;
        }
    }
    Ok(bytes)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string().into())
    }
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            size_of(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(bytes)
}
