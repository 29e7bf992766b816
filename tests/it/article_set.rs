//! Articles of our own in every common way of writing notes and in fourteen languages, held against what they say. Each set
//! of thirty was written, with what it says, before the reader was run on it.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use stillsays::{
    article::{self, Import, SourceText},
    language::Language,
    profile::{ListedName, Span, Statement},
    text::fold,
};

fn key(text: &str) -> String {
    fold(text)
        .trim_matches([' ', '.', ',', ';', ':'])
        .to_owned()
}

/// What was wanted, what was found of it, what was given.
#[derive(Default)]
struct Score {
    wanted: usize,
    found: usize,
    given: usize,
}

impl Score {
    fn add(&mut self, want: &BTreeSet<String>, have: &BTreeSet<String>) -> Vec<String> {
        self.wanted += want.len();
        self.given += have.len();
        self.found += want.intersection(have).count();
        let missing = want.difference(have).map(|it| format!("missing {it}"));
        missing
            .chain(have.difference(want).map(|it| format!("invented {it}")))
            .collect()
    }

    fn recall(&self) -> f64 {
        self.found as f64 / self.wanted as f64
    }

    fn precision(&self) -> f64 {
        self.found as f64 / self.given as f64
    }
}

/// The folders of the sets, in the order in which they were opened.
const SETS: &[&str] = &["set", "second", "third"];

/// An article's file name, its bytes, and what it says.
type Given = (String, Vec<u8>, Value);

fn articles_of(set: &str) -> Vec<Given> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/articles")
        .join(set);
    let gold: Value = serde_json::from_slice(&fs::read(folder.join("gold.json")).unwrap()).unwrap();
    let gold = gold.as_object().unwrap();
    gold.iter()
        .map(|(name, gold)| {
            (
                name.clone(),
                fs::read(folder.join(name)).unwrap(),
                gold.clone(),
            )
        })
        .collect()
}

fn articles() -> Vec<Given> {
    SETS.iter().flat_map(|it| articles_of(it)).collect()
}

fn read(name: &str, bytes: &[u8]) -> Import {
    article::read(bytes, None, Some(name), None).unwrap_or_else(|it| panic!("{name}: {it}"))
}

fn cited(text: &str, cites: &[u64]) -> String {
    format!("{} {cites:?}", key(text))
}

fn numbers(value: &Value) -> Vec<u64> {
    let all = value.as_array().unwrap().iter();
    all.map(|it| it.as_u64().unwrap()).collect()
}

/// Statements of one kind that an import has, each with what it cites.
fn given(import: &Import, kind: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for claim in &import.profile.claims {
        let cites: Vec<u64> = claim.cites.iter().map(|it| u64::from(*it)).collect();
        match &claim.statement {
            Statement::Listed { names, .. } if kind == "listed" => {
                all.extend(names.iter().map(|it| match it {
                    ListedName::One(name) => cited(name, &cites),
                    ListedName::Ambiguous(parts) => cited(&parts.join(", "), &cites),
                }));
            }
            Statement::Quoted { exact } if kind == "quoted" => {
                all.insert(cited(exact, &cites));
            }
            Statement::Figure { exact } if kind == "figures" => {
                all.insert(cited(exact, &cites));
            }
            _ => {}
        }
    }
    all
}

fn wanted(gold: &Value, kind: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for it in gold[kind].as_array().unwrap() {
        let cites = numbers(&it["cites"]);
        match it["names"].as_array() {
            Some(names) => all.extend(names.iter().map(|it| cited(it.as_str().unwrap(), &cites))),
            None => {
                all.insert(cited(it["exact"].as_str().unwrap(), &cites));
            }
        }
    }
    all
}

#[test]
fn each_set_of_articles_is_read_as_its_gold_says() {
    let floors = [
        (0.99, 0.99),
        (0.99, 0.99),
        (0.95, 0.98),
        (0.97, 0.97),
        (0.97, 0.97),
    ];
    for set in SETS {
        is_read_as_its_gold_says(set, 30, floors);
    }
}

