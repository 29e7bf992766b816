//! Articles of wikis: their source text, and the HTML of a revision from the REST interface.

use std::{collections::BTreeSet, fs, path::Path};

use stillsays::{
    article::{self, Import},
    profile::{Profile, Statement},
};

use crate::{
    project::Project,
    site::{Reply, Site},
};

fn read(text: &str) -> Import {
    article::read(text.as_bytes(), None, Some("article.wiki"), None).unwrap()
}

const ARTICLE: &str = "{{Infobox organization
| name = Harbor Alliance
| founded = 2011<ref name=\"about\" />
| affiliations = {{ubl|Bell House|Calm Streets Fund}}
| key_people = {{plainlist|
* Mira Lund (president)<ref name=board>{{cite web |url=https://harbor.example/board |title=Board |access-date=3 May 2024}}</ref>
* Otto Berg (treasurer)
}}
}}
'''Harbor Alliance''' is a [[volunteer]] group that works in {{nowrap|61 countries}}.<ref name=\"about\">{{cite web|url=https://harbor.example/about|title=About \"us\"|website=Harbor Alliance|access-date=2024-05-02|archive-url=https://web.archive.org/web/20240101000000/https://harbor.example/about|archive-date=2024-01-01|url-status=live}}</ref>{{rp|12}} It calls its method \"slow talking.\"{{sfn|Moor|2019|p=3}}{{efn|So its founders said.<ref name=\"about\" />}} <!-- a remark -->

== Partners ==
[[File:Harbor.jpg|thumb|The harbor]]
* [[Bell House]]<ref name=\"list\" />
* [[Calm Streets Fund (charity)|Calm Streets Fund]]<ref name=\"list\" />
* Quiet Networks<ref name=\"list\" />

