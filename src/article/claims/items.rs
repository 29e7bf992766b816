//! Lists whose names are items: under a sentence, a heading, a label, or in a table.

use std::collections::BTreeSet;

use super::{Reader, claim, last_sentence, place_of};
use crate::{
    article::{Block, Kind, Loss, figure, list, name, quotation, role, split},
    language::sentences,
    profile::{ListedName, Statement},
    text::one_line,
};

/// The text above the items of a list.
struct Intro<'a> {
    /// The paragraph that introduces them.
    block: Option<&'a Block>,
    /// What they are, if only a heading or a label says so.
    label: Option<String>,
}

/// What is around the items of a list.
struct Beside<'a> {
    /// The title of a table or a box, whose markers are those of its items where they have none.
    above: Option<&'a Block>,
    /// The block behind the last item.
    below: Option<&'a Block>,
}

impl Reader<'_> {
    /// Reads the block at `at`, with the items that belong to it. Returns how many blocks that were.
    pub(super) fn group(&mut self, at: usize, block: &Block) -> usize {
        let follow = |from: usize| {
            let rest = self.article.blocks.get(from..).unwrap_or_default();
            rest.iter()
                .take_while(|it| it.kind == Kind::Item && it.section == block.section)
                .count()
        };
        let (intro, from) = match block.kind {
            Kind::Label => {
                let label = Some(block.text.to_lowercase());
                (Intro { block: None, label }, at + 1)
            }
            Kind::Item => {
                let label = block.section.as_deref().map(str::to_lowercase);
                (Intro { block: None, label }, at)
            }
            Kind::Prose => {
                let block = Some(block);
                (Intro { block, label: None }, at + 1)
            }
            Kind::Quote => {
                self.prose(block);
                return 1;
            }
        };
        let count = follow(from);
        let items = self
            .article
            .blocks
            .get(from..from + count)
            .unwrap_or_default();
        let consumed = from + count - at;
        // A label of a box of facts may have one value: "Key people: Ada Finch".
        let least = if block.kind == Kind::Label { 1 } else { 2 };
        let above = at.checked_sub(1).and_then(|at| self.article.blocks.get(at));
        let above = above.filter(|above| {
            block.kind == Kind::Label && above.kind == Kind::Prose && is_title(&above.text)
        });
        let beside = Beside {
            above,
            below: self.article.blocks.get(from + count),
        };
        if count >= least && self.items(&intro, &beside, items) {
            return consumed;
        }
        self.unread_items(items);
        match block.kind {
            Kind::Label => {}
            Kind::Item => {
                for item in items {
                    self.prose(item);
                }
            }
            _ => {
                self.prose(block);
                return 1;
            }
        }
        if block.kind == Kind::Label {
            for item in items {
                self.prose(item);
            }
        }
        consumed.max(1)
    }

    /// Notes items that look like names and were not read.
    fn unread_items(&mut self, items: &[Block]) {
        const ENOUGH: usize = 3;
        let short = |item: &&Block| name::is_name(&item.text) || item_name(&item.text).is_some();
        let named = items.iter().filter(short).count();
        if let Some(first) = items.first()
            && named >= ENOUGH
        {
            let all: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
            self.coverage.unread_lists.push(Loss {
                place: place_of(first, 1),
                text: one_line(&all.join("; ")),
                why: "nothing says that its items are names".to_owned(),
                cites: numbers_of(items).into_iter().collect(),
            });
        }
    }

    /// A list whose names are items; returns whether it was read as one.
    fn items(&mut self, intro: &Intro<'_>, beside: &Beside<'_>, items: &[Block]) -> bool {
        let colon = intro.block.is_some_and(|block| is_title(&block.text));
        let mut names = Vec::new();
        let mut left_out = Vec::new();
        for item in items {
            match item_name(&item.text) {
                Some(name) => names.push(name),
                None => left_out.push(item),
            }
        }
        let needed = if intro.block.is_none() && intro.label.is_some() {
            1
        } else {
            2
        };
        if names.len() < needed || names.len() * 3 < items.len() * 2 {
            return false;
        }
        let mut numbers = numbers_of(items);
        if let Some(title) = beside.above.filter(|_| numbers.is_empty()) {
            numbers = numbers_of(std::slice::from_ref(title));
            self.cover(title);
        }
        let Some(block) = self.speaking(intro, items, &mut numbers) else {
            return false;
        };
        if numbers.is_empty() {
            numbers = self.said_below(beside.below, items);
        }
        if numbers.is_empty() {
            self.uncited(intro, block, names.len());
            if intro.block.is_some() && colon {
                self.prose(block);
            }
            return true;
        }
        self.leave_out(&left_out);
        let relation = match &intro.label {
            Some(label) => Some(label.clone()),
            None => role::relation_of(&block.text),
        };
        let open = list::opens(&block.text) && intro.block.is_some();
        let statement = Statement::Listed {
            relation,
            names,
            complete: open.then_some(false),
        };
        for item in items {
            self.cover(item);
        }
        let numbers: Vec<u32> = numbers.into_iter().collect();
        let cited = numbers.clone();
        // The sentence before its list stays a claim of its own if it cites something itself.
        self.claims
            .push(claim(block, last_sentence(&block.text), numbers, statement));
        for item in items {
            self.sums(item, &cited);
        }
        if colon {
            self.before_colon(block);
        }
        true
    }

    /// The markers of the one sentence below a list that says where it is from: "The members are listed on the site.[1]"
    fn said_below(&self, below: Option<&Block>, items: &[Block]) -> BTreeSet<u32> {
        let section = items.first().and_then(|it| it.section.as_ref());
        let language = self.article.language;
        let is_source = |below: &&Block| {
            below.kind == Kind::Prose
                && below.section.as_ref() == section
                && section.is_some()
                && last_sentence(&below.text) == 1
                && figure::find(&below.text, language).is_empty()
                && quotation::said(&below.text, language).is_empty()
                && list::find(&below.text, language).is_empty()
        };
        let below = below.filter(is_source);
        below.map_or_else(BTreeSet::new, |it| numbers_of(std::slice::from_ref(it)))
    }

    /// The block that describes the items: the paragraph that introduces them, or the first item. Takes the paragraph's own markers.
    fn speaking<'b>(
        &mut self,
        intro: &Intro<'b>,
        items: &'b [Block],
        numbers: &mut BTreeSet<u32>,
    ) -> Option<&'b Block> {
        match intro.block {
            Some(block) if is_title(&block.text) => {
                // "Members[1] :", "Members:[1]".
                let from = block
                    .text
                    .trim_end_matches([' ', '\u{a0}', ':', '：'])
                    .len();
                let behind = block.markers.iter().filter(|marker| marker.at >= from);
                numbers.extend(behind.map(|behind| behind.number));
                Some(block)
            }
            // Without a colon the paragraph is a claim of its own, and the items need markers of their own.
            Some(block) if !numbers.is_empty() && says_list(&block.text) => {
                self.prose(block);
                Some(block)
            }
            Some(_) => None,
            None => items.first(),
        }
    }

    /// Notes that a claim of another paragraph rests on this one's markers.
    fn cover(&mut self, block: &Block) {
        let place = format!("paragraph {}", block.paragraph);
        let markers = block.markers.iter();
        self.covered
            .extend(markers.map(|marker| (place.clone(), marker.number)));
    }

    /// The sums beside an item's name, each with the markers of the item, or else of the list.
    fn sums(&mut self, item: &Block, listed: &[u32]) {
        let own: Vec<u32> = numbers_of(std::slice::from_ref(item)).into_iter().collect();
        let cites = if own.is_empty() { listed.to_vec() } else { own };
        for found in figure::find(&item.text, self.article.language) {
            let exact = one_line(&item.text[found]);
            if exact.starts_with(['$', '€', '£']) {
                let statement = Statement::Figure { exact };
                self.claims.push(claim(item, 1, cites.clone(), statement));
            }
        }
    }

    fn uncited(&mut self, intro: &Intro<'_>, block: &Block, names: usize) {
        self.coverage.uncited_lists.push(Loss {
            place: place_of(block, last_sentence(&block.text)),
            text: intro.label.clone().unwrap_or_else(|| one_line(&block.text)),
            why: format!("{names} names and no marker"),
            cites: Vec::new(),
        });
    }

    fn leave_out(&mut self, items: &[&Block]) {
        self.coverage.left_out.extend(items.iter().map(|item| Loss {
            place: place_of(item, 1),
            text: one_line(&item.text),
            why: "it does not begin with a name".to_owned(),
            cites: Vec::new(),
        }));
    }

    /// The sentences before the one that ends with a colon.
    fn before_colon(&mut self, block: &Block) {
        let sentences = sentences::sentences(&block.text);
        if let Some(last) = sentences.last()
            && sentences.len() > 1
        {
            let mut before = block.clone();
            block.text[..last.start]
                .trim_end()
                .clone_into(&mut before.text);
            before
                .markers
                .retain(|marker| marker.at <= before.text.len());
            self.prose(&before);
        }
    }
}

