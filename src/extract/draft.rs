//! What the finders of lists share: the page under their eyes, and the lists as they are drafted before they are judged.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use html5ever::local_name;

use super::{
    css::Selectors,
    flow::{Flow, is_block},
    names::{self, Look},
    tree::{Kind, Tree},
    trim,
};
use crate::entity::{NameSource, Strategy};

/// A page as the finders see it.
pub(super) struct Sight<'a> {
    pub(super) tree: &'a Tree,
    pub(super) flow: &'a Flow,
    /// For each node a hash of the tag names and first classes from the root to it.
    pub(super) paths: Vec<u64>,
    /// For each node whether it is a block or has one in it.
    pub(super) blocky: Vec<bool>,
    looks: RefCell<HashMap<(usize, usize), Look>>,
    selectors: RefCell<Selectors>,
    /// For each element whether its id or a class speaks of partners and the like.
    pub(super) called: Vec<bool>,
    tellings: RefCell<HashMap<(usize, usize), Telling>>,
}

/// What a heading tells of what stands below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Telling {
    /// Names, surely.
    pub(super) strong: bool,
    /// Perhaps names.
    pub(super) relation: bool,
    /// Something else.
    pub(super) other: bool,
}

/// A list before it is judged.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) strategy: Strategy,
    /// The element that holds all its items.
    pub(super) container: usize,
    /// A line before the first item that tells what the items are.
    pub(super) caption: Option<Range<usize>>,
    pub(super) items: Vec<Item>,
    /// How much the finder itself thinks of it, added to what the judge finds.
    pub(super) bonus: f64,
}

/// A member of a list before it is judged.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The element that holds the name.
    pub(super) node: usize,
    /// The nodes of the record that it names.
    pub(super) record: Range<usize>,
    /// The bytes of the name in the text.
    pub(super) range: Range<usize>,
    pub(super) source: NameSource,
}

impl<'a> Sight<'a> {
    pub(super) fn new(tree: &'a Tree, flow: &'a Flow) -> Self {
        let count = tree.nodes.len();
        let mut paths = vec![0_u64; count];
        let mut blocky = vec![false; count];
        let mut called = vec![false; count];
        let mut known: HashMap<&str, bool> = HashMap::new();
        for node in 1..count {
            if let Kind::Element(name, _) = &tree.nodes[node].kind {
                let mut path = mix(paths[tree.nodes[node].parent], name.as_bytes());
                if let Some(class) = tree.classes(node).next() {
                    path = mix(path, class.as_bytes());
                }
                paths[node] = path;
                let id = tree.attr(node, &local_name!("id")).unwrap_or_default();
                called[node] = std::iter::once(id).chain(tree.classes(node)).any(|it| {
                    *known
                        .entry(it)
                        .or_insert_with(|| names::attribute_tells_relation(it))
                });
                blocky[node] = is_block(name) && *name != local_name!("br");
            }
        }
        for node in (1..count).rev() {
            if blocky[node] {
                blocky[tree.nodes[node].parent] = true;
            }
        }
        Self {
            tree,
            flow,
            paths,
            blocky,
            looks: RefCell::default(),
            selectors: RefCell::default(),
            called,
            tellings: RefCell::default(),
        }
    }

    /// A selector of an element.
    pub(super) fn css(&self, node: usize) -> String {
        self.selectors.borrow_mut().selector(self.tree, node)
    }

    /// The text of a range.
    pub(super) fn text(&self, range: &Range<usize>) -> &'a str {
        &self.flow.text[range.clone()]
    }

    /// How much the text of a range looks like a name.
    pub(super) fn look(&self, range: &Range<usize>) -> Look {
        *self
            .looks
            .borrow_mut()
            .entry((range.start, range.end))
            .or_insert_with(|| names::look(self.text(range)))
    }

    /// What the heading at a range tells.
    pub(super) fn telling(&self, range: &Range<usize>) -> Telling {
        *self
            .tellings
            .borrow_mut()
            .entry((range.start, range.end))
            .or_insert_with(|| {
                let text = self.text(range);
                Telling {
                    strong: names::tells_strong_relation(text),
                    relation: names::tells_relation(text),
                    other: names::tells_other(text),
                }
            })
    }

    /// The range without bullets and separators at its ends.
    pub(super) fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let inner = trim::trim(self.text(range));
        range.start + inner.start..range.start + inner.end
    }

    /// The name in the alternative text at a range.
    pub(super) fn trimmed_alt(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let inner = trim::trim_alt(self.text(range))?;
        Some(range.start + inner.start..range.start + inner.end)
    }

    /// Whether the text at a place is an image's.
    pub(super) fn is_alt(&self, at: usize) -> bool {
        let after = self.flow.blocks.partition_point(|it| it.range.start <= at);
        after
            .checked_sub(1)
            .is_some_and(|it| self.flow.blocks[it].alt)
    }
}

/// FNV-1a over the bytes and a separator.
pub(super) fn mix(hash: u64, bytes: &[u8]) -> u64 {
    let start = if hash == 0 {
        0xcbf2_9ce4_8422_2325
    } else {
        hash
    };
    bytes.iter().chain(&[0xff]).fold(start, |hash, &it| {
        (hash ^ u64::from(it)).wrapping_mul(0x0100_0000_01b3)
    })
}
