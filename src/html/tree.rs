//! The nodes of a page in one flat list, in their order, so that every walk is a loop.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use ego_tree::NodeId;
use foldhash::fast::RandomState;
use html5ever::{LocalName, QualName, local_name, ns, tendril::StrTendril};
use scraper::Selector;

use super::parse::Page;

/// A node of a page.
#[derive(Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// The number of its parent.
    pub parent: usize,
    /// Which of its parent's elements it is, from 1; 0 for other nodes.
    pub place: usize,
    /// The number after its last descendant's.
    pub end: usize,
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// The document itself, number 0.
    Document,
    /// An element: its name and attributes.
    Element(&'a LocalName, &'a [(QualName, StrTendril)]),
    /// A text.
    Text(&'a str),
}

/// The nodes of a page, numbered in their order. Comments are left out, and what `template` elements contain.
#[derive(Debug)]
pub struct Tree<'a> {
    /// The nodes.
    pub nodes: Vec<Node<'a>>,
    page: &'a Page,
    /// The nodes as the document knows them.
    ids: Vec<NodeId>,
    /// For each node the number of its class attribute; 0 if it has none.
    class_numbers: Vec<u32>,
    /// The different class attributes; the first is empty.
    class_values: Vec<&'a str>,
}

impl<'a> Tree<'a> {
    /// The nodes of a page.
    #[must_use]
    pub fn of(page: &'a Page) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            page,
            ids: Vec::new(),
            class_numbers: Vec::new(),
            class_values: vec![""],
        };
        tree.list();
        let mut known: HashMap<&str, u32, RandomState> = HashMap::default();
        for node in 0..tree.nodes.len() {
            let value = tree.attr(node, &local_name!("class")).unwrap_or_default();
            let number = match value {
                "" => 0,
                value => *known.entry(value).or_insert_with(|| {
                    tree.class_values.push(value);
                    u32::try_from(tree.class_values.len() - 1).unwrap_or(0)
                }),
            };
            tree.class_numbers.push(number);
        }
        tree
    }

    /// Lists the nodes.
    fn list(&mut self) {
        let root = self.page.document.tree.root();
        self.push(Kind::Document, 0, 0, root.id());
        // Each frame: the node's number, the elements seen in it, its next child.
        let mut stack = vec![(0, 0, root.first_child())];
        while let Some((number, elements, next)) = stack.last_mut() {
            let number = *number;
            let Some(child) = *next else {
                self.nodes[number].end = self.nodes.len();
                stack.pop();
                continue;
            };
            *next = child.next_sibling();
            match child.value() {
                scraper::Node::Text(text) => self.push(Kind::Text(text), number, 0, child.id()),
                scraper::Node::Element(element) => {
                    *elements += 1;
                    let kind = Kind::Element(&element.name.local, &element.attrs);
                    let place = *elements;
                    stack.push((self.nodes.len(), 0, child.first_child()));
                    self.push(kind, number, place, child.id());
                }
                _ => {}
            }
        }
    }

    fn push(&mut self, kind: Kind<'a>, parent: usize, place: usize, id: NodeId) {
        self.nodes.push(Node {
            kind,
            parent,
            place,
            end: self.nodes.len() + 1,
        });
        self.ids.push(id);
    }

    /// The nodes that a CSS selector matches, in order.
    #[must_use]
    pub fn select(&self, selector: &Selector) -> Vec<usize> {
        let matched = self
            .page
            .document
            .select(selector)
            .map(|element| element.id());
        let matched: std::collections::HashSet<_> = matched.collect();
        let is_matched = |node: &usize| matched.contains(&self.ids[*node]);
        (0..self.nodes.len()).filter(is_matched).collect()
    }

    /// The name of an element; the empty name for anything else.
    #[must_use]
    pub fn name(&self, node: usize) -> &'a LocalName {
        const NONE: LocalName = local_name!("");
        static EMPTY: LocalName = NONE;
        match self.nodes[node].kind {
            Kind::Element(name, _) => name,
            _ => &EMPTY,
        }
    }

    /// Whether a node is an element.
    #[must_use]
    pub fn is_element(&self, node: usize) -> bool {
        matches!(self.nodes[node].kind, Kind::Element(..))
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, node: usize, name: &LocalName) -> Option<&'a str> {
        match self.nodes[node].kind {
            Kind::Element(_, attrs) => attrs
                .iter()
                .find(|attr| attr.0.local == *name && attr.0.ns == ns!())
                .map(|attr| &*attr.1),
            _ => None,
        }
    }

    /// The value of an attribute, trimmed, if anything is left.
    #[must_use]
    pub fn attr_text(&self, node: usize, name: &LocalName) -> Option<&'a str> {
        self.attr(node, name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// The names and values of all attributes.
    pub fn attributes(&self, node: usize) -> impl Iterator<Item = (&'a str, &'a str)> {
        let attrs = match self.nodes[node].kind {
            Kind::Element(_, attrs) => attrs,
            _ => &[],
        };
        attrs.iter().map(|attr| (&*attr.0.local, &*attr.1))
    }

    /// The number of a node's class attribute: equal attributes have equal numbers; 0 if it has none.
    #[must_use]
    pub fn class_number(&self, node: usize) -> usize {
        self.class_numbers[node] as usize
    }

    /// The different class attributes by their numbers. Pages repeat a few of them very often, so each is interpreted once.
    pub fn class_values(&self) -> impl Iterator<Item = &'a str> {
        self.class_values.iter().copied()
    }

    /// The classes of a node.
    #[must_use]
    pub fn classes(&self, node: usize) -> std::str::SplitWhitespace<'a> {
        self.class_values[self.class_number(node)].split_whitespace()
    }

    /// The children in order.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[node].end;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.nodes[child].end;
                child
            })
        })
    }

    /// The element children in order.
    pub fn elements(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.children(node).filter(|&node| self.is_element(node))
    }

    /// The numbers of everything below a node.
    #[must_use]
    pub fn below(&self, node: usize) -> Range<usize> {
        node + 1..self.nodes[node].end
    }

    /// The parents, nearest first, without the document.
    pub fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = node;
        std::iter::from_fn(move || {
            next = self.nodes[next].parent;
            (next != 0).then_some(next)
        })
    }

    /// The text below a node, as it is in the source.
    #[must_use]
    pub fn raw_text(&self, node: usize) -> Cow<'a, str> {
        let mut parts = self
            .below(node)
            .filter_map(|node| match self.nodes[node].kind {
                Kind::Text(part) => Some(part),
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
