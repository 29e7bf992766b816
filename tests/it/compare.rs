//! The comparison over saved pages and labelled pairs, where they are at hand: what the scorers beside them measure, with floors.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use stillsays::{
    compare::{self, NamesAnswer, Scope},
    entity::{EntityList, EntityName, ListKind, NameSource, Strategy},
    extract::{self, Page},
    finding::Verdict,
    media_type::MediaType,
    profile::ListedName,
    reading::{PageState, Reading},
};
use unicode_normalization::UnicodeNormalization;

/// A folder of the shared corpus; `None`, and a line that says so, where it is not at hand.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")).join(name);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: {} is not here", folder.display());
    None
}

fn read(body: &[u8], media_type: &str) -> Reading {
    extract::read(&Page {
        body,
        media_type: &MediaType::parse(media_type),
        uri: None,
        status: None,
        selectors: &[],
    })
}

/// The key by which two spellings count as one name when answers are scored.
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
    let line = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_matches([' ', '.', ',', ';', ':', '*']).to_owned()
}

#[derive(Deserialize)]
struct GoldPage {
    lists: Vec<GoldList>,
}

#[derive(Deserialize)]
struct GoldList {
    names: Vec<String>,
}

#[derive(Deserialize)]
struct GoldDiff {
    site: String,
    pairs: Vec<GoldPair>,
}

#[derive(Deserialize)]
struct GoldPair {
    from: String,
    to: String,
    added: Vec<String>,
    renamed: Vec<Vec<String>>,
}

/// What the claims of one pair of pages, or of all, came to.
#[derive(Debug, Default)]
struct Claims {
    names: usize,
    right: usize,
    staying: usize,
    false_alarms: usize,
    gone: usize,
    gone_found: usize,
    renamed: usize,
    renamed_found: usize,
    lost_called_absent: usize,
    new_hits: usize,
    new_extra: usize,
    new_missed: usize,
    wrong: String,
}

impl Claims {
    fn add(&mut self, it: &Self) {
        self.names += it.names;
        self.right += it.right;
        self.staying += it.staying;
        self.false_alarms += it.false_alarms;
        self.gone += it.gone;
        self.gone_found += it.gone_found;
        self.renamed += it.renamed;
        self.renamed_found += it.renamed_found;
        self.lost_called_absent += it.lost_called_absent;
        self.new_hits += it.new_hits;
        self.new_extra += it.new_extra;
        self.new_missed += it.new_missed;
        self.wrong.push_str(&it.wrong);
    }

    fn accuracy(&self) -> f64 {
        share(self.right, self.names)
    }

    fn new_f1(&self) -> f64 {
        share(
            2 * self.new_hits,
            2 * self.new_hits + self.new_extra + self.new_missed,
        )
    }

    fn line(&self) -> String {
        format!(
            "accuracy {:.3} of {}, false alarms {:.4}, gone found {:.3} of {}, renames found {:.3} of {}, lost called absent {}, new F1 {:.3} ({}+{}-{})",
            self.accuracy(),
            self.names,
            share(self.false_alarms, self.staying.max(1)),
            share(self.gone_found, self.gone),
            self.gone,
            share(self.renamed_found, self.renamed),
            self.renamed,
            self.lost_called_absent,
            self.new_f1(),
            self.new_hits,
            self.new_extra,
            self.new_missed,
        )
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } => "present",
        Verdict::Absent => "absent",
        Verdict::Renamed { .. } => "renamed",
        _ => "cannot-tell",
    }
}

fn names_of(path: &Path) -> Vec<Vec<String>> {
    let gold: GoldPage = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    gold.lists
        .into_iter()
        .map(|it| it.names)
        .filter(|it| !it.is_empty())
        .collect()
}

fn check(claimed: &[String], reading: &Reading) -> NamesAnswer {
    let claimed: Vec<ListedName> = claimed.iter().cloned().map(ListedName::One).collect();
    compare::names(&claimed, reading, Scope::default(), &[])
}

