//! PDF files through the program: their text by page, and broken files that hurt nothing.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;
use stillsays::pipeline::{Limits, PdfReader};

use crate::{
    project::Project,
    site::{Reply, Site},
};

mod made;

use made::{Made, bomb};

fn members() -> Vec<u8> {
    Made::pages(&[
        &[
            b"Annual report",
            b"The council met four times in the year under review, and each time it asked the same",
            b"question: who still keeps the promise that was given on the quay?",
        ],
        &[
            b"Members",
            b"Alder Peace Trust",
            b"Beacon Mediation Network",
            b"Soci\xe9t\xe9 G\xe9n\xe9reuse",
            b"Of\x01ce for Refugees",
        ],
    ])
    .bytes()
}

fn extracted(project: &Project, pdf: &[u8]) -> Value {
    project.write("file.pdf", pdf);
    project.json(&["extract", "--format", "json", "file.pdf"])
}

/// Why a file could not be read, in the signal's words.
fn fault(project: &Project, pdf: &[u8]) -> String {
    let answer = extracted(project, pdf);
    assert_eq!(answer["state"], "unreadable", "{answer:#}");
    answer["signals"][0]["what"].as_str().unwrap().to_owned()
}

#[test]
fn names_and_quotations_of_a_pdf_are_found_with_their_page() {
    let project = Project::new();
    let answer = extracted(&project, &members());
    assert_eq!(answer["state"], "content", "{answer:#}");
    let names: Vec<&str> = answer["lists"][0]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert!(
        names.ends_with(&[
            "Alder Peace Trust",
            "Beacon Mediation Network",
            "Société Généreuse",
            "Of\u{fb01}ce for Refugees"
        ]),
        "{names:?}"
    );
    project.write(
        "names.txt",
        "Alder Peace Trust\nOffice for Refugees\nSociété Généreuse\nCedarvale University\n",
    );
    let answer = project.json(&[
        "check",
        "--format",
        "json",
        "--names",
        "names.txt",
        "--quote",
        "each time it asked the same question: who still keeps the promise",
        "--quote",
        "Beacon Mediation Network",
        "--claim",
        "Each time it asked the same question: who still keeps the promise?",
        "file.pdf",
    ]);
    let said = |of: &str, at: usize| answer[of][at]["verdict"].as_str().unwrap().to_owned();
    assert_eq!(
        [
            said("names", 0),
            said("names", 1),
            said("names", 2),
            said("names", 3)
        ],
        ["present", "present", "present", "absent"],
        "{answer:#}"
    );
    assert_eq!(
        [said("quotes", 0), said("quotes", 1)],
        ["present", "present"],
        "{answer:#}"
    );
    assert_eq!(answer["quotes"][0]["page"], 1, "{answer:#}");
    assert_eq!(answer["quotes"][1]["page"], 2);
    assert_eq!(answer["names"][0]["page"], 2);
    assert_eq!(answer["claims"][0]["passages"][0]["page"], 1, "{answer:#}");
}

/// A file as Chromium prints it: codes of two bytes, widths in ranges, and a new string after two letters that stand closer.
fn printed() -> Vec<u8> {
    let code = |letter: char| format!("{:04x}", u32::from(letter) - 29);
    let codes = |text: &str| text.chars().map(code).collect::<String>();
    // All letters are half as wide as the font is high. The last letter of the first string stands closer to the next one.
    let (one, two) = ("Founded in 1987 by eleven kite mak", "ers of the coast");
    let to_two = 12.0 * (0.5 * one.len() as f64 - 0.04);
    let drawn = format!(
        "BT /F1 12 Tf 72 770 Td <{}> Tj {to_two} 0 Td <{}> Tj ET",
        codes(one),
        codes(two)
    );
    let letters = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange <0000> <ffff> endcodespacerange\n\
                   1 beginbfrange <0003> <005d> <0020> endbfrange\nendcmap end end";
    let mut made = Made::pages(&[&[]]);
    made.instead(3, "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 8 0 R >>");
    made.last_stream("", drawn.as_bytes());
    made.add(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /FontDescriptor 7 0 R /DW 0 /W [3 3 500 4 19 500 20 [500 500] 22 93 500] >>",
    );
    made.add("<< /Type /FontDescriptor /FontName /A >>");
    made.stream("", letters.as_bytes());
    made.bytes()
}

