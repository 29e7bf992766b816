//! `/keys`: what each key does, and the choice to turn them off or to use them with Alt and Shift (WCAG 2.1.4).

use askama::Template;

use super::mast::{self, Mast};
use crate::{
    store::StoreError,
    web::{Answer, Origins, Request, Web},
};

/// What each key does.
const KEYS: [(&str, &str); 21] = [
    ("j k", "next and previous finding, or page of the desk"),
    ("J K", "next and previous page"),
    (
        "Enter",
        "open the page; after the last finding, go to the next page",
    ),
    ("a", "change the article"),
    ("l", "leave the article"),
    (
        "r, then 1 to 5",
        "the finding is wrong: two spellings of one name, two organizations, on the page, a bad copy, another reason. Words that are selected in the view of texts are taken as those of the page",
    ),
    ("w", "later"),
    (
        "u",
        "take back the last decision of this tab; again for the one before",
    ),
    ("n", "write a note"),
    (
        "x",
        "choose the finding; then a, l, r and w are about all that are chosen",
    ),
    ("X", "choose all that are shown"),
    ("[ ]", "earlier and later copy on the left"),
    ("v", "next view: pages, text, list, copies"),
    (
        "c",
        "copy the finding as text; on the sheet, the first form",
    ),
    ("/", "find"),
    ("g d", "go to the desk"),
    ("g e", "go to the edits"),
    ("g p", "go to the article"),
    (
        "Esc",
        "back to the place in the queue; in a field, leave it",
    ),
    ("?", "this page"),
    ("Tab", "everything has a button or a link, too"),
];

/// The page.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/keys.html")]
struct Page {
    mast: Mast,
    keys: &'static [(&'static str, &'static str)],
}

/// What each key does.
pub(in crate::web) fn keys(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let page = Page {
        mast: Mast::of(request, &now),
        keys: &KEYS,
    };
    Ok(mast::page(200, &page, origins))
}
