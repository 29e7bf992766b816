//! Pages of ours: what their templates see, and the headers that they are sent with.

use askama::Template;

use super::{Answer, Origins, Request};
use crate::{report, store::StoreError, text::for_terminal};

/// What the pages have beside the style of the report.
pub(super) const STYLE: &str = include_str!("style.css");

/// What the frame around an archived page has.
pub(super) const VIEW_STYLE: &str = include_str!("view.css");

/// What a page of ours may do: show its own style, and be shown in no other's frame.
const OURS: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A link that leads on.
#[derive(Clone, Debug)]
pub(super) struct Next {
    pub(super) words: String,
    pub(super) to: String,
}

impl Next {
    pub(super) fn new(words: &str, to: &str) -> Self {
        Self {
            words: words.into(),
            to: to.into(),
        }
    }
}

/// What is held.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "home.html")]
pub(super) struct Home {
    pub(super) site: String,
    pub(super) lede: String,
    pub(super) profiles: Vec<ProfileLine>,
    /// Profiles that cannot be read, and why.
    pub(super) faults: Vec<(String, String)>,
    pub(super) total: u64,
    pub(super) seeds: Vec<SeedLine>,
    /// Whether this is not the beginning of the list.
    pub(super) behind: bool,
    pub(super) next: Option<String>,
}

pub(super) struct ProfileLine {
    pub(super) title: String,
    pub(super) to: String,
    pub(super) open: usize,
    pub(super) references: String,
    pub(super) claims: String,
}

pub(super) struct SeedLine {
    pub(super) to: String,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) visits: u64,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) came: String,
    pub(super) tone: &'static str,
}

/// The captures of a page.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "captures.html")]
pub(super) struct Captures {
    pub(super) site: String,
    pub(super) address: String,
    /// How many captures, as words.
    pub(super) lede: String,
    pub(super) first: String,
    pub(super) last: String,
    /// How many failed, as words that may stand behind.
    pub(super) failed: String,
    pub(super) timemaps: Vec<Next>,
    pub(super) total: usize,
    pub(super) rows: Vec<CaptureLine>,
    pub(super) here: String,
    pub(super) newer: bool,
    pub(super) older: Option<String>,
}

/// An address in pieces between which a line may break.
fn pieces(address: &str) -> impl Iterator<Item = &str> {
    address.split_inclusive(['/', '?', '&'])
}

pub(super) struct CaptureLine {
    pub(super) when: String,
    pub(super) view: Option<String>,
    pub(super) raw: Option<String>,
    pub(super) came: String,
    pub(super) tone: &'static str,
    pub(super) detail: String,
    pub(super) digest: String,
}

/// An archived page in its frame.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "view.html")]
pub(super) struct View {
    pub(super) address: String,
    pub(super) when: String,
    pub(super) machine: String,
    pub(super) came: String,
    pub(super) tone: &'static str,
    pub(super) captures: String,
    pub(super) raw: String,
    pub(super) frame: String,
    pub(super) before: Option<Next>,
    pub(super) after: Option<Next>,
    /// Where the page goes on to by itself, which it does not do in its frame.
    pub(super) leads_on: Option<Next>,
    /// What is said in place of the page, where there is none to look at.
    pub(super) instead: Option<Instead>,
}

pub(super) struct Instead {
    pub(super) heading: String,
    pub(super) says: String,
    pub(super) next: Option<Next>,
}

/// A page that says one thing.
#[derive(Debug, Template)]
#[template(config = "src/web/askama.toml", path = "message.html")]
pub(super) struct Message {
    site: String,
    heading: String,
    says: Vec<String>,
    address: Option<Original>,
    facts: Vec<(String, String)>,
    next: Vec<Next>,
}

/// An address outside the archive.
#[derive(Debug)]
struct Original {
    text: String,
    /// Whether a browser may be sent there.
    web: bool,
}

