//! The session that every command works in: settings, clock, and output.

use std::{
    collections::BTreeSet,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::{
    clock::{Clock, parse_warc_date},
    config::{Config, Sources},
    language,
    report::{Style, pasteable},
};

use super::{Common, Exit, Failure};

/// The settings file that is read if none is named.
pub(super) const DEFAULT_FILE: &str = "config/stillsays.toml";

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Adds the words of the file that the settings name, if they name one.
fn add_words(file: &Path) -> Result<(), Failure> {
    if file.as_os_str().is_empty() {
        return Ok(());
    }
    let wrong = |error: anyhow::Error, hint: &str| {
        Failure::usage(error.context(format!("the words of {} cannot be used", file.display())))
            .hint(hint.to_owned())
    };
    let text = std::fs::read_to_string(file)
        .map_err(|it| wrong(it.into(), "correct the setting `words`, or leave it empty"))?;
    language::add_words(&text)
        .map_err(|word| wrong(word.into(), "docs/words.md shows the sections and keys"))
}

/// One run of the program.
pub(super) struct Session {
    /// The settings, with the origin of each.
    pub(super) config: Config,
    /// The clock.
    pub(super) clock: Clock,
    /// Whether `--quiet` was given.
    pub(super) quiet: bool,
    /// Whether `--verbose` was given.
    pub(super) verbose: bool,
    /// Whether to use colours.
    pub(super) color: bool,
    /// The columns of the terminal; 100 without a terminal.
    pub(super) width: usize,
    /// The command line up to the command, ready to paste, with the flags that select the archive.
    pub(super) program: String,
    /// The flags that this run got, for processes that answer for it.
    #[cfg(feature = "mcp")]
    pub(super) flags: Vec<String>,
    /// The exit code for errors in parts of the request.
    complaints: Mutex<BTreeSet<String>>,
}

impl Session {
    /// The name that is recorded with actions: the setting `reviewer`, or the name of the account.
    pub(super) fn person(&self) -> String {
        let setting = Some(&self.config.settings.reviewer).filter(|it| !it.is_empty());
        let account = || {
            ["USER", "LOGNAME"]
                .iter()
                .find_map(|it| std::env::var(it).ok())
        };
        setting
            .cloned()
            .or_else(account)
            .unwrap_or_else(|| "somebody".into())
    }

    /// Reads the settings and sets up the log.
    pub(super) fn open(common: &Common) -> Result<Self, Failure> {
        let mut flags = Vec::new();
        if let Some(store) = &common.store {
            flags.push(("--store".to_owned(), "store".to_owned(), store.clone()));
        }
        for pair in &common.set {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                Failure::usage(anyhow::anyhow!("`--set {pair}` has no `=`"))
                    .hint("write --set KEY=VALUE, for example --set fetch.delay=5s")
            })?;
            flags.push(("--set".to_owned(), key.to_owned(), value.to_owned()));
        }
        let usual = Path::new(DEFAULT_FILE);
        let file = common
            .config
            .clone()
            .or_else(|| usual.exists().then(|| PathBuf::from(usual)));
        let config = Config::load(&Sources {
            file,
            environment: std::env::vars().collect(),
            flags,
        })?;
        add_words(&config.settings.words)?;
        let clock = match &common.clock {
            None => Clock::System,
            Some(text) => Clock::fixed(parse_warc_date(text).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!("`--clock {text}` is not a time"))
                    .hint("write it as 2024-03-01T12:00:00Z")
            })?),
        };
        let color = match common.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        log_to_stderr(common.verbose, common.quiet);
        Ok(Self {
            config,
            clock,
            quiet: common.quiet,
            verbose: common.verbose > 0,
            color,
            width: terminal_width(),
            program: program(common),
            #[cfg(feature = "mcp")]
            flags: self::flags(common),
            complaints: Mutex::default(),
        })
    }

    /// How to lay out text on this terminal.
    pub(super) fn style(&self) -> Style {
        Style {
            color: self.color,
            width: self.width,
        }
    }

    /// Prints an error in one part of the request, once, while the rest continues; the program ends with its exit code.
    pub(super) fn complain(&self, failure: &Failure) {
        let text = failure.text();
        let mut said = self
            .complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if said.insert(text.clone()) {
            // If stderr itself is gone, the message has no reader.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// The exit code of a command that ended with `exit`: an error that was printed on the way comes first.
    pub(super) fn exit(&self, exit: Exit) -> Exit {
        let said = self
            .complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match exit {
            Exit::Done | Exit::FailOn | Exit::Unfetched if !said.is_empty() => Exit::Usage,
            other => other,
        }
    }

    /// Writes an error to stderr, even under `--quiet`.
    #[expect(clippy::unused_self, reason = "unlike `remark`, it ignores `--quiet`")]
    pub(super) fn warn(&self, text: &str) {
        let _ = writeln!(
            io::stderr().lock(),
            "warning: {}",
            crate::text::for_terminal(text)
        );
    }

    /// Writes a remark to stderr, unless `--quiet`.
    pub(super) fn remark(&self, text: &str) {
        if !self.quiet {
            // A lost remark must not stop the command.
            let _ = writeln!(io::stderr().lock(), "{}", crate::text::for_terminal(text));
        }
    }
}

/// `stillsays`, with the flags that select the archive and the profiles of this session.
fn program(common: &Common) -> String {
    let mut words = vec!["stillsays".to_owned()];
    let mut flag = |name: &str, value: &str| {
        words.push(format!("--{name}"));
        words.push(pasteable(value));
    };
    if let Some(file) = &common.config {
        flag("config", &file.to_string_lossy());
    }
    if let Some(store) = &common.store {
        flag("store", store);
    }
    // Other settings do not select an archive, and some contain a password.
    let leads = |text: &&String| text.starts_with("store=") || text.starts_with("profiles=");
    for pair in common.set.iter().filter(leads) {
        flag("set", pair);
    }
    words.join(" ")
}

/// The flags that select settings, archive and time.
#[cfg(feature = "mcp")]
fn flags(common: &Common) -> Vec<String> {
    let mut words = Vec::new();
    let mut flag = |name: &str, value: &str| words.push(format!("--{name}={value}"));
    if let Some(file) = &common.config {
        flag("config", &file.to_string_lossy());
    }
    if let Some(store) = &common.store {
        flag("store", store);
    }
    for pair in &common.set {
        flag("set", pair);
    }
    if let Some(clock) = &common.clock {
        flag("clock", clock);
    }
    words
}

/// JSON for printing: indented, without control characters that a terminal would obey.
pub(super) fn json_text(value: &serde_json::Value) -> String {
    crate::text::escaped_controls(&format!("{value:#}"))
}

/// Writes data to stdout, without control characters other than line breaks and tabs.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut text = crate::text::without_controls(text);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    // In one piece: whoever reads the first line and closes the pipe has not broken it.
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    let columns = columns.or_else(|| {
        comfy_table::Table::new()
            .width()
            .filter(|_| io::stdout().is_terminal())
            .map(usize::from)
    });
    columns.unwrap_or(100).clamp(40, 200)
}

fn log_to_stderr(verbose: u8, quiet: bool) {
    use tracing_subscriber::filter::LevelFilter;
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    let ansi = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    // A process has one subscriber; a second one is refused.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(ansi)
        .with_target(false)
        .try_init();
}
