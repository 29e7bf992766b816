//! The commands: one file per verb, and the code that they share.

use std::ffi::OsString;

use crate::{store::Store, uri::TargetUri};

use clap::{Args, Parser, Subcommand, error::ErrorKind};

mod archive;
mod article_page;
mod exit;
mod failure;
mod fetching;
mod findings;
mod ledger;
#[cfg(feature = "mcp")]
mod mcp;
mod mute;
mod news;
mod notify;
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
mod copies;
mod demo;
mod diff;
mod edits;
mod evidence;
mod export;
mod extract;
mod feed;
#[cfg(feature = "fleet")]
mod fleet;
mod history;
mod import;
mod pdf_text;
mod profile;
mod prove;
mod prune;
mod push;
mod recheck;
mod report;
mod rescue;
mod review;
mod run;
mod serve;
mod status;
mod user;
mod verify;
mod watch;

pub use exit::Exit;
use failure::Failure;
use session::Session;

/// The exit codes, as the help lists them; the README lists the same.
const EXIT_CODES: &str = "\
Exit codes:
  0        done
  1        --fail-on matched
  2        usage or configuration
  3        some pages not fetched, some records not imported completely, or some messages not sent
  4        the store is damaged
  5        another run holds the lock
  130/143  stopped by Ctrl-C / SIGTERM";

/// Does the page still say so? Archive the pages that an article cites, and show, claim by claim, what they still say.
#[derive(Debug, Parser)]
#[command(name = "stillsays", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Verb,
}

/// The flags that every command takes.
#[derive(Args, Clone, Debug)]
struct Common {
    /// The settings file [default: config/stillsays.toml, if it exists]
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "FILE",
        env = "STILLSAYS_CONFIG"
    )]
    config: Option<std::path::PathBuf>,
    /// The archive file
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "FILE"
    )]
    store: Option<String>,
    /// Override a setting by its key; repeatable
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "KEY=VALUE"
    )]
    set: Vec<String>,
    /// Print only errors and the requested output
    #[arg(short, long, global = true, help_heading = "Global options")]
    quiet: bool,
    /// Print more on stderr; give twice for everything
    #[arg(short, long, global = true, help_heading = "Global options", action = clap::ArgAction::Count)]
    verbose: u8,
    /// When to use colour
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = false
    )]
    color: session::When,
    /// The time to take as now, for replays and tests (RFC 3339)
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        hide = true,
        value_name = "TIME",
        env = "STILLSAYS_CLOCK"
    )]
    clock: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the whole flow on a built-in sample, without a network
    Demo(demo::DemoArgs),
    /// Create the settings, the archive and the ledger's key, where missing
    Init(ledger::InitArgs),
    /// Visit the pages that are due, and report what changed
    Run(Box<run::RunArgs>),
    /// Run whenever something is due, until SIGTERM
    Watch(Box<watch::WatchArgs>),
    /// Compute every finding again, from the archive alone
    Recheck(recheck::RecheckArgs),
    /// Print or write the report on a profile
    Report(report::ReportArgs),
    /// Show the references: their fate, their visits, and what depends on them
    Status(status::StatusArgs),
    /// Print the edits that the article needs, ready to paste, or mark them as done
    Edits(edits::EditsArgs),
    /// Decide about findings: accept, reject, later, undo
    Review(review::ReviewArgs),
    /// Stop asking about new names of a list, or ask again
    Mute(mute::MuteArgs),
    /// Send alerts again, test the channels, and show what was sent
    Notify(notify::NotifyArgs),
    /// Write what was found as an Atom feed
    Feed(feed::FeedArgs),
    /// Show what changed between two captures of a page
    Diff(diff::DiffArgs),
    /// Show what each capture says about a claim, name by name
    History(history::HistoryArgs),
    /// List the captures of a page
    Captures(status::CapturesArgs),
    /// Show what is known about each host, and when it may be visited again
    Hosts(fetching::HostsArgs),
    /// Show reports and archived pages in a browser
    Serve(serve::ServeArgs),
    /// Answer the questions of assistants over stdio (Model Context Protocol); read only
    #[cfg(feature = "mcp")]
    Mcp(mcp::McpArgs),
    /// Add accounts for `serve`, and list and change them
    User(user::UserArgs),
    /// Read everything back, and check that the archive is intact
    Verify(verify::VerifyArgs),
    /// Print the ledger's latest checkpoint, to be kept elsewhere
    Checkpoint(ledger::CheckpointArgs),
    /// Print the proof that a capture or finding is in the ledger
    Prove(prove::ProveArgs),
    /// Write captures as WARC files with an index, or as a WACZ package
    Export(export::ExportArgs),
    /// Write a finding and the captures it rests on as a WACZ package
    Evidence(evidence::EvidenceArgs),
    /// Look for copies of cited pages in other archives, and copy the nearest
    Rescue(rescue::RescueArgs),
    /// Have cited pages saved in another archive, and show what came of it
    Push(push::PushArgs),
    /// Add a copy from another archive by its address, or list the copies
    Copies(copies::CopiesArgs),
    /// Add captures from WARC files and WACZ packages
    Import(import::ImportArgs),
    /// Remove old payloads by the rules under [retention], and record each removal
    Prune(prune::PruneArgs),
    /// Copy the archive, even during a run
    Backup(backup::BackupArgs),
    /// Replace the archive with a backup, and keep the old one aside
    Restore(backup::RestoreArgs),
    /// Share the fetching of many archives between machines
    #[cfg(feature = "fleet")]
    Fleet(fleet::FleetArgs),
    /// Show the lists on a page, as the reader finds them; needs no archive
    Extract(extract::ExtractArgs),
    /// Check names, quotations or sentences against a page; needs no archive
    Check(check::CheckArgs),
    /// Import articles as profiles; check and list profiles
    Profile(profile::ProfileArgs),
    /// Print every setting, its value, and where the value comes from
    Config(config::ConfigArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page
    Man(completions::ManArgs),
    /// Read a PDF file from stdin, and write its text layer, one page per line
    #[command(hide = true)]
    PdfText(pdf_text::PdfTextArgs),
}

