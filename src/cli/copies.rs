//! `stillsays copies`: the copies of cited pages in other archives; `add` copies one that a person found, `list` lists them.

use std::{fmt::Write as _, io::Cursor, path::Path};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    archives::{is_archive_today, memento_in},
    capture::Source,
    fetch,
    interchange::{Importer, Whose},
    notify::Secret,
    pipeline::{self, CitedCopy, Lost, Named, cited_copies},
    profile::{ArchivedCopy, Profile, Reference},
    store::{Access, Store},
    text::for_terminal,
    uri::TargetUri,
};

use super::{
    Exit, Failure, Format, Session, fetching,
    findings::comparing,
    import::take_bytes,
    output::write_whole,
    profiles::{ProfilesArgs, file_of},
    rescue::{asked, manners, opened, table, to_json},
    run::runtime,
    session::{json_text, print},
    signals::Stop,
};

/// Arguments of `copies`.
#[derive(Args, Debug)]
pub(super) struct CopiesArgs {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Copy a page from another archive by its address there, and add that to the profile
    Add(AddArgs),
    /// List the copies from other archives, and the cited words that each has
    List(ListArgs),
}

#[derive(Args, Debug)]
struct AddArgs {
    /// The profile, by name or file
    #[arg(short, long, value_name = "PROFILE")]
    profile: String,
    /// The number of the reference
    #[arg(value_name = "REF")]
    reference: u32,
    /// The address of the copy: a memento, a Perma link, a WARC file or a WACZ package
    #[arg(value_name = "URL")]
    url: String,
}

#[derive(Args, Debug)]
struct ListArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// Only these references, by number [default: all]
    #[arg(value_name = "REF")]
    references: Vec<u32>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl CopiesArgs {
    /// Adds a copy, or lists the copies.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self.act {
            Act::Add(add) => add.run(session),
            Act::List(list) => list.run(session),
        }
    }
}

impl ListArgs {
    fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let is_meant = |copy: &CitedCopy| {
            self.references.is_empty() || self.references.contains(&copy.reference)
        };
        let (mut texts, mut tables): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
        for named in &profiles {
            let copies = cited_copies(&store, named, &comparing(session))?;
            let copies: Vec<&CitedCopy> = copies.iter().filter(|copy| is_meant(copy)).collect();
            let mut text = table(named, &copies);
            text.push_str(&never_asked(named));
            texts.push(text);
            let copies: Vec<Value> = copies.into_iter().map(to_json).collect();
            tables.push(
                json!({"profile": named.name, "copies": copies, "never_asked": flagged(named)}),
            );
        }
        print(&match self.format {
            Format::Text => for_terminal(&texts.join("\n")),
            Format::Json => json_text(&json!({"format": 1, "profiles": tables})),
        })?;
        Ok(Exit::Done)
    }
}

/// The references that cite archive.today, by number.
fn flagged(named: &Named) -> Vec<u32> {
    let cites = |reference: &&Reference| {
        let copies = reference
            .archived
            .iter()
            .map(|archived| archived.url.as_str());
        copies.chain(reference.url.as_deref()).any(is_archive_today)
    };
    let references = named.profile.references.iter().filter(cites);
    references.map(|reference| reference.number).collect()
}

fn never_asked(named: &Named) -> String {
    let mut text = String::new();
    for number in flagged(named) {
        let _ = writeln!(
            text,
            "\n  [{number}] cites archive.today, which is never asked; cite a copy that programs can check"
        );
    }
    text
}

