//! Reads a page: text, headings, links, lists of names, and whether it is a page one can judge by. Pure, from stored bytes alone.

use crate::{
    entity::EntityList,
    forward,
    html::{self, Flow, Syntax, Tree},
    media_type,
    pdf::TextLayer,
    reading::{Ending, PageState, Reading, Signal},
};

use judge::{
    closer_signs::CLOSER_SIGNS,
    list_signs::{CHANGES, FINDER_SIGNS, LIST_SIGNS},
    topic::Topic,
    unseen,
    unseen_signs::{DATA_SIGNS, ELEMENT_SIGNS, LABEL_SIGNS, LINE_SIGNS},
};
use kind::Kind;
use page_index::PageIndex;
use sign::Sign;

mod base;
mod classes;
mod counted;
mod draft;
mod ending;
mod fast_hash;
mod find;
mod judge;
mod kind;
mod letters;
mod list_item;
mod location;
mod more;
mod names;
mod page;
mod page_index;
mod plain;
mod ranking;
mod record;
mod sign;
#[cfg(test)]
mod sign_tests;
mod states;
mod tellings;

pub use page::Page;

/// The version of the reader; findings name it, and a reading of another version is made again.
pub const VERSION: u32 = 28;

/// How many bytes of a page are read; what comes behind is told in a signal.
const READ_AT_MOST: usize = 24 * 1024 * 1024;

/// Reads a page. It always ends and never fails: what cannot be read is a state with its signals.
#[must_use]
pub fn read(page: &Page<'_>) -> Reading {
    let body = &page.body[..page.body.len().min(READ_AT_MOST)];
    let mut signals = Vec::new();
    if body.len() < page.body.len() {
        signals.push(Signal {
            what: format!("only the first {READ_AT_MOST} bytes were read"),
            speaks_for: PageState::Content,
            weight: 0.1,
        });
    }
    let kind = kind::of(page.media_type, body);
    let decoded = match kind {
        Kind::Other => return unreadable(page),
        Kind::Pdf => return unread("a PDF file is read in a process of its own".to_owned()),
        _ => media_type::decode(body, page.media_type.charset.as_deref()),
    };
    let plain = match kind {
        Kind::Text => Some(plain::text(&decoded.text)),
        Kind::Json => plain::json(&decoded.text).or_else(|| Some(plain::text(&decoded.text))),
        Kind::Xml => Some(plain::xml(&decoded.text)),
        _ => None,
    };
    if let Some(plain) = plain {
        return of_plain(plain, signals);
    }
    of_html(page, &decoded.text, kind, signals)
}

/// Reads a page of HTML: the tree, its text, what could be lists, which of them are names, and whether the page can be judged by.
fn of_html(page: &Page<'_>, source: &str, kind: Kind, mut signals: Vec<Signal>) -> Reading {
    let syntax = match kind {
        Kind::Xhtml => Syntax::Xhtml,
        _ => Syntax::Html,
    };
    let parsed = html::parse(source, syntax);
    let tree = Tree::of(&parsed);
    if parsed.is_cut {
        signals.push(Signal {
            what: "elements nest too deep, or are too many; some were read as one".to_owned(),
            speaks_for: PageState::Content,
            weight: 0.1,
        });
    }
    let flow = Flow::of(&tree);
    let (lists, lost_selectors) = lists(page, &tree, &flow);
    let more = more::find(&tree, &flow, page.uri);
    let judged = states::judge(&tree, &flow, &lists, (page.status, source));
    signals.extend(judged.signals);
    Reading {
        version: VERSION,
        title: flow.title,
        language: flow.language,
        text: flow.text,
        blocks: flow.blocks,
        headings: flow.headings,
        anchors: flow.anchors,
        links: flow.links,
        lists,
        lost_selectors,
        state: judged.state,
        signals,
        doubt: judged.doubt,
        ending: ending::of(source),
        more,
        struck: flow.struck,
        leads_to: leads_to(&tree, page, source),
    }
}

/// The lists of a page, best first, and the selectors of profiles that match nothing.
fn lists(page: &Page<'_>, tree: &Tree<'_>, flow: &Flow) -> (Vec<EntityList>, Vec<String>) {
    let index = PageIndex::new(tree, flow);
    let topic = Topic::of(&index, page.uri);
    let drafts = find::drafts(&index);
    let judged = judge::judge(&index, &topic, &drafts);
    let data = find::data::find(&index).into_iter().map(unseen::data);
    let labels = find::labels::find(&index, page.uri).into_iter();
    let labels = labels.map(|list| unseen::labels(list, topic.names));
    let mut written: Vec<EntityList> = data.chain(labels).collect();
    let mut lost = Vec::new();
    let found = find::selector::find(&index, page.selectors, &drafts);
    for (selector, draft) in page.selectors.iter().zip(found) {
        match draft {
            Some(draft) => written.extend(judge::given(&index, page.uri, &draft, selector)),
            None => lost.push(selector.clone()),
        }
    }
    (ranking::ranked(&index, page.uri, &judged, written), lost)
}

/// Where a page sends a browser that does nothing else, as the fetcher understands it. A page is only looked through for it where it
/// has a refresh or next to no text.
fn leads_to(tree: &Tree<'_>, page: &Page<'_>, text: &str) -> Option<String> {
    const LITTLE: usize = 4 << 10;
    let is_refresh = |node: usize| {
        tree.is_element(node)
            && *tree.name(node) == html5ever::local_name!("meta")
            && tree
                .attr(node, &html5ever::local_name!("http-equiv"))
                .is_some_and(|attr| attr.trim().eq_ignore_ascii_case("refresh"))
    };
    let may = text.len() <= LITTLE
        || text.len() <= forward::LONGEST && (1..tree.nodes.len().min(400)).any(is_refresh);
    let it = forward::in_tree(tree, page.uri.filter(|_| may)?)?;
    Some(it.to.to_string())
}

