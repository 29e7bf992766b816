//! Replay: prepares a captured page for viewing inside the archive, so that nothing in it leads to the live web; pure.
//!
//! Links and subresources are rewritten to lead to their own captures; `base` is applied and removed; scripts and everything
//! that uses the network by itself are removed. The headers of replayed pages stop whatever this misses.

use url::Url;

use crate::{
    clock::{Instant, digits14},
    html::Syntax,
    media_type::{MediaType, decode},
    uri::TargetUri,
};

mod attributes;
mod css;
mod html;
mod marks;
mod srcset;
mod xml;

pub use marks::{Mark, Place};

/// A payload as sent to a browser, without content coding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The value for `Content-Type`.
    pub content_type: String,
    /// The bytes: rewritten, or as captured.
    pub bytes: Vec<u8>,
    /// Whether a browser should download it instead of opening it, because its content cannot be rewritten.
    pub to_keep: bool,
}

/// Prepares a payload: `payload` without content coding, `content_type` as sent, captured from `target` at `at`.
///
/// HTML, XHTML, CSS, SVG and other XML are rewritten and returned as UTF-8; text, images, audio, video and fonts stay as they
/// are; anything else is for download.
#[must_use]
pub fn show(
    payload: Vec<u8>,
    content_type: Option<&str>,
    target: &TargetUri,
    at: Instant,
) -> Shown {
    let scope = Scope::of(target, at);
    let given = content_type.unwrap_or_default();
    let said = MediaType::parse(given);
    let media_type = said.sniffed(&payload, false);
    let essence = media_type.essence.as_str();
    let rewritten = |content_type: &str, text: String| Shown {
        content_type: format!("{content_type}; charset=utf-8"),
        bytes: text.into_bytes(),
        to_keep: false,
    };
    let text = || decode(&payload, media_type.charset.as_deref()).text;
    match essence {
        "text/html" => rewritten("text/html", html::rewrite(&text(), &scope, Syntax::Html)),
        "application/xhtml+xml" => {
            rewritten("text/html", html::rewrite(&text(), &scope, Syntax::Xhtml))
        }
        "text/css" => rewritten("text/css", css::rewrite(&text(), &scope)),
        essence if is_xml(essence) => match xml::rewrite(&text(), &scope) {
            Some(rewrite) => rewritten(essence, rewrite),
            // Its document type can create links of its own.
            None => rewritten("text/plain", text().into_owned()),
        },
        essence => Shown {
            to_keep: !is_inert(essence),
            content_type: if essence == said.essence {
                given.to_owned()
            } else {
                essence.to_owned()
            },
            bytes: payload,
        },
    }
}

/// As [`show`], with words marked if the payload is a page, and links that lead nowhere; also says for each mark whether its
/// words were found.
#[must_use]
pub fn show_marked(
    payload: Vec<u8>,
    content_type: Option<&str>,
    target: &TargetUri,
    at: Instant,
    marks: &[Mark],
) -> (Shown, Vec<Place>) {
    let media_type = MediaType::parse(content_type.unwrap_or_default()).sniffed(&payload, false);
    let syntax = match media_type.essence.as_str() {
        "text/html" => Syntax::Html,
        "application/xhtml+xml" => Syntax::Xhtml,
        _ => {
            let places = vec![Place::Missing; marks.len()];
            return (show(payload, content_type, target, at), places);
        }
    };
    let text = decode(&payload, media_type.charset.as_deref()).text;
    let (page, places) = html::rewrite_marked(&text, &Scope::of(target, at), syntax, marks);
    let shown = Shown {
        content_type: "text/html; charset=utf-8".to_owned(),
        bytes: page.into_bytes(),
        to_keep: false,
    };
    (shown, places)
}

