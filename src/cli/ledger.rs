//! The ledger's key, the checkpoint that ends every command that writes, and `stillsays checkpoint`, which prints one.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use rustls::pki_types::CertificateDer;

use crate::{
    config::{Setting, Settings},
    fetch,
    ledger::{Signer, StampRequest, Verifier},
    store::{Access, RunLock, Seal, Store},
};

use super::{Exit, Failure, Session, fetching::certificates, output::write_whole, session::print};

/// The key that signs the checkpoints of one store, if it exists.
pub(super) struct Sealer(Option<Signer>);

impl Sealer {
    /// The key in `path`; created if neither a key nor a checkpoint exists yet.
    pub(super) fn at(session: &Session, store: &Store, path: &Path) -> Result<Self, Failure> {
        if let Some(signer) = read_key(path)? {
            return Ok(Self(Some(signer)));
        }
        if let Some(last) = store.last_seal()? {
            tracing::warn!(
                "the key {} that signed the latest checkpoint ({}) is missing: everything is stored, but without a new checkpoint",
                path.display(),
                last.key
            );
            return Ok(Self(None));
        }
        Ok(Self(Some(make_key(session, path)?)))
    }

    /// The key, if there is one.
    pub(super) fn signer(self) -> Option<Signer> {
        self.0
    }

    /// Writes a checkpoint over everything new; `None` if nothing is new, or the key is missing.
    pub(super) fn seal(&self, session: &Session, store: &Store) -> Result<Option<Seal>, Failure> {
        let Some(signer) = &self.0 else {
            return Ok(None);
        };
        let Some(seal) = store.seal(signer, session.clock.now())? else {
            return Ok(None);
        };
        let authority = &session.config.settings.ledger.timestamp_url;
        if !authority.is_empty() {
            // The checkpoint is valid without it, and the next run asks again.
            match stamp(session, authority, &seal.note) {
                Ok(token) => store.put_token(seal.size, token)?,
                Err(error) => {
                    let shown = Setting::shown("ledger.timestamp_url", &authority.clone().into());
                    tracing::warn!("no time-stamp from {shown}: {error}");
                }
            }
        }
        Ok(Some(seal))
    }
}

/// The time-stamp token for a checkpoint.
fn stamp(session: &Session, authority: &str, note: &str) -> anyhow::Result<Vec<u8>> {
    const MEDIA_TYPE: &str = "application/timestamp-query";
    let request = StampRequest::new(note)?;
    let options = super::fetching::options(&session.config.settings.fetch)
        .map_err(|error| anyhow::anyhow!("{error:?}"))?;
    // Some callers are inside a runtime, some are not; a separate thread works for both.
    let der = request.der();
    let response = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(anyhow::Error::from)?
                .block_on(fetch::post(authority, MEDIA_TYPE, der, &options))
                .map_err(anyhow::Error::from)
        });
        asked
            .join()
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the request ended early")))
    })?;
    Ok(request.token(&response)?)
}

/// The certificates of trusted time-stamp authorities; empty if the settings name no file.
pub(super) fn roots(session: &Session) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let path = &session.config.settings.ledger.timestamp_roots;
    certificates(path, "ledger.timestamp_roots")
}

/// The path of the key: from the settings, or beside the store.
pub(super) fn key_path(settings: &Settings) -> PathBuf {
    if settings.ledger.key.as_os_str().is_empty() {
        settings.store.with_extension("key")
    } else {
        settings.ledger.key.clone()
    }
}

/// The key in `path`; `None` if there is no file.
pub(super) fn read_key(path: &Path) -> Result<Option<Signer>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path, error)),
    };
    text.parse()
        .map(Some)
        .map_err(|error| unusable(path, error))
}

fn unusable(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::usage(anyhow::anyhow!("the ledger's key {}: {error}", path.display())).hint(
        "restore the key file (setting `ledger.key`) from a copy, or create a new key with `stillsays init --new-key`",
    )
}

/// Creates a key that only this account can read, and beside it the public key for others to check with.
pub(super) fn make_key(session: &Session, path: &Path) -> Result<Signer, Failure> {
    let signer = Signer::generate(None).map_err(|error| unusable(path, error))?;
    super::run::make_folder_of(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // A command that is killed while it writes leaves no half a key under the name.
    let fresh = path.with_extension(format!("key-{}", std::process::id()));
    let written = options.open(&fresh).and_then(|mut file| {
        writeln!(file, "{}", signer.secret())?;
        file.sync_all()?;
        fs::hard_link(&fresh, path).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Err(error),
            // Some file systems have no links.
            _ => fs::rename(&fresh, path),
        })
    });
    let _ = fs::remove_file(&fresh);
    if let Err(error) = written {
        // Two commands can open a new archive at once; both use the key of the first.
        let other = read_key(path).ok().flatten();
        return other.ok_or_else(|| unusable(path, error));
    }
    let public = path.with_extension("pub");
    write_whole(&public, format!("{}\n", signer.verifier()).as_bytes())?;
    session.remark(&format!(
        "created the ledger's key {}; to check the archive, others need {} and a checkpoint",
        path.display(),
        public.display()
    ));
    Ok(signer)
}

