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
    for (name, bytes) in [
        ("sample.warc.gz", make_sample::archive()),
        ("sample-copies.warc.gz", make_sample::copies()),
    ] {
        let committed = fs::read(make_sample::committed().join(name)).unwrap();
        assert!(
            committed == bytes.unwrap(),
            "run `cargo run --example make_sample` and commit snapshots/{name}"
        );
    }
}

#[test]
fn the_sample_says_that_it_is_one() {
    for bytes in [make_sample::archive(), make_sample::copies()] {
        says_that_it_is_a_sample(&bytes.unwrap());
    }
}

fn says_that_it_is_a_sample(bytes: &[u8]) {
    let first = Reader::new("sample.warc.gz", bytes)
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(first.kind, RecordType::Warcinfo);
    let text = String::from_utf8(first.block).unwrap();
    assert!(text.contains("written by the stillsays project"), "{text}");
    for capture in read_captures(Reader::new("sample.warc.gz", bytes)) {
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
fn five_pages_are_visited_three_times_and_one_of_them_was_copied_first() {
    let bytes = make_sample::archive().unwrap();
    let mut captures = read_captures(Reader::new("sample.warc.gz", bytes.as_slice()));
    let all: Vec<_> = captures.by_ref().collect::<Result<_, _>>().unwrap();
    assert_eq!(captures.warnings(), []);
    let count = |what: &dyn Fn(&stillsays::capture::Capture) -> bool| {
        all.iter().filter(|it| what(it)).count()
    };
    assert_eq!(all.len(), 15);
    assert_eq!(count(&|it| it.status() == Some(301)), 1);
    assert!(count(&|it| it.field("Content-Encoding").is_some()) >= 5);
    assert!(count(&|it| it.field("Transfer-Encoding").is_some()) >= 4);
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
        let expected: &[usize] = if seed.as_str().ends_with("/about-us") {
            &[1, 1, 2]
        } else if seed.as_str().ends_with("/resource-library") {
            &[1, 1]
        } else {
            &[1, 1, 1]
        };
        assert_eq!(hops, expected, "{seed}");
    }
    let copies = make_sample::copies().unwrap();
    let copies = read_captures(Reader::new("sample-copies.warc.gz", copies.as_slice()));
    let copies: Vec<_> = copies.collect::<Result<_, _>>().unwrap();
    let source = copies[0].source.as_ref().unwrap();
    assert_eq!(
        (copies.len(), source.archive.as_str()),
        (1, "web-archive.example")
    );
    assert!(copies[0].target_uri.as_str().ends_with("/resource-library"));
}
