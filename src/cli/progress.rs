//! The progress of a run: a bar on a terminal, plain lines elsewhere, nothing under `--quiet`.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    capture::{Outcome, Visit},
    pipeline::Event,
    text::for_terminal,
};

use super::Session;

/// How progress is shown.
pub(super) enum Progress {
    /// Not at all.
    Quiet,
    /// One line per visit, on stderr.
    Lines {
        /// Visits so far.
        done: usize,
        /// Visits planned.
        planned: usize,
    },
    /// A bar, on stderr.
    Bar(ProgressBar),
}

impl Progress {
    /// No progress under `--quiet`, a bar on a terminal, and lines elsewhere.
    pub(super) fn new(session: &Session) -> Self {
        if session.quiet {
            return Self::Quiet;
        }
        if !io::stderr().is_terminal() {
            return Self::Lines {
                done: 0,
                planned: 0,
            };
        }
        let bar = ProgressBar::new(0);
        let style =
            ProgressStyle::with_template("{bar:24} {pos}/{len} pages  {elapsed}  {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Bar(bar)
    }

    /// Shows one event.
    pub(super) fn tell(&mut self, event: &Event<'_>) {
        match (self, event) {
            (Self::Quiet, _) | (_, Event::Compared(_)) => {}
            (Self::Lines { planned, .. }, Event::Planned(count)) => *planned = *count,
            (Self::Lines { done, planned }, Event::Visited(visit)) => {
                *done += 1;
                let line = for_terminal(&line(visit));
                // A lost progress line must not stop the run.
                let _ = writeln!(
                    io::stderr().lock(),
                    "[{done}/{}] {line}",
                    (*planned).max(*done)
                );
            }
            (Self::Lines { .. }, Event::Remark(remark)) => {
                let _ = writeln!(io::stderr().lock(), "note: {}", for_terminal(remark));
            }
            (Self::Bar(bar), Event::Remark(remark)) => {
                bar.println(format!("note: {}", for_terminal(remark)));
            }
            (Self::Bar(bar), Event::Planned(count)) => bar.set_length(*count as u64),
            (Self::Bar(bar), Event::Visited(visit)) => {
                bar.inc(1);
                bar.set_message(for_terminal(&line(visit)));
            }
        }
    }

    /// Removes the bar.
    pub(super) fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// One line for a visit: its outcome, and the page.
fn line(visit: &Visit) -> String {
    let outcome = visit.last().map(|visit| outcome(&visit.outcome));
    let hops = match visit.redirects() {
        0 => String::new(),
        1 => " after a redirect".into(),
        hops => format!(" after {hops} redirects"),
    };
    format!("{}{hops}  {}", outcome.unwrap_or_default(), visit.seed)
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Response(response) => {
            let status = crate::capture::status_of(&response.head).unwrap_or_default();
            format!("{status} {} bytes", response.payload.len())
        }
        Outcome::Revisit(_) => "unchanged".into(),
        Outcome::Failure(failure) => format!("failed: {}", failure.detail),
    }
}
