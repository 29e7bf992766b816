//! Captures from other programs' files into the archive.

use std::io::BufRead;

use tokio::task::JoinSet;

use crate::{
    capture::{Outcome, Visit},
    clock::Clock,
    store::{AddedVisit, Counts, Crawl, CrawlId, Store, StoreError},
    warc::{Originals, Reader, WarcError, Warning, read_captures},
};

use super::Chains;

/// How many visits are given to the archive at once, so that they share a commit.
const TOGETHER: usize = 64;

/// What came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Captures that could be read.
    pub captures: u64,
    /// Visits that they made and that were not held before.
    pub new: u64,
    /// Visits that were held already.
    pub held: u64,
}

/// One import of one or more files. What is held already is not taken again, so that importing twice changes nothing.
pub struct Importer<'a> {
    store: &'a Store,
    clock: Clock,
    command: String,
    /// Begun with the first visit that is new.
    crawl: Option<CrawlId>,
    originals: Originals,
    imported: Imported,
    /// Of the new visits, the ones that brought no response.
    failed: u64,
    adding: JoinSet<Result<(AddedVisit, bool), StoreError>>,
}

impl<'a> Importer<'a> {
    /// An import into `store`; `command` is recorded with what comes in.
    #[must_use]
    pub fn new(store: &'a Store, clock: Clock, command: String) -> Self {
        Self {
            store,
            clock,
            command,
            crawl: None,
            originals: Originals::default(),
            imported: Imported::default(),
            failed: 0,
            adding: JoinSet::new(),
        }
    }

    /// Takes every capture of a WARC file; revisits may refer to the files taken before. `tell` is given what was forgiven and what
    /// could not be read, each with file and offset.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub async fn file(
        &mut self,
        name: &str,
        reader: impl BufRead,
        mut tell: impl FnMut(Result<&Warning, &WarcError>),
    ) -> Result<(), StoreError> {
        let originals = std::mem::take(&mut self.originals);
        let mut captures = read_captures(Reader::new(name, reader)).with_originals(originals);
        let mut chains = Chains::default();
        for capture in captures.by_ref() {
            match capture {
                Err(error) => tell(Err(&error)),
                Ok(capture) => {
                    self.imported.captures += 1;
                    for visit in chains.add(capture) {
                        self.keep(visit).await?;
                    }
                }
            }
        }
        for warning in captures.warnings() {
            tell(Ok(warning));
        }
        self.originals = captures.into_originals();
        for visit in chains.finish() {
            self.keep(visit).await?;
        }
        self.settle().await
    }

    /// Ends the import, and says what came of it.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub fn finish(self) -> Result<Imported, StoreError> {
        if let Some(crawl) = self.crawl {
            let counts = Counts {
                visits: self.imported.new,
                fetched: self.imported.new - self.failed,
                failed: self.failed,
                ..Counts::default()
            };
            self.store.end_crawl(crawl, self.clock.now(), &counts)?;
        }
        Ok(self.imported)
    }

    async fn keep(&mut self, visit: Visit) -> Result<(), StoreError> {
        let crawl = match self.crawl {
            Some(it) => it,
            None if self.store.holds(&visit)? => {
                self.imported.held += 1;
                return Ok(());
            }
            None => self.store.begin_crawl(&Crawl {
                started: self.clock.now(),
                software: super::SOFTWARE.to_owned(),
                command: self.command.clone(),
            })?,
        };
        self.crawl = Some(crawl);
        let store = self.store.clone();
        let failed = visit
            .last()
            .is_some_and(|it| matches!(it.outcome, Outcome::Failure(_)));
        self.adding.spawn(async move {
            let added = store.add_visit(crawl, visit, Vec::new()).await?;
            Ok((added, failed))
        });
        if self.adding.len() >= TOGETHER {
            self.settle().await?;
        }
        Ok(())
    }

    /// Waits until everything that was given to the archive is on the disk.
    async fn settle(&mut self) -> Result<(), StoreError> {
        let mut failed = None;
        while let Some(added) = self.adding.join_next().await {
            match added {
                Ok(Ok((it, failed))) if it.new => {
                    self.imported.new += 1;
                    self.failed += u64::from(failed);
                }
                Ok(Ok(_)) => self.imported.held += 1,
                Ok(Err(error)) => failed = Some(error),
                // A task that panicked has written nothing, and its panic was told.
                Err(_) => {}
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
