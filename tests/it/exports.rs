//! What other programs read: findings as W3C Web Annotations, references as schema.org's `citation` and as statements of Wikidata.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::project::Project;

const DEMO: [&str; 2] = ["--config", "snapshots/demo/stillsays.toml"];

fn demo() -> Project {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    project
}

fn report(project: &Project, more: &[&str]) -> String {
    let all = [&DEMO[..], &["report"], more].concat();
    project.expect(&all, 0).stdout
}

/// The terms that <http://www.w3.org/ns/anno.jsonld> defines, of those that are used here.
const TERMS: &[&str] = &[
    "@context",
    "id",
    "type",
    "Annotation",
    "AnnotationCollection",
    "AnnotationPage",
    "Software",
    "TextualBody",
    "SpecificResource",
    "TimeState",
    "TextQuoteSelector",
    "TextPositionSelector",
    "CssSelector",
    "FragmentSelector",
    "body",
    "target",
    "source",
    "selector",
    "state",
    "sourceDate",
    "cached",
    "motivation",
    "purpose",
    "created",
    "creator",
    "name",
    "label",
    "total",
    "first",
    "startIndex",
    "items",
    "value",
    "format",
    "language",
    "exact",
    "prefix",
    "suffix",
    "start",
    "end",
    "conformsTo",
];

/// Checks the terms of a document against the context, at any depth.
fn check_terms(value: &Value, path: &str) {
    match value {
        Value::Array(all) => all.iter().for_each(|it| check_terms(it, path)),
        Value::Object(fields) => {
            for (name, value) in fields {
                // What is ours is no term of the context, so readers of JSON-LD pass over it.
                assert!(
                    TERMS.contains(&name.as_str()) || name == "payload_digest",
                    "{path}/{name}"
                );
                if name == "type" {
                    assert!(TERMS.contains(&value.as_str().unwrap()), "{path}: {value}");
                }
                check_terms(value, &format!("{path}/{name}"));
            }
        }
        _ => {}
    }
}

/// Checks a selector by the rules of the model, 4.2.
fn check_selector(it: &Value) {
    let text = |name: &str| it[name].is_string();
    let is_right = match it["type"].as_str().unwrap() {
        // Apache Annotator finds words with the words around them only within a block; positions would be those of our own text.
        "TextQuoteSelector" => {
            let is_block = |around: &Value| !around.as_str().unwrap_or_default().contains('\n');
            text("exact") && is_block(&it["prefix"]) && is_block(&it["suffix"])
        }
        "CssSelector" => text("value"),
        "FragmentSelector" => {
            text("value") && it["conformsTo"].as_str().unwrap().starts_with("http")
        }
        _ => false,
    };
    assert!(is_right, "{it:#}");
}

#[test]
fn all_findings_are_web_annotations() {
    let project = demo();
    let collection: Value =
        serde_json::from_str(&report(&project, &["--format", "annotations"])).unwrap();
    assert_eq!(collection["@context"], "http://www.w3.org/ns/anno.jsonld");
    assert_eq!(collection["type"], "AnnotationCollection");
    check_terms(&collection, "");
    let items = collection["first"]["items"].as_array().unwrap();
    assert_eq!(
        collection["total"].as_u64(),
        u64::try_from(items.len()).ok()
    );
    let json: Value = serde_json::from_str(&report(&project, &["--format", "json"])).unwrap();
    let claims = json["claims"].as_array().unwrap().iter();
    let claims = claims.flat_map(|it| it["entries"].as_array().unwrap());
    let references = json["references"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["entry"]);
    let findings: BTreeSet<String> = references
        .chain(claims)
        .map(|it| {
            format!(
                "urn:stillsays:finding:{}",
                it["finding"]["id"].as_str().unwrap()
            )
        })
        .collect();
    let ids: BTreeSet<String> = items
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, findings, "each finding once");
    assert_eq!(ids.len(), items.len());
    let mut cached = 0;
    for item in items {
        assert_eq!(
            (&item["type"], &item["motivation"]),
            (&"Annotation".into(), &"assessing".into())
        );
        chrono::DateTime::parse_from_rfc3339(item["created"].as_str().unwrap()).unwrap();
        let targets = item["target"].as_array().unwrap();
        assert!(!targets.is_empty(), "{item:#}");
        for target in targets.iter().filter(|it| it.is_object()) {
            assert_eq!(target["type"], "SpecificResource");
            url::Url::parse(target["source"].as_str().unwrap()).unwrap();
            let date = target["state"]["sourceDate"].as_str().unwrap();
            chrono::DateTime::parse_from_rfc3339(date).unwrap();
            let selectors = target["selector"].as_array();
            selectors.into_iter().flatten().for_each(check_selector);
            if let Some(copy) = target["state"]["cached"].as_str() {
                assert!(
                    copy.starts_with("https://web-archive.example/web/20221019101500/"),
                    "{copy}"
                );
                cached += 1;
            }
        }
        for body in item["body"].as_array().unwrap() {
            assert_eq!(body["type"], "TextualBody");
            assert!(!body["value"].as_str().unwrap().is_empty(), "{item:#}");
        }
    }
    assert!(
        cached > 2,
        "copies of other archives have their address there"
    );
    // Several profiles are an array.
    let toml = project.read("snapshots/demo/profiles/trust-network.toml");
    project.write("snapshots/demo/profiles/twin.toml", toml);
    let two: Value = serde_json::from_str(&report(&project, &["--format", "annotations"])).unwrap();
    assert_eq!(two.as_array().map(Vec::len), Some(2));
}

