//! `check` and `extract` on files: no store, no network.

use serde_json::Value;

use crate::project::Project;

const PAGE: &str = "<h1>Partners</h1><ul><li>Harbour Mediation Center</li><li>Quiet River Institute</li>
<li>Lantern Street Dialogue Project</li><li>Oak Valley Peace Council</li></ul><p>They teach unarmed civilian protection.</p>";

fn verdicts(answer: &Value, of: &str) -> Vec<(String, String)> {
    let rows = answer[of].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    rows.map(|it| (text(&it["claimed"]), text(&it["verdict"])))
        .collect()
}

#[test]
fn names_and_quotations_are_compared_with_a_file() {
    let project = Project::new();
    project.write("page.html", PAGE);
    project.write("names.txt", "Harbour Mediation Center\n\nQuiet River Institute\nOak Valley Peace Council\nWillow Creek Center\n");
    let answer = project.json(&[
        "check",
        "--format",
        "json",
        "--names",
        "names.txt",
        "--quote",
        "unarmed civilian protection",
        "--quote",
        "armed police protection",
        "page.html",
    ]);
    let names = verdicts(&answer, "names");
    let word = |name: &str| names.iter().find(|it| it.0 == name).unwrap().1.as_str();
    assert_eq!(word("Harbour Mediation Center"), "present");
    assert_eq!(word("Willow Creek Center"), "absent");
    assert_eq!(answer["new"][0]["name"], "Lantern Street Dialogue Project");
    let quotes = verdicts(&answer, "quotes");
    assert_eq!(quotes[0].1, "present");
    assert_ne!(quotes[1].1, "present");
    let text = project
        .expect(&["check", "--names", "names.txt", "page.html"], 0)
        .stdout;
    assert!(text.contains("absent       Willow Creek Center"), "{text}");
}

#[test]
fn a_page_that_lost_its_list_makes_no_name_absent() {
    let project = Project::new();
    project.write("page.html", "");
    project.write(
        "names.txt",
        "Harbour Mediation Center\nQuiet River Institute\n",
    );
    let answer = project.json(&[
        "check",
        "--format",
        "json",
        "--names",
        "names.txt",
        "page.html",
    ]);
    assert!(
        verdicts(&answer, "names")
            .iter()
            .all(|it| it.1 == "cannot-tell"),
        "{answer:#}"
    );
}

#[test]
fn lists_come_out_as_json_and_as_text() {
    let project = Project::new();
    project.write("page.html", PAGE);
    let answer = project.json(&["extract", "--format", "json", "page.html"]);
    assert_eq!(answer["lists"][0]["heading"], "Partners");
    assert_eq!(answer["lists"][0]["kind"], "names");
    assert_eq!(answer["lists"][0]["items"].as_array().unwrap().len(), 4);
    let text = project.expect(&["extract", "page.html"], 0).stdout;
    assert!(text.contains("Partners — 4 names"), "{text}");
}

#[test]
fn the_quotations_of_the_seeds_are_distinguished_in_the_shared_texts() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpus/trust-network-sources"
    );
    if !std::path::Path::new(folder).exists() {
        eprintln!("skipped: the seed's quotations in real texts (no ../shared beside the project)");
        return;
    }
    let project = Project::new();
    let page = format!("{folder}/about-us.txt");
    let answer = project.json(&[
        "check",
        "--format",
        "json",
        "--quote",
        "unarmed civilian protection",
        "--quote",
        "peacebuilding",
        "--quote",
        "environmental and health justice",
        "--quote",
        "countering radicalization",
        &page,
    ]);
    let quotes = verdicts(&answer, "quotes");
    let words: Vec<&str> = quotes.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(words, ["present", "present", "absent", "absent"]);
    let length = answer["text_length"].as_u64().unwrap();
    assert!((1_500..2_500).contains(&length), "{length}");
    let note = answer["quotes"][2]["place"].as_str().unwrap();
    assert!(note.contains("characters of text"), "{note}");
    let page = format!("{folder}/conversation-151179.legalnews.txt");
    let answer = project.json(&[
        "check",
        "--format",
        "json",
        "--quote",
        "conflict zones",
        "--quote",
        "reduce election-related violence",
        &page,
    ]);
    let quotes = verdicts(&answer, "quotes");
    assert_eq!(quotes[1].1, "present");
    assert_ne!(quotes[0].1, "present");
}

