//! A list on several pages: the further pages that a page links to, and one reading of all of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Doubt, Ending, More, MoreKind, PageState, Reading};
use crate::{entity::EntityList, uri::TargetUri};

/// The result of visiting a further page.
#[derive(Clone, Copy, Debug)]
pub struct FurtherPage<'a> {
    /// The address that the list links to.
    pub asked: &'a TargetUri,
    /// The address after redirects.
    pub came_to: &'a TargetUri,
    /// Its reading, or why there is none, for people.
    pub reading: Result<&'a Reading, &'a str>,
}

/// The combined reading of a page and its further pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// The reading: state, title and language are those of the first page.
    pub reading: Reading,
    /// The positions of the further pages in it, in order.
    pub parts: Vec<Part>,
}

/// The position of a further page in a combined reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The index of the further page.
    pub page: usize,
    /// The byte at which its text begins.
    pub start: usize,
}

/// Parts of addresses that precede a page number.
pub const PAGE_WORDS: [&str; 12] = [
    "page", "pages", "paged", "p", "pg", "pag", "pagina", "seite", "strona", "sida", "side", "sivu",
];

/// The further pages of its list that a page at `own` links to, nearest first: on the same host, with an address that differs from
/// its own only in one greater number.
#[must_use]
pub fn further_pages(reading: &Reading, own: &TargetUri) -> Vec<TargetUri> {
    let mut pages: BTreeMap<u32, TargetUri> = BTreeMap::new();
    for href in reading.more.iter().flat_map(|it| &it.leads_to) {
        let Ok((to, _)) = own.join(href) else {
            continue;
        };
        if let Some(number) = number_behind(own, &to) {
            pages.entry(number).or_insert(to);
        }
    }
    pages.into_values().collect()
}

/// Whether the address `to` can be that of a further page of the list at `own`.
#[must_use]
pub fn can_be_further(own: &TargetUri, to: &TargetUri) -> bool {
    number_behind(own, to).is_some()
}

/// The number of the page at `to` in the list to which `own` belongs, if it comes after `own`.
fn number_behind(own: &TargetUri, to: &TargetUri) -> Option<u32> {
    let origin = |target_uri: &TargetUri| (target_uri.host().to_owned(), target_uri.port());
    if origin(own) != origin(to) {
        return None;
    }
    let mut known = numbered(own);
    known.push((plain(own), 0));
    let behind = |(base, number): &(String, u32)| {
        let same = known.iter().find(|pair| pair.0 == *base)?;
        (*number > same.1).then_some(*number)
    };
    numbered(to).iter().find_map(behind)
}

/// An address without its host, in a comparable form.
fn plain(uri: &TargetUri) -> String {
    let url = uri.as_url();
    let query: Vec<&str> = url
        .query()
        .into_iter()
        .flat_map(|it| it.split('&'))
        .collect();
    spelt(url.path(), &query)
}

fn spelt(path: &str, query: &[&str]) -> String {
    let mut query: Vec<&str> = query
        .iter()
        .copied()
        .filter(|query| !query.is_empty())
        .collect();
    query.sort_unstable();
    format!("{}?{}", path.trim_end_matches('/'), query.join("&"))
}

/// For each number in an address that can be a page number: the address without it, and the number.
fn numbered(uri: &TargetUri) -> Vec<(String, u32)> {
    let url = uri.as_url();
    let query: Vec<&str> = url
        .query()
        .into_iter()
        .flat_map(|it| it.split('&'))
        .collect();
    let mut found = Vec::new();
    for (at, field) in query.iter().enumerate() {
        if let Some(number) = field.split_once('=').and_then(|halves| count(halves.1)) {
            let mut rest = query.clone();
            rest.remove(at);
            found.push((spelt(url.path(), &rest), number));
        }
    }
    let path = url.path().trim_end_matches('/');
    let Some((before, last)) = path.rsplit_once('/') else {
        return found;
    };
    if let Some(number) = count(last) {
        found.push((spelt(before, &query), number));
        if let Some((shorter, word)) = before.rsplit_once('/')
            && PAGE_WORDS.contains(&word.to_ascii_lowercase().as_str())
        {
            found.push((spelt(shorter, &query), number));
        }
        return found;
    }
    let (stem, ending) = last.split_once('.').unwrap_or((last, ""));
    let bare = stem.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if let Some(number) = stem.get(bare.len()..).and_then(count) {
        let bare = bare.trim_end_matches(['-', '_']);
        let dot = if ending.is_empty() { "" } else { "." };
        found.push((
            spelt(&format!("{before}/{bare}{dot}{ending}"), &query),
            number,
        ));
    }
    found
}

