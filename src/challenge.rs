//! Challenges: answers that check whether the client is a person, whatever the vendor and the status.
//!
//! They are recognized by header fields of their vendors, by the address of a script that only they load, and by a page with
//! the script of a vendor and hardly anything else; not by their words, which exist in every language.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    capture::{Response, fields_of, status_of},
    content_coding::{Caps, decode_response},
    html::{Outline, Syntax, Tree, parse},
};

/// A challenge, and its sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The vendor.
    pub vendor: &'static str,
    /// The sign, in words: a header field, the address of a script.
    pub sign: String,
}

/// Header fields of challenges: name, part of the value (lower case; empty for any value), vendor.
const FIELDS: &[(&str, &str, &str)] = &[
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("sg-captcha", "challenge", "SiteGround"),
    ("x-kpsdk-ct", "", "Kasada"),
    ("x-dd-b", "", "DataDome"),
    ("x-distil-cs", "", "Imperva"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-botstopper", "", "Anubis"),
];

/// Text that occurs only in pages of a challenge (lower case), and the vendor.
const OWN: &[(&str, &str)] = &[
    ("_cf_chl_opt", "Cloudflare"),
    ("/cdn-cgi/challenge-platform/h/", "Cloudflare"),
    ("/cdn-cgi/l/chk_jschl", "Cloudflare"),
    ("captcha-delivery.com", "DataDome"),
    ("_incapsula_resource?", "Imperva"),
    ("incapsula incident id", "Imperva"),
    ("/distil_r_captcha", "Imperva"),
    ("/_sec/cp_challenge", "Akamai"),
    ("akam-sw.js", "Akamai"),
    ("px-captcha", "HUMAN"),
    ("captcha.px-cdn.net", "HUMAN"),
    ("captcha.perimeterx.net", "HUMAN"),
    ("awswafintegration", "AWS WAF"),
    ("awswaf.com/", "AWS WAF"),
    ("gokuprops", "AWS WAF"),
    ("/.well-known/sgcaptcha/", "SiteGround"),
    ("/.well-known/ddos-guard/", "DDoS-Guard"),
    ("check.ddos-guard.net", "DDoS-Guard"),
    ("/.within.website/x/cmd/anubis", "Anubis"),
    ("/.well-known/vercel/security/", "Vercel"),
    ("/149e9513-01fa-4fb0-aad4-566afd725d1b/", "Kasada"),
    ("sucuri_cloudproxy_js", "Sucuri"),
    ("slowaes.decrypt", "the host"),
    ("acw_sc__v2", "Alibaba Cloud"),
    ("__jsl_clearance", "Jiasule"),
    ("yunsuo_session_verify", "Yunsuo"),
    ("/_guard/auto.js", "Cdnfly"),
    ("haproxy-protection", "HAProxy"),
    ("/lagoon/challenge", "the host"),
    ("window[\"bobcmn\"]", "F5"),
    ("/__qrator/", "Qrator"),
    ("/.bunny-shield/", "Bunny"),
    ("/_fs-ch-", "Fastly"),
    ("/__tst_status", "EdgeOne"),
    ("__tencent_chaos_vm", "EdgeOne"),
    ("eo_bot_ssid", "EdgeOne"),
    ("/.azwaf/", "Azure"),
    ("/go-away/cmd/go-away/", "go-away"),
    ("window.rbzns", "Reblaze"),
    ("/.arvancloud/", "ArvanCloud"),
    ("bitninja.io/", "BitNinja"),
    ("imunify360", "Imunify360"),
    ("/cdn-cgi/bm/cv/", "Cloudflare"),
    ("/.well-known/wsidchk/", "the host"),
];

/// Text that challenges share with pages that protect a form (lower case), and the vendor: a sign only on a page with nothing
/// else.
const SHARED: &[(&str, &str)] = &[
    ("challenges.cloudflare.com/turnstile", "Cloudflare"),
    ("/cdn-cgi/challenge-platform", "Cloudflare"),
    ("js.datadome.co", "DataDome"),
    ("client.perimeterx.net", "HUMAN"),
    ("recaptcha/api.js", "reCAPTCHA"),
    ("recaptcha/enterprise.js", "reCAPTCHA"),
    ("g-recaptcha", "reCAPTCHA"),
    ("hcaptcha.com/1/api.js", "hCaptcha"),
    ("h-captcha", "hCaptcha"),
    ("arkoselabs.com", "Arkose"),
    ("static.geetest.com", "GeeTest"),
    ("smartcaptcha.yandexcloud.net", "Yandex"),
    ("/showcaptcha", "Yandex"),
    ("frc-captcha", "Friendly Captcha"),
    ("<altcha-widget", "ALTCHA"),
    ("mcaptcha", "mCaptcha"),
    ("<cap-widget", "Cap"),
    ("/tspd/", "F5"),
    ("cdn.perfdrive.com/", "Radware"),
];

/// A challenge has hardly any text; a page with at least this many letters has something to read.
const MOST_TEXT: usize = 1_200;

/// The most letters on a challenge whose only sign also occurs on pages with forms.
const MOST_SHARED: usize = 400;

/// The longest page that is considered, in bytes: challenges have long scripts, but not endless ones.
const LONGEST: usize = 512 << 10;

/// The same with content coding, for answers that do not look like a refusal: most answers are such, and all are considered.
const LONGEST_OK: usize = 64 << 10;

/// The challenge in a response, if any.
#[must_use]
pub fn in_response(response: &Response) -> Option<Challenge> {
    let longest = match status_of(&response.head) {
        Some(200..=399) => LONGEST_OK,
        _ => LONGEST,
    };
    in_head(&response.head).or_else(|| {
        let is_short = response.payload.len() <= longest;
        let page = is_short.then(|| decode_response(response, &Caps::default()).ok());
        in_page(&page.flatten()?.bytes)
    })
}

/// The challenge in the head of a response, if any.
#[must_use]
pub fn in_head(head: &[u8]) -> Option<Challenge> {
    fields_of(head).find_map(|(name, value)| {
        let is_sign = |field: &&(&str, &str, &str)| {
            name.eq_ignore_ascii_case(field.0)
                && !value.is_empty()
                && value.to_ascii_lowercase().contains(field.1)
        };
        FIELDS.iter().find(is_sign).map(|field| Challenge {
            vendor: field.2,
            sign: format!("the header field {}", field.0),
        })
    })
}

/// The challenge in a page, if any; `page` is HTML without content coding.
#[must_use]
pub fn in_page(page: &[u8]) -> Option<Challenge> {
    if page.len() > LONGEST {
        return None;
    }
    let page = String::from_utf8_lossy(page);
    in_text(&page, || {
        Outline::of(&Tree::of(&parse(&page, Syntax::Html)))
    })
}

/// The challenge in a parsed page, if any; `page` is its source.
#[must_use]
pub fn in_tree(page: &str, tree: &Tree<'_>) -> Option<Challenge> {
    in_text(page, || Outline::of(tree))
}

/// The texts of both tables, to look for all of them in one pass: most pages have none.
static ANY: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    let builder = builder.match_kind(MatchKind::LeftmostFirst);
    builder
        .build(OWN.iter().chain(SHARED).map(|sign| sign.0))
        .ok()
});

