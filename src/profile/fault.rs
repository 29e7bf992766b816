//! Faults in the file of a profile, each with its place and what to write instead.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// Something invalid in the file of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its byte range in the file.
    pub span: Range<usize>,
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// The character at which it begins in the line, counted from 1.
    pub column: usize,
    /// The fault, a fragment in lower case.
    pub what: String,
    /// What to write instead.
    pub hint: String,
}

/// Why a profile cannot be read: its file, its text, and every fault in it.
#[derive(Clone, Debug)]
pub struct ProfileError {
    /// The file.
    pub path: PathBuf,
    /// Its text; empty if it is not text.
    pub(super) text: String,
    /// The faults, in the order of the file; at least one.
    pub faults: Vec<Fault>,
}

impl ProfileError {
    /// The faults found in a file: the bytes, what is wrong, and what helps.
    pub(super) fn new(path: &Path, text: &str, found: Vec<(Range<usize>, String, String)>) -> Self {
        let mut faults: Vec<Fault> = found
            .into_iter()
            .map(|(span, what, hint)| {
                let (line, column) = place(text, span.start);
                Fault {
                    span,
                    line,
                    column,
                    what,
                    hint,
                }
            })
            .collect();
        faults.sort_by_key(|fault| fault.span.start);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            faults,
        }
    }

    /// The line of the file on which a fault begins; `None` if the file is not text.
    #[must_use]
    pub fn line_of(&self, fault: &Fault) -> Option<&str> {
        self.text.lines().nth(fault.line.checked_sub(1)?)
    }

    /// Advice about the first fault.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.faults.first().map_or("", |fault| &fault.hint)
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.faults.as_slice() {
            [] => write!(out, "{path} cannot be read"),
            [fault, rest @ ..] => {
                write!(
                    out,
                    "{path}:{}:{}: {}",
                    fault.line, fault.column, fault.what
                )?;
                match rest.len() {
                    0 => Ok(()),
                    more => write!(out, " (and {more} more)"),
                }
            }
        }
    }
}

impl std::error::Error for ProfileError {}

/// The line and the character of a byte, both counted from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}
