//! Every setting: its key, its default, what it is for, and the type it is read into.

use std::{net::SocketAddr, path::PathBuf};

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::Deserialize;

use crate::{
    compare::Alert,
    fetch::Header,
    pipeline::{Changes, Thinning},
    schedule::Cadence,
};

/// One setting, as the example file, the environment and `stillsays config` know it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key, section and name joined by a dot.
    pub key: &'static str,
    /// Its default, as TOML.
    pub default: &'static str,
    /// What it is for, and in which unit.
    pub about: &'static str,
}

impl Setting {
    /// The environment variable that overrules the file: `STILLSAYS_FETCH_DELAY`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("STILLSAYS_{}", self.key.replace('.', "_").to_uppercase())
    }
}

impl Setting {
    /// The value as it may be shown: what an address holds before its host is a name and a password.
    #[must_use]
    pub fn shown(key: &str, value: &toml::Value) -> toml::Value {
        match value.as_str().and_then(|it| it.rsplit_once('@')) {
            Some((before, host)) if ["fetch.proxy", "ledger.timestamp_url"].contains(&key) => {
                let scheme = before.split_once("://").map_or("", |it| it.0);
                let mark = if scheme.is_empty() { "" } else { "://" };
                toml::Value::String(format!("{scheme}{mark}…@{host}"))
            }
            _ => value.clone(),
        }
    }
}

macro_rules! settings {
    ($($key:literal = $default:literal, $about:literal;)*) => {
        /// Every setting there is, in the order of the example file.
        pub const SETTINGS: &[Setting] = &[
            $(Setting { key: $key, default: $default, about: $about },)*
        ];
    };
}

