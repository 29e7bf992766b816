//! The error that a command ends with: what happened, why, what to do, and the exit code.

use std::io::Write;

use crate::{
    config::ConfigError,
    pipeline::{AnalyseError, BadProfile, PlanError, RunError},
    profile::ProfileError,
    store::{LockError, StoreError},
    text::for_terminal,
};

use super::Exit;

/// Why a command ended early.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    error: anyhow::Error,
    hint: Option<String>,
}

impl Failure {
    /// An error in the input: arguments, settings, files.
    pub(super) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit: Exit::Usage,
            error: error.into(),
            hint: None,
        }
    }

    /// The same failure with a hint about what to do.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        self.hint = (!hint.is_empty()).then_some(hint);
        self
    }

    /// The same failure, with the file and line that it comes from.
    pub(super) fn at(mut self, place: &str) -> Self {
        self.error = anyhow::anyhow!("{place}: {}", self.error);
        self
    }

    /// The same failure with another exit code.
    pub(super) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Writes the failure to stderr and returns the exit code; a broken pipe counts as success.
    pub(super) fn tell(self) -> Exit {
        if is_broken_pipe(&self.error) {
            return Exit::Done;
        }
        // If stderr itself is gone, the message has no reader.
        let _ = std::io::stderr().write_all(self.text().as_bytes());
        self.exit
    }

    /// What happened and why, on one line.
    pub(super) fn message(&self) -> String {
        format!("{:#}", self.error)
    }

    /// Whether the cause is another command that holds the lock.
    pub(super) fn is_locked(&self) -> bool {
        self.exit == Exit::Locked
    }

    /// The message as it is printed.
    pub(super) fn text(&self) -> String {
        let mut text = format!("error: {}\n", self.error);
        for cause in self.error.chain().skip(1) {
            text.push_str("  because: ");
            text.push_str(&cause.to_string());
            text.push('\n');
        }
        if let Some(hint) = &self.hint {
            text.push_str("  hint: ");
            text.push_str(hint);
            text.push('\n');
        }
        for_terminal(&text)
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|it| it.downcast_ref::<std::io::Error>())
        .any(|it| it.kind() == std::io::ErrorKind::BrokenPipe)
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        let messages = error.faults.iter().map(|fault| {
            let place = format!("{}:{}:{}", error.path.display(), fault.line, fault.column);
            let line = error.line_of(fault).map(str::trim).unwrap_or_default();
            let shown = match line {
                "" => String::new(),
                line => format!("\n  | {line}"),
            };
            format!("{place}: {}{shown}\n  hint: {}", fault.what, fault.hint)
        });
        let messages: Vec<String> = messages.collect();
        if messages.is_empty() {
            return Self::usage(error);
        }
        Self::usage(anyhow::anyhow!(messages.join("\nerror: ")))
    }
}

impl From<BadProfile> for Failure {
    fn from(error: BadProfile) -> Self {
        if let BadProfile::Profile(error) | BadProfile::SomethingElse(error) = error {
            return error.into();
        }
        let hint = error.hint().to_owned();
        Self::usage(error).hint(hint)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::usage(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let hint = error.hint();
        let exit = if error.is_damage() {
            Exit::Damaged
        } else {
            Exit::Usage
        };
        Self::usage(error).hint(hint).exit(exit)
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let hint = error.hint();
        let exit = match error {
            LockError::Taken { .. } => Exit::Locked,
            LockError::Io { .. } => Exit::Usage,
        };
        Self::usage(error).hint(hint).exit(exit)
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}

impl From<AnalyseError> for Failure {
    fn from(error: AnalyseError) -> Self {
        match error {
            AnalyseError::Store(error) => error.into(),
            AnalyseError::Stopped => Self::usage(error)
                .hint("run the command again: what was compared before the stop is kept")
                .exit(Exit::Terminated),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Store(error) => error.into(),
            RunError::Plan(error) => error.into(),
            RunError::Analyse(error) => error.into(),
        }
    }
}
