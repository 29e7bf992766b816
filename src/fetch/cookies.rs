//! The cookies of one visit (RFC 6265): cookies that a host sets are sent back on the redirects of that visit, then forgotten.

use crate::{
    capture::{Capture, fields_of},
    clock::{Instant, parse_http_date},
    uri::TargetUri,
};

/// The most cookies of one visit; one more replaces the oldest (RFC 6265, 6.1).
const MOST: usize = 50;

/// The longest name and value together, in bytes.
const LONGEST: usize = 4_096;

/// The cookies set in the course of a visit.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Debug, PartialEq)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// Whether it also applies to subdomains.
    is_for_all_below: bool,
    path: String,
    is_secure: bool,
}

impl Cookies {
    /// Stores the cookies that a response sets.
    pub(super) fn take(&mut self, capture: &Capture) {
        let Some(head) = capture.head() else { return };
        for (name, value) in fields_of(head) {
            if name.eq_ignore_ascii_case("set-cookie") {
                self.set(&value, &capture.target_uri, capture.ended);
            }
        }
    }

    /// The value of the `Cookie` field for a request (RFC 6265, 5.4); `None` if there is nothing to send.
    pub(super) fn for_uri(&self, uri: &TargetUri) -> Option<String> {
        let mut cookies: Vec<&Cookie> = self.0.iter().filter(|it| it.is_for(uri)).collect();
        // The longest path first; among equals the oldest.
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs = cookies.iter().map(|cookie| match cookie.name.as_str() {
            "" => cookie.value.clone(),
            name => format!("{name}={}", cookie.value),
        });
        let value = pairs.collect::<Vec<_>>().join("; ");
        (!value.is_empty()).then_some(value)
    }

    /// Stores one cookie, or removes it if it has expired (RFC 6265, 5.2 and 5.3).
    fn set(&mut self, field: &str, uri: &TargetUri, now: Instant) {
        let mut parts = field.split(';');
        let pair = parts.next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (name, value) = (name.trim(), value.trim());
        if name.len() + value.len() > LONGEST || name.is_empty() && value.is_empty() {
            return;
        }
        let mut cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: uri.host().to_owned(),
            is_for_all_below: false,
            path: folder_of(uri.as_url().path()).to_owned(),
            is_secure: false,
        };
        let (mut by_date, mut by_age) = (false, None);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    if domain.is_empty() {
                        continue;
                    }
                    // A top-level domain has no single owner; an IP address has no subdomains.
                    if domain != cookie.domain
                        && (!domain.contains('.') || !is_below(uri.host(), &domain))
                    {
                        return;
                    }
                    cookie.is_for_all_below = uri.as_url().domain().is_some();
                    cookie.domain = domain;
                }
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "secure" => cookie.is_secure = true,
                "max-age" => by_age = value.parse::<i64>().ok().map(|it| it <= 0).or(by_age),
                "expires" => by_date = parse_http_date(value, now).is_some_and(|date| date <= now),
                _ => {}
            }
        }
        if cookie.is_secure && !uri.is_https() {
            return;
        }
        let place = self.0.iter().position(|it| it.is_like(&cookie));
        match (by_age.unwrap_or(by_date), place) {
            (true, Some(place)) => drop(self.0.remove(place)),
            (true, None) => {}
            (false, Some(place)) => self.0.splice(place..=place, [cookie]).for_each(drop),
            (false, None) => {
                if self.0.len() == MOST {
                    self.0.remove(0);
                }
                self.0.push(cookie);
            }
        }
    }
}

impl Cookie {
    /// Whether the other one replaces it.
    fn is_like(&self, other: &Self) -> bool {
        (&self.name, &self.domain, &self.path) == (&other.name, &other.domain, &other.path)
    }

    fn is_for(&self, uri: &TargetUri) -> bool {
        let host = uri.host();
        let path = uri.as_url().path();
        let on_host = host == self.domain || self.is_for_all_below && is_below(host, &self.domain);
        let on_path = path.strip_prefix(&self.path).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        on_host && on_path && (uri.is_https() || !self.is_secure)
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
}

/// The default path of a cookie (RFC 6265, 5.1.4).
fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => path.get(..end).unwrap_or("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    /// What is sent to `to` after `from` has set these.
    fn sent(from: &str, fields: &[&str], to: &str) -> String {
        let now = parse_digits14("20261123000000").unwrap();
        let mut cookies = Cookies::default();
        for field in fields {
            cookies.set(field, &from.parse().unwrap(), now);
        }
        cookies.for_uri(&to.parse().unwrap()).unwrap_or_default()
    }

    #[test]
    fn cookies_go_back_where_the_standard_sends_them() {
        let a = "https://www.example.org/a/b";
        for (from, fields, to, expected) in [
            (a, &["x=1"][..], "https://www.example.org/a/c", "x=1"),
            (a, &["x=1"], "https://www.example.org/", ""),
            (a, &["x=1; Path=/"], "https://www.example.org/", "x=1"),
            (a, &["x=1; path=/"], "https://example.org/", ""),
            (
                a,
                &["x=1; path=/; domain=.example.org"],
                "https://example.org/",
                "x=1",
            ),
            (
                a,
                &["x=1; path=/; domain=example.org"],
                "https://b.example.org/",
                "x=1",
            ),
            (
                a,
                &["x=1; path=/; domain=example.org"],
                "https://notexample.org/",
                "",
            ),
            (
                a,
                &["x=1; path=/; domain=example.net"],
                "https://www.example.org/",
                "",
            ),
            (
                a,
                &["x=1; path=/; domain=org"],
                "https://www.example.org/",
                "",
            ),
            (a, &["x=1; path=/a"], "https://www.example.org/ab", ""),
            (a, &["x=1; path=/; secure"], "http://www.example.org/", ""),
            (
                a,
                &["x=1; path=/; secure"],
                "https://www.example.org/",
                "x=1",
            ),
            (
                "http://127.0.0.1/",
                &["x=1; domain=127.0.0.1"],
                "http://127.0.0.1/b",
                "x=1",
            ),
            (
                "http://example.org/",
                &["x=1; secure"],
                "https://example.org/",
                "",
            ),
        ] {
            assert_eq!(sent(from, fields, to), expected, "{fields:?} to {to}");
        }
    }

    #[test]
    fn a_later_cookie_takes_the_place_of_its_like_and_an_expired_one_removes_it() {
        let a = "http://example.org/";
        for (fields, expected) in [
            (&["x=1", "y=2", "x=3"][..], "x=3; y=2"),
            (&["x=1", "x=; max-age=0"], ""),
            (&["x=1", "x=; expires=Thu, 01 Jan 1970 00:00:00 GMT"], ""),
            (
                &["x=1; max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT"],
                "x=1",
            ),
            (&["alone"], "alone"),
            (&["x=a=b"], "x=a=b"),
            (&["="], ""),
        ] {
            assert_eq!(sent(a, fields, a), expected, "{fields:?}");
        }
    }

    #[test]
    fn what_is_kept_has_bounds() {
        let many: Vec<String> = (0..60).map(|it| format!("x{it}=1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let sent_back = sent("http://example.org/", &many, "http://example.org/");
        assert_eq!(sent_back.split("; ").count(), MOST);
        let long = format!("x={}", "y".repeat(LONGEST));
        assert_eq!(
            sent("http://example.org/", &[&long], "http://example.org/"),
            ""
        );
    }
}