impl Message {
    pub(super) fn new(heading: &str) -> Self {
        Self {
            site: String::new(),
            heading: heading.into(),
            says: Vec::new(),
            address: None,
            facts: Vec::new(),
            next: Vec::new(),
        }
    }

    pub(super) fn says(mut self, text: &str) -> Self {
        let text = for_terminal(text);
        let long = text.chars().count() > 600;
        let text: String = text.chars().take(600).collect();
        self.says.push(if long { text + "…" } else { text });
        self
    }

    /// The message with an address on the live web, as text and as a link.
    pub(super) fn address(mut self, text: &str) -> Self {
        self.address = Some(Original {
            web: text.starts_with("http://") || text.starts_with("https://"),
            text: for_terminal(text),
        });
        self
    }

    pub(super) fn fact(mut self, name: &str, value: &str) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    pub(super) fn next(mut self, next: Next) -> Self {
        self.next.push(next);
        self
    }

    /// The answer, on either origin: in the frame of an archived page, too.
    pub(super) fn answer(mut self, status: u16, origins: &Origins) -> Answer {
        self.site.clone_from(&origins.site);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'";
        html(status, &self, policy)
    }
}

/// The answer with a page of the site.
pub(super) fn page(template: &impl Template) -> Answer {
    html(200, template, OURS)
}

/// The answer with a page that frames one of the replay's.
pub(super) fn frame(template: &impl Template, origins: &Origins) -> Answer {
    html(
        200,
        template,
        &format!("{OURS}; frame-src {}", origins.replay),
    )
}

/// The answer with a part of a report, whose page is made elsewhere: the findings from one on, and links to the others.
pub(super) fn report(
    report: &report::Report,
    from: usize,
    name: &str,
    origins: &Origins,
) -> Answer {
    let mut part = report.part(from, report::MOST);
    if let Some(it) = part.part.filter(|it| it.from == it.all) {
        // There were more when that address was made.
        part = report.part(it.all.saturating_sub(report::MOST), report::MOST);
    }
    let link = |from: usize| format!("/report/{name}?from={from}");
    let pages = part
        .part
        .map_or_else(report::Pages::default, |it| report::Pages {
            before: (it.from > 0).then(|| link(it.from.saturating_sub(report::MOST))),
            after: (it.to < it.all).then(|| link(it.to)),
        });
    let text = part.to_html_with_copies(&format!("{}/web/", origins.replay), pages);
    Answer::new(200, "text/html; charset=utf-8", text).field("Content-Security-Policy", OURS)
}

/// Says why something is not answered.
pub(super) fn refusal(status: u16, why: &str, request: &Request, origins: &Origins) -> Answer {
    let why: String = why.chars().take(600).collect();
    if !request.is_for_a_page() {
        return Answer::text(status, format!("{why}\n"));
    }
    let heading = if status == 404 {
        "Nothing here"
    } else {
        "This cannot be answered"
    };
    let mut letters = why.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let begun: String = first.chain(letters).collect();
    Message::new(heading)
        .says(&format!("{}.", begun.trim_end_matches('.')))
        .next(Next::new("What is held", &format!("{}/", origins.site)))
        .answer(status, origins)
}

/// Says that the archive itself fails.
pub(super) fn fault(error: &StoreError, request: &Request, origins: &Origins) -> Answer {
    tracing::error!(%error, "the archive cannot be read");
    let status = if matches!(error, StoreError::Busy { .. }) {
        503
    } else {
        500
    };
    if !request.is_for_a_page() {
        return Answer::text(status, "the archive cannot be read\n");
    }
    Message::new("The archive cannot be read")
        .says(&format!("{error}."))
        .says(&format!("What to do: {}.", error.hint()))
        .answer(status, origins)
}

fn html(status: u16, template: &impl Template, policy: &str) -> Answer {
    // Rendering into a String fails only where a value's own Display does, and none here does.
    let text = template.render().unwrap_or_default();
    Answer::new(status, "text/html; charset=utf-8", text).field("Content-Security-Policy", policy)
}
