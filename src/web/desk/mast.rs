//! What every page of the desk has: the head with the counts, and the content security policy.

use askama::Template;

use crate::{
    account::Role,
    desk::State,
    text::for_terminal,
    web::{
        Answer, Origins, Request, assets,
        form::{Form, query},
        pages::encoded,
        room::Now,
        visitor::Through,
    },
};

/// The head of a page of the desk.
#[derive(Clone, Debug)]
pub(in crate::web) struct Mast {
    /// The address of the style sheet.
    pub(in crate::web) sheet: &'static str,
    /// The address of the script.
    pub(in crate::web) script: &'static str,
    /// How many findings wait for a decision.
    pub(in crate::web) due: usize,
    /// How many edits wait.
    pub(in crate::web) edits: usize,
    /// Where the edits are.
    pub(in crate::web) sheet_of_edits: String,
    /// The name of the visitor.
    pub(in crate::web) name: String,
    /// Whether the visitor is allowed to decide.
    pub(in crate::web) decides: bool,
    /// The token of forms.
    pub(in crate::web) token: String,
    /// Whether they can log out.
    pub(in crate::web) has_session: bool,
    /// Whether they administer accounts.
    pub(in crate::web) is_admin: bool,
    /// The articles to switch to, those with the most to decide first.
    pub(in crate::web) articles: Vec<Article>,
    /// How many more articles there are.
    pub(in crate::web) more: usize,
    /// The title of the article that the page is about; empty for all.
    pub(in crate::web) here: String,
}

/// The most articles in the switch; the page of all articles has the others.
const ARTICLES: usize = 12;

/// An article to switch to.
#[derive(Clone, Debug)]
pub(in crate::web) struct Article {
    /// Its title.
    pub(in crate::web) title: String,
    /// The page of the same kind about it.
    pub(in crate::web) href: String,
    /// How many of its findings wait for a decision.
    pub(in crate::web) due: usize,
    /// Whether the page is about it.
    pub(in crate::web) is_here: bool,
}

/// The articles of an archive, and the title of the one that a request is about. From the page of an article, the switch leads to the
/// page of another one; from its edits, to other edits; from anywhere else, to the desk with the findings of that article.
fn articles(request: &Request, now: &Now) -> (Vec<Article>, String) {
    let mut parts = request
        .path
        .strip_prefix("/p/")
        .unwrap_or_default()
        .split('/');
    let of_path = parts.next().map(super::decoded).unwrap_or_default();
    let is_edits = parts.next() == Some("edits");
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let here = if of_path.is_empty() {
        form.first("profile").unwrap_or_default()
    } else {
        &of_path
    };
    let readable = now.profiles.iter().filter_map(|it| it.read.as_ref().ok());
    let mut all: Vec<Article> = readable
        .map(|named| Article {
            title: named.profile.title.clone(),
            href: match (of_path.as_str(), is_edits) {
                ("", _) if now.profiles.len() > 1 => {
                    format!("/?{}", query([("profile", named.name.as_str())]))
                }
                (_, true) => format!("/p/{}/edits", encoded(&named.name)),
                _ => format!("/p/{}", encoded(&named.name)),
            },
            due: now.due.get(&named.name).copied().unwrap_or_default(),
            is_here: named.name == here,
        })
        .collect();
    let title = all.iter().find(|it| it.is_here);
    let title = title.map_or(String::new(), |it| it.title.clone());
    all.sort_by(|one, other| {
        other
            .due
            .cmp(&one.due)
            .then_with(|| one.title.cmp(&other.title))
    });
    (all, title)
}

impl Mast {
    /// The head for this visitor.
    pub(in crate::web) fn of(request: &Request, now: &Now) -> Self {
        let visitor = request.visitor();
        let alone = visitor.through == Through::Alone;
        let counts = now.desk.counts();
        let waiting = now
            .desk
            .items()
            .iter()
            .filter(|item| item.state == State::ToEdit);
        let mut profiles: Vec<&str> = waiting
            .map(|waiting| waiting.finding().profile.as_str())
            .collect();
        profiles.dedup();
        let (mut articles, here) = articles(request, now);
        let more = articles.len().saturating_sub(ARTICLES);
        articles.truncate(ARTICLES);
        Self {
            articles,
            more,
            here,
            sheet: assets::sheet(),
            script: assets::script(),
            due: counts.due(),
            edits: counts.of(State::ToEdit),
            sheet_of_edits: match profiles.as_slice() {
                [one] => format!("/p/{}/edits", encoded(one)),
                _ => "/?show=to-edit".to_owned(),
            },
            has_session: visitor.through == Through::Session && !visitor.name.is_empty(),
            is_admin: visitor.role == Role::Admin && !alone,
            name: visitor.name,
            decides: visitor.decides,
            token: visitor.token,
        }
    }
}

/// The answer with a page of the desk: it runs our script and uses our style, sends forms only here, and frames only archived
/// pages. No copy of it is kept, so that going back shows what was decided.
pub(in crate::web) fn page(status: u16, template: &impl Template, origins: &Origins) -> Answer {
    // Rendering into a String fails only if a Display implementation fails, and none here does.
    let text = for_terminal(&template.render().unwrap_or_default());
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src {}; \
         require-trusted-types-for 'script'; trusted-types desk",
        origins.replay
    );
    Answer::new(status, "text/html; charset=utf-8", text)
        .field("Content-Security-Policy", policy)
        .field("Cache-Control", "no-store")
        // Without any referrer, browsers would not say that a form comes from here.
        .field("Referrer-Policy", "same-origin")
        .field("Cross-Origin-Opener-Policy", "same-origin")
        .field("Cross-Origin-Resource-Policy", "same-origin")
        .field("Permissions-Policy", "")
}
