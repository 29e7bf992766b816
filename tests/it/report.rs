//! The report from outside: one set of numbers, in five formats that no page can break.

mod fixture;
mod printing;
mod showing;
mod visits;

use std::{collections::HashSet, fs, path::Path};

use fixture::{FIRST, HOSTILE, LAST, at, fixture};
use scraper::{Html, Selector};
use stillsays::{
    finding::{Decision, Fate},
    report::{
        DatedText, Label, Need, PageDiff, Report, StatusRow, Style, findings_text, status_table,
    },
};
use unicode_width::UnicodeWidthStr;

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
        let anchor = format!("id=\"finding-{}\"", finding.id);
        assert!(html.contains(&anchor), "{:?}", finding.subject);
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

/// Each label's number as a format has it: `(word, number)`.
fn numbers(name: &str, text: &str) -> Vec<(String, u32)> {
    let key = |words: &str| words.trim().replace([' ', '\u{a0}'], "-");
    let listed = |row: &str| -> Vec<(String, u32)> {
        let parts = row.split('·').filter_map(|part| {
            let (words, number) = part.trim().rsplit_once([' ', '\u{a0}'])?;
            Some((key(words), number.parse().ok()?))
        });
        parts.collect()
    };
    match name {
        "report.json" => {
            let json: serde_json::Value = serde_json::from_str(text).unwrap();
            let tallies =
                ["verdicts", "fates"].map(|it| json["counts"][it].as_object().unwrap().clone());
            let pairs = tallies.into_iter().flatten();
            pairs
                .map(|(word, number)| (word, number.to_string().parse().unwrap()))
                .collect()
        }
        "report.csv" => {
            let labels: Vec<String> = rows(text)
                .into_iter()
                .skip(1)
                // A finding that somebody decided about has a row for that too.
                .filter(|it| !it.iter().any(|it| it == "review"))
                .map(|it| it[4].clone())
                .collect();
            let mut counted: Vec<(String, u32)> = Vec::new();
            for label in labels {
                match counted.iter_mut().find(|it| it.0 == label) {
                    Some(it) => it.1 += 1,
                    None => counted.push((label, 1)),
                }
            }
            counted
        }
        "report.html" => {
            let page = Html::parse_document(text);
            let rows = select(&page, ".verdicts > div, .fates > div");
            rows.iter()
                .map(|row| {
                    let of = |css: &str| {
                        let found = row.select(&Selector::parse(css).unwrap()).next().unwrap();
                        found.text().collect::<String>()
                    };
                    let words = of("dt");
                    let word = words.trim().split_once(' ').unwrap().1;
                    (key(word), of("dd").trim().parse().unwrap())
                })
                .collect()
        }
        "report.md" => text
            .lines()
            .filter(|it| it.starts_with("| verdicts") || it.starts_with("| references"))
            .flat_map(|it| listed(it.splitn(3, '|').nth(2).unwrap().trim_end_matches(" |")))
            .collect(),
        _ => {
            let from = text.find("verdicts").unwrap() + "verdicts".len();
            let to = text.find("\n\nReferences").unwrap();
            let joined = text[from..to]
                .replace('\n', " ")
                .replace("references ", "· ");
            listed(&joined)
        }
    }
}

/// The fields of each row of a CSV text.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(it) = letters.next() {
        match it {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            _ => field.push(it),
        }
    }
    rows
}

#[test]
fn every_format_has_the_same_numbers() {
    let report = fixture().report();
    let counts = &report.counts;
    let expected: Vec<(String, u32)> = counts
        .verdicts
        .some()
        .chain(counts.fates.some())
        .map(|(label, number)| (label.key(), number))
        .collect();
    assert_eq!(expected.len(), 18, "the fixture has every verdict and fate");
    for (name, text) in formats(&report) {
        if name == "run.txt" {
            continue;
        }
        let numbers = numbers(name, &text);
        for pair in &expected {
            assert!(
                numbers.contains(pair),
                "{name}: {pair:?} is not in {numbers:?}"
            );
        }
        assert_eq!(
            numbers.iter().filter(|it| it.1 > 0).count(),
            expected.len(),
            "{name}"
        );
    }
}

#[test]
fn a_csv_row_has_every_column_and_no_formula() {
    let rows = rows(&fixture().report().to_csv());
    assert!(rows.iter().all(|it| it.len() == rows[0].len()));
    for field in rows.iter().skip(1).flatten() {
        assert!(!field.starts_with(['=', '+', '-', '@']), "{field}");
    }
    assert!(
        rows.iter()
            .flatten()
            .any(|it| it.starts_with("'=HYPERLINK"))
    );
}