/// Scores an answer as the scorer does.
fn judge(
    label: &str,
    claimed: &[String],
    after: &[Vec<String>],
    renamed: &HashMap<String, String>,
    added: &BTreeSet<String>,
    answer: &NamesAnswer,
) -> Claims {
    let mut count = Claims {
        names: claimed.len(),
        ..Claims::default()
    };
    let after_names: BTreeSet<String> = after.iter().flatten().map(|it| key(it)).collect();
    let said: HashMap<String, _> = answer
        .names
        .iter()
        .map(|it| (key(&it.claimed), it))
        .collect();
    for name in claimed {
        let Some(it) = said.get(&key(name)) else {
            continue;
        };
        let verdict = word(&it.verdict);
        let found = key(it.found.as_deref().unwrap_or_default());
        let alarm = matches!(verdict, "absent" | "renamed");
        let good;
        if after_names.is_empty() {
            good = verdict == "cannot-tell";
            count.lost_called_absent += usize::from(alarm);
        } else if after_names.contains(&key(name)) {
            good = verdict == "present";
            count.staying += 1;
            count.false_alarms += usize::from(alarm);
        } else if let Some(new) = renamed.get(&key(name)) {
            good = matches!(verdict, "renamed" | "present") && found == *new;
            count.renamed += 1;
            count.renamed_found += usize::from(good);
        } else {
            good = verdict == "absent";
            count.gone += 1;
            count.gone_found += usize::from(good);
        }
        count.right += usize::from(good);
        if !good {
            let _ = writeln!(
                count.wrong,
                "  {label}: {name} -> {:?} {:?}",
                it.verdict, it.found
            );
        }
    }
    if !after_names.is_empty() {
        let kept: BTreeSet<String> = claimed
            .iter()
            .map(|it| key(it))
            .chain(renamed.values().cloned())
            .collect();
        let own: BTreeSet<String> = after
            .iter()
            .map(|it| it.iter().map(|it| key(it)).collect::<BTreeSet<_>>())
            .filter(|it| it.intersection(&kept).next().is_some())
            .flatten()
            .collect();
        let expected: BTreeSet<String> = added.intersection(&own).cloned().collect();
        let new: BTreeSet<String> = answer
            .new
            .iter()
            .map(|it| key(&it.name))
            .filter(|it| own.contains(it) || !after_names.contains(it))
            .collect();
        count.new_hits += new.intersection(&expected).count();
        count.new_extra += new.difference(&expected).count();
        count.new_missed += expected.difference(&new).count();
        for it in new.difference(&expected) {
            let _ = writeln!(count.wrong, "  {label}: not new: {it}");
        }
        for it in expected.difference(&new) {
            let _ = writeln!(count.wrong, "  {label}: new but not said: {it}");
        }
    }
    if !count.wrong.is_empty() {
        for it in &answer.lists {
            let _ = writeln!(
                count.wrong,
                "    {label}: {:?} {} {:?}, {} of {}",
                it.heading, it.container, it.strategy, it.kept, it.size
            );
        }
    }
    count
}

/// A reading of lines of text, each an item, as a plain file is read.
fn lines(text: &str) -> Reading {
    let mut reading = read(b"", "text/html");
    let items = text
        .lines()
        .map(|line| {
            let start = line.as_ptr() as usize - text.as_ptr() as usize;
            EntityName {
                surface: line.to_owned(),
                source: NameSource::Text,
                range: Some(start..start + line.len()),
                css: String::new(),
                href: None,
                hidden: false,
                also: Vec::new(),
            }
        })
        .collect();
    reading.lists = vec![EntityList {
        heading: None,
        anchor: None,
        container: String::new(),
        fingerprint: "line".to_owned(),
        template: String::new(),
        strategy: Strategy::PlainLines,
        kind: ListKind::Names,
        score: 0.5,
        evidence: Vec::new(),
        items,
    }];
    reading.state = PageState::Content;
    text.clone_into(&mut reading.text);
    reading
}

