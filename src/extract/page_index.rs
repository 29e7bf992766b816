//! The page in the form that the finders use: its tree and text with all frequently needed facts, each computed once.

use std::{
    cell::{OnceCell, RefCell},
    ops::Range,
};

use foldhash::fast::RandomState;
use html5ever::local_name;

use super::{
    classes::Class,
    fast_hash::{Map, mix, mix_number},
    names::{self, NameSigns, Telling},
    record::trim,
};
use crate::html::{Flow, Kind, Tree, css::Selectors, is_block};

/// A page in the form that the finders use.
pub(super) struct PageIndex<'a> {
    /// The nodes of the page.
    pub(super) tree: &'a Tree<'a>,
    /// The text of the page, with the place of every node in it.
    pub(super) flow: &'a Flow,
    /// For each node a hash of the tag names and first classes from the root to it.
    pub(super) paths: Vec<u64>,
    /// For each node, whether it is a block or contains one.
    pub(super) blocky: Vec<bool>,
    /// What each of the different class attributes tells.
    classes: Vec<Class>,
    texts: RefCell<KnownTexts<'a>>,
    /// How many nodes before each are dates or times of day.
    dated: OnceCell<Vec<u32>>,
    /// For each node, the next link at or after it.
    links: Vec<u32>,
    /// The resolved addresses, each once.
    addresses: RefCell<Map<&'a str, String>>,
    /// For each byte of the text, whether it comes from an image; 64 bytes per word.
    alts: Vec<u64>,
    /// The raised marks of notes behind words, in order: `Jane Roe<sup>1,2</sup>`.
    note_marks: Vec<Range<usize>>,
    selectors: RefCell<Selectors>,
    /// For each element, whether its id or a class mentions partners and the like.
    pub(super) called: Vec<bool>,
    tellings: RefCell<Map<(usize, usize), Telling>>,
    /// How many rows of texts were examined, and for each text the last row that contained it.
    shown: RefCell<(u32, Vec<u32>)>,
}

/// The texts looked up so far, each once.
struct KnownTexts<'a> {
    numbers: Map<&'a str, u32>,
    signs: Vec<NameSigns>,
    /// The range that was looked up last among those that share a slot, and the number of its text.
    last: Vec<(Range<usize>, u32)>,
}

impl KnownTexts<'_> {
    fn new(nodes: usize, bytes: usize) -> Self {
        Self {
            numbers: Map::with_capacity_and_hasher(nodes / 8, RandomState::default()),
            signs: Vec::with_capacity(nodes / 8),
            last: vec![(0..0, 0); (bytes / 16).next_power_of_two().clamp(1, 1 << 13)],
        }
    }
}

impl<'a> PageIndex<'a> {
    /// The index of a page; rarely needed facts are computed on demand.
    pub(super) fn new(tree: &'a Tree<'a>, flow: &'a Flow) -> Self {
        let count = tree.nodes.len();
        let classes: Vec<Class> = tree.class_values().map(Class::of).collect();
        let mut paths = vec![0_u64; count];
        let mut blocky = vec![false; count];
        let mut called = vec![false; count];
        for node in 1..count {
            if let Kind::Element(name, _) = tree.nodes[node].kind {
                let mut path = mix(paths[tree.nodes[node].parent], name.as_bytes());
                let class = classes[tree.class_number(node)];
                if class.first != 0 {
                    path = mix_number(path, class.first);
                }
                paths[node] = path;
                called[node] = class.tells
                    || tree
                        .attr(node, &local_name!("id"))
                        .is_some_and(names::attribute_tells_relation);
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
            classes,
            texts: RefCell::new(KnownTexts::new(count, flow.text.len())),
            dated: OnceCell::new(),
            links: links(tree),
            addresses: RefCell::default(),
            alts: alts(flow),
            note_marks: note_marks(tree, flow),
            selectors: RefCell::default(),
            called,
            tellings: RefCell::default(),
            shown: RefCell::default(),
        }
    }

    /// What the class attribute of a node tells.
    pub(super) fn class(&self, node: usize) -> Class {
        self.classes[self.tree.class_number(node)]
    }

    /// A selector of an element.
    pub(super) fn css(&self, node: usize) -> String {
        self.selectors.borrow_mut().selector(self.tree, node)
    }

    /// The text of a range.
    pub(super) fn text(&self, range: &Range<usize>) -> &'a str {
        &self.flow.text[range.clone()]
    }

    /// The signs that the text of a range is a name.
    pub(super) fn signs(&self, range: &Range<usize>) -> NameSigns {
        self.numbered_signs(range).1
    }

    /// A number for the text of a range, equal for equal texts, and the signs that it is a name.
    pub(super) fn numbered_signs(&self, range: &Range<usize>) -> (u32, NameSigns) {
        let KnownTexts {
            numbers,
            signs,
            last,
        } = &mut *self.texts.borrow_mut();
        let place = range.start & (last.len() - 1);
        let (known, number) = &mut last[place];
        if known != range || range.is_empty() {
            let text = self.text(range);
            *number = *numbers.entry(text).or_insert_with(|| {
                signs.push(names::signs(text));
                u32::try_from(signs.len() - 1).unwrap_or(u32::MAX)
            });
            *known = range.clone();
        }
        (*number, signs[*number as usize])
    }