#[test]
fn what_needs_a_decision_comes_first() {
    let report = fixture().report();
    let order: Vec<_> = report.references.iter().map(|it| it.need).collect();
    assert!(order.is_sorted(), "{order:?}");
    for claim in &report.claims {
        assert!(claim.entries.iter().map(|it| it.need).is_sorted());
    }
    assert_eq!(report.claims[0].need, Some(Need::Decide));
    assert_eq!(report.claims.last().unwrap().need, None);
}

#[test]
fn a_decided_finding_is_not_reported_until_its_verdict_changes() {
    let mut fixture = fixture();
    let before = fixture.report().counts;
    let text = findings_text(&fixture.report(), &Style::default());
    assert!(
        text.contains("Tidewater Peace Team"),
        "accepted before it changed"
    );
    assert!(!text.contains("Harbor Mediation"), "accepted since");
    assert!(
        text.contains("Saltmarsh Youth Circle"),
        "a rejection taken back"
    );

    fixture.review("Tidewater Peace Team", Some(Decision::Reject), "20260501");
    let after = fixture.report().counts;
    assert_eq!(
        (after.decide, after.decided),
        (before.decide - 1, before.decided + 1)
    );
    assert_eq!(after.verdicts, before.verdicts);
    let text = findings_text(&fixture.report(), &Style::default());
    assert!(!text.contains("Tidewater Peace Team"));
}

#[test]
fn a_finding_says_since_when_and_what_was_there_before() {
    let report = fixture().report();
    let said = |name: &str| {
        let entry = report.entries().find(|it| it.subject == name).unwrap();
        format!("{} {} {}", entry.said, entry.since, entry.advice)
    };
    insta::assert_snapshot!(said("Tidewater Peace Team"), @"No longer listed. Disappeared between 2024-03-01 and 2026-04-02. As cited on 2022-10-22. Remove the name, or cite the archived copy of 2022-10-22 (payload 5300d5d3d369), which still has it.");
    insta::assert_snapshot!(said("Harbor Mediation"), @"Renamed to “Harbour & Hill Mediation Collective” — because same place in the list, same link, three of four words. Changed between 2022-10-22 and 2024-03-01. As cited on 2022-10-22. Write “Harbour & Hill Mediation Collective”, or cite the archived copy of 2022-10-22 (payload 5300d5d3d369), which still has it.");
    insta::assert_snapshot!(said("Saltmarsh Youth Circle"), @"On the page, but not in the article. First seen between 2024-03-01 and 2026-04-02. Not on the page on 2022-10-22 (the capture closest to the access date). Add it if the article is meant to list all of them.");
    insta::assert_snapshot!(said("134 countries"), @"Now “129 countries” — the number changed. Changed between 2026-04-02 04:00 UTC and 06:15 UTC. As cited on 2022-10-22. Write “129 countries”, or cite the archived copy of 2022-10-22 (payload 5300d5d3d369), which still has it.");
    insta::assert_snapshot!(said("Bridgewater Fellowship"), @"Cannot tell: the page says “not found”, but with a status of success. Last seen on 2024-03-01. As cited on 2022-10-22. The archived copy of 2022-10-22 (payload 30ffba43bb1d) contains it.");
    insta::assert_snapshot!(said(HOSTILE), @"Not listed. Missing from every capture since 2022-10-22. The page may never have said so. No capture contained it: check the source, or remove it.");
}

#[test]
fn a_stale_reference_names_the_copy_to_cite() {
    let report = fixture().report();
    let reference = |number| {
        report
            .references
            .iter()
            .find(|it| it.number == number)
            .unwrap()
    };
    let gone = reference(4);
    let copy = gone.cite.as_ref().unwrap();
    assert_eq!(copy.date, at(FIRST), "the one nearest to the access date");
    let told = format!(
        "copy of 2022-10-22 (payload {})",
        copy.payload_digest.short()
    );
    assert!(gone.advice.contains(&told), "{}", gone.advice);
    assert!(reference(6).cite.is_none(), "no visit was ever let in");
    assert!(reference(1).cite.is_none(), "the page is there");
    // Two of three visits had what is cited; the one on which nothing could be read is no copy to cite.
    assert!(
        reference(2)
            .cite
            .as_ref()
            .is_some_and(|it| it.date < at(LAST))
    );
}

