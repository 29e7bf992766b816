//! The desk over HTTP: what waits, decisions by form, and copies with the words marked. `tests/desk` shows it in a browser.

use super::{
    held::{Came, Served, ask},
    program,
};
use crate::project::Project;

fn demo() -> (Project, Served) {
    let project = Project::new();
    project.expect(&["demo"], 0);
    let config = ["--config", "snapshots/demo/stillsays.toml"];
    let served = Served::start(program(&project).args(config));
    (project, served)
}

fn send(served: &Served, origin: &str, fields: &str) -> Came {
    let origin = if origin.is_empty() {
        String::new()
    } else {
        format!("Origin: {origin}\r\n")
    };
    let text = format!(
        "POST /decide HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{origin}Content-Length: {}\r\n\r\n{fields}",
        served.site,
        fields.len()
    );
    Served::send(&served.site, text.as_bytes())
}

fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split_once(after).unwrap().0.to_owned()
}

fn token(served: &Served) -> String {
    let desk = served.shown("/").text();
    between(&desk, "name=\"token\" value=\"", "\"")
}

/// The first words of the desk.
fn to_do(served: &Served) -> String {
    between(&served.shown("/").text(), "<h1 class=\"lead\">", "</h1>")
}

#[test]
fn what_a_form_decides_is_stored_sealed_and_undone() {
    let (project, served) = demo();
    assert_eq!(to_do(&served), "20 to decide on 4 pages.");
    let site = format!("http://{}", served.site);
    let token = token(&served);
    let id = "ebcfdc57faad";
    let page = served.shown(&format!("/f/{id}"));
    assert_eq!(page.status, 302);
    let at = between(page.field("location").unwrap(), "/work/", "?");
    let one = format!("token={token}&finding={id}&seen={id}:0&at={at}");
    let came = send(&served, &site, &format!("{one}&act=edit&note=a+%3Cb%3E"));
    assert_eq!(came.status, 303, "{}", came.text());
    let to = came.field("location").unwrap().to_owned();
    assert!(
        to.contains(&format!("done={id}")) && !to.contains(&format!("f={id}")),
        "{to}"
    );
    let text = served.shown(&to).text();
    assert!(
        text.contains(
            "Restorative Justice Community Action: change the article. 6 left on this page."
        ),
        "{text}"
    );
    assert!(
        text.contains("a &#60;b&#62;") || text.contains("a &lt;b&gt;"),
        "{text}"
    );
    assert_eq!(to_do(&served), "19 to decide on 4 pages; 1 edit waits.");
    let sheet = served.shown("/p/trust-network/edits").text();
    assert!(sheet.contains(&format!("id=\"e{id}\"")), "{sheet}");

    let undo = format!("token={token}&finding={id}&act=undo&back=%2F%3Fshow%3Dall");
    let came = send(&served, &site, &undo);
    assert_eq!(
        came.field("location").unwrap(),
        format!("/?show=all&done={id}")
    );
    assert_eq!(to_do(&served), "20 to decide on 4 pages.");
    let config = ["--config", "snapshots/demo/stillsays.toml"];
    project.expect(&[&["verify"][..], &config].concat(), 0);
}

#[test]
fn several_are_decided_together_with_one_undo() {
    let (_project, served) = demo();
    let site = format!("http://{}", served.site);
    let token = token(&served);
    let ids = ["5538d53b6658", "1937f1242190", "596c70d6bd12"];
    let all: Vec<String> = ids
        .iter()
        .map(|it| format!("&finding={it}&seen={it}:0"))
        .collect();
    let all = all.concat();
    let came = send(&served, &site, &format!("token={token}&act=keep{all}"));
    let to = came.field("location").unwrap().to_owned();
    let batch = between(&format!("{to}&"), "done=", "&");
    assert!(batch.starts_with("batch-"), "{to}");
    assert!(
        served
            .shown(&to)
            .text()
            .contains("3 findings: leave the article.")
    );
    assert_eq!(to_do(&served), "17 to decide on 4 pages.");
    send(
        &served,
        &site,
        &format!("token={token}&act=undo&finding={batch}"),
    );
    assert_eq!(to_do(&served), "20 to decide on 4 pages.");
}