impl AddArgs {
    fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let file = file_of(&session.config.settings.profiles, &self.profile)?;
        let named = pipeline::read_profile(&file)?;
        let reference = named.profile.reference(self.reference).cloned();
        let reference = reference.ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "profile {} has no reference {}",
                named.name,
                self.reference
            ))
            .hint("`stillsays status` lists the references with their numbers")
        })?;
        if is_archive_today(&self.url) {
            return Err(Failure::usage(anyhow::anyhow!(
                "archive.today is never asked: it has no interface for programs"
            ))
            .hint("look for a copy in another archive with `stillsays rescue`"));
        }
        let (address, _) = super::address(&self.url)?;
        let page = reference.url.as_deref().map(TargetUri::parse);
        let Some(Ok((page, _))) = page else {
            return Err(Failure::usage(anyhow::anyhow!(
                "reference {} has no address",
                self.reference
            ))
            .hint("only a page with an address can have copies"));
        };
        let stop = Stop::listen()?;
        let archive = opened(session, "copies add")?;
        let date = archive.write(|store| {
            let before = store.copied(&page)?.len();
            let address_date = Self::copy(session, store, (&page, &reference, &address), &stop)?;
            let copies = store.copied(&page)?;
            let is_this = |source: Option<&Source>| {
                let memento = source
                    .and_then(|source| source.memento.as_deref())
                    .unwrap_or_default();
                let raw = memento_in(address.as_str())
                    .map_or_else(|| address.to_string(), |memento| memento.2);
                memento == raw || memento == address.as_str()
            };
            let found = copies.iter().rfind(|copy| is_this(copy.source()));
            if found.is_none() && copies.len() == before {
                return Err(
                    Failure::usage(anyhow::anyhow!("{address} has no copy of {page}"))
                        .hint("give the address of a copy of that very page"),
                );
            }
            Ok(found.map(|found| found.date.date_naive()).or(address_date))
        })?;
        add_to_profile(
            &file,
            &named.profile,
            self.reference,
            &ArchivedCopy {
                url: self.url.clone(),
                date,
            },
        )?;
        let named = pipeline::read_profile(&file)?;
        let copies = archive.write(|store| {
            let comparing = comparing(session);
            pipeline::compare_all(
                store,
                std::slice::from_ref(&named),
                &comparing,
                None,
                &mut |_| {},
            )?;
            Ok(cited_copies(store, &named, &comparing)?)
        })?;
        let copies: Vec<&CitedCopy> = copies
            .iter()
            .filter(|copy| copy.reference == self.reference)
            .collect();
        print(&for_terminal(&table(&named, &copies)))?;
        Ok(Exit::Done)
    }

    /// Copies it into the archive; returns the day in its address, as 8 digits.
    fn copy(
        session: &Session,
        store: &Store,
        (page, reference, address): (&TargetUri, &Reference, &TargetUri),
        stop: &Stop,
    ) -> Result<Option<NaiveDate>, Failure> {
        if let Some((date, _, _)) = memento_in(address.as_str()) {
            let accessed = reference
                .accessed
                .and_then(|accessed| accessed.and_hms_opt(12, 0, 0));
            let lost = Lost {
                page: page.clone(),
                accessed: accessed.map(|accessed| accessed.and_utc()),
                given: vec![address.to_string()],
            };
            let manners = manners(&session.config.settings.archives)?;
            let rescued = asked(session, store, &[], &[lost], (manners, "copies add"), stop)?;
            for it in rescued.remarks.iter().chain(&rescued.left) {
                session.remark(it);
            }
            return Ok(Some(date.date_naive()));
        }
        let options = fetching::options(&session.config.settings.fetch)?;
        let perma = perma_id(address).map(|guid| {
            let api = session.config.settings.archives.perma.trim_end_matches('/');
            format!("{api}/v1/public/archives/{guid}/download")
        });
        let from = perma.unwrap_or_else(|| address.to_string());
        let runtime = runtime()?;
        let manners = manners(&session.config.settings.archives)?;
        let key = key_for(&manners.keys, &from);
        let downloaded = runtime.block_on(fetch::download_with(&from, &options, key)).map_err(|error| {
            Failure::usage(error).hint("the address must be that of a memento, a Perma link, a WARC file or a WACZ package")
        })?;
        let source = Source::of_memento(address.as_str());
        let whose = Whose {
            archive: Some(source.archive),
            memento: Some(address.to_string()),
            copied: Some(session.clock.now()),
            own: None,
        };
        let name = from.rsplit('/').next().unwrap_or(&from).to_owned();
        let most = session.config.settings.fetch.max_bytes;
        let mut importer = Importer::new(
            store,
            session.clock.clone(),
            format!("copies add {from}"),
            most,
        )
        .of(whose);
        runtime.block_on(take_bytes(
            session,
            &mut importer,
            &name,
            Cursor::new(downloaded.body),
        ))?;
        runtime.block_on(importer.finish(|_| {}))?;
        Ok(None)
    }
}

/// The key for the archive at an address, if there is one.
fn key_for<'a>(keys: &'a [(String, Secret)], address: &str) -> Option<&'a str> {
    let (uri, _) = TargetUri::parse(address).ok()?;
    let name = match uri.as_url().port() {
        Some(port) => format!("{}:{port}", uri.host()),
        None => uri.host().to_owned(),
    };
    let key = keys.iter().find(|key| key.0 == name)?;
    Some(key.1.reveal())
}