/// One of its articles is not read as it should be: a list in a Japanese box of facts, and a figure with its verb.
#[test]
fn the_fifth_set_is_read_but_for_what_is_known() {
    let floors = [
        (1.0, 1.0),
        (1.0, 1.0),
        (0.92, 1.0),
        (1.0, 1.0),
        (0.91, 0.91),
    ];
    is_read_as_its_gold_says("fifth", 12, floors);
}

/// Not read are a name with "and" in it, a table whose reference is in the sentence behind it, a row of a Portuguese box, and a Korean figure.
#[test]
fn the_sixth_set_is_read_but_for_what_is_known() {
    let floors = [
        (1.0, 1.0),
        (0.97, 1.0),
        (0.78, 0.93),
        (1.0, 1.0),
        (0.91, 0.91),
    ];
    is_read_as_its_gold_says("sixth", 12, floors);
}

/// Not read is a list whose last name ends like an abbreviation, so that the sentence does not end there.
#[test]
fn the_seventh_set_is_read_but_for_what_is_known() {
    let floors = [(1.0, 1.0), (1.0, 1.0), (0.95, 1.0), (1.0, 1.0), (1.0, 1.0)];
    is_read_as_its_gold_says("seventh", 16, floors);
}

#[expect(clippy::print_stdout, reason = "the scores of each set and its faults")]
fn is_read_as_its_gold_says(set: &str, count: usize, floors: [(f64, f64); 5]) {
    let articles = articles_of(set);
    assert_eq!(articles.len(), count, "{set}");
    let kinds = ["references", "accessed", "listed", "quoted", "figures"];
    let mut scores: Vec<Score> = kinds.iter().map(|_| Score::default()).collect();
    let mut wrong = Vec::new();
    for (name, bytes, gold) in &articles {
        let import = read(name, bytes);
        let of = |field: fn(&stillsays::profile::Reference) -> Option<String>| -> BTreeSet<String> {
            import.profile.references.iter().filter_map(field).collect()
        };
        let golden = |field: &str| -> BTreeSet<String> {
            let all = gold["references"].as_array().unwrap().iter().enumerate();
            all.filter_map(|(at, it)| Some(format!("{} {}", at + 1, it[field].as_str()?)))
                .collect()
        };
        let sets = [
            (
                golden("url"),
                of(|it| Some(format!("{} {}", it.number, it.url.clone()?))),
            ),
            (
                golden("accessed"),
                of(|it| Some(format!("{} {}", it.number, it.accessed?))),
            ),
            (wanted(gold, "listed"), given(&import, "listed")),
            (wanted(gold, "quoted"), given(&import, "quoted")),
            (wanted(gold, "figures"), given(&import, "figures")),
        ];
        for ((score, kind), (want, have)) in scores.iter_mut().zip(kinds).zip(&sets) {
            let faults = score.add(want, have);
            wrong.extend(faults.into_iter().map(|it| format!("{name}: {kind}: {it}")));
        }
        if key(&import.profile.title) != key(gold["title"].as_str().unwrap()) {
            wrong.push(format!("{name}: title {}", import.profile.title));
        }
    }
    println!("{}", wrong.join("\n"));
    for (score, kind) in scores.iter().zip(kinds) {
        println!(
            "{set}: {kind}: recall {:.3}, precision {:.3} ({} of {}, {} given)",
            score.recall(),
            score.precision(),
            score.found,
            score.wanted,
            score.given
        );
    }
    for ((score, kind), (recall, precision)) in scores.iter().zip(kinds).zip(floors) {
        assert!(
            score.recall() >= recall && score.precision() >= precision,
            "{set}: {kind}: recall {:.3}, precision {:.3}\n{}",
            score.recall(),
            score.precision(),
            wrong.join("\n")
        );
    }
}

