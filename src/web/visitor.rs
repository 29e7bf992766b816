//! The person behind a request: name, permissions, and the proof that a form came from a page of this site.
//!
//! Without accounts, everyone who reaches this server is the one person that the settings name. Forms are still checked: any page
//! in the same browser could send one.

use axum_extra::extract::CookieJar;
use ring::rand::{SecureRandom, SystemRandom};
use subtle::ConstantTimeEq as _;

use super::{Origins, Request, Web, client::Client, form::Form};
use crate::{
    account::{AccountError, Role, Scope},
    digest::ContentDigest,
};

/// Random bytes from which this server derives what others must not guess; new at each start.
pub(super) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl Secret {
    /// New random bytes.
    pub(super) fn new() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        let filled = SystemRandom::new().fill(&mut bytes);
        filled.map_err(|_| std::io::Error::other("the system gives no random bytes"))?;
        Ok(Self(bytes))
    }

    /// The keyed digest of `text` for a `purpose`, as 64 hexadecimal digits.
    pub(super) fn digest(&self, purpose: &str, text: &str) -> String {
        let mut keyed = self.0.to_vec();
        // The key comes first and last, which prevents length extension.
        keyed.extend(format!("\0{purpose}\0{text}\0").bytes());
        keyed.extend(self.0);
        crate::digest::hex(ContentDigest::of(&keyed).as_bytes())
    }
}

/// The person behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visitor {
    /// The name under which decisions are recorded.
    pub(super) name: String,
    /// Whether they are allowed to decide.
    pub(super) decides: bool,
    /// The token in their forms.
    pub(super) token: String,
    /// What their account may do.
    pub(super) role: Role,
    /// How they are known.
    pub(super) through: Through,
}

/// How a visitor is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    /// There are no accounts: everyone is the one person that the settings name.
    Alone,
    /// By the cookie of a session.
    Session,
    /// By a trusted proxy.
    Proxy,
    /// By a token, which no browser sends by itself.
    Token(Scope),
}

/// Why a form is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It did not come from a page of this site.
    Elsewhere,
    /// Its token is not the one of the visitor's session: it is too old.
    Expired,
    /// The visitor is not allowed to decide.
    MayNotDecide,
}

impl Visitor {
    fn of(secret: &Secret, (name, role): (String, Role), through: Through, key: &str) -> Self {
        let may = !matches!(through, Through::Token(it) if it != Scope::Decide);
        Self {
            token: secret.digest("form", key),
            decides: may && role >= Role::Reviewer,
            name,
            role,
            through,
        }
    }
}

impl Request {
    /// Who is asking; a visitor without a name on pages that everyone may see.
    pub(super) fn visitor(&self) -> Visitor {
        self.visitor.clone().unwrap_or_else(|| Visitor {
            name: String::new(),
            decides: false,
            token: String::new(),
            role: Role::Viewer,
            through: Through::Session,
        })
    }

    /// The person who sent a form, or why the form is refused.
    pub(super) fn sender(&self, origins: &Origins, form: &Form) -> Result<Visitor, Refused> {
        let visitor = self.visitor();
        checked(&visitor, self, origins, form.first("token"))?;
        if visitor.decides {
            Ok(visitor)
        } else {
            Err(Refused::MayNotDecide)
        }
    }
}

impl Web {
    /// Who is asking, as far as the request proves it.
    pub(super) fn identified(
        &self,
        request: &Request,
        client: &Client,
    ) -> Result<Option<Visitor>, AccountError> {
        let now = self.options.clock.now();
        let Some(accounts) = self.people.accounts()? else {
            let one = (self.options.reviewer.clone(), Role::Admin);
            let key = one.0.clone();
            return Ok(Some(Visitor::of(&self.secret, one, Through::Alone, &key)));
        };
        if let Some(shown) = bearer(request) {
            let token = accounts.token(&shown, now)?;
            return Ok(token.map(|it| {
                let person = (it.account, it.role);
                Visitor::of(&self.secret, person, Through::Token(it.scope), &shown)
            }));
        }
        if let Some(name) = &client.user {
            let account = match accounts.account(name) {
                Err(AccountError::NoSuch { .. }) => return Ok(None),
                other => other?,
            };
            let key = format!("proxy {}", account.name);
            let person = (account.name, account.role);
            let is_good = account.disabled.is_none();
            return Ok(is_good.then(|| Visitor::of(&self.secret, person, Through::Proxy, &key)));
        }
        let Some(cookie) = session_cookie(request) else {
            return Ok(None);
        };
        let session = accounts.session(&cookie, self.people.lifetime, now)?;
        Ok(session.map(|it| {
            let person = (it.account, it.role);
            Visitor::of(&self.secret, person, Through::Session, &cookie)
        }))
    }
}

