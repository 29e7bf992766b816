//! Who may pass: every request to the site's origin is checked here before the function of its route sees it.

use super::{
    Answer, Origins, Request, Web,
    client::Client,
    desk, login, pages,
    problem::Problem,
    route::{Method, Needs, Route},
    visitor::{Refused, Through, Visitor, checked, is_from},
};
use crate::{
    account::{AccountError, Role, Scope},
    web::form::Form,
};

/// Why a request does not pass.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There were too many; the seconds to wait.
    TooMany(u64),
    /// The visitor is not logged in, or the token is not good.
    Unknown,
    /// The visitor's role or token does not allow it.
    NotAllowed,
    /// A form that is not acted on.
    Form(Refused),
    /// The accounts cannot be read.
    Fault(AccountError),
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        Self::Fault(error)
    }
}

impl From<Refused> for Refusal {
    fn from(why: Refused) -> Self {
        Self::Form(why)
    }
}

impl Web {
    /// The answer to a request, if it passes, or the reason that it does not.
    pub(super) fn passed(
        &self,
        route: &Route,
        request: Request,
        client: &Client,
        origins: &Origins,
    ) -> Answer {
        match self.admitted(route, &request, client, origins) {
            Ok(visitor) => {
                let request = Request { visitor, ..request };
                (route.answer)(self, &request, origins)
            }
            Err(refusal) => {
                // Whoever sent a form that is too old gets it back under their own name, with a token that is good now.
                let visitor = match refusal {
                    Refusal::Form(Refused::Expired) => {
                        self.identified(&request, client).ok().flatten()
                    }
                    _ => None,
                };
                let request = Request { visitor, ..request };
                self.turned_away(route, &refusal, &request, origins)
            }
        }
    }

    /// Who is asking, if they may.
    fn admitted(
        &self,
        route: &Route,
        request: &Request,
        client: &Client,
        origins: &Origins,
    ) -> Result<Option<Visitor>, Refusal> {
        self.rates.count(client).map_err(Refusal::TooMany)?;
        if route.method == Method::Post && route.needs == Needs::Form {
            let form = Form::of(&request.body);
            if !is_from(request, origins) {
                return Err(Refused::Elsewhere.into());
            }
            let is_ours = self.is_our_log_in(request, &form);
            return is_ours.then_some(None).ok_or(Refused::Expired.into());
        }
        let visitor = self.identified(request, client)?;
        match route.needs {
            Needs::Nothing | Needs::Form => return Ok(visitor),
            Needs::Metrics if client.is_here() => return Ok(visitor),
            Needs::Feeds => return self.feeds(request, visitor),
            _ => {}
        }
        // Whoever sends a form from elsewhere is not even asked who they are.
        if route.method == Method::Post
            && !visitor
                .as_ref()
                .is_some_and(|it| matches!(it.through, Through::Token(_)))
            && !is_from(request, origins)
        {
            return Err(Refused::Elsewhere.into());
        }
        let visitor = visitor.ok_or(Refusal::Unknown)?;
        if route.method == Method::Post {
            let token = if route.is_api() {
                request.field("x-csrf-token")
            } else {
                Form::of(&request.body).first("token").map(str::to_owned)
            };
            checked(&visitor, request, origins, token.as_deref())?;
        }
        if allows(route, &visitor) {
            return Ok(Some(visitor));
        }
        Err(if route.needs == Needs::Decide && !route.is_api() {
            Refused::MayNotDecide.into()
        } else {
            Refusal::NotAllowed
        })
    }

    /// Who reads a feed: its address has a token, unless there are no accounts.
    fn feeds(
        &self,
        request: &Request,
        visitor: Option<Visitor>,
    ) -> Result<Option<Visitor>, Refusal> {
        let Some(accounts) = self.people.accounts()? else {
            return Ok(visitor);
        };
        let shown = request.path.split('/').nth(2).unwrap_or_default();
        let token = accounts.token(shown, self.options.clock.now())?;
        match token {
            Some(it) if it.scope == Scope::Feeds => Ok(None),
            _ => Err(Refusal::Unknown),
        }
    }

    /// The answer to a request that does not pass.
    fn turned_away(
        &self,
        route: &Route,
        refusal: &Refusal,
        request: &Request,
        origins: &Origins,
    ) -> Answer {
        if let Refusal::Fault(error) = refusal {
            tracing::error!(%error, "the accounts cannot be read");
        }
        let problem = problem(refusal);
        let is_page = !(route.is_api() || matches!(route.needs, Needs::Feeds | Needs::Metrics));
        let answer = match refusal {
            Refusal::Unknown if is_page => login::first(self, route.method, request, origins),
            Refusal::Form(why) if is_page && route.needs != Needs::Form => {
                desk::refused(self, *why, &Form::of(&request.body), (request, origins))
                    .unwrap_or_else(|error| pages::fault(&error, request, origins))
            }
            Refusal::Form(Refused::Expired) if is_page => login::again(self, request, origins),
            _ if is_page => {
                let words = problem.detail.trim_end_matches('.').to_owned();
                pages::refusal(problem.status(), &words, request, origins)
            }
            _ => problem.answer(),
        };
        match refusal {
            Refusal::TooMany(seconds) => answer.field("Retry-After", seconds.to_string()),
            Refusal::Unknown if !is_page => answer.field("WWW-Authenticate", "Bearer"),
            _ => answer,
        }
    }
}

/// Whether a visitor may use a route.
fn allows(route: &Route, visitor: &Visitor) -> bool {
    let by_token = match visitor.through {
        Through::Token(scope) => Some(scope),
        _ => None,
    };
    match route.needs {
        // Pages are for people; a token is for the interface for programs.
        Needs::See => {
            by_token.is_none_or(|it| route.is_api() && matches!(it, Scope::Read | Scope::Decide))
        }
        Needs::Decide => visitor.decides && (by_token.is_none() || route.is_api()),
        Needs::Admin => visitor.role == Role::Admin && by_token.is_none(),
        Needs::Metrics => by_token.is_none_or(|it| it == Scope::Metrics),
        Needs::Nothing | Needs::Form | Needs::Feeds => true,
    }
}

fn problem(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::TooMany(seconds) => {
            Problem::new("too-many-requests", &format!("Too many requests. Try again in {seconds} s."))
        }
        Refusal::Unknown => Problem::new("unauthorized", "This needs a session or a token that is good.")
            .hint("make one with `stillsays user token NAME`, and send it as `Authorization: Bearer TOKEN`"),
        Refusal::NotAllowed => Problem::new("forbidden", "Your role, or the scope of your token, does not allow this."),
        Refusal::Form(Refused::Elsewhere) => Problem::new("forbidden", desk::ELSEWHERE)
            .hint("send the field `Origin` with the origin of this site, or use a token"),
        Refusal::Form(Refused::Expired) => Problem::new("forbidden", "The field `X-CSRF-Token` is missing or too old.")
            .hint("`GET /api/v1/me` has the present one"),
        Refusal::Form(Refused::MayNotDecide) => Problem::new("forbidden", desk::MAY_NOT),
        Refusal::Fault(error) if error.is_busy() => Problem::new("busy", "The accounts are busy. Try again."),
        Refusal::Fault(_) => Problem::new("fault", "The accounts cannot be read. The log contains the reason."),
    }
}
