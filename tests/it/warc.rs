//! WARC files in and out: other people's files give what is said of them, and what is written reads back as it was.

use std::{collections::BTreeMap, fs, io::Write, path::Path, process::Command};

use proptest::prelude::*;
use stillsays::{
    capture::{
        Capture, Connection, Failure, FailureKind, Framing, Outcome, Piece, Response, Revisit,
        RevisitProfile, Tls, Truncation, Untrusted,
    },
    clock::{Instant, parse_digits14},
    digest::PayloadDigest,
    uri::TargetUri,
    warc::{Compression, Reader, Record, WarcError, Warning, Writer, read_captures},
};

fn records(bytes: &[u8]) -> (Vec<Record>, Vec<WarcError>, Vec<Warning>) {
    let mut reader = Reader::new("test.warc", bytes);
    let (mut records, mut errors) = (Vec::new(), Vec::new());
    for record in reader.by_ref() {
        match record {
            Ok(it) => records.push(it),
            Err(it) => errors.push(it),
        }
    }
    (records, errors, reader.warnings().to_vec())
}

fn captures(bytes: &[u8]) -> Vec<Capture> {
    read_captures(Reader::new("test.warc", bytes))
        .collect::<Result<_, _>>()
        .unwrap()
}

fn written(captures: &[Capture], compression: Compression) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), compression);
    let fields = [
        ("software", "stillsays/test"),
        ("format", "WARC File Format 1.1"),
    ];
    writer
        .warcinfo(
            parse_digits14("2026").unwrap(),
            Some("test.warc.gz"),
            &fields,
        )
        .unwrap();
    for it in captures {
        writer.capture(it).unwrap();
    }
    let length = writer.written();
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes.len() as u64, length);
    bytes
}

fn response(address: &str, date: &str, payload: &[u8]) -> Capture {
    let date = parse_digits14(date).unwrap();
    Capture {
        target_uri: address.parse().unwrap(),
        date,
        ended: date,
        connection: None,
        request: b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n".to_vec(),
        source: None,
        outcome: Outcome::Response(Response {
            head: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec(),
            payload: payload.to_vec(),
            framing: Framing::Identity,
            truncated: None,
        }),
    }
}

#[test]
fn every_sample_gives_the_records_or_the_error_that_is_said_of_it() {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpus/warc"
    ));
    let Ok(expected) = fs::read(folder.join("expected.json")) else {
        println!(
            "skipped: every_sample_gives_the_records_or_the_error_that_is_said_of_it (no shared corpus here)"
        );
        return;
    };
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let (mut looked_at, mut faults) = (0, Vec::new());
    for (name, expected) in expected.as_object().unwrap() {
        if !name.contains(".warc") || Path::new(name).extension().is_some_and(|it| it == "cdx") {
            continue;
        }
        looked_at += 1;
        let (mut records, errors, warnings) = records(&fs::read(folder.join(name)).unwrap());
        // What is there of a record that the file ends in is counted by its error.
        records.retain(|it| it.missing != Some(Truncation::Disconnect));
        let broken = expected["broken"].as_bool().unwrap();
        // A sound file may be forgiven a thing, but never costs a record; a broken one is always told.
        let printed = !errors.is_empty() || broken && !warnings.is_empty();
        if broken != printed {
            faults.push(format!("{name}: broken {broken}, {errors:?}, {warnings:?}"));
        }
        let Some(count) = expected["records"].as_u64() else {
            // The note says what reading on gives; all of it is read here, with a warning.
            let reads_on = expected["why"].as_str().unwrap();
            if !reads_on.contains(&format!("gives {}", records.len()))
                && !reads_on.contains(&format!("holds {} ", records.len()))
            {
                faults.push(format!("{name}: {} records, {reads_on}", records.len()));
            }
            continue;
        };
        if (records.len() + errors.len()) as u64 != count {
            faults.push(format!("{name}: {} records, {errors:?}", records.len()));
        }
        let mut kinds = BTreeMap::new();
        for it in &records {
            *kinds.entry(it.kind.as_str().to_owned()).or_insert(0u64) += 1;
        }
        let kinds = serde_json::to_value(kinds).unwrap();
        if errors.is_empty() && kinds != expected["types"] {
            faults.push(format!("{name}: {kinds} where {} are", expected["types"]));
        }
    }
    assert!(looked_at >= 30, "{looked_at}");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_samples_of_other_programs_make_captures() {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpus/warc"
    ));
    if !folder.exists() {
        println!("skipped: the_samples_of_other_programs_make_captures (no shared corpus here)");
        return;
    }
    // Captures, of these revisits, and what makes none.
    for (name, captures, revisits, errors) in [
        ("warcio__example.warc.gz", 2, 1, 0),
        ("warcio-js__example.warc", 2, 1, 0),
        ("warcio__post-test.warc.gz", 3, 0, 0),
        ("warcio__example-wget-bad-target-uri.warc.gz", 1, 0, 0),
        ("cdxj-indexer__cc.warc.gz", 1, 0, 0),
        ("warcio-js__redirect.warc", 1, 0, 0),
        ("warcio__example-bad-non-chunked.warc.gz", 2, 1, 0),
        ("warcio-js__example-url-agnostic-revisit.warc.gz", 0, 0, 1),
        ("resiliparse__warcfile.warc.gz", 16, 0, 0),
    ] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let all: Vec<_> = read_captures(Reader::new(name, bytes.as_slice())).collect();
        let made: Vec<&Capture> = all.iter().filter_map(|it| it.as_ref().ok()).collect();
        let again = made
            .iter()
            .filter(|it| matches!(it.outcome, Outcome::Revisit(_)));
        assert_eq!(
            (made.len(), again.count(), all.len() - made.len()),
            (captures, revisits, errors),
            "{name} {all:#?}"
        );
        for it in made {
            assert!(it.status().is_some(), "{name} {it:?}");
            assert!(
                name.contains("redirect") || !it.request.is_empty(),
                "{name} {it:?}"
            );
        }
    }
}

