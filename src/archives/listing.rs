//! What the index of an archive lists for a page: CDX as arrays (Wayback), as lines of JSON (pywb), as text; and TimeMaps.
//!
//! Indexes contain unexpected rows: impossible dates, `-` for a status, invalid addresses. Each row is parsed by itself;
//! a bad one is left out and counted.

use serde_json::Value;

use super::archive::{Archive, Interface, memento_in};
use crate::{
    clock::{Instant, parse_digits14},
    memento::{Form, TimeMap},
    uri::TargetUri,
};

/// A memento in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The address of its bytes as captured.
    pub raw: String,
    /// When it was made.
    pub date: Instant,
    /// The captured address, as the index spells it.
    pub original: TargetUri,
    /// The status of the captured response; `None` if the index does not say.
    pub status: Option<u16>,
    /// The digest of the payload as the server sent it: SHA-1 in base32.
    pub digest: Option<String>,
}

/// One page of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The mementos of the requested page, oldest first, each once.
    pub listed: Vec<Listed>,
    /// How many rows were unreadable.
    pub bad: u64,
    /// How many rows are about other pages: indexes treat similar hosts and spellings as one.
    pub others: u64,
    /// The key for the next page, as printed; `None` at the end.
    pub resume: Option<String>,
}

/// Why a response is not an index.
#[derive(Debug, thiserror::Error)]
#[error("the answer is not an index: {0}")]
pub struct ListingError(String);

/// The columns of a row that are read.
#[derive(Clone, Copy, Debug)]
struct Columns {
    timestamp: usize,
    original: usize,
    status: Option<usize>,
    digest: Option<usize>,
}

impl Columns {
    fn named(names: &[String]) -> Option<Self> {
        let place = |all: &[&str]| names.iter().position(|name| all.contains(&name.as_str()));
        Some(Self {
            timestamp: place(&["timestamp"])?,
            original: place(&["original", "url"])?,
            status: place(&["statuscode", "status"]),
            digest: place(&["digest"]),
        })
    }

    /// The columns of the text form, in the order of the Wayback CDX server.
    const TEXT: Self = Self {
        timestamp: 1,
        original: 2,
        status: Some(4),
        digest: Some(5),
    };
}