#[test]
fn claims_of_an_earlier_version_hold_on_the_later_one() {
    let Some(folder) = corpus("partner-pages") else {
        return;
    };
    let mut total = Claims::default();
    let mut sites: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    sites.sort();
    for site in sites.iter().filter(|it| it.join("diff.gold.json").exists()) {
        let diff: GoldDiff =
            serde_json::from_slice(&fs::read(site.join("diff.gold.json")).unwrap()).unwrap();
        for pair in &diff.pairs {
            let gold = |page: &str| names_of(&site.join(page.replace(".html", ".gold.json")));
            let mut claimed: Vec<String> = Vec::new();
            for name in gold(&pair.from).into_iter().flatten() {
                if !claimed.contains(&name) {
                    claimed.push(name);
                }
            }
            if claimed.is_empty() {
                continue;
            }
            let reading = read(&fs::read(site.join(&pair.to)).unwrap(), "text/html");
            let renamed = pair
                .renamed
                .iter()
                .map(|it| (key(&it[0]), key(&it[1])))
                .collect();
            let added = pair.added.iter().map(|it| key(it)).collect();
            let label = format!("{} {} > {}", diff.site, &pair.from[..10], &pair.to[..10]);
            let answer = check(&claimed, &reading);
            total.add(&judge(
                &label,
                &claimed,
                &gold(&pair.to),
                &renamed,
                &added,
                &answer,
            ));
        }
    }
    println!("{}\n{}", total.line(), total.wrong);
    assert_eq!(total.lost_called_absent, 0);
    assert!(total.accuracy() >= 0.97, "{}", total.line());
}

/// How organizations are renamed in life, as far as a spelling shows it.
fn renamings(name: &str, at: usize) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    match at % 6 {
        0 => format!("{name} Worldwide"),
        1 => format!("{name}, Inc."),
        2 if words.len() >= 3 => words
            .iter()
            .filter_map(|it| it.chars().next())
            .filter(|it| it.is_uppercase())
            .collect(),
        3 => format!("The {name}"),
        4 => format!("{name} International"),
        _ => format!("{name} Network"),
    }
}

/// Every page with a list, its claim made wrong in known ways: names of other pages claimed, some of its own not, some respelt.
#[test]
fn claims_altered_in_known_ways_get_the_right_verdict() {
    let Some(folder) = corpus("partner-pages") else {
        return;
    };
    let mut pages: BTreeMap<PathBuf, Vec<Vec<String>>> = BTreeMap::new();
    for site in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
        for file in fs::read_dir(site).unwrap().map(|it| it.unwrap().path()) {
            let gold = PathBuf::from(file.to_string_lossy().replace(".html", ".gold.json"));
            if file.extension().is_some_and(|it| it == "html") && gold.exists() {
                pages.insert(file, names_of(&gold));
            }
        }
    }
    let all: Vec<(&PathBuf, &String)> = pages
        .iter()
        .flat_map(|(page, it)| it.iter().flatten().map(move |it| (page, it)))
        .collect();
    let mut total = Claims::default();
    for (number, (page, lists)) in pages.iter().enumerate() {
        let own: BTreeSet<String> = lists.iter().flatten().map(|it| key(it)).collect();
        if own.len() < 6 {
            continue;
        }
        let site = page.parent();
        let foreign: Vec<&String> = all
            .iter()
            .filter(|(it, name)| it.parent() != site && !own.contains(&key(name)))
            .map(|it| it.1)
            .collect();
        let (mut claimed, mut renamed, mut added) = (Vec::new(), HashMap::new(), BTreeSet::new());
        let mut seen = BTreeSet::new();
        for (at, name) in lists.iter().flatten().enumerate() {
            if !seen.insert(key(name)) {
                continue;
            }
            match at % 8 {
                3 => {
                    added.insert(key(name));
                }
                5 if key(name).len() > 6 => {
                    let other = renamings(name, number + at / 8);
                    renamed.insert(key(&other), key(name));
                    claimed.push(other);
                }
                _ => claimed.push(name.clone()),
            }
        }
        for at in 0..own.len() / 5 {
            let name = foreign[(number * 131 + at * 37) % foreign.len()].clone();
            if !claimed.contains(&name) {
                claimed.push(name);
            }
        }
        let reading = read(&fs::read(page).unwrap(), "text/html");
        let answer = check(&claimed, &reading);
        let label = format!(
            "{} {}",
            site.unwrap().file_name().unwrap().display(),
            &page.file_name().unwrap().to_string_lossy()[..10]
        );
        total.add(&judge(&label, &claimed, lists, &renamed, &added, &answer));
    }
    println!("{}\n{}", total.line(), total.wrong);
    assert!(total.accuracy() >= 0.97, "{}", total.line());
}

