//! The person behind a request: name, permissions, and the proof that a form came from a page of this site.
//!
//! Without accounts, everyone who reaches this server is the one person that the settings name. Forms are still checked: any page
//! in the same browser could send one.

use ring::rand::{SecureRandom, SystemRandom};

use super::{Origins, Request, Web, form::Form};
use crate::digest::ContentDigest;

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

impl Web {
    /// The person behind a request.
    pub(super) fn visitor(&self, _: &Request) -> Visitor {
        let name = self.options.reviewer.clone();
        Visitor {
            token: self.secret.digest("form", &name),
            decides: true,
            name,
        }
    }

    /// The person who sent a form, or why the form is refused.
    pub(super) fn sender(
        &self,
        request: &Request,
        origins: &Origins,
        form: &Form,
    ) -> Result<Visitor, Refused> {
        if !is_from(request, origins) {
            return Err(Refused::Elsewhere);
        }
        let visitor = self.visitor(request);
        match form.first("token") {
            _ if !visitor.decides => Err(Refused::MayNotDecide),
            Some(token) if token == visitor.token => Ok(visitor),
            _ => Err(Refused::Expired),
        }
    }
}

/// Whether a browser says that a request comes from a page of this site. An origin that is `null`, that of the replay, or none
/// at all, is not this site.
fn is_from(request: &Request, origins: &Origins) -> bool {
    let here = origins.site.split_once("://").map(|parts| parts.1);
    match (request.origin.as_deref(), request.fetch_site.as_deref()) {
        (Some(origin), _) => {
            let scheme_and_host = origin.split_once("://");
            scheme_and_host.is_some_and(|(scheme, host)| {
                matches!(scheme, "http" | "https") && Some(host) == here
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
    fn what_is_made_from_the_secret_differs_by_purpose_and_server() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_eq!(one.digest("form", "ada"), one.digest("form", "ada"));
        assert_ne!(one.digest("form", "ada"), one.digest("mark", "ada"));
        assert_ne!(one.digest("form", "ada"), other.digest("form", "ada"));
    }
}
