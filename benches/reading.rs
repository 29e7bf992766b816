//! Measures the reader against the parser alone: `cargo bench --bench reading [-- --quick] [PAGE…]`, for all pages or for those
//! whose names contain one of the words.
//!
//! For pages of every class, generated here, and for the saved pages of real sites where they are at hand, it times
//! `extract::read`, which finds everything in a page, and `scraper::Html::parse_document`, which only parses it, turn by turn in
//! one run, and prints the ratio of the fastest turns, by page and over all: what else runs on the machine only adds time.
//! The divan table that follows tells the same in another tool's words.

use std::{
    fmt::Write as _,
    fs,
    hint::black_box,
    io::{self, Write},
    path::Path,
    sync::LazyLock,
    time::{Duration, Instant as Stopwatch},
};

use stillsays::{
    extract::{self, Page},
    media_type::MediaType,
    reading::Reading,
    uri::TargetUri,
};

/// What reading may cost at most, in parses by scraper.
const BOUND: f64 = 2.2;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let quick = std::env::args().any(|it| it == "--quick");
    let rounds = if quick { 15 } else { 60 };
    writeln!(
        out,
        "{:<24} {:>7} {:>11} {:>11} {:>6}",
        "page", "KB", "scraper µs", "read µs", "ratio"
    )?;
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with("--"))
        .collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let mut made = Sum::default();
    for (name, page) in generated().into_iter().filter(|it| wanted(it.0)) {
        made.add(row(&mut out, name, &page, rounds)?);
    }
    if made.rows > 0 {
        writeln!(out, "generated pages, all: {}", made.ratio())?;
    }
    let mut saved = Sum::default();
    for (name, page) in saved_pages().into_iter().filter(|it| wanted(&it.0)) {
        saved.add(row(&mut out, &name, &page, rounds.min(30))?);
    }
    if saved.rows > 0 {
        writeln!(out, "saved pages, all: {}", saved.ratio())?;
    }
    if !quick {
        divan::main();
    }
    Ok(())
}

/// Times of both over several pages, and the worst ratio.
#[derive(Default)]
struct Sum {
    parse: Duration,
    read: Duration,
    worst: f64,
    rows: usize,
}

impl Sum {
    fn add(&mut self, (parse, read): (Duration, Duration)) {
        self.parse += parse;
        self.read += read;
        self.worst = self.worst.max(read.as_secs_f64() / parse.as_secs_f64());
        self.rows += 1;
    }

    fn ratio(&self) -> String {
        let all = self.read.as_secs_f64() / self.parse.as_secs_f64();
        let kept = if all <= BOUND { "kept" } else { "exceeded" };
        format!(
            "{all:.2} over {} pages (bound {BOUND}: {kept}), at worst {:.2}",
            self.rows, self.worst
        )
    }
}

fn row(
    out: &mut impl Write,
    name: &str,
    page: &str,
    rounds: usize,
) -> io::Result<(Duration, Duration)> {
    let (parse, read) = race(page, rounds);
    writeln!(
        out,
        "{name:<24} {:>7} {:>11.0} {:>11.0} {:>6.2}",
        page.len() / 1000,
        parse.as_secs_f64() * 1e6,
        read.as_secs_f64() * 1e6,
        read.as_secs_f64() / parse.as_secs_f64(),
    )?;
    Ok((parse, read))
}

/// The fastest turn of each, the two taking turns; dropping what was made counts.
fn race(page: &str, rounds: usize) -> (Duration, Duration) {
    // Short pages several times at once, so that a turn takes about two milliseconds.
    let watch = Stopwatch::now();
    drop(black_box(scraper::Html::parse_document(page)));
    let once = watch.elapsed().as_micros().max(1);
    let times = u32::try_from((2_000 / once).clamp(1, 200)).unwrap_or(1);
    let (mut parses, mut reads) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let watch = Stopwatch::now();
        for _ in 0..times {
            drop(black_box(scraper::Html::parse_document(black_box(page))));
        }
        parses = parses.min(watch.elapsed() / times);
        let watch = Stopwatch::now();
        for _ in 0..times {
            drop(black_box(read(black_box(page))));
        }
        reads = reads.min(watch.elapsed() / times);
    }
    (parses, reads)
}

