//! The same work done by other programs: extraction by trafilatura, compression by FastWARC, where `STILLSAYS_PYTHON` has them.

use std::{ffi::OsString, fs, path::Path, process::Command};

use crate::{Failure, print, site::Site};

/// Extracts the text of every file in a folder, and prints its CPU seconds.
const TRAFILATURA: &str = r"
import pathlib, sys, time
import trafilatura
pages = [it.read_text() for it in sorted(pathlib.Path(sys.argv[1]).iterdir())]
trafilatura.extract(pages[0])
before = time.process_time()
for page in pages:
    trafilatura.extract(page)
print(f'{time.process_time() - before:.2f} s (trafilatura {trafilatura.__version__})')
";

/// Compresses the records of WARC files in memory, one member each, and prints megabytes per second of records.
const FASTWARC: &str = r#"
import io, pathlib, sys, time
from importlib.metadata import version
from fastwarc import ArchiveIterator, GzipWriter
records, length = [], 0
for name in sorted(pathlib.Path(sys.argv[1]).rglob('*.warc.gz')):
    for record in ArchiveIterator(str(name), parse_http=False):
        record.freeze()
        length += record.content_length
        records.append(record)
before = time.perf_counter()
out = io.BytesIO()
for record in records:
    member = GzipWriter(out)
    record.write(member)
    member.finish()
print(f'{length / 1e6 / (time.perf_counter() - before):.0f} MB/s (FastWARC {version("FastWARC")})')
"#;

/// What a script of Python prints about a folder; `None` where there is no Python with what it needs.
fn printed(script: &str, folder: &Path) -> Result<Option<String>, Failure> {
    let python: Option<OsString> = std::env::var_os("STILLSAYS_PYTHON");
    let Some(python) = python else {
        return Ok(None);
    };
    let out = Command::new(python)
        .args(["-c", script])
        .arg(folder)
        .output()?;
    let printed = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    Ok((out.status.success() && !printed.is_empty()).then_some(printed))
}

/// Prints what trafilatura takes for the text of the first `pages` pages of a site.
pub(crate) fn extraction(site: &Site, pages: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    for number in 0..pages {
        let name = folder.path().join(format!("{number:05}.html"));
        fs::write(name, site.page(number).html(0))?;
    }
    let printed = printed(TRAFILATURA, folder.path())?;
    let printed = printed.unwrap_or_else(|| "trafilatura is not here".to_owned());
    print(&format!(
        "{:62}{printed}",
        format!("{pages} pages of 73 KB: their text")
    ))
}

/// Prints how fast FastWARC compresses the records of the WARC files in a folder.
pub(crate) fn compression(folder: &Path) -> Result<(), Failure> {
    let printed = printed(FASTWARC, folder)?;
    let printed = printed.unwrap_or_else(|| "FastWARC is not here".to_owned());
    print(&format!("{:62}{printed}", "the same records, one core"))
}