/// Whether a visitor meant to send something that has an effect: it comes from a page of ours and has the token of their session. A
/// program that shows a token need not say where it comes from, since no browser shows one by itself; if it says so, that counts.
pub(super) fn checked(
    visitor: &Visitor,
    request: &Request,
    origins: &Origins,
    token: Option<&str>,
) -> Result<(), Refused> {
    if matches!(visitor.through, Through::Token(_)) {
        let says_nothing = request.origin.is_none() && request.fetch_site.is_none();
        return (says_nothing || is_from(request, origins))
            .then_some(())
            .ok_or(Refused::Elsewhere);
    }
    if !is_from(request, origins) {
        return Err(Refused::Elsewhere);
    }
    match token {
        Some(token) if is_same(token, &visitor.token) => Ok(()),
        _ => Err(Refused::Expired),
    }
}

/// Whether two secrets are the same, in a time that does not depend on where they differ. Empty secrets are never the same.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    !other.is_empty() && bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

/// The token in `Authorization: Bearer …` (RFC 6750, 2.1).
pub(super) fn bearer(request: &Request) -> Option<String> {
    let field = request.field("authorization")?;
    let (scheme, shown) = field.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| shown.trim().to_owned())
}

/// The name of the cookie of a session: with TLS, browsers accept it only from this host, for all of it.
pub(super) fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-stillsays"
    } else {
        "stillsays"
    }
}

/// What the cookie of a session has.
pub(super) fn session_cookie(request: &Request) -> Option<String> {
    let jar = CookieJar::from_headers(&request.fields);
    let names = [cookie_name(true), cookie_name(false)];
    let cookie = names.iter().find_map(|it| jar.get(it))?;
    Some(cookie.value().to_owned()).filter(|it| !it.is_empty())
}

/// Whether a browser says that a request comes from a page of this site. An origin that is `null`, that of the replay, or none
/// at all, is not this site. A proxy that is not trusted may speak TLS without our knowledge.
pub(super) fn is_from(request: &Request, origins: &Origins) -> bool {
    let here = origins.site.split_once("://").map(|it| it.1);
    match (request.origin.as_deref(), request.fetch_site.as_deref()) {
        (Some(origin), _) => {
            let scheme_and_host = origin.split_once("://");
            scheme_and_host.is_some_and(|(scheme, host)| {
                let is_web =
                    scheme == "https" || scheme == "http" && !origins.site.starts_with("https:");
                is_web && Some(host) == here
            })
        }
        (None, site) => site == Some("same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_this_site_sends_forms() {
        let origins = Origins {
            site: "http://127.0.0.1:8080".into(),
            replay: "http://127.0.0.1:8081".into(),
        };
        for (origin, site, expected) in [
            (Some("http://127.0.0.1:8080"), None, true),
            (Some("http://127.0.0.1:8080"), Some("same-origin"), true),
            (None, Some("same-origin"), true),
            (None, Some("same-site"), false),
            (None, None, false),
            (Some("null"), None, false),
            (Some("null"), Some("same-origin"), false),
            (Some("http://127.0.0.1:8081"), Some("same-site"), false),
            (Some("https://evil.example"), Some("cross-site"), false),
            (Some("http://127.0.0.1:8080.evil.example"), None, false),
            (Some("https://127.0.0.1:8080"), None, true),
            (Some("ftp://127.0.0.1:8080"), None, false),
        ] {
            let request = Request {
                origin: origin.map(str::to_owned),
                fetch_site: site.map(str::to_owned),
                ..Request::default()
            };
            assert_eq!(is_from(&request, &origins), expected, "{origin:?} {site:?}");
        }
    }

    #[test]
    fn a_site_with_tls_takes_no_form_from_a_page_without() {
        let origins = Origins {
            site: "https://desk.example.org".into(),
            replay: "https://copies.example.org".into(),
        };
        for (origin, expected) in [
            ("https://desk.example.org", true),
            ("http://desk.example.org", false),
            ("https://copies.example.org", false),
        ] {
            let request = Request {
                origin: Some(origin.into()),
                ..Request::default()
            };
            assert_eq!(is_from(&request, &origins), expected, "{origin}");
        }
    }

    #[test]
    fn nothing_is_the_secret_of_nobody() {
        assert!(is_same("abc", "abc"));
        assert!(!is_same("", "") && !is_same("abd", "abc") && !is_same("abc", "abcd"));
    }

    #[test]
    fn what_is_made_from_the_secret_differs_by_purpose_and_server() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_eq!(one.digest("form", "ada"), one.digest("form", "ada"));
        assert_ne!(one.digest("form", "ada"), one.digest("mark", "ada"));
        assert_ne!(one.digest("form", "ada"), other.digest("form", "ada"));
    }
}
