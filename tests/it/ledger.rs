//! The ledger from outside: what is altered is found, what is proved can be checked without this program.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::Connection;
use stillsays::{
    clock::parse_digits14,
    digest::PayloadDigest,
    reading::Reading,
    store::{Access, CaptureId, Removal, Store, StoreError, Trust},
};

use crate::project::Project;

/// The demo's archive, with its profile, and a review.
fn demo() -> (Project, PathBuf) {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    with_review(project)
}

/// The same without the copy of another archive: programs of old versions knew only captures of their own.
fn own_demo() -> (Project, PathBuf) {
    let project = Project::new();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/sample.warc.gz");
    project.profile(
        "trust-network",
        include_str!("../../config/profiles/trust-network.toml"),
    );
    asked(&project, &["import", sample], 0);
    asked(&project, &["recheck"], 0);
    with_review(project)
}

/// The archive of a project with the demo's pages, after a review.
fn with_review(project: Project) -> (Project, PathBuf) {
    project.profile(
        "trust-network",
        include_str!("../../config/profiles/trust-network.toml"),
    );
    let finding = a_finding(&project);
    asked(&project, &["review", &finding, "later", "--note", "hm"], 0);
    let path = project.path("snapshots/demo/stillsays.db");
    // What is read from a PDF file is kept, and the demo has none.
    let store = Store::open(&path, Access::ReadWrite).unwrap();
    let seed = store.seed_uris().unwrap().remove(0);
    let captures = store.captures_of(&seed).unwrap();
    let digest = captures.iter().find_map(|it| it.1.payload_digest).unwrap();
    let reading = Reading {
        text: "hello".into(),
        ..Reading::default()
    };
    store.put_reading(&digest, "key", &reading).unwrap();
    drop(store);
    (project, path)
}