#[test]
fn references_are_citations_of_schema_org_with_the_copy_that_others_can_open() {
    let project = demo();
    let article: Value =
        serde_json::from_str(&report(&project, &["--format", "citations"])).unwrap();
    assert_eq!(
        (&article["@context"], &article["@type"]),
        (&"https://schema.org".into(), &"Article".into())
    );
    let all = article["citation"].as_array().unwrap();
    let numbers: Vec<u64> = all
        .iter()
        .map(|it| it["position"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    let archived = |number: usize| all[number - 1]["archivedAt"].as_str().unwrap();
    assert_eq!(
        archived(2),
        "https://archive.example.org/web/20221021140005/https://www.thetrustnetwork.net/faqs-and-stories"
    );
    assert_eq!(
        archived(6),
        "https://web-archive.example/web/20221019101500/https://www.thetrustnetwork.net/resource-library"
    );
    assert_eq!(all[4]["author"]["name"], "Bock, Joseph");
    assert_eq!(all[4]["datePublished"], "2021-02-03");
    assert!(!article.to_string().contains("ClaimReview"));
}

#[test]
fn references_are_statements_for_quick_statements() {
    let project = demo();
    let text = report(
        &project,
        &["--format", "quickstatements", "--item", "Q4115189"],
    );
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        "Q4115189|P973|\"https://www.thetrustnetwork.net/faqs-and-stories\"\
         |P1065|\"https://archive.example.org/web/20221021140005/https://www.thetrustnetwork.net/faqs-and-stories\"|P2960|+2022-10-21T00:00:00Z/11\
         |S854|\"https://www.thetrustnetwork.net/faqs-and-stories\"|S813|+2022-10-21T00:00:00Z/11\
         |S1065|\"https://archive.example.org/web/20221021140005/https://www.thetrustnetwork.net/faqs-and-stories\"|S2960|+2022-10-21T00:00:00Z/11"
    );
    for line in &lines {
        let columns: Vec<&str> = line.split('|').collect();
        assert_eq!(columns[..2], ["Q4115189", "P973"]);
        for pair in columns[3..].chunks(2) {
            let is_property =
                pair[0].starts_with(['P', 'S']) && pair[0][1..].parse::<u32>().is_ok();
            let is_value =
                pair[1].starts_with('"') && pair[1].ends_with('"') || pair[1].starts_with('+');
            assert!(is_property && is_value, "{line}");
        }
    }
    // The two references to one page at one place are one statement.
    assert!(lines.len() < 7, "{text}");
    let without = [&DEMO[..], &["report", "--format", "quickstatements"]].concat();
    assert!(project.expect(&without, 2).stderr.contains("--item"));
    let wrong = [&without[..], &["--item", "42"]].concat();
    assert!(project.expect(&wrong, 2).stderr.contains("Q42"));
}