#[test]
fn a_form_that_does_not_come_from_here_decides_nothing() {
    let (_project, served) = demo();
    let site = format!("http://{}", served.site);
    let replay = format!("http://{}", served.replay);
    let right = token(&served);
    for (origin, token, status) in [
        ("", right.as_str(), 403),
        ("null", &right, 403),
        (&replay, &right, 403),
        ("https://evil.example", &right, 403),
        (&site, "", 403),
        (&site, "0123", 403),
        (&site, &right, 303),
    ] {
        let fields = format!("token={token}&finding=5538d53b6658&act=keep");
        assert_eq!(
            send(&served, origin, &fields).status,
            status,
            "{origin} {token}"
        );
        let left = if status == 303 { 19 } else { 20 };
        assert!(
            to_do(&served).starts_with(&left.to_string()),
            "{origin} {token}"
        );
    }
    for (fields, status) in [
        ("act=keep", 400),
        ("act=nothing&finding=5538d53b6658", 400),
        ("act=keep&finding=000000000000", 404),
    ] {
        let came = send(&served, &site, &format!("token={right}&{fields}"));
        assert_eq!(came.status, status, "{fields}");
    }
    // No address that is followed has an effect.
    assert_eq!(ask(&served.site, "GET", "/decide", &[]).status, 405);
}

#[test]
fn the_second_of_two_sees_what_the_first_decided() {
    let (project, served) = demo();
    let site = format!("http://{}", served.site);
    let token = token(&served);
    let id = "ebcfdc57faad";
    let config = ["--config", "snapshots/demo/stillsays.toml"];
    let ben = [
        "review",
        id,
        "reject",
        "--by",
        "ben",
        "--note",
        "two centers",
    ];
    project.expect(&[&ben[..], &config].concat(), 0);
    let one = format!("token={token}&finding={id}&act=edit&at=x&note=mine");
    let came = send(&served, &site, &format!("{one}&seen={id}:0"));
    assert_eq!(came.status, 409);
    let text = came.text();
    assert!(
        text.contains("ben decided this just now: wrong, “two centers”."),
        "{text}"
    );
    let seen = between(&text, &format!("value=\"{id}:"), "\"");
    let came = send(&served, &site, &format!("{one}&seen={id}:{seen}"));
    assert_eq!(came.status, 303);
    let activity = served.shown("/activity").text();
    assert!(
        activity.contains(">ben<") && activity.contains(">ada<"),
        "{activity}"
    );
}

#[test]
fn a_marked_copy_is_the_copy_with_marks_and_its_links_lead_nowhere() {
    let (_project, served) = demo();
    let page = "https://www.thetrustnetwork.net/list-of-centers";
    let work = served.shown("/f/410082f4df34");
    let work = served.shown(work.field("location").unwrap()).text();
    let src = between(&work, "<iframe name=\"now\" src=\"", "\"").replace("&#38;", "&");
    let path = src.split_once(&served.replay).unwrap().1;
    let (path, mark) = path.split_once('#').unwrap();
    let marked = served.replayed(path);
    assert_eq!(marked.status, 200);
    let text = marked.text();
    let around = between(&text, &format!("<mark id=\"{mark}\""), "</mark>");
    assert!(
        around.ends_with("Cleveland Center for Dialogue"),
        "{around}"
    );
    assert!(!text.contains("<a href=\"/web/"), "{text}");
    assert!(
        marked
            .field("content-security-policy")
            .unwrap()
            .starts_with("sandbox ")
    );
    assert_eq!(marked.field("set-cookie"), None);
    for (id, status) in [
        ("410082f4df34", 200),
        ("000000000000", 404),
        ("c56085631ccc", 404),
        ("00000000", 404),
    ] {
        let came = served.replayed(&format!("/web/20260915060000mk-{id}_/{page}"));
        assert!(
            came.status == status || came.status == 302,
            "{id} {}",
            came.status
        );
        let to = came.field("location").map(str::to_owned);
        if let Some(to) = to {
            let path = to.split_once(&served.replay).unwrap().1;
            assert!(path.contains(&format!("mk-{id}_")), "{to}");
            assert_eq!(served.replayed(path).status, status, "{to}");
        }
    }
}

