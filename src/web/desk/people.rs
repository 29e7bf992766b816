//! `/people`: accounts, sessions and tokens, for admins.

use askama::Template;

use super::{
    mast::{self, Mast},
    sides::minute,
};
use crate::{
    account::{Account, AccountError, Accounts, Role, Session, Token},
    clock::Instant,
    store::StoreError,
    web::{Answer, Origins, Request, Web, form::Form, pages::without_accounts},
};

/// How many failed log-ins are listed.
const FAILURES: usize = 50;

/// The people.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/people.html")]
struct Page {
    mast: Mast,
    /// Why something was not done.
    says: String,
    command: String,
    accounts: Vec<AccountRow>,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    failures: Vec<(String, String, String)>,
}

struct AccountRow {
    name: String,
    role: &'static str,
    others: Vec<&'static str>,
    seen: String,
    disabled: bool,
}

struct SessionRow {
    number: i64,
    name: String,
    begun: String,
    used: String,
    address: String,
}

struct TokenRow {
    number: i64,
    name: String,
    label: String,
    scope: &'static str,
    until: String,
    used: String,
    good: bool,
}

/// `GET /people`.
pub(in crate::web) fn people(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    shown(web, "", (request, origins))
}

/// `POST /people`: changes a role, disables or enables an account, ends a session or revokes a token.
pub(in crate::web) fn change(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let form = Form::of(&request.body);
    let changed = match web.people.accounts() {
        Ok(Some(accounts)) => act(web, accounts, &form),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => Ok(Answer::see("/people")),
        Err(error @ (AccountError::File { .. } | AccountError::Sql { .. })) => {
            Ok(without_accounts(&error, request, origins))
        }
        Err(error) => shown(
            web,
            &format!("{error}: {}.", error.hint()),
            (request, origins),
        ),
    }
}

fn act(web: &Web, accounts: &Accounts, form: &Form) -> Result<(), AccountError> {
    let now = web.options.clock.now();
    let name = form.first("name").unwrap_or_default();
    let number = form
        .first("number")
        .and_then(|it| it.parse().ok())
        .unwrap_or_default();
    match form.first("act") {
        Some("disable") => accounts.disable(name, true, now),
        Some("enable") => accounts.disable(name, false, now),
        Some("end") => accounts.end_session(number),
        Some("revoke") => accounts.revoke(number, now),
        Some(word) => Role::of(word).map_or(Ok(()), |role| accounts.set_role(name, role)),
        None => Ok(()),
    }
}

fn shown(
    web: &Web,
    says: &str,
    (request, origins): (&Request, &Origins),
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let at = web.options.clock.now();
    let page = Page {
        mast: Mast::of(request, &now),
        says: says.to_owned(),
        command: web.options.command.clone(),
        accounts: Vec::new(),
        sessions: Vec::new(),
        tokens: Vec::new(),
        failures: Vec::new(),
    };
    let filled = web.people.accounts().and_then(|it| match it {
        None => Ok(page),
        Some(accounts) => filled(page, web, accounts, at),
    });
    Ok(match filled {
        Ok(page) => mast::page(if says.is_empty() { 200 } else { 409 }, &page, origins),
        Err(error) => without_accounts(&error, request, origins),
    })
}

fn filled(page: Page, web: &Web, accounts: &Accounts, now: Instant) -> Result<Page, AccountError> {
    let failures = accounts.failed(FAILURES)?.into_iter();
    Ok(Page {
        accounts: accounts.list()?.into_iter().map(account).collect(),
        sessions: accounts
            .sessions(web.people.lifetime, now)?
            .into_iter()
            .map(session)
            .collect(),
        tokens: accounts
            .tokens()?
            .into_iter()
            .map(|it| token(it, now))
            .collect(),
        failures: failures
            .map(|it| (minute(it.at), it.name, it.address))
            .collect(),
        ..page
    })
}

fn account(account: Account) -> AccountRow {
    let others = Role::ALL.iter().filter(|role| **role != account.role);
    AccountRow {
        role: account.role.word(),
        others: others.map(|role| role.word()).collect(),
        seen: account.seen.map_or_else(|| "never".to_owned(), minute),
        disabled: account.disabled.is_some(),
        name: account.name,
    }
}

fn session(session: Session) -> SessionRow {
    SessionRow {
        number: session.id,
        name: session.account,
        begun: minute(session.begun),
        used: minute(session.used),
        address: session.address,
    }
}

fn token(token: Token, now: Instant) -> TokenRow {
    let is_over = token.expires.is_some_and(|expiry| expiry <= now);
    TokenRow {
        number: token.id,
        name: token.account,
        label: token.label,
        scope: token.scope.word(),
        until: match (token.revoked, token.expires) {
            (Some(at), _) => format!("revoked {}", minute(at)),
            (None, Some(at)) => minute(at),
            (None, None) => "it is revoked".to_owned(),
        },
        used: token.used.map_or_else(|| "never".to_owned(), minute),
        good: token.revoked.is_none() && !is_over,
    }
}
