//! Years of the past in sentences: a page that names one is about a subject, in every language.

use super::line::Line;

/// The years that count: earlier numbers are often codes of errors, later ones stand in dates of notices.
const YEARS: std::ops::RangeInclusive<u32> = 1600..=2015;

/// A shorter line is a label: "Est. 1952".
const SHORTEST: usize = 24;

/// Whether a line is a sentence of the main part with a year of the past; a line about rights has one on every page.
pub(super) fn is_of_past(line: &Line<'_>) -> bool {
    line.is_main
        && !line.is_title
        && line.prose >= SHORTEST
        && !line.text.contains(['©', '℗', '®'])
        && names_a_year(line.text)
}

/// Whether a text has a year among its numbers, rather than a part of a longer number, an address, a sum, a size or a code.
fn names_a_year(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let mut from = 0;
    while let Some(start) = text.as_bytes().iter().skip(from).position(is_digit) {
        let start = from + start;
        let number = &text[start..];
        let number = &number[..number.bytes().take_while(u8::is_ascii_digit).count()];
        from = start + number.len();
        let before = text[..start].chars().next_back();
        let mut behind = text[from..].chars();
        let next = behind.next();
        let joined =
            before.is_some_and(|it| it.is_ascii_alphanumeric() || ".,:#$€£/-–_=+".contains(it));
        let goes_on = next.is_some_and(|it| it.is_ascii_alphabetic() || "×/_=%".contains(it))
            || next.is_some_and(|it| ".,:-".contains(it))
                && behind.next().is_some_and(|it| it.is_ascii_digit());
        let is_year = number.len() == 4 && number.parse().is_ok_and(|it| YEARS.contains(&it));
        if is_year && !joined && !goes_on {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_a_number_that_stands_alone() {
        for text in [
            "In 1987 the ferry came.",
            "Das Haus steht seit 1644.",
            "村は1953年に橋を架けた。",
            "Листок нашли в 1961 году.",
            "(1898), printed there",
        ] {
            assert!(names_a_year(text), "{text}");
        }
        for text in [
            "Error 1020: access denied",
            "Nominations for 2025 are closed",
            "Incident 18f3-1987-aa",
            "12,1987 visitors",
            "at bundle.js:1881 and x=1881",
            "Ref #1987, $1900, 1920×1080",
            "1987.40 is due",
            "call 19871987",
        ] {
            assert!(!names_a_year(text), "{text}");
        }
    }

    #[test]
    fn a_line_about_rights_or_a_label_says_nothing() {
        let line = |text| Line {
            text,
            at: 0,
            is_main: true,
            is_title: false,
            prose: 40,
        };
        assert!(is_of_past(&line("The mill was built in 1911 by the nuns.")));
        assert!(!is_of_past(&line(
            "Copyright © 1999 Harbor Alliance and others"
        )));
        let label = Line {
            prose: 7,
            ..line("Est. 1952")
        };
        let heading = Line {
            is_title: true,
            ..line("The mill was built in 1911 by the nuns.")
        };
        assert!(!is_of_past(&label) && !is_of_past(&heading));
    }
}