#[test]
fn words_are_whole_in_a_file_that_gives_widths_in_ranges() {
    let project = Project::new();
    project.write("file.pdf", printed());
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let pdf = Reply::status(200, printed()).field("Content-Type", "application/pdf");
    site.on("/history.pdf", [pdf]);
    project.profile(
        "history",
        &format!(
            "format = 1\ntitle = \"History\"\n[[references]]\nnumber = 1\nurl = \"{}\"\n\
             [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"in 1987 by eleven kite makers of the coast\"\n",
            site.uri("/history.pdf"),
        ),
    );
    project.expect(&["run"], 0);
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(
        report["claims"][0]["entries"][0]["label"], "present",
        "{report:#}"
    );
}

#[test]
fn broken_files_are_unreadable_and_say_why() {
    let project = Project::new();
    let whole = members();
    let mut encrypted = Made::pages(&[&[b"Secret"]]);
    encrypted.add(format!(
        "<< /Filter /Standard /V 1 /R 2 /P -44 /O <{0}> /U <{0}> >>",
        "5a".repeat(32)
    ));
    encrypted.trailer("/Encrypt 6 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]");
    assert_eq!(fault(&project, &encrypted.bytes()), "it is encrypted");
    assert_eq!(
        fault(&project, &whole[..whole.len() / 3]),
        "it is not a complete PDF file"
    );
    let garbage: Vec<u8> = b"%PDF-1.7\n"
        .iter()
        .copied()
        .chain((0..20_000_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[1]))
        .collect();
    assert_eq!(fault(&project, &garbage), "it is not a complete PDF file");
    assert!(!fault(&project, b"%PDF-1.7").is_empty());
    // A font is chosen by what is no font's name.
    let mut odd = Made::pages(&[&[b"One"], &[b"Two"]]);
    odd.instead(
        5,
        "<< /Length 19 >>\nstream\nBT (x) 12 Tf ET    \nendstream",
    );
    let answer = extracted(&project, &odd.bytes());
    assert_eq!(answer["state"], "unreadable", "{answer:#}");
    assert_eq!(answer["signals"][0]["what"], "page 1: it cannot be read");
}

#[test]
fn files_without_end_are_cut_off() {
    let project = Project::new();
    let started = Instant::now();
    // The list of cross-reference tables leads back to itself.
    let mut looped = Made::pages(&[&[b"Alder Peace Trust"]]);
    looped.trailer("/Prev TABLE");
    extracted(&project, &looped.bytes());
    // A tree of pages that is its own branch, pages that are each other's parents.
    let mut tree = Made::pages(&[&[b"x"]]);
    tree.instead(
        2,
        "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>",
    );
    assert!(!fault(&project, &tree.bytes()).is_empty());
    let mut parents = Made::pages(&[&[b"x"]]);
    parents.instead(2, "<< /Type /Pages /Kids [4 0 R] /Count 1 /Parent 4 0 R >>");
    parents.instead(4, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>");
    assert!(!fault(&project, &parents.bytes()).is_empty());
    // Arrays inside arrays.
    let mut nested = Made::pages(&[&[b"x"]]);
    nested.instead(
        5,
        &format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)),
    );
    extracted(&project, &nested.bytes());
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

fn reader(limits: Limits) -> PdfReader {
    PdfReader::new(assert_cmd::cargo::cargo_bin("stillsays"), limits)
}

#[test]
fn a_bomb_meets_the_limit_of_memory() {
    let mut made = Made::pages(&[&[b"x"]]);
    let packed = bomb(1024);
    made.last_stream("/Filter /FlateDecode", &packed);
    let layer = reader(Limits {
        memory: 200 * 1024 * 1024,
        ..Limits::default()
    })
    .read(&made.bytes());
    assert_eq!(
        layer.fault.as_deref(),
        Some("reading it takes more than 200 MiB of memory")
    );
    assert!(!layer.passing);
}