/// The page that a payload forwards to without a click: with a `Refresh` field (`refresh`), or a `meta` element in HTML. In
/// replay nothing forwards by itself, so the viewer must see a link.
#[must_use]
pub fn leads_on(
    payload: &[u8],
    content_type: Option<&str>,
    refresh: Option<&str>,
    target: &TargetUri,
    at: Instant,
) -> Option<TargetUri> {
    let scope = Scope::of(target, at);
    let ordered = refresh.and_then(|refresh| attributes::refresh(refresh, &scope));
    let in_archive = ordered
        .and_then(|ordered| ordered.split_once("; url=").map(|parts| parts.1.to_owned()))
        .or_else(|| refreshed_by_page(payload, content_type, &scope))?;
    let to = in_archive.strip_prefix("/web/")?.split_once('/')?.1;
    // A page that reloads itself leads nowhere else.
    to.parse().ok().filter(|it| it != target)
}

fn refreshed_by_page(payload: &[u8], content_type: Option<&str>, scope: &Scope) -> Option<String> {
    let media_type = MediaType::parse(content_type.unwrap_or_default()).sniffed(payload, false);
    let is_page = media_type.is_html();
    let text = is_page.then(|| decode(payload, media_type.charset.as_deref()).text)?;
    // Most pages do not contain this word, and need not be parsed.
    let may = text.to_ascii_lowercase().contains("refresh");
    may.then(|| html::refresh_of(&text, scope)).flatten()
}

/// Whether a browser opens the result of [`show`] for such a payload, instead of downloading it.
#[must_use]
pub fn opens(payload: &[u8], content_type: Option<&str>) -> bool {
    let media_type = MediaType::parse(content_type.unwrap_or_default()).sniffed(payload, false);
    let essence = media_type.essence.as_str();
    media_type.is_html() || is_xml(essence) || is_inert(essence)
}

fn is_xml(essence: &str) -> bool {
    matches!(essence, "text/xml" | "application/xml" | "text/xsl") || essence.ends_with("+xml")
}

/// Whether a browser shows it and finds no link in it.
fn is_inert(essence: &str) -> bool {
    let (kind, sort) = essence.split_once('/').unwrap_or_default();
    matches!(kind, "text" | "image" | "audio" | "video" | "font")
        || kind == "application"
            && (sort.ends_with("json") || sort.contains("font") || sort.contains("javascript"))
}

/// The base for the addresses of a page, and its date.
#[derive(Clone, Debug)]
struct Scope {
    /// The address of the document.
    document: Url,
    /// The base for relative addresses.
    base: Url,
    /// The date, in 14 digits.
    at: String,
}

/// The target of an address in replay.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// This path in the archive.
    Archive(String),
    /// Unchanged: within the document, or without a network.
    Same,
    /// None: it is not a valid address, or could leave the archive.
    Nowhere,
}

impl Scope {
    fn of(target: &TargetUri, at: Instant) -> Self {
        Self {
            document: target.as_url().clone(),
            base: target.as_url().clone(),
            at: digits14(at),
        }
    }

    /// The scope of a page with that `base` element (HTML standard, 4.2.3).
    fn with_base(&self, href: &str) -> Self {
        let base = self.document.join(href).ok();
        let base = base.filter(|base| matches!(base.scheme(), "http" | "https"));
        Self {
            base: base.unwrap_or_else(|| self.base.clone()),
            ..self.clone()
        }
    }

