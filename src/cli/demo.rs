//! `stillsays demo`: runs the whole flow without a network, on a built-in profile and sample archive.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    article,
    finding::Decisions,
    interchange::{self, Importer},
    pipeline::{Named, Run, Source},
    profile::Profile,
    report::{findings_text, pasteable},
    store::{Access, Store},
    uri::TargetUri,
};

use super::{
    Exit, Failure, Session,
    archive::Archive,
    findings::report_of,
    import::take_bytes,
    output::write_whole,
    profile::keep_source,
    progress::Progress,
    run::{captures_from, make_folder_of, plan, runtime},
    serve::{Shown, serve},
    session::print,
    signals::Stop,
};

/// The article that the demo is about, written by the project.
const ARTICLE: &[u8] = include_bytes!("../../snapshots/demo-article.txt");
/// The name of its file in the demo's folder.
const ARTICLE_FILE: &str = "trust-network.txt";
/// A WARC file with two or three visits of each of its pages, written by the project.
const SAMPLE: &[u8] = include_bytes!("../../snapshots/sample.warc.gz");
/// A WARC file with a copy that another archive made before our first visit, written by the project.
const COPIES: &[u8] = include_bytes!("../../snapshots/sample-copies.warc.gz");

/// The address at which others could open the archived pages, in an example: there is no such site.
const PUBLIC_REPLAY: &str = "https://archive.example.org/web/";

/// Arguments of `demo`.
#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// The folder for the archive and the report of the demo
    #[arg(long, value_name = "FOLDER", default_value = "snapshots/demo")]
    folder: PathBuf,
    /// Then open the desk on it in a browser, until the program is stopped
    #[arg(long)]
    serve: bool,
}

impl DemoArgs {
    /// Archives the sample, compares, writes the report, and prints it; with `--serve`, then opens the desk.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let path = self.folder.join("stillsays.db");
        let archive = Archive::anew(session, &path, "demo")?;
        let import = article::read(ARTICLE, None, Some(ARTICLE_FILE), None);
        let mut profile = import
            .map_err(|it| Failure::usage(anyhow::Error::from(it)))?
            .profile;
        let settings = self.write_settings(&path, &profile)?;
        // A reader of the report who did not run the demo must not mistake it for what the real pages say.
        profile.title.push_str(" (demo on sample pages)");
        let profiles = [Named {
            name: "trust-network".into(),
            profile,
            ..Named::default()
        }];
        let seeds = plan(session, &profiles, None)?;
        let uris: Vec<TargetUri> = seeds.iter().map(|seed| seed.uri.clone()).collect();
        let captures = captures_from(session, SAMPLE, "the sample archive")?;
        let visits = interchange::visits_of(&captures, &uris);
        let stop = Stop::listen()?;
        let findings = archive.write(|store| {
            take_copies(session, store)?;
            let mut progress = Progress::new(session);
            let run = Run {
                compares: true,
                store,
                profiles: &profiles,
                seeds,
                source: Source::Archive(visits),
                comparing: super::findings::comparing(session),
                clock: session.clock.clone(),
                stop: stop.receiver(),
                command: "demo".into(),
            };
            let ran = runtime()?.block_on(run.go(&mut |event| progress.tell(&event)));
            progress.end();
            let mut findings = Vec::new();
            for compared in ran?.compared {
                findings.extend(store.findings(&compared.profile)?);
            }
            Ok(findings)
        })?;
        let store = Store::open(&path, Access::ReadOnly)?;
        let command = format!(
            "stillsays --config {}",
            pasteable(&settings.to_string_lossy())
        );
        for named in &profiles {
            let report = report_of(
                session,
                &store,
                named,
                &findings,
                &Decisions::default(),
                &command,
            )?;
            print(&findings_text(&report, &session.style()))?;
            let file = self.folder.join("report.html");
            write_whole(&file, report.to_html().as_bytes())?;
            session.remark(&format!(
                "\nThe pages of this demo are a sample written by the project. None of them is a real capture.\n\
                 The copy of 2022-10-19 is from a sample of another archive, from before the first visit of that page.\n\
                 Full report: {}\n\
                 Decide about it in a browser: {command} serve\n\
                 Explore it: {command} status | edits --open | copies list | captures URL | diff URL | history",
                file.display(),
            ));
        }
        // The writer closes last: it puts the log into the file.
        drop((store, archive));
        if self.serve {
            let shown = Shown {
                key: path.with_extension("key"),
                profiles: self.folder.join("profiles"),
                store: path,
                command,
                public_replay: PUBLIC_REPLAY.to_owned(),
            };
            return serve(session, &shown, None, None);
        }
        Ok(Exit::Done)
    }

    /// Writes the profile, and settings that name it and the archive, so that every other command finds both.
    fn write_settings(&self, store: &Path, profile: &Profile) -> Result<PathBuf, Failure> {
        let file = self.folder.join("profiles").join("trust-network.toml");
        make_folder_of(&file)?;
        write_whole(&file, profile.to_toml().as_bytes())?;
        keep_source(&file, ARTICLE)?;
        write_whole(&self.folder.join(ARTICLE_FILE), ARTICLE)?;
        let mut settings = toml::Table::new();
        let mut set = |key: &str, path: &Path| {
            settings.insert(key.to_owned(), path.to_string_lossy().into_owned().into());
        };
        set("store", store);
        set("profiles", &self.folder.join("profiles"));
        let file = self.folder.join("stillsays.toml");
        write_whole(
            &file,
            format!(
                "# The archive and profile of the demo.\n{settings}\n\
                 # In a real archive, the address at which others can open the archived pages. There is no such site.\n\
                 [cite]\npublic_replay = \"{PUBLIC_REPLAY}\"\n"
            )
            .as_bytes(),
        )?;
        Ok(file)
    }
}

/// Adds what the other archive has, as `rescue` would have copied it.
fn take_copies(session: &Session, store: &Store) -> Result<(), Failure> {
    let most = session.config.settings.fetch.max_bytes;
    let mut importer = Importer::new(store, session.clock.clone(), "demo".to_owned(), most);
    let runtime = runtime()?;
    runtime.block_on(take_bytes(
        session,
        &mut importer,
        "the sample of another archive",
        Cursor::new(COPIES.to_vec()),
    ))?;
    runtime.block_on(importer.finish(|_| {}))?;
    Ok(())
}