/// The id of a Perma link: `https://perma.cc/AB12-CD34`.
fn perma_id(address: &TargetUri) -> Option<String> {
    let id = address.as_url().path().trim_matches('/').to_owned();
    let is_id = id.contains('-')
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (address.host() == "perma.cc" && is_id).then_some(id)
}

/// Adds a copy to the `archived` list of a reference, in the file as a person wrote it; if the list is written in a form that
/// cannot be edited in place, the whole file is written again.
fn add_to_profile(
    file: &Path,
    profile: &Profile,
    number: u32,
    copy: &ArchivedCopy,
) -> Result<(), Failure> {
    let mut changed = profile.clone();
    let reference = changed
        .references
        .iter_mut()
        .find(|reference| reference.number == number);
    let Some(reference) =
        reference.filter(|of| of.archived.iter().all(|known| known.url != copy.url))
    else {
        return Ok(());
    };
    reference.archived.push(copy.clone());
    let text = std::fs::read_to_string(file)?;
    let is_right = |text: &String| {
        Profile::from_bytes(text.as_bytes(), file).is_ok_and(|parsed| parsed == changed)
    };
    let added = with_copy(&text, number, copy).filter(is_right);
    write_whole(file, added.unwrap_or_else(|| changed.to_toml()).as_bytes())
}

/// The text of a profile with one more copy of a reference's page.
fn with_copy(text: &str, number: u32, copy: &ArchivedCopy) -> Option<String> {
    let date = copy
        .date
        .map_or_else(String::new, |date| format!(", date = {date}"));
    let entry = format!("{{ url = {}{date} }}", toml::Value::from(copy.url.as_str()));
    let lines: Vec<&str> = text.lines().collect();
    let is_head = |line: &str| line.trim_start().starts_with('[');
    let own = |line: &&str| {
        line.split('#').next().unwrap_or_default().replace(' ', "") == format!("number={number}")
    };
    let starts = (0..lines.len()).filter(|at| {
        lines
            .get(*at)
            .is_some_and(|line| line.trim() == "[[references]]")
    });
    for start in starts {
        let end =
            (start + 1..lines.len()).find(|at| lines.get(*at).is_some_and(|line| is_head(line)));
        let end = end.unwrap_or(lines.len());
        let block = lines.get(start..end)?;
        if !block.iter().any(&own) {
            continue;
        }
        let mut out: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let list = block
            .iter()
            .position(|line| line.trim_start().starts_with("archived"));
        if let Some(list) = list {
            let line = out.get_mut(start + list)?;
            let open = line.trim_end().strip_suffix(']')?.trim_end().to_owned();
            let comma = if open.ends_with('[') { "" } else { ", " };
            *line = format!("{open}{comma}{entry}]");
        } else {
            let end_of_block = block.iter().rposition(|line| !line.trim().is_empty())?;
            out.insert(start + end_of_block + 1, format!("archived = [{entry}]"));
        }
        return Some(out.join("\n") + "\n");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_added_in_the_file_as_people_wrote_it() {
        let text = "# By hand.\ntitle = \"A\"\n\n[[references]]\nnumber = 1 # one\nurl = \"https://a.example/\"\n\n[[references]]\nnumber = 12\nurl = \"https://b.example/\"\narchived = [{ url = \"https://c.example/\" }]\n\n[[claims]]\nid = \"c\"\n";
        let copy = ArchivedCopy {
            url: "https://web.archive.org/web/20221021101500/https://a.example/".to_owned(),
            date: NaiveDate::from_ymd_opt(2022, 10, 21),
        };
        let first = with_copy(text, 1, &copy).unwrap();
        assert!(first.contains("url = \"https://a.example/\"\narchived = [{ url = \"https://web.archive.org/web/20221021101500/https://a.example/\", date = 2022-10-21 }]\n\n[[references]]"), "{first}");
        let second = with_copy(text, 12, &copy).unwrap();
        assert!(
            second.contains(
                "archived = [{ url = \"https://c.example/\" }, { url = \"https://web.archive.org"
            ),
            "{second}"
        );
        assert!(second.starts_with("# By hand.\n"));
        assert!(with_copy(text, 2, &copy).is_none());
    }

    #[test]
    fn a_perma_link_names_its_record() {
        let id = |text: &str| perma_id(&text.parse().unwrap());
        assert_eq!(
            id("https://perma.cc/AB12-CD34").as_deref(),
            Some("AB12-CD34")
        );
        assert_eq!(id("https://perma.cc/about"), None);
        assert_eq!(id("https://example.org/AB12-CD34"), None);
    }
}
