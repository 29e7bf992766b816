//! Proxies, as in the usual environment variables.

use std::{fmt, net::IpAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::uri::TargetUri;

/// Why the proxy in an environment variable cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// It is not an address.
    #[error("{variable} does not contain the address of a proxy")]
    Address {
        /// The variable.
        variable: String,
    },
    /// It is a proxy of another kind.
    #[error("{variable} names a `{scheme}` proxy; only `http` proxies can be used")]
    Scheme {
        /// The variable.
        variable: String,
        /// The kind.
        scheme: String,
    },
}

/// An HTTP proxy. Its password does not appear in logs, reports or captures.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    /// Its host.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<proxy {self}>")
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.host, self.port)
    }
}

/// Which proxy to use for which address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    except: Vec<Except>,
}

/// Hosts to visit directly.
#[derive(Clone, Debug, PartialEq)]
enum Except {
    All,
    /// A name with its subdomains.
    Name(String),
    Network(IpNet),
}

impl Proxies {
    /// The proxies that `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` name, in lower or upper case.
    ///
    /// `variable` returns the value of a variable; `|name| std::env::var(name).ok()` reads the environment.
    ///
    /// # Errors
    /// A variable without a valid address, or with a proxy of another kind.
    pub fn of_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ProxyError> {
        let value = |name: &str| {
            let upper = name.to_uppercase();
            // In a CGI program, HTTP_PROXY is a header field that any client can send.
            let forged = upper == "HTTP_PROXY" && variable("REQUEST_METHOD").is_some();
            [name.to_owned(), upper]
                .into_iter()
                .filter(|it| !(forged && it == "HTTP_PROXY"))
                .find_map(|it| {
                    Some((
                        variable(&it).filter(|variable| !variable.trim().is_empty())?,
                        it,
                    ))
                })
        };
        let proxy = |name: &str| {
            let found = value(name).or_else(|| value("all_proxy"));
            found
                .map(|(found, name)| Proxy::parse(&found, name))
                .transpose()
        };
        let except = value("no_proxy").map(|value| value.0).unwrap_or_default();
        Ok(Self {
            http: proxy("http_proxy")?,
            https: proxy("https_proxy")?,
            except: except.split([',', ' ']).filter_map(Except::parse).collect(),
        })
    }

    /// The proxy for an address; `None` to visit its host directly.
    #[must_use]
    pub fn for_uri(&self, uri: &TargetUri) -> Option<&Proxy> {
        let proxy = if uri.is_https() {
            self.https.as_ref()
        } else {
            self.http.as_ref()
        };
        let excepted = || self.except.iter().any(|it| it.covers(uri));
        proxy.filter(|_| !excepted())
    }

    /// Whether a name is that of a proxy: the user chose its address, so the guard does not apply.
    pub(super) fn names(&self, host: &str) -> bool {
        [&self.http, &self.https]
            .into_iter()
            .flatten()
            .any(|it| it.host == host)
    }
}

impl Proxy {
    fn parse(text: &str, variable: String) -> Result<Self, ProxyError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let Ok(url) = Url::parse(&with_scheme) else {
            return Err(ProxyError::Address { variable });
        };
        if url.scheme() != "http" {
            let scheme = url.scheme().to_owned();
            return Err(ProxyError::Scheme { variable, scheme });
        }
        let Some(host) = url.host_str() else {
            return Err(ProxyError::Address { variable });
        };
        let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
        let authorization = (!url.username().is_empty()).then(|| {
            let user = decoded(url.username());
            let password = decoded(url.password().unwrap_or_default());
            let both = [user, b":".to_vec(), password].concat();
            format!("Basic {}", STANDARD.encode(&both))
        });
        Ok(Self {
            host: host.to_owned(),
            port: url.port_or_known_default().unwrap_or(80),
            authorization,
            url,
        })
    }

    /// The address with its password, for an HTTP client that handles proxies itself.
    pub(super) fn to_url(&self) -> Url {
        self.url.clone()
    }
}

impl Except {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "*" {
            return Some(Self::All);
        }
        if let Ok(network) = text.parse() {
            return Some(Self::Network(network));
        }
        if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(Self::Network(address.into()));
        }
        let name = text.trim_start_matches("*.").trim_start_matches('.');
        (!name.is_empty()).then(|| Self::Name(name.to_owned()))
    }

    fn covers(&self, uri: &TargetUri) -> bool {
        match (self, uri.as_url().host()) {
            (Self::All, _) => true,
            (Self::Name(name), Some(url::Host::Domain(host))) => {
                let above = host.strip_suffix(name.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            (Self::Network(net), Some(url::Host::Ipv4(ipv4))) => net.contains(&IpAddr::V4(ipv4)),
            (Self::Network(net), Some(url::Host::Ipv6(ipv6))) => net.contains(&IpAddr::V6(ipv6)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, ProxyError> {
        Proxies::of_variables(|name| {
            let variable = variables.iter().find(|variable| variable.0 == name)?;
            Some(variable.1.to_owned())
        })
    }

    fn chosen(proxies: &Proxies, uri: &str) -> Option<String> {
        proxies
            .for_uri(&uri.parse().unwrap())
            .map(ToString::to_string)
    }

    #[test]
    fn each_scheme_has_its_variable_and_all_of_them_another() {
        let it = proxies(&[("http_proxy", "a:1"), ("ALL_PROXY", "http://b:2/")]).unwrap();
        assert_eq!(chosen(&it, "http://x.example/").as_deref(), Some("a:1"));
        assert_eq!(chosen(&it, "https://x.example/").as_deref(), Some("b:2"));
        assert_eq!(proxies(&[("http_proxy", " ")]).unwrap(), Proxies::default());
        let forged = [("HTTP_PROXY", "a:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(proxies(&forged).unwrap(), Proxies::default());
    }

    #[test]
    fn hosts_of_no_proxy_are_asked_directly() {
        let except = "example.org,.example.net, 10.0.0.0/8 [::1]";
        let it = proxies(&[("all_proxy", "p:1"), ("no_proxy", except)]).unwrap();
        for (uri, direct) in [
            ("http://example.org/", true),
            ("http://www.example.org/", true),
            ("http://notexample.org/", false),
            ("https://a.example.net/", true),
            ("http://10.1.2.3/", true),
            ("http://11.1.2.3/", false),
            ("http://[::1]:8080/", true),
        ] {
            assert_eq!(chosen(&it, uri).is_none(), direct, "{uri}");
        }
        let none = proxies(&[("all_proxy", "p:1"), ("NO_PROXY", "*")]).unwrap();
        assert_eq!(chosen(&none, "http://x.example/"), None);
    }

    #[test]
    fn a_password_is_sent_and_never_shown() {
        let proxies = proxies(&[("http_proxy", "http://user:p%40ss@proxy.example:3128")]).unwrap();
        let proxy = proxies.http.as_ref().unwrap();
        assert_eq!(proxy.authorization.as_deref(), Some("Basic dXNlcjpwQHNz"));
        assert!(!format!("{proxies:?} {proxy}").contains("ss"));
    }

    #[test]
    fn other_kinds_of_proxy_are_refused_by_name() {
        let error = proxies(&[("all_proxy", "socks5://user:secret@p:1")]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("all_proxy names a `socks5` proxy")
        );
        assert!(proxies(&[("http_proxy", "http://")]).is_err());
    }
}