    /// How many different texts the ranges have.
    pub(super) fn distinct<'r>(&self, ranges: impl Iterator<Item = &'r Range<usize>>) -> usize {
        let texts: Vec<u32> = ranges.map(|range| self.numbered_signs(range).0).collect();
        self.first_shown(texts.into_iter()).filter(|it| *it).count()
    }

    /// For each text of a row, given by number, whether it is the first of its kind.
    pub(super) fn first_shown(
        &self,
        texts: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = bool> {
        let mut shown = self.shown.borrow_mut();
        shown.0 += 1;
        texts.map(move |it| {
            let (row, last) = &mut *shown;
            let place = it as usize;
            if last.len() <= place {
                last.resize(place + 1, 0);
            }
            std::mem::replace(&mut last[place], *row) != *row
        })
    }

    /// Whether there is a date or a time of day among some nodes.
    pub(super) fn has_date(&self, nodes: &Range<usize>) -> bool {
        let dated = self.dated.get_or_init(|| {
            let mut count = 0;
            let before = (0..self.tree.nodes.len()).map(|at| {
                let before = count;
                count += u32::from(self.is_date(at));
                before
            });
            let mut dated: Vec<u32> = before.collect();
            dated.push(count);
            dated
        });
        dated[nodes.start] < dated[nodes.end]
    }

    fn is_date(&self, node: usize) -> bool {
        match self.tree.nodes[node].kind {
            Kind::Document => false,
            Kind::Element(name, _) => *name == local_name!("time"),
            Kind::Text(_) => {
                let text = self.text(&self.flow.spans[node]);
                // The start of a membership is not a date of news.
                names::is_date(text) && memchr::memmem::find(text.as_bytes(), b"since ").is_none()
            }
        }
    }

    /// The first link among some nodes.
    pub(super) fn link_in(&self, nodes: &Range<usize>) -> Option<usize> {
        let link = *self.links.get(nodes.start)? as usize;
        (link < nodes.end).then_some(link)
    }

    /// An address, resolved by `resolve` the first time.
    pub(super) fn address(&self, href: &'a str, resolve: impl FnOnce() -> String) -> String {
        let mut known = self.addresses.borrow_mut();
        known.entry(href).or_insert_with(resolve).clone()
    }

    /// The meaning of the heading at a range.
    pub(super) fn telling(&self, range: &Range<usize>) -> Telling {
        *self
            .tellings
            .borrow_mut()
            .entry((range.start, range.end))
            .or_insert_with(|| names::telling(self.text(range)))
    }

    /// The range without bullets and separators at its ends, and without the marks of notes behind it.
    pub(super) fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let trim = |range: &Range<usize>| {
            let inner = trim::trim(self.text(range));
            range.start + inner.start..range.start + inner.end
        };
        let mut inner = trim(range);
        let marks = &self.note_marks;
        while let Ok(at) = marks.binary_search_by_key(&inner.end, |mark| mark.end)
            && marks[at].start > inner.start
        {
            inner = trim(&(inner.start..marks[at].start));
        }
        inner
    }

    /// The name in the alternative text at a range.
    pub(super) fn trimmed_alt(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let inner = trim::trim_alt(self.text(range))?;
        Some(range.start + inner.start..range.start + inner.end)
    }

    /// Whether the text at a place is an image's.
    pub(super) fn is_alt(&self, at: usize) -> bool {
        self.alts
            .get(at / 64)
            .is_some_and(|alt| alt >> (at % 64) & 1 == 1)
    }
}

/// The raised marks of notes, each behind a word of several letters or another mark: what stands behind a single letter, `m²`, is none.
fn note_marks(tree: &Tree<'_>, flow: &Flow) -> Vec<Range<usize>> {
    const LONGEST: usize = 12;
    let is_of_mark = |part: &str| {
        part.len() == 1
            || part.bytes().all(|byte| byte.is_ascii_digit())
            || !part.contains(char::is_alphanumeric)
    };
    let is_word = |before: &str| {
        let mut letters = before.chars().rev();
        let last = letters
            .next()
            .is_some_and(|it| it.is_alphabetic() || it == '.');
        last && letters
            .next()
            .is_some_and(|it| !it.is_whitespace() && !it.is_numeric())
    };
    let mut marks: Vec<Range<usize>> = Vec::new();
    for node in (1..tree.nodes.len()).filter(|at| *tree.name(*at) == local_name!("sup")) {
        let range = flow.spans[node].clone();
        let mut parts = flow.text[range.clone()].split(|it: char| it.is_whitespace() || it == ',');
        let behind = marks.last().is_some_and(|mark| mark.end == range.start)
            || is_word(&flow.text[..range.start]);
        if (1..=LONGEST).contains(&range.len()) && behind && parts.all(is_of_mark) {
            marks.push(range);
        }
    }
    marks
}

/// For each node, the next link at or after it.
fn links(tree: &Tree<'_>) -> Vec<u32> {
    let mut next = u32::MAX;
    let mut links = vec![next; tree.nodes.len()];
    for node in (0..tree.nodes.len()).rev() {
        if *tree.name(node) == local_name!("a") {
            next = u32::try_from(node).unwrap_or(u32::MAX);
        }
        links[node] = next;
    }
    links
}

/// The bytes of the text that come from images, one bit each; a separator belongs to the block before it.
fn alts(flow: &Flow) -> Vec<u64> {
    let mut bits = vec![0_u64; flow.text.len() / 64 + 1];
    for (place, block) in flow.blocks.iter().enumerate() {
        if block.alt {
            let next = flow.blocks.get(place + 1);
            let end = next.map_or(flow.text.len() + 1, |next| next.range.start);
            for at in block.range.start..end {
                bits[at / 64] |= 1 << (at % 64);
            }
        }
    }
    bits
}
