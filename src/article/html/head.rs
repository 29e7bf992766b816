//! The subject of an article, and its address on the web.

use scraper::Html;

use super::entry;
use crate::text::one_line;

/// The first `h1` with text, else the `title` up to the site's name.
pub(super) fn title(document: &Html) -> String {
    let heading = entry::select(document, "h1")
        .into_iter()
        .map(|it| one_line(&it.text().collect::<String>()))
        // Documentation generators put a link to the heading after it.
        .map(|text| text.trim_end_matches(['¶', '#', ' ']).to_owned())
        .find(|text| !text.is_empty());
    heading.unwrap_or_else(|| {
        let title = entry::select(document, "title")
            .first()
            .map(|it| one_line(&it.text().collect::<String>()))
            .unwrap_or_default();
        title
            .split(
                [" - ", " – ", " | ", " — "]
                    .iter()
                    .find(|it| title.contains(**it))
                    .copied()
                    .unwrap_or("\n"),
            )
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}

/// The page's own address, as it gives it.
pub(super) fn address(document: &Html) -> Option<String> {
    let link = entry::select(document, "link[rel=canonical], link[rel='dc:isVersionOf']")
        .first()
        .and_then(|it| it.attr("href"))
        .map(entry::absolute);
    let meta = entry::select(document, "meta[property='og:url']")
        .first()
        .and_then(|it| it.attr("content"))
        .map(str::to_owned);
    link.or(meta).filter(|link| link.starts_with("http"))
}