/// The key that must have signed: from `--key`, a file or the key itself; else the key of this archive, if it exists.
pub(super) fn verifier(
    session: &Session,
    asked: Option<&str>,
) -> Result<Option<Verifier>, Failure> {
    let Some(asked) = asked else {
        let signer = read_key(&key_path(&session.config.settings))?;
        return Ok(signer.map(|signer| signer.verifier().clone()));
    };
    let text = if Path::new(asked).exists() {
        fs::read_to_string(asked)?
    } else {
        asked.to_owned()
    };
    text.parse().map(Some).map_err(|error| {
        Failure::usage(anyhow::anyhow!("`--key {asked}` {error}"))
            .hint("name the file that ends in .pub, or write the key as in that file")
    })
}

/// Arguments of `checkpoint`.
#[derive(Args, Debug)]
pub(super) struct CheckpointArgs {
    /// Print every checkpoint, oldest first
    #[arg(long)]
    all: bool,
    /// Write the checkpoint to a file
    #[arg(short, long, value_name = "FILE", conflicts_with = "all")]
    output: Option<PathBuf>,
    /// Write its time-stamp token (RFC 3161, DER) to a file
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    token: Option<PathBuf>,
}

impl CheckpointArgs {
    /// Prints the latest checkpoint, or all.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let seals = store.seals()?;
        let Some(last) = seals.last() else {
            return Err(
                Failure::usage(anyhow::anyhow!("there is no checkpoint yet"))
                    .hint("every run ends with one"),
            );
        };
        if let Some(file) = &self.token {
            let token = last.token.as_ref().ok_or_else(|| {
                Failure::usage(anyhow::anyhow!("the latest checkpoint has no time-stamp"))
                    .hint("set `ledger.timestamp_url` to the address of an authority")
            })?;
            write_whole(file, token)?;
        }
        match &self.output {
            Some(file) => write_whole(file, last.note.as_bytes())?,
            None if self.all => {
                let notes: Vec<&str> = seals.iter().map(|seal| seal.note.as_str()).collect();
                print(&notes.join("\n"))?;
            }
            None => print(&last.note)?,
        }
        Ok(Exit::Done)
    }
}

/// Arguments of `init`.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// Create a new key, and move the existing one aside
    #[arg(long)]
    new_key: bool,
}

impl InitArgs {
    /// Creates what is missing, and prints what was created.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        const SETTINGS: &str = include_str!("../../config/stillsays.toml");
        let settings = &session.config.settings;
        let mut made = Vec::new();
        let file = Path::new(super::session::DEFAULT_FILE);
        if session.config.file.is_none() && !file.exists() {
            super::run::make_folder_of(file)?;
            // Editors that know TOML complete and check the file by the schema that its first line names.
            let schema = file.with_extension("schema.json");
            write_whole(&schema, crate::config::schema().as_bytes())?;
            let settings = format!("#:schema stillsays.schema.json\n{SETTINGS}");
            write_whole(file, settings.as_bytes())?;
            made.push(format!(
                "{}: the settings, each with its default",
                file.display()
            ));
        }
        if !settings.profiles.exists() {
            fs::create_dir_all(&settings.profiles)?;
            made.push(format!(
                "{}: the folder for profiles",
                settings.profiles.display()
            ));
        }
        super::run::make_folder_of(&settings.store)?;
        let path = key_path(settings);
        let there = read_key(&path)?;
        // With nothing to create, a run may be in progress.
        let is_made = there.is_some() && Store::open(&settings.store, Access::ReadOnly).is_ok();
        let _lock = if is_made && !self.new_key {
            None
        } else {
            let now = session.clock.now();
            Some(RunLock::acquire(&settings.store, "init", now)?)
        };
        if !settings.store.exists() {
            made.push(format!("{}: the archive", settings.store.display()));
        }
        let store = Store::open(&settings.store, Access::Create)?;
        if self.new_key && there.is_some() {
            let aside = path.with_extension("key.old");
            if aside.exists() {
                return Err(
                    Failure::usage(anyhow::anyhow!("{} already exists", aside.display()))
                        .hint("move the file to where you keep old keys"),
                );
            }
            fs::rename(&path, &aside)?;
            made.push(format!("{}: the old key", aside.display()));
        }
        let signer = match there {
            Some(there) if !self.new_key => there,
            None if store.last_seal()?.is_some() && !self.new_key => {
                return Err(unusable(
                    &path,
                    "the file is missing, and the archive has checkpoints signed with it",
                ));
            }
            _ => {
                made.push(format!("{}: the ledger's key", path.display()));
                make_key(session, &path)?
            }
        };
        if made.is_empty() {
            made.push("nothing to do: everything exists".into());
        }
        print(&made.join("\n"))?;
        print(&format!("the ledger's public key: {}", signer.verifier()))?;
        session.remark("next: `stillsays profile import ARTICLE`, then `stillsays run`");
        Ok(Exit::Done)
    }
}