/// The reading of a page without markup.
fn of_plain(plain: plain::Plain, mut signals: Vec<Signal>) -> Reading {
    let judged = states::judge_plain(&plain);
    signals.extend(judged.signals);
    Reading {
        version: VERSION,
        title: plain.title,
        language: None,
        state: judged.state,
        doubt: judged.doubt,
        ending: Ending::Open,
        more: Vec::new(),
        struck: Vec::new(),
        leads_to: None,
        text: plain.text,
        blocks: plain.blocks,
        headings: Vec::new(),
        anchors: Vec::new(),
        links: Vec::new(),
        lists: plain.lists,
        lost_selectors: Vec::new(),
        signals,
    }
}

/// The reading of a file whose text is not read.
fn unreadable(page: &Page<'_>) -> Reading {
    let essence = &page.media_type.essence;
    unread(if essence.is_empty() {
        "its bytes are no text".to_owned()
    } else {
        format!("{essence} is not read as text")
    })
}

/// The reading of a page that is not there to be read; `what` says why.
#[must_use]
pub fn unread(what: String) -> Reading {
    Reading {
        state: PageState::Unreadable,
        doubt: None,
        ..of_plain(
            plain::Plain::default(),
            vec![Signal {
                what,
                speaks_for: PageState::Unreadable,
                weight: 1.0,
            }],
        )
    }
}

/// Whether a page is a PDF file, whose text layer is read apart and then given to [`read_pdf`].
#[must_use]
pub fn is_pdf(page: &Page<'_>) -> bool {
    kind::of(page.media_type, page.body) == Kind::Pdf
}

/// The reading of a PDF file's text layer; each page is an anchor `page=N` (RFC 8118, 3).
///
/// Where some of it could not be read the state is unreadable, since nothing can be called absent, and the rest is there.
#[must_use]
pub fn read_pdf(layer: &TextLayer) -> Reading {
    let (plain, anchors) = plain::pages(&layer.pages);
    let fault = layer.fault.clone().or_else(|| {
        let empty = plain.text.is_empty();
        empty.then(|| "it has no text: its pages are images".to_owned())
    });
    let signals = fault.into_iter().map(|what| Signal {
        what,
        speaks_for: PageState::Unreadable,
        weight: 1.0,
    });
    let mut reading = of_plain(plain, signals.collect());
    if !reading.signals.is_empty() {
        reading.state = PageState::Unreadable;
    }
    Reading { anchors, ..reading }
}

/// The lists of names to show for a page read without a claim: the best of those that overlap, in the order of the page.
#[must_use]
pub fn best_lists(reading: &Reading) -> Vec<&EntityList> {
    // What a parked domain lists are searches.
    if reading.state == PageState::Parked {
        return Vec::new();
    }
    ranking::best(&reading.lists)
}

/// Why a sign in the evidence for a list speaks for or against it; `None` if no table has a sign of that name.
#[must_use]
pub fn why(sign: &str) -> Option<&'static str> {
    fn find<T>(signs: &'static [Sign<T>], name: &str) -> Option<&'static str> {
        signs
            .iter()
            .find(|sign| sign.name == name)
            .map(|sign| sign.why)
    }
    find(LIST_SIGNS, sign)
        .or_else(|| find(FINDER_SIGNS, sign))
        .or_else(|| find(CLOSER_SIGNS, sign))
        .or_else(|| find(LABEL_SIGNS, sign))
        .or_else(|| find(DATA_SIGNS, sign))
        .or_else(|| find(LINE_SIGNS, sign))
        .or_else(|| find(ELEMENT_SIGNS, sign))
        .or_else(|| CHANGES.iter().find(|row| row.0 == sign).map(|row| row.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media_type::MediaType;

    fn read_html(text: &str) -> Reading {
        read(&Page {
            body: text.as_bytes(),
            media_type: &MediaType::parse("text/html; charset=utf-8"),
            uri: None,
            status: None,
            selectors: &[],
        })
    }

    #[test]
    fn text_is_folded_in_blocks_and_alternative_texts_are_marked() {
        let it = read_html(
            "<title>T</title><h1 id=top>One\n <b>two</b></h1><p>three<br>four <img alt='five'>six",
        );
        assert_eq!(it.text, "One two\nthree\nfour\nfive\nsix");
        assert_eq!(it.title.as_deref(), Some("T"));
        let alts: Vec<bool> = it.blocks.iter().map(|block| block.alt).collect();
        assert_eq!(alts, [false, false, false, true, false]);
        assert_eq!(it.headings[0].range, 0..7);
        assert_eq!(it.anchors[0].range, 0..7);
    }

    #[test]
    fn a_page_of_a_hundred_thousand_nested_tags_ends() {
        for tag in ["<div>", "<b>", "<p><table>", "<a><font>", "<svg>"] {
            let mut page = tag.repeat(100_000);
            page.push_str("Acme");
            let it = read_html(&page);
            assert!(it.text.contains("Acme"), "{tag}");
        }
    }

    #[test]
    fn formatting_that_is_never_closed_does_not_multiply() {
        let mut page = String::new();
        for number in 0..300 {
            page.push_str("<b class=");
            page.push_str(&number.to_string());
            page.push('>');
        }
        page.push_str(&"<p>x".repeat(100_000));
        page.push_str("Acme");
        let it = read_html(&page);
        assert!(it.text.contains("Acme"));
        assert!(
            it.signals
                .iter()
                .any(|signal| signal.what.contains("too many"))
        );
    }
}
