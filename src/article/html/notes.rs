//! The notes of an article in HTML: its markers, their targets and their numbers.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeId;
use scraper::{ElementRef, Html};

use super::{
    entry::{self, Link},
    marks::{
        ancestor, begins_with, beside, has_class, in_sup, inside_or_same, is_back_link,
        is_marker_like, is_web, label, long, number_of, percent_decoded,
    },
};
use crate::text::one_line;

/// A note of the article.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// The number on its markers.
    pub(super) number: u32,
    /// Its text on one line.
    pub(super) text: String,
    /// The addresses that it links to, or that what it leads to links to.
    pub(super) links: Vec<Link>,
    /// The fields of its citation template, if the page has them.
    pub(super) fields: Vec<(String, String)>,
}

/// Markers and notes of one page.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    /// A marker's element, and its numbers; empty if its note does not cite anything.
    pub(super) marks: HashMap<NodeId, Vec<u32>>,
    /// What is not part of the running text: lists of notes, and notes inside paragraphs.
    pub(super) hidden: HashSet<NodeId>,
    /// The notes that are references.
    pub(super) references: Vec<Note>,
    /// Labels of markers whose notes explain without citing anything.
    pub(super) explained: Vec<String>,
}

/// What a marker leads to.
enum Target<'a> {
    /// A note in this page.
    Note(ElementRef<'a>),
    /// A page, without a note between.
    Web(String),
    /// An identifier that the page does not have.
    Missing,
}

/// An element that shows a label and leads to a note.
struct Marker<'a> {
    element: ElementRef<'a>,
    label: String,
    target: Target<'a>,
}

impl Marker<'_> {
    fn number(&self) -> Option<u32> {
        number_of(&self.label)
    }
}

impl Notes {
    /// Finds markers and notes.
    pub(super) fn find(document: &Html) -> Self {
        let page = Page::of(document);
        let markers = page.markers();
        let mut notes = Self::default();
        let groups = Page::groups(&markers);
        let numbers = notes.number(&page, &markers, &groups);
        for marker in &markers {
            let found = match &marker.target {
                Target::Note(note) => numbers.get(&note.id()).copied().into_iter().collect(),
                Target::Missing => marker.number().into_iter().collect(),
                Target::Web(address) => vec![notes.web(marker, address)],
            };
            notes.marks.insert(marker.element.id(), found);
        }
        notes.explain(&markers, &groups, &numbers);
        notes.references.sort_by_key(|reference| reference.number);
        notes
    }

