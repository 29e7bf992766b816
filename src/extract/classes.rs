//! What class attributes say of their elements. Pages repeat a few of them without end, so each is asked once.

use html5ever::local_name;

use super::{
    fast_hash::{Map, map, mix},
    regions,
    tellings::{attribute_tells_relation, may_lead_on},
    tree::{Kind, Node},
};
use crate::reading::Region;

/// What a class attribute says.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing")]
pub(super) struct Class {
    /// A hash of its first class; 0 where there is none.
    pub(super) first: u64,
    /// Whether it hides its element.
    pub(super) hides: bool,
    /// The part of a page that one of its classes commonly stands for.
    pub(super) region: Option<Region>,
    /// Whether it speaks of partners, sponsors and the like.
    pub(super) tells: bool,
    /// Whether it calls its element a name or a title.
    pub(super) names_itself: bool,
    /// Whether it may speak of further pages, or of more to load.
    pub(super) leads_on: bool,
    /// Whether it calls its element a paywall.
    pub(super) pays: bool,
}

impl Class {
    fn of(value: &str) -> Self {
        let mut class = Self {
            tells: attribute_tells_relation(value),
            leads_on: may_lead_on(value),
            pays: value.contains("paywall") || value.contains("regwall"),
            ..Self::default()
        };
        for word in value.split_whitespace() {
            if class.first == 0 {
                class.first = mix(0, word.as_bytes()) | 2;
            }
            class.hides |= hides(word);
            class.region = class.region.or_else(|| regions::called(word));
            class.names_itself |= calls_itself_name(word);
        }
        class
    }
}

/// The class attributes of a page.
#[derive(Debug)]
pub(super) struct Classes {
    /// For each node the number of its attribute; 0 for none.
    numbers: Vec<u32>,
    all: Vec<Class>,
}

impl Classes {
    /// Of all nodes of a page.
    pub(super) fn of(nodes: &[Node]) -> Self {
        let mut known: Map<&str, u32> = map();
        let mut all = vec![Class::default()];
        let numbers = nodes.iter().map(|node| {
            let Kind::Element(_, attrs) = &node.kind else {
                return 0;
            };
            let class = attrs
                .iter()
                .find(|attr| attr.name.local == local_name!("class"));
            let Some(value) = class.map(|class| &*class.value).filter(|it| !it.is_empty()) else {
                return 0;
            };
            *known.entry(value).or_insert_with(|| {
                all.push(Class::of(value));
                u32::try_from(all.len() - 1).unwrap_or(0)
            })
        });
        Self {
            numbers: numbers.collect(),
            all,
        }
    }

    /// The number of a node's attribute, the same for the same attribute.
    pub(super) fn number(&self, node: usize) -> u32 {
        self.numbers[node]
    }

    /// What a node's attribute says.
    pub(super) fn at(&self, node: usize) -> &Class {
        &self.all[self.numbers[node] as usize]
    }
}

/// Whether a class hides its element.
fn hides(class: &str) -> bool {
    matches!(
        class.as_bytes(),
        [
            b'd' | b'e'
                | b'h'
                | b'i'
                | b's'
                | b'v'
                | b'w'
                | b'D'
                | b'E'
                | b'H'
                | b'I'
                | b'S'
                | b'V'
                | b'W',
            _,
            _,
            _,
            ..
        ]
    ) && [
        "hidden",
        "invisible",
        "hide",
        "d-none",
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screen-reader-only",
        "element-invisible",
        "w-condition-invisible",
    ]
    .iter()
    .any(|hiding| class.eq_ignore_ascii_case(hiding))
}

/// Whether a class speaks of a name or a title.
fn calls_itself_name(class: &str) -> bool {
    // All of its words have one of these in them.
    if !class.bytes().any(|byte| matches!(byte | 0x20, b'n' | b't')) {
        return false;
    }
    let lower = class.to_ascii_lowercase();
    let words = || lower.split(['-', '_']);
    lower.ends_with("name")
        || words().any(|word| {
            matches!(
                word,
                "name" | "orgname" | "organization" | "organisation" | "company" | "fn"
            )
        })
        || (words().next_back() == Some("title")
            && words().nth(1).is_some()
            && !lower.contains("job"))
}
