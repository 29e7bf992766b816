//! The HTML report on paper: how many pages a browser prints.

use std::process::{Command, Stdio};

use crate::project::Project;

/// How many pages Chromium prints of a file; `None` without Chromium.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn printed(project: &Project, file: &str) -> Option<usize> {
    let out = project.path("out.pdf");
    let ended = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
        ])
        .arg(format!(
            "--user-data-dir={}",
            project.path("browser").display()
        ))
        .arg(format!("--print-to-pdf={}", out.display()))
        .arg(format!("file://{}", project.path(file).display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !ended.is_ok_and(|it| it.success()) {
        println!("skipped: there is no chromium that prints");
        return None;
    }
    let pdf = std::fs::read(out).unwrap();
    let pdf = String::from_utf8_lossy(&pdf).into_owned();
    let counts = pdf.split("/Count ").skip(1);
    let counts = counts.filter_map(|it| {
        let end = it.find(|letter: char| !letter.is_ascii_digit())?;
        it[..end].parse::<usize>().ok()
    });
    counts.max()
}

#[test]
fn the_demo_prints_on_eight_pages_and_names_that_stayed_are_set_in_columns() {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let page = project.read("snapshots/demo/report.html");
    assert!(
        page.contains("columns: 3"),
        "the style sheet prints columns"
    );
    if let Some(pages) = printed(&project, "snapshots/demo/report.html") {
        assert!(pages <= 8, "{pages} pages");
    }
}

#[test]
fn under_words_that_left_the_page_no_link_leads_to_the_page_of_today() {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let page = project.read("snapshots/demo/report.html");
    // The evidence of a renamed name: the new words, which are on the page, and the old ones, which are not.
    let (_, finding) = page.split_once("id=\"finding-410082f4df34\"").unwrap();
    let finding = finding.split("</article>").next().unwrap();
    let figures: Vec<&str> = finding.split("<figure").skip(1).collect();
    assert_eq!(figures.len(), 2, "{finding}");
    assert!(
        figures[0].contains("rel=\"noopener noreferrer\""),
        "{finding}"
    );
    assert!(
        !figures[1].contains("rel=\"noopener noreferrer\""),
        "{finding}"
    );
    assert!(
        figures[1].contains("Cleveland Mediation Center"),
        "{finding}"
    );
    let demo = [
        "--config",
        "snapshots/demo/stillsays.toml",
        "report",
        "--format",
    ];
    let markdown = project
        .expect(&[&demo[..], &["markdown"]].concat(), 0)
        .stdout;
    let old = markdown
        .lines()
        .find(|it| it.contains("**Cleveland Mediation Center**") && it.contains("copy of"));
    assert!(!old.unwrap().contains("](<http"), "{old:?}");
}
