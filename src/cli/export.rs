//! `stillsays export`: writes captures as WARC files with an index, or as a WACZ package.

use std::path::{Path, PathBuf};

use chrono::{Days, Months, TimeDelta};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    capture::Outcome,
    clock::{Instant, parse_digits14, parse_warc_date, warc_date},
    interchange::{ExportError, Kept, Packed, Selection, Volumes, write_package},
    pipeline::Named,
    store::{Access, Store},
    text::for_terminal,
    uri::TargetUri,
    wacz::Page,
    warc,
};

use super::{
    Exit, Failure, Format, Session,
    output::{is_stdout, write_by},
    profiles::ProfilesArgs,
    session::{json_text, print},
};

/// Arguments of `export`.
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    form: Form,
}

/// The kinds of output.
#[derive(Debug, Subcommand)]
enum Form {
    /// Write WARC 1.1 files and a CDXJ index into a folder
    Warc(WarcArgs),
    /// Write a WACZ 1.1.1 package
    Wacz(WaczArgs),
}

/// Which captures to write.
#[derive(Args, Debug)]
struct SelectionArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The captures of this page; repeatable [default: everything]
    #[arg(short, long, value_name = "URL")]
    url: Vec<String>,
    /// Leave out captures before this time: 2024, 2024-03-01, 2024-03-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Leave out captures after this time; a day means the end of the day
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How to write visits that the server answered with "304 Not Modified"
    #[arg(long, value_name = "HOW", default_value = "keep")]
    not_modified: Unchanged,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Args, Debug)]
struct WarcArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// The folder to write into
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Begin a new file after this many bytes; K, M and G are units
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = size)]
    max_size: u64,
    /// How to write chunked responses
    #[arg(long, value_name = "HOW", default_value = "keep")]
    transfer_coding: Transfer,
}

#[derive(Args, Debug)]
struct WaczArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The title of the package [default: the titles of the profiles]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// How to write chunked responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Transfer {
    /// As received
    Keep,
    /// Without chunks, with the header field renamed
    Strip,
}

/// How to write visits that the server answered with "304 Not Modified".
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Unchanged {
    /// The exchange as it was
    Keep,
    /// A revisit that pywb and others can replay, with the head of the earlier capture; the 304 is written beside it
    Resolve,
}

impl From<Unchanged> for warc::NotModified {
    fn from(unchanged: Unchanged) -> Self {
        match unchanged {
            Unchanged::Keep => Self::Keep,
            Unchanged::Resolve => Self::Resolve,
        }
    }
}

impl ExportArgs {
    /// Writes the files, and prints how many captures they contain.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        match self.form {
            Form::Warc(warc) => warc.run(session, &store),
            Form::Wacz(wacz) => wacz.run(session, &store),
        }
    }
}

impl WarcArgs {
    fn run(self, session: &Session, store: &Store) -> Result<Exit, Failure> {
        let chosen = self.selection.choose(session, store)?;
        let transfer_coding = match self.transfer_coding {
            Transfer::Keep => warc::TransferCoding::Keep,
            Transfer::Strip => warc::TransferCoding::Strip,
        };
        let now = session.clock.now();
        let mut volumes = Volumes::new(
            &self.output,
            &chosen.prefix,
            &chosen.about,
            now,
            self.max_size,
        )?
        .with_transfer_coding(transfer_coding)
        .with_not_modified(self.selection.not_modified.into());
        let mut referred = 0_u64;
        chosen.selection.each(store, |it| {
            referred += u64::from(it.referred_to && matches!(it.kept, Kept::Whole(_)));
            volumes.add(it)
        })?;
        let (written, index) = volumes.finish_with_index()?;
        if written.captures + written.removed == 0 {
            // Without captures, there is nothing to index.
            std::fs::remove_file(&index)?;
            return Err(nothing_meant());
        }
        print(&match self.selection.format {
            Format::Json => json_text(
                &json!({"format": 1, "files": written.files, "index": index, "captures": written.captures,
                    "failures": written.failures, "referred_to": referred, "removed": written.removed, "bytes": written.bytes}),
            ),
            Format::Text => {
                let mut lines: Vec<String> = written.files.iter().map(|file| shown(file)).collect();
                lines.push(shown(&index));
                lines.join("\n")
            }
        })?;
        let also = match referred {
            0 => String::new(),
            referred => format!(", {referred} of them because a revisit refers to them"),
        };
        session.remark(&format!("{} captures{also}", written.captures));
        tell_removed(session, written.removed);
        Ok(Exit::Done)
    }
}

