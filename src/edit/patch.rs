//! Edits of a source as a unified diff that `git apply` and `patch -p1` accept.
//!
//! The bytes around an edit stay as they are, whatever the charset and the line ends.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// The lines of context around a change.
const CONTEXT: usize = 3;

/// Bytes of a source to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// The bytes in the source.
    pub(crate) range: Range<usize>,
    /// The new bytes, in the charset of the source.
    pub(crate) with: Vec<u8>,
}

/// The source after the replacements, and the indices of those that were left out because they overlap an earlier one or
/// are outside the source.
#[must_use]
pub(crate) fn replaced(source: &[u8], replacements: &[Replacement]) -> (Vec<u8>, Vec<usize>) {
    let mut order: Vec<usize> = (0..replacements.len()).collect();
    order.sort_by_key(|it| {
        replacements
            .get(*it)
            .map(|it| (it.range.start, it.range.end))
    });
    let (mut out, mut left_out, mut at) = (Vec::with_capacity(source.len()), Vec::new(), 0);
    for place in order {
        let Some(replacement) = replacements.get(place) else {
            continue;
        };
        match source.get(at..replacement.range.start) {
            Some(before)
                if replacement.range.end <= source.len()
                    && replacement.range.start <= replacement.range.end =>
            {
                out.extend_from_slice(before);
                out.extend_from_slice(&replacement.with);
                at = replacement.range.end;
            }
            _ => left_out.push(place),
        }
    }
    out.extend_from_slice(source.get(at..).unwrap_or_default());
    left_out.sort_unstable();
    (out, left_out)
}

/// The difference between two versions of a file as a unified diff with three lines of context; empty if they are equal.
///
/// `file` is its path, with `/` between its parts, below the folder in which the diff is applied.
#[must_use]
pub fn unified(file: &str, before: &[u8], after: &[u8]) -> Vec<u8> {
    let (old, new) = (lines(before), lines(after));
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let changes: Vec<Change> = diff
        .hunks()
        .map(|hunk| Change {
            old: hunk.before.start as usize..hunk.before.end as usize,
            new: hunk.after.start as usize..hunk.after.end as usize,
        })
        .collect();
    if changes.is_empty() {
        return Vec::new();
    }
    // A tab ends a name that contains a space (GNU diff, git).
    let tab = if file.contains(' ') { "\t" } else { "" };
    let mut out = format!("--- a/{file}{tab}\n+++ b/{file}{tab}\n").into_bytes();
    for hunk in hunks(&changes) {
        write_hunk(&mut out, hunk, &old, &new);
    }
    out
}

/// Lines to replace.
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Groups the changes: those with overlapping contexts share a hunk.
fn hunks(changes: &[Change]) -> Vec<&[Change]> {
    let near = |one: &Change, next: &Change| next.old.start - one.old.end <= 2 * CONTEXT;
    changes.chunk_by(near).collect()
}

fn write_hunk(out: &mut Vec<u8>, changes: &[Change], old: &[&[u8]], new: &[&[u8]]) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
        return;
    };
    let above = first.old.start.min(CONTEXT);
    let below = (old.len() - last.old.end).min(CONTEXT);
    let (old_start, new_start) = (first.old.start - above, first.new.start - above);
    let (old_count, new_count) = (
        last.old.end + below - old_start,
        last.new.end + below - new_start,
    );
    // A side without lines has the number of the line before it.
    let number = |start: usize, count: usize| if count == 0 { start } else { start + 1 };
    let head = format!(
        "@@ -{},{old_count} +{},{new_count} @@\n",
        number(old_start, old_count),
        number(new_start, new_count)
    );
    out.extend_from_slice(head.as_bytes());
    let mut at = old_start;
    for change in changes {
        write_lines(out, b' ', old.get(at..change.old.start));
        write_lines(out, b'-', old.get(change.old.clone()));
        write_lines(out, b'+', new.get(change.new.clone()));
        at = change.old.end;
    }
    write_lines(out, b' ', old.get(at..last.old.end + below));
}

fn write_lines(out: &mut Vec<u8>, sign: u8, lines: Option<&[&[u8]]>) {
    for line in lines.unwrap_or_default() {
        out.push(sign);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

/// The lines, each with its line end.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(source: &str, from: &str, with: &str) -> Replacement {
        let at = source.find(from).unwrap();
        Replacement {
            range: at..at + from.len(),
            with: with.into(),
        }
    }

    #[test]
    fn a_changed_line_has_three_lines_around_it() {
        let source = "1\n2\n3\n4\n5 old\n6\n7\n8\n9\n";
        let (after, left_out) = replaced(source.as_bytes(), &[replace(source, "old", "new")]);
        assert_eq!(left_out, Vec::<usize>::new());
        let diff = unified("articles/a.txt", source.as_bytes(), &after);
        assert_eq!(
            String::from_utf8(diff).unwrap(),
            "--- a/articles/a.txt\n+++ b/articles/a.txt\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5 old\n+5 new\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn line_ends_charset_and_a_missing_last_line_end_stay() {
        let source = b"caf\xe9 old\r\nlast";
        let replacement = Replacement {
            range: 5..8,
            with: b"new".to_vec(),
        };
        let (after, _) = replaced(source, &[replacement]);
        assert_eq!(after, b"caf\xe9 new\r\nlast");
        assert_eq!(
            unified("a b.txt", source, &after),
            b"--- a/a b.txt\t\n+++ b/a b.txt\t\n@@ -1,2 +1,2 @@\n-caf\xe9 old\r\n+caf\xe9 new\r\n last\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn edits_that_overlap_are_left_out_and_reported() {
        let source = "Ash, Birch and Cedar";
        let edits = [
            replace(source, "Birch and", "Elm or"),
            replace(source, "Ash, Birch", "Ash"),
            replace(source, "Cedar", "Dogwood"),
        ];
        let (after, left_out) = replaced(source.as_bytes(), &edits);
        assert_eq!(String::from_utf8(after).unwrap(), "Ash and Dogwood");
        assert_eq!(left_out, [0]);
        let outside = Replacement {
            range: 90..99,
            with: Vec::new(),
        };
        assert_eq!(replaced(source.as_bytes(), &[outside]).1, [0]);
    }

    #[test]
    fn equal_files_have_no_diff() {
        assert_eq!(unified("a", b"x\n", b"x\n"), b"");
    }
}
