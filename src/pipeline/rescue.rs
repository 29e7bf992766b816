//! Rescue: finds old copies of cited pages in other archives, and stores them as captures of those archives.
//!
//! Every answer is stored before the next request is sent, so that an interrupted command continues where it
//! was and repeats no request that was answered. The store counts the budgets for all processes together.

mod asking;
mod crawls;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::{
    archives::{self, Answer, Archive, CrawlIndex, Interface, Listed, Wanted},
    capture::{Capture, Visit},
    clock::{Clock, Instant},
    content_coding::decode_response,
    fetch,
    notify::Secret,
    store::{Counts, Crawl, CrawlId, KnownMemento, Listing, Store, StoreError},
    uri::TargetUri,
};

use super::SOFTWARE;
pub(super) use asking::{Asking, Came, Kind};

/// The most pages of one query to read from an index.
const MOST_PAGES: u32 = 10;

/// The most redirects of a copy to follow.
const MOST_HOPS: usize = 6;

/// The budgets for requests to other archives, and the keys for them.
#[derive(Clone, Debug)]
pub struct Manners {
    /// The requests for pages of an index that one archive gets in a minute.
    pub index_per_minute: u32,
    /// The requests for mementos that one archive gets in a minute.
    pub mementos_per_minute: u32,
    /// The longest time to wait for an archive; after that, the rest is left for the next command.
    pub max_wait: TimeDelta,
    /// How far a copy can be from the access date to count as near.
    pub window: TimeDelta,
    /// How long an index that was read is not asked again.
    pub again: TimeDelta,
    /// The keys, each with the name of the archive that gets it in the field `Authorization`.
    pub keys: Vec<(String, Secret)>,
    /// When to end, whatever is left.
    pub deadline: Option<std::time::Instant>,
}

/// A page for which copies are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Its address.
    pub page: TargetUri,
    /// When the article read it.
    pub accessed: Option<Instant>,
    /// Addresses of copies that the article or a person named.
    pub given: Vec<String>,
}

/// The result of a rescue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rescued {
    /// How many mementos were copied.
    pub copied: u64,
    /// What was not asked, and why: an archive, a page.
    pub left: Vec<String>,
    /// Messages for people: a copy of another date, an excluded page.
    pub remarks: Vec<String>,
}

/// A rescue of some pages.
pub struct Rescue<'a> {
    /// The archive.
    pub store: &'a Store,
    /// The archives to ask.
    pub archives: &'a [Archive],
    /// The options for requests.
    pub options: Arc<fetch::Options>,
    /// The budgets for requests.
    pub manners: Manners,
    /// The source of the current time.
    pub clock: Clock,
    /// Turns true when it must end.
    pub stop: watch::Receiver<bool>,
    /// The command, as recorded with the crawl.
    pub command: String,
}

/// A rescue in progress.
struct Going<'a> {
    rescue: &'a Rescue<'a>,
    asking: Asking<'a>,
    crawl: Option<CrawlId>,
    /// The lists of crawls that were read, by archive.
    crawls: BTreeMap<String, Vec<CrawlIndex>>,
    rescued: Rescued,
}

/// Why something was left for later.
struct Later(String);

impl Rescue<'_> {
    /// Copies the wanted mementos of each page from each archive.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub async fn go(&self, lost: &[Lost]) -> Result<Rescued, StoreError> {
        let mut going = Going {
            rescue: self,
            asking: Asking::new(
                self.store,
                Arc::clone(&self.options),
                self.manners.clone(),
                self.clock.clone(),
                self.stop.clone(),
            )?,
            crawl: None,
            crawls: BTreeMap::new(),
            rescued: Rescued::default(),
        };
        for it in lost {
            for archive in self.archives {
                let later = match archive.interface {
                    Interface::CommonCrawl => going.take_from_crawls(archive, it).await?,
                    _ => going.rescue_from(archive, it).await?,
                };
                if let Some(Later(why)) = later {
                    going
                        .rescued
                        .left
                        .push(format!("{}: {}: {why}", it.page, archive.name));
                }
            }
            for given in &it.given {
                if let Some(Later(why)) = going.given(it, given).await? {
                    going.rescued.left.push(format!("{given}: {why}"));
                }
            }
        }
        going.end()
    }
}

