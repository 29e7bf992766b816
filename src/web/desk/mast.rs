//! What every page of the desk has: the head with the counts, and the content security policy.

use askama::Template;

use crate::{
    account::Role,
    desk::State,
    text::for_terminal,
    web::{Answer, Origins, Request, assets, pages::encoded, room::Now, visitor::Through},
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
        Self {
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
