//! `/login` and `/logout`: a session begins with a name and a password, and ends when its owner says so.

use askama::Template;
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};

use super::{
    Answer, Origins, Request, Web, assets,
    client::Client,
    desk,
    form::Form,
    pages,
    route::Method,
    visitor::{cookie_name, is_same, session_cookie},
};
use crate::{
    account::{AccountError, Accounts, Password, Secret},
    clock::Instant,
    store::StoreError,
};

/// The cookie that binds the form to the browser that asked for it.
const FORM: &str = "stillsays-form";

/// The longest text of a form that is kept while its sender logs in, in bytes.
const KEPT: usize = 64 << 10;

/// What is said to a name without an account, to a disabled account, and to a wrong password.
const WRONG: &str = "Wrong name or password.";
const EXPIRED: &str = "Your session has expired. Log in again; your note and choices are kept.";

/// The form.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "login.html")]
struct Page {
    sheet: &'static str,
    says: String,
    token: String,
    name: String,
    /// Where to go on.
    to: String,
    /// A form that could not be acted on, to be sent again afterwards.
    kept: String,
}

impl Page {
    fn new(says: &str, form: &Form) -> Self {
        let first = |name: &str| form.first(name).unwrap_or_default().to_owned();
        Self {
            sheet: assets::sheet(),
            says: says.to_owned(),
            token: String::new(),
            name: first("name"),
            to: first("to"),
            kept: first("kept"),
        }
    }

    /// The answer with the form, bound to the browser by a cookie.
    fn answer(
        mut self,
        web: &Web,
        status: u16,
        (request, origins): (&Request, &Origins),
    ) -> Answer {
        let known = form_cookie(request);
        let bound = match known.map_or_else(|| Secret::new().map(|it| it.text()), Ok) {
            Ok(it) => it,
            Err(error) => return pages::without_accounts(&error, request, origins),
        };
        self.token = web.secret.digest("log in", &bound);
        let cookie = cookie(FORM, bound, origins);
        desk::page(status, &self, origins).field("Set-Cookie", cookie)
    }
}

impl Web {
    /// Whether a log-in was sent from the form that this browser got.
    pub(super) fn is_our_log_in(&self, request: &Request, form: &Form) -> bool {
        let Some(bound) = form_cookie(request) else {
            return false;
        };
        let expected = self.secret.digest("log in", &bound);
        form.first("token").is_some_and(|it| is_same(it, &expected))
    }
}

/// The answer to somebody who is not logged in: to a page, the way to the form; to a form, the form with what was sent.
pub(super) fn first(web: &Web, method: Method, request: &Request, origins: &Origins) -> Answer {
    if method == Method::Get {
        let here = request.with_query(&request.path);
        let asked = super::form::query([("to", if here == "/" { "" } else { &here })]);
        return Answer::redirect(format!("/login?{asked}").trim_end_matches('?'));
    }
    let mut page = Page::new(EXPIRED, &Form::default());
    page.to.clone_from(&request.path);
    if request.body.len() <= KEPT {
        page.kept = String::from_utf8_lossy(&request.body).into_owned();
    }
    page.answer(web, 403, (request, origins))
}

/// The answer to a log-in whose form is too old, or was not ours: the form again.
pub(super) fn again(web: &Web, request: &Request, origins: &Origins) -> Answer {
    let page = Page::new(
        "This form is too old. Log in again.",
        &Form::of(&request.body),
    );
    page.answer(web, 403, (request, origins))
}

/// `GET /login`: the form.
pub(super) fn form(web: &Web, request: &Request, origins: &Origins) -> Answer {
    match web.people.accounts() {
        Err(error) => return pages::without_accounts(&error, request, origins),
        // Without accounts, everyone is logged in.
        Ok(None) => return Answer::redirect("/"),
        Ok(Some(_)) => {}
    }
    let asked = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let mut page = Page::new("", &asked);
    page.name = String::new();
    page.kept = String::new();
    page.answer(web, 200, (request, origins))
}

/// `POST /login`: begins a session.
pub(super) fn log_in(web: &Web, request: &Request, origins: &Origins) -> Answer {
    let form = Form::of(&request.body);
    let outcome = match web.people.accounts() {
        Ok(Some(accounts)) => tried(web, accounts, request, &form),
        Ok(None) => return Answer::see("/"),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Tried::Known(secret)) => entered(web, &form, &secret, (request, origins)),
        Ok(Tried::Wrong) => Page::new(WRONG, &form).answer(web, 403, (request, origins)),
        Ok(Tried::Locked(until)) => {
            let seconds = (until - web.options.clock.now()).num_seconds().max(1);
            let minutes = u64::try_from(seconds).unwrap_or(1).div_ceil(60);
            let wait = crate::text::counted(minutes, "minute", "minutes");
            Page::new(&format!("Too many attempts. Try again in {wait}."), &form)
                .answer(web, 429, (request, origins))
                .field("Retry-After", seconds.to_string())
        }
        Err(error) => pages::without_accounts(&error, request, origins),
    }
}

