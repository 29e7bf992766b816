//! Rescue from Common Crawl: the list of crawls, once a month; the index of each crawl near the access date; pages as parts of WARC files.

use super::{Going, Later, Lost, asking::Came, asking::Kind, known_as, listed_as};
use crate::{
    archives::{self, Answer, Archive, CrawlIndex},
    capture::{Capture, Outcome},
    clock::{digits14, parse_digits14},
    content_coding::decode_response,
    fetch::Request,
    store::{KnownMemento, Listing, StoreError},
    uri::TargetUri,
};

/// The name under which it is recorded that the crawls were asked about a page.
const ASKED: &str = "crawls";

impl Going<'_> {
    /// Lists what the crawls near the access date have of a page, and copies what is wanted.
    pub(super) async fn take_from_crawls(
        &mut self,
        archive: &Archive,
        lost: &Lost,
    ) -> Result<Option<Later>, StoreError> {
        if !self.is_recent(&lost.page, archive, ASKED)? {
            let crawls = match self.crawls(archive).await? {
                Ok(crawls) => crawls,
                Err(later) => return Ok(Some(later)),
            };
            let near = archives::crawls_near(&crawls, lost.accessed, self.window(lost));
            for crawl in near {
                if let Some(later) = self.list_crawl(archive, lost, crawl).await? {
                    return Ok(Some(later));
                }
            }
            let done = self.listing(0);
            let of = (archive.name.as_str(), ASKED);
            let store = self.rescue.store;
            store.put_listing(&lost.page, of, done, Vec::new())?;
        }
        for it in self.wanted(archive, lost)? {
            if let Some(later) = self.part(archive, lost, &it).await? {
                return Ok(Some(later));
            }
        }
        Ok(None)
    }

    /// The list of crawls: as read by this command, as stored less than a month ago, or as the archive has it now.
    async fn crawls(
        &mut self,
        archive: &Archive,
    ) -> Result<Result<Vec<CrawlIndex>, Later>, StoreError> {
        if let Some(crawls) = self.crawls.get(&archive.name) {
            return Ok(Ok(crawls.clone()));
        }
        let store = self.rescue.store;
        let Ok(uri) = format!("{}/collinfo.json", archive.base).parse::<TargetUri>() else {
            return Ok(Err(Later("its address is not valid".to_owned())));
        };
        let crawls = if self.is_recent(&uri, archive, ASKED)? {
            let known = store.mementos(&uri, &archive.name)?;
            known.iter().filter_map(known_crawl).collect()
        } else {
            let body = match self.index(archive, &uri).await? {
                Ok(body) => body,
                Err(later) => return Ok(Err(later)),
            };
            let Ok(crawls) = archives::crawls(archive, &body) else {
                return Ok(Err(Later(
                    "its list of crawls could not be read".to_owned(),
                )));
            };
            let of = (archive.name.as_str(), ASKED);
            let known = crawls.iter().map(|it| crawl_as(it, &uri)).collect();
            store.put_listing(&uri, of, self.listing(0), known)?;
            crawls
        };
        self.crawls.insert(archive.name.clone(), crawls.clone());
        Ok(Ok(crawls))
    }

    /// Reads the index of a crawl about a page, unless that was done recently.
    async fn list_crawl(
        &mut self,
        archive: &Archive,
        lost: &Lost,
        crawl: &CrawlIndex,
    ) -> Result<Option<Later>, StoreError> {
        let Ok(uri) = crawl.query(&lost.page).parse::<TargetUri>() else {
            return Ok(None);
        };
        if self.is_recent(&lost.page, archive, &crawl.index)? {
            return Ok(None);
        }
        let body = match self.index(archive, &uri).await? {
            Ok(body) => body,
            Err(later) => return Ok(Some(later)),
        };
        let Ok(rows) = archives::crawled(archive, &lost.page, &body) else {
            return Ok(Some(Later("its index could not be read".to_owned())));
        };
        let known = rows.listed.iter().map(known_as).collect();
        let (of, listing) = (
            (archive.name.as_str(), crawl.index.as_str()),
            self.listing(rows.bad),
        );
        let store = self.rescue.store;
        store.put_listing(&lost.page, of, listing, known)?;
        Ok(None)
    }

    /// A document of the index; empty if the archive does not have it.
    async fn index(
        &self,
        archive: &Archive,
        uri: &TargetUri,
    ) -> Result<Result<Vec<u8>, Later>, StoreError> {
        let meaning = |capture: &Capture| archives::of_throttled(capture, 200);
        let came = self
            .asking
            .ask(&archive.name, Kind::Index, uri, &meaning)
            .await?;
        Ok(match came {
            Came::Answer(_, Some(Answer::Absent)) => Ok(Vec::new()),
            Came::Later(why)
            | Came::Answer(_, Some(Answer::Excluded(why) | Answer::Unusable(why))) => {
                Err(Later(why))
            }
            Came::Answer(_, Some(_)) => Err(Later("its index is at another address".to_owned())),
            Came::Answer(capture, None) => match &capture.outcome {
                Outcome::Response(it) => decode_response(it, &self.rescue.options.caps)
                    .map(|decoded| decoded.bytes)
                    .map_err(|error| Later(error.to_string())),
                _ => Err(Later("the answer has no body".to_owned())),
            },
        })
    }

    /// Copies a page from its part of a WARC file.
    async fn part(
        &mut self,
        archive: &Archive,
        lost: &Lost,
        known: &KnownMemento,
    ) -> Result<Option<Later>, StoreError> {
        let name = archive.name.as_str();
        if self.rescue.store.holds_memento(&known.uri)? {
            self.became(lost, name, known, "copied", None)?;
            return Ok(None);
        }
        let named = archives::range_in(&known.uri);
        let Some((Ok(uri), range)) = named.map(|it| (it.0.parse::<TargetUri>(), it.1)) else {
            return Ok(None);
        };
        let request = Request {
            fields: vec![("Range", range)],
            form: None,
        };
        let meaning = |capture: &Capture| archives::of_throttled(capture, 206);
        let came = self
            .asking
            .send(name, Kind::Part, &uri, &request, &meaning)
            .await?;
        let why = match came {
            Came::Later(why) => return Ok(Some(Later(why))),
            Came::Answer(part, None) => match archives::of_part(&part, &listed_as(known)) {
                Ok(copy) => {
                    self.keep(vec![copy]).await?;
                    self.became(lost, name, known, "copied", None)?;
                    return Ok(None);
                }
                Err(why) => why.to_owned(),
            },
            Came::Answer(_, Some(Answer::Absent)) => "the archive does not have it".to_owned(),
            Came::Answer(_, Some(Answer::Excluded(why) | Answer::Unusable(why))) => why,
            Came::Answer(..) => "the archive gave something else".to_owned(),
        };
        let remark = format!("{}: {why}", known.uri);
        self.rescued.remarks.push(remark);
        self.became(lost, name, known, "unusable", Some(why))?;
        Ok(None)
    }

    /// Whether a query was answered so recently that it is not asked again.
    fn is_recent(
        &self,
        page: &TargetUri,
        archive: &Archive,
        query: &str,
    ) -> Result<bool, StoreError> {
        let known = self.rescue.store.listings(page)?;
        let found = known
            .iter()
            .find(|it| it.0 == archive.name && it.1 == query);
        let since = self.rescue.clock.now() - self.rescue.manners.again;
        Ok(found.is_some_and(|it| it.2.done && it.2.at > since))
    }

    fn listing(&self, bad: u64) -> Listing {
        Listing {
            at: self.rescue.clock.now(),
            resume: None,
            done: true,
            bad,
            why: None,
        }
    }
}

/// A crawl as it is stored: among the mementos of the list of crawls.
fn crawl_as(crawl: &CrawlIndex, list: &TargetUri) -> KnownMemento {
    KnownMemento {
        uri: crawl.index.clone(),
        date: crawl.from,
        original: list.clone(),
        status: None,
        digest: None,
        state: "crawl".to_owned(),
        detail: Some(digits14(crawl.until)),
    }
}

fn known_crawl(known: &KnownMemento) -> Option<CrawlIndex> {
    Some(CrawlIndex {
        index: known.uri.clone(),
        from: known.date,
        until: parse_digits14(known.detail.as_deref()?)?,
    })
}
