//! What a word or a line is known for, in all languages together.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::LazyLock,
};

use foldhash::fast::FixedState;

use super::{
    Attribute, Calendar, Grammar, Headings, Image, List, Menu, Organization, Place, Table,
    countries,
    files::{Section, sections},
    phrases::{Phrase, Phrases},
};

/// What a word, or a whole line, is known for: one bit of [`mark`] each.
pub type Marks = u32;

/// The bits of [`Marks`], each a list of the files.
pub mod mark {
    /// `organization.nouns`.
    pub const ORGANIZATION: u32 = 1;
    /// `menu.lines`.
    pub const MENU: u32 = 1 << 1;
    /// `headings.general`.
    pub const GENERAL: u32 = 1 << 2;
    /// `grammar.small`.
    pub const SMALL: u32 = 1 << 3;
    /// `grammar.sentence`.
    pub const SENTENCE: u32 = 1 << 4;
    /// `calendar.days`, `calendar.marks` and `calendar.months`.
    pub const CALENDAR: u32 = 1 << 5;
    /// `menu.networks`.
    pub const NETWORK: u32 = 1 << 6;
    /// `headings.captions`.
    pub const CAPTION: u32 = 1 << 7;
    /// `grammar.openings`.
    pub const OPENING: u32 = 1 << 8;
    /// `list.placeholders`.
    pub const PLACEHOLDER: u32 = 1 << 9;
    /// `list.placeholder_kinds`.
    pub const PLACEHOLDER_KIND: u32 = 1 << 10;
    /// `headings.ranks`.
    pub const RANK: u32 = 1 << 11;
    /// A country, or one of `place.regions`.
    pub const COUNTRY: u32 = 1 << 12;
    /// `headings.leads`.
    pub const LEAD: u32 = 1 << 13;
    /// `place.streets`.
    pub const STREET: u32 = 1 << 14;
    /// `list.numbered`.
    pub const NUMBERED: u32 = 1 << 15;
    /// `image.generic`.
    pub const GENERIC_IMAGE: u32 = 1 << 16;
    /// `image.notices`.
    pub const NOTICE: u32 = 1 << 17;
    /// `list.roles`.
    pub const ROLE: u32 = 1 << 18;
    /// `calendar.spans`.
    pub const SPAN: u32 = 1 << 19;
    /// `calendar.units`.
    pub const TIME: u32 = 1 << 20;
    /// `list.former`.
    pub const FORMER: u32 = 1 << 21;
    /// `list.left`.
    pub const LEFT: u32 = 1 << 22;
    /// `list.until`.
    pub const UNTIL: u32 = 1 << 23;
    /// `list.labels`.
    pub const LABEL: u32 = 1 << 24;
    /// `place.cities`.
    pub const CITY: u32 = 1 << 25;
    /// `place.parts`.
    pub const PLACE_PART: u32 = 1 << 26;
}

/// An entry of the files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The code of the language; `any` for none.
    pub language: &'static str,
    /// The section and the key, such as `headings.strong`.
    pub key: &'static str,
    /// The entry as the file spells it.
    pub entry: String,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({} {})", self.entry, self.language, self.key)
    }
}

/// What a heading says about what is listed under it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Names, surely.
    pub strong: bool,
    /// Perhaps names.
    pub relation: bool,
    /// Something else: news, dates, links, services.
    pub other: bool,
}

/// What the title of a column says about its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// They are the names.
    Names,
    /// They say who the rows are.
    Members,
    /// The title has a word for names in it.
    PartlyNames,
    /// They say where somebody works.
    Employers,
    /// They say something else about the rows.
    Other,
}

/// The rows of [`HEADINGS`].
const HEADING_KEYS: [&str; 3] = ["headings.strong", "headings.weak", "headings.other"];

static HEADINGS: LazyLock<Phrases> = LazyLock::new(|| {
    phrases(
        sections::<Headings>()
            .into_iter()
            .map(|(code, section)| (code, vec![section.strong, section.weak, section.other])),
    )
});

static COLUMNS: LazyLock<Phrases> = LazyLock::new(|| {
    phrases(sections::<Table>().into_iter().map(|(code, section)| {
        let lines = section
            .names
            .iter()
            .map(|name| format!("={name}"))
            .collect();
        (
            code,
            vec![
                lines,
                section.members,
                section.names,
                section.employers,
                section.other,
            ],
        )
    }))
});

static MENU_PARTS: LazyLock<Phrases> = LazyLock::new(|| {
    phrases(
        sections::<Menu>()
            .into_iter()
            .map(|(code, section)| (code, vec![section.parts])),
    )
});

