//! Common Crawl: an index for each crawl, and pages as parts of WARC files that are read by their range of bytes. It has no replay,
//! so its copies show how a page was, and have no address to cite.

use serde_json::Value;

use super::{
    archive::{Archive, encoded},
    copy::compared,
    listing::{Listed, ListingError, Page, fault, is_same_page},
};
use crate::{
    capture::{Capture, Outcome, Source},
    clock::{Instant, parse_digits14},
    uri::TargetUri,
    warc::{Reader, read_captures},
};

/// The most crawls to ask about one page: each is a request.
const MOST_CRAWLS: usize = 4;

/// The longest part of a WARC file that is read, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// The days between the begin of a crawl and its end, where the list gives only its week.
const DAYS: i64 = 14;

/// What separates the address of a WARC file from the range of bytes of a record.
const RANGE: &str = "#bytes=";

/// A crawl, with an index of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrawlIndex {
    /// The address of its index.
    pub index: String,
    /// When it began.
    pub from: Instant,
    /// When it ended.
    pub until: Instant,
}

/// Parses the list of crawls (`collinfo.json`). An entry without a time, or with an index on another host, is left out.
///
/// # Errors
/// The response is not such a list.
pub fn crawls(archive: &Archive, body: &[u8]) -> Result<Vec<CrawlIndex>, ListingError> {
    let entries: Vec<Value> = serde_json::from_slice(body).map_err(fault)?;
    let host = |address: &str| {
        let parsed = TargetUri::parse(address).ok();
        parsed.map(|origin| (origin.0.host().to_owned(), origin.0.as_url().port()))
    };
    let own = host(&archive.base);
    let crawl = |entry: &Value| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let index = text("cdx-api").filter(|index| host(index) == own)?;
        let (from, until) = match (text("from").and_then(day), text("to").and_then(day)) {
            (Some(from), Some(until)) => (from, until),
            _ => week(text("id")?)?,
        };
        Some(CrawlIndex {
            index: index.to_owned(),
            from,
            until,
        })
    };
    Ok(entries.iter().filter_map(crawl).collect())
}

/// A time such as `2022-09-24T15:40:05`, to the day.
fn day(text: &str) -> Option<Instant> {
    let digits: String = text.get(..10)?.replace('-', "");
    parse_digits14(&digits)
}

/// The time of a crawl that is named by its week: `CC-MAIN-2022-40`.
fn week(id: &str) -> Option<(Instant, Instant)> {
    let mut parts = id.rsplit('-');
    let (week, year) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let monday = chrono::NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon)?;
    let from = monday.and_hms_opt(0, 0, 0)?.and_utc();
    Some((from, from + chrono::TimeDelta::days(DAYS)))
}

/// The crawls to ask: those of the window around the access date, the nearest first; without an access date, the latest.
#[must_use]
pub fn crawls_near(
    crawls: &[CrawlIndex],
    accessed: Option<Instant>,
    (from, until): (Instant, Instant),
) -> Vec<&CrawlIndex> {
    let Some(day) = accessed else {
        return crawls
            .iter()
            .max_by_key(|crawl| crawl.from)
            .into_iter()
            .collect();
    };
    let mut near: Vec<&CrawlIndex> = crawls
        .iter()
        .filter(|crawl| crawl.from <= until && from <= crawl.until)
        .collect();
    let distance = |crawl: &CrawlIndex| {
        let before = (crawl.from - day).max(chrono::TimeDelta::zero());
        before.max(day - crawl.until)
    };
    near.sort_by_key(|crawl| (distance(crawl), crawl.from));
    near.truncate(MOST_CRAWLS);
    near
}

impl CrawlIndex {
    /// The query for what it has of a page.
    #[must_use]
    pub fn query(&self, page: &TargetUri) -> String {
        let page = encoded(page.as_str());
        format!("{}?url={page}&output=json&limit=100", self.index)
    }
}