#[test]
fn the_words_of_a_claim_are_at_its_place() {
    let (mut spans, mut found) = (0, 0);
    let mut wrong = Vec::new();
    for (name, bytes, _) in &articles() {
        let import = read(name, bytes);
        let source = SourceText::of(bytes, None, Some(name));
        for claim in &import.profile.claims {
            let texts: Vec<String> = match &claim.statement {
                Statement::Listed { names, .. } => names.iter().filter_map(one).collect(),
                Statement::Quoted { exact } | Statement::Figure { exact } => vec![exact.clone()],
                _ => Vec::new(),
            };
            let none = vec![Span::default(); texts.len()];
            let places = if claim.spans.is_empty() {
                &none
            } else {
                &claim.spans
            };
            for (text, span) in texts.iter().zip(places) {
                spans += 1;
                let Some(place) = source.place(*span) else {
                    wrong.push(format!("{name}: {text}: nowhere"));
                    continue;
                };
                let words = |it: &str| -> Vec<String> {
                    let letters = it.replace("&amp;", " ");
                    letters
                        .split(|it: char| !it.is_alphanumeric())
                        .filter(|it| !it.is_empty())
                        .map(str::to_lowercase)
                        .collect()
                };
                if words(&place.quote.exact) == words(text) {
                    found += 1;
                } else {
                    wrong.push(format!("{name}: {text}: {:?}", place.quote.exact));
                }
            }
            assert!(claim.sentence.is_some(), "{name}: {}", claim.id);
        }
    }
    println!("{found} of {spans} names, quotations and figures stand where they are said to");
    assert!(
        found * 100 >= spans * 97,
        "{found} of {spans}\n{}",
        wrong.join("\n")
    );
}

fn one(name: &ListedName) -> Option<String> {
    match name {
        ListedName::One(name) => Some(name.clone()),
        ListedName::Ambiguous(_) => None,
    }
}

#[test]
fn every_entry_of_the_references_has_its_place() {
    let (mut all, mut placed) = (0, 0);
    for (name, bytes, _) in &articles() {
        let import = read(name, bytes);
        let source = SourceText::of(bytes, None, Some(name));
        for reference in &import.profile.references {
            all += 1;
            let place = reference.bytes.and_then(|it| source.place(it));
            let url = reference.url.clone().unwrap_or_default();
            let title = reference.title.clone().unwrap_or_else(|| url.clone());
            placed += usize::from(place.is_some_and(|it| {
                it.quote.exact.contains(&title) || it.quote.exact.contains(&url)
            }));
        }
    }
    assert!(placed * 100 >= all * 95, "{placed} of {all}");
}

/// Takes sentences, items and notes out of articles, so that something is always missing.
fn mutilated(text: &str, seed: usize) -> String {
    let mut out = String::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if !(at + seed).is_multiple_of(5) {
            out.push_str(line);
        }
    }
    out
}

#[test]
fn every_marker_is_in_the_profile_or_in_the_report() {
    let mut markers = 0;
    for (name, bytes, _) in &articles() {
        let text = String::from_utf8(bytes.clone()).unwrap();
        for seed in 0..6 {
            let text = if seed == 0 {
                text.clone()
            } else {
                mutilated(&text, seed)
            };
            let Ok(import) = article::read(text.as_bytes(), None, Some(name), None) else {
                continue;
            };
            let coverage = &import.coverage;
            let mut printed: BTreeSet<u32> = import
                .profile
                .claims
                .iter()
                .flat_map(|it| it.cites.clone())
                .collect();
            printed.extend(&coverage.missing_notes);
            printed.extend(
                coverage
                    .unused_markers
                    .iter()
                    .flat_map(|it| it.cites.clone()),
            );
            let is_text = std::path::Path::new(name)
                .extension()
                .is_some_and(|it| it == "txt");
            let bare = is_text && !text.contains('[');
            let highest = import.profile.references.iter().map(|it| it.number).max();
            for number in shown(name, &text) {
                markers += 1;
                // A bare number is a marker only up to the last entry of the references.
                if bare && Some(number) > highest {
                    continue;
                }
                assert!(
                    printed.contains(&number),
                    "{name}, seed {seed}: marker {number} is nowhere\n{coverage}"
                );
            }
        }
    }
    assert!(markers > 1000, "{markers}");
}

