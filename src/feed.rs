//! Feeds: dated entries with a title, a link and text, as an Atom document (RFC 4287).

use std::collections::BTreeMap;

use atom_syndication as atom;

use crate::{clock::Instant, text::for_terminal, uri::TargetUri};

/// The media type of a feed.
pub const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// The most entries of one document; the others are in the documents that `rel="next"` leads to.
pub const ENTRIES: usize = 100;

/// A feed, the latest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its permanent id: a tag URI, or the address of the feed.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The address of this document; empty if it is a file without one.
    pub here: String,
    /// The address of the page that shows the same to people; empty for none.
    pub page: String,
    /// The address of the document with older entries (RFC 5005).
    pub next: Option<String>,
    /// When it changed last; without entries, any time that does not change with each request.
    pub updated: Instant,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// An entry of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its permanent id.
    pub id: String,
    /// Its title, in plain text.
    pub title: String,
    /// When it changed last.
    pub updated: Instant,
    /// The address that it leads to; empty for none.
    pub link: String,
    /// Its text, plain.
    pub text: String,
}

impl Feed {
    /// The document.
    #[must_use]
    pub fn to_atom(&self) -> String {
        let mut links = Vec::new();
        for (rel, href) in [
            ("self", Some(&self.here)),
            ("alternate", Some(&self.page)),
            ("next", self.next.as_ref()),
        ] {
            links.extend(href.and_then(|href| link(rel, href)));
        }
        let feed = atom::Feed {
            id: plain(&self.id),
            title: text(&self.title),
            updated: self.updated.into(),
            authors: vec![author()],
            generator: Some(atom::Generator {
                value: "stillsays".into(),
                version: Some(env!("CARGO_PKG_VERSION").into()),
                ..atom::Generator::default()
            }),
            links,
            entries: self.entries.iter().map(Entry::to_atom).collect(),
            namespaces: BTreeMap::new(),
            ..atom::Feed::default()
        };
        feed.to_string()
    }
}

impl Entry {
    fn to_atom(&self) -> atom::Entry {
        atom::Entry {
            id: plain(&self.id),
            title: text(&self.title),
            updated: self.updated.into(),
            authors: vec![author()],
            links: link("alternate", &self.link).into_iter().collect(),
            content: Some(atom::Content {
                value: Some(plain(&self.text)),
                content_type: Some("text".into()),
                ..atom::Content::default()
            }),
            ..atom::Entry::default()
        }
    }
}

/// The host in entry ids where no public address is set: this name is reserved (RFC 2606), so it cannot belong to another site.
const NO_HOST: &str = "stillsays.invalid";

/// A tag URI (RFC 4151) that names `what` for good: `tag:example.org,2026:finding/410082f4df34`. The host is that of the public
/// `address` of the desk; the year is the one from which on these ids are used.
#[must_use]
pub fn tag(address: &str, what: &str) -> String {
    let uri = TargetUri::parse(address).ok();
    let host = uri.as_ref().map_or(NO_HOST, |it| it.0.host());
    format!("tag:{host},2026:{what}")
}

fn link(rel: &str, href: &str) -> Option<atom::Link> {
    (!href.is_empty()).then(|| atom::Link {
        href: plain(href),
        rel: rel.to_owned(),
        ..atom::Link::default()
    })
}

fn author() -> atom::Person {
    atom::Person {
        name: "stillsays".into(),
        ..atom::Person::default()
    }
}

fn text(words: &str) -> atom::Text {
    atom::Text::plain(plain(words))
}

/// Text that XML can carry (XML 1.0, 2.2) and readers show as it is: control characters become their pictures; characters that
/// turn the direction of writing, and those that are none, are left out.
fn plain(words: &str) -> String {
    for_terminal(words).replace(['\u{fffe}', '\u{ffff}'], "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_warc_date;

    fn feed(words: &str) -> Feed {
        let at = parse_warc_date("2026-11-27T06:00:00Z").unwrap();
        Feed {
            id: tag("https://desk.example.org/", "all"),
            title: format!("All {words}"),
            here: "https://desk.example.org/feeds/x/all.atom".into(),
            page: "https://desk.example.org/".into(),
            next: Some("https://desk.example.org/feeds/x/all.atom?before=1&x=\"<".into()),
            updated: at,
            entries: vec![Entry {
                id: tag("https://desk.example.org/", "finding/410082f4df34"),
                title: format!("absent: {words}"),
                updated: at,
                link: "https://desk.example.org/f/410082f4df34".into(),
                text: format!("“{words}”"),
            }],
        }
    }

    #[test]
    fn a_feed_reads_back_with_every_field() {
        let feed = feed("A & B <c> ]]> \"d\"");
        let back = atom::Feed::read_from(feed.to_atom().as_bytes()).unwrap();
        assert_eq!(back.id(), "tag:desk.example.org,2026:all");
        assert_eq!(back.title().as_str(), feed.title);
        let links: Vec<(&str, &str)> = back
            .links()
            .iter()
            .map(|it| (it.rel(), it.href()))
            .collect();
        assert_eq!(
            links,
            [
                ("self", feed.here.as_str()),
                ("alternate", feed.page.as_str()),
                ("next", feed.next.as_deref().unwrap()),
            ]
        );
        let [entry] = back.entries() else {
            panic!("{back:?}");
        };
        assert_eq!(entry.id(), "tag:desk.example.org,2026:finding/410082f4df34");
        assert_eq!(entry.title().as_str(), feed.entries[0].title);
        let content = entry.content().unwrap();
        assert_eq!(content.value(), Some(feed.entries[0].text.as_str()));
        assert_eq!(content.content_type(), Some("text"));
        assert_eq!(entry.links()[0].href(), feed.entries[0].link);
        assert_eq!(entry.updated().to_rfc3339(), "2026-11-27T06:00:00+00:00");
    }

    #[test]
    fn no_character_that_xml_refuses_is_written() {
        let all: String = (0..0xa0)
            .filter_map(char::from_u32)
            .chain("\u{fffe}\u{ffff}😀".chars())
            .collect();
        let written = feed(&all).to_atom();
        let refused = |letter: &char| {
            letter.is_control() && !matches!(letter, '\n' | '\t')
                || matches!(letter, '\u{fffe}' | '\u{ffff}')
        };
        assert_eq!(written.chars().find(refused), None);
        let back = atom::Feed::read_from(written.as_bytes()).unwrap();
        assert!(back.entries()[0].title().as_str().ends_with('😀'));
        assert!(back.entries()[0].title().as_str().contains("␛"));
    }

    #[test]
    fn an_id_without_a_public_address_is_that_of_no_one_else() {
        assert_eq!(tag("", "finding/1"), "tag:stillsays.invalid,2026:finding/1");
        assert_eq!(
            tag("https://Desk.example.org:8443/x", "edits"),
            "tag:desk.example.org,2026:edits"
        );
    }
}
