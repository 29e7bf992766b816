//! The part of the page that each node belongs to: menus, header, footer, sidebars, or the main content.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::RandomState;
use html5ever::local_name;

use super::tree::{Kind, Tree};
use crate::{language::Lexicon, reading::Region};

/// The ids and classes of parts of a page, as lower-case letters and digits.
const NAMES: &[(Region, &str)] = &[
    (
        Region::Navigation,
        concat!(
            "nav,navbar,navigation,menu,mainmenu,mainnav,mainnavigation,topnav,topmenu,sidenav,subnav,submenu,sitenav,",
            "sitenavigation,navmenu,navbarnav,primarymenu,primarynav,secondarymenu,breadcrumb,breadcrumbs,pagination,pager,",
            "dropdownmenu,mobilemenu,mobilenav,footermenu,footernav,skiplinks,toc,tableofcontents,sidebarnav,sidebarmenu,",
            "sidemenu,sidenavigation,docnav,docsnav,pagetoc,navtree,treenav,localnav,offcanvasmenu",
        ),
    ),
    (
        Region::Header,
        "header,siteheader,masthead,topbar,globalheader,mainheader",
    ),
    (
        Region::Footer,
        concat!(
            "footer,sitefooter,pagefooter,globalfooter,colophon,bottombar,copyright,footerwidgets,mainfooter,footerwrapper,",
            "footercontainer",
        ),
    ),
    (
        Region::Aside,
        concat!(
            "sidebar,leftsidebar,rightsidebar,cookie,cookies,cookiebanner,cookieconsent,cookienotice,cookiebar,",
            "cookielawinfobar,onetrustconsentsdk,cybotcookiebotdialog,gdpr,modal,popup,newsletter,sharedaddy,share,",
            "sociallinks,socialicons,social,comments,related,relatedposts",
        ),
    ),
];

static CALLED: LazyLock<HashMap<&'static str, Region, RandomState>> = LazyLock::new(|| {
    let names = |it: &(Region, &'static str)| {
        let region = it.0;
        it.1.split(',').map(move |it| (it, region))
    };
    NAMES.iter().flat_map(names).collect()
});

/// The region of every node. A region that is only a name of an element is ignored
/// if it would contain most of the text of the page.
#[must_use]
pub fn of(tree: &Tree<'_>) -> Vec<Region> {
    let count = tree.nodes.len();
    let by_class: Vec<Option<Region>> = tree
        .class_values()
        .map(|value| value.split_whitespace().find_map(called))
        .collect();
    let weights = weights(tree);
    let mut regions = vec![Region::Main; count];
    // Whether a node is inside an article or section, which has its own header and footer.
    let mut sectioned = vec![false; count];
    for node in 1..count {
        let parent = tree.nodes[node].parent;
        sectioned[node] = sectioned[parent];
        regions[node] = regions[parent];
        let Kind::Element(name, _) = tree.nodes[node].kind else {
            continue;
        };
        if matches!(
            *name,
            local_name!("article") | local_name!("section") | local_name!("main")
        ) {
            sectioned[node] = true;
        }
        let small = || weights[node] * 2 < weights[0];
        let own = by_element(tree, node, sectioned[parent])
            .or_else(|| by_its_names(tree, node, &by_class).filter(|_| small()));
        if let Some(own) = own {
            // A menu in the header or footer is a menu.
            if regions[parent] == Region::Main || own == Region::Navigation {
                regions[node] = own;
            }
        }
    }
    regions
}

/// How many bytes of text are below each node.
fn weights(tree: &Tree<'_>) -> Vec<usize> {
    let mut weights = vec![0; tree.nodes.len()];
    for node in (1..tree.nodes.len()).rev() {
        if let Kind::Text(text) = tree.nodes[node].kind {
            weights[node] = match text.as_bytes().trim_ascii() {
                // Other white space is not ASCII.
                it if it.is_ascii() => it.len(),
                _ => text.trim().len(),
            };
        }
        if !matches!(
            *tree.name(node),
            local_name!("script") | local_name!("style") | local_name!("head")
        ) {
            weights[tree.nodes[node].parent] += weights[node];
        }
    }
    weights
}

fn by_element(tree: &Tree<'_>, node: usize, sectioned: bool) -> Option<Region> {
    let role = tree
        .attr_text(node, &local_name!("role"))
        .unwrap_or_default();
    match *tree.name(node) {
        local_name!("nav") => Some(Region::Navigation),
        local_name!("header") if !sectioned => Some(Region::Header),
        local_name!("footer") if !sectioned => Some(Region::Footer),
        local_name!("aside") | local_name!("dialog") => Some(Region::Aside),
        _ => match role {
            "navigation" | "menu" | "menubar" => Some(Region::Navigation),
            "banner" => Some(Region::Header),
            "contentinfo" => Some(Region::Footer),
            "complementary" | "dialog" | "alertdialog" | "search" => Some(Region::Aside),
            _ => None,
        },
    }
}

fn by_its_names(tree: &Tree<'_>, node: usize, by_class: &[Option<Region>]) -> Option<Region> {
    let id = tree.attr_text(node, &local_name!("id")).unwrap_or_default();
    called(id).or(by_class[tree.class_number(node)])
}

/// The region that an id or a class with this name usually means.
fn called(name: &str) -> Option<Region> {
    if !(3..=32).contains(&name.len()) {
        return None;
    }
    let mut plain = [0_u8; 32];
    let mut length = 0;
    for it in name.bytes().filter(u8::is_ascii_alphanumeric).take(32) {
        plain[length] = it.to_ascii_lowercase();
        length += 1;
    }
    let plain = std::str::from_utf8(&plain[..length]).ok()?;
    let known = CALLED.get(plain).copied();
    // Consent dialogues have many names, all of them long.
    known.or_else(|| Lexicon::is_consent_attribute(plain).then_some(Region::Aside))
}
