//! The base address of the links of a page, if it is not the page's own address.

use html5ever::local_name;

use crate::{html::Tree, reading::More, uri::TargetUri};

/// Resolves the addresses in the signs against the first `<base href>` of the page at `uri` (HTML, 4.2.3).
pub(super) fn join(found: &mut [More], tree: &Tree, uri: Option<&TargetUri>) {
    let Some(base) = of(tree, uri) else {
        return;
    };
    for it in found.iter_mut().flat_map(|it| &mut it.leads_to) {
        if let Ok((to, _)) = base.join(it) {
            *it = to.to_string();
        }
    }
}

fn of(tree: &Tree, uri: Option<&TargetUri>) -> Option<TargetUri> {
    let href = (1..tree.nodes.len())
        .filter(|at| tree.is_element(*at) && *tree.name(*at) == local_name!("base"))
        .find_map(|at| tree.attr_text(at, &local_name!("href")))?;
    let base = match uri {
        Some(uri) => uri.join(href),
        None => TargetUri::parse(href),
    };
    base.ok().map(|pair| pair.0)
}