static ATTRIBUTES: LazyLock<[Phrases; 2]> = LazyLock::new(|| {
    let all = sections::<Attribute>();
    let (relations, consent) = all
        .into_iter()
        .map(|(code, it)| ((code, vec![it.relations]), (code, vec![it.consent])))
        .unzip::<_, _, Vec<_>, Vec<_>>();
    [phrases(relations), phrases(consent)]
});

/// The phrases of lists: each list is a row.
fn phrases(languages: impl IntoIterator<Item = (&'static str, Vec<Vec<String>>)>) -> Phrases {
    let all = languages.into_iter().flat_map(|(code, lists)| {
        let rows = lists.into_iter().enumerate();
        rows.flat_map(move |(row, entries)| {
            entries
                .into_iter()
                .map(move |entry| Phrase::of(&entry, code, row))
        })
    });
    Phrases::of(all.collect())
}

static WORDS: LazyLock<HashMap<String, Marks, FixedState>> = LazyLock::new(|| {
    let mut words: HashMap<String, Marks, FixedState> = HashMap::default();
    for (source, mark) in marked() {
        *words.entry(source.entry).or_default() |= mark;
    }
    words
});

/// The lists of a section whose entries are words or whole lines: the key, the entries, their mark.
type Lists = Vec<(&'static str, Vec<String>, Marks)>;

/// Every entry that is a word or a whole line, with its mark.
fn marked() -> Vec<(Source, Marks)> {
    let mut all = Vec::new();
    let mut add = |language, (key, entries, mark): (&'static str, Vec<String>, Marks)| {
        all.extend(entries.into_iter().map(|entry| {
            let source = Source {
                language,
                key,
                entry,
            };
            (source, mark)
        }));
    };
    let of_sections = [
        listed(of_grammar),
        listed(of_organization),
        listed(of_headings),
        listed(of_menu),
        listed(of_list),
        listed(of_image),
        listed(of_place),
        listed(of_calendar),
    ];
    for (language, lists) in of_sections.into_iter().flatten() {
        for list in lists {
            add(language, list);
        }
    }
    for (name, _, language) in countries::names() {
        add(
            language,
            ("countries", vec![name.to_owned()], mark::COUNTRY),
        );
    }
    all
}

/// The lists of a section in each language.
fn listed<T: Section>(of: impl Fn(T) -> Lists) -> Vec<(&'static str, Lists)> {
    let all = sections::<T>().into_iter();
    all.map(|(code, section)| (code, of(section))).collect()
}

fn of_grammar(section: Grammar) -> Lists {
    vec![
        ("grammar.small", section.small, mark::SMALL),
        ("grammar.sentence", section.sentence, mark::SENTENCE),
        ("grammar.openings", section.openings, mark::OPENING),
    ]
}

fn of_organization(section: Organization) -> Lists {
    vec![("organization.nouns", section.nouns, mark::ORGANIZATION)]
}

fn of_headings(section: Headings) -> Lists {
    vec![
        ("headings.captions", section.captions, mark::CAPTION),
        ("headings.leads", section.leads, mark::LEAD),
        ("headings.ranks", section.ranks, mark::RANK),
        ("headings.general", section.general, mark::GENERAL),
    ]
}

fn of_menu(section: Menu) -> Lists {
    vec![
        ("menu.lines", section.lines, mark::MENU),
        ("menu.networks", section.networks, mark::NETWORK),
    ]
}

fn of_list(section: List) -> Lists {
    vec![
        ("list.placeholders", section.placeholders, mark::PLACEHOLDER),
        (
            "list.placeholder_kinds",
            section.placeholder_kinds,
            mark::PLACEHOLDER_KIND,
        ),
        ("list.numbered", section.numbered, mark::NUMBERED),
        ("list.roles", section.roles, mark::ROLE),
        ("list.former", section.former, mark::FORMER),
        ("list.left", section.left, mark::LEFT),
        ("list.until", section.until, mark::UNTIL),
        ("list.labels", section.labels, mark::LABEL),
    ]
}

fn of_image(section: Image) -> Lists {
    vec![
        ("image.generic", section.generic, mark::GENERIC_IMAGE),
        ("image.notices", section.notices, mark::NOTICE),
    ]
}

fn of_place(section: Place) -> Lists {
    vec![
        ("place.regions", section.regions, mark::COUNTRY),
        ("place.streets", section.streets, mark::STREET),
        ("place.cities", section.cities, mark::CITY),
        ("place.parts", section.parts, mark::PLACE_PART),
    ]
}

fn of_calendar(section: Calendar) -> Lists {
    // Shorter names of months are words of other meanings as well.
    let months = section.months.into_iter().flatten();
    let months = months.filter(|month| month.chars().count() >= 4 && !month.contains(' '));
    vec![
        ("calendar.months", months.collect(), mark::CALENDAR),
        ("calendar.days", section.days, mark::CALENDAR),
        ("calendar.marks", section.marks, mark::CALENDAR),
        ("calendar.spans", section.spans, mark::SPAN),
        ("calendar.units", section.units, mark::TIME),
    ]
}

/// The suffixes of organizations by their last bytes: most words end in none of them.
static SUFFIXES: LazyLock<HashMap<u8, Vec<String>, FixedState>> = LazyLock::new(|| {
    let mut by_last: HashMap<u8, Vec<String>, FixedState> = HashMap::default();
    let all = sections::<Organization>().into_iter();
    for suffix in all.flat_map(|(_, section)| section.suffixes) {
        let last = suffix.bytes().last().unwrap_or_default();
        by_last.entry(last).or_default().push(suffix);
    }
    by_last
});

/// Words for former ones in scripts without spaces, but for those of one character.
static FORMER_WITHIN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let all = sections::<List>().into_iter();
    let words = all.flat_map(|(_, section)| section.former);
    let is_unparted = |word: &String| {
        word.starts_with(|letter: char| letter >= '\u{2e80}') && word.chars().count() >= 2
    };
    words.filter(is_unparted).collect()
});

