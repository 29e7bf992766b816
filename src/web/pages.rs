//! The pages of the site: the data of their templates, and the headers that they are sent with.

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{Answer, Origins, Request};
use crate::{
    account::AccountError, digest::ContentDigest, report, store::StoreError, text::for_terminal,
};

/// The policy for pages of the site: they use their own style, and no other page can frame them.
const OURS: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A link with its text.
#[derive(Clone, Debug)]
pub(super) struct Next {
    /// The text.
    pub(super) words: String,
    /// The address.
    pub(super) to: String,
}

impl Next {
    /// A link to `to` with the text `words`.
    pub(super) fn new(words: &str, to: &str) -> Self {
        Self {
            words: words.into(),
            to: to.into(),
        }
    }
}

/// An archived page in its frame.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "view.html")]
pub(super) struct View {
    /// The origin of the site; empty, because the page is on it.
    pub(super) site: &'static str,
    /// The address of the page.
    pub(super) address: String,
    /// The date and time, for people.
    pub(super) when: String,
    /// The date and time, for a `time` element.
    pub(super) machine: String,
    /// The result in a word or two.
    pub(super) came: String,
    /// The tone of the result, as a class of the style sheet.
    pub(super) tone: &'static str,
    /// The address of the list of captures.
    pub(super) captures: String,
    /// The address of the bytes as received.
    pub(super) raw: String,
    /// The address in the frame.
    pub(super) frame: String,
    /// The capture before.
    pub(super) before: Option<Next>,
    /// The capture after.
    pub(super) after: Option<Next>,
    /// The address that the page would go on to by itself; in its frame, it does not.
    pub(super) leads_on: Option<Next>,
    /// The message instead of the page, if the page cannot be shown.
    pub(super) instead: Option<Instead>,
}

/// A message in place of a page that cannot be shown.
pub(super) struct Instead {
    /// Its heading.
    pub(super) heading: String,
    /// Its text.
    pub(super) says: String,
    /// What to do next.
    pub(super) next: Option<Next>,
}

/// A page with one message.
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
    /// Whether the address is safe as a link.
    web: bool,
}

impl Message {
    /// A message with that heading.
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

    /// The message with one more paragraph, cut if it is very long.
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

    /// The message with one more fact: a name and its value.
    pub(super) fn fact(mut self, name: &str, value: &str) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    /// The message with one more link.
    pub(super) fn next(mut self, next: Next) -> Self {
        self.next.push(next);
        self
    }

    /// The answer, for both origins and also inside the frame of an archived page.
    pub(super) fn answer(mut self, status: u16, origins: &Origins) -> Answer {
        self.site.clone_from(&origins.site);
        let policy = format!(
            "default-src 'none'; style-src {}; base-uri 'none'",
            origins.site
        );
        html(status, &self, &policy)
    }
}

/// The answer with a page that frames a page of the replay.
pub(super) fn frame(template: &impl Template, origins: &Origins) -> Answer {
    html(
        200,
        template,
        &format!("{OURS}; frame-src {}", origins.replay),
    )
}

/// The answer with a part of a report: the findings from `from` on, and links to the other parts.
pub(super) fn report(
    report: &report::Report,
    from: usize,
    name: &str,
    origins: &Origins,
) -> Answer {
    let mut part = report.part(from, report::MOST);
    if let Some(it) = part.part.filter(|part| part.from == part.all) {
        // There were more findings when that address was created.
        part = report.part(it.all.saturating_sub(report::MOST), report::MOST);
    }
    let link = |from: usize| format!("/report/{name}?from={from}");
    let pages = part
        .part
        .map_or_else(report::Pages::default, |part| report::Pages {
            before: (part.from > 0).then(|| link(part.from.saturating_sub(report::MOST))),
            after: (part.to < part.all).then(|| link(part.to)),
        });
    let text = part.to_html_with_copies(&format!("{}/web/", origins.replay), pages);
    // Its style is in the page, so that the file can be sent on; the policy names it by its digest.
    let style = text
        .split_once("<style>")
        .and_then(|rest| rest.1.split_once("</style>"));
    let digest = ContentDigest::of(style.map_or("", |style| style.0).as_bytes());
    let digest = BASE64_STANDARD.encode(digest.as_bytes());
    let policy = OURS.replace("style-src 'self'", &format!("style-src 'sha256-{digest}'"));
    Answer::new(200, "text/html; charset=utf-8", text).field("Content-Security-Policy", policy)
}

/// A page that says why a request has no answer.
pub(super) fn refusal(status: u16, why: &str, request: &Request, origins: &Origins) -> Answer {
    let why: String = why.chars().take(600).collect();
    if !request.is_for_a_page() {
        return Answer::text(status, format!("{}\n", for_terminal(&why)));
    }
    let heading = if status == 404 {
        "Not found"
    } else {
        "This cannot be answered"
    };
    let mut letters = why.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let begun: String = first.chain(letters).collect();
    Message::new(heading)
        .says(&format!("{}.", begun.trim_end_matches('.')))
        .next(Next::new(
            "All archived pages",
            &format!("{}/archive", origins.site),
        ))
        .answer(status, origins)
}

/// A page that says that the archive failed.
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

/// The answer when the accounts cannot be read or written.
pub(super) fn without_accounts(
    error: &AccountError,
    request: &Request,
    origins: &Origins,
) -> Answer {
    tracing::error!(%error, "the accounts cannot be read or written");
    let status = if error.is_busy() { 503 } else { 500 };
    refusal(
        status,
        &format!("{error}; {}", error.hint()),
        request,
        origins,
    )
}

fn html(status: u16, template: &impl Template, policy: &str) -> Answer {
    // Rendering into a String fails only if a Display implementation fails, and none here does.
    let text = for_terminal(&template.render().unwrap_or_default());
    Answer::new(status, "text/html; charset=utf-8", text).field("Content-Security-Policy", policy)
}

/// A name as one part of a path.
pub(super) fn encoded(name: &str) -> String {
    let plain: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    plain.replace('+', "%20")
}