/// Runs the program with `arguments` (the first is the program's name), prints what it has to say, and returns how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // If the terminal itself is gone, the message has no reader.
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

/// The output formats of most commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs; every document gives the version of its format
    Json,
}

impl Verb {
    fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::Demo(demo) => demo.run(session),
            Self::Init(init) => init.run(session),
            Self::Run(run) => run.run(session),
            Self::Watch(watch) => watch.run(session),
            Self::Recheck(recheck) => recheck.run(session),
            Self::Report(report) => report.run(session),
            Self::Status(status) => status.run(session),
            Self::Edits(edits) => edits.run(session),
            Self::Review(review) => review.run(session),
            Self::Mute(mute) => mute.run(session),
            Self::Notify(notify) => notify.run(session),
            Self::Feed(feed) => feed.run(session),
            Self::Diff(diff) => diff.run(session),
            Self::History(history) => history.run(session),
            Self::Captures(captures) => captures.run(session),
            Self::Hosts(hosts) => hosts.run(session),
            Self::Serve(serve) => serve.run(session),
            #[cfg(feature = "mcp")]
            Self::Mcp(mcp) => mcp.run(session),
            Self::User(user) => user.run(session),
            Self::Verify(verify) => verify.run(session),
            Self::Checkpoint(checkpoint) => checkpoint.run(session),
            Self::Prove(prove) => prove.run(session),
            Self::Export(export) => export.run(session),
            Self::Evidence(evidence) => evidence.run(session),
            Self::Rescue(rescue) => rescue.run(session),
            Self::Push(push) => push.run(session),
            Self::Copies(copies) => copies.run(session),
            Self::Import(import) => import.run(session),
            Self::Prune(prune) => prune.run(session),
            Self::Backup(backup) => backup.run(session),
            Self::Restore(restore) => restore.run(session),
            #[cfg(feature = "fleet")]
            Self::Fleet(fleet) => fleet.run(session),
            Self::Extract(extract) => extract.run(),
            Self::Check(check) => check.run(),
            Self::Profile(profile) => profile.run(session),
            Self::Config(config) => config.run(session),
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
            Self::PdfText(pdf_text) => pdf_text.run(),
        }
    }
}

/// Parses an address that a person typed; returns the address without its fragment, and the fragment.
fn address(text: &str) -> Result<(TargetUri, Option<String>), Failure> {
    TargetUri::parse(text).map_err(|error| {
        Failure::usage(error).hint("write the complete address, including https://")
    })
}

/// The failure for a page without captures; the hint names the most similar address that has some, or how to fill an empty archive.
fn not_archived(store: &Store, uri: &TargetUri) -> Result<Failure, Failure> {
    let near = |text: &str| strsim::jaro_winkler(text, uri.as_str());
    let known = store.last_visits()?;
    let nearest = known
        .iter()
        .map(|known| known.0)
        .max_by(|a, b| near(a).total_cmp(&near(b)));
    let failure = Failure::usage(anyhow::anyhow!("the archive has no capture of {uri}"));
    Ok(match nearest {
        Some(nearest) => failure.hint(format!("it has captures of {nearest}, among others")),
        None => failure.hint("the archive is empty; `stillsays run` fills it"),
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
