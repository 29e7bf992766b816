//! The report from outside: one set of numbers, in five formats that no page can break.

mod fixture;

use std::{collections::HashSet, fs, path::Path};

use fixture::{HOSTILE, fixture};
use scraper::{Html, Selector};
use stillsays::report::{Report, Style, findings_text};

#[test]
fn every_format_is_left_for_a_person_to_look_at() {
    let report = fixture().report();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&folder).unwrap();
    let color = Style {
        color: true,
        width: 120,
    };
    for (name, text) in formats(&report) {
        assert!(!text.is_empty(), "{name}");
        fs::write(folder.join(name), text).unwrap();
    }
    fs::write(folder.join("color.txt"), report.to_text(&color)).unwrap();
}

fn formats(report: &Report) -> [(&'static str, String); 6] {
    let style = Style::default();
    [
        ("report.html", report.to_html()),
        ("report.md", report.to_markdown()),
        ("report.json", report.to_json()),
        ("report.csv", report.to_csv()),
        ("report.txt", report.to_text(&style)),
        ("run.txt", findings_text(report, &style)),
    ]
}

fn select<'a>(page: &'a Html, css: &str) -> Vec<scraper::ElementRef<'a>> {
    page.select(&Selector::parse(css).unwrap()).collect()
}

#[test]
fn the_page_is_one_file_that_loads_and_runs_nothing() {
    let html = fixture().report().to_html();
    let page = Html::parse_document(&html);
    for css in [
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "svg",
        "[src]",
        "[srcset]",
        "[style]",
        "[onerror]",
        "[onclick]",
    ] {
        assert!(select(&page, css).is_empty(), "{css}");
    }
    let style = select(&page, "style")[0].text().collect::<String>();
    assert!(!style.contains("url(") && !style.contains("@import"));
    for link in select(&page, "a[href]") {
        let href = link.attr("href").unwrap();
        assert!(
            href.starts_with('#') || href.starts_with("https://"),
            "{href}"
        );
    }
}

#[test]
fn the_page_has_one_title_unique_ids_and_no_link_to_nowhere() {
    let html = fixture().report().to_html();
    let page = Html::parse_document(&html);
    assert_eq!(select(&page, "h1").len(), 1);
    let ids: Vec<&str> = select(&page, "[id]")
        .iter()
        .filter_map(|it| it.attr("id"))
        .collect();
    let distinct: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len());
    let links = select(&page, "a[href^='#']");
    assert!(links.len() > 20);
    for link in links {
        let target = &link.attr("href").unwrap()[1..];
        assert!(distinct.contains(target), "{target}");
    }
    for finding in &fixture().findings {
        let settled = html.contains(&format!("id=\"finding-{}\"", finding.id));
        let live = finding.subject.claim().is_none() && !finding.is_stale();
        assert!(settled || live, "{:?}", finding.subject);
    }
}

#[test]
fn what_a_page_says_is_never_markup() {
    for (name, text) in formats(&fixture().report()) {
        let markup = matches!(name, "report.html" | "report.md");
        assert!(!(markup && text.contains("<script")), "{name}");
        assert!(!(markup && text.contains("<img")), "{name}");
        assert!(!text.contains('\u{1b}'), "{name}");
        // JSON and CSV are for programs: they carry what was read.
        let for_programs = matches!(name, "report.json" | "report.csv");
        assert!(for_programs || !text.contains('\u{202e}'), "{name}");
    }
    assert!(fixture().report().to_json().contains(HOSTILE));
}
