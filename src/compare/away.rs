//! Redirects that lead to a replacement for a page: the home page, an error page, a search, an intermediate page.

use base64::{Engine as _, engine::general_purpose};

use super::claim::Visited;
use crate::{capture::is_redirect, forward, uri::TargetUri};

/// What a redirect leads to instead of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StandIn {
    /// A page that leads back to the cited one after an action: a login, a consent.
    Between(String),
    /// Any other page.
    Other(String),
}

/// Words for home pages, in the last part of a path.
const HOME: &[&str] = &[
    "index",
    "home",
    "default",
    "main",
    "start",
    "startseite",
    "accueil",
    "inicio",
    "welcome",
];

/// Words for error pages, in the parts of a path.
const ERRORS: &[&str] = &[
    "404",
    "403",
    "410",
    "500",
    "503",
    "error",
    "errors",
    "notfound",
    "pagenotfound",
    "filenotfound",
    "errorpage",
    "nopage",
    "oops",
    "gone",
    "expired",
    "suspended",
    "suspendedpage",
    "accountsuspended",
    "maintenance",
    "unavailable",
    "offline",
    "sorry",
    "geblockt",
    "blocked",
    "accessdenied",
    "denied",
    "removed",
    "deleted",
    "invalid",
    "missing",
    "notavailable",
];

/// Words for pages that require an action first, in the parts of a path or the first label of a host.
const BETWEEN: &[&str] = &[
    "login",
    "signin",
    "logon",
    "sso",
    "auth",
    "oauth",
    "cas",
    "saml",
    "consent",
    "cookie",
    "cookies",
    "cookiecheck",
    "cookietest",
    "cookieabsent",
    "cookienotsupported",
    "captcha",
    "challenge",
    "verify",
    "subscribe",
    "paywall",
    "agegate",
    "splash",
    "interstitial",
    "privacygate",
];

/// Words for searches.
const SEARCHES: &[&str] = &["search", "suche", "recherche", "buscar", "results"];

/// The target of a visit whose last capture is a redirect, or a page that only sends a browser elsewhere: the target was not archived.
///
/// A page that leads back to an address of the visit can be read itself.
pub(super) fn unfollowed(visited: &Visited<'_>) -> Option<TargetUri> {
    let last = visited.hops.last()?;
    if last.status().is_some_and(is_redirect) {
        let (to, _) = last.target_uri.join(&last.field("location")?).ok()?;
        return Some(to);
    }
    let in_page = || visited.reading?.leads_to.as_deref()?.parse().ok();
    let in_head = forward::in_head(&last.head, &last.target_uri).map(|it| it.to);
    let to: TargetUri = in_head.or_else(in_page)?;
    let been = visited.hops.iter().any(|hop| hop.target_uri == to);
    (!been).then_some(to)
}

/// Where a visit ended, for people, if that is another page than the one that was asked for.
pub(super) fn elsewhere(visited: &Visited<'_>) -> Option<String> {
    let (first, last) = (visited.hops.first()?, visited.hops.last()?);
    (first.target_uri.surt() != last.target_uri.surt()).then(|| {
        format!(
            "the address leads to {}, and nothing shows that this is the page",
            last.target_uri
        )
    })
}

/// What `to` shows instead of the page at `from`, as far as the addresses show; `None` if it may be the page.
pub(super) fn stands_in(from: &TargetUri, to: &TargetUri) -> Option<StandIn> {
    let words = |uri: &TargetUri| -> Vec<String> {
        let segments = uri.as_url().path_segments();
        segments.into_iter().flatten().filter_map(word).collect()
    };
    let (there, had) = (words(to), words(from));
    let is_new = |list: &[&str]| {
        let of = |words: &[String]| words.iter().any(|word| list.contains(&word.as_str()));
        of(&there) && !of(&had)
    };
    let host = to.host().split('.').next().unwrap_or_default();
    let asks = is_new(BETWEEN) || BETWEEN.contains(&host) && to.host() != from.host();
    if asks || leads_back(from, to) {
        let detail = "an intermediate page, which requires an action before it shows the page";
        return Some(StandIn::Between(detail.to_owned()));
    }
    if is_new(ERRORS) {
        return Some(StandIn::Other("an error page".to_owned()));
    }
    if is_home(to) && !is_home(from) {
        let detail = format!("the home page of {}", to.host());
        return Some(StandIn::Other(detail));
    }
    if is_new(SEARCHES) && to.as_url().query().is_some() {
        return Some(StandIn::Other("a search".to_owned()));
    }
    None
}

/// A part of a path as a word: only letters and digits, without a file extension.
fn word(segment: &str) -> Option<String> {
    let stem = match segment.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 5 => stem,
        _ => segment,
    };
    let letters = stem.chars().filter(|letter| letter.is_alphanumeric());
    let word: String = letters.flat_map(char::to_lowercase).collect();
    (!word.is_empty()).then_some(word)
}

/// Whether an address is that of a site itself: no path, or one that only names the home page or a language. A query means more.
fn is_home(uri: &TargetUri) -> bool {
    if uri
        .as_url()
        .query()
        .is_some_and(|query| query.contains('=') && !is_tracking(query))
    {
        return false;
    }
    let segments = uri.as_url().path_segments();
    let mut words = segments.into_iter().flatten().filter_map(word);
    words.all(|word| HOME.contains(&word.as_str()) || is_language(&word))
}

/// Whether a query only shows where a visitor came from.
fn is_tracking(query: &str) -> bool {
    query.split('&').all(|part| {
        let name = part.split('=').next().unwrap_or_default();
        name.starts_with("utm_")
            || matches!(
                name,
                "ref" | "source" | "from" | "redirected" | "src" | "lang"
            )
    })
}

/// Two letters, or two and two: `en`, `de-at`, which [`word`] makes `deat`.
fn is_language(word: &str) -> bool {
    matches!(word.len(), 2) && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        || matches!(
            word,
            "engb"
                | "enus"
                | "ptbr"
                | "dede"
                | "deat"
                | "dech"
                | "frfr"
                | "frca"
                | "eses"
                | "zhcn"
                | "zhtw"
        )
}

/// Whether the query of `to` contains the cited address, plain or in base 64, to return there.
fn leads_back(from: &TargetUri, to: &TargetUri) -> bool {
    let path = from.path_and_query();
    if path.len() < 3 {
        return false;
    }
    to.as_url().query_pairs().any(|(_, value)| {
        let decoded = general_purpose::STANDARD_NO_PAD.decode(value.trim_end_matches('='));
        let decoded = decoded
            .ok()
            .and_then(|decoded| String::from_utf8(decoded).ok());
        let is_it = |text: &str| text == path || text.ends_with(&path) && text.contains("://");
        is_it(&value) || decoded.as_deref().is_some_and(is_it)
    })
}
