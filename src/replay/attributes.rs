//! The attributes of an element in replay: which contain addresses, and which are removed.

use super::{Scope, Way, css, srcset};

/// What happens to an element.
pub(super) enum Fate {
    /// It stays, with these attributes.
    Kept(Vec<(String, String)>),
    /// It is removed; its content stays.
    LeftOut,
}

/// Relations of `link` elements that only make a browser use the network ahead of time.
const AHEAD: [&str; 8] = [
    "dns-prefetch",
    "preconnect",
    "prefetch",
    "prerender",
    "next-prefetch",
    "modulepreload",
    "manifest",
    "pingback",
];

/// Attributes with one address.
const ADDRESSES: [&str; 14] = [
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "background",
    "cite",
    "longdesc",
    "lowsrc",
    "dynsrc",
    "codebase",
    "classid",
    "profile",
    "icon",
];

/// Attributes that are removed: they send reports, grant rights to scripts, or weaken our headers.
const LEFT_OUT: [&str; 10] = [
    "ping",
    "integrity",
    "crossorigin",
    "nonce",
    "referrerpolicy",
    "manifest",
    "attributionsrc",
    "csp",
    "archive",
    "base",
];

/// Attributes of SVG that can contain an address in CSS syntax.
const STYLED: [&str; 10] = [
    "fill",
    "stroke",
    "filter",
    "mask",
    "clip-path",
    "marker",
    "marker-start",
    "marker-mid",
    "marker-end",
    "cursor",
];

/// Elements of SVG that animate an attribute.
const ANIMATIONS: [&str; 5] = [
    "animate",
    "set",
    "animatecolor",
    "animatetransform",
    "animatemotion",
];

/// Rewrites the attributes of `element` (a name in lower case); `srcdoc` rewrites a page inside an attribute.
pub(super) fn rewrite(
    element: &str,
    attributes: Vec<(String, String)>,
    scope: &Scope,
    srcdoc: impl Fn(&str) -> String,
) -> Fate {
    let value = |name: &str| {
        let found = attributes
            .iter()
            .find(|attribute| attribute.0.eq_ignore_ascii_case(name));
        found.map(|found| found.1.trim().to_ascii_lowercase())
    };
    match element {
        "meta" => return meta(attributes, scope),
        "link" => {
            let rels = value("rel").unwrap_or_default();
            let of_script = value("as").is_some_and(|value| value == "script");
            if of_script
                || rels
                    .split_ascii_whitespace()
                    .any(|word| AHEAD.contains(&word))
            {
                return Fate::LeftOut;
            }
        }
        name if ANIMATIONS.contains(&name) => {
            let changed = value("attributename").unwrap_or_default();
            if changed.ends_with("href") || changed == "src" {
                return Fate::LeftOut;
            }
        }
        _ => {}
    }
    let is_animation = ANIMATIONS.contains(&element);
    let kept = attributes.into_iter().filter_map(|(name, value)| {
        let lower = name.to_ascii_lowercase();
        // In XML, the prefix of a namespace is arbitrary.
        let local = lower
            .rsplit_once(':')
            .map_or(lower.as_str(), |parts| parts.1);
        let is_namespace = lower.starts_with("xmlns");
        let value = match local {
            _ if is_namespace => value,
            it if it.starts_with("on") || LEFT_OUT.contains(&it) => return None,
            "target" | "formtarget" if leaves_the_frame(&value) => return None,
            "style" => css::rewrite(&value, scope),
            "srcset" | "imagesrcset" => srcset::map(&value, |it| address(it, scope)),
            "srcdoc" => srcdoc(&value),
            "data" if element == "object" => address(&value, scope)?,
            "values" | "to" | "from" | "by" if is_animation => css::rewrite(&value, scope),
            it if ADDRESSES.contains(&it) => address(&value, scope)?,
            it if STYLED.contains(&it) && value.contains('(') => css::rewrite(&value, scope),
            _ => value,
        };
        Some((name, value))
    });
    Fate::Kept(kept.collect())
}

/// The address in the archive, or unchanged; `None` if it has no target.
fn address(reference: &str, scope: &Scope) -> Option<String> {
    match scope.way(reference) {
        Way::Archive(archive) => Some(archive),
        Way::Same => Some(reference.to_owned()),
        Way::Nowhere => None,
    }
}

/// Whether a link would open a window, which the sandbox prevents, so that the link would do nothing.
fn leaves_the_frame(target: &str) -> bool {
    matches!(
        target.trim().to_ascii_lowercase().as_str(),
        "_blank" | "_top" | "_parent"
    )
}

/// A `meta` element: its charset is UTF-8, its refresh leads into the archive, its other directives are removed.
fn meta(mut attributes: Vec<(String, String)>, scope: &Scope) -> Fate {
    let order = attributes
        .iter()
        .find(|attribute| attribute.0 == "http-equiv")
        .map(|attribute| attribute.1.trim().to_ascii_lowercase());
    if attributes.iter().any(|(name, value)| {
        name == "name"
            && matches!(
                value.trim().to_ascii_lowercase().as_str(),
                "referrer" | "color-scheme-policy"
            )
    }) {
        return Fate::LeftOut;
    }
    for (name, value) in &mut attributes {
        match (name.as_str(), order.as_deref()) {
            ("charset", _) => "utf-8".clone_into(value),
            ("content", Some("content-type")) => "text/html; charset=utf-8".clone_into(value),
            ("content", Some("refresh")) => match refresh(value, scope) {
                Some(refresh) => *value = refresh,
                None => return Fate::LeftOut,
            },
            _ => {}
        }
    }
    match order.as_deref() {
        None
        | Some(
            "content-type" | "refresh" | "content-language" | "default-style" | "x-ua-compatible",
        ) => Fate::Kept(attributes),
        Some(_) => Fate::LeftOut,
    }
}

/// The refresh target of a rewritten `meta` element.
pub(super) fn refreshed(attributes: &[(String, String)]) -> Option<String> {
    let value = |name: &str| {
        attributes
            .iter()
            .find(|attribute| attribute.0 == name)
            .map(|attribute| &attribute.1)
    };
    value("http-equiv").filter(|value| value.trim().eq_ignore_ascii_case("refresh"))?;
    let (_, to) = value("content")?.split_once("; url=")?;
    Some(to.to_owned())
}

/// The value of a refresh (HTML standard, 4.2.5.3, "shared declarative refresh steps"), rewritten to lead into the archive.
pub(super) fn refresh(value: &str, scope: &Scope) -> Option<String> {
    let value = value.trim_start();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (seconds, rest) = value.split_at(digits);
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let rest = rest.trim_start_matches(|letter: char| {
        letter.is_ascii_whitespace() || matches!(letter, ';' | ',')
    });
    if rest.is_empty() {
        return Some(seconds.to_owned());
    }
    let named = rest
        .get(..3)
        .filter(|it| it.eq_ignore_ascii_case("url"))
        .and_then(|_| rest.get(3..))
        .and_then(|it| it.trim_start().strip_prefix('='));
    let to = named.unwrap_or(rest).trim_start();
    let to = match to.chars().next() {
        Some(quote @ ('"' | '\'')) => to.get(1..)?.split(quote).next()?,
        _ => to,
    };
    Some(format!("{seconds}; url={}", address(to, scope)?))
}