#[test]
fn time_and_output_are_limited() {
    let layer = reader(Limits {
        wall: Duration::ZERO,
        ..Limits::default()
    })
    .read(&members());
    assert_eq!(
        layer.fault.as_deref(),
        Some("reading it was not finished after 0 seconds")
    );
    assert!(layer.passing, "another try may come to something else");
    let layer = reader(Limits {
        output: 10,
        ..Limits::default()
    })
    .read(&members());
    assert_eq!(
        layer.fault.as_deref(),
        Some("it has more than 0 MiB of text")
    );
    assert_eq!(reader(Limits::default()).read(&members()).pages.len(), 2);
    let unused = PdfReader::new("/nonexistent".into(), Limits::default()).read(&members());
    assert!(unused.passing && unused.pages.is_empty());
}

#[test]
fn a_pdf_is_read_with_the_calls_that_the_units_allow() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::new();
    let limited = |program: &str, arguments: &[&str]| {
        Command::new("/usr/bin/python3")
            .arg(here.join("tests/it/pdf/limited.py"))
            .arg(here.join("packaging/systemd/stillsays-.service.d/hardening.conf"))
            .arg(program)
            .args(arguments)
            .current_dir(project.path("."))
            .output()
    };
    // The limits hold: a call that sets resources is refused.
    let refused = ["-c", "import os; os.sched_setaffinity(0, [0])"];
    match limited("/usr/bin/python3", &refused) {
        Ok(it) if it.status.code() == Some(1) => {
            let text = String::from_utf8_lossy(&it.stderr);
            assert!(text.contains("Operation not permitted"), "{text}");
        }
        Ok(it) if it.status.code() != Some(77) => panic!("{it:?}"),
        _ => {
            println!("skipped: the calls that the units allow (python3-seccomp is missing)");
            return;
        }
    }
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let pdf = Reply::status(200, members()).field("Content-Type", "application/pdf");
    site.on("/report.pdf", [pdf]);
    project.profile(
        "report",
        &format!(
            "format = 1\ntitle = \"Report\"\n[[references]]\nnumber = 1\nurl = \"{}\"\n\
             [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"Beacon Mediation Network\"\n",
            site.uri("/report.pdf"),
        ),
    );
    let run = limited(env!("CARGO_BIN_EXE_stillsays"), &["run"]).unwrap();
    assert!(run.status.success(), "{run:?}");
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(
        report["claims"][0]["entries"][0]["label"], "present",
        "{report:#}"
    );
}

#[test]
fn a_run_cites_the_page_of_a_pdf() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let pdf = Reply::status(200, members()).field("Content-Type", "application/pdf");
    site.on("/report.pdf", [pdf]);
    let bomb = Reply::status(200, "%PDF-1.7 broken").field("Content-Type", "application/pdf");
    site.on("/broken.pdf", [bomb]);
    let project = Project::new();
    project.profile(
        "report",
        &format!(
            "format = 1\ntitle = \"Report\"\n[[references]]\nnumber = 1\nurl = \"{}\"\n[[references]]\nnumber = 2\nurl = \"{}\"\n\
             [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"Beacon Mediation Network\"\n\
             [[claims]]\nid = \"b\"\nkind = \"quoted\"\ncites = [2]\nexact = \"Beacon Mediation Network\"\n",
            site.uri("/report.pdf"),
            site.uri("/broken.pdf"),
        ),
    );
    project.expect(&["run"], 0);
    let report = project.json(&["report", "--format", "json"]);
    let text = report.to_string();
    assert!(text.contains("\"value\":\"page=2\""), "{report:#}");
    assert!(text.contains("/report.pdf#page=2"), "{report:#}");
    assert!(text.contains("unreadable"), "{report:#}");
    let again = project.expect(&["recheck"], 0);
    assert_eq!(
        project.json(&["report", "--format", "json"]),
        report,
        "{}",
        again.stdout
    );
    // It is not read again: without its file the archive can still say what was read from it.
    rusqlite::Connection::open(project.path("snapshots/stillsays.db"))
        .unwrap()
        .execute(
            "UPDATE payload SET encoding = 'identity', bytes = x'00'",
            (),
        )
        .unwrap();
    let recheck = project.expect(&["recheck"], 0).stdout;
    assert!(recheck.contains("unchanged"), "{recheck}");
    project.expect(&["verify"], 4);
}