fn asked(project: &Project, arguments: &[&str], code: i32) -> crate::project::Ended {
    let all: Vec<&str> = ["--store", "snapshots/demo/stillsays.db"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    project.expect(&all, code)
}

fn a_finding(project: &Project) -> String {
    let csv = asked(project, &["report", "--format", "csv"], 0).stdout;
    let line = csv.lines().find(|it| it.contains("Police2Peace")).unwrap();
    let id = line
        .split(',')
        .find(|it| it.len() == 12 && it.bytes().all(|it| it.is_ascii_hexdigit()));
    id.unwrap().to_owned()
}

/// What `verify` finds, as one text; an archive that cannot be opened counts as found.
fn found(path: &Path) -> String {
    let verified = Store::open(path, Access::ReadOnly)
        .and_then(|it| it.verify(&Trust::default(), &mut |_| {}));
    match verified {
        Ok(it) => it.problems.iter().fold(String::new(), |mut text, it| {
            writeln!(text, "{}: {}", it.place, it.detail).unwrap();
            text
        }),
        Err(error) => format!("cannot be read: {error}"),
    }
}

#[test]
fn everything_altered_deleted_or_moved_by_another_program_is_found() {
    let (project, store) = demo();
    assert_eq!(found(&store), "");
    let rows = [
        ("UPDATE capture SET date = date + 1 WHERE id = 3", "capture 3: it differs from its entry"),
        ("UPDATE capture SET ended = ended + 1 WHERE id = 3", "capture 3: it differs from its entry"),
        ("UPDATE capture SET head_length = head_length - 1 WHERE id = 3", "capture 3: "),
        ("UPDATE capture SET status = 404 WHERE id = 3", "capture 3: its status"),
        ("UPDATE capture SET payload = (SELECT payload FROM capture WHERE id = 2) WHERE id = 1", "capture 1: it differs from its entry"),
        ("DELETE FROM capture WHERE id = 3", "capture 3: it is in the ledger, but no longer in the archive"),
        ("INSERT INTO capture SELECT id + 100, visit, 7, uri, date, ended, outcome, status, connection, exchange, request_length,
             interim_length, head_length, payload, truncated, failure_kind, failure_detail, refers_to_date, refers_to_uri, asked, source
             FROM capture WHERE id = 3", "capture 103: it is not in the ledger"),
        ("UPDATE capture SET source = 1 WHERE id = 3", "capture 3: it differs from its entry"),
        ("UPDATE capture SET source = 1 WHERE id = 3", "or its seed is that of another visit"),
        ("UPDATE capture SET asked = 'POST' WHERE id = 1", "how it was asked for is not in its request"),
        ("UPDATE connection SET untrusted = 'expired'", "it differs from its entry"),
        ("UPDATE visit SET crawl = 1, seed = seed + 1 WHERE id = 4", "capture 4: it differs from its entry"),
        ("UPDATE visit SET date = date + 1 WHERE id = 4", "visit 4: its date"),
        ("UPDATE exchange SET bytes = (SELECT bytes FROM exchange WHERE id = 1) WHERE id = 2", "capture 2: "),
        ("UPDATE connection SET address = '192.0.2.77:443' WHERE id = 1", "capture 2: it differs from its entry"),
        ("UPDATE uri SET uri = uri || 'x' WHERE id = 1", "capture 1: it differs from its entry"),
        ("UPDATE uri SET surt = surt || 'x' WHERE id = 1", "its sort key is different"),
        ("UPDATE uri SET exchange_base = NULL WHERE id = 2", "address 2: its exchanges are stored against that of another address"),
        ("UPDATE finding_set SET crawl = NULL", "set of findings 1: it differs from its entry"),
        ("UPDATE finding_set SET digest = zeroblob(32)", "set of findings 1: a set of findings is not as it was stored"),
        ("UPDATE review SET decision = 'accept'", "review 1: it differs from its entry"),
        ("UPDATE review SET about = '{}'", "review 1: it differs from its entry"),
        ("UPDATE review SET note = NULL", "review 1: it differs from its entry"),
        ("DELETE FROM review", "review 1: it is in the ledger, but no longer in the archive"),
        ("UPDATE crawl SET command = 'run'", "crawl 1: it differs from its entry"),
        ("UPDATE crawl SET counts = '{}'", "end of crawl 1: it differs from its entry"),
        ("UPDATE crawl SET ended = NULL", "end of crawl 1: its end is incomplete"),
        ("DELETE FROM leaf WHERE number = (SELECT max(number) FROM leaf)", "but the ledger has only 23"),
        ("DELETE FROM leaf WHERE number = 5", "leaf 5 is missing"),
        ("UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE number = 4) WHERE number = 5", "leaves are not those that were signed"),
        ("UPDATE leaf SET row = row + 50 WHERE number = 5", "it is not in the ledger"),
        ("UPDATE leaf SET kind = 99 WHERE number = 5", "it is about an unknown kind of row"),
        ("UPDATE checkpoint SET note = replace(note, char(10) || size || char(10), char(10) || (size + 1) || char(10))", "is not valid"),
        ("UPDATE checkpoint SET peaks = zeroblob(length(peaks))", "its subtrees are not those of the ledger"),
        ("DELETE FROM checkpoint WHERE size = (SELECT min(size) FROM checkpoint)", "it is not the end of a checkpoint"),
        ("UPDATE seed SET visits = visits + 1 WHERE uri = 2", "seed 2: "),
        ("UPDATE seed SET outcome = 'failure' WHERE uri = 2", "seed 2: "),
        ("DELETE FROM seed WHERE uri = 2", "it was visited and is missing from the list of seeds"),
        ("UPDATE payload SET depth = depth + 1 WHERE id = 1", "payload 1: the chain that it is stored against is inconsistent"),
        ("UPDATE payload SET bytes = NULL, length = NULL, encoding = NULL, cost = 0, depth = 0, base = NULL
             WHERE id = (SELECT max(id) FROM payload)", "its bytes are gone, and no removal says why"),
        ("INSERT INTO removal (payload, at, reason) VALUES (1, 0, 'secretly')", "removal 1: it is not in the ledger"),
        ("UPDATE reading SET bytes = zeroblob(9) WHERE id = 1", "reading 1: it is not as it was kept"),
        ("INSERT INTO host (origin, state) VALUES ('https://a.example', '{}')", "host https://a.example: "),
        ("DROP INDEX capture_by_payload", "index capture_by_payload: it is missing"),
        ("ALTER TABLE host ADD COLUMN more TEXT", "table host: it is not as this version makes it"),
    ];
    let mut missed = Vec::new();
    for (number, (sql, expected)) in rows.iter().enumerate() {
        let copy = project.path(&format!("altered-{number}.db"));
        fs::copy(&store, &copy).unwrap();
        let file = Connection::open(&copy).unwrap();
        file.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        file.execute_batch(sql).unwrap();
        drop(file);
        let found = found(&copy);
        if !found.contains(expected) {
            missed.push(format!("{sql}\n{found}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    asked(&project, &["verify"], 0);
    fs::copy(project.path("altered-0.db"), &store).unwrap();
    let printed = asked(&project, &["verify"], 4);
    assert!(printed.stdout.contains("capture 3: "), "{}", printed.stdout);
    assert!(
        printed.stderr.contains("damaged in 2 places"),
        "{}",
        printed.stderr
    );
}

#[test]
fn a_rewritten_history_is_found_with_an_old_checkpoint() {
    let (project, store) = demo();
    asked(&project, &["checkpoint", "-o", "kept.txt"], 0);
    let key = fs::read_to_string(project.path("snapshots/demo/stillsays.pub")).unwrap();
    let whole = fs::read(&store).unwrap();
    let goes_on = asked(&project, &["verify", "--checkpoint", "kept.txt"], 0);
    assert!(
        goes_on.stdout.contains("continues kept.txt"),
        "{}",
        goes_on.stdout
    );

    // With the key, and the clock: all of it made again a day later.
    project.expect(&["demo", "--quiet"], 0);
    asked(&project, &["verify"], 0);
    let printed = asked(&project, &["verify", "--checkpoint", "kept.txt"], 4);
    assert!(
        printed.stdout.contains("kept.txt: it covers"),
        "{}",
        printed.stdout
    );

    // Without the key: another one signs, and the archive's own file no longer fits.
    fs::remove_file(project.path("snapshots/demo/stillsays.key")).unwrap();
    project.expect(&["demo", "--quiet"], 0);
    asked(&project, &["verify"], 0);
    let printed = asked(&project, &["verify", "--key", key.trim()], 4);
    assert!(printed.stdout.contains("signed by"), "{}", printed.stdout);

    // An archive of yesterday in the place of today's.
    fs::write(&store, &whole).unwrap();
    let printed = asked(
        &project,
        &["verify", "--key", key.trim(), "--checkpoint", "kept.txt"],
        0,
    );
    assert!(
        printed.stdout.contains("continues kept.txt"),
        "{}",
        printed.stdout
    );
    // It has checkpoints, and the key that made them is gone: nothing is lost, and it is told.
    fs::remove_file(project.path("snapshots/demo/stillsays.key")).unwrap();
    let printed = asked(&project, &["recheck"], 0);
    assert!(
        printed.stderr.contains("without a new checkpoint"),
        "{}",
        printed.stderr
    );
    asked(&project, &["verify", "--checkpoint", "no-such-file"], 2);
    asked(&project, &["verify", "--key", "nonsense"], 2);
}

#[test]
fn init_makes_what_is_missing_and_nothing_twice() {
    let project = Project::new();
    fs::remove_dir_all(project.path("config")).unwrap();
    let made = project.expect(&["init"], 0);
    for file in [
        "config/stillsays.toml",
        "snapshots/stillsays.db",
        "snapshots/stillsays.key",
    ] {
        assert!(made.stdout.contains(file), "{file}: {}", made.stdout);
        assert!(project.path(file).exists(), "{file}");
    }
    let secret = project.path("snapshots/stillsays.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let rights = fs::metadata(&secret).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
    }
    let before = fs::read_to_string(&secret).unwrap();
    let again = project.expect(&["init"], 0);
    assert!(
        again.stdout.contains("nothing to do: everything exists"),
        "{}",
        again.stdout
    );
    assert_eq!(fs::read_to_string(&secret).unwrap(), before);
    project.expect(&["init", "--new-key"], 0);
    assert_ne!(fs::read_to_string(&secret).unwrap(), before);
    assert_eq!(
        fs::read_to_string(project.path("snapshots/stillsays.key.old")).unwrap(),
        before
    );
    project.expect(&["checkpoint"], 2);
    fs::write(&secret, "no key").unwrap();
    let printed = project.expect(&["init"], 2);
    assert!(
        printed.stderr.contains("is not a key of the form"),
        "{}",
        printed.stderr
    );
}

/// Python as it comes, without any package.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn has_python(test: &str) -> bool {
    let known = Command::new("python3").arg("--version").output();
    let has = known.is_ok_and(|it| it.status.success());
    if !has {
        println!("skipped: {test} (there is no python3 here)");
    }
    has
}

/// What the checker says, and whether it is content.
fn checked(project: &Project, arguments: &[&str]) -> (bool, String) {
    let out = Command::new("python3")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/checker/check.py"
        ))
        .arg("snapshots/demo/stillsays.pub")
        .args(arguments)
        .current_dir(project.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    (out.status.success(), said.into_owned())
}

#[test]
fn proofs_hold_for_a_checker_that_uses_nothing_of_this_program() {
    let checker = include_str!("../checker/check.py");
    assert!(checker.lines().count() <= 150);
    if !has_python("proofs_hold_for_a_checker_that_uses_nothing_of_this_program") {
        return;
    }
    let (project, store) = demo();
    let finding = a_finding(&project);
    asked(&project, &["checkpoint", "-o", "old.txt"], 0);
    asked(&project, &["review", &finding, "accept"], 0);
    asked(&project, &["checkpoint", "-o", "new.txt"], 0);
    asked(&project, &["prove", "3", "-o", "capture.tlog-proof"], 0);
    asked(
        &project,
        &["prove", &finding, "-o", "finding.tlog-proof"],
        0,
    );
    asked(
        &project,
        &[
            "prove",
            "--between",
            "old.txt",
            "new.txt",
            "-o",
            "between.txt",
        ],
        0,
    );
    asked(&project, &["evidence", &finding, "-o", "packet.wacz"], 0);
    let store = store.display().to_string();
    let holds = |arguments: &[&str]| {
        let (content, said) = checked(&project, arguments);
        assert!(content && said.contains("holds"), "{arguments:?}: {said}");
        said
    };
    holds(&["note", "new.txt"]);
    assert!(holds(&["inclusion", "capture.tlog-proof"]).contains(r#""id": 3"#));
    assert!(holds(&["inclusion", "finding.tlog-proof"]).contains("trust-network"));
    holds(&["consistency", "old.txt", "between.txt"]);
    holds(&["ledger", &store, "old.txt"]);
    assert!(holds(&["packet", "packet.wacz"]).matches("holds:").count() >= 2);

    let altered = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(project.path(name)).unwrap();
        assert!(text.contains(from), "{from} in {text}");
        fs::write(project.path("altered"), text.replacen(from, to, 1)).unwrap();
    };
    let fails = |arguments: &[&str]| {
        let (content, said) = checked(&project, arguments);
        assert!(
            !content && said.contains("does not hold"),
            "{arguments:?}: {said}"
        );
    };
    altered("capture.tlog-proof", "index 5", "index 4");
    fails(&["inclusion", "altered"]);
    altered("between.txt", "old ", "old 1");
    fails(&["consistency", "old.txt", "altered"]);
    fails(&["consistency", "new.txt", "between.txt"]);
    let size = fs::read_to_string(project.path("new.txt")).unwrap();
    let size = size.lines().nth(1).unwrap().to_owned();
    altered("new.txt", &format!("\n{size}\n"), "\n7\n");
    fails(&["note", "altered"]);
    let file = Connection::open(&store).unwrap();
    file.execute_batch(
        "UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE number = 4) WHERE number = 5",
    )
    .unwrap();
    fails(&["ledger", &store]);
}

#[test]
fn what_no_checkpoint_covers_is_not_proved_and_another_ledger_does_not_go_on() {
    let (project, _) = demo();
    let printed = asked(&project, &["prove", "999"], 2);
    assert!(
        printed.stderr.contains("has no capture 999"),
        "{}",
        printed.stderr
    );
    asked(&project, &["prove"], 2);
    asked(&project, &["checkpoint", "-o", "old.txt"], 0);
    let printed = asked(&project, &["prove", "--between", "999", "1000"], 2);
    assert!(
        printed.stderr.contains("checkpoint of 1000 leaves"),
        "{}",
        printed.stderr
    );
    project.expect(&["demo", "--quiet"], 0);
    let finding = a_finding(&project);
    for decision in ["later", "undo"] {
        asked(&project, &["review", &finding, decision], 0);
    }
    asked(&project, &["checkpoint", "-o", "new.txt"], 0);
    let printed = asked(&project, &["prove", "--between", "old.txt", "new.txt"], 4);
    assert!(
        printed.stderr.contains("does not continue"),
        "{}",
        printed.stderr
    );
}

/// Everything that the tables hold; where that cannot be read, why. What is compressed counts by what it unpacks to: some bits
/// of a compressed frame say nothing.
fn dump(path: &Path) -> String {
    const PACKED: [&str; 4] = ["payload", "exchange", "certificates", "finding_set"];
    const TABLES: [&str; 17] = [
        "crawl",
        "head",
        "uri",
        "payload",
        "exchange",
        "certificates",
        "connection",
        "visit",
        "capture",
        "seed",
        "host",
        "reading",
        "finding_set",
        "review",
        "leaf",
        "checkpoint",
        "removal",
    ];
    let read = || -> rusqlite::Result<String> {
        let file = Connection::open(path)?;
        let mut text = String::new();
        for pragma in ["application_id", "user_version", "integrity_check"] {
            file.pragma_query(None, pragma, |row| {
                writeln!(text, "{:?}", row.get_ref(0)?).unwrap();
                Ok(())
            })?;
        }
        // A name of a column that is no text any more makes rusqlite panic when it is asked for.
        let schema: Vec<Vec<u8>> = file
            .prepare("SELECT CAST(sql AS BLOB) FROM sqlite_schema WHERE sql IS NOT NULL")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        if schema.iter().any(|it| std::str::from_utf8(it).is_err()) {
            return Ok("the schema is not text".to_owned());
        }
        for table in TABLES {
            let mut statement = file.prepare(&format!("SELECT * FROM {table} ORDER BY 1"))?;
            let columns = statement.column_count();
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    let is_packed =
                        PACKED.contains(&table) && row.as_ref().column_name(column)? == "bytes";
                    if !is_packed {
                        write!(text, "{:?} ", row.get_ref(column)?).unwrap();
                    }
                }
                text.push('\n');
            }
        }
        let captures: Vec<i64> = file
            .prepare("SELECT id FROM capture ORDER BY id")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let profiles: Vec<String> = file
            .prepare("SELECT DISTINCT profile FROM finding_set")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        match Store::open(path, Access::ReadOnly) {
            Err(error) => writeln!(text, "{error}").unwrap(),
            Ok(store) => {
                for id in captures {
                    writeln!(text, "{:?}", store.capture(CaptureId(id))).unwrap();
                }
                for profile in profiles {
                    writeln!(text, "{:?}", store.findings(&profile)).unwrap();
                }
            }
        }
        Ok(text)
    };
    read().unwrap_or_else(|it| format!("cannot be read: {it}"))
}

#[test]
fn every_bit_that_is_flipped_and_means_something_is_found() {
    let (project, store) = demo();
    let whole = fs::read(&store).unwrap();
    let before = dump(&store);
    let copy = project.path("flipped.db");
    // Most of so small a store is room that nothing stands in yet; what is there is what counts.
    let places: Vec<usize> = (0..whole.len()).filter(|it| whole[*it] != 0).collect();
    let seed = std::env::var("STILLSAYS_SEED").ok();
    let mut state: u64 = seed.and_then(|it| it.parse().ok()).unwrap_or(20_261_123);
    println!("the seed of the places is {state}");
    let mut meant = 0;
    for _ in 0..200 {
        // Knuth's linear congruential generator: the same places for the same seed and store.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = places[usize::try_from(state >> 20).unwrap() % places.len()];
        let bit = (state >> 17) & 7;
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << bit;
        fs::write(&copy, bytes).unwrap();
        let after = dump(&copy);
        if after != before {
            meant += 1;
            let differs = before.lines().zip(after.lines()).find(|(a, b)| a != b);
            assert_ne!(
                found(&copy),
                "",
                "bit {bit} of byte {place} was flipped: {differs:#?}"
            );
        }
    }
    assert!(
        meant > 80,
        "only {meant} of 200 flips changed what the tables hold"
    );
}

/// Writes what the store at `from` holds as a program of the first version would have.
pub(crate) fn write_first_version(from: &Path, to: &Path) {
    write_version(from, to, 1);
}

/// Writes what the store at `from` holds as a program of that version would have.
pub(crate) fn write_version(from: &Path, to: &Path, version: usize) {
    const SCHEMAS: [&str; 5] = [
        include_str!("../../src/store/schema/1.sql"),
        include_str!("../../src/store/schema/2.sql"),
        include_str!("../../src/store/schema/3.sql"),
        include_str!("../../src/store/schema/4.sql"),
        include_str!("../../src/store/schema/5.sql"),
    ];
    let file = Connection::open(to).unwrap();
    file.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for schema in &SCHEMAS[..version] {
        file.execute_batch(schema).unwrap();
    }
    file.execute("ATTACH ?1 AS new", [from.display().to_string()])
        .unwrap();
    let tables: Vec<String> = file
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map((), |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for table in &tables {
        let columns: String = file
            .query_row(
                "SELECT group_concat(name) FROM pragma_table_info(?1, 'main')
                 WHERE name IN (SELECT name FROM pragma_table_info(?1, 'new'))",
                [table],
                |row| row.get(0),
            )
            .unwrap();
        file.execute_batch(&format!(
            "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}"
        ))
        .unwrap();
    }
    file.execute_batch(&format!(
        "DETACH new; PRAGMA application_id = 0x73746c73; PRAGMA user_version = {version};"
    ))
    .unwrap();
    drop(file);
}

#[test]
fn a_store_of_the_first_version_is_brought_along_with_all_it_holds() {
    let (project, store) = own_demo();
    let old = project.path("snapshots/old.db");
    write_first_version(&store, &old);
    let error = Store::open(&old, Access::ReadOnly).unwrap_err();
    assert!(
        matches!(error, StoreError::Older { found: 1, .. }),
        "{error}"
    );
    project.expect(&["--store", "snapshots/old.db", "recheck"], 0);
    let printed = project.expect(&["--store", "snapshots/old.db", "verify"], 0);
    assert!(
        printed.stdout.contains("the latest checkpoint covers"),
        "{}",
        printed.stdout
    );
    assert!(project.path("snapshots/old.db.v1").exists());
    project.expect(&["--store", "snapshots/old.db", "prove", "3"], 0);
    for (table, by) in [("capture", "id"), ("payload", "id"), ("review", "id")] {
        let count = |path: &Path| -> i64 {
            let file = Connection::open(path).unwrap();
            file.query_row(&format!("SELECT count({by}) FROM {table}"), (), |row| {
                row.get(0)
            })
            .unwrap()
        };
        assert_eq!(count(&old), count(&store), "{table}");
    }
}

#[test]
fn a_store_of_the_second_version_keeps_its_ledger_and_what_was_removed() {
    let (project, path) = own_demo();
    let removal = |digest| Removal {
        payload: digest,
        reason: "thinned".into(),
    };
    let at = parse_digits14("2026").unwrap();
    let digests: Vec<PayloadDigest> = {
        let store = Store::open(&path, Access::ReadWrite).unwrap();
        let mut digests: Vec<PayloadDigest> = Vec::new();
        for seed in store.seed_uris().unwrap() {
            let captures = store.captures_of(&seed).unwrap();
            digests.extend(captures.iter().filter_map(|it| it.1.payload_digest));
        }
        digests.dedup();
        store
            .remove_payloads(vec![removal(digests[0])], at, None)
            .unwrap();
        digests
    };
    asked(&project, &["recheck"], 0);
    let old = project.path("snapshots/old.db");
    write_version(&path, &old, 2);
    let error = Store::open(&old, Access::ReadOnly).unwrap_err();
    assert!(
        matches!(error, StoreError::Older { found: 2, .. }),
        "{error}"
    );
    let store = Store::open(&old, Access::ReadWrite).unwrap();
    assert!(project.path("snapshots/old.db.v2").exists());
    let problems = || {
        let verified = store.verify(&Trust::default(), &mut |_| {});
        verified.unwrap().problems
    };
    assert_eq!(problems(), []);
    store
        .remove_payloads(vec![removal(digests[1])], at, Some("ada"))
        .unwrap();
    let by = |digest| store.removal(digest).unwrap().unwrap().by;
    assert_eq!(
        digests.iter().take(2).map(by).collect::<Vec<_>>(),
        [None, Some("ada".into())]
    );
    assert_eq!(problems(), []);
    // Whose act it was cannot be altered behind the ledger's back.
    let file = Connection::open(&old).unwrap();
    file.execute(
        "UPDATE removal SET author = 'bob' WHERE author IS NOT NULL",
        (),
    )
    .unwrap();
    assert_ne!(problems(), []);
}

/// A time-stamp authority made of `openssl ts`, listening on a port of its own.
struct Authority {
    address: std::net::SocketAddr,
}

impl Authority {
    /// Makes a certificate authority and a time-stamp authority in `folder`, and answers requests until the test ends.
    fn start(folder: PathBuf) -> Self {
        let openssl = |arguments: &[&str]| {
            let out = Command::new("openssl")
                .args(arguments)
                .current_dir(&folder)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            assert!(out.status.success(), "{arguments:?}: {said}");
        };
        fs::write(
            folder.join("tsa.cnf"),
            "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ndefault_policy = 1.2.3.4.1\ndigests = sha256\nsigner_digest = sha256\n\
             accuracy = secs:1\ness_cert_id_alg = sha256\n[ca]\nbasicConstraints = critical,CA:TRUE\n\
             [signer]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = critical,timeStamping\n",
        )
        .unwrap();
        fs::write(folder.join("serial"), "01\n").unwrap();
        for name in ["root", "other"] {
            let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
            openssl(&[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=Test Root",
                "-keyout",
                &key,
                "-out",
                &pem,
                "-config",
                "tsa.cnf",
                "-extensions",
                "ca",
                "-section",
                "none",
            ]);
        }
        openssl(&[
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=Test TSA",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.csr",
            "-config",
            "tsa.cnf",
            "-section",
            "none",
        ]);
        openssl(&[
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-days",
            "30",
            "-out",
            "tsa.pem",
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "signer",
            "-CAcreateserial",
        ]);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &folder);
            }
        });
        Self { address }
    }
}

/// Answers one request for a time-stamp.
fn answer(mut stream: std::net::TcpStream, folder: &Path) {
    use std::io::{Read as _, Write as _};
    let mut request = Vec::new();
    let (mut begins, mut length) = (usize::MAX, 0);
    let mut piece = [0; 4096];
    while request.len() < begins.saturating_add(length) {
        let read = stream.read(&mut piece).unwrap();
        request.extend_from_slice(&piece[..read]);
        if let Some(at) = request.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..at]).to_lowercase();
            assert!(
                head.contains("content-type: application/timestamp-query"),
                "{head}"
            );
            length = head
                .split("content-length: ")
                .nth(1)
                .unwrap()
                .lines()
                .next()
                .unwrap()
                .parse()
                .unwrap();
            begins = at + 4;
        }
        if read == 0 {
            return;
        }
    }
    fs::write(folder.join("query.tsq"), &request[begins..]).unwrap();
    let out = Command::new("openssl")
        .args([
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-section",
            "one",
            "-queryfile",
            "query.tsq",
            "-signer",
            "tsa.pem",
            "-inkey",
            "tsa.key",
            "-chain",
            "root.pem",
            "-out",
            "reply.tsr",
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let reply = fs::read(folder.join("reply.tsr")).unwrap();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", reply.len()).unwrap();
    stream.write_all(&reply).unwrap();
}

#[test]
fn a_checkpoint_is_time_stamped_by_an_authority_and_checked_without_it() {
    let known = Command::new("openssl").arg("version").output();
    if !known.is_ok_and(|it| it.status.success()) {
        println!(
            "skipped: a_checkpoint_is_time_stamped_by_an_authority_and_checked_without_it (there is no openssl here)"
        );
        return;
    }
    let (project, store) = demo();
    let authority = Authority::start(project.path(""));
    let url = format!("ledger.timestamp_url=http://{}/", authority.address);
    let finding = a_finding(&project);
    asked(&project, &["review", &finding, "accept", "--set", &url], 0);
    let printed = asked(&project, &["verify"], 0).stdout;
    assert!(
        printed.contains("an authority (not checked against trusted certificates"),
        "{printed}"
    );
    let roots = |file: &str| format!("ledger.timestamp_roots={file}");
    let printed = asked(&project, &["verify", "--set", &roots("root.pem")], 0).stdout;
    assert!(printed.contains("an authority (trusted)"), "{printed}");
    let printed = asked(&project, &["verify", "--set", &roots("other.pem")], 4).stdout;
    assert!(
        printed.contains("do not lead to a trusted one"),
        "{printed}"
    );
    asked(&project, &["verify", "--set", &roots("tsa.cnf")], 2);

    // The token is what others expect, too.
    asked(
        &project,
        &["checkpoint", "-o", "note.txt", "--token", "token.der"],
        0,
    );
    let out = Command::new("openssl")
        .args([
            "ts",
            "-verify",
            "-data",
            "note.txt",
            "-in",
            "token.der",
            "-token_in",
            "-CAfile",
            "root.pem",
        ])
        .current_dir(project.path(""))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );

    // Nothing of it can be altered: not the token, not what it is about.
    let token = fs::read(project.path("token.der")).unwrap();
    let note = fs::read_to_string(project.path("note.txt")).unwrap();
    let read = |token: &[u8], note: &str| stillsays::ledger::Stamp::read(token, note, &[]);
    read(&token, &note).unwrap();
    read(&token, &note.replace('\n', "\n\n")).unwrap_err();
    for cut in 0..token.len() {
        read(&token[..cut], &note).unwrap_err();
    }
    let genuine = read(&token, &note).unwrap();
    for place in (0..token.len()).step_by(5) {
        let mut altered = token.clone();
        altered[place] ^= 4;
        // What is not signed may be altered (the certificates of others); what the token says may not.
        if let Ok(it) = read(&altered, &note) {
            assert_eq!(
                (it.at, it.certificate),
                (genuine.at, genuine.certificate),
                "byte {place}"
            );
        }
    }
    let file = Connection::open(&store).unwrap();
    file.execute(
        "UPDATE checkpoint SET token = (SELECT token FROM checkpoint WHERE token IS NOT NULL)",
        (),
    )
    .unwrap();
    drop(file);
    assert!(found(&store).contains("is not about this checkpoint"));

    // An authority that is not there holds nobody up.
    let printed = asked(
        &project,
        &[
            "review",
            &finding,
            "undo",
            "--set",
            "ledger.timestamp_url=http://127.0.0.1:9/",
        ],
        0,
    );
    assert!(
        printed.stderr.contains("no time-stamp from"),
        "{}",
        printed.stderr
    );
}