/// What stands before and behind the number that a marker shows, in each way of writing notes.
const SHOWN: &[(&str, &str, &str)] = &[
    ("asciidoctor", "title=\"View footnote.\">", "<"),
    ("doku", "class=\"fn_top\">", ")"),
    ("drupal", "\" href=\"#footnote", "_"),
    ("easy", "#easy-footnote-bottom-", "-318\" title"),
    ("epub", "role=\"doc-noteref\" href=\"#n", "\""),
    ("fandom", "class=\"reference\"><a href=\"#cite_note-", "\""),
    ("fme", "<sup><a href=\"#footnote_", "_77"),
    ("gdocs", "<sup><a href=\"#ftnt", "\""),
    ("gfm", "aria-describedby=\"footnote-label\">", "<"),
    ("gutenberg", "class=\"fn\"><a href=\"#f0", "-ab\""),
    ("hugo", "class=\"footnote-ref\" role=\"doc-noteref\">", "<"),
    ("jats", "class=\"bibr popnode\">", "<"),
    ("kramdown", "rel=\"footnote\" role=\"doc-noteref\">", "<"),
    ("libre", "sym\"><sup>", "<"),
    ("manfred", "class=\"footnote_plugin_tooltip_text\">[", "]"),
    ("manual", "<sup>[", "]"),
    ("mdesc", "\\[", "\\]"),
    ("mdlink", "[[", "]]("),
    ("mdreflink", "[[", "]]["),
    ("mdsup", "<sup>", "</sup>"),
    ("mdsuplink", "<sup>[", "]("),
    (
        "mediawiki",
        "class=\"reference\"><a href=\"#cite_note-",
        "\"",
    ),
    (
        "mfn",
        "class=\"modern-footnotes-footnote\" data-mfn=\"",
        "\"",
    ),
    ("mobile", "<span class=\"cite-bracket\">[</span>", "<"),
    ("notion", "<sup><a href=\"#note-", "\""),
    ("org", "class=\"footref\" href=\"#fn.", "\""),
    ("pandoc", "role=\"doc-noteref\"><sup>", "<"),
    ("parsoid", "<span class=\"cite-bracket\">[</span>", "<"),
    ("plainb", " [", "]"),
    ("reader", "\">[", "]</a></sup>"),
    ("saved", "<span class=\"cite-bracket\">&#91;</span>", "<"),
    ("sidenote", "<label for=\"sn-", "\""),
    (
        "sphinx",
        "role=\"doc-noteref\"><span class=\"fn-bracket\">[</span>",
        "<",
    ),
    ("substack", "href=\"#footnote-", "\" target"),
    ("sup", "<sup>", "</sup>"),
    ("textb", " [", "]"),
    ("tooltip", "aria-describedby=\"tip-", "-"),
    ("vector", "<span class=\"cite-bracket\">&#91;</span>", "<"),
    ("word", "mso-footnote-id:ftn", "\""),
    ("wordend", "<a href=\"#_edn", "\""),
];

/// The numbers that an article's markers show, found by another way than the reader's.
fn shown(name: &str, text: &str) -> BTreeSet<u32> {
    let style = name
        .rsplit_once('.')
        .and_then(|it| it.0.rsplit_once('-'))
        .map_or("", |it| it.1);
    if let Some((_, open, close)) = SHOWN.iter().find(|it| it.0 == style) {
        let parts = text.split(open).skip(1);
        let from_zero = u32::from(style == "fme");
        return parts
            .filter_map(|it| it.split(close).next()?.parse::<u32>().ok())
            .map(|it| it + from_zero)
            .collect();
    }
    let labels: Vec<String> = match style {
        // The notes stand in the text, and are counted as they come.
        "mdinline" => (1..text.split("^[").count())
            .map(|it| it.to_string())
            .collect(),
        "mdlinks" => addresses(text),
        "md" | "mdkey" | "mdnamed" => footnotes(text),
        "wiki" | "wikibar" | "wikilist" | "wikinamed" | "wikisfn" => tags(text),
        "plain" | "texta" => return bare(text),
        _ => panic!("{name}: how does it write its markers?"),
    };
    let numeric: Option<BTreeSet<u32>> = labels.iter().map(|it| it.parse().ok()).collect();
    numeric.unwrap_or_else(|| {
        let distinct: BTreeSet<&String> = labels.iter().collect();
        (1..).take(distinct.len()).collect()
    })
}