static STREET_ENDINGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let all = sections::<Place>();
    all.into_iter()
        .flat_map(|pair| pair.1.street_endings)
        .collect()
});

static AROUND_LOGOS: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    for (_, section) in sections::<Image>() {
        before.extend(section.before);
        behind.extend(section.behind);
        behind.extend(section.endings);
    }
    // The longest first: "logo of" before "logo".
    for words in [&mut before, &mut behind] {
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }
    [before, behind]
});

/// The words of all languages. Each list is read when something first asks for it.
#[derive(Debug)]
pub struct Lexicon;

impl Lexicon {
    /// What a word or a whole line in lower case is known for.
    #[must_use]
    pub fn word(folded: &str) -> Marks {
        WORDS.get(folded).copied().unwrap_or(0)
    }

    /// What a heading in lower case says about what is listed under it.
    #[must_use]
    pub fn heading(lower: &str) -> Heading {
        let rows = HEADINGS.rows_in(lower);
        let last = lower.trim_end_matches([':', ' ']).rsplit(' ').next();
        let caption = last.is_some_and(|last| Self::word(last) & mark::CAPTION != 0);
        Heading {
            strong: rows & 1 != 0,
            relation: rows & 3 != 0 || caption,
            other: rows & 4 != 0,
        }
    }

    /// Whether a text in lower case is the name of a country, or of a region.
    #[must_use]
    pub fn country(folded: &str) -> bool {
        Self::word(folded) & mark::COUNTRY != 0
    }

    /// Whether a text in lower case is the name of a country, a region or a city.
    #[must_use]
    pub fn is_place(folded: &str) -> bool {
        Self::word(folded) & (mark::COUNTRY | mark::CITY) != 0
    }

    /// Whether a word in lower case ends as names of organizations do, where words are joined.
    #[must_use]
    pub fn ends_in_organization(folded: &str) -> bool {
        let suffixes = folded.as_bytes().last().and_then(|last| SUFFIXES.get(last));
        let mut suffixes = suffixes.into_iter().flatten();
        suffixes.any(|suffix| folded.ends_with(suffix.as_str()))
    }

    /// Whether a run of letters without spaces has a word for former ones in it.
    #[must_use]
    pub fn has_former_within(run: &str) -> bool {
        FORMER_WITHIN.iter().any(|word| run.contains(word.as_str()))
    }

    /// Whether a word in lower case ends as names of streets do.
    #[must_use]
    pub fn ends_in_street(folded: &str) -> bool {
        STREET_ENDINGS
            .iter()
            .any(|ending| folded.ends_with(ending.as_str()))
    }

    /// Whether a line in lower case has a phrase of menus, buttons or legal notices in it.
    #[must_use]
    pub fn has_menu_part(lower: &str) -> bool {
        MENU_PARTS.find(lower).next().is_some()
    }