/// A claim held against the page of another site: its list is not there, and nothing may be called gone.
#[test]
fn a_list_that_is_not_on_the_page_is_never_called_gone() {
    let Some(folder) = corpus("partner-pages") else {
        return;
    };
    let mut pages: Vec<(String, Vec<String>, Reading)> = Vec::new();
    let mut sites: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    sites.sort();
    for site in sites {
        let mut files: Vec<PathBuf> = fs::read_dir(&site)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        files.sort();
        let Some(page) = files
            .iter()
            .find(|it| it.extension().is_some_and(|it| it == "html"))
        else {
            continue;
        };
        let names = names_of(Path::new(
            &page.to_string_lossy().replace(".html", ".gold.json"),
        ));
        let label = site.file_name().unwrap().to_string_lossy().into_owned();
        pages.push((
            label,
            names.into_iter().flatten().collect(),
            read(&fs::read(page).unwrap(), "text/html"),
        ));
    }
    let (mut asked, mut wrong) = (0, String::new());
    for (from, claimed, _) in pages.iter().filter(|it| it.1.len() >= 4) {
        for (to, own, reading) in pages.iter().filter(|it| it.0 != *from) {
            let own: BTreeSet<String> = own.iter().map(|it| key(it)).collect();
            let shared = claimed.iter().filter(|it| own.contains(&key(it))).count();
            if shared * 8 > claimed.len() {
                continue;
            }
            for it in check(claimed, reading).names {
                asked += 1;
                if matches!(word(&it.verdict), "absent" | "renamed") {
                    let _ = writeln!(wrong, "  {from} on {to}: {} {:?}", it.claimed, it.verdict);
                }
            }
        }
    }
    println!(
        "asked {asked}, called gone {}\n{wrong}",
        wrong.lines().count()
    );
    assert!(wrong.is_empty(), "{wrong}");
}

/// The fields of a line of CSV with double quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    let mut rest = line.chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                fields.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields
}

#[test]
fn pairs_of_names_are_judged_as_one_organization_or_two() {
    let Some(folder) = corpus("names") else {
        return;
    };
    let table = fs::read_to_string(folder.join("name-bench.csv")).unwrap();
    let (mut hits, mut extra, mut missed, mut wrong) = (0, 0, 0, String::new());
    for row in table.lines().skip(1).map(fields) {
        let [_, schema, one, other, is_match, ..] = row.as_slice() else {
            continue;
        };
        if !matches!(schema.as_str(), "Organization" | "Company" | "LegalEntity") {
            continue;
        }
        let page = format!(
            "Harbour Lights Sailing Club\n{other}\nNorthern Orchard Growers\nQuillfeather Press\n"
        );
        let answer = check(std::slice::from_ref(one), &lines(&page));
        let it = &answer.names[0];
        let found = it.found.as_deref().map(key) == Some(key(other));
        let same = matches!(word(&it.verdict), "present" | "renamed") && found;
        let gold = is_match == "true";
        hits += usize::from(same && gold);
        extra += usize::from(same && !gold);
        missed += usize::from(gold && !same);
        if same != gold {
            let _ = writeln!(
                wrong,
                "  {} {one} | {other} -> {:?}",
                if gold { "same: " } else { "other:" },
                it.verdict
            );
        }
    }
    let f1 = share(2 * hits, 2 * hits + extra + missed);
    println!("names F1 {f1:.3} ({hits}+{extra}-{missed})\n{wrong}");
    assert!(f1 >= 0.90, "{f1}");
}

#[derive(Deserialize)]
struct Cited {
    label: String,
    supporting_sentences: Vec<Vec<usize>>,
    claim: String,
    evidence: Vec<String>,
}