/// A number that can be a page number, or a number of names.
fn count(text: &str) -> Option<u32> {
    let is_count = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_count.then(|| text.parse().ok()).flatten()
}

/// The combined reading of a page at `own` and its further pages.
///
/// Its lists continue over the pages. Signs that the list continues are dropped if all pages were read; if one is missing, the sign says
/// which: the pages that were read name the pages that they link to.
#[must_use]
pub fn joined(first: &Reading, own: &TargetUri, further: &[FurtherPage<'_>]) -> Joined {
    let mut reading = first.clone();
    let mut parts = Vec::new();
    let mut pages = vec![(own, first)];
    let mut missing: Option<String> = None;
    for (page, further_page) in further.iter().enumerate() {
        match readable(further_page, &pages) {
            Ok(read) => {
                pages.push((further_page.came_to, read));
                parts.push(Part {
                    page,
                    start: append(&mut reading, read),
                });
            }
            Err(why) => {
                let asked = further_page.asked;
                missing.get_or_insert_with(|| format!("{asked} was not read: {why}"));
            }
        }
    }
    if missing.is_none() {
        let known: HashSet<&TargetUri> = further.iter().map(|further| further.asked).collect();
        let mut led = pages.iter().flat_map(|page| further_pages(page.1, page.0));
        let is_known = |target_uri: &TargetUri| {
            known.contains(target_uri) || pages.iter().any(|page| page.0 == target_uri)
        };
        missing = led
            .find(|it| !is_known(it))
            .map(|led| format!("{led} was not read"));
    }
    reading.more = match missing {
        Some(what) => vec![about_all(MoreKind::Pager, what)],
        None => left(&pages),
    };
    Joined { reading, parts }
}

/// The reading of a further page, or why it is not usable.
fn readable<'a>(
    page: &FurtherPage<'a>,
    pages: &[(&TargetUri, &Reading)],
) -> Result<&'a Reading, String> {
    let read = page.reading.map_err(str::to_owned)?;
    let first = pages.first().map(|page| page.0.host());
    if first != Some(page.came_to.host()) {
        return Err(format!("it led to {}", page.came_to));
    }
    if read.state != PageState::Content {
        return Err("the response is not a page of the list".to_owned());
    }
    // A page with the title of the first one is no notice, however little it says.
    let titled = |doubt: &Doubt| {
        let first = pages.first().and_then(|page| page.1.title.as_ref());
        doubt.settled_by.is_some() && first.is_some() && first == read.title.as_ref()
    };
    if let Some(doubt) = read
        .doubt
        .as_ref()
        .filter(|doubt| doubt.speaks_for.is_some() && !titled(doubt))
    {
        return Err(doubt.what.clone());
    }
    if pages
        .iter()
        .any(|it| it.0 == page.came_to || it.1.text == read.text)
    {
        return Err("it is the same as an earlier page".to_owned());
    }
    Ok(read)
}

/// The signs that the list continues that remain after all its pages were read: links elsewhere, counts and words.
fn left(pages: &[(&TargetUri, &Reading)]) -> Vec<More> {
    let mut left: Vec<More> = Vec::new();
    for (own, page) in pages {
        for more in &page.more {
            let leads_elsewhere = more.leads_to.iter().any(|href| {
                let to = own.join(href).ok().map(|pair| pair.0);
                to.is_some_and(|to| (to.host(), to.port()) != (own.host(), own.port()))
            });
            let stays = match more.kind {
                MoreKind::Count => more.total.is_some(),
                MoreKind::Words => true,
                _ => leads_elsewhere,
            };
            if stays
                && left
                    .iter()
                    .all(|other| other.total != more.total || other.kind != more.kind)
            {
                left.push(More {
                    at: None,
                    shown: None,
                    ..more.clone()
                });
            }
        }
    }
    left
}

fn about_all(kind: MoreKind, what: String) -> More {
    More {
        kind,
        what,
        at: None,
        shown: None,
        total: None,
        leads_to: Vec::new(),
    }
}