fn numbers_of(blocks: &[Block]) -> BTreeSet<u32> {
    let markers = blocks.iter().flat_map(|block| &block.markers);
    markers.map(|marker| marker.number).collect()
}

/// Whether a paragraph only introduces what follows: it ends with a colon, or is a few words without an end.
fn is_title(text: &str) -> bool {
    const LONGEST: usize = 8;
    let text = text.trim_end();
    let ended = text.ends_with([
        '.', '!', '?', '。', '！', '？', '؟', '”', '"', '»', ';', ',',
    ]);
    text.ends_with([':', '：'])
        || (!ended && text.split(' ').count() <= LONGEST && text.chars().count() <= 60)
}

/// The name that an item begins with.
fn item_name(text: &str) -> Option<ListedName> {
    let head = text.split([':', '–', '—', '：']).next().unwrap_or_default();
    let head = head.split(" - ").next().unwrap_or_default();
    let head = split::unquoted(head.trim().trim_end_matches(';'));
    if let Some(name) = split::item(&head) {
        return Some(name);
    }
    // A name with small letters inside, as other languages have them: "Fonds Rues calmes".
    let piece = head
        .split([',', ';', '、', '，', '('])
        .next()
        .unwrap_or_default()
        .trim();
    let words = piece.split(' ').count();
    let first = piece.chars().next()?;
    let named = !first.is_lowercase() && first.is_alphabetic() && words <= 8;
    let sentence = piece.ends_with(['.', '。', '!', '?']) || piece.chars().count() > 60;
    (named && !sentence).then(|| ListedName::One(name::bare(piece)))
}

/// Whether a sentence without a colon announces what is below it.
fn says_list(text: &str) -> bool {
    let last = sentences::sentences(text)
        .last()
        .map_or("", |sentence| &text[sentence.clone()])
        .to_lowercase();
    [
        "following",
        "include",
        "these ",
        "below",
        "are listed",
        "folgende",
        "suivant",
        "siguiente",
        "seguent",
        "следующ",
    ]
    .iter()
    .any(|word| last.contains(word))
}