#[test]
fn passages_that_support_a_sentence_come_first() {
    let Some(folder) = corpus("wice") else { return };
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(folder.join("claim-dev.jsonl.gz")).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let (mut first, mut set5, mut count) = (0, 0, 0);
    let (mut supported, mut unsupported) = (Vec::new(), Vec::new());
    // A third of them keeps the test short; the scorer beside the corpus takes them all.
    for row in text
        .lines()
        .step_by(3)
        .map(|it| serde_json::from_str::<Cited>(it).unwrap())
    {
        let page: Vec<String> = row
            .evidence
            .iter()
            .map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let answer = compare::statement(
            &row.claim,
            &lines(&(page.join("\n") + "\n")),
            Scope::default(),
        );
        let mut place: HashMap<String, usize> = HashMap::new();
        for (number, line) in page.iter().enumerate() {
            place.entry(key(line)).or_insert(number);
        }
        let ranks: Vec<usize> = answer
            .passages
            .iter()
            .filter_map(|it| place.get(&key(&it.text)).copied())
            .collect();
        let best = answer.passages.first().map_or(0.0, |it| it.score);
        match row.label.as_str() {
            "supported" => supported.push(best),
            "not_supported" => unsupported.push(best),
            _ => {}
        }
        let same = |it: &Vec<usize>| -> Vec<usize> {
            it.iter().map(|it| place[&key(&page[*it])]).collect()
        };
        let sets: Vec<Vec<usize>> = row
            .supporting_sentences
            .iter()
            .filter(|it| !it.is_empty())
            .map(same)
            .collect();
        if row.label == "not_supported" || sets.is_empty() {
            continue;
        }
        count += 1;
        first += usize::from(
            ranks
                .first()
                .is_some_and(|it| sets.iter().flatten().any(|marked| marked == it)),
        );
        set5 += usize::from(sets.iter().any(|it| it.iter().all(|it| ranks.contains(it))));
    }
    let above: f64 = supported
        .iter()
        .flat_map(|a| {
            unsupported.iter().map(move |b| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
        })
        .sum();
    let separation = above / (supported.len() * unsupported.len()) as f64;
    let (first, set5) = (share(first, count), share(set5, count));
    println!("evidence first {first:.3} set5 {set5:.3} separation {separation:.3} of {count}");
    assert!(
        first >= 0.85 && set5 >= 0.63 && separation >= 0.88,
        "{first} {set5} {separation}"
    );
}

/// A text with white space made one and letters made small, each character with its place.
fn plain(text: &str) -> Vec<(char, usize)> {
    let mut plain: Vec<(char, usize)> = Vec::new();
    for (at, it) in text.char_indices() {
        if it.is_whitespace() {
            if plain.last().is_none_or(|it| it.0 != ' ') {
                plain.push((' ', at));
            }
        } else {
            plain.extend(it.to_lowercase().map(|it| (it, at)));
        }
    }
    plain
}

/// Where a browser would go by a text directive: the first place that its parts fit (WICG Scroll To Text Fragment, 3.5).
fn first_place(link: &str, text: &[(char, usize)]) -> Option<usize> {
    let directive = link.split_once("#:~:text=")?.1;
    let decoded = |it: &str| -> Vec<char> {
        let it = url::form_urlencoded::parse(format!("x={}", it.replace('+', "%2B")).as_bytes())
            .next()
            .unwrap()
            .1
            .into_owned();
        plain(&it).into_iter().map(|it| it.0).collect()
    };
    let mut parts: Vec<&str> = directive.split(',').collect();
    let prefix = parts
        .first()
        .and_then(|it| it.strip_suffix('-'))
        .map(decoded);
    let suffix = parts
        .last()
        .and_then(|it| it.strip_prefix('-'))
        .map(decoded);
    if prefix.is_some() {
        parts.remove(0);
    }
    if suffix.is_some() {
        parts.pop();
    }
    let (start, end) = (decoded(parts.first()?), parts.get(1).map(|it| decoded(it)));
    let is_at = |words: &[char], at: usize| {
        let here = text.get(at..at + words.len());
        let edge = |it: Option<&(char, usize)>| it.is_none_or(|it| !it.0.is_alphanumeric());
        let lettered = |it: Option<&char>| it.is_some_and(char::is_ascii_alphanumeric);
        here.is_some_and(|here| here.iter().map(|it| it.0).eq(words.iter().copied()))
            && (!lettered(words.first()) || at == 0 || edge(text.get(at - 1)))
            && (!lettered(words.last()) || edge(text.get(at + words.len())))
    };
    let skipped = |at: usize| at + usize::from(text.get(at).is_some_and(|it| it.0 == ' '));
    (0..text.len()).find_map(|at| {
        let begins = match &prefix {
            Some(prefix) if is_at(prefix, at) => skipped(at + prefix.len()),
            Some(_) => return None,
            None => at,
        };
        if !is_at(&start, begins) {
            return None;
        }
        let mut after = begins + start.len();
        if let Some(end) = &end {
            after = (after..text.len()).find(|at| is_at(end, *at))? + end.len();
        }
        let fits = suffix.as_ref().is_none_or(|it| is_at(it, skipped(after)));
        fits.then(|| text.get(begins).map(|it| it.1)).flatten()
    })
}

/// Small pages with block boundaries, hidden text, tables, phrases that come twice: nothing here was written with them in view.
#[test]
fn words_on_a_page_are_found_as_a_quotation_and_by_their_link() {
    let Some(folder) = corpus("diffs/pages") else {
        return;
    };
    let (mut quoted, mut linked, mut without, mut asked, mut wrong) = (0, 0, 0, 0, String::new());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    for file in files
        .iter()
        .filter(|it| it.extension().is_some_and(|it| it == "html"))
    {
        let reading = read(&fs::read(file).unwrap(), "text/html");
        let text = plain(&reading.text);
        let fragments = stillsays::selector::TextFragments::of(&reading.text);
        let blocks: Vec<_> = reading.blocks.iter().filter(|it| !it.alt).collect();
        // The whole block, and a run of words from its middle.
        let ranges = blocks.iter().flat_map(|it| {
            let whole = it.range.clone();
            let body = &reading.text[whole.clone()];
            let starts: Vec<usize> = body
                .split_inclusive(' ')
                .scan(whole.start, |at, word| {
                    let start = *at;
                    *at += word.len();
                    Some(start)
                })
                .collect();
            let middle = starts
                .get(starts.len() / 3)
                .copied()
                .filter(|it| *it > whole.start);
            let middle = middle.map(|from| from..whole.end);
            [Some(whole), middle].into_iter().flatten()
        });
        for range in ranges {
            let there = reading.text[range.clone()].trim();
            if there.chars().filter(|it| it.is_alphanumeric()).count() < 4 {
                continue;
            }
            let start = range.start + reading.text[range.clone()].find(there).unwrap();
            let range = start..start + there.len();
            asked += 1;
            let answer = compare::quotation(there, &reading, Scope::default());
            let found = answer.verdict == Verdict::Present
                && answer
                    .places
                    .iter()
                    .filter_map(|it| it.range.as_ref())
                    .any(|it| it.start < range.end && range.start < it.end);
            quoted += usize::from(found);
            if !found {
                let _ = writeln!(
                    wrong,
                    "  {}: no quotation: {there:?} {:?}",
                    file.display(),
                    answer.verdict
                );
            }
            if let Some(link) = fragments.link("https://example.org/", range.clone()) {
                let place = first_place(&link, &text);
                let good = place == Some(range.start);
                linked += usize::from(good);
                if !good {
                    let _ = writeln!(
                        wrong,
                        "  {}: {there:?} at {} but {link} at {place:?}",
                        file.display(),
                        range.start
                    );
                }
            } else {
                // Where no words around it make it the first, it gets no link rather than one that leads elsewhere.
                without += 1;
                let _ = writeln!(wrong, "  {}: no link for {there:?}", file.display());
            }
        }
    }
    println!(
        "asked {asked}: found as quotations {quoted}, by their links {linked}, without a link {without}\n{wrong}"
    );
    assert!(asked > 80, "{asked}");
    assert_eq!((quoted, linked + without), (asked, asked), "{wrong}");
    assert!(without * 20 <= asked, "{without} of {asked}\n{wrong}");
}
