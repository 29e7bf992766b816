//! Saved versions of real pages, where they are there: how small they are kept against gzip.

use std::{collections::BTreeMap, fs, path::Path};

use flate2::{Compression, write::GzEncoder};
use stillsays::{clock::parse_digits14, uri::TargetUri};

use crate::{Failure, keep, mb, new_store, pages, print};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/corpus/partner-pages"
);

pub(crate) async fn measure() -> Result<(), Failure> {
    let sites = Path::new(FOLDER);
    if !sites.is_dir() {
        return Ok(print("\nskipped: saved pages (no folder of them)")?);
    }
    let folder = tempfile::tempdir()?;
    let (store, crawl) = new_store(folder.path())?;
    let (mut files, mut plain, mut gzip) = (0, 0, 0);
    let mut names: Vec<_> = fs::read_dir(sites)?.collect::<Result<_, _>>()?;
    names.sort_by_key(fs::DirEntry::file_name);
    for site in names {
        // Versions by date: their names begin with it.
        let mut versions = BTreeMap::new();
        for file in fs::read_dir(site.path())? {
            let path = file?.path();
            if path.extension().is_some_and(|it| it == "html") {
                versions.insert(path.file_name().map(ToOwned::to_owned), fs::read(&path)?);
            }
        }
        let seed: TargetUri =
            format!("https://{}.example/", site.file_name().to_string_lossy()).parse()?;
        let mut last = None;
        for (day, body) in (0..).zip(versions.into_values()) {
            files += 1;
            plain += body.len() as u64;
            let mut alone = GzEncoder::new(Vec::new(), Compression::new(6));
            std::io::Write::write_all(&mut alone, &body)?;
            gzip += alone.finish()?.len() as u64;
            let date =
                parse_digits14("20240101").unwrap_or_default() + chrono::TimeDelta::days(day);
            let visit = pages::visit(&seed, date, body, (1, 1), &mut last);
            keep(&store, crawl, [visit]).await?;
        }
    }
    let kept = store.size()?.kept_bytes;
    print(&format!(
        "\n{files} saved versions of real pages, {:.2} MB; gzip -6, each alone: {gzip} bytes; kept as {kept}: {:.3} of it",
        mb(plain),
        kept as f64 / gzip as f64
    ))?;
    Ok(())
}