/// Appends a further page to a reading; returns where its text begins.
fn append(reading: &mut Reading, page: &Reading) -> usize {
    if !reading.text.is_empty() {
        reading.text.push('\n');
    }
    let start = reading.text.len();
    reading.text.push_str(&page.text);
    let moved = |range: &std::ops::Range<usize>| range.start + start..range.end + start;
    reading
        .blocks
        .extend(page.blocks.iter().map(|block| super::Block {
            range: moved(&block.range),
            ..block.clone()
        }));
    reading
        .headings
        .extend(page.headings.iter().map(|heading| super::Heading {
            range: moved(&heading.range),
            ..heading.clone()
        }));
    reading
        .links
        .extend(page.links.iter().map(|link| super::Link {
            range: moved(&link.range),
            ..link.clone()
        }));
    reading.struck.extend(page.struck.iter().map(moved));
    if page.ending == Ending::InTag {
        reading.ending = Ending::InTag;
    }
    let own = reading.lists.len();
    for list in &page.lists {
        let mut list = list.clone();
        for item in &mut list.items {
            item.range = item.range.as_ref().map(moved);
        }
        let of_page = reading.lists.get_mut(..own).unwrap_or_default();
        match of_page.iter_mut().find(|it| goes_on(it, &list)) {
            Some(page) => take_in(page, list),
            None => reading.lists.push(list),
        }
    }
    start
}

/// Whether a list of a further page is the rest of another.
fn goes_on(list: &EntityList, rest: &EntityList) -> bool {
    (list.strategy, &list.fingerprint, &list.container)
        == (rest.strategy, &rest.fingerprint, &rest.container)
}

/// Appends the names of the rest of a list; names that the list already has, as menus have on every page, only once.
fn take_in(list: &mut EntityList, rest: EntityList) {
    let known: BTreeSet<String> = list.items.iter().map(|item| item.surface.clone()).collect();
    let new = rest.items.into_iter();
    list.items
        .extend(new.filter(|new| !known.contains(&new.surface)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> TargetUri {
        text.parse().unwrap()
    }

    fn leading(to: &[&str]) -> Reading {
        Reading {
            more: vec![More {
                leads_to: to.iter().map(|it| (*it).to_owned()).collect(),
                ..about_all(MoreKind::Pager, "a pager".to_owned())
            }],
            text: to.join(" "),
            ..Reading::default()
        }
    }

    #[test]
    fn the_further_pages_of_a_list_differ_from_it_in_a_greater_number_alone() {
        for (own, href, is) in [
            ("https://a.example/partners", "?page=2", true),
            ("https://a.example/partners", "/partners/page/2/", true),
            ("https://a.example/partners/", "2/", true),
            ("https://a.example/partners.html", "partners-2.html", true),
            ("https://a.example/l?sort=name", "?sort=name&start=20", true),
            ("https://a.example/l?page=2", "?page=3", true),
            ("https://a.example/l?page=2", "?page=1", false),
            ("https://a.example/l?page=2", "/l", false),
            ("https://a.example/partners", "/news?page=2", false),
            (
                "https://a.example/partners",
                "https://b.example/partners?page=2",
                false,
            ),
            ("https://a.example/partners", "/partners/of-1998", false),
        ] {
            let found = further_pages(&leading(&[href]), &uri(own));
            assert_eq!(!found.is_empty(), is, "{own} {href} {found:?}");
        }
        let many = further_pages(
            &leading(&["?p=9", "?p=2", "?p=2"]),
            &uri("https://a.example/l"),
        );
        assert_eq!(
            many,
            ["https://a.example/l?p=2", "https://a.example/l?p=9"].map(uri)
        );
    }

    #[test]
    fn a_list_is_whole_where_every_page_that_any_leads_to_was_read() {
        let own = uri("https://a.example/l");
        let (two, three) = (
            uri("https://a.example/l?p=2"),
            uri("https://a.example/l?p=3"),
        );
        let (first, second, third) = (
            leading(&["?p=2"]),
            leading(&["?p=1", "?p=3"]),
            leading(&["?p=2", "?p=1"]),
        );
        let page = |asked, reading| FurtherPage {
            asked,
            came_to: asked,
            reading,
        };
        let all = joined(
            &first,
            &own,
            &[page(&two, Ok(&second)), page(&three, Ok(&third))],
        );
        assert_eq!(all.reading.more, []);
        assert_eq!(all.parts[1].start, first.text.len() + second.text.len() + 2);
        let one = joined(&first, &own, &[page(&two, Ok(&second))]);
        assert!(one.reading.more[0].what.contains("p=3 was not read"));
        let failed = [
            page(&two, Ok(&second)),
            page(&three, Err("robots.txt forbids it")),
        ];
        let failed = joined(&first, &own, &failed);
        assert!(failed.reading.more[0].what.contains("robots.txt"));
        let again = joined(&first, &own, &[page(&two, Ok(&first))]);
        assert!(
            again.reading.more[0]
                .what
                .contains("the same as an earlier page")
        );
    }
}
