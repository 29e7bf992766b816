//! `stillsays import`: adds WARC files and WACZ packages of other programs to the archive.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use crate::{
    interchange::{Imported, Importer, Whose},
    pipeline,
    store::Access,
    wacz::{Package, WaczError},
    warc::{WarcError, Warning},
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    findings,
    profiles::ProfilesArgs,
    run::runtime,
    session::{json_text, print},
};

/// The first bytes of a ZIP file, and so of a WACZ package.
const ZIP: &[u8] = b"PK\x03\x04";

/// Arguments of `import`.
#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// WARC files (plain, gzip or zstd) or WACZ packages; revisits and redirects can refer to records in other files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The archive that made the captures, by name, where their records do not say; without it they count as your own
    #[arg(long, value_name = "ARCHIVE")]
    source: Option<String>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl ImportArgs {
    /// Imports the files one after another, and prints how much was new.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let archive = Archive::alone(session, "import", Access::Create)?;
        let names: Vec<_> = self
            .files
            .iter()
            .map(|file| file.file_name().unwrap_or_default().to_string_lossy())
            .collect();
        let command = format!("import {}", names.join(" "));
        let most = session.config.settings.fetch.max_bytes;
        let own = &session.config.settings.cite.public_replay;
        let whose = Whose {
            archive: self.source.clone(),
            own: (!own.is_empty()).then(|| own.clone()),
            ..Whose::default()
        };
        let came = archive.write(|store| {
            let before = store.newest_visit()?;
            let mut importer =
                Importer::new(store, session.clock.clone(), command, most).of(whose.clone());
            let mut missing = 0;
            let runtime = runtime()?;
            for file in &self.files {
                missing += runtime.block_on(take(session, &mut importer, file))?;
            }
            let mut came = runtime.block_on(importer.finish(|it| tell_of(session, it)))?;
            came.lost += missing;
            // Without a profile no list is claimed yet; its first comparison looks for further pages.
            let profiles = ProfilesArgs::default().load(session).unwrap_or_default();
            if let Some(new) = store.dates_after(before)? {
                let comparing = findings::comparing(session);
                pipeline::bind_archived(store, &profiles, &comparing, Some(new))?;
            }
            Ok(came)
        })?;
        self.tell(session, &came)?;
        if came.captures == 0 && came.lost > 0 {
            return Ok(Exit::Usage);
        }
        Ok(if came.lost > 0 {
            Exit::Unfetched
        } else {
            Exit::Done
        })
    }

    fn tell(&self, session: &Session, imported: &Imported) -> Result<(), Failure> {
        let Imported {
            captures,
            new,
            copied,
            stored,
            otherwise,
            lost,
        } = imported;
        match self.format {
            Format::Json => print(&json_text(
                &json!({"format": 1, "captures": captures, "new": new, "copied": copied, "held": stored, "otherwise": otherwise,
                    "lost": lost, "broken": lost}),
            ))?,
            Format::Text => {
                let mut text = format!(
                    "{captures} captures read, {new} new visits, {stored} already in the archive"
                );
                if *copied > 0 {
                    text = format!("{text}; {copied} of the captures were made by other archives");
                }
                if *otherwise > 0 {
                    text = format!(
                        "{text}; {otherwise} answer requests other than a plain GET, and are not visits of a page"
                    );
                }
                if *lost > 0 {
                    text = format!("{text}; {lost} records could not be imported completely");
                }
                if !session.quiet {
                    print(&text)?;
                }
            }
        }
        Ok(())
    }
}

/// Imports one file. Returns how many of the files that a package lists are missing.
async fn take(session: &Session, importer: &mut Importer<'_>, path: &Path) -> Result<u64, Failure> {
    let unreadable = |source: std::io::Error| {
        let error = anyhow::Error::from(source);
        Failure::usage(error.context(format!("{} cannot be read", path.display()))).hint(
            "import reads WARC files and WACZ packages; the files before this one were imported",
        )
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut begins = [0; 4];
    let read = file.read(&mut begins).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let name = path.display().to_string();
    if begins.get(..read) != Some(ZIP) {
        records(session, importer, &name, BufReader::new(file)).await?;
        return Ok(0);
    }
    let mut package = Package::open(&name, BufReader::new(file))?;
    in_package(session, importer, &name, &mut package).await
}

/// Imports a file that was downloaded.
pub(super) async fn take_bytes(
    session: &Session,
    importer: &mut Importer<'_>,
    name: &str,
    bytes: std::io::Cursor<Vec<u8>>,
) -> Result<u64, Failure> {
    if bytes.get_ref().starts_with(ZIP) {
        let mut package = Package::open(name, bytes)?;
        return in_package(session, importer, name, &mut package).await;
    }
    records(session, importer, name, bytes).await?;
    Ok(0)
}

/// Imports the files of a package, and those of the packages inside.
async fn in_package<R: Read + Seek>(
    session: &Session,
    importer: &mut Importer<'_>,
    name: &str,
    package: &mut Package<R>,
) -> Result<u64, Failure> {
    for note in package.notes() {
        session.remark(&format!("{name}: {note}"));
    }
    let mut missing = package.lost();
    for archive in package.archives().to_vec() {
        let inner = format!("{name}/{archive}");
        records(session, importer, &inner, package.archive(&archive)?).await?;
    }
    for nested in package.packages().to_vec() {
        let inner = format!("{name}/{nested}");
        let mut package = package.package(&nested)?;
        missing += Box::pin(in_package(session, importer, &inner, &mut package)).await?;
    }
    Ok(missing)
}

async fn records(
    session: &Session,
    importer: &mut Importer<'_>,
    name: &str,
    reader: impl std::io::BufRead,
) -> Result<(), Failure> {
    let tell = |it: Result<&Warning, &WarcError>| tell_of(session, it);
    Ok(importer.file(name, reader, tell).await?)
}

/// Prints what was repaired, and what could not be read.
fn tell_of(session: &Session, it: Result<&Warning, &WarcError>) {
    match it {
        Ok(warning) => session.remark(&warning.to_string()),
        Err(error) => session.remark(&format!("{error}; {}", error.hint())),
    }
}

impl From<WaczError> for Failure {
    fn from(error: WaczError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}
