//! For each field of a claim and of a reference: once it is changed, `report` says what `recheck` and `report` say.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};
use stillsays::profile::Profile;

use crate::{
    project::Project,
    site::{Reply, Site},
};

/// A change of one field, and whether the verdicts, the fates or the evidence are others then.
type Change = (&'static str, Value, bool);

/// The members' page, edition by edition: an aside with other organizations, a name that goes, a name that becomes another.
const EDITIONS: [&str; 3] = [
    "<li>Harbour Mediation Center<li>Quiet River Institute<li>Northfield Justice Alliance\
     <li>Lantern Street Dialogue Project<li>Oak Valley Peace Council<li>Tern Dialogue and Harbor Trust",
    "<li>Harbour Mediation Center<li>Quiet River Institute\
     <li>Lantern Street Dialogue Project<li>Oak Valley Peace Council<li>Tern Dialogue and Harbor Trust",
    "<li>Harbour Mediation Center<li>Quiet River Peace Institute\
     <li>Lantern Street Dialogue Project<li>Oak Valley Peace Council<li>Tern Dialogue and Harbor Trust\
     <li>Willow Creek Restorative Center",
];

fn members(edition: &str) -> String {
    format!(
        "<!doctype html><html lang=en><title>Our members</title><main><h1>Our members</h1>\
         <p>Volunteers of the network teach unarmed civilian protection in twelve towns, and each of the members below takes part \
         in it. The network was founded by people who live side by side along the river.</p>\
         <ul class=members>{edition}</ul><h2 id=friends>Friends</h2><p>They help us from time to time, with rooms and with bread.</p>\
         <ul class=friends><li>Harbour Mediation Center<li>Amber Lane Food Fund<li>Birch Hill Library<li>Cedar Youth Union</ul></main></html>"
    )
}

const ABOUT: &str = "<!doctype html><html lang=en><title>About the network</title><main><h1>About the network</h1>\
    <p>We keep neighbors talking with each other in 14 counties. The Example Network is a project of the Lantern Trust. \
    It was founded by people who live side by side along the river, and who wanted to go on doing so.</p>\
    <h2 id=later>Later</h2><p>Volunteers of the network teach unarmed civilian protection in nineteen towns of the valley. We keep neighbors talking with each other there, too.</p></main></html>";

/// A project with three visits of each page, and the profile that was compared with them.
fn project() -> (Project, Site, Value) {
    let site = Site::start();
    site.on("/members", EDITIONS.map(|it| Reply::page(members(it))));
    site.on("/about", [Reply::page(ABOUT)]);
    let profile = json!({
        "format": 1,
        "title": "Example Network",
        "references": [
            {
                "number": 1, "author": "Tern, Ada", "title": "Our members", "publisher": "Example Network", "published": "2024-12-01",
                "accessed": "2025-01-10", "url": site.uri("/members"), "every": "12h",
            },
            {"number": 2, "title": "About the network", "url": site.uri("/about")},
        ],
        "claims": [
            {
                "id": "members", "cites": [1], "section": "Members", "place": "paragraph 1, sentence 1",
                "sentence": "Its members are these.", "kind": "listed", "relation": "members", "complete": true,
                "names": [
                    "Harbour Mediation Center", "Quiet River Institute", "Northfield Justice Alliance",
                    "Lantern Street Dialogue Project", "Oak Valley Peace Council", ["Tern Dialogue", "Harbor Trust"],
                ],
            },
            {"id": "quote", "cites": [2], "kind": "quoted", "exact": "We keep neighbors talking with each other"},
            {"id": "figure", "cites": [2], "kind": "figure", "exact": "14 counties"},
            {
                "id": "owner", "cites": [2], "kind": "relation", "subject": "Example Network", "relation": "project of",
                "object": "Lantern Trust",
            },
            {"id": "stated", "cites": [2], "kind": "stated", "exact": "The network was founded by people who live along the river"},
        ],
    });
    let project = Project::new();
    write(&project, &profile);
    for at in ["2025-01-05", "2025-03-05", "2025-05-05"] {
        let at = format!("{at}T12:00:00Z");
        project.run_at(&at, &["run", "--all", "--quiet"], 0);
    }
    fs::rename(store(&project), project.path("as-it-was.db")).unwrap();
    (project, site, profile)
}

/// The changes, each by the place of its field.
fn changes(site: &Site) -> Vec<Change> {
    vec![
        ("/references/0/number", json!(7), true),
        ("/references/0/author", json!("Gull, Bo"), false),
        ("/references/0/title", json!("About the network"), false),
        ("/references/0/publisher", json!("The Valley Post"), false),
        ("/references/0/published", json!("2025-04-01"), false),
        ("/references/0/accessed", json!("2025-04-10"), true),
        ("/references/0/url", json!(site.uri("/about")), true),
        ("/references/1/fragment", json!("later"), true),
        ("/references/0/selector", json!("ul.friends"), true),
        ("/references/0/every", json!("5d"), false),
        (
            "/references/0/archived",
            json!([{"url": "https://archive.example/2025/members", "date": "2025-02-01"}]),
            false,
        ),
        ("/references/0/bytes", json!([3, 40]), false),
        ("/claims/0/id", json!("partners"), true),
        ("/claims/0/cites", json!([2]), true),
        ("/claims/0/section", json!("Partners"), false),
        ("/claims/0/place", json!("paragraph 2, sentence 1"), false),
        ("/claims/0/sentence", json!("These belong to it."), false),
        ("/claims/0/bytes", json!([50, 90]), false),
        ("/claims/0/spans", json!([[50, 60], [60, 70]]), false),
        ("/claims/0/relation", json!("friends"), false),
        ("/claims/0/complete", json!(false), true),
        (
            "/claims/0/names",
            json!(["Quiet River Peace Institute", "Birch Hill Library"]),
            true,
        ),
        ("/claims/1/kind", json!("stated"), true),
        ("/claims/1/exact", json!("We keep nobody talking"), true),
        ("/claims/1/cites", json!([1, 2]), true),
        ("/claims/2/exact", json!("19 counties"), true),
        ("/claims/3/subject", json!("Lantern Trust"), true),
        ("/claims/3/relation", json!("part of"), true),
        ("/claims/3/object", json!("Harbor Trust"), true),
        (
            "/claims/4/exact",
            json!("The network was founded by the Lantern Trust in 1998"),
            true,
        ),
    ]
}

fn store(project: &Project) -> PathBuf {
    project.path("snapshots/stillsays.db")
}

fn write(project: &Project, profile: &Value) {
    let profile: Profile = serde_json::from_value(profile.clone()).unwrap();
    project.profile("network", &profile.to_toml());
}

/// Puts a field in its place, whether there was one or not; whoever cites a number that is another now cites the other.
fn changed(profile: &Value, (place, new, _): &Change) -> Value {
    let mut profile = profile.clone();
    let (table, key) = place.rsplit_once('/').unwrap();
    if key == "number" {
        profile["claims"][0]["cites"] = json!([new]);
    }
    profile.pointer_mut(table).unwrap()[key] = new.clone();
    profile
}

/// What a report says of each finding: all that does not only repeat the profile.
fn said(report: &Value) -> Vec<String> {
    let entries = ["claims", "references"]
        .into_iter()
        .flat_map(|it| report[it].as_array().unwrap());
    entries
        .map(|it| match &it["entries"] {
            Value::Null => it["entry"]["finding"].to_string(),
            entries => entries
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["finding"].to_string())
                .collect(),
        })
        .collect()
}