#[test]
fn every_page_of_the_desk_answers_and_lost_addresses_say_so() {
    let (_project, served) = demo();
    for (path, status) in [
        (
            "/?show=all&kind=listed&verdict=absent&sure=50&days=9999&sort=newest&rows=200",
            200,
        ),
        ("/?profile=nobody", 200),
        ("/p/trust-network", 200),
        ("/p/trust-network/claims/convening-centers", 200),
        ("/p/trust-network/references/2", 200),
        ("/p/trust-network/edits?open=1&dates=dmy", 200),
        (
            "/compare/2022/2026/https://www.thetrustnetwork.net/list-of-centers",
            200,
        ),
        ("/activity?by=nobody", 200),
        ("/hosts", 200),
        ("/keys", 200),
        ("/favicon.ico", 200),
        ("/find?q=Cleveland", 302),
        ("/find?q=410082f4df34", 302),
        ("/f/000000000000", 404),
        ("/work/00000000", 404),
        ("/p/nobody", 404),
        ("/p/trust-network/claims/none", 404),
        ("/p/trust-network/references/99", 404),
        ("/compare/2022/https://www.thetrustnetwork.net/", 404),
        ("/assets/desk.css", 404),
    ] {
        let came = served.shown(path);
        assert_eq!(came.status, status, "{path} {}", came.text());
    }
}

/// A page of the desk as soon as it has some words; findings are compared again beside the requests.
fn shown_with(served: &Served, path: &str, words: &str) -> String {
    for _ in 0..300 {
        let text = served.shown(path).text();
        if text.contains(words) {
            return text;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{words} in {}", served.shown(path).text());
}

#[test]
fn what_a_decision_teaches_is_said_listed_with_the_article_and_undone_there() {
    let (project, served) = demo();
    // What is stored is current, and is what the desk returns to.
    project.expect(&["--config", "snapshots/demo/stillsays.toml", "recheck"], 0);
    let site = format!("http://{}", served.site);
    let token = token(&served);
    let id = "410082f4df34";
    let apart = format!("token={token}&finding={id}&seen={id}:0&act=wrong%3Aother-body");
    let came = send(&served, &site, &apart);
    assert_eq!(came.status, 303, "{}", came.text());
    // The name that counted as renamed is absent now, and its other spelling is a new name.
    let done = format!("/?done={id}");
    let text = shown_with(&served, &done, "2 findings are new because of it.");
    let words = "Cleveland Mediation Center: wrong: two different organizations.";
    assert!(text.contains(words), "{text}");
    let gone = served.shown(&format!("/f/{id}")).text();
    assert!(
        gone.contains("What was decided settled this finding."),
        "{gone}"
    );
    let activity = served.shown("/activity").text();
    assert!(
        activity.contains("Cleveland Mediation Center"),
        "{activity}"
    );

    let says = "“Cleveland Mediation Center” and “Cleveland Center for Dialogue” are different organizations";
    let article = served.shown("/p/trust-network").text();
    let undo = article
        .split(says)
        .nth(1)
        .unwrap_or_else(|| panic!("{article}"));
    let seen = between(undo, "name=\"seen\" value=\"", "\"");
    let undo = format!("token={token}&finding={id}&seen={seen}&act=undo&back=%2Fp%2Ftrust-network");
    let came = send(&served, &site, &undo);
    let to = came.field("location").unwrap();
    assert_eq!(to, format!("/p/trust-network?done={id}"));
    let article = served.shown(to).text();
    assert!(
        !article.contains(says) && article.contains("back to the decision before"),
        "{article}"
    );
    let place = || served.shown(&format!("/f/{id}")).status;
    let came_back = (0..300).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        place() == 302
    });
    assert!(came_back, "the finding is current again");
}

#[test]
fn a_finding_of_a_page_that_changed_says_since_when() {
    let (project, served) = demo();
    let site = format!("http://{}", served.site);
    let (token, id) = (token(&served), "ebcfdc57faad");
    let keep = format!("token={token}&finding={id}&seen={id}:0&act=keep");
    assert_eq!(send(&served, &site, &keep).status, 303);
    // The article does not name it any more, so nothing is found about it.
    let path = project.path("snapshots/demo/profiles/trust-network.toml");
    let profile = std::fs::read_to_string(&path).unwrap();
    let without = profile.replace(
        "Restorative Justice Community Action",
        "Resolution Virginia Two",
    );
    assert_ne!(profile, without);
    std::fs::write(&path, without).unwrap();
    let text = shown_with(
        &served,
        &format!("/f/{id}"),
        "This is what the finding said",
    );
    let since = between(&text, "The page has changed since ", ".");
    assert_eq!(since.len(), 10, "{since}");
    assert!(
        text.contains("Restorative Justice Community Action"),
        "{text}"
    );
}

