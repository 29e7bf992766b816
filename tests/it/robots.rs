//! robots.txt held against other people's cases and files, where the shared folder with them exists.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use stillsays::robots::Robots;

#[expect(clippy::print_stdout, reason = "a test says why it did not run")]
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/robots");
    if !folder.exists() {
        println!("skipped: no shared/corpus/robots beside the checkout");
        return None;
    }
    Some(folder)
}

#[derive(Deserialize)]
struct Case {
    test: String,
    robots: String,
    agent: String,
    url: String,
    allowed: bool,
}

/// The bytes of a case: one of them was written down byte by byte, which its JSON shows as characters below U+0100.
fn bytes(text: &str) -> Vec<u8> {
    let latin: Option<Vec<u8>> = text.chars().map(|it| u8::try_from(it).ok()).collect();
    latin.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// Path and query of an address as the cases spell them, which is not always as the URL standard does.
fn path_and_query(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    match rest.find(['/', '?', ';']) {
        Some(at) if rest[at..].starts_with('/') => rest[at..].to_owned(),
        Some(at) => format!("/{}", &rest[at..]),
        None => "/".to_owned(),
    }
}

#[test]
fn all_of_googles_cases_pass() {
    let Some(folder) = corpus() else { return };
    let cases = std::fs::read(folder.join("google_cases.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_slice(&cases).unwrap();
    assert_eq!(cases.len(), 142);
    let wrong: Vec<String> = cases
        .iter()
        .filter(|it| {
            let robots = Robots::parse(&bytes(&it.robots));
            let rule = robots.allows(&it.agent, &path_and_query(&it.url));
            rule.allowed != it.allowed
        })
        .map(|it| format!("{}: {:?} {} {}", it.test, it.robots, it.agent, it.url))
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[derive(Deserialize)]
struct Real {
    file: String,
    bytes: usize,
    features: Vec<String>,
}

#[test]
fn every_real_file_has_what_its_features_say() {
    let Some(folder) = corpus() else { return };
    let files: Vec<Real> =
        serde_json::from_slice(&std::fs::read(folder.join("real.json")).unwrap()).unwrap();
    assert!(files.len() > 100);
    let mut faults = Vec::new();
    for it in &files {
        let bytes = std::fs::read(folder.join(&it.file)).unwrap();
        assert_eq!(bytes.len(), it.bytes, "{}", it.file);
        let robots = Robots::parse(&bytes);
        let has = |feature: &str| it.features.iter().any(|it| it == feature);
        let is_plain = !has("html") && !has("cr-only") && !has("utf16");
        if is_plain && has("sitemap") == robots.sitemaps().is_empty() {
            faults.push(format!("{}: sitemaps {:?}", it.file, robots.sitemaps()));
        }
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let mut agents = text.split(['\r', '\n']).filter_map(|it| {
            let agent = it.trim().strip_prefix("user-agent:")?;
            Some(agent.trim().split(['/', ' ', '#']).next()?.to_owned())
        });
        let delayed = agents.clone().any(|it| robots.crawl_delay(&it).is_some());
        // A name of digits only is no product token (RFC 9309, 2.2.1).
        let all_named = agents.all(|it| it.starts_with(|it: char| !it.is_ascii_digit()));
        if is_plain && all_named && has("crawl-delay") != delayed {
            faults.push(format!("{}: crawl-delay {delayed}", it.file));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
