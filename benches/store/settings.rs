//! What the archive's settings were chosen by: page sizes with the archive itself, journals and group sizes with SQLite alone.

use std::{path::Path, time::Instant as Stopwatch};

use rusqlite::Connection;

use crate::{
    Failure, fill, mb, new_store,
    pages::{Kind, Page},
    print,
};

pub(crate) async fn measure(pages: u32, versions: u32) -> Result<(), Failure> {
    let visits = u64::from(pages) * u64::from(versions);
    print(&format!(
        "{visits} visits of {pages} pages of sites\npage size   bytes a visit   visits/s   a payload read (mean)   verified"
    ))?;
    for size in [1_024, 2_048, 4_096, 8_192, 16_384, 32_768] {
        let folder = tempfile::tempdir()?;
        prepare(&folder.path().join("bench.db"), size)?;
        let (store, crawl) = new_store(folder.path())?;
        let filled = fill(&store, crawl, Kind::Sites, (pages, versions), |_| Ok(())).await?;
        let watch = Stopwatch::now();
        for digest in &filled.digests {
            store.payload(digest)?;
        }
        let reading = watch.elapsed().as_secs_f64() / filled.digests.len() as f64;
        let watch = Stopwatch::now();
        store.verify_payloads()?;
        let verifying = watch.elapsed().as_secs_f64();
        let stored = store.size()?;
        print(&format!(
            "{size:>9}   {:>13}   {:>8.0}   {:>18.3} ms   {:.0} MB/s",
            stored.file_bytes / visits,
            visits as f64 / filled.time.as_secs_f64(),
            reading * 1e3,
            mb(stored.plain_bytes) / verifying
        ))?;
    }
    journals()
}

/// Makes an empty file of that page size, which a new archive then keeps to.
fn prepare(path: &Path, size: u32) -> Result<(), Failure> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", size)?;
    connection.execute_batch("CREATE TABLE it (it); DROP TABLE it;")?;
    Ok(())
}

/// 2,000 rows of 13 KB, as a page of 70 KB comes to, in groups; every commit durable.
fn journals() -> Result<(), Failure> {
    print(
        "\nSQLite alone, page size 4,096, synchronous=FULL, 2,000 rows of 13 KB\njournal   rows a commit   checkpoint every   rows/s",
    )?;
    let row: Vec<u8> = Page::new(Kind::Words, 1).html().split_off(57_000);
    for (journal, group, checkpoint) in [
        ("DELETE", 1, 0),
        ("WAL", 1, 1_000),
        ("DELETE", 64, 0),
        ("WAL", 64, 250),
        ("WAL", 64, 1_000),
        ("WAL", 64, 4_000),
        ("WAL", 256, 1_000),
    ] {
        let folder = tempfile::tempdir()?;
        let connection = Connection::open(folder.path().join("rows.db"))?;
        connection.pragma_update(None, "page_size", 4_096)?;
        connection.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update_and_check(None, "wal_autocheckpoint", checkpoint, |_| Ok(()))?;
        connection.execute_batch("CREATE TABLE it (id INTEGER PRIMARY KEY, bytes BLOB)")?;
        let watch = Stopwatch::now();
        for _ in 0..2_000 / group {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            for _ in 0..group {
                connection
                    .prepare_cached("INSERT INTO it (bytes) VALUES (?1)")?
                    .execute([&row])?;
            }
            connection.execute_batch("COMMIT")?;
        }
        let time = watch.elapsed().as_secs_f64();
        print(&format!(
            "{journal:<7}   {group:>13}   {:>16}   {:>6.0}",
            if checkpoint > 0 {
                format!("{checkpoint} pages")
            } else {
                String::from("-")
            },
            f64::from(2_000 / group * group) / time
        ))?;
    }
    Ok(())
}