#[test]
fn of_a_truncated_last_record_is_kept_what_is_there() {
    let all = [
        response("https://example.org/1", "20240101", b"one"),
        response("https://example.org/2", "20240102", &[7; 4000]),
    ];
    for compression in [Compression::Gzip, Compression::None] {
        let whole = written(&all, compression);
        let (begun, _, _) = records(&whole);
        let last = begun
            .iter()
            .rfind(|it| it.kind.as_str() == "response")
            .unwrap();
        let cut = usize::try_from(last.offset).unwrap() + 700;
        let cut = if compression == Compression::Gzip {
            cut - 600
        } else {
            cut
        };
        let (kept, errors, _) = records(&whole[..cut]);
        // In the compressed file not even its header is whole.
        if compression == Compression::Gzip {
            assert_eq!(kept.len(), 4, "{errors:?}");
        } else {
            assert_eq!(kept.len(), 5, "{errors:?}");
            assert_eq!(kept[4].missing, Some(Truncation::Disconnect));
            assert!(last.block.starts_with(&kept[4].block));
        }
        assert!(kept[..4].iter().all(|it| it.missing.is_none()));
        assert_eq!(errors.len(), 1);
        let WarcError::Truncated { file, offset, .. } = &errors[0] else {
            panic!("{:?}", errors[0]);
        };
        assert_eq!((file.as_str(), *offset), ("test.warc", last.offset));
        assert!(!errors[0].hint().is_empty());
    }
}

#[test]
fn a_damaged_member_loses_only_itself() {
    let all: Vec<Capture> = (1..=3)
        .map(|it| response(&format!("https://example.org/{it}"), "2024", &[it; 3000]))
        .collect();
    let mut bytes = written(&all, Compression::Gzip);
    let (begun, _, _) = records(&bytes);
    let hurt = begun
        .iter()
        .position(|it| it.target_uri() == Some("https://example.org/2"))
        .unwrap();
    let at = usize::try_from(begun[hurt].offset).unwrap();
    for byte in &mut bytes[at + 60..at + 120] {
        *byte = 0xff;
    }
    let (kept, errors, _) = records(&bytes);
    assert_eq!(kept.len(), begun.len() - 1, "{errors:?}");
    assert_eq!(errors.len(), 1);
    assert!(
        matches!(&errors[0], WarcError::Corrupt { offset, .. } if *offset == begun[hurt].offset),
        "{errors:?}"
    );
}