settings! {
    "store" = r#""snapshots/stillsays.db""#, "the archive: one SQLite file";
    "profiles" = r#""config/profiles""#, "the folder of the profiles, one TOML file each";
    "reviewer" = r#""""#, "the name that reviews are kept under; empty for the account's name";
    "serve.listen" = r#""127.0.0.1:8080""#, "the address and port on which `serve` shows reports and what is held; port 0 for any that is free";
    "serve.replay" = r#""127.0.0.1:8081""#, "the address and port on which archived pages are replayed, an origin of its own";
    "serve.hosts" = "[]", "names by which `serve` may be asked, beside localhost and its own addresses";
    "serve.connections" = "128", "how many connections each of the two keeps open; further ones wait until one is closed";
    "serve.patience" = r#""15s""#, "how long a browser may take to send the head of a request, to ask again on an open connection, and to take each 16 kB of an answer";
    "schedule.every" = r#""1d""#, "how often a page is visited where neither profile nor reference says: an interval (`12h`) or five cron fields in UTC";
    "schedule.retry" = r#""6h""#, "how soon a page is tried again after a visit that failed";
    "schedule.unconditional" = "10", "every how many visits a page is asked for without If-None-Match, so that a validator that lies is noticed";
    "alert.visits" = "3", "so many bad visits in a row (unreachable, refused, walled, a server's error), at least, before a page counts as lost";
    "alert.span" = r#""72h""#, "and at least so long from the first of them to the last; until then what the last good visit said stays";
    "fetch.contact" = r#""""#, "an address or page where a site's owner reaches whoever runs this; part of the User-Agent";
    "fetch.user_agent" = r#""""#, "the whole User-Agent; empty for `stillsays/VERSION (+CONTACT)`";
    "fetch.jobs" = "8", "how many hosts are visited at the same time; a host is only ever asked one thing at a time";
    "fetch.delay" = r#""5s""#, "the least time between two requests to one host";
    "fetch.crawl_delay_cap" = r#""60s""#, "the longest Crawl-delay of a robots.txt that is waited for";
    "fetch.max_wait" = r#""90s""#, "how long a run waits for a host that asks for patience (Retry-After, back-off); longer, and the next run comes back to it";
    "fetch.tries" = "3", "how often one run asks for a page, where a failure may pass; every try is kept";
    "fetch.backoff" = r#""10s""#, "the first pause after such a failure, a 429 or a 503 that names no time; it doubles each time";
    "fetch.block_backoff" = r#""1h""#, "the first pause after a host has blocked (403 three times in a row, a challenge); it doubles each time, from run to run";
    "fetch.max_backoff" = r#""7d""#, "the longest pause that doubling comes to, and the longest Retry-After that is kept to";
    "fetch.connect_timeout" = r#""10s""#, "the longest time for a connection, TLS included";
    "fetch.response_timeout" = r#""30s""#, "the longest time for the head of a response";
    "fetch.total_timeout" = r#""2m""#, "the longest time for a whole exchange";
    "fetch.min_rate" = "128", "the least bytes a second that a body must come with; a slower one is cut; 0 for any";
    "fetch.rate_window" = r#""20s""#, "over what time that rate is averaged";
    "fetch.grace" = r#""10s""#, "how long an exchange may go on when the run is told to end (Ctrl-C, SIGTERM)";
    "fetch.max_bytes" = r#""20 MB""#, "the longest body that is kept; a longer one is cut and said to be";
    "fetch.max_decoded_bytes" = r#""60 MB""#, "the most that a compressed body may unpack to";
    "fetch.max_redirects" = "10", "how many redirects are followed";
    "fetch.allow" = "[]", "address ranges (CIDR) that may be visited although they are private or reserved";
    "fetch.deny" = "[]", "address ranges (CIDR) that are never visited";
    "fetch.denied_ports" = "[]", "ports that are never visited, beside those that browsers refuse (mail, databases and the like)";
    "fetch.robots_age" = r#""1d""#, "how long what a robots.txt said is used before it is asked for again";
    "fetch.robots_retry" = r#""1h""#, "how soon a robots.txt that could not be had is asked for again; nothing else is asked of its host meanwhile";
    "fetch.proxy" = r#""""#, "the proxy that hosts are asked through, `http://HOST:PORT`; empty for what http_proxy, https_proxy and all_proxy say, `none` for none";
    "fetch.no_proxy" = "[]", "hosts and address ranges that are asked without that proxy; where the list is empty, what no_proxy says";
    "fetch.accept_language" = r#""""#, "the Accept-Language that pages are asked with, such as `en, de;q=0.5`; empty for none";
    "fetch.headers" = "[]", "further request header fields, each `HOST NAME: VALUE` (`*.example.org` for a host and all below it, `*` for all); they are archived with the request, so keep secrets out of them";
    "fetch.roots" = r#""""#, "a PEM file of certificates that are trusted as authorities beside the web's; empty for none";
    "fetch.untrusted" = "false", "whether a page is archived although nobody vouches for the certificate of its host (expired, for another host, of an unknown issuer); `captures` marks such a page as untrusted";
    "ledger.key" = r#""""#, "the file of the key that signs the ledger's checkpoints; empty for a file beside the store, `stillsays.key`";
    "ledger.timestamp_url" = r#""""#, "an RFC 3161 authority that each checkpoint is sent to for a time-stamp; empty for none";
    "ledger.timestamp_roots" = r#""""#, "a PEM file of the certificates that such authorities are trusted by; empty for taking their own word";
    "retention.thin" = "[]", "what `prune` may remove, `AGE: PERIOD`: of the captures of an address older than AGE (`90d`) one in each PERIOD (`1w`) is kept; empty for nothing";
    "retention.latest" = "10", "how many of the latest captures of an address are kept, whatever their age; the first, and those that a finding or a review cites, always are";
    "retention.changes" = r#""text""#, "which changes are kept whatever their age: `text` (where a reader sees other text than before), `bytes` (every one), `nothing`";
}

/// The settings, read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The archive: one SQLite file.
    pub store: PathBuf,
    /// The folder of the profiles.
    pub profiles: PathBuf,
    /// The name that reviews are kept under; empty for the account's.
    pub reviewer: String,
    /// Where the archive is shown to browsers.
    pub serve: ServeSettings,
    /// When pages are visited.
    pub schedule: ScheduleSettings,
    /// When a bad state of a page counts.
    pub alert: AlertSettings,
    /// How pages are visited.
    pub fetch: FetchSettings,
    /// How the archive is proved.
    pub ledger: LedgerSettings,
    /// What is kept of what is old.
    pub retention: RetentionSettings,
}

/// How the archive is proved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// The file of the key; empty for one beside the store.
    pub key: PathBuf,
    /// The authority that checkpoints are sent to; empty for none.
    pub timestamp_url: String,
    /// The certificates that authorities are trusted by; empty for none.
    pub timestamp_roots: PathBuf,
}

/// Where the archive is shown to browsers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    /// Where reports and what is held are shown.
    #[serde(deserialize_with = "super::socket")]
    pub listen: SocketAddr,
    /// Where archived pages are replayed.
    #[serde(deserialize_with = "super::socket")]
    pub replay: SocketAddr,
    /// Names by which it may be asked, beside `localhost` and its own addresses.
    pub hosts: Vec<String>,
    /// How many connections each of the two keeps open.
    pub connections: usize,
    /// How long clients may take.
    #[serde(deserialize_with = "super::interval")]
    pub patience: TimeDelta,
}