    /// Gives every note that is a reference its number: the one its markers show, else its place in its list.
    fn number<'a>(
        &mut self,
        page: &Page<'a>,
        markers: &[Marker<'a>],
        groups: &[Group<'a>],
    ) -> HashMap<NodeId, u32> {
        let mut numbers: HashMap<NodeId, u32> = HashMap::new();
        let mut taken: HashSet<u32> = HashSet::new();
        let mut texts: HashMap<u32, String> = HashMap::new();
        for group in groups {
            self.hidden.extend(group.hidden.iter().copied());
        }
        for numeric in [true, false] {
            for group in groups.iter().filter(|group| group.numeric == numeric) {
                for (place, note) in &group.notes {
                    let label = markers.iter().find_map(|marker| match &marker.target {
                        Target::Note(target) if target.id() == note.id() => marker.number(),
                        _ => None,
                    });
                    let (text, links) = page.text_of(*note);
                    let cites =
                        !links.is_empty() || text.contains("http://") || text.contains("https://");
                    if !numeric && !cites {
                        continue;
                    }
                    let wanted = label.filter(|_| numeric).unwrap_or(*place);
                    if texts.get(&wanted) == Some(&text) {
                        numbers.insert(note.id(), wanted);
                        continue;
                    }
                    let number = if taken.contains(&wanted) {
                        taken.iter().max().map_or(1, |at| at + 1)
                    } else {
                        wanted
                    };
                    taken.insert(number);
                    texts.insert(number, text.clone());
                    numbers.insert(note.id(), number);
                    let fields = entry::fields(*note);
                    self.references.push(Note {
                        number,
                        text,
                        links,
                        fields,
                    });
                }
            }
        }
        numbers
    }

    /// The number of a marker that is itself the link to its page.
    fn web(&mut self, marker: &Marker<'_>, address: &str) -> u32 {
        let known = |note: &&Note| note.links.iter().any(|link| link.address == address);
        if let Some(note) = self.references.iter().find(known) {
            return note.number;
        }
        let taken = |number: u32| {
            self.references
                .iter()
                .any(|reference| reference.number == number)
        };
        let next = self
            .references
            .iter()
            .map(|reference| reference.number)
            .max()
            .unwrap_or(0)
            + 1;
        let number = marker
            .number()
            .filter(|number| !taken(*number))
            .unwrap_or(next);
        let title = marker.element.attr("title").unwrap_or_default();
        self.references.push(Note {
            number,
            text: one_line(title),
            links: vec![Link {
                address: address.to_owned(),
                text: String::new(),
            }],
            fields: Vec::new(),
        });
        number
    }

    /// Makes a marker of an explaining note cite the references that the note cites.
    fn explain<'a>(
        &mut self,
        markers: &[Marker<'a>],
        groups: &[Group<'a>],
        numbers: &HashMap<NodeId, u32>,
    ) {
        for group in groups.iter().filter(|group| !group.numeric) {
            for (_, note) in &group.notes {
                if numbers.contains_key(&note.id()) {
                    continue;
                }
                let nested: Vec<u32> = note
                    .descendants()
                    .filter_map(|descendant| self.marks.get(&descendant.id()))
                    .flatten()
                    .copied()
                    .collect();
                for marker in markers {
                    if matches!(&marker.target, Target::Note(it) if it.id() == note.id()) {
                        if nested.is_empty() && !self.explained.contains(&marker.label) {
                            self.explained.push(marker.label.clone());
                        }
                        self.marks.insert(marker.element.id(), nested.clone());
                    }
                }
            }
        }
    }
}

/// Notes that belong together: a list, or single ones.
struct Group<'a> {
    /// Whether its markers show numbers.
    numeric: bool,
    notes: Vec<(u32, ElementRef<'a>)>,
    hidden: Vec<NodeId>,
}

/// A page and what its identifiers name.
struct Page<'a> {
    document: &'a Html,
    by_id: HashMap<String, ElementRef<'a>>,
}

/// The description that follows a term, as a note follows its number.
fn description(term: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let mut after = term.next_siblings().filter_map(ElementRef::wrap);
    after.next().filter(|next| next.value().name() == "dd")
}

/// Elements that contain a complete note.
const HOLDERS: [&str; 10] = [
    "li",
    "p",
    "dd",
    "dt",
    "tr",
    "div",
    "aside",
    "section",
    "small",
    "blockquote",
];

impl<'a> Page<'a> {
    fn of(document: &'a Html) -> Self {
        let mut by_id = HashMap::new();
        for element in entry::select(document, "[id], a[name]") {
            for id in [element.attr("id"), element.attr("name")]
                .into_iter()
                .flatten()
            {
                by_id.entry(id.to_owned()).or_insert(element);
            }
        }
        Self { document, by_id }
    }

    /// What an identifier names, in whatever encoding a link writes it.
    fn named(&self, fragment: &str) -> Option<ElementRef<'a>> {
        let decoded = percent_decoded(fragment);
        self.by_id
            .get(fragment)
            .or_else(|| self.by_id.get(&decoded))
            .or_else(|| self.by_id.get(&fragment.replace(' ', "_")))
            .or_else(|| self.by_id.get(&decoded.replace(' ', "_")))
            // MediaWiki once wrote "%" as "." in identifiers.
            .or_else(|| {
                self.by_id
                    .get(&percent_decoded(&fragment.replace('.', "%")))
            })
            .copied()
    }