#[test]
fn whichever_field_of_a_claim_or_a_reference_changes_report_says_what_recheck_and_report_say() {
    let (project, site, profile) = project();
    let anew = |profile: &Value| {
        for ending in ["-wal", "-shm"] {
            drop(fs::remove_file(
                project.path(&format!("snapshots/stillsays.db{ending}")),
            ));
        }
        fs::copy(project.path("as-it-was.db"), store(&project)).unwrap();
        write(&project, profile);
    };
    let report = || project.json(&["report", "--format", "json"]);
    anew(&profile);
    let before = report();
    assert!(said(&before).len() > 6, "{before:#}");
    let changes = changes(&site);
    let mut others = Vec::new();
    for change in &changes {
        anew(&changed(&profile, change));
        let place = change.0;
        let looked = report();
        if said(&looked) != said(&before) {
            others.push(place);
        }
        project.expect(&["recheck", "--quiet"], 0);
        assert_eq!(report(), looked, "{place}: after a recheck");
    }
    let expected = changes.iter().filter(|it| it.2).map(|it| it.0);
    assert_eq!(
        others,
        expected.collect::<Vec<_>>(),
        "those that make other findings"
    );
    let schema: Value = serde_json::from_str(&Profile::schema()).unwrap();
    for of in ["references", "claims"] {
        let fields = schema["properties"][of]["items"]["properties"]
            .as_object()
            .unwrap();
        let fields: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
        let about = changes
            .iter()
            .filter(|it| it.0.starts_with(&format!("/{of}/")));
        let tried: BTreeSet<&str> = about.filter_map(|it| it.0.rsplit('/').next()).collect();
        assert_eq!(tried, fields, "every field of {of} is changed");
    }
}