/// What is kept of what is old.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// How it is thinned; nothing goes where there is no rule.
    #[serde(deserialize_with = "super::thinnings")]
    pub thin: Vec<Thinning>,
    /// The latest captures of each address that are kept.
    pub latest: usize,
    /// The changes that are kept.
    pub changes: Changes,
}

/// When pages are visited.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    /// How often, where neither profile nor reference says.
    #[serde(deserialize_with = "super::cadence")]
    pub every: Cadence,
    /// How soon after a visit that failed.
    #[serde(deserialize_with = "super::interval")]
    pub retry: TimeDelta,
    /// Every how many visits without a condition; 0 for never.
    pub unconditional: u32,
}

/// When a bad state of a page counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertSettings {
    /// Bad visits in a row, at least.
    pub visits: u64,
    /// From the first of them to the last, at least.
    #[serde(deserialize_with = "super::interval")]
    pub span: TimeDelta,
}

impl AlertSettings {
    /// The same, as the comparison takes it.
    #[must_use]
    pub fn alert(&self) -> Alert {
        Alert {
            visits: self.visits,
            span: self.span,
        }
    }
}

/// How pages are visited.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchSettings {
    /// Where a site's owner reaches whoever runs this.
    pub contact: String,
    /// The whole User-Agent, or empty.
    pub user_agent: String,
    /// Hosts at the same time.
    pub jobs: usize,
    /// Between two requests to one host.
    #[serde(deserialize_with = "super::interval")]
    pub delay: TimeDelta,
    /// The longest Crawl-delay that is waited for.
    #[serde(deserialize_with = "super::interval")]
    pub crawl_delay_cap: TimeDelta,
    /// How long a run waits for a host that asks for patience.
    #[serde(deserialize_with = "super::interval")]
    pub max_wait: TimeDelta,
    /// How often one run asks for a page.
    pub tries: u32,
    /// The first pause after a failure that may pass.
    #[serde(deserialize_with = "super::interval")]
    pub backoff: TimeDelta,
    /// The first pause after a host has blocked.
    #[serde(deserialize_with = "super::interval")]
    pub block_backoff: TimeDelta,
    /// The longest pause.
    #[serde(deserialize_with = "super::interval")]
    pub max_backoff: TimeDelta,
    /// The longest time for a connection.
    #[serde(deserialize_with = "super::interval")]
    pub connect_timeout: TimeDelta,
    /// The longest time for the head of a response.
    #[serde(deserialize_with = "super::interval")]
    pub response_timeout: TimeDelta,
    /// The longest time for an exchange.
    #[serde(deserialize_with = "super::interval")]
    pub total_timeout: TimeDelta,
    /// The least bytes a second.
    pub min_rate: u64,
    /// Over what time they are averaged.
    #[serde(deserialize_with = "super::interval")]
    pub rate_window: TimeDelta,
    /// How long an exchange may go on when the run is to end.
    #[serde(deserialize_with = "super::interval")]
    pub grace: TimeDelta,
    /// The longest body, in bytes.
    #[serde(deserialize_with = "super::size")]
    pub max_bytes: u64,
    /// The longest body after decoding, in bytes.
    #[serde(deserialize_with = "super::size")]
    pub max_decoded_bytes: u64,
    /// Redirects that are followed.
    pub max_redirects: usize,
    /// Ranges that may be visited although they are private or reserved.
    #[serde(deserialize_with = "super::ranges")]
    pub allow: Vec<IpNet>,
    /// Ranges that are never visited.
    #[serde(deserialize_with = "super::ranges")]
    pub deny: Vec<IpNet>,
    /// Ports that are never visited, beside the built-in ones.
    #[serde(deserialize_with = "super::ports")]
    pub denied_ports: Vec<u16>,
    /// How long the rules of a robots.txt are used.
    #[serde(deserialize_with = "super::interval")]
    pub robots_age: TimeDelta,
    /// How soon a robots.txt that could not be had is asked for again.
    #[serde(deserialize_with = "super::interval")]
    pub robots_retry: TimeDelta,
    /// The proxy; empty for the environment's, `none` for none. It may hold a password.
    pub proxy: String,
    /// Hosts that are asked without it.
    pub no_proxy: Vec<String>,
    /// The Accept-Language; empty for none.
    pub accept_language: String,
    /// Further request header fields.
    #[serde(deserialize_with = "super::headers")]
    pub headers: Vec<Header>,
    /// A PEM file of further authorities; empty for none.
    pub roots: PathBuf,
    /// Whether pages of hosts that nobody vouches for are archived.
    pub untrusted: bool,
}