    /// What the title of a column in lower case says about the cells below.
    #[must_use]
    pub fn column(lower: &str) -> Option<Column> {
        let rows = COLUMNS.rows_in(lower);
        let kinds = [
            Column::Names,
            Column::Members,
            Column::PartlyNames,
            Column::Employers,
            Column::Other,
        ];
        kinds
            .into_iter()
            .enumerate()
            .find(|(row, _)| rows >> row & 1 != 0)
            .map(|kind| kind.1)
    }

    /// Whether an id or a class in lower case speaks of partners, sponsors and the like.
    #[must_use]
    pub fn is_relation_attribute(lower: &str) -> bool {
        ATTRIBUTES[0].is_inside(lower)
    }

    /// Whether an id or a class in lower case speaks of consent to cookies.
    #[must_use]
    pub fn is_consent_attribute(lower: &str) -> bool {
        ATTRIBUTES[1].is_inside(lower)
    }

    /// Words before the name in the text of a logo, longest first.
    #[must_use]
    pub fn before_logos() -> &'static [String] {
        &AROUND_LOGOS[0]
    }

    /// Words and file endings behind the name in the text of a logo, longest first.
    #[must_use]
    pub fn behind_logos() -> &'static [String] {
        &AROUND_LOGOS[1]
    }

    /// The entries that say something about a line: about it as a heading, as a whole, and about each of its words.
    #[must_use]
    pub fn spoke(line: &str) -> Vec<Source> {
        static ENTRIES: LazyLock<HashMap<String, Vec<Source>>> = LazyLock::new(|| {
            let mut entries = HashMap::<String, Vec<Source>>::new();
            for (source, _) in marked() {
                entries
                    .entry(source.entry.clone())
                    .or_default()
                    .push(source);
            }
            entries
        });
        spoken(line, &ENTRIES)
    }
}

/// See [`Lexicon::spoke`].
fn spoken(line: &str, entries: &HashMap<String, Vec<Source>>) -> Vec<Source> {
    let lower = line.trim().to_lowercase();
    let bare = |text: &str| {
        text.trim_matches(|letter: char| !letter.is_alphanumeric())
            .to_owned()
    };
    let mut words: HashSet<String> = lower.split([' ', '/']).map(bare).collect();
    words.extend([lower.clone(), bare(&lower)]);
    let headings = HEADINGS.find(&lower).map(|(phrase, _)| Source {
        language: phrase.language,
        key: HEADING_KEYS[phrase.row],
        entry: phrase.entry(),
    });
    let of_words = words.iter().filter_map(|word| entries.get(word));
    let mut all: Vec<Source> = headings.chain(of_words.flatten().cloned()).collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_and_no_longer_word() {
        for (source, mark) in marked() {
            assert_ne!(Lexicon::word(&source.entry) & mark, 0, "{source}");
            assert_eq!(
                Lexicon::word(&format!("{}\u{1}", source.entry)),
                0,
                "{source}"
            );
        }
    }

    #[test]
    fn a_heading_says_what_its_entry_is_for() {
        for (code, it) in sections::<Headings>() {
            for (row, entries) in [it.strong, it.weak, it.other].iter().enumerate() {
                for entry in entries {
                    let line = entry.trim_start_matches('=').replace('*', "");
                    let heading = Lexicon::heading(&line);
                    let said = [heading.strong, heading.relation, heading.other][row];
                    assert!(said, "{code}: {entry}");
                }
            }
        }
    }

    #[test]
    fn the_entries_that_spoke_are_named() {
        let spoke: Vec<String> = Lexicon::spoke("Washirika wetu")
            .iter()
            .map(Source::to_string)
            .collect();
        assert_eq!(
            spoke,
            [
                "`washirika` (sw headings.captions)",
                "`washirika` (sw headings.strong)"
            ]
        );
    }

    #[test]
    fn a_word_that_only_begins_like_an_entry_says_nothing() {
        for line in [
            "board games we play",
            "games we play",
            "century of sail",
            "age of sail",
        ] {
            assert_eq!(Lexicon::heading(line), Heading::default(), "{line}");
        }
        assert!(Lexicon::heading("our board").relation);
        assert!(Lexicon::heading("washirika wetu").strong);
        assert!(Lexicon::heading("mūsų nariai").strong);
    }

    #[test]
    fn a_column_is_known_by_its_title() {
        for (title, want) in [
            ("name", Some(Column::Names)),
            ("organisation", Some(Column::Members)),
            ("name of the firm", Some(Column::Members)),
            ("last name", Some(Column::PartlyNames)),
            ("employer", Some(Column::Employers)),
            ("country", Some(Column::Other)),
            ("remarks", None),
        ] {
            assert_eq!(Lexicon::column(title), want, "{title}");
        }
    }
}
