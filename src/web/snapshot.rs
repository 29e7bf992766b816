//! The data behind the pages of the site, kept in memory and renewed when the store or the file of a profile changes.

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::NaiveDate;

use super::profiles::{Entry, Profiles};
use crate::{
    clock::Instant,
    pipeline::{self, AnalyseError, Comparing},
    report::Report,
    store::{Store, StoreError, Version},
};

/// The most findings of all reports in memory together; the latest report is always kept.
const FINDINGS: usize = 20_000;

/// The data in memory.
#[derive(Default)]
pub(super) struct Snapshot {
    profiles: Mutex<Profiles>,
    /// The reports; the latest one requested comes last.
    reports: Mutex<Vec<Kept>>,
}

/// A report, and the version that it was made from.
struct Kept {
    version: Version,
    today: NaiveDate,
    entry: Arc<Entry>,
    findings: usize,
    report: Arc<Report>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

impl Snapshot {
    /// The profiles in `folder`, sorted by name.
    pub(super) fn profiles(&self, folder: &Path) -> Vec<Arc<Entry>> {
        locked(&self.profiles).all(folder)
    }

    /// Whether the reports in memory are so many that another one would replace one of them.
    pub(super) fn is_full(&self) -> bool {
        let findings = locked(&self.reports)
            .iter()
            .map(|locked| locked.findings)
            .sum::<usize>();
        findings > FINDINGS / 2
    }

    /// The report on a profile, with commands that begin with `command`; `None` if its file cannot be read.
    pub(super) fn report(
        &self,
        store: &Store,
        entry: &Arc<Entry>,
        comparing: &Comparing,
        command: &str,
        now: Instant,
    ) -> Result<Option<Arc<Report>>, StoreError> {
        let today = now.date_naive();
        let Ok(named) = &entry.read else {
            return Ok(None);
        };
        // Taken before anything is read: whatever is written in the meantime makes another version.
        let version = store.version()?;
        let mut reports = locked(&self.reports);
        let at = reports
            .iter()
            .position(|report| report.entry.name == entry.name);
        let kept = at.map(|index| reports.remove(index));
        let kept = kept.filter(|kept| {
            kept.version == version && kept.today == today && kept.entry.is_of(entry)
        });
        let kept = if let Some(kept) = kept {
            kept
        } else {
            let findings = stored(pipeline::current(store, named, comparing))?;
            let decisions = store.decisions(now)?;
            let report = pipeline::report(store, named, &findings, &decisions, comparing, command);
            let report = stored(report)?;
            Kept {
                version,
                today,
                entry: Arc::clone(entry),
                findings: findings.len(),
                report: Arc::new(report),
            }
        };
        let report = Arc::clone(&kept.report);
        reports.push(kept);
        while reports.len() > 1
            && reports.iter().map(|report| report.findings).sum::<usize>() > FINDINGS
        {
            reports.remove(0);
        }
        Ok(Some(report))
    }
}

/// Converts the result of a comparison; while it compares, `serve` can only be stopped by ending it.
pub(super) fn stored<T>(made: Result<T, AnalyseError>) -> Result<T, StoreError> {
    made.map_err(|error| match error {
        AnalyseError::Store(error) => error,
        AnalyseError::Stopped => StoreError::Closed {
            path: Path::new("the comparison").to_owned(),
        },
    })
}

/// Locks a mutex even if a request panicked while it had the lock.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
