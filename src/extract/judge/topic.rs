//! The topic of a whole page.

use std::borrow::Cow;

use html5ever::local_name;

use crate::{
    extract::{list_item::host_of, names, page_index::PageIndex},
    uri::TargetUri,
};

/// The topic of a whole page.
pub(in crate::extract) struct Topic {
    /// Whether the title or one of the first headings says that it is about partners, members and the like.
    pub(in crate::extract) names: bool,
    /// The host of the page, if known.
    pub(super) host: Option<String>,
}

impl Topic {
    /// The topic of a page at `uri`.
    pub(in crate::extract) fn of(index: &PageIndex<'_>, uri: Option<&TargetUri>) -> Self {
        let headings = index.flow.headings.iter();
        let headings = headings.filter(|heading| heading.level <= 2).take(2);
        let texts = headings.map(|heading| index.text(&heading.range));
        let title = index.flow.title.as_deref();
        Self {
            names: title
                .into_iter()
                .chain(texts)
                .any(names::tells_strong_relation),
            host: uri
                .map(|uri| uri.host().to_owned())
                .or_else(|| canonical_host(index)),
        }
    }
}

/// The host of the canonical address in the head of a page.
fn canonical_host(index: &PageIndex<'_>) -> Option<String> {
    const HEAD: usize = 400;
    let tree = index.tree;
    let is_canonical = |node: &usize| {
        *tree.name(*node) == local_name!("link")
            && tree.attr(*node, &local_name!("rel")) == Some("canonical")
    };
    let link = (0..tree.nodes.len().min(HEAD)).find(is_canonical)?;
    let href = tree.attr(link, &local_name!("href"))?;
    host_of(href).map(Cow::into_owned)
}