/// The addresses of inline links.
fn addresses(text: &str) -> Vec<String> {
    let parts = text.split("](").skip(1);
    parts
        .filter_map(|it| it.split(')').next().map(str::to_owned))
        .collect()
}

/// The labels of `[^label]` that do not begin a note.
fn footnotes(text: &str) -> Vec<String> {
    let parts = text.split("[^").skip(1);
    parts
        .filter_map(|it| it.split_once(']'))
        .filter(|it| !it.1.starts_with(':'))
        .map(|it| it.0.to_owned())
        .collect()
}

/// The names, or else the contents, of `<ref>` in the text.
fn tags(text: &str) -> Vec<String> {
    let body = text.split("<references>").next().unwrap_or_default();
    let parts = body.split("<ref").skip(1);
    let tags = parts.filter(|it| it.starts_with([' ', '>'])).map(|it| {
        let (tag, rest) = it.split_once('>').unwrap_or_default();
        let named = tag
            .split_once("name=")
            .map(|it| it.1.trim_matches([' ', '/', '"', '\'']));
        let content = rest.split("</ref>").next().unwrap_or_default();
        named.unwrap_or(content).to_owned()
    });
    let again = body
        .split("{{r|")
        .skip(1)
        .filter_map(|it| it.split("}}").next());
    tags.chain(again.map(str::to_owned)).collect()
}

/// Numbers that stand bare behind the end of a sentence, or behind such a number.
fn bare(text: &str) -> BTreeSet<u32> {
    let body = text.split("\n  1. ").next().unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut ended = false;
    for word in body.split_whitespace() {
        match word.parse() {
            Ok(number) if ended => {
                found.insert(number);
            }
            _ => ended = word.ends_with(['.', '”', '»', '“']),
        }
    }
    found
}

#[test]
fn a_list_under_a_few_words_is_read_with_its_marker_in_any_place() {
    for text in [
        "# Quarry Forum\n\nIts allies are:[^1]\n\n- Ash Trust\n- Beech House\n- Cedar Bank\n\n[^1]: \"Allies.\" Quarry Forum. Accessed May 2, 2024. <https://quarry.example/allies>\n",
        "# Quarry Forum\n\nIts allies are:\n\n- Ash Trust[^1]\n- Beech House[^1]\n- Cedar Bank[^1]\n\n[^1]: \"Allies.\" Quarry Forum. Accessed May 2, 2024. <https://quarry.example/allies>\n",
    ] {
        let import = read("quarry.md", text.as_bytes());
        let listed = given(&import, "listed");
        let want = ["Ash Trust", "Beech House", "Cedar Bank"].map(|it| cited(it, &[1]));
        assert_eq!(listed, BTreeSet::from(want), "{text}");
        assert!(import.coverage.is_whole(), "{}", import.coverage);
    }
}

/// Cited sentences, each as an article of its own: language, words, and what has to come out.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    why: String,
    language: String,
    text: String,
    names: Option<Vec<String>>,
    figures: Option<Vec<String>>,
}

/// The article whose only paragraph is a cited sentence.
fn article_of(language: &str, sentence: &str) -> Import {
    // Words by which the language is recognized.
    let common = &Language::of_code(language).unwrap().grammar.common;
    let words = common.join(" ");
    let html = format!(
        "<!doctype html><html lang={language}><title>Merrow</title><body><h1>Merrow</h1><p>Merrow {words}: {words}.</p><p>{sentence}<sup \
         class=reference id=cite_ref-1><a href=\"#cite_note-1\">[1]</a></sup></p><ol class=references><li \
         id=cite_note-1><a href=https://merrow.example/a>Merrow</a></li></ol></body></html>"
    );
    read("merrow.html", html.as_bytes())
}

