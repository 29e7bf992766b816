//! Thirty articles of our own in fifteen ways of writing notes and nine languages, held against what they say.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use stillsays::{
    article::{self, Import, SourceText},
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

fn articles() -> Vec<(String, Vec<u8>, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/articles/set");
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
fn thirty_articles_are_read_as_their_gold_says() {
    let articles = articles();
    assert_eq!(articles.len(), 30);
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
    for (score, kind) in scores.iter().zip(kinds) {
        println!(
            "{kind}: recall {:.3}, precision {:.3}",
            score.recall(),
            score.precision()
        );
    }
    let floors = [
        (0.99, 0.99),
        (0.99, 0.99),
        (0.95, 0.98),
        (0.97, 0.97),
        (0.97, 0.97),
    ];
    for ((score, kind), (recall, precision)) in scores.iter().zip(kinds).zip(floors) {
        assert!(
            score.recall() >= recall && score.precision() >= precision,
            "{kind}: recall {:.3}, precision {:.3}\n{}",
            score.recall(),
            score.precision(),
            wrong.join("\n")
        );
    }
}

#[test]
fn what_a_claim_says_stands_where_it_says() {
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
            let mut told: BTreeSet<u32> = import
                .profile
                .claims
                .iter()
                .flat_map(|it| it.cites.clone())
                .collect();
            told.extend(&coverage.missing_notes);
            told.extend(
                coverage
                    .unused_markers
                    .iter()
                    .flat_map(|it| it.cites.clone()),
            );
            for number in shown(name, &text) {
                markers += 1;
                assert!(
                    told.contains(&number),
                    "{name}, seed {seed}: marker {number} is nowhere\n{coverage}"
                );
            }
        }
    }
    assert!(markers > 200, "{markers}");
}

/// The numbers that an article's markers show, found by another way than the reader's.
fn shown(name: &str, text: &str) -> BTreeSet<u32> {
    let style = name
        .rsplit_once('.')
        .and_then(|it| it.0.rsplit_once('-'))
        .map_or("", |it| it.1);
    let between = |open: &str, close: &str| -> BTreeSet<u32> {
        let parts = text.split(open).skip(1);
        parts
            .filter_map(|it| it.split(close).next()?.parse().ok())
            .collect()
    };
    match style {
        "mediawiki" => between("class=\"reference\"><a href=\"#cite_note-", "\""),
        "gutenberg" => between("class=\"fn\"><a href=\"#f0", "-ab\""),
        "gdocs" => between("<sup><a href=\"#ftnt", "\""),
        "word" => between("mso-footnote-id:ftn", "\""),
        "sup" => between("<sup>", "</sup>"),
        "mfn" => between("class=\"modern-footnotes-footnote\" data-mfn=\"", "\""),
        "sidenote" => between("<label for=\"sn-", "\""),
        "md" => {
            let body = text.split("\n[^").next().unwrap_or_default();
            let parts = body.split("[^").skip(1);
            parts
                .filter_map(|it| it.split(']').next()?.parse().ok())
                .collect()
        }
        _ => BTreeSet::new(),
    }
}

#[test]
fn a_list_under_a_few_words_is_read_wherever_its_marker_stands() {
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
