//! The index of the written captures. A long one is sorted on the disk, so that the memory it takes is bounded.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::cdxj::Line;

/// The most bytes of lines to sort in memory.
const IN_MEMORY: usize = 8 << 20;

/// The most sorted parts on the disk before they are merged.
const PARTS: usize = 64;

/// The lines of an index, in any order.
pub(super) struct Index {
    folder: PathBuf,
    most: usize,
    lines: Vec<String>,
    bytes: usize,
    parts: Vec<Part>,
    made: usize,
}

impl Index {
    /// An empty index, which stores in `folder` what it does not keep in memory.
    pub(super) fn new(folder: &Path) -> Self {
        Self::with_memory(folder, IN_MEMORY)
    }

    fn with_memory(folder: &Path, most: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            most,
            lines: Vec::new(),
            bytes: 0,
            parts: Vec::new(),
            made: 0,
        }
    }

    /// Adds a line; beyond [`IN_MEMORY`], sorts the lines and moves them to the disk.
    pub(super) fn add(&mut self, line: &Line) -> io::Result<()> {
        let line = format!("{line}\n");
        self.bytes += line.len() + size_of::<String>();
        self.lines.push(line);
        if self.bytes < self.most {
            return Ok(());
        }
        self.lines.sort_unstable();
        let lines = std::mem::take(&mut self.lines);
        self.bytes = 0;
        let part = self.part(|out| {
            lines
                .iter()
                .try_for_each(|line| out.write_all(line.as_bytes()))
        })?;
        self.parts.push(part);
        if self.parts.len() == PARTS {
            let parts = std::mem::take(&mut self.parts);
            let part = self.part(|out| merge(&parts, &[], out))?;
            self.parts.push(part);
        }
        Ok(())
    }

    /// Writes all lines, sorted by their bytes, as needed for binary search.
    pub(super) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        self.lines.sort_unstable();
        merge(&self.parts, &self.lines, out)
    }

    fn part(
        &mut self,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<Part> {
        let name = format!(".index-{}-{}.open", std::process::id(), self.made);
        self.made += 1;
        let part = Part(self.folder.join(name));
        let mut out = BufWriter::new(File::create(&part.0)?);
        write(&mut out)?;
        out.flush()?;
        Ok(part)
    }
}

/// A file of sorted lines, removed with this value.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // The file is in our own folder, under a name that readers ignore.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Merges sorted parts, and writes their lines in order.
fn merge(parts: &[Part], lines: &[String], out: &mut impl Write) -> io::Result<()> {
    let mut files = Vec::new();
    for part in parts {
        files.push(BufReader::new(File::open(&part.0)?));
    }
    let mut lines = lines.iter();
    let mut next = |from: usize| match files.get_mut(from) {
        Some(file) => {
            let mut line = String::new();
            Ok::<_, io::Error>((file.read_line(&mut line)? > 0).then_some(line))
        }
        None => Ok(lines.next().cloned()),
    };
    let mut least = BinaryHeap::new();
    for from in 0..=parts.len() {
        least.extend(next(from)?.map(|it| Reverse((it, from))));
    }
    while let Some(Reverse((line, from))) = least.pop() {
        out.write_all(line.as_bytes())?;
        least.extend(next(from)?.map(|it| Reverse((it, from))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cdxj::Content, clock::parse_digits14, digest::PayloadDigest};

    #[test]
    fn lines_are_sorted_by_bytes_whether_in_memory_or_not() {
        let line = |number: usize| Line {
            target_uri: format!(
                "https://example.org/{}?{}",
                number * 7_919 % 1_009,
                number % 3
            )
            .parse()
            .unwrap(),
            date: parse_digits14(&format!("20240101{:06}", number % 60)).unwrap(),
            content: Content::Response("text/html".into()),
            status: Some(200),
            payload_digest: PayloadDigest::of(b"hello"),
            filename: "a.warc.gz".into(),
            offset: number as u64,
            length: 345,
        };
        let folder = tempfile::tempdir().unwrap();
        let of = |count: usize, most: usize| {
            let mut index = Index::with_memory(folder.path(), most);
            for number in 0..count {
                index.add(&line(number)).unwrap();
            }
            let mut text = Vec::new();
            index.write(&mut text).unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
            String::from_utf8(text).unwrap()
        };
        assert_eq!(of(0, 1), "");
        let mut expected: Vec<String> = (0..700).map(|it| format!("{}\n", line(it))).collect();
        expected.sort_unstable();
        let expected = expected.concat();
        // All in memory; a part for every few lines; a part for each line, so that parts become one many times.
        for most in [IN_MEMORY, 3_000, 1] {
            assert!(of(700, most) == expected, "{most}");
        }
        let keys: Vec<&str> = expected.lines().take(2).collect();
        assert!(
            keys[0].starts_with("org,example)/0?0 20240101000000 {"),
            "{keys:?}"
        );
    }
}