/// Parses a page of the index of an archive about `asked`.
///
/// # Errors
/// The response is neither an index nor an empty one: an error page, an incomplete text.
pub fn listing(archive: &Archive, asked: &TargetUri, body: &[u8]) -> Result<Page, ListingError> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut page = match archive.interface {
        Interface::Memento => timemap(asked, text)?,
        _ if text.starts_with('[') => arrays(archive, asked, text)?,
        _ if text.starts_with('{') => lines(archive, asked, text)?,
        _ if text.is_empty() => Page::default(),
        _ => plain(archive, asked, text)?,
    };
    page.listed
        .sort_by(|a, b| (a.date, &a.raw).cmp(&(b.date, &b.raw)));
    // Pages may repeat rows.
    page.listed.dedup_by(|a, b| a.raw == b.raw);
    Ok(page)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` passes by value")]
pub(super) fn fault(what: impl ToString) -> ListingError {
    ListingError(what.to_string())
}

/// `[[names…], [values…], …, [], [key]]`
fn arrays(archive: &Archive, asked: &TargetUri, text: &str) -> Result<Page, ListingError> {
    let rows: Vec<Value> = serde_json::from_str(text).map_err(fault)?;
    let mut rows = rows.iter().map(words);
    let Some(names) = rows.next() else {
        return Ok(Page::default());
    };
    let columns = Columns::named(&names).ok_or_else(|| fault("its first row names no columns"))?;
    let mut page = Page::default();
    let mut is_over = false;
    for row in rows {
        match row.as_slice() {
            [] => is_over = true,
            [key] if is_over => page.resume = Some(key.clone()),
            row => page.take(archive, asked, columns, row),
        }
    }
    Ok(page)
}

/// The values of a row; empty for a value that is not an array, so that the row counts as unreadable.
fn words(row: &Value) -> Vec<String> {
    let word = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    match row {
        Value::Array(all) => all.iter().map(word).collect(),
        other => vec![String::new(), word(other)],
    }
}

/// An index with a JSON object on each line.
fn lines(archive: &Archive, asked: &TargetUri, text: &str) -> Result<Page, ListingError> {
    let mut page = Page::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
            page.bad += 1;
            continue;
        };
        let names: Vec<String> = fields.keys().cloned().collect();
        let row: Vec<String> = fields
            .values()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect();
        if let Some(message) = fields.get("message").or_else(|| fields.get("error")) {
            return Err(fault(message));
        }
        match Columns::named(&names) {
            Some(columns) => page.take(archive, asked, columns, &row),
            None => page.bad += 1,
        }
    }
    Ok(page)
}

/// An index with columns separated by spaces; the key follows an empty line.
fn plain(archive: &Archive, asked: &TargetUri, text: &str) -> Result<Page, ListingError> {
    if text.starts_with('<') {
        return Err(fault("it is a page for people"));
    }
    let mut page = Page::default();
    let mut is_over = false;
    for line in text.lines() {
        let row: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match row.as_slice() {
            [] => is_over = true,
            [key] if is_over => page.resume = Some(key.clone()),
            row => page.take(archive, asked, Columns::TEXT, row),
        }
    }
    if page.listed.is_empty() && page.others == 0 {
        return Err(fault("none of its lines is a row"));
    }
    Ok(page)
}

fn timemap(asked: &TargetUri, text: &str) -> Result<Page, ListingError> {
    let form = if text.starts_with('{') {
        Form::Json
    } else {
        Form::Link
    };
    let map = match TimeMap::parse(form, text) {
        Ok(map) => map,
        // The links are parsed one by one, so that one bad date does not spoil the others.
        Err(_) if form == Form::Link && text.starts_with('<') && text.contains("rel=") => {
            return links(asked, text);
        }
        Err(error) => return Err(fault(error)),
    };
    let mut page = Page::default();
    for memento in map.mementos {
        page.take_memento(asked, &memento.uri, memento.date);
    }
    Ok(page)
}

fn links(asked: &TargetUri, text: &str) -> Result<Page, ListingError> {
    let links = crate::memento::parse_links(text).map_err(fault)?;
    let mut page = Page::default();
    for link in links.iter().filter(|link| link.is("memento")) {
        let date = link.parameter("datetime").unwrap_or_default();
        match crate::clock::parse_http_date(date, Instant::default()) {
            Some(date) => page.take_memento(asked, &link.target, date),
            None => page.bad += 1,
        }
    }
    Ok(page)
}

impl Page {
    fn take(&mut self, archive: &Archive, asked: &TargetUri, columns: Columns, row: &[String]) {
        let value = |at: usize| {
            row.get(at)
                .map(String::as_str)
                .filter(|it| *it != "-" && !it.is_empty())
        };
        let date = value(columns.timestamp)
            .filter(|value| value.len() == 14)
            .and_then(parse_digits14);
        let original = value(columns.original);
        let parsed = original.and_then(|original| TargetUri::parse(original).ok());
        let (Some(date), Some(original), Some((parsed, _))) = (date, original, parsed) else {
            self.bad += 1;
            return;
        };
        if !is_same_page(asked, &parsed) {
            self.others += 1;
            return;
        }
        self.listed.push(Listed {
            raw: archive.raw(date, original),
            date,
            original: parsed,
            status: columns
                .status
                .and_then(value)
                .and_then(|it| it.parse().ok()),
            digest: columns.digest.and_then(value).map(str::to_owned),
        });
    }

    fn take_memento(&mut self, asked: &TargetUri, uri: &str, date: Instant) {
        let Some((_, page, raw)) = memento_in(uri) else {
            self.bad += 1;
            return;
        };
        match TargetUri::parse(&page) {
            Ok((original, _)) if is_same_page(asked, &original) => self.listed.push(Listed {
                raw,
                date,
                original,
                status: None,
                digest: None,
            }),
            Ok(_) => self.others += 1,
            Err(_) => self.bad += 1,
        }
    }
}

/// Whether a row is about the requested page: indexes treat schemes, ports, `www` and case as equal, and so does this
/// function; another host or path is another page.
pub(super) fn is_same_page(asked: &TargetUri, original: &TargetUri) -> bool {
    asked.surt() == original.surt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::digits14;

    fn asked() -> TargetUri {
        "https://lantern.example/partners".parse().unwrap()
    }

    fn read(interface: &str, body: &str) -> Result<Page, ListingError> {
        let archive: Archive = interface.parse().unwrap();
        listing(&archive, &asked(), body.as_bytes())
    }

    fn dates(page: &Page) -> Vec<String> {
        page.listed
            .iter()
            .map(|listed| digits14(listed.date))
            .collect()
    }

    #[test]
    fn rows_are_read_one_by_one_and_bad_ones_are_counted() {
        let page = read(
            "cdx:https://web.archive.org",
            r#"[["timestamp","original","mimetype","statuscode","digest"],
            ["20200301120000","http://lantern.example:80/partners","text/html","301","AAA"],
            ["20221021101500","https://www.lantern.example/partners","text/html","200","BBB"],
            ["20221021101500","https://www.lantern.example/partners","text/html","200","BBB"],
            ["20000800241623","https://lantern.example/partners","text/html","200","CCC"],
            ["20000012170449","https://lantern.example/partners","text/html","-","-"],
            ["20230101000000","mailto:a@lantern.example","text/html","200","DDD"],
            ["20230101000000","some/not/even/url/thing","text/html","200","DDD"],
            ["20230101000000","data:text/plain,x","text/html","200","DDD"],
            ["20230201000000","https://other.example/partners","text/html","200","EEE"],
            ["20240601080000","https://lantern.example/partners","warc/revisit","-","BBB"],
            "no row", 7, ["2024"], [], ["com%2Ccnn%29%2F+20010414!"]]"#,
        )
        .unwrap();
        assert_eq!(
            dates(&page),
            ["20200301120000", "20221021101500", "20240601080000"]
        );
        assert_eq!((page.bad, page.others), (8, 1));
        assert_eq!(page.resume.as_deref(), Some("com%2Ccnn%29%2F+20010414!"));
        assert_eq!(page.listed[0].status, Some(301));
        assert_eq!(page.listed[2].status, None);
        assert_eq!(
            page.listed[1].raw,
            "https://web.archive.org/web/20221021101500id_/https://www.lantern.example/partners"
        );
    }

    #[test]
    fn an_empty_index_is_valid_and_an_error_page_is_not() {
        for empty in ["[]", "", "\n", "[[\"timestamp\",\"original\"]]"] {
            assert_eq!(
                read("cdx:https://a.example", empty).unwrap(),
                Page::default(),
                "{empty}"
            );
        }
        for wrong in [
            "<html><body><h1>429 Too Many Requests</h1></body></html>",
            "[[\"a\",\"b\"],[\"c\",\"d\"]]",
            "[[\"timestamp\",\"original\"],[\"2022",
            "org.archive.wayback.exception: url param required",
            "{\"message\": \"Internal Error\"}",
        ] {
            assert!(read("cdx:https://a.example", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_other_forms_of_an_index_are_read() {
        let pywb = read(
            "pywb:http://127.0.0.1:1/ia",
            "{\"urlkey\": \"example,lantern)/partners\", \"timestamp\": \"20221021101500\", \"url\": \"https://lantern.example/partners\", \"mime\": \"text/html\", \"status\": \"200\", \"digest\": \"BBB\"}\n{broken\n",
        )
        .unwrap();
        assert_eq!(
            pywb.listed[0].raw,
            "http://127.0.0.1:1/ia/20221021101500id_/https://lantern.example/partners"
        );
        assert_eq!((pywb.listed[0].status, pywb.bad), (Some(200), 1));
        let text = read(
            "cdx:https://a.example",
            "example,lantern)/partners 20221021101500 https://lantern.example/partners text/html 200 BBB 400\n\nkey!\n",
        )
        .unwrap();
        assert_eq!(
            (text.listed.len(), text.resume.as_deref()),
            (1, Some("key!"))
        );
    }

    #[test]
    fn timemaps_are_read_in_link_format_and_json() {
        let link = r#"<https://lantern.example/partners>; rel="original",
<http://a.example/timemap/link/https://lantern.example/partners>; rel="self"; type="application/link-format",
<http://a.example/ia/20221021101500mp_/https://lantern.example/partners>; rel="first memento"; datetime="Fri, 21 Oct 2022 10:15:00 GMT"; collection="ia",
<http://a.example/ia/20231021101500mp_/https://lantern.example/partners>; rel="last memento"; datetime="yesterday""#;
        let page = read("memento:http://a.example", link).unwrap();
        assert_eq!(dates(&page), ["20221021101500"]);
        assert_eq!(page.bad, 1);
        assert_eq!(
            page.listed[0].raw,
            "http://a.example/ia/20221021101500id_/https://lantern.example/partners"
        );
        let json = r#"{"original_uri": "https://lantern.example/partners", "mementos": {"list": [
            {"datetime": "2022-10-21T10:15:00Z", "uri": "http://a.example/web/20221021101500/https://lantern.example/partners"}]}}"#;
        assert_eq!(
            dates(&read("memento:http://a.example", json).unwrap()),
            ["20221021101500"]
        );
        assert!(read("memento:http://a.example", "<html>").is_err());
    }
}