/// What came of an attempt.
enum Tried {
    /// A session has begun; what its cookie has.
    Known(String),
    Wrong,
    Locked(Instant),
}

fn tried(
    web: &Web,
    accounts: &Accounts,
    request: &Request,
    form: &Form,
) -> Result<Tried, AccountError> {
    let now = web.options.clock.now();
    let name = form.first("name").unwrap_or_default();
    let password = form.first_as_sent("password").unwrap_or_default();
    let address = Client::of(request, &web.options.proxies).address();
    if let Some(until) = accounts.locked_until(name, &address, now)? {
        return Ok(Tried::Locked(until));
    }
    let known = accounts.hash(name)?;
    // A name without an account costs as much as a wrong password.
    let hash = known.as_ref().map_or_else(|| web.people.nobody(), Ok)?;
    if !hash.is_of(password) || known.is_none() {
        accounts.note_failure(name, &address, now)?;
        tracing::warn!(%address, "a log-in failed");
        return Ok(Tried::Wrong);
    }
    if hash.is_weak()
        && let Ok(password) = Password::of(name, password)
    {
        accounts.rehash(name, &password.hash()?)?;
    }
    accounts.note_login(name, &address, now)?;
    // Whatever session the browser had, it has another one now.
    if let Some(before) = session_cookie(request) {
        accounts.log_out(&before)?;
    }
    let secret = accounts.begin_session(name, &address, web.people.lifetime, now)?;
    Ok(Tried::Known(secret))
}

/// The answer to whoever has logged in: the page that they wanted, or the form that they had sent.
fn entered(
    web: &Web,
    form: &Form,
    secret: &str,
    (request, origins): (&Request, &Origins),
) -> Answer {
    let name = cookie_name(origins.site.starts_with("https:"));
    let session = cookie(name, secret.to_owned(), origins);
    let kept = form.first("kept").map(|it| Form::of(it.as_bytes()));
    let to = form
        .first("to")
        .filter(|it| desk::is_path(it))
        .unwrap_or("/");
    let answer = match kept.filter(|_| to == "/decide") {
        None => Answer::see(to),
        Some(kept) => {
            let visitor = web.entered(secret);
            let request = Request {
                visitor: visitor.ok().flatten(),
                ..request.clone()
            };
            let expired = super::visitor::Refused::Expired;
            desk::refused(web, expired, &kept, (&request, origins))
                .unwrap_or_else(|error: StoreError| pages::fault(&error, &request, origins))
        }
    };
    answer
        .field("Set-Cookie", session)
        .field("Set-Cookie", ended(FORM, origins))
}

impl Web {
    /// The visitor of a session that has just begun.
    fn entered(&self, secret: &str) -> Result<Option<super::visitor::Visitor>, AccountError> {
        let mut request = Request::default();
        let cookie = format!("{}={secret}", cookie_name(false));
        if let Ok(value) = cookie.parse() {
            request.fields.insert("cookie", value);
        }
        self.identified(&request, &Client::default())
    }
}

/// `POST /logout`: ends the session.
pub(super) fn log_out(web: &Web, request: &Request, origins: &Origins) -> Answer {
    let ending = web.people.accounts().and_then(|accounts| {
        let shown = accounts.zip(session_cookie(request));
        shown.map_or(Ok(()), |(accounts, shown)| accounts.log_out(&shown))
    });
    match ending {
        Ok(()) => Answer::see("/login").field(
            "Set-Cookie",
            ended(cookie_name(origins.site.starts_with("https:")), origins),
        ),
        Err(error) => pages::without_accounts(&error, request, origins),
    }
}

/// A cookie that scripts cannot read, and that no other site sends for us.
fn cookie(name: &'static str, value: String, origins: &Origins) -> String {
    let cookie = Cookie::build((name, value));
    cookie
        .path("/")
        .http_only(true)
        .secure(origins.site.starts_with("https:"))
        .same_site(SameSite::Lax)
        .to_string()
}

/// The cookie that removes a cookie.
fn ended(name: &'static str, origins: &Origins) -> String {
    format!("{}; Max-Age=0", cookie(name, String::new(), origins))
}

fn form_cookie(request: &Request) -> Option<String> {
    let jar = CookieJar::from_headers(&request.fields);
    let value = jar.get(FORM)?.value().to_owned();
    Some(value).filter(|it| it.len() == 64)
}
