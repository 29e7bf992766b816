//! `stillsays import`: WARC files and WACZ packages of other programs into the archive.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use crate::{
    interchange::{Imported, Importer},
    store::Access,
    wacz::{Package, WaczError},
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    run::runtime,
    session::{json_text, print},
};

/// How a ZIP file begins, and with it a WACZ package.
const ZIP: &[u8] = b"PK\x03\x04";

/// Arguments of `import`.
#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// WARC files (plain, gzip or zstd) or WACZ packages; a revisit may refer to a file named before its own
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The form to print in
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl ImportArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let archive = Archive::alone(session, "import", Access::Create)?;
        let names: Vec<_> = self
            .files
            .iter()
            .map(|it| it.file_name().unwrap_or_default().to_string_lossy())
            .collect();
        let command = format!("import {}", names.join(" "));
        let mut broken = 0;
        let came = archive.write(|store| {
            let mut importer = Importer::new(store, session.clock.clone(), command);
            let runtime = runtime()?;
            for file in &self.files {
                broken += runtime.block_on(take(session, &mut importer, file))?;
            }
            Ok(importer.finish()?)
        })?;
        self.tell(session, &came, broken)?;
        if came.captures == 0 && broken > 0 {
            return Ok(Exit::Usage);
        }
        Ok(Exit::Done)
    }

    fn tell(&self, session: &Session, imported: &Imported, broken: u64) -> Result<(), Failure> {
        let Imported {
            captures,
            new,
            held,
        } = imported;
        match self.format {
            Format::Json => print(&json_text(
                &json!({"format": 1, "captures": captures, "new": new, "held": held, "broken": broken}),
            ))?,
            Format::Text => {
                let mut text =
                    format!("{captures} captures read, {new} visits new, {held} held already");
                if broken > 0 {
                    text = format!("{text}, {broken} places that could not be read");
                }
                if !session.quiet {
                    print(&text)?;
                }
            }
        }
        Ok(())
    }
}

/// Takes one file. Returns in how many places it could not be read.
async fn take(session: &Session, importer: &mut Importer<'_>, path: &Path) -> Result<u64, Failure> {
    let unreadable = |source: std::io::Error| {
        let error = anyhow::Error::from(source);
        Failure::usage(error.context(format!("{} cannot be read", path.display()))).hint(
            "import takes WARC files and WACZ packages; what was named before it is in the archive",
        )
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut begins = [0; 4];
    let read = file.read(&mut begins).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let name = path.display().to_string();
    if begins.get(..read) != Some(ZIP) {
        return records(session, importer, &name, BufReader::new(file)).await;
    }
    let mut package = Package::open(&name, BufReader::new(file))?;
    let mut broken = 0;
    for archive in package.archives().to_vec() {
        let inner = format!("{name}/{archive}");
        broken += records(session, importer, &inner, package.archive(&archive)?).await?;
    }
    Ok(broken)
}

async fn records(
    session: &Session,
    importer: &mut Importer<'_>,
    name: &str,
    reader: impl std::io::BufRead,
) -> Result<u64, Failure> {
    let mut broken = 0;
    let tell = |it: Result<&crate::warc::Warning, &crate::warc::WarcError>| match it {
        Ok(warning) => session.remark(&warning.to_string()),
        Err(error) => {
            broken += 1;
            session.remark(&format!("{error}; {}", error.hint()));
        }
    };
    importer.file(name, reader, tell).await?;
    Ok(broken)
}

impl From<WaczError> for Failure {
    fn from(error: WaczError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}
