//! The reader over saved pages of real sites, where they are at hand, and over golden pages of our own.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use stillsays::{
    extract::{self, Page},
    media_type::MediaType,
    reading::Reading,
};
use unicode_normalization::UnicodeNormalization;

/// Reads a file as a page without response headers.
fn read_file(path: &Path) -> Reading {
    let body = fs::read(path).unwrap();
    extract::read(&Page {
        body: &body,
        media_type: &MediaType::default(),
        uri: None,
        status: None,
        selectors: &[],
    })
}

/// The key by which two spellings count as one name when lists are scored.
fn key(name: &str) -> String {
    let folded: String = name
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter_map(|it| match it {
            '’' | '‘' => Some('\''),
            '“' | '”' => Some('"'),
            '–' | '—' => Some('-'),
            '\u{ad}' => None,
            other => Some(other),
        })
        .collect();
    folded
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .trim_matches([' ', '.', ',', ';', ':', '*'])
        .to_owned()
}

/// Hits, names too many, names missed.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    hits: usize,
    extra: usize,
    missed: usize,
}

impl Count {
    fn f1(self) -> f64 {
        let all = 2 * self.hits + self.extra + self.missed;
        if all == 0 {
            1.0
        } else {
            2.0 * self.hits as f64 / all as f64
        }
    }
}

fn overlap(gold: &[String], found: &[String]) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for it in gold {
        *left.entry(it).or_default() += 1;
    }
    found
        .iter()
        .filter(|it| {
            left.get_mut(it.as_str())
                .filter(|it| **it > 0)
                .map(|it| *it -= 1)
                .is_some()
        })
        .count()
}

/// Pairs each gold list with the found list that overlaps it best, one to one.
fn score(gold: &[Vec<String>], mut found: Vec<Vec<String>>) -> Count {
    let mut count = Count::default();
    let mut gold: Vec<&Vec<String>> = gold.iter().filter(|it| !it.is_empty()).collect();
    gold.sort_by_key(|it| std::cmp::Reverse(it.len()));
    for names in &gold {
        let quality = |it: &Vec<String>| {
            let hits = overlap(names, it);
            Count {
                hits,
                extra: it.len() - hits,
                missed: names.len() - hits,
            }
            .f1()
        };
        let best = (0..found.len()).max_by(|&a, &b| {
            quality(&found[a])
                .total_cmp(&quality(&found[b]))
                .then(b.cmp(&a))
        });
        let hits = best.map_or(0, |it| overlap(names, &found[it]));
        if let Some(best) = best.filter(|_| hits > 0) {
            count.extra += found.remove(best).len() - hits;
        }
        count.hits += hits;
        count.missed += names.len() - hits;
    }
    if gold.is_empty() {
        count.extra += found.iter().map(Vec::len).sum::<usize>();
    }
    count
}

fn found_in(reading: &Reading) -> Vec<Vec<String>> {
    extract::best_lists(reading)
        .iter()
        .map(|it| it.items.iter().map(|it| key(&it.surface)).collect())
        .collect()
}

fn gold_pages(corpus: &Path) -> Vec<(PathBuf, Vec<Vec<String>>)> {
    let mut pages = Vec::new();
    for site in fs::read_dir(corpus).unwrap() {
        for file in fs::read_dir(site.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".gold.json").filter(|it| *it != "diff") else {
                continue;
            };
            let gold: serde_json::Value =
                serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            let lists = gold["lists"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| {
                    it["names"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|it| key(it.as_str().unwrap()))
                        .collect()
                })
                .collect();
            pages.push((file.with_file_name(format!("{stem}.html")), lists));
        }
    }
    pages.sort();
    pages
}

#[test]
fn lists_of_saved_pages_are_found_as_well_as_ever() {
    let corpus =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join("corpus/partner-pages");
    if !corpus.is_dir() {
        eprintln!("skipped: the saved partner pages are not here");
        return;
    }
    let mut total = Count::default();
    let mut invented = 0;
    for (page, gold) in gold_pages(&corpus) {
        let reading = read_file(&page);
        let found = found_in(&reading);
        let count = score(&gold, found.clone());
        if gold.iter().all(Vec::is_empty) {
            invented = invented.max(count.extra);
        }
        total.hits += count.hits;
        total.extra += count.extra;
        total.missed += count.missed;
        let place = page.strip_prefix(&corpus).unwrap().display();
        eprintln!("{:.2} {place} {count:?} {:?}", count.f1(), reading.state);
        if count.f1() < 0.999 && std::env::var_os("STILLSAYS_SHOW").is_some() {
            for (list, names) in extract::best_lists(&reading).iter().zip(&found) {
                eprintln!(
                    "     {:.2} {:?} {:?} {names:?}",
                    list.score, list.strategy, list.heading
                );
            }
        }
    }
    eprintln!(
        "lists F1 {:.3} {total:?}; most invented {invented}",
        total.f1()
    );
    assert!(total.f1() >= 0.98, "{}", total.f1());
    assert!(invented <= 1, "{invented} names on a page that has none");
}