/// Parses what the index of a crawl has of a page: a JSON object on each line.
///
/// # Errors
/// No line is a row.
pub fn crawled(archive: &Archive, asked: &TargetUri, body: &[u8]) -> Result<Page, ListingError> {
    let text = String::from_utf8_lossy(body);
    let mut page = Page::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let row: Option<Value> = serde_json::from_str(line).ok();
        match row.as_ref().and_then(|row| listed(archive, row)) {
            Some(row) if is_same_page(asked, &row.original) => page.listed.push(row),
            Some(_) => page.others += 1,
            None => page.bad += 1,
        }
    }
    if page.bad > 0 && page.listed.is_empty() && page.others == 0 {
        return Err(fault("none of its lines is a row"));
    }
    page.listed
        .sort_by(|a, b| (a.date, &a.raw).cmp(&(b.date, &b.raw)));
    page.listed.dedup_by(|a, b| a.raw == b.raw);
    Ok(page)
}

fn listed(archive: &Archive, row: &Value) -> Option<Listed> {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let number = |name: &str| text(name)?.parse::<u64>().ok();
    let date = text("timestamp").filter(|stamp| stamp.len() == 14)?;
    let file = text("filename").filter(|file| is_file(file))?;
    let (offset, length) = (number("offset")?, number("length")?);
    if length == 0 || length > MOST_BYTES {
        return None;
    }
    let end = offset.checked_add(length - 1)?;
    let digest = text("digest").filter(|digest| *digest != "-");
    Some(Listed {
        raw: format!("{}/{file}{RANGE}{offset}-{end}", files(archive)),
        date: parse_digits14(date)?,
        original: TargetUri::parse(text("url")?).ok()?.0,
        status: text("status").and_then(|status| status.parse().ok()),
        digest: digest.map(str::to_owned),
    })
}

/// Whether a name is one of a file below the address of the files.
fn is_file(name: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.split('/').all(is_plain)
}

/// The address of the WARC files: `data.` where the index is at `index.`, else the same host.
fn files(archive: &Archive) -> String {
    archive.base.replacen("://index.", "://data.", 1)
}

/// The WARC file of a listed copy, and the range of its bytes, as the field `Range` names it.
#[must_use]
pub fn range_in(raw: &str) -> Option<(&str, String)> {
    let (file, range) = raw.split_once(RANGE)?;
    Some((file, format!("bytes={range}")))
}

/// The length of the range of a listed copy, in bytes.
fn length_in(raw: &str) -> Option<u64> {
    let (first, last) = raw.split_once(RANGE)?.1.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    last.checked_sub(first)?.checked_add(1)
}