#[test]
fn text_is_no_wider_than_the_terminal_and_the_same_without_colour() {
    let report = fixture().report();
    for width in [40, 80, 120] {
        let style = |color| Style { color, width };
        let plain = report.to_text(&style(false));
        for line in plain.lines() {
            assert!(line.width() <= width, "{width}: {line}");
        }
        let mut bare = String::new();
        for part in report.to_text(&style(true)).split('\u{1b}') {
            let rest = part.strip_prefix('[').and_then(|it| it.split_once('m'));
            bare.push_str(rest.map_or(part, |it| it.1));
        }
        assert_eq!(bare, plain);
    }
}

#[test]
fn an_article_without_anything_makes_a_report() {
    let mut empty = fixture();
    empty.profile.references.clear();
    empty.profile.claims.clear();
    empty.findings.clear();
    empty.visits.clear();
    let report = empty.report();
    assert_eq!(report.as_of, None);
    for (name, text) in formats(&report) {
        assert!(!text.is_empty(), "{name}");
    }
    assert!(
        report
            .to_text(&Style::default())
            .contains("Nothing needs a decision")
    );
}

#[test]
fn the_status_table_fits_its_terminal() {
    let row = |reference, title: &str, fate, visited: bool| {
        StatusRow {
        reference,
        title: title.into(),
        fate,
        last_visit: visited.then(|| at(LAST)),
        last_change: None,
        next_due: Some(at("20260403061500")),
        why_due: "it is visited about every 3 days: it changes about every 36 days (4 changes seen in 20 visits), so it is due then".into(),
        claims_resting: 3,
        open_findings: 1,
    }
    };
    let rows = [
        row(1, "Mediation Centers", Fate::Live, true),
        row(
            12,
            "How neighbours\u{1b}[2J keep the peace: a long headline about mediators",
            Fate::Soft404,
            true,
        ),
        row(3, "مركز الوساطة", Fate::Unvisited, false),
    ];
    let style = Style {
        color: false,
        width: 80,
    };
    let table = status_table(&rows, &style);
    assert!(table.lines().all(|it| it.width() <= 80), "{table}");
    assert!(!table.contains('\u{1b}'));
    insta::assert_snapshot!(table, @"
    ref  title             fate       visited     changed  due         claims  open
    ────────────────────────────────────────────────────────────────────────────────
      1  Mediation Cente…  live       2026-04-02  –        2026-04-03       3     1
     12  How neighbours␛…  soft 404   2026-04-02  –        2026-04-03       3     1
      3  مركز الوساطة      unvisited  –           –        2026-04-03       3     1
    due, references 1, 12, 3: it is visited about every 3 days: it changes about
      every 36 days (4 changes seen in 20 visits), so it is due then
    ");
    assert!(
        status_table(
            &rows,
            &Style {
                color: true,
                ..style
            }
        )
        .contains('\u{1b}')
    );
}

#[test]
fn a_page_diff_is_the_same_in_every_format() {
    let text = |date, text| DatedText {
        date: at(date),
        payload_digest: None,
        text,
    };
    let diff = PageDiff::of(
        &text(FIRST, "Centers\nTidewater Peace Team\nQuillmoor Trust\n"),
        &text(LAST, "Centers\nQuillmoor Trust\nSaltmarsh <b>Youth</b>\n"),
        1,
    );
    insta::assert_snapshot!(diff.to_text(&Style::default()), @"
    - copy of 2022-10-22 09:03 UTC
    + copy of 2026-04-02 06:15 UTC

    line 1 → line 1
      Centers
    - Tidewater Peace Team
      Quillmoor Trust
    + Saltmarsh <b>Youth</b>
    ");
    insta::assert_snapshot!(diff.to_html(), @r#"
    <section class="diff">
    <p>From the copy of 2022-10-22 09:03 UTC to the copy of 2026-04-02 06:15 UTC: 1 line removed, 1 line added.</p>
    <div class="hunk">
    <p class="context"><span dir="auto">Centers</span></p>
    <p class="removed"><del dir="auto">Tidewater Peace Team</del></p>
    <p class="context"><span dir="auto">Quillmoor Trust</span></p>
    <p class="added"><ins dir="auto">Saltmarsh &lt;b&gt;Youth&lt;/b&gt;</ins></p>
    </div>
    </section>
    "#);
    let json = serde_json::to_value(&diff).unwrap();
    assert_eq!(
        (json["removed"].as_u64(), json["added"].as_u64()),
        (Some(1), Some(1))
    );
}

#[test]
fn labels_are_spelt_for_programs_as_for_people() {
    for label in Label::VERDICTS.into_iter().chain(Label::FATES) {
        let json = serde_json::to_value(label).unwrap();
        assert_eq!(json, label.words().replace(' ', "-"));
    }
}