fn read(page: &str) -> Reading {
    static URI: LazyLock<Option<TargetUri>> =
        LazyLock::new(|| Some(TargetUri::parse("https://example.org/page/").ok()?.0));
    extract::read(&Page {
        body: page.as_bytes(),
        media_type: &MediaType {
            essence: "text/html".into(),
            charset: Some("utf-8".into()),
            ..MediaType::default()
        },
        uri: URI.as_ref(),
        status: Some(200),
        selectors: &[],
    })
}

#[divan::bench(args = generated().into_iter().map(|it| it.0))]
fn parse_with_scraper(bencher: divan::Bencher, name: &str) {
    let page = page_named(name);
    bencher.bench(|| scraper::Html::parse_document(&page));
}

#[divan::bench(args = generated().into_iter().map(|it| it.0))]
fn read_everything(bencher: divan::Bencher, name: &str) {
    let page = page_named(name);
    bencher.bench(|| read(&page));
}

fn page_named(name: &str) -> String {
    let mut pages = generated().into_iter();
    pages
        .find(|it| it.0 == name)
        .map(|it| it.1)
        .unwrap_or_default()
}

/// The saved pages of real sites, largest first, as far as they are UTF-8.
fn saved_pages() -> Vec<(String, String)> {
    let corpus = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpus/partner-pages"
    ));
    let mut pages = Vec::new();
    for folder in fs::read_dir(corpus).into_iter().flatten().flatten() {
        for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|it| it == "html")
                && let Ok(text) = fs::read_to_string(&path)
            {
                let site = folder.file_name().to_string_lossy().into_owned();
                let file = file.file_name().to_string_lossy().into_owned();
                pages.push((format!("{site}/{file}"), text));
            }
        }
    }
    pages.sort_by_key(|it| (std::cmp::Reverse(it.1.len()), it.0.clone()));
    pages
}

/// A page of each class.
fn generated() -> Vec<(&'static str, String)> {
    vec![
        ("members 20", Maker::new(1).members(20)),
        ("members 200", Maker::new(2).members(200)),
        ("members 2000", Maker::new(3).members(2000)),
        ("portal of links", Maker::new(4).portal()),
        ("long prose", Maker::new(5).prose(2_500)),
        ("tables", Maker::new(6).tables(12, 90)),
        ("page builder", Maker::new(7).builder(60)),
    ]
}

const FIRSTS: &[&str] = &[
    "Harbor",
    "Northern",
    "Lantern",
    "Alder",
    "Civic",
    "Riverside",
    "Open",
    "Meridian",
    "Cedar",
    "United",
    "Prairie",
    "Beacon",
    "Coastal",
    "Summit",
    "Granite",
    "Juniper",
    "Old Mill",
    "Valley",
];
const SECONDS: &[&str] = &[
    "Housing",
    "Water",
    "Youth",
    "Library",
    "Arts",
    "Mediation",
    "Food",
    "Transit",
    "Energy",
    "Justice",
    "Health",
    "Archive",
    "Garden",
    "Music",
    "Science",
    "Legal Aid",
    "Veterans",
];
const LASTS: &[&str] = &[
    "Foundation",
    "Alliance",
    "Network",
    "Society",
    "Trust",
    "Council",
    "Institute",
    "Coalition",
    "Association",
    "Collective",
    "Center",
    "Partners",
    "University",
    "Union",
    "Fund",
    "e.V.",
];
const WORDS: &[&str] = &[
    "the",
    "members",
    "of",
    "this",
    "network",
    "meet",
    "every",
    "spring",
    "and",
    "report",
    "what",
    "they",
    "have",
    "learned",
    "from",
    "their",
    "neighbours",
    "about",
    "water",
    "quality",
    "while",
    "volunteers",
    "count",
    "birds",
    "along",
    "rivers",
    "in",
    "more",
    "than",
    "twenty",
    "counties",
    "with",
    "help",
    "by",
    "schools",
    "which",
    "keep",
    "records",
    "since",
    "long",
    "before",
];

/// Makes pages; the same number makes the same page.
struct Maker {
    state: u64,
    page: String,
}

impl Maker {
    fn new(seed: u64) -> Self {
        Self {
            state: seed,
            page: String::new(),
        }
    }

