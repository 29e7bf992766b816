//! The host names that requests can use: only those of the listeners, so that a foreign page cannot read the archive by
//! pointing its own name to our address (DNS rebinding).

use std::net::SocketAddr;

use url::{Host, Url};

use super::{Answer, Door, Origins, Request, Web};

impl Web {
    /// The origins for a client that sent that `Host`, or the refusal.
    pub(super) fn origins(&self, door: Door, request: &Request) -> Result<Origins, Answer> {
        let Some(host) = &request.host else {
            return Err(Answer::text(400, "The request does not name a host.\n"));
        };
        let public = &self.options.public;
        let (here, own) = match door {
            Door::Site => (self.site, &public.site),
            Door::Replay => (self.replay, &public.replay),
        };
        if let Some((_, authority)) = own.split_once("://")
            && authority.eq_ignore_ascii_case(host)
        {
            let name = Url::parse(own).ok();
            let name = name
                .and_then(|it| Some(it.host_str()?.to_owned()))
                .unwrap_or_default();
            let or = |set: &str, port: u16| match set {
                "" => format!("http://{name}:{port}"),
                set => set.to_owned(),
            };
            return Ok(Origins {
                site: or(&public.site, self.site.port()),
                replay: or(&public.replay, self.replay.port()),
            });
        }
        let (name, port) = name_of(host, here, &self.options.hosts).ok_or_else(|| {
            Answer::text(
                421,
                "This archive does not answer to that name. If the name is right, add it to the setting serve.hosts.\n",
            )
        })?;
        // Behind a reverse proxy, this origin has the port of the proxy; the port of the other origin is unknown here.
        let scheme = if request.https { "https" } else { "http" };
        let of = |it: Door, own: u16| match port {
            None if it == door => format!("{scheme}://{name}"),
            Some(_) if it == door => format!("{scheme}://{name}:{own}"),
            _ => format!("http://{name}:{own}"),
        };
        let replay = match public.replay.as_str() {
            "" => of(Door::Replay, self.replay.port()),
            set => set.to_owned(),
        };
        Ok(Origins {
            site: of(Door::Site, self.site.port()),
            replay,
        })
    }
}

/// The name and port in a `Host` field, if the listener at `here` answers to it. A name from the settings can come without a
/// port: a reverse proxy has its own.
fn name_of(host: &str, here: SocketAddr, names: &[String]) -> Option<(String, Option<u16>)> {
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    let is_set = |text: &str| names.iter().any(|name| name.eq_ignore_ascii_case(text));
    let is_here = url.port_or_known_default() == Some(here.port());
    let is_behind_proxy = url.port().is_none() && url.domain().is_some_and(is_set);
    if !plain || !is_here && !is_behind_proxy {
        return None;
    }
    let ip = here.ip();
    // Anyone can point a name to any address; an address always means itself.
    let may = match url.host()? {
        Host::Ipv4(ipv4) => ip == ipv4 || ip.is_unspecified(),
        Host::Ipv6(ipv6) => ip == ipv6 || ip.is_unspecified(),
        Host::Domain(domain) => {
            domain == "localhost" && (ip.is_loopback() || ip.is_unspecified()) || is_set(domain)
        }
    };
    let port = is_here.then_some(here.port());
    may.then(|| (url.host_str().unwrap_or_default().to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addresses_that_are_listened_on_and_names_that_are_set_are_answered() {
        let names = ["archive.lan".to_owned()];
        let host_name =
            |host: &str, here: &str| Some(name_of(host, here.parse().unwrap(), &names)?.0);
        for (host, here, expected) in [
            ("127.0.0.1:8080", "127.0.0.1:8080", Some("127.0.0.1")),
            ("LOCALHOST:8080", "127.0.0.1:8080", Some("localhost")),
            ("[::1]:8080", "[::1]:8080", Some("[::1]")),
            ("Archive.LAN:8080", "127.0.0.1:8080", Some("archive.lan")),
            ("192.168.1.5:8080", "0.0.0.0:8080", Some("192.168.1.5")),
            ("127.0.0.1", "127.0.0.1:80", Some("127.0.0.1")),
            ("127.0.0.1:8081", "127.0.0.1:8080", None),
            ("127.0.0.1", "127.0.0.1:8080", None),
            ("archive.lan", "127.0.0.1:8080", Some("archive.lan")),
            ("archive.lan:8081", "127.0.0.1:8080", None),
            ("archive.lan:80", "127.0.0.1:8080", Some("archive.lan")),
            ("localhost", "127.0.0.1:8080", None),
            ("evil.example", "127.0.0.1:8080", None),
            ("evil.example:8080", "127.0.0.1:8080", None),
            ("localhost.evil.example:8080", "127.0.0.1:8080", None),
            ("evil.example:8080", "0.0.0.0:8080", None),
            ("localhost:8080", "192.168.1.5:8080", None),
            ("192.168.1.6:8080", "192.168.1.5:8080", None),
            ("me@127.0.0.1:8080", "127.0.0.1:8080", None),
            ("127.0.0.1:8080/x", "127.0.0.1:8080", None),
            ("", "127.0.0.1:80", None),
            ("\0", "127.0.0.1:80", None),
        ] {
            assert_eq!(
                host_name(host, here).as_deref(),
                expected,
                "{host} at {here}"
            );
        }
    }
}
