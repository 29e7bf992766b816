//! The target of `-o FILE`: a file that is replaced completely or not at all, a device or pipe, or stdout.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::Failure;

/// The most symbolic links to follow to a file that does not exist yet.
const LINKS: u32 = 40;

/// The file name that means stdout.
const STDOUT: &str = "-";

/// Whether `-o` names stdout.
pub(super) fn is_stdout(file: &Path) -> bool {
    file == Path::new(STDOUT)
}

/// Writes `bytes` to the target of `-o`.
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut output = Output::create(file)?;
    output
        .write_all(bytes)
        .map_err(|error| failed(file, error))?;
    output.finish()
}

/// Has `write` create the target of `-o`. A file that is replaced, a device or a pipe is first created in a folder of its own.
pub(super) fn write_by<T>(
    output: &Path,
    write: impl FnOnce(&Path) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let place = if is_stdout(output) {
        None
    } else {
        regular(output).map_err(|error| failed(output, error))?
    };
    if let Some(place) = place.as_ref().filter(|place| !place.exists()) {
        return write(place);
    }
    let folder = work_folder(place.as_deref())?;
    let made = folder.join("made");
    let written = write(&made).and_then(|done| {
        let mut to = Output::create(output)?;
        let copied = File::open(&made).and_then(|mut open| io::copy(&mut open, &mut to));
        copied.map_err(|error| failed(output, error))?;
        to.finish()?;
        Ok(done)
    });
    // A leftover in the temporary folder is useless; failing to remove it changes nothing.
    let _ = fs::remove_dir_all(&folder);
    written
}

/// An empty folder of our own: beside `place`, where there is space for the file, if it can be created there.
fn work_folder(place: Option<&Path>) -> Result<PathBuf, Failure> {
    let name = format!(".stillsays.{}", std::process::id());
    let beside = place.map(|place| place.with_file_name(&name));
    if let Some(beside) = beside.filter(|beside| fs::create_dir(beside).is_ok()) {
        return Ok(beside);
    }
    let folder = std::env::temp_dir().join(name);
    fs::create_dir(&folder).map_err(|error| failed(&folder, error))?;
    Ok(folder)
}

/// The target of `-o` while it is written.
pub(super) struct Output {
    named: PathBuf,
    to: To,
}

enum To {
    Stdout(io::Stdout),
    /// A device, a pipe, or a file that must keep its identity.
    Itself(File),
    /// A file that replaces another once it is complete.
    Beside {
        file: File,
        part: PathBuf,
        place: PathBuf,
    },
}

impl Output {
    /// Opens the target `file`: `-` is stdout, a link is followed, and only a regular file is replaced. An existing file
    /// keeps its mode and its owner.
    pub(super) fn create(file: &Path) -> Result<Self, Failure> {
        let to = if is_stdout(file) {
            Ok(To::Stdout(io::stdout()))
        } else {
            open(file)
        };
        Ok(Self {
            named: file.to_owned(),
            to: to.map_err(|error| failed(file, error))?,
        })
    }

    /// Moves the finished file to its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let done = match &mut self.to {
            To::Stdout(out) => out.flush(),
            To::Itself(file) => file.flush(),
            To::Beside { file, part, place } => {
                file.sync_all().and_then(|()| fs::rename(&*part, &*place))
            }
        };
        done.map_err(|error| failed(&self.named, error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Stdout(out) => out.write(bytes),
            To::Itself(file) | To::Beside { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Stdout(out) => out.flush(),
            To::Itself(file) | To::Beside { file, .. } => file.flush(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let To::Beside { part, .. } = &self.to {
            // A file that was not moved to its place is incomplete; one that was is already gone from here.
            let _ = fs::remove_file(part);
        }
    }
}

/// The regular file that `file` is or would be after following links; `None` if it is something else.
pub(super) fn regular(file: &Path) -> io::Result<Option<PathBuf>> {
    match fs::metadata(file) {
        // A file that a shell opened as a descriptor must keep its identity.
        Ok(_) if ["/dev", "/proc"].iter().any(|it| file.starts_with(it)) => Ok(None),
        Ok(metadata) if metadata.is_file() => fs::canonicalize(file).map(Some),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => followed(file).map(Some),
        Err(error) => Err(error),
    }
}

/// The end of a chain of links that leads to no file yet.
fn followed(file: &Path) -> io::Result<PathBuf> {
    let mut place = file.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&place) {
            Ok(to) => place = place.parent().unwrap_or(Path::new("")).join(to),
            Err(_) => return Ok(place),
        }
    }
    Err(io::Error::other("its links lead nowhere"))
}

fn open(file: &Path) -> io::Result<To> {
    let Some(place) = regular(file)? else {
        // At the end: a shell may have opened the file for appending, and for a device it makes no difference.
        return OpenOptions::new().append(true).open(file).map(To::Itself);
    };
    let there = fs::metadata(&place).ok();
    let mut name = std::ffi::OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = place.with_file_name(name);
    let beside = create(&part, there.as_ref());
    match (beside, there) {
        (Ok(file), _) => Ok(To::Beside { file, part, place }),
        // If no file with the same owner can be created beside it, the file itself is written.
        (Err(_), Some(_)) => {
            // It exists only if changing its owner failed.
            let _ = fs::remove_file(&part);
            let mut options = OpenOptions::new();
            options
                .write(true)
                .truncate(true)
                .open(&place)
                .map(To::Itself)
        }
        (Err(error), None) => Err(error),
    }
}

/// Creates a file with the mode and owner of the one that it will replace.
fn create(part: &Path, there: Option<&Metadata>) -> io::Result<File> {
    let file = File::create(part)?;
    if let Some(there) = there {
        give_to_owner(&file, there)?;
        file.set_permissions(there.permissions())?;
    }
    Ok(file)
}

#[cfg(unix)]
fn give_to_owner(file: &File, there: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (there.uid(), there.gid()) {
        return Ok(());
    }
    fchown(file, Some(there.uid()), Some(there.gid()))
}

#[cfg(not(unix))]
fn give_to_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

fn failed(file: &Path, source: io::Error) -> Failure {
    let hint = match source.kind() {
        io::ErrorKind::IsADirectory => "this is a folder; name a file in it",
        _ => "name a file in an existing folder that you can write to, or `-` for stdout",
    };
    let error = anyhow::Error::from(source);
    Failure::usage(error.context(format!("{} cannot be written", file.display()))).hint(hint)
}
