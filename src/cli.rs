//! The commands: one file per verb, and what they share.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, error::ErrorKind};

mod exit;
mod failure;
mod page;
mod session;

mod check;
mod config;
mod extract;

pub use exit::Exit;
use failure::Failure;
use session::Session;

/// What the help says of exit codes, and README too.
const EXIT_CODES: &str = "\
Exit codes:
  0        done
  1        --fail-on matched
  2        usage or configuration
  3        some pages could not be fetched
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
    /// Shows the lists of a page, as the reader finds them; touches no store
    Extract(extract::ExtractArgs),
    /// Holds names, quotations or sentences against a page; touches no store
    Check(check::CheckArgs),
    /// Prints every setting, its value, and where it comes from
    Config(config::ConfigArgs),
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
    let outcome = Session::open(&cli.common).and_then(|session| cli.verb.run(&session));
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
            Self::Extract(it) => it.run(),
            Self::Check(it) => it.run(),
            Self::Config(it) => it.run(session),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_tree_is_sound() {
        super::Cli::command().debug_assert();
    }
}
