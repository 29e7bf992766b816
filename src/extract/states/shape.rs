//! Signs in the shape of a page: what its head says to machines, what its elements call themselves, what its scripts load.

use html5ever::local_name;
use memchr::memmem;

use super::{
    hosts::{CHALLENGES, EMBEDDED, PARKING, READ},
    signs::{self, StateSign},
    titles,
};
use crate::{
    extract::names,
    html::{Flow, Kind, Tree, heading_level},
    reading::{PageState, Region, Signal},
};

/// What the shape says.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Signs that much other text outweighs.
    pub(super) signs: Vec<Signal>,
    /// Signs that no text outweighs: the page says that what it shows is a part.
    pub(super) firm: Vec<Signal>,
    /// Whether its main part asks for something: it has a button or a field.
    pub(super) asks: bool,
}

impl Shape {
    fn sign(&mut self, sign: &StateSign, what: String) {
        self.signs.extend(sign.saying(what));
    }

    fn once(&mut self, sign: &StateSign) {
        self.once_for(sign.state, sign);
    }

    /// The same for another state than that of the table.
    fn once_for(&mut self, state: PageState, sign: &StateSign) {
        if !self.signs.iter().any(|other| other.what == sign.why) {
            let signal = sign.signal();
            self.signs.extend(signal.map(|signal| Signal {
                speaks_for: state,
                ..signal
            }));
        }
    }

    fn firmly(&mut self, sign: &StateSign) {
        if !self.firm.iter().any(|other| other.what == sign.why) {
            self.firm.extend(sign.signal());
        }
    }
}

/// Below this many letters a page has so little of its own that what it loads says what it is.
const LITTLE: usize = 250;

/// The signs in a page whose main part has so many letters.
pub(super) fn of(tree: &Tree, flow: &Flow, main: usize) -> Shape {
    let mut shape = Shape::default();
    let mut scripts = 0;
    let mut stand_in_images = 0_u32;
    let mut last_heading: Option<usize> = None;
    for node in 1..tree.nodes.len() {
        let name = tree.name(node);
        shape.asks |= flow.regions[node] == Region::Main && is_control(tree, node);
        match *name {
            local_name!("script") => {
                scripts += 1;
                script(&mut shape, tree, node, main);
            }
            local_name!("meta") => meta(&mut shape, tree, node, main),
            local_name!("link") => link(&mut shape, tree, node),
            local_name!("input") => input(&mut shape, tree, node, main),
            local_name!("iframe") => frame(&mut shape, tree, node, main),
            local_name!("img") if flow.regions[node] == Region::Main => {
                let source = tree
                    .attr(node, &local_name!("src"))
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                stand_in_images +=
                    u32::from(source.contains("placeholder") || source.contains("dummy"));
            }
            local_name!("div")
            | local_name!("main")
            | local_name!("section")
            | local_name!("ul")
                if tree.nodes[node].end == node + 1 || flow.spans[node].is_empty() =>
            {
                let heading = last_heading.map(|heading| &flow.text[flow.spans[heading].clone()]);
                mount(&mut shape, tree, node, main, heading);
            }
            _ if heading_level(name).is_some() => last_heading = Some(node),
            _ => {}
        }
        called(&mut shape, tree, flow, node, main);
    }
    if is_index_of_folder(flow) {
        shape.firmly(&signs::FOLDER_INDEX);
    }
    if scripts > 0 && main < 160 {
        let what = format!("it has {scripts} scripts and next to no text");
        shape.sign(&signs::SCRIPTS, what);
    }
    stand_ins(&mut shape, flow, stand_in_images);
    shape
}

/// Whether an element is a button or a field that visitors see.
fn is_control(tree: &Tree, node: usize) -> bool {
    match *tree.name(node) {
        local_name!("button") | local_name!("select") | local_name!("textarea") => true,
        local_name!("input") => {
            let kind = tree.attr(node, &local_name!("type"));
            !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"))
        }
        _ => false,
    }
}

/// Whether the page is a list of files that the server made because a folder has no page: servers head it `Index of /folder/`.
fn is_index_of_folder(flow: &Flow) -> bool {
    let headings = flow.headings.iter().filter(|heading| heading.level == 1);
    let mut texts = headings.map(|heading| flow.text[heading.range.clone()].trim());
    texts.any(|text| text.starts_with("Index of /"))
}

