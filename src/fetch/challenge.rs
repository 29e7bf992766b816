//! Challenge pages: answers that ask whether a person is asking, told by their heads or by several signs in their bodies.

use crate::{
    capture::{Response, fields_of, status_of},
    content_coding::{Caps, decode_response},
};

/// Challenge pages are short; what is longer has content.
const LONGEST: usize = 48 << 10;

/// As [`LONGEST`], before content coding, for answers that do not look like a refusal: most answers are such, and all are looked at.
const LONGEST_OK: usize = 8 << 10;

/// What stands in the challenge pages of common makes, in lower case. One of them alone may stand in any page that speaks of such
/// things or protects a form with them.
const SIGNS: &[&str] = &[
    "/cdn-cgi/challenge-platform",
    "_cf_chl_opt",
    "challenges.cloudflare.com",
    "checking your browser",
    "enable javascript and cookies",
    "just a moment...",
    "verify you are human",
    "verifying you are human",
    "are you a robot",
    "not a robot",
    "unusual traffic",
    "_incapsula_resource",
    "incapsula incident id",
    "px-captcha",
    "perimeterx",
    "captcha-delivery.com",
    "datadome",
    "ddos-guard",
    "ddos protection by",
    "sgcaptcha",
    "awswaf",
    "akamai bot manager",
    "g-recaptcha",
    "h-captcha",
    "ray id",
];

/// Whether the head says it.
pub(super) fn is_in_head(head: &[u8]) -> bool {
    fields_of(head).any(|(name, value)| {
        name.eq_ignore_ascii_case("x-amzn-waf-action")
            || name.eq_ignore_ascii_case("cf-mitigated") && value.eq_ignore_ascii_case("challenge")
    })
}

/// Whether the body says it: two signs where the status refuses, three where it does not.
pub(super) fn is_in_body(response: &Response) -> bool {
    let (needed, longest) = match status_of(&response.head) {
        Some(401 | 403 | 405 | 429 | 503) => (2, LONGEST),
        Some(200 | 202) => (3, LONGEST_OK),
        _ => return false,
    };
    if response.payload.len() > longest {
        return false;
    }
    let Ok(page) = decode_response(response, &Caps::default()) else {
        return false;
    };
    if page.bytes.len() > LONGEST {
        return false;
    }
    let text = String::from_utf8_lossy(&page.bytes).to_lowercase();
    SIGNS.iter().filter(|it| text.contains(**it)).count() >= needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Framing;

    fn says(status: &str, body: &str) -> bool {
        is_in_body(&Response {
            head: format!("HTTP/1.1 {status}\r\n\r\n").into_bytes(),
            payload: body.as_bytes().to_vec(),
            framing: Framing::Identity,
            truncated: None,
        })
    }

    #[test]
    fn several_signs_make_a_challenge_and_one_never_does() {
        let waiting = "<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/h/b>";
        let whole = format!("{waiting}</script>Enable JavaScript and cookies to continue");
        for (status, body, challenge) in [
            ("403 Forbidden", waiting, true),
            ("200 OK", waiting, false),
            ("200 OK", whole.as_str(), true),
            ("404 Not Found", &whole, false),
            ("403 Forbidden", "<p>You may not see this.", false),
            (
                "200 OK",
                "<form><div class=g-recaptcha></div>Tick: I am not a robot</form>",
                false,
            ),
            (
                "403 Forbidden",
                "<iframe src=/_Incapsula_Resource?x>Incapsula incident ID: 5",
                true,
            ),
        ] {
            assert_eq!(says(status, body), challenge, "{status} {body}");
        }
        let article = format!("{whole}{}", "<p>How challenge pages work.".repeat(3_000));
        assert!(!says("200 OK", &article));
    }
}