    fn way(&self, reference: &str) -> Way {
        let trimmed = reference.trim_matches(|letter: char| letter <= ' ');
        if (trimmed.is_empty() || trimmed.starts_with('#')) && self.base == self.document {
            return Way::Same;
        }
        let Ok(mut url) = self.base.join(trimmed) else {
            return Way::Nowhere;
        };
        match url.scheme() {
            "http" | "https" => {
                // Both fail only for addresses without a host, and these have one.
                let _ = url.set_username("");
                let _ = url.set_password(None);
                Way::Archive(format!("/web/{}/{url}", self.at))
            }
            "data" | "mailto" | "tel" | "sms" | "about" => Way::Same,
            _ => Way::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use html5ever::tendril::TendrilSink as _;
    use serde::Deserialize;

    use super::*;
    use crate::clock::parse_digits14;

    #[derive(Deserialize)]
    struct Cases {
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        why: String,
        given: String,
        expected: String,
        #[serde(default)]
        content_type: Option<String>,
    }

    fn shown(given: &str, content_type: Option<&str>) -> Shown {
        let target: TargetUri = "https://site.test/dir/page.html?q=1".parse().unwrap();
        let at = parse_digits14("20240301000000").unwrap();
        show(given.as_bytes().to_vec(), content_type, &target, at)
    }

    fn hold(table: &str, content_type: &str) {
        let cases: Cases = toml::from_str(table).unwrap();
        assert!(cases.case.len() > 5);
        let mut wrong = String::new();
        for case in cases.case {
            let content_type = case.content_type.as_deref().unwrap_or(content_type);
            let shown = shown(&case.given, Some(content_type));
            let text = String::from_utf8(shown.bytes).unwrap();
            let text = text.replace("/web/20240301000000/", "@/");
            if text != case.expected {
                wrong.extend([
                    "\n",
                    &case.why,
                    "\n  is  ",
                    &text,
                    "\n  not ",
                    &case.expected,
                    "\n",
                ]);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn html_leads_into_the_archive() {
        hold(include_str!("../tests/cases/replay/html.toml"), "text/html");
    }

    #[test]
    fn css_leads_into_the_archive() {
        hold(include_str!("../tests/cases/replay/css.toml"), "text/css");
    }

    #[test]
    fn xml_leads_into_the_archive() {
        hold(
            include_str!("../tests/cases/replay/xml.toml"),
            "image/svg+xml",
        );
    }

    #[test]
    fn the_address_to_which_a_page_forwards_is_reported() {
        let target: TargetUri = "https://site.test/a/b".parse().unwrap();
        let at = crate::clock::parse_digits14("2024").unwrap();
        for (payload, refresh, expected) in [
            (
                "<META HTTP-EQUIV=Refresh CONTENT=\"0; URL='new/page?x=1'\">",
                None,
                Some("https://site.test/a/new/page?x=1"),
            ),
            (
                "<base href=//else.test/><meta http-equiv=refresh content=0;url=c>",
                None,
                Some("https://else.test/c"),
            ),
            (
                "<p>page",
                Some("5;url=https://site.test/next"),
                Some("https://site.test/next"),
            ),
            ("<meta http-equiv=refresh content=30>", None, None),
            (
                "<meta http-equiv=refresh content='9; url=/a/b'>",
                None,
                None,
            ),
            (
                "<meta http-equiv=refresh content='0; url=javascript:a()'>",
                None,
                None,
            ),
            (
                "<!-- <meta http-equiv=refresh content='0; url=/c'> -->",
                None,
                None,
            ),
            ("<p>page", Some("10"), None),
        ] {
            let to = leads_on(payload.as_bytes(), Some("text/html"), refresh, &target, at);
            let to = to.map(|it| it.to_string());
            assert_eq!(to.as_deref(), expected, "{payload} {refresh:?}");
        }
        let plain = "<meta http-equiv=refresh content='0; url=/c'>";
        let to = leads_on(plain.as_bytes(), Some("text/plain"), None, &target, at);
        assert_eq!(to, None);
    }

    #[test]
    fn what_was_sent_without_a_type_is_known_by_its_beginning() {
        for (given, content_type, to_keep) in [
            (
                "\u{feff} <!DOCTYPE HTML><p>",
                "text/html; charset=utf-8",
                false,
            ),
            (
                "<?xml version='1.0'?><svg/>",
                "text/xml; charset=utf-8",
                false,
            ),
            ("<svg/>", "text/plain", false),
            ("User-agent: *", "text/plain", false),
            ("%PDF\0", "application/octet-stream", true),
        ] {
            let it = shown(given, None);
            assert_eq!(
                (it.content_type.as_str(), it.to_keep),
                (content_type, to_keep)
            );
        }
    }

    #[test]
    fn only_what_can_be_shown_safely_is_shown() {
        for (content_type, to_keep) in [
            ("image/png", false),
            ("text/plain; charset=latin1", false),
            ("application/ld+json", false),
            ("application/pdf", true),
            ("multipart/x-mixed-replace", true),
            ("application/x-shockwave-flash", true),
        ] {
            let it = shown("x", Some(content_type));
            assert_eq!(it.to_keep, to_keep, "{content_type}");
            assert_eq!(it.content_type, content_type);
            assert_eq!(it.bytes, b"x");
        }
    }

    #[test]
    fn a_page_in_another_charset_is_served_in_utf_8() {
        let target: TargetUri = "https://site.test/".parse().unwrap();
        let at = parse_digits14("2024").unwrap();
        let page = b"<meta charset=windows-1251><p>\xcf".to_vec();
        let show = show(page, Some("text/html"), &target, at);
        assert_eq!(show.content_type, "text/html; charset=utf-8");
        assert!(
            String::from_utf8(show.bytes)
                .unwrap()
                .contains("<meta charset=\"utf-8\"><p>П")
        );
    }

    /// Whether an address of a rewritten page leads nowhere but into the archive.
    fn stays(address: &str) -> bool {
        let inside = [
            "/web/20240301000000/http",
            "#",
            "data:",
            "mailto:",
            "about:",
        ];
        address.is_empty() || inside.iter().any(|it| address.starts_with(it))
    }

    const PIECES: &[&str] = &[
        "<a href=http://live.test/>",
        "</a>",
        "<img src='http://live.test/a' onerror=x()>",
        "<svg>",
        "</svg>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<title>",
        "</title>",
        "<!--",
        "-->",
        "<math>",
        "</math>",
        "<mi>",
        "<foreignObject>",
        "</foreignObject>",
        "<table>",
        "<template>",
        "</template>",
        "<noscript>",
        "</noscript>",
        "<p>",
        "<![CDATA[",
        "]]>",
        "<iframe src=//live.test srcdoc='<a href=http://live.test>'>",
        "</iframe>",
        "<textarea>",
        "</textarea>",
        "<select>",
        "<base href=http://live.test/>",
        "<form action=/x>",
        "<link rel=icon href=http://live.test>",
        "<meta http-equiv=refresh content='0;http://live.test'>",
        "<desc>",
        "<a xlink:href=http://live.test>",
        "text",
        "<",
        ">",
        "\"",
        "'",
        "<plaintext>",
        "<xmp>",
        "</xmp>",
        "<br/>",
        "<annotation-xml encoding=text/html>",
        "<font color=x>",
    ];

    proptest::proptest! {
        #[test]
        fn a_browser_finds_no_way_out_of_any_markup(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)
        ) {
            let page = shown(&pieces.concat(), Some("text/html"));
            let text = String::from_utf8(page.bytes).unwrap();
            // As in the sandbox: a page without scripts shows the content of `noscript`.
            let mut options = html5ever::ParseOpts::default();
            options.tree_builder.scripting_enabled = false;
            let sink = scraper::HtmlTreeSink::new(scraper::Html::new_document());
            let tree = html5ever::parse_document(sink, options).one(text.as_str());
            for element in tree.tree.nodes().filter_map(|node| node.value().as_element()) {
                proptest::prop_assert!(element.name() != "script" && element.name() != "base", "{text}");
                for (name, value) in element.attrs() {
                    if ["href", "src", "action"].contains(&name) {
                        proptest::prop_assert!(stays(value), "{value} in {text}");
                    }
                    proptest::prop_assert!(!name.starts_with("on"), "{text}");
                }
            }
        }

        #[test]
        fn any_text_is_rewritten_without_a_fault(
            text in "[a-z@(){};:\"'/\\\\ #\n<>!&é\\[\\]-]{0,60}", url in proptest::bool::ANY
        ) {
            let text = if url { text.replace('(', "url(") } else { text };
            drop(shown(&text, Some("text/html")));
            drop(shown(&text, Some("image/svg+xml")));
            drop(shown(&text, Some("text/css")));
        }
    }
}
