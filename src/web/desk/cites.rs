//! Where a page is cited: the numbers of the references and the articles, each with its address on the desk.

use crate::{desk::Cited, web::pages::encoded};

/// The citations of a page by one article.
pub(super) struct Cites {
    /// The numbers of the references, each with its address.
    pub(super) numbers: Vec<(u32, String)>,
    /// The title of the article.
    pub(super) article: String,
    /// The address of the article.
    pub(super) href: String,
}

/// The citations of a page, by article: `[2] [5] Lantern Alliance`.
pub(super) fn cites(all: &[Cited]) -> Vec<Cites> {
    let mut groups: Vec<Cites> = Vec::new();
    for it in all {
        let href = profile_href(&it.profile);
        let number = (it.number, format!("{href}/references/{}", it.number));
        match groups.last_mut().filter(|last| last.href == href) {
            Some(last) => last.numbers.push(number),
            None => groups.push(Cites {
                numbers: vec![number],
                article: it.article.clone(),
                href,
            }),
        }
    }
    groups
}

/// The address of a profile's page.
pub(super) fn profile_href(name: &str) -> String {
    format!("/p/{}", encoded(name))
}