#[test]
fn cited_sentences_are_read_as_the_table_says() {
    #[derive(serde::Deserialize)]
    struct Table {
        case: Vec<Sentence>,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/articles/sentences.toml");
    let table: Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in &table.case {
        let import = article_of(&case.language, &case.text);
        let (mut names, mut figures) = (Vec::new(), Vec::new());
        for claim in &import.profile.claims {
            match &claim.statement {
                Statement::Listed { names: all, .. } => {
                    names.extend(all.iter().map(|it| match it {
                        ListedName::One(name) => name.clone(),
                        ListedName::Ambiguous(parts) => parts.join(", "),
                    }));
                }
                Statement::Figure { exact } => figures.push(exact.clone()),
                _ => {}
            }
        }
        for (want, have) in [(&case.names, names), (&case.figures, figures)] {
            if want.as_ref().is_some_and(|want| *want != have) {
                wrong.push(format!("{} {}: {have:?}", case.language, case.why));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        table.case.len(),
        wrong.join("\n")
    );
}

/// A language, its names, and what stands before and behind them in a sentence.
type Frame = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

/// Names as languages write them, and what may stand around a list, grammar or not.
const PARTS: &[Frame] = &[
    (
        "en",
        &[
            "Alder House",
            "Birch Fund",
            "Cedar Bank",
            "Dunlin & Sons",
            "Elm Yard",
        ],
        &[
            ("Whatever ", " did was noted."),
            ("Zorp, ", "."),
            ("Seen there: ", "!"),
            ("In a room of ", ", it rained."),
            ("", " agreed."),
        ],
    ),
    (
        "de",
        &[
            "Stiftung Birkenhof",
            "Fonds Nordlicht",
            "Haus Ahorn",
            "Chor Abendstern",
        ],
        &[
            ("Im Saal waren ", " laut."),
            ("Gesehen: ", "."),
            ("Es klagen ", " über Lärm."),
        ],
    ),
    (
        "fr",
        &[
            "l’Atelier du Quai",
            "la Maison Verte",
            "le Chœur des Dunes",
            "Théâtre Bleu",
        ],
        &[
            ("On a vu ", " hier."),
            ("Bruit : ", "."),
            ("", " chantent."),
        ],
    ),
    (
        "pl",
        &[
            "Dom Brzozowy",
            "Fundacja Latarnia",
            "Teatr na Moście",
            "Bank Cis",
        ],
        &[("Wczoraj ", " milczeli."), ("Hałas: ", ".")],
    ),
    (
        "ru",
        &["Фонд Маяк", "Театр Волна", "Дом Берег", "Хор Рассвет"],
        &[("Вчера ", " молчали."), ("Шум: ", ".")],
    ),
    (
        "el",
        &["Ίδρυμα Φάρος", "Σύλλογος Ακτή", "Θέατρο Κύμα"],
        &[("Χθες ", " σιώπησαν."), ("Θόρυβος: ", ".")],
    ),
    (
        "tr",
        &["Deniz Vakfı", "Köprü Derneği", "Çınar Tiyatrosu"],
        &[("Dün ", " sustu."), ("Gürültü: ", ".")],
    ),
    (
        "zh",
        &["灯塔基金会", "长桥协会", "浪花剧社"],
        &[("昨天", "都沉默。"), ("噪音：", "。")],
    ),
    (
        "ja",
        &["灯台財団", "長橋協会", "波劇団"],
        &[("昨日、", "は黙った。"), ("騒音：", "。")],
    ),
    (
        "ko",
        &["등대재단", "다리협회", "물결극단"],
        &[("어제 ", " 모두 침묵했다."), ("소음: ", ".")],
    ),
    (
        "he",
        &["קרן המגדלור", "עמותת הגשר", "תיאטרון הגל"],
        &[("אתמול ", " שתקו."), ("רעש: ", ".")],
    ),
    (
        "ar",
        &["مؤسسة المنارة", "جمعية الجسر", "مسرح الموج"],
        &[("أمس ", " صمتوا."), ("ضجيج: ", ".")],
    ),
    (
        "hi",
        &["दीपक न्यास", "सेतु समिति", "लहर रंगमंच"],
        &[("कल ", " चुप थे।"), ("शोर: ", "।")],
    ),
];

/// The names joined in every way that is written.
fn enumerations(language: &str, names: &[&str]) -> Vec<String> {
    let grammar = &Language::of_code(language).unwrap().grammar;
    let comma = match language {
        "zh" | "ja" => "、",
        "ar" => "، ",
        _ => ", ",
    };
    let (last, before) = names.split_last().unwrap();
    let mut all = vec![
        names.join(comma),
        names.join("; "),
        names.join(" / "),
        names.join(" · "),
    ];
    let spaced = !matches!(language, "zh" | "ja" | "ko" | "he" | "ar");
    if spaced {
        let and = &grammar.and[0];
        all.push(format!("{} {and} {last}", before.join(comma)));
        all.push(format!("{}{comma}{and} {last}", before.join(comma)));
        let counted = |open: &str, close: &str| -> String {
            let members = names.iter().enumerate();
            let members: Vec<String> = members
                .map(|(at, it)| format!("{open}{}{close} {it}", at + 1))
                .collect();
            members.join(comma)
        };
        all.extend([counted("(", ")"), counted("", ")")]);
    }
    all
}

#[test]
fn three_names_in_a_row_are_in_the_profile_or_in_the_report() {
    let (mut all, mut lost) = (0, Vec::new());
    for (language, names, frames) in PARTS {
        for enumeration in enumerations(language, names) {
            for (before, after) in *frames {
                let sentence = format!("{before}{enumeration}{after}");
                let import = article_of(language, &sentence);
                let read = given(&import, "listed");
                let printed = import.coverage.losses().len();
                let told: Vec<&str> = [&import.coverage.unread_lists, &import.coverage.left_out]
                    .into_iter()
                    .flatten()
                    .map(|it| it.text.as_str())
                    .collect();
                for name in *names {
                    all += 1;
                    let bare = name
                        .trim_start_matches("l’")
                        .trim_start_matches("la ")
                        .trim_start_matches("le ");
                    let known = read.iter().any(|it| it.contains(&key(bare)));
                    let said = told.iter().any(|it| it.contains(bare));
                    if !(known || said) {
                        lost.push(format!(
                            "{language}: {sentence}: {name} ({printed} losses, read {read:?})"
                        ));
                    }
                }
            }
        }
    }
    assert!(all > 700, "{all}");
    assert!(
        lost.is_empty(),
        "{} of {all}:\n{}",
        lost.len(),
        lost.join("\n")
    );
}

#[test]
fn a_number_with_its_noun_is_in_the_profile_or_in_the_report() {
    for (language, sentence, number) in [
        ("en", "Then 4711 zorbs of it were counted.", "4711"),
        ("en", "They lasted 23 years.", "23"),
        ("en", "It has 14 quiet old halls.", "14"),
        ("de", "Das wurden 17 im Jahr.", ""),
        ("de", "Es gab 17 zorbige Dinge.", "17"),
        ("fr", "Il a tenu 23 ans.", "23"),
        ("ru", "Прошло 23 года.", "23"),
        ("ko", "모두 23바퀴를 돌았다.", "23"),
        ("ja", "全部で23ぺーじ読んだ。", "23"),
        ("he", "עברו 23 שנים.", "23"),
        ("hi", "कुल 23 वर्ष बीते।", "23"),
    ] {
        let import = article_of(language, sentence);
        let read = given(&import, "figures");
        let told = &import.coverage.unread_figures;
        let known = read.iter().any(|it| it.contains(number));
        let said = told.iter().any(|it| it.text.contains(number));
        assert_eq!(
            known || said,
            !number.is_empty(),
            "{language}: {sentence}: {read:?} {told:?}"
        );
    }
}