impl WaczArgs {
    fn run(self, session: &Session, store: &Store) -> Result<Exit, Failure> {
        let chosen = self.selection.choose(session, store)?;
        let packed = Packed {
            title: self.title.unwrap_or_else(|| chosen.title.clone()),
            description: chosen.about.clone(),
            files: Vec::new(),
            not_modified: self.selection.not_modified.into(),
        };
        let now = session.clock.now();
        let written = write_by(&self.output, |file| {
            write_package(file, now, &packed, |packing| {
                let mut meant = false;
                let outcome = chosen.selection.each::<ExportError>(store, |it| {
                    meant = true;
                    let page = chosen.page(&it.kept);
                    packing.add(it)?;
                    page.map_or(Ok(()), |page| packing.page(&page))
                });
                outcome?;
                if meant { Ok(()) } else { Err(nothing_meant()) }
            })
        })?;
        // If the package itself goes to stdout, nothing else may.
        let said = match self.selection.format {
            Format::Json => json_text(
                &json!({"format": 1, "file": self.output, "captures": written.captures, "removed": written.removed,
                    "bytes": written.bytes}),
            ),
            Format::Text => shown(&self.output),
        };
        if !is_stdout(&self.output) {
            print(&said)?;
        }
        session.remark(&format!(
            "{} captures, {} bytes",
            written.captures, written.bytes
        ));
        tell_removed(session, written.removed);
        Ok(Exit::Done)
    }
}

/// A response without its body would misrepresent what was received, so a metadata record describes it instead.
fn tell_removed(session: &Session, captures: u64) {
    if captures > 0 {
        session.remark(&format!(
            "the bodies of {captures} more were removed by `prune`: metadata records describe them"
        ));
    }
}

/// The request, resolved.
struct Chosen {
    selection: Selection,
    profiles: Vec<Named>,
    /// The beginning of the file names.
    prefix: String,
    title: String,
    /// A sentence that describes the selection.
    about: String,
}

impl Chosen {
    /// The entry in the list of pages for a capture, if the capture is a page to look at.
    fn page(&self, kept: &Kept) -> Option<Page> {
        let Kept::Whole(capture) = kept else {
            return None;
        };
        let is_page =
            matches!(capture.outcome, Outcome::Response(_)) && capture.status() == Some(200);
        is_page.then(|| Page {
            title: self.title_of(&capture.target_uri),
            url: capture.target_uri.clone(),
            date: capture.date,
        })
    }

    /// The title of a page in an article.
    fn title_of(&self, uri: &TargetUri) -> Option<String> {
        let references = self
            .profiles
            .iter()
            .flat_map(|profile| &profile.profile.references);
        let is_this = |url: &str| TargetUri::parse(url).is_ok_and(|it| it.0 == *uri);
        references
            .filter(|reference| reference.url.as_deref().is_some_and(is_this))
            .find_map(|reference| reference.title.clone())
    }
}

