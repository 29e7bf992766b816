//! An archive of a fleet: takes the bundles with pages that it cites, in order, each once, and says when it wants the next visits.

use std::collections::{BTreeMap, BTreeSet};

use super::{Citation, Depot, DepotError, Frontier, FrontierError, Waiting, unseal};
use crate::{
    clock::Instant,
    interchange::{Imported, Importer},
    store::StoreError,
    text::with_causes,
    uri::TargetUri,
    warc::Further,
};

/// Why an archive cannot take what waits.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The database.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// The depot.
    #[error(transparent)]
    Depot(#[from] DepotError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an archive took.
#[derive(Debug, Default)]
pub struct Taken {
    /// The bundles.
    pub bundles: usize,
    /// The pages whose visits it took.
    pub pages: BTreeSet<TargetUri>,
    /// What the import says: how many visits are new.
    pub imported: Imported,
    /// The bundles that are missing or damaged, with the reason. They stay where they are.
    pub lost: Vec<(i64, String)>,
}

/// An archive and what it takes from.
#[derive(Debug)]
pub struct Taking<'a> {
    /// What waits.
    pub frontier: &'a dyn Frontier,
    /// Where it is.
    pub depot: &'a Depot,
    /// The name of the archive.
    pub archive: &'a str,
}

impl Taking<'_> {
    /// Adds the visits of bundles to the store, through `importer`. A bundle counts as taken once its visits are durable; if the
    /// program ends before, it is taken again, and the import skips what is there.
    ///
    /// # Errors
    /// The database, the depot or the store fails. What was taken before is kept.
    pub async fn take(
        &self,
        waiting: &[Waiting],
        mut importer: Importer<'_>,
    ) -> Result<Taken, TakeError> {
        let mut taken = Taken::default();
        let mut stored = Vec::new();
        for bundle in waiting {
            let bytes = match self.depot.get(&bundle.digest).await {
                Ok(bytes) => bytes,
                Err(error @ (DepotError::Missing(_) | DepotError::Damaged(_))) => {
                    taken.lost.push((bundle.bundle, error.to_string()));
                    continue;
                }
                // What was read so far is stored; the rest waits.
                Err(_) if !stored.is_empty() => break,
                Err(error) => return Err(error.into()),
            };
            let unsealed = match unseal(&bundle.digest, &bytes) {
                Ok(unsealed) => unsealed,
                Err(error) => {
                    taken.lost.push((bundle.bundle, with_causes(&error)));
                    continue;
                }
            };
            let cited: BTreeSet<&str> = bundle.seeds.iter().map(String::as_str).collect();
            let is_cited = |uri: &TargetUri| cited.contains(uri.as_str());
            let mut further = unsealed.further;
            further.retain(|page| is_cited(&page.of.list));
            for visit in unsealed.visits {
                let is_further = visit.captures.first().is_some_and(|first| {
                    let is_it =
                        |page: &Further| (&page.uri, page.date) == (&first.target_uri, first.date);
                    further.iter().any(is_it)
                });
                if is_cited(&visit.seed) {
                    taken.pages.insert(visit.seed.clone());
                } else if !is_further {
                    continue;
                }
                importer.visit(visit).await?;
            }
            importer.bind_later(further);
            stored.push(bundle.bundle);
        }
        let is_told = |_: Result<&_, &_>| {};
        taken.imported = importer.finish(is_told).await?;
        for bundle in stored {
            self.frontier.taken(self.archive, bundle).await?;
            taken.bundles += 1;
        }
        Ok(taken)
    }

    /// Gives up bundles that are lost: their pages become due again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn give_up(&self, lost: &[(i64, String)]) -> Result<(), FrontierError> {
        for (bundle, _) in lost {
            self.frontier.taken(self.archive, *bundle).await?;
        }
        Ok(())
    }
}

/// What was said of a page: when its next visit is wanted, the condition, and the lists.
type Said = (Option<Instant>, Option<String>, Option<String>);

/// What an archive has told the frontier about the pages that it cites.
#[derive(Debug, Default)]
pub struct Told {
    cited: BTreeMap<TargetUri, Said>,
}

impl Told {
    /// What the frontier knows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn read(frontier: &dyn Frontier, archive: &str) -> Result<Self, FrontierError> {
        let cited = frontier.cited(archive).await?;
        let cited = cited
            .into_iter()
            .map(|it| (it.uri, (it.due, it.condition, it.lists)));
        Ok(Self {
            cited: cited.collect(),
        })
    }

    /// Forgets what was said about pages, because new visits of them were taken.
    pub fn forget<'a>(&mut self, pages: impl IntoIterator<Item = &'a TargetUri>) {
        for page in pages {
            if let Some(said) = self.cited.get_mut(page) {
                *said = (None, None, None);
            }
        }
    }

    /// Says what has changed: which pages the archive cites, and when it wants each. Returns how many pages it is about.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tell(
        &mut self,
        frontier: &dyn Frontier,
        archive: &str,
        wanted: &[Citation],
    ) -> Result<usize, FrontierError> {
        let now = frontier.now().await?;
        let pages: BTreeSet<&TargetUri> = wanted.iter().map(|it| &it.uri).collect();
        let gone = self.cited.keys().filter(|page| !pages.contains(page));
        let gone: Vec<TargetUri> = gone.cloned().collect();
        let is_news = |it: &&Citation| match self.cited.get(&it.uri) {
            None => true,
            Some((due, condition, lists)) => {
                *condition != it.condition || *lists != it.lists || !is_same(*due, it.due, now)
            }
        };
        let news: Vec<Citation> = wanted.iter().filter(is_news).cloned().collect();
        if !gone.is_empty() {
            frontier.retract(archive, &gone).await?;
            self.cited.retain(|page, _| pages.contains(page));
        }
        if !news.is_empty() {
            frontier.cite(archive, &news).await?;
        }
        let count = news.len() + gone.len();
        for it in news {
            self.cited.insert(it.uri, (it.due, it.condition, it.lists));
        }
        Ok(count)
    }
}

/// Whether two due dates mean the same at `now`: both are over, or they are equal to the microsecond of the database.
fn is_same(told: Option<Instant>, wanted: Option<Instant>, now: Instant) -> bool {
    match (told, wanted) {
        (Some(told), Some(wanted)) => {
            (told <= now && wanted <= now) || told.timestamp_micros() == wanted.timestamp_micros()
        }
        (told, wanted) => told == wanted,
    }
}