    fn markers(&self) -> Vec<Marker<'a>> {
        let mut found: Vec<Marker<'a>> = Vec::new();
        let looked = "a, sup, span, label, button, cite, mark";
        for element in entry::select(self.document, looked) {
            let inside = element.ancestors().any(|ancestor| {
                found
                    .iter()
                    .any(|marker| marker.element.id() == ancestor.id())
            });
            if inside {
                continue;
            }
            if let Some(marker) = self.marker(element) {
                found.push(marker);
            }
        }
        found
    }

    fn marker(&self, element: ElementRef<'a>) -> Option<Marker<'a>> {
        let label = label(element)?;
        let href = element.attr("href").unwrap_or_default().trim();
        if element.value().name() == "a" && is_web(href) && !self.is_here(href) {
            let shown: String = element.text().collect();
            let bracketed = shown.trim().starts_with(['[', '(']);
            let target = Target::Web(entry::absolute(href));
            return (number_of(&label).is_some()
                && (in_sup(element) || bracketed || has_class(element, &["autonumber"])))
            .then_some(Marker {
                element,
                label,
                target,
            });
        }
        let fragment = href
            .split_once('#')
            .map(|parts| parts.1)
            .filter(|text| !text.is_empty());
        let described = element
            .attr("aria-describedby")
            .or_else(|| element.attr("data-footnote"));
        let target = match (fragment, described) {
            _ if is_back_link(element) => None,
            (Some(fragment), _) => match self.named(fragment) {
                // A marker by its role stays a marker if its note is empty.
                Some(named) => Self::container(element, named)
                    .map(Target::Note)
                    .or_else(|| {
                        let marker = element.attr("role") == Some("doc-noteref");
                        (marker && number_of(&label).is_some()).then_some(Target::Missing)
                    }),
                None => (number_of(&label).is_some() && is_marker_like(element))
                    .then_some(Target::Missing),
            },
            (None, Some(id)) => self
                .named(id)
                .filter(|named| long(*named))
                .map(Target::Note),
            (None, None) => beside(element).map(Target::Note),
        }?;
        let plain = number_of(&label).is_some() || is_marker_like(element);
        plain.then_some(Marker {
            element,
            label,
            target,
        })
    }

    /// The note at a named place: the nearest element that begins with it and has text.
    fn container(link: ElementRef<'a>, named: ElementRef<'a>) -> Option<ElementRef<'a>> {
        if link.ancestors().any(|ancestor| ancestor.id() == named.id()) {
            return None;
        }
        // The number of a note can be a term, and the note its description.
        let term = ancestor(named, "dt").or_else(|| inside_or_same(named, "dt").then_some(named));
        if let Some(described) = term.and_then(description) {
            return Some(described);
        }
        // A raised place is a marker in the text, unless a note begins with it.
        let raised = inside_or_same(named, "sup");
        let item = ancestor(named, "li").filter(|ancestor| begins_with(*ancestor, named));
        let holder = item.or_else(|| {
            if long(named) && !raised {
                return Some(named);
            }
            // An empty note of its own: the text around it does not belong to it.
            let labelled = named.text().any(|text| !text.trim().is_empty());
            if HOLDERS.contains(&named.value().name()) && labelled {
                return None;
            }
            named
                .ancestors()
                .filter_map(ElementRef::wrap)
                .find(|wrap| {
                    // A note in a `span` of its own, beside those of others.
                    let own = wrap.value().name() == "span" && long(*wrap) && !labelled;
                    own || HOLDERS.contains(&wrap.value().name())
                })
                .filter(|wrap| begins_with(*wrap, named))
        })?;
        let own = link
            .ancestors()
            .any(|ancestor| ancestor.id() == holder.id());
        let whole = matches!(
            holder.value().name(),
            "body" | "main" | "article" | "h2" | "h3"
        );
        (!own && !whole && long(holder)).then_some(holder)
    }

    /// Notes by the lists that contain them, in the order of the page.
    fn groups(markers: &[Marker<'a>]) -> Vec<Group<'a>> {
        let mut groups: Vec<(Option<NodeId>, Group<'a>)> = Vec::new();
        for marker in markers {
            let Target::Note(note) = &marker.target else {
                continue;
            };
            let list = matches!(note.value().name(), "li" | "dd")
                .then(|| note.parent().and_then(ElementRef::wrap))
                .flatten();
            let key = list.map(|list| list.id());
            let numeric = marker.number().is_some();
            let known = groups
                .iter_mut()
                .find(|(it, group)| *it == key && (key.is_some() || group.numeric == numeric));
            let group = if let Some((_, group)) = known {
                group
            } else {
                let notes = list.map(items).unwrap_or_default();
                let hidden = list.iter().map(|it| it.id()).collect();
                groups.push((
                    key,
                    Group {
                        numeric,
                        notes,
                        hidden,
                    },
                ));
                match groups.last_mut() {
                    Some((_, group)) => group,
                    None => continue,
                }
            };
            group.numeric |= numeric;
            if !group.notes.iter().any(|it| it.1.id() == note.id()) {
                let place = marker
                    .number()
                    .unwrap_or_else(|| u32::try_from(group.notes.len() + 1).unwrap_or(u32::MAX));
                group.notes.push((place, *note));
                group.hidden.push(note.id());
            }
        }
        // Two lists beside each other under one heading are one: "columns".
        groups.into_iter().map(|group| group.1).collect()
    }

    /// A note's text and addresses; if it has none, those of its target: `Smith 2010, p. 3`.
    fn text_of(&self, note: ElementRef<'a>) -> (String, Vec<Link>) {
        let mut text = String::new();
        entry::text(note, &mut text);
        let mut links = entry::links(note);
        links.retain(|link| !self.leads_back(&link.address));
        let mut text = one_line(&text);
        if links.is_empty() && !text.contains("http") && !text.contains("www.") {
            for link in note.descendants().filter_map(ElementRef::wrap) {
                let fragment = link.attr("href").and_then(|attr| attr.split_once('#'));
                let Some(named) = fragment.and_then(|fragment| self.named(fragment.1)) else {
                    continue;
                };
                let source = ancestor(named, "li").unwrap_or(named);
                let found = entry::links(source);
                let back = source
                    .descendants()
                    .any(|descendant| descendant.id() == note.id())
                    || inside_or_same(named, "sup")
                    || note
                        .descendants()
                        .any(|descendant| descendant.id() == named.id());
                if !back && !found.is_empty() {
                    let mut whole = String::new();
                    entry::text(source, &mut whole);
                    text = one_line(&whole);
                    links = found;
                    break;
                }
            }
        }
        (text, links)
    }

    /// Whether an address, relative or not, leads back from a note to its marker.
    fn leads_back(&self, address: &str) -> bool {
        let named = address
            .split_once('#')
            .and_then(|parts| self.named(parts.1));
        named.is_some_and(|named| {
            matches!(named.value().name(), "sup" | "a" | "span") && ancestor(named, "li").is_none()
        })
    }

    /// Whether an address with a fragment is of this very page.
    fn is_here(&self, href: &str) -> bool {
        let Some((_, fragment)) = href.split_once('#') else {
            return false;
        };
        self.named(fragment).is_some()
    }
}

/// The items of a list with their numbers.
pub(super) fn items(list: ElementRef<'_>) -> Vec<(u32, ElementRef<'_>)> {
    let start = list
        .attr("start")
        .and_then(|attr| attr.parse().ok())
        .unwrap_or(1);
    let mut next: u32 = start;
    list.children()
        .filter_map(ElementRef::wrap)
        .filter(|wrap| wrap.value().name() == "li")
        .map(|wrap| {
            let given = wrap
                .attr("value")
                .or_else(|| wrap.attr("data-mw-footnote-number"));
            let number = given.and_then(|given| given.parse().ok()).unwrap_or(next);
            next = number.saturating_add(1);
            (number, wrap)
        })
        .collect()
}