/// Images, so many of which are stand-ins by their names, and lines that stand where names are to come.
fn stand_ins(shape: &mut Shape, flow: &Flow, named: u32) {
    if named >= 3 {
        let what = format!("{named} of its images are stand-ins by their file names");
        shape.sign(&signs::STAND_IN_IMAGES, what);
    }
    let lines = flow
        .blocks
        .iter()
        .filter(|block| block.region == Region::Main && block.range.len() < 60)
        .filter(|block| names::stands_in(&flow.text[block.range.clone()]))
        .count();
    if lines >= 2 {
        let what = format!("{lines} lines stand where names are to come");
        shape.sign(&signs::STAND_IN_LINES, what);
    }
}

/// A script that fetches the content from elsewhere, or a template that it fills.
fn script(shape: &mut Shape, tree: &Tree, node: usize, main: usize) {
    let kind = tree.attr(node, &local_name!("type")).unwrap_or_default();
    if kind.contains("template") || kind.contains("handlebars") || kind.contains("mustache") {
        shape.once(&signs::TEMPLATE);
    }
    let is_data = kind.contains("ld+json");
    loaded(
        shape,
        tree.attr(node, &local_name!("src")).unwrap_or_default(),
        main,
    );
    let mut budget = 200_000_usize;
    for below in tree.below(node) {
        if let Kind::Text(text) = &tree.nodes[below].kind
            && budget > text.len()
        {
            budget -= text.len();
            let reads = |line: &str| memmem::find(text.as_bytes(), line.as_bytes()).is_some();
            if READ.iter().any(|it| reads(it)) {
                shape.once(&signs::SPREADSHEET);
            }
            if is_data && says_not_free(text) {
                shape.firmly(&signs::NOT_FREE);
            }
            if main < LITTLE {
                loaded(shape, text, main);
                sends_elsewhere(shape, text);
            }
        }
    }
}

/// Whether structured data says `"isAccessibleForFree": false` (schema.org).
fn says_not_free(data: &str) -> bool {
    data.match_indices("isAccessibleForFree")
        .any(|(at, found)| {
            let rest = data.get(at + found.len()..).unwrap_or_default();
            let value = rest.trim_start_matches(|letter: char| {
                letter.is_whitespace() || "\":'".contains(letter)
            });
            value
                .get(..5)
                .is_some_and(|value| value.eq_ignore_ascii_case("false"))
        })
}

/// A script of a page with next to no text that leads the browser to another page.
fn sends_elsewhere(shape: &mut Shape, script: &str) {
    let ways = [
        "location.href=",
        "location.href =",
        "location.replace(",
        "location.assign(",
        "location=",
        "location =",
    ];
    if ways.iter().any(|way| script.contains(way)) {
        shape.once(&signs::SENDS_ELSEWHERE);
    }
}

/// An address, or a script's text, that belongs to a challenge or to a parked domain.
fn loaded(shape: &mut Shape, text: &str, main: usize) {
    if main >= LITTLE || text.is_empty() {
        return;
    }
    let text = text.to_ascii_lowercase();
    if CHALLENGES.iter().any(|challenge| text.contains(challenge)) {
        shape.once(&signs::LOADS_CHALLENGE);
    }
    if PARKING.iter().any(|word| text.contains(word)) {
        shape.once(&signs::LOADS_PARKING);
    }
}

