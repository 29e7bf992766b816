//! The sample archive: the committed file is what its generator writes, and says of itself what it is.

use std::{collections::BTreeMap, fs};

use stillsays::{
    capture::{Outcome, RevisitProfile},
    interchange::visits_of,
    profile::Profile,
    uri::TargetUri,
    warc::{Reader, RecordType, read_captures},
};

#[path = "../sample/make_sample.rs"]
#[expect(
    dead_code,
    reason = "its main function is for `cargo run --example make_sample`"
)]
mod make_sample;

#[test]
fn the_committed_sample_is_what_its_generator_writes() {
    let committed = fs::read(make_sample::committed()).unwrap();
    assert!(
        committed == make_sample::archive().unwrap(),
        "run `cargo run --example make_sample` and commit snapshots/sample.warc.gz"
    );
}

#[test]
fn the_sample_says_that_it_is_one() {
    let bytes = make_sample::archive().unwrap();
    let first = Reader::new("sample.warc.gz", bytes.as_slice())
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(first.kind, RecordType::Warcinfo);
    let text = String::from_utf8(first.block).unwrap();
    assert!(text.contains("written by the stillsays project"), "{text}");
    for capture in read_captures(Reader::new("sample.warc.gz", bytes.as_slice())) {
        let capture = capture.unwrap();
        assert_eq!(
            capture.field("X-Sample").as_deref(),
            Some("written by the stillsays project")
        );
        if let Outcome::Response(it) = &capture.outcome
            && !it.payload.is_empty()
        {
            let html = match flate2::read::GzDecoder::new(it.payload.as_slice()) {
                gzip if it.payload.starts_with(&[0x1f, 0x8b]) => {
                    std::io::read_to_string(gzip).unwrap()
                }
                _ => String::from_utf8(it.payload.clone()).unwrap(),
            };
            let body = &html[html.find("<body").unwrap()..];
            assert!(body.contains("written by the stillsays project"), "{html}");
        }
    }
}

#[test]
fn five_pages_are_visited_three_times_in_every_coding() {
    let bytes = make_sample::archive().unwrap();
    let mut captures = read_captures(Reader::new("sample.warc.gz", bytes.as_slice()));
    let all: Vec<_> = captures.by_ref().collect::<Result<_, _>>().unwrap();
    assert_eq!(captures.warnings(), []);
    let count = |what: &dyn Fn(&stillsays::capture::Capture) -> bool| {
        all.iter().filter(|it| what(it)).count()
    };
    assert_eq!(all.len(), 16);
    assert_eq!(count(&|it| it.status() == Some(301)), 1);
    assert!(count(&|it| it.field("Content-Encoding").is_some()) >= 5);
    assert!(count(&|it| it.field("Transfer-Encoding").is_some()) >= 5);
    for profile in [
        RevisitProfile::ServerNotModified,
        RevisitProfile::IdenticalPayloadDigest,
    ] {
        assert_eq!(
            count(&|it| matches!(&it.outcome, Outcome::Revisit(it) if it.profile == profile)),
            1
        );
    }
    let profile = include_bytes!("../../config/profiles/trust-network.toml");
    let profile = Profile::from_bytes(profile, "trust-network.toml".as_ref()).unwrap();
    let cited: Vec<TargetUri> = profile.seeds().into_iter().map(|it| it.uri).collect();
    let mut seeds = BTreeMap::new();
    for visit in visits_of(&all, &cited) {
        seeds
            .entry(visit.seed)
            .or_insert_with(Vec::new)
            .push(visit.captures.len());
    }
    assert_eq!(seeds.len(), 5);
    for (seed, hops) in &seeds {
        let expected = if seed.as_str().ends_with("/about-us") {
            [1, 1, 2]
        } else {
            [1, 1, 1]
        };
        assert_eq!(hops, &expected, "{seed}");
    }
}
