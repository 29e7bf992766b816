//! The style sheets of the pages and the script of the desk, under names that change with their content.

use std::sync::OnceLock;

use super::{Answer, Origins, Request, Web, pages::refusal};
use crate::{
    digest::ContentDigest,
    report::{PALETTE, STYLE},
};

const SHEET: &str = include_str!("desk/desk.css");
const SCRIPT: &str = include_str!("desk/desk.js");
/// The style sheet of the pages about the archive, in addition to that of the report.
const PAGES: &str = include_str!("style.css");
/// The style sheet of the frame around an archived page.
const VIEW: &str = include_str!("view.css");

/// An asset with its address.
struct Asset {
    path: String,
    media_type: &'static str,
    body: String,
}

fn assets() -> &'static [Asset; 4] {
    static ASSETS: OnceLock<[Asset; 4]> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let asset = |name: &str, ending: &str, media_type, body: String| Asset {
            path: format!(
                "/assets/{name}.{}.{ending}",
                ContentDigest::of(body.as_bytes()).short()
            ),
            media_type,
            body,
        };
        let sheet = |name, body| asset(name, "css", "text/css; charset=utf-8", body);
        [
            sheet("desk", format!("{PALETTE}{SHEET}")),
            asset(
                "desk",
                "js",
                "text/javascript; charset=utf-8",
                SCRIPT.to_owned(),
            ),
            sheet("pages", format!("{STYLE}\n{PAGES}")),
            sheet("view", VIEW.to_owned()),
        ]
    })
}

/// The address of the style sheet of the desk.
pub(super) fn sheet() -> &'static str {
    &assets()[0].path
}

/// The address of the script.
pub(super) fn script() -> &'static str {
    &assets()[1].path
}

/// The address of the style sheet of the pages about the archive.
pub(super) fn pages() -> &'static str {
    &assets()[2].path
}

/// The address of the style sheet of the frame around an archived page, in addition.
pub(super) fn view() -> &'static str {
    &assets()[3].path
}

/// `/assets/NAME`.
pub(super) fn asset(_: &Web, request: &Request, origins: &Origins) -> Answer {
    let found = assets().iter().find(|asset| asset.path == request.path);
    match found {
        Some(found) => Answer::new(200, found.media_type, found.body.as_str())
            .field("Cache-Control", "public, max-age=31536000, immutable"),
        None => refusal(404, "there is no such file here", request, origins),
    }
}

/// `/favicon.ico`: a drawing of a quotation mark.
pub(super) fn icon(_: &Web, _: &Request, _: &Origins) -> Answer {
    const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1d2126"/><path d="M7 19c0-5 2-8 6-9l1 2c-2 1-3 2-3 4h3v7H7zm11 0c0-5 2-8 6-9l1 2c-2 1-3 2-3 4h3v7h-7z" fill="#ffe9a8"/></svg>"##;
    Answer::new(200, "image/svg+xml", ICON)
}
