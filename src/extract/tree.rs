//! A parsed page as one flat list of nodes in the order of the page, so that every walk is a loop.

use std::{borrow::Cow, ops::Range};

use html5ever::{Attribute, LocalName, local_name, ns, tendril::StrTendril};

use super::{
    classes::{Class, Classes},
    shown,
    sink::{self, RawKind, RawTree},
    spelt::may_be_data,
};

/// A node of the page.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: usize,
    /// Which of its parent's elements it is, from 1; 0 for what is no element.
    pub(super) place: usize,
    /// The number after its last descendant's.
    pub(super) end: usize,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// The document itself, number 0.
    Document,
    /// An element.
    Element(LocalName, Vec<Attribute>),
    /// A text.
    Text(StrTendril),
}

/// The nodes of a page, each numbered by its place in the page.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// What their class attributes say.
    pub(super) classes: Classes,
    /// Whether tags were left out because they nested too deep.
    pub(super) too_deep: bool,
    /// Whether it was read by the XML syntax's rules.
    pub(super) xhtml: bool,
}

/// Whether an attribute of this name says how many things or pages there are beside those shown, or where the next are.
pub(super) fn counts(name: &str) -> bool {
    const TELLING: [&str; 12] = [
        "total",
        "maxpage",
        "maxnumpages",
        "lastpage",
        "numpages",
        "pagecount",
        "pages",
        "nextpage",
        "nexturl",
        "nexthref",
        "foundposts",
        "totalcount",
    ];
    let Some(rest) = name.strip_prefix("data-") else {
        return matches!(name, "aria-setsize" | "aria-rowcount");
    };
    // Each of them has one of these in it, and few attributes have.
    let may = |part: &str| memchr::memmem::find(rest.as_bytes(), part.as_bytes()).is_some();
    (may("page") || may("next") || may("total") || may("found")) && {
        let plain: String = rest.chars().filter(char::is_ascii_alphanumeric).collect();
        TELLING
            .iter()
            .any(|it| plain.ends_with(it) || plain.starts_with(it))
    }
}

/// Whether an attribute of this name is asked for anywhere: by the reader, or by the tree builder (the second row).
fn is_read(name: &LocalName) -> bool {
    matches!(
        &**name,
        "alt"
            | "aria-label"
            | "class"
            | "content"
            | "hidden"
            | "href"
            | "http-equiv"
            | "id"
            | "itemprop"
            | "lang"
            | "name"
            | "rel"
            | "role"
            | "src"
            | "style"
            | "title"
            | "type"
            | "value"
            | "xml:lang"
    ) || counts(name)
        || shown::ends(name)
        || matches!(&**name, "color" | "encoding" | "face" | "size")
}

/// The nodes in the order of the page.
fn flat(raw: &mut RawTree) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::with_capacity(raw.nodes.len());
    nodes.push(Node {
        kind: Kind::Document,
        parent: 0,
        place: 0,
        end: 0,
    });
    // Each frame: the node's new number, the elements seen in it, its next child.
    let mut stack = vec![(0, 0, raw.first_child(0))];
    while let Some((number, elements, next)) = stack.last_mut() {
        let number = *number;
        let Some(child) = *next else {
            nodes[number].end = nodes.len();
            stack.pop();
            continue;
        };
        *next = raw.next_sibling(child);
        let kind = match std::mem::replace(&mut raw.nodes[child].kind, RawKind::Nothing) {
            RawKind::Nothing => continue,
            RawKind::Text(text) => Kind::Text(text),
            RawKind::Element(name, attrs) => Kind::Element(name, attrs),
        };
        let text = matches!(kind, Kind::Text(_));
        *elements += usize::from(!text);
        let place = if text { 0 } else { *elements };
        nodes.push(Node {
            kind,
            parent: number,
            place,
            end: nodes.len() + 1,
        });
        if !text {
            stack.push((nodes.len() - 1, 0, raw.first_child(child)));
        }
    }
    nodes
}

impl Tree {
    /// Parses HTML, or XHTML, in which every element can close itself.
    pub(super) fn parse(text: &str, xhtml: bool) -> Self {
        let (mut raw, too_deep) = sink::parse(text, xhtml, is_read);
        let nodes = flat(&mut raw);
        Self {
            classes: Classes::of(&nodes),
            nodes,
            too_deep,
            xhtml,
        }
    }

