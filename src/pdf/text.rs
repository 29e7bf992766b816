//! Reads the text of the pages of a PDF in this process: only called in a process that can end at any moment.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use pdf_extract::{Document, MediaBox, Object, OutputDev, OutputError, Transform, output_doc_page};

use super::Line;

/// The most pages of a file that are read.
const PAGES: usize = 5_000;

/// Writes the text layer of the PDF file `bytes` to `out`, one page per line.
///
/// A page that cannot be read is reported and skipped. This function can panic, recurse endlessly and take any amount of memory
/// and time, because the library does so on malicious files.
///
/// # Errors
/// `out` cannot be written.
pub fn write(bytes: &[u8], out: &mut impl io::Write) -> io::Result<()> {
    let fault = |fault: &str| Line::Fault {
        fault: fault.to_owned(),
    };
    let opened = catch_unwind(AssertUnwindSafe(|| Document::load_mem(bytes)));
    let Ok(Ok(mut document)) = opened else {
        return fault("it is not a complete PDF file").write(out);
    };
    if document.is_encrypted() {
        // Most encrypted files open with an empty password: they forbid printing, not reading.
        let decrypted = catch_unwind(AssertUnwindSafe(|| document.decrypt("")));
        if !matches!(decrypted, Ok(Ok(()))) {
            return fault("it is encrypted").write(out);
        }
    }
    widths_one_by_one(&mut document);
    let Ok(pages) = catch_unwind(AssertUnwindSafe(|| document.get_pages())) else {
        return fault("its pages cannot be found").write(out);
    };
    if pages.is_empty() {
        return fault("it has no pages").write(out);
    }
    for &page in pages.keys().take(PAGES) {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut lines = Lines::default();
            output_doc_page(&document, &mut lines, page).map(|()| lines.text)
        }));
        let line = match read {
            Ok(Ok(text)) => Line::Page { page, text },
            Ok(Err(_)) | Err(_) => Line::Broken {
                page,
                fault: "it cannot be read".to_owned(),
            },
        };
        line.write(out)?;
    }
    if pages.len() > PAGES {
        return fault(&format!("only its first {PAGES} pages were read")).write(out);
    }
    Line::End {
        pages: u32::try_from(pages.len()).unwrap_or(u32::MAX),
    }
    .write(out)
}

/// The most characters of a document whose widths are written one by one; ranges beyond stay unread. Four times all codes of two bytes.
const CODES: usize = 1 << 18;

/// Gives the width of each character by itself (ISO 32000-1, 9.7.4.3). The library does not read ranges: in the files that Chromium
/// prints, spaces and digits had no width, the strings behind them seemed to stand apart, and words fell into pieces.
fn widths_one_by_one(document: &mut Document) {
    let mut referred = Vec::new();
    let mut left = CODES;
    for object in document.objects.values_mut() {
        let Ok(font) = object.as_dict_mut() else {
            continue;
        };
        let is_composite = matches!(font.get(b"Subtype"), Ok(Object::Name(name)) if name.starts_with(b"CIDFontType"));
        match font.get_mut(b"W") {
            Ok(Object::Array(widths)) if is_composite => {
                *widths = without_ranges(widths, &mut left);
            }
            Ok(Object::Reference(id)) if is_composite => referred.push(*id),
            _ => {}
        }
    }
    for id in referred {
        if let Some(Object::Array(widths)) = document.objects.get_mut(&id) {
            *widths = without_ranges(widths, &mut left);
        }
    }
}

/// The same widths, each range `FIRST LAST WIDTH` as `FIRST [WIDTH …]`, as long as some of the characters are `left`.
fn without_ranges(mut widths: &[Object], left: &mut usize) -> Vec<Object> {
    let mut all = Vec::with_capacity(widths.len());
    loop {
        widths = match widths {
            [first, list @ Object::Array(_), rest @ ..] => {
                all.extend([first.clone(), list.clone()]);
                rest
            }
            [first, last, width, rest @ ..] => {
                if let (Ok(from), Ok(to)) = (first.as_i64(), last.as_i64())
                    && let Some(count) = to.checked_sub(from).and_then(|more| more.checked_add(1))
                    && let Ok(count) = usize::try_from(count)
                    && let Some(fewer) = left.checked_sub(count)
                {
                    *left = fewer;
                    all.push(first.clone());
                    all.push(Object::Array(vec![width.clone(); count]));
                }
                rest
            }
            _ => return all,
        };
    }
}

/// Joins the characters of a page to lines by their positions, because a PDF has neither words nor lines.
#[derive(Default)]
struct Lines {
    text: String,
    /// The end of the last character, and its base line; `None` before the first.
    last: Option<(f64, f64)>,
    /// Whether a string begins; inside a string characters follow each other without gaps.
    begins: bool,
}

impl OutputDev for Lines {
    fn begin_page(
        &mut self,
        _: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        _: f64,
        font_size: f64,
        character: &str,
    ) -> Result<(), OutputError> {
        // The side of a square as large as the em box: text can be rotated or stretched.
        let (a, b) = (
            font_size * (place.m11 + place.m21),
            font_size * (place.m12 + place.m22),
        );
        let size = (a * b).abs().sqrt().max(0.01);
        let (x, y) = (place.m31, place.m32);
        if let Some((end, base)) = self.last.filter(|_| self.begins) {
            let down = (y - base).abs();
            if down > size * 1.8 {
                self.text.push_str("\n\n");
            } else if down > size * 0.5 {
                self.text.push('\n');
            } else if x > end + size * 2.0 {
                self.text.push('\t');
            } else if x > end + size * 0.1 && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
        self.text.push_str(character);
        self.begins = false;
        self.last = Some((x + width * size, y));
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.begins = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_widths_are_written_out_up_to_a_bound_for_the_document() {
        let widths = |from: i64, to: i64| [from.into(), to.into(), Object::Integer(500)];
        let mut left = CODES;
        assert_eq!(
            without_ranges(&widths(3, 5), &mut left),
            [Object::Integer(3), Object::Array(vec![500.into(); 3])]
        );
        assert_eq!(left, CODES - 3);
        let bomb = vec![widths(0, 65_535); 1_000].concat();
        let all = without_ranges(&bomb, &mut left);
        assert_eq!(all.len(), 2 * 3, "three whole ranges fit");
        for (from, to) in [(5, 3), (i64::MIN, i64::MAX), (0, i64::MAX)] {
            assert_eq!(
                without_ranges(&widths(from, to), &mut left),
                [],
                "{from} {to}"
            );
        }
    }
}
