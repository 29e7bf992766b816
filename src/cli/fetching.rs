//! The fetcher's options, made from the settings; and `stillsays hosts`, which shows what is known about each host.

use std::{path::Path, time::Duration};

use chrono::TimeDelta;
use clap::Args;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde_json::json;

use crate::{
    clock::warc_date,
    config::FetchSettings,
    fetch::{Options, Proxies},
    host::{HostState, Origin, RobotsAccess},
    store::{Access, Store},
    text::{counted, for_terminal},
};

use super::{
    Exit, Failure, Format, Session,
    session::{json_text, print},
};

/// The fetcher's options, from the settings.
pub(super) fn options(settings: &FetchSettings) -> Result<Options, Failure> {
    let time = |time: TimeDelta| time.to_std().unwrap_or(Duration::ZERO);
    let mut options = Options {
        jobs: settings.jobs.max(1),
        delay: time(settings.delay),
        max_crawl_delay: time(settings.crawl_delay_cap),
        max_wait: time(settings.max_wait),
        tries: settings.tries.max(1),
        backoff: time(settings.backoff),
        block_backoff: time(settings.block_backoff),
        max_backoff: time(settings.max_backoff),
        connect_timeout: time(settings.connect_timeout),
        response_timeout: time(settings.response_timeout),
        total_timeout: time(settings.total_timeout),
        min_rate: settings.min_rate,
        rate_window: time(settings.rate_window).max(Duration::from_millis(100)),
        grace: time(settings.grace),
        max_body: settings.max_bytes,
        max_redirects: settings.max_redirects,
        allow: settings.allow.clone(),
        deny: settings.deny.clone(),
        robots_age: time(settings.robots_age),
        robots_retry: time(settings.robots_retry),
        proxies: proxies(settings)?,
        extra_roots: certificates(&settings.roots, "fetch.roots")?
            .iter()
            .map(|certificate| certificate.to_vec())
            .collect(),
        untrusted: settings.untrusted,
        accept_language: settings.accept_language.trim().to_owned(),
        headers: settings.headers.clone(),
        ..Options::default()
    };
    options.denied_ports.extend(&settings.denied_ports);
    options.caps.bytes = settings.max_decoded_bytes;
    if !settings.user_agent.is_empty() {
        options.user_agent.clone_from(&settings.user_agent);
    } else if !settings.contact.is_empty() {
        options.user_agent = Options::user_agent_with(&settings.contact);
    }
    if options.product_token().is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "`fetch.user_agent` does not begin with a name that a robots.txt can address"
        ))
        .hint("begin with letters, `-` and `_`, for example `my-archive/1.0 (+https://example.org/bot)`"));
    }
    Ok(options)
}

/// The certificates in the PEM file that a setting names; empty if the setting is.
pub(super) fn certificates(
    path: &Path,
    setting: &str,
) -> Result<Vec<CertificateDer<'static>>, Failure> {
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let wrong = |detail: String| {
        Failure::usage(anyhow::anyhow!(
            "certificates in {}: {detail}",
            path.display()
        ))
        .hint(format!("the setting `{setting}` names a PEM file"))
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(error.to_string()))?;
    if certificates.is_empty() {
        return Err(wrong("the file contains none".into()));
    }
    Ok(certificates)
}

/// The proxy in the settings or, if there is none, the one in the environment.
fn proxies(settings: &FetchSettings) -> Result<Proxies, Failure> {
    let proxy = settings.proxy.trim();
    let except = settings.no_proxy.join(",");
    let found = match proxy {
        "none" => Ok(Proxies::default()),
        _ => Proxies::of_variables(|name| match name {
            "no_proxy" if !except.is_empty() => Some(except.clone()),
            "all_proxy" if !proxy.is_empty() => Some(proxy.to_owned()),
            "http_proxy" | "https_proxy" | "HTTP_PROXY" | "HTTPS_PROXY" if !proxy.is_empty() => {
                None
            }
            _ => std::env::var(name).ok(),
        }),
    };
    found.map_err(|error| {
        let hint = if proxy.is_empty() {
            "write http://HOST:PORT, or remove the variable from the environment"
        } else {
            "set `fetch.proxy` to http://HOST:PORT, or to `none`"
        };
        Failure::usage(error).hint(hint)
    })
}

/// Arguments of `hosts`.
#[derive(Args, Debug)]
pub(super) struct HostsArgs {
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl HostsArgs {
    /// Prints one line for each host, and why it waits.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let mut hosts: Vec<(Origin, HostState)> = store.host_states()?.into_iter().collect();
        hosts.sort_by(|a, b| a.0.cmp(&b.0));
        print(&match self.format {
            Format::Json => {
                let row = |(origin, it): &(Origin, HostState)| {
                    json!({"origin": origin, "requests": it.requests, "last_request": it.last_request.map(warc_date),
                        "last": it.last.as_ref().map(|it| json!({"url": it.uri, "came": it.came, "rule": it.rule, "pause": it.pause})),
                        "next_allowed": it.next_allowed.map(warc_date), "reason": it.reason, "refusals": it.refusals,
                        "robots": it.robots.as_ref().map(|robot| robots(&robot.access)),
                        "robots_fetched": it.robots.as_ref().map(|robot| warc_date(robot.fetched))})
                };
                let rows: Vec<_> = hosts.iter().map(row).collect();
                json_text(&json!({"format": 1, "hosts": rows}))
            }
            Format::Text if hosts.is_empty() => "no host has been visited yet".to_owned(),
            Format::Text => hosts.iter().map(line).collect::<Vec<_>>().join("\n"),
        })?;
        Ok(Exit::Done)
    }
}

fn line((origin, it): &(Origin, HostState)) -> String {
    let last = it.last_request.map_or_else(
        || "never visited".into(),
        |at| format!("last request {}", warc_date(at)),
    );
    let mut lines = vec![
        origin.to_string(),
        format!("  {}, {last}", counted(it.requests, "request", "requests")),
    ];
    if let Some(asked) = &it.last {
        lines.push(format!("  {}: {}", asked.uri, asked.came));
        lines.push(format!("  allowed: {}; pause {}", asked.rule, asked.pause));
    }
    if let Some(file) = &it.robots {
        lines.push(format!(
            "  robots.txt of {}: {}",
            warc_date(file.fetched),
            robots(&file.access)
        ));
    }
    if let Some(at) = it.next_allowed {
        let reason = it.reason.as_deref().unwrap_or("delay between requests");
        lines.push(format!("  not before {}: {reason}", warc_date(at)));
    }
    for_terminal(&lines.join("\n"))
}

fn robots(access: &RobotsAccess) -> String {
    match access {
        RobotsAccess::Rules(bytes) => format!("{} bytes of rules", bytes.len()),
        RobotsAccess::Unavailable { status } => {
            format!("missing (status {status}), so everything is allowed")
        }
        RobotsAccess::Unreachable {
            detail,
            since,
            older,
        } => {
            let since = since.map(|since| format!(" since {}", warc_date(since)));
            let older = older.as_ref().map(|older| {
                let had = warc_date(older.fetched);
                format!("; after half a day, the rules of {had} apply")
            });
            format!(
                "unreachable{} ({detail}), so the host is not visited for a while{}",
                since.unwrap_or_default(),
                older.unwrap_or_default()
            )
        }
    }
}