/// What the head says to machines.
fn meta(shape: &mut Shape, tree: &Tree, node: usize, main: usize) {
    let content = tree
        .attr(node, &local_name!("content"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let name = tree
        .attr(node, &local_name!("name"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    match &*name {
        "robots" | "googlebot" if content.contains("noindex") && main < 2 * LITTLE => {
            shape.once(&signs::NO_INDEX);
        }
        "prerender-status-code" | "status-code" | "http-status" => {
            let topic = content.trim().parse().ok().and_then(titles::topic_of);
            if let Some(state) = topic.and_then(titles::state_of) {
                shape.once_for(state, &signs::HEAD_STATUS);
            }
        }
        _ => {}
    }
    let refreshes = tree
        .attr(node, &local_name!("http-equiv"))
        .is_some_and(|attr| attr.eq_ignore_ascii_case("refresh"));
    if refreshes && main < LITTLE {
        if content.contains("url") {
            shape.once(&signs::REFRESH_AWAY);
        } else {
            shape.once(&signs::REFRESH);
        }
    }
}

/// A canonical address that is an error page's.
fn link(shape: &mut Shape, tree: &Tree, node: usize) {
    let canonical = tree
        .attr(node, &local_name!("rel"))
        .is_some_and(|attr| attr.eq_ignore_ascii_case("canonical"));
    let href = tree.attr(node, &local_name!("href")).unwrap_or_default();
    if canonical && is_error_path(href) {
        shape.once(&signs::CANONICAL);
    }
}

/// Whether the last part of an address is an error page's: `/404`, `/page-not-found.html`.
fn is_error_path(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let stem = last.split('.').next().unwrap_or_default();
    is_error_name(stem)
}

/// Whether an id, a class or a file of this name is an error page's.
fn is_error_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    matches!(
        &*plain,
        "404"
            | "404page"
            | "404error"
            | "404notfound"
            | "body404"
            | "error"
            | "error404"
            | "error404page"
            | "errorpage"
            | "errorpage404"
            | "http404"
            | "is404"
            | "node404"
            | "notfound"
            | "notfound404"
            | "notfoundpage"
            | "page404"
            | "page404notfound"
            | "pageerror"
            | "pageerror404"
            | "pagenotfound"
            | "path404"
            | "status404"
            | "template404"
            | "templatepagenotfound"
    )
}

/// What the element calls itself that holds most of the page, and the offer to pay.
fn called(shape: &mut Shape, tree: &Tree, flow: &Flow, node: usize, main: usize) {
    let Some(classes) = tree.attr(node, &local_name!("class")) else {
        return;
    };
    let is_outer = matches!(*tree.name(node), local_name!("html") | local_name!("body"));
    let span = flow.spans[node].len();
    if (is_outer || span >= 20 && span * 2 >= main) && classes.len() < 2_000 {
        if classes.split_whitespace().any(is_error_name) {
            shape.once(&signs::CALLED_ERROR);
        }
        if classes.split_whitespace().any(|word| {
            matches!(
                word,
                "maintenance" | "maintenance-mode" | "under-maintenance"
            )
        }) {
            shape.once(&signs::CALLED_MAINTENANCE);
        }
    }
    if span > 0 && !flow.hidden[node] && !is_outer && is_paywall(classes) {
        shape.firmly(&signs::CALLED_PAYWALL);
    }
}

/// A field that only those who have an account can fill.
/// Whether a class attribute calls its element a paywall.
fn is_paywall(classes: &str) -> bool {
    classes.contains("wall") && (classes.contains("paywall") || classes.contains("regwall"))
}

fn input(shape: &mut Shape, tree: &Tree, node: usize, main: usize) {
    let kind = tree
        .attr(node, &local_name!("type"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    match &*kind {
        "password" => {
            let sign = if main < 480 {
                &signs::ASKS_PASSWORD
            } else {
                &signs::ASKS_PASSWORD_AMONG_TEXT
            };
            shape.sign(sign, sign.why.to_owned());
        }
        "email" if main < 160 => shape.once(&signs::ASKS_EMAIL),
        _ => {}
    }
}

fn frame(shape: &mut Shape, tree: &Tree, node: usize, main: usize) {
    let source = tree.attr(node, &local_name!("src")).unwrap_or_default();
    loaded(shape, source, main);
    if EMBEDDED.iter().any(|word| source.contains(word)) {
        shape.once(if main < 160 {
            &signs::EMBEDDED_ALONE
        } else {
            &signs::EMBEDDED
        });
    }
}

/// An empty element that a script is to fill.
fn mount(shape: &mut Shape, tree: &Tree, node: usize, main: usize, heading: Option<&str>) {
    let id = tree.attr_text(node, &local_name!("id")).unwrap_or_default();
    if matches!(
        id,
        "root" | "app" | "__next" | "___gatsby" | "__nuxt" | "svelte" | "main-app" | "application"
    ) && main < 320
    {
        shape.once(&signs::MOUNT);
    }
    let named = names::attribute_tells_relation(id)
        || tree.classes(node).any(|class| class == "handlebars");
    if !id.is_empty()
        && named
        && heading.is_some_and(names::tells_relation)
        && tree.nodes[node].end == node + 1
    {
        shape.once(&signs::EMPTY_PLACE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_pages_are_known_by_their_names() {
        for it in ["error404", "page-404", "page_not_found", "notFound"] {
            assert!(is_error_name(it), "{it}");
        }
        for it in ["room-404", "errors-in-print", "404-days", "found"] {
            assert!(!is_error_name(it), "{it}");
        }
        assert!(is_error_path("https://harbor.example/404.html?x=1"));
        assert!(!is_error_path("https://harbor.example/rooms/404-hall"));
    }

    #[test]
    fn structured_data_says_whether_a_page_is_free_to_read() {
        assert!(says_not_free(r#"{"isAccessibleForFree": "False"}"#));
        assert!(says_not_free(r#"{"isAccessibleForFree":false}"#));
        assert!(!says_not_free(r#"{"isAccessibleForFree": true}"#));
    }
}