#[test]
fn a_file_that_is_not_warc_is_reported_with_its_first_characters() {
    let (none, errors, _) = records(b"PK\x03\x04 a zip");
    assert!(none.is_empty());
    assert!(
        errors[0].to_string().contains("begins with `PK\\x03\\x04"),
        "{}",
        errors[0]
    );
    assert_eq!(records(b"").1.len(), 0);
}

#[test]
fn wrong_lengths_are_reported_and_spoil_no_other_record() {
    let all = [
        response("https://example.org/1", "20240101", b"one"),
        response("https://example.org/2", "20240102", b"two"),
    ];
    let whole = String::from_utf8(written(&all, Compression::None)).unwrap();
    let length = "Content-Length: 47\r\n\r\nHTTP/1.1 200 OK";
    assert!(whole.contains(length));
    for lie in ["40", "50", "60", "9000"] {
        let lied = whole.replacen(length, &length.replace("47", lie), 1);
        let (kept, errors, warnings) = records(lied.as_bytes());
        assert_eq!((kept.len(), errors.len()), (7, 0), "{lie} {errors:?}");
        assert!(!warnings.is_empty());
    }
    let huge = whole.replacen(length, &length.replace("47", "99999999999999999"), 1);
    let (kept, errors, _) = records(huge.as_bytes());
    assert_eq!((kept.len(), errors.len()), (7, 0), "{errors:?}");
    assert_eq!(kept[1].missing, Some(Truncation::Unspecified));
    // Of a response the beginning is kept; of other kinds nothing.
    let limited = |limit| {
        let reader = Reader::new("test.warc", whole.as_bytes()).with_block_limit(limit);
        let (mut kept, mut errors) = (Vec::new(), Vec::new());
        for it in reader {
            match it {
                Ok(it) => kept.push(it),
                Err(it) => errors.push(it),
            }
        }
        (kept, errors)
    };
    let (kept, errors) = limited(30);
    let cut: Vec<_> = kept
        .iter()
        .filter(|it| it.missing == Some(Truncation::Length))
        .collect();
    assert_eq!(cut.len(), 2);
    assert!(
        cut.iter()
            .all(|it| it.block.len() == 30 && it.kind.as_str() == "response")
    );
    assert!(
        !errors.is_empty()
            && errors
                .iter()
                .all(|it| matches!(it, WarcError::TooLarge { .. }))
    );
}

#[test]
fn files_in_one_member_and_in_zstd_are_read() {
    let all = [response("https://example.org/1", "20240101", b"one")];
    let plain = written(&all, Compression::None);
    let mut one = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    one.write_all(&plain).unwrap();
    let one = one.finish().unwrap();
    assert_eq!(captures(&one), all);
    assert!(!records(&one).2.is_empty(), "a file in one member is told");
    let zstd = zstd::encode_all(plain.as_slice(), 3).unwrap();
    assert_eq!(captures(&zstd), all);
    // As Browsertrix and ArchiveTeam write it: a dictionary in a skippable frame, then a frame for each record.
    let dictionary = &plain[..400];
    let mut dictated = vec![0x5d, 0x2a, 0x4d, 0x18];
    dictated.extend(u32::try_from(dictionary.len()).unwrap().to_le_bytes());
    dictated.extend(dictionary);
    let mut encoder = zstd::Encoder::with_dictionary(dictated, 3, dictionary).unwrap();
    encoder.write_all(&plain).unwrap();
    assert_eq!(captures(&encoder.finish().unwrap()), all);
}