/// The capture in a part of a WARC file.
///
/// # Errors
/// It does not contain the listed response, and why.
pub fn of_part(part: &Capture, listed: &Listed) -> Result<Capture, &'static str> {
    let Outcome::Response(response) = &part.outcome else {
        return Err("the answer has no body");
    };
    let length = u64::try_from(response.payload.len()).ok();
    if length != length_in(&listed.raw) {
        return Err("the part of the WARC file has another length");
    }
    let reader = Reader::new("a part of a WARC file", response.payload.as_slice());
    let mut captures = read_captures(reader).filter_map(Result::ok);
    let mut capture = captures
        .find(|capture| {
            is_same_page(&listed.original, &capture.target_uri)
                && capture.date.timestamp() == listed.date.timestamp()
        })
        .ok_or("the part of the WARC file is not the listed response")?;
    let Outcome::Response(response) = &capture.outcome else {
        return Err("the part of the WARC file is not a response");
    };
    let file = listed
        .raw
        .split_once(RANGE)
        .map(|halves| halves.0.to_owned());
    capture.source = Some(Source {
        copied: Some(part.date),
        record: file,
        digest: Some(compared(&response.payload, Some(listed), false)),
        ..Source::of_memento(&listed.raw)
    });
    Ok(capture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::digits14;

    fn archive() -> Archive {
        "commoncrawl:https://index.commoncrawl.example"
            .parse()
            .unwrap()
    }

    fn at(digits: &str) -> Instant {
        parse_digits14(digits).unwrap()
    }

    fn list() -> Vec<CrawlIndex> {
        let body = br#"[
            {"id": "CC-MAIN-2023-06", "cdx-api": "https://index.commoncrawl.example/CC-MAIN-2023-06-index", "from": "2023-01-26T21:00:00", "to": "2023-02-09T12:00:00"},
            {"id": "CC-MAIN-2022-40", "cdx-api": "https://index.commoncrawl.example/CC-MAIN-2022-40-index"},
            {"id": "CC-MAIN-2022-33", "cdx-api": "https://index.commoncrawl.example/CC-MAIN-2022-33-index"},
            {"id": "CC-MAIN-2022-27", "cdx-api": "https://elsewhere.example/CC-MAIN-2022-27-index"},
            {"id": "CC-MAIN-2012", "cdx-api": "https://index.commoncrawl.example/CC-MAIN-2012-index"}
        ]"#;
        crawls(&archive(), body).unwrap()
    }

    #[test]
    fn crawls_have_the_time_that_the_list_gives_or_that_of_their_week() {
        let all = list();
        let times: Vec<String> = all
            .iter()
            .map(|it| format!("{} {}", digits14(it.from), digits14(it.until)))
            .collect();
        assert_eq!(
            times,
            [
                "20230126000000 20230209000000",
                "20221003000000 20221017000000",
                "20220815000000 20220829000000"
            ]
        );
        assert!(crawls(&archive(), b"<html>").is_err());
    }

    #[test]
    fn the_crawls_of_the_window_are_asked_the_nearest_first() {
        let all = list();
        let near = |accessed: Option<&str>| -> Vec<String> {
            let day = accessed.map(at);
            let around = day.unwrap_or_default();
            let days = chrono::TimeDelta::days(90);
            let near = crawls_near(&all, day, (around - days, around + days));
            near.iter().map(|it| it.index[34..].to_owned()).collect()
        };
        assert_eq!(
            near(Some("20220901")),
            ["CC-MAIN-2022-33-index", "CC-MAIN-2022-40-index"]
        );
        assert_eq!(near(Some("20200101")), Vec::<String>::new());
        assert_eq!(near(None), ["CC-MAIN-2023-06-index"]);
    }

    #[test]
    fn rows_name_a_range_of_a_file_and_bad_ones_are_counted() {
        let page: TargetUri = "https://lantern.example/partners".parse().unwrap();
        let row = |more: &str| {
            format!(
                r#"{{"urlkey": "example,lantern)/partners", "timestamp": "20221005101500", "url": "https://lantern.example/partners", "status": "200", "digest": "ABC"{more}}}"#
            )
        };
        let body = [
            row(
                r#", "filename": "crawl-data/a/x.warc.gz", "offset": "100", "length": "50", "languages": "eng""#,
            ),
            row(r#", "filename": "../x.warc.gz", "offset": "100", "length": "50""#),
            row(r#", "filename": "crawl-data/x.warc.gz", "offset": "-1", "length": "50""#),
            row(r#", "filename": "crawl-data/x.warc.gz", "offset": "0", "length": "0""#),
            "no row".to_owned(),
        ]
        .join("\n");
        let read = crawled(&archive(), &page, body.as_bytes()).unwrap();
        assert_eq!((read.listed.len(), read.bad), (1, 4));
        let raw = &read.listed[0].raw;
        assert_eq!(
            range_in(raw).unwrap(),
            (
                "https://data.commoncrawl.example/crawl-data/a/x.warc.gz",
                "bytes=100-149".to_owned()
            )
        );
        assert!(crawled(&archive(), &page, b"<html>").is_err());
        assert_eq!(Source::of_memento(raw).citable(), None);
    }
}
