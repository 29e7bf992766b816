//! The ledger's key, the checkpoint that ends every verb that writes, and `stillsays checkpoint`, which prints one.

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

/// What signs the checkpoints of one store, if it is there.
pub(super) struct Sealer(Option<Signer>);

impl Sealer {
    /// The key in that file, made where neither a key nor a checkpoint is there yet.
    pub(super) fn at(session: &Session, store: &Store, path: &Path) -> Result<Self, Failure> {
        if let Some(signer) = read_key(path)? {
            return Ok(Self(Some(signer)));
        }
        if let Some(last) = store.last_seal()? {
            tracing::warn!(
                "the key {} that signed the last checkpoint ({}) is not there: everything is kept, but no checkpoint is made",
                path.display(),
                last.key
            );
            return Ok(Self(None));
        }
        Ok(Self(Some(make_key(session, path)?)))
    }

    /// Ends what was written with a checkpoint; `None` where nothing is new, or nobody can sign.
    pub(super) fn seal(&self, session: &Session, store: &Store) -> Result<Option<Seal>, Failure> {
        let Some(signer) = &self.0 else {
            return Ok(None);
        };
        let Some(seal) = store.seal(signer, session.clock.now())? else {
            return Ok(None);
        };
        let authority = &session.config.settings.ledger.timestamp_url;
        if !authority.is_empty() {
            // The checkpoint stands without it, and the next run asks again.
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

/// The token of the authority over a checkpoint.
fn stamp(session: &Session, authority: &str, note: &str) -> anyhow::Result<Vec<u8>> {
    const MEDIA_TYPE: &str = "application/timestamp-query";
    let request = StampRequest::new(note)?;
    let options = super::fetching::options(&session.config.settings.fetch)
        .map_err(|it| anyhow::anyhow!("{it:?}"))?;
    // The verbs that seal stand inside a runtime or outside; a thread of its own is neither.
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
            .unwrap_or_else(|_| Err(anyhow::anyhow!("asking it ended early")))
    })?;
    Ok(request.token(&response)?)
}

/// The certificates that time-stamp authorities are trusted by; none where the settings name no file.
pub(super) fn roots(session: &Session) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let path = &session.config.settings.ledger.timestamp_roots;
    certificates(path, "ledger.timestamp_roots")
}

/// Where the key is: as the settings say, or beside the store.
pub(super) fn key_path(settings: &Settings) -> PathBuf {
    if settings.ledger.key.as_os_str().is_empty() {
        settings.store.with_extension("key")
    } else {
        settings.ledger.key.clone()
    }
}

/// The key in that file; `None` where there is no file.
pub(super) fn read_key(path: &Path) -> Result<Option<Signer>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(it) => it,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path, error)),
    };
    text.parse().map(Some).map_err(|it| unusable(path, it))
}

fn unusable(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::usage(anyhow::anyhow!("the ledger's key {}: {error}", path.display())).hint(
        "the setting `ledger.key` names the file; take the key back from where it is kept, or `stillsays init --new-key` makes another",
    )
}

/// Makes a key that only this account can read, and beside it the file that others check with.
pub(super) fn make_key(session: &Session, path: &Path) -> Result<Signer, Failure> {
    let signer = Signer::generate(None).map_err(|it| unusable(path, it))?;
    super::run::make_folder_of(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        writeln!(file, "{}", signer.secret())?;
        file.sync_all()
    });
    if let Err(error) = written {
        // Two commands may come to a new archive at once; the key of the first is that of both.
        let other = read_key(path).ok().flatten();
        return other.ok_or_else(|| unusable(path, error));
    }
    let public = path.with_extension("pub");
    write_whole(&public, format!("{}\n", signer.verifier()).as_bytes())?;
    session.remark(&format!(
        "made the ledger's key {}; whoever checks the archive needs {} and a checkpoint",
        path.display(),
        public.display()
    ));
    Ok(signer)
}

/// Who must have signed: what `--key` says, a file or the key itself; else the key of this archive, where it is there.
pub(super) fn verifier(
    session: &Session,
    asked: Option<&str>,
) -> Result<Option<Verifier>, Failure> {
    let Some(asked) = asked else {
        let signer = read_key(&key_path(&session.config.settings))?;
        return Ok(signer.map(|it| it.verifier().clone()));
    };
    let text = if Path::new(asked).exists() {
        fs::read_to_string(asked)?
    } else {
        asked.to_owned()
    };
    text.parse().map(Some).map_err(|it| {
        Failure::usage(anyhow::anyhow!("`--key {asked}` {it}"))
            .hint("name the file that ends in .pub, or write the key as it stands there")
    })
}

/// Arguments of `checkpoint`.
#[derive(Args, Debug)]
pub(super) struct CheckpointArgs {
    /// Prints every checkpoint, oldest first
    #[arg(long)]
    all: bool,
    /// Writes it to a file
    #[arg(short, long, value_name = "FILE", conflicts_with = "all")]
    output: Option<PathBuf>,
    /// Writes its time-stamp token (RFC 3161, DER) to a file
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    token: Option<PathBuf>,
}

impl CheckpointArgs {
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
                Failure::usage(anyhow::anyhow!("the last checkpoint has no time-stamp")).hint(
                    "the setting `ledger.timestamp_url` names the authority that is asked for one",
                )
            })?;
            write_whole(file, token)?;
        }
        match &self.output {
            Some(file) => write_whole(file, last.note.as_bytes())?,
            None if self.all => {
                let notes: Vec<&str> = seals.iter().map(|it| it.note.as_str()).collect();
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
    /// Makes another key, and moves the one that is there aside
    #[arg(long)]
    new_key: bool,
}

impl InitArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        const SETTINGS: &str = include_str!("../../config/stillsays.toml");
        let settings = &session.config.settings;
        let mut made = Vec::new();
        let file = Path::new(super::session::DEFAULT_FILE);
        if session.config.file.is_none() && !file.exists() {
            super::run::make_folder_of(file)?;
            write_whole(file, SETTINGS.as_bytes())?;
            made.push(format!(
                "{}: the settings, each with its default",
                file.display()
            ));
        }
        if !settings.profiles.exists() {
            fs::create_dir_all(&settings.profiles)?;
            made.push(format!("{}: for the profiles", settings.profiles.display()));
        }
        super::run::make_folder_of(&settings.store)?;
        let path = key_path(settings);
        let there = read_key(&path)?;
        // Where nothing is to be made, a run that is going on is not in the way.
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
                return Err(Failure::usage(anyhow::anyhow!(
                    "{} is there already",
                    aside.display()
                ))
                .hint("move it to where old keys are kept"));
            }
            fs::rename(&path, &aside)?;
            made.push(format!(
                "{}: the key that signed until now",
                aside.display()
            ));
        }
        let signer = match there {
            Some(it) if !self.new_key => it,
            None if store.last_seal()?.is_some() && !self.new_key => {
                return Err(unusable(
                    &path,
                    "it is not there, and the archive has checkpoints by it",
                ));
            }
            _ => {
                made.push(format!("{}: the ledger's key", path.display()));
                make_key(session, &path)?
            }
        };
        if made.is_empty() {
            made.push("everything is there already".into());
        }
        print(&made.join("\n"))?;
        print(&format!("the ledger's public key: {}", signer.verifier()))?;
        session.remark("next: `stillsays profile import ARTICLE`, then `stillsays run`");
        Ok(Exit::Done)
    }
}