fn in_text(page: &str, outline: impl FnOnce() -> Outline) -> Option<Challenge> {
    let text = page.to_ascii_lowercase();
    if ANY.as_ref().is_some_and(|any| !any.is_match(&text)) {
        return None;
    }
    let found = |signs: &'static [(&str, &str)]| signs.iter().find(|sign| text.contains(sign.0));
    let (own, shared) = (found(OWN), found(SHARED));
    let page = outline();
    let (sign, vendor) = match (own, shared) {
        (Some(it), _) if page.letters <= MOST_TEXT => *it,
        (_, Some(it)) if page.letters <= MOST_SHARED && !has_content(&page) => *it,
        _ => return None,
    };
    Some(Challenge {
        vendor,
        sign: format!("`{sign}` in a page with hardly any text"),
    })
}

/// Whether a page has something besides a challenge: fields to fill in, several headings, a list.
fn has_content(page: &Outline) -> bool {
    page.fields > 0 || page.headings > 2 || page.items > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vendor(head: &str, page: &str) -> Option<&'static str> {
        let found = in_response(&Response {
            head: head.as_bytes().to_vec(),
            payload: page.as_bytes().to_vec(),
            framing: crate::capture::Framing::Identity,
            truncated: None,
        });
        found.map(|found| found.vendor)
    }

    #[test]
    fn challenges_are_recognized_by_head_script_and_structure() {
        for (head, page, is) in [
            (
                "HTTP/1.1 202 Accepted\r\nx-amzn-waf-action: challenge\r\n\r\n",
                "",
                Some("AWS WAF"),
            ),
            (
                "HTTP/1.1 403 X\r\nCF-Mitigated: challenge\r\n\r\n",
                "",
                Some("Cloudflare"),
            ),
            (
                "HTTP/1.1 202 X\r\nSG-Captcha: challenge\r\n\r\n",
                "",
                Some("SiteGround"),
            ),
            (
                "HTTP/1.1 200 OK\r\nServer: cloudflare\r\n\r\n",
                "<p>Hello</p>",
                None,
            ),
            (
                "",
                "<script>window[\"bobcmn\"]=\"1\"</script><script src=/TSPD/08?type=5></script>",
                Some("F5"),
            ),
            (
                "",
                "<h1>Partners</h1><p>Bell</p><ul><li>A<li>B<li>C</ul><script src=/TSPD/08?type=17></script>",
                None,
            ),
            (
                "",
                "<script src=/__qrator/qauth.js></script>",
                Some("Qrator"),
            ),
            (
                "",
                "<script src=/_fs-ch-1T1w/script.js></script>",
                Some("Fastly"),
            ),
            (
                "",
                "<div data-pow=1></div><script src=/.bunny-shield/a.js></script>",
                Some("Bunny"),
            ),
            (
                "",
                "<script>var __TENCENT_CHAOS_VM=0</script>",
                Some("EdgeOne"),
            ),
            ("", "<script>window.rbzns={}</script>", Some("Reblaze")),
            (
                "",
                "<h1>Momento</h1><altcha-widget challengeurl=/c></altcha-widget>",
                Some("ALTCHA"),
            ),
            (
                "",
                "<title>Un instant…</title><script>window._cf_chl_opt={}</script>",
                Some("Cloudflare"),
            ),
            (
                "",
                "<p>Bitte warten</p><script src=/_Incapsula_Resource?SWJIYLWA=7></script>",
                Some("Imperva"),
            ),
            (
                "",
                "<title>example.org</title><script src=https://geo.captcha-delivery.com/x.js></script>",
                Some("DataDome"),
            ),
            (
                "",
                "<h1>Confirm</h1><form><div class=g-recaptcha></div><input type=submit></form>",
                Some("reCAPTCHA"),
            ),
            (
                "",
                "<h1>Write to us</h1><form><input name=mail><textarea></textarea><div class=g-recaptcha></div></form>",
                None,
            ),
        ] {
            assert_eq!(vendor(head, page), is, "{head} {page}");
        }
    }

    #[test]
    fn a_page_that_speaks_of_challenges_or_loads_a_vendors_script_is_a_page() {
        let text = "<p>How challenge pages work is described here at some length.</p>".repeat(40);
        for sign in ["_cf_chl_opt", "js.datadome.co", "px-captcha", "g-recaptcha"] {
            assert_eq!(vendor("", &format!("<code>{sign}</code>{text}")), None);
        }
    }
}