#[test]
fn a_picture_is_unreadable_and_a_hidden_name_is_marked() {
    let project = Project::new();
    project.write("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let answer = project.json(&["extract", "--format", "json", "logo.png"]);
    assert_eq!(answer["state"], "unreadable");
    assert_eq!(answer["signals"][0]["weight"], 1.0);
    project.write(
        "page.html",
        "<h1>Members</h1><ul><li>Harbour Mediation Center</li><li>Quiet River Institute</li>\
         <li style='display:none'>Oak Valley Peace Council</li></ul>",
    );
    let answer = project.json(&["extract", "--format", "json", "page.html"]);
    let items = answer["lists"][0]["items"].as_array().unwrap();
    let hidden: Vec<bool> = items
        .iter()
        .map(|it| it["hidden"].as_bool().unwrap())
        .collect();
    assert_eq!(hidden, [false, false, true]);
}

#[test]
fn an_earlier_copy_shows_that_a_whole_board_was_replaced() {
    let page = |year: u32, names: [&str; 4]| {
        let items = names.map(|name| format!("<li>{name}</li>"));
        let body = items.concat();
        format!(
            "<nav><a href=/>Home</a></nav><h1>Kite club of Lowmoor</h1><p>The club flies kites on the hill behind the school, every week.</p>
             <h2>Board members {year}</h2><ul>{body}</ul><p>Write to the board in the club house.</p>"
        )
    };
    let old = ["Nora Quill", "Ben Adair", "Ida Marsh", "Tom Vance"];
    let new = ["Petra Lund", "Amos Reed", "Lena Fisk", "Hugo Stern"];
    let project = Project::new();
    project.write("old.html", page(2019, old));
    project.write("new.html", page(2021, new));
    project.write(
        "lost.html",
        "<h1>Kite club of Lowmoor</h1><p>The club flies kites on the hill.</p>",
    );
    project.write("names.txt", old.join("\n"));
    let words = |more: &[&str]| -> Vec<String> {
        let args = ["check", "--format", "json", "--names", "names.txt"];
        let answer = project.json(&[&args, more].concat());
        let names = verdicts(&answer, "names").into_iter();
        names.map(|name| name.1).collect()
    };
    assert_eq!(words(&["new.html"]), ["cannot-tell"; 4]);
    assert_eq!(words(&["--earlier", "old.html", "new.html"]), ["absent"; 4]);
    let lost = words(&["--earlier", "old.html", "lost.html"]);
    assert_eq!(lost, ["cannot-tell"; 4]);
    // Of the lists of several years, it may be none; a list under another number is another list.
    let two = page(2021, new).replace(
        "<p>Write",
        "<h2>Board members 2020</h2><ul><li>Olga Wren</li><li>Paul Tern</li><li>Mia Birch</li><li>Jon Reed</li></ul><p>Write",
    );
    project.write("two.html", two);
    let of_two = words(&["--earlier", "old.html", "two.html"]);
    assert_eq!(of_two, ["cannot-tell"; 4]);
    project.write("fifth.html", page(5, old));
    project.write("seventh.html", page(7, new));
    let of_seven = words(&["--earlier", "fifth.html", "seventh.html"]);
    assert_eq!(of_seven, ["cannot-tell"; 4]);
}

#[test]
fn who_has_the_address_of_an_office_is_not_who_had_it() {
    let page = |names: [&str; 4], link: &str| {
        let offices = ["chair", "secretary", "treasurer", "editor"];
        let cards = names.into_iter().zip(offices).map(|(name, office)| {
            let link = link.replace("OFFICE", office);
            format!("<div><h3>{name}</h3><a href='{link}'>Write</a><p>{office}</p></div>")
        });
        let cards: String = cards.collect();
        format!(
            "<h1>Kite club of Lowmoor</h1><p>The club flies kites on the hill behind the school, every week.</p>
             <h2>Board</h2>{cards}<p>Write to the board in the club house.</p>"
        )
    };
    let old = ["Nora Quill", "Ilona Ferrante", "Ida Merrow", "Rasma Ozola"];
    let new = [
        "Nora Quill",
        "Mirjam Oosterveld",
        "Ida Merrow-Tarn",
        "Rasma Ozola",
    ];
    let project = Project::new();
    project.write("names.txt", old.join("\n"));
    for (link, said) in [
        ("mailto:OFFICE@kites.example", "absent"),
        ("/board/OFFICE", "absent"),
        ("/board/OFFICE-3", "renamed"),
    ] {
        project.write("old.html", page(old, link));
        project.write("new.html", page(new, link));
        let answer = project.json(&[
            "check",
            "--format",
            "json",
            "--names",
            "names.txt",
            "--earlier",
            "old.html",
            "new.html",
        ]);
        let words = verdicts(&answer, "names").into_iter();
        let words: Vec<String> = words.map(|name| name.1).collect();
        assert_eq!(words, ["present", said, "renamed", "present"], "{link}");
    }
}
