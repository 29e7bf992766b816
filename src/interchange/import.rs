//! Imports captures from files of other programs into the archive.

use std::{collections::BTreeMap, io::BufRead};

use tokio::task::JoinSet;

use crate::{
    capture::{Capture, Outcome, Source, Visit, asked_otherwise},
    clock::{Clock, Instant},
    digest::LabelledDigest,
    store::{AddedVisit, Counts, Crawl, CrawlId, Store, StoreError},
    uri::TargetUri,
    warc::{Further, Originals, Reader, Unresolved, WarcError, Warning, read_captures},
};

use super::Chains;

/// How many visits are added at once: as many as share a commit.
const TOGETHER: usize = crate::store::WRITES_IN_A_COMMIT;

/// How many bytes of bodies are added at once, whatever the size of one visit.
const TOGETHER_BYTES: usize = 8 << 20;

/// The longest head of a response, in bytes, in addition to its body.
const MOST_HEAD: u64 = 1 << 20;

/// How many captures of a page in the archive are compared with a kind of digest that only other programs use.
const LOOKED_AT: usize = 64;

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Captures that were read.
    pub captures: u64,
    /// New visits from these captures.
    pub new: u64,
    /// Of the captures, those that other archives made.
    pub copied: u64,
    /// Visits that were already in the archive.
    pub stored: u64,
    /// Captures that answer a request other than a plain one for a page: not visits.
    pub otherwise: u64,
    /// Records that could not be read completely, and revisits whose response was not found.
    pub lost: u64,
}

/// Whose captures imported ones are, where their records do not say: ours, unless another archive is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// The archive that made captures whose records name none (`import --source`); `None` for our own.
    pub archive: Option<String>,
    /// The address under which that archive has all of them, where it has one for the file: a Perma link, a package.
    pub memento: Option<String>,
    /// When they were copied from there.
    pub copied: Option<Instant>,
    /// The beginning of the addresses at which others open our own archive: a record that names one of them is ours.
    pub own: Option<String>,
}

impl Whose {
    fn of(&self, mut capture: Capture, file: &str) -> Capture {
        let is_own = |source: &Source| match (&self.own, &source.memento) {
            (Some(own), Some(memento)) => memento.starts_with(own.as_str()),
            _ => false,
        };
        capture.source = match capture.source.take() {
            Some(source) if is_own(&source) => None,
            None => self.archive.clone().map(|archive| Source {
                archive,
                memento: self.memento.clone(),
                copied: self.copied,
                ..Source::default()
            }),
            named => named,
        };
        if let Some(source) = &mut capture.source {
            let name = file.rsplit('/').next().unwrap_or(file);
            source.file.get_or_insert_with(|| name.to_owned());
        }
        capture
    }
}

/// One import of one or more files. Visits that are already in the archive are skipped, so importing twice changes nothing.
pub struct Importer<'a> {
    store: &'a Store,
    clock: Clock,
    command: String,
    /// Whose captures they are.
    whose: Whose,
    /// The crawl; begins with the first new visit.
    crawl: Option<CrawlId>,
    originals: Originals,
    /// Redirects of all files that wait for their targets.
    chains: Chains,
    /// Revisits of all files that wait for their responses.
    unresolved: Vec<Unresolved>,
    /// The longest record that is read completely, in bytes.
    most_bytes: u64,
    imported: Imported,
    /// New visits without a response.
    failed: u64,
    adding: JoinSet<Result<(AddedVisit, bool), StoreError>>,
    /// Bytes of the bodies that are being added.
    bytes: usize,
    /// Captures that begin visits of further pages, for the end.
    further: Vec<Further>,
}

impl<'a> Importer<'a> {
    /// An import into `store` of bodies of at most `most_bytes`; `command` is recorded with the crawl.
    #[must_use]
    pub fn new(store: &'a Store, clock: Clock, command: String, most_bytes: u64) -> Self {
        Self {
            store,
            clock,
            command,
            whose: Whose::default(),
            crawl: None,
            originals: Originals::default(),
            chains: Chains::default(),
            unresolved: Vec::new(),
            most_bytes,
            imported: Imported::default(),
            failed: 0,
            adding: JoinSet::new(),
            bytes: 0,
            further: Vec::new(),
        }
    }

    /// The same, with another answer to whose captures they are.
    #[must_use]
    pub fn of(mut self, whose: Whose) -> Self {
        self.whose = whose;
        self
    }

