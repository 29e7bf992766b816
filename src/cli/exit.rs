//! Exit codes: how a cron job learns what the program did.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// There are findings of the kind that `--fail-on` names.
    FailOn,
    /// The command line, a setting, a profile or another input cannot be used.
    Usage,
    /// Some pages could not be fetched, or some records could not be imported completely.
    Unfetched,
    /// The store is damaged.
    Damaged,
    /// Another run holds the lock.
    Locked,
    /// Stopped by Ctrl-C (SIGINT).
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
}

impl Exit {
    /// The exit code of the process.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::FailOn => 1,
            Self::Usage => 2,
            Self::Unfetched => 3,
            Self::Damaged => 4,
            Self::Locked => 5,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
