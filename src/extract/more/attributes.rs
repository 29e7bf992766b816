//! Attributes that count what there is beside what is shown: `aria-setsize`, `data-total-pages`.

use super::{is_there, more};
use crate::{
    html::{Flow, Tree},
    reading::{More, MoreKind},
};

/// Whether an attribute of this name says how many things or pages there are beside those shown, or where the next are.
fn counts(name: &str) -> bool {
    const TELLING: [&str; 12] = [
        "total",
        "maxpage",
        "maxnumpages",
        "lastpage",
        "numpages",
        "pagecount",
        "pages",
        "nextpage",
        "nexturl",
        "nexthref",
        "foundposts",
        "totalcount",
    ];
    let Some(rest) = name.strip_prefix("data-") else {
        return matches!(name, "aria-setsize" | "aria-rowcount");
    };
    // Each of them has one of these in it, and few attributes have.
    let may = |part: &str| memchr::memmem::find(rest.as_bytes(), part.as_bytes()).is_some();
    (may("page") || may("next") || may("total") || may("found")) && {
        let plain: String = rest.chars().filter(char::is_ascii_alphanumeric).collect();
        TELLING
            .iter()
            .any(|it| plain.ends_with(it) || plain.starts_with(it))
    }
}

/// The counts in attributes: `aria-setsize`, `aria-rowcount`, `data-total-pages`.
pub(super) fn find(found: &mut Vec<More>, tree: &Tree, flow: &Flow, node: usize) {
    let at = Some(flow.spans[node].start);
    if !is_there(flow, node) {
        return;
    }
    let loads = |it: &(&str, &str)| {
        it.0.ends_with("hx-trigger") && (it.1.contains("revealed") || it.1.contains("intersect"))
    };
    if let Some((name, value)) = tree.attributes(node).find(loads) {
        found.push(attribute(name, value, None, at));
    }
    for (name, value) in tree.attributes(node).filter(|it| counts(it.0)) {
        let value = value.trim();
        if name.starts_with("aria-") {
            // -1 means an unknown number (WAI-ARIA 1.2).
            let total = match value.parse::<i64>() {
                Ok(-1) => None,
                Ok(0) | Err(_) => continue,
                Ok(it) => usize::try_from(it).ok(),
            };
            let known = |more: &More| more.kind == MoreKind::Attribute && more.total == total;
            if !found.iter().any(known) {
                found.push(attribute(name, value, total, at));
            }
            continue;
        }
        let number = value.parse::<usize>().ok();
        let of_pages = name.contains("page");
        let (sign, total) = match number {
            Some(it) if of_pages => (it > 1, None),
            Some(it) => (it > 1, Some(it)),
            None => (
                name.contains("next") && !value.is_empty() && value != "false" && value != "null",
                None,
            ),
        };
        if sign {
            found.push(attribute(name, value, total, at));
        }
    }
}

fn attribute(name: &str, value: &str, total: Option<usize>, at: Option<usize>) -> More {
    More {
        total,
        ..more(
            MoreKind::Attribute,
            format!("its markup says {name}=\"{value}\""),
            at,
        )
    }
}