    /// The next of a row of numbers (Vigna's SplitMix64).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.state;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    fn one_of(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    fn name(&mut self) -> String {
        let number = self.below(900);
        let (first, second, last) = (
            self.one_of(FIRSTS),
            self.one_of(SECONDS),
            self.one_of(LASTS),
        );
        match number % 4 {
            0 => format!("{first} {second} {last} of District {number}"),
            1 => format!(
                "{first} {last} ({}{}{})",
                &first[..1],
                &second[..1],
                &last[..1]
            ),
            _ => format!("{first} {second} {last}"),
        }
    }

    fn sentence(&mut self, words: usize) -> String {
        let mut text = String::from("In those years ");
        for place in 0..words {
            if place % 9 == 8 {
                text.push(',');
            }
            if place > 0 {
                text.push(' ');
            }
            text.push_str(self.one_of(WORDS));
        }
        text.push('.');
        text
    }

    /// Head, styles, scripts and menu, as pages have them.
    fn begin(&mut self, title: &str) {
        let _ = writeln!(
            self.page,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        );
        for it in 0..14 {
            let _ = writeln!(
                self.page,
                "<link rel=\"stylesheet\" id=\"style-{it}-css\" href=\"https://example.org/assets/css/part-{it}.min.css?ver=6.{it}\" media=\"all\">"
            );
        }
        self.style(60);
        self.script(40);
        self.page.push_str("</head>\n<body class=\"page home wide\">\n<header class=\"site-header\"><nav class=\"main-menu\"><ul id=\"menu\">\n");
        for it in 0..24 {
            let word = self.one_of(WORDS);
            let _ = writeln!(
                self.page,
                "<li id=\"menu-item-{it}\" class=\"menu-item menu-item-type-post_type menu-item-{it}\"><a href=\"/{word}/{it}/\" class=\"menu-link\">{word} {it}</a></li>"
            );
        }
        self.page
            .push_str("</ul></nav></header>\n<main id=\"content\">\n");
        let _ = writeln!(self.page, "<h1 class=\"entry-title\">{title}</h1>");
    }

    fn style(&mut self, rules: usize) {
        self.page.push_str("<style>\n");
        for it in 0..rules {
            let _ = writeln!(
                self.page,
                ".block-{it} > .inner {{ display: flex; margin: 0 {it}px; color: #3{it:03}; }}"
            );
        }
        self.page.push_str("</style>\n");
    }

    fn script(&mut self, lines: usize) {
        self.page.push_str("<script>\n(function () {\n");
        for it in 0..lines {
            let _ = writeln!(
                self.page,
                "  window.queue = window.queue || []; window.queue.push([\"event-{it}\", {{ value: {it}, label: \"part {it}\" }}]);"
            );
        }
        self.page.push_str("})();\n</script>\n");
    }

    fn end(mut self) -> String {
        self.page
            .push_str("</main>\n<footer class=\"site-footer\"><div class=\"widgets\">\n");
        for _ in 0..5 {
            let text = self.sentence(18);
            let _ = writeln!(self.page, "<div class=\"widget\"><p>{text}</p></div>");
        }
        self.page
            .push_str("<p>© 2024 Harbor Network. All rights reserved.</p></div></footer>\n");
        self.script(30);
        self.page.push_str("</body>\n</html>\n");
        self.page
    }

    /// A list of members, each a card with its logo, name, link and a line about it.
    fn members(mut self, count: usize) -> String {
        self.begin("Our Members");
        self.page.push_str(
            "<section class=\"members\"><h2>Member organizations</h2>\n<div class=\"grid\">\n",
        );
        for it in 0..count {
            let name = self.name();
            let about = self.sentence(12);
            let _ = writeln!(
                self.page,
                "  <div class=\"card member-card\" data-id=\"{it}\">\n    <a class=\"logo\" href=\"https://member-{it}.example.org/\" target=\"_blank\" rel=\"noopener\">\
                 <img src=\"/files/logo-{it}.png\" alt=\"{name} logo\" width=\"200\" height=\"80\" loading=\"lazy\"></a>\n    \
                 <h3 class=\"card-title\"><a href=\"https://member-{it}.example.org/\">{name}</a></h3>\n    \
                 <p class=\"card-text\">{about}</p>\n  </div>"
            );
        }
        self.page.push_str("</div></section>\n");
        self.end()
    }

    /// Boxes of links, as portals have them.
    fn portal(mut self) -> String {
        self.begin("Harbor Portal");
        for part in 0..60 {
            let head = self.one_of(SECONDS);
            let _ = writeln!(
                self.page,
                "<section class=\"box box-{part}\"><h2>{head} links</h2><ul class=\"links\">"
            );
            for it in 0..25 {
                let text = match it % 3 {
                    0 => self.name(),
                    1 => self.sentence(5),
                    _ => self.one_of(WORDS).to_owned(),
                };
                let _ = writeln!(
                    self.page,
                    "<li class=\"link\"><a href=\"/{head}/{part}/{it}?from=portal&amp;box={part}\" title=\"Go to page {it}\">{text}</a> <span class=\"meta\">{it} views</span></li>"
                );
            }
            self.page.push_str("</ul></section>\n");
        }
        self.end()
    }

    /// Running text with links and emphasis.
    fn prose(mut self, paragraphs: usize) -> String {
        self.begin("A history of the network");
        for it in 0..paragraphs {
            if it % 20 == 0 {
                let head = self.name();
                let _ = writeln!(self.page, "<h2 id=\"part-{it}\">{head}</h2>");
            }
            let (one, two, name) = (self.sentence(14), self.sentence(9), self.name());
            let _ = writeln!(
                self.page,
                "<p>{one} With <a href=\"/history/{it}\">{name}</a>, {two} <em>This</em> is &ldquo;quoted&rdquo; &amp; kept.</p>"
            );
        }
        self.end()
    }

    /// Tables of records.
    fn tables(mut self, tables: usize, rows: usize) -> String {
        self.begin("Registered organizations");
        for table in 0..tables {
            let _ = writeln!(
                self.page,
                "<h2>District {table}</h2><table class=\"records\"><thead><tr><th>Name</th><th>City</th><th>Since</th><th>Website</th></tr></thead><tbody>"
            );
            for row in 0..rows {
                let (name, city) = (self.name(), self.one_of(FIRSTS));
                let _ = writeln!(
                    self.page,
                    "<tr class=\"row\"><td class=\"name\">{name}</td><td>{city}</td><td>{}</td><td><a href=\"https://org-{table}-{row}.example.org\">org-{table}-{row}.example.org</a></td></tr>",
                    1950 + row % 70
                );
            }
            self.page.push_str("</tbody></table>\n");
        }
        self.end()
    }

    /// Containers in containers with drawings, styles and scripts between them, as page builders write them.
    fn builder(mut self, sections: usize) -> String {
        self.begin("Partners");
        for it in 0..sections {
            let _ = write!(
                self.page,
                "<section class=\"pb-section pb-element pb-element-{it}a8f3 pb-top-section\" data-id=\"{it}a8f3\" data-element_type=\"section\" \
                 data-settings=\"{{&quot;background&quot;:&quot;classic&quot;,&quot;n&quot;:{it}}}\">"
            );
            for class in [
                "container",
                "row",
                "column",
                "column-wrap",
                "widget-wrap",
                "widget",
                "widget-container",
            ] {
                let _ = write!(
                    self.page,
                    "\n<div class=\"pb-{class} pb-element pb-element-{it} pb-{class}-default\" data-element_type=\"{class}\" style=\"--gap: {it}px; display: flex\">"
                );
            }
            self.style(4);
            for card in 0..6 {
                let name = self.name();
                let _ = write!(
                    self.page,
                    "\n<div class=\"pb-box pb-box-{card}\"><div class=\"pb-inner\"><span class=\"pb-icon\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" fill=\"none\"><g stroke=\"#333\">"
                );
                for line in 0..4 {
                    let _ = write!(
                        self.page,
                        "<path d=\"M{card} {line}.5c-1.1 0-2 .9-2 2v14c0 1.1.9 2 2 2h14l{line} 4V4c0-1.1-.9-2-2-2zm0 14H6l-2 2V4h16v12z\" stroke-width=\"{line}\"></path>"
                    );
                }
                let _ = write!(
                    self.page,
                    "</g></svg></span><div class=\"pb-content\"><h4 class=\"pb-heading\"><span>{name}</span></h4></div></div></div>"
                );
            }
            self.script(2);
            self.page
                .push_str("</div></div></div></div></div></div></div></section>\n");
        }
        self.end()
    }
}
