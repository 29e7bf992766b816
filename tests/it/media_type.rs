//! Character sets as the standard's prescan finds them.

use std::{fs, path::Path};

use stillsays::media_type::{self, CharsetSource};

#[test]
fn the_prescan_agrees_with_the_cases_of_html5lib() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/media_type");
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in ["tests1.dat", "tests2.dat", "test-yahoo-jp.dat"] {
        let bytes = fs::read(folder.join(file)).unwrap();
        for case in split(&bytes, b"#data\n") {
            let parts = split(case, b"\n#encoding\n");
            let [data, encoding] = parts[..] else {
                continue;
            };
            count += 1;
            let expected = String::from_utf8_lossy(encoding)
                .trim()
                .to_ascii_lowercase();
            let decoded = media_type::decode(data, None);
            // Where nothing is declared the cases expect the locale's default; we look at the bytes instead.
            let found = if decoded.source == CharsetSource::Guess {
                "windows-1252".to_owned()
            } else {
                decoded.charset.to_ascii_lowercase()
            };
            if found != expected {
                let data = String::from_utf8_lossy(data)
                    .chars()
                    .take(300)
                    .collect::<String>();
                wrong.push(format!("{file}: {found}, not {expected}:\n{data}"));
            }
        }
    }
    assert!(count >= 80, "{count} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The parts between the occurrences of `mark`, the first one left out if it is empty.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(mark.len()).position(|it| it == mark) {
        if at > 0 {
            parts.push(&rest[..at]);
        }
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}