#[test]
fn records_of_others_are_bound_and_their_revisits_resolved() {
    let record = |kind: &str, date: &str, more: &str, block: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://example.org/a b>\r\nWARC-Date: {date}\r\n\
             Content-Type: application/http; msgtype={kind}\r\n{more}Content-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    };
    let (first, later) = ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z");
    let digest = "WARC-Payload-Digest: sha1:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567\r\n";
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let file = [
        record("request", first, "", "GET /a HTTP/1.1\r\n\r\n"),
        record(
            "response",
            first,
            &format!("{digest}WARC-IP-Address: 192.0.2.7\r\n"),
            &format!("{head}3\r\nold\r\n0\r\n\r\n"),
        ),
        record("revisit", later, digest, head),
        record(
            "request",
            later,
            "",
            "GET /a HTTP/1.1\r\nAgain: yes\r\n\r\n",
        ),
    ]
    .concat();
    let captures = captures(file.as_bytes());
    assert_eq!(captures.len(), 2);
    let Outcome::Response(old) = &captures[0].outcome else {
        panic!("{:?}", captures[0]);
    };
    assert_eq!(old.payload, b"old");
    assert_eq!(captures[0].target_uri.as_str(), "https://example.org/a%20b");
    assert_eq!(
        captures[0].connection.as_ref().unwrap().address,
        "192.0.2.7:443".parse().unwrap()
    );
    assert!(captures[1].request.ends_with(b"Again: yes\r\n\r\n"));
    let Outcome::Revisit(revisit) = &captures[1].outcome else {
        panic!("{:?}", captures[1]);
    };
    assert_eq!(revisit.payload_digest, PayloadDigest::of(b"old"));
    assert_eq!(revisit.refers_to_date, captures[0].date);

    let orphan = record("revisit", later, digest, head);
    let errors: Vec<_> = read_captures(Reader::new("o.warc", orphan.as_bytes()))
        .filter_map(Result::err)
        .collect();
    assert!(
        errors[0].to_string().contains("was not found"),
        "{}",
        errors[0]
    );
}

