//! Memento (RFC 7089): how the dated copies of a page are requested and described, in headers, TimeMaps and addresses; pure.

use crate::clock::{Instant, parse_http_date};

mod address;
mod link;
mod timemap;

pub use address::{AddressError, Archive, Asked, When, target_of};
pub use link::{Link, LinkError, parse_links};
pub use timemap::{Form, Memento, TimeMap, TimeMapError};

/// Why the value of an `Accept-Datetime` field is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Accept-Datetime is `{text}`, which is not an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`"
)]
pub struct AcceptDatetimeError {
    /// The value, its first 80 characters.
    pub text: String,
}

/// Parses the time in an `Accept-Datetime` field (RFC 7089, 2.1.1), in any of the three forms of RFC 9110, 5.6.7.
///
/// `now` determines the century of a year of two digits.
///
/// # Errors
/// Any other text.
pub fn accept_datetime(field: &str, now: Instant) -> Result<Instant, AcceptDatetimeError> {
    parse_http_date(field, now).ok_or_else(|| AcceptDatetimeError {
        text: field.chars().take(80).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{digits14, parse_digits14};

    #[test]
    fn an_accept_datetime_is_read_in_all_forms_of_an_http_date() {
        let now = parse_digits14("2026").unwrap();
        for form in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            let at = accept_datetime(form, now).unwrap();
            assert_eq!(digits14(at), "19941106084937");
        }
    }

    #[test]
    fn an_error_quotes_the_beginning_of_what_is_not_a_date() {
        let now = parse_digits14("2026").unwrap();
        for text in [
            "",
            "yesterday",
            "2024-01-01",
            "Mon, 31 Feb 2024 00:00:00 GMT",
            &"9".repeat(9_999),
        ] {
            let error = accept_datetime(text, now).unwrap_err();
            assert!(error.text.len() <= 80);
            assert!(error.to_string().contains("is not an HTTP date"), "{error}");
        }
    }
}