    /// Imports every capture of a WARC file; redirects and revisits can refer to other files. `tell` receives what was repaired
    /// and what could not be read, each with file and offset.
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
        // In the record, the head of a response precedes its body.
        let limit = self.most_bytes.saturating_add(MOST_HEAD);
        let reader = Reader::new(name, reader).with_block_limit(limit);
        let mut captures = read_captures(reader).with_originals(originals);
        for capture in captures.by_ref() {
            match capture {
                Err(error) => {
                    self.imported.lost += 1;
                    tell(Err(&error));
                }
                Ok(capture) => self.take(self.whose.of(capture, name)).await?,
            }
        }
        self.imported.lost += captures.cut();
        self.further.extend(captures.take_further());
        for warning in captures.warnings() {
            tell(Ok(warning));
        }
        let (originals, unresolved) = captures.into_rest();
        self.originals = originals;
        self.unresolved.extend(unresolved);
        self.settle().await
    }

    /// Imports a visit as it is.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub async fn visit(&mut self, visit: Visit) -> Result<(), StoreError> {
        self.imported.captures += visit.captures.len() as u64;
        self.keep(visit).await
    }

    /// Binds further pages to their lists at the end, once all their visits are stored.
    pub fn bind_later(&mut self, further: Vec<Further>) {
        self.further.extend(further);
    }

    /// Ends the import, and returns its result. `tell` receives the revisits whose response was not found.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub async fn finish(
        mut self,
        mut tell: impl FnMut(Result<&Warning, &WarcError>),
    ) -> Result<Imported, StoreError> {
        let mut waiting = std::mem::take(&mut self.unresolved);
        waiting.sort_by_key(Unresolved::date);
        for awaited in waiting {
            let found = match awaited.among(&self.originals) {
                None => self.in_archive(&awaited)?,
                found => found,
            };
            if let Some(capture) = found {
                self.take(self.whose.of(capture, &awaited.file)).await?;
            } else {
                self.imported.lost += 1;
                tell(Err(&WarcError::NoCapture {
                    file: awaited.file.clone(),
                    offset: awaited.offset,
                    detail: awaited.detail(),
                }));
            }
        }
        for visit in std::mem::take(&mut self.chains).finish() {
            self.keep(visit).await?;
        }
        self.settle().await?;
        self.bind()?;
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

    /// Binds the further pages of lists as the archive had them that wrote the files.
    fn bind(&mut self) -> Result<(), StoreError> {
        let mut lists: BTreeMap<(TargetUri, Instant), BTreeMap<u32, (TargetUri, Instant)>> =
            BTreeMap::new();
        for further in std::mem::take(&mut self.further) {
            let pages = lists.entry((further.of.list, further.of.at)).or_default();
            pages.insert(further.of.place, (further.uri, further.date));
        }
        for (list, pages) in lists {
            let pages: Vec<(TargetUri, Instant)> = pages.into_values().collect();
            self.store.bind_as(&list, &pages)?;
        }
        Ok(())
    }

    async fn take(&mut self, capture: Capture) -> Result<(), StoreError> {
        self.imported.captures += 1;
        self.imported.copied += u64::from(capture.source.is_some());
        if asked_otherwise(&capture.request).is_some() {
            self.imported.otherwise += 1;
        }
        for visit in self.chains.add(capture) {
            self.keep(visit).await?;
        }
        Ok(())
    }

    /// A revisit of a response in the archive: the one with its address and date, or with its digest.
    fn in_archive(&self, revisit: &Unresolved) -> Result<Option<Capture>, StoreError> {
        let uri = revisit.refers_to_uri();
        let mut stored = self.store.captures_of(&uri)?;
        stored.retain(|(_, it)| it.revisit.is_none() && it.asked.is_none());
        let second = |at: Instant| at.timestamp();
        let said = revisit.refers_to_date().map(second);
        let digest = revisit.payload_digest().and_then(LabelledDigest::parse);
        for (_, visit) in stored.iter().rev().take(LOOKED_AT) {
            let Some(payload) = visit.payload_digest else {
                continue;
            };
            let is_meant = match &digest {
                Some(digest) => match self.store.payload(&payload) {
                    Ok(bytes) => digest.is_of(&bytes),
                    Err(StoreError::Removed { .. } | StoreError::NotHeld { .. }) => {
                        said == Some(second(visit.date))
                    }
                    Err(error) => return Err(error),
                },
                None => said == Some(second(visit.date)),
            };
            if is_meant {
                return Ok(Some(revisit.resolved(payload, visit.date, uri)));
            }
        }
        Ok(None)
    }

    async fn keep(&mut self, visit: Visit) -> Result<(), StoreError> {
        let crawl = match self.crawl {
            Some(crawl) => crawl,
            None if self.store.holds(&visit)? => {
                self.imported.stored += 1;
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
        let bodies = visit.captures.iter().map(|capture| match &capture.outcome {
            Outcome::Response(response) => response.payload.len(),
            _ => 0,
        });
        self.bytes += bodies.sum::<usize>();
        let failed = visit
            .last()
            .is_some_and(|visit| matches!(visit.outcome, Outcome::Failure(_)));
        self.adding.spawn(async move {
            let added = store.add_visit(crawl, visit, Vec::new()).await?;
            Ok((added, failed))
        });
        if self.adding.len() >= TOGETHER || self.bytes >= TOGETHER_BYTES {
            self.settle().await?;
        }
        Ok(())
    }

    /// Waits until everything that was added is on the disk.
    async fn settle(&mut self) -> Result<(), StoreError> {
        let mut failed = None;
        self.bytes = 0;
        while let Some(added) = self.adding.join_next().await {
            match added {
                Ok(Ok((it, failed))) if it.new => {
                    self.imported.new += 1;
                    self.failed += u64::from(failed);
                }
                Ok(Ok(_)) => self.imported.stored += 1,
                Ok(Err(error)) => failed = Some(error),
                // A task that panicked has written nothing, and its panic was reported.
                Err(_) => {}
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