#[test]
fn warcio_finds_no_fault() {
    let known = Command::new("python3")
        .args(["-c", "import warcio"])
        .output();
    if !known.is_ok_and(|it| it.status.success()) {
        println!("skipped: warcio_finds_no_fault (Python has no warcio here)");
        return;
    }
    let mut gone = response("https://example.org/gone", "20240103", b"");
    gone.outcome = Outcome::Failure(Failure {
        kind: FailureKind::DnsNotFound,
        detail: "no such host".into(),
        received: Vec::new(),
    });
    let first = response("https://example.org/1", "20240101", b"one");
    let mut again = response("https://example.org/1", "20240102", b"");
    again.outcome = Outcome::Revisit(Revisit {
        profile: RevisitProfile::IdenticalPayloadDigest,
        head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        payload_digest: PayloadDigest::of(b"one"),
        refers_to_date: first.date,
        refers_to_uri: first.target_uri.clone(),
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.warc.gz");
    fs::write(&file, written(&[first, again, gone], Compression::Gzip)).unwrap();
    let check = Command::new("python3")
        .args(["-m", "warcio.cli", "check", "-v"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success() && !said.contains("failed"), "{said}");
    let index = Command::new("python3")
        .args([
            "-m",
            "warcio.cli",
            "index",
            "-f",
            "warc-type,warc-target-uri",
        ])
        .arg(&file)
        .output()
        .unwrap();
    let index = String::from_utf8_lossy(&index.stdout);
    assert_eq!(index.lines().count(), 9, "{index}");
}

fn any_uri() -> impl Strategy<Value = TargetUri> {
    prop_oneof![
        Just("https://example.org/"),
        Just("http://example.org:8080/a?b=c"),
        Just("https://münchen.example/ü"),
    ]
    .prop_map(|it| it.parse().unwrap())
}

fn any_instant() -> impl Strategy<Value = Instant> {
    (0i64..4_000_000_000_000_000).prop_map(|it| Instant::from_timestamp_micros(it).unwrap())
}

fn any_connection() -> impl Strategy<Value = Connection> {
    let address = prop_oneof![Just("192.0.2.1:443"), Just("[2001:db8::2]:8080")];
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    let tls = prop::option::of((
        prop_oneof![Just(""), Just("tls/1.2"), Just("tls/1.3")],
        prop::collection::vec(bytes(), 0..3),
    ));
    (address, tls, bytes()).prop_map(|(address, tls, interim)| Connection {
        address: address.parse().unwrap(),
        tls: tls.map(|(version, certificates)| Tls {
            version: version.into(),
            cipher_suite: if version.is_empty() {
                ""
            } else {
                "TLS_AES_256_GCM_SHA384"
            }
            .into(),
            untrusted: (certificates.len() == 1).then_some(Untrusted::Expired),
            certificates,
        }),
        interim,
    })
}

fn any_response() -> impl Strategy<Value = Response> {
    let truncated = prop::option::of(prop_oneof![
        Just(Truncation::Length),
        Just(Truncation::Time),
        Just(Truncation::Disconnect),
        Just(Truncation::Unspecified),
    ]);
    let chunks = prop::option::of(prop::collection::vec(
        prop::collection::vec(any::<u8>(), 1..60),
        0..5,
    ));
    let body = prop::collection::vec(any::<u8>(), 0..300);
    (chunks, body, truncated, "[ -~]{0,30}").prop_map(|(chunks, body, truncated, text)| {
        let coding = if chunks.is_some() {
            "Transfer-Encoding: chunked\r\n"
        } else {
            ""
        };
        let head = format!("HTTP/1.1 200 OK\r\nX-Text: {text}\r\nx-text: 2\r\n{coding}\r\n");
        let (payload, framing) = match chunks {
            None => (body, Framing::Identity),
            Some(chunks) => {
                let mut pieces: Vec<Piece> = chunks
                    .iter()
                    .enumerate()
                    .map(|(at, chunk)| Piece {
                        framing: format!(
                            "{}{:X};x=y\r\n",
                            if at == 0 { "" } else { "\r\n" },
                            chunk.len()
                        )
                        .into_bytes(),
                        payload: chunk.len() as u64,
                    })
                    .collect();
                let line_end = if chunks.is_empty() { "" } else { "\r\n" };
                pieces.push(Piece {
                    framing: format!("{line_end}0\r\nTrailer: a\r\n\r\n").into_bytes(),
                    payload: 0,
                });
                (chunks.concat(), Framing::Chunked(pieces))
            }
        };
        Response {
            head: head.into_bytes(),
            payload,
            framing,
            truncated,
        }
    })
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let revisit = (any_instant(), any_uri(), any::<[u8; 32]>(), any::<bool>()).prop_map(
        |(refers_to_date, refers_to_uri, digest, unmodified)| {
            Outcome::Revisit(Revisit {
                profile: if unmodified {
                    RevisitProfile::ServerNotModified
                } else {
                    RevisitProfile::IdenticalPayloadDigest
                },
                head: b"HTTP/1.0 304 Not Modified\r\n\r\n".to_vec(),
                payload_digest: PayloadDigest::from_bytes(digest),
                refers_to_date,
                refers_to_uri,
            })
        },
    );
    let failure = (
        "\\PC{0,20}(\r\n)?\\PC{0,20}",
        prop::collection::vec(any::<u8>(), 0..40),
    )
        .prop_map(|(detail, received)| {
            Outcome::Failure(Failure {
                kind: FailureKind::TlsWrongHost,
                detail,
                received,
            })
        });
    prop_oneof![3 => any_response().prop_map(Outcome::Response), 1 => revisit, 1 => failure]
}

fn any_capture() -> impl Strategy<Value = Capture> {
    (
        any_uri(),
        any_instant(),
        0i64..5_000_000,
        prop::option::of(any_connection()),
        prop::collection::vec(any::<u8>(), 0..60),
        any_outcome(),
    )
        .prop_map(
            |(target_uri, date, took, connection, request, outcome)| Capture {
                target_uri,
                date,
                ended: date + chrono::TimeDelta::microseconds(took),
                connection,
                request,
                source: None,
                outcome,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_reads_back_as_it_was(
        all in prop::collection::vec(any_capture(), 0..14),
        gzip in any::<bool>(),
    ) {
        let compression = if gzip { Compression::Gzip } else { Compression::None };
        let bytes = written(&all, compression);
        prop_assert_eq!(captures(&bytes), all);
    }

    #[test]
    fn no_bytes_make_the_reader_fail(
        all in prop::collection::vec(any_capture(), 1..4),
        gzip in any::<bool>(),
        hurts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let compression = if gzip { Compression::Gzip } else { Compression::None };
        let mut bytes = written(&all, compression);
        for (at, byte) in hurts {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let read = read_captures(Reader::new("hurt.warc", bytes.as_slice())).count();
        prop_assert!(read <= bytes.len());
    }
}