impl SelectionArgs {
    fn choose(&self, session: &Session, store: &Store) -> Result<Chosen, Failure> {
        let profiles = if self.profiles.is_named() {
            self.profiles.load(session)?
        } else {
            Vec::new()
        };
        let mut uris = Vec::new();
        for url in &self.url {
            let (uri, _) = super::address(url)?;
            if store.visits(&uri)?.is_empty() && store.captures_of(&uri)?.is_empty() {
                return Err(super::not_archived(store, &uri)?);
            }
            uris.push(uri);
        }
        for named in &profiles {
            let cited = named
                .profile
                .references
                .iter()
                .filter_map(|reference| reference.url.as_deref());
            uris.extend(
                cited
                    .filter_map(|it| TargetUri::parse(it).ok())
                    .map(|it| it.0),
            );
        }
        let all = self.url.is_empty() && profiles.is_empty();
        let selection = Selection {
            uris: (!all).then_some(uris),
            from: self
                .from
                .as_deref()
                .map(|source| moment(source, false))
                .transpose()?,
            to: self.to.as_deref().map(|it| moment(it, true)).transpose()?,
        };
        let titles: Vec<&str> = profiles
            .iter()
            .map(|profile| profile.profile.title.as_str())
            .collect();
        let title = match (titles.as_slice(), self.url.as_slice()) {
            ([], []) => "stillsays archive".to_owned(),
            ([], pages) => pages.join(", "),
            (articles, _) => articles.join(", "),
        };
        let prefix = match profiles.as_slice() {
            [one] => format!("stillsays-{}", file_word(&one.name)),
            _ => "stillsays".to_owned(),
        };
        let mut about = format!("Captures of the pages cited by: {title}");
        if all || profiles.is_empty() {
            about = format!("Captures: {title}");
        }
        for (word, at) in [("from", selection.from), ("to", selection.to)] {
            if let Some(at) = at {
                about = format!("{about}; {word} {}", warc_date(at));
            }
        }
        Ok(Chosen {
            selection,
            profiles,
            prefix,
            title,
            about,
        })
    }
}

fn nothing_meant() -> Failure {
    Failure::usage(anyhow::anyhow!("no capture matches; nothing was written"))
        .hint("`stillsays captures URL` lists the captures of a page")
}

fn shown(path: &Path) -> String {
    for_terminal(&path.display().to_string())
}

/// A name that is safe in file names.
fn file_word(name: &str) -> String {
    name.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || "-_".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect()
}

/// Parses a time as people write it; a whole day or year means its beginning, or with `end` its end.
fn moment(text: &str, end: bool) -> Result<Instant, Failure> {
    if let Some(at) = parse_warc_date(text).filter(|_| text.contains('T')) {
        return Ok(at);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || "-:T Z".contains(letter));
    let begins = parse_digits14(&digits).filter(|_| plain);
    let at = if end {
        let next = match digits.len() {
            4 => begins.and_then(|at| at.checked_add_months(Months::new(12))),
            6 => begins.and_then(|at| at.checked_add_months(Months::new(1))),
            8 => begins.and_then(|at| at.checked_add_days(Days::new(1))),
            _ => begins.map(|at| at + TimeDelta::seconds(1)),
        };
        next.map(|at| at - TimeDelta::microseconds(1))
    } else {
        begins
    };
    at.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("`{text}` is not a time"))
            .hint("write 2024, 2024-03-01 or 2024-03-01T12:00:00Z")
    })
}

/// Parses a number of bytes as people write it: `500M`, `1G`.
fn size(text: &str) -> Result<u64, String> {
    let (digits, unit) = text.split_at(
        text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic())
            .len(),
    );
    let factor = match unit.to_ascii_uppercase().trim_end_matches('B') {
        "" => 1,
        "K" => 1_u64 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err(format!("`{unit}` is not a unit of size; write K, M or G")),
    };
    let count: u64 = digits
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is not a size; write 500M or 1G"))?;
    count
        .checked_mul(factor)
        .filter(|product| *product > 0)
        .ok_or_else(|| format!("`{text}` is out of range for the size of a file"))
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            other => {
                let hint = other.hint();
                Self::usage(other).hint(hint)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::digits14;

    #[test]
    fn times_mean_their_beginning_or_their_end() {
        for (text, from, to) in [
            ("2024", "20240101000000", "20241231235959"),
            ("2024-02", "20240201000000", "20240229235959"),
            ("2024-03-05", "20240305000000", "20240305235959"),
            ("20240305120000", "20240305120000", "20240305120000"),
            ("2024-03-05T12:00:00Z", "20240305120000", "20240305120000"),
        ] {
            assert_eq!(digits14(moment(text, false).unwrap()), from, "{text}");
            assert_eq!(digits14(moment(text, true).unwrap()), to, "{text}");
        }
        assert!(moment("yesterday", false).is_err());
        assert!(moment("2024-13-01", false).is_err());
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("500M"), Ok(500 << 20));
        assert_eq!(size("1g"), Ok(1 << 30));
        assert_eq!(size("4096"), Ok(4096));
        assert!(size("0").is_err());
        assert!(size("5 apples").is_err());
    }
}