#[test]
fn the_captures_of_a_page_say_what_changed_and_any_two_are_compared() {
    let (_project, served) = demo();
    let page = "https://www.thetrustnetwork.net/list-of-centers";
    let text = served.shown(&format!("/captures/{page}")).text();
    assert_eq!(text.matches("<td>text changed</td>").count(), 2, "{text}");
    assert_eq!(text.matches("<td>first</td>").count(), 1);
    for (side, at) in [("from", "20240611083000"), ("to", "20260915060000")] {
        let from = text
            .split(&format!("name=\"{side}\" value=\"{at}\""))
            .nth(1);
        let rest = from.unwrap_or_else(|| panic!("{side} {text}"));
        let own = rest.split('>').next().unwrap();
        assert!(own.ends_with(" checked"), "{side} {own}");
    }
    assert!(text.contains("by <a href=\"/p/trust-network\">"), "{text}");
    let asked = format!("/compare/{page}?from=20221021140000&to=20260915060000");
    let to = served.shown(&asked);
    let to = to.field("location").unwrap();
    assert_eq!(to, format!("/compare/20221021140000/20260915060000/{page}"));
}

#[test]
fn the_names_of_a_list_have_their_reasons_and_can_be_chosen_together() {
    let (_project, served) = demo();
    let text = served
        .shown("/work/cb50eaab?f=410082f4df34&view=list")
        .text();
    let page = text.split("id=\"beside\"").nth(1).unwrap();
    let row = between(page, "<bdi>Cleveland Mediation Center</bdi>", "</tr>");
    assert!(row.contains("Cleveland Center for Dialogue"), "{row}");
    assert!(row.contains("link"), "the reason: {row}");
    assert!(
        page.contains("form=\"batch\" name=\"finding\" value=\"410082f4df34\""),
        "{page}"
    );
}

#[test]
fn the_head_leads_to_the_article_and_to_others_if_there_are_more() {
    let (project, served) = demo();
    let text = served.shown("/").text();
    assert!(
        text.contains("<a href=\"/p/trust-network\">Article</a>"),
        "{text}"
    );
    let folder = project.path("snapshots/demo/profiles");
    let other = "format = 1\ntitle = \"Second <article>\"\n";
    std::fs::write(folder.join("second.toml"), other).unwrap();
    let text = served.shown("/").text();
    assert!(text.contains("href=\"/?profile=second\""), "{text}");
    assert!(!text.contains("Second <article>"), "{text}");
    let text = served.shown("/p/second/edits").text();
    assert!(
        text.contains("<a href=\"/p/trust-network/edits\">"),
        "{text}"
    );
    assert!(
        text.contains("<summary><bdi>Second &#60;article&#62;</bdi>")
            || text.contains("<summary><bdi>Second &lt;article&gt;</bdi>"),
        "{text}"
    );
}

#[test]
fn the_page_at_work_keeps_the_filter_of_the_queue() {
    let (_project, served) = demo();
    let site = format!("http://{}", served.site);
    let token = token(&served);
    let queue = served.shown("/?weight=new&sort=address").text();
    let go = between(&queue, "class=\"go\" href=\"", "\"").replace("&#38;", "&");
    assert!(go.ends_with("?weight=new&sort=address"), "{go}");
    let work = served.shown(&go).text();
    assert!(work.contains("page 1 of 2"), "{work}");
    for link in [
        "href=\"/?weight=new&#38;sort=address#p-",
        "class=\"next\" href=\"/work/",
    ] {
        assert!(work.contains(link), "{link} {work}");
    }
    let id = between(&work, "name=\"seen\" value=\"", ":");
    let at = between(&go, "/work/", "?");
    let fields = format!(
        "token={token}&at={at}&filter=weight%3Dnew%26sort%3Daddress&finding={id}&seen={id}:0&act=keep"
    );
    let came = send(&served, &site, &fields);
    let to = came.field("location").unwrap();
    assert!(to.ends_with("&weight=new&sort=address"), "{to}");
}