== Members ==
{| class=\"wikitable\"
! Member !! Town
|-
| Alder Pier || Ebb<ref>[https://towns.example/ebb Ebb] Retrieved 4 May 2024.</ref>
|-
| style=\"x\" | Birch Mole || Strand
|}

== Sources ==
* {{cite news |last=Moor |first=Hannah |year=2019 |title=Cooling a town meeting |newspaper=The Dialogue |url=https://dialogue.example/cooling |access-date=3 May 2024}}

== References ==
{{notelist}}
{{reflist|refs=
<ref name=\"list\">{{cite web|url=https://harbor.example/partners|title=Partners|access-date=2 May 2024}}</ref>
}}
";

#[test]
fn the_source_text_of_a_wiki_is_read() {
    let import = read(ARTICLE);
    let profile = &import.profile;
    assert_eq!(profile.title, "Harbor Alliance");
    let references: Vec<String> = profile
        .references
        .iter()
        .map(|it| {
            format!(
                "{} {} {}",
                it.number,
                it.url.clone().unwrap_or_default(),
                it.accessed.map(|it| it.to_string()).unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        references,
        [
            "1 https://harbor.example/about 2024-05-02",
            "2 https://harbor.example/board 2024-05-03",
            "3 https://dialogue.example/cooling 2024-05-03",
            "4 https://harbor.example/partners 2024-05-02",
            "5 https://towns.example/ebb 2024-05-04",
        ]
    );
    let about = profile.reference(1).unwrap();
    assert_eq!(
        (about.title.as_deref(), about.publisher.as_deref()),
        (Some("About \"us\""), Some("Harbor Alliance"))
    );
    assert_eq!(about.archived.len(), 1);
    assert_eq!(about.archived[0].date.unwrap().to_string(), "2024-01-01");
    assert_eq!(
        profile.reference(3).unwrap().author.as_deref(),
        Some("Moor, Hannah")
    );
    let lists: Vec<(Vec<String>, Vec<u32>)> = profile
        .claims
        .iter()
        .filter_map(|it| match &it.statement {
            Statement::Listed { names, .. } => Some((
                names
                    .iter()
                    .flat_map(stillsays::profile::ListedName::readings)
                    .collect(),
                it.cites.clone(),
            )),
            _ => None,
        })
        .collect();
    let names = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert!(
        lists.contains(&(names(&["Mira Lund", "Otto Berg"]), vec![2])),
        "{lists:?}"
    );
    assert!(
        lists.contains(&(
            names(&["Bell House", "Calm Streets Fund", "Quiet Networks"]),
            vec![4]
        )),
        "{lists:?}"
    );
    assert!(
        lists.contains(&(names(&["Alder Pier", "Birch Mole"]), vec![5])),
        "{lists:?}"
    );
    let quoted = profile
        .claims
        .iter()
        .find(|it| {
            it.statement
                == Statement::Quoted {
                    exact: "slow talking".into(),
                }
        })
        .unwrap();
    assert_eq!(quoted.cites, [1, 3]);
    assert!(profile.claims.iter().any(|it| it.statement
        == Statement::Figure {
            exact: "61 countries".into()
        }
        && it.cites == [1]));
}

/// The addresses that references give in `url=` or as external links, found without the reader.
fn addresses(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in text.split("<ref").skip(1) {
        let body = part.split("</ref>").next().unwrap_or_default();
        if body.split('>').next().is_some_and(|it| it.ends_with('/')) {
            continue;
        }
        let own = body.replace(' ', "");
        let after = own.split("|url=").nth(1).map(str::to_owned);
        let link = body.split("[http").nth(1).map(|it| format!("http{it}"));
        let Some(rest) = after.or(link) else { continue };
        let end = rest
            .find(|it: char| it.is_whitespace() || matches!(it, '|' | '}' | ']' | '<'))
            .unwrap_or(rest.len());
        let url = rest[..end].split('#').next().unwrap_or_default();
        if url.starts_with("http") {
            found.insert(url.replace("&amp;", "&"));
        }
    }
    found
}

#[test]
fn the_references_of_articles_of_wikis_are_all_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/articles/wikitext");
    if !folder.exists() {
        println!("skipped: the_references_of_articles_of_wikis_are_all_read, no shared folder");
        return;
    }
    let counts: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("counts.json")).unwrap()).unwrap();
    for (name, counts) in counts.as_object().unwrap() {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let profile = article::read(text.as_bytes(), None, Some(name), None)
            .unwrap()
            .profile;
        let wanted =
            counts["ref_tags"].as_u64().unwrap() - counts["named_reuses"].as_u64().unwrap();
        assert_eq!(profile.references.len() as u64, wanted, "{name}");
        let read: BTreeSet<String> = profile
            .references
            .iter()
            .filter_map(|it| it.url.clone())
            .collect();
        let missing: Vec<String> = addresses(&text)
            .into_iter()
            .filter(|it| !read.contains(it))
            .collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
        let dated = text.matches("accessdate=").count() + text.matches("access-date=").count();
        let accessed = profile
            .references
            .iter()
            .filter(|it| it.accessed.is_some())
            .count();
        println!(
            "{name}: {} references, {} addresses, {accessed} access dates of {dated} given",
            profile.references.len(),
            read.len()
        );
    }
}

/// Parsoid's HTML of a revision, in our own words.
const PARSOID: &str = r#"<!DOCTYPE html><html about="https://wiki.example.org/wiki/Special:Redirect/revision/4711"><head><meta charset="utf-8"/><title>Lantern Circle</title></head><body lang="en"><section><p>The <b>Lantern Circle</b> is a mediation network of long standing.<sup class="mw-ref reference" id="cite_ref-1"><a href="./Lantern_Circle#cite_note-1"><span class="mw-reflink-text">[1]</span></a></sup> Its partners include Alder House, Birch Foundation, and the Cedar Institute.<sup class="mw-ref reference" id="cite_ref-2"><a href="./Lantern_Circle#cite_note-2"><span class="mw-reflink-text">[2]</span></a></sup></p></section><section><h2>References</h2><ol class="mw-references references"><li id="cite_note-1"><span class="mw-cite-backlink"><a href="./Lantern_Circle#cite_ref-1" rel="mw:referencedBy">↑</a></span> <span class="reference-text"><cite><a href="https://lantern.example/">Lantern Circle</a>. Retrieved 21 October 2022.</cite></span></li><li id="cite_note-2"><span class="reference-text"><cite><a href="https://lantern.example/partners">Partners</a>. Retrieved 21 October 2022.</cite></span></li></ol></section></body></html>"#;

#[test]
fn an_article_of_a_wiki_comes_from_its_rest_interface_with_its_revision() {
    let site = Site::start();
    site.on(
        "/api/rest_v1/page/html/Lantern_Circle",
        [Reply::page(PARSOID)],
    );
    let project = Project::new();
    let address = site.uri("/wiki/Lantern_Circle");
    let arguments = [
        "profile",
        "import",
        &address,
        "-o",
        "config/profiles/lantern.toml",
        "--set",
        "wiki.hosts=127.0.0.1",
    ];
    project.expect(&arguments, 0);
    let text = project.read("config/profiles/lantern.toml");
    let profile = Profile::from_toml(&text, Path::new("lantern.toml")).unwrap();
    let source = profile.source.unwrap();
    assert_eq!(
        (source.revision.as_deref(), source.file.as_str()),
        (Some("4711"), address.as_str())
    );
    assert_eq!(profile.article.as_deref(), Some(address.as_str()));
    assert_eq!(profile.references.len(), 2);
    let asked = site.asked();
    let head = format!("{asked:?}").to_lowercase();
    assert!(
        head.contains("/api/rest_v1/page/html/lantern_circle"),
        "{head}"
    );
    assert!(
        head.contains("tests@example.org"),
        "the User-Agent names the contact: {head}"
    );
}

#[test]
fn a_watched_article_is_archived_and_a_change_is_reported_until_the_profile_is_updated() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/partners", [Reply::page("<h1>Partners</h1><p>Alder House, Birch Fund and the Cedar Institute are our partners.</p>")]);
    let article = |names: &str| {
        format!(
            "<html><body><h1>Lantern Circle</h1><p>The partners of the circle include {names}.<sup>1</sup></p>\
             <h2>References</h2><ol><li>“Partners.” Lantern Circle. Accessed May 3, 2023. <a href=\"{0}\">{0}</a></li></ol></body></html>",
            site.uri("/partners")
        )
    };
    site.on(
        "/article",
        [Reply::page(article(
            "Alder House, Birch Fund, and the Cedar Institute",
        ))],
    );
    let project = Project::new();
    let address = site.uri("/article");
    let file = "config/profiles/lantern.toml";
    project.expect(&["profile", "import", &address, "-o", file], 0);
    let text = project
        .read(file)
        .replacen("\n[source]", "\nwatch = true\n\n[source]", 1);
    project.write(file, text);
    let first = project.expect(&["run", "--all"], 0);
    assert!(first.stderr.contains("2 pages visited"), "{}", first.stderr);
    assert!(
        !first.stderr.contains("the article changed"),
        "{}",
        first.stderr
    );
    site.on(
        "/article",
        [Reply::page(article(
            "Alder House, Birch Fund, Dovetail Club, and the Cedar Institute",
        ))],
    );
    let second = project.expect(&["run", "--all"], 0);
    assert!(
        second
            .stderr
            .contains("lantern: the article changed between"),
        "{}",
        second.stderr
    );
    let updated = project.expect(&["profile", "update", &address, "-p", "lantern"], 0);
    assert!(
        updated.stdout.contains("+ Dovetail Club"),
        "{}",
        updated.stdout
    );
    assert!(project.read(file).contains("watch = true"));
    let third = project.expect(&["run", "--all"], 0);
    assert!(
        !third.stderr.contains("the article changed"),
        "{}",
        third.stderr
    );
}

#[test]
fn an_update_says_which_findings_the_article_has_taken_in() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let page = |names: &[&str]| {
        let items: Vec<String> = names.iter().map(|it| format!("<li>{it}</li>")).collect();
        let items = items.concat();
        Reply::page(format!(
            "<h1>Partners</h1><p>These organizations work with the circle on its talks in town.</p><ul>{items}</ul><p>Write to us.</p>"
        ))
    };
    let names = [
        "Alder House",
        "Birch Fund",
        "Cedar Institute",
        "Dogwood Club",
        "Elm Council",
    ];
    site.on("/partners", [page(&names)]);
    let project = Project::new();
    let article = |names: &str| {
        let address = site.uri("/partners");
        format!(
            "Non-profit\n\nLantern Circle\n\nThe partners of the circle are {names}. [1]\n\nReferences\n\n1. “Partners.” Lantern Circle. Accessed May 3, 2023. {address}\n"
        )
    };
    project.write(
        "lantern.txt",
        article("Alder House, Birch Fund, the Cedar Institute, Dogwood Club, and Elm Council"),
    );
    project.expect(
        &[
            "profile",
            "import",
            "lantern.txt",
            "-o",
            "config/profiles/lantern.toml",
        ],
        0,
    );
    project.expect(&["run", "--all"], 0);
    site.on(
        "/partners",
        [page(&[
            "Alder House",
            "Birch Fund",
            "Dogwood Club",
            "Elm Council",
        ])],
    );
    let ran = project.expect(&["run", "--all"], 0);
    assert!(ran.stdout.contains("Cedar Institute"), "{}", ran.stdout);
    project.write(
        "lantern.txt",
        article("Alder House, Birch Fund, Dogwood Club, and Elm Council"),
    );
    let updated = project.expect(&["profile", "update", "lantern.txt", "-p", "lantern"], 0);
    assert!(
        updated.stdout.contains("− Cedar Institute"),
        "{}",
        updated.stdout
    );
    assert!(
        updated.stdout.contains(": Cedar Institute (finding "),
        "{}",
        updated.stdout
    );
}
