//! The commands: one file per verb, and what they share.

use std::ffi::OsString;

use crate::{store::Store, uri::TargetUri};

use clap::{Args, Parser, Subcommand, error::ErrorKind};

mod archive;
mod exit;
mod failure;
mod fetching;
mod findings;
mod ledger;
mod news;
mod output;
mod page;
mod profiles;
mod progress;
mod session;
mod signals;

mod backup;
mod check;
mod completions;
mod config;
mod demo;
mod diff;
mod evidence;
mod export;
mod extract;
mod history;
mod import;
mod pdf_text;
mod profile;
mod prove;
mod prune;
mod recheck;
mod report;
mod review;
mod run;
mod serve;
mod status;
mod verify;
mod watch;

pub use exit::Exit;
use failure::Failure;
use session::Session;

/// What the help says of exit codes; README says the same.
const EXIT_CODES: &str = "\
Exit codes:
  0        done
  1        --fail-on matched
  2        usage or configuration
  3        some pages could not be fetched, or some records not be imported whole
  4        the store is damaged
  5        another run holds the lock
  130/143  stopped by Ctrl-C / SIGTERM";

/// Does the page still say so? Archives the pages an article cites and shows, claim by claim, what they still say.
#[derive(Debug, Parser)]
#[command(name = "stillsays", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Verb,
}

/// The flags that every verb takes.
#[derive(Args, Clone, Debug)]
struct Common {
    /// The settings file [default: config/stillsays.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE", env = "STILLSAYS_CONFIG")]
    config: Option<std::path::PathBuf>,
    /// The archive
    #[arg(long, global = true, value_name = "FILE")]
    store: Option<String>,
    /// Overrules any setting, by its key
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Says nothing but errors, and the data that was asked for
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Says more, on stderr; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Colour: on a terminal unless NO_COLOR is set, always, or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = false
    )]
    color: session::When,
    /// The time that counts as now, for replays and tests (RFC 3339)
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "TIME",
        env = "STILLSAYS_CLOCK"
    )]
    clock: Option<String>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Shows the whole flow on a built-in sample, without a network
    Demo(demo::DemoArgs),
    /// Makes settings, archive and the ledger's key, where they are not there yet
    Init(ledger::InitArgs),
    /// Visits the pages that are due, and reports what changed
    Run(Box<run::RunArgs>),
    /// Runs whenever something is due, until SIGTERM
    Watch(Box<watch::WatchArgs>),
    /// Computes every finding again from the archive alone
    Recheck(recheck::RecheckArgs),
    /// Prints or writes the report on a profile
    Report(report::ReportArgs),
    /// Shows the references: fate, visits, what rests on them
    Status(status::StatusArgs),
    /// Decides about a finding: accept, reject, later, undo
    Review(review::ReviewArgs),
    /// Shows what changed between two captures of a page
    Diff(diff::DiffArgs),
    /// Shows what each capture says of a claim, name by name
    History(history::HistoryArgs),
    /// Lists what is held of a page
    Captures(status::CapturesArgs),
    /// Shows what is remembered of each host, and when it may be asked again
    Hosts(fetching::HostsArgs),
    /// Shows reports and archived pages in a browser
    Serve(serve::ServeArgs),
    /// Reads everything back and says whether the archive is whole
    Verify(verify::VerifyArgs),
    /// Prints the ledger's last checkpoint, to be kept elsewhere
    Checkpoint(ledger::CheckpointArgs),
    /// Prints the proof that a capture or finding is in the ledger
    Prove(prove::ProveArgs),
    /// Writes captures as WARC files with their index, or as a WACZ package
    Export(export::ExportArgs),
    /// Writes a finding and the captures it rests on as a WACZ package
    Evidence(evidence::EvidenceArgs),
    /// Takes captures from WARC files and WACZ packages
    Import(import::ImportArgs),
    /// Removes old payloads by the rules under [retention], each a recorded act
    Prune(prune::PruneArgs),
    /// Copies the archive, also while a run is going on
    Backup(backup::BackupArgs),
    /// Puts a copy in the archive's place, and keeps what was there
    Restore(backup::RestoreArgs),
    /// Shows the lists of a page, as the reader finds them; touches no store
    Extract(extract::ExtractArgs),
    /// Holds names, quotations or sentences against a page; touches no store
    Check(check::CheckArgs),
    /// Reads articles into profiles, and looks profiles through
    Profile(profile::ProfileArgs),
    /// Prints every setting, its value, and where it comes from
    Config(config::ConfigArgs),
    /// Prints completions for a shell
    Completions(completions::CompletionsArgs),
    /// Prints the manual page
    Man(completions::ManArgs),
    /// Reads a PDF file on stdin and writes its text layer, a page a line
    #[command(hide = true)]
    PdfText(pdf_text::PdfTextArgs),
}

/// Runs the program on its arguments; everything a person sees is written here and below.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when the terminal itself is gone.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Usage,
            };
        }
    };
    let outcome = Session::open(&cli.common).and_then(|session| {
        let exit = cli.verb.run(&session)?;
        Ok(session.exit(exit))
    });
    outcome.unwrap_or_else(Failure::tell)
}

/// The forms that most verbs print in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs; every JSON names its format's version.
    Json,
}

impl Verb {
    fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::Demo(it) => it.run(session),
            Self::Init(it) => it.run(session),
            Self::Run(it) => it.run(session),
            Self::Watch(it) => it.run(session),
            Self::Recheck(it) => it.run(session),
            Self::Report(it) => it.run(session),
            Self::Status(it) => it.run(session),
            Self::Review(it) => it.run(session),
            Self::Diff(it) => it.run(session),
            Self::History(it) => it.run(session),
            Self::Captures(it) => it.run(session),
            Self::Hosts(it) => it.run(session),
            Self::Serve(it) => it.run(session),
            Self::Verify(it) => it.run(session),
            Self::Checkpoint(it) => it.run(session),
            Self::Prove(it) => it.run(session),
            Self::Export(it) => it.run(session),
            Self::Evidence(it) => it.run(session),
            Self::Import(it) => it.run(session),
            Self::Prune(it) => it.run(session),
            Self::Backup(it) => it.run(session),
            Self::Restore(it) => it.run(session),
            Self::Extract(it) => it.run(),
            Self::Check(it) => it.run(),
            Self::Profile(it) => it.run(session),
            Self::Config(it) => it.run(session),
            Self::Completions(it) => it.run(),
            Self::Man(it) => it.run(),
            Self::PdfText(it) => it.run(),
        }
    }
}

/// Reads an address that a person typed.
fn address(text: &str) -> Result<(TargetUri, Option<String>), Failure> {
    TargetUri::parse(text)
        .map_err(|it| Failure::usage(it).hint("write the whole address, with https://"))
}

/// The failure for a page that the archive holds nothing of, with the nearest that it does hold.
fn not_held(store: &Store, uri: &TargetUri) -> Result<Failure, Failure> {
    let near = |it: &str| strsim::jaro_winkler(it, uri.as_str());
    let known = store.last_visits()?;
    let nearest = known
        .iter()
        .map(|it| it.0)
        .max_by(|a, b| near(a).total_cmp(&near(b)));
    let failure = Failure::usage(anyhow::anyhow!("the archive holds no capture of {uri}"));
    Ok(match nearest {
        Some(it) => failure.hint(format!("it holds captures of {it}, among others")),
        None => failure.hint("it holds nothing yet; `stillsays run` begins"),
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_tree_is_sound() {
        super::Cli::command().debug_assert();
    }
}