    /// The name of an element; the empty name for anything else.
    pub(super) fn name(&self, node: usize) -> &LocalName {
        const NONE: LocalName = local_name!("");
        static EMPTY: LocalName = NONE;
        match &self.nodes[node].kind {
            Kind::Element(name, _) => name,
            _ => &EMPTY,
        }
    }

    /// Whether it is an element.
    pub(super) fn is_element(&self, node: usize) -> bool {
        matches!(self.nodes[node].kind, Kind::Element(..))
    }

    /// An attribute's value.
    pub(super) fn attr(&self, node: usize, name: &LocalName) -> Option<&str> {
        debug_assert!(is_read(name), "the attribute {name} is not kept");
        match &self.nodes[node].kind {
            Kind::Element(_, attrs) => attrs
                .iter()
                .find(|attr| attr.name.local == *name && attr.name.ns == ns!())
                .map(|attr| &*attr.value),
            _ => None,
        }
    }

    /// An attribute's value, trimmed, if anything is left.
    pub(super) fn attr_text(&self, node: usize, name: &LocalName) -> Option<&str> {
        self.attr(node, name)
            .map(str::trim)
            .filter(|it| !it.is_empty())
    }

    /// The attributes that may hold data for the page's scripts, with their names.
    pub(super) fn data(&self, node: usize) -> impl Iterator<Item = (&str, &str)> {
        let attrs = match &self.nodes[node].kind {
            Kind::Element(_, attrs) => &attrs[..],
            _ => &[],
        };
        attrs
            .iter()
            .filter(|attr| may_be_data(&attr.value) && !is_read(&attr.name.local))
            .map(|attr| (&*attr.name.local, &*attr.value))
    }

    /// All attributes that only scripts read, with their names.
    pub(super) fn attributes(&self, node: usize) -> impl Iterator<Item = (&str, &str)> {
        let attrs = match &self.nodes[node].kind {
            Kind::Element(_, attrs) => &attrs[..],
            _ => &[],
        };
        let data = attrs
            .iter()
            .filter(|attr| attr.name.local.starts_with("data-"));
        data.map(|data| (&*data.name.local, data.value.trim()))
    }

    /// The attributes that count what there is beside what is shown, with their names.
    pub(super) fn counting(&self, node: usize) -> impl Iterator<Item = (&str, &str)> {
        let attrs = match &self.nodes[node].kind {
            Kind::Element(_, attrs) => &attrs[..],
            _ => &[],
        };
        attrs
            .iter()
            .filter(|attr| counts(&attr.name.local))
            .map(|attr| (&*attr.name.local, attr.value.trim()))
    }

    /// What a node's class attribute says.
    pub(super) fn class(&self, node: usize) -> &Class {
        self.classes.at(node)
    }

    /// The class tokens.
    pub(super) fn classes(&self, node: usize) -> std::str::SplitWhitespace<'_> {
        self.attr(node, &local_name!("class"))
            .unwrap_or_default()
            .split_whitespace()
    }

    /// The children in order.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[node].end;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let it = next;
                next = self.nodes[it].end;
                it
            })
        })
    }

    /// The element children in order.
    pub(super) fn elements(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.children(node).filter(|&node| self.is_element(node))
    }

    /// The numbers of everything below a node.
    pub(super) fn below(&self, node: usize) -> Range<usize> {
        node + 1..self.nodes[node].end
    }

    /// The parents, nearest first, the document left out.
    pub(super) fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = node;
        std::iter::from_fn(move || {
            next = self.nodes[next].parent;
            (next != 0).then_some(next)
        })
    }

    /// The text below a node, as it stands in the source.
    pub(super) fn raw_text(&self, node: usize) -> Cow<'_, str> {
        let mut parts = self
            .below(node)
            .filter_map(|node| match &self.nodes[node].kind {
                Kind::Text(part) => Some(&**part),
                _ => None,
            });
        let first = parts.next().unwrap_or_default();
        match parts.next() {
            None => Cow::Borrowed(first),
            Some(second) => {
                let mut text = [first, second].concat();
                text.extend(parts);
                Cow::Owned(text)
            }
        }
    }
}