impl Going<'_> {
    fn end(self) -> Result<Rescued, StoreError> {
        if let Some(crawl) = self.crawl {
            let counts = Counts {
                visits: self.rescued.copied,
                fetched: self.rescued.copied,
                ..Counts::default()
            };
            let now = self.rescue.clock.now();
            self.rescue.store.end_crawl(crawl, now, &counts)?;
        }
        Ok(self.rescued)
    }

    fn window(&self, lost: &Lost) -> (Instant, Instant) {
        let day = lost.accessed.unwrap_or_else(|| self.rescue.clock.now());
        (
            day - self.rescue.manners.window,
            day + self.rescue.manners.window,
        )
    }

    /// Lists what an archive has of a page, and copies what is wanted.
    async fn rescue_from(
        &mut self,
        archive: &Archive,
        lost: &Lost,
    ) -> Result<Option<Later>, StoreError> {
        if let Some(later) = self.list(archive, lost).await? {
            return Ok(Some(later));
        }
        for it in self.wanted(archive, lost)? {
            if let Some(later) = self.copy(lost, &archive.name, &it).await? {
                return Ok(Some(later));
            }
        }
        Ok(None)
    }

    /// The listed mementos of a page to copy that were not asked for yet.
    fn wanted(&self, archive: &Archive, lost: &Lost) -> Result<Vec<KnownMemento>, StoreError> {
        let mut known = self.rescue.store.mementos(&lost.page, &archive.name)?;
        let listed: Vec<Listed> = known.iter().map(listed_as).collect();
        let chosen = archives::wanted(&listed, lost.accessed, self.window(lost));
        let chosen: BTreeSet<&str> = chosen.iter().map(|chosen| chosen.raw.as_str()).collect();
        known.retain(|known| known.state == "listed" && chosen.contains(known.uri.as_str()));
        Ok(known)
    }

    /// Reads the index of an archive about a page, unless that was done recently.
    async fn list(&mut self, archive: &Archive, lost: &Lost) -> Result<Option<Later>, StoreError> {
        let store = self.rescue.store;
        let known = store.listings(&lost.page)?;
        let around = lost.accessed.map(|_| self.window(lost));
        for (name, query) in archive.queries(&lost.page, around) {
            let before = known
                .iter()
                .find(|it| it.0 == archive.name && it.1 == name)
                .map(|known| &known.2);
            let now = self.rescue.clock.now();
            if before
                .is_some_and(|before| before.done && before.at + self.rescue.manners.again > now)
            {
                continue;
            }
            let begun = before.filter(|before| !before.done);
            let mut resume = begun.and_then(|begun| begun.resume.clone());
            let mut bad = begun.map_or(0, |begun| begun.bad);
            for page in 1..=MOST_PAGES {
                let uri = resume
                    .as_deref()
                    .map_or_else(|| query.clone(), |resume| Archive::going_on(&query, resume));
                let Ok(uri) = uri.parse::<TargetUri>() else {
                    break;
                };
                let meaning = |capture: &Capture| archives::of_index(capture);
                let (capture, answer) = match self
                    .asking
                    .ask(&archive.name, Kind::Index, &uri, &meaning)
                    .await?
                {
                    Came::Later(why) => return Ok(Some(Later(why))),
                    Came::Answer(capture, answer) => (capture, answer),
                };
                let mut listing = Listing {
                    at: self.rescue.clock.now(),
                    resume: None,
                    done: true,
                    bad,
                    why: None,
                };
                let read = match answer {
                    None => self.rows(archive, lost, &capture),
                    Some(Answer::Absent) => Ok(archives::Page::default()),
                    Some(Answer::Excluded(why) | Answer::Unusable(why)) => {
                        self.rescued
                            .remarks
                            .push(format!("{}: {}: {why}", lost.page, archive.name));
                        listing.why = Some(why);
                        store.put_listing(
                            &lost.page,
                            (&archive.name, name),
                            listing,
                            Vec::new(),
                        )?;
                        return Ok(None);
                    }
                    Some(_) => {
                        return Ok(Some(Later("its index is at another address".to_owned())));
                    }
                };
                let Ok(rows) = read else {
                    // An error page in place of an index: the archive is asked again another time.
                    return Ok(Some(Later("its index could not be read".to_owned())));
                };
                bad += rows.bad;
                listing.bad = bad;
                listing.done = rows.resume.is_none() || page == MOST_PAGES;
                listing.resume.clone_from(&rows.resume);
                let mementos = rows.listed.iter().map(known_as).collect();
                let done = listing.done;
                store.put_listing(&lost.page, (&archive.name, name), listing, mementos)?;
                resume = rows.resume;
                if done {
                    break;
                }
            }
        }
        Ok(None)
    }

    fn rows(
        &self,
        archive: &Archive,
        lost: &Lost,
        capture: &Capture,
    ) -> Result<archives::Page, ()> {
        let crate::capture::Outcome::Response(response) = &capture.outcome else {
            return Err(());
        };
        let body = decode_response(response, &self.rescue.options.caps).map_err(|_| ())?;
        archives::listing(archive, &lost.page, &body.bytes).map_err(|_| ())
    }

    /// Copies from an address that the article or a person named.
    async fn given(&mut self, lost: &Lost, address: &str) -> Result<Option<Later>, StoreError> {
        if archives::is_archive_today(address) {
            self.rescued.remarks.push(format!(
                "{address}: archive.today is never asked; cite a copy that programs can check"
            ));
            return Ok(None);
        }
        let Some((date, page, raw)) = archives::memento_in(address) else {
            return Ok(None);
        };
        let Ok((original, _)) = TargetUri::parse(&page) else {
            return Ok(None);
        };
        let name = crate::capture::Source::of_memento(&raw).archive;
        let known = self.rescue.store.mementos(&lost.page, &name)?;
        let known = known.into_iter().find(|it| it.uri == raw);
        let memento = known.unwrap_or(KnownMemento {
            uri: raw,
            date,
            original,
            status: None,
            digest: None,
            state: "listed".to_owned(),
            detail: None,
        });
        if memento.state != "listed" {
            return Ok(None);
        }
        self.copy(lost, &name, &memento).await
    }

    /// Copies one memento, and follows its redirects.
    async fn copy(
        &mut self,
        lost: &Lost,
        archive: &str,
        memento: &KnownMemento,
    ) -> Result<Option<Later>, StoreError> {
        let store = self.rescue.store;
        if store.holds_memento(&memento.uri)? {
            return self
                .became(lost, archive, memento, "copied", None)
                .map(|()| None);
        }
        let mut hops: Vec<Capture> = Vec::new();
        let mut seen = BTreeSet::from([memento.original.clone()]);
        let mut at = (memento.uri.clone(), memento.date, memento.original.clone());
        let mut moved = 0;
        let mut note = None;
        while let Ok(uri) = at.0.parse::<TargetUri>() {
            let wanted = Wanted {
                original: &at.2,
                date: at.1,
            };
            let meaning = |capture: &Capture| Some(archives::answer(capture, &wanted));
            let came = self
                .asking
                .ask(archive, Kind::Memento, &uri, &meaning)
                .await?;
            let (capture, answer) = match came {
                Came::Later(why) => return Ok(Some(Later(why))),
                Came::Answer(capture, answer) => (capture, answer.unwrap_or(Answer::Absent)),
            };
            match answer {
                Answer::Copy { ref leads_to, .. } => {
                    let listed = listed_as(memento);
                    let listed = Some(&listed).filter(|it| it.raw == at.0);
                    let copy = archives::copy(&capture, &answer, listed, &self.rescue.options.caps);
                    hops.extend(copy);
                    let Some(to) = leads_to.clone() else { break };
                    if !seen.insert(to.clone()) {
                        note = Some((
                            "circular",
                            format!("an archived redirect leads back to {to}"),
                        ));
                        break;
                    }
                    let next =
                        archives::beside(&at.0, at.1, &to).filter(|_| hops.len() < MOST_HOPS);
                    let Some(next) = next else { break };
                    at = (next, at.1, to);
                    moved = 0;
                }
                Answer::OtherDate { uri, date } => {
                    let (from, until) = self.window(lost);
                    let is_near = from <= date && date <= until;
                    moved += 1;
                    if !is_near || moved > 2 {
                        let day = date.format("%Y-%m-%d");
                        note = Some(("elsewhere", format!("the archive has {day} in its place")));
                        break;
                    }
                    let (asked, used) = (at.1.format("%Y-%m-%d"), date.format("%Y-%m-%d"));
                    self.rescued.remarks.push(format!(
                        "{}: the copy of {used} was taken in place of {asked}",
                        at.0
                    ));
                    at = (uri, date, at.2);
                }
                Answer::Absent => {
                    note = Some(("absent", "the archive does not have it".to_owned()));
                    break;
                }
                Answer::Excluded(why) => {
                    note = Some(("excluded", why));
                    break;
                }
                Answer::Unusable(why) => {
                    note = Some(("unusable", why));
                    break;
                }
                Answer::Wait(_) | Answer::Busy(_) | Answer::Unreachable(_) => {
                    return Ok(Some(Later("the archive did not answer".to_owned())));
                }
            }
        }
        if hops.is_empty() {
            let (state, detail) =
                note.unwrap_or(("unusable", "its address is not valid".to_owned()));
            self.rescued
                .remarks
                .push(format!("{}: {detail}", memento.uri));
            return self
                .became(lost, archive, memento, state, Some(detail))
                .map(|()| None);
        }
        self.keep(hops).await?;
        let (state, detail) = match note {
            Some(("circular", detail)) => ("circular", Some(detail)),
            Some((_, detail)) => ("copied", Some(detail)),
            None => ("copied", None),
        };
        self.became(lost, archive, memento, state, detail)
            .map(|()| None)
    }

    async fn keep(&mut self, captures: Vec<Capture>) -> Result<(), StoreError> {
        let store = self.rescue.store;
        let crawl = match self.crawl {
            Some(crawl) => crawl,
            None => store.begin_crawl(&Crawl {
                started: self.rescue.clock.now(),
                software: SOFTWARE.to_owned(),
                command: self.rescue.command.clone(),
            })?,
        };
        self.crawl = Some(crawl);
        let Some(first) = captures.first() else {
            return Ok(());
        };
        let seed = match &first.source {
            Some(source) => source.seed(&first.target_uri),
            None => first.target_uri.clone(),
        };
        let adding = store.add_visit(crawl, Visit { seed, captures }, Vec::new());
        store.hurry()?;
        if adding.await?.new {
            self.rescued.copied += 1;
        }
        Ok(())
    }

    fn became(
        &self,
        lost: &Lost,
        archive: &str,
        memento: &KnownMemento,
        state: &str,
        detail: Option<String>,
    ) -> Result<(), StoreError> {
        let memento = KnownMemento {
            state: state.to_owned(),
            detail,
            ..memento.clone()
        };
        let now = self.rescue.clock.now();
        self.rescue
            .store
            .put_memento(&lost.page, archive, memento, now)
    }
}

fn listed_as(memento: &KnownMemento) -> Listed {
    Listed {
        raw: memento.uri.clone(),
        date: memento.date,
        original: memento.original.clone(),
        status: memento.status,
        digest: memento.digest.clone(),
    }
}

fn known_as(listed: &Listed) -> KnownMemento {
    KnownMemento {
        uri: listed.raw.clone(),
        date: listed.date,
        original: listed.original.clone(),
        status: listed.status,
        digest: listed.digest.clone(),
        state: "listed".to_owned(),
        detail: None,
    }
}
